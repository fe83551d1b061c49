//! What became of the edits: counts by verdict and region, and every pass with its reason.

use std::collections::BTreeMap;
use std::fmt;

use chancery_ades::{Indication, Report};

use crate::bases::{Base, Signed};
use crate::edits::Edit;
use crate::message::unsigned_difference;
use crate::regions::Region;

#[derive(Default)]
pub(crate) struct Ledger {
    counts: BTreeMap<Region, BTreeMap<&'static str, usize>>,
    /// Why edits pass, how many of them, and the first.
    passes: BTreeMap<String, (usize, String)>,
    faults: Vec<String>,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn enter(&mut self, base: &Base, edit: &Edit) {
        let file = edit.of(&base.file);
        let region = Region::of(base, edit.start());
        let report = base.judge(&file);
        let verdict = match &report {
            Err(_) => "unreadable",
            Ok(report) => match report.indication() {
                None => "no signature",
                Some(Indication::TotalPassed) => "passed",
                Some(Indication::Indeterminate) => "indeterminate",
                Some(Indication::TotalFailed) => "failed",
            },
        };
        *self.counts.entry(region).or_default().entry(verdict).or_default() += 1;
        let Ok(report) = report else { return };
        let told = || format!("{}, {region}: {edit}", base.name);
        for (name, signature) in passed(&report, base) {
            let same = signature.is_some_and(|signature| signature.same(&base.file, &file));
            if !same {
                self.faults.push(format!("{}: {name} passes over other bytes\n{report}", told()));
                return;
            }
        }
        if report.indication() != Some(Indication::TotalPassed) {
            return;
        }
        match reason(base, edit, &file, &report) {
            Some(reason) => {
                let entry = self.passes.entry(reason).or_insert_with(|| (0, told()));
                entry.0 += 1;
            }
            None => self.faults.push(format!("{}: passes, and nobody knows why\n{report}", told())),
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (region, verdicts) in other.counts {
            for (verdict, count) in verdicts {
                *self.counts.entry(region).or_default().entry(verdict).or_default() += count;
            }
        }
        for (reason, (count, first)) in other.passes {
            self.passes.entry(reason).or_insert((0, first)).0 += count;
        }
        self.faults.extend(other.faults);
    }

    pub(crate) fn faults(&self) -> &[String] {
        &self.faults
    }
}

/// The signatures that pass, and which they are of those that were made.
fn passed<'r>(report: &'r Report, base: &'r Base) -> Vec<(&'r str, Option<&'r Signed>)> {
    let passed = report.signatures().iter().filter(|signature| signature.verdict().proof().is_some());
    passed
        .map(|signature| {
            let name = signature.name();
            (name, base.signatures.iter().find(|signed| signed.name == name))
        })
        .collect()
}

/// Why a document that was edited passes; `None` if nothing explains it. What is signed is the same: that was seen.
fn reason(base: &Base, edit: &Edit, file: &[u8], report: &Report) -> Option<String> {
    if file == base.file {
        return Some("the edit changes nothing".into());
    }
    let last = base.signatures.last()?;
    let gone = base.signatures.len() - report.signatures().len().min(base.signatures.len());
    if base.file.starts_with(file) {
        return Some(format!("the file ends as it once did, {gone} of its signatures are not there yet"));
    }
    if gone > 0 {
        // Whoever cuts off a signature may write something else after the one before; but what they write is judged.
        return (edit.start() >= base.signatures[report.signatures().len() - 1].end)
            .then(|| format!("{gone} signatures were written over{}", findings(report)));
    }
    let message = |file: &[u8]| octets(file.get(last.gap.clone())?);
    if edit.start() < last.end {
        // All that is covered is the same, so the gap is not.
        return Some(match (message(&base.file)?, message(file)?) {
            (one, other) if one == other => "the digits of the message are written otherwise".into(),
            (one, other) if value(&one) == value(&other) => {
                "what stands after the message is not read".into()
            }
            (one, other) => {
                format!("of the message differs {}{}", unsigned_difference(&one, &other)?, findings(report))
            }
        });
    }
    let only_space = file
        .get(base.file.len()..)
        .is_some_and(|rest| rest.iter().all(|byte| b"\0\t\n\x0c\r ".contains(byte)));
    if only_space && file.starts_with(&base.file) {
        return Some("white space at the end".into());
    }
    let told = findings(report);
    (!told.is_empty()).then(|| format!("{}{told}", edit.kind))
}

/// The kinds of what is told of changes beside what is told of the document as it was.
fn findings(report: &Report) -> String {
    let mut kinds: Vec<&str> = report.all_findings().map(|finding| finding.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() { String::new() } else { format!(", told as {}", kinds.join(", ")) }
}

/// The octets of a hexadecimal string, brackets and white space aside.
fn octets(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"<")?.strip_suffix(b">")?;
    let digits: Vec<u8> = text.iter().copied().filter(|byte| !b"\0\t\n\x0c\r ".contains(byte)).collect();
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.chunks(2).map(|pair| Some(value(pair[0])? * 16 + value(*pair.get(1).unwrap_or(&b'0'))?)).collect()
}

/// The one DER value at the beginning.
fn value(octets: &[u8]) -> Option<&[u8]> {
    let count = usize::from(octets.get(1)?.checked_sub(0x80)?);
    let length =
        octets.get(2..2 + count)?.iter().fold(0_usize, |length, &octet| length << 8 | usize::from(octet));
    octets.get(..2 + count + length)
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = ["passed", "indeterminate", "failed", "unreadable", "no signature"];
        write!(f, "{:<16}", "edits")?;
        for verdict in verdicts {
            write!(f, "{verdict:>15}")?;
        }
        writeln!(f)?;
        let mut total = 0;
        for (region, counts) in &self.counts {
            write!(f, "{region:<16}")?;
            for verdict in verdicts {
                let count = counts.get(verdict).copied().unwrap_or(0);
                total += count;
                write!(f, "{count:>15}")?;
            }
            writeln!(f)?;
        }
        writeln!(
            f,
            "{total} edits; why {} pass:",
            self.passes.values().map(|(count, _)| count).sum::<usize>()
        )?;
        for (reason, (count, first)) in &self.passes {
            writeln!(f, "{count:>7}  {reason} (first: {first})")?;
        }
        self.faults.iter().take(20).try_for_each(|fault| writeln!(f, "FAULT: {fault}"))
    }
}
