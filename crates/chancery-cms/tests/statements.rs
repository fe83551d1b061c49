//! What signers state, held against encodings written out by hand from the modules of the standards.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_cms::attributes::DATA;
use chancery_cms::statements::{
    Commitment, CommitmentQualifier, CommitmentType, ContentHints, ContentIdentifier, ContentReference,
    ContentTimestamp, MimeType, NoticeReference, PolicyDocument, PolicyHash, PolicyQualifier,
    PolicySpecification, SignaturePolicy, SignaturePolicyStore, SignerAttributes, SignerLocation, UserNotice,
};
use chancery_cms::{Attribute, CmsError};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_testkit::TestPki;
use const_oid::ObjectIdentifier as Oid;

/// The bytes of hexadecimal digits, spaces between them as one likes.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn assert_is(attribute: &Attribute, oid: &str, value: &str) {
    assert_eq!(attribute.oid(), Oid::new(oid).unwrap());
    assert_eq!(attribute.values(), [hex(value)], "{oid}: {:02x?}", attribute.values());
}

fn refused(outcome: Result<Attribute, CmsError>) {
    assert!(matches!(outcome, Err(CmsError::Statement { .. })), "{outcome:?}");
}

#[test]
fn hints_identifiers_and_references() {
    let hints = ContentHints { description: Some("hi".to_owned()), content_type: DATA };
    let value = "300f 0c02 6869 0609 2a864886f70d010701";
    assert_is(&hints.to_attribute().unwrap(), "1.2.840.113549.1.9.16.2.4", value);
    refused(ContentHints { description: Some(String::new()), content_type: DATA }.to_attribute());
    let identifier = ContentIdentifier(vec![1, 2]);
    assert_is(&identifier.to_attribute(), "1.2.840.113549.1.9.16.2.7", "0402 0102");
    let reference = ContentReference { content_type: DATA, identifier, signature: vec![9] };
    let value = "3012 0609 2a864886f70d010701 0402 0102 0401 09";
    assert_is(&reference.to_attribute(), "1.2.840.113549.1.9.16.2.10", value);
}

#[test]
fn commitments() {
    let plain = |commitment| Commitment { commitment, qualifiers: Vec::new() }.to_attribute().unwrap();
    let all = [
        CommitmentType::ProofOfOrigin,
        CommitmentType::ProofOfReceipt,
        CommitmentType::ProofOfDelivery,
        CommitmentType::ProofOfSender,
        CommitmentType::ProofOfApproval,
        CommitmentType::ProofOfCreation,
    ];
    for (number, commitment) in (1..).zip(all) {
        let value = format!("300d 060b 2a864886f70d01091006{number:02x}");
        assert_is(&plain(commitment), "1.2.840.113549.1.9.16.2.16", &value);
    }
    let other = CommitmentType::Other(Oid::new_unwrap("1.2.3"));
    let qualified = |value| Commitment {
        commitment: other,
        qualifiers: vec![CommitmentQualifier { oid: Oid::new_unwrap("1.2.4"), value }],
    };
    let attribute = qualified(Some(vec![5, 0])).to_attribute().unwrap();
    assert_is(&attribute, "1.2.840.113549.1.9.16.2.16", "300e 0602 2a03 3008 3006 0602 2a04 0500");
    assert!(qualified(Some(vec![5])).to_attribute().is_err());
    assert!(qualified(None).to_attribute().is_ok());
}

#[test]
fn mime_types() {
    let mime = |text: &str| MimeType(text.to_owned()).to_attribute();
    assert_is(&mime("text/plain").unwrap(), "0.4.0.1733.2.1", "0c0a 746578742f706c61696e");
    assert!(mime("text/plain; charset=utf-8").is_ok());
    for text in ["", "text", "text/", "/plain", "te xt/plain", "text/plain\r\nBcc: x", "text/plain/more"] {
        refused(mime(text));
    }
}

#[test]
fn locations() {
    let location = |country: Option<&str>, locality: Option<&str>, lines: &[&str]| SignerLocation {
        country: country.map(str::to_owned),
        locality: locality.map(str::to_owned),
        postal_address: lines.iter().map(|&line| line.to_owned()).collect(),
    };
    // DirectoryString is a CHOICE, so its tags are explicit.
    let attribute = location(Some("AT"), Some("W"), &["R", "S"]).to_attribute().unwrap();
    let value = "3015 a004 0c02 4154 a103 0c01 57 a208 3006 0c01 52 0c01 53";
    assert_is(&attribute, "1.2.840.113549.1.9.16.2.17", value);
    assert!(location(None, None, &["1", "2", "3", "4", "5", "6"]).to_attribute().is_ok());
    refused(location(None, None, &["1", "2", "3", "4", "5", "6", "7"]).to_attribute());
    refused(location(None, None, &[]).to_attribute());
    refused(location(Some(""), None, &[]).to_attribute());
}

