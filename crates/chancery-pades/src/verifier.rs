//! Judging the signatures of a PDF.

use std::collections::HashMap;

use chancery_ades::{Aspect, Conclusion, Finding, Place, Policy, Report, SignatureReport};
use chancery_digest::Source;
use chancery_key::Password;
use chancery_pdf::{Document, Object};
use jiff::Timestamp;

use crate::ambiguity::Observation;
use crate::certification::{ChangesAllowed, allowed_by, changes_allowed};
use crate::certification_binding::{self, Earlier};
use crate::changeable::{self, Seen};
use crate::changes::{self, Later};
use crate::form::Field;
use crate::in_force::locks_of;
use crate::lock_budget::LockBudget;
use crate::placed;
use crate::scan::{self, Wanted};
use crate::security_store;
use crate::structure::{Covered, Kind, Misplaced, Placed};
use crate::together::Together;
use crate::unlisted::{Search, Unlisted};
use crate::{PadesError, forgotten, opening, particulars, seed_values, usage_rights};

/// So much of what divides readers is told to each signature.
const MOST_RESTRICTIONS: usize = 16;

/// Verifies the signatures of PDF files.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chancery_ades::{Policy, Verdict};
/// use chancery_chain::{RevocationPolicy, TrustAnchors};
/// use chancery_pades::PdfVerifier;
///
/// let anchors = TrustAnchors::from_pem(&std::fs::read("roots.pem")?)?;
/// let policy = Policy::new(anchors, RevocationPolicy::Require);
/// let pdf = std::fs::read("contract-signed.pdf")?;
/// let report = PdfVerifier::new(&policy).verify_at(&pdf, "2026-11-21T12:00:00Z".parse()?)?;
/// for signature in report.signatures() {
///     match signature.verdict() {
///         Verdict::Passed(proof) => println!("{} signed before {}", proof.signer().display_name(), proof.time()),
///         Verdict::Indeterminate(why) => println!("{}: cannot tell: {why}", signature.name()),
///         Verdict::Failed(why) => println!("{}: not valid: {why}", signature.name()),
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Copy, Clone)]
pub struct PdfVerifier<'a> {
    policy: &'a Policy,
    password: Option<&'a Password>,
}

impl<'a> PdfVerifier<'a> {
    /// Judges by this policy.
    #[must_use]
    pub const fn new(policy: &'a Policy) -> Self {
        Self { policy, password: None }
    }

    /// The password of an encrypted document; the empty one is tried without being told.
    #[must_use]
    pub const fn password(mut self, password: &'a Password) -> Self {
        self.password = Some(password);
        self
    }

