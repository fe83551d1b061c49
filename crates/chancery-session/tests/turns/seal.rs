//! The turn of an organisation's seal: asked of the office for the very bytes that the turn prepared.

use std::cell::RefCell;

use chancery_auth::{Application, ApprovalCode, FactorKind, Keeper, Occasion, UserId};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use chancery_key::ToBeSigned;
use chancery_ledger::{Claim, Lease, MemoryStore, Store, Tenant};
use chancery_pades::{PdfSigner, SignatureMeaning};
use chancery_seal::{
    AccountAct, ApiToken, Caller, ClassSet, DocumentClass, Domain, FileName, Label, Mailbox, NewGrant,
    NewSeal, Office as Seals, Repetition, ReviewError, Scope, SealAct, SealId, SealKey, SealKind, SealPolicy,
    SealRequest, Sealed, ServiceDesk, UsageState, UseKey, Window,
};
use chancery_session::{FileSigner, PreparedTurn, SessionError, Turn, begin_signing};
use chancery_testkit::{FastHasher, TestIdentity};
use chancery_workflow::*;
use jiff::SignedDuration;

use crate::office::{ALICE, DOCUMENT, Office, assert_passed, contract, noon, of_organisation, rng, text};

const SEAL: PartyId = PartyId::new(1);

/// The organisation: its office, a seal for contracts, and a program that may set it.
struct House<'h> {
    seals: Seals<'h, MemoryStore>,
    identity: TestIdentity,
    key: SealKey,
    anchors: TrustAnchors,
    lists: Evidence,
    seal: SealId,
    token: ApiToken,
    administrator: UserId,
    program: UserId,
    used: RefCell<u32>,
}

impl<'h> House<'h> {
    fn new(office: &'h Office, store: &'h MemoryStore) -> Self {
        let seals = Seals::new(store, &Tenant::new("acme").unwrap(), "acme", SealPolicy::default()).unwrap();
        let [alice, selma, program] = [(); 3].map(|()| UserId::random(&mut rng()));
        let identity = office.pki.issue(of_organisation("Acme contracts"));
        let mut house = Self {
            seals,
            key: SealKey::new(identity.signer()),
            identity,
            anchors: TrustAnchors::new([office.pki.root().clone()]),
            lists: office.pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl),
            seal: SealId::from_bytes([0; 16]),
            token: ApiToken::random(&mut rng()),
            administrator: alice,
            program,
            used: RefCell::new(0),
        };
        house.found([alice, selma, program]);
        house
    }

    fn found(&mut self, [alice, selma, program]: [UserId; 3]) {
        let label = |label| Label::new(label).unwrap();
        let mailbox = |name: &str| Mailbox::new(&format!("{name}@acme.example")).unwrap();
        let window = Window::new(noon(), Some(noon() + SignedDuration::from_hours(8760))).unwrap();
        let desk = ServiceDesk::that_checks_letters();
        self.done(&desk.founds(label("Acme"), label("NTREE-12345678"), alice, mailbox("alice")));
        self.account(AccountAct::ValidateOrganisation { window });
        self.account(AccountAct::ValidateDomain { domain: Domain::new("acme.example").unwrap(), window });
        for (user, name) in [(selma, "selma"), (program, "program")] {
            self.account(AccountAct::Admit { user, mailbox: mailbox(name) });
            self.account(AccountAct::ValidateEmployee { user, window });
        }
        self.done(&desk.appoints(
            selma,
            mailbox("seals"),
            DigestAlgorithm::Sha256.digest(b"We authorise Selma."),
        ));
        self.seals.buy(&desk, 3, &label("receipt 1"), noon(), &mut rng()).unwrap();
        let kind = SealKind::Contract;
        let classes = kind.sort().usual_classes();
        let terms = NewSeal { name: label("Contract seal"), kind, classes, owner: None };
        let chancery_seal::Reply::Seal(seal) = self.asks(selma, SealAct::CreateSeal(terms)) else { panic!() };
        self.seal = seal;
        drop(self.asks(selma, SealAct::BindCertificate { seal, chain: self.chain() }));
        let classes = ClassSet::from(DocumentClass::Contract);
        let grant = NewGrant { seal, user: program, classes, window, conditions: Vec::new() };
        drop(self.asks(selma, SealAct::Grant(grant)));
        self.sets_code(program);
        let scopes = vec![Scope { seal, classes }];
        let issue = self.seals.organisation(|state| {
            state.member(program).map(|program| program.issues(&self.token, scopes, None))
        });
        self.done(&issue.unwrap().unwrap());
    }

    fn done(&self, command: &chancery_seal::Command) {
        drop(self.reply(command));
    }

    fn reply(&self, command: &chancery_seal::Command) -> chancery_seal::Reply {
        match self.seals.ask(command, noon(), &mut rng()).unwrap() {
            chancery_seal::Reply::Refused(why) => panic!("{why:?}"),
            reply => reply,
        }
    }

    fn account(&self, act: AccountAct) {
        let by = self.administrator;
        let command = self.seals.organisation(|state| state.account_administrator(by).map(|by| by.asks(act)));
        self.done(&command.unwrap().unwrap());
    }

    fn asks(&self, by: UserId, act: SealAct) -> chancery_seal::Reply {
        let command = self.seals.organisation(|state| state.seal_administrator(by).map(|by| by.asks(act)));
        self.reply(&command.unwrap().unwrap())
    }

    fn sets_code(&self, user: UserId) {
        let (codes, login) =
            (Keeper::<ApprovalCode, _>::new(FastHasher), Application::that_verifies_logins());
        let identity = login.identity(user, self.administrator, "passport", noon());
        let device = login.second_device(Occasion::change(user, FactorKind::ApprovalCode), noon());
        let code = ApprovalCode::new("7294").unwrap();
        let code = codes.enrol(&identity, &device, code, &mut rng(), noon()).unwrap();
        let set = self.seals.organisation(|state| state.member(user).map(|member| member.has_set(&code)));
        self.done(&set.unwrap().unwrap().unwrap());
    }

    fn chain(&self) -> VerifiedChain {
        let issuers = self.identity.chain().get(1..).unwrap_or_default();
        ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .intermediates(issuers)
            .evidence(&self.lists)
            .verify_at(self.identity.certificate(), noon())
            .unwrap()
    }

    /// Asks for the seal over these bytes; `key` is what is repeated when it is asked again for the same.
    fn seals(&self, key: &str, file: Digest, to_be_signed: &ToBeSigned) -> Result<Sealed, ReviewError> {
        let document = chancery_seal::Document {
            file_name: FileName::new("lease.pdf").unwrap(),
            digest: file,
            class: DocumentClass::Contract,
        };
        let request = SealRequest::new(UseKey::new(key).unwrap(), self.seal, document, to_be_signed.clone());
        let chain = self.chain();
        let permit = self.seals.review(request, Caller::Token(&self.token), &chain, noon(), &mut rng());
        let permit = permit?;
        *self.used.borrow_mut() += 1;
        Ok(self.seals.seal(permit, &self.key, &chain, noon(), &mut rng()).unwrap())
    }

    fn times_left(&self) -> u64 {
        self.seals.account(UsageState::balance).unwrap()
    }
}

