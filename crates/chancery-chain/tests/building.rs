//! The search for a path: hints that mislead, several issuers of one name, and sets of certificates made to be
//! endless. What is found, what is said when nothing is, and what it costs.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, Name};
use chancery_chain::{
    Anchored, ChainFailure, ChainFault, ChainVerifier, FaultGroup, Limits, Purpose, RevocationPolicy,
    TrustAnchors, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension, TestPki, oid};
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc5280::ID_CE_CERTIFICATE_POLICIES as CERTIFICATE_POLICIES;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn locations() -> Locations {
    Locations::under("http://pki.test", "building")
}

fn root(name: &str) -> TestAuthority {
    TestAuthority::root(Profile::authority(name, KeyKind::P256), now(), locations())
}

/// Another certificate of the name and key of `subject`.
fn cross(subject: &TestAuthority) -> Profile {
    let name = subject.certificate().subject().to_der().to_vec();
    Profile::authority("x", KeyKind::P256).with_key(subject.identity().key()).subject(name)
}

fn verify(
    anchors: &[&Certificate],
    others: &[Certificate],
    target: &Certificate,
    limits: Limits,
) -> Result<VerifiedChain, ChainFailure> {
    let anchors = TrustAnchors::new(anchors.iter().copied().cloned());
    ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked)
        .intermediates(others)
        .limits(limits)
        .verify_at(target, now())
}

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

/// `AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] … }`
fn issuer_key(identifier: &[u8]) -> TestExtension {
    let key = asn1::encode(tag::primitive(0), identifier);
    TestExtension::plain(oid::AUTHORITY_KEY_IDENTIFIER, asn1::sequence(&[&key]))
}

fn own_key(identifier: &[u8]) -> TestExtension {
    TestExtension::plain(oid::SUBJECT_KEY_IDENTIFIER, asn1::octet_string(identifier))
}

#[test]
fn key_identifiers_are_hints_and_never_rules() {
    let root = root("Root");
    // The authority says one thing of its key, the signer another, and a stranger of the same name agrees with her.
    let middle = root.subordinate(
        Profile::authority("Middle", KeyKind::P256).extension(own_key(b"said by the authority")),
        locations(),
    );
    let named = middle.certificate().subject().to_der().to_vec();
    let stranger = root.issue(
        Profile::authority("x", KeyKind::P256).subject(named).extension(own_key(b"said by the signer")),
    );
    let alice =
        middle.issue(Profile::signer("Alice", KeyKind::P256).extension(issuer_key(b"said by the signer")));
    let mut others = [stranger.certificate().clone(), middle.certificate().clone()];
    for _ in 0..2 {
        let chain = verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).unwrap();
        assert_eq!(chain.certificates()[1], *middle.certificate());
        others.reverse();
    }
    // Nobody says anything.
    let silent = |profile: Profile| {
        profile
            .without_extension(oid::AUTHORITY_KEY_IDENTIFIER)
            .without_extension(oid::SUBJECT_KEY_IDENTIFIER)
    };
    let middle = root.subordinate(silent(Profile::authority("Quiet", KeyKind::P256)), locations());
    let alice = middle.issue(silent(Profile::signer("Alice", KeyKind::P256)));
    let others = [middle.certificate().clone()];
    assert!(verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).is_ok());
}

#[test]
fn an_issuer_that_is_named_by_serial_number_is_tried_first() {
    let root = root("Root");
    let middle = root.subordinate(Profile::authority("Middle", KeyKind::P256), locations());
    let named = || middle.certificate().subject().to_der().to_vec();
    let mut others: Vec<_> = (0..20)
        .map(|_| root.issue(Profile::authority("x", KeyKind::P256).subject(named())).certificate().clone())
        .collect();
    others.push(middle.certificate().clone());
    // authorityCertIssuer [1], authorityCertSerialNumber [2]
    let issuer = asn1::encode(0xa1, &asn1::encode(0xa4, root.certificate().subject().to_der()));
    let serial = asn1::encode(0x82, middle.certificate().serial());
    let hint = TestExtension::plain(oid::AUTHORITY_KEY_IDENTIFIER, asn1::sequence(&[&issuer, &serial]));
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256).extension(hint));
    let few = limits(|limits| limits.signature_checks = 2);
    assert!(verify(&[root.certificate()], &others, alice.certificate(), few).is_ok());
    // The number of another is no rule either.
    let serial = asn1::encode(0x82, &[1, 2, 3]);
    let hint = TestExtension::plain(oid::AUTHORITY_KEY_IDENTIFIER, asn1::sequence(&[&issuer, &serial]));
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256).extension(hint));
    assert!(verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).is_ok());
}

