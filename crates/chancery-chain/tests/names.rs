//! Name constraints (RFC 5280 §4.2.1.10), form by form, and what somebody would send to get around them.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chancery_certificate::asn1::{self, tag};
use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, Limits, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension, TestPki};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

const ALTERNATIVE_NAME: Oid = Oid::new_unwrap("2.5.29.17");
const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
const UTF8_MAILBOX: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.8.9");
const USER_PRINCIPAL: Oid = Oid::new_unwrap("1.3.6.1.4.1.311.20.2.3");
const UNKNOWN: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.9");

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn mail(text: &str) -> Vec<u8> {
    asn1::encode(0x81, text.as_bytes())
}

fn host(text: &str) -> Vec<u8> {
    asn1::encode(0x82, text.as_bytes())
}

fn uri(text: &str) -> Vec<u8> {
    asn1::encode(0x86, text.as_bytes())
}

fn address(bytes: &[u8]) -> Vec<u8> {
    asn1::encode(0x87, bytes)
}

fn identifier(oid: &str) -> Vec<u8> {
    let encoded = asn1::oid(&Oid::new_unwrap(oid));
    asn1::encode(0x88, &encoded[2..])
}

fn directory(name: &[u8]) -> Vec<u8> {
    asn1::encode(0xa4, name)
}

fn other(kind: Oid, text: &str) -> Vec<u8> {
    let value = asn1::encode(0xa0, &asn1::encode(tag::UTF8_STRING, text.as_bytes()));
    asn1::encode(0xa0, &[asn1::oid(&kind), value].concat())
}

/// A name of such attributes, each in its own set.
fn name(attributes: &[(&str, &str)]) -> Vec<u8> {
    let part = |(kind, text): &(&str, &str)| {
        let value = asn1::encode(tag::UTF8_STRING, text.as_bytes());
        asn1::set_of(vec![asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(kind)), &value])])
    };
    asn1::encode(tag::SEQUENCE, &attributes.iter().map(part).collect::<Vec<_>>().concat())
}

const COUNTRY: &str = "2.5.4.6";
const ORGANISATION: &str = "2.5.4.10";
const COMMON_NAME: &str = "2.5.4.3";
const MAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// An authority that may certify only within these, and not within those.
struct Constrained {
    pki: TestPki,
    authority: TestAuthority,
}

impl Constrained {
    fn new(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Self {
        let subtrees = |bases: &[Vec<u8>]| -> Vec<u8> {
            bases.iter().flat_map(|base| asn1::sequence(&[base])).collect()
        };
        let mut value = Vec::new();
        for (number, bases) in [(0, permitted), (1, excluded)] {
            if !bases.is_empty() {
                value.extend(asn1::encode(tag::constructed(number), &subtrees(bases)));
            }
        }
        let extension = TestExtension::critical(NAME_CONSTRAINTS, asn1::encode(tag::SEQUENCE, &value));
        let pki = TestPki::at(now());
        let profile = Profile::authority("Constrained", KeyKind::P256).extension(extension);
        let authority =
            pki.root_authority().subordinate(profile, Locations::under("http://pki.test", "names"));
        Self { pki, authority }
    }

    fn judge(&self, profile: Profile, limits: Limits) -> Result<VerifiedChain, ChainFailure> {
        let alice = self.authority.issue(profile);
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked)
            .intermediates(&[self.authority.certificate().clone()])
            .limits(limits)
            .verify_at(alice.certificate(), now())
    }

    fn says(&self, profile: Profile) -> Answer {
        match self.judge(profile, Limits::default()) {
            Ok(_) => Allowed,
            Err(failure) => match failure.reason() {
                ChainFault::NameConstraints { .. } => Refused,
                ChainFault::UnsupportedConstraint { .. } => Unsupported,
                other => panic!("{other}"),
            },
        }
    }

    /// What is said of a certificate with this alternative name.
    fn names(&self, alternative: &[u8]) -> Answer {
        let extension = TestExtension::plain(ALTERNATIVE_NAME, asn1::sequence(&[alternative]));
        self.says(Profile::bare("Alice", KeyKind::P256).extension(extension))
    }

