//! Regimes: every clause has its row, a proper run shows what it should, and each thing that is left out is missed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeSet;
use std::error::Error;

use chancery_auth::{Application, Occasion, ProvedFactor};
use chancery_ledger::{Context, LedgerVerifier, MemoryStore, Runner, Store, Tenant, Version};
use chancery_workflow::consent::{
    ConsentScope, Demonstration, Disclosure as FullDisclosure, ElectronicRequirements, Fee, FormatCode,
    PaperCopies, Terms, Withdrawal,
};
use chancery_workflow::regime::{
    Appearance, Beside, Clause, Evidence, Held, LogVerdict, Recorded, Regime, Shown, check,
};
use chancery_workflow::*;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};
use support::{Permits, Proof, SENDER, certificate, digest, p, start, text, user};

type Outcome = Result<(), Box<dyn Error>>;

/// The clauses of `docs/regimes.md`, which was written from the texts of the laws: none may be lost here, none invented.
#[test]
fn every_clause_of_the_page_is_judged_and_no_other() -> Outcome {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/regimes.md"))?;
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let listed: BTreeSet<_> = cells.filter(|cell| *cell != "clause" && !cell.starts_with('-')).collect();
    let judged: BTreeSet<_> = Clause::ALL.iter().map(|clause| clause.number()).collect();
    assert_eq!(judged.len(), Clause::ALL.len(), "no number is there twice");
    assert_eq!(judged, listed);
    for regime in Regime::ALL {
        assert!(Clause::of(regime).count() > 5);
        let findings = check(regime, &[], &Beside::default());
        assert_eq!(findings.findings().len(), Clause::of(regime).count(), "one finding for each");
    }
    Ok(())
}

/// What was shown to the parties, in full.
fn disclosure() -> FullDisclosure {
    let words = |words: &str| words.to_owned();
    let terms = Terms {
        paper: words("You may have paper."),
        withdrawal: Withdrawal {
            right: words("You may withdraw at any time."),
            consequences: words("We then write on paper."),
            fee: Fee::Free,
            procedure: words("Write to us."),
        },
        scope: ConsentScope::ThisTransaction,
        contact_updates: words("Tell us your new address."),
        paper_copies: PaperCopies { procedure: words("Ask us."), fee: Fee::Free },
        requirements: ElectronicRequirements { hardware: words("A screen."), software: words("PDF 1.7.") },
    };
    FullDisclosure::new(1, Language::English, terms).unwrap_or_else(|fault| unreachable!("{fault}"))
}

/// A batch record: reviewed by quality, then signed by production and a customer, each with password and second device.
fn draft() -> Draft {
    let full = disclosure();
    let rules = Rules::new(Disclosure {
        version: text("1"),
        digest: ContentDigest::from_bytes(full.hash().to_bytes()),
    });
    let mut draft = Draft::new("Batch record 7", rules).unwrap();
    let record = draft.document("batch.pdf", digest(1)).unwrap();
    let review = draft.step(Step::all(Phase::Approval));
    let signing = draft.step(Step::all(Phase::Signing));
    let two = |n: u8, role, step, name: &str| {
        let both = [FactorName::Password, FactorName::SecondDevice].map(FactorRule::Kind).to_vec();
        let factors = PartyFactors::new(None, Some(FactorRule::AllOf(both))).unwrap();
        Party::new(role, step, user(n)).named(Person::named(text(name))).proving(factors)
    };
    let sign = || Role::Sign { level: SignatureLevel::Simple };
    draft.party(two(1, Role::Approve, review, "Ann Quality").in_house());
    for (n, name) in [(2, "Ben Production"), (3, "Cem Customer")] {
        let party = two(n, sign(), signing, name);
        let party = draft.party(if n == 2 { party.in_house() } else { party });
        draft.signature_field(record, party, name).unwrap();
    }
    draft
}

struct Run {
    store: MemoryStore,
    tenant: Tenant,
    workflow: Workflow,
    envelope: EnvelopeId,
    now: Timestamp,
}

