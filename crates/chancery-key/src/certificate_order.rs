//! Certificates in any order, put into the order of a chain.

use chancery_certificate::Certificate;

use crate::algorithm::ClaimedAlgorithm;
use crate::identifier::ParameterReading;
use crate::public_key::PublicKey;

/// `leaf`, then its issuer, then that one's issuer, as far as the certificates at hand go. Each is used once, so
/// that no circle of names goes on for ever. This is order, not validation: nothing is trusted for it.
pub(crate) fn chain_of<'a>(
    leaf: &Certificate,
    at_hand: impl Iterator<Item = &'a Certificate>,
) -> Vec<Certificate> {
    let mut rest: Vec<&Certificate> = at_hand.filter(|certificate| *certificate != leaf).collect();
    let mut chain = vec![leaf.clone()];
    let mut last = leaf;
    while !last.is_self_issued() {
        // Of several with the right name (renewed or cross-certified issuers), the one whose key signed.
        let named = |candidate: &&Certificate| candidate.subject().matches(last.issuer());
        let signed = |candidate: &&Certificate| named(candidate) && has_signed(candidate, last);
        let position = rest.iter().position(signed).or_else(|| rest.iter().position(named));
        let Some(position) = position else { break };
        last = rest.swap_remove(position);
        chain.push(last.clone());
    }
    chain
}

fn has_signed(issuer: &Certificate, issued: &Certificate) -> bool {
    let identifier = issued.signature_algorithm();
    let algorithm = ClaimedAlgorithm::from_algorithm_identifier_with(&identifier, ParameterReading::Tolerant);
    let (Ok(algorithm), Ok(key)) = (algorithm, PublicKey::of(issuer)) else { return false };
    key.verify(&algorithm, issued.to_be_signed(), issued.signature()).is_ok()
}
