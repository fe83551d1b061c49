//! What was found, where, and by which rule.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::PageArea;

/// Something worth saying about a signature or a document.
///
/// The kind is a stable name to build on; the text is for people and may change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The stable name: `later-revision`, `digest-mismatch` …
    pub kind: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A sentence for people.
    pub text: String,
    /// Where it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where a person sees it, if it is on a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Box<PageArea>>,
    /// The clause that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// What would help, as a sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Box<str>>,
}

/// How bad a finding is.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Information,
    /// A person should look at it.
    Warning,
    /// It keeps the signature from passing.
    Error,
}

/// Where something was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Place {
    /// A revision of a document, counted from 1.
    Revision(usize),
    /// An object of a PDF, by number.
    Object(u32),
    /// A range of bytes: first, and first after.
    Bytes(u64, u64),
    /// A certificate, by the name of its subject.
    Certificate(Box<str>),
    /// A field of a form.
    Field(Box<str>),
    /// A moment.
    Time(#[serde(serialize_with = "as_text")] Timestamp),
}

impl Finding {
    /// Something worth knowing.
    #[must_use]
    pub fn information(kind: &'static str, text: impl Into<String>) -> Self {
        Self {
            kind,
            severity: Severity::Information,
            text: text.into(),
            place: None,
            page: None,
            rule: None,
            help: None,
        }
    }

    /// Something that a person should look at.
    #[must_use]
    pub fn warning(kind: &'static str, text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::information(kind, text) }
    }

    /// Something that keeps the signature from passing.
    #[must_use]
    pub fn error(kind: &'static str, text: impl Into<String>) -> Self {
        Self { severity: Severity::Error, ..Self::information(kind, text) }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says on which page, if it is known: `None` leaves what was said before.
    #[must_use]
    pub fn on_page(mut self, page: impl Into<Option<PageArea>>) -> Self {
        self.page = page.into().map(Box::new).or(self.page);
        self
    }

    /// Where a person sees it, if it is on a page.
    #[must_use]
    pub fn page(&self) -> Option<PageArea> {
        self.page.as_deref().copied()
    }

    /// Where it was found, in brackets: `revision 2, page 3`. Nothing if neither place nor page is known.
    pub(crate) fn whereabouts(&self) -> Option<String> {
        let place = self.place.as_ref().map(ToString::to_string);
        let page = self.page.as_ref().map(ToString::to_string);
        let parts: Vec<String> = place.into_iter().chain(page).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Says what would help, if anything would.
    #[must_use]
    pub fn helped_by(mut self, help: Option<String>) -> Self {
        self.help = help.map(String::into_boxed_str);
        self
    }

    /// Says by which clause.
    #[must_use]
    pub const fn rule(mut self, clause: &'static str) -> Self {
        self.rule = Some(clause);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if let Some(whereabouts) = self.whereabouts() {
            write!(f, " [{whereabouts}]")?;
        }
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(number) => write!(f, "revision {number}"),
            Self::Object(number) => write!(f, "object {number}"),
            Self::Bytes(start, end) => write!(f, "bytes {start} to {end}"),
            Self::Certificate(name) => write!(f, "certificate of {name}"),
            Self::Field(name) => write!(f, "field {name}"),
            Self::Time(time) => write!(f, "{time}"),
        }
    }
}

pub(crate) fn as_text<T: fmt::Display, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_page_are_said_together() {
        let finding = Finding::warning("changed", "something changed");
        assert_eq!(finding.to_string(), "something changed");
        let finding = finding.on_page(PageArea::page(3));
        assert_eq!(finding.to_string(), "something changed [page 3]");
        let finding = finding.at(Place::Revision(2)).on_page(None);
        assert_eq!(finding.to_string(), "something changed [revision 2, page 3]");
    }
}
