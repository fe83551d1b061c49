//! A sender, signers with their keys, a ledger, a store of revisions: where the tests sign.

use std::cell::Cell;

use chancery_ades::{Indication, Policy, Report};
use chancery_auth::{Application, FactorKind, Keeper, Occasion, ProvedFactor, SigningPin, UserId};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_digest::{BlobStore, MemoryBlobStore, Source};
use chancery_drawing::{Font, Rectangle};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_ledger::{Call, Context, Event, MemoryStore, Runner, Store, StoredEvent, Tenant, Version};
use chancery_pades::{Appearance, PdfSigner, PdfVerifier, Place, SignatureMeaning};
use chancery_session::{Desk, PassedSignature, PreparedTurn, SessionError, SignedTurn, Turn, begin_signing};
use chancery_testkit::{FastHasher, Profile, TestPki, pdf::contract_pdf};
use chancery_workflow::*;
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

pub(crate) const NAMES: [&str; 3] = ["Alice", "Bob", "Carol"];
pub(crate) const DOCUMENT: DocumentId = DocumentId::new(0);
pub(crate) const ALICE: PartyId = PartyId::new(0);
pub(crate) const BOB: PartyId = PartyId::new(1);

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-22T12:00:00.25Z".parse().unwrap()
}

pub(crate) fn contract() -> Vec<u8> {
    contract_pdf(
        "Lease",
        &["The landlord lets the flat to the tenant.", "The tenant pays 1000 euro a month."],
    )
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(crate) struct Office {
    pub(crate) pki: TestPki,
    pub(crate) policy: Policy,
    pub(crate) blobs: Box<dyn BlobStore>,
    pub(crate) ledger: MemoryStore,
    pub(crate) people: Vec<(UserId, SoftwareSigner)>,
    pub(crate) sender: UserId,
    pub(crate) now: Cell<Timestamp>,
    pub(crate) workflow: Workflow,
    pub(crate) tenant: Tenant,
}

impl Office {
    pub(crate) fn new() -> Self {
        let pki = TestPki::at(noon());
        let anchors = TrustAnchors::new([pki.root().clone()]);
        let lists = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
        let people = NAMES.map(|name| (UserId::random(&mut rng()), pki.signer(name, KeyKind::P256)));
        Self {
            policy: Policy::new(anchors, RevocationPolicy::Require).evidence(lists),
            pki,
            blobs: Box::new(MemoryBlobStore::new()),
            ledger: MemoryStore::new(),
            people: people.into(),
            sender: UserId::random(&mut rng()),
            now: Cell::new(noon()),
            workflow: Workflow::new(),
            tenant: Tenant::new("acme").unwrap(),
        }
    }

    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk::new(&*self.blobs, &self.policy)
    }

    pub(crate) fn user(&self, person: usize) -> UserId {
        self.people[person].0
    }

    pub(crate) fn key(&self, person: usize) -> &SoftwareSigner {
        &self.people[person].1
    }

    /// The organisation's seal.
    pub(crate) fn seal(&self) -> SoftwareSigner {
        self.pki.issue(of_organisation("Acme Seal")).signer()
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.now.set(self.now.get() + SignedDuration::from_secs(seconds));
    }

    /// A draft of this document that the first so many people sign, all at the same time, each in a field of their own.
    pub(crate) fn draft(&self, pdf: &[u8], signers: usize) -> Draft {
        let disclosure = Disclosure { version: text("2026-1"), digest: ContentDigest::from_bytes([9; 32]) };
        let mut draft = Draft::new("Lease", Rules::new(disclosure)).unwrap();
        let digest = self.desk().keep(&mut &*pdf, 1 << 20).unwrap();
        let document = draft.document("lease.pdf", digest).unwrap();
        let step = draft.step(Step::all(Phase::Signing));
        for (person, name) in NAMES.iter().enumerate().take(signers) {
            let role = Role::Sign { level: SignatureLevel::Simple };
            let party = draft.party(Party::new(role, step, self.user(person)).may_change_signer());
            draft.signature_field(document, party, name).unwrap();
        }
        draft
    }

    pub(crate) fn create(&self, draft: Draft) -> EnvelopeId {
        let envelope = EnvelopeId::random(&mut rng());
        let create = Command::CreateDraft { envelope, draft: Box::new(draft) };
        self.run(envelope, Acting::User(self.sender), create).accepted().unwrap();
        envelope
    }

    pub(crate) fn send(&self, envelope: EnvelopeId) -> Reply {
        let permissions = self.desk().permissions(&self.state(envelope)).unwrap();
        self.run(envelope, Acting::User(self.sender), Command::Send { permissions })
    }

    /// An envelope that was sent, opened and consented to.
    pub(crate) fn sent(&self, pdf: &[u8], signers: usize) -> EnvelopeId {
        let envelope = self.create(self.draft(pdf, signers));
        self.send(envelope).accepted().unwrap();
        for person in 0..signers {
            self.agrees(envelope, PartyId::new(u32::try_from(person).unwrap()), person);
        }
        envelope
    }

    pub(crate) fn agrees(&self, envelope: EnvelopeId, party: PartyId, person: usize) {
        let acting = Acting::User(self.user(person));
        self.run(envelope, acting, Command::Open { party, factors: Vec::new() }).accepted().unwrap();
        let disclosure = ContentDigest::from_bytes([9; 32]);
        self.run(envelope, acting, Command::GiveConsent { party, disclosure, demonstration: None })
            .accepted()
            .unwrap();
    }

    pub(crate) fn run(&self, envelope: EnvelopeId, acting: Acting, command: Command) -> Reply {
        let context = Context::new(acting.actor(), self.now.get(), &mut rng());
        let call: Call<Command> = self.workflow.call(&self.tenant, envelope, command, context);
        Runner::new(&self.workflow, &self.ledger).run(&call, &mut rng()).unwrap().reply
    }

    pub(crate) fn state(&self, envelope: EnvelopeId) -> Envelope {
        let loaded = Runner::new(&self.workflow, &self.ledger).load(&self.tenant, &envelope.stream());
        loaded.unwrap().state.unwrap()
    }

    /// What happened, by the kinds of events.
    pub(crate) fn kinds(&self, envelope: EnvelopeId) -> Vec<String> {
        let events = self.ledger.events(&self.tenant, &envelope.stream(), Version::EMPTY, 1000).unwrap();
        events.iter().map(|event| event.record.kind.as_str().to_owned()).collect()
    }

    /// The signature, as it was recorded.
    pub(crate) fn applied(&self, envelope: EnvelopeId) -> event::SignatureApplied {
        let events = self.ledger.events(&self.tenant, &envelope.stream(), Version::EMPTY, 1000).unwrap();
        let read = |event: &Event| {
            let (record, payload) = (&event.record, event.payload().unwrap());
            event::Event::from_bytes(&record.kind, record.schema, payload).unwrap()
        };
        let found = events.iter().map(read).find_map(|event| match event {
            event::Event::SignatureApplied(applied) => Some(applied),
            _ => None,
        });
        found.unwrap()
    }

    /// Alice proves her PIN.
    pub(crate) fn pin(&self, occasion: Occasion) -> ProvedFactor {
        let (pins, now, user) = (Keeper::<SigningPin, _>::new(FastHasher), self.now.get(), self.user(0));
        let (login, pin) = (Application::that_verifies_logins(), || SigningPin::new("royal7stone").unwrap());
        let identity = login.identity(user, self.user(1), "passport", now);
        let password = login.password(Occasion::change(user, FactorKind::SigningPin), now);
        let mut factor = pins.enrol(&identity, &password, pin(), &mut rng(), now).unwrap();
        let ticket = pins.begin(&mut factor, &occasion, &mut rng(), now).unwrap();
        let judgement = pins.judge(ticket, &pin(), &mut rng()).unwrap();
        pins.settle(&mut factor, &judgement, now).unwrap().proved().unwrap()
    }

    pub(crate) fn turn(&self, envelope: EnvelopeId, party: PartyId) -> Turn {
        self.desk().turn(&self.state(envelope), party, DOCUMENT).unwrap()
    }

    /// What this person signs with, and what people see of it.
    pub(crate) fn signer(&self, person: usize) -> PdfSigner<'_, &SoftwareSigner> {
        let y = 100.0 + 80.0 * f32::from(u8::try_from(person).unwrap());
        let place = Place::on_page(0).at(Rectangle { x: 72.0, y, width: 220.0, height: 60.0 });
        let font = Font::parse(chancery_font::latin()).unwrap();
        PdfSigner::new(self.key(person), self.now.get()).appearance(Appearance::at(place).font(&font))
    }

    pub(crate) fn prepare<'t>(&self, turn: &'t Turn, person: usize) -> PreparedTurn<'t> {
        turn.prepare(self.signer(person), meaning(person)).unwrap()
    }

    pub(crate) fn begin(&self, envelope: EnvelopeId, prepared: &PreparedTurn<'_>, person: usize) -> Reply {
        let begin =
            begin_signing(std::slice::from_ref(prepared), SignedDuration::from_mins(5), Vec::new()).unwrap();
        self.run(envelope, Acting::User(self.user(person)), begin)
    }

    pub(crate) fn finish<'t>(&self, prepared: PreparedTurn<'t>, person: usize) -> SignedTurn<'t> {
        let value = self.key(person).sign(prepared.to_be_signed()).unwrap();
        prepared.finish(value).unwrap()
    }

    pub(crate) fn pass(
        &self,
        envelope: EnvelopeId,
        signed: &SignedTurn<'_>,
    ) -> Result<PassedSignature, SessionError> {
        self.desk().pass(signed, &self.state(envelope), self.now.get())
    }

    pub(crate) fn complete(
        &self,
        envelope: EnvelopeId,
        party: PartyId,
        person: usize,
        proofs: Vec<PassedSignature>,
    ) -> Reply {
        let proofs = proofs.into_iter().map(|proof| Box::new(proof) as Box<dyn SignatureProof>).collect();
        self.run(envelope, Acting::User(self.user(person)), Command::CompleteSigning { party, proofs })
    }

    /// A whole turn.
    pub(crate) fn signs(&self, envelope: EnvelopeId, party: PartyId, person: usize) -> PassedSignature {
        let turn = self.turn(envelope, party);
        let prepared = self.prepare(&turn, person);
        self.begin(envelope, &prepared, person).accepted().unwrap();
        let passed = self.pass(envelope, &self.finish(prepared, person)).unwrap();
        self.complete(envelope, party, person, vec![passed.clone()]).accepted().unwrap();
        passed
    }

    /// The document as it is now.
    pub(crate) fn document(&self, envelope: EnvelopeId) -> Vec<u8> {
        let digest = self.state(envelope).content(DOCUMENT).unwrap();
        let source = self.desk().open(digest).unwrap();
        source.read_range(0..source.len()).unwrap().into_owned()
    }
}

