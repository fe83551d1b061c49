//! A signature of a CMS message, as the validation process wants it.

use chancery_ades::{
    Aspect, CoveringTimestamp, Finding, RequiredBinding, Restriction, SignatureSubject, SubIndication,
};
use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{Asn1Error, Reader, tag};
use chancery_chain::Evidence;
use chancery_cms::statements::{
    SIGNATURE_POLICY_STORE, SIGNER_ATTRIBUTES_V2, SIGNER_LOCATION, StatedPolicy, Statement, StoredDocument,
};
use chancery_cms::{SignedMessage, SignerInfo, attributes};
use chancery_digest::{DigestAlgorithm, Digests, KnownDigest, LegacyDigest, Source};
use const_oid::ObjectIdentifier as Oid;

use crate::attributes::{EXTERNAL_EVIDENCE_RECORD, INTERNAL_EVIDENCE_RECORD, LONG_TERM_VALIDATION};
use crate::enclosed;
use crate::level::Level;
use crate::particulars::particulars;
use crate::stamps::{self, Stamp};

/// Presents one signature of a message to the validation process: its check against the content, what it carries,
/// and its timestamps, each with exactly what it covers.
///
/// `content` holds the digests of what was signed, for a detached signature by the algorithms that
/// [`content_algorithms`](crate::content_algorithms) names. `evidence` is what is at hand beside the message.
#[must_use]
pub fn subject(
    name: String,
    message: &SignedMessage,
    signer: &SignerInfo,
    content: &Digests,
    binding: RequiredBinding,
    evidence: &Evidence,
) -> SignatureSubject {
    subject_over(name, message, signer, (content, None), binding, evidence)
}

/// The same with detached content itself, if it is at hand: archive timestamps of version 2 are over it.
pub(crate) fn subject_over(
    name: String,
    message: &SignedMessage,
    signer: &SignerInfo,
    (content, detached): (&Digests, Option<&dyn Source>),
    binding: RequiredBinding,
    evidence: &Evidence,
) -> SignatureSubject {
    let check = signer.check(message, content, evidence.certificates());
    let known = message.certificates().iter().chain(evidence.certificates());
    let claimed_signer = known.clone().find(|certificate| signer.identifier().names(certificate)).cloned();
    let mut carried = enclosed::beside_timestamps(message, signer);
    let mut notes = notes(signer);
    let stamps = stamps::of_signer_over(message, signer, content, detached).unwrap_or_default();
    let form = Level::with_stamps(message, signer, &stamps, || carried.clone());
    notes.push((Aspect::Time, Finding::information("level", format!("the form of the signature is {form}"))));
    // It is evidence, but none that the levels know.
    carried.extend(enclosed::of_signed(signer));
    let timestamps = stamps.all.into_iter().map(covering).collect();
    let signed = signer.signed_attributes();
    if let Some(policy) = signed.and_then(|signed| signed.single(attributes::SIGNATURE_POLICY)) {
        notes.push((Aspect::Integrity, judge_policy(policy)));
    }
    notes.extend(judge_policy_stores(signer).into_iter().map(|finding| (Aspect::Integrity, finding)));
    let restrictions = match binding {
        RequiredBinding::Signed => stated_twice(signer).into_iter().collect(),
        RequiredBinding::Optional => Vec::new(),
    };
    SignatureSubject {
        name,
        claimed_signer,
        value: signer.signature_octets().clone(),
        level: form.baseline(),
        particulars: particulars(message, signer, content),
        check,
        binding,
        evidence: carried,
        timestamps,
        restrictions,
        notes,
    }
}

pub(crate) fn covering(stamp: Stamp) -> CoveringTimestamp {
    let Stamp { kind, name, token, covers, carried, .. } = stamp;
    // What does not match is no part of the signature.
    let evidence = if token.is_ok() { carried } else { Evidence::new() };
    CoveringTimestamp { kind, name, token, covers, evidence }
}

