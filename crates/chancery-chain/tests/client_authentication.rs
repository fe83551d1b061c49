//! Who may enter: P4, client certificates admitted by key or fingerprint, never by name.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::OnceLock;

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, KeyUsage};
use chancery_chain::{
    AllowedClients, AnchorConstraints, AuthenticatedClient, CertificateFingerprint, ChainFault,
    ClientAuthentication, ClientRefused, Evidence, KeyHash, Limits, ListedBy, PolicyDemands, Purpose,
    RevocationPolicy, RevocationStatus, TrustAnchor, TrustAnchors, UsageDemands,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    Locations, Profile, RevocationReason, TestAuthority, TestExtension, TestIdentity, TestPki, oid,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn client(name: &str) -> Profile {
    Profile::tls_client(name, KeyKind::P256)
}

fn policy(pki: &TestPki, clients: AllowedClients) -> ClientAuthentication {
    let anchors = TrustAnchors::new([pki.root().clone()]);
    ClientAuthentication::new(anchors, clients, RevocationPolicy::NotChecked)
}

fn listing(identity: &TestIdentity) -> AllowedClients {
    AllowedClients::none().allow_key_of(identity.certificate())
}

fn chain(identity: &TestIdentity) -> Vec<&[u8]> {
    identity.chain().iter().map(Certificate::to_der).collect()
}

fn enter(
    policy: &ClientAuthentication,
    identity: &TestIdentity,
) -> Result<AuthenticatedClient, ClientRefused> {
    policy.authenticate(&chain(identity), now())
}

fn path_fault(answer: Result<AuthenticatedClient, ClientRefused>) -> ChainFault {
    match answer.unwrap_err() {
        ClientRefused::Chain(failure) => failure.reason().clone(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_listed_client_enters() {
    let pki = TestPki::at(now());
    let alice = pki.issue(client("Alice"));
    let entered = enter(&policy(&pki, listing(&alice)), &alice).unwrap();
    assert_eq!(entered.certificate(), alice.certificate());
    assert_eq!(entered.chain().anchor().certificate(), pki.root());
    assert_eq!(entered.chain().purpose(), Purpose::ClientAuthentication);
    let key = KeyHash::of(alice.certificate());
    assert_eq!((entered.key(), entered.listed_by()), (key, ListedBy::Key(key)));
}

#[test]
fn a_name_admits_nobody() {
    let pki = TestPki::at(now());
    let alice = pki.issue(client("Alice"));
    let policy = policy(&pki, listing(&alice));
    // The same authority certified the same name for somebody else.
    let namesake = pki.issue(client("Alice"));
    assert_eq!(namesake.certificate().subject(), alice.certificate().subject());
    let refused = enter(&policy, &namesake).unwrap_err();
    let key = KeyHash::of(namesake.certificate());
    let certificate = namesake.certificate().clone();
    assert_eq!(refused, ClientRefused::Unlisted { certificate, key });
    assert!(refused.to_string().contains(&key.to_string()), "{refused}");
    // And the authorities themselves are no clients.
    for authority in [pki.root_authority(), pki.issuing()] {
        let refused = enter(&policy, authority.identity()).unwrap_err();
        assert!(matches!(refused, ClientRefused::Unlisted { .. }), "{refused}");
    }
}

#[test]
fn a_key_stays_listed_when_its_certificate_is_renewed_a_fingerprint_does_not() {
    let pki = TestPki::at(now());
    let alice = pki.issue(client("Alice"));
    let renewed = pki.issue(client("Alice Newname").with_key(alice.key()));
    let by_key = policy(&pki, listing(&alice));
    assert!(enter(&by_key, &alice).is_ok() && enter(&by_key, &renewed).is_ok());
    let fingerprint = CertificateFingerprint::of(alice.certificate());
    let by_certificate = policy(&pki, AllowedClients::none().allow_certificate(fingerprint));
    let entered = enter(&by_certificate, &alice).unwrap();
    assert_eq!(entered.listed_by(), ListedBy::Certificate(fingerprint));
    assert!(matches!(enter(&by_certificate, &renewed), Err(ClientRefused::Unlisted { .. })));
    // The hash of a certificate is none of a key, nor the reverse.
    let swapped = AllowedClients::none()
        .allow_key(KeyHash::from_bytes(*fingerprint.as_bytes()))
        .allow_certificate(CertificateFingerprint::from_bytes(*KeyHash::of(alice.certificate()).as_bytes()));
    assert!(matches!(enter(&policy(&pki, swapped), &alice), Err(ClientRefused::Unlisted { .. })));
}

#[test]
fn a_listed_key_needs_a_certificate_that_holds() {
    let pki = TestPki::at(now());
    let alice = pki.issue(client("Alice"));
    let policy = policy(&pki, listing(&alice));
    let again = |profile: Profile| enter(&policy, &pki.issue(profile.with_key(alice.key())));
    let expired = again(client("Alice").valid(now() - 48.hours(), now() - 1.second()));
    assert!(matches!(path_fault(expired), ChainFault::Expired { .. }));
    let early = again(client("Alice").valid(now() + 1.second(), now() + 48.hours()));
    assert!(matches!(path_fault(early), ChainFault::NotYetValid { .. }));
    let server = again(client("Alice").extended_key_usage(&[oid::SERVER_AUTHENTICATION]));
    assert!(matches!(path_fault(server), ChainFault::Purpose { .. }));
    let encipher = again(client("Alice").key_usage(&[KeyUsage::KeyEncipherment]));
    assert!(matches!(path_fault(encipher), ChainFault::KeyUsage { .. }));
    let unknown = again(client("Alice").unknown_critical_extension());
    assert!(matches!(path_fault(unknown), ChainFault::UnknownCriticalExtension { .. }));
    // Somebody else's authority certified the key; she is whom the list means, but nobody vouches for her.
    let others = TestPki::at(now());
    let foreign = enter(&policy, &others.issue(client("Alice").with_key(alice.key())));
    assert!(matches!(path_fault(foreign), ChainFault::BadSignature { .. } | ChainFault::NoPath { .. }));
    let forged = again(client("Alice").with_damaged_signature());
    assert!(matches!(path_fault(forged), ChainFault::BadSignature { .. }));
    // Silence about usages is accepted, unless more is asked.
    let silent = pki.issue(Profile::bare("Alice", KeyKind::P256).with_key(alice.key()));
    assert!(enter(&policy, &silent).is_ok());
    let strict = policy.clone().usages(UsageDemands::new().named_by_the_certificate());
    assert!(matches!(path_fault(enter(&strict, &silent)), ChainFault::Purpose { .. }));
    assert!(enter(&strict, &alice).is_ok());
}

#[test]
fn revocation_is_as_the_policy_asks() {
    let pki = TestPki::at(now());
    let (alice, bob) = (pki.issue(client("Alice")), pki.issue(client("Bob")));
    pki.revoke(bob.certificate(), now(), RevocationReason::KeyCompromise);
    let clients = || listing(&alice).allow_key_of(bob.certificate());
    let evidence = || pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let with = |revocation, evidence: Evidence| {
        let anchors = TrustAnchors::new([pki.root().clone()]);
        ClientAuthentication::new(anchors, clients(), revocation).evidence(evidence)
    };
    let required = with(RevocationPolicy::Require, evidence());
    let entered = enter(&required, &alice).unwrap();
    assert!(matches!(entered.chain().revocation()[0], RevocationStatus::Good(_)));
    assert!(matches!(path_fault(enter(&required, &bob)), ChainFault::Revoked { .. }));
    let nothing = with(RevocationPolicy::Require, Evidence::new());
    assert!(matches!(path_fault(enter(&nothing, &alice)), ChainFault::RevocationUnknown { .. }));
    let when_known = with(RevocationPolicy::WhenKnown, Evidence::new());
    assert!(enter(&when_known, &alice).is_ok());
    // A list from after the moment is not believed: the client waits now.
    pki.set_now(now() + 2.hours());
    let future = with(RevocationPolicy::Require, evidence());
    assert!(matches!(path_fault(enter(&future, &alice)), ChainFault::RevocationUnknown { .. }));
}

#[test]
fn issuers_are_known_by_name_and_key() {
    let pki = TestPki::at(now());
    let locations = || Locations::under("http://pki.test", "machines");
    let machines =
        pki.root_authority().subordinate(Profile::authority("Machines", KeyKind::P256), locations());
    let (alice, robot) = (pki.issue(client("Alice")), machines.issue(client("Robot")));
    let clients = || listing(&alice).allow_key_of(robot.certificate());
    let only = |issuer: &Certificate| policy(&pki, clients()).issued_only_by([issuer.clone()]);
    assert!(enter(&only(machines.certificate()), &robot).is_ok());
    let refused = enter(&only(machines.certificate()), &alice).unwrap_err();
    let (certificate, issuer) = (alice.certificate().clone(), pki.intermediate().clone());
    assert_eq!(refused, ClientRefused::Issuer { certificate, issuer });
    // Not the name alone, nor the key alone, nor an authority further up.
    let impostor = machines.impostor();
    let same_key = Profile::authority("Other", KeyKind::P256).with_key(machines.identity().key());
    let same_key = pki.root_authority().subordinate(same_key, locations());
    for other in [impostor.certificate(), same_key.certificate(), pki.root()] {
        assert!(matches!(enter(&only(other), &robot), Err(ClientRefused::Issuer { .. })));
    }
    // The certificate of the issuer may be another one for the same name and key.
    let renewed = Profile::authority("Machines", KeyKind::P256).with_key(machines.identity().key());
    let renewed = pki.root_authority().subordinate(renewed, locations());
    assert!(enter(&only(renewed.certificate()), &robot).is_ok());
    assert!(enter(&policy(&pki, clients()).issued_only_by([]), &robot).is_err());
}

#[test]
fn policies_and_constraints_of_anchors_bind_clients_too() {
    let policy_oid = Oid::new_unwrap("1.3.6.1.4.1.99999.1");
    let policies = asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&policy_oid)])]);
    let policies = || TestExtension::plain(Oid::new_unwrap("2.5.29.32"), policies.clone());
    let root = Profile::authority("Root", KeyKind::P256);
    let root = TestAuthority::root(root, now(), Locations::under("http://pki.test", "root"));
    let alice = root.issue(client("Alice").extension(policies()));
    let bob = root.issue(client("Bob"));
    let clients = || listing(&alice).allow_key_of(bob.certificate());
    let anchor = TrustAnchor::new(root.certificate().clone());
    let with = |anchor: TrustAnchor| {
        ClientAuthentication::new(TrustAnchors::new([anchor]), clients(), RevocationPolicy::NotChecked)
    };
    let demanding =
        with(anchor.clone()).policies(PolicyDemands::new().accept_only([policy_oid]).require_explicit());
    assert!(enter(&demanding, &alice).is_ok());
    assert!(matches!(path_fault(enter(&demanding, &bob)), ChainFault::Policy { .. }));
    let mail = anchor.clone().constrained(AnchorConstraints::new().only_for([Purpose::Email]));
    assert!(matches!(path_fault(enter(&with(mail), &alice)), ChainFault::AnchorPurpose { .. }));
    let clients_only = AnchorConstraints::new().only_for([Purpose::ClientAuthentication]);
    assert!(enter(&with(anchor.constrained(clients_only)), &alice).is_ok());
}