#[test]
fn roles_and_what_others_say_of_the_signer() {
    let role = SignerAttributes::default().claiming_role("urn:x").unwrap();
    let value = "301a a018 3016 3014 0603 550448 310d 300b a109 8607 75726e3a782d79";
    let longer = SignerAttributes::default().claiming_role("urn:x-y").unwrap();
    assert_is(&longer.to_attribute().unwrap(), "0.4.0.19122.1.1", value);
    let mut all = role;
    all.certificates.push(hex("3000"));
    all.assertions.push((Oid::new_unwrap("1.2.3"), hex("0400")));
    all.claimed.clear();
    let value = "3014 a106 3004 a002 3000 a20a 3008 3006 0602 2a03 0400";
    assert_is(&all.to_attribute().unwrap(), "0.4.0.19122.1.1", value);
    refused(SignerAttributes::default().to_attribute());
    assert!(SignerAttributes::default().claiming_role("").is_err());
    assert!(SignerAttributes::default().claiming_role("urn:ä").is_err());
    all.certificates.push(vec![0x30]);
    assert!(all.to_attribute().is_err());
}

#[test]
fn policies() {
    let policy = |qualifiers| SignaturePolicy {
        identifier: Oid::new_unwrap("1.2.3"),
        hash: PolicyHash::NotKnown(DigestAlgorithm::Sha256),
        qualifiers,
    };
    let hash = format!("302f 300b 0609 608648016503040201 0420 {}", "00".repeat(32));
    let attribute = policy(Vec::new()).to_attribute().unwrap();
    assert_is(&attribute, "1.2.840.113549.1.9.16.2.15", &format!("3035 0602 2a03 {hash}"));
    let qualifiers = vec![
        PolicyQualifier::Uri("u:x".to_owned()),
        PolicyQualifier::UserNotice(UserNotice {
            reference: Some(NoticeReference { organization: "O".to_owned(), numbers: vec![1, 300] }),
            text: Some("T".to_owned()),
        }),
        PolicyQualifier::Specification(PolicySpecification::Identifier(Oid::new_unwrap("1.2.4"))),
    ];
    let uri = "3012 060b 2a864886f70d0109100501 1603 753a78";
    let notice = "3020 060b 2a864886f70d0109100502 3011 300c 0c01 4f 3007 020101 0202012c 0c01 54";
    let specification = "300d 0607 04008195320201 0602 2a04";
    let attribute = policy(qualifiers).to_attribute().unwrap();
    let value = format!("307c 0602 2a03 {hash} 3045 {uri} {notice} {specification}");
    assert_is(&attribute, "1.2.840.113549.1.9.16.2.15", &value);
    let known = SignaturePolicy {
        hash: PolicyHash::Known(DigestAlgorithm::Sha256.digest(b"policy")),
        ..policy(Vec::new())
    };
    let known = known.to_attribute().unwrap();
    assert!(known.values()[0].ends_with(DigestAlgorithm::Sha256.digest(b"policy").as_bytes()));
    let notice = |text: Option<&str>| {
        let notice = UserNotice { reference: None, text: text.map(str::to_owned) };
        policy(vec![PolicyQualifier::UserNotice(notice)]).to_attribute()
    };
    refused(notice(None));
    refused(notice(Some("")));
    assert!(notice(Some(&"ä".repeat(200))).is_ok());
    refused(notice(Some(&"ä".repeat(201))));
    refused(policy(vec![PolicyQualifier::Uri("https://ä.example".to_owned())]).to_attribute());
}

#[test]
fn policies_that_are_kept() {
    let store = |document| SignaturePolicyStore {
        specification: PolicySpecification::Uri("u:x".to_owned()),
        document,
    };
    let here = store(PolicyDocument::Encoded(vec![7])).to_attribute().unwrap();
    assert_is(&here, "0.4.0.19122.1.3", "3008 1603 753a78 0401 07");
    let there = store(PolicyDocument::LocalUri("f:x".to_owned())).to_attribute().unwrap();
    assert_is(&there, "0.4.0.19122.1.3", "300a 1603 753a78 1603 663a78");
    refused(store(PolicyDocument::LocalUri(String::new())).to_attribute());
}

#[test]
fn only_a_timestamp_is_a_timestamp_of_the_content() {
    let pki = TestPki::at("2026-11-22T12:00:00Z".parse().unwrap());
    let token = pki.timestamp_token(&DigestAlgorithm::Sha256.digest(b"content"));
    let attribute = ContentTimestamp { token: token.clone() }.to_attribute().unwrap();
    assert_eq!(attribute.values(), [token]);
    assert!(ContentTimestamp { token: vec![4, 0] }.to_attribute().is_err());
    let other = chancery_cms::SignedMessage::without_signers(&[], &[] as &[Vec<u8>], &[]).unwrap();
    refused(ContentTimestamp { token: other.into_bytes() }.to_attribute());
}
