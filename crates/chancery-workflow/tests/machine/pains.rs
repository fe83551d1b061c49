//! One test for each of the 39 things that users of other products ask for or complain of, as far as a library is concerned;
//! `numbers` walks the list. What is meant stands in the name and the first line.
//!
//! pain 13 concerns no rule of the machine: bulk sending fills fields and has no limit of 100 rows; tests/bulk.rs.
//! pain 18 concerns no rule of the machine: a PDF has one revision for each signature by its nature; `chancery-pades` tells
//! what each of them covers.
//! pain 25 concerns no rule of the machine: Standard Webhooks, with what the MAC covers, in `webhook` and its tests.

use chancery_auth::Application;
use chancery_ledger::{Decider, given};
use chancery_workflow::event::*;
use chancery_workflow::*;
use jiff::SignedDuration;

use crate::faults::{decline, person, refuses, usual};
use crate::world::*;

fn status(story: &Story) -> StatusName {
    story.envelope().status().name()
}

fn both_signed() -> Story {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1).signs(2);
    story
}

/// The notices of an intent: to whom.
fn told(story: &Story, kind: &str) -> Vec<Recipient> {
    let notices = story.deliveries().into_iter().filter(|(_, of, _)| of == kind);
    notices.flat_map(|(_, _, body)| serde_json::from_str::<Notice>(&body).unwrap().to).collect()
}

fn is_told(told: &[Recipient], party: u32) -> bool {
    told.iter().any(|to| matches!(to, Recipient::Party { party: to, .. } if *to == id(party)))
}

/// Stays pending after everybody has signed.
#[test]
fn pain_01_the_last_act_completes_in_its_commit() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1).agrees(2).party(2, |envelope, party| begin(envelope, party, noon()));
    let last = story.workflow.decide(
        &story.state,
        &complete(story.envelope(), id(2)),
        &context(person(2), story.now),
    );
    assert!(matches!(last.recorded().last(), Some(Event::AllSatisfied(_))), "{:?}", last.recorded());
}

/// Completed by force, and never sealed.
#[test]
fn pain_02_nothing_is_completed_that_was_not_finished() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1);
    let force = Command::FinalizeOk { attempt: 1, artifacts: artifacts() };
    let (found, needed) = (StatusName::InProgress, StatusName::Finalizing);
    refuses(&story, Acting::Sealer, &force, Refusal::WrongStatus { found, needed });
    story.signs(2);
    refuses(&story, Acting::Sealer, &force, Refusal::WrongAttempt { current: 0 });
    assert_eq!(status(&story), StatusName::Finalizing);
}

/// Stuck for ever when the sealer died.
#[test]
fn pain_03_a_dead_sealer_is_noticed() {
    let mut story = both_signed();
    story.done(Acting::Sealer, &Command::FinalizeBegin { lease: SignedDuration::from_mins(5) });
    let due = story.workflow.next_due(&story.state).expect("somebody looks");
    story.now = due;
    story.done(Acting::Timer, &Command::Tick).finishes();
    assert_eq!(status(&story), StatusName::Completed);
    let work = story.deliveries().iter().filter(|(destination, _, _)| destination == SEAL).count();
    assert!(work >= 2, "asked for again after the first attempt died");
}

/// Two at once: sealed twice, signature over signature.
#[test]
fn pain_04_of_two_at_once_one_prepares_again() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1).agrees(2);
    story.party(1, |envelope, party| begin(envelope, party, noon()));
    story.party(2, |envelope, party| begin(envelope, party, noon()));
    story.party(1, complete);
    let (at, base, head) = (story.now, Revision::FIRST, Revision::new(1));
    let second = complete(story.envelope(), id(2));
    given(&story.workflow, story.history())
        .when(&second, &context(person(2), at))
        .then([SessionStale { party: id(2), base, head, at }.into()])
        .replies(Reply::Refused(Refusal::StaleBase { base, head }));
    assert!(story.does(person(2), &second).refusal().is_some());
    story.party(2, |envelope, party| begin(envelope, party, noon())).party(2, complete);
    let satisfied = story.events.iter().filter(|event| matches!(event, Event::AllSatisfied(_))).count();
    assert_eq!(satisfied, 1);
}

