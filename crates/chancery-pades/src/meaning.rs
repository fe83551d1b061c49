//! What a signature says in words: once, for the dictionary and for what people see.

use std::fmt;

use chancery_certificate::Certificate;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::PadesError;
use crate::appearance::Show;
use crate::options::Options;

/// Who signs and what that means: what 21 CFR 11.50 wants to stand beside every signature, with the date and time.
///
/// It goes word by word to `/Name` and `/Reason` of the signature dictionary, and an
/// [`Appearance`](crate::Appearance) that does not show all of it is refused.
///
/// ```
/// use chancery_pades::SignatureMeaning;
///
/// let meaning = SignatureMeaning::new("Dr. Zoë Müller", "I approve this report").role("Head of Quality");
/// # let _ = meaning;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignatureMeaning {
    pub(crate) printed_name: String,
    pub(crate) reason: String,
    pub(crate) role: Option<String>,
}

impl SignatureMeaning {
    /// The printed name of the signer, and the meaning of the signature: review, approval, responsibility, authorship.
    pub fn new(printed_name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { printed_name: printed_name.into(), reason: reason.into(), role: None }
    }

    /// In what role the signer signs. It is shown; the signature dictionary has no entry for it.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }
}

/// What a signature says: the one source of `/Name`, `/Reason`, `/Location` and `/M` in its dictionary, and of what its
/// appearance shows. [`Display`](fmt::Display) gives what is shown unless an appearance has its own text: a line for
/// each thing that is said, without words of ours, so that it is right in every language.
///
/// ```text
/// Dr. Zoë Müller
/// Head of Quality
/// I approve this report
/// 2026-11-22 10:15:00 +01:00
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    name: String,
    reason: Option<String>,
    role: Option<String>,
    location: Option<String>,
    signed_at: Timestamp,
    offset: Offset,
}

impl Statement {
    /// What these options say of this signer.
    ///
    /// # Errors
    /// If the offset from UTC is none that a PDF date can express, or a meaning is blank.
    pub(crate) fn of(options: &Options, signer: &Certificate) -> Result<Self, PadesError> {
        let seconds = options.offset.seconds();
        if seconds % 60 != 0 || seconds.abs() >= 24 * 3600 {
            return Err(PadesError::TimeZone { seconds });
        }
        let statement = Self {
            name: options.name.clone().unwrap_or_else(|| signer.display_name()),
            reason: options.reason.clone(),
            role: options.role.clone(),
            location: options.location.clone(),
            signed_at: options.at,
            offset: options.offset,
        };
        if options.show == Show::Meaning
            && let Some((what, _)) = statement.parts().find(|(_, part)| part.trim().is_empty())
        {
            return Err(PadesError::MeaningBlank { what });
        }
        Ok(statement)
    }

    /// What a signature beside a document says, which has no dictionary and no appearance: the same words, in the same
    /// order, told in UTC.
    ///
    /// # Errors
    /// [`PadesError::MeaningBlank`] if the name, the role or the meaning says nothing.
    pub fn beside(
        meaning: SignatureMeaning,
        location: Option<String>,
        signed_at: Timestamp,
    ) -> Result<Self, PadesError> {
        let SignatureMeaning { printed_name: name, reason, role } = meaning;
        let statement = Self { name, reason: Some(reason), role, location, signed_at, offset: Offset::UTC };
        let blank = statement.parts().find(|(_, part)| part.trim().is_empty());
        match blank.map(|(what, _)| what) {
            Some(what) => Err(PadesError::MeaningBlank { what }),
            None => Ok(statement),
        }
    }

    /// Who signs: the name that was given, else that of the certificate.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why, or what the signature means.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// In what role.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// Where.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// When: the time of signing that the signature claims.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// When, as it is shown: year, month, day, time of day in whole seconds and the offset from UTC, as in
    /// `2026-11-22 10:15:00 +01:00`. The same instant as `/M`.
    #[must_use]
    pub fn time(&self) -> String {
        let here = self.civil();
        let (sign, hours, minutes) = self.offset_parts();
        format!("{} {sign}{hours:02}:{minutes:02}", here.strftime("%Y-%m-%d %H:%M:%S"))
    }

    /// The time as a PDF date (ISO 32000-2, 7.9.4).
    pub(crate) fn date(&self) -> String {
        let here = self.civil();
        let zone = match self.offset_parts() {
            (_, 0, 0) => "Z".to_owned(),
            (sign, hours, minutes) => format!("{sign}{hours:02}'{minutes:02}"),
        };
        format!("D:{}{zone}", here.strftime("%Y%m%d%H%M%S"))
    }

    /// What has to be shown of a [`SignatureMeaning`], each with its name.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&'static str, String)> {
        let said = [
            ("name", Some(self.name.clone())),
            ("role", self.role.clone()),
            ("meaning", self.reason.clone()),
            ("time", Some(self.time())),
        ];
        said.into_iter().filter_map(|(what, text)| Some((what, text?)))
    }

    fn civil(&self) -> DateTime {
        self.offset.to_datetime(self.signed_at)
    }

    fn offset_parts(&self) -> (char, i32, i32) {
        let minutes = self.offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        (sign, minutes.abs() / 60, minutes.abs() % 60)
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for line in [&self.role, &self.reason, &self.location].into_iter().flatten() {
            write!(f, "\n{line}")?;
        }
        write!(f, "\n{}", self.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(at: &str, seconds: i32) -> Statement {
        Statement {
            name: "Zoë".into(),
            reason: Some("I agree".into()),
            role: None,
            location: None,
            signed_at: at.parse().unwrap(),
            offset: Offset::from_seconds(seconds).unwrap(),
        }
    }

    #[test]
    fn the_date_is_in_whole_seconds_and_four_digits() {
        for (at, seconds, date) in [
            ("2026-11-21T12:00:00Z", 0, "D:20261121120000Z"),
            ("2026-11-21T01:02:03.999+02:00", 0, "D:20261120230203Z"),
            ("0099-01-02T03:04:05Z", 0, "D:00990102030405Z"),
            ("2026-11-21T23:30:00Z", 3600, "D:20261122003000+01'00"),
            ("2026-11-21T12:00:00Z", -(3 * 3600 + 1800), "D:20261121083000-03'30"),
            ("2026-11-21T12:00:00Z", -60, "D:20261121115900-00'01"),
        ] {
            assert_eq!(statement(at, seconds).date(), date);
        }
    }

    #[test]
    fn what_is_shown_has_a_line_for_each_thing() {
        let mut statement = statement("2026-11-22T09:15:00Z", 3600);
        assert_eq!(statement.to_string(), "Zoë\nI agree\n2026-11-22 10:15:00 +01:00");
        statement.role = Some("Head of Quality".into());
        assert_eq!(statement.to_string(), "Zoë\nHead of Quality\nI agree\n2026-11-22 10:15:00 +01:00");
    }
}
