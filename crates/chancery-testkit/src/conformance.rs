//! Conformance runs: a corpus of other people's files is walked by its manifests and compared with the exceptions
//! that were written down.
//!
//! One form for every crate: the environment variable `CHANCERY_CORPUS` names the folder of the corpus. Without it
//! there is nothing to walk, and the test says so and passes; with `CHANCERY_REQUIRE_CORPUS=1` a missing folder or a
//! file that cannot be read fails it.
//!
//! ```no_run
//! use chancery_testkit::conformance::{self, Case, Outcome, Run};
//!
//! let Some(corpus) = conformance::corpus() else { return };
//! let Some(rows) = conformance::table(&corpus.join("messages/manifest.tsv")) else { return };
//! let judge = |row: &conformance::Row| Case::new(&row["file"], &row["expected"], Outcome::said("intact", "it holds"));
//! let mut run = Run::new("[]", |expected| match expected {
//!     "intact" => Some(&["intact"]),
//!     "broken" => Some(&["broken", "unreadable"]),
//!     _ => None, // told, not compared
//! });
//! run.folder("messages", rows.iter().map(judge));
//! run.finish();
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// At most so many of a hundred cases of a folder may be exceptions.
const EXCEPTIONS_PERCENT: usize = 3;

/// What no exception may excuse: a case that should not be accepted and is.
const ACCEPTANCES: [&str; 4] = ["intact", "ok", "passed", "valid"];

/// A row of a table, by the names in its heading.
pub type Row = BTreeMap<String, String>;

/// The folder of the corpus, if the run has one.
///
/// # Panics
///
/// If there is none, though one is required.
#[must_use]
pub fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("CHANCERY_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        assert!(!required(), "CHANCERY_REQUIRE_CORPUS=1, but CHANCERY_CORPUS is not set");
        println!("CHANCERY_CORPUS is not set: there is nothing to walk");
    }
    corpus
}

fn required() -> bool {
    std::env::var_os("CHANCERY_REQUIRE_CORPUS").is_some_and(|value| value == "1")
}

/// The bytes of a file; `None` if it is missing and nothing requires it.
///
/// # Panics
///
/// If it is missing, though the corpus is required.
#[must_use]
pub fn read(path: &Path) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok();
    assert!(bytes.is_some() || !required(), "{} is missing", path.display());
    bytes
}

/// The rows of a table with tabs and a heading; `None` if it is missing and nothing requires it. Text that is not
/// UTF-8 (manifests quote what producers called themselves) is read as far as it is.
///
/// # Panics
///
/// If it is missing, though the corpus is required.
#[must_use]
pub fn table(path: &Path) -> Option<Vec<Row>> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let heading: Vec<&str> = lines.next()?.split('\t').collect();
    let row = |line: &str| {
        let cells = line.split('\t').chain(std::iter::repeat(""));
        heading.iter().map(ToString::to_string).zip(cells.map(str::to_owned)).collect()
    };
    Some(lines.map(row).collect())
}

/// The names in a folder, in order; `None` if it is missing and nothing requires it.
///
/// # Panics
///
/// If it is missing, though the corpus is required.
#[must_use]
pub fn names(folder: &Path) -> Option<Vec<String>> {
    let entries = std::fs::read_dir(folder).ok();
    assert!(entries.is_some() || !required(), "{} is missing", folder.display());
    let names: BTreeSet<String> =
        entries?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    Some(names.into_iter().collect())
}

/// A case: what its manifest expects, and what came out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Its name within the folder.
    pub id: String,
    /// The word of the manifest; what follows in brackets does not count.
    pub expected: String,
    /// Other words that count as right, separated by spaces or commas.
    pub also: String,
    /// What came out.
    pub outcome: Outcome,
}

impl Case {
    /// A case.
    #[must_use]
    pub fn new(id: &str, expected: &str, outcome: Outcome) -> Self {
        Self { id: id.to_owned(), expected: expected.to_owned(), also: String::new(), outcome }
    }

    /// With other words that count as right, separated by spaces or commas.
    #[must_use]
    pub fn also(self, words: &str) -> Self {
        Self { also: words.to_owned(), ..self }
    }
}

/// What came out of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A word, and why.
    Said {
        /// The word that is compared.
        word: &'static str,
        /// For people.
        reason: String,
    },
    /// The case needs what is not supported: an outcome of its own, counted by what that is, never a rejection
    /// that was expected.
    Unsupported(String),
}

