//! What stands beside a file in the end.

use chancery_cades::CadesSignature;
use chancery_certificate::asn1::{self, Element, tag};
use chancery_cms::statements::ContentIdentifier;
use chancery_cms::{CountersignaturePreparation, Enclosures, Preparation, SignedMessage, SignerPreparation};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_http::Address;
use chancery_key::{Signer, SoftwareSigner};
use chancery_session::{SessionError, content_identifier};
use chancery_testkit::TestPki;
use chancery_timestamp::TimestampAuthority;

use chancery_workflow::{Document, EnvelopeId, Text};

use crate::beside::{PRICES, prepare, sent, sent_draft, signs};
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
    let add = |message: &SignedMessage, signer: &SoftwareSigner, of: Option<ContentIdentifier>| {
        let digest = DigestAlgorithm::Sha256.digest(PRICES);
        let plain = SignerPreparation::new(signer.chain(), signer.algorithm(), digest).signing_time(now);
        let named = of.iter().map(ContentIdentifier::to_attribute);
        let prepared = named.fold(plain, SignerPreparation::attribute).prepare().unwrap();
        let finished = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
        let chain = Enclosures::new().certificates(signer.chain().iter().cloned());
        message.with_signer(&finished, &chain).unwrap()
    };
    let this = || Some(content_identifier(envelope, DOCUMENT));
    let seal = office.seal();
    artifact(add(&message, &seal, this()).to_bytes()).unwrap();

    // Made for another envelope, or for none; a person's, who signs in a turn or not at all.
    let elsewhere = Some(content_identifier(EnvelopeId::from_bytes([7; 16]), DOCUMENT));
    for (signer, of) in [(&seal, elsewhere), (&seal, None), (office.key(2), this())] {
        let refused = artifact(add(&message, signer, of).to_bytes()).unwrap_err();
        assert!(matches!(refused, SessionError::NotASeal { .. }), "{refused}");
    }
    // By a stranger; without Bob; Bob's alone and a seal; another file; no message at all.
    let stranger = TestPki::at(noon()).issue(of_organisation("Mallory Ltd")).signer();
    let refused = artifact(add(&message, &stranger, this()).to_bytes()).unwrap_err();
    assert!(matches!(refused, SessionError::NotPassed { .. }), "{refused}");
    let without_bob = SignedMessage::from_ber(&after_alice).unwrap();
    for gone in [after_alice.clone(), add(&without_bob, &seal, this()).to_bytes().to_vec()] {
        let refused = artifact(&gone).unwrap_err();
        assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    }
    let enclosing = Preparation::enclosing(seal.chain(), seal.algorithm(), PRICES.to_vec());
    let prepared = enclosing.signing_time(now).prepare().unwrap();
    let enclosing = prepared.finish(seal.sign(prepared.to_be_signed()).unwrap()).unwrap();
    assert!(artifact(enclosing.to_bytes()).is_err());
    assert!(matches!(artifact(PRICES), Err(SessionError::NotItsSuccessor { .. })));
    // A counter-signature of a stranger, of a person; one of the seal.
    for (by, passes) in [(&stranger, false), (office.key(2), false), (&seal, true)] {
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

/// What stood beside a signature when it was recorded is there in the end: its timestamp, the certificates.
#[test]
fn nothing_is_taken_out_in_the_end() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = prepare(&office, &turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let mut signed = office.finish(prepared, 0);
    let bare = signed.message().clone();
    let address = Address::parse(&office.pki.tsa_url()).unwrap();
    let authority = TimestampAuthority::new(address, &office.pki);
    signed.timestamp(&authority, &mut rng()).unwrap();
    let passed = office.pass(envelope, &signed).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    let (state, now) = (office.state(envelope), office.now.get());
    let artifact =
        |message: &SignedMessage| office.desk().artifact(&state, DOCUMENT, &message.to_bytes().to_vec(), now);
    let whole = SignedMessage::from_ber(&office.document(envelope)).unwrap();
    artifact(&whole).unwrap();
    // Without its timestamp; with another in its place.
    let stamped_again =
        CadesSignature::first_of(bare.clone()).unwrap().timestamp(&authority, &mut rng()).unwrap();
    for other in [&bare, stamped_again.message()] {
        let refused = artifact(other).unwrap_err();
        assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    }
    // With a second one beside it; without its certificates.
    let twice = CadesSignature::first_of(whole.clone()).unwrap().timestamp(&authority, &mut rng()).unwrap();
    artifact(twice.message()).unwrap();
    let refused = artifact(&without_certificates(&whole)).unwrap_err();
    assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
}

fn without_certificates(message: &SignedMessage) -> SignedMessage {
    let inside = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let mut reader = Element::only(bytes, bytes[0]).unwrap().reader();
        std::iter::from_fn(|| reader.element().ok().map(|element| element.raw.to_vec())).collect()
    };
    let info = inside(message.to_bytes());
    let data = inside(&info[1]).remove(0);
    let kept: Vec<Vec<u8>> =
        inside(&data).into_iter().filter(|part| part[0] != tag::constructed(0)).collect();
    let kept: Vec<&[u8]> = kept.iter().map(Vec::as_slice).collect();
    let data = asn1::encode(tag::constructed(0), &asn1::sequence(&kept));
    SignedMessage::from_ber(&asn1::sequence(&[&info[0], &data])).unwrap()
}

/// File and message have each a name of their own.
#[test]
fn names_in_the_end_are_different() {
    let long = "x".repeat(Text::MOST);
    for (name, other, wanted) in [
        ("a.csv", "b.csv", "a.csv.p7s".to_owned()),
        ("a.csv", "a.csv.p7s", "a.csv.2.p7s".to_owned()),
        (&long, "b.csv", format!("{}.p7s", &long[..Text::MOST - 4])),
    ] {
        let office = Office::new();
        let mut draft = office.draft(PRICES, 1);
        draft.documents[0].name = text(name);
        let digest = office.desk().keep(&mut &b"other"[..], 100).unwrap();
        draft.documents.push(Document::new(text(other), digest));
        let envelope = sent_draft(&office, draft, 1);
        signs(&office, envelope, ALICE, 0);
        let (state, message) = (office.state(envelope), office.document(envelope));
        let artifact = office.desk().artifact(&state, DOCUMENT, &message, office.now.get()).unwrap();
        assert_eq!(artifact.name, text(&wanted));
    }
}
