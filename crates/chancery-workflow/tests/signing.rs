//! Signing sessions: what is pinned, for how long, and what comes of it. Rows G5, G16, G23, G24; I8 to I12.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_workflow::*;
use jiff::SignedDuration;
use support::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn one_signer() -> Office {
    let mut office = Office::sending(signers(1, Quorum::All));
    office.open(1, p(0));
    office
}

#[test]
fn nobody_signs_without_having_looked_and_consented() {
    let mut office = Office::sending(signers(1, Quorum::All));
    assert_eq!(refusal(office.begin_signing(1, p(0))), Refusal::NotOpened(p(0)));
    let consent = |digest| Command::GiveConsent { party: p(0), disclosure: digest, demonstration: None };
    assert_eq!(refusal(office.by(1, consent(disclosure().digest))), Refusal::NotOpened(p(0)));
    office.by(1, Command::Open { party: p(0), factors: Vec::new() }).accepted().unwrap();
    let missing = refusal(office.begin_signing(1, p(0)));
    assert_eq!(missing, Refusal::ConsentMissing { party: p(0), version: text("2026-1") }, "I8");
    assert_eq!(missing.next_action(), NextAction::GiveConsent(text("2026-1")));
    let other = refusal(office.by(1, consent(digest(4))));
    assert_eq!(other, Refusal::WrongDisclosure { version: text("2026-1") });
    office.by(1, consent(disclosure().digest)).accepted().unwrap();
    office.begin_signing(1, p(0)).accepted().unwrap();
    office.by(1, Command::WithdrawConsent { party: p(0) }).accepted().unwrap();
    assert_eq!(office.standing(p(0)), Standing::Active, "a session ends with the consent");
    assert!(matches!(refusal(office.complete_signing(1, p(0))), Refusal::NoSession(_)));
}

#[test]
fn leases_are_bounded_and_never_past_the_deadline_and_a_lease() {
    let mut office = one_signer();
    for lease in [SignedDuration::ZERO, -MINUTE, SignedDuration::from_mins(16)] {
        let begin = BeginSigning { lease, ..office.begin(p(0)) };
        let refused = refusal(office.by(1, Command::BeginSigning(Box::new(begin))));
        assert_eq!(refused, Refusal::Lease { asked: lease, most: SignedDuration::from_mins(15) });
    }
    office.now = office.envelope().deadline().unwrap() - MINUTE;
    let begin = BeginSigning { lease: SignedDuration::from_mins(15), ..office.begin(p(0)) };
    office.by(1, Command::BeginSigning(Box::new(begin))).accepted().unwrap();
    office.later(SignedDuration::from_mins(5));
    office.tick().accepted().unwrap();
    assert_eq!(office.status(), StatusName::InProgress, "nothing expires while somebody signs");
    office.complete_signing(1, p(0)).accepted().unwrap();
    assert_eq!(office.status(), StatusName::Finalizing);
}

#[test]
fn after_the_deadline_nobody_begins_although_no_timer_came() {
    let mut office = one_signer();
    office.now = office.envelope().deadline().unwrap();
    let refused = refusal(office.begin_signing(1, p(0)));
    assert_eq!(refused, Refusal::WrongStatus { found: StatusName::Expired, needed: StatusName::InProgress });
}

#[test]
fn a_result_after_the_lease_is_refused_and_recorded() {
    // libresign's timer takes back what a slow signer may still complete.
    let mut office = one_signer();
    office.begin_signing(1, p(0)).accepted().unwrap();
    let until = office.envelope().slot(p(0)).unwrap().session().unwrap().until;
    let proofs = office.proofs(p(0));
    office.now = until;
    let mut on_time = Office { workflow: Workflow::new(), state: office.state.clone(), ..Office::new() };
    on_time.now = until;
    on_time.complete_signing(1, p(0)).accepted().unwrap();
    office.later(SignedDuration::from_nanos(1));
    assert_eq!(refusal(office.by(1, completing(p(0), proofs))), Refusal::LeaseExpired { until });
    assert_eq!(office.kinds().last(), Some(&"envelope.session-ended"));
    assert_eq!(office.standing(p(0)), Standing::Active, "and may begin again");
    office.begin_signing(1, p(0)).accepted().unwrap();
}

