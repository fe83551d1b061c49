//! One-time codes: one purpose, one transaction, minutes, few tries, dead after first use.

use chancery_auth::{
    Channel, ClockBehind, CodeKey, CodeRules, FactorKind, IssueRefused, Linking, MessageText, NotMet,
    Occasion, OneTimeCode, OneTimeCodes, Outcome, ProvedFactor, Refused, TicketRefused,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::people::*;

fn key() -> CodeKey {
    CodeKey::from_bytes([9; 32])
}

fn text() -> MessageText {
    MessageText::new(Channel::mail("alice@example.com").unwrap(), "Example Ltd.", "signing of Lease.pdf")
        .unwrap()
}

fn issued(occasion: &Occasion, now: Timestamp) -> (OneTimeCodes, String) {
    let mut codes = OneTimeCodes::new(ALICE.id(), now);
    codes.issue(&CodeRules::default(), occasion, now, &mut rng(), now).unwrap();
    let code = codes.message(&key(), text(), now).unwrap().expose_code().to_owned();
    (codes, code)
}

/// Not the code.
fn another(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

fn prove(
    codes: &mut OneTimeCodes,
    occasion: &Occasion,
    code: &str,
    now: Timestamp,
) -> Result<Outcome, Refused> {
    let ticket = codes.begin(&CodeRules::default(), occasion, &mut rng(), now)?;
    let judgement = ticket.judge(&OneTimeCode::new(code).unwrap(), &key());
    Ok(codes.settle(&CodeRules::default(), &judgement, now).unwrap())
}

fn proof(occasion: &Occasion, now: Timestamp) -> ProvedFactor {
    let (mut codes, code) = issued(occasion, now);
    prove(&mut codes, occasion, &code, now).unwrap().proved().unwrap()
}

/// I8
#[test]
fn the_message_says_who_when_and_what_for() {
    let mut codes = OneTimeCodes::new(ALICE.id(), noon());
    codes.issue(&CodeRules::default(), &signing(&ALICE), at(0), &mut rng(), at(2)).unwrap();
    let message = codes.message(&key(), text(), at(3)).unwrap();
    assert_eq!(
        (message.requested_at(), message.generated_at(), message.expires_at()),
        (at(0), at(2), at(302))
    );
    assert_eq!((message.sender(), message.confirms()), ("Example Ltd.", "signing of Lease.pdf"));
    assert_eq!(message.channel().to_string(), "a•••@e•••.com");
    assert_eq!(message.channel().address(), "alice@example.com");
    let english = message.english();
    for part in
        ["Example Ltd.", "signing of Lease.pdf", "12:00:00 UTC", "12:00:02 UTC", message.expose_code()]
    {
        assert!(english.contains(part), "{part}");
    }
    // The same each time, so that a delivery can be repeated.
    assert_eq!(codes.message(&key(), text(), at(60)).unwrap().expose_code(), message.expose_code());
    assert!(matches!(codes.message(&key(), text(), at(302)), Err(IssueRefused::Expired { .. })));
    let requested_later = codes.issue(&CodeRules::default(), &signing(&ALICE), at(100), &mut rng(), at(99));
    assert!(matches!(requested_later, Err(IssueRefused::NotYetRequested { .. })));
    for bad in ["", " ", "a\r\nBcc: all@example.com", "\u{202e}fdp.exe", &"x".repeat(201)] {
        assert!(MessageText::new(Channel::mail("a@b.c").unwrap(), bad, "x").is_err());
        assert!(MessageText::new(Channel::mail("a@b.c").unwrap(), "x", bad).is_err());
    }
    for bad in ["", "@", "a@", "@b", "a", "a@b\r\nBcc: c@d"] {
        assert!(Channel::mail(bad).is_err(), "{bad}");
    }
    assert!(Channel::telephone("1234").is_err() && Channel::telephone("+81 3 1234\n5678").is_err());
    assert_eq!(format!("{:?}", Channel::telephone("+81 3 1234 5678").unwrap()), "Channel(•••78)");
}

#[test]
fn a_code_is_for_one_purpose_and_one_transaction_and_used_once() {
    let occasion = signing(&ALICE);
    let (mut codes, code) = issued(&occasion, at(0));
    let other = Occasion::act(ALICE.id(), b"envelope 18", &lease());
    let access = Occasion::access(ALICE.id(), b"envelope 17");
    for wrong in [&other, &access] {
        assert!(matches!(prove(&mut codes, wrong, &code, at(1)), Err(Refused::WrongOccasion { .. })));
    }
    assert!(matches!(prove(&mut codes, &signing(&BOB), &code, at(1)), Err(Refused::WrongPerson { .. })));
    let proof = prove(&mut codes, &occasion, &code, at(1)).unwrap().proved().unwrap();
    assert_eq!((proof.kind(), proof.occasion()), (FactorKind::OneTimeCode, &occasion));
    assert!(matches!(prove(&mut codes, &occasion, &code, at(2)), Err(Refused::NoCode)));
}

/// Both are right, and one of them comes too late.
#[test]
fn of_two_right_answers_at_once_one_counts() {
    let (rules, occasion) = (CodeRules::default(), signing(&ALICE));
    let (mut codes, code) = issued(&occasion, at(0));
    let tickets = [0, 1].map(|_| codes.begin(&rules, &occasion, &mut rng(), at(1)).unwrap());
    let [first, second] = tickets.map(|ticket| ticket.judge(&OneTimeCode::new(&code).unwrap(), &key()));
    assert!(matches!(codes.settle(&rules, &first, at(2)), Ok(Outcome::Proved(_))));
    assert_eq!(codes.settle(&rules, &second, at(2)), Err(TicketRefused::Superseded));
    assert_eq!(codes.settle(&rules, &first, at(2)), Err(TicketRefused::Superseded));
}

#[test]
fn five_tries_five_minutes_ten_a_day() {
    let occasion = signing(&ALICE);
    let (mut codes, code) = issued(&occasion, at(0));
    for left in [4, 3, 2, 1, 0] {
        let Ok(Outcome::Wrong(wrong)) = prove(&mut codes, &occasion, &another(&code), at(1)) else {
            panic!()
        };
        assert_eq!(wrong.left(), left);
    }
    assert!(matches!(prove(&mut codes, &occasion, &code, at(1)), Err(Refused::CodeTriesUsed)));
    let (mut codes, code) = issued(&occasion, at(0));
    assert!(matches!(prove(&mut codes, &occasion, &code, at(300)), Err(Refused::CodeExpired { .. })));
    assert!(prove(&mut codes, &occasion, &code, at(299)).unwrap().proved().is_some());
    // Begun in time, settled too late.
    let (mut codes, code) = issued(&occasion, at(0));
    let ticket = codes.begin(&CodeRules::default(), &occasion, &mut rng(), at(299)).unwrap();
    let judgement = ticket.judge(&OneTimeCode::new(&code).unwrap(), &key());
    assert_eq!(codes.settle(&CodeRules::default(), &judgement, at(300)), Err(TicketRefused::TookTooLong));
    let mut codes = OneTimeCodes::new(ALICE.id(), noon());
    let mut issue = |now| codes.issue(&CodeRules::default(), &occasion, now, &mut rng(), now);
    for n in 0..10 {
        issue(at(n)).unwrap();
    }
    let from = noon() + SignedDuration::from_hours(24);
    assert_eq!(issue(at(3600)), Err(IssueRefused::TooMany { most: 10, from }));
    assert!(issue(from - SignedDuration::from_nanos(1)).is_err());
    assert_eq!(issue(from), Ok(()));
    assert!(issue(from).is_err(), "the second of yesterday's is still within a day");
}

#[test]
fn a_clock_set_back_revives_no_code() {
    let occasion = signing(&ALICE);
    let (mut codes, code) = issued(&occasion, at(0));
    assert!(matches!(prove(&mut codes, &occasion, &code, at(-61)), Err(Refused::ClockBehind(_))));
    let _ = prove(&mut codes, &occasion, &another(&code), at(250)).unwrap();
    assert!(matches!(prove(&mut codes, &occasion, &code, at(100)), Err(Refused::ClockBehind(_))));
}

/// A clock that stood in the future is undone, and nobody gains a code or a guess by it.
#[test]
fn a_clock_of_the_future_is_undone_and_the_days_cap_stays() {
    let (occasion, rules) = (signing(&ALICE), CodeRules::default());
    let years = noon() + SignedDuration::from_hours(24 * 400);
    let mut codes = OneTimeCodes::new(ALICE.id(), noon());
    let issue = |codes: &mut OneTimeCodes, now| codes.issue(&rules, &occasion, now, &mut rng(), now);
    for n in 0..6 {
        issue(&mut codes, at(n)).unwrap();
    }
    let before = codes.clone();
    assert_eq!(codes.forget_future(at(6)), None);
    assert_eq!(codes.forget_future(at(-55)), None, "between two clocks");
    assert_eq!(codes, before);

    for n in 0..3 {
        issue(&mut codes, years + SignedDuration::from_secs(n)).unwrap();
    }
    let code = codes.message(&key(), text(), years).unwrap().expose_code().to_owned();
    let latest = years + SignedDuration::from_secs(2);
    let behind = ClockBehind { now: at(60), latest };
    assert_eq!(issue(&mut codes, at(60)), Err(IssueRefused::ClockBehind(behind)));
    // As it is stored, and read again.
    let mut codes = OneTimeCodes::from_bytes(&codes.to_bytes()).unwrap();
    assert_eq!(codes.forget_future(at(60)), Some(behind));
    assert!(matches!(prove(&mut codes, &occasion, &code, at(61)), Err(Refused::NoCode)), "the code is dead");
    assert_eq!(issue(&mut codes, at(61)), Ok(()), "the tenth of the day, with the six before");
    let from = noon() + SignedDuration::from_hours(24);
    assert_eq!(issue(&mut codes, at(62)), Err(IssueRefused::TooMany { most: 10, from }));

    // Back and forth, as often as somebody likes.
    let mut made = 0;
    for n in 1..20 {
        let there = years + SignedDuration::from_hours(48 * n);
        assert!(issue(&mut codes, there).is_ok(), "so far away nobody knows better");
        assert!(codes.forget_future(at(100 + n)).is_some());
        made += usize::from(issue(&mut codes, at(100 + n)).is_ok());
    }
    assert_eq!(made, 0, "today there is none left");
}

#[test]
fn no_laxer_rules() {
    let five = SignedDuration::from_mins(5);
    assert!(CodeRules::new(five, 5, 50).is_ok());
    for (lifetime, tries, a_day) in [
        (five + SignedDuration::from_nanos(1), 5, 10),
        (SignedDuration::ZERO, 5, 10),
        (five, 0, 10),
        (five, 6, 10),
        (five, 5, 0),
        (five, 5, 51),
    ] {
        assert!(CodeRules::new(lifetime, tries, a_day).is_err());
    }
}

proptest! {
    /// I7 ∀: an account is linked by the code that was sent for it, and by nothing else.
    #[test]
    fn nothing_but_its_code_links_an_account(account in prop::collection::vec(any::<u8>(), 0..20), other in prop::collection::vec(any::<u8>(), 0..20), age in -400..400_i64) {
        let linking = Linking::begin(ALICE.id(), &account);
        let occasion = linking.occasion();
        let now = at(age);
        let result = linking.confirm(proof(&occasion, at(0)), now);
        prop_assert_eq!(result.is_ok(), (-60..300).contains(&age), "{}", age);
        if let Ok(linked) = result {
            prop_assert_eq!((linked.user(), linked.account()), (ALICE.id(), &account[..]));
        }
        for wrong in [login().password(occasion, at(0)), login().second_device(occasion, at(0))] {
            prop_assert!(matches!(linking.confirm(wrong, at(0)), Err(NotMet::Missing(_))));
        }
        for wrong in [Occasion::act(ALICE.id(), &account, &lease()), Occasion::access(ALICE.id(), &account)] {
            prop_assert!(linking.confirm(proof(&wrong, at(0)), at(0)).is_err());
        }
        if other != account {
            prop_assert!(linking.confirm(proof(&Occasion::link(ALICE.id(), &other), at(0)), at(0)).is_err());
        }
    }

    /// Another key, another code: nearly always, and the digits are spread.
    #[test]
    fn codes_hang_on_the_key(first: [u8; 32], second: [u8; 32]) {
        prop_assume!(first != second);
        let mut codes = OneTimeCodes::new(ALICE.id(), noon());
        let mut differ = 0;
        for _ in 0..5 {
            codes.issue(&CodeRules::default(), &signing(&ALICE), noon(), &mut rng(), noon()).unwrap();
            let code = |key| codes.message(&CodeKey::from_bytes(key), text(), noon()).unwrap().expose_code().to_owned();
            differ += usize::from(code(first) != code(second));
        }
        prop_assert!(differ >= 3);
    }
}
