//! What is validated, as its format presents it.

use chancery_certificate::{Certificate, Octets};
use chancery_chain::Evidence;
use chancery_cms::SignerCheck;
use chancery_timestamp::{MatchingToken, TokenFault};

use crate::Finding;
use crate::coverage::Coverage;
use crate::facts::Particulars;
use crate::level::SignatureLevel;
use crate::report::{Aspect, Restriction};
use crate::timestamp_kind::TimestampKind;

/// One signature as its format presents it, ready to be validated.
///
/// Nothing in it is believed: a format says what is there, and [`validate`](Self::validate) finds what it proves.
#[derive(Debug)]
pub struct SignatureSubject {
    /// What the report calls it: the name of its field, or its number.
    pub name: String,
    /// Whose signature it claims to be.
    pub claimed_signer: Option<Certificate>,
    /// The signature value as received: the thing whose existence timestamps prove.
    pub value: Octets,
    /// The level that its form has, whatever its parts are worth.
    pub level: SignatureLevel,
    /// What else stands in it, for the report.
    pub particulars: Particulars,
    /// What the cryptography says.
    pub check: SignerCheck,
    /// Whether the format asks for a signed reference to the certificate.
    pub binding: RequiredBinding,
    /// Certificates, CRLs and OCSP answers that the signature carries.
    pub evidence: Evidence,
    /// The timestamps that belong to this signature, of every kind, in any order, those that do not match too.
    pub timestamps: Vec<CoveringTimestamp>,
    /// What the format found that makes the verdict worse.
    pub restrictions: Vec<Restriction>,
    /// What else the format found.
    pub notes: Vec<(Aspect, Finding)>,
}

/// A timestamp as its format presents it.
#[derive(Debug)]
pub struct CoveringTimestamp {
    /// What it is for.
    pub kind: TimestampKind,
    /// What the report calls it.
    pub name: String,
    /// The token that matches what the format says it covers, or why there is none.
    pub token: Result<MatchingToken, TokenFault>,
    /// What its digest was computed over, as far as it can be named: what it proves to have existed.
    pub covers: Coverage,
    /// Certificates, CRLs and OCSP answers beside those in the token, such as in its unsigned attributes.
    pub evidence: Evidence,
}

/// Whether a signature must name its certificate within what is signed (ESS signing-certificate, RFC 5035).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum RequiredBinding {
    /// It must: CAdES, PAdES and timestamps.
    Signed,
    /// It need not: CMS and PDF signatures from before; the report says so.
    Optional,
}
