//! What every store must do, on the stores of this crate.

mod memory {
    use chancery_ledger::MemoryStore;

    chancery_ledger::store_conformance!(|case| case(&MemoryStore::new()));
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
