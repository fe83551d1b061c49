//! What is refused, and what others in the database can do.

use std::time::Duration;

use chancery_ledger::{CommitError, Failure, Outcome, PostgresStore, Store, Verification, Version};

use crate::setting::{Place, commit, event, fill, made, stream, tenant};

fn failure(place: &Place) -> Failure {
    PostgresStore::open(place.postgres()).unwrap_err().kind
}

#[test]
fn who_acknowledges_what_may_be_lost_is_refused() {
    let Some(mut place) = Place::new() else { return };
    let durable = place.config.clone();
    place.config.options("-c synchronous_commit=off");
    assert_eq!(failure(&place), Failure::NotDurable("synchronous_commit is off".to_owned()));
    assert!(
        place.raw().texts("SELECT nspname::text FROM pg_namespace").iter().all(|name| *name != place.schema)
    );
    place.config = durable;
    for setting in ["on", "local", "remote_write", "remote_apply"] {
        place.config.options(format!("-c synchronous_commit={setting}"));
        assert!(PostgresStore::open(place.postgres()).is_ok(), "{setting}");
    }
    assert_eq!(place.raw().texts("SHOW fsync"), ["on"]);
}

/// A limit of the server's would cut off a COMMIT that waits for a standby, and call it done.
#[test]
fn a_limit_on_statements_is_lifted() {
    let Some(mut place) = Place::new() else { return };
    fill(&place.open());
    place.config.options("-c statement_timeout=100");
    let store = place.open();
    let raw = place.raw();
    raw.run("SET statement_timeout = 0; BEGIN; UPDATE logs SET size = size");
    std::thread::scope(|scope| {
        let waiting =
            scope.spawn(|| store.commit(&commit().append(&stream("new"), Version(0), [event("a")])));
        std::thread::sleep(Duration::from_millis(400));
        raw.run("ROLLBACK");
        assert!(waiting.join().unwrap().is_ok());
    });
}

#[test]
fn what_is_no_ledger_is_refused_and_left_alone() {
    let Some(mut place) = Place::new() else { return };
    let raw = place.raw();
    raw.run(&format!("CREATE SCHEMA \"{}\"; CREATE TABLE contacts (name text)", place.schema));
    assert!(matches!(failure(&place), Failure::NotALedger(why) if why.contains("another program")));
    assert_eq!(raw.texts("SELECT relname::text FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'"), ["contacts"]);
    raw.run("DROP TABLE contacts");
    fill(&place.open());
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
    let right = std::mem::replace(&mut place.schema, "x".repeat(64));
    assert!(matches!(failure(&place), Failure::NotALedger(_)));
    place.schema = right;
    place.config.user("nobody of that name").password("no");
    assert!(matches!(failure(&place), Failure::Denied | Failure::Unavailable));
}

#[test]
fn who_waits_too_long_for_another_writer_is_told_so() {
    let Some(place) = Place::new() else { return };
    let store = PostgresStore::open(place.postgres().patience(Duration::from_millis(300))).unwrap();
    fill(&store);
    let raw = place.raw();
    let write = || store.commit(&commit().append(&stream("new"), Version(0), [event("a")]));
    raw.run("BEGIN; UPDATE logs SET size = size");
    let Err(CommitError::Failed(error)) = write() else { panic!("another writes") };
    assert_eq!((error.kind, error.outcome), (Failure::Busy, Outcome::NothingHappened));
    assert_eq!(store.head(&tenant(), &stream("new")).unwrap().version, Version(0), "readers do not wait");
    raw.run("ROLLBACK");
    assert!(write().is_ok());
}

/// A rule or a trigger that swallows a row is no commit.
#[test]
fn what_was_swallowed_is_not_acknowledged() {
    let Some(place) = Place::new() else { return };
    let store = place.open();
    fill(&store);
    let before = store.log(&tenant()).unwrap();
    for table in ["events", "nodes"] {
        place.raw().run(&format!("CREATE RULE r AS ON INSERT TO {table} DO INSTEAD NOTHING"));
        let fresh = place.open();
        let events = [event("a"), event("b")];
        let result = fresh.commit(&commit().append(&stream("swallowed"), Version(0), events));
        assert!(matches!(result, Err(CommitError::Failed(_))), "{table}: {result:?}");
        place.raw().run(&format!("DROP RULE r ON {table}"));
        assert_eq!(store.log(&tenant()).unwrap(), before);
    }
}

/// Somebody set a stream back, so that the same version would be written twice.
#[test]
fn a_row_is_never_written_over_another() {
    let Some(place) = Place::new() else { return };
    let store = place.open();
    fill(&store);
    place.raw().run("UPDATE streams SET version = 1 WHERE stream = 'envelope/1'");
    let result = store.commit(&commit().append(&stream("envelope/1"), Version(1), [event("secret-7")]));
    let Err(CommitError::Failed(error)) = result else { panic!("{result:?}") };
    assert!(matches!(error.kind, Failure::Corrupt(_)), "{error}");
    assert!(!format!("{error:?} {error}").contains("secret-7"));
}

#[test]
fn a_new_schema_can_be_opened_by_many_at_once() {
    let Some(place) = Place::new() else { return };
    std::thread::scope(|scope| {
        for n in 0..8 {
            let place = &place;
            scope.spawn(move || {
                made(&place.open(), &commit().append(&stream(&format!("s{n}")), Version(0), [event("a")]));
            });
        }
    });
    assert_eq!(place.open().log(&tenant()).unwrap().size(), 8);
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
}
