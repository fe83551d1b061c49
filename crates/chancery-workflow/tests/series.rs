//! Series of acts in one continuous period: 21 CFR 11.200(a)(1)(i) and (ii).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_auth::{
    Application, ControlledSession, Device, Occasion, ProvedFactor, Requirement, SessionRules,
};
use chancery_ledger::Version;
use chancery_workflow::regime::{Beside, Clause, Evidence, Held, Recorded, Regime, Shown, check, opened_in};
use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};
use support::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn device() -> Device {
    Device::known_by(&[7; 16]).unwrap()
}

fn series() -> SeriesRule {
    let later = FactorRule::Kind(FactorName::SecondDevice);
    SeriesRule { later, idle: MINUTE * 10, longest: SignedDuration::from_hours(8) }
}

fn both() -> PartyFactors {
    let both = [FactorName::Password, FactorName::SecondDevice].map(FactorRule::Kind).to_vec();
    PartyFactors::new(None, Some(FactorRule::AllOf(both))).unwrap()
}

/// One person approves, signs and signs again; another signs with them.
fn draft() -> Draft {
    let mut draft = support::draft();
    let second = draft.document("annex.pdf", digest(2)).unwrap();
    let factors = || both().in_series(series()).unwrap();
    let approval = draft.step(Step::all(Phase::Approval));
    draft.party(party(Role::Approve, approval, 1).proving(factors()));
    for n in [1, 2] {
        let step = draft.step(Step::all(Phase::Signing));
        let signer = draft.party(Party::new(SIMPLE, step, user(n)).proving(factors()));
        draft.signature_field(DocumentId::new(0), signer, &format!("here {n}")).unwrap();
        draft.signature_field(second, signer, &format!("and here {n}")).unwrap();
    }
    draft
}

fn login() -> Application {
    Application::that_verifies_logins()
}

fn all(occasion: Occasion, now: Timestamp) -> Vec<ProvedFactor> {
    vec![login().password(occasion, now), login().second_device(occasion, now)]
}

fn one(occasion: Occasion, now: Timestamp) -> Vec<ProvedFactor> {
    vec![login().second_device(occasion, now)]
}

/// The first person has approved with everything, which opened a session, and is about to sign.
fn opened(rules: &SessionRules) -> (Office, ControlledSession) {
    let mut office = Office::sending(draft());
    office.open(1, p(0));
    let act = office.envelope().act_occasion(p(0)).unwrap();
    let mut factors = all(act, office.now);
    let (session, _) = ControlledSession::open(rules, &device(), &act, &mut factors, office.now).unwrap();
    office.by(1, Command::Approve { party: p(0), factors }).accepted().unwrap();
    office.open(1, p(1));
    (office, session)
}

fn rules() -> SessionRules {
    both().in_series(series()).unwrap().session_rules().unwrap().clone()
}

fn signing(office: &Office, party: PartyId) -> Occasion {
    office.envelope().signing_occasion(party, &office.pins(party)).unwrap()
}

fn begin(office: &mut Office, n: u8, party: PartyId, factors: Vec<ProvedFactor>) -> Reply {
    let begin = BeginSigning { factors, ..office.begin(party) };
    office.by(n, Command::BeginSigning(Box::new(begin)))
}