#[test]
fn one_session_at_a_time_and_so_many_in_all() {
    let mut draft = signers(1, Quorum::All);
    draft.rules.sessions = 2;
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    office.begin_signing(1, p(0)).accepted().unwrap();
    assert!(matches!(refusal(office.begin_signing(1, p(0))), Refusal::SessionInFlight { .. }));
    let abort = || Command::AbortSigning { party: p(0), why: AbortWhy::Aborted };
    office.by(1, abort()).accepted().unwrap();
    office.begin_signing(1, p(0)).accepted().unwrap();
    // G24: the PIN was set anew.
    office.by(1, Command::AbortSigning { party: p(0), why: AbortWhy::FactorReset }).accepted().unwrap();
    assert_eq!(refusal(office.begin_signing(1, p(0))), Refusal::Sessions { party: p(0), most: 2 });
    assert_eq!(refusal(office.by(1, abort())), Refusal::NoSession(p(0)));
}

#[test]
fn what_is_pinned_is_what_the_party_signs_at_the_head() {
    let mut draft = draft();
    let second = draft.document("annex.pdf", digest(2)).unwrap();
    let step = draft.step(Step::all(Phase::Signing));
    draft.party(Party::new(SIMPLE, step, user(1)));
    draft.signature_field(second, p(0), "Signature").unwrap();
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    assert_eq!(office.envelope().signs(p(0)), [second], "where its place is");
    let mut of_first = office.begin(p(0));
    of_first.documents[0].document = DocumentId::new(0);
    let mut none = office.begin(p(0));
    none.documents.clear();
    let mut twice = office.begin(p(0));
    twice.documents.push(twice.documents[0].clone());
    for begin in [of_first, none, twice] {
        let refused = refusal(office.by(1, Command::BeginSigning(Box::new(begin))));
        assert_eq!(refused, Refusal::WrongDocuments(p(0)));
    }
    let mut old = office.begin(p(0));
    old.documents[0].base = digest(77);
    old.permissions = vec![Permits::any(digest(77))];
    let refused = refusal(office.by(1, Command::BeginSigning(Box::new(old))));
    assert_eq!(refused, Refusal::NotTheHead { document: second, head: Revision::FIRST });
}

#[test]
fn a_document_that_forbids_signatures_is_refused_with_its_reason() {
    // Pain 33, at sending and again when signing begins.
    let why = text("certified: no changes are permitted");
    let mut office = Office::new();
    office.create(signers(2, Quorum::All));
    let send = |allowance| Command::Send { permissions: vec![Permits::with(digest(1), allowance)] };
    for allowance in [Allowance::Nothing { why: why.clone() }, Allowance::AtMost(1)] {
        let refused = refusal(office.by_sender(send(allowance.clone())));
        let document = DocumentId::new(0);
        assert_eq!(refused, Refusal::SignaturesForbidden { document, allowance, wanted: 2 });
    }
    let missing = refusal(office.by_sender(Command::Send { permissions: vec![Permits::any(digest(5))] }));
    assert_eq!(missing, Refusal::PermissionMissing(DocumentId::new(0)));
    office.by_sender(send(Allowance::AtMost(2))).accepted().unwrap();
    office.open(1, p(0));
    let mut locked = office.begin(p(0));
    locked.permissions = vec![Permits::with(digest(1), Allowance::Nothing { why })];
    let refused = refusal(office.by(1, Command::BeginSigning(Box::new(locked))));
    assert!(matches!(refused, Refusal::SignaturesForbidden { wanted: 1, .. }));
}

