//! Kinds of timestamps in signatures.

use std::fmt;

/// What a timestamp is for, in the order in which they are made.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum TimestampKind {
    /// Over the content, made before the signature and signed with it (content-time-stamp, EN 319 122-1, 5.2.8). It
    /// proves that the signature is *younger*.
    Content,
    /// Over the signature value (signature-time-stamp, 5.3): the signature existed.
    Signature,
    /// Over the signature and the references to its evidence (CAdES-C-timestamp, Annex A.1.5.2): an older form.
    SignatureAndReferences,
    /// Over the references to evidence only (certs-crls-timestamp, Annex A.1.5.1): an older form.
    References,
    /// Over the signature, its evidence and all earlier timestamps (archive-time-stamp-v3, 5.5.3, and older forms).
    Archive,
    /// Over a whole document with everything in it (PDF document timestamp, EN 319 142-1, 5.4.3).
    Document,
}

impl TimestampKind {
    /// Whether it is made for the long term, over everything.
    pub(crate) const fn lasts(self) -> bool {
        matches!(self, Self::Archive | Self::Document)
    }

    /// Whether this kind must be younger than that: content before signature before the rest, archive last. Two of
    /// equal rank are in order as what they cover says.
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Content => 0,
            Self::Signature => 1,
            Self::SignatureAndReferences | Self::References => 2,
            Self::Archive | Self::Document => 3,
        }
    }
}

impl fmt::Display for TimestampKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Content => "content timestamp",
            Self::Signature => "signature timestamp",
            Self::SignatureAndReferences => "timestamp of signature and references",
            Self::References => "timestamp of references",
            Self::Archive => "archive timestamp",
            Self::Document => "document timestamp",
        })
    }
}
