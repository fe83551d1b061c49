//! The changes of all later revisions as one signature sees them: told one by one as long as they are few of a kind, and
//! counted beyond that, so that the report of a thousand signatures in a thousand revisions stays short.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chancery_ades::{Finding, Place, SignatureReport};

use super::RevisionChanges;
use super::allowance::{Allowance, Answerable};
use super::found::{Found, Need};
use super::locked::Locked;
use crate::certification::ChangesAllowed;
use crate::lock::Lock;

/// So many changes are told to all signatures together,
const MOST: usize = 1 << 14;
/// but at least so many of each kind, judged alike, to each.
const LEAST_OF_A_KIND: usize = 16;

/// What came after the signatures, by kind.
pub(crate) struct Later {
    /// Changes that are judged alike unless a lock says otherwise.
    kinds: BTreeMap<(&'static str, Need, Answerable), Kind>,
    most_of_a_kind: usize,
}

/// Changes of one kind, by revision.
struct Kind {
    changes: Vec<Change>,
    /// The same by what was changed: the places in `changes`. What was changed last comes first.
    things: Vec<Vec<usize>>,
}

struct Change {
    /// Counted from 0.
    revision: usize,
    found: Found,
}

/// What a change is about: a field by its full name, or another object. What is neither is a thing of its own.
#[derive(Eq, Hash, PartialEq)]
enum Thing {
    Field(String),
    Object(u32),
    Change(usize),
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
        let kinds = kinds.into_iter().map(|(kind, changes)| (kind, Kind::new(changes))).collect();
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
        for ((_, _, answerable), kind) in &self.kinds {
            for Told { each, left } in kind.told(revision, &names, self.most_of_a_kind) {
                told.extend(each.into_iter().map(|found| (*answerable, found)));
                counted.extend(left.map(|found| (*answerable, found)));
            }
        }
        told.sort_by_key(|(_, (revision, _))| *revision);
        let allowance = |answerable| Allowance { document: allowed, locks: &names, answerable };
        for (answerable, (_, found)) in told {
            report = allowance(answerable).apply(report, &found, found.finding.clone());
        }
        for (answerable, found) in counted {
            report = allowance(answerable).apply(report, &found, found.finding.clone());
        }
        report
    }

    /// What was changed and may be too much to be told to each signature, but may have been allowed: told once, so that
    /// nothing hides in a crowd.
    pub(crate) fn crowds(&self) -> Vec<Finding> {
        let allowable = |need| matches!(need, Need::Nothing | Need::Filling | Need::Annotating);
        let crowds = self
            .kinds
            .iter()
            .filter(|((_, need, _), kind)| allowable(*need) && kind.things.len() > self.most_of_a_kind);
        let named =
            |found: &Found| found.field.is_some() || matches!(found.finding.place, Some(Place::Object(_)));
        let all = crowds.flat_map(|(_, kind)| kind.things.iter().filter_map(|thing| kind.together(thing)));
        all.filter(|(_, found)| named(found)).map(|(_, found)| found.finding).collect()
    }
}

/// What is told of the changes of one kind that are judged alike: those that are told one by one, with their revisions,
/// and what is said of the rest.
struct Told {
    each: Vec<(usize, Found)>,
    left: Option<Found>,
}

impl Kind {
    fn new(mut changes: Vec<Change>) -> Self {
        changes.sort_by_key(|change| change.revision);
        let mut things: HashMap<Thing, Vec<usize>> = HashMap::new();
        for (place, change) in changes.iter().enumerate() {
            things.entry(Thing::of(place, change)).or_default().push(place);
        }
        let mut things: Vec<Vec<usize>> = things.into_values().collect();
        things.sort_by_key(|places| Reverse(places.last().copied()));
        Self { changes, things }
    }

