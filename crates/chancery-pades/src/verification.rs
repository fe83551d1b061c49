//! One document being judged, step by step: where its signatures stand and what became of it since, what its bytes hold,
//! what the signatures are worth, and what all of that means for each of them.

use std::collections::HashMap;

use chancery_ades::{Aspect, Conclusion, Finding, Place, Policy, SignatureReport};
use chancery_chain::Evidence;
use chancery_digest::Digests;
use chancery_pdf::{Document, Object, View};
use jiff::Timestamp;

use crate::ambiguity::Observation;
use crate::certification::{ChangesAllowed, allowed_by, changes_allowed};
use crate::certification_binding::{self, Earlier};
use crate::changes::Later;
use crate::form::Field;
use crate::in_force::locks_of;
use crate::lock::Lock;
use crate::lock_budget::LockBudget;
use crate::past::Past;
use crate::placed::Signatures;
use crate::scan::{self, Wanted};
use crate::security_store;
use crate::structure::{Covered, Kind, Misplaced, Placed};
use crate::together::Together;
use crate::unlisted::{Found, Search, Unlisted};
use crate::{PadesError, changeable, particulars, seed_values, usage_rights};

/// So much of what divides readers is told to each signature.
const MOST_RESTRICTIONS: usize = 16;

/// What each signature is worth by itself, by its place among the fields.
pub(crate) type Judged = HashMap<usize, SignatureReport>;

/// What passed by when the bytes of the file were read, which is done once.
pub(crate) struct Bytes {
    /// What the signatures in their places cover, in their order.
    digests: Vec<Digests>,
    unlisted: Found,
}

impl Bytes {
    /// Reads them all, unless there is no signature.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(document: &Document<'_>, signatures: &Signatures) -> Result<Self, PadesError> {
        let wanted: Vec<Wanted> = signatures.sound().map(Placed::wanted).collect();
        let mut search = Search::new(document);
        let digests = scan::digests_and(document.source(), &wanted, |offset, bytes| {
            search.look_through(offset, bytes)
        })?;
        Ok(Self { digests, unlisted: search.finish() })
    }
}

/// Judges all signatures and timestamps together, without what became of the document since.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn judge_together(
    document: &Document<'_>,
    signatures: &Signatures,
    bytes: &Bytes,
    (policy, at): (&Policy, Timestamp),
) -> Result<Judged, PadesError> {
    let stored = security_store::evidence(&document.latest())?;
    let mut at_hand: Evidence = stored.clone();
    at_hand.extend(policy.known_evidence().clone());
    let mut digests = bytes.digests.iter();
    let mut together = Together::new(document, &stored, &at_hand);
    for (place, (field, placed)) in signatures.iter().enumerate() {
        if let Ok(placed) = placed {
            together.add(place, field, placed, digests.next().unwrap_or(&Digests::default()));
        }
    }
    together.judge(policy, at)
}

/// A document of which everything is known that is told of its signatures.
pub(crate) struct Verification<'d> {
    document: &'d Document<'d>,
    signatures: Signatures,
    extent: Extent,
    changes: Later,
    observations: Vec<Observation>,
    unlisted: Found,
    /// What is told of the document besides.
    told: Vec<Finding>,
}

/// What the signatures cover together.
struct Extent {
    /// The oldest and the newest revision that one covers.
    first: Option<usize>,
    last: Option<usize>,
    /// Where the covered bytes end.
    end: u64,
}

impl Extent {
    fn of(signatures: &Signatures) -> Self {
        let covered = || signatures.sound().map(|placed| placed.covered);
        Self {
            first: covered().map(|covered| covered.revision).min(),
            last: covered().map(|covered| covered.revision).max(),
            end: covered().map(|covered| covered.end).max().unwrap_or_default(),
        }
    }

    /// The newest revision that is signed; if none is, the newest.
    fn last_signed<'d>(&self, document: &'d Document<'d>) -> View<'d> {
        self.last.and_then(|revision| document.at(revision)).unwrap_or_else(|| document.latest())
    }
}

