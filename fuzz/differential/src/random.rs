//! Choices that are the same for the same seed.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// A source of choices.
pub struct Random(ChaCha20Rng);

impl Random {
    /// The choices of one chain: they do not depend on how many chains were made before.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut random = ChaCha20Rng::seed_from_u64(seed);
        random.set_stream(number.into());
        Self(random)
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        // The bias of a remainder does not matter for bounds this small.
        (self.0.next_u64() % bound as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of them.
    pub fn one<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// Each of them with the chance.
    pub fn some<T: Clone>(&mut self, list: &[T], chance: usize) -> Vec<T> {
        list.iter().filter(|_| self.percent(chance)).cloned().collect()
    }
}
