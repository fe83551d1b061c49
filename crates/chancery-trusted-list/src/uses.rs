//! What a certificate can be qualified for.

use std::fmt;

use chancery_certificate::ClaimedUse;

use crate::uris::{AdditionalInformation, Qualifier};

/// For what a certificate can be qualified (eIDAS, annexes I, III and IV).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum QualifiedUse {
    /// Electronic signatures, of natural persons.
    Signatures,
    /// Electronic seals, of legal persons.
    Seals,
    /// Authentication of web sites.
    WebSites,
}

/// What would follow if the list were authentic.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Would {
    /// The certificate would be qualified.
    BeQualified,
    /// It would not.
    NotBeQualified,
    /// List and certificate do not allow an answer.
    CannotTell,
}

/// Whether the key would be in a qualified signature or seal creation device if the list were authentic.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum WouldBeDevice {
    /// It would.
    InDevice,
    /// It would not.
    NotInDevice,
    /// List and certificate do not allow an answer.
    CannotTell,
}

impl QualifiedUse {
    /// Every use.
    pub const ALL: [Self; 3] = [Self::Signatures, Self::Seals, Self::WebSites];

    pub(crate) fn information(self) -> AdditionalInformation {
        match self {
            Self::Signatures => AdditionalInformation::ForSignatures,
            Self::Seals => AdditionalInformation::ForSeals,
            Self::WebSites => AdditionalInformation::ForWebSites,
        }
    }

    pub(crate) fn qualifier(self) -> Qualifier {
        match self {
            Self::Signatures => Qualifier::ForSignatures,
            Self::Seals => Qualifier::ForSeals,
            Self::WebSites => Qualifier::ForWebSites,
        }
    }

    pub(crate) fn claim(self) -> ClaimedUse {
        match self {
            Self::Signatures => ClaimedUse::Signatures,
            Self::Seals => ClaimedUse::Seals,
            Self::WebSites => ClaimedUse::WebSites,
        }
    }
}

impl fmt::Display for QualifiedUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signatures => "electronic signatures",
            Self::Seals => "electronic seals",
            Self::WebSites => "web site authentication",
        })
    }
}

impl fmt::Display for WouldBeDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InDevice => "its key in a qualified device",
            Self::NotInDevice => "its key not in a qualified device",
            Self::CannotTell => "nobody can tell where its key is",
        })
    }
}
