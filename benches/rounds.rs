//! Interleaved rounds: every case in turn, again and again, so that a busy moment of the machine hits all of them.

use std::hint::black_box;
use std::time::Duration;

use crate::{Outcome, Samples, cpu_time, ensure};

/// One thing that is measured.
pub struct Case<'a> {
    name: String,
    /// The CPU time of one call with the input of this number, whose output is looked at if told.
    call: Box<dyn FnMut(u64, Look) -> Outcome<Duration> + 'a>,
}

/// Whether an output is looked at.
#[derive(Copy, Clone, Eq, PartialEq)]
pub enum Look {
    /// It is.
    Closely,
    /// It is not.
    Away,
}

impl<'a> Case<'a> {
    /// Measures `work` on the inputs that `input` makes, a new one for each call. Neither making inputs nor checking
    /// outputs is part of the time.
    pub fn new<I, O>(
        name: impl Into<String>,
        mut input: impl FnMut(u64) -> Outcome<I> + 'a,
        mut work: impl FnMut(&I) -> Outcome<O> + 'a,
        mut check: impl FnMut(&I, &O) -> Outcome<()> + 'a,
    ) -> Self {
        Self::with_time_of(name, move |number, look| {
            let input = input(number)?;
            let start = cpu_time();
            let output = black_box(work(black_box(&input))?);
            let spent = cpu_time().saturating_sub(start);
            if look == Look::Closely {
                check(&input, &output)?;
            }
            Ok(spent)
        })
    }

    /// Measures by other means: `call` does the work on the input of this number and says how long it took.
    pub fn with_time_of(
        name: impl Into<String>,
        call: impl FnMut(u64, Look) -> Outcome<Duration> + 'a,
    ) -> Self {
        Self { name: name.into(), call: Box::new(call) }
    }
}

/// How often.
#[derive(Copy, Clone, Debug)]
pub struct Rounds {
    rounds: u64,
    calls: u64,
}

impl Rounds {
    /// So many rounds of so many calls of each case.
    ///
    /// # Errors
    /// Below ten rounds a median says little.
    pub fn new(rounds: u64, calls: u64) -> Outcome<Self> {
        ensure(rounds >= 10 && calls > 0, "at least ten rounds")?;
        Ok(Self { rounds, calls })
    }

    /// In words, for the table.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} rounds of {} calls", self.rounds, self.calls)
    }

    /// Measures. The cases take turns call by call; the sample of a round is the median of its calls. The first
    /// output of each round is checked, and a first round is only for warming up.
    ///
    /// # Errors
    /// What the cases say.
    pub fn run<const N: usize>(&self, mut cases: [Case<'_>; N]) -> Outcome<[Samples; N]> {
        let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
        for round in 0..=self.rounds {
            let mut spent: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
            for call in 0..self.calls {
                let look = if call == 0 { Look::Closely } else { Look::Away };
                for place in 0..N {
                    // Each case is first, last and in the middle equally often.
                    let index = (place + usize::try_from(call + round)?) % N;
                    let Case { name, call: work } = &mut cases[index];
                    let number = (round * self.calls + call) * u64::try_from(N)? + u64::try_from(index)?;
                    let time = work(number, look).map_err(|error| format!("{name}: {error}"))?;
                    spent[index].push(time.as_secs_f64());
                }
            }
            if round > 0 {
                times.iter_mut().zip(spent).for_each(|(times, spent)| times.push(Samples::median_of(&spent)));
            }
        }
        let mut times = times.into_iter();
        Ok(cases.map(|case| Samples::new(case.name, times.next().unwrap_or_default())))
    }
}
