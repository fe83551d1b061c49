//! Content of any size, read: as in memory, however the pieces come.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod forge;
mod streams;

use std::io::{self, Read};

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::SIGNED_DATA;
use chancery_cms::{BerFault, CmsError, FaultKind, MessageReader, Preparation, SignedMessage, SignerFault};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, Signer};
use const_oid::ObjectIdentifier as Oid;
use forge::{Forgery, check};
use proptest::prelude::*;
use streams::{pki, read, signed, verdicts};

/// Gives its bytes in pieces of these sizes, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::iter::Copied<std::slice::Iter<'a, usize>>>,
}

impl<'a> Pieces<'a> {
    fn new(bytes: &'a [u8], sizes: &'a [usize]) -> Self {
        Self { bytes, sizes: sizes.iter().copied().cycle() }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.sizes.next().unwrap().min(buffer.len()).min(self.bytes.len());
        buffer[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// The same message with its content in pieces, as [`split`] makes them, and with indefinite lengths around.
fn reframed(message: &SignedMessage, string: &[u8]) -> Vec<u8> {
    use chancery_certificate::asn1::{Element, Reader};
    let info = Element::only(message.to_bytes(), tag::SEQUENCE).unwrap();
    let mut fields = info.reader();
    fields.expect(tag::OBJECT_IDENTIFIER).unwrap();
    let explicit = fields.expect(tag::constructed(0)).unwrap();
    let mut fields = Reader::new(Element::only(explicit.content, tag::SEQUENCE).unwrap().content);
    let version = fields.expect(tag::INTEGER).unwrap().raw;
    let digests = fields.expect(tag::SET).unwrap().raw;
    let encapsulated = fields.expect(tag::SEQUENCE).unwrap();
    let content_type = encapsulated.reader().expect(tag::OBJECT_IDENTIFIER).unwrap().raw;
    let mut after = Vec::new();
    while !fields.is_empty() {
        after.extend_from_slice(fields.element().unwrap().raw);
    }
    let open = |tag| vec![tag, 0x80];
    [
        &open(tag::SEQUENCE)[..],
        &asn1::oid(&SIGNED_DATA),
        &open(tag::constructed(0)),
        &open(tag::SEQUENCE),
        version,
        digests,
        &open(tag::SEQUENCE),
        content_type,
        &open(tag::constructed(0)),
        string,
        &[0; 4],
        &after,
        &[0; 6],
    ]
    .concat()
}

/// Content as a string in nested pieces of these sizes, in definite and indefinite lengths by turns.
fn split(content: &[u8], sizes: &[usize]) -> Vec<u8> {
    let (mut pieces, mut rest) = (Vec::new(), content);
    for (index, &size) in sizes.iter().enumerate() {
        let (piece, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        let string = asn1::octet_string(piece);
        pieces.push(match index % 3 {
            0 => string,
            1 => asn1::encode(0x24, &string),
            _ => [&[0x24, 0x80][..], &string, &[0, 0]].concat(),
        });
    }
    pieces.push(asn1::octet_string(rest));
    [&[0x24, 0x80][..], &pieces.concat(), &[0, 0]].concat()
}

#[test]
fn what_streams_by_is_judged_as_in_memory() {
    let alice = pki().signer("Alice", KeyKind::P256);
    for content in [&b""[..], b"I owe you ten", &[7; 200_000]] {
        let whole = signed(&alice, content.to_vec());
        let mut wrong = whole.to_bytes().to_vec();
        let at = wrong.len() - 1;
        wrong[at] ^= 1;
        for bytes in [whole.to_bytes(), &reframed(&whole, &split(content, &[3, 5, 70_000])), &wrong] {
            let held = SignedMessage::from_ber(bytes).unwrap();
            let mut copy = Vec::new();
            let streamed = MessageReader::new().copying_content_to(&mut copy).read(bytes).unwrap();
            assert_eq!(verdicts(&streamed), verdicts(&held));
            assert_eq!(copy, content);
            assert_eq!((streamed.content(), streamed.is_detached()), (None, false));
            assert_eq!(streamed.content_len(), Some(content.len() as u64));
            assert_eq!(streamed.certificates(), held.certificates());
            assert_eq!(streamed.signers()[0].to_bytes(), held.signers()[0].to_bytes());
            let from_source = MessageReader::new().read_source(&bytes.to_vec()).unwrap();
            assert_eq!(verdicts(&from_source), verdicts(&held));
        }
        assert!(verdicts(&read(whole.to_bytes()).unwrap())[0].starts_with("sound"));
        assert!(!verdicts(&read(&wrong).unwrap())[0].starts_with("sound"));
        // What is kept is the detached message.
        let kept = read(whole.to_bytes()).unwrap().into_bytes();
        assert!(SignedMessage::from_ber(&kept).unwrap().is_detached());
    }
}

/// The bounds of both readings are the same: fuzzing found messages that one read and the other refused.
#[test]
fn both_readings_refuse_at_the_same_bound() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let message = signed(&alice, b"I owe you ten".to_vec());
    let mut refused = 0;
    for depth in 50..70 {
        let string =
            [&[0x24, 0x80].repeat(depth)[..], &asn1::octet_string(b"I owe you ten"), &vec![0; 2 * depth]];
        let bytes = reframed(&message, &string.concat());
        let (held, streamed) = (SignedMessage::from_ber(&bytes), read(&bytes));
        match (held, streamed) {
            (Ok(held), Ok(streamed)) => assert_eq!(verdicts(&streamed), verdicts(&held), "{depth}"),
            (Err(_), Err(_)) => refused += 1,
            (held, streamed) => panic!("{depth}: {held:?}\n{streamed:?}"),
        }
    }
    assert_eq!(refused, 10, "the five elements around the string count");

    for octets in [1, 14, 15, 1000] {
        let mut forgery = Forgery::sound(&alice, b"content");
        forgery.certificates.push([&[0xbf][..], &vec![0x81; octets - 1], &[1, 0]].concat());
        let bytes = forgery.bytes(&alice);
        let read = (SignedMessage::from_ber(&bytes).is_ok(), read(&bytes).is_ok());
        assert_eq!(read, (octets < 16, octets < 16), "{octets}");
    }
}

/// Content as PKCS #7 had it, which is no OCTET STRING, streams as well, and nothing is said of it that memory does not say.
#[test]
fn content_that_is_no_octet_string_is_judged_as_in_memory() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let inner = asn1::octet_string(&[7; 300_000]);
    let whole = signed(&alice, inner.clone());
    let string = asn1::octet_string(&inner);
    let at = whole.to_bytes().windows(100).position(|window| *window == string[..100]).unwrap();
    let mut definite = whole.to_bytes().to_vec();
    definite[at] = tag::SEQUENCE;
    let indefinite = reframed(&whole, &[&[tag::SEQUENCE, 0x80][..], &inner, &[0, 0]].concat());
    let mut changed = definite.clone();
    changed[at + 1000] ^= 1;
    for (bytes, limit) in [(&definite, 20_000), (&indefinite, 1 << 20), (&changed, 20_000)] {
        let held = SignedMessage::from_ber(bytes).unwrap();
        let mut copy = Vec::new();
        let reader = MessageReader::new().holding_at_most(limit).copying_content_to(&mut copy);
        let streamed = reader.read(&**bytes).unwrap();
        assert_eq!(verdicts(&streamed), verdicts(&held));
        assert!(verdicts(&held)[0].contains("DataNotOctets"), "{:?}", verdicts(&held));
        assert_eq!(verdicts(&held)[0].contains("DigestMismatch"), bytes == &changed);
        assert_eq!((copy.len(), streamed.content_len(), streamed.is_detached()), (0, None, false));
    }
    // Its DER is known only at the end.
    let error = MessageReader::new().holding_at_most(20_000).read(&*indefinite).unwrap_err();
    assert!(matches!(error, CmsError::TooMany { limit: 20_000, .. }), "{error}");
}

#[test]
fn a_changed_byte_of_content_is_found() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let message = signed(&alice, vec![7; 100_000]);
    let mut bytes = message.into_bytes();
    bytes[50_000] ^= 1;
    let verdict = &verdicts(&read(&bytes).unwrap())[0];
    assert!(verdict.contains("DigestMismatch"), "{verdict}");
}

#[test]
fn detached_messages_stay_detached() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let digest = DigestAlgorithm::Sha256.digest(b"elsewhere");
    let prepared = Preparation::new(alice.chain(), alice.algorithm(), digest).prepare().unwrap();
    let message = prepared.finish(alice.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let streamed = read(message.to_bytes()).unwrap();
    assert!(streamed.is_detached());
    assert_eq!(streamed.to_bytes(), message.to_bytes());
    assert_eq!(streamed.content_len(), None);
}

/// The signature of a message whose signed attributes are passed off as content (RFC 5652, 5.3).
#[test]
fn content_that_is_signed_attributes_is_refused_in_a_stream_too() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let honest = signed(&alice, b"I owe you ten".to_vec());
    let attributes = honest.signers()[0].signed_attributes_der().unwrap().to_vec();
    let mut forgery = Forgery::sound(&alice, &attributes);
    forgery.signed = None;
    assert!(check(&forgery.message(&alice)).faults().contains(&SignerFault::ContentIsAttributes));
    let message = read(&forgery.bytes(&alice)).unwrap();
    let check = message.signers()[0].check(&message, &message.content_digests(), &[]);
    assert!(check.faults().contains(&SignerFault::ContentIsAttributes), "{:?}", check.faults());
}