impl Run {
    fn new() -> Self {
        Self {
            store: MemoryStore::new(),
            tenant: Tenant::new("acme").unwrap(),
            workflow: Workflow::new().policy(Held::to(Regime::Part11)).policy(Held::to(Regime::Japan)),
            envelope: support::ENVELOPE,
            now: start(),
        }
    }

    fn by(&mut self, acting: Acting, command: Command) -> Reply {
        self.now += SignedDuration::from_secs(60);
        let mut rng = UnwrapErr(SysRng);
        let context = Context::new(acting.actor(), self.now, &mut rng)
            .with_evidence("198.51.100.7; session 5".as_bytes());
        let call = self.workflow.call(&self.tenant, self.envelope, command, context);
        Runner::new(&self.workflow, &self.store).run(&call, &mut rng).unwrap().reply
    }

    fn done(&mut self, acting: Acting, command: Command) -> Accepted {
        self.by(acting, command).accepted().unwrap()
    }

    fn state(&self) -> Envelope {
        let runner = Runner::new(&self.workflow, &self.store);
        runner.load(&self.tenant, &self.envelope.stream()).unwrap().state.unwrap()
    }

    fn both(&self, occasion: Occasion) -> Vec<ProvedFactor> {
        let login = Application::that_verifies_logins();
        vec![login.password(occasion, self.now), login.second_device(occasion, self.now)]
    }

    fn open(&mut self, n: u8, party: PartyId) {
        let disclosure = ContentDigest::from_bytes(disclosure().hash().to_bytes());
        let demonstration = Some(Demonstration::opened(digest(1)));
        self.done(Acting::User(user(n)), Command::Open { party, factors: Vec::new() });
        self.done(Acting::User(user(n)), Command::GiveConsent { party, disclosure, demonstration });
    }

    fn sign(&mut self, n: u8, party: PartyId, meaning: Meaning) {
        self.open(n, party);
        let envelope = self.state();
        let documents: Vec<_> = envelope
            .signs(party)
            .into_iter()
            .map(|document| {
                use chancery_digest::{AnyDigest, DigestAlgorithm};
                let base = envelope.content(document).unwrap();
                let to_be_signed =
                    DigestAlgorithm::Sha256.digest(&[base.to_bytes().as_slice(), &[n]].concat());
                Pinned { document, base, to_be_signed }
            })
            .collect();
        let factors = self.both(envelope.signing_occasion(party, &documents).unwrap());
        let begin = BeginSigning {
            party,
            lease: SignedDuration::from_mins(10),
            permissions: documents.iter().map(|pinned| Permits::any(pinned.base)).collect(),
            documents,
            certificate: certificate(n),
            signed_at: self.now,
            meaning: Some(meaning.text()),
            factors,
        };
        self.done(Acting::User(user(n)), Command::BeginSigning(Box::new(begin)));
        let envelope = self.state();
        let session = envelope.slot(party).unwrap().session().unwrap();
        let proofs = session
            .documents
            .iter()
            .map(|pinned| Proof {
                place: SignaturePlace { envelope: self.envelope, party, document: pinned.document },
                base: pinned.base,
                to_be_signed: pinned.to_be_signed,
                revision: digest(100 + u64::from(n)),
                certificate: session.certificate,
                signer: SignerKind::Natural,
                level: SignatureLevel::Advanced,
                signed_at: session.signed_at,
                meaning: session.meaning.clone(),
            })
            .collect();
        self.done(Acting::User(user(n)), support::completing(party, proofs));
    }

    fn record(&self) -> Vec<Recorded> {
        let events = self.store.events(&self.tenant, &self.envelope.stream(), Version::EMPTY, 1000).unwrap();
        Recorded::read(&events).unwrap()
    }
}