#[test]
fn an_expired_cross_certificate_does_not_hide_the_good_one() {
    let (old, new, middle) = (root("Old root"), root("New root"), root("Middle"));
    let past = cross(&middle).valid(now() - 48.hours(), now() - 24.hours());
    let expired = old.issue(past).certificate().clone();
    let good = new.issue(cross(&middle)).certificate().clone();
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256));
    let anchors = [old.certificate(), new.certificate()];
    for others in [[expired.clone(), good.clone()], [good, expired.clone()]] {
        let chain = verify(&anchors, &others, alice.certificate(), Limits::default()).unwrap();
        assert_eq!(chain.anchor().certificate(), new.certificate());
    }
    // Alone it is the one thing that is wrong, and is named.
    let failure =
        verify(&anchors, std::slice::from_ref(&expired), alice.certificate(), Limits::default()).unwrap_err();
    assert!(
        matches!(failure.reason(), ChainFault::Expired { certificate, .. } if *certificate == expired),
        "{failure}"
    );
    assert_eq!(failure.paths().next().unwrap().anchored(), Anchored::Yes);
}

#[test]
fn the_most_telling_failure_comes_first() {
    let (root, stranger) = (root("Root"), root("Stranger"));
    let middle = root.subordinate(Profile::authority("Middle", KeyKind::P256), locations());
    let named = middle.certificate().subject().to_der().to_vec();
    let namesake = root.issue(Profile::authority("x", KeyKind::P256).subject(named)).certificate().clone();
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256));
    let others = [namesake.clone(), middle.certificate().clone()];

    // The right issuer is there, its own issuer is not; that a namesake did not sign is no news, but kept.
    let failure = verify(&[stranger.certificate()], &others, alice.certificate(), Limits::default());
    let failure = failure.unwrap_err();
    assert!(
        matches!(failure.reason(), ChainFault::NoPath { certificate, .. } if certificate == middle.certificate()),
        "{failure}"
    );
    let wrong =
        |fault: &ChainFault| matches!(fault, ChainFault::BadSignature { issuer, .. } if *issuer == namesake);
    assert!(failure.paths().nth(1).unwrap().faults().any(wrong), "{failure}");

    // A path to the anchor with one fault comes before one with two, and both before those that end nowhere.
    let cross_certificates = [
        root.issue(cross(&middle).valid(now() - 9.hours(), now() - 8.hours()).unknown_critical_extension()),
        root.issue(cross(&middle).valid(now() - 9.hours(), now() - 8.hours())),
    ];
    let mut others: Vec<_> = cross_certificates.iter().map(|one| one.certificate().clone()).collect();
    others.push(namesake);
    let failure = verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).unwrap_err();
    let counts: Vec<_> =
        failure.paths().map(|path| (path.anchored() == Anchored::Yes, path.faults().count())).collect();
    assert_eq!(counts, [(true, 1), (true, 2), (false, 1)], "{failure}");
    assert_eq!(failure.reason().group(), FaultGroup::OutOfBounds);

    // That the search was given up comes before what it had seen, unless a path did reach an anchor.
    let few = limits(|limits| limits.signature_checks = 1);
    let failure = verify(&[stranger.certificate()], &others, alice.certificate(), few).unwrap_err();
    let exceeded = ChainFault::BudgetExceeded { what: "signature checks", allowed: 1 };
    assert_eq!(*failure.reason(), exceeded);
    assert!(failure.to_string().contains("more than 1 signature checks were needed"), "{failure}");
}