/// Whoever has signed can still reject, and destroys the signature.
#[test]
fn pain_05_who_has_signed_rejects_no_more() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1);
    let standing = Standing::Done;
    refuses(&story, person(1), &decline(id(1)), Refusal::WrongStanding { party: id(1), standing });
}

/// The webhook of completion waits for an e-mail.
#[test]
fn pain_06_completion_does_not_depend_on_mail() {
    let mut story = both_signed();
    story.finishes();
    let hook = story
        .deliveries()
        .into_iter()
        .any(|(to, _, body)| to == WEBHOOK && body.contains("envelope.completed"));
    let mail = told(&story, "notice.completed");
    assert!(hook && !mail.is_empty(), "two deliveries to two destinations, of one event");
}

/// Retried webhooks cannot be told apart from new ones. The id of a delivery stays: `fault_04`.
#[test]
fn pain_07_one_event_is_one_webhook() {
    let mut story = both_signed();
    story.finishes();
    let completed =
        |(to, _, body): &(String, String, String)| to == WEBHOOK && body.contains("envelope.completed");
    assert_eq!(story.deliveries().iter().filter(|delivery| completed(delivery)).count(), 1);
}

/// Several signers of the same number in the order, others before and after them.
#[test]
fn pain_08_one_then_several_then_one() {
    let mut draft = draft();
    let steps = [1, 2, 3].map(|_| draft.step(Step::all(Phase::Signing)));
    for (n, step) in [(0, steps[0]), (1, steps[1]), (2, steps[1]), (3, steps[2])] {
        draft.party(Party::new(sign(), step, user(n)).invisible());
    }
    let mut story = Story::sent(&draft);
    story.signs(0);
    assert_eq!([1, 2, 3].map(|n| story.standing(n)), [Standing::Active, Standing::Active, Standing::Waiting]);
    story.signs(2);
    assert_eq!(story.standing(3), Standing::Waiting, "one of the two is not enough");
    story.signs(1).signs(3);
    assert_eq!(status(&story), StatusName::Finalizing);
}

/// Any recipient's token readable, so that anybody signs as anyone.
#[test]
fn pain_09_a_party_cannot_act_as_another() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1).agrees(2);
    for command in
        [begin(story.envelope(), id(1), noon()), decline(id(1)), change_signer(id(1), user(2)), open(id(1))]
    {
        let reply = story.workflow.decide(&story.state, &command, &context(person(2), story.now));
        assert_eq!(reply.replied().refusal(), Some(&Refusal::NotPermitted(Capacity::Party)));
    }
}

/// Times of one zone below the name of another.
#[test]
fn pain_10_every_time_says_its_zone() {
    let story = Story::sent(&usual());
    for event in &story.events {
        let bytes = chancery_ledger::StoredEvent::to_bytes(event);
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        if let Some(at) = value.get("at") {
            assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
        }
    }
}

