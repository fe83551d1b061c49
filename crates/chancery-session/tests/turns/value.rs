//! What a signature is worth: values, certificates, levels.

use chancery_http::Address;
use chancery_key::{KeyKind, SignatureValue, Signer, SoftwareSigner};
use chancery_session::SessionError;
use chancery_testkit::{Profile, TestExtension, TestPki};
use chancery_timestamp::TimestampAuthority;
use chancery_workflow::*;
use jiff::SignedDuration;

use crate::office::*;

#[test]
fn a_wrong_signature_value_is_written_nowhere() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let stored = prepared.to_bytes();
    let by_bob = office.key(1).sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    assert!(prepared.finish(SignatureValue::from_bytes(by_bob)).is_err(), "another's key");
    let prepared = turn.resume(&stored).unwrap();
    assert!(prepared.finish(SignatureValue::from_bytes(vec![0x30, 0])).is_err());
    // The right one still counts.
    let passed = office.pass(envelope, &office.finish(turn.resume(&stored).unwrap(), 0)).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
}

/// The certificate ends between the beginning and the end of the session.
#[test]
fn a_certificate_that_expires_meanwhile_signs_nothing_unless_a_timestamp_was_quicker() {
    let mut office = Office::new();
    let end = noon() + SignedDuration::from_secs(60);
    let profile = Profile::signer("Alice", KeyKind::P256).valid(noon() - SignedDuration::from_hours(24), end);
    office.people[0].1 = office.pki.issue(profile).signer();
    for stamped in [false, true] {
        office.now.set(noon());
        let envelope = office.sent(&contract(), 1);
        let turn = office.turn(envelope, ALICE);
        let prepared = office.prepare(&turn, 0);
        office.begin(envelope, &prepared, 0).accepted().unwrap();
        let mut signed = office.finish(prepared, 0);
        if stamped {
            let address = Address::parse(&office.pki.tsa_url()).unwrap();
            signed.timestamp(&TimestampAuthority::new(address, &office.pki), &mut rng()).unwrap();
        }
        office.later(120);
        match (office.pass(envelope, &signed), stamped) {
            (Err(SessionError::NotPassed { why, .. }), false) => {
                assert!(why.contains("expired"), "{why}");
                assert_eq!(office.state(envelope).head(), Revision::FIRST);
            }
            (Ok(passed), true) => {
                assert!(passed.timestamp().is_some());
                office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
                assert_passed(&office, envelope, 1);
            }
            (other, _) => panic!("stamped: {stamped}: {other:?}"),
        }
    }
}

#[test]
fn a_signer_whom_nobody_trusts_does_not_pass() {
    let mut office = Office::new();
    let stranger: SoftwareSigner = TestPki::at(noon()).signer("Alice", KeyKind::P256);
    office.people[0].1 = stranger;
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let refused = office.pass(envelope, &office.finish(prepared, 0)).unwrap_err();
    assert!(matches!(refused, SessionError::NotPassed { .. }), "{refused}");
}

/// What a certificate is worth is not for it to say.
#[test]
fn no_certificate_makes_itself_qualified_and_one_that_names_nobody_is_simple() {
    let mut office = Office::new();
    let subject = |text: &str| chancery_certificate::Name::from_text(text).unwrap().to_der().to_vec();
    // QcCompliance and QcSSCD (ETSI EN 319 412-5, 4.2.1 and 4.2.2): the claim to be qualified, in a qualified device.
    let claims = [
        &[0x30, 20][..],
        &[0x30, 8, 0x06, 6, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01],
        &[0x30, 8, 0x06, 6, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x04],
    ];
    let claims = TestExtension::plain(QC_STATEMENTS, claims.concat());
    for (name, level) in [
        ("CN=Alice,C=JP", SignatureLevel::Advanced),
        ("2.5.4.65=Queen of Hearts", SignatureLevel::Advanced),
        ("O=Acme", SignatureLevel::Advanced),
        ("C=JP", SignatureLevel::Simple),
        ("2.5.4.5=4711", SignatureLevel::Simple),
    ] {
        let profile =
            Profile::signer("Alice", KeyKind::P256).subject(subject(name)).extension(claims.clone());
        office.people[0].1 = office.pki.issue(profile).signer();
        assert!(office.key(0).certificate().claims().unwrap().unwrap().claims_to_be_qualified());
        let envelope = office.sent(&contract(), 1);
        assert_eq!(office.signs(envelope, ALICE, 0).level(), level, "{name}");
    }
}

/// It could never be completed, so it is not sent; nobody uses a key in vain.
#[test]
fn an_envelope_that_wants_a_qualified_signature_is_refused_when_it_is_sent() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    draft.parties[0].role = Role::Sign { level: SignatureLevel::Qualified };
    draft.parties[0].factors =
        PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    let envelope = office.create(draft.clone());
    let refused = office.send(envelope).refusal().cloned().unwrap();
    let Refusal::SignaturesForbidden { allowance: Allowance::Nothing { why }, .. } = refused else {
        panic!("{refused}")
    };
    assert!(why.as_str().contains("trusted list"), "{why}");
    // Nor added later.
    let qualified = draft.parties.remove(0);
    let envelope = office.sent(&contract(), 1);
    let pause = Command::Pause { reason: text("Bob signs too"), clock: Clock::Running };
    office.run(envelope, Acting::User(office.sender), pause).accepted().unwrap();
    let party = Box::new(Party { user: Some(office.user(1)), ..qualified });
    let fields = vec![NewField::signature(DOCUMENT, text("Bob"))];
    let corrections = vec![Correction::AddParty { party, fields }];
    let permissions = office.desk().permissions_to_correct(&office.state(envelope), &corrections).unwrap();
    let reply =
        office.run(envelope, Acting::User(office.sender), Command::Correct { corrections, permissions });
    assert!(matches!(reply.refusal(), Some(Refusal::SignaturesForbidden { .. })), "{reply:?}");
}

/// id-pe-qcStatements (RFC 3739, 3.2.6).
const QC_STATEMENTS: const_oid::ObjectIdentifier =
    const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");