/// Alice signs, then the organisation seals.
fn sent(office: &Office, document: &[u8]) -> EnvelopeId {
    let mut draft = office.draft(document, 1);
    let then = draft.step(Step::all(Phase::Signing));
    let seal = Party::sealed(text("contract seal"), SignatureLevel::Advanced, then).invisible();
    assert_eq!(draft.party(seal), SEAL);
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    office.agrees(envelope, ALICE, 0);
    envelope
}

fn meaning() -> SignatureMeaning {
    SignatureMeaning::new("Acme", "Acme made this contract")
}

fn prepare<'t>(turn: &'t Turn, house: &House<'_>) -> PreparedTurn<'t> {
    turn.prepare(PdfSigner::without_key(house.key.chain(), house.key.algorithm(), noon()), meaning()).unwrap()
}

fn begin(office: &Office, envelope: EnvelopeId, prepared: &PreparedTurn<'_>) -> Reply {
    let lease = SignedDuration::from_mins(5);
    let begin = begin_signing(std::slice::from_ref(prepared), lease, Vec::new()).unwrap();
    office.run(envelope, Acting::Sealer, begin)
}

/// One use for one session: who comes back while it lasts gets the same value, and a later one is another use, as its
/// bytes bear another time.
fn use_key(office: &Office, envelope: EnvelopeId) -> String {
    let state = office.state(envelope);
    format!("{envelope}/{}/{}", SEAL.number(), state.slot(SEAL).unwrap().sessions())
}

fn digest(office: &Office, envelope: EnvelopeId) -> Digest {
    DigestAlgorithm::Sha256.digest(&office.document(envelope))
}