/// Columns for address and browser, empty. What the caller knows of the person is kept with the event, and can be erased
/// without harm to the rest.
#[test]
fn pain_11_the_evidence_stands_with_the_event() {
    use chancery_ledger::{MemoryStore, Runner, Store, Tenant, Version};
    let (workflow, store, tenant) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme").unwrap());
    let context = context(by_sender(), noon()).with_evidence(&br#"{"ip":"192.0.2.7","agent":"Lynx"}"#[..]);
    let call = workflow.call(&tenant, envelope_id(), create(&usual()), context);
    Runner::new(&workflow, &store).run(&call, &mut crate::faults::rng()).unwrap();
    let events = store.events(&tenant, &envelope_id().stream(), Version::EMPTY, 10).unwrap();
    assert!(events[0].evidence().unwrap().starts_with(br#"{"ip":"192.0.2.7""#));
}

/// Rejection switched off.
#[test]
fn pain_12_the_sender_says_who_may_decline() {
    let mut draft = usual();
    draft.parties[0] = draft.parties[0].clone().may_not_decline();
    let story = Story::sent(&draft);
    let what = "decline".to_owned();
    refuses(&story, person(0), &decline(id(0)), Refusal::Forbidden { party: id(0), what });
}

/// Qualified signatures.
#[test]
fn pain_14_a_lower_level_than_asked_for_is_refused() {
    let mut draft = usual();
    let pin = PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    draft.parties[1].role = Role::Sign { level: SignatureLevel::Qualified };
    let mut story = Story::new();
    story.done(by_sender(), &create(&draft));
    let fault = Refusal::Draft(vec![DraftFault::PinNotDemanded(id(1))]);
    refuses(&story, by_sender(), &send(&draft), fault);
    draft.parties[1].factors = pin;
    story
        .done(by_sender(), &Command::EditDraft { draft: Box::new(draft.clone()) })
        .done(by_sender(), &send(&draft));
    // What decides is what verification found, whatever the certificate or the sender says. A seal shows it without a PIN.
    let mut sealed = draft_of_a_seal(SignatureLevel::Advanced);
    let (by, party) = (Acting::Sealer, id(0));
    let begin = begin(sealed.envelope(), party, sealed.now);
    sealed.done(by, &begin);
    let mut made = signatures(sealed.envelope(), party);
    (made[0].signer, made[0].level) = (SignerKind::Legal, SignatureLevel::Simple);
    let complete = |made: &[Proof]| Command::CompleteSigning { party, proofs: proofs(made.to_vec()) };
    let (found, needed) = (SignatureLevel::Simple, SignatureLevel::Advanced);
    refuses(&sealed, by, &complete(&made), Refusal::LevelTooLow { found, needed });
    made[0].level = SignatureLevel::Qualified;
    sealed.done(by, &complete(&made));
}

fn draft_of_a_seal(level: SignatureLevel) -> Story {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Signing));
    draft.party(Party::sealed(text("company seal"), level, step).invisible());
    Story::sent(&draft)
}

/// A rule that only the page knew.
#[test]
fn pain_15_an_act_that_is_not_the_roles_is_refused() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1);
    let (party, factors) = (id(1), Vec::new());
    let command = Command::Approve { party, factors };
    refuses(&story, person(1), &command, Refusal::WrongRole { party, wanted: Act::Approve });
}

/// Out of order by a copied link.
#[test]
fn pain_16_a_link_before_its_turn_opens_nothing() {
    let story = Story::sent(&usual());
    let standing = Standing::Waiting;
    refuses(&story, person(1), &open(id(1)), Refusal::WrongStanding { party: id(1), standing });
}

/// The first signature is invalid after the second.
#[test]
fn pain_17_a_signature_is_added_to_the_head_only() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1).agrees(2);
    let old = begin(story.envelope(), id(2), noon());
    story.signs_only(1);
    let (document, head) = (DocumentId::new(0), Revision::new(1));
    refuses(&story, person(2), &old, Refusal::NotTheHead { document, head });
}

/// Signing groups, n of m.
#[test]
fn pain_19_enough_of_a_group_are_enough() {
    let mut draft = draft();
    let step = draft.step(Step::at_least(2, Phase::Signing));
    for n in 0..3 {
        draft.party(Party::new(sign(), step, user(n)).invisible());
    }
    let mut story = Story::sent(&draft);
    story.signs(2).done(person(0), &decline(id(0)));
    assert_eq!(status(&story), StatusName::InProgress, "two can still be reached");
    story.signs(1);
    assert_eq!((status(&story), story.standing(0)), (StatusName::Finalizing, Standing::Declined));
    let mut story = Story::sent(&draft);
    story.done(person(0), &decline(id(0))).done(person(1), &decline(id(1)));
    assert_eq!(status(&story), StatusName::Declined);
}

