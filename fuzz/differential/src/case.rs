//! What is judged, and what a judge says.

use std::fmt;

/// One question to every judge: does the chain hold at the moment?
#[derive(Clone)]
pub struct Case {
    pub id: String,
    pub anchor: Vec<u8>,
    /// Issued by the anchor first.
    pub path: Vec<Vec<u8>>,
    /// Certificates that lie about and do not belong to the path; only judges that build paths get them.
    pub strays: Vec<Vec<u8>>,
    pub target: Vec<u8>,
    pub crls: Vec<Vec<u8>>,
    pub demands: Demands,
    /// Seconds since 1970.
    pub at: i64,
    /// What is special about the chain.
    pub traits: Vec<&'static str>,
    /// What it was made to be, where somebody says so.
    pub expected: Option<bool>,
}

/// What the relying party asks for.
#[derive(Clone, Default)]
pub struct Demands {
    /// Acceptable policies; none: any.
    pub policies: Vec<String>,
    pub require_policy: bool,
    pub forbid_mapping: bool,
    pub forbid_any_policy: bool,
    pub purpose: Use,
    /// Whether revocation must be known.
    pub revocation: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Use {
    #[default]
    Any,
    ClientAuthentication,
    Email,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    /// With the judge's own word for the reason.
    Invalid(String),
    /// The judge says nothing about such cases.
    Unasked,
}

impl Verdict {
    pub fn holds(&self) -> Option<bool> {
        match self {
            Self::Valid => Some(true),
            Self::Invalid(_) => Some(false),
            Self::Unasked => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::Invalid(reason) => f.write_str(reason),
            Self::Unasked => f.write_str("not asked"),
        }
    }
}
