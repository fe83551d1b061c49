//! CRLs: scope, distribution points, other issuers, deltas, odd forms.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{
    CRITICAL, Case, because, current, delta_of, entry, extension, hand_made, hours, now, revoked_since, scope,
};
use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, KeyUsage};
use chancery_chain::{
    ChainVerifier, Evidence, EvidenceFault, Purpose, RevocationList, RevocationListError, RevocationPolicy,
    RevocationReason, TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, Locations, OcspAnswer, Profile, Revocation, RevocationReason as TestReason, TestAuthority,
    TestExtension,
};
use const_oid::ObjectIdentifier as Oid;

const POINTS: Oid = Oid::new_unwrap("2.5.29.31");

/// `[number]` constructed.
fn tagged(number: u8, content: &[u8]) -> Vec<u8> {
    asn1::encode(tag::constructed(number), content)
}

fn uri(text: &str) -> Vec<u8> {
    asn1::encode(tag::primitive(6), text.as_bytes())
}

fn directory(name: &[u8]) -> Vec<u8> {
    tagged(4, name)
}

/// `distributionPoint [0] { fullName [0] GeneralNames }`, in certificates as in lists.
fn full(names: &[Vec<u8>]) -> Vec<u8> {
    tagged(0, &tagged(0, &names.concat()))
}

/// `distributionPoint [0] { nameRelativeToCRLIssuer [1] RelativeDistinguishedName }`.
fn relative(content: &[u8]) -> Vec<u8> {
    tagged(0, &tagged(1, content))
}

fn common_name(text: &str) -> Vec<u8> {
    asn1::sequence(&[
        &asn1::oid(&Oid::new_unwrap("2.5.4.3")),
        &asn1::encode(tag::UTF8_STRING, text.as_bytes()),
    ])
}

/// A signer whose certificate has these distribution points.
fn with_points(points: &[Vec<u8>]) -> Case {
    Case::with(Profile::signer("Alice", KeyKind::P256).without_extension(POINTS).extension(points_of(points)))
}

