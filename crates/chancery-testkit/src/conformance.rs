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
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    /// The row of the manifest itself cannot be read: it fails a run that requires the corpus.
    Unread(String),
}

impl Outcome {
    /// A word, and why.
    #[must_use]
    pub fn said(word: &'static str, reason: impl Into<String>) -> Self {
        Self::Said { word, reason: reason.into() }
    }
}

/// What the judge says, if it neither panics nor takes longer: otherwise the words are `panicked` and `slow`, which
/// no manifest asks for.
#[must_use]
pub fn within(limit: Duration, judge: impl FnOnce() -> Outcome) -> Outcome {
    let start = Instant::now();
    // What the judge leaves half done is not looked at again.
    let outcome = catch_unwind(AssertUnwindSafe(judge));
    let taken = start.elapsed();
    match outcome {
        Err(_) => Outcome::said("panicked", "see above"),
        Ok(_) if taken > limit => Outcome::said("slow", format!("{taken:?}, where {limit:?} are allowed")),
        Ok(outcome) => outcome,
    }
}

/// The words that may come out where a manifest says this one; `None` where nothing is compared.
pub type Accepted = fn(&str) -> Option<&'static [&'static str]>;

/// A run over folders, compared with the exceptions that were written down.
#[derive(Debug)]
pub struct Run {
    accepted: Accepted,
    exceptions: BTreeMap<String, Value>,
    walked: Vec<String>,
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
        Self { accepted, exceptions, walked: Vec::new(), met: BTreeSet::new(), wrong: Vec::new() }
    }

    /// Compares the cases of a folder, prints one line, and remembers what differs without a recorded reason. Where a
    /// word of the manifest leaves several outcomes open, a line below says how many came out of each.
    pub fn folder(&mut self, name: &str, cases: impl IntoIterator<Item = Case>) {
        let mut tally = Tally::default();
        for case in cases {
            tally.total += 1;
            match &case.outcome {
                Outcome::Said { word, reason } => self.said(name, &case, word, reason, &mut tally),
                Outcome::Unsupported(what) => *tally.unsupported.entry(what.clone()).or_default() += 1,
                Outcome::Unread(why) => tally.unread.push(format!("{name}/{}: unread: {why}", case.id)),
            }
        }
        tally.print(name);
        if tally.excepted * 100 > tally.total * EXCEPTIONS_PERCENT {
            self.wrong
                .push(format!("{name}: {} of {} are exceptions: too many", tally.excepted, tally.total));
        }
        if tally.total > 0 {
            self.walked.push(format!("{name}/"));
        } else if required() {
            self.wrong.push(format!("{name}: no cases"));
        }
        if required() {
            self.wrong.append(&mut tally.unread);
        }
    }

    fn said(&mut self, folder: &str, case: &Case, found: &'static str, reason: &str, tally: &mut Tally) {
        let expected = first_word(&case.expected);
        let Some(accepted) = (self.accepted)(expected) else {
            println!("  {}: manifest {}; here {found}: {reason}", case.id, case.expected);
            tally.free += 1;
            return;
        };
        if accepted.len() > 1 {
            *tally.open.entry(expected.to_owned()).or_default().entry(found).or_default() += 1;
        }
        let others =
            case.also.split([' ', ',']).filter_map(|other| (self.accepted)(first_word(other))).flatten();
        if accepted.iter().chain(others).any(|accepted| *accepted == found) {
            tally.right += 1;
            return;
        }
        let id = format!("{folder}/{}", case.id);
        let written = self.exceptions.get(&id).is_some_and(|exception| exception["actual"] == found);
        if written && !ACCEPTANCES.contains(&found) {
            self.met.insert(id);
            tally.excepted += 1;
        } else {
            self.wrong.push(format!("{id}: expected {}, found {found}: {reason}", case.expected));
        }
    }

    /// Ends the run.
    ///
    /// # Panics
    ///
    /// If anything differed, or an exception is none any more.
    pub fn finish(mut self) {
        // A folder that is not there says nothing of its exceptions.
        let due = |id: &String| required() || self.walked.iter().any(|folder| id.starts_with(folder));
        for id in self.exceptions.keys().filter(|id| !self.met.contains(*id) && due(id)) {
            self.wrong.push(format!(
                "{id}: written down as an exception, but does not differ, or differs otherwise"
            ));
        }
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

/// The word of a manifest, without what follows in brackets.
fn first_word(text: &str) -> &str {
    text.split('(').next().unwrap_or_default().trim()
}

/// What a folder came to.
#[derive(Debug, Default)]
struct Tally {
    total: usize,
    right: usize,
    excepted: usize,
    /// Cases whose manifest asks for nothing.
    free: usize,
    unsupported: BTreeMap<String, usize>,
    unread: Vec<String>,
    /// What came out where a word of the manifest leaves several outcomes open.
    open: BTreeMap<String, BTreeMap<&'static str, usize>>,
}

impl Tally {
    fn print(&self, folder: &str) {
        let list: Vec<String> =
            self.unsupported.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        println!(
            "{folder}: {} of {} as expected, {} exceptions, {} unsupported ({}), {} not compared",
            self.right,
            self.total - self.free,
            self.excepted,
            self.unsupported.values().sum::<usize>(),
            list.join(", "),
            self.free,
        );
        for (expected, found) in &self.open {
            let list: Vec<String> = found.iter().map(|(word, count)| format!("{count} {word}")).collect();
            println!("  {expected}: {}", list.join(", "));
        }
        self.unread.iter().for_each(|row| println!("  {row}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXCEPTION: &str =
        r#"[{"case": "f/1", "expected": "valid", "actual": "invalid", "reason": "why", "clause": "where"}]"#;

    fn run(exceptions: &str, expected: &str, outcome: Outcome) -> Run {
        let mut run = Run::new(exceptions, |word| match word {
            "valid" => Some(&["valid"]),
            "invalid" => Some(&["invalid"]),
            _ => None,
        });
        // Enough others, so that one exception is not too many.
        let others = (2..102).map(|id| Case::new(&id.to_string(), "valid (of course)", said("valid")));
        run.folder("f", others.chain([Case::new("1", expected, outcome)]));
        run
    }

    fn said(word: &'static str) -> Outcome {
        Outcome::said(word, "")
    }

    #[test]
    fn what_is_expected_written_down_unsupported_or_free_passes() {
        run("[]", "invalid", said("invalid")).finish();
        run(EXCEPTION, "valid", said("invalid")).finish();
        run("[]", "valid", Outcome::Unsupported("MD2".into())).finish();
        run("[]", "perhaps", said("valid")).finish();
    }

    #[test]
    #[should_panic(expected = "f/1: expected valid, found invalid")]
    fn a_difference_fails() {
        run("[]", "valid", said("invalid")).finish();
    }

    #[test]
    #[should_panic(expected = "f/1: expected invalid, found valid")]
    fn no_exception_excuses_an_acceptance() {
        let exception = EXCEPTION.replace("\"valid", "\"x").replace("\"invalid", "\"valid");
        run(&exception, "invalid", said("valid")).finish();
    }

    #[test]
    #[should_panic(expected = "written down as an exception")]
    fn an_exception_that_is_none_any_more_fails() {
        run(EXCEPTION, "valid", said("valid")).finish();
    }

    #[test]
    fn exceptions_of_a_folder_that_is_not_there_wait() {
        if required() {
            return; // then nothing waits
        }
        let mut run = Run::new(&EXCEPTION.replace("f/1", "other/1"), |_| None);
        run.folder("f", []);
        run.finish();
    }

    #[test]
    fn a_judge_that_panics_or_dawdles_is_told_apart() {
        let word = |outcome| match outcome {
            Outcome::Said { word, .. } => word,
            other => panic!("{other:?}"),
        };
        assert_eq!(word(within(Duration::MAX, || said("valid"))), "valid");
        assert_eq!(word(within(Duration::MAX, || panic!("as it must"))), "panicked");
        let dawdle = || {
            std::thread::sleep(Duration::from_millis(2));
            said("valid")
        };
        assert_eq!(word(within(Duration::from_millis(1), dawdle)), "slow");
    }
}
