//! Everything that was found, as people read it.

use std::fmt;

use chancery_ledger::Version;

use super::bundle::Regime;
use super::finding::{Finding, Shown};

/// What the record of one envelope shows of a regime, clause by clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegimeReport {
    pub(super) regime: Regime,
    pub(super) findings: Vec<Finding>,
}

impl RegimeReport {
    /// Which regime.
    #[must_use]
    pub const fn regime(&self) -> Regime {
        self.regime
    }

    /// One finding for each of its clauses, in their order.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What should be shown, and is not.
    pub fn missing(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.shown, Shown::Missing { .. }))
    }
}

/// So many events are named of each finding.
const NAMED: usize = 8;

impl fmt::Display for RegimeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: what the record of this envelope shows. Whether that suffices is for others to say.",
            self.regime
        )?;
        for Finding { clause, shown } in &self.findings {
            writeln!(f, "\n{clause}: {}", clause.asks())?;
            match shown {
                Shown::By { events, what } => writeln!(f, "  shown: {what}{}", Events(events))?,
                Shown::Missing { events, what } => writeln!(f, "  MISSING: {what}{}", Events(events))?,
                Shown::NotCalledFor { why } => writeln!(f, "  not called for: {why}")?,
                Shown::Outside => writeln!(f, "  outside the record")?,
            }
            if clause.operator() != "nothing more" {
                writeln!(f, "  the operator: {}", clause.operator())?;
            }
        }
        Ok(())
    }
}

/// `(events 1, 3, 7 and 12 more)`
struct Events<'e>(&'e [Version]);

impl fmt::Display for Events<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else { return Ok(()) };
        write!(f, " ({} {first}", if rest.is_empty() { "event" } else { "events" })?;
        for event in rest.iter().take(NAMED - 1) {
            write!(f, ", {event}")?;
        }
        match rest.len().checked_sub(NAMED - 1) {
            Some(more) if more > 0 => write!(f, " and {more} more)"),
            _ => f.write_str(")"),
        }
    }
}