    /// What came after a revision, apart by whether a lock forbids it.
    fn told(&self, revision: usize, locks: &[Locked<'_>], most: usize) -> [Told; 2] {
        let first = self.changes.partition_point(|change| change.revision <= revision);
        let mut later = self.things.iter().map_while(|places| {
            let before = places.partition_point(|place| *place < first);
            places.get(before..).filter(|places| !places.is_empty())
        });
        let [mut free, mut locked] = [Alike::default(), Alike::default()];
        if locks.is_empty() {
            // Of how many things is known without asking each.
            free.count = self.changes.len().saturating_sub(first);
            free.things = self.things.partition_point(|places| places.last() >= Some(&first));
            free.told.extend(later.by_ref().take(most));
            free.next = later.next();
        } else {
            for places in later {
                let change = places.last().and_then(|place| self.changes.get(*place));
                let is_locked =
                    change.is_some_and(|change| locks.iter().any(|lock| lock.forbids(&change.found)));
                if is_locked { &mut locked } else { &mut free }.thing(places, most);
            }
        }
        [free, locked].map(|alike| self.tell(&alike, most))
    }

    fn tell(&self, alike: &Alike<'_>, most: usize) -> Told {
        if alike.count <= most {
            let mut places: Vec<usize> = alike.told.iter().copied().flatten().copied().collect();
            places.sort_unstable();
            let changes = places.into_iter().filter_map(|place| self.changes.get(place));
            let each = changes.map(|change| (change.revision, change.found.clone())).collect();
            return Told { each, left: None };
        }
        let each = alike.told.iter().rev().filter_map(|places| self.together(places)).collect();
        Told { each, left: self.left(alike) }
    }

    /// All changes of one thing in one finding: what became of it last, and what happened to it first.
    fn together(&self, places: &[usize]) -> Option<(usize, Found)> {
        let change = |place: Option<&usize>| self.changes.get(*place?);
        let (first, last) = (change(places.first())?, change(places.last())?);
        let mut found = last.found.clone();
        if places.len() > 1 {
            found.finding.text = format!(
                "{}; the last of {} changes of this kind since revision {}, where {}",
                found.finding.text,
                places.len(),
                first.revision + 1,
                first.found.finding.text
            );
        }
        Some((last.revision, found))
    }

    /// The changes of all things that are not told one by one.
    fn left(&self, alike: &Alike<'_>) -> Option<Found> {
        let things = alike.things.checked_sub(alike.told.len()).filter(|left| *left > 0)?;
        let told: usize = alike.told.iter().map(|places| places.len()).sum();
        let next = self.changes.get(*alike.next?.last()?)?;
        let mut found = next.found.clone();
        found.finding.place = Some(Place::Revision(next.revision + 1));
        found.finding.text = format!(
            "and {} more of this kind, of {things} fields or objects, the last one before: {}",
            alike.count.saturating_sub(told),
            found.finding.text
        );
        Some(found)
    }
}

/// The things whose changes are judged alike: the last that are told, and how many there are of all.
#[derive(Default)]
struct Alike<'k> {
    told: Vec<&'k [usize]>,
    /// The last one that is not told.
    next: Option<&'k [usize]>,
    things: usize,
    count: usize,
}

impl<'k> Alike<'k> {
    fn thing(&mut self, places: &'k [usize], most: usize) {
        if self.told.len() < most {
            self.told.push(places);
        } else {
            self.next = self.next.or(Some(places));
        }
        self.things += 1;
        self.count += places.len();
    }
}

impl Thing {
    fn of(place: usize, Change { found, .. }: &Change) -> Self {
        match (&found.field, &found.finding.place) {
            (Some(field), _) => Self::Field(field.clone()),
            (None, Some(Place::Object(number))) => Self::Object(*number),
            _ => Self::Change(place),
        }
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
            "and 984 more of this kind, of 984 fields or objects, the last one before: a signature 984"
        );
        assert_eq!(told(&later, 984, &[]).len(), LEAST_OF_A_KIND);
        assert_eq!(told(&later, 983, &[]).len(), LEAST_OF_A_KIND + 1);
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

    /// One field that is filled again and again hides no other.
    #[test]
    fn every_field_is_named_however_often_another_changes() {
        let filled = |field: &str, text: String| {
            let finding = Finding::information("field-filled", text);
            Found { need: Need::Filling, field: Some(field.to_owned()), finding }
        };
        let mut all = Vec::new();
        for revision in 1..=40 {
            let found = match revision {
                20 => filled("price", "9000".to_owned()),
                _ => filled("remark", format!("the value {revision}")),
            };
            all.push(RevisionChanges { revision, answerable: Answerable::Signer, found: vec![found] });
        }
        let later = Later::new(all, 1_000);
        let texts: Vec<String> = told(&later, 0, &[]).into_iter().map(|finding| finding.text).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert_eq!(texts[0], "9000");
        assert!(texts[1].contains("the value 40") && texts[1].contains("the value 1"), "{texts:?}");
        assert!(later.crowds().is_empty());
    }

    /// A crowd of fields that is too large for each signature is told once.
    #[test]
    fn a_crowd_of_fields_hides_none() {
        let all = revisions(1_000, Need::Filling);
        let later = Later::new(all, 1_000);
        assert_eq!(told(&later, 0, &[]).len(), LEAST_OF_A_KIND + 1);
        let crowd = later.crowds();
        for number in 1..=1_000 {
            assert!(crowd.iter().any(|finding| finding.text == format!("a signature {number}")), "{number}");
        }
    }
}
