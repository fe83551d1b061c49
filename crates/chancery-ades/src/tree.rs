//! Reports for people: the verdict first, what it rests on below, and at the end what would help.

use std::fmt;

use chancery_certificate::printable;

use crate::report::{Conclusion, Part};
use crate::{Finding, Indication, Place, Reason, Report, Severity, SignatureKind, SignatureReport};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.indication() {
            Some(indication) => {
                let because = because(self).join("; ");
                let colon = if because.is_empty() { "" } else { ": " };
                let words = in_words(self, indication);
                writeln!(f, "{indication} at {}: {words}{colon}{because}", self.at())?;
            }
            None => writeln!(f, "NO SIGNATURE at {}", self.at())?,
        }
        let children = self.signatures().len() + self.findings().len();
        let mut branches = Branches::new("", children);
        for signature in self.signatures() {
            branches.signature(f, signature)?;
        }
        self.findings().iter().try_for_each(|finding| branches.finding(f, finding))
    }
}

impl fmt::Display for SignatureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Branches::new("", 1).signature(f, self)
    }
}

/// What the standard's word means, for those who do not know it.
fn in_words(report: &Report, indication: Indication) -> String {
    let signatures = report.signatures().iter().filter(|one| one.kind() == SignatureKind::Signature);
    let failed = |one: &&SignatureReport| one.verdict().indication() == Indication::TotalFailed;
    match (indication, signatures.clone().count(), signatures.filter(failed).count()) {
        (Indication::TotalPassed, 0, _) => "nobody signed, but it is timestamped".into(),
        (Indication::TotalPassed, 1, _) => "the signature is valid".into(),
        (Indication::TotalPassed, all, _) => format!("all {all} signatures are valid"),
        (Indication::Indeterminate, 0, _) => "nobody signed, and its timestamps prove nothing yet".into(),
        (Indication::Indeterminate, 1, _) => "whether the signature is valid cannot be told".into(),
        (Indication::Indeterminate, all, _) => {
            format!("whether all {all} signatures are valid cannot be told")
        }
        (Indication::TotalFailed, 1, 1) => "the signature is not valid".into(),
        (Indication::TotalFailed, _, 0) => "a document timestamp is not valid".into(),
        (Indication::TotalFailed, all, 1) => format!("1 of {all} signatures is not valid"),
        (Indication::TotalFailed, all, failed) => format!("{failed} of {all} signatures are not valid"),
    }
}

/// What is not in order, over all that did not pass: a document whose signer is not known may have been changed too, and
/// the sentence of each signature gives one reason only.
fn because(report: &Report) -> Vec<&'static str> {
    let worst = |part: fn(&SignatureReport) -> &Part| {
        let open = report.signatures().iter().filter(|one| one.verdict().proof().is_none());
        open.map(|one| part(one).conclusion()).max().unwrap_or(Conclusion::Sound)
    };
    let integrity = match worst(SignatureReport::integrity) {
        Conclusion::Broken => Some("what was signed is not what is there"),
        Conclusion::Unknown => Some("whether it is unchanged cannot be told"),
        Conclusion::Sound => None,
    };
    // Of a signature that does not hold nobody asks who made it, so that its identity is open too.
    let identity = match worst(SignatureReport::identity) {
        Conclusion::Broken => Some("the signer's certificate does not hold"),
        Conclusion::Unknown if integrity.is_none() => Some("who signed is not certain"),
        Conclusion::Unknown | Conclusion::Sound => None,
    };
    let time = match worst(SignatureReport::time) {
        Conclusion::Sound => None,
        Conclusion::Unknown | Conclusion::Broken => Some("when is not certain"),
    };
    let changes = match worst(SignatureReport::changes) {
        Conclusion::Broken => Some("it was changed since as it must not be"),
        Conclusion::Unknown => Some("it was changed since"),
        Conclusion::Sound => None,
    };
    let beside = report.findings().iter().any(|finding| finding.severity == Severity::Error);
    let beside = beside.then_some("the file itself is not in order");
    [integrity, identity, time, changes, beside].into_iter().flatten().collect()
}

/// So many sentences about what would help are read; a thousand timestamps could need one each.
const MOST_HELP: usize = 3;

/// Draws the children of one node: knows how many are still to come, so that the last one gets its corner.
struct Branches {
    indent: String,
    left: usize,
}

