//! A signature of a CMS message, as the validation process wants it.

use chancery_ades::{Aspect, Finding, RequiredBinding, SignatureSubject};
use chancery_chain::Evidence;
use chancery_cms::{SignedMessage, SignerInfo, attributes};
use chancery_digest::{DigestAlgorithm, Digests, KnownDigest, LegacyDigest};
use chancery_timestamp::MatchingToken;

/// Presents one signature of a message to the validation process: its check against the content, what it carries,
/// and its timestamps.
///
/// `content` holds the digests of what was signed, for a detached signature by the algorithms that
/// [`SignedMessage::digest_algorithms`] names. `evidence` is what is at hand beside the message.
#[must_use]
pub fn subject(
    name: String,
    message: &SignedMessage,
    signer: &SignerInfo,
    content: &Digests,
    binding: RequiredBinding,
    evidence: &Evidence,
) -> SignatureSubject {
    let check = signer.check(message, content, evidence.certificates());
    let known = message.certificates().iter().chain(evidence.certificates());
    let claimed_signer = known.clone().find(|certificate| signer.identifier().names(certificate)).cloned();
    let mut carried = Evidence::new().with_certificates(message.certificates().iter().cloned());
    message.crls().iter().for_each(|crl| carried.add_crl(crl.clone()));
    let (mut timestamps, mut notes) = (Vec::new(), Vec::new());
    let covered = digests_of_value(signer.signature());
    for token in signer.unsigned_attributes().values(attributes::SIGNATURE_TIMESTAMP) {
        match MatchingToken::from_token(token, &covered) {
            Ok(token) => timestamps.push(token),
            Err(fault) => {
                let text = format!("a timestamp of the signature proves nothing: {fault}");
                notes.push((Aspect::Time, Finding::warning("timestamp-invalid", text)));
            }
        }
    }
    let restrictions = Vec::new();
    SignatureSubject {
        name,
        claimed_signer,
        check,
        binding,
        evidence: carried,
        timestamps,
        restrictions,
        notes,
    }
}

/// The digests of a signature value by every algorithm that a timestamp may name. The value is short.
pub(crate) fn digests_of_value(value: &[u8]) -> Digests {
    let current = DigestAlgorithm::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
    let legacy = LegacyDigest::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
    Digests::over_bytes(current.chain(legacy), value)
}
