//! A signature of a CMS message, as the validation process wants it.

use chancery_ades::{
    Aspect, Coverage, CoveringTimestamp, Finding, Particulars, RequiredBinding, SignatureLevel,
    SignatureSubject, TimestampKind,
};
use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{Asn1Error, Reader, tag};
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
    let mut notes = Vec::new();
    let timestamps: Vec<_> = signature_timestamps(signer).collect();
    let level = if timestamps.is_empty() { SignatureLevel::Basic } else { SignatureLevel::Time };
    let signed = signer.signed_attributes();
    if let Some(policy) = signed.and_then(|signed| signed.single(attributes::SIGNATURE_POLICY)) {
        notes.push((Aspect::Integrity, judge_policy(policy)));
    }
    let restrictions = Vec::new();
    SignatureSubject {
        name,
        claimed_signer,
        value: signer.signature().into(),
        level,
        particulars: Particulars::default(),
        check,
        binding,
        evidence: carried,
        timestamps,
        restrictions,
        notes,
    }
}

/// The timestamps over the signature value (EN 319 122-1, 5.3).
fn signature_timestamps(signer: &SignerInfo) -> impl Iterator<Item = CoveringTimestamp> {
    let tokens = signer.unsigned_attributes().values(attributes::SIGNATURE_TIMESTAMP);
    let covered = digests_of_value(signer.signature());
    tokens.enumerate().map(move |(index, token)| CoveringTimestamp {
        kind: TimestampKind::Signature,
        name: format!("signature timestamp {}", index + 1),
        token: MatchingToken::from_token(token, &covered),
        covers: Coverage::new().signature(signer.signature()),
        evidence: Evidence::new(),
    })
}

/// A signature policy that the signer refers to (EN 319 122-1, 5.2.9) is named, not applied: its rules are not at
/// hand. A reference whose digest cannot be one is worth a warning.
fn judge_policy(value: &[u8]) -> Finding {
    let text = "the reference to a signature policy cannot be read";
    read_policy(value).unwrap_or_else(|_| Finding::warning("signature-policy-unreadable", text))
}

/// ```text
/// SignaturePolicy ::= CHOICE { signaturePolicyId SignaturePolicyId, signaturePolicyImplied NULL }
/// SignaturePolicyId ::= SEQUENCE { sigPolicyId OBJECT IDENTIFIER, sigPolicyHash OtherHashAlgAndValue OPTIONAL,
///                                  sigPolicyQualifiers SEQUENCE OF SigPolicyQualifierInfo OPTIONAL }
/// OtherHashAlgAndValue ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING }
/// ```
fn read_policy(value: &[u8]) -> Result<Finding, Asn1Error> {
    let named = |text: String| Finding::information("signature-policy", text);
    let mut reader = Reader::new(value);
    if reader.optional(tag::NULL)?.is_some() {
        return Ok(named("a signature policy is implied, and not applied".into()));
    }
    let mut fields = reader.expect(tag::SEQUENCE)?.reader();
    let policy = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
    let not_applied = || named(format!("the signature policy {policy} is not applied"));
    let Some(hash) = fields.optional(tag::SEQUENCE)? else { return Ok(not_applied()) };
    let mut hash = hash.reader();
    let algorithm = AlgorithmIdentifier::read(&mut hash)?.oid;
    let length = hash.expect(tag::OCTET_STRING)?.content.len();
    if KnownDigest::from_oid(&algorithm).is_some_and(|known| known.output_len() == length) {
        return Ok(not_applied());
    }
    let text = format!(
        "the signature policy {policy} has a digest of {length} bytes by {algorithm}, which cannot be"
    );
    Ok(Finding::warning("signature-policy-digest", text))
}

/// The digests of a signature value by every algorithm that a timestamp may name. The value is short.
pub(crate) fn digests_of_value(value: &[u8]) -> Digests {
    let current = DigestAlgorithm::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
    let legacy = LegacyDigest::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
    Digests::over_bytes(current.chain(legacy), value)
}
