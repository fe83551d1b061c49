//! What anybody might do, as numbers: drafts with something of everything, commands, actors, times.

use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::world::*;

/// One thing that somebody does. Everything about it is a number, so that proptest finds the shortest story.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    what: u8,
    /// Up to 9 the right actor, then others.
    pub(crate) who: u8,
    pub(crate) party: u8,
    time: u8,
    choice: u8,
}

pub(crate) fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    let one = (0..88_u8, 0..16_u8, 0..9_u8, 0..40_u8, 0..8_u8);
    let one = one.prop_map(|(what, who, party, time, choice)| Move { what, who, party, time, choice });
    prop::collection::vec(one, 1..most)
}

/// Drafts with something of everything.
pub(crate) fn drafts() -> [Draft; 5] {
    let within = SignedDuration::from_hours(30);
    let party = |role, step, person| {
        Party::new(role, step, user(person)).invisible().may_change_signer().may_delegate()
    };
    let rules = |draft: &mut Draft| {
        (draft.rules.failures, draft.rules.send_back, draft.rules.returns) = (2, Permission::Permitted, 2);
        draft.rules.keep_for = hours(1);
        draft.rules.sessions = 4;
    };
    // Approver, two signers of whom one is enough, a copy.
    let mut first = draft();
    rules(&mut first);
    let (approval, signing) =
        (first.step(Step::all(Phase::Approval)), first.step(Step::at_least(1, Phase::Signing)));
    first.party(party(Role::Approve, approval, 0).in_house());
    first.party(party(sign(), signing, 1).within(within));
    first.party(party(sign(), signing, 2));
    first.party(party(Role::Copy { when: CopyMoment::AtEnd }, signing, 3));
    // Somebody fills; by what was filled others are asked; two documents.
    let mut second = draft();
    rules(&mut second);
    let annex = second.document("annex.pdf", ContentDigest::from_bytes([0xd1; 32])).unwrap();
    let filling = second.step(Step::all(Phase::Filling));
    let amount = FieldId::new(0);
    let large = Predicate::Not(Box::new(Predicate::FieldBelow {
        field: amount,
        amount: Amount::parse("1000").unwrap(),
    }));
    let approval = second.step(Step::at_least(2, Phase::Approval).when(large));
    let signing = second.step(Step::all(Phase::Signing));
    let filler = second.party(party(Role::Fill, filling, 0));
    let content = FieldContent::Amount { least: None, most: None };
    second.field(Field::new(annex, filler, text("amount"), content));
    for person in 1..4 {
        second.party(party(Role::Approve, approval, person).within(within));
    }
    let signer = second.party(Party::new(sign(), signing, user(4)).may_change_signer());
    second.signature_field(DocumentId::new(0), signer, "Signature").unwrap();
    second.party(party(Role::Witness { of: signer, level: SignatureLevel::Simple }, signing, 5));
    second.party(party(Role::View, signing, 6));
    // Somebody names who signs; a seal; somebody receives.
    let mut third = draft();
    rules(&mut third);
    let naming = third.step(Step::at_least(1, Phase::Approval));
    let signing = third.step(Step::all(Phase::Signing));
    let delivery = third.step(Step::all(Phase::Delivery));
    let nominator = third.party(party(Role::Nominate, naming, 0).within(within));
    third.party(party(Role::Acknowledge, naming, 1));
    third.party(Party::nominated(sign(), signing, nominator).invisible());
    third.party(Party::sealed(text("company seal"), SignatureLevel::Simple, signing).invisible());
    third.party(party(Role::Receive, delivery, 4));
    // One after the other, in person, with a witness, without declining.
    let mut fourth = draft();
    rules(&mut fourth);
    let (one, two) = (fourth.step(Step::all(Phase::Signing)), fourth.step(Step::all(Phase::Signing)));
    let level = SignatureLevel::Simple;
    let signer = fourth.party(party(Role::SignInPerson { host: user(6), level }, one, 0).may_not_decline());
    fourth.party(party(Role::Witness { of: signer, level }, two, 1).within(within));
    fourth.party(party(Role::Approve, two, 2));
    fourth.party(party(Role::Copy { when: CopyMoment::AtTurn }, two, 3));
    // Two of three, and an owner who is not the sender.
    let mut fifth = draft();
    rules(&mut fifth);
    fifth.owner = Some(user(240));
    let (approval, signing) =
        (fifth.step(Step::at_least(2, Phase::Approval)), fifth.step(Step::at_least(2, Phase::Signing)));
    for person in 0..3 {
        fifth.party(party(Role::Approve, approval, person));
    }
    for person in 3..6 {
        fifth.party(party(sign(), signing, person).within(within));
    }
    let named = |draft: Draft| {
        let mut draft = draft;
        for (n, party) in draft.parties.iter_mut().enumerate() {
            let email = Email::new(&format!("secret{n}@example.com")).unwrap();
            party.person = Some(Person::named(text("Erika Mustermann")).email(email));
        }
        draft
    };
    [first, second, third, fourth, fifth].map(named)
}

