//! The changes of all later revisions as one signature sees them: told one by one as long as they are few of a kind, and
//! counted beyond that, so that the report of a thousand signatures in a thousand revisions stays short.

use std::collections::BTreeMap;

use chancery_ades::{Finding, Place, SignatureReport};

use super::RevisionChanges;
use super::allowance::{Allowance, Answerable};
use super::found::{Found, Need};
use super::locked::Locked;
use crate::certification::ChangesAllowed;
use crate::lock::Lock;

/// So many changes are told one by one to all signatures together,
const MOST: usize = 1 << 14;
/// but at least so many of each kind, judged alike, to each.
const LEAST_OF_A_KIND: usize = 16;

/// What came after the signatures, by kind.
pub(crate) struct Later {
    /// Changes that are judged alike unless a lock says otherwise, by revision.
    kinds: BTreeMap<(&'static str, Need, Answerable), Vec<Change>>,
    most_of_a_kind: usize,
}

struct Change {
    /// Counted from 0.
    revision: usize,
    found: Found,
}

impl Later {
    /// For so many signatures.
    pub(crate) fn new(all: Vec<RevisionChanges>, signatures: usize) -> Self {
        let mut kinds: BTreeMap<_, Vec<Change>> = BTreeMap::new();
        for RevisionChanges { revision, answerable, mut found } in all {
            let place = Place::Revision(revision + 1);
            if found.is_empty() {
                let finding = Finding::information("later-revision", "a later revision changes nothing");
                found.push(Found { need: Need::Nothing, field: None, finding });
            }
            for mut found in found {
                if found.finding.place.is_none() {
                    found.finding = found.finding.at(place.clone());
                }
                let kind = (found.finding.kind, found.need, answerable);
                kinds.entry(kind).or_default().push(Change { revision, found });
            }
        }
        kinds.values_mut().for_each(|changes| changes.sort_by_key(|change| change.revision));
        let most_of_a_kind = (MOST / signatures.max(1)).max(LEAST_OF_A_KIND);
        Self { kinds, most_of_a_kind }
    }

    /// Tells the report of the signature of a revision what came after it, and makes its verdict worse where that was not
    /// allowed.
    pub(crate) fn apply(
        &self,
        mut report: SignatureReport,
        revision: usize,
        allowed: Option<ChangesAllowed>,
        locks: &[Lock],
    ) -> SignatureReport {
        let names: Vec<Locked<'_>> = locks.iter().map(Locked::new).collect();
        let (mut told, mut counted) = (Vec::new(), Vec::new());
        for ((_, _, answerable), changes) in &self.kinds {
            let later = changes.partition_point(|change| change.revision <= revision);
            let later = changes.get(later..).unwrap_or_default();
            let [mut free, mut locked] = [Alike::new(self.most_of_a_kind), Alike::new(self.most_of_a_kind)];
            if names.is_empty() {
                free.all(later);
            } else {
                for change in later {
                    let is_locked = names.iter().any(|lock| lock.forbids(&change.found));
                    if is_locked { &mut locked } else { &mut free }.one(change);
                }
            }
            for alike in [free, locked] {
                counted.extend(alike.summary().map(|found| (*answerable, found)));
                told.extend(alike.first.into_iter().map(|change| (*answerable, change)));
            }
        }
        told.sort_by_key(|(_, change)| change.revision);
        let allowance = |answerable| Allowance { document: allowed, locks: &names, answerable };
        for (answerable, Change { found, .. }) in told {
            report = allowance(answerable).apply(report, found, found.finding.clone());
        }
        for (answerable, found) in counted {
            report = allowance(answerable).apply(report, &found, found.finding.clone());
        }
        report
    }
}

/// Changes of one kind that are judged alike.
struct Alike<'c> {
    most: usize,
    first: Vec<&'c Change>,
    last: Option<&'c Change>,
    count: usize,
}