#[test]
fn the_seal_of_an_organisation_finishes_its_turn() {
    let (office, store) = (Office::new(), MemoryStore::new());
    let house = House::new(&office, &store);
    let envelope = sent(&office, &contract());
    let early = office.desk().turn(&office.state(envelope), SEAL, DOCUMENT).unwrap();
    assert!(begin(&office, envelope, &prepare(&early, &house)).refusal().is_some(), "Alice is first");
    office.signs(envelope, ALICE, 0);
    let claim = Claim { now: noon(), lease: Lease::new(SignedDuration::from_mins(1)).unwrap(), most: 100 };
    let due = office.ledger.claim_deliveries(claim).unwrap();
    assert!(due.iter().any(|work| work.effect.kind.as_str() == "seal.turn"), "the sealer is told");

    let turn = office.turn(envelope, SEAL);
    let prepared = prepare(&turn, &house);
    let person = Acting::User(office.user(0));
    let by_person = begin_signing(std::slice::from_ref(&prepared), SignedDuration::from_mins(5), Vec::new());
    assert!(
        office.run(envelope, person, by_person.unwrap()).refusal().is_some(),
        "nobody's but the sealer's"
    );
    begin(&office, envelope, &prepared).accepted().unwrap();
    let key = use_key(&office, envelope);
    let sealed = house.seals(&key, digest(&office, envelope), prepared.to_be_signed()).unwrap();
    let signed = prepared.finish(sealed.value()).unwrap();
    let passed = office.pass(envelope, &signed).unwrap();
    assert_eq!((passed.signer(), passed.level()), (SignerKind::Legal, SignatureLevel::Advanced));
    let complete = Command::CompleteSigning { party: SEAL, proofs: vec![Box::new(passed)] };
    office.run(envelope, Acting::Sealer, complete).accepted().unwrap();
    assert_passed(&office, envelope, 2);
    assert_eq!(office.state(envelope).status().name(), StatusName::Finalizing);
    assert_eq!(house.times_left(), 2);
}

/// The process ends after the key was used: the same use gives the same value, and spends nothing.
#[test]
fn what_was_sealed_before_a_crash_is_not_sealed_again() {
    let (office, store) = (Office::new(), MemoryStore::new());
    let house = House::new(&office, &store);
    let envelope = sent(&office, &contract());
    office.signs(envelope, ALICE, 0);
    let (key, stored, first) = {
        let turn = office.turn(envelope, SEAL);
        let prepared = prepare(&turn, &house);
        begin(&office, envelope, &prepared).accepted().unwrap();
        let key = use_key(&office, envelope);
        let sealed = house.seals(&key, digest(&office, envelope), prepared.to_be_signed()).unwrap();
        (key, prepared.to_bytes(), sealed.value())
    };
    let turn = office.turn(envelope, SEAL);
    let again = turn.resume(&stored).unwrap();
    assert_eq!(key, use_key(&office, envelope));
    let sealed = house.seals(&key, digest(&office, envelope), again.to_be_signed()).unwrap();
    assert_eq!((sealed.repetition(), house.times_left()), (Repetition::Again, 2));
    assert_eq!(sealed.value().as_bytes(), first.as_bytes());
    let signed = [again.finish(sealed.value()).unwrap()];
    let command = office.desk().complete_signing(&signed, &office.state(envelope), noon()).unwrap();
    office.run(envelope, Acting::Sealer, command).accepted().unwrap();
    assert_passed(&office, envelope, 2);
    // The same use for anything else is refused.
    let other = sent(&office, &crate::office::contract_of("Another lease"));
    office.signs(other, ALICE, 0);
    let turn = office.turn(other, SEAL);
    let refused = house.seals(&key, digest(&office, other), prepare(&turn, &house).to_be_signed());
    assert!(matches!(refused, Err(ReviewError::Refused(_))), "{refused:?}");
}

/// The process ends after the key was used, and comes back when the session is over, or without what it had stored: a new
/// session is a use of its own, and the value of the first is written nowhere.
#[test]
fn a_sealer_that_comes_back_late_seals_in_a_session_of_its_own() {
    let (office, store) = (Office::new(), MemoryStore::new());
    let house = House::new(&office, &store);
    let envelope = sent(&office, &contract());
    office.signs(envelope, ALICE, 0);
    let stored = {
        let turn = office.turn(envelope, SEAL);
        let prepared = prepare(&turn, &house);
        begin(&office, envelope, &prepared).accepted().unwrap();
        let key = use_key(&office, envelope);
        drop(house.seals(&key, digest(&office, envelope), prepared.to_be_signed()).unwrap());
        prepared.to_bytes()
    };
    office.later(20 * 60);
    let turn = office.turn(envelope, SEAL);
    let refused = begin(&office, envelope, &turn.resume(&stored).unwrap()).refusal().cloned();
    assert!(matches!(refused, Some(Refusal::SignedAt { .. })), "{refused:?}");
    let signer = PdfSigner::without_key(house.key.chain(), house.key.algorithm(), office.now.get());
    let fresh = turn.prepare(signer, meaning()).unwrap();
    begin(&office, envelope, &fresh).accepted().unwrap();
    let key = use_key(&office, envelope);
    let sealed = house.seals(&key, digest(&office, envelope), fresh.to_be_signed()).unwrap();
    assert_eq!((sealed.repetition(), house.times_left()), (Repetition::First, 1));
    let signed = [fresh.finish(sealed.value()).unwrap()];
    let command = office.desk().complete_signing(&signed, &office.state(envelope), office.now.get()).unwrap();
    office.run(envelope, Acting::Sealer, command).accepted().unwrap();
    assert_passed(&office, envelope, 2);
}

