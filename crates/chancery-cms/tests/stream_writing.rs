//! Content of any size, written: in BER and in DER, and into messages that stand already.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod streams;

use std::cmp::Ordering;
use std::io::{self, Write};

use chancery_cms::{
    Attribute, CmsError, EnclosedContent, Enclosures, FinishedSigner, Identification, MessageReader,
    MessageWriter, PreparedSigner, SignedMessage, SignerPreparation,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use const_oid::ObjectIdentifier as Oid;
use der::{Decode, Encode};
use proptest::prelude::*;
use streams::{pki, read, signed, verdicts};

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

/// Signs what a writer took, with unsigned attributes of this size.
fn finished(
    signer: &SoftwareSigner,
    enclosed: &EnclosedContent<impl Write>,
    unsigned: usize,
) -> FinishedSigner {
    let digest = enclosed.digest(signer.algorithm().digest()).unwrap();
    let prepared = SignerPreparation::new(signer.chain(), signer.algorithm(), digest).prepare().unwrap();
    let finished = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
    if unsigned == 0 {
        return finished;
    }
    let value = chancery_certificate::asn1::octet_string(&vec![7; unsigned]);
    finished.with_unsigned_attribute(Attribute::new(Oid::new_unwrap("1.2.3"), value)).unwrap()
}

/// Where the length was told, strict readers of DER read the message, whatever the lengths around the content take.
#[test]
fn a_length_that_is_known_makes_der() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::Rsa { bits: 2048 }));
    let carol = pki.signer("Carol", KeyKind::P384);
    let lengths = [
        0, 1, 127, 128, 255, 256, 5000, 55_000, 57_000, 59_000, 61_000, 62_000, 63_000, 64_000, 65_000,
        65_535, 65_536, 200_000,
    ];
    let mut moved = Vec::new();
    for length in lengths {
        for unsigned in [0, 9000] {
            let content: Vec<u8> = (1..=250).cycle().take(length).collect();
            // Carol does not sign after all: what follows is shorter than was thought.
            let writer = [&alice, &bob, &carol]
                .iter()
                .fold(MessageWriter::new(), |writer, signer| writer.announce(signer.algorithm()));
            let out = io::Cursor::new(Vec::new());
            let mut writer = writer.begin_with_length(out, length as u64).unwrap();
            content.chunks(1000).for_each(|piece| writer.write_all(piece).unwrap());
            let enclosed = writer.end().unwrap();
            let signers = [finished(&alice, &enclosed, unsigned), finished(&bob, &enclosed, 0)];
            let (stored, out) = enclosed.suspend().unwrap();
            let thought = out.get_ref().len() - length;
            let written =
                EnclosedContent::resume(&stored, out).unwrap().finish(&signers).unwrap().into_inner();

            let strict = cms::content_info::ContentInfo::from_der(&written).unwrap();
            assert_eq!(strict.to_der().unwrap(), written, "{length}");
            let held = SignedMessage::from_ber(&written).unwrap();
            assert_eq!(held.content(), Some(&content[..]));
            assert!(verdicts(&held).iter().all(|verdict| verdict.starts_with("sound")));
            if length > 255 {
                let needed = written.windows(256).position(|window| *window == content[..256]).unwrap();
                moved.push(needed.cmp(&thought));
            }
        }
    }
    for direction in [Ordering::Less, Ordering::Greater] {
        assert!(moved.contains(&direction), "{moved:?}");
    }
}

#[test]
fn a_length_that_was_told_is_kept() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let begin = |length| {
        let writer = MessageWriter::new().announce(alice.algorithm());
        writer.begin_with_length(io::Cursor::new(Vec::new()), length).unwrap()
    };
    let mut short = begin(10);
    short.write_all(b"content").unwrap();
    assert!(matches!(short.end(), Err(CmsError::ContentLength { told: 10, written: 7 })));
    let mut long = begin(6);
    assert!(long.write_all(b"content").is_err());
    let writer = MessageWriter::new();
    assert!(matches!(writer.begin_with_length(io::Cursor::new(Vec::new()), 5), Err(CmsError::NoSigner)));
}

#[test]
fn a_message_in_der_waits_for_its_signature() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let writer = MessageWriter::new().announce(alice.algorithm());
    let mut content = writer.begin_with_length(io::Cursor::new(Vec::new()), 65_000).unwrap();
    content.write_all(&[7; 65_000]).unwrap();
    let enclosed = content.end().unwrap();
    let signer = finished(&alice, &enclosed, 0);
    let (stored, out) = enclosed.suspend().unwrap();
    let resumed = EnclosedContent::resume(&stored, io::Cursor::new(out.into_inner())).unwrap();
    let whole = resumed.finish(&[signer]).unwrap().into_inner();
    let strict = cms::content_info::ContentInfo::from_der(&whole).unwrap();
    assert_eq!(strict.to_der().unwrap(), whole);
    assert!(verdicts(&read(&whole).unwrap())[0].starts_with("sound"));
}

/// What was added to a message whose content streamed by is written with that content, which streams by once more.
#[test]
fn content_of_any_size_is_put_into_a_message_that_stands() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P384));
    let content: Vec<u8> = (0..=250).cycle().take(200_003).collect();
    let before = write(&[&alice], &[&content], Enclosures::new());
    let reader = MessageReader::new().digesting(bob.algorithm().digest());
    let message = reader.read(&*before).unwrap();
    let digest = bob.algorithm().digest().digest(&content);
    let prepared = SignerPreparation::new(bob.chain(), bob.algorithm(), digest).prepare().unwrap();
    let finished = prepared.finish(bob.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let both = message.with_signer(&finished, &Enclosures::new()).unwrap();

    let mut enclosing = both.enclosing(content.len() as u64, Vec::new()).unwrap();
    MessageReader::new().copying_content_to(&mut enclosing).read(&*before).unwrap();
    let whole = enclosing.end().unwrap();
    let whole = SignedMessage::from_ber(&whole).unwrap();
    assert_eq!(whole.content(), Some(&content[..]));
    assert_eq!(whole.signers().len(), 2);
    assert!(verdicts(&whole).iter().all(|verdict| verdict.starts_with("sound")), "{:?}", verdicts(&whole));
    let old = message.signers()[0].to_bytes();
    assert!(whole.signers().iter().any(|signer| signer.to_bytes() == old), "no byte of Alice's is changed");

    // A detached message takes its content, and no other.
    let detached = SignedMessage::from_ber(both.to_bytes()).unwrap();
    let enclose = |content: &[u8], length: usize| {
        let mut enclosing = detached.enclosing(length as u64, Vec::new()).unwrap();
        enclosing.write_all(content).map_err(CmsError::Output)?;
        enclosing.end()
    };
    assert_eq!(enclose(&content, content.len()).unwrap(), whole.to_bytes());
    let mut other = content.clone();
    other[100_000] ^= 1;
    assert!(matches!(enclose(&other, other.len()), Err(CmsError::OtherContent { .. })));
    assert!(matches!(enclose(&content, 300_000), Err(CmsError::ContentLength { .. })));
    assert!(matches!(enclose(&content, 10), Err(CmsError::Output(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

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
}
