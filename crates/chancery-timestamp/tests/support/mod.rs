//! Shared by the tests against public corpora: files, tables, outcomes, and the recorded exceptions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The root of the corpus, if the run has one.
pub(crate) fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("CHANCERY_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        assert!(!required(), "CHANCERY_REQUIRE_CORPUS=1, but CHANCERY_CORPUS is not set");
        println!("CHANCERY_CORPUS is not set: the public corpora are not walked");
    }
    corpus
}

fn required() -> bool {
    std::env::var_os("CHANCERY_REQUIRE_CORPUS").is_some_and(|value| value == "1")
}

/// A file's bytes; a missing file is an error where the corpus is required.
pub(crate) fn read(path: &Path) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok();
    assert!(bytes.is_some() || !required(), "{} is missing", path.display());
    bytes
}

/// Rows of a table with tabs and a heading. None if the table is missing.
pub(crate) fn table(path: &Path) -> Option<Vec<BTreeMap<String, String>>> {
    let text = String::from_utf8(read(path)?).unwrap();
    let mut lines = text.lines();
    let heading: Vec<_> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = line.split('\t').chain(std::iter::repeat(""));
        heading.iter().map(ToString::to_string).zip(cells.map(str::to_owned)).collect()
    };
    Some(lines.filter(|line| !line.is_empty()).map(row).collect())
}

/// The names in a folder, in order. None if it is missing.
pub(crate) fn names(folder: &Path) -> Option<Vec<String>> {
    let entries = std::fs::read_dir(folder).ok();
    assert!(entries.is_some() || !required(), "{} is missing", folder.display());
    let names = entries?.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    Some(names.collect::<BTreeSet<_>>().into_iter().collect())
}

/// What a manifest expects of a case (its word before a bracket), and what happened.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) expected: String,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Outcome {
    /// A word of the manifests, and why.
    Said { word: &'static str, reason: String },
    /// An outcome of its own, by object identifier or option.
    Unsupported(String),
}

/// The words that a manifest's word asks for, any of them (architecture, "Words that must mean one thing").
/// None: not compared.
fn accepted(expected: &str) -> Option<&'static [&'static str]> {
    Some(match expected {
        "intact" | "valid" => &["intact"],
        "broken" | "imprint_mismatch" => &["broken", "unparseable"],
        "unparseable" => &["unparseable", "broken", "not_signed_data"],
        "content_missing" => &["content_missing", "no_cert"],
        "no_cert" => &["no_cert"],
        "parse" | "out_of_scope" => &["not_signed_data"],
        _ => return None,
    })
}

/// All folders, compared with the recorded exceptions.
pub(crate) struct Run {
    exceptions: BTreeMap<String, Value>,
    met: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Run {
    pub(crate) fn new(exceptions: &str) -> Self {
        let list: Vec<Value> = serde_json::from_str(exceptions).unwrap();
        let key = |exception: &Value| exception["case"].as_str().unwrap().to_owned();
        let exceptions = list.into_iter().map(|exception| (key(&exception), exception)).collect();
        Self { exceptions, met: BTreeSet::new(), wrong: Vec::new() }
    }

    /// Prints one line, and remembers what differs without a recorded reason.
    pub(crate) fn folder(&mut self, name: &str, cases: Option<Vec<Case>>) {
        let Some(cases) = cases else { return };
        let mut unsupported: BTreeMap<String, usize> = BTreeMap::new();
        let (mut right, mut excepted, mut free) = (0, 0, 0);
        let total = cases.len();
        for Case { id, expected, outcome } in cases {
            let id = format!("{name}/{id}");
            let word = expected.split('(').next().unwrap_or_default();
            let (found, reason) = match &outcome {
                Outcome::Unsupported(what) => {
                    *unsupported.entry(what.clone()).or_default() += 1;
                    continue;
                }
                Outcome::Said { word, reason } => (*word, reason),
            };
            let Some(accepted) = accepted(word) else {
                println!("  {id}: manifest {expected}; here {found}: {reason}");
                free += 1;
                continue;
            };
            if accepted.contains(&found) {
                right += 1;
                continue;
            }
            match self.exceptions.get(&id) {
                Some(exception) if exception["actual"] == found && found != "intact" => {
                    self.met.insert(id);
                    excepted += 1;
                }
                _ => self.wrong.push(format!("{id}: expected {expected}, found {found}: {reason}")),
            }
        }
        if excepted * 100 > total * 3 {
            self.wrong.push(format!("{name}: {excepted} of {total} are exceptions, more than 3 %"));
        }
        let compared = total - free;
        let count: usize = unsupported.values().sum();
        let list: Vec<_> = unsupported.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        println!(
            "{name}: {right} of {compared} as expected, {excepted} exceptions, {count} unsupported ({}), {free} not compared",
            list.join(", ")
        );
    }

    /// Fails the test if anything differed, or an exception is no longer one.
    pub(crate) fn finish(mut self) {
        for id in self.exceptions.keys().filter(|id| !self.met.contains(*id)) {
            self.wrong
                .push(format!("{id}: recorded as an exception, but does not differ (or differs otherwise)"));
        }
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}