#[test]
fn a_proof_of_anything_else_than_was_pinned_is_refused() {
    let mut office = one_signer();
    let begin = BeginSigning { meaning: Some(text("I approve")), ..office.begin(p(0)) };
    office.by(1, Command::BeginSigning(Box::new(begin))).accepted().unwrap();
    let good = office.proofs(p(0)).remove(0);
    let elsewhere = SignaturePlace { party: p(7), ..good.place };
    let other_envelope = SignaturePlace { envelope: EnvelopeId::from_bytes([1; 16]), ..good.place };
    let wrong = [
        Proof { place: elsewhere, ..good.clone() },
        Proof { place: other_envelope, ..good.clone() },
        Proof { base: digest(8), ..good.clone() },
        Proof { to_be_signed: DigestAlgorithm::Sha256.digest(b"something else"), ..good.clone() },
        Proof { certificate: certificate(9), ..good.clone() },
        Proof { signer: SignerKind::Legal, ..good.clone() },
        Proof { signed_at: good.signed_at + MINUTE, ..good.clone() },
        Proof { meaning: None, ..good.clone() },
        Proof { meaning: Some(text("I have seen it")), ..good.clone() },
        Proof { revision: good.base, ..good.clone() },
    ];
    for proof in wrong {
        let refused = refusal(office.by(1, completing(p(0), vec![proof])));
        assert!(matches!(refused, Refusal::ProofDiffers { .. }), "{refused:?}");
    }
    assert_eq!(refusal(office.by(1, completing(p(0), Vec::new()))), Refusal::WrongDocuments(p(0)));
    let twice = vec![good.clone(), good.clone()];
    assert_eq!(refusal(office.by(1, completing(p(0), twice))), Refusal::WrongDocuments(p(0)));
    office.by(1, completing(p(0), vec![good])).accepted().unwrap();
    let applied = office.events.iter().find_map(|event| match event {
        Event::SignatureApplied(applied) => Some(applied.clone()),
        _ => None,
    });
    let applied = applied.unwrap();
    assert_eq!(applied.meaning, Some(text("I approve")), "G5");
    assert_eq!(applied.signed_at, start(), "G5: as it was pinned when signing began");
}

#[test]
fn the_time_in_a_signature_is_that_of_its_session() {
    // G5
    let mut office = one_signer();
    for signed_at in [office.now + MINUTE, office.now - SignedDuration::from_mins(11)] {
        let begin = BeginSigning { signed_at, ..office.begin(p(0)) };
        let refused = refusal(office.by(1, Command::BeginSigning(Box::new(begin))));
        assert_eq!(refused, Refusal::SignedAt { signed_at });
    }
}

fn digital(level: SignatureLevel) -> Draft {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Signing));
    let pin = PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    draft.party(party(Role::Sign { level }, step, 1).proving(pin));
    draft
}

#[test]
fn a_digital_signature_takes_a_pin_and_the_level_that_was_asked_for() {
    // G23
    let mut without = digital(SignatureLevel::Advanced);
    without.parties[0].factors = PartyFactors::login_only();
    let mut office = Office::new();
    office.create(without);
    let permissions = office.permissions();
    let refused = refusal(office.by_sender(Command::Send { permissions }));
    assert_eq!(refused, Refusal::Draft(vec![DraftFault::PinNotDemanded(p(0))]));

    let mut office = Office::sending(digital(SignatureLevel::Qualified));
    office.open(1, p(0));
    let refused = refusal(office.begin_signing(1, p(0)));
    assert!(matches!(&refused, Refusal::Factors { why } if why.contains("signing PIN")), "G6: {refused:?}");
    assert_eq!(refused.next_action(), NextAction::ProveFactors);
}

#[test]
fn a_signature_below_the_level_is_refused() {
    let mut draft = signers(1, Quorum::All);
    draft.parties[0].role = Role::Sign { level: SignatureLevel::Simple };
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    office.begin_signing(1, p(0)).accepted().unwrap();
    // An advanced one is asked for from now on, as if it had been so when the envelope was sent.
    let mut asking = digital(SignatureLevel::Advanced);
    asking.parties[0].factors =
        PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    let mut state = None;
    for event in &office.events {
        let event = match event.clone() {
            Event::DraftCreated(mut created) => {
                *created.draft = asking.clone();
                Event::DraftCreated(created)
            }
            other => other,
        };
        state = chancery_ledger::Decider::evolve(&office.workflow, state, &event);
    }
    office.state = state;
    let weak = Proof { level: SignatureLevel::Simple, ..office.proofs(p(0)).remove(0) };
    let refused = refusal(office.by(1, completing(p(0), vec![weak])));
    let (found, needed) = (SignatureLevel::Simple, SignatureLevel::Advanced);
    assert_eq!(refused, Refusal::LevelTooLow { found, needed });
}

#[test]
fn a_proof_of_factors_is_for_one_session() {
    let mut draft = signers(1, Quorum::All);
    let password_to_act = PartyFactors::new(None, Some(FactorRule::Kind(FactorName::Password))).unwrap();
    draft.parties[0].factors = password_to_act;
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    let occasion = office.envelope().signing_occasion(p(0), &office.pins(p(0))).unwrap();
    let proved = || vec![password(occasion, start())];
    let begin = BeginSigning { factors: proved(), ..office.begin(p(0)) };
    office.by(1, Command::BeginSigning(Box::new(begin))).accepted().unwrap();
    office.by(1, Command::AbortSigning { party: p(0), why: AbortWhy::Aborted }).accepted().unwrap();
    let again = BeginSigning { factors: proved(), ..office.begin(p(0)) };
    let refused = refusal(office.by(1, Command::BeginSigning(Box::new(again))));
    assert!(matches!(refused, Refusal::Factors { .. }), "each session takes a proof of its own");
    let began = office.events.iter().find_map(|event| match event {
        Event::SigningBegan(began) => Some(began.factors.clone()),
        _ => None,
    });
    assert_eq!(began, Some(vec![FactorName::Password]), "what was proved is recorded");
}