/// "Everybody has signed" before the third has.
#[test]
fn pain_20_completion_is_told_when_it_is_completed() {
    let mut story = both_signed();
    assert_eq!(told(&story, "notice.completed"), []);
    story.finishes();
    let told = told(&story, "notice.completed");
    assert!(
        told.contains(&Recipient::Sender) && [0, 1, 2].into_iter().all(|n| is_told(&told, n)),
        "{told:?}"
    );
}

/// Forward the request to another person.
#[test]
fn pain_21_a_signer_names_another_where_the_sender_permits_it() {
    let mut story = Story::sent(&usual());
    let what = "change the signer".to_owned();
    refuses(&story, person(0), &change_signer(id(0), user(9)), Refusal::Forbidden { party: id(0), what });
    story.approves(0).party(1, |_, party| change_signer(party, user(9)));
    assert!(is_told(&told(&story, "notice.your-turn"), 4));
    refuses(&story, person(9), &change_signer(id(4), user(10)), Refusal::SecondHop(id(4)));
    story.signs(4).signs(2);
    assert_eq!(status(&story), StatusName::Finalizing);
}

/// Void a completed contract.
#[test]
fn pain_22_a_completed_envelope_is_annotated_not_undone() {
    let mut story = both_signed();
    story.finishes();
    let void = Command::Void { reason: text("a mistake") };
    let (found, needed) = (StatusName::Completed, StatusName::InProgress);
    refuses(&story, by_sender(), &void, Refusal::WrongStatus { found, needed });
    story.done(by_sender(), &Command::Revoke { reason: text("a mistake") });
    assert_eq!(status(&story), StatusName::Completed);
    assert_eq!(*story.envelope().disposition(), Disposition::Revoked);
    assert_eq!(story.envelope().reason(ReasonOf::Revoke), Some(&text("a mistake")));
    assert!(Text::new(" ").is_err(), "a reason is not empty");
}

/// Those who have signed are not told of a rejection.
#[test]
fn pain_23_who_acted_and_the_sender_hear_of_a_decline() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1).done(person(2), &decline(id(2)));
    let told = told(&story, "notice.declined");
    assert!(told.contains(&Recipient::Sender) && is_told(&told, 0) && is_told(&told, 1), "{told:?}");
}

/// The webhook does not say that the next signer is asked.
#[test]
fn pain_24_the_webhook_tells_whose_turn_it_is() {
    let mut story = Story::sent(&usual());
    story.approves(0);
    let turns =
        |(to, _, body): &(String, String, String)| to == WEBHOOK && body.contains("envelope.step-activated");
    assert_eq!(story.deliveries().iter().filter(|delivery| turns(delivery)).count(), 2);
}

/// 21 CFR Part 11: what a signature means. The report of clauses is tested with `regime`.
#[test]
fn pain_26_the_meaning_is_pinned_and_compared() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1).party(1, |envelope, party| begin(envelope, party, noon()));
    let mut made = signatures(story.envelope(), id(1));
    made[0].meaning = Some(text("I have only read it"));
    let command = Command::CompleteSigning { party: id(1), proofs: proofs(made) };
    let (document, what) = (DocumentId::new(0), "meaning".to_owned());
    refuses(&story, person(1), &command, Refusal::ProofDiffers { document, what });
    story.party(1, complete);
    let applied = story.events.iter().find_map(|event| match event {
        Event::SignatureApplied(applied) => applied.meaning.clone(),
        _ => None,
    });
    assert_eq!(applied, Some(text("I agree")));
}

/// A copy when it is sent, and not only at the end.
#[test]
fn pain_27_copies_come_when_the_sender_says() {
    for (when, at_send, at_turn, at_end) in
        [(CopyMoment::AtSend, 1, 1, 1), (CopyMoment::AtTurn, 0, 1, 1), (CopyMoment::AtEnd, 0, 0, 1)]
    {
        let mut draft = usual();
        draft.parties[3].role = Role::Copy { when };
        let mut story = Story::sent(&draft);
        let copies = |story: &Story| told(story, "notice.copy").len();
        assert_eq!(copies(&story).min(1), at_send, "{when:?} at sending");
        story.approves(0);
        assert_eq!(copies(&story).min(1), at_turn, "{when:?} at its turn");
        story.signs(1).signs(2).finishes();
        assert_eq!(copies(&story).min(1), at_end, "{when:?} at the end");
    }
}