#[test]
fn what_a_stranger_sends_is_bounded() {
    let pki = TestPki::at(now());
    let alice = pki.issue(client("Alice"));
    let policy = policy(&pki, listing(&alice));
    assert_eq!(policy.authenticate(&[] as &[&[u8]], now()), Err(ClientRefused::NoCertificate));
    let der = alice.certificate().to_der();
    let many = vec![der; 9];
    let refused = policy.authenticate(&many, now()).unwrap_err();
    assert_eq!(refused, ClientRefused::TooMany { found: 9, allowed: 8 });
    let refused = policy.authenticate(&[der, &der[1..]], now()).unwrap_err();
    assert!(matches!(refused, ClientRefused::Malformed { number: 2, .. }), "{refused}");
    let refused = policy.authenticate(&[&der[..der.len() - 1]], now()).unwrap_err();
    assert!(matches!(refused, ClientRefused::Malformed { number: 1, .. }), "{refused}");
    // A stranger is refused before anything else that was sent is even read.
    let stranger = pki.issue(client("Eve"));
    let refused = policy.authenticate(&[stranger.certificate().to_der(), b"junk"], now()).unwrap_err();
    assert!(matches!(refused, ClientRefused::Unlisted { .. }), "{refused}");
    let mut limits = Limits::default();
    limits.signature_checks = 1;
    let frugal = policy.limits(limits);
    assert!(matches!(path_fault(enter(&frugal, &alice)), ChainFault::BudgetExceeded { .. }));
}