#[test]
fn a_digest_that_was_not_announced_is_reported_and_a_file_is_read_again() {
    let alice = pki().signer("Alice", KeyKind::P384);
    let content = vec![7; 100_000];
    let bytes = signed(&alice, content.clone()).into_bytes();
    let announced = asn1::set_of(vec![asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha384.oid())])]);
    for other in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        let other = asn1::set_of(vec![asn1::sequence(&[&asn1::oid(&other.oid())])]);
        let at = bytes.windows(announced.len()).position(|window| window == announced).unwrap();
        let bytes = [&bytes[..at], &other, &bytes[at + announced.len()..]].concat();
        let message = read(&bytes).unwrap();
        let check = message.signers()[0].check(&message, &message.content_digests(), &[]);
        let expected = SignerFault::ContentDigestNotComputed { algorithm: "SHA-384" };
        assert_eq!(check.faults(), [expected]);
        assert_eq!(check.worst(), Some(FaultKind::CannotTell));
        let mut copy = Vec::new();
        let reader = MessageReader::new().copying_content_to(&mut copy);
        let message = reader.read_source(&bytes).unwrap();
        assert!(verdicts(&message)[0].starts_with("sound"), "{:?}", verdicts(&message));
        assert_eq!(copy, content, "written once");
    }
}