impl<'d> Verification<'d> {
    /// Looks at what is not the matter of one signature.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of(
        document: &'d Document<'d>,
        past: Past<'d>,
        bytes: Bytes,
        judged: &Judged,
    ) -> Result<Self, PadesError> {
        let Past { signatures, changes, mut lookout, had } = past;
        let Bytes { mut unlisted, .. } = bytes;
        let extent = Extent::of(&signatures);
        let last_signed = extent.last_signed(document);
        let mut told = had.tell(document, signatures.fields())?;
        told.extend(usage_rights::tell(document)?);
        told.extend(certification_binding::of_document(document)?);
        if !signatures.fields().is_empty() {
            lookout.look_around(&last_signed)?;
            let (seen, streams) = lookout.finish();
            streams.judge(document, &mut unlisted)?;
            told.extend(changeable::tell(&last_signed, seen)?);
        }
        let answered = answered(&signatures, judged);
        let changes = changes.into_iter().map(|changes| changes.answered(answered)).collect();
        let changes = Later::new(changes, signatures.sound().count());
        let observations = Observation::all(document)?;
        Ok(Self { document, signatures, extent, changes, observations, unlisted, told })
    }

    /// The reports of the signatures, by the revisions that they cover.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn reports(&self, mut judged: Judged) -> Result<Vec<SignatureReport>, PadesError> {
        let mut budget = LockBudget::new();
        let mut reports = Vec::new();
        for (place, (field, placed)) in self.signatures.iter().enumerate() {
            let unchecked = |misplaced: &Misplaced| {
                SignatureReport::unchecked(field.name.clone(), misplaced.restriction.clone())
            };
            reports.push(match placed {
                Err(misplaced) => (usize::MAX, unchecked(misplaced)),
                Ok(placed) => {
                    let report = judged.remove(&place).unwrap_or_else(|| unchecked(&Misplaced::no_signer()));
                    (placed.covered.revision, self.complete(report, field, placed, &mut budget)?)
                }
            });
        }
        reports.sort_by_key(|(revision, _)| *revision);
        Ok(reports.into_iter().map(|(_, report)| report).collect())
    }

    /// What is told of the document.
    pub(crate) fn findings(self) -> Vec<Finding> {
        let Self { observations, unlisted, changes, told, .. } = self;
        let observed = observations.into_iter().map(|observation| observation.finding);
        let unlisted = unlisted.iter().map(Unlisted::finding);
        observed.chain(unlisted).chain(changes.crowds()).chain(told).collect()
    }

    /// Adds to the report of a signature what its place in the document means for it.
    fn complete(
        &self,
        report: SignatureReport,
        field: &Field,
        placed: &Placed,
        budget: &mut LockBudget,
    ) -> Result<SignatureReport, PadesError> {
        let report = self.tell_coverage(tell_date(report, placed), placed.covered);
        let report = self.judge_changes(report, field, placed, budget)?;
        let report = self.tell_certification(report, field, placed)?;
        Ok(self.restrict(report, placed.covered))
    }

    fn tell_coverage(
        &self,
        report: SignatureReport,
        Covered { revision, end, .. }: Covered,
    ) -> SignatureReport {
        let (count, length) = (self.document.revisions().len(), self.document.source().len());
        let later = match count.saturating_sub(revision + 1) {
            0 => "the document as it is now".to_owned(),
            1 => "one more was appended later".to_owned(),
            later => format!("{later} more were appended later"),
        };
        let covers = format!("covers revision {} of {count}: {later}", revision + 1);
        let report = report.state(Aspect::Changes, covers);
        if revision + 1 < count || end >= length {
            return report;
        }
        let text = format!("{} bytes at the end of the file are not covered", length - end);
        report.note(Aspect::Changes, Finding::warning("end-not-covered", text).at(Place::Bytes(end, length)))
    }

    /// Compares what came later with what the signature allows.
    fn judge_changes(
        &self,
        report: SignatureReport,
        field: &Field,
        placed: &Placed,
        budget: &mut LockBudget,
    ) -> Result<SignatureReport, PadesError> {
        let revision = placed.covered.revision;
        let view = self.document.at(revision);
        let locks =
            view.as_ref().map_or(Ok(Vec::new()), |view| locks_of(view, field, &placed.dictionary, budget))?;
        let allowed = match &view {
            Some(view) => strictest(view, placed, &locks)?,
            None => Some(ChangesAllowed::None),
        };
        let report = self.changes.apply(report, revision, allowed, &locks);
        seed_values::kept::judge(self.document, report, (field, placed), &locks)
    }

    fn tell_certification(
        &self,
        report: SignatureReport,
        field: &Field,
        placed: &Placed,
    ) -> Result<SignatureReport, PadesError> {
        let revision = placed.covered.revision;
        let earlier = if Some(revision) > self.extent.first { Earlier::Signed } else { Earlier::Nobody };
        let signature = (field.value.as_ref().and_then(Object::as_reference), &placed.dictionary);
        let odd = certification_binding::of_signature(self.document, revision, signature, earlier)?;
        Ok(odd.into_iter().fold(report, |report, finding| report.note(Aspect::Changes, finding)))
    }

    /// What divides readers of the bytes that it covers, or of what follows.
    fn restrict(&self, report: SignatureReport, covered: Covered) -> SignatureReport {
        let Covered { revision, end, .. } = covered;
        let observed =
            self.observations.iter().filter_map(|observation| observation.restriction(end, self.extent.end));
        // What follows the last revision.
        let marker_end = self.document.revisions().last().map_or(0, |last| last.marker_end);
        let trailing = self.document.source().len().saturating_sub(marker_end.max(self.extent.end));
        let unsigned = (self.extent.last, trailing);
        let unlisted = self.unlisted.iter().filter_map(|one| one.restriction(revision, unsigned));
        // All of them are told of the document.
        observed.chain(unlisted).take(MOST_RESTRICTIONS).fold(report, SignatureReport::restrict)
    }
}

