//! Certificate policies along a path.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use chancery_certificate::Certificate;
use chancery_certificate::asn1;
use chancery_chain::{
    ANY_POLICY, ChainFailure, ChainFault, ChainVerifier, PolicyDemands, PolicySet, Purpose, RevocationPolicy,
    TrustAnchors, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

const GOLD: Oid = Oid::new_unwrap("1.2.3.1");
const SILVER: Oid = Oid::new_unwrap("1.2.3.2");
const THEIRS: Oid = Oid::new_unwrap("1.2.9.1");

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn extension(oid: &str, value: Vec<u8>) -> TestExtension {
    TestExtension::critical(Oid::new_unwrap(oid), value)
}

fn policies(policies: &[Oid]) -> TestExtension {
    let list: Vec<_> = policies.iter().map(|policy| asn1::sequence(&[&asn1::oid(policy)])).collect();
    extension("2.5.29.32", asn1::sequence(&list.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

fn mappings(pairs: &[(Oid, Oid)]) -> TestExtension {
    let pair = |(from, to): &(Oid, Oid)| asn1::sequence(&[&asn1::oid(from), &asn1::oid(to)]);
    let list: Vec<_> = pairs.iter().map(pair).collect();
    extension("2.5.29.33", asn1::sequence(&list.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// requireExplicitPolicy [0] after so many certificates.
fn require_explicit(after: u8) -> TestExtension {
    extension("2.5.29.36", asn1::sequence(&[&asn1::encode(0x80, &[after])]))
}

/// A path root, authorities with these extensions, signer.
struct Line {
    root: TestAuthority,
    others: Vec<Certificate>,
    target: Certificate,
}

impl Line {
    fn new(authorities: &[&[TestExtension]], signer: &[TestExtension]) -> Self {
        let with = |profile: Profile, extensions: &[TestExtension]| {
            extensions.iter().cloned().fold(profile, Profile::extension)
        };
        let locations = || Locations::under("http://pki.test", "policies");
        let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations());
        let mut line: Vec<TestAuthority> = Vec::new();
        for (number, extensions) in authorities.iter().enumerate() {
            let profile = with(Profile::authority(&format!("A{number}"), KeyKind::P256), extensions);
            let next = line.last().unwrap_or(&root).subordinate(profile, locations());
            line.push(next);
        }
        let signer = with(Profile::signer("Alice", KeyKind::P256), signer);
        let target = line.last().unwrap_or(&root).issue(signer).certificate().clone();
        let others = line.iter().map(|authority| authority.certificate().clone()).collect();
        Self { root, others, target }
    }

    fn judge(&self, demands: PolicyDemands) -> Result<VerifiedChain, ChainFailure> {
        let anchors = TrustAnchors::new([self.root.certificate().clone()]);
        ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked)
            .intermediates(&self.others)
            .policies(demands)
            .verify_at(&self.target, now())
    }

    /// The policies that hold, or `None` when one is required and none holds.
    fn holds(&self, demands: PolicyDemands) -> Option<PolicySet> {
        match self.judge(demands) {
            Ok(chain) => Some(chain.policies().clone()),
            Err(failure) => {
                assert!(matches!(failure.reason(), ChainFault::Policy { .. }), "{failure}");
                None
            }
        }
    }
}

fn only(policies: &[Oid]) -> Option<PolicySet> {
    Some(PolicySet::Only(policies.iter().copied().collect()))
}

fn explicit() -> PolicyDemands {
    PolicyDemands::new().require_explicit()
}

#[test]
fn a_policy_holds_when_every_certificate_names_it() {
    let line = Line::new(&[&[policies(&[GOLD, SILVER])]], &[policies(&[GOLD])]);
    assert_eq!(line.holds(explicit()), only(&[GOLD]));
    assert_eq!(line.holds(explicit().accept_only([GOLD, THEIRS])), only(&[GOLD]));
    assert_eq!(line.holds(explicit().accept_only([SILVER])), None);
    // Where none is required, none is found and that is no fault.
    assert_eq!(line.holds(PolicyDemands::new().accept_only([SILVER])), only(&[]));
}

#[test]
fn an_authority_may_require_a_policy() {
    let silent = Line::new(&[&[policies(&[GOLD]), require_explicit(0)]], &[]);
    assert_eq!(silent.holds(PolicyDemands::new()), None);
    let later = Line::new(&[&[policies(&[GOLD]), require_explicit(5)]], &[]);
    assert_eq!(later.holds(PolicyDemands::new()), only(&[]));
}

#[test]
fn any_policy_stands_for_all_until_it_is_forbidden() {
    let line = Line::new(&[&[policies(&[ANY_POLICY])]], &[policies(&[GOLD])]);
    assert_eq!(line.holds(explicit()), only(&[GOLD]));
    assert_eq!(line.holds(explicit().forbid_any_policy()), None);
    let all = Line::new(&[&[policies(&[ANY_POLICY])]], &[policies(&[ANY_POLICY])]);
    assert_eq!(all.holds(explicit()), Some(PolicySet::Any));
    assert_eq!(all.holds(explicit().accept_only([SILVER])), only(&[SILVER]));
}

#[test]
fn mapped_policies_hold_under_the_name_of_the_first_domain() {
    let middle = [policies(&[GOLD]), mappings(&[(GOLD, THEIRS)])];
    let line = Line::new(&[&middle], &[policies(&[THEIRS])]);
    assert_eq!(line.holds(explicit().accept_only([GOLD])), only(&[GOLD]));
    assert_eq!(line.holds(explicit().accept_only([THEIRS])), None);
    assert_eq!(line.holds(explicit().forbid_mapping()), None);
    let any = Line::new(&[&[policies(&[GOLD]), mappings(&[(GOLD, ANY_POLICY)])]], &[policies(&[GOLD])]);
    let refused = any.judge(PolicyDemands::new()).unwrap_err();
    assert!(matches!(refused.reason(), ChainFault::Malformed { .. }), "{refused}");
}

#[test]
fn mappings_of_everything_to_everything_stay_small() {
    let names: Vec<Oid> = (1..=40).map(|number| Oid::new_unwrap(&format!("1.2.4.{number}"))).collect();
    let all: Vec<_> = names.iter().flat_map(|from| names.iter().map(move |to| (*from, *to))).collect();
    let authority = [policies(&names), mappings(&all)];
    // A tree would have 40 to the power of 15 leaves.
    let line = Line::new(&[authority.as_slice(); 15], &[policies(&names)]);
    let expected: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(line.holds(explicit()), Some(PolicySet::Only(expected)));
}

/// Qualifiers are for people; one that nobody knows in a critical extension must be refused (RFC 5280 §4.2.1.4).
#[test]
fn qualifiers_are_read_and_bind_only_where_they_are_critical() {
    let practice_statement = Oid::new_unwrap("1.3.6.1.5.5.7.2.1");
    let notice = Oid::new_unwrap("1.3.6.1.5.5.7.2.2");
    let qualified = |kinds: &[Oid]| {
        let one =
            |kind: &Oid| asn1::sequence(&[&asn1::oid(kind), &asn1::encode(0x16, b"http://pki.test/cps")]);
        let list = asn1::encode(0x30, &kinds.iter().flat_map(one).collect::<Vec<_>>());
        asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&GOLD), &list])])
    };
    let oid = Oid::new_unwrap("2.5.29.32");
    let judged = |extension| Line::new(&[&[policies(&[GOLD])]], &[extension]).judge(explicit());
    for kinds in [&[practice_statement][..], &[practice_statement, notice]] {
        assert!(judged(TestExtension::critical(oid, qualified(kinds))).is_ok());
    }
    let unknown = qualified(&[practice_statement, THEIRS]);
    assert!(judged(TestExtension::plain(oid, unknown.clone())).is_ok());
    let refused = judged(TestExtension::critical(oid, unknown)).unwrap_err();
    assert!(matches!(refused.reason(), ChainFault::UnsupportedConstraint { .. }), "{refused}");
}