    fn subject(&self, subject: &[(&str, &str)]) -> Answer {
        self.says(Profile::bare("Alice", KeyKind::P256).subject(name(subject)))
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Answer {
    Allowed,
    Refused,
    Unsupported,
}

use Answer::{Allowed, Refused, Unsupported};

#[test]
fn a_permission_binds_the_names_of_its_form_and_an_exclusion_wins() {
    let staff = Constrained::new(&[mail("example.com"), host("example.com")], &[host("secret.example.com")]);
    let expected = [
        (mail("alice@example.com"), Allowed),
        (mail("alice@example.org"), Refused),
        (mail("\"alice@example.com\"@evil.example"), Refused),
        (host("www.example.com"), Allowed),
        (host("www.example.com."), Refused),
        (host("secret.example.com"), Refused),
        (host("SECRET.example.com"), Refused),
        (host("*.example.com"), Refused),
        (uri("https://www.example.org/"), Allowed),
        (address(&[192, 0, 2, 1]), Allowed),
        (other(UNKNOWN, "anything"), Allowed),
    ];
    for (alternative, answer) in expected {
        assert_eq!(staff.names(&alternative), answer, "{}", String::from_utf8_lossy(&alternative));
    }
}

/// A mail program takes the first of several addresses, or reads a string in pieces: what it sees must be what is judged.
#[test]
fn an_address_hides_in_no_quotation_and_in_no_odd_encoding() {
    let staff = Constrained::new(&[mail("example.com")], &[mail("evil.example")]);
    assert_eq!(staff.names(&mail("\"Alice Doe\"@example.com")), Allowed);
    let quoted =
        ["\"x\" <ceo@evil.example>, \"y\"", "\"a\r\nBcc: ceo@evil.example\"", "\"ceo@evil.example\0\""];
    for local in quoted {
        assert_eq!(staff.names(&mail(&format!("{local}@example.com"))), Refused, "{local:?}");
        let address = format!("é{local}@example.com");
        assert_eq!(staff.names(&other(UTF8_MAILBOX, &address)), Refused, "{address:?}");
    }
    let pieces = asn1::encode(0xa1, &asn1::encode(tag::IA5_STRING, b"ceo@evil.example"));
    let extension = TestExtension::plain(ALTERNATIVE_NAME, asn1::sequence(&[&pieces]));
    let profile = Profile::bare("Alice", KeyKind::P256).extension(extension);
    let failure = staff.judge(profile, Limits::default()).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::Malformed { .. }), "{failure}");
}

/// Where nobody connects to hosts, a common name is what somebody is called (RFC 5280 binds it as part of the
/// distinguished name only; OpenSSL as a host too).
#[test]
fn a_common_name_like_a_host_is_one_only_where_hosts_matter() {
    let staff = Constrained::new(&[host("example.com")], &[]);
    let judged = |common_name: &str, purpose| {
        let subject = name(&[(COMMON_NAME, common_name)]);
        let john = staff.authority.issue(Profile::bare("x", KeyKind::P256).subject(subject));
        let anchors = TrustAnchors::new([staff.pki.root().clone()]);
        ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked)
            .intermediates(&[staff.authority.certificate().clone()])
            .verify_at(john.certificate(), now())
            .is_ok()
    };
    for purpose in [Purpose::DocumentSigning, Purpose::Email] {
        assert!(judged("john.doe", purpose) && judged("www.evil.example", purpose));
    }
    let server = Purpose::Usage(Oid::new_unwrap("1.3.6.1.5.5.7.3.1"));
    for purpose in [Purpose::Any, Purpose::ClientAuthentication, server] {
        assert!(!judged("www.evil.example", purpose) && judged("www.example.com", purpose));
        assert!(judged("John Doe", purpose));
    }
}

#[test]
fn the_mail_address_of_a_subject_is_a_mail_address() {
    let staff = Constrained::new(&[mail("example.com")], &[]);
    let judged = |address: &str| staff.subject(&[(COMMON_NAME, "Alice"), (MAIL_ADDRESS, address)]);
    assert_eq!(judged("alice@example.com"), Allowed);
    assert_eq!(judged("alice@example.org"), Refused);
    assert_eq!(judged("alice@example.com\0@example.org"), Refused);
    assert_eq!(judged("alice@ｅxample.com"), Refused);
}

#[test]
fn international_mail_addresses_are_bound_like_others() {
    let staff = Constrained::new(&[mail("example.com")], &[mail("sub.example.com")]);
    assert_eq!(staff.names(&other(UTF8_MAILBOX, "médecin@example.com")), Allowed);
    assert_eq!(staff.names(&other(UTF8_MAILBOX, "médecin@sub.example.com")), Refused);
    assert_eq!(staff.names(&other(UTF8_MAILBOX, "médecin@example.org")), Refused);
    assert_eq!(staff.names(&other(UTF8_MAILBOX, "médecin@bücher.example")), Refused);
    // There is no constraint of this form (RFC 9598 §6), so nobody knows what it excludes or permits.
    let odd = Constrained::new(&[], &[other(UTF8_MAILBOX, "example.com")]);
    assert_eq!(odd.names(&other(UTF8_MAILBOX, "médecin@example.org")), Refused);
    assert_eq!(odd.names(&mail("alice@example.org")), Allowed);
    let odd = Constrained::new(&[other(UTF8_MAILBOX, "médecin@example.org")], &[]);
    assert_eq!(odd.names(&other(UTF8_MAILBOX, "médecin@example.org")), Refused);
}

