//! One test for each fault that was seen in the code of others: given what had happened, when somebody does what went wrong
//! there, then what must come of it.

use chancery_ledger::{
    Claim, Decider, IdempotencyKey, Lease, MemoryStore, Recorded, Runner, Settlement, Store, Tenant, given,
};
use chancery_workflow::event::*;
use chancery_workflow::*;
use jiff::SignedDuration;

use crate::world::*;

/// An approver, then two who sign at once, then a copy.
pub(crate) fn usual() -> Draft {
    let mut draft = draft();
    let (approval, signing) = (draft.step(Step::all(Phase::Approval)), draft.step(Step::all(Phase::Signing)));
    draft.party(Party::new(Role::Approve, approval, user(0)).named(Person::named(text("Alice Approver"))));
    for n in [1, 2] {
        let person = Person::named(text("Sam Signer")).email(Email::new("sam@example.com").unwrap());
        draft.party(Party::new(sign(), signing, user(n)).invisible().may_change_signer().named(person));
    }
    draft.party(Party::new(Role::Copy { when: CopyMoment::AtEnd }, signing, user(3)));
    draft
}

/// Nothing is recorded, and this is answered.
#[track_caller]
pub(crate) fn refuses(story: &Story, by: Acting, command: &Command, refusal: Refusal) {
    // The record shows it, and nothing else.
    let decision = story.workflow.decide(&story.state, command, &context(by, story.now));
    let recorded = match decision.recorded() {
        [Event::RefusalRecorded(recorded)] => Some(recorded),
        [] => None,
        other => panic!("refused, and recorded: {other:?}"),
    };
    // Workers race: see `Refusal::recorded_as`.
    let worker = matches!(by, Acting::Timer | Acting::Sealer | Acting::Notifier);
    let concern = refusal.recorded_as().filter(|concern| !worker || *concern == Concern::Authority);
    assert_eq!(recorded.map(|recorded| recorded.concern), concern);
    given(&story.workflow, story.history())
        .when(command, &context(by, story.now))
        .then(recorded.cloned().map(Event::from))
        .replies(Reply::Refused(refusal));
}

pub(crate) fn person(n: u8) -> Acting {
    Acting::User(user(n))
}

fn approve(party: PartyId) -> Command {
    Command::Approve { party, factors: Vec::new() }
}

pub(crate) fn decline(party: PartyId) -> Command {
    Command::Decline { party, reason: text("not like this") }
}

/// documenso `complete-document-with-token.ts`: the next party was activated after the transaction, and a crash between
/// left the envelope stuck. Here the act, the satisfied step, the next turn and what is delivered are one decision.
#[test]
fn fault_01_what_follows_an_act_is_in_its_commit() {
    let mut story = Story::sent(&usual());
    story.agrees(0);
    let (at, revision) = (story.now, Revision::FIRST);
    let then =
        given(&story.workflow, story.history()).when(&approve(id(0)), &context(person(0), story.now)).then([
            PartyDone { party: id(0), act: Act::Approve, revision, factors: Vec::new(), series: None, at }
                .into(),
            StepSatisfied { step: StepId::new(0), at }.into(),
            StepActivated { step: StepId::new(1), parties: vec![id(1), id(2)], at }.into(),
        ]);
    let envelope = then.state().as_ref().unwrap();
    assert_eq!(envelope.slot(id(1)).unwrap().standing(), Standing::Active);
    story.party(0, |_, party| approve(party));
    let turns = story.deliveries().iter().filter(|(_, kind, _)| kind == "notice.your-turn").count();
    assert_eq!(turns, 3, "the approver, then both signers");
}

/// documenso `reject-document-with-token.ts`: whoever had signed could still reject.
#[test]
fn fault_02_what_a_party_has_ended_stays() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1);
    let standing = Standing::Done;
    refuses(&story, person(1), &decline(id(1)), Refusal::WrongStanding { party: id(1), standing });
    refuses(&story, person(0), &decline(id(0)), Refusal::WrongStanding { party: id(0), standing });
}

/// documenso `seal-document.handler.ts`: completed before it was sealed, and sealed again. Here one attempt holds a lease,
/// the next begins when that has ended, and every attempt has the same key for the seal.
#[test]
fn fault_03_finishing_has_a_lease_a_number_and_one_key() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1).signs(2);
    let begin = Command::FinalizeBegin { lease: SignedDuration::from_mins(5) };
    let key = story.envelope().seal_key();
    story.done(Acting::Sealer, &begin);
    let until = story.now.checked_add(SignedDuration::from_mins(5)).unwrap();
    refuses(&story, Acting::Sealer, &begin, Refusal::LeaseHeld { until });
    // The sealer died. The timer finds it, the next attempt has another number, and the same key.
    story
        .passes(SignedDuration::from_mins(6))
        .done(Acting::Timer, &Command::Tick)
        .done(Acting::Sealer, &begin);
    assert_eq!(story.envelope().seal_key(), key);
    let late = Command::FinalizeOk { attempt: 1, artifacts: artifacts() };
    refuses(&story, Acting::Sealer, &late, Refusal::WrongAttempt { current: 2 });
    story.done(Acting::Sealer, &Command::FinalizeOk { attempt: 2, artifacts: artifacts() });
    let again = Command::FinalizeOk { attempt: 2, artifacts: artifacts() };
    let (found, needed) = (StatusName::Completed, StatusName::Finalizing);
    refuses(&story, Acting::Sealer, &again, Refusal::WrongStatus { found, needed });
    let completed = story.events.iter().filter(|event| matches!(event, Event::Completed(_))).count();
    assert_eq!(completed, 1);
}