/// The strictest of what the catalog, the signature itself and its locks allow.
fn strictest(view: &View<'_>, placed: &Placed, locks: &[Lock]) -> Result<Option<ChangesAllowed>, PadesError> {
    let locked = locks.iter().filter_map(|lock| lock.allowed);
    let certified = [changes_allowed(view)?, allowed_by(view, &placed.dictionary)?];
    Ok(certified.into_iter().flatten().chain(locked).min())
}

/// The last revision for which somebody answers: whose signature holds at least, and not only a timestamp authority's. Who
/// they are, and whether anybody trusts them, is said of their own signature.
fn answered(signatures: &Signatures, judged: &Judged) -> Option<usize> {
    let holds = |place: &usize| {
        judged.get(place).is_some_and(|report| {
            report.facts().signer().is_some() && report.integrity().conclusion() != Conclusion::Broken
        })
    };
    let by_somebody = signatures.iter().enumerate().filter_map(|(place, (_, placed))| {
        let placed = placed.as_ref().ok().filter(|placed| placed.kind != Kind::DocumentTimestamp)?;
        holds(&place).then_some(placed.covered.revision)
    });
    by_somebody.max()
}

fn tell_date(report: SignatureReport, placed: &Placed) -> SignatureReport {
    match (placed.kind, placed.dictionary.get("M").and_then(Object::as_string)) {
        (Kind::Signature(_) | Kind::OverDigest | Kind::Bare, Some(date)) => {
            let date = date.to_text();
            let date = particulars::time(&date).map_or(date, |moment| moment.to_string());
            let text = format!("the document says that it was signed at {date}, which nothing proves");
            report.state(Aspect::Time, text)
        }
        _ => report,
    }
}
