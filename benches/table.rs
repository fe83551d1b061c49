//! What is printed.

use std::process::ExitCode;

use crate::{Peak, Samples};

/// The figures of a bench as text, and whether a bar was missed.
#[derive(Debug, Default)]
pub struct Table {
    missed: u32,
}

impl Table {
    /// Begins: the question, in words.
    #[must_use]
    pub fn new(question: &str) -> Self {
        println!("{question}");
        Self::default()
    }

    /// A heading above some rows.
    pub fn heading(&self, text: &str) {
        println!("\n  {text}");
        println!(
            "    {:58} {:>10}  {:>10} {:>10}   {:>10} {:>10}",
            "", "median", "quartile", "quartile", "least", "most"
        );
    }

    /// Times.
    pub fn row(&self, samples: &Samples) {
        let (unit, factor) = unit(samples.median());
        self.numbers(samples, factor, unit);
    }

    /// Ratios.
    pub fn ratio(&self, samples: &Samples) {
        self.numbers(samples, 1.0, "×");
    }

    /// Times that must not be above a bar, in seconds.
    pub fn row_with_bar(&mut self, samples: &Samples, bar: f64) {
        self.row(samples);
        let (unit, factor) = unit(bar);
        self.bar(samples.median() <= bar, &format!("at most {} {unit}", bar * factor));
    }

    /// Times a second.
    pub fn rate(&self, samples: &Samples) {
        self.numbers(samples, 1.0, "/s");
    }

    /// Times a second that must not be below a bar.
    pub fn rate_with_least(&mut self, samples: &Samples, bar: f64) {
        self.rate(samples);
        self.bar(samples.median() >= bar, &format!("at least {bar} /s"));
    }

    /// Ratios that must not be above a bar.
    pub fn ratio_with_bar(&mut self, samples: &Samples, bar: f64) {
        self.ratio(samples);
        self.bar(samples.median() <= bar, &format!("at most {bar} ×"));
    }

    /// Ratios that must not be below a bar.
    pub fn ratio_with_least(&mut self, samples: &Samples, bar: f64) {
        self.ratio(samples);
        self.bar(samples.median() >= bar, &format!("at least {bar} ×"));
    }

    /// Peak memory that must not be above a bar, in MB of 1,000,000 bytes.
    pub fn peak_with_bar(&mut self, name: &str, peak: Option<Peak>, bar: f64) {
        let Some(Peak { before, total, milliseconds }) = peak else {
            println!("    {name:58} not measured on this system");
            return;
        };
        let (before, total) = (megabytes(before), megabytes(total));
        println!("    {name:58} {total:7.1} MB  ({before:.1} MB before; {milliseconds} ms of CPU)");
        self.bar(total <= bar, &format!("at most {bar} MB"));
    }

    /// A number that must not be above a bar.
    pub fn number_with_bar(&mut self, name: &str, number: f64, bar: f64) {
        println!("    {name:58} {number:>7.2} ×");
        self.bar(number <= bar, &format!("at most {bar} ×"));
    }

    /// A line of text.
    pub fn note(&self, text: &str) {
        println!("    {text}");
    }

    /// Ends: an error if a bar was missed.
    #[must_use]
    pub fn finish(self) -> ExitCode {
        println!();
        match self.missed {
            0 => ExitCode::SUCCESS,
            missed => {
                println!("{missed} of the bars above MISSED");
                ExitCode::FAILURE
            }
        }
    }

    fn numbers(&self, samples: &Samples, factor: f64, unit: &str) {
        let number = |value: f64| format!("{:.2}", value * factor);
        let ((lower, upper), (least, most)) = (samples.quartiles(), samples.extremes());
        println!(
            "    {:58} {:>7} {unit:2}  {:>10} {:>10}   {:>10} {:>10}",
            samples.name(),
            number(samples.median()),
            number(lower),
            number(upper),
            number(least),
            number(most),
        );
    }

    fn bar(&mut self, kept: bool, bar: &str) {
        self.missed += u32::from(!kept);
        println!("      bar: {bar}: {}", if kept { "kept" } else { "MISSED" });
    }
}

fn unit(seconds: f64) -> (&'static str, f64) {
    if seconds.abs() < 1e-3 {
        ("µs", 1e6)
    } else if seconds.abs() < 10.0 {
        ("ms", 1e3)
    } else {
        ("s", 1.0)
    }
}

fn megabytes(kibibytes: u64) -> f64 {
    // Exact up to 4 TiB.
    f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) * 1024.0 / 1e6
}