/// A ledger in which the usual envelope was sent.
fn stored() -> (Workflow, MemoryStore, Tenant) {
    let (workflow, store, tenant) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme").unwrap());
    for command in [create(&usual()), send(&usual())] {
        let call = workflow.call(&tenant, envelope_id(), command, context(by_sender(), noon()));
        Runner::new(&workflow, &store).run(&call, &mut rng()).unwrap();
    }
    (workflow, store, tenant)
}

pub(crate) fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

/// documenso `execute-webhook.handler.ts`: the time of the attempt in the body, and no id. Here every attempt has the same
/// id and the same bytes, in which the time is that of the event.
#[test]
fn fault_04_a_delivery_is_the_same_at_every_attempt() {
    let (_, store, _) = stored();
    let lease = Lease::new(SignedDuration::from_mins(1)).unwrap();
    let first = store.claim_deliveries(Claim { now: noon(), lease, most: 100 }).unwrap();
    let hook = first.iter().find(|delivery| delivery.effect.destination.as_str() == WEBHOOK).unwrap();
    let again = after(SignedDuration::from_secs(30));
    store.settle(hook, Settlement::Again { at: again }, noon()).unwrap();
    let second = store.claim_deliveries(Claim { now: after(hours(2)), lease, most: 100 }).unwrap();
    let same = second.iter().find(|delivery| delivery.id == hook.id).unwrap();
    assert_eq!((&same.effect, same.attempt), (&hook.effect, 2));
    let body: WebhookBody = serde_json::from_slice(&same.effect.body).unwrap();
    assert_eq!(body.at, noon());
}

/// documenso `webhook-payload.ts`: every recipient's token in every webhook. Here no event and no delivery holds a
/// capability: a webhook says what happened and to which party, and who wants to know more asks.
#[test]
fn fault_05_no_event_and_no_delivery_holds_a_capability() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1).signs(2).finishes();
    let allowed = ["envelope", "event", "party", "at"];
    for (destination, kind, body) in story.deliveries() {
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        if destination == WEBHOOK {
            let names = value.as_object().unwrap().keys();
            names.for_each(|name| assert!(allowed.contains(&name.as_str()), "{kind} tells {name}"));
        }
        for word in ["token", "http", "sam@", "Sam", "Alice", "secret"] {
            assert!(!body.contains(word), "{kind}: {body}");
        }
    }
}

/// documenso `DocumentAuditLog … onDelete: SetNull`: deleting the envelope took its log along. Here the documents go, and a
/// tombstone says which; the log and the state stay.
#[test]
fn fault_06_the_log_outlives_the_documents() {
    let mut story = Story::sent(&usual());
    story.approves(0).signs(1).signs(2).finishes();
    let before = story.events.len();
    story.passes(days(366 * 11)).done(officer(), &Command::QueuePurge).done(officer(), &Command::Purge);
    assert_eq!(story.events.len(), before + 2);
    let Some(Event::Purged(purged)) = story.events.last() else { panic!("no tombstone") };
    assert!(purged.kept.contains(&document()) && purged.kept.contains(&artifacts()[0].digest));
    assert_eq!(story.envelope().status().name(), StatusName::Completed);
    assert_eq!(story.envelope().parties().len(), 4);
}

/// docuseal `submit_form_controller.rb`: the order was checked where the page is shown, and not where it is posted. Here
/// nothing that a party can ask for is done before its turn.
#[test]
fn fault_07_nothing_is_done_before_its_turn() {
    let story = Story::sent(&usual());
    let (party, factors) = (id(1), Vec::new);
    let standing = Standing::Waiting;
    let asked = [
        open(party),
        consent(party),
        begin(story.envelope(), party, noon()),
        Command::CompleteSigning { party, proofs: Vec::new() },
        Command::Approve { party, factors: factors() },
        decline(party),
        change_signer(party, user(9)),
        Command::Authenticate { party, factors: factors() },
        Command::ReportFailure { party, factor: FactorName::SigningPin },
        Command::SendBack { party, step: StepId::new(0), reason: text("back") },
    ];
    for command in asked {
        refuses(&story, person(1), &command, Refusal::WrongStanding { party, standing });
    }
}