/// Who may, by the table of the specification and not by the crate: written once more.
pub(crate) fn may(envelope: &Envelope, command: &Command, actor: Acting) -> bool {
    let sends = actor == Acting::User(envelope.sender());
    let owns = actor == Acting::User(envelope.owner());
    let acts_for = |party: PartyId| {
        envelope.party(party).is_some_and(|party| match (&party.role, actor) {
            (Role::Seal { .. }, actor) => actor == Acting::Sealer,
            (Role::SignInPerson { host, .. }, Acting::User(person)) => {
                (person == *host && party.factors.act().is_some()) || party.user == Some(person)
            }
            (_, Acting::User(person)) => party.user == Some(person),
            (_, _) => false,
        })
    };
    match command {
        Command::CreateDraft { .. } => false,
        Command::EditDraft { .. }
        | Command::DiscardDraft
        | Command::Schedule { .. }
        | Command::Send { .. }
        | Command::Unblock { .. }
        | Command::Reassign { .. }
        | Command::Remind { .. }
        | Command::Resend { .. }
        | Command::ExtendDeadline { .. }
        | Command::Correct { .. } => sends,
        Command::Pause { .. } | Command::Resume | Command::Void { .. } => sends || owns,
        Command::Supersede { .. } | Command::Revoke { .. } => owns,
        Command::RecordDelivery { .. } => actor == Acting::Notifier,
        Command::Tick => actor == Acting::Timer,
        Command::FinalizeBegin { .. } | Command::FinalizeOk { .. } | Command::FinalizeErr { .. } => {
            actor == Acting::Sealer
        }
        Command::GrantDownload { .. } => sends || actor == Acting::Sealer,
        Command::Abandon { .. } => matches!(actor, Acting::Operator(_)),
        Command::Hold { .. } | Command::Release { .. } | Command::QueuePurge | Command::Purge => {
            matches!(actor, Acting::Records(_))
        }
        Command::RedeemDownload { grant, .. } => {
            envelope.grant(*grant).is_some_and(|granted| acts_for(granted.grant.party))
        }
        Command::Authenticate { .. }
        | Command::ReportFailure { .. }
        | Command::Open { .. }
        | Command::GiveConsent { .. }
        | Command::WithdrawConsent { .. }
        | Command::FillField { .. }
        | Command::ClearField { .. }
        | Command::FinishLater { .. }
        | Command::BeginSigning(_)
        | Command::AttachAuthorization { .. }
        | Command::CompleteSigning { .. }
        | Command::AbortSigning { .. }
        | Command::Approve { .. }
        | Command::Acknowledge { .. }
        | Command::Receive { .. }
        | Command::FinishFilling { .. }
        | Command::Nominate { .. }
        | Command::Decline { .. }
        | Command::SendBack { .. }
        | Command::ChangeSigner(_) => command.party().is_some_and(acts_for),
    }
}

/// What would be the next thing in an office where everything goes well.
fn natural(one: Move, envelope: &Envelope, draft: &Draft, now: Timestamp) -> Command {
    let number = |what| Move { what, choice: 5, ..one };
    let turns: Vec<_> = envelope
        .parties()
        .filter(|(_, _, slot)| matches!(slot.standing(), Standing::Active | Standing::Signing))
        .collect();
    match envelope.status().name() {
        StatusName::Draft => return send(draft),
        StatusName::Scheduled => return Command::Tick,
        StatusName::Paused => return Command::Resume,
        StatusName::Finalizing => {
            let Status::Finalizing(finalization) = envelope.status() else { unreachable!() };
            return match finalization.lease {
                None => command(number(39), envelope, draft, now),
                Some(_) => command(number(40), envelope, draft, now),
            };
        }
        StatusName::Completed => return command(number(41 + one.choice % 2), envelope, draft, now),
        StatusName::InProgress if !turns.is_empty() => {}
        _ => return command(number(one.choice), envelope, draft, now),
    }
    let (id, party, slot) = turns[usize::from(one.party) % turns.len()];
    let one = Move { party: u8::try_from(id.number()).unwrap(), choice: one.choice % 2 + 3, ..one };
    let field_is_empty = envelope
        .draft()
        .fields
        .iter()
        .any(|field| field.party == slot.seat() && field.need == Need::Required)
        && envelope.value(FieldId::new(0)).is_none()
        && party.role == Role::Fill;
    let sealed = matches!(party.role, Role::Seal { .. });
    let what = match (slot.opened_at(), slot.consent(), slot.session(), party.role.act()) {
        (None, _, _, _) if !sealed => 8,
        (_, Consent::None | Consent::Withdrawn, _, Some(act)) if act.needs_consent() => 10,
        (_, _, Some(_), _) => 19,
        (_, _, None, Some(Act::Sign | Act::Witness | Act::Seal)) => 16,
        (_, _, _, Some(Act::Approve)) => 22,
        (_, _, _, Some(Act::Acknowledge)) => 23,
        (_, _, _, Some(Act::Receive)) => 24,
        (_, _, _, Some(Act::Fill)) if field_is_empty => 13,
        (_, _, _, Some(Act::Fill)) => 25,
        (_, _, _, Some(Act::Nominate)) => 26,
        (_, _, _, None) => 8,
    };
    command(Move { what, ..one }, envelope, draft, now)
}