#[test]
fn user_principal_names_are_known() {
    let staff = Constrained::new(&[other(USER_PRINCIPAL, ".corp.example")], &[]);
    assert_eq!(staff.names(&other(USER_PRINCIPAL, "alice@eu.corp.example")), Allowed);
    assert_eq!(staff.names(&other(USER_PRINCIPAL, "alice@corp.example")), Refused);
    assert_eq!(staff.names(&other(USER_PRINCIPAL, "alice@evil.example")), Refused);
    let not_them = Constrained::new(&[], &[other(USER_PRINCIPAL, ".corp.example")]);
    assert_eq!(not_them.names(&other(USER_PRINCIPAL, "alice@corp.example")), Refused);
    assert_eq!(not_them.names(&other(USER_PRINCIPAL, "alice@evil.example")), Allowed);
}

#[test]
fn forms_that_nobody_defined_refuse_only_where_they_could_apply() {
    let odd = Constrained::new(&[other(UNKNOWN, "x")], &[]);
    assert_eq!(odd.names(&other(UNKNOWN, "y")), Unsupported);
    // Only the base itself lies within by any definition.
    assert_eq!(odd.names(&other(UNKNOWN, "x")), Allowed);
    assert_eq!(Constrained::new(&[], &[other(UNKNOWN, "x")]).names(&other(UNKNOWN, "x")), Refused);
    assert_eq!(Constrained::new(&[], &[other(UNKNOWN, "x")]).names(&other(UNKNOWN, "y")), Unsupported);
    assert_eq!(odd.names(&other(USER_PRINCIPAL, "alice@corp.example")), Allowed);
    assert_eq!(odd.names(&mail("alice@example.com")), Allowed);
    // x400Address [3] and ediPartyName [5] are not each other.
    let postal = Constrained::new(&[], &[asn1::encode(0xa3, &[])]);
    assert_eq!(postal.names(&asn1::encode(0xa3, &asn1::null())), Unsupported);
    assert_eq!(postal.names(&asn1::encode(0xa3, &[])), Refused);
    assert_eq!(postal.names(&asn1::encode(0xa5, &[])), Allowed);
    let registered = Constrained::new(&[], &[identifier("1.2.3.4")]);
    assert_eq!(registered.names(&identifier("1.2.3.4")), Refused);
    assert_eq!(registered.names(&identifier("1.2.3.4.5")), Unsupported);
    assert_eq!(registered.names(&identifier("1.2.3.5")), Allowed);
    let registered = Constrained::new(&[identifier("1.2.3.4")], &[]);
    assert_eq!(registered.names(&identifier("1.2.3.4")), Allowed);
    assert_eq!(registered.names(&identifier("1.2.3.4.5")), Unsupported);
    assert_eq!(registered.names(&identifier("1.2.3.5")), Refused);
}

#[test]
fn a_constraint_that_is_none_permits_nothing_and_excludes_all_of_its_form() {
    let hole = [192, 0, 2, 0, 255, 0, 255, 0];
    for (base, name) in [
        (address(&hole), address(&[10, 0, 0, 1])),
        (address(&[10, 0, 0, 1]), address(&[10, 0, 0, 1])),
        (host("*.example.com"), host("www.example.com")),
        (mail("alice@"), mail("alice@example.com")),
        (uri("https://www.example.com/"), uri("https://www.example.com/")),
    ] {
        assert_eq!(Constrained::new(std::slice::from_ref(&base), &[]).names(&name), Refused);
        let excluding = Constrained::new(&[], &[base]);
        assert_eq!(excluding.names(&name), Refused);
        assert_eq!(excluding.names(&other(UNKNOWN, "x")), Allowed);
    }
}

