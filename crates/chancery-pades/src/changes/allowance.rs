//! What a signature allows whoever comes after it: its certification, its locks, and that somebody signs what they did.

use chancery_ades::{Aspect, Finding, Restriction, SignatureReport, SubIndication};

use super::found::{Found, Need};
use super::locked::Locked;
use crate::certification::ChangesAllowed;

/// What a signature allows whoever comes after it.
pub(super) struct Allowance<'a> {
    /// What the certification of the document, or a lock, allows for the whole of it; `None` if neither says anything.
    pub(super) document: Option<ChangesAllowed>,
    pub(super) locks: &'a [Locked<'a>],
    /// Whether somebody stands for the revision.
    pub(super) answerable: Answerable,
}

/// Who answers for what a later revision changed.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Answerable {
    /// Whoever signed it, or a revision after it.
    Signer,
    /// Nobody: anybody may have appended it.
    Nobody,
}

/// The judgement over one change.
enum Judged {
    Allowed,
    /// Nobody forbade it, and nobody allowed it: why, unless the finding says so.
    LeftOpen(&'static str),
    /// The kind of finding, why, and the clause.
    Forbidden(&'static str, &'static str, &'static str),
}

const CERTIFICATION: &str = "ISO 32000-2, 12.8.2.2";
const LOCK: &str = "ISO 32000-2, 12.8.2.4";

impl Allowance<'_> {
    /// Tells a report of a change, and makes its verdict worse if it was not allowed.
    pub(super) fn apply(&self, report: SignatureReport, found: &Found, finding: Finding) -> SignatureReport {
        match self.judge(found) {
            Judged::Allowed => report.note(Aspect::Changes, finding),
            Judged::LeftOpen(why) => {
                let finding = if why.is_empty() { finding } else { open(finding, why) };
                report.restrict(Restriction::leaves_open(SubIndication::Generic, Aspect::Changes, finding))
            }
            Judged::Forbidden(kind, why, clause) => {
                let broken = Finding::error(kind, format!("{}, though {why}", finding.text)).rule(clause);
                let mut broken = broken.on_page(finding.page());
                broken.place = finding.place;
                report.restrict(Restriction::fails(SubIndication::FormatFailure, Aspect::Changes, broken))
            }
        }
    }

    /// Each need against each permission of ISO 32000-2, table 257.
    fn judge(&self, found: &Found) -> Judged {
        use ChangesAllowed::{Annotations, FormFilling};
        let forbidden = |why| Judged::Forbidden("certification-broken", why, CERTIFICATION);
        let locked = self.locks.iter().any(|lock| lock.forbids(found));
        match (found.need, self.document) {
            (Need::Nothing, _) => Judged::Allowed,
            (Need::Unexplained, _) => Judged::LeftOpen(""),
            (Need::Rewriting, Some(ChangesAllowed::None)) => {
                Judged::LeftOpen("though the signature allows no changes")
            }
            (Need::Rewriting, _) => Judged::Allowed,
            (
                Need::Signing | Need::Placing | Need::Filling | Need::Annotating,
                Some(ChangesAllowed::None),
            ) => forbidden("the signature allows no changes"),
            (Need::Annotating, Some(FormFilling)) => {
                forbidden("the signature allows only to fill in forms and to sign")
            }
            (Need::Signing | Need::Placing | Need::Filling, _) if locked => {
                Judged::Forbidden("field-lock-broken", "the signature locks the field", LOCK)
            }
            // Signing is allowed, a new place for it is not (pyHanko and Acrobat agree).
            (Need::Placing, Some(FormFilling)) => {
                Judged::LeftOpen("though the signature allows only to fill in forms and to sign")
            }
            (Need::Signing | Need::Placing, _)
            | (Need::Filling, Some(FormFilling | Annotations))
            | (Need::Annotating, Some(Annotations)) => Judged::Allowed,
            // Who locks some fields leaves the others free.
            (Need::Filling, None) if !self.locks.is_empty() => Judged::Allowed,
            (Need::Filling, None) => match self.answerable {
                Answerable::Signer => Judged::Allowed,
                Answerable::Nobody => Judged::LeftOpen("which nobody allowed and nobody signed"),
            },
            // That a form is filled is what it is for; that a text gets remarks is not.
            (Need::Annotating, None) => Judged::LeftOpen("which nobody allowed"),
        }
    }
}

/// What was done may be harmless, but nobody allowed it.
fn open(finding: Finding, why: &str) -> Finding {
    let text = format!("{}, {why}", finding.text);
    let mut open = Finding::warning(finding.kind, text);
    let page = finding.page();
    open.place = finding.place;
    open.on_page(page)
}