#[test]
fn what_cannot_be_read_of_policies_refuses() {
    let twice =
        asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&GOLD)]), &asn1::sequence(&[&asn1::oid(&GOLD)])]);
    let pair = asn1::sequence(&[&asn1::oid(&GOLD), &asn1::oid(&ANY_POLICY)]);
    let cases = [
        ("a policy twice", "2.5.29.32", twice),
        ("no policies", "2.5.29.32", asn1::sequence(&[])),
        ("no mappings", "2.5.29.33", asn1::sequence(&[])),
        ("mapped to anyPolicy", "2.5.29.33", asn1::sequence(&[&pair])),
        ("nothing constrained", "2.5.29.36", asn1::sequence(&[])),
        ("a negative count", "2.5.29.36", asn1::sequence(&[&asn1::encode(0x80, &[0xff])])),
        ("a negative count", "2.5.29.54", asn1::encode(0x02, &[0xff])),
        ("trailing bytes", "2.5.29.54", [asn1::integer(&[0]), vec![5, 0]].concat()),
    ];
    for (what, oid, value) in cases {
        for critical in [TestExtension::critical, TestExtension::plain] {
            let odd = critical(Oid::new_unwrap(oid), value.clone());
            let line = Line::new(&[&[policies(&[GOLD]), odd]], &[policies(&[GOLD])]);
            let refused = line.judge(PolicyDemands::new());
            let malformed = |failure: &ChainFailure| matches!(failure.reason(), ChainFault::Malformed { .. });
            assert!(refused.as_ref().is_err_and(malformed), "{what}: {refused:?}");
        }
    }
    // More than any path has is as good as no limit, however large.
    let large = asn1::sequence(&[&asn1::encode(0x80, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])]);
    let line = Line::new(&[&[policies(&[GOLD]), extension("2.5.29.36", large)]], &[policies(&[GOLD])]);
    assert_eq!(line.holds(PolicyDemands::new()), only(&[GOLD]));
}
