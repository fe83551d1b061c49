//! Until when a timestamp proves something by itself, and what ends it.

use chancery_certificate::Certificate;
use chancery_chain::{AnchorScope, VerifiedChain};
use chancery_digest::KnownDigest;
use chancery_key::lifetime::{AlgorithmConstraints, Lifetime};
use chancery_key::{ClaimedAlgorithm, KeyKind, ParameterReading};
use jiff::{SignedDuration, Timestamp};

use crate::trusted::TrustedTimestamp;

/// Until when a timestamp proves something by itself.
///
/// Afterwards it proves only what a newer timestamp keeps alive. See [`TrustedTimestamp::holds_until`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HoldsUntil {
    /// The last moment.
    pub time: Timestamp,
    /// What ends it then.
    pub because: TimestampEnd,
}

/// What ends a timestamp.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TimestampEnd {
    /// A certificate expires: the authority's, or of one above it.
    CertificateExpires(Certificate),
    /// Whoever trusts the anchor trusts it no longer
    /// ([`AnchorConstraints::trusted_until`](chancery_chain::AnchorConstraints::trusted_until)).
    AnchorNoLongerTrusted(Certificate),
    /// The digest of the covered bytes becomes too weak: somebody could make other bytes for it.
    WeakImprint(KnownDigest),
    /// The algorithm or key of the token's signature becomes too weak: somebody could make tokens of any time.
    WeakSignature(ClaimedAlgorithm),
    /// The algorithm or key behind the signature on a certificate of the chain becomes too weak.
    WeakCertificate(Certificate),
}

impl TrustedTimestamp {
    /// Until when this timestamp proves something by itself, as far as is known today: the earliest end of a certificate
    /// of its chain, of trust in its anchor, and of the digests, algorithms and keys in it (by the table that the
    /// verifier had).
    ///
    /// Whoever wants to keep the proof for longer gets another timestamp before then, best some weeks before, over all
    /// that the proof rests on: the bytes that this one covers, this token, and the evidence of its chain
    /// ([`VerifiedChain::evidence`]), collected anew so that it tells how the authority stood. The newer timestamp is
    /// trusted by itself; that the older one and its evidence existed then is what it proves, and with that the older one
    /// is trusted as if it were still that day (see [`trust`](crate::MatchingToken::trust)). It can be renewed in turn, so
    /// a proof lasts as long as somebody cares for it.
    ///
    /// Something may end it sooner that nobody knows yet: an authority whose key is stolen, an algorithm that is broken.
    /// A second timestamp by another authority is the remedy.
    ///
    /// `None` when nothing ends it: every certificate above the authority is beyond time, which does not occur.
    #[must_use]
    pub fn holds_until(&self) -> Option<HoldsUntil> {
        let chain = self.chain();
        let (signer, algorithms) = (self.token().signer(), self.algorithms());
        let imprint = self.token().imprint_algorithm();
        let imprint = end_of(algorithms.digest_acceptable_until(imprint), TimestampEnd::WeakImprint(imprint));
        let algorithm = signer.algorithm();
        let signature = KeyKind::of(signer.certificate()).ok().and_then(|kind| {
            end_of(algorithms.acceptable_until(&algorithm, kind), TimestampEnd::WeakSignature(algorithm))
        });
        let ends = [imprint, signature].into_iter().flatten();
        ends.chain(ends_of_chain(chain, algorithms)).min_by_key(|end| end.time)
    }
}

fn ends_of_chain(
    chain: &VerifiedChain,
    algorithms: AlgorithmConstraints,
) -> impl Iterator<Item = HoldsUntil> {
    let (anchor, certificates) = (chain.anchor(), chain.certificates());
    let binds = matches!(anchor.scope(), AnchorScope::Certificate | AnchorScope::Validity);
    // An anchor is the last; a certificate that is itself the anchor is judged like any other.
    let expiring = if binds || certificates.len() == 1 { certificates.len() } else { certificates.len() - 1 };
    let expire = certificates.iter().take(expiring).map(|certificate| HoldsUntil {
        time: certificate.not_after(),
        because: TimestampEnd::CertificateExpires(certificate.clone()),
    });
    let issuers = certificates.iter().skip(1);
    let weaken = certificates.iter().zip(issuers).filter_map(move |(certificate, issuer)| {
        let (algorithm, reading) = (certificate.signature_algorithm(), ParameterReading::Strict);
        let claimed = ClaimedAlgorithm::from_algorithm_identifier_with(&algorithm, reading).ok()?;
        let lifetime = algorithms.acceptable_until(&claimed, KeyKind::of(issuer).ok()?);
        end_of(lifetime, TimestampEnd::WeakCertificate(certificate.clone()))
    });
    let distrust = anchor.constraints().trusted().1.map(|until| HoldsUntil {
        time: last_before(until),
        because: TimestampEnd::AnchorNoLongerTrusted(anchor.certificate().clone()),
    });
    expire.chain(weaken).chain(distrust)
}

/// The last moment of a lifetime; of what was acceptable at no time, the beginning of all.
fn end_of(lifetime: Lifetime, because: TimestampEnd) -> Option<HoldsUntil> {
    let time = match lifetime {
        Lifetime::Unlimited => return None,
        Lifetime::Until(end) => last_before(end),
        _ => Timestamp::MIN,
    };
    Some(HoldsUntil { time, because })
}

fn last_before(end: Timestamp) -> Timestamp {
    end.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(end)
}

impl std::fmt::Display for HoldsUntil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.time)?;
        match &self.because {
            TimestampEnd::CertificateExpires(certificate) => {
                write!(f, "the certificate of \"{}\" expires", certificate.display_name())
            }
            TimestampEnd::AnchorNoLongerTrusted(anchor) => {
                write!(f, "trust in \"{}\" ends", anchor.display_name())
            }
            TimestampEnd::WeakImprint(digest) => write!(f, "{} is no longer acceptable", digest.name()),
            TimestampEnd::WeakSignature(algorithm) => {
                write!(f, "{algorithm} with the key of the authority is no longer acceptable")
            }
            TimestampEnd::WeakCertificate(certificate) => {
                write!(f, "the signature on \"{}\" is no longer acceptable", certificate.display_name())
            }
        }
    }
}