#[track_caller]
fn why(reply: Reply) -> String {
    match refusal(reply) {
        Refusal::Factors { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn in_a_series_the_first_act_takes_all_and_later_ones_what_is_the_owners_own() {
    let (mut office, mut session) = opened(&rules());
    office.later(MINUTE * 9);
    let act = signing(&office, p(1));
    let factors = one(act, office.now);
    assert!(why(begin(&mut office, 1, p(1), factors)).contains("password"), "in no session: all of them");
    let mut factors = one(act, office.now);
    session.act(&rules(), &device(), &act, &mut factors, office.now).unwrap();
    begin(&mut office, 1, p(1), factors).accepted().unwrap();
    office.complete_signing(1, p(1)).accepted().unwrap();

    let acts = office.events.iter().filter_map(|event| match event {
        Event::PartyDone(done) => Some((done.factors.clone(), done.series.clone()?)),
        Event::SigningBegan(began) => Some((began.factors.clone(), began.series.clone()?)),
        _ => None,
    });
    let [(first, opened), (later, continued)] = &acts.collect::<Vec<_>>()[..] else { panic!("two acts") };
    let two = vec![FactorName::Password, FactorName::SecondDevice];
    assert_eq!((first, later), (&two, &vec![FactorName::SecondDevice]), "the record says which it was");
    assert_eq!((opened.place, continued.place), (SeriesPlace::First, SeriesPlace::Later));
    assert_eq!((continued.session, continued.since, &continued.opened_with), (opened.session, start(), &two));
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn a_session_counts_for_its_person_and_these_documents_only() {
    let (mut office, mut session) = opened(&rules());
    let act = signing(&office, p(1));
    // Proved for the documents as they were approved, not as they are to be signed.
    let approved = office.envelope().act_occasion(p(1)).unwrap();
    let mut factors = one(approved, office.now);
    session.act(&rules(), &device(), &approved, &mut factors, office.now).unwrap();
    assert!(why(begin(&mut office, 1, p(1), factors)).contains("something else"));
    // And of those that are to be signed not one less.
    let less = office.envelope().signing_occasion(p(1), &office.pins(p(1))[..1]).unwrap();
    let mut factors = one(less, office.now);
    session.act(&rules(), &device(), &less, &mut factors, office.now).unwrap();
    assert!(why(begin(&mut office, 1, p(1), factors)).contains("something else"));
    // A session that began is used up, and so is what was proved for it.
    let mut factors = one(act, office.now);
    session.act(&rules(), &device(), &act, &mut factors, office.now).unwrap();
    let mut kept = one(act, office.now);
    session.act(&rules(), &device(), &act, &mut kept, office.now).unwrap();
    begin(&mut office, 1, p(1), factors).accepted().unwrap();
    office.by(1, Command::AbortSigning { party: p(1), why: AbortWhy::Aborted }).accepted().unwrap();
    assert!(why(begin(&mut office, 1, p(1), kept)).contains("something else"));
    let act = signing(&office, p(1));
    let mut factors = one(act, office.now);
    session.act(&rules(), &device(), &act, &mut factors, office.now).unwrap();
    begin(&mut office, 1, p(1), factors).accepted().unwrap();
    office.complete_signing(1, p(1)).accepted().unwrap();
    // The next is another person: the session of the first ends, and gives nothing.
    office.open(2, p(2));
    let act = signing(&office, p(2));
    let mut factors = one(act, office.now);
    assert!(session.act(&rules(), &device(), &act, &mut factors, office.now).is_err());
    assert!(why(begin(&mut office, 2, p(2), factors)).contains("password"));
}

#[test]
fn a_session_kept_by_weaker_rules_is_judged_by_the_partys() {
    // The application keeps sessions by rules of its own; the party's are what counts.
    let hour = SignedDuration::from_hours(1);
    let drowsy = rules().lasting(hour, hour * 24).unwrap();
    let (mut office, mut session) = opened(&drowsy);
    office.later(MINUTE * 10);
    let act = signing(&office, p(1));
    let mut factors = one(act, office.now);
    session.act(&drowsy, &device(), &act, &mut factors, office.now).unwrap();
    assert!(why(begin(&mut office, 1, p(1), factors)).contains("idle"));
    let factors = all(act, office.now);
    begin(&mut office, 1, p(1), factors).accepted().unwrap();

    let weak = Requirement::at_least(
        2,
        [FactorName::OneTimeCode, FactorName::SecondDevice, FactorName::Password].map(FactorName::kind),
    );
    let weak = SessionRules::new(weak.unwrap(), FactorName::Password.kind()).unwrap();
    let (mut office, _) = opened(&rules());
    let elsewhere = Occasion::act(user(1), b"elsewhere", &chancery_auth::DigestSet::new([[1; 32]]).unwrap());
    let mut factors = all(elsewhere, office.now);
    let (mut session, _) =
        ControlledSession::open(&weak, &device(), &elsewhere, &mut factors, office.now).unwrap();
    let act = signing(&office, p(1));
    let mut password = vec![login().password(act, office.now)];
    session.act(&weak, &device(), &act, &mut password, office.now).unwrap();
    assert!(
        why(begin(&mut office, 1, p(1), password)).contains("second device"),
        "later acts take that here"
    );
    // A series goes over envelopes: it was opened elsewhere, with all that is asked for here.
    let mut device_only = one(act, office.now);
    let mut session = ControlledSession::from_bytes(&session.to_bytes()).unwrap();
    let strict = rules();
    session.act(&strict, &device(), &act, &mut device_only, office.now).unwrap();
    begin(&mut office, 1, p(1), device_only).accepted().unwrap();
}

#[test]
fn a_series_hands_nothing_over() {
    let mut draft = draft();
    draft.parties[1].change_signer = Permission::Permitted;
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    let act = office.envelope().act_occasion(p(0)).unwrap();
    let mut factors = all(act, office.now);
    let (mut session, _) =
        ControlledSession::open(&rules(), &device(), &act, &mut factors, office.now).unwrap();
    office.by(1, Command::Approve { party: p(0), factors }).accepted().unwrap();
    office.open(1, p(1));
    let occasion = office.envelope().act_occasion(p(1)).unwrap();
    let change = |act| {
        let (how, to) = (event::Handover::ChangeSigner, successor(9, "x@example.com"));
        Command::ChangeSigner(Box::new(ChangeSigner {
            party: p(1),
            how,
            to,
            note: None,
            access: Vec::new(),
            act,
        }))
    };
    let mut factors = one(occasion, office.now);
    session.act(&rules(), &device(), &occasion, &mut factors, office.now).unwrap();
    assert!(why(office.by(1, change(factors))).contains("password"));
    office.by(1, change(all(occasion, office.now))).accepted().unwrap();
}

#[test]
fn rules_of_series_that_the_regulation_forbids_cannot_be_written() {
    let later = |later| SeriesRule { later, ..series() };
    let kind = FactorRule::Kind;
    assert!(both().in_series(later(kind(FactorName::OneTimeCode))).is_err(), "anybody's who carries it");
    assert!(both().in_series(SeriesRule { idle: SignedDuration::from_hours(2), ..series() }).is_err());
    assert!(PartyFactors::login_only().in_series(series()).is_err(), "of nothing");
    let single = PartyFactors::new(None, Some(kind(FactorName::SecondDevice))).unwrap();
    assert!(single.in_series(series()).is_err(), "first all components: two at least");
    let pin = FactorRule::AllOf(vec![kind(FactorName::Password), kind(FactorName::SigningPin)]);
    let pin = PartyFactors::new(None, Some(pin)).unwrap();
    assert!(pin.clone().in_series(later(kind(FactorName::Password))).is_err(), "G23: never without the PIN");
    let pin = pin.in_series(later(kind(FactorName::SigningPin))).unwrap();
    let json = serde_json::to_string(&pin).unwrap();
    assert_eq!(serde_json::from_str::<PartyFactors>(&json).unwrap(), pin);
    assert!(
        serde_json::from_str::<PartyFactors>(
            &json.replace("\"later\":{\"kind\":\"signing-pin\"}", "\"later\":{\"kind\":\"password\"}")
        )
        .is_err()
    );
}

#[test]
fn regimes_permit_series_as_far_as_they_go() {
    let send = |regime, idle| {
        let mut office = Office::with(Workflow::new().policy(Held::to(regime)));
        let mut draft = draft();
        for party in &mut draft.parties {
            party.factors = both().in_series(SeriesRule { idle, ..series() }).unwrap();
        }
        office.create(draft);
        let permissions = office.permissions();
        office.by_sender(Command::Send { permissions }).accepted()
    };
    assert!(send(Regime::Part11, MINUTE * 15).is_ok());
    assert!(matches!(send(Regime::Part11, MINUTE * 16), Err(Refusal::Policy { .. })));
    assert!(matches!(send(Regime::Japan, MINUTE), Err(Refusal::Policy { .. })), "two factors each time");
}

fn record(events: &[Event]) -> Vec<Recorded> {
    let record = (1..).zip(events).map(|(n, event)| Recorded {
        version: Version(n),
        actor: Acting::User(user(1)).actor(),
        at: start(),
        evidence: Evidence::Kept,
        event: event.clone(),
    });
    record.collect()
}

#[test]
fn the_checker_tells_series_from_what_lacks_components() {
    let (mut office, mut session) = opened(&rules());
    let act = signing(&office, p(1));
    let mut factors = one(act, office.now);
    session.act(&rules(), &device(), &act, &mut factors, office.now).unwrap();
    begin(&mut office, 1, p(1), factors).accepted().unwrap();
    office.complete_signing(1, p(1)).accepted().unwrap();
    let shown = |events: &[Event], regime, clause| {
        let report = check(regime, &record(events), &Beside::default());
        report.findings().iter().find(|finding| finding.clause == clause).unwrap().shown.clone()
    };
    let by = |shown: Shown, count| matches!(shown, Shown::By { events, .. } if events.len() == count);
    let missing =
        |shown: Shown, count| matches!(shown, Shown::Missing { events, .. } if events.len() == count);
    assert!(by(shown(&office.events, Regime::Part11, Clause::OnePeriod), 2));
    assert!(by(shown(&office.events, Regime::Part11, Clause::TwoComponents), 2));
    assert!(by(shown(&office.events, Regime::Part11, Clause::NotOnePeriod), 1), "the one that opened it");
    assert!(missing(shown(&office.events, Regime::Japan, Clause::TwoFactors), 1), "two each time");
    type Edit = fn(&mut event::SigningBegan);
    let edits: [Edit; 4] = [
        |began| began.series.as_mut().unwrap().session = SessionId::from_bytes([9; 32]),
        |began| began.series = None,
        |began| began.series.as_mut().unwrap().opened_with = vec![FactorName::Password],
        |began| began.factors = vec![FactorName::OneTimeCode],
    ];
    for edit in edits {
        let mut events = office.events.clone();
        events.iter_mut().for_each(|event| {
            if let Event::SigningBegan(began) = event {
                edit(began);
            }
        });
        assert!(missing(shown(&events, Regime::Part11, Clause::OnePeriod), 1));
    }

    // A series goes over envelopes: its first act is looked for in the records that are known.
    let (mut other, mut session) = opened(&rules());
    let occasion = signing(&other, p(1));
    let mut factors = one(occasion, other.now);
    session.act(&rules(), &device(), &occasion, &mut factors, other.now).unwrap();
    begin(&mut other, 1, p(1), factors).accepted().unwrap();
    let alone: Vec<_> =
        other.events.iter().filter(|event| matches!(event, Event::SigningBegan(_))).cloned().collect();
    let report = |opened: &[SessionId]| {
        let report = check(Regime::Part11, &record(&alone), &Beside { opened, ..Beside::default() });
        let clauses = [Clause::OnePeriod, Clause::TwoComponents];
        clauses.map(|clause| {
            report.findings().iter().find(|found| found.clause == clause).unwrap().shown.clone()
        })
    };
    assert!(report(&[]).into_iter().all(|shown| missing(shown, 1)), "nobody knows that it was opened");
    let opened = opened_in(&record(&other.events));
    assert_eq!(opened.len(), 1);
    assert!(report(&opened).into_iter().all(|shown| by(shown, 1)));
}
