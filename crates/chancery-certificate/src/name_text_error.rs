//! What can be wrong with a name in text.

/// A name in text that could not be read, with the place.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no distinguished name: at byte {offset}, {fault}")]
#[non_exhaustive]
pub struct NameTextError {
    /// Where in the text, in bytes.
    pub offset: usize,
    /// What is wrong there.
    pub fault: NameTextFault,
}

/// What is wrong with a name in text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NameTextFault {
    /// A type that is known, or a dotted number, and `=` belong here.
    #[error("a type such as CN or 2.5.4.3 and = belong here")]
    Type,
    /// One of `,` `+` `;` belongs here.
    #[error("a comma or + belongs here")]
    Separator,
    /// A character that may not stand in a value as it is, or bytes that are not UTF-8.
    #[error("a value holds something that must be escaped, or is not UTF-8")]
    Value,
    /// A backslash before something that it cannot escape.
    #[error("after a backslash there must be a special character or two hexadecimal digits")]
    Escape,
    /// Quotes that never close.
    #[error("quotes begin that do not end, or do not hold UTF-8")]
    Quote,
    /// `#` without the hexadecimal form of one element.
    #[error("after # there must be one whole element of DER in hexadecimal")]
    Encoded,
}
