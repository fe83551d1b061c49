//! Reports for people.

use std::fmt;

use chancery_certificate::printable;

use crate::report::{Conclusion, Part};
use crate::{Finding, Report, Severity, SignatureKind, SignatureReport};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.indication() {
            Some(indication) => writeln!(f, "{indication} at {}", self.at())?,
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
        self.line(f, &format!("{mark} {finding}")).map(drop)
    }

    fn signature(&mut self, f: &mut fmt::Formatter<'_>, report: &SignatureReport) -> fmt::Result {
        let signer = report.claimed_signer().unwrap_or("an unknown signer");
        let name = match report.kind() {
            SignatureKind::Signature => report.name().to_owned(),
            SignatureKind::DocumentTimestamp => format!("{}, a document timestamp", report.name()),
        };
        let below = self.line(f, &format!("{name} by {signer}: {}", report.verdict()))?;
        let parts = [
            ("integrity", report.integrity()),
            ("identity", report.identity()),
            ("time", report.time()),
            ("changes since", report.changes()),
        ];
        let shown = parts.iter().filter(|(_, part)| !part.is_silent());
        let mut branches = Self::new(&below, shown.clone().count());
        for (name, part) in shown {
            branches.part(f, name, part)?;
        }
        Ok(())
    }

    fn part(&mut self, f: &mut fmt::Formatter<'_>, name: &str, part: &Part) -> fmt::Result {
        let conclusion = match part.conclusion() {
            Conclusion::Sound => "✓",
            Conclusion::Unknown => "?",
            Conclusion::Broken => "✗",
        };
        let below = self.line(f, &format!("{conclusion} {name}"))?;
        let mut branches = Self::new(&below, part.statements().len() + part.findings().len());
        for statement in part.statements() {
            branches.line(f, statement)?;
        }
        part.findings().iter().try_for_each(|finding| branches.finding(f, finding))
    }
}

impl Part {
    fn is_silent(&self) -> bool {
        self.conclusion() == Conclusion::Sound && self.statements().is_empty() && self.findings().is_empty()
    }
}
