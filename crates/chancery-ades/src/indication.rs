//! The standard's words for a result.

use std::fmt;

/// The main result of a validation (ETSI EN 319 102-1 V1.4.1, 5.1.2), from good to bad.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Indication {
    /// TOTAL-PASSED: every check succeeded.
    TotalPassed,
    /// INDETERMINATE: what is at hand is not enough to say that the signature is valid, or that it is not.
    Indeterminate,
    /// TOTAL-FAILED: the signature is not valid, and nothing that could be added would change that.
    TotalFailed,
}

impl fmt::Display for Indication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TotalPassed => "TOTAL-PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::TotalFailed => "TOTAL-FAILED",
        })
    }
}

macro_rules! sub_indications {
    ($($(#[doc = $doc:literal])* $variant:ident = $word:literal;)*) => {
        /// Why a result is not TOTAL-PASSED (ETSI EN 319 102-1 V1.4.1, table 5 and 6), by the standard's names.
        #[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum SubIndication {
            $($(#[doc = $doc])* $variant,)*
        }

        impl fmt::Display for SubIndication {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word,)* })
            }
        }
    };
}

sub_indications! {
    /// The signature does not have the form that its standard asks for.
    FormatFailure = "FORMAT_FAILURE";
    /// What was signed is not what is there: a digest differs.
    HashFailure = "HASH_FAILURE";
    /// The signature value was not made with the signer's key.
    SignatureCryptographyFailure = "SIG_CRYPTO_FAILURE";
    /// The signer's certificate was revoked before the signature existed.
    Revoked = "REVOKED";
    /// The signer's certificate expired before the signature existed.
    Expired = "EXPIRED";
    /// The signature existed before the signer's certificate was valid.
    NotYetValid = "NOT_YET_VALID";
    /// A constraint of the validation policy on the signature is not met.
    SignatureConstraintsFailure = "SIG_CONSTRAINTS_FAILURE";
    /// A constraint on the certificate path is not met.
    ChainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE";
    /// The path could not be judged for a reason not listed.
    CertificateChainGeneralFailure = "CERTIFICATE_CHAIN_GENERAL_FAILURE";
    /// An algorithm or key size was no longer acceptable.
    CryptographicConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE";
    /// The same, and nothing proves that the signature existed while it was acceptable.
    CryptographicConstraintsFailureNoProof = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
    /// Timestamps are not in the order in which they must be.
    TimestampOrderFailure = "TIMESTAMP_ORDER_FAILURE";
    /// The signer's certificate is not at hand.
    NoSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND";
    /// No path leads from the certificate to a trust anchor.
    NoCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND";
    /// The certificate was revoked, and nothing proves that the signature existed before.
    RevokedNoProof = "REVOKED_NO_POE";
    /// An issuer's certificate was revoked, and nothing proves that the signature existed before.
    RevokedAuthorityNoProof = "REVOKED_CA_NO_POE";
    /// The certificate is expired or not yet valid but not revoked; a proof of an earlier time would help.
    OutOfBoundsNotRevoked = "OUT_OF_BOUNDS_NOT_REVOKED";
    /// The certificate is expired or not yet valid, and whether it was revoked is not known.
    OutOfBoundsNoProof = "OUT_OF_BOUNDS_NO_POE";
    /// Whoever signed the revocation information is no longer valid, and nothing proves that it existed before.
    RevocationOutOfBoundsNoProof = "REVOCATION_OUT_OF_BOUNDS_NO_POE";
    /// The trust anchor is no longer trusted, and nothing proves that the signature existed before.
    NoCertificateChainFoundNoProof = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE";
    /// A proof that the signature existed at some time is missing.
    NoProofOfExistence = "NO_POE";
    /// Newer revocation information is needed: ask again later, or fetch it.
    TryLater = "TRY_LATER";
    /// The signed data are not at hand.
    SignedDataNotFound = "SIGNED_DATA_NOT_FOUND";
    /// Any other reason, told by the findings.
    Generic = "GENERIC";
}
