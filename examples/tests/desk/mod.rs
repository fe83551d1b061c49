//! A folder with what a person has who signs, and the tools run in it as people run them.
//!
//! `cargo test` builds the examples before the tests and puts them beside the tests' folder; cargo has no variable
//! with their place, as it has for binaries.
#![allow(dead_code, reason = "each test file uses a part")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chancery_key::KeyKind;
use chancery_testkit::pdf::contract_pdf;
use chancery_testkit::{Profile, TestPki};
use jiff::Timestamp;
use tempfile::TempDir;

/// `target/debug/deps/tools-…` is this test; `target/debug/examples/NAME` is the example.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{}: run `cargo test -p chancery-examples`, which builds it", path.display());
    path
}

/// What a tool says, and how it ends.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), error: text(output.stderr) }
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32, says: &str) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.error);
        let told = if code == 0 { &self.out } else { &self.error };
        assert!(told.contains(says), "{says:?} is not in\n{}\n{}", self.out, self.error);
        assert!(!self.error.contains("panicked"), "{}", self.error);
        self
    }
}

/// A folder with a contract, Alice's key, and the root of her PKI.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) pki: TestPki,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(TestPki::at(Timestamp::now()))
    }

    pub(crate) fn with(pki: TestPki) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        let desk = Self { folder, pki };
        desk.write("contract.pdf", &contract_pdf("Lease", &["The tenant pays 1000 euro a month."]));
        desk.write("alice.p12", &alice.to_pkcs12("secret"));
        desk.write("roots.pem", desk.pki.anchors_pem().as_bytes());
        for (name, list) in ["root.crl", "issuing.crl"].iter().zip(desk.pki.crls()) {
            desk.write(name, &list);
        }
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, tool: &str, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = Command::new(example(tool));
        command
            .current_dir(self.folder.path())
            .env("P12", "secret")
            .env("WRONG", "guess")
            .env("PDF_USER", "user")
            .env_remove("UNSET");
        Run::of(command.args(arguments).output().unwrap())
    }
}
