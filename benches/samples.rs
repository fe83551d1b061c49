//! One number a round, and what is told of them.

/// What was measured of one case: seconds, or whatever is computed of them, one for each round.
#[derive(Clone, Debug)]
pub struct Samples {
    name: String,
    rounds: Vec<f64>,
}

impl Samples {
    /// One number for each round.
    #[must_use]
    pub fn new(name: impl Into<String>, rounds: Vec<f64>) -> Self {
        Self { name: name.into(), rounds }
    }

    /// What was measured.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The median of the rounds.
    #[must_use]
    pub fn median(&self) -> f64 {
        Self::median_of(&self.rounds)
    }

    /// The quartiles: half of the rounds lie between them.
    #[must_use]
    pub fn quartiles(&self) -> (f64, f64) {
        let sorted = sorted(&self.rounds);
        let at = |quarter: usize| sorted.get((sorted.len().saturating_sub(1) * quarter + 2) / 4).copied();
        (at(1).unwrap_or(f64::NAN), at(3).unwrap_or(f64::NAN))
    }

    /// The smallest and the largest.
    #[must_use]
    pub fn extremes(&self) -> (f64, f64) {
        let sorted = sorted(&self.rounds);
        (sorted.first().copied().unwrap_or(f64::NAN), sorted.last().copied().unwrap_or(f64::NAN))
    }

    /// Round by round, both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.with(other, |this, other| this + other)
    }

    /// Round by round, this less the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, |this, other| this - other)
    }

    /// Round by round, this divided by the other.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        self.with(other, |this, other| this / other)
    }

    /// So many of it.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self { name: self.name.clone(), rounds: self.rounds.iter().map(|sample| sample * factor).collect() }
    }

    /// How many a second, where so many took the time of each round.
    #[must_use]
    pub fn rate(&self, count: f64) -> Self {
        Self { name: self.name.clone(), rounds: self.rounds.iter().map(|sample| count / sample).collect() }
    }

    /// The median of some numbers; not a number if there is none.
    #[must_use]
    pub fn median_of(numbers: &[f64]) -> f64 {
        let sorted = sorted(numbers);
        let middle = sorted.len() / 2;
        match (sorted.get(middle), middle.checked_sub(1).and_then(|below| sorted.get(below))) {
            (Some(upper), Some(lower)) if sorted.len().is_multiple_of(2) => f64::midpoint(*lower, *upper),
            (Some(middle), _) => *middle,
            (None, _) => f64::NAN,
        }
    }

    fn with(&self, other: &Self, operation: impl Fn(f64, f64) -> f64) -> Self {
        let rounds = self.rounds.iter().zip(&other.rounds);
        Self { name: self.name.clone(), rounds: rounds.map(|(a, b)| operation(*a, *b)).collect() }
    }
}

fn sorted(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quartiles() {
        let samples = Samples::new("x", vec![5.0, 1.0, 3.0, 2.0, 4.0]);
        assert!((samples.median() - 3.0).abs() < 1e-9);
        assert_eq!(samples.quartiles(), (2.0, 4.0));
        assert_eq!(samples.extremes(), (1.0, 5.0));
        assert!((Samples::median_of(&[1.0, 2.0, 3.0, 10.0]) - 2.5).abs() < 1e-9);
        assert!(Samples::median_of(&[]).is_nan());
    }

    #[test]
    fn differences_are_taken_round_by_round() {
        // A slow round of both cases disappears in the difference.
        let whole = Samples::new("whole", vec![10.0, 110.0, 12.0]);
        let bare = Samples::new("bare", vec![8.0, 107.0, 9.0]);
        assert!((whole.minus(&bare).median() - 3.0).abs() < 1e-9);
    }
}
