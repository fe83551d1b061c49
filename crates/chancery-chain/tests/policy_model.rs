//! Policies of random small paths, compared with the tree of RFC 5280 as it is written there.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used)]

mod policy_tree;

use std::collections::BTreeSet;

use chancery_certificate::Certificate;
use chancery_certificate::asn1;
use chancery_chain::{
    ChainFault, ChainVerifier, PolicyDemands, PolicySet, Purpose, RevocationPolicy, TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;
use policy_tree::{ANY, Asked, Found, Said, SelfIssued, validate};
use proptest::prelude::*;

const POLICIES: [Oid; 4] = [
    Oid::new_unwrap("1.2.3.1"),
    Oid::new_unwrap("1.2.3.2"),
    Oid::new_unwrap("1.2.3.3"),
    Oid::new_unwrap("1.2.3.4"),
];

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn policy() -> impl Strategy<Value = Oid> {
    prop::sample::select(POLICIES.to_vec())
}

/// The constraints come seldom, so that most paths keep some policy for long.
fn said() -> impl Strategy<Value = Said> {
    let named = prop::sample::select([POLICIES.to_vec(), vec![ANY, ANY, ANY]].concat());
    let policies = prop::option::weighted(0.95, prop::collection::btree_set(named, 1..4));
    let mappings = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec((policy(), policy()), 1..4),
    ];
    let skip = || prop::option::weighted(0.15, 0..4_u8);
    let self_issued = prop_oneof![4 => Just(SelfIssued::No), 1 => Just(SelfIssued::Yes)];
    (policies, mappings, skip(), skip(), skip(), self_issued).prop_map(
        |(policies, mappings, require_explicit, inhibit_mapping, inhibit_any, self_issued)| Said {
            policies,
            mappings,
            require_explicit,
            inhibit_mapping,
            inhibit_any,
            self_issued,
        },
    )
}

fn asked() -> impl Strategy<Value = Asked> {
    let acceptable = prop::option::of(prop::collection::btree_set(policy(), 1..4));
    (acceptable, any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.2)).prop_map(
        |(acceptable, explicit, no_mapping, no_any)| Asked { acceptable, explicit, no_mapping, no_any },
    )
}

fn extensions(said: &Said) -> Vec<TestExtension> {
    let critical = |oid: &str, value| TestExtension::critical(Oid::new_unwrap(oid), value);
    let list = |items: Vec<Vec<u8>>| asn1::sequence(&items.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let count = |number: u8, count: u8| asn1::encode(0x80 | number, &[count]);
    let mut extensions = Vec::new();
    if let Some(policies) = &said.policies {
        let policies = policies.iter().map(|policy| asn1::sequence(&[&asn1::oid(policy)])).collect();
        extensions.push(critical("2.5.29.32", list(policies)));
    }
    if !said.mappings.is_empty() {
        let pair = |(from, to): &(Oid, Oid)| asn1::sequence(&[&asn1::oid(from), &asn1::oid(to)]);
        extensions.push(critical("2.5.29.33", list(said.mappings.iter().map(pair).collect())));
    }
    let constraints = [(0, said.require_explicit), (1, said.inhibit_mapping)];
    let constraints: Vec<_> =
        constraints.into_iter().filter_map(|(number, skip)| Some(count(number, skip?))).collect();
    if !constraints.is_empty() {
        extensions.push(critical("2.5.29.36", list(constraints)));
    }
    if let Some(skip) = said.inhibit_any {
        extensions.push(critical("2.5.29.54", asn1::integer(&[skip])));
    }
    extensions
}

/// The same path in certificates.
fn issue(path: &[Said]) -> (Certificate, Vec<Certificate>) {
    let locations = || Locations::under("http://pki.test", "policies");
    let mut line = vec![TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations())];
    let last = path.len() - 1;
    for (number, said) in path.iter().enumerate() {
        let above = &line[line.len() - 1];
        let name = format!("A{number}");
        let profile = match number == last {
            true => Profile::signer(&name, KeyKind::P256),
            false => Profile::authority(&name, KeyKind::P256),
        };
        let profile = extensions(said).into_iter().fold(profile, Profile::extension);
        let profile = match said.self_issued {
            SelfIssued::Yes => profile.subject(above.certificate().subject().to_der().to_vec()),
            SelfIssued::No => profile,
        };
        let next = above.subordinate(profile, locations());
        line.push(next);
    }
    let mut certificates: Vec<_> = line.iter().map(|authority| authority.certificate().clone()).collect();
    (certificates.remove(0), certificates)
}

fn judge(path: &[Said], asked: &Asked) -> Option<Found> {
    let (root, mut others) = issue(path);
    let target = others.pop().unwrap();
    let demands = PolicyDemands::new().accept_only(asked.acceptable.iter().flatten().copied());
    let demands = if asked.explicit { demands.require_explicit() } else { demands };
    let demands = if asked.no_mapping { demands.forbid_mapping() } else { demands };
    let demands = if asked.no_any { demands.forbid_any_policy() } else { demands };
    let anchors = TrustAnchors::new([root]);
    let verifier = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked)
        .intermediates(&others)
        .policies(demands);
    match verifier.verify_at(&target, now()) {
        Ok(chain) => Some(match chain.policies() {
            PolicySet::Any => Found::Any,
            PolicySet::Only(policies) => Found::Only(policies.clone()),
        }),
        Err(failure) => {
            assert!(matches!(failure.reason(), ChainFault::Policy { .. }), "{failure}");
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_graph_finds_what_the_tree_finds(path in prop::collection::vec(said(), 1..6), asked in asked()) {
        prop_assert_eq!(judge(&path, &asked), validate(&path, &asked));
    }
}

/// The model itself: paths about which the text of the standard leaves no doubt.
#[test]
fn the_tree_is_that_of_the_standard() {
    let [gold, silver, theirs, _] = POLICIES;
    let says =
        |policies: &[Oid]| Said { policies: Some(policies.iter().copied().collect()), ..Said::default() };
    let asked = |acceptable: &[Oid]| Asked {
        acceptable: (!acceptable.is_empty()).then(|| acceptable.iter().copied().collect()),
        explicit: true,
        no_mapping: false,
        no_any: false,
    };
    let only = |policies: &[Oid]| Some(Found::Only(policies.iter().copied().collect::<BTreeSet<_>>()));
    assert_eq!(validate(&[says(&[gold, silver]), says(&[gold])], &asked(&[])), only(&[gold]));
    assert_eq!(validate(&[says(&[gold]), says(&[silver])], &asked(&[])), None);
    assert_eq!(validate(&[says(&[ANY]), says(&[ANY])], &asked(&[])), Some(Found::Any));
    assert_eq!(validate(&[says(&[ANY]), says(&[ANY])], &asked(&[silver])), only(&[silver]));
    let mapping = Said { mappings: vec![(gold, theirs)], ..says(&[gold]) };
    assert_eq!(validate(&[mapping.clone(), says(&[theirs])], &asked(&[])), only(&[gold]));
    assert_eq!(validate(&[mapping, says(&[theirs])], &asked(&[theirs])), None);
}
