//! Who sees what of the usage log, and what leaves it.

use std::io::BufReader;

use chancery_ledger::{ExportVerdict, read_export};
use chancery_seal::{AccountAct, FileName, OfficeError, Query, SealAct, UsageOutcome, to_csv};
use jiff::SignedDuration;

use crate::desk::*;

#[test]
fn the_administrator_sees_all_for_ever_and_a_user_the_own() {
    // M20, M21
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![]);
    desk.grant(seal, CAROL, vec![]);
    desk.use_seal(BOB, request("1", seal, "a"));
    desk.use_seal(CAROL, request("2", seal, "b"));
    let member = |number| desk.office.organisation(|state| state.member(user(number)).unwrap()).unwrap();
    let (bob, carol) = (member(BOB), member(CAROL));
    let own = desk.office.own_log(&carol, &Query::default().user(user(BOB))).unwrap();
    assert!(own.is_empty(), "a query does not widen what one sees");
    let own = desk.office.own_log(&carol, &Query::default()).unwrap();
    assert_eq!(own.iter().map(|record| record.details.user).collect::<Vec<_>>(), [Some(user(CAROL))]);

    let _ = desk.seals(SealAct::Cancel { grant });
    desk.account(AccountAct::Remove { user: user(BOB) });
    assert!(matches!(desk.office.own_log(&bob, &Query::default()), Err(OfficeError::Act(_))));
    let by = desk.office.organisation(|state| state.seal_administrator(user(SELMA)).unwrap()).unwrap();
    let of = |query| desk.office.log(&by, &query).unwrap().len();
    assert_eq!(of(Query::default().user(user(BOB))), 1);
    assert_eq!(of(Query::default().seal(seal)), 2);
    assert_eq!(of(Query::default().from(start()).until(start() + SignedDuration::from_secs(1))), 2);
    assert_eq!(of(Query::default().until(start())), 0);
    let _ = desk.seals(SealAct::Resign);
    assert!(
        matches!(desk.office.log(&by, &Query::default()), Err(OfficeError::Act(_))),
        "who resigned sees nothing"
    );
}

#[test]
fn an_export_proves_itself_and_names_an_edit() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    desk.use_seal(BOB, request("1", seal, "a"));
    let _ = refused(desk.review(CAROL, request("2", seal, "b")));
    let by = desk.office.organisation(|state| state.seal_administrator(user(SELMA)).unwrap()).unwrap();
    let mut file = Vec::new();
    let checkpoint = desk.office.export_log(&by, &mut file).unwrap();
    let verdict = |bytes: &[u8]| read_export(BufReader::new(bytes), Some(&checkpoint), |_| {}).unwrap();
    assert!(matches!(verdict(&file), ExportVerdict::Holds(_)));
    let lines: Vec<usize> =
        file.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    for at in (0..file.len()).step_by(7).filter(|at| !lines.contains(at)) {
        let mut edited = file.clone();
        edited[at] = if edited[at] == b'7' { b'8' } else { b'7' };
        if edited == file {
            continue;
        }
        let line = 1 + lines.iter().filter(|end| **end < at).count() as u64;
        match verdict(&edited) {
            ExportVerdict::Broken { line: named, .. } => {
                assert!(named >= line, "byte {at}: line {named} for {line}");
            }
            ExportVerdict::Holds(_) => panic!("byte {at} was edited and nobody noticed"),
        }
    }
}

#[test]
fn a_spreadsheet_computes_nothing() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    desk.use_seal(BOB, request("=cmd|'/c calc'!A0", seal, "a"));
    let csv = to_csv(&desk.log());
    assert!(csv.contains("\"'=cmd|'/c calc'!A0\""), "{csv}");
    assert!(csv.lines().skip(1).all(|line| !line.contains(",=")), "{csv}");
    assert!(FileName::new("a\u{202e}b").is_err());
}

#[test]
fn what_came_of_each_attempt_is_told() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    for (mood, word) in [(Mood::Refuses, "failed"), (Mood::Loses, "unknown"), (Mood::Signs, "sealed")] {
        desk.key.is(mood);
        let permit = desk.review(BOB, request(word, seal, "a")).unwrap();
        let _ = desk.seal(permit);
        assert_eq!(desk.log().last().unwrap().outcome.word(), word);
    }
    let _ = refused(desk.review(CAROL, request("4", seal, "a")));
    let log = desk.log();
    assert!(
        matches!(&log.last().unwrap().outcome, UsageOutcome::Refused { violations, .. } if violations.len() == 1)
    );
    // Every record lies in the time of a grant or is a refusal.
    assert!(log.iter().all(|record| match &record.right {
        Some(right) => right.window.holds_at(record.at),
        None => matches!(record.outcome, UsageOutcome::Refused { .. }),
    }));
}
