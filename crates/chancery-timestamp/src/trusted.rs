//! From a matching token to a proof of existence.

use chancery_chain::{ChainFailure, ChainVerifier, Purpose, VerifiedChain};
use chancery_key::lifetime::AlgorithmConstraints;
use jiff::Timestamp;

use crate::token::MatchingToken;

/// A token of an authority that was trusted at the moment in question: a proof that the covered bytes existed
/// by [its time](Self::existed_by), and of nothing else.
///
/// Only [`MatchingToken::trust`] makes one, and [`MatchingToken::trust_like`] another of the same authority.
#[derive(Clone, Debug)]
pub struct TrustedTimestamp {
    token: MatchingToken,
    chain: VerifiedChain,
    algorithms: AlgorithmConstraints,
}

impl MatchingToken {
    /// Asks whether the authority is to be trusted, at a moment: the present, or the time of a later timestamp
    /// that covers this one.
    ///
    /// The chain is judged for [`Purpose::Timestamping`] whatever the purpose of `verifier` is, and the
    /// certificates of the token are its intermediates; further ones belong into the verifier's evidence.
    ///
    /// It is the authority that is judged. Whether the digest of the covered bytes and the algorithm of the token's own
    /// signature were strong enough, [`TrustedTimestamp::holds_until`] says: what ended before the moment in question
    /// proves nothing.
    ///
    /// # After the authority's certificate has expired
    ///
    /// Then, or when the authority was revoked, a token is worth what is proven about it: whoever has such a key
    /// can write tokens of any time. If a later timestamp covers this token, and what shows that its authority was good
    /// then, it counts as if it were judged on that day. That is asked for by a verifier with proofs
    /// ([`ChainVerifier::proofs`]); the token is then judged at the earliest time at which it is proven to have existed,
    /// if that is before `at`.
    ///
    /// ```
    /// use chancery_chain::{ChainFailure, ChainVerifier, ProofsOfExistence};
    /// use chancery_timestamp::{MatchingToken, TrustedTimestamp};
    /// use jiff::Timestamp;
    ///
    /// /// `newer` covers the document, `older`, and the CRLs and certificates that speak for the authority of `older`.
    /// fn existed(
    ///     older: MatchingToken,
    ///     newer: MatchingToken,
    ///     verifier: &ChainVerifier<'_>,
    ///     now: Timestamp,
    /// ) -> Result<TrustedTimestamp, ChainFailure> {
    ///     let newer = newer.trust(verifier, now)?;
    ///     let mut proofs = ProofsOfExistence::new(now);
    ///     proofs.prove(older.to_der(), newer.existed_by());
    ///     # let covered: Vec<Vec<u8>> = Vec::new();
    ///     for piece in &covered {
    ///         proofs.prove(piece, newer.existed_by());
    ///     }
    ///     older.trust(&verifier.clone().proofs(&proofs), now)
    /// }
    /// ```
    ///
    /// # Errors
    /// No path to an anchor held at that moment.
    pub fn trust(
        self,
        verifier: &ChainVerifier<'_>,
        at: Timestamp,
    ) -> Result<TrustedTimestamp, ChainFailure> {
        let verifier = verifier.clone().for_purpose(Purpose::Timestamping).intermediates(self.certificates());
        let certificate = self.signer().certificate();
        let proven = verifier.proofs_of_existence().map(|proofs| proofs.earliest_of(|| self.object()));
        let chain = verifier.verify_at(certificate, proven.map_or(at, |proven| proven.min(at)))?;
        // An authority cannot have stamped at a time for which it had no certificate; whoever broke its algorithms later
        // would write such a time.
        if self.time() < certificate.not_before() || self.time() > certificate.not_after() {
            verifier.verify_at(certificate, self.time())?;
        }
        let algorithms = verifier.algorithm_constraints();
        Ok(TrustedTimestamp { token: self, chain, algorithms })
    }

    /// Trusts another token of an authority that was judged already, at the same moment and by the same verifier as
    /// `other`, without judging it again: whoever has a thousand tokens of one authority asks about it once.
    ///
    /// # Errors
    /// The token itself, if that says nothing of it, so that it must be [judged](Self::trust): it is of another
    /// certificate, of a time for which that certificate does not hold, or `other` was judged in retrospect, as of a time
    /// that is its own.
    pub fn trust_like(self, other: &TrustedTimestamp) -> Result<TrustedTimestamp, Box<Self>> {
        let certificate = self.signer().certificate();
        let valid = certificate.not_before() <= self.time() && self.time() <= certificate.not_after();
        let in_retrospect = other.chain.control_time().is_some();
        if in_retrospect || !valid || certificate != other.chain.certificate() {
            return Err(Box::new(self));
        }
        Ok(TrustedTimestamp { token: self, chain: other.chain.clone(), algorithms: other.algorithms })
    }
}

impl TrustedTimestamp {
    /// The time that the authority states. By when the covered bytes certainly existed, [`existed_by`](Self::existed_by)
    /// says.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.token.time()
    }

    /// By when the covered bytes certainly existed: the time that the authority states, and how far that may be off as
    /// it says itself ([`accuracy`](MatchingToken::accuracy)).
    #[must_use]
    pub fn existed_by(&self) -> Timestamp {
        self.token.latest_time()
    }

    /// The token.
    #[must_use]
    pub const fn token(&self) -> &MatchingToken {
        &self.token
    }

    /// The table of algorithms by which it was judged.
    pub(crate) const fn algorithms(&self) -> AlgorithmConstraints {
        self.algorithms
    }

    /// The path from the authority to the anchor, and what was known of revocation.
    #[must_use]
    pub const fn chain(&self) -> &VerifiedChain {
        &self.chain
    }
}
