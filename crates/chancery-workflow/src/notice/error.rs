//! What can be wrong with texts and letters.

use thiserror::Error;

use crate::id::PartyId;
use crate::language::Language;

/// Texts that cannot take the place of ours.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// Not Fluent.
    #[error("{language}: no Fluent at byte {offset}: {why}")]
    Syntax {
        /// Of which language.
        language: Language,
        /// Where.
        offset: usize,
        /// What the parser says.
        why: String,
    },
    /// A message that nothing shows.
    #[error("{language}: there is no message {key}; see the English texts for those there are")]
    Unknown {
        /// Of which language.
        language: Language,
        /// Its name.
        key: String,
    },
    /// A message that says other things than the English one.
    #[error("{language}: {key} uses {found}, the English one uses {expected}")]
    Variables {
        /// Of which language.
        language: Language,
        /// Its name.
        key: String,
        /// The variables of the English one.
        expected: String,
        /// Its variables.
        found: String,
    },
}

/// A letter that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// The link opens the envelope for somebody else.
    #[error("the link is that of {link}; the letter goes to {to}")]
    OthersLink {
        /// Whose link.
        link: PartyId,
        /// To whom the letter goes, as people read it.
        to: String,
    },
    /// What is told opens nothing.
    #[error("there is no link in this message")]
    NoLink,
    /// Seals are set by a machine, which reads no letters.
    #[error("a seal is set by a machine; nobody is told that its turn has come")]
    Machine,
    /// A text of the application's own does not work out.
    #[error("the text {key} in {language} cannot be written: {why}")]
    Text {
        /// Its name.
        key: &'static str,
        /// The language.
        language: Language,
        /// What Fluent says.
        why: String,
    },
    /// Not the address of a page.
    #[error("a link begins with `https://`, has at most {most} bytes, and no spaces or letters beyond ASCII")]
    Address {
        /// The most bytes.
        most: usize,
    },
}