/// A file is not read again where only SHA-1 could show that it is still the same.
#[test]
fn sha1_is_no_witness_of_the_second_reading() {
    let alice = pki().signer("Alice", KeyKind::P384);
    let bytes = signed(&alice, vec![7; 100_000]).into_bytes();
    let announced = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha384.oid())]);
    let sha1 = Oid::new_unwrap("1.3.14.3.2.26");
    // Parameters of the same length, so that the frames around them stay.
    let weak = asn1::sequence(&[&asn1::oid(&sha1), &asn1::octet_string(&[0, 0])]);
    assert_eq!(weak.len(), announced.len());
    let at = bytes.windows(announced.len()).position(|window| window == announced).unwrap();
    let bytes = [&bytes[..at], &weak, &bytes[at + announced.len()..]].concat();
    let message = MessageReader::new().read_source(&bytes).unwrap();
    let check = message.signers()[0].check(&message, &message.content_digests(), &[]);
    assert_eq!(check.faults(), [SignerFault::ContentDigestNotComputed { algorithm: "SHA-384" }]);
}

#[test]
fn ed25519_without_signed_attributes_is_not_supported_in_a_stream() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let mut forgery = Forgery::sound(&alice, b"content");
    forgery.signed = None;
    assert!(check(&forgery.message(&alice)).sound().is_some());
    let message = read(&forgery.bytes(&alice)).unwrap();
    let check = message.signers()[0].check(&message, &message.content_digests(), &[]);
    assert_eq!(check.worst(), Some(FaultKind::CannotTell));
    assert!(
        check.faults().iter().any(|fault| matches!(fault, SignerFault::UnsupportedForm { .. })),
        "{:?}",
        check.faults()
    );
}