/// More failures than are kept: the most telling is among those that are, although it was met last.
#[test]
fn the_most_telling_failure_is_kept_among_many() {
    let root = root("Root");
    let middle = root.subordinate(Profile::authority("Middle", KeyKind::P256), locations());
    let named = || middle.certificate().subject().to_der().to_vec();
    let mut others: Vec<_> = (0..60)
        .map(|_| root.issue(Profile::authority("x", KeyKind::P256).subject(named())).certificate().clone())
        .collect();
    // By its validity it fits worst.
    let last = cross(&middle).valid(now() - 48.hours(), now() - 24.hours());
    let last = root.issue(last).certificate().clone();
    others.insert(0, last.clone());
    // She says nothing of her issuer's key.
    let silent = Profile::signer("Alice", KeyKind::P256).without_extension(oid::AUTHORITY_KEY_IDENTIFIER);
    let alice = middle.issue(silent);
    let failure = verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).unwrap_err();
    assert!(
        matches!(failure.reason(), ChainFault::Expired { certificate, .. } if *certificate == last),
        "{failure}"
    );
    assert_eq!(failure.paths().count(), 32);
}

/// 500 certificates of one name and one key identifier.
#[test]
fn five_hundred_namesakes() {
    let root = root("Root");
    let middle = root
        .subordinate(Profile::authority("Middle", KeyKind::P256).extension(own_key(b"shared")), locations());
    let named = || middle.certificate().subject().to_der().to_vec();
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256).extension(issuer_key(b"shared")));
    let forged = |profile: Profile| {
        root.issue(profile.subject(named()).extension(own_key(b"shared"))).certificate().clone()
    };
    let good = middle.certificate().clone();

    // Worse than the good one by what they say: out of time, no authorities.
    let mut worse: Vec<_> = (0..500)
        .map(|number| {
            if number % 2 == 0 {
                let past = (now() - 48.hours(), now() - 24.hours());
                forged(Profile::authority("x", KeyKind::P256).valid(past.0, past.1))
            } else {
                forged(Profile::bare("x", KeyKind::P256))
            }
        })
        .collect();
    worse.push(good.clone());
    let few = limits(|limits| limits.signature_checks = 2);
    assert!(verify(&[root.certificate()], &worse, alice.certificate(), few).is_ok());

    // As good by all that they say: as many signatures are checked as allowed, and that is said.
    let mut equal: Vec<_> = (0..500).map(|_| forged(Profile::authority("x", KeyKind::P256))).collect();
    equal.push(good);
    let failure = verify(&[root.certificate()], &equal, alice.certificate(), Limits::default()).unwrap_err();
    let exceeded = ChainFault::BudgetExceeded { what: "signature checks", allowed: 200 };
    assert_eq!(*failure.reason(), exceeded);
    assert!(failure.paths().count() <= 32);
    let many = limits(|limits| limits.signature_checks = 600);
    assert!(verify(&[root.certificate()], &equal, alice.certificate(), many).is_ok());
    // Looking is bounded too.
    let few = limits(|limits| limits.steps = 100);
    let failure = verify(&[root.certificate()], &equal, alice.certificate(), few).unwrap_err();
    let exceeded = ChainFault::BudgetExceeded { what: "candidate certificates", allowed: 100 };
    assert_eq!(*failure.reason(), exceeded);

    // One key in 500 certificates is one check.
    let renewed: Vec<_> = (0..500)
        .map(|number| {
            let end = now() + (i64::from(number) + 1).hours();
            let profile = cross(&middle).unknown_critical_extension();
            root.issue(profile.valid(now() - 48.hours(), end)).certificate().clone()
        })
        .collect();
    let enough = limits(|limits| limits.signature_checks = 501);
    let failure = verify(&[root.certificate()], &renewed, alice.certificate(), enough).unwrap_err();
    assert_eq!(failure.reason().group(), FaultGroup::Constraints, "{failure}");
    assert!(!failure.paths().any(|path| path.faults().any(|fault| fault.group() == FaultGroup::Budget)));
}