#[test]
fn an_authorisation_is_for_exactly_what_was_pinned() {
    let mut office = one_signer();
    office.begin_signing(1, p(0)).accepted().unwrap();
    let authorize =
        |authorized| Command::AttachAuthorization { party: p(0), reference: digest(70), authorized };
    let other = vec![DigestAlgorithm::Sha256.digest(b"another contract")];
    assert_eq!(refusal(office.by(1, authorize(other))), Refusal::AuthorizationDiffers);
    let pinned = office.pins(p(0)).into_iter().map(|pinned| pinned.to_be_signed).collect();
    office.by(1, authorize(pinned)).accepted().unwrap();
    assert_eq!(office.envelope().slot(p(0)).unwrap().session().unwrap().authorization, Some(digest(70)));
}

#[test]
fn a_result_for_an_envelope_that_ended_is_recorded_once_and_used_by_nobody() {
    let mut office = one_signer();
    office.begin_signing(1, p(0)).accepted().unwrap();
    let proofs = office.proofs(p(0));
    office.by_sender(Command::Void { reason: text("wrong contract") }).accepted().unwrap();
    let refused = refusal(office.by(1, completing(p(0), proofs.clone())));
    let needed = StatusName::InProgress;
    assert_eq!(refused, Refusal::WrongStatus { found: StatusName::Voided, needed });
    assert_eq!(office.kinds().last(), Some(&"envelope.signature-discarded"));
    assert!(office.by(1, completing(p(0), proofs)).refusal().is_some());
    let discarded = office.kinds().into_iter().filter(|kind| *kind == "envelope.signature-discarded").count();
    assert_eq!((discarded, office.envelope().head()), (1, Revision::FIRST));
}

#[test]
fn nothing_is_signed_while_paused() {
    // I11: the seventh mutation of the model. The guard keeps sessions and pauses apart; should they meet, nothing is
    // signed either.
    let mut office = one_signer();
    office.begin_signing(1, p(0)).accepted().unwrap();
    let pause = || Command::Pause { reason: text("a typo"), clock: Clock::Running };
    assert!(matches!(refusal(office.by_sender(pause())), Refusal::SessionInFlight { .. }));
    let paused = event::Paused { by: user(SENDER), clock: Clock::Running, at: start() };
    let state = office.state.take();
    office.state = chancery_ledger::Decider::evolve(&office.workflow, state, &paused.into());
    let refused = refusal(office.complete_signing(1, p(0)));
    let (found, needed) = (StatusName::Paused, StatusName::InProgress);
    assert_eq!(refused, Refusal::WrongStatus { found, needed });
    assert_eq!(office.envelope().head(), Revision::FIRST);
}

#[test]
fn a_witness_signs_after_whom_it_witnesses_and_not_without() {
    let witnessed = || {
        let mut draft = draft();
        let step = draft.step(Step { quorum: Quorum::AtLeast(2), ..Step::all(Phase::Signing) });
        draft.party(party(SIMPLE, step, 1));
        draft.party(party(SIMPLE, step, 2));
        draft.party(party(Role::Witness { of: p(0), level: SignatureLevel::Simple }, step, 3));
        Office::sending(draft)
    };
    let mut office = witnessed();
    office.open(3, p(2));
    assert_eq!(refusal(office.begin_signing(3, p(2))), Refusal::NotYetSigned(p(0)));
    office.sign(1, p(0));
    office.begin_signing(3, p(2)).accepted().unwrap();

    let mut office = witnessed();
    office.by(1, Command::Decline { party: p(0), reason: text("no") }).accepted().unwrap();
    assert_eq!(office.standing(p(2)), Standing::Skipped, "there is nothing to witness");
    assert_eq!(office.status(), StatusName::Declined, "one signer is left of two that are needed");
}