#[test]
fn what_lies_about_its_length_or_never_ends_is_refused() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let message = signed(&alice, b"I owe you ten".to_vec());
    let whole = message.to_bytes();
    for end in 0..whole.len() {
        assert!(read(&whole[..end]).is_err(), "{end}");
    }
    let trailing = [whole, b"x"].concat();
    let error = read(&trailing).unwrap_err();
    assert!(matches!(error, CmsError::Malformed { fault: BerFault::Trailing, .. }), "{error}");
    assert!(read(&[whole, &[0, 0, b'\r', b'\n']].concat()).is_ok());

    let nested = reframed(&message, &[0x24, 0x80].repeat(100_000));
    let error = read(&nested).unwrap_err();
    assert!(matches!(error, CmsError::Malformed { fault: BerFault::TooDeep { .. }, .. }), "{error}");

    // Certificates without end.
    let head = reframed(&message, &split(b"I owe you ten", &[]));
    let head = &head[..head.windows(6).position(|window| window == [0; 6]).unwrap_or(60) + 6];
    let endless = io::Cursor::new(head).chain(io::Cursor::new([0xa0, 0x80])).chain(io::repeat(4));
    let error = MessageReader::new().holding_at_most(100_000).read(endless).unwrap_err();
    assert!(matches!(error, CmsError::TooMany { limit: 100_000, .. }), "{error}");
}

#[test]
fn faults_are_told_where_they_are_in_the_stream() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let mut bytes = signed(&alice, vec![7; 100_000]).into_bytes();
    // The version of the SignerInfo becomes another type.
    let signer_info = {
        let message = SignedMessage::from_ber(&bytes).unwrap();
        message.signers()[0].to_bytes().to_vec()
    };
    let at = bytes.windows(signer_info.len()).position(|window| window == signer_info).unwrap();
    let version = at + 4;
    assert_eq!(&bytes[version..version + 3], [2, 1, 1]);
    bytes[version] = 4;
    let (held, streamed) = (SignedMessage::from_ber(&bytes).unwrap_err(), read(&bytes).unwrap_err());
    assert_eq!(streamed.to_string(), held.to_string());
    assert!(matches!(streamed, CmsError::Malformed { at, .. } if at == version), "{streamed}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pieces_give_the_same_result(
        content in proptest::collection::vec(any::<u8>(), 0..2000),
        strings in proptest::collection::vec(0_usize..700, 0..9),
        reads in proptest::collection::vec(1_usize..900, 1..9),
    ) {
        let alice = pki().signer("Alice", KeyKind::P256);
        let whole = signed(&alice, content.clone());
        let bytes = reframed(&whole, &split(&content, &strings));
        let mut copy = Vec::new();
        let reader = MessageReader::new().copying_content_to(&mut copy);
        let message = reader.read(Pieces::new(&bytes, &reads)).unwrap();
        prop_assert_eq!(verdicts(&message), verdicts(&whole));
        prop_assert_eq!(copy, content);
    }

    #[test]
    fn any_changed_bytes_are_read_as_in_memory_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        reads in proptest::collection::vec(1_usize..900, 1..4),
    ) {
        let alice = pki().signer("Alice", KeyKind::P256);
        let whole = signed(&alice, b"I owe you ten".to_vec());
        for bytes in [whole.to_bytes().to_vec(), reframed(&whole, &split(b"I owe you ten", &[2, 4, 3]))] {
            let mut bytes = bytes;
            for (place, value) in &changes {
                let at = place.index(bytes.len());
                bytes[at] = *value;
            }
            let streamed = MessageReader::new().read(Pieces::new(&bytes, &reads));
            match (SignedMessage::from_file_bytes(&bytes), streamed) {
                (Ok(held), Ok(streamed)) => prop_assert_eq!(verdicts(&streamed), verdicts(&held)),
                (Err(_), Err(_)) => {}
                (held, streamed) => prop_assert!(false, "{:?}\n{:?}", held, streamed),
            }
        }
    }
}