fn points_of(points: &[Vec<u8>]) -> TestExtension {
    let points: Vec<_> = points.iter().map(|point| asn1::sequence(&[point])).collect();
    TestExtension::plain(POINTS, asn1::sequence(&points.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

fn out_of_scope(case: &Case, list: &CrlProfile) -> bool {
    matches!(because(case.require(&case.list(list)))[..], [EvidenceFault::OutOfScope { .. }])
}

#[test]
fn one_name_in_common_is_enough_for_a_distribution_point() {
    let case = with_points(&[full(&[uri("ldap://one"), uri("http://two")]), full(&[uri("http://three")])]);
    let list = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| uri(name)).collect();
        current().extension(scope(&full(&names)))
    };
    for names in [&["http://two"][..], &["http://three"], &["http://four", "ldap://one"]] {
        assert!(case.require(&case.list(&list(names))).is_ok(), "{names:?}");
    }
    assert!(out_of_scope(&case, &list(&["http://four"])));
    // A list that does not say for which point it is, is for all.
    assert!(case.require(&case.list(&current())).is_ok());
}

#[test]
fn relative_names_continue_the_name_of_the_issuer() {
    let case = with_points(&[relative(&common_name("Lists"))]);
    assert!(case.require(&case.list(&current().extension(scope(&relative(&common_name("Lists")))))).is_ok());
    assert!(out_of_scope(&case, &current().extension(scope(&relative(&common_name("Others"))))));
    let issuer = case.pki.intermediate().subject().to_der().to_vec();
    assert!(out_of_scope(&case, &current().extension(scope(&full(&[directory(&issuer)])))));
    let content = asn1::Element::only(&issuer, tag::SEQUENCE).unwrap().content;
    let part = asn1::encode(tag::SET, &common_name("Lists"));
    let whole = asn1::sequence(&[content, &part]);
    assert!(case.require(&case.list(&current().extension(scope(&full(&[directory(&whole)]))))).is_ok());
}

#[test]
fn a_relative_name_that_cannot_be_read_matches_nothing() {
    let broken = relative(&[0x30, 3, 1, 2, 3]);
    let case = with_points(std::slice::from_ref(&broken));
    let issuer = case.pki.intermediate().subject().to_der().to_vec();
    // Not even the issuer itself, which is what a point without a name means.
    assert!(out_of_scope(&case, &current().extension(scope(&full(&[directory(&issuer)])))));
    let list = case.list(&current().extension(scope(&broken)));
    assert!(matches!(because(case.require(&list))[..], [EvidenceFault::Malformed { .. }]));
}

#[test]
fn reasons_of_a_point_and_of_a_list_both_count() {
    let key_compromise = asn1::encode(tag::primitive(1), &[6, 0x40]);
    let case = with_points(&[[full(&[uri("http://two")]), key_compromise].concat()]);
    let list = case.list(&current().extension(scope(&full(&[uri("http://two")]))));
    assert_eq!(because(case.require(&list)), [EvidenceFault::ReasonsMissing]);
}

/// Another authority below the root, which may sign lists, and a signer whose lists it makes.
fn indirect() -> (Case, TestAuthority) {
    let case = Case::new();
    let profile = Profile::bare("Lists", KeyKind::P256).key_usage(&[KeyUsage::CrlSign]);
    let lists =
        case.pki.root_authority().subordinate(profile, Locations::under("http://lists.example", "lists"));
    let issuer = tagged(2, &directory(lists.certificate().subject().to_der()));
    let point = [full(&[uri("http://indirect")]), issuer].concat();
    let alice =
        Profile::signer("Alice", KeyKind::P256).without_extension(POINTS).extension(points_of(&[point]));
    let alice = case.pki.issue(alice);
    (Case { alice, ..case }, lists)
}

/// `indirectCRL [4] TRUE`.
const INDIRECT: [u8; 3] = [0x84, 1, 0xff];

#[test]
fn another_issuer_must_be_named_and_say_that_its_list_is_indirect() {
    let (case, lists) = indirect();
    let known = || case.above().with_certificate(lists.certificate().clone());
    let sign = |list: &CrlProfile| lists.sign_crl(list);
    let whole = scope(&[full(&[uri("http://indirect")]), INDIRECT.to_vec()].concat());
    assert!(case.require(&known().with_crl(sign(&current().extension(whole.clone())))).is_ok());
    // Not indirect; or of the issuer itself, which is not the one that the certificate names.
    let plain = scope(&full(&[uri("http://indirect")]));
    let not_said = case.require(&known().with_crl(sign(&current().extension(plain))));
    assert!(matches!(because(not_said)[..], [EvidenceFault::OutOfScope { .. }]));
    assert!(out_of_scope(&case, &current()));
    // Who is not named may not, however indirect the list is.
    let direct = Case { alice: case.pki.issue(Profile::signer("Bob", KeyKind::P256)), ..Case::new() };
    let direct = Case { pki: case.pki, alice: direct.alice };
    let answer = direct.require(
        &direct
            .above()
            .with_certificate(lists.certificate().clone())
            .with_crl(sign(&current().extension(whole))),
    );
    assert_eq!(because(answer), []);
}

#[test]
fn a_sibling_does_not_make_silent_lists_in_the_name_of_the_indirect_issuer() {
    let (case, lists) = indirect();
    let (root, places) =
        (case.pki.root_authority(), || Locations::under("http://sibling.example", "sibling"));
    let sibling = root.subordinate(Profile::authority("Sibling", KeyKind::P256), places());
    let namesake = |by: &TestAuthority| {
        let name = lists.certificate().subject().to_der().to_vec();
        let profile = Profile::bare("Lists", KeyKind::P256).subject(name).key_usage(&[KeyUsage::CrlSign]);
        by.subordinate(profile, places())
    };
    let whole = scope(&[full(&[uri("http://indirect")]), INDIRECT.to_vec()].concat());
    let known = |signer: &TestAuthority, list: &CrlProfile| {
        case.above()
            .with_certificate(sibling.certificate().clone())
            .with_certificate(signer.certificate().clone())
            .with_crl(sibling.sign_crl(&current()))
            .with_crl(case.sign(&current()))
            .with_crl(signer.sign_crl(&list.clone().extension(whole.clone())))
    };
    // Whoever stands above the signer may give the name: the root, or the issuer itself.
    assert!(case.require(&known(&namesake(root), &current())).is_ok());
    assert!(case.require(&known(&namesake(case.pki.issuing()), &current())).is_ok());
    let faults = because(case.require(&known(&namesake(&sibling), &current())));
    assert!(faults.iter().any(|fault| matches!(fault, EvidenceFault::SignerNotAllowed { .. })), "{faults:?}");
    // It stands in nobody's way.
    let honest = lists.sign_crl(&current().extension(whole.clone()));
    let both = known(&namesake(&sibling), &current());
    assert!(case.require(&both.with_certificate(lists.certificate().clone()).with_crl(honest)).is_ok());
}

#[test]
fn entries_of_an_indirect_list_belong_to_the_issuer_that_was_named_last() {
    let (case, lists) = indirect();
    let known = || case.above().with_certificate(lists.certificate().clone());
    let names = |certificate: &Certificate| asn1::sequence(&[&directory(certificate.subject().to_der())]);
    let of = |certificate: &Certificate| extension("2.5.29.29", &CRITICAL, &names(certificate));
    let idp = [full(&[uri("http://indirect")]), INDIRECT.to_vec()].concat();
    let list = |entries: &[Vec<u8>]| {
        let extensions =
            tagged(0, &asn1::sequence(&[&extension("2.5.29.28", &CRITICAL, &asn1::sequence(&[&idp]))]));
        let (this, next) = (asn1::time(hours(-1)), asn1::time(hours(24)));
        let entries = asn1::encode(tag::SEQUENCE, &entries.concat());
        known().with_crl(hand_made(&lists, Some(1), &[&this, &next, &entries, &extensions]))
    };
    let (alice, issuing, root) = (case.serial(), case.pki.intermediate().clone(), case.pki.root().clone());
    let at = hours(-2);
    // Without a name it is one of the list's own issuer.
    assert!(case.require(&list(&[entry(&alice, at, &[])])).is_ok());
    assert!(case.require(&list(&[entry(&alice, at, &[&of(&root)])])).is_ok());
    assert!(revoked_since(&case.require(&list(&[entry(&alice, at, &[&of(&issuing)])]))).is_some());
    let earlier = entry(&[9], at, &[&of(&issuing)]);
    assert!(revoked_since(&case.require(&list(&[earlier.clone(), entry(&alice, at, &[])]))).is_some());
    let other = entry(&[9], at, &[&of(&root)]);
    assert!(case.require(&list(&[earlier, other, entry(&alice, at, &[])])).is_ok());
}

#[test]
fn deltas_need_numbers_that_are_numbers_and_the_key_of_their_base() {
    let case = Case::new();
    let complete = CrlProfile::new(hours(-9)).next_update(hours(-3));
    let numbered = |list: CrlProfile, number: &[u8]| {
        let value = asn1::encode(tag::INTEGER, number);
        list.extension(TestExtension::plain(Oid::new_unwrap("2.5.29.20"), value))
    };
    let delta = |base: &[u8], number: &[u8]| {
        let value = asn1::encode(tag::INTEGER, base);
        let base = TestExtension::critical(Oid::new_unwrap("2.5.29.27"), value);
        numbered(CrlProfile::new(hours(-1)).next_update(hours(3)).extension(base), number)
    };
    let continues = |complete_number: &[u8], base: &[u8], number: &[u8]| {
        let list = case.list(&numbered(complete.clone(), complete_number));
        let answer = case.require(&list.with_crl(case.sign(&delta(base, number))));
        if answer.is_err() {
            assert!(matches!(because(answer)[..], [EvidenceFault::Outdated { .. }]));
            return false;
        }
        true
    };
    assert!(continues(&[7], &[6], &[8]));
    assert!(continues(&[7], &[7], &[7]));
    assert!(continues(&[1, 0], &[0, 0xff], &[1, 1]));
    // A gap; an older one; numbers that are none.
    assert!(!continues(&[7], &[8], &[9]));
    assert!(!continues(&[7], &[5], &[6]));
    assert!(!continues(&[0xf9], &[6], &[8]));
    assert!(!continues(&[7], &[0xf9], &[8]));
    assert!(!continues(&[7], &[6], &[0x7f; 21]));
    assert!(continues(&[7], &[6], &[0x7f; 20]));
    // Of an earlier time than its base.
    let late = CrlProfile::new(hours(0)).next_update(hours(-3)).number(7);
    assert!(case.require(&case.list(&late).with_crl(case.sign(&delta(&[6], &[8])))).is_err());
    // Of another scope.
    let some = delta(&[6], &[8]).extension(scope(&[0x81, 1, 0xff]));
    let answer = case.require(&case.list(&complete.clone().number(7)).with_crl(case.sign(&some)));
    assert!(matches!(because(answer)[..], [EvidenceFault::Outdated { .. }]));
    // By another key of the authority, although the list names the same.
    let profile = Profile::bare("Second", KeyKind::P256)
        .subject(case.pki.intermediate().subject().to_der().to_vec())
        .key_usage(&[KeyUsage::CrlSign]);
    let second =
        case.pki.root_authority().subordinate(profile, Locations::under("http://lists.example", "second"));
    let number = extension("2.5.29.20", &[], &asn1::integer(&[7]));
    let fields = |this, next, more: &[&[u8]]| {
        let extensions = tagged(0, &asn1::sequence(&[&[&number[..]], more].concat()));
        [asn1::time(hours(this)), asn1::time(hours(next)), extensions].concat()
    };
    let base = extension("2.5.29.27", &CRITICAL, &asn1::integer(&[7]));
    let complete = hand_made(case.pki.issuing(), Some(1), &[&fields(-9, -3, &[])]);
    let own = hand_made(case.pki.issuing(), Some(1), &[&fields(-1, 3, &[&base])]);
    let foreign = hand_made(&second, Some(1), &[&fields(-1, 3, &[&base])]);
    let known = || case.above().with_certificate(second.certificate().clone()).with_crl(complete.clone());
    assert!(case.require(&known().with_crl(own)).is_ok());
    assert!(matches!(
        because(case.require(&known().with_crl(foreign)))[..],
        [EvidenceFault::Outdated { .. }]
    ));
}

#[test]
fn lists_of_version_1_have_no_extensions() {
    let case = Case::new();
    let (this, next) = (asn1::time(hours(-1)), asn1::time(hours(24)));
    let plain = |serial: &[u8]| asn1::encode(tag::SEQUENCE, &entry(serial, hours(-2), &[]));
    let list = |version, fields: &[&[u8]]| {
        case.require(&case.above().with_crl(hand_made(case.pki.issuing(), version, fields)))
    };
    assert!(list(None, &[&this, &next, &plain(&[9])]).is_ok());
    assert!(revoked_since(&list(None, &[&this, &next, &plain(&case.serial())])).is_some());
    let reason = extension("2.5.29.21", &[], &[10, 1, 1]);
    let extended = asn1::encode(tag::SEQUENCE, &entry(&[9], hours(-2), &[&reason]));
    assert!(matches!(because(list(None, &[&this, &next, &extended]))[..], [EvidenceFault::Malformed { .. }]));
    let number = tagged(0, &asn1::sequence(&[&extension("2.5.29.20", &[], &asn1::integer(&[7]))]));
    assert!(matches!(because(list(None, &[&this, &next, &number]))[..], [EvidenceFault::Malformed { .. }]));
    assert!(matches!(because(list(Some(0), &[&this, &next]))[..], [EvidenceFault::Malformed { .. }]));
    assert!(matches!(because(list(Some(2), &[&this, &next]))[..], [EvidenceFault::Malformed { .. }]));
}

#[test]
fn an_unknown_critical_extension_of_any_entry_forbids_the_list() {
    let case = Case::new();
    let (this, next) = (asn1::time(hours(-1)), asn1::time(hours(24)));
    let with = |extensions: &[&[u8]]| {
        let entries = asn1::encode(tag::SEQUENCE, &entry(&[9], hours(-2), extensions));
        hand_made(case.pki.issuing(), Some(1), &[&this, &next, &entries])
    };
    let require = |list| case.require(&case.above().with_crl(list));
    let unknown = |critical: &[u8]| with(&[&extension("1.2.3.4", critical, &[5, 0])]);
    assert!(require(unknown(&[])).is_ok());
    let oid = Oid::new_unwrap("1.2.3.4");
    let kind = chancery_chain::EvidenceKind::Crl;
    let fault = EvidenceFault::UnknownCriticalExtension { kind, oid };
    assert_eq!(because(require(unknown(&CRITICAL))), [fault]);
    // Reason and invalidity date may be critical.
    let known = with(&[&extension("2.5.29.21", &CRITICAL, &[10, 1, 1])]);
    assert!(require(known).is_ok());
    // A BOOLEAN that is neither.
    assert!(matches!(because(require(unknown(&[1, 1, 2])))[..], [EvidenceFault::Malformed { .. }]));
}

#[test]
fn a_serial_number_is_found_in_every_form() {
    let case = Case::new();
    let issuer = case.pki.intermediate().subject().clone();
    let date = asn1::time(hours(-2));
    let list = |serial: &[u8]| {
        let entry = asn1::sequence(&[&asn1::encode(tag::INTEGER, serial), &date]);
        let (this, next) = (asn1::time(hours(-1)), asn1::time(hours(24)));
        hand_made(case.pki.issuing(), Some(1), &[&this, &next, &asn1::sequence(&[&entry])])
    };
    let found = |listed: &[u8], wanted: &[u8]| {
        let der = list(listed);
        RevocationList::from_der(&der).unwrap().find(wanted, &issuer).map(|entry| entry.is_some())
    };
    // Superfluous sign octets on either side; 40 octets; zero; negative.
    for (listed, wanted) in [
        (&[5][..], &[5][..]),
        (&[0, 5], &[5]),
        (&[5], &[0, 0, 5]),
        (&[0x80], &[0xff, 0x80]),
        (&[0], &[0, 0]),
        (&[0x41; 40], &[0x41; 40]),
    ] {
        assert_eq!(found(listed, wanted), Ok(true), "{listed:?} {wanted:?}");
    }
    for (listed, wanted) in [(&[5][..], &[6][..]), (&[0, 0x80], &[0x80]), (&[1, 5], &[5]), (&[5], &[])] {
        assert_eq!(found(listed, wanted), Ok(false), "{listed:?} {wanted:?}");
    }
    assert!(matches!(found(&[], &[5]), Err(RevocationListError::Entry { .. })));
}

#[test]
fn times_of_either_form_are_read() {
    let case = Case::new();
    let generalized = asn1::generalized_time(hours(-2));
    let (this, next) = (asn1::generalized_time(hours(-1)), asn1::generalized_time(hours(24 * 365 * 40)));
    let entries = asn1::sequence(&[&asn1::sequence(&[&asn1::integer(&case.serial()), &generalized])]);
    let list = hand_made(case.pki.issuing(), Some(1), &[&this, &next, &entries]);
    let found = revoked_since(&case.require(&case.above().with_crl(list)));
    assert_eq!(found, Some((hours(-2), RevocationReason::Unspecified)));
    // A time that is none, in the entry that is looked for.
    let broken = asn1::encode(tag::UTC_TIME, b"261301000000Z");
    let entries = asn1::sequence(&[&asn1::sequence(&[&asn1::integer(&case.serial()), &broken])]);
    let list = hand_made(case.pki.issuing(), Some(1), &[&this, &next, &entries]);
    let answer = case.require(&case.above().with_crl(list));
    assert!(matches!(because(answer)[..], [EvidenceFault::Malformed { .. }]));
}

#[test]
fn a_serial_that_stands_twice_counts_from_its_earlier_revocation() {
    let case = Case::new();
    let list = current()
        .revoke(case.serial(), Revocation::new(hours(-2), TestReason::Superseded))
        .revoke(case.serial(), Revocation::new(hours(-8), TestReason::KeyCompromise));
    let found = revoked_since(&case.verify(&case.list(&list), now()));
    assert_eq!(found, Some((hours(-8), RevocationReason::KeyCompromise)));
}

#[test]
fn neither_a_hold_nor_a_removal_hides_a_revocation_in_the_same_list() {
    let case = Case::new();
    let base = CrlProfile::new(hours(-7)).next_update(hours(24)).number(7);
    let newer = CrlProfile::new(hours(-1)).next_update(hours(24)).number(8);
    let delta = newer.clone().extension(delta_of(7));
    let entry = |since, reason| Revocation::new(hours(since), reason);
    let compromised = |since| entry(since, TestReason::KeyCompromise);
    let named = |list: &CrlProfile, entries: [Revocation; 2]| {
        entries.into_iter().fold(list.clone(), |list, entry| list.revoke(case.serial(), entry))
    };
    let judged = |evidence| revoked_since(&case.require(&evidence)).unwrap();
    // Had it only been on hold, the newer list would show that it no longer is.
    let held = [entry(-9, TestReason::CertificateHold), compromised(-8)];
    for entries in [held, [held[1], held[0]]] {
        let evidence = case.list(&named(&base, entries)).with_crl(case.sign(&newer));
        assert_eq!(judged(evidence), (hours(-9), RevocationReason::KeyCompromise));
    }
    let removed = [entry(-9, TestReason::RemoveFromList), compromised(-2)];
    for entries in [removed, [removed[1], removed[0]]] {
        let evidence = case.list(&base).with_crl(case.sign(&named(&delta, entries)));
        assert_eq!(judged(evidence), (hours(-2), RevocationReason::KeyCompromise));
    }
}

#[test]
fn a_delta_is_no_complete_list() {
    let case = Case::new();
    let delta = current().extension(delta_of(7));
    assert!(out_of_scope(&case, &delta));
}

/// RFC 5280 §5.2.1: its lists name a key by which its certificate does not know it. Where nothing else says enough they
/// are believed all the same, since their signatures are right.
#[test]
fn lists_of_an_authority_that_names_its_key_wrongly_count_where_there_is_nothing_else() {
    let case = Case::new();
    let identifier =
        TestExtension::plain(Oid::new_unwrap("2.5.29.14"), asn1::encode(tag::OCTET_STRING, &[7; 20]));
    let profile = Profile::authority("Sloppy", KeyKind::P256).extension(identifier);
    let locations = case.pki.issuing().locations().clone();
    let sloppy = case.pki.root_authority().subordinate(profile, locations);
    let alice = sloppy.issue(Profile::signer("Alice", KeyKind::P256));
    let anchors = TrustAnchors::new([case.pki.root().clone()]);
    let judge = |evidence: Evidence| {
        let evidence = evidence.with_certificate(sloppy.certificate().clone());
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .evidence(&evidence)
            .verify_at(alice.certificate(), now())
    };
    assert!(judge(case.above()).is_err());
    let newer = case.above().with_crl(sloppy.sign_crl(&current()));
    assert_eq!(judge(newer.clone()).unwrap().holds_until(), Some(hours(24)));
    // A delta is not silent about less.
    let delta = current().number(8).extension(delta_of(7));
    assert!(judge(newer.clone().with_crl(sloppy.sign_crl(&delta))).is_ok());
    // What says enough beside it counts, although it is older.
    let answer =
        OcspAnswer::about(alice.certificate(), &sloppy, hours(-2)).current(hours(-2), Some(hours(5)));
    assert_eq!(judge(newer.clone().with_ocsp(answer.sign())).unwrap().holds_until(), Some(hours(5)));
    // What it names as revoked is not dropped for that.
    let serial = alice.certificate().serial().to_vec();
    let revoked = current().revoke(serial, Revocation::new(hours(-2), TestReason::KeyCompromise));
    let both = newer.with_ocsp(answer.sign()).with_crl(sloppy.sign_crl(&revoked));
    assert_eq!(revoked_since(&judge(both)), Some((hours(-2), RevocationReason::KeyCompromise)));
}