#[test]
fn deep_chains_are_followed_as_far_as_allowed() {
    let root = root("Root");
    let mut line = vec![root.subordinate(Profile::authority("A0", KeyKind::P256), locations())];
    for number in 1..17 {
        let profile = Profile::authority(&format!("A{number}"), KeyKind::P256);
        let next = line[line.len() - 1].subordinate(profile, locations());
        line.push(next);
    }
    let others: Vec<_> = line.iter().map(|authority| authority.certificate().clone()).collect();
    let below = |number: usize| line[number].issue(Profile::signer("Alice", KeyKind::P256));
    let sixteen = below(15);
    let chain = verify(&[root.certificate()], &others, sixteen.certificate(), Limits::default()).unwrap();
    assert_eq!(chain.certificates().len(), 18);
    let seventeen = below(16);
    let failure =
        verify(&[root.certificate()], &others, seventeen.certificate(), Limits::default()).unwrap_err();
    assert!(
        matches!(failure.reason(), ChainFault::TooDeep { certificate, allowed: 16 } if *certificate == others[1]),
        "{failure}"
    );
    let more = limits(|limits| limits.intermediates = 17);
    assert!(verify(&[root.certificate()], &others, seventeen.certificate(), more).is_ok());
}

/// 50 authorities that all certify each other, 2,450 certificates: the number of simple paths has 60 digits.
#[test]
fn a_clique_of_fifty_authorities() {
    let clique: Vec<_> = (0..50).map(|number| root(&format!("M{number}"))).collect();
    let mut others = Vec::new();
    for (number, issuer) in clique.iter().enumerate() {
        for (_, subject) in clique.iter().enumerate().filter(|(other, _)| *other != number) {
            others.push(issuer.issue(cross(subject)).certificate().clone());
        }
    }
    let alice = clique[0].issue(Profile::signer("Alice", KeyKind::P256));
    for anchor in [0, 1, 25, 49] {
        let anchor = clique[anchor].certificate();
        let chain = verify(&[anchor], &others, alice.certificate(), Limits::default()).unwrap();
        assert!(chain.certificates().len() <= 3, "the shortest way is found first");
    }
    let stranger = root("Stranger");
    let failure =
        verify(&[stranger.certificate()], &others, alice.certificate(), Limits::default()).unwrap_err();
    assert_eq!(failure.reason().group(), FaultGroup::Budget, "{failure}");
    assert!(failure.paths().count() <= 32);
    // One door in the whole clique leads out.
    let door = stranger.issue(cross(&clique[31])).certificate().clone();
    others.push(door);
    assert!(verify(&[stranger.certificate()], &others, alice.certificate(), Limits::default()).is_ok());
}

/// The same certificate under other names, the signature left as it was.
fn renamed(certificate: &Certificate, from: &str, to: &str) -> Certificate {
    let mut der = certificate.to_der().to_vec();
    let places: Vec<_> =
        der.windows(from.len()).enumerate().filter(|(_, bytes)| *bytes == from.as_bytes()).collect();
    let places: Vec<usize> = places.into_iter().map(|(place, _)| place).collect();
    for place in places {
        der[place..place + from.len()].copy_from_slice(to.as_bytes());
    }
    Certificate::from_der(&der).unwrap()
}

#[test]
fn ten_thousand_certificates_are_looked_through_once() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let model = pki.root_authority().issue(Profile::authority("Name 00000", KeyKind::P256));
    let mut others: Vec<_> = (1..=10_000)
        .map(|number| renamed(model.certificate(), "Name 00000", &format!("Name {number:05}")))
        .collect();
    others.insert(5_000, pki.intermediate().clone());
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier =
        ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked).intermediates(&others);
    let begun = Instant::now();
    for _ in 0..5 {
        assert!(verifier.verify_at(alice.certificate(), now()).is_ok());
    }
    // A guard against work for each pair of them, which would be hundreds of millions of comparisons.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// Layers of authorities, two keys in each, every key certified by both above it: as many paths from the lowest to the
