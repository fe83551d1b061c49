//! Until when algorithms and keys were acceptable (ETSI EN 319 102-1, 5.2.8).

use chancery_cms::CheckedSigner;
use chancery_key::PublicKey;
use chancery_key::lifetime::{AlgorithmConstraints, Lifetime};
use chancery_timestamp::MatchingToken;
use jiff::Timestamp;

/// An algorithm that was not acceptable at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Weakness {
    /// What it is and until when it was acceptable.
    pub(crate) text: String,
    /// The first moment at which it was not; nothing: it never was.
    pub(crate) until: Option<Timestamp>,
}

/// The weakness of the algorithm and the key of a signature, if they were not acceptable at the moment.
pub(crate) fn of_signer(
    signer: &CheckedSigner,
    constraints: AlgorithmConstraints,
    moment: Timestamp,
) -> Option<Weakness> {
    let kind = PublicKey::of(signer.certificate()).ok()?.kind();
    let algorithm = signer.algorithm();
    weakness(constraints.acceptable_until(&algorithm, kind), moment, || {
        format!("{algorithm} with a key of kind {kind}")
    })
}

/// The weakness of a timestamp: of its signature, or of the digest that was stamped. With a broken digest or key,
/// whoever wants to has it made for other octets, and for any time; so the moment is the one at which the token
/// itself is proven to have existed, not the time that it claims.
pub(crate) fn of_token(
    token: &MatchingToken,
    constraints: AlgorithmConstraints,
    moment: Timestamp,
) -> Option<Weakness> {
    of_imprint(token, constraints, moment).or_else(|| of_signer(token.signer(), constraints, moment))
}

/// The weakness of the digest that was stamped: with it, the token says nothing of what it covers, however it was
/// signed.
pub(crate) fn of_imprint(
    token: &MatchingToken,
    constraints: AlgorithmConstraints,
    moment: Timestamp,
) -> Option<Weakness> {
    let imprint = token.imprint_algorithm();
    weakness(constraints.digest_acceptable_until(imprint), moment, || format!("its digest by {imprint}"))
}

/// What there is to say of a lifetime that does not include the moment.
pub(crate) fn weakness(
    lifetime: Lifetime,
    moment: Timestamp,
    what: impl FnOnce() -> String,
) -> Option<Weakness> {
    if lifetime.includes(moment) {
        return None;
    }
    Some(match lifetime {
        Lifetime::Until(until) => {
            Weakness { text: format!("{} was acceptable only until {until}", what()), until: Some(until) }
        }
        _ => Weakness { text: format!("{} was never acceptable", what()), until: None },
    })
}
