//! Reads a message that streams by in pieces of any size, and as a whole: the verdict is the same. A signer is added,
//! since no fuzzer guesses a signature: it is sound in both readings, however strange the frame.
#![no_main]

use std::io::{self, Read};
use std::sync::LazyLock;

use chancery_cms::{
    Enclosures, FaultKind, FinishedSigner, MessageReader, SignedMessage, SignerCheck, SignerFault, SignerInfo, SignerPreparation,
};
use chancery_digest::AnyDigest;
use chancery_fuzz::Forger;
use chancery_key::{Signer, SoftwareSigner};

static SIGNER: LazyLock<SoftwareSigner> = LazyLock::new(|| Forger::new().signer());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let held = compare(bytes);
    let Some((held, octets)) = held.as_ref().and_then(|held| Some((held, held.content()?))) else { return };
    let Some(finished) = signed(held, octets) else { return };
    let Ok(extended) = held.with_signer(&finished, &Enclosures::new()) else { return };
    let streamed = read(extended.to_bytes()).expect("it was read before").0;
    let whole = extended.check(&extended.content_digests(), &[]);
    agree(&streamed, whole.signers());
    let new = |signer: &SignerInfo| held.signers().iter().all(|old| old.to_bytes() != signer.to_bytes());
    let added = extended.signers().iter().position(new).expect("one was added");
    // Another certificate with the same issuer and serial number may be in the way; nothing else.
    if held.certificates().is_empty() {
        assert!(whole.signers()[added].sound().is_some(), "{whole:?}");
    }
});

/// Both readings agree. Gives back what was read in memory.
fn compare(bytes: &[u8]) -> Option<SignedMessage> {
    let (held, streamed) = (SignedMessage::from_file_bytes(bytes), read(bytes));
    let (held, (streamed, copy)) = match (held, streamed) {
        (Ok(held), Ok(streamed)) => (held, streamed),
        (Err(_), Err(_)) => return None,
        (Ok(_), Err(error)) => panic!("read in memory only: {error}"),
        (Err(error), Ok(_)) => panic!("read as a stream only: {error}"),
    };
    assert_eq!(copy, held.content().unwrap_or_default());
    assert_eq!(streamed.is_detached(), held.is_detached());
    assert_eq!((streamed.version(), streamed.content_type()), (held.version(), held.content_type()));
    assert_eq!(streamed.content_len(), held.content_len());
    assert_eq!(streamed.certificates(), held.certificates());
    assert_eq!(streamed.unread_certificates(), held.unread_certificates());
    assert_eq!((streamed.crls(), streamed.other_revocations()), (held.crls(), held.other_revocations()));
    let whole = held.check(&held.content_digests(), &[]);
    agree(&streamed, whole.signers());
    if let Ok(twice) = MessageReader::new().read_source(&bytes.to_vec()) {
        agree(&twice, whole.signers());
    }
    // What is kept is a message of its own, and says the same but for the content.
    let kept = SignedMessage::from_ber(streamed.to_bytes()).expect("it was read before");
    assert_eq!(kept.signers().len(), held.signers().len());
    Some(held)
}

fn agree(streamed: &SignedMessage, whole: &[SignerCheck]) {
    let again = streamed.check(&streamed.content_digests(), &[]);
    assert_eq!(again.signers().len(), whole.len());
    for (again, whole) in again.signers().iter().zip(whole) {
        let (one, other) = (told(again), told(whole));
        if one == other {
            continue;
        }
        // What was not digested as it streamed by, or is needed as it is, cannot be told: the only difference there is.
        let excused = |fault: &SignerFault| match fault {
            SignerFault::ContentDigestNotComputed { .. } => true,
            SignerFault::UnsupportedForm { reason } => reason.contains("not kept"),
            _ => false,
        };
        assert!(again.faults().iter().any(excused), "{one}\n{other}");
        assert!(again.faults().iter().filter(|fault| excused(fault)).all(|fault| fault.kind() == FaultKind::CannotTell));
    }
}

fn told(check: &SignerCheck) -> String {
    match check {
        SignerCheck::Sound(signer) => format!("{:?} {:?} {:?}", signer.certificate(), signer.binding(), signer.remarks()),
        SignerCheck::Faulty(faults) => format!("{faults:?}"),
    }
}

/// The message and its content, as it streams by.
fn read(bytes: &[u8]) -> Result<(SignedMessage, Vec<u8>), chancery_cms::CmsError> {
    let mut copy = Vec::new();
    let message = MessageReader::new().copying_content_to(&mut copy).read(Pieces::of(bytes))?;
    Ok((message, copy))
}

fn signed(message: &SignedMessage, octets: &[u8]) -> Option<FinishedSigner> {
    let digest = SIGNER.algorithm().digest().digest(octets);
    let preparation = SignerPreparation::new(SIGNER.chain(), SIGNER.algorithm(), digest);
    let prepared = preparation.content_type(message.content_type()).prepare().ok()?;
    prepared.finish(SIGNER.sign(prepared.to_be_signed()).ok()?).ok()
}

/// Gives its bytes in pieces whose sizes follow from the bytes, so that an input is cut the same way each time.
struct Pieces<'a> {
    bytes: &'a [u8],
    state: u64,
}

impl<'a> Pieces<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        // FNV-1a.
        let state = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |state: u64, byte| (state ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
        Self { bytes, state }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The constants of Knuth's MMIX. Short pieces as often as long ones.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = 1 + (self.state >> 40) as usize % [1, 3, 200, 5000][(self.state >> 60) as usize % 4];
        let count = size.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}