/// From draft to download.
fn sample() -> Run {
    let mut run = Run::new();
    let sender = Acting::User(user(SENDER));
    run.done(sender, Command::CreateDraft { envelope: run.envelope, draft: Box::new(draft()) });
    run.done(sender, Command::Send { permissions: vec![Permits::any(digest(1))] });
    run.open(1, p(0));
    run.done(Acting::User(user(1)), Command::ReportFailure { party: p(0), factor: FactorName::Password });
    let factors = run.both(run.state().act_occasion(p(0)).unwrap());
    run.done(Acting::User(user(1)), Command::Approve { party: p(0), factors });
    run.sign(2, p(1), Meaning::Responsibility);
    run.sign(3, p(2), Meaning::Approval);
    let attempt =
        run.done(Acting::Sealer, Command::FinalizeBegin { lease: SignedDuration::from_mins(5) }).made;
    let Some(Made::Attempt { attempt, .. }) = attempt else { unreachable!("{attempt:?}") };
    let artifact = Artifact { name: text("batch signed.pdf"), digest: digest(555) };
    run.done(Acting::Sealer, Command::FinalizeOk { attempt, artifacts: vec![artifact] });
    let grant = Command::GrantDownload { party: p(2), artifact: digest(555), lasts: None, uses: Uses::Any };
    run.done(sender, grant);
    run
}

fn shown(regime: Regime, record: &[Recorded], beside: &Beside<'_>, clause: Clause) -> Shown {
    let report = check(regime, record, beside);
    let finding = report.findings().iter().find(|finding| finding.clause == clause);
    finding.map_or(Shown::Outside, |finding| finding.shown.clone())
}

/// The report of a proper run. `cargo test --test regime sample -- --nocapture` prints it.
#[test]
fn a_sample_run_shows_what_it_should() -> Outcome {
    let run = sample();
    let checkpoint = run.store.log(&run.tenant)?.checkpoint();
    let verification =
        LedgerVerifier::new().checkpoint(checkpoint).verify(&mut run.store.records(), &run.tenant)?;
    let disclosures = [disclosure()];
    let beside =
        Beside { log: Some(LogVerdict::from(&verification)), disclosures: &disclosures, opened: &[] };
    let record = run.record();
    for recorded in &record {
        println!(
            "{:>3}  {}  {:<46}  {}",
            recorded.version,
            recorded.at,
            recorded.actor,
            recorded.event.kind_name()
        );
    }
    for regime in Regime::ALL {
        let report = check(regime, &record, &beside);
        println!("\n{report}");
        let missing: Vec<_> = report.missing().map(|finding| finding.clause).collect();
        let expected: &[Clause] = match regime {
            // The sample's signatures bear no timestamp, and nobody proved a PIN: what is not there is said.
            Regime::Japan => &[Clause::Timestamps],
            Regime::Part11 | Regime::Esign | Regime::Eidas => &[],
        };
        assert_eq!(missing, expected, "{report}");
        let text = report.to_string().to_lowercase();
        assert!(!text.contains("complian") && !text.contains("conform"), "it never says so: {text}");
        for clause in Clause::of(regime) {
            assert!(text.contains(&clause.number().to_lowercase()), "{clause}");
        }
    }
    Ok(())
}