/// What a number stands for, with what a well-meaning program would put into it.
pub(crate) fn command(one: Move, envelope: &Envelope, draft: &Draft, now: Timestamp) -> Command {
    let parties = u32::try_from(envelope.parties().len()).unwrap();
    let party = id(u32::from(one.party) % (parties + 1)); // one too many: nobody
    let factors = Vec::new;
    let reason = text("because");
    let to = Successor { user: user(20 + one.choice), person: Person::named(text("Bob Roe")) };
    let attempt = match envelope.status() {
        Status::Finalizing(finalization) => finalization.attempt,
        _ => 1,
    };
    match one.what {
        44.. => natural(one, envelope, draft, now),
        0 => Command::EditDraft { draft: Box::new(draft.clone()) },
        1 if one.choice == 0 => Command::DiscardDraft,
        1 | 2 => send(draft),
        3 => {
            let digests: Vec<_> = draft.documents.iter().map(|document| document.digest).collect();
            let send_at = now.checked_add(hours(5)).unwrap_or(now);
            Command::Schedule { send_at, permissions: permits(&digests) }
        }
        4 => {
            let all = [
                Delivery::Queued,
                Delivery::Sent,
                Delivery::Delivered,
                Delivery::Bounced,
                Delivery::AutoReplied,
            ];
            Command::RecordDelivery { party, delivery: all[usize::from(one.choice) % all.len()] }
        }
        5 => Command::Authenticate { party, factors: factors() },
        6 => Command::ReportFailure { party, factor: FactorName::SigningPin },
        7 => Command::Unblock { party },
        8 | 9 => open(party),
        10 | 11 => consent(party),
        12 => Command::WithdrawConsent { party },
        13 => {
            let values = ["500", "5000.50", "much"];
            let value = text(values[usize::from(one.choice) % values.len()]);
            let looked =
                Looked { document: envelope.contents()[0], allowance: Allowance::Any, fields: Ok(()) };
            Command::FillField { party, field: FieldId::new(0), value, permission: Some(Box::new(looked)) }
        }
        14 => Command::ClearField { party, field: FieldId::new(0) },
        15 => Command::FinishLater { party },
        16 | 17 => {
            let lease = [SignedDuration::from_mins(1), hours(25), hours(24)][usize::from(one.choice.min(2))];
            Command::BeginSigning(Box::new(begin_signing(envelope, party, lease, now)))
        }
        18 => {
            let session = envelope.slot(party).and_then(Slot::session);
            let pinned = session.map_or(&[][..], |session| &session.documents);
            let authorized = pinned.iter().map(|pinned| pinned.to_be_signed).collect();
            Command::AttachAuthorization { party, reference: document(), authorized }
        }
        19 | 20 => {
            let mut made = signatures(envelope, party);
            let seal = envelope.party(party).is_some_and(|party| matches!(party.role, Role::Seal { .. }));
            for signature in &mut made {
                if seal {
                    signature.signer = SignerKind::Legal;
                }
                match one.choice {
                    5 if one.what == 20 => signature.place.party = id(99),
                    0 => signature.certificate = Fingerprint::from_bytes([0; 32]),
                    1 => signature.base = ContentDigest::from_bytes([0; 32]),
                    2 => signature.meaning = None,
                    _ => {}
                }
            }
            Command::CompleteSigning { party, proofs: proofs(made) }
        }
        21 => Command::AbortSigning { party, why: AbortWhy::Aborted },
        22 => Command::Approve { party, factors: factors() },
        23 => Command::Acknowledge { party, factors: factors() },
        24 => Command::Receive { party, factors: factors() },
        25 => Command::FinishFilling { party, factors: factors() },
        26 => {
            let person = Person::named(text("Carol Roe"));
            let nominees = vec![Nominee { party: id(2), user: user(30 + one.choice), person }];
            Command::Nominate { party, nominees, factors: factors() }
        }
        27 => Command::Decline { party, reason },
        28 => Command::SendBack { party, step: StepId::new(u32::from(one.choice) % 3), reason },
        29 => change_signer(party, to.user),
        30 => Command::Reassign { party, to: Box::new(to) },
        31 => Command::Remind { party },
        32 => Command::Resend { party },
        33 => Command::ExtendDeadline { deadline: now.checked_add(days(200)).unwrap_or(now) },
        34 => {
            let clock = if one.choice.is_multiple_of(2) { Clock::Running } else { Clock::Frozen };
            Command::Pause { reason, clock }
        }
        35 => Command::Resume,
        36 => {
            let corrections = match one.choice {
                0 | 1 => vec![Correction::RemoveParty(party)],
                2 => vec![Correction::Document {
                    document: DocumentId::new(0),
                    digest: ContentDigest::from_bytes([0xd7; 32]),
                }],
                3 => {
                    let more = Party::new(Role::Approve, StepId::new(1), user(40 + one.party));
                    vec![Correction::AddParty { party: Box::new(more), fields: Vec::new() }]
                }
                4 => vec![Correction::Person { party, person: Box::new(Person::named(text("Dora Roe"))) }],
                _ => vec![Correction::Factors { party, factors: Box::new(PartyFactors::login_only()) }],
            };
            Command::Correct { corrections, permissions: permits(&[ContentDigest::from_bytes([0xd7; 32])]) }
        }
        37 if one.choice < 2 => Command::Void { reason },
        37 | 38 => Command::Tick,
        39 => Command::FinalizeBegin { lease: SignedDuration::from_mins(5) },
        40 if one.choice < 3 => Command::FinalizeErr { attempt, error: text("no timestamp") },
        40 => Command::FinalizeOk { attempt, artifacts: artifacts() },
        41 => match one.choice {
            0 => Command::Abandon { reason },
            1 => Command::Supersede { by: EnvelopeId::from_bytes([0xf; 16]) },
            2 => Command::Revoke { reason },
            _ => {
                let uses = if one.choice.is_multiple_of(2) { Uses::Once } else { Uses::Any };
                Command::GrantDownload { party, artifact: artifacts()[0].digest, lasts: None, uses }
            }
        },
        42 => Command::RedeemDownload { grant: GrantId::new(u32::from(one.choice) % 3), factors: factors() },
        _ => match one.choice % 4 {
            0 => Command::Hold { reason },
            1 => Command::Release { hold: HoldId::new(u32::from(one.choice) / 4), reason },
            2 => Command::QueuePurge,
            _ => Command::Purge,
        },
    }
}