/// What a CAdES signature states at most once: several policies, places or roles would be nobody's.
const STATED_ONCE: [Oid; 4] =
    [attributes::SIGNATURE_POLICY, SIGNER_LOCATION, SIGNER_ATTRIBUTES_V2, attributes::MIME_TYPE];

/// An attribute that stands twice, or has several values, where one is allowed (EN 319 122-1, 6.3, table 1).
fn stated_twice(signer: &SignerInfo) -> Option<Restriction> {
    let signed = signer.signed_attributes()?;
    let twice = STATED_ONCE.into_iter().find(|oid| signed.values(*oid).nth(1).is_some())?;
    let text = format!("the signed attribute {twice} states several things, where it may state one");
    let finding = Finding::error("malformed-signature", text).rule("ETSI EN 319 122-1, 6.3");
    // What was signed is what is there; what it says of the signer cannot be taken.
    Some(Restriction::fails(SubIndication::FormatFailure, Aspect::Identity, finding))
}

/// What is there and not judged.
fn notes(signer: &SignerInfo) -> Vec<(Aspect, Finding)> {
    let told = [
        (INTERNAL_EVIDENCE_RECORD, "an evidence record (RFC 4998) over the signature and its content"),
        (EXTERNAL_EVIDENCE_RECORD, "an evidence record (RFC 4998) over the signature and content elsewhere"),
        (LONG_TERM_VALIDATION, "a long-term-validation attribute (EN 319 122-1, A.2.5)"),
    ];
    let there = told.into_iter().filter(|(oid, _)| signer.unsigned_attributes().contains(*oid));
    let note = |(_, what): (_, &str)| {
        let text = format!("{what} is there, which is not judged: it proves nothing here");
        (Aspect::Time, Finding::information("evidence-record", text))
    };
    there.map(note).collect()
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

/// The documents of the policy that are kept with the signature (EN 319 122-1, 5.2.10), held against the digest that was
/// signed. Nobody signed the documents themselves.
fn judge_policy_stores(signer: &SignerInfo) -> Vec<Finding> {
    const KIND: &str = "signature-policy-store";
    let signed = signer.signed_attributes().and_then(|signed| signed.single(attributes::SIGNATURE_POLICY));
    let policy = match signed.map(|value| Statement::from_value(attributes::SIGNATURE_POLICY, value)) {
        Some(Ok(Statement::SignaturePolicy(StatedPolicy::Identified(policy)))) => Some(policy),
        _ => None,
    };
    let judge = |value: &[u8]| {
        let Ok(Statement::SignaturePolicyStore(store)) = Statement::from_value(SIGNATURE_POLICY_STORE, value)
        else {
            return Finding::warning(KIND, "a stored document of a signature policy cannot be read");
        };
        let Some(policy) = &policy else {
            return Finding::warning(
                KIND,
                "a document of a signature policy is stored, but no policy was signed",
            );
        };
        let identifier = policy.identifier;
        match store.compare(policy) {
            StoredDocument::AsSigned => {
                let text = format!(
                    "the stored document of the signature policy {identifier} is the one that was signed"
                );
                Finding::information(KIND, text)
            }
            StoredDocument::Other => {
                let text = format!(
                    "the stored document has another digest than the one that was signed for the signature policy {identifier}"
                );
                Finding::warning(KIND, text)
            }
            StoredDocument::NotCompared => {
                let text = format!(
                    "nothing shows that the stored document is that of the signature policy {identifier}"
                );
                Finding::information(KIND, text)
            }
        }
    };
    signer.unsigned_attributes().values(SIGNATURE_POLICY_STORE).map(judge).collect()
}

/// The digests of a signature value by every algorithm that a timestamp may name. The value is short.
pub(crate) fn digests_of_value(value: &[u8]) -> Digests {
    let current = DigestAlgorithm::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
    let legacy = LegacyDigest::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
    Digests::over_bytes(current.chain(legacy), value)
}