/// The report is sometimes not made.
#[test]
fn pain_28_nothing_is_completed_without_what_came_of_it() {
    let mut story = both_signed();
    story.done(Acting::Sealer, &Command::FinalizeBegin { lease: SignedDuration::from_mins(5) });
    let empty = Command::FinalizeOk { attempt: 1, artifacts: Vec::new() };
    refuses(&story, Acting::Sealer, &empty, Refusal::Artifacts);
    story.done(Acting::Sealer, &Command::FinalizeErr { attempt: 1, error: text("no timestamp") });
    story.finishes();
}

/// The sender takes the signer's link, and signs.
#[test]
fn pain_29_the_sender_is_no_signer() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1);
    for command in [begin(story.envelope(), id(1), noon()), open(id(1)), consent(id(1)), decline(id(1))] {
        let reply = story.workflow.decide(&story.state, &command, &context(by_sender(), story.now));
        assert_eq!(reply.replied().refusal(), Some(&Refusal::NotPermitted(Capacity::Party)));
    }
}

/// Whoever knows the id of a document reads it.
#[test]
fn pain_30_an_id_opens_nothing() {
    let story = Story::sent(&usual());
    for stranger in [person(77), operator(), officer(), Acting::Notifier] {
        let reply = story.workflow.decide(&story.state, &open(id(0)), &context(stranger, story.now));
        assert_eq!(reply.replied().refusal(), Some(&Refusal::NotPermitted(Capacity::Party)));
        assert!(matches!(reply.recorded(), [Event::RefusalRecorded(_)]), "and the record shows it");
    }
}

/// No alert on a decline.
#[test]
fn pain_31_the_sender_hears_of_every_decline() {
    let mut draft = draft();
    let step = draft.step(Step::at_least(1, Phase::Approval));
    for n in 0..2 {
        draft.party(Party::new(Role::Approve, step, user(n)));
    }
    let mut story = Story::sent(&draft);
    story.done(person(0), &decline(id(0)));
    assert_eq!(told(&story, "notice.party-declined"), [Recipient::Sender]);
    story.done(person(1), &decline(id(1)));
    assert!(told(&story, "notice.declined").contains(&Recipient::Sender));
}

/// The second signer cannot sign.
#[test]
fn pain_32_the_second_signs_on_the_head_of_the_first() {
    let story = both_signed();
    assert_eq!((story.envelope().head(), status(&story)), (Revision::new(2), StatusName::Finalizing));
}

/// A certification that permits no changes stops every signer, one after the other.
#[test]
fn pain_33_what_forbids_signatures_is_told_when_it_is_sent() {
    let mut story = Story::new();
    story.done(by_sender(), &create(&usual()));
    let why = text("certified: no changes");
    for (allowance, wanted) in [(Allowance::Nothing { why }, 2), (Allowance::AtMost(1), 2)] {
        let looked = Looked { document: document(), allowance: allowance.clone(), fields: Ok(()) };
        let send = Command::Send { permissions: vec![Box::new(looked)] };
        let document = DocumentId::new(0);
        refuses(&story, by_sender(), &send, Refusal::SignaturesForbidden { document, allowance, wanted });
    }
    let nobody = Command::Send { permissions: Vec::new() };
    refuses(&story, by_sender(), &nobody, Refusal::PermissionMissing(DocumentId::new(0)));
}

/// Sent without a place for the signature.
#[test]
fn pain_34_a_signer_without_a_place_is_told_when_it_is_sent() {
    let mut draft = usual();
    draft.parties[1].placement = Placement::InFields;
    let mut story = Story::new();
    story.done(by_sender(), &create(&draft));
    refuses(&story, by_sender(), &send(&draft), Refusal::Draft(vec![DraftFault::NoPlace(id(1))]));
}

