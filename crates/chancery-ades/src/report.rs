//! What a validation says.

use jiff::Timestamp;

use crate::facts::Facts;
use crate::verdict::Reason;
use crate::{Finding, Indication, Severity, SubIndication, Verdict};

/// The report on one signature: the one verdict, and the four parts it rests on.
#[derive(Clone, Debug)]
pub struct SignatureReport {
    pub(crate) kind: SignatureKind,
    pub(crate) name: String,
    pub(crate) signer: Option<String>,
    pub(crate) verdict: Verdict,
    pub(crate) parts: Parts,
}

/// What a report is about.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureKind {
    /// Somebody's signature or seal.
    Signature,
    /// A timestamp over the whole document: it says when the document existed, not that anybody agreed to it.
    DocumentTimestamp,
}

/// The parts of a report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) integrity: Part,
    pub(crate) identity: Part,
    pub(crate) time: Part,
    pub(crate) changes: Part,
    /// What all of them rest on.
    pub(crate) facts: Facts,
}

/// One part of a report: what was found about integrity, identity, time, or changes since the signature.
#[derive(Clone, Debug)]
pub struct Part {
    pub(crate) conclusion: Conclusion,
    pub(crate) statements: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

/// What a part comes to.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Conclusion {
    /// In order.
    Sound,
    /// It cannot be told.
    Unknown,
    /// Not in order.
    Broken,
}

/// Which part of a report something belongs to.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Aspect {
    /// Whether what was signed is what is there.
    Integrity,
    /// Who signed.
    Identity,
    /// When.
    Time,
    /// What happened to the document since.
    Changes,
}

/// Something that makes a verdict worse. A verdict can only be made worse from outside this crate, never better.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restriction {
    /// The best verdict that is still possible.
    pub indication: Indication,
    /// Why.
    pub sub_indication: SubIndication,
    /// The part that it belongs to.
    pub aspect: Aspect,
    /// What was found.
    pub finding: Finding,
}

impl Restriction {
    /// The signature cannot be valid.
    #[must_use]
    pub const fn fails(sub_indication: SubIndication, aspect: Aspect, finding: Finding) -> Self {
        Self { indication: Indication::TotalFailed, sub_indication, aspect, finding }
    }

    /// Whether the signature is valid cannot be told.
    #[must_use]
    pub const fn leaves_open(sub_indication: SubIndication, aspect: Aspect, finding: Finding) -> Self {
        Self { indication: Indication::Indeterminate, sub_indication, aspect, finding }
    }
}

impl Part {
    /// What the part comes to.
    #[must_use]
    pub const fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// What there is to say, in sentences.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.statements
    }

    /// What was found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(crate) fn state(&mut self, statement: impl Into<String>) {
        self.statements.push(statement.into());
    }

    pub(crate) fn worsen(&mut self, conclusion: Conclusion) {
        self.conclusion = self.conclusion.max(conclusion);
    }
}

impl Default for Part {
    fn default() -> Self {
        Self { conclusion: Conclusion::Sound, statements: Vec::new(), findings: Vec::new() }
    }
}

impl SignatureReport {
    /// Whether somebody signed, or a timestamp authority only said when.
    #[must_use]
    pub const fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// What the signature is called: the name of its field, or its number.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who seems to have signed, safe to show. Believe it only if the verdict is [`Verdict::Passed`].
    #[must_use]
    pub fn claimed_signer(&self) -> Option<&str> {
        self.signer.as_deref()
    }

    /// The one answer.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Whether what was signed is what is there.
    #[must_use]
    pub const fn integrity(&self) -> &Part {
        &self.parts.integrity
    }

    /// Who signed.
    #[must_use]
    pub const fn identity(&self) -> &Part {
        &self.parts.identity
    }

    /// When.
    #[must_use]
    pub const fn time(&self) -> &Part {
        &self.parts.time
    }

    /// What happened to the document since.
    #[must_use]
    pub const fn changes(&self) -> &Part {
        &self.parts.changes
    }