impl Branches {
    fn new(indent: &str, children: usize) -> Self {
        Self { indent: indent.into(), left: children }
    }

    /// Writes the line of the next child and gives the indent for what is below it.
    fn line(&mut self, f: &mut fmt::Formatter<'_>, text: &str) -> Result<String, fmt::Error> {
        self.left = self.left.saturating_sub(1);
        let (corner, below) = if self.left == 0 { ("└─", "  ") } else { ("├─", "│ ") };
        writeln!(f, "{}{corner} {}", self.indent, printable(text))?;
        Ok(format!("{}{below} ", self.indent))
    }

    fn finding(&mut self, f: &mut fmt::Formatter<'_>, finding: &Finding) -> fmt::Result {
        let mark = match finding.severity {
            Severity::Information => "·",
            Severity::Warning => "!",
            Severity::Error => "✗",
        };
        let place = finding.whereabouts().map(|place| format!(" [{place}]")).unwrap_or_default();
        self.line(f, &format!("{mark} {}{place}", finding.text)).map(drop)
    }

    fn signature(&mut self, f: &mut fmt::Formatter<'_>, report: &SignatureReport) -> fmt::Result {
        let below = self.line(f, &headline(report))?;
        let reason = report.verdict().reason();
        let parts = [
            ("integrity", report.integrity()),
            ("identity", report.identity()),
            ("time", report.time()),
            ("changes since", report.changes()),
        ];
        let shown = parts.iter().filter(|(_, part)| !part.is_silent());
        let help = help(report);
        let mut branches = Self::new(&below, shown.clone().count() + help.len());
        for (name, part) in shown {
            branches.part(f, name, part, reason)?;
        }
        help.iter().try_for_each(|help| branches.line(f, &format!("→ {help}")).map(drop))
    }

    fn part(
        &mut self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        part: &Part,
        reason: Option<&Reason>,
    ) -> fmt::Result {
        let conclusion = match part.conclusion() {
            Conclusion::Sound => "✓",
            Conclusion::Unknown => "?",
            Conclusion::Broken => "✗",
        };
        let findings = part.findings().iter().filter(|finding| !is_told(finding, reason));
        let nothing_more = part.statements().is_empty() && findings.clone().next().is_none();
        let told = if nothing_more { ": see above" } else { "" };
        let below = self.line(f, &format!("{conclusion} {name}{told}"))?;
        let mut branches = Self::new(&below, part.statements().len() + findings.clone().count());
        for statement in part.statements() {
            branches.line(f, statement)?;
        }
        findings.clone().try_for_each(|finding| branches.finding(f, finding))
    }
}

/// `Signature1 by Alice: INDETERMINATE / TRY_LATER: why`.
fn headline(report: &SignatureReport) -> String {
    let signer = report.claimed_signer().unwrap_or("an unknown signer");
    let name = match report.kind() {
        SignatureKind::Signature => report.name().to_owned(),
        SignatureKind::DocumentTimestamp => format!("{}, a document timestamp", report.name()),
    };
    let indication = report.verdict().indication();
    match report.verdict().reason() {
        None => format!("{name} by {signer}: {indication}"),
        Some(reason) => {
            format!("{name} by {signer}: {indication} / {}: {}", reason.sub_indication(), reason.text())
        }
    }
}

/// Whether the headline says the same, with nothing less: sentences about certificates name them.
fn is_told(finding: &Finding, reason: Option<&Reason>) -> bool {
    let placed = matches!(finding.place, None | Some(Place::Certificate(_)));
    placed && finding.page().is_none() && reason.is_some_and(|reason| reason.text() == finding.text)
}

/// What would help, each once, the decisive first. A signature that passed needs none.
fn help(report: &SignatureReport) -> Vec<&str> {
    let Some(decisive) = report.help() else { return Vec::new() };
    let mut help = vec![decisive];
    for more in report.findings().filter_map(|finding| finding.help.as_deref()) {
        if !help.contains(&more) && help.len() < MOST_HELP {
            help.push(more);
        }
    }
    help
}

impl Part {
    /// Whether there is nothing to say.
    pub(crate) fn is_silent(&self) -> bool {
        self.conclusion() == Conclusion::Sound && self.statements().is_empty() && self.findings().is_empty()
    }
}
