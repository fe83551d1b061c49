//! What later revisions changed, object by object, by rules that reject by default (pyHanko's difference analysis
//! is the model).
//!
//! Explained are: a further signature in a new or an empty field, long-term data in `/DSS`, document metadata. Every
//! other change leaves open whether the document is still what was signed; which of them a form allows is not judged
//! yet.

mod appearance;
mod data;
mod form;
mod found;
mod holders;
mod judgement;
mod pages;
mod step;
mod values;
mod widgets;

use std::collections::BTreeSet;

use chancery_ades::{Aspect, Finding, Place, Restriction, SignatureReport, SubIndication};
use chancery_pdf::{Document, View};

use crate::PadesError;
use crate::certification::ChangesAllowed;
use crate::form_history::FormHistory;
use crate::lock::Lock;
use crate::references::References;
use found::{Found, Need};
use step::Step;

/// What one revision changed.
pub(crate) struct RevisionChanges {
    /// Counted from 0.
    pub(crate) revision: usize,
    found: Vec<Found>,
}

/// The changes of every revision after `first`.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn since(document: &Document<'_>, first: usize) -> Result<Vec<RevisionChanges>, PadesError> {
    let views: Vec<View<'_>> =
        (first..document.revisions().len()).filter_map(|index| document.at(index)).collect();
    let mut steps = Vec::new();
    for pair in views.windows(2) {
        steps.push(pair[1].changed_since(&pair[0])?);
    }
    let interesting: BTreeSet<u32> = steps.iter().flatten().map(|change| change.number).collect();
    let Some(oldest) = views.first().filter(|_| !steps.is_empty()) else { return Ok(Vec::new()) };
    let mut references = References::of(oldest, &interesting)?;
    let unreadable = references.unreadable();
    let mut form = FormHistory::read(oldest)?;
    let mut all = Vec::new();
    for (pair, changed) in views.windows(2).zip(&steps) {
        let (old, new) = (pair[0], pair[1]);
        let step = Step { old, new, references: &references, form: &form.advance(&new, changed)? };
        let mut found = step.judge(changed)?;
        found.extend(unreadable.map(Found::unreadable));
        all.push(RevisionChanges { revision: new.revision(), found });
        references.add(&new, changed)?;
    }
    Ok(all)
}

impl RevisionChanges {
    /// Tells a report what this revision changed, and makes its verdict worse where that was not allowed.
    pub(crate) fn apply(
        &self,
        report: SignatureReport,
        allowed: Option<ChangesAllowed>,
        locks: &[Lock],
    ) -> SignatureReport {
        let place = Place::Revision(self.revision + 1);
        let tell = |report: SignatureReport, found: &Found| {
            let finding = found.finding.clone();
            let finding = if finding.place.is_none() { finding.at(place.clone()) } else { finding };
            match (found.need, allowed) {
                (Need::Nothing, _) => report.note(Aspect::Changes, finding),
                (Need::Signing, Some(ChangesAllowed::None)) => {
                    let text = format!("{}, though the signature allows no changes", finding.text);
                    let broken = Finding::error("certification-broken", text).rule("ISO 32000-2, 12.8.2.2");
                    report.restrict(Restriction::fails(SubIndication::FormatFailure, Aspect::Changes, broken))
                }
                (Need::Signing, _) if found.is_locked(locks) => {
                    let text = format!("{}, though the signature locks the field", finding.text);
                    let broken = Finding::error("field-lock-broken", text).rule("ISO 32000-2, 12.8.2.4");
                    report.restrict(Restriction::fails(SubIndication::FormatFailure, Aspect::Changes, broken))
                }
                (Need::Signing, _) => report.note(Aspect::Changes, finding),
                (Need::Unexplained, _) => report.restrict(Restriction::leaves_open(
                    SubIndication::Generic,
                    Aspect::Changes,
                    finding,
                )),
            }
        };
        if self.found.is_empty() {
            let finding = Finding::information("later-revision", "a later revision changes nothing");
            return report.note(Aspect::Changes, finding.at(place));
        }
        self.found.iter().fold(report, tell)
    }
}
