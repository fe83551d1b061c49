//! A signature over a message, passed off as one over a PDF that stands inside what was signed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Indication;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::{Attribute, Preparation, attributes};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use support::{indications, kinds, pki, verify};

/// The length of `/Contents` with its brackets.
const GAP: usize = 12_000;

/// A document with one signature field, up to the value of `/Contents` and from there on. `junk` bytes stand before it, and
/// its length does not depend on how many.
fn document(junk: usize) -> (Vec<u8>, Vec<u8>) {
    let mut head = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for object in [
        "1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>\nendobj\n",
        "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>\nendobj\n",
        "4 0 obj\n<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 6 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>\nendobj\n",
        "5 0 obj\n<</Fields[4 0 R]/SigFlags 3>>\nendobj\n",
    ] {
        offsets.push(junk + head.len());
        head.extend_from_slice(object.as_bytes());
    }
    offsets.push(junk + head.len());
    let signature = "6 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 ";
    head.extend_from_slice(signature.as_bytes());
    let numbers_at = head.len();
    head.extend_from_slice(&[b' '; 40]);
    head.extend_from_slice(b"]/Contents");
    let gap_start = junk + head.len();
    let mut tail = b">>\nendobj\n".to_vec();
    let section = gap_start + GAP + tail.len();
    tail.extend_from_slice(b"xref\n0 7\n0000000000 65535 f \n");
    for offset in offsets {
        tail.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    tail.extend_from_slice(
        format!("trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{section:010}\n%%EOF").as_bytes(),
    );
    let numbers = format!("{gap_start:>12} {:>12} {:>12}", gap_start + GAP, tail.len());
    head[numbers_at..numbers_at + numbers.len()].copy_from_slice(numbers.as_bytes());
    (head, tail)
}

/// A message without content and without signed attributes.
fn bare(signer: &SoftwareSigner, value: &[u8]) -> Vec<u8> {
    let certificate = &signer.chain()[0];
    let digest_algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let serial = asn1::encode(tag::INTEGER, certificate.serial());
    let info = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::sequence(&[certificate.issuer().to_der(), &serial]),
        &digest_algorithm,
        &signer.algorithm().to_algorithm_identifier().unwrap(),
        &asn1::octet_string(value),
    ]);
    let certificates: Vec<u8> = signer.chain().iter().flat_map(|one| one.to_der().to_vec()).collect();
    let data = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::set_of(vec![digest_algorithm]),
        &asn1::sequence(&[&asn1::oid(&attributes::DATA)]),
        &asn1::encode(tag::constructed(0), &certificates),
        &asn1::set_of(vec![info]),
    ]);
    asn1::sequence(&[&asn1::oid(&attributes::SIGNED_DATA), &asn1::encode(tag::constructed(0), &data)])
}

/// Alice signs a message with an attribute that somebody else wrote, such as a token or a list. It ends with a document,
/// and her signed attributes are, but for the gap, a PDF with some bytes in front of its header.
#[test]
fn signed_attributes_are_no_document() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let prepared = |pdf: &[u8]| {
        let digest = DigestAlgorithm::Sha256.digest(b"a harmless message");
        let foreign = Attribute::new("1.2.3.4".parse().unwrap(), asn1::octet_string(pdf));
        Preparation::new(alice.chain(), alice.algorithm(), digest).attribute(foreign).prepare().unwrap()
    };
    let whole = |(head, tail): &(Vec<u8>, Vec<u8>)| [&head[..], &tail[..]].concat();
    let first = whole(&document(0));
    let junk = prepared(&first).to_be_signed().bytes().len() - first.len();
    let parts = document(junk);
    let prepared = prepared(&whole(&parts));
    let signed = prepared.to_be_signed().bytes();
    assert!(signed.ends_with(&whole(&parts)) && junk < 1024);

    let value = alice.sign(prepared.to_be_signed()).unwrap();
    let message = bare(&alice, value.as_bytes());
    let mut digits: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.extend(std::iter::repeat_n('0', GAP - 2 - digits.len()));
    let at = junk + parts.0.len();
    let pdf = [&signed[..at], b"<", digits.as_bytes(), b">", &signed[at..]].concat();
    let report = verify(&pki, &pdf);
    assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
    assert!(kinds(&report).contains(&"content-is-attributes"), "{report}");
}
