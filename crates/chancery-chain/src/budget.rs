//! Bounds on work, so that hostile sets of certificates cost no more than this.

/// How much work one verification may cost. The defaults suit real chains with room to spare.
///
/// | field | default | for comparison |
/// |---|---|---|
/// | `signature_checks` | 200 | rustls-webpki allows 100; ours also counts those on CRLs and OCSP answers |
/// | `intermediates` | 16 | PKITS needs 6; rustls-webpki allows 6 |
/// | `steps` | 20,000 | candidates looked at while paths are built |
/// | `name_comparisons` | 250,000 | the same in rustls-webpki |
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Public-key operations.
    pub signature_checks: u64,
    /// Certificates between the judged one and the trust anchor.
    pub intermediates: usize,
    /// Candidates looked at while paths are built.
    pub steps: u64,
    /// Comparisons of a name with a name constraint.
    pub name_comparisons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { signature_checks: 200, intermediates: 16, steps: 20_000, name_comparisons: 250_000 }
    }
}

/// The work left.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    signature_checks: u64,
    steps: u64,
    name_comparisons: u64,
}

/// The work that ran out.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted {
    pub(crate) what: &'static str,
    pub(crate) allowed: u64,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            signature_checks: limits.signature_checks,
            steps: limits.steps,
            name_comparisons: limits.name_comparisons,
        }
    }

    pub(crate) fn signature_check(&mut self) -> Result<(), Exhausted> {
        spend(&mut self.signature_checks, "signature checks", self.limits.signature_checks)
    }

    pub(crate) fn step(&mut self) -> Result<(), Exhausted> {
        spend(&mut self.steps, "candidate certificates", self.limits.steps)
    }

    pub(crate) fn name_comparison(&mut self) -> Result<(), Exhausted> {
        spend(&mut self.name_comparisons, "name comparisons", self.limits.name_comparisons)
    }

    pub(crate) fn intermediates(&self) -> usize {
        self.limits.intermediates
    }
}

fn spend(left: &mut u64, what: &'static str, allowed: u64) -> Result<(), Exhausted> {
    *left = left.checked_sub(1).ok_or(Exhausted { what, allowed })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_as_much_as_allowed() {
        let mut budget = Budget::new(Limits { signature_checks: 2, ..Limits::default() });
        assert_eq!(budget.signature_check(), Ok(()));
        assert_eq!(budget.signature_check(), Ok(()));
        let exhausted = Exhausted { what: "signature checks", allowed: 2 };
        assert_eq!(budget.signature_check(), Err(exhausted));
        assert_eq!(budget.signature_check(), Err(exhausted));
    }
}
