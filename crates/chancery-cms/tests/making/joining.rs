//! Signers, certificates and evidence added to messages that stand already: ours and others'.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::SIGNED_DATA;
use chancery_cms::{Assembly, CmsError, Enclosures, Identification, SignedMessage, SignerPreparation};
use chancery_digest::AnyDigest;
use chancery_key::{KeyKind, Signer};

use super::parts::{
    CONTRACT, UNKNOWN, assert_sound, fields, finished, finished_by, in_ber, pki, preparation,
};

/// What a message was before something was added.
struct Before {
    signers: Vec<Vec<u8>>,
    certificates: Vec<Certificate>,
    content: Option<Vec<u8>>,
}

impl Before {
    fn of(message: &SignedMessage) -> Self {
        Self {
            signers: message.signers().iter().map(|signer| signer.to_bytes().to_vec()).collect(),
            certificates: message.certificates().to_vec(),
            content: message.content().map(<[u8]>::to_vec),
        }
    }

    /// No byte of all that is another.
    fn assert_kept(&self, after: &SignedMessage) {
        for signer in &self.signers {
            assert!(after.signers().iter().any(|other| other.to_bytes() == signer));
        }
        for certificate in &self.certificates {
            assert!(after.certificates().contains(certificate));
        }
        assert_eq!(after.content(), self.content.as_deref());
    }
}

#[test]
fn a_signer_joins_a_message_that_stands_already() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P384);
    for empty in [Assembly::detached(), Assembly::enclosing(CONTRACT.to_vec())] {
        let first = empty.signer(finished(preparation(&alice), &alice)).assemble().unwrap();
        for message in [in_ber(&first), first] {
            let by_key = preparation(&bob).identified_by(Identification::SubjectKeyIdentifier);
            let joining = finished(by_key, &bob);
            let joined = message.with_signer(&joining, &Enclosures::new()).unwrap();
            Before::of(&message).assert_kept(&joined);
            assert_eq!((joined.signers().len(), joined.version()), (2, 3));
            assert_sound(&joined);
            let again = joined.with_signer(&joining, &Enclosures::new());
            assert!(matches!(again, Err(CmsError::SignerTwice)));
            let other = bob.algorithm().digest().digest(b"I owe you twenty");
            let other = finished(SignerPreparation::new(bob.chain(), bob.algorithm(), other), &bob);
            let refused = joined.with_signer(&other, &Enclosures::new());
            assert!(matches!(refused, Err(CmsError::OtherContent { algorithm: "SHA-384" })));
            let other = finished(preparation(&bob).content_type(UNKNOWN), &bob);
            let refused = message.with_signer(&other, &Enclosures::new());
            assert!(matches!(refused, Err(CmsError::OtherContentType { .. })));
        }
    }
}

#[test]
fn the_order_of_joining_does_not_matter() {
    let pki = pki();
    let names = ["Alice", "Bob", "Carol"];
    let signers = names.map(|name| finished_by(&pki.signer(name, KeyKind::Ed25519)));
    let start = Assembly::detached();
    let bytes = [[0, 1, 2], [2, 1, 0], [1, 0, 2]].map(|[first, second, third]: [usize; 3]| {
        let message = start.clone().signer(signers[first].clone()).assemble().unwrap();
        let message = message.with_signer(&signers[second], &Enclosures::new()).unwrap();
        message.with_signer(&signers[third], &Enclosures::new()).unwrap().into_bytes()
    });
    assert!(bytes[0] == bytes[1] && bytes[1] == bytes[2], "and it is DER");
    assert_sound(&SignedMessage::from_ber(&bytes[0]).unwrap());
}

#[test]
fn content_of_pkcs7_that_is_not_wrapped_gets_no_further_signer() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let message = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&alice)).assemble().unwrap();
    let mut parts = fields(message.to_bytes());
    parts[2] = asn1::sequence(&[
        &asn1::oid(&message.content_type()),
        &asn1::encode(tag::constructed(0), &asn1::sequence(&[&asn1::null()])),
    ]);
    let data = asn1::sequence(&[&parts.concat()]);
    let bytes = asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &asn1::encode(tag::constructed(0), &data)]);
    let message = SignedMessage::from_ber(&bytes).unwrap();
    let bob = pki().signer("Bob", KeyKind::P256);
    let refused = message.with_signer(&finished_by(&bob), &Enclosures::new());
    assert!(matches!(refused, Err(CmsError::UnwrappedContent { tag: tag::SEQUENCE })));
}

#[test]
fn certificates_and_evidence_are_added_once() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let message = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&alice)).assemble().unwrap();
    for message in [in_ber(&message), message] {
        let evidence = Enclosures::new().certificates(alice.chain().iter().cloned());
        let evidence = evidence.crl(&pki.crl()).unwrap().ocsp(&pki.ocsp(&alice.chain()[0])).unwrap();
        let extended = message.with_enclosures(&evidence).unwrap();
        Before::of(&message).assert_kept(&extended);
        assert_eq!(extended.certificates().len(), alice.chain().len());
        assert_eq!(
            (extended.crls().len(), extended.other_revocations().len(), extended.version()),
            (1, 1, 5)
        );
        assert_sound(&extended);
        let again = extended.with_enclosures(&evidence).unwrap();
        assert_eq!(again.to_bytes(), extended.to_bytes());
        assert_eq!(message.with_enclosures(&Enclosures::new()).unwrap().to_bytes(), message.to_bytes());
    }
}