    /// Judges every signature of a document at a moment. The bytes are read once, whatever the number of
    /// signatures.
    ///
    /// # Errors
    /// If the document cannot be read. A bad signature is a verdict in the report.
    pub fn verify_at(&self, pdf: &dyn Source, at: Timestamp) -> Result<Report, PadesError> {
        let document = opening::document(pdf, self.password)?;
        let stored = security_store::evidence(&document.latest())?;
        let mut at_hand = stored.clone();
        at_hand.extend(self.policy.known_evidence().clone());
        let (signed, placed) = placed::all(&document)?;
        let wanted: Vec<Wanted> = placed.iter().flatten().map(Placed::wanted).collect();
        let mut search = Search::new(&document);
        let digests = scan::digests_and(pdf, &wanted, |offset, bytes| search.look_through(offset, bytes))?;
        let unlisted = search.finish();
        let mut digests = digests.into_iter();
        let mut together = Together::new(&document, &stored, &at_hand);
        for (place, (field, placed)) in signed.iter().zip(&placed).enumerate() {
            if let Ok(placed) = placed {
                together.add(place, field, placed, &digests.next().unwrap_or_default());
            }
        }
        let mut judged = together.judge(self.policy, at)?;

        let covered = || placed.iter().flatten().map(|placed| placed.covered);
        let first_signed = covered().map(|covered| covered.revision).min();
        let last_signed = covered().map(|covered| covered.revision).max();
        let signed_end = covered().map(|covered| covered.end).max().unwrap_or_default();
        let answered = answered(&placed, &judged);
        let latest = document.latest();
        let looked_at = last_signed.and_then(|revision| document.at(revision)).unwrap_or(latest);
        let mut seen = Seen::until(looked_at.revision());
        let changes = first_signed
            .map_or(Ok(Vec::new()), |first| changes::since(&document, first, answered, &mut seen))?;
        let changes = Later::new(changes, placed.iter().flatten().count());
        let observations = Observation::all(&document)?;

        let mut reports = Vec::new();
        let mut budget = LockBudget::new();
        for (place, (field, placed)) in signed.iter().zip(placed).enumerate() {
            let placed = match placed {
                Ok(placed) => placed,
                Err(misplaced) => {
                    let report = SignatureReport::unchecked(field.name.clone(), misplaced.restriction);
                    reports.push((usize::MAX, report));
                    continue;
                }
            };
            let no_signer =
                || SignatureReport::unchecked(field.name.clone(), Misplaced::no_signer().restriction);
            let report = judged.remove(&place).unwrap_or_else(no_signer);
            let report = tell_date(report, &placed);
            let report = judge_changes(&document, report, (field, &placed), &changes, &mut budget)?;
            let Covered { revision, end, .. } = placed.covered;
            let earlier = if Some(revision) > first_signed { Earlier::Signed } else { Earlier::Nobody };
            let reference = field.value.as_ref().and_then(Object::as_reference);
            let odd = certification_binding::of_signature(
                &document,
                revision,
                (reference, &placed.dictionary),
                earlier,
            )?;
            let report =
                odd.into_iter().fold(report, |report, finding| report.note(Aspect::Changes, finding));
            let restrictions =
                observations.iter().filter_map(|observation| observation.restriction(end, signed_end));
            let restrictions =
                restrictions.chain(unlisted.iter().filter_map(|one| one.restriction(revision, last_signed)));
            // All of them are told of the document.
            let restrictions = restrictions.take(MOST_RESTRICTIONS);
            reports.push((revision, restrictions.fold(report, SignatureReport::restrict)));
        }
        reports.sort_by_key(|(revision, _)| *revision);
        let reports: Vec<SignatureReport> = reports.into_iter().map(|(_, report)| report).collect();
        let mut findings: Vec<Finding> =
            observations.into_iter().map(|observation| observation.finding).collect();
        findings.extend(unlisted.iter().map(Unlisted::finding));
        findings.extend(changes.crowds());
        findings.extend(forgotten::tell(&document, &signed)?);
        findings.extend(usage_rights::tell(&document)?);
        findings.extend(certification_binding::of_document(&document)?);
        if !reports.is_empty() {
            findings.extend(changeable::tell(&looked_at, seen)?);
        }
        Ok(Report::new(at, reports, findings))
    }
}

/// The last revision for which somebody answers: whose signature holds at least, and not only a timestamp authority's. Who
/// they are, and whether anybody trusts them, is said of their own signature.
fn answered(placed: &[Result<Placed, Misplaced>], judged: &HashMap<usize, SignatureReport>) -> Option<usize> {
    let holds = |place: &usize| {
        judged.get(place).is_some_and(|report| {
            report.facts().signer().is_some() && report.integrity().conclusion() != Conclusion::Broken
        })
    };
    let by_somebody = placed.iter().enumerate().filter_map(|(place, placed)| {
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

fn judge_changes(
    document: &Document<'_>,
    mut report: SignatureReport,
    (field, placed): (&Field, &Placed),
    changes: &Later,
    budget: &mut LockBudget,
) -> Result<SignatureReport, PadesError> {
    let Placed { covered: Covered { revision, end, .. }, dictionary, .. } = placed;
    let revision = *revision;
    let count = document.revisions().len();
    let what_came_later = match count.saturating_sub(revision + 1) {
        0 => "the document as it is now".to_owned(),
        1 => "one more was appended later".to_owned(),
        later => format!("{later} more were appended later"),
    };
    let covers = format!("covers revision {} of {count}: {what_came_later}", revision + 1);
    report = report.state(Aspect::Changes, covers);
    let length = document.source().len();
    if revision + 1 == count && *end < length {
        let text = format!("{} bytes at the end of the file are not covered", length - end);
        report = report
            .note(Aspect::Changes, Finding::warning("end-not-covered", text).at(Place::Bytes(*end, length)));
    }
    let view = document.at(revision);
    let locks = view.as_ref().map_or(Ok(Vec::new()), |view| locks_of(view, field, dictionary, budget))?;
    let allowed = match &view {
        // The strictest of what the catalog and the signature itself say.
        Some(view) => {
            let locked = locks.iter().filter_map(|lock| lock.allowed);
            let certified = [changes_allowed(view)?, allowed_by(view, dictionary)?];
            certified.into_iter().flatten().chain(locked).min()
        }
        None => Some(ChangesAllowed::None),
    };
    report = changes.apply(report, revision, allowed, &locks);
    seed_values::kept::judge(document, report, (field, placed), &locks)
}
