//! What stands beside a file in the end.

use chancery_cades::CadesSignature;
use chancery_cms::{CountersignaturePreparation, Enclosures, Preparation, SignedMessage, SignerPreparation};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_http::Address;
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_session::SessionError;
use chancery_testkit::TestPki;
use chancery_timestamp::TimestampAuthority;

use crate::beside::{PRICES, sent, signs};
use crate::office::*;

/// What a final message may be, and what not.
#[test]
fn the_final_message_holds_all_who_signed() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 2);
    let (desk, now) = (office.desk(), office.now.get());
    // Nobody signed yet: it comes back as it is, or not at all.
    let state = office.state(envelope);
    let plain = desk.artifact(&state, DOCUMENT, &PRICES.to_vec(), now).unwrap();
    assert_eq!((plain.name, desk.file(&state, DOCUMENT).unwrap()), (text("prices.csv"), None));
    assert!(matches!(
        desk.artifact(&state, DOCUMENT, &b"other".to_vec(), now),
        Err(SessionError::NobodySigned { .. })
    ));
    signs(&office, envelope, ALICE, 0);
    let after_alice = office.document(envelope);
    signs(&office, envelope, BOB, 1);
    let (state, bytes) = (office.state(envelope), office.document(envelope));
    let artifact = |bytes: &[u8]| desk.artifact(&state, DOCUMENT, &bytes.to_vec(), now);
    let last = artifact(&bytes).unwrap();
    assert_eq!((last.name, Some(last.digest)), (text("prices.csv.p7s"), state.content(DOCUMENT)));
    let file = desk.file(&state, DOCUMENT).unwrap().unwrap();
    assert_eq!((file.name, file.digest), (text("prices.csv"), state.unsigned(DOCUMENT).unwrap()));

    // With a timestamp for Alice, and a seal.
    let address = Address::parse(&office.pki.tsa_url()).unwrap();
    let authority = TimestampAuthority::new(address, &office.pki);
    let message = SignedMessage::from_ber(&bytes).unwrap();
    let stamped =
        CadesSignature::first_of(message.clone()).unwrap().timestamp(&authority, &mut rng()).unwrap();
    artifact(stamped.message().to_bytes()).unwrap();
    let with = |signer: &SoftwareSigner, file: &[u8]| {
        let digest = DigestAlgorithm::Sha256.digest(file);
        let plain = SignerPreparation::new(signer.chain(), signer.algorithm(), digest);
        let prepared = plain.signing_time(now).prepare().unwrap();
        prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
    };
    let add = |message: &SignedMessage, signer: &SoftwareSigner| {
        let chain = Enclosures::new().certificates(signer.chain().iter().cloned());
        message.with_signer(&with(signer, PRICES), &chain).unwrap()
    };
    let seal = office.pki.signer("Acme Seal", KeyKind::P256);
    artifact(add(&message, &seal).to_bytes()).unwrap();

    // By a stranger; without Bob; Bob's alone and a seal; another file; no message at all.
    let stranger = TestPki::at(noon()).signer("Mallory", KeyKind::P256);
    let refused = artifact(add(&message, &stranger).to_bytes()).unwrap_err();
    assert!(matches!(refused, SessionError::NotPassed { .. }), "{refused}");
    let without_bob = SignedMessage::from_ber(&after_alice).unwrap();
    for gone in [after_alice.clone(), add(&without_bob, &seal).to_bytes().to_vec()] {
        let refused = artifact(&gone).unwrap_err();
        assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    }
    let enclosing = Preparation::enclosing(seal.chain(), seal.algorithm(), PRICES.to_vec());
    let prepared = enclosing.signing_time(now).prepare().unwrap();
    let enclosing = prepared.finish(seal.sign(prepared.to_be_signed()).unwrap()).unwrap();
    assert!(artifact(enclosing.to_bytes()).is_err());
    assert!(matches!(artifact(PRICES), Err(SessionError::NotItsSuccessor { .. })));
    // A counter-signature of a stranger; one of the seal.
    for (by, passes) in [(&stranger, false), (&seal, true)] {
        let target = &message.signers()[0];
        let prepared =
            CountersignaturePreparation::new(by.chain(), by.algorithm(), target).prepare().unwrap();
        let finished = prepared.finish(by.sign(prepared.to_be_signed()).unwrap()).unwrap();
        let chain = Enclosures::new().certificates(by.chain().iter().cloned());
        let counter_signed =
            message.with_countersignature(&finished).unwrap().with_enclosures(&chain).unwrap();
        let artifact = artifact(counter_signed.to_bytes());
        assert_eq!(artifact.is_ok(), passes, "{artifact:?}");
    }
    // Somebody changes what Alice signed.
    let agree = bytes.windows(7).position(|window| window == b"I agree").unwrap();
    let mut changed = bytes;
    changed[agree] = b'U';
    assert!(artifact(&changed).is_err());
}