#[test]
fn a_long_list_is_looked_up_by_hash() {
    let pki = TestPki::at(now());
    let (alice, eve) = (pki.issue(client("Alice")), pki.issue(client("Eve")));
    let mut clients = listing(&alice);
    let hash = |number: u32| {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    clients.extend((0..10_000).map(|number| KeyHash::from_bytes(hash(number))));
    clients.extend((0..10_000).map(|number| CertificateFingerprint::from_bytes(hash(number))));
    assert_eq!(clients.len(), 20_001);
    let policy = policy(&pki, clients);
    assert!(enter(&policy, &alice).is_ok());
    let sent = chain(&eve);
    // By comparison with each entry this would be 20 million comparisons.
    for _ in 0..1_000 {
        assert!(matches!(policy.authenticate(&sent, now()), Err(ClientRefused::Unlisted { .. })));
    }
}

/// One PKI for all cases, and clients of which some share names.
fn shared() -> &'static (TestPki, Vec<TestIdentity>) {
    static SHARED: OnceLock<(TestPki, Vec<TestIdentity>)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let pki = TestPki::at(now());
        let mut clients: Vec<_> =
            ["Alice", "Alice", "Bob", "Bob", ""].map(|name| pki.issue(client(name))).into_iter().collect();
        clients.push(pki.issue(client("Alice").with_key(clients[2].key())));
        clients.push(pki.issue(client("Carol").extension(TestExtension::plain(
            oid::SUBJECT_ALTERNATIVE_NAME,
            asn1::sequence(&[&asn1::encode(tag::primitive(1), b"alice@example.com")]),
        ))));
        (pki, clients)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    // P4 ∀: with any list, exactly those enter whose key or certificate is on it.
    #[test]
    fn exactly_the_listed_enter(
        keys in prop::collection::vec(0_usize..7, 0..4),
        certificates in prop::collection::vec(0_usize..7, 0..3),
        noise in prop::collection::vec(any::<[u8; 32]>(), 0..5),
    ) {
        let (pki, identities) = shared();
        let mut list = AllowedClients::none();
        for index in &keys { list = list.allow_key_of(identities[*index].certificate()); }
        for index in &certificates {
            list = list.allow_certificate(CertificateFingerprint::of(identities[*index].certificate()));
        }
        list.extend(noise.iter().copied().map(KeyHash::from_bytes));
        list.extend(noise.iter().copied().map(CertificateFingerprint::from_bytes));
        let policy = policy(pki, list);
        for (index, identity) in identities.iter().enumerate() {
            let same_key = |other: &usize| {
                identities[*other].certificate().public_key_info() == identity.certificate().public_key_info()
            };
            let listed = keys.iter().any(same_key) || certificates.contains(&index);
            match enter(&policy, identity) {
                Ok(entered) => prop_assert!(listed && entered.certificate() == identity.certificate()),
                Err(ClientRefused::Unlisted { .. }) => prop_assert!(!listed),
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn no_chain_panics(sent in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..5)) {
        let (pki, identities) = shared();
        let policy = policy(pki, listing(&identities[0]));
        prop_assert!(policy.authenticate(&sent, now()).is_err());
        let with_first: Vec<&[u8]> = std::iter::once(identities[0].certificate().to_der())
            .chain(sent.iter().map(Vec::as_slice)).collect();
        let _ = policy.authenticate(&with_first, now());
    }
}
