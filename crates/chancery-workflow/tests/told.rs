//! Notices of the outbox become letters: each to the right person, none that is not true any more (G9, G11, pains 20, 23,
//! 31).
#![cfg(feature = "texts")]

mod support;

use std::error::Error;

use chancery_workflow::notice::{Addressee, AfterDecline, Catalogue, Letter, News, Told};
use chancery_workflow::*;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use support::*;

type Outcome = Result<(), Box<dyn Error>>;

/// Everything that the outbox holds, as it is told now.
fn told(office: &Office) -> Vec<(Recipient, News)> {
    let mut all = Vec::new();
    for notice in office.notices() {
        for to in &notice.to {
            let told = Told {
                notice: &notice,
                to: *to,
                envelope: office.envelope(),
                sender: "Alice",
                now: office.now,
            };
            all.extend(told.news().map(|news| (*to, news)));
        }
    }
    all
}

fn named(draft: Draft) -> Draft {
    let mut draft = draft;
    for (party, name) in draft.parties.iter_mut().zip(["Ann", "Ben", "Cem", "Dee"]) {
        party.person = Some(Person::named(text(name)));
    }
    draft
}

fn party(n: u32) -> Recipient {
    Recipient::Party { party: p(n), link: 0 }
}

fn turn(act: Act, office: &Office) -> News {
    News::YourTurn { act, before: office.envelope().deadline() }
}

#[test]
fn a_turn_is_told_while_it_lasts() {
    let mut office = Office::sending(named(contract()));
    let approve = turn(Act::Approve, &office);
    assert_eq!(told(&office), [(party(0), approve)], "to whose turn it is, and to nobody else");
    office.approve(1, p(0));
    let sign = turn(Act::Sign, &office);
    // The approver's notice is late: that turn is over.
    assert_eq!(told(&office), [(party(1), sign.clone()), (party(2), sign.clone())]);
    office.sign(2, p(1));
    assert_eq!(told(&office), [(party(2), sign)]);
}

#[test]
fn completion_is_told_to_sender_and_all_who_acted_and_not_before() {
    let mut office = Office::sending(named(contract()));
    office.approve(1, p(0));
    office.sign(2, p(1));
    office.sign(3, p(2));
    assert_eq!(told(&office), [], "all have signed, and it is not completed (docuseal #435)");
    office.finish();
    let done = News::Completed { documents: 1 };
    let expected = [party(0), party(1), party(2), Recipient::Sender]
        .map(|to| (to, done.clone()))
        .into_iter()
        .chain([(party(3), News::CopySent)]);
    assert_eq!(told(&office), expected.collect::<Vec<_>>());
}

#[test]
fn a_decline_that_ends_it_is_told_once_as_the_end() {
    let mut office = Office::sending(named(contract()));
    office.approve(1, p(0));
    office.open(3, p(2));
    office.by(3, Command::Decline { party: p(2), reason: text("too dear") }).accepted().unwrap();
    let news =
        News::Declined { by: Some("Cem".into()), reason: Some("too dear".into()), then: AfterDecline::Ended };
    let heard = told(&office);
    assert!(heard.iter().all(|(_, told)| *told == news), "{heard:?}");
    for to in [party(0), party(1), Recipient::Sender] {
        assert_eq!(heard.iter().filter(|(who, _)| *who == to).count(), 1, "{to:?}");
    }
}

#[test]
fn a_decline_that_leaves_the_quorum_in_reach_is_told_to_the_sender() {
    let mut office = Office::sending(named(signers(3, Quorum::AtLeast(2))));
    office.open(3, p(2));
    office.by(3, Command::Decline { party: p(2), reason: text("no") }).accepted().unwrap();
    let news =
        News::Declined { by: Some("Cem".into()), reason: Some("no".into()), then: AfterDecline::GoesOn };
    let declined: Vec<_> =
        told(&office).into_iter().filter(|(_, news)| matches!(news, News::Declined { .. })).collect();
    assert_eq!(declined, [(Recipient::Sender, news)]);
}

#[test]
fn a_change_of_signer_is_told_to_three_each_from_their_side() {
    let mut draft = named(signers(1, Quorum::All));
    draft.parties[0].change_signer = Permission::Permitted;
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    let to = Successor { user: user(9), person: Person::named(text("Eve")) };
    let change = ChangeSigner {
        party: p(0),
        how: event::Handover::ChangeSigner,
        to,
        note: Some(text("on leave")),
        access: Vec::new(),
        act: Vec::new(),
    };
    office.by(1, Command::ChangeSigner(Box::new(change))).accepted().unwrap();
    let (ann, eve, note) = (Some("Ann".to_owned()), Some("Eve".to_owned()), Some("on leave".to_owned()));
    let heard = told(&office);
    for expected in [
        (party(0), News::ReplacedBy { new: eve.clone() }),
        (Recipient::Sender, News::SignerChanged { original: ann.clone(), new: eve, note: note.clone() }),
        (party(1), News::NamedInstead { original: ann, note }),
    ] {
        assert_eq!(heard.iter().filter(|one| **one == expected).count(), 1, "{expected:?} in {heard:?}");
    }
    let turns: Vec<_> = heard.iter().filter(|(_, news)| matches!(news, News::YourTurn { .. })).collect();
    assert_eq!(turns.len(), 1, "the turn is the successor's alone: {turns:?}");
    assert_eq!(turns[0].0, party(1));
}

