//! The URIs by which a report names things (ETSI TS 119 102-2, XML Signature, RFC 9231).

use chancery_chain::RevocationReason;
use chancery_digest::{DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_key::ClaimedAlgorithm;

use crate::{Indication, SignatureAttribute, SignatureLevel, SubIndication, TimestampKind};

/// The namespace of ETSI TS 119 102-2 V1.4.1.
pub(super) const REPORT: &str = "http://uri.etsi.org/19102/v1.4.1#";
/// Where what the standard leaves to the validator is explained; each name is an anchor there.
const OWN: &str = "https://github.com/chancery-rs/chancery/blob/main/docs/report.md#";

/// A name of ours: for what the standard leaves to the validator.
pub(super) fn own(anchor: &str) -> String {
    format!("{OWN}{anchor}")
}

/// Whether an indication is about a signature as a whole, or about one of the things it rests on.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Scope {
    Signature,
    Part,
}

/// Main indications (TS 119 102-2, 4.2.3 and table 1).
pub(super) const fn main_indication(indication: Indication, scope: Scope) -> &'static str {
    match (indication, scope) {
        (Indication::TotalPassed, Scope::Signature) => "urn:etsi:019102:mainindication:total-passed",
        (Indication::TotalFailed, Scope::Signature) => "urn:etsi:019102:mainindication:total-failed",
        (Indication::TotalPassed, Scope::Part) => "urn:etsi:019102:mainindication:passed",
        (Indication::TotalFailed, Scope::Part) => "urn:etsi:019102:mainindication:failed",
        (Indication::Indeterminate, _) => "urn:etsi:019102:mainindication:indeterminate",
    }
}

pub(super) fn sub_indication(word: SubIndication) -> String {
    format!("urn:etsi:019102:subindication:{word}")
}

/// What a timestamp is called among the attributes of a signature (TS 119 102-2, annex A).
pub(super) const fn timestamp_attribute(kind: TimestampKind) -> &'static str {
    match kind {
        TimestampKind::Content => "AllDataObjectsTimeStamp",
        TimestampKind::Signature => "SignatureTimeStamp",
        TimestampKind::SignatureAndReferences => "SigAndRefsTimeStamp",
        TimestampKind::References => "RefsOnlyTimeStamp",
        TimestampKind::Archive => "ArchiveTimeStamp",
        TimestampKind::Document => "DocTimeStamp",
    }
}

/// The URI of a digest algorithm (RFC 9231, 2.1), where it has one, else its object identifier.
pub(super) fn digest(algorithm: KnownDigest) -> String {
    match short_name(algorithm) {
        Some("sha1") => "http://www.w3.org/2000/09/xmldsig#sha1".into(),
        Some(word @ ("sha256" | "sha512")) => format!("http://www.w3.org/2001/04/xmlenc#{word}"),
        Some(word) if word.starts_with("sha3-") => format!("http://www.w3.org/2007/05/xmldsig-more#{word}"),
        Some(word) => format!("http://www.w3.org/2001/04/xmldsig-more#{word}"),
        None => format!("urn:oid:{}", algorithm.oid()),
    }
}

/// The URI of a signature algorithm (RFC 9231, 2.3), where it has one, else the object identifier of its scheme.
pub(super) fn signature(algorithm: &ClaimedAlgorithm) -> String {
    match (algorithm, short_name(algorithm.digest())) {
        (ClaimedAlgorithm::Ed25519, _) => "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519".into(),
        (ClaimedAlgorithm::RsaPkcs1v15(_), Some("sha1")) => {
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1".into()
        }
        (ClaimedAlgorithm::RsaPkcs1v15(digest), Some(word)) => match rsa_with_sha3(*digest) {
            Some(oid) => format!("urn:oid:{oid}"),
            None => format!("http://www.w3.org/2001/04/xmldsig-more#rsa-{word}"),
        },
        (ClaimedAlgorithm::RsaPss { .. }, Some(word)) => {
            format!("http://www.w3.org/2007/05/xmldsig-more#{word}-rsa-MGF1")
        }
        (ClaimedAlgorithm::Ecdsa(_), Some(word)) if word.starts_with("sha3-") => {
            format!("http://www.w3.org/2021/04/xmldsig-more#ecdsa-{word}")
        }
        (ClaimedAlgorithm::Ecdsa(_), Some(word)) if word != "md5" => {
            format!("http://www.w3.org/2001/04/xmldsig-more#ecdsa-{word}")
        }
        // rsaEncryption, id-RSASSA-PSS (RFC 8017, appendix C) and ecdsa-with-Specified (X9.62).
        (ClaimedAlgorithm::RsaPkcs1v15(_), None) => "urn:oid:1.2.840.113549.1.1.1".into(),
        (ClaimedAlgorithm::RsaPss { .. }, None) => "urn:oid:1.2.840.113549.1.1.10".into(),
        (ClaimedAlgorithm::Ecdsa(_), _) => "urn:oid:1.2.840.10045.4.3".into(),
        (other, _) => own(&format!("algorithm-{other}").replace(' ', "-")),
    }
}

