//! What these tests share: a contract, those who sign it, and messages as other programs would have written them.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::SIGNED_DATA;
use chancery_cms::{
    CountersignaturePreparation, FinishedCountersignature, FinishedSigner, SignedMessage, SignerInfo,
    SignerPreparation,
};
use chancery_digest::{AnyDigest, Digests};
use chancery_key::{Signer, SoftwareSigner};
use chancery_testkit::TestPki;
use const_oid::ObjectIdentifier as Oid;

pub(crate) const CONTRACT: &[u8] = b"I owe you ten";
pub(crate) const UNKNOWN: Oid = Oid::new_unwrap("1.2.3.4.5");

pub(crate) fn pki() -> TestPki {
    TestPki::at("2026-11-22T12:00:00Z".parse().unwrap())
}

pub(crate) fn preparation(signer: &SoftwareSigner) -> SignerPreparation<'_> {
    let digest = signer.algorithm().digest().digest(CONTRACT);
    SignerPreparation::new(signer.chain(), signer.algorithm(), digest)
}

pub(crate) fn finished(preparation: SignerPreparation<'_>, signer: &SoftwareSigner) -> FinishedSigner {
    let prepared = preparation.prepare().unwrap();
    prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
}

pub(crate) fn countersigned(
    message: &SignedMessage,
    of: &SignerInfo,
    by: &SoftwareSigner,
) -> FinishedCountersignature {
    let prepared = CountersignaturePreparation::new(by.chain(), by.algorithm(), of).prepare().unwrap();
    let finished = prepared.finish(by.sign(prepared.to_be_signed()).unwrap()).unwrap();
    assert!(message.with_countersignature(&finished).is_ok());
    finished
}

/// Everybody of the message is sound.
pub(crate) fn assert_sound(message: &SignedMessage) {
    let content = Digests::over_bytes(message.digest_algorithms(), CONTRACT);
    for signer in message.signers() {
        let check = signer.check(message, &content, &[]);
        assert_eq!(check.faults(), [], "{}", signer.identifier());
        assert_eq!(check.sound().unwrap().remarks(), [], "{}", signer.identifier());
    }
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// All fields of a SignedData, as they stand.
pub(crate) fn fields(message: &[u8]) -> Vec<Vec<u8>> {
    let info = asn1::Element::only(message, tag::SEQUENCE).unwrap();
    let mut reader = info.reader();
    reader.element().unwrap();
    let explicit = reader.element().unwrap();
    let mut reader = explicit.reader().element().unwrap().reader();
    let mut fields = Vec::new();
    while !reader.is_empty() {
        fields.push(reader.element().unwrap().raw.to_vec());
    }
    fields
}

/// The same message as another program could have written it: indefinite lengths, content in pieces, sets in
/// reverse order.
pub(crate) fn in_ber(message: &SignedMessage) -> SignedMessage {
    let frame = |tag: u8, parts: &[u8]| [&[tag, 0x80], parts, &[0, 0]].concat();
    let mut signed_data = Vec::new();
    for (index, field) in fields(message.to_bytes()).iter().enumerate() {
        let element = asn1::Reader::new(field).element().unwrap();
        if index == 2 {
            let content = message.content().map_or_else(Vec::new, |content| {
                let (first, second) = content.split_at(content.len() / 2);
                let pieces = [asn1::octet_string(first), asn1::octet_string(second)].concat();
                frame(tag::constructed(0), &frame(0x24, &pieces))
            });
            let parts = [asn1::oid(&message.content_type()), content].concat();
            signed_data.extend(frame(tag::SEQUENCE, &parts));
        } else if element.tag == tag::INTEGER {
            signed_data.extend_from_slice(element.raw);
        } else {
            let mut members = Vec::new();
            let mut reader = element.reader();
            while !reader.is_empty() {
                members.push(reader.element().unwrap().raw);
            }
            members.reverse();
            signed_data.extend(frame(element.tag, &members.concat()));
        }
    }
    let explicit = frame(tag::constructed(0), &frame(tag::SEQUENCE, &signed_data));
    let bytes = frame(tag::SEQUENCE, &[asn1::oid(&SIGNED_DATA), explicit].concat());
    SignedMessage::from_ber(&bytes).unwrap()
}

pub(crate) fn finished_by(signer: &SoftwareSigner) -> FinishedSigner {
    finished(preparation(signer), signer)
}