/// Each thing that a record lacks is missed, at the clause that asks for it.
#[test]
fn whatever_is_left_out_is_missed() -> Outcome {
    let run = sample();
    let whole = run.record();
    let disclosures = [disclosure()];
    let beside = Beside { log: Some(LogVerdict::Anchored), disclosures: &disclosures, opened: &[] };
    type Edit = fn(&mut Vec<Recorded>);
    fn without(record: &mut Vec<Recorded>, kind: &str) {
        record.retain(|recorded| recorded.event.kind_name() != kind);
    }
    fn each(record: &mut [Recorded], mut edit: impl FnMut(&mut Event)) {
        record.iter_mut().for_each(|recorded| edit(&mut recorded.event));
    }
    fn rules(record: &mut [Recorded], edit: fn(&mut Draft)) {
        each(record, |event| {
            if let Event::DraftCreated(created) = event {
                edit(&mut created.draft);
            }
        });
    }
    fn signatures(record: &mut [Recorded], edit: fn(&mut event::SignatureApplied)) {
        each(record, |event| {
            if let Event::SignatureApplied(applied) = event {
                edit(applied);
            }
        });
    }
    fn factors(record: &mut [Recorded], factors: &[FactorName]) {
        each(record, |event| match event {
            Event::SigningBegan(began) => began.factors = factors.to_vec(),
            Event::PartyDone(done) => done.factors = factors.to_vec(),
            _ => {}
        });
    }
    let cases: &[(Clause, Edit)] = &[
        (Clause::Protection, |r| rules(r, |draft| draft.rules.keep_for = SignedDuration::from_hours(24))),
        (Clause::KeptSevenYears, |r| {
            rules(r, |draft| draft.rules.keep_for = SignedDuration::from_hours(6 * 366 * 24));
        }),
        (Clause::LimitedAccess, |r| r[3].actor = chancery_ledger::Actor::new("somebody").unwrap()),
        (Clause::AuditTrail, |r| r[5].at = start()),
        (Clause::Sequencing, |r| without(r, "envelope.step-activated")),
        (Clause::Authority, |r| {
            r.iter_mut().for_each(|recorded| recorded.actor = Acting::User(user(77)).actor());
        }),
        (Clause::Attributed, |r| r.iter_mut().for_each(|recorded| recorded.actor = Acting::Timer.actor())),
        (Clause::Devices, |r| r.iter_mut().for_each(|recorded| recorded.evidence = Evidence::None)),
        (Clause::Accountability, |r| without(r, "envelope.consent-given")),
        (Clause::AffirmativeConsent, |r| without(r, "envelope.consent-given")),
        (Clause::ConsentedSigning, |r| without(r, "envelope.consent-given")),
        (Clause::OpenSystems, |r| {
            signatures(r, |applied| applied.signatures[0].level = SignatureLevel::Simple);
        }),
        (Clause::Manifestation, |r| signatures(r, |applied| applied.meaning = None)),
        (Clause::Manifestation, |r| signatures(r, |applied| applied.meaning = Text::new("whatever").ok())),
        (Clause::Manifestation, |r| without(r, "envelope.people-recorded")),
        (Clause::ManifestationShown, |r| rules(r, |draft| draft.parties[1].placement = Placement::Invisible)),
        (Clause::Linking, |r| signatures(r, |applied| applied.signatures[0].pinned.base = digest(9))),
        (Clause::Linking, |r| signatures(r, |applied| applied.signatures[0].certificate = certificate(99))),
        (Clause::Linking, |r| signatures(r, |applied| applied.signatures.clear())),
        (Clause::Linking, |r| without(r, "envelope.signing-began")),
        (Clause::UniqueIndividual, |r| rules(r, |draft| draft.parties[1].user = None)),
        (Clause::TwoComponents, |r| factors(r, &[FactorName::Password])),
        (Clause::TwoComponents, |r| factors(r, &[FactorName::Password, FactorName::Password])),
        (Clause::NotOnePeriod, |r| factors(r, &[])),
        (Clause::OnePeriod, |r| factors(r, &[FactorName::OneTimeCode])),
        (Clause::OnePeriod, |r| factors(r, &[FactorName::Password])),
        (Clause::Safeguards, |r| rules(r, |draft| draft.rules.failures = 1)),
        (Clause::ToldOfPaper, |r| {
            each(r, |event| {
                if let Event::ConsentGiven(given) = event {
                    given.disclosure = digest(1);
                }
            });
        }),
        (Clause::Demonstrated, |r| without(r, "envelope.opened")),
        (Clause::Demonstrated, |r| {
            each(r, |event| {
                if let Event::ConsentGiven(given) = event {
                    given.demonstration = None;
                }
            });
        }),
        (Clause::WhatYouSee, |r| without(r, "envelope.opened")),
        (Clause::Withdrawal, |r| {
            let at = r.iter().position(|recorded| matches!(recorded.event, Event::SigningBegan(_))).unwrap();
            let (party, mut gone) = (p(1), r[at].clone());
            gone.event = event::ConsentWithdrawn { party, at: gone.at }.into();
            r.insert(at, gone);
        }),
        (Clause::MayPrint, |r| without(r, "envelope.download-granted")),
        (Clause::NaturalOrLegal, |r| {
            signatures(r, |applied| applied.signatures[0].signer = SignerKind::Legal);
        }),
        (Clause::LevelsComputed, |r| {
            rules(r, |draft| draft.parties[1].role = Role::Sign { level: SignatureLevel::Qualified });
        }),
        (Clause::LinkedToSignatory, |r| signatures(r, |applied| applied.signatures.clear())),
        (Clause::SoleControl, |r| factors(r, &[FactorName::OneTimeCode])),
        (Clause::CertificateUsable, |r| {
            signatures(r, |applied| applied.signatures[0].certificate = certificate(9));
        }),
        (Clause::Commitment, |r| signatures(r, |applied| applied.meaning = None)),
        (Clause::ProviderKey, |r| without(r, "envelope.signing-began")),
        (Clause::TwoFactors, |r| factors(r, &[FactorName::Password])),
    ];
    for (clause, edit) in cases {
        let regime = clause.regime();
        let before = shown(regime, &whole, &beside, *clause);
        assert!(!matches!(before, Shown::Missing { .. }), "{clause}: {before:?}");
        let mut record = whole.clone();
        edit(&mut record);
        let after = shown(regime, &record, &beside, *clause);
        assert!(matches!(after, Shown::Missing { .. }), "{clause}: {after:?}");
    }
    for (log, missing) in [
        (None, true),
        (Some(LogVerdict::ConsistentOnly), true),
        (Some(LogVerdict::Broken), true),
        (Some(LogVerdict::Anchored), false),
    ] {
        let beside = Beside { log, disclosures: &disclosures, opened: &[] };
        let found = shown(Regime::Part11, &whole, &beside, Clause::Validation);
        assert_eq!(matches!(found, Shown::Missing { .. }), missing, "{log:?}");
    }
    Ok(())
}