/// The office refuses: the session ends, nothing is sealed, and the turn is open for whoever may.
#[test]
fn a_seal_that_is_refused_leaves_the_turn_open() {
    let (office, store) = (Office::new(), MemoryStore::new());
    let house = House::new(&office, &store);
    let envelope = sent(&office, &contract());
    office.signs(envelope, ALICE, 0);
    let turn = office.turn(envelope, SEAL);
    let prepared = prepare(&turn, &house);
    begin(&office, envelope, &prepared).accepted().unwrap();
    house.account(AccountAct::Remove { user: house.program });
    let key = use_key(&office, envelope);
    let refused = house.seals(&key, digest(&office, envelope), prepared.to_be_signed());
    assert!(matches!(refused, Err(ReviewError::Refused(_))), "{refused:?}");
    assert_eq!((*house.used.borrow(), house.times_left()), (0, 3));
    let abort = Command::AbortSigning { party: SEAL, why: AbortWhy::Aborted };
    office.run(envelope, Acting::Sealer, abort).accepted().unwrap();
    assert_eq!(office.state(envelope).slot(SEAL).unwrap().standing(), Standing::Active);
    assert_passed(&office, envelope, 1);
}

/// The certificate of a person makes no seal, and a signature of the organisation's key is no person's.
#[test]
fn a_person_seals_nothing_and_an_organisation_signs_nothing() {
    let (mut office, store) = (Office::new(), MemoryStore::new());
    let envelope = sent(&office, &contract());
    office.signs(envelope, ALICE, 0);
    let turn = office.turn(envelope, SEAL);
    let prepared = turn.prepare(PdfSigner::new(office.key(1), noon()), meaning()).unwrap();
    begin(&office, envelope, &prepared).accepted().unwrap();
    let signed = [office.finish(prepared, 1)];
    let command = office.desk().complete_signing(&signed, &office.state(envelope), noon()).unwrap();
    let refusal = office.run(envelope, Acting::Sealer, command).refusal().cloned().unwrap();
    let Refusal::ProofDiffers { what, .. } = refusal else { panic!("{refusal}") };
    assert_eq!(what, "kind of signer");
    drop(signed);

    let organisation = House::new(&office, &store).identity.signer();
    office.people[0].1 = organisation;
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    let refusal = office.complete(envelope, ALICE, 0, vec![passed]).refusal().cloned().unwrap();
    assert!(matches!(refusal, Refusal::ProofDiffers { .. }), "{refusal}");
}

/// A seal beside a file, in the same way.
#[test]
fn a_seal_stands_beside_a_file_too() {
    let (office, store) = (Office::new(), MemoryStore::new());
    let house = House::new(&office, &store);
    let mut draft = office.draft(b"article;price\n", 0);
    draft.steps.clear();
    let step = draft.step(Step::all(Phase::Signing));
    draft.party(Party::sealed(text("contract seal"), SignatureLevel::Advanced, step).invisible());
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    let seal = PartyId::new(0);
    let turn = office.desk().turn(&office.state(envelope), seal, DOCUMENT).unwrap();
    let signer = FileSigner::without_key(house.key.chain(), house.key.algorithm(), noon());
    let prepared = turn.prepare_file(&signer, meaning()).unwrap();
    begin(&office, envelope, &prepared).accepted().unwrap();
    let file = digest(&office, envelope);
    let sealed = house.seals("prices", file, prepared.to_be_signed()).unwrap();
    let signed = [prepared.finish(sealed.value()).unwrap()];
    let late = office.desk().pass(&signed[0], &office.state(envelope), noon() + SignedDuration::from_mins(6));
    assert!(matches!(late, Err(SessionError::LeaseExpired { .. })), "{late:?}");
    let command = office.desk().complete_signing(&signed, &office.state(envelope), noon()).unwrap();
    office.run(envelope, Acting::Sealer, command).accepted().unwrap();
    assert_eq!(office.state(envelope).status().name(), StatusName::Finalizing);
}
