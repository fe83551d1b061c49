//! Choices that a guesser tries first, as data.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::error::Weakness;
use crate::secret::Secret;

/// What is known about a person and easily guessed. None of it is kept.
#[derive(Clone, Default)]
pub struct Personal {
    born: Option<Date>,
    words: Vec<String>,
}

impl Personal {
    /// Nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The date of birth: no secret may hold it, in any usual order.
    #[must_use]
    pub fn born(mut self, date: Date) -> Self {
        self.born = Some(date);
        self
    }

    /// A name, an address, a telephone number: no secret may hold it. Words below three characters are too common to look for.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        self.words.push(word.to_lowercase());
        self
    }

    /// The date in the ways that people write it, four digits and more.
    fn dates(&self) -> Vec<String> {
        let Some(date) = self.born else { return Vec::new() };
        let (day, month) = (format!("{:02}", date.day()), format!("{:02}", date.month()));
        let year = format!("{:04}", date.year());
        let short = year.get(2..).unwrap_or_default().to_owned();
        vec![
            format!("{day}{month}"),
            format!("{month}{day}"),
            format!("{month}{short}"),
            format!("{short}{month}"),
            format!("{day}{short}"),
            year,
        ]
    }
}

/// A pattern that a guesser tries first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WeakPattern {
    /// At most this many different characters: 0000, 1212, aaaa1111.
    FewCharacters {
        /// As many as are weak.
        most: usize,
    },
    /// As a whole upwards or downwards by one: 1234, 9876, or abcdefgh.
    Run,
    /// A year of the last or of this century: 1900 to 2099.
    Year,
    /// A group said again as a whole: 8383, abc1abc1.
    Repetition,
}

impl WeakPattern {
    fn fits(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        match self {
            Self::FewCharacters { most } => bytes.iter().collect::<BTreeSet<_>>().len() <= most,
            Self::Run => {
                let step = |by: i16| {
                    bytes.windows(2).all(|pair| {
                        let next = i16::from(pair[0]) + by;
                        // Behind the 9 comes the 0, and before the 0 the 9.
                        i16::from(pair[1]) == next
                            || (pair[0], pair[1], by) == (b'9', b'0', 1)
                            || (pair[0], pair[1], by) == (b'0', b'9', -1)
                    })
                };
                step(1) || step(-1)
            }
            Self::Year => text.len() == 4 && (text.starts_with("19") || text.starts_with("20")),
            Self::Repetition => (1..=bytes.len() / 2).any(|size| {
                bytes.len().is_multiple_of(size) && bytes.chunks(size).all(|chunk| chunk == &bytes[..size])
            }),
        }
    }
}

/// Which choices are too weak: patterns, a list, and what is known of the person. Data, so that a policy can be stored
/// and read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeakChoices {
    patterns: BTreeSet<WeakPattern>,
    listed: BTreeSet<String>,
}

impl WeakChoices {
    /// Nothing is too weak, but for what is known of the person.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// For four digits: runs, repetitions, years, and the columns and corners of a keypad. With 0000 and 1234 about one
    /// person in six is guessed within the first five tries.
    #[must_use]
    pub fn of_approval_codes() -> Self {
        let all = [
            WeakPattern::FewCharacters { most: 1 },
            WeakPattern::Run,
            WeakPattern::Year,
            WeakPattern::Repetition,
        ];
        let listed = ["2580", "0852", "1397", "7913", "1379", "1472", "3698", "1010", "0007", "4711"];
        all.into_iter().fold(Self::none(), Self::pattern).list(listed)
    }

    /// For PINs of letters and digits: few characters, repetitions, and words that everybody takes.
    #[must_use]
    pub fn of_pins() -> Self {
        let all = [WeakPattern::FewCharacters { most: 3 }, WeakPattern::Run, WeakPattern::Repetition];
        let listed = [
            "password1",
            "password12",
            "password123",
            "passw0rd",
            "p4ssw0rd",
            "qwerty12",
            "qwerty123",
            "qwertz123",
            "1q2w3e4r",
            "1qaz2wsx",
            "abc12345",
            "abcd1234",
            "a1b2c3d4",
            "letmein1",
            "welcome1",
            "admin123",
            "iloveyou1",
            "changeme1",
            "12345678a",
            "a12345678",
            "123456789a",
            "1234qwer",
            "qwer1234",
            "asdf1234",
        ];
        all.into_iter().fold(Self::none(), Self::pattern).list(listed)
    }

    /// This pattern too.
    #[must_use]
    pub fn pattern(mut self, pattern: WeakPattern) -> Self {
        self.patterns.insert(pattern);
        self
    }

    /// These too, whole and without regard to case: a list of leaked choices, say.
    #[must_use]
    pub fn list<T: AsRef<str>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.listed.extend(texts.into_iter().map(|text| text.as_ref().to_lowercase()));
        self
    }

    /// Judges a new secret.
    ///
    /// # Errors
    /// [`Weakness`] says why it is too weak, and never repeats it.
    pub fn judge<S: Secret>(&self, secret: &S, personal: &Personal) -> Result<(), Weakness> {
        let text = zeroize::Zeroizing::new(secret.text().to_ascii_lowercase());
        if self.listed.contains(text.as_str()) {
            return Err(Weakness::Listed);
        }
        if let Some(pattern) = self.patterns.iter().find(|pattern| pattern.fits(&text)) {
            return Err(Weakness::Pattern(*pattern));
        }
        if personal.dates().iter().any(|date| text.contains(date.as_str())) {
            return Err(Weakness::DateOfBirth);
        }
        let mut words = personal.words.iter().filter(|word| word.chars().count() >= 3);
        if words.any(|word| text.contains(word.as_str())) {
            return Err(Weakness::Personal);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{ApprovalCode, SigningPin};

    #[test]
    fn what_everybody_takes_is_weak() {
        let rules = WeakChoices::of_approval_codes();
        let personal = Personal::unknown().born(jiff::civil::date(1984, 3, 17));
        for code in [
            "0000", "1234", "4321", "7890", "2109", "1212", "2580", "1999", "2024", "1703", "0317", "1984",
            "8403", "0384", "1784",
        ] {
            assert!(rules.judge(&ApprovalCode::new(code).unwrap(), &personal).is_err(), "{code}");
        }
        for code in ["8305", "1703", "4715"] {
            assert_eq!(
                rules.judge(&ApprovalCode::new(code).unwrap(), &Personal::unknown()),
                Ok(()),
                "{code}"
            );
        }
    }

    #[test]
    fn a_pin_with_a_name_or_a_date_is_weak() {
        let rules = WeakChoices::of_pins();
        let personal =
            Personal::unknown().born(jiff::civil::date(1984, 3, 17)).word("Müller").word("Alice").word("Al");
        for pin in ["password1", "Passw0rd", "aaaa1111", "alice2026x", "xX1703yyZ", "abc1abc1", "ALICE9182"] {
            assert!(rules.judge(&SigningPin::new(pin).unwrap(), &personal).is_err(), "{pin}");
        }
        assert_eq!(rules.judge(&SigningPin::new("royal7stone").unwrap(), &personal), Ok(()));
    }
}