/// `top` as there are ways to choose. All share the keys' names, layer by layer, and are long for their lists of policies.
fn layers(top: TestAuthority, layers: usize, policies: u32) -> (Vec<Certificate>, TestAuthority) {
    let policy = |number: u32| {
        let oid = Oid::new(&format!("1.3.6.1.4.1.32473.{number}")).unwrap();
        asn1::sequence(&[&asn1::oid(&oid)])
    };
    let policies: Vec<u8> = (0..policies).flat_map(policy).collect();
    let policies = TestExtension::plain(CERTIFICATE_POLICIES, asn1::sequence(&[&policies]));
    let mut certificates = vec![top.certificate().clone()];
    let mut above = vec![top];
    for layer in 0..layers {
        let profile =
            || Profile::authority(&format!("Layer {layer}"), KeyKind::P256).extension(policies.clone());
        let both: Vec<_> = (0..2).map(|_| above[0].subordinate(profile(), locations())).collect();
        certificates.extend(both.iter().map(|one| one.certificate().clone()));
        for issuer in &above[1..] {
            for subject in &both {
                let again = issuer.issue(profile().with_key(subject.identity().key()));
                certificates.push(again.certificate().clone());
            }
        }
        above = both;
    }
    (certificates, above.swap_remove(0))
}

/// The paths that were complete.
fn judged(failure: &ChainFailure) -> usize {
    failure.paths().filter(|path| path.anchored() == Anchored::Yes).count()
}

/// Who has a certificate of his own, and makes himself an authority with its key, buys no work with that.
#[test]
fn who_is_no_authority_is_explained_once_and_not_once_for_each_path() {
    let root = root("Root");
    let mallory = root.issue(Profile::signer("Mallory", KeyKind::P256));
    let named = mallory.certificate().subject().to_der().to_vec();
    let profile = Profile::authority("x", KeyKind::P256).with_key(mallory.key()).subject(named);
    let self_made = TestAuthority::root(profile, now(), locations());
    let (mut others, lowest) = layers(self_made, 10, 4);
    others[0] = mallory.certificate().clone();
    let victim = lowest.issue(Profile::signer("Victim", KeyKind::P256));
    let failure =
        verify(&[root.certificate()], &others, victim.certificate(), Limits::default()).unwrap_err();
    // It is said why, and of 512 paths only one was judged.
    let reason = failure.reason();
    assert!(
        matches!(reason, ChainFault::NotAnAuthority { certificate } if certificate == mallory.certificate()),
        "{failure}"
    );
    assert_eq!(judged(&failure), 1);
}

/// The same for an authority that allows none below it. A path of the allowed length is found beside it.
#[test]
fn who_may_have_no_authorities_below_is_explained_once() {
    let root = root("Root");
    let limited = root.subordinate(Profile::authority("Limited", KeyKind::P256).path_length(0), locations());
    let alice = limited.issue(Profile::signer("Alice", KeyKind::P256));
    let (others, lowest) = layers(limited, 6, 4);
    let victim = lowest.issue(Profile::signer("Victim", KeyKind::P256));
    let failure =
        verify(&[root.certificate()], &others, victim.certificate(), Limits::default()).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::PathLength { allowed: 0, found: 6, .. }), "{failure}");
    assert_eq!(judged(&failure), 1);
    assert!(verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).is_ok());
}

/// Whoever has the key of an authority that is not valid any more can still make the judging dear: it is paid for.
#[test]
fn what_is_judged_is_paid_for_by_its_bytes() {
    let root = root("Root");
    let expired = Profile::authority("Expired", KeyKind::P256).valid(now() - 48.hours(), now() - 24.hours());
    let expired = root.subordinate(expired, locations());
    let (others, lowest) = layers(expired, 6, 100);
    let victim = lowest.issue(Profile::signer("Victim", KeyKind::P256));
    let judged = |bytes: u64| {
        let few = limits(|limits| limits.judged_bytes = bytes);
        verify(&[root.certificate()], &others, victim.certificate(), few).unwrap_err()
    };
    let told = |failure: ChainFailure| {
        let paths: Vec<_> = failure.paths().flat_map(|path| path.faults().cloned()).collect();
        paths.into_iter().any(|fault| matches!(fault, ChainFault::BudgetExceeded { .. }))
    };
    assert!(told(judged(100_000)));
    assert!(!told(judged(10_000_000)));
    // Exactly the bytes of its certificates are what a path costs.
    let alice = root.issue(Profile::signer("Alice", KeyKind::P256));
    let cost = u64::try_from(alice.certificate().to_der().len() + root.certificate().to_der().len()).unwrap();
    let paid = |bytes: u64| {
        verify(&[root.certificate()], &[], alice.certificate(), limits(|limits| limits.judged_bytes = bytes))
    };
    assert!(paid(cost).is_ok());
    let reason = paid(cost - 1).unwrap_err().reason().clone();
    assert!(matches!(reason, ChainFault::BudgetExceeded { what: "bytes of judged certificates", .. }));
}

