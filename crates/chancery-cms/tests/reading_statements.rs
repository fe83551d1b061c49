//! What signers state is read as it was written, by us and by others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{COMMITMENT_TYPE, SIGNATURE_POLICY};
use chancery_cms::statements::{
    Commitment, CommitmentQualifier, CommitmentType, ContentHints, ContentIdentifier, ContentReference,
    MimeType, NoticeReference, PolicyDocument, PolicyHash, PolicyQualifier, PolicySpecification,
    REVOCATION_INFO_ARCHIVAL, RevocationArchive, SignaturePolicy, SignaturePolicyStore, SignerAttributes,
    SignerLocation, StatedPolicy, Statement, UserNotice,
};
use chancery_cms::{Attribute, BerFault, CmsError, OtherRevocation};
use chancery_digest::{AnyDigest, DigestAlgorithm, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;
use proptest::prelude::*;

fn read(attribute: &Attribute) -> Statement {
    let [value] = attribute.values() else { panic!("{attribute:?}") };
    Statement::from_value(attribute.oid(), value).unwrap()
}

fn policy(hash: PolicyHash) -> SignaturePolicy {
    SignaturePolicy {
        identifier: Oid::new_unwrap("1.2.3.4.5"),
        hash,
        qualifiers: vec![
            PolicyQualifier::Uri("https://example.org/policy.pdf".to_owned()),
            PolicyQualifier::UserNotice(UserNotice {
                reference: Some(NoticeReference { organization: "Ex".to_owned(), numbers: vec![1, 70_000] }),
                text: Some("Lies mich, Größe".to_owned()),
            }),
            PolicyQualifier::Specification(PolicySpecification::Identifier(Oid::new_unwrap("1.2.3"))),
            PolicyQualifier::Other { oid: Oid::new_unwrap("1.2.9"), value: Some(asn1::null()) },
            PolicyQualifier::Other { oid: Oid::new_unwrap("1.2.9"), value: None },
        ],
    }
}

#[test]
fn what_we_write_we_read() {
    let hints =
        ContentHints { description: Some("a lease".to_owned()), content_type: Oid::new_unwrap("1.2.3") };
    assert_eq!(read(&hints.to_attribute().unwrap()), Statement::ContentHints(hints));
    let hints = ContentHints { description: None, content_type: Oid::new_unwrap("1.2.3") };
    assert_eq!(read(&hints.to_attribute().unwrap()), Statement::ContentHints(hints));

    let identifier = ContentIdentifier(vec![1, 2, 3]);
    assert_eq!(read(&identifier.to_attribute()), Statement::ContentIdentifier(identifier.clone()));
    let reference =
        ContentReference { content_type: Oid::new_unwrap("1.2.3"), identifier, signature: vec![9; 64] };
    assert_eq!(read(&reference.to_attribute()), Statement::ContentReference(reference));

    for commitment in [CommitmentType::ProofOfApproval, CommitmentType::Other(Oid::new_unwrap("1.2.3"))] {
        let qualifiers = vec![
            CommitmentQualifier { oid: Oid::new_unwrap("1.2.8"), value: Some(asn1::null()) },
            CommitmentQualifier { oid: Oid::new_unwrap("1.2.8"), value: None },
        ];
        for qualifiers in [Vec::new(), qualifiers] {
            let commitment = Commitment { commitment, qualifiers };
            assert_eq!(read(&commitment.to_attribute().unwrap()), Statement::Commitment(commitment));
        }
    }
    let mime = MimeType("application/pdf".to_owned());
    assert_eq!(read(&mime.to_attribute().unwrap()), Statement::MimeType(mime));

    let location = SignerLocation {
        country: Some("DE".to_owned()),
        locality: Some("Köln".to_owned()),
        postal_address: vec!["Domkloster 4".to_owned(), "50667 Köln".to_owned()],
    };
    assert_eq!(read(&location.to_attribute().unwrap()), Statement::SignerLocation(location));
    let location = SignerLocation { locality: Some("Köln".to_owned()), ..SignerLocation::default() };
    assert_eq!(read(&location.to_attribute().unwrap()), Statement::SignerLocation(location));

    let mut attributes = SignerAttributes::default().claiming_role("urn:example:notary").unwrap();
    attributes.certificates.push(asn1::sequence(&[&asn1::integer(&[1])]));
    attributes.other_certificates.push(asn1::sequence(&[&asn1::integer(&[2])]));
    attributes.assertions.push((Oid::new_unwrap("1.2.3"), asn1::octet_string(b"<saml/>")));
    assert_eq!(read(&attributes.to_attribute().unwrap()), Statement::SignerAttributes(attributes));

    for hash in [
        PolicyHash::Known(DigestAlgorithm::Sha256.digest(b"p")),
        PolicyHash::NotKnown(DigestAlgorithm::Sha512),
    ] {
        let policy = policy(hash);
        let attribute = policy.to_attribute().unwrap();
        assert_eq!(read(&attribute), Statement::SignaturePolicy(StatedPolicy::Identified(policy)));
    }
    for document in [PolicyDocument::Encoded(vec![7; 300]), PolicyDocument::LocalUri("urn:p".to_owned())] {
        let specification = PolicySpecification::Uri("https://example.org/spec".to_owned());
        let store = SignaturePolicyStore { specification, document };
        assert_eq!(read(&store.to_attribute().unwrap()), Statement::SignaturePolicyStore(store));
    }
}

#[test]
fn what_is_no_longer_written_is_read() {
    let implied = Statement::from_value(SIGNATURE_POLICY, &asn1::null()).unwrap();
    assert_eq!(implied, Statement::SignaturePolicy(StatedPolicy::Implied));

    let digest = LegacyDigest::Sha1.digest(b"policy");
    let algorithm = asn1::sequence(&[&asn1::oid(&LegacyDigest::Sha1.oid()), &asn1::null()]);
    let hash = asn1::sequence(&[&algorithm, &asn1::octet_string(digest.as_bytes())]);
    let value = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.3")), &hash]);
    let Statement::SignaturePolicy(StatedPolicy::Identified(policy)) =
        Statement::from_value(SIGNATURE_POLICY, &value).unwrap()
    else {
        panic!("not a policy")
    };
    let expected =
        PolicyHash::Other { algorithm: LegacyDigest::Sha1.oid(), value: digest.as_bytes().to_vec() };
    assert_eq!(policy.hash, expected);
    assert!(policy.to_attribute().is_err(), "SHA-1 is not written");
}

#[test]
fn what_adobe_archives_is_read() {
    let list = |number, members: &[u8]| asn1::encode(tag::constructed(number), &asn1::sequence(&[members]));
    let (crl, ocsp) = (asn1::sequence(&[&asn1::integer(&[1])]), asn1::sequence(&[&asn1::integer(&[2])]));
    let other = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.3")), &asn1::octet_string(b"other")]);
    let value = asn1::sequence(&[&list(0, &[&crl[..], &crl].concat()), &list(1, &ocsp), &list(2, &other)]);
    let expected = RevocationArchive {
        crls: vec![crl.clone(), crl],
        ocsp_responses: vec![ocsp],
        others: vec![OtherRevocation { format: Oid::new_unwrap("1.2.3"), value: b"other".into() }],
    };
    let read = Statement::from_value(REVOCATION_INFO_ARCHIVAL, &value).unwrap();
    assert_eq!(read, Statement::RevocationArchive(expected));
    let empty = Statement::from_value(REVOCATION_INFO_ARCHIVAL, &asn1::sequence(&[])).unwrap();
    assert_eq!(empty, Statement::RevocationArchive(RevocationArchive::default()));
}

#[test]
fn what_is_not_known_is_kept_byte_for_byte_and_what_is_malformed_says_where() {
    let (oid, value) = (Oid::new_unwrap("1.2.3"), [0x24, 0x80, 4, 1, 7, 0, 0]);
    let expected = Statement::Other { oid, value: value.to_vec() };
    assert_eq!(Statement::from_value(oid, &value).unwrap(), expected);
    let error = Statement::from_value(COMMITMENT_TYPE, &asn1::null()).unwrap_err();
    let CmsError::Malformed { at: 0, what, fault } = error else { panic!("{error}") };
    assert_eq!(what, "CommitmentTypeIndication");
    assert_eq!(fault, BerFault::Tag { expected: tag::SEQUENCE, found: tag::NULL });
    let trailing = [
        policy(PolicyHash::NotKnown(DigestAlgorithm::Sha256)).to_attribute().unwrap().values()[0].to_vec(),
        asn1::null(),
    ]
    .concat();
    assert!(Statement::from_value(SIGNATURE_POLICY, &trailing).is_err());
}

proptest! {
    #[test]
    fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let attribute = policy(PolicyHash::NotKnown(DigestAlgorithm::Sha256)).to_attribute().unwrap();
        let mut value = attribute.values()[0].to_vec();
        let at = at.index(value.len());
        value[at] = byte;
        let _ = Statement::from_value(SIGNATURE_POLICY, &value);
        prop_assert!(Statement::from_value(SIGNATURE_POLICY, &attribute.values()[0][..cut.index(value.len())]).is_err());
    }
}