/// How XML Signature calls a digest within its URIs (RFC 9231, 2.1).
const fn short_name(digest: KnownDigest) -> Option<&'static str> {
    Some(match digest {
        KnownDigest::Legacy(LegacyDigest::Md5) => "md5",
        KnownDigest::Legacy(LegacyDigest::Sha1) => "sha1",
        KnownDigest::Current(DigestAlgorithm::Sha224) => "sha224",
        KnownDigest::Current(DigestAlgorithm::Sha256) => "sha256",
        KnownDigest::Current(DigestAlgorithm::Sha384) => "sha384",
        KnownDigest::Current(DigestAlgorithm::Sha512) => "sha512",
        KnownDigest::Current(DigestAlgorithm::Sha3_224) => "sha3-224",
        KnownDigest::Current(DigestAlgorithm::Sha3_256) => "sha3-256",
        KnownDigest::Current(DigestAlgorithm::Sha3_384) => "sha3-384",
        KnownDigest::Current(DigestAlgorithm::Sha3_512) => "sha3-512",
        _ => return None,
    })
}

/// id-rsassa-pkcs1-v1-5-with-sha3-* (NIST's registry): RFC 9231 has no URIs for them.
const fn rsa_with_sha3(digest: KnownDigest) -> Option<&'static str> {
    Some(match digest {
        KnownDigest::Current(DigestAlgorithm::Sha3_224) => "2.16.840.1.101.3.4.3.13",
        KnownDigest::Current(DigestAlgorithm::Sha3_256) => "2.16.840.1.101.3.4.3.14",
        KnownDigest::Current(DigestAlgorithm::Sha3_384) => "2.16.840.1.101.3.4.3.15",
        KnownDigest::Current(DigestAlgorithm::Sha3_512) => "2.16.840.1.101.3.4.3.16",
        _ => return None,
    })
}

/// TS 119 102-2, 4.4.5: the reasons of RFC 5280 §5.3.1 as URIs.
pub(super) fn revocation_reason(reason: RevocationReason) -> Option<String> {
    let word = match reason {
        RevocationReason::Unspecified => "unspecified",
        RevocationReason::KeyCompromise => "keyCompromise",
        RevocationReason::AuthorityCompromise => "cACompromise",
        RevocationReason::AffiliationChanged => "affiliationChanged",
        RevocationReason::Superseded => "superseded",
        RevocationReason::CessationOfOperation => "cessationOfOperation",
        RevocationReason::CertificateHold => "certificateHold",
        RevocationReason::RemoveFromCrl => "removeFromCRL",
        RevocationReason::PrivilegeWithdrawn => "privilegeWithdrawn",
        RevocationReason::AttributeAuthorityCompromise => "aACompromise",
        _ => return None,
    };
    Some(format!("urn:etsi:019102:revocationReason:{word}"))
}

/// The level that the form of a signature has.
pub(super) const fn quality(level: SignatureLevel) -> &'static str {
    match level {
        SignatureLevel::BelowBaseline => "quality-below-baseline",
        SignatureLevel::Basic => "quality-b-b",
        SignatureLevel::Time => "quality-b-t",
        SignatureLevel::LongTerm => "quality-b-lt",
        SignatureLevel::Archive => "quality-b-lta",
    }
}

/// Whether an attribute is among those that CMS signs.
pub(super) const fn is_signed(attribute: &SignatureAttribute) -> &'static [(&'static str, &'static str)] {
    match attribute {
        SignatureAttribute::ContentType(_)
        | SignatureAttribute::MessageDigest(_)
        | SignatureAttribute::MimeType(_)
        | SignatureAttribute::CommitmentType(_)
        | SignatureAttribute::SignaturePolicy(_)
        | SignatureAttribute::ClaimedRole(_)
        | SignatureAttribute::Place(_) => &[("Signed", "true")],
        // Whoever signs a signature comes after it, and so does what it is validated by.
        SignatureAttribute::Countersignature(_)
        | SignatureAttribute::CertificateValues(_)
        | SignatureAttribute::RevocationValues { .. } => &[("Signed", "false")],
        // The dictionary of a PDF signature is within the bytes that it covers, not among the signed attributes.
        SignatureAttribute::SigningTime(_)
        | SignatureAttribute::Reason(_)
        | SignatureAttribute::Name(_)
        | SignatureAttribute::ContactInfo(_)
        | SignatureAttribute::Filter(_)
        | SignatureAttribute::SubFilter(_)
        | SignatureAttribute::ByteRange(_) => &[],
    }
}