/// What a regime asks is refused by its policy, with what would help (11.50, 11.200).
#[test]
fn a_regime_refuses_what_does_not_fit() {
    let sender = Acting::User(user(SENDER));
    let send = |edit: fn(&mut Draft)| {
        let mut run = Run::new();
        let mut draft = draft();
        edit(&mut draft);
        run.done(sender, Command::CreateDraft { envelope: run.envelope, draft: Box::new(draft) });
        run.by(sender, Command::Send { permissions: vec![Permits::any(digest(1))] })
    };
    assert!(send(|_| {}).accepted().is_ok());
    type Edit = fn(&mut Draft);
    let cases: [(Edit, &str); 5] = [
        (|draft| draft.parties[1].placement = Placement::Invisible, "invisible"),
        (|draft| draft.parties[0].factors = PartyFactors::login_only(), "fewer than 2 kinds"),
        (
            |draft| {
                let one = FactorRule::Kind(FactorName::Password);
                draft.parties[2].factors = PartyFactors::new(None, Some(one)).unwrap();
            },
            "fewer than 2 kinds",
        ),
        (|draft| draft.rules.keep_for = SignedDuration::from_hours(24), "long enough"),
        (|draft| draft.rules.lease = SignedDuration::from_mins(16), "too long"),
    ];
    for (edit, word) in cases {
        let Reply::Refused(Refusal::Policy { why, next, .. }) = send(edit) else { panic!("sent: {word}") };
        assert!(why.as_str().contains(word) && !next.as_str().is_empty(), "{why}");
    }
}