    /// What the verdict rests on: certificates, timestamps, times.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.parts.facts
    }

    /// Every finding of every part.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let Parts { integrity, identity, time, changes, .. } = &self.parts;
        [integrity, identity, time, changes].into_iter().flat_map(|part| &part.findings)
    }

    /// The report on a signature that could not even be checked, for one reason.
    #[must_use]
    pub fn unchecked(name: String, restriction: Restriction) -> Self {
        let Restriction { indication, sub_indication, aspect, finding } = restriction;
        let reason = Reason::new(sub_indication, finding.text.clone())
            .with_help(finding.help.as_deref().map(Into::into));
        let verdict = match indication {
            Indication::TotalFailed => Verdict::Failed(reason),
            Indication::Indeterminate | Indication::TotalPassed => Verdict::Indeterminate(reason),
        };
        let kind = SignatureKind::Signature;
        let report = Self { kind, name, signer: None, verdict, parts: Parts::default() };
        report.restrict(Restriction { indication, sub_indication, aspect, finding })
    }

    /// Makes the verdict worse, if it is not as bad already, and notes why.
    #[must_use]
    pub fn restrict(mut self, restriction: Restriction) -> Self {
        let Restriction { indication, sub_indication, aspect, finding } = restriction;
        let reason = Reason::new(sub_indication, finding.text.clone())
            .with_help(finding.help.as_deref().map(Into::into));
        if indication > self.verdict.indication() {
            self.verdict = match indication {
                Indication::TotalPassed => self.verdict,
                Indication::Indeterminate => Verdict::Indeterminate(reason),
                Indication::TotalFailed => Verdict::Failed(reason),
            };
        }
        let part = self.part(aspect);
        part.worsen(match indication {
            Indication::TotalPassed => Conclusion::Sound,
            Indication::Indeterminate => Conclusion::Unknown,
            Indication::TotalFailed => Conclusion::Broken,
        });
        part.findings.push(finding);
        self
    }

    /// Notes something that does not change the verdict.
    #[must_use]
    pub fn note(mut self, aspect: Aspect, finding: Finding) -> Self {
        self.part(aspect).findings.push(finding);
        self
    }

    /// Says something in one of the parts.
    #[must_use]
    pub fn state(mut self, aspect: Aspect, statement: impl Into<String>) -> Self {
        self.part(aspect).state(statement);
        self
    }

    const fn part(&mut self, aspect: Aspect) -> &mut Part {
        match aspect {
            Aspect::Integrity => &mut self.parts.integrity,
            Aspect::Identity => &mut self.parts.identity,
            Aspect::Time => &mut self.parts.time,
            Aspect::Changes => &mut self.parts.changes,
        }
    }
}

/// The report on a document or message with all its signatures. Prints as a tree for people; [`Report::to_json`]
/// for programs.
#[derive(Clone, Debug)]
pub struct Report {
    at: Timestamp,
    signatures: Vec<SignatureReport>,
    findings: Vec<Finding>,
}

impl Report {
    /// Gathers the reports on the signatures, in the order in which they were made, and what was found beside.
    #[must_use]
    pub const fn new(at: Timestamp, signatures: Vec<SignatureReport>, findings: Vec<Finding>) -> Self {
        Self { at, signatures, findings }
    }

    /// The moment of validation.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The signatures, and the timestamps over the document among them: ask each for its
    /// [kind](SignatureReport::kind).
    #[must_use]
    pub fn signatures(&self) -> &[SignatureReport] {
        &self.signatures
    }

    /// What was found beside the signatures.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Every finding, of the document and of its signatures.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.signatures.iter().flat_map(SignatureReport::findings))
    }

    /// Whether anybody signed at all: a document that was only timestamped has no signature to pass.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signatures.iter().any(|signature| signature.kind == SignatureKind::Signature)
    }

    /// The verdict on the whole: that of the worst signature or document timestamp, `None` if there is no signature. An error among the
    /// [findings](Report::findings) beside the signatures keeps the whole from passing.
    #[must_use]
    pub fn indication(&self) -> Option<Indication> {
        let worst = self.signatures.iter().map(|signature| signature.verdict.indication()).max()?;
        let errors = self.findings.iter().any(|finding| finding.severity == Severity::Error);
        Some(if errors { worst.max(Indication::Indeterminate) } else { worst })
    }
}
