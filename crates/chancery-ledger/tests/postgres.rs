//! The store in a PostgreSQL database, on a server that the environment variable `CHANCERY_POSTGRES` names, for example
//! `postgres://postgres@127.0.0.1:5432/postgres`. Without it these tests say so and pass; with
//! `CHANCERY_REQUIRE_POSTGRES=1` they fail. `.ci/postgres` starts a server for them.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "postgres/edits.rs"]
mod edits;
#[path = "postgres/losing.rs"]
mod losing;
#[path = "postgres/order.rs"]
mod order;
#[path = "postgres/refused.rs"]
mod refused;
#[path = "postgres/setting.rs"]
mod setting;
#[path = "postgres/waited.rs"]
mod waited;

mod conformance {
    use super::setting::Place;
    use chancery_ledger::PostgresStore;

    chancery_ledger::store_conformance!(|case| {
        let Some(place) = Place::new() else { return };
        case(&PostgresStore::open(place.postgres()).unwrap());
    });
}

mod conformance_grouped {
    use super::setting::Place;
    use chancery_ledger::{Grouped, PostgresStore};

    chancery_ledger::store_conformance!(|case| {
        let Some(place) = Place::new() else { return };
        case(&Grouped::new(PostgresStore::open(place.postgres()).unwrap()));
    });
}
