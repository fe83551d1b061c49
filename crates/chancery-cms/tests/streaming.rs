//! Content of any size, in both directions: as in memory, however the pieces come.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod forge;

use std::io::{self, Read, Write};

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::SIGNED_DATA;
use chancery_cms::{
    BerFault, CmsError, EnclosedContent, Enclosures, FaultKind, Identification, MessageReader, MessageWriter,
    Preparation, PreparedSigner, SignedMessage, SignerCheck, SignerFault, SignerPreparation,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::TestPki;
use const_oid::ObjectIdentifier as Oid;
use forge::{Forgery, check};
use proptest::prelude::*;

fn pki() -> TestPki {
    TestPki::at("2026-11-21T12:00:00Z".parse().unwrap())
}

fn signed(signer: &SoftwareSigner, content: Vec<u8>) -> SignedMessage {
    let prepared = Preparation::enclosing(signer.chain(), signer.algorithm(), content).prepare().unwrap();
    prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
}

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

/// Every signer's verdict in words.
fn verdicts(message: &SignedMessage) -> Vec<String> {
    let digests = message.content_digests();
    let verdict = |check| match check {
        SignerCheck::Sound(signer) => format!("sound {:?} {:?}", signer.binding(), signer.remarks()),
        SignerCheck::Faulty(faults) => format!("{faults:?}"),
    };
    message.signers().iter().map(|signer| verdict(signer.check(message, &digests, &[]))).collect()
}

fn read(bytes: &[u8]) -> Result<SignedMessage, CmsError> {
    MessageReader::new().read(bytes)
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

fn write(signers: &[&SoftwareSigner], pieces: &[&[u8]], enclosures: Enclosures) -> Vec<u8> {
    let writer =
        signers.iter().fold(MessageWriter::new(), |writer, signer| writer.announce(signer.algorithm()));
    let mut content = writer.enclosures(enclosures).begin(Vec::new()).unwrap();
    pieces.iter().for_each(|piece| content.write_all(piece).unwrap());
    let enclosed = content.end().unwrap();
    let one = |signer: &&SoftwareSigner| {
        let digest = enclosed.digest(signer.algorithm().digest()).unwrap();
        let prepared = SignerPreparation::new(signer.chain(), signer.algorithm(), digest).prepare().unwrap();
        prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
    };
    let signers: Vec<_> = signers.iter().map(one).collect();
    enclosed.finish(&signers).unwrap()
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

#[test]
fn several_signers_sign_what_streams_by() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P384);
    let carol = pki.signer("Carol", KeyKind::Rsa { bits: 2048 });
    let content = vec![9; 300_000];
    let enclosures = Enclosures::new().certificates(alice.chain().iter().cloned());
    let bytes = write(&[&alice, &bob, &carol], &[&content], enclosures);
    for message in [read(&bytes).unwrap(), SignedMessage::from_ber(&bytes).unwrap()] {
        assert_eq!(message.signers().len(), 3);
        assert!(verdicts(&message).iter().all(|verdict| verdict.starts_with("sound")), "{message:?}");
        assert!(message.certificates().len() > 3);
    }
    assert_eq!(SignedMessage::from_ber(&bytes).unwrap().content(), Some(&content[..]));
}

#[test]
fn writing_refuses_what_does_not_belong() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P384));
    assert!(matches!(MessageWriter::new().begin(Vec::new()), Err(CmsError::NoSigner)));
    let enclosed = |identification| {
        let writer = MessageWriter::new().announce(alice.algorithm()).identified_by(identification);
        let mut content = writer.begin(Vec::new()).unwrap();
        content.write_all(b"content").unwrap();
        content.end().unwrap()
    };
    let plain = || enclosed(Identification::IssuerAndSerial);
    assert!(matches!(plain().finish(&[]), Err(CmsError::NoSigner)));
    assert!(matches!(plain().digest(DigestAlgorithm::Sha384), Err(CmsError::NotAnnounced { .. })));
    let finished = |signer: &SoftwareSigner, content: &[u8], identification| {
        let digest = signer.algorithm().digest().digest(content);
        let preparation = SignerPreparation::new(signer.chain(), signer.algorithm(), digest);
        let prepared = preparation.identified_by(identification).prepare().unwrap();
        prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
    };
    let by_issuer = |signer, content| finished(signer, content, Identification::IssuerAndSerial);
    let error = plain().finish(&[by_issuer(&alice, b"other")]).unwrap_err();
    assert!(matches!(error, CmsError::OtherContent { .. }), "{error}");
    let error = plain().finish(&[by_issuer(&bob, b"content")]).unwrap_err();
    assert!(matches!(error, CmsError::NotAnnounced { .. }), "{error}");
    let once = by_issuer(&alice, b"content");
    let error = plain().finish(&[once.clone(), once]).unwrap_err();
    assert!(matches!(error, CmsError::SignerTwice), "{error}");
    let by_key = || finished(&alice, b"content", Identification::SubjectKeyIdentifier);
    let error = plain().finish(&[by_key()]).unwrap_err();
    assert!(matches!(error, CmsError::NotAnnounced { .. }), "{error}");
    let bytes = enclosed(Identification::SubjectKeyIdentifier).finish(&[by_key()]).unwrap();
    let message = read(&bytes).unwrap();
    assert_eq!(message.version(), 3);
    assert!(verdicts(&message)[0].starts_with("sound"));
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
    fn any_writes_give_the_same_message(
        content in proptest::collection::vec(any::<u8>(), 0..200_000),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let alice = pki().signer("Alice", KeyKind::Ed25519);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(content.len() + 1)).collect();
        cuts.extend([0, content.len()]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|pair| &content[pair[0]..pair[1]]).collect();
        let bytes = write(&[&alice], &pieces, Enclosures::new());
        let message = SignedMessage::from_ber(&bytes).unwrap();
        prop_assert_eq!(message.content(), Some(&content[..]));
        prop_assert!(verdicts(&message)[0].starts_with("sound"));
        prop_assert!(bytes.len() < content.len() + content.len() / 1000 + 3000);
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

