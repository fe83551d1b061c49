//! A folder with a ledger, and a raw connection to its file.

#![allow(dead_code, unused_imports, reason = "each test uses some of it")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use chancery_ledger::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

#[path = "../sample/mod.rs"]
mod sample;

pub(crate) use sample::*;

/// A folder with a ledger.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.sqlite")
    }

    pub(crate) fn open(&self) -> SqliteStore {
        open(&self.path())
    }

    pub(crate) fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

pub(crate) fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Duration::from_secs(30)).unwrap()
}
