//! What every store must do, on the stores of this crate.

mod memory {
    use chancery_ledger::MemoryStore;

    chancery_ledger::store_conformance!(|case| case(&MemoryStore::new()));
}

mod grouped {
    use chancery_ledger::{Grouped, MemoryStore};

    chancery_ledger::store_conformance!(|case| case(&Grouped::new(MemoryStore::new())));
}

#[cfg(feature = "sqlite")]
mod grouped_sqlite {
    use std::time::Duration;

    use chancery_ledger::{Grouped, SqliteStore};
    use tempfile::TempDir;

    chancery_ledger::store_conformance!(|case| {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path().join("ledger.sqlite"), Duration::from_secs(30)).unwrap();
        case(&Grouped::new(store));
    });
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::time::Duration;

    use chancery_ledger::SqliteStore;
    use tempfile::TempDir;

    chancery_ledger::store_conformance!(|case| {
        let folder = TempDir::new().unwrap();
        case(&SqliteStore::open(folder.path().join("ledger.sqlite"), Duration::from_secs(30)).unwrap());
    });
}