pub(crate) fn meaning(person: usize) -> SignatureMeaning {
    SignatureMeaning::new(NAMES[person], "I agree to the lease").role("Tenant")
}

pub(crate) fn report(office: &Office, envelope: EnvelopeId) -> Report {
    PdfVerifier::new(&office.policy).verify_at(&office.document(envelope), office.now.get()).unwrap()
}

#[track_caller]
pub(crate) fn assert_passed(office: &Office, envelope: EnvelopeId, signatures: usize) {
    let report = report(office, envelope);
    assert_eq!(report.signatures().len(), signatures, "{report}");
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
}

pub(crate) fn contract_of(title: &str) -> Vec<u8> {
    contract_pdf(title, &["The landlord lets the flat to the tenant."])
}

/// Of a legal person: with organizationIdentifier (ETSI EN 319 412-3).
pub(crate) fn of_organisation(name: &str) -> Profile {
    let attribute = |kind: &str, text: &str| {
        let kind = asn1::oid(&Oid::new_unwrap(kind));
        asn1::set_of(vec![asn1::sequence(&[&kind, &asn1::encode(tag::UTF8_STRING, text.as_bytes())])])
    };
    let (organisation, identifier) = (attribute("2.5.4.10", "Acme"), attribute("2.5.4.97", "NTREE-12345678"));
    let subject = asn1::sequence(&[&organisation, &identifier, &attribute("2.5.4.3", name)]);
    Profile::signer(name, KeyKind::P256).subject(subject)
}