impl Outcome {
    /// A word, and why.
    #[must_use]
    pub fn said(word: &'static str, reason: impl Into<String>) -> Self {
        Self::Said { word, reason: reason.into() }
    }
}

/// The words that may come out where a manifest says this one; `None` where nothing is compared.
pub type Accepted = fn(&str) -> Option<&'static [&'static str]>;

/// A run over folders, compared with the exceptions that were written down.
#[derive(Debug)]
pub struct Run {
    accepted: Accepted,
    exceptions: BTreeMap<String, Value>,
    met: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Run {
    /// A run with these exceptions: a JSON array of `{case, expected, actual, reason, clause}`, the case written
    /// `folder/id`.
    ///
    /// # Panics
    ///
    /// If an exception lacks one of its members.
    #[must_use]
    pub fn new(exceptions: &str, accepted: Accepted) -> Self {
        let list: Vec<Value> = serde_json::from_str(exceptions).expect("exceptions are a JSON array");
        let member = |exception: &Value, name: &str| {
            let text = exception[name].as_str().filter(|text| !text.is_empty());
            text.unwrap_or_else(|| panic!("an exception without {name}: {exception}")).to_owned()
        };
        let keyed = |exception: Value| {
            for name in ["expected", "actual", "reason", "clause"] {
                member(&exception, name);
            }
            (member(&exception, "case"), exception)
        };
        let exceptions = list.into_iter().map(keyed).collect();
        Self { accepted, exceptions, met: BTreeSet::new(), wrong: Vec::new() }
    }

    /// Compares the cases of a folder, prints one line, and remembers what differs without a recorded reason.
    pub fn folder(&mut self, name: &str, cases: impl IntoIterator<Item = Case>) {
        let mut unsupported: BTreeMap<String, usize> = BTreeMap::new();
        let (mut total, mut right, mut excepted, mut free) = (0, 0, 0, 0);
        for case in cases {
            total += 1;
            let (found, reason) = match &case.outcome {
                Outcome::Said { word, reason } => (*word, reason),
                Outcome::Unsupported(what) => {
                    *unsupported.entry(what.clone()).or_default() += 1;
                    continue;
                }
            };
            match self.compare(name, &case, found) {
                Comparison::Free => {
                    println!("  {}: manifest {}; here {found}: {reason}", case.id, case.expected);
                    free += 1;
                }
                Comparison::AsExpected => right += 1,
                Comparison::Excepted => excepted += 1,
                Comparison::Differs => {
                    self.wrong.push(format!(
                        "{name}/{}: expected {}, found {found}: {reason}",
                        case.id, case.expected
                    ));
                }
            }
        }
        if excepted * 100 > total * EXCEPTIONS_PERCENT {
            self.wrong.push(format!("{name}: {excepted} of {total} are exceptions: too many"));
        }
        let count: usize = unsupported.values().sum();
        let list: Vec<String> = unsupported.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        println!(
            "{name}: {right} of {} as expected, {excepted} exceptions, {count} unsupported ({}), {free} not compared",
            total - free,
            list.join(", ")
        );
    }

    fn compare(&mut self, folder: &str, case: &Case, found: &str) -> Comparison {
        let word = |text: &str| text.split('(').next().unwrap_or_default().trim().to_owned();
        let Some(accepted) = (self.accepted)(&word(&case.expected)) else { return Comparison::Free };
        let others = case.also.split([' ', ',']).filter_map(|other| (self.accepted)(&word(other))).flatten();
        if accepted.iter().chain(others).any(|accepted| *accepted == found) {
            return Comparison::AsExpected;
        }
        let id = format!("{folder}/{}", case.id);
        let written = self.exceptions.get(&id).is_some_and(|exception| exception["actual"] == found);
        if written && !ACCEPTANCES.contains(&found) {
            self.met.insert(id);
            return Comparison::Excepted;
        }
        Comparison::Differs
    }

    /// Ends the run.
    ///
    /// # Panics
    ///
    /// If anything differed, or an exception is none any more.
    pub fn finish(mut self) {
        for id in self.exceptions.keys().filter(|id| !self.met.contains(*id)) {
            self.wrong.push(format!(
                "{id}: written down as an exception, but does not differ, or differs otherwise"
            ));
        }
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

enum Comparison {
    /// The manifest's word asks for nothing.
    Free,
    AsExpected,
    Excepted,
    Differs,
}