/// docuseal `submit_form_delegate_controller.rb`: the delegate overwrote the row of the first person. Here a new party takes
/// the place, and the first one stays in the record as who it was.
#[test]
fn fault_08_whoever_takes_a_place_is_another_party() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1).party(1, |_, party| change_signer(party, user(9)));
    let envelope = story.envelope();
    assert_eq!(story.standing(1), Standing::Replaced { by: id(4) });
    assert_eq!(envelope.party(id(1)).unwrap().user, Some(user(1)));
    assert_eq!(envelope.person(id(1)).unwrap().name, text("Sam Signer"));
    let (party, slot) = (envelope.party(id(4)).unwrap(), envelope.slot(id(4)).unwrap());
    assert_eq!(
        (party.user, slot.standing(), slot.consent()),
        (Some(user(9)), Standing::Active, Consent::None)
    );
    assert!(slot.opened_at().is_none(), "the successor has seen nothing yet");
}

/// opensign `declinedocument.js`: who declines came from the request. Here it comes from who is logged in; another is
/// refused, and the record shows it.
#[test]
fn fault_09_who_acts_comes_from_the_evidence_only() {
    let mut story = Story::sent(&usual());
    story.approves(0);
    for stranger in [person(2), person(77), by_sender(), operator(), Acting::Timer, Acting::Sealer] {
        let decision = story.workflow.decide(&story.state, &decline(id(1)), &context(stranger, story.now));
        assert_eq!(decision.replied().refusal(), Some(&Refusal::NotPermitted(Capacity::Party)));
        assert!(matches!(decision.recorded(), [Event::RefusalRecorded(_)]), "{:?}", decision.recorded());
        let [(stream, _)] = decision.recorded_aside() else { panic!("not told to the stream of accesses") };
        assert_eq!(*stream, envelope_id().access_stream());
    }
}

/// opensign `triggerEvent.js`: elements of the trail were replaced. Here a decision on an older version is no commit: it is
/// made again on what happened meanwhile, and nothing that was recorded changes.
#[test]
fn fault_10_the_record_only_grows() {
    let (workflow, store, tenant) = stored();
    let stream = envelope_id().stream();
    let before = store.events(&tenant, &stream, chancery_ledger::Version::EMPTY, 100).unwrap();
    let run = |command: Command, by: Acting| {
        let call = workflow.call(&tenant, envelope_id(), command, context(by, noon()));
        Runner::new(&workflow, &store).run(&call, &mut rng()).unwrap()
    };
    run(open(id(0)), person(0)).reply.accepted().unwrap();
    run(open(id(0)), person(0)).reply.accepted().unwrap();
    let after = store.events(&tenant, &stream, chancery_ledger::Version::EMPTY, 100).unwrap();
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!(after.len(), before.len() + 2);
}

/// libresign `CleanupStaleSigningStatus`: a timer reset a state that a slow signer could still complete. Here the lease
/// stands in the session: a result after it is refused, that is recorded, and the party may begin again.
#[test]
fn fault_11_a_result_after_the_lease_is_refused_and_not_lost_silently() {
    let mut story = Story::sent(&usual());
    story.approves(0).agrees(1).party(1, |envelope, party| begin(envelope, party, noon()));
    let until = story.envelope().slot(id(1)).unwrap().session().unwrap().until;
    let completion = complete(story.envelope(), id(1));
    story.now = until;
    let in_time = story.workflow.decide(&story.state, &completion, &context(person(1), until));
    assert!(in_time.replied().refusal().is_none(), "the last moment counts");
    story.passes(SignedDuration::from_micros(1));
    let at = story.now;
    given(&story.workflow, story.history())
        .when(&completion, &context(person(1), at))
        .then([SessionEnded { party: id(1), why: SessionEndWhy::Lapsed, at }.into()])
        .replies(Reply::Refused(Refusal::LeaseExpired { until }));
    assert!(story.does(person(1), &completion).refusal().is_some());
    story.party(1, |envelope, party| begin(envelope, party, at)).party(1, complete);
}

/// The same call twice, for whatever reason, acts once.
#[test]
fn a_call_that_is_made_again_acts_once() {
    let (workflow, store, tenant) = stored();
    let call = || {
        let open = open(id(0));
        let call = workflow.call(&tenant, envelope_id(), open, context(person(0), noon()));
        call.key(IdempotencyKey::new("alice opens").unwrap())
    };
    let first = Runner::new(&workflow, &store).run(&call(), &mut rng()).unwrap();
    let again = Runner::new(&workflow, &store).run(&call(), &mut rng()).unwrap();
    assert_eq!(first.reply, again.reply);
    assert!(matches!(again.recorded, Recorded::Before { .. }));
}
