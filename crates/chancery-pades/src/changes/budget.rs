//! What judging the changes of a document may cost in all, beyond what its length accounts for.

use std::cell::Cell;

use super::objection::Stop;

/// About two nanoseconds each: two or three seconds for a file that spends it all. Honest files whose fields share lists
/// of thousands of options spend a tenth.
const LIMIT: u64 = 1 << 28;

/// One byte of a value that is read.
pub(super) const BYTE: u64 = 1;
/// One element of a list that fields share.
pub(super) const ELEMENT: u64 = 16;
/// One object that is read again.
pub(super) const OBJECT: u64 = 512;

/// What many fields share is read for each of them, in each revision: the work is bounded for all together.
pub(super) struct Budget {
    left: Cell<u64>,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { left: Cell::new(LIMIT) }
    }

    /// Takes the cost of so many things.
    ///
    /// # Errors
    /// If nothing is left: then the change stays unexplained.
    pub(super) fn spend(&self, count: usize, each: u64) -> Result<(), Stop> {
        let text = "more was changed than can be compared, as objects share what is large";
        self.affords(count, each).then_some(()).ok_or_else(|| Stop::objection("too-much-to-compare", text))
    }

    /// Takes the cost of so many things, and says whether it was left.
    pub(super) fn affords(&self, count: usize, each: u64) -> bool {
        let cost = u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(each);
        let left = self.left.get().checked_sub(cost);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_once_it_is_spent() {
        let budget = Budget::new();
        assert!(budget.spend(1 << 20, BYTE).is_ok());
        assert!(budget.spend(usize::MAX, OBJECT).is_err());
        assert!(budget.spend(1, BYTE).is_err());
    }
}
