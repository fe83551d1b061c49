//! Writes content of any size in pieces of any size, signs it, and reads it back in both ways.
//!
//! The input begins with how many cuts there are (one octet; with its highest bit the length is told before, for DER), the
//! cuts (two octets each), and goes on with the content.
#![no_main]

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use chancery_cms::{EnclosedContent, Enclosures, MessageReader, MessageWriter, SignedMessage, SignerPreparation};
use chancery_fuzz::Forger;
use chancery_key::{Signer, SoftwareSigner};

static SIGNER: LazyLock<SoftwareSigner> = LazyLock::new(|| Forger::new().signer());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = EnclosedContent::resume(bytes, Cursor::new(Vec::new()));

    let Some((&first, rest)) = bytes.split_first() else { return };
    let count = usize::from(first % 8);
    let Some((cuts, content)) = rest.split_at_checked(2 * count) else { return };
    let writer = MessageWriter::new().announce(SIGNER.algorithm()).enclosures(Enclosures::new());
    let (out, length) = (Cursor::new(Vec::new()), content.len() as u64);
    let out = if first < 0x80 { writer.begin(out) } else { writer.begin_with_length(out, length) };
    let mut out = out.expect("memory takes everything");
    let mut left = content;
    for cut in cuts.chunks(2) {
        let size = usize::from(u16::from_be_bytes([cut[0], cut[1]])).min(left.len());
        let (now, later) = left.split_at(size);
        out.write_all(now).expect("memory takes everything");
        left = later;
    }
    out.write_all(left).expect("memory takes everything");
    let enclosed = out.end().expect("memory takes everything");
    let digest = enclosed.digest(SIGNER.algorithm().digest()).expect("it was announced");
    let prepared = SignerPreparation::new(SIGNER.chain(), SIGNER.algorithm(), digest).prepare().expect("a chain");
    let finished = prepared.finish(SIGNER.sign(prepared.to_be_signed()).expect("a key")).expect("its own signature");
    let written = enclosed.finish(&[finished]).expect("one signer, of this content").into_inner();

    let held = SignedMessage::from_ber(&written).expect("it was just written");
    assert_eq!(held.content(), Some(content));
    let mut copy = Vec::new();
    let streamed = MessageReader::new().copying_content_to(&mut copy).read(&*written).expect("it was just written");
    assert_eq!(copy, content);
    assert!(held.check(&held.content_digests(), &[]).is_sound());
    assert!(streamed.check(&streamed.content_digests(), &[]).is_sound());

    // Content that streams by once more is put into what is left.
    let mut again = streamed.enclosing(length, Vec::new()).expect("memory takes everything");
    again.write_all(content).expect("memory takes everything");
    let again = again.end().expect("the same content");
    if first >= 0x80 {
        assert_eq!(again, written);
    }
    assert!(SignedMessage::from_ber(&again).is_ok_and(|again| again.check(&again.content_digests(), &[]).is_sound()));
});
