//! Who computes.

/// Who does the mathematics. The answers are the same, the speed is not.
///
/// The choice of a provider changes no verdict: keys and signature values are read and judged by the same
/// code in front of both, and what AWS-LC lacks (RSA with SHA-3 or SHA-512/224, RSA below 2048 bits, another
/// salt than one as long as the digest, the brainpool curves) or does more slowly and less strictly (verifying
/// Ed25519) is computed by the RustCrypto crates without further ado.
///
/// Randomness inside a provider is the provider's own: blinding of RSA, the salt of PSS and the nonces of
/// ECDSA come from the operating system or from RFC 6979, never from a caller who might repeat himself.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// The pure Rust implementations of the RustCrypto project. RSA signing is blinded and checked against
    /// faults; still, production RSA keys belong in `aws-lc`, a token or a remote service, because of
    /// RUSTSEC-2023-0071 (time of the private operation).
    RustCrypto,
    /// AWS-LC, by the feature `aws-lc`: C and assembler, several times faster.
    #[cfg(feature = "aws-lc")]
    AwsLc,
}

impl Default for Provider {
    /// AWS-LC where the feature `aws-lc` is on, else RustCrypto.
    fn default() -> Self {
        #[cfg(feature = "aws-lc")]
        return Self::AwsLc;
        #[cfg(not(feature = "aws-lc"))]
        Self::RustCrypto
    }
}