/// The reason of a signature is asked for, and shown nowhere.
#[test]
fn pain_35_the_meaning_stands_in_the_record_of_the_signature() {
    let story = both_signed();
    let meanings = story.events.iter().filter(|event| match event {
        Event::SignatureApplied(applied) => applied.meaning == Some(text("I agree")),
        _ => false,
    });
    assert_eq!(meanings.count(), 2);
}

/// Signed without proving anew who signs.
#[test]
fn pain_36_what_opened_the_envelope_does_not_sign() {
    let password = || Some(FactorRule::Kind(FactorName::Password));
    let mut draft = usual();
    draft.parties[0].factors = PartyFactors::new(password(), password()).unwrap();
    let mut story = Story::sent(&draft);
    let (party, login) = (id(0), Application::that_verifies_logins());
    let access = story.envelope().access_occasion(party).unwrap();
    let act = story.envelope().act_occasion(party).unwrap();
    story.done(person(0), &Command::Open { party, factors: vec![login.password(access, story.now)] });
    story.party(0, |_, party| consent(party));
    let approve = |factors| Command::Approve { party, factors };
    let stale = story.now.checked_sub(SignedDuration::from_mins(6)).unwrap();
    for factors in [Vec::new(), vec![login.password(access, story.now)], vec![login.password(act, stale)]] {
        let reply = story.workflow.decide(&story.state, &approve(factors), &context(person(0), story.now));
        assert!(matches!(reply.replied().refusal(), Some(Refusal::Factors { .. })), "{:?}", reply.replied());
        assert!(matches!(reply.recorded(), [Event::RefusalRecorded(_)]), "recorded before it is answered");
    }
    story.done(person(0), &approve(vec![login.password(act, story.now)]));
}

/// Reject back to an earlier party.
#[test]
fn pain_37_a_party_sends_it_back_and_what_was_done_stays_done() {
    let mut draft = usual();
    draft.rules.send_back = Permission::Permitted;
    let mut story = Story::sent(&draft);
    let back = |party| Command::SendBack { party, step: StepId::new(0), reason: text("page 3 is missing") };
    story.approves(0).agrees(1).party(1, |_, party| back(party));
    assert_eq!((story.standing(0), story.standing(4)), (Standing::Done, Standing::Active));
    assert_eq!([1, 2].map(|n| story.standing(n)), [Standing::Waiting, Standing::Waiting]);
    story.approves(4).signs(1);
    refuses(&story, person(2), &back(id(2)), Refusal::Signed);
    story.signs(2);
    assert_eq!(status(&story), StatusName::Finalizing);
}

/// Reassigned, and the first signer is gone from the log.
#[test]
fn pain_38_a_reassigned_part_keeps_both_in_the_record() {
    let mut story = Story::sent(&usual());
    let to = Box::new(Successor { user: user(9), person: Person::named(text("Nora Next")) });
    story.approves(0).done(by_sender(), &Command::Reassign { party: id(1), to });
    let envelope = story.envelope();
    assert_eq!(story.standing(1), Standing::Replaced { by: id(4) });
    let names = [1, 4].map(|n| envelope.person(id(n)).unwrap().name.clone());
    assert_eq!(names, [text("Sam Signer"), text("Nora Next")]);
    let reassigned =
        |event: &Event| matches!(event, Event::PartyReassigned(of) if of.from == id(1) && of.to == id(4));
    assert!(story.events.iter().any(reassigned));
}

/// A machine of types that cannot be kept in a struct.
#[test]
fn pain_39_an_envelope_is_a_value() {
    struct Desk {
        envelopes: std::collections::HashMap<EnvelopeId, Envelope>,
    }
    let story = Story::sent(&usual());
    let mut desk = Desk { envelopes: std::collections::HashMap::new() };
    desk.envelopes.insert(envelope_id(), story.envelope().clone());
    let states = [Story::sent(&usual()).state.unwrap(), both_signed().state.unwrap()];
    assert_eq!(desk.envelopes[&envelope_id()], states[0]);
    assert_ne!(states[0].status(), states[1].status());
}