/// Who the table says does this; the others are somebody else.
pub(crate) fn actor(one: Move, envelope: &Envelope, command: &Command) -> Acting {
    let person = |party: PartyId| {
        let party = envelope.party(party);
        match party.map(|party| (&party.role, party.user)) {
            Some((Role::Seal { .. }, _)) => Acting::Sealer,
            Some((_, Some(person))) => Acting::User(person),
            _ => Acting::User(user(77)),
        }
    };
    let all = [
        by_sender(),
        Acting::User(envelope.owner()),
        Acting::Timer,
        Acting::Sealer,
        Acting::Notifier,
        operator(),
        officer(),
        Acting::User(user(one.choice)),
        Acting::User(user(77)),
    ];
    let granted = match command {
        Command::RedeemDownload { grant, .. } => envelope.grant(*grant).map(|granted| granted.grant.party),
        other => other.party(),
    };
    let right = granted.map(person).into_iter().chain(all).find(|actor| may(envelope, command, *actor));
    match (one.who, right) {
        (0..10, Some(right)) => right,
        (n, _) => all[usize::from(n + one.party) % all.len()],
    }
}

/// On, on, back, far away.
pub(crate) fn later(one: Move, now: Timestamp) -> Timestamp {
    let step = match one.time {
        0..22 => SignedDuration::ZERO,
        22..32 => SignedDuration::from_secs(30),
        32 => SignedDuration::from_mins(10),
        33 => hours(2),
        34 => hours(31),
        35 => days(3),
        36 => days(45),
        37 => -hours(3),
        38 => -days(20),
        _ => SignedDuration::from_hours(24 * 366 * 9),
    };
    now.checked_add(step).unwrap_or(now)
}
