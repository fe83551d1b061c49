//! Differences between our verdict and another's, and the file that explains them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::case::{Case, Verdict};

/// One explanation of `differences.json`: it covers a difference when everything that it names is so.
pub struct Explanation {
    judge: String,
    ours: Vec<String>,
    theirs: Vec<String>,
    traits: Vec<String>,
    /// Judges that must be of our opinion for it to count: where a trait alone would cover too much.
    agree: Vec<String>,
    pub cause: String,
    pub right: String,
    pub clause: String,
    pub cases: Vec<String>,
}

/// What everybody said of every case.
pub struct Opinions {
    pub cases: Vec<Case>,
    pub ours: Vec<Verdict>,
    pub theirs: BTreeMap<&'static str, Vec<Verdict>>,
}

/// What the other judges said, counted.
#[derive(Default)]
pub struct Tally {
    pub valid: u64,
    pub invalid: u64,
    pub unasked: u64,
    pub explained: u64,
    pub unexplained: Vec<String>,
}

/// Reads the file.
pub fn explanations(text: &str) -> Result<Vec<Explanation>, String> {
    let list: Value = serde_json::from_str(text).map_err(|error| format!("differences.json: {error}"))?;
    list.as_array().ok_or("differences.json is no list")?.iter().map(explanation).collect()
}

fn explanation(value: &Value) -> Result<Explanation, String> {
    let text = |field: &str| {
        value[field]
            .as_str()
            .filter(|text| !text.is_empty())
            .map(String::from)
            .ok_or(format!("{field} is missing in {value}"))
    };
    let texts = |field: &str| match &value[field] {
        Value::String(one) => vec![one.clone()],
        other => {
            other.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(String::from)).collect()
        }
    };
    let (ours, theirs, traits, agree) = (texts("ours"), texts("theirs"), texts("traits"), texts("agree"));
    if ours.is_empty() || theirs.is_empty() || traits.is_empty() {
        return Err(format!("an explanation says nothing of ours, theirs or traits: {value}"));
    }
    let (judge, cause, right, clause) = (text("judge")?, text("cause")?, text("right")?, text("clause")?);
    if !["we", "they", "both", "neither"].contains(&right.as_str()) {
        return Err(format!("who is right? {right}"));
    }
    Ok(Explanation { judge, ours, theirs, traits, agree, cause, right, clause, cases: Vec::new() })
}

impl Explanation {
    fn covers(&self, opinions: &Opinions, judge: &str, at: usize) -> bool {
        let (case, ours, theirs) = (&opinions.cases[at], &opinions.ours[at], &opinions.theirs[judge][at]);
        let says = |list: &[String], verdict: &Verdict| {
            list.iter().any(|word| match verdict {
                Verdict::Invalid(reason) => reason.contains(word.as_str()),
                Verdict::Valid => word == "valid",
                Verdict::Unasked => false,
            })
        };
        self.judge == judge
            && says(&self.ours, ours)
            && says(&self.theirs, theirs)
            && self.agree.iter().all(|one| {
                opinions.theirs.get(one.as_str()).is_none_or(|list| list[at].holds() == ours.holds())
            })
            && self.traits.iter().any(|one| case.traits.contains(&one.as_str()) || case.id == *one)
    }
}

/// Compares the verdicts of one judge with ours.
pub fn compare(opinions: &Opinions, judge: &str, explanations: &mut [Explanation]) -> Tally {
    let mut tally = Tally::default();
    for (at, case) in opinions.cases.iter().enumerate() {
        let (ours, theirs) = (&opinions.ours[at], &opinions.theirs[judge][at]);
        match (ours.holds(), theirs.holds()) {
            (_, None) | (None, _) => tally.unasked += 1,
            (Some(true), Some(true)) => tally.valid += 1,
            (Some(false), Some(false)) => tally.invalid += 1,
            _ => match explanations.iter_mut().find(|one| one.covers(opinions, judge, at)) {
                Some(found) => {
                    tally.explained += 1;
                    found.cases.push(case.id.clone());
                }
                None => tally.unexplained.push(format!(
                    "{}: {judge} says {theirs}, we say {ours} ({})",
                    case.id,
                    case.traits.join(", ")
                )),
            },
        }
    }
    tally
}

/// How often each reason was given, by word.
pub fn reasons(verdicts: &[Verdict]) -> BTreeMap<String, u64> {
    verdicts.iter().fold(BTreeMap::new(), |mut counts, verdict| {
        *counts.entry(verdict.to_string()).or_default() += 1;
        counts
    })
}