#[test]
fn a_signature_without_a_meaning_of_the_list_is_not_begun() {
    for meaning in [None, Some(text("because I was told to"))] {
        let mut run = Run::new();
        let sender = Acting::User(user(SENDER));
        run.done(sender, Command::CreateDraft { envelope: run.envelope, draft: Box::new(draft()) });
        run.done(sender, Command::Send { permissions: vec![Permits::any(digest(1))] });
        run.open(1, p(0));
        let factors = run.both(run.state().act_occasion(p(0)).unwrap());
        run.done(Acting::User(user(1)), Command::Approve { party: p(0), factors });
        run.open(2, p(1));
        let envelope = run.state();
        let documents: Vec<Pinned> = Vec::new();
        let begin = BeginSigning {
            party: p(1),
            lease: SignedDuration::from_mins(10),
            documents,
            certificate: certificate(2),
            signed_at: run.now,
            meaning,
            permissions: Vec::new(),
            factors: Vec::new(),
        };
        // Asked by itself: the built-in guards would find more that is wrong.
        let context = Context::with_fresh(Acting::User(user(2)).actor(), run.now, [0; 32]);
        let held = Held::to(Regime::Part11);
        let objection = held.permit(Some(&envelope), &Command::BeginSigning(Box::new(begin)), &context);
        assert!(
            objection.is_err_and(|objection| objection.next.as_str().contains("I approve this document"))
        );
    }
}

#[test]
fn bundles_are_what_their_sources_say() {
    let part11 = Regime::Part11.bundle();
    assert_eq!((part11.kinds, part11.meanings.len(), part11.appearance), (2, 4, Appearance::Visible));
    assert!(Regime::Eidas.bundle().kept >= SignedDuration::from_hours(7 * 365 * 24));
    assert_eq!(Regime::Japan.bundle().kinds, 2);
    assert_eq!(Regime::Esign.bundle().kinds, 0);
}

/// 15 U.S.C. 7001(c)(1)(C)(ii): where it is asked for, a consent that shows nothing is none.
#[test]
fn who_consents_shows_that_the_form_can_be_read() {
    let mut office = support::Office::with(Workflow::new().policy(Held::to(Regime::Esign)));
    let mut draft = support::contract();
    office.create(draft.clone());
    let permissions = office.permissions();
    let refused = office.by_sender(Command::Send { permissions }).accepted().unwrap_err();
    assert!(matches!(&refused, Refusal::Policy { next, .. } if next.as_str().contains("demonstration")));
    draft.rules.demonstration = Need::Required;
    office.by_sender(Command::EditDraft { draft: Box::new(draft) }).accepted().unwrap();
    let permissions = office.permissions();
    office.by_sender(Command::Send { permissions }).accepted().unwrap();
    office.by(1, Command::Open { party: p(0), factors: Vec::new() }).accepted().unwrap();
    let disclosure = support::disclosure().digest;
    let consent = |demonstration| Command::GiveConsent { party: p(0), disclosure, demonstration };
    let refused = office.by(1, consent(None)).accepted().unwrap_err();
    assert_eq!(
        (&refused, refused.next_action()),
        (&Refusal::DemonstrationMissing(p(0)), NextAction::Demonstrate)
    );
    let approve = || Command::Approve { party: p(0), factors: Vec::new() };
    assert!(matches!(office.by(1, approve()).accepted(), Err(Refusal::ConsentMissing { .. })));
    // A document of another envelope shows nothing.
    let elsewhere = consent(Some(Demonstration::opened(digest(7))));
    assert_eq!(office.by(1, elsewhere).accepted().unwrap_err(), Refusal::DemonstrationMissing(p(0)));
    let code = FormatCode::random(&mut UnwrapErr(SysRng));
    let read = code.in_document(digest(7)).answer(&code.to_string()).unwrap();
    office.by(1, consent(Some(read))).accepted().unwrap();
    office.by(1, approve()).accepted().unwrap();
    let given = office.events.iter().find_map(|event| match event {
        Event::ConsentGiven(given) => Some(given.demonstration),
        _ => None,
    });
    assert_eq!(given, Some(Some(read.recorded())), "it stands in the record");
    assert_eq!(office.replayed(), office.state);
}
