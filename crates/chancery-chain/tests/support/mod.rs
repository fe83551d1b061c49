//! Shared by the conformance runs: files, tables, outcomes, and the comparison with the recorded exceptions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chancery_certificate::{Certificate, CertificateError};
use chancery_chain::{ChainFailure, ChainFault, EvidenceFault, FaultGroup, VerifiedChain};
use serde_json::Value;

/// The root of the corpus, if the run has one.
pub(crate) fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("CHANCERY_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        assert!(!required(), "CHANCERY_REQUIRE_CORPUS=1, but CHANCERY_CORPUS is not set");
        println!("CHANCERY_CORPUS is not set: the public suites are not run");
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

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

/// Rows of a table with tabs and a heading.
pub(crate) fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut lines = text.lines();
    let heading: Vec<_> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = line.split('\t').chain(std::iter::repeat(""));
        heading.iter().map(ToString::to_string).zip(cells.map(str::to_owned)).collect()
    };
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

/// Every certificate of a PEM text.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    let blocks = pem_blocks(pem).into_iter().filter(|(label, _)| label == "CERTIFICATE");
    blocks.map(|(_, der)| Certificate::from_der(&der)).collect()
}

/// Every block of a PEM text, whatever its label.
pub(crate) fn pem_blocks(pem: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut blocks = Vec::new();
    let mut current: Option<(String, String)> = None;
    for line in String::from_utf8_lossy(pem).lines() {
        if let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) {
            current = Some((label.to_owned(), String::new()));
        } else if line.starts_with("-----END ") {
            blocks.extend(current.take().map(|(label, body)| (label, base64(&body))));
        } else if let Some((_, body)) = &mut current {
            body.push_str(line.trim());
        }
    }
    blocks
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("no base64: {other}"),
    };
    let digits: Vec<u32> = text.bytes().filter(|byte| *byte != b'=').map(value).collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Accepted,
    Refused,
    /// The suite says that its own tool cannot tell: a refusal is as expected, an acceptance is reported.
    Open,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Refused(String),
    /// Refused because something is not supported: never a refusal that was expected.
    Unsupported(String),
}

impl Outcome {
    pub(crate) fn of(answer: &Result<VerifiedChain, ChainFailure>) -> Self {
        let Err(failure) = answer else { return Self::Accepted };
        match failure.faults().find_map(unsupported) {
            // A real fault beside it refuses just as well.
            Some(what) if failure.faults().all(|fault| unsupported(fault).is_some()) => {
                Self::Unsupported(what)
            }
            _ => Self::Refused(failure.to_string()),
        }
    }
}

fn unsupported(fault: &ChainFault) -> Option<String> {
    match fault {
        ChainFault::UnsupportedConstraint { what, .. } => Some((*what).to_owned()),
        ChainFault::UnsupportedAlgorithm { algorithm, .. } => Some(algorithm.clone()),
        ChainFault::RevocationUnknown { because, .. } => because.iter().find_map(|fault| match fault {
            EvidenceFault::Unsupported { what, .. } => Some(what.clone()),
            _ => None,
        }),
        other => (other.group() == FaultGroup::Unsupported).then(|| other.to_string()),
    }
}

/// One folder of the corpus.
pub(crate) struct Suite {
    name: &'static str,
    cases: Vec<(String, Expected, Outcome)>,
}

impl Suite {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, cases: Vec::new() }
    }

    pub(crate) fn case(&mut self, id: &str, expected: Expected, outcome: Outcome) {
        self.cases.push((format!("{}/{id}", self.name), expected, outcome));
    }
}

/// All folders, compared with the recorded exceptions.
pub(crate) struct Run {
    exceptions: BTreeMap<String, String>,
    met: Vec<String>,
    wrong: Vec<String>,
    complete: Complete,
}

#[derive(PartialEq, Eq)]
enum Complete {
    Yes,
    No,
}

impl Run {
    pub(crate) fn new(exceptions: &str) -> Self {
        let list: Value = serde_json::from_str(exceptions).unwrap();
        let entry = |entry: &Value| {
            for key in ["expected", "reason", "clause"] {
                assert!(!text(&entry[key]).is_empty(), "an exception without {key}");
            }
            let actual = text(&entry["actual"]);
            assert_ne!(actual, "accepted", "a false accept is never an exception");
            (text(&entry["case"]).to_owned(), actual.to_owned())
        };
        let exceptions = list.as_array().unwrap().iter().map(entry).collect();
        Self { exceptions, met: Vec::new(), wrong: Vec::new(), complete: Complete::Yes }
    }

    pub(crate) fn suite(&mut self, suite: Option<Suite>) {
        let Some(suite) = suite else {
            println!("a folder is missing");
            self.complete = Complete::No;
            return;
        };
        let mut unsupported: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut right, mut excepted) = (0_usize, 0_usize);
        for (id, expected, outcome) in &suite.cases {
            match (expected, outcome) {
                (Expected::Accepted, Outcome::Accepted) => right += 1,
                (Expected::Refused | Expected::Open, Outcome::Refused(why)) => {
                    if std::env::var_os("CHANCERY_EXPLAIN").is_some() {
                        println!("  {id}: {why}");
                    }
                    right += 1;
                }
                (Expected::Open, Outcome::Accepted) => {
                    println!("  {id}: accepted, where the suite leaves it open");
                }
                (_, Outcome::Unsupported(what)) => *unsupported.entry(what).or_default() += 1,
                (Expected::Accepted, Outcome::Refused(_)) if self.exceptions.contains_key(id) => {
                    self.met.push(id.clone());
                    excepted += 1;
                }
                (expected, outcome) => {
                    self.wrong.push(format!("{id}: expected {expected:?}, got {outcome:?}"));
                }
            }
        }
        let total = suite.cases.len();
        let skipped: usize = unsupported.values().sum();
        println!(
            "{}: {right} of {total} as expected, {excepted} exceptions, {skipped} unsupported {unsupported:?}",
            suite.name
        );
        assert!(excepted * 100 <= total * 3, "more than 3 % of {} are exceptions", suite.name);
    }

    pub(crate) fn finish(self) {
        for wrong in &self.wrong {
            println!("WRONG {wrong}");
        }
        assert!(self.wrong.is_empty(), "{} cases differ from what is expected", self.wrong.len());
        if self.complete == Complete::Yes {
            let stale: Vec<_> = self.exceptions.keys().filter(|case| !self.met.contains(case)).collect();
            assert!(stale.is_empty(), "exceptions that no longer differ: {stale:?}");
        }
    }
}