impl<'c> Alike<'c> {
    const fn new(most: usize) -> Self {
        Self { most, first: Vec::new(), last: None, count: 0 }
    }

    fn one(&mut self, change: &'c Change) {
        if self.first.len() < self.most {
            self.first.push(change);
        }
        self.last = Some(change);
        self.count += 1;
    }

    fn all(&mut self, changes: &'c [Change]) {
        self.first.extend(changes.iter().take(self.most));
        self.last = changes.last();
        self.count = changes.len();
    }

    /// What is not told one by one, judged as the last of them is.
    fn summary(&self) -> Option<Found> {
        let left = self.count.checked_sub(self.first.len()).filter(|left| *left > 0)?;
        let last = self.last?;
        let mut found = last.found.clone();
        let revision = last.revision + 1;
        found.finding.text = format!(
            "and {left} more of this kind, up to revision {revision}; the last one: {}",
            found.finding.text
        );
        found.finding.place = Some(Place::Revision(revision));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use chancery_ades::{Aspect, Restriction, Severity, SubIndication};

    use super::*;
    use crate::lock::FieldLock;

    fn found(need: Need, number: usize) -> Found {
        let finding = match need {
            Need::Unexplained => Finding::warning("object-changed", "an object was changed"),
            _ => Finding::information("signature-added", format!("a signature {number}")),
        };
        Found { need, field: Some(format!("field{number}")), finding }
    }

    fn revisions(count: usize, need: Need) -> Vec<RevisionChanges> {
        let revision = |revision| RevisionChanges {
            revision,
            answerable: Answerable::Signer,
            found: vec![found(need, revision)],
        };
        (1..=count).map(revision).collect()
    }

    fn told(later: &Later, revision: usize, locks: &[Lock]) -> Vec<Finding> {
        let nothing = Finding::information("nothing", "");
        let restriction = Restriction::leaves_open(SubIndication::Generic, Aspect::Integrity, nothing);
        let report = SignatureReport::unchecked("Signature".into(), restriction);
        later.apply(report, revision, None, locks).changes().findings().to_vec()
    }

    #[test]
    fn few_changes_are_told_one_by_one_in_their_order() {
        let later = Later::new(revisions(40, Need::Signing), 2);
        let texts: Vec<String> = told(&later, 10, &[]).into_iter().map(|finding| finding.text).collect();
        assert_eq!(texts, (11..=40).map(|number| format!("a signature {number}")).collect::<Vec<_>>());
        assert!(told(&later, 40, &[]).is_empty());
    }

    #[test]
    fn a_thousand_signatures_are_told_in_few_words() {
        let later = Later::new(revisions(1_000, Need::Signing), 1_000);
        let findings = told(&later, 0, &[]);
        assert_eq!(findings.len(), LEAST_OF_A_KIND + 1);
        let last = findings.last().unwrap();
        assert_eq!(
            last.text,
            "and 984 more of this kind, up to revision 1001; the last one: a signature 1000"
        );
        assert_eq!(told(&later, 984, &[]).len(), LEAST_OF_A_KIND);
    }

    /// What is not told one by one is judged all the same.
    #[test]
    fn a_change_among_a_thousand_that_is_not_allowed_is_not_lost() {
        let mut all = revisions(1_000, Need::Signing);
        all.last_mut().unwrap().found = vec![found(Need::Unexplained, 0)];
        let findings = told(&Later::new(all, 1_000), 0, &[]);
        assert!(findings.iter().any(|finding| finding.kind == "object-changed"));
        // The same kind of change, of which a lock forbids one.
        let lock = Lock { fields: FieldLock::Only(vec!["field999".into()]), allowed: None };
        let findings = told(&Later::new(revisions(1_000, Need::Signing), 1_000), 0, &[lock]);
        let broken: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(broken.len() == 1 && broken[0].kind == "field-lock-broken", "{findings:?}");
        assert!(broken[0].text.starts_with("a signature 999,"));
    }
}