#[test]
fn networks_and_uris() {
    let net = Constrained::new(&[address(&[192, 0, 2, 0, 255, 255, 255, 0])], &[]);
    assert_eq!(net.names(&address(&[192, 0, 2, 7])), Allowed);
    assert_eq!(net.names(&address(&[192, 0, 3, 7])), Refused);
    assert_eq!(net.names(&address(&[0; 16])), Refused);
    assert_eq!(net.names(&address(&[192, 0, 2])), Refused);
    let web = Constrained::new(&[uri(".example.com")], &[]);
    assert_eq!(web.names(&uri("https://www.example.com/path")), Allowed);
    assert_eq!(web.names(&uri("https://www.example.com\\@evil.example/")), Refused);
    assert_eq!(web.names(&uri("https://192.0.2.1/")), Refused);
    assert_eq!(web.names(&uri("urn:isbn:0")), Refused);
}

/// What people and most programs read as the same name is the same name, whatever it is written in.
#[test]
fn an_excluded_name_is_not_dodged_by_what_nobody_sees() {
    let base = directory(&name(&[(COUNTRY, "BE"), (ORGANISATION, "Good Bank")]));
    let not_bank = Constrained::new(&[], &[base]);
    let dodges = [
        "Good Bank",
        "GOOD  BANK ",
        "Good\u{a0}Bank",
        "Go\u{200b}od Bank",
        "Good\u{2060} Bank\u{feff}",
        "Go\u{ad}od Bank",
        "Ｇｏｏｄ　Ｂａｎｋ",
        "𝐆𝐨𝐨𝐝 𝐁𝐚𝐧𝐤",
        "Good Ban\u{212a}",
        "\u{202d}Good Bank\u{202c}",
        "Good Bank\0",
        "Good\u{e0041} Bank\u{fe0f}",
    ];
    for dodge in dodges {
        let subject = [(COUNTRY, "be"), (ORGANISATION, dodge), (COMMON_NAME, "Alice")];
        assert_eq!(not_bank.subject(&subject), Refused, "{dodge:?}");
        let alternative = directory(&name(&subject));
        assert_eq!(not_bank.names(&alternative), Refused, "{dodge:?}");
    }
    assert_eq!(not_bank.subject(&[(COUNTRY, "BE"), (ORGANISATION, "Good Banks")]), Allowed);
    assert_eq!(not_bank.subject(&[(ORGANISATION, "Good Bank")]), Allowed);
}

#[test]
fn a_permitted_name_is_not_met_by_what_only_looks_alike() {
    let base = directory(&name(&[(COUNTRY, "TR"), (ORGANISATION, "Acme Firma")]));
    let acme = Constrained::new(&[base], &[]);
    let judged = |organisation: &str| acme.subject(&[(COUNTRY, "TR"), (ORGANISATION, organisation)]);
    assert_eq!(judged("ACME firma"), Allowed);
    // Cyrillic A, dotless i, an accent, a digit, nothing between the words, a beginning only.
    for other in
        ["Асme Firma", "Acme Fırma", "Acmé Firma", "Acme F1rma", "AcmeFirma", "Acme Firma Ltd", "Acme"]
    {
        assert_eq!(judged(other), Refused, "{other}");
    }
    // Another kind of attribute, and the right ones in another order or in one set.
    assert_eq!(acme.subject(&[(COUNTRY, "TR"), (COMMON_NAME, "Acme Firma")]), Refused);
    assert_eq!(acme.subject(&[(ORGANISATION, "Acme Firma"), (COUNTRY, "TR")]), Refused);
}

#[test]
fn many_names_under_many_constraints_cost_bounded_work_and_few_words() {
    let hosts: Vec<_> = (0..1100).map(|number| host(&format!("h{number}.example"))).collect();
    let names: Vec<u8> = (0..1100).flat_map(|number| host(&format!("n{number}.example"))).collect();
    let many = Constrained::new(&[], &hosts);
    let profile = || {
        let names = asn1::encode(tag::SEQUENCE, &names);
        Profile::bare("Alice", KeyKind::P256).extension(TestExtension::plain(ALTERNATIVE_NAME, names))
    };
    let failure = many.judge(profile(), Limits::default()).unwrap_err();
    let exceeded = |fault: &ChainFault| {
        matches!(fault, ChainFault::BudgetExceeded { what: "name comparisons", allowed: 1_048_576 })
    };
    assert!(failure.faults().any(exceeded), "{failure}");
    let mut limits = Limits::default();
    limits.name_comparisons = 5_000_000;
    assert!(many.judge(profile(), limits).is_ok());
    // Thousands of forbidden names are not told one by one.
    let none = Constrained::new(&[host("permitted.example")], &[]);
    let failure = none.judge(profile(), Limits::default()).unwrap_err();
    assert_eq!(failure.faults().count(), 8);
}