#[test]
fn a_seal_is_the_sealers_and_a_signature_in_person_has_a_host() {
    let mut draft = draft();
    let first = draft.step(Step::all(Phase::Signing));
    let second = draft.step(Step::all(Phase::Signing));
    let own = PartyFactors::new(None, Some(FactorRule::Kind(FactorName::Password))).unwrap();
    let role = Role::SignInPerson { host: user(9), level: SignatureLevel::Simple };
    draft.party(party(role, first, 1).proving(own));
    draft.party(Party::sealed(text("ACME-1"), SignatureLevel::Advanced, second).invisible());
    let mut office = Office::sending(draft);
    let open = || Command::Open { party: p(0), factors: Vec::new() };
    assert!(office.by(8, open()).refusal().is_some(), "another host");
    office.by(9, Command::Open { party: p(0), factors: Vec::new() }).accepted().unwrap();
    let consent =
        || Command::GiveConsent { party: p(0), disclosure: disclosure().digest, demonstration: None };
    assert!(office.by(9, consent()).refusal().is_some(), "nobody consents for another");
    assert!(office.by(9, Command::Decline { party: p(0), reason: text("no") }).refusal().is_some());
    office.by(1, consent()).accepted().unwrap();
    assert!(
        matches!(refusal(office.begin_signing(9, p(0))), Refusal::Factors { .. }),
        "the host does not sign alone"
    );
    let occasion = office.envelope().signing_occasion(p(0), &office.pins(p(0))).unwrap();
    assert_eq!(occasion.user(), user(1), "the party proves its own");
    let begin = BeginSigning { factors: vec![password(occasion, office.now)], ..office.begin(p(0)) };
    office.by(9, Command::BeginSigning(Box::new(begin))).accepted().unwrap();
    office.complete_signing(9, p(0)).accepted().unwrap();
    let work = office.sent.iter().filter(|effect| effect.destination.as_str() == SEAL);
    let work: Vec<SealWork> = work.map(|effect| serde_json::from_slice(&effect.body).unwrap()).collect();
    assert_eq!(work, [SealWork::Seal { envelope: ENVELOPE, party: p(1) }]);
    let own = |office: &Office| BeginSigning { certificate: certificate(2), ..office.begin(p(1)) };
    let same = Command::BeginSigning(Box::new(office.begin(p(1))));
    assert_eq!(refusal(office.run(Acting::Sealer, same)), Refusal::CertificateOfAnother(p(0)));
    let begin = |office: &Office| Command::BeginSigning(Box::new(own(office)));
    let begun = begin(&office);
    assert!(office.by_sender(begun).refusal().is_some(), "the sender is not the sealer");
    let begun = begin(&office);
    office.run(Acting::Sealer, begun).accepted().unwrap();
    let natural = office.proofs(p(1));
    let refused = refusal(office.run(Acting::Sealer, completing(p(1), natural.clone())));
    assert!(matches!(refused, Refusal::ProofDiffers { .. }), "a seal is of an organisation");
    let legal = natural.into_iter().map(|proof| Proof { signer: SignerKind::Legal, ..proof }).collect();
    office.run(Acting::Sealer, completing(p(1), legal)).accepted().unwrap();
    assert_eq!(office.status(), StatusName::Finalizing);
}

#[test]
fn nobody_witnesses_themselves() {
    let mut draft = draft();
    let steps = [draft.step(Step::all(Phase::Signing)), draft.step(Step::all(Phase::Signing))];
    draft.party(party(SIMPLE, steps[0], 1).may_change_signer());
    draft.party(party(Role::Witness { of: p(0), level: SignatureLevel::Simple }, steps[1], 1));
    let mut office = Office::new();
    office.create(draft.clone());
    let permissions = office.permissions();
    let refused = refusal(office.by_sender(Command::Send { permissions }));
    assert_eq!(refused, Refusal::Draft(vec![DraftFault::Witness(p(1))]));
    // Nor by a change of signer.
    draft.parties[1].user = Some(user(2));
    let mut office = Office::sending(draft);
    let to = Successor { user: user(2), person: Person::named(text("The witness")) };
    let how = event::Handover::ChangeSigner;
    let change = ChangeSigner { party: p(0), how, to, note: None, access: Vec::new(), act: Vec::new() };
    office.by(1, Command::ChangeSigner(Box::new(change))).accepted().unwrap();
    office.sign(2, p(2));
    office.open(2, p(1));
    assert_eq!(refusal(office.begin_signing(2, p(1))), Refusal::SamePerson(p(2)));
}
