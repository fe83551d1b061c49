//! Bounds on work, so that hostile sets of certificates cost no more than this.

/// How much work one verification may cost. The defaults suit real chains with room to spare.
///
/// | field | default | for comparison |
/// |---|---|---|
/// | `signature_checks` | 200 | rustls-webpki allows 100; ours also counts those on CRLs and OCSP answers |
/// | `intermediates` | 16 | PKITS needs 6; rustls-webpki allows 6 |
/// | `steps` | 20,000 | candidates looked at while paths are built |
/// | `name_comparisons` | 1,048,576 | the same in OpenSSL and BoringSSL; rustls-webpki allows 250,000 |
/// | `judged_bytes` | 33,554,432 | a path of four certificates has about 8,000 |
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Public-key operations.
    pub signature_checks: u64,
    /// Certificates between the judged one and the trust anchor.
    pub intermediates: usize,
    /// Candidates looked at while paths are built.
    pub steps: u64,
    /// Comparisons of a name with a name constraint; one of distinguished names counts four times.
    pub name_comparisons: u64,
    /// Bytes of the certificates of complete paths, counted again for each path that is judged by the rules.
    pub judged_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            signature_checks: 200,
            intermediates: 16,
            steps: 20_000,
            name_comparisons: 1 << 20,
            judged_bytes: 32 << 20,
        }
    }
}

/// The work left.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    signature_checks: u64,
    steps: u64,
    name_comparisons: u64,
    judged_bytes: u64,
    /// How often work was refused, and the last time.
    refusals: u64,
    last: Option<Exhausted>,
}

/// How often work had been refused at some point.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Refusals(u64);

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
            judged_bytes: limits.judged_bytes,
            refusals: 0,
            last: None,
        }
    }

    /// How often work was refused so far, for [`refused_since`](Self::refused_since).
    pub(crate) fn refusals(&self) -> Refusals {
        Refusals(self.refusals)
    }

    /// Whether work was refused since then, wherever that was noticed. What was found without that work is not to
    /// be believed: the piece that was not looked at may be the one that says otherwise.
    pub(crate) fn refused_since(&self, before: Refusals) -> Result<(), Exhausted> {
        self.last.filter(|_| self.refusals > before.0).map_or(Ok(()), Err)
    }

    pub(crate) fn signature_check(&mut self) -> Result<(), Exhausted> {
        let spent = spend(&mut self.signature_checks, 1, "signature checks", self.limits.signature_checks);
        self.note(spent)
    }

    pub(crate) fn step(&mut self) -> Result<(), Exhausted> {
        let spent = spend(&mut self.steps, 1, "candidate certificates", self.limits.steps);
        self.note(spent)
    }

    /// So many comparisons, each as dear as `price` of the cheapest.
    pub(crate) fn name_comparisons(&mut self, count: usize, price: u64) -> Result<(), Exhausted> {
        let cost = u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(price);
        let spent = spend(&mut self.name_comparisons, cost, "name comparisons", self.limits.name_comparisons);
        self.note(spent)
    }

    /// A path whose certificates have so many bytes together.
    pub(crate) fn judged_path(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX);
        let spent =
            spend(&mut self.judged_bytes, cost, "bytes of judged certificates", self.limits.judged_bytes);
        self.note(spent)
    }

    fn note(&mut self, spent: Result<(), Exhausted>) -> Result<(), Exhausted> {
        if let Err(exhausted) = spent {
            self.refusals = self.refusals.saturating_add(1);
            self.last = Some(exhausted);
        }
        spent
    }

    pub(crate) fn intermediates(&self) -> usize {
        self.limits.intermediates
    }
}

fn spend(left: &mut u64, cost: u64, what: &'static str, allowed: u64) -> Result<(), Exhausted> {
    *left = left.checked_sub(cost).ok_or(Exhausted { what, allowed })?;
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
        let before = budget.refusals();
        assert_eq!(budget.refused_since(before), Ok(()));
        assert_eq!(budget.signature_check(), Err(exhausted));
        assert_eq!(budget.signature_check(), Err(exhausted));
        assert_eq!(budget.refused_since(before), Err(exhausted));
        assert_eq!(budget.refused_since(budget.refusals()), Ok(()));
    }
}