/// A name in other string types, case and space is the same name: an issuer is found by it all the same.
#[test]
fn issuers_are_found_by_what_their_names_mean() {
    let root = root("Root");
    let spelled = |kind: u8, text: &str| {
        let value = asn1::encode(kind, text.as_bytes());
        let attribute = asn1::sequence(&[&asn1::oid(&const_oid::db::rfc4519::COMMON_NAME), &value]);
        asn1::sequence(&[&asn1::set_of(vec![attribute])])
    };
    let one = spelled(tag::PRINTABLE_STRING, "Good CA");
    let other = spelled(tag::UTF8_STRING, "GOOD  ca ");
    assert!(Name::from_der(&one).unwrap().matches(&Name::from_der(&other).unwrap()));
    let middle = root.subordinate(Profile::authority("x", KeyKind::P256).subject(one), locations());
    let again = root.issue(cross(&middle).subject(other));
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256));
    let others = [again.certificate().clone()];
    assert!(verify(&[root.certificate()], &others, alice.certificate(), Limits::default()).is_ok());
}

/// A certificate that one of five authorities made for another, and whether it still holds.
#[derive(Copy, Clone, Debug)]
struct Edge {
    issuer: usize,
    subject: usize,
    holds: Holds,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Holds {
    Yes,
    Expired,
    Unreadable,
}

const AUTHORITIES: usize = 5;

fn edge() -> impl Strategy<Value = Edge> {
    let holds = prop_oneof![3 => Just(Holds::Yes), 1 => Just(Holds::Expired), 1 => Just(Holds::Unreadable)];
    (0..AUTHORITIES, 0..AUTHORITIES, holds).prop_map(|(issuer, subject, holds)| Edge {
        issuer,
        subject,
        holds,
    })
}

/// Whether good certificates lead from the anchor down to the authority: the plainest way to find out.
fn leads(edges: &[Edge], anchor: usize, to: usize) -> bool {
    let mut reached = std::collections::BTreeSet::from([anchor]);
    for _ in 0..AUTHORITIES {
        for edge in edges.iter().filter(|edge| edge.holds == Holds::Yes) {
            if reached.contains(&edge.issuer) {
                reached.insert(edge.subject);
            }
        }
    }
    reached.contains(&to)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_path_is_found_if_and_only_if_there_is_one(
        edges in prop::collection::vec(edge(), 0..14),
        anchor in 0..AUTHORITIES,
    ) {
        let authorities: Vec<_> = (0..AUTHORITIES).map(|number| root(&format!("A{number}"))).collect();
        let certificate = |edge: &Edge| {
            let profile = cross(&authorities[edge.subject]);
            let profile = match edge.holds {
                Holds::Yes => profile,
                Holds::Expired => profile.valid(now() - 48.hours(), now() - 24.hours()),
                Holds::Unreadable => profile.unknown_critical_extension(),
            };
            authorities[edge.issuer].issue(profile).certificate().clone()
        };
        let others: Vec<_> = edges.iter().map(certificate).collect();
        let alice = authorities[0].issue(Profile::signer("Alice", KeyKind::P256));
        let anchors = [authorities[anchor].certificate()];
        let found = verify(&anchors, &others, alice.certificate(), Limits::default());
        prop_assert_eq!(found.is_ok(), leads(&edges, anchor, 0), "{:?}", found.err());
    }
}
