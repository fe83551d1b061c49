//! The baseline levels.

use std::fmt;

/// How long a signature is made to last: the baseline levels of EN 319 122-1 (CAdES), 319 132-1 (XAdES) and
/// 319 142-1 (PAdES), each with everything of the one before.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SignatureLevel {
    /// Less than the baseline: a signature from before, or without what the baseline asks of every signature.
    BelowBaseline,
    /// B-B: a signature that names its certificate.
    Basic,
    /// B-T: with a timestamp over the signature, which proves that it existed.
    Time,
    /// B-LT: with the certificates, CRLs and OCSP answers that it is judged by.
    LongTerm,
    /// B-LTA: with a timestamp over all of it, to be renewed before what it rests on ends.
    Archive,
}

impl fmt::Display for SignatureLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BelowBaseline => "below B-B",
            Self::Basic => "B-B",
            Self::Time => "B-T",
            Self::LongTerm => "B-LT",
            Self::Archive => "B-LTA",
        })
    }
}