#[test]
fn a_message_waits_for_its_signature() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let enclosures = Enclosures::new().certificates(alice.chain().iter().cloned());
    let writer = MessageWriter::new().announce(alice.algorithm()).enclosures(enclosures);
    let mut content = writer.begin(io::Cursor::new(Vec::new())).unwrap();
    content.write_all(&[7; 100_000]).unwrap();
    let enclosed = content.end().unwrap();
    let digest = enclosed.digest(alice.algorithm().digest()).unwrap();
    let prepared = SignerPreparation::new(alice.chain(), alice.algorithm(), digest).prepare().unwrap();
    let (stored, file) = enclosed.suspend().unwrap();
    let (prepared, file) = (prepared.to_bytes(), file.into_inner());
    assert!(stored.len() < 10_000, "holds no content");

    let signature = |prepared: &PreparedSigner| alice.sign(prepared.to_be_signed()).unwrap();
    let prepared = PreparedSigner::from_bytes(&prepared).unwrap();
    let finished = prepared.finish(signature(&prepared)).unwrap();
    let resumed = EnclosedContent::resume(&stored, io::Cursor::new(file.clone())).unwrap();
    let whole = resumed.finish(&[finished]).unwrap().into_inner();
    assert!(verdicts(&read(&whole).unwrap())[0].starts_with("sound"));
    assert_eq!(SignedMessage::from_ber(&whole).unwrap().certificates().len(), alice.chain().len());

    for length in [0, file.len() - 1] {
        let cut = io::Cursor::new(file[..length].to_vec());
        let error = EnclosedContent::resume(&stored, cut).unwrap_err();
        assert!(matches!(error, CmsError::Stored { .. }), "{error}");
    }
    for at in 0..stored.len() {
        let mut damaged = stored.clone();
        damaged[at] ^= 1;
        assert!(EnclosedContent::resume(&damaged, io::Cursor::new(file.clone())).is_err(), "{at}");
    }
}

/// Fails once, as a full disk does until something is deleted.
struct Stumbling {
    bytes: Vec<u8>,
    writes: usize,
}

impl Write for Stumbling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        // What stands before the content, the header of a piece, and that piece.
        if self.writes == 3 {
            return Err(io::Error::other("no space left"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_message_whose_content_was_not_written_is_not_completed() {
    let alice = pki().signer("Alice", KeyKind::P256);
    for block in [1 << 10, 1 << 16] {
        let out = Stumbling { bytes: Vec::new(), writes: 0 };
        let mut content = MessageWriter::new().announce(alice.algorithm()).begin(out).unwrap();
        let written: Vec<_> = (0..200).map(|_| content.write_all(&vec![7; block]).is_ok()).collect();
        assert!(written.contains(&false));
        assert!(matches!(content.end(), Err(CmsError::Output(_))), "{block}");
    }
}

/// A message whose content streamed by is held to that content, also where something is added to it.
#[test]
fn a_signer_of_other_content_than_streamed_by_is_not_added() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P384));
    let carol = pki.signer("Carol", KeyKind::P256);
    let bytes = signed(&alice, b"one".to_vec()).into_bytes();
    let message = MessageReader::new().read(&bytes[..]).unwrap();
    let over = |signer: &SoftwareSigner, content: &[u8]| {
        let digest = signer.algorithm().digest().digest(content);
        let prepared = SignerPreparation::new(signer.chain(), signer.algorithm(), digest).prepare().unwrap();
        let signer = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
        message.with_signer(&signer, &Enclosures::new())
    };
    // SHA-384 of the content was not made: nobody can say what Bob signed.
    let refused = over(&bob, b"two").unwrap_err();
    assert!(matches!(refused, CmsError::NotAnnounced { algorithm: "SHA-384" }), "{refused}");
    assert!(matches!(over(&carol, b"two"), Err(CmsError::OtherContent { .. })));
    let both = over(&carol, b"one").unwrap();
    assert!(both.check(&both.content_digests(), &[]).is_sound());
    assert_eq!((both.signers().len(), both.is_detached()), (2, false));
}