#[test]
fn an_alert_goes_to_both_and_is_silent_once_unblocked() {
    let mut office = Office::sending(named(signers(1, Quorum::All)));
    for _ in 0..5 {
        let _ = office.by(1, Command::ReportFailure { party: p(0), factor: FactorName::AccessCode });
    }
    let factor = FactorName::AccessCode;
    assert_eq!(
        told(&office),
        [
            (party(0), News::YouAreLocked { factor }),
            (Recipient::Sender, News::PartyLocked { party: Some("Ann".into()), factor })
        ]
    );
    office.by_sender(Command::Unblock { party: p(0) }).accepted().unwrap();
    let alerts = told(&office)
        .into_iter()
        .filter(|(_, news)| matches!(news, News::YouAreLocked { .. } | News::PartyLocked { .. }));
    assert_eq!(alerts.count(), 0);
}

#[test]
fn an_old_link_is_never_made_again() {
    let mut office = Office::sending(named(signers(1, Quorum::All)));
    let first = office.notices().remove(0);
    office.by_sender(Command::Resend { party: p(0) }).accepted().unwrap();
    let link = |notice: &Notice| {
        let told =
            Told { notice, to: notice.to[0], envelope: office.envelope(), sender: "Alice", now: office.now };
        told.link()
    };
    assert_eq!(link(&first), None, "a repeated delivery of the first notice");
    let second = office.notices().pop().unwrap();
    assert_eq!(link(&second), Some((p(0), 1)));
}

#[test]
fn a_host_is_told_of_a_signing_at_their_device() -> Outcome {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Signing));
    let role = Role::SignInPerson { host: user(8), level: SignatureLevel::Simple };
    draft.party(support::party(role, step, 1).named(Person::named(text("Ann"))));
    let office = Office::sending(draft);
    let notice = office.notices().remove(0);
    let told = Told {
        notice: &notice,
        to: notice.to[0],
        envelope: office.envelope(),
        sender: "Alice",
        now: office.now,
    };
    assert_eq!(told.reader(), Some(user(8)));
    assert!(matches!(told.news(), Some(News::HostSigning { party: Some(name), .. }) if name == "Ann"));
    Ok(())
}

#[test]
fn the_days_that_are_left_are_rounded_up() {
    let mut office = Office::sending(named(signers(1, Quorum::All)));
    let deadline: Timestamp = office.envelope().deadline().unwrap();
    office.now = deadline - SignedDuration::from_hours(3 * 24);
    office.tick().accepted().unwrap();
    let days = |now| {
        let notices = office.notices();
        let notice = notices.iter().find(|notice| notice.intent == Intent::Expiring)?;
        let told = Told { notice, to: Recipient::Sender, envelope: office.envelope(), sender: "Alice", now };
        match told.news() {
            Some(News::Expiring { days, .. }) => Some(days),
            _ => None,
        }
    };
    assert_eq!(days(deadline - SignedDuration::from_hours(72)), Some(3));
    assert_eq!(days(deadline - SignedDuration::from_hours(71)), Some(3));
    assert_eq!(days(deadline - SignedDuration::from_secs(1)), Some(1));
    assert_eq!(days(deadline), None, "its time is over");
}

/// Whatever is told can be written, in every language, and without anybody's link it holds none.
#[test]
fn all_that_is_told_can_be_written() -> Outcome {
    let catalogue = Catalogue::built_in()?;
    let mut office = Office::sending(named(contract()));
    let mut heard = told(&office);
    office.approve(1, p(0));
    heard.extend(told(&office));
    office.sign(2, p(1));
    office.sign(3, p(2));
    office.finish();
    heard.extend(told(&office));
    for (to, news) in heard {
        for language in Language::ALL {
            let to = match to {
                Recipient::Sender => Addressee::Sender,
                Recipient::Party { party, .. } => Addressee::Party(party),
            };
            let letter = Letter {
                title: "Lease",
                sender: "Alice",
                recipient: "Ann",
                to,
                language,
                offset: Offset::UTC,
                link: None,
            };
            assert!(catalogue.write(&news, &letter)?.body().contains("Lease"));
        }
    }
    Ok(())
}
