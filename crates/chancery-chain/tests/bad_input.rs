//! Certificates as nobody should write them, in a path whose signatures all hold: what cannot be read, what is refused
//! whatever the profile, what only the rules for issuers refuse, and what does not matter.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chancery_certificate::asn1::{self, Element, tag};
use chancery_certificate::{Certificate, CertificateError};
use chancery_chain::{
    CertificateProfile, ChainFailure, ChainVerifier, FaultGroup, Purpose, RevocationPolicy, TrustAnchors,
    VerifiedChain,
};
use chancery_key::{KeyKind, SignatureAlgorithm, ToBeSigned};
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension, oid};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

const UNKNOWN: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.7");
const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
const POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
const MAPPINGS: Oid = Oid::new_unwrap("2.5.29.33");
const ALTERNATIVE_NAME: Oid = Oid::new_unwrap("2.5.29.17");

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The parts of a certificate, each as encoded.
struct Parts {
    version: Vec<u8>,
    serial: Vec<u8>,
    algorithm: Vec<u8>,
    issuer: Vec<u8>,
    times: [Vec<u8>; 2],
    subject: Vec<u8>,
    key: Vec<u8>,
    unique: Vec<u8>,
    extensions: Vec<Vec<u8>>,
}

impl Parts {
    fn of(certificate: &Certificate) -> Self {
        let mut fields = Element::only(certificate.to_be_signed(), tag::SEQUENCE).unwrap().reader();
        let mut next = || fields.element().unwrap().raw.to_vec();
        let [version, serial, algorithm, issuer, validity, subject, key, extensions] =
            std::array::from_fn(|_| next());
        let mut times = Element::only(&validity, tag::SEQUENCE).unwrap().reader();
        let times = [(); 2].map(|()| times.element().unwrap().raw.to_vec());
        let list = Element::only(&extensions, tag::constructed(3)).unwrap().inside(tag::SEQUENCE).unwrap();
        let mut list = list.reader();
        let mut extensions = Vec::new();
        while !list.is_empty() {
            extensions.push(list.element().unwrap().raw.to_vec());
        }
        Self { version, serial, algorithm, issuer, times, subject, key, unique: Vec::new(), extensions }
    }

    fn signed_by(&self, issuer: &TestAuthority) -> Vec<u8> {
        let list = asn1::encode(tag::SEQUENCE, &self.extensions.concat());
        let to_be_signed = asn1::sequence(&[
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &asn1::encode(tag::SEQUENCE, &self.times.concat()),
            &self.subject,
            &self.key,
            &self.unique,
            &asn1::encode(tag::constructed(3), &list),
        ]);
        let key = issuer.identity().key();
        let algorithm = key.default_algorithm();
        let value = key.sign(&ToBeSigned::new(algorithm, to_be_signed.clone())).unwrap();
        let identifier = algorithm.to_algorithm_identifier().unwrap();
        asn1::sequence(&[&to_be_signed, &identifier, &asn1::bit_string(value.as_bytes())])
    }

    fn extension(&mut self, oid: Oid, criticality: &[u8], value: &[u8]) {
        let kind = asn1::oid(&oid);
        self.extensions.retain(|extension| !extension.windows(kind.len()).any(|bytes| bytes == kind));
        self.add(oid, criticality, value);
    }

    fn add(&mut self, oid: Oid, criticality: &[u8], value: &[u8]) {
        self.extensions.push(asn1::sequence(&[&asn1::oid(&oid), criticality, &asn1::octet_string(value)]));
    }
}

const CRITICAL: &[u8] = &[1, 1, 0xff];
const PLAIN: &[u8] = &[];
/// An element that no extension is: its length says more than there is.
const GARBAGE: &[u8] = &[0x30, 5, 1];

/// A root, an authority below it and somebody whom that certified.
struct Line {
    root: TestAuthority,
    middle: TestAuthority,
    alice: Certificate,
}

impl Line {
    fn new() -> Self {
        let locations = || Locations::under("http://pki.test", "bad-input");
        let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations());
        let middle = root.subordinate(Profile::authority("Middle", KeyKind::P256), locations());
        let alice = middle.issue(Profile::signer("Alice", KeyKind::P256)).certificate().clone();
        Self { root, middle, alice }
    }

    fn judge(
        &self,
        middle: &Certificate,
        alice: &Certificate,
        profile: CertificateProfile,
    ) -> Result<VerifiedChain, ChainFailure> {
        let anchors = TrustAnchors::new([self.root.certificate().clone()]);
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
            .intermediates(std::slice::from_ref(middle))
            .profile(profile)
            .verify_at(alice, now())
    }

    /// What happens to a certificate that is changed like this.
    fn fate(&self, whose: Whose, der: &[u8]) -> Fate {
        let changed = match Certificate::from_der(der) {
            Ok(changed) => changed,
            Err(CertificateError::Structure(fault)) => {
                assert!(fault.offset <= der.len(), "{fault}");
                return Unreadable;
            }
            Err(CertificateError::ExtensionTwice { .. }) => return Unreadable,
            Err(other) => panic!("{other}"),
        };
        let judged = |profile| match whose {
            Whose::Signer => self.judge(self.middle.certificate(), &changed, profile),
            Whose::Authority => self.judge(&changed, &self.alice, profile),
        };
        let strict = judged(CertificateProfile::Rfc5280);
        match judged(CertificateProfile::Tolerant) {
            Err(failure) => {
                assert!(strict.is_err());
                assert_eq!(failure.reason().certificate(), Some(&changed), "{failure}");
                Refused(failure.reason().group())
            }
            Ok(_) => match strict {
                Err(failure) => {
                    assert_eq!(failure.reason().certificate(), Some(&changed), "{failure}");
                    Irregular
                }
                Ok(_) => Accepted,
            },
        }
    }

    fn changed(&self, whose: Whose, change: impl FnOnce(&mut Parts)) -> Vec<u8> {
        let (certificate, issuer) = match whose {
            Whose::Signer => (&self.alice, &self.middle),
            Whose::Authority => (self.middle.certificate(), &self.root),
        };
        let mut parts = Parts::of(certificate);
        change(&mut parts);
        parts.signed_by(issuer)
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Whose {
    Signer,
    Authority,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// It is no certificate.
    Unreadable,
    /// No path holds with it.
    Refused(FaultGroup),
    /// Only `CertificateProfile::Rfc5280` refuses it.
    Irregular,
    Accepted,
}

use Fate::{Accepted, Irregular, Refused, Unreadable};
use FaultGroup::{Constraints, Malformed, OutOfBounds, Unsupported};

fn utc(text: &str) -> Vec<u8> {
    asn1::encode(tag::UTC_TIME, text.as_bytes())
}

fn generalized(text: &str) -> Vec<u8> {
    asn1::encode(tag::GENERALIZED_TIME, text.as_bytes())
}

/// A name with one common name of this string type.
fn name(kind: u8, content: &[u8]) -> Vec<u8> {
    let value = asn1::encode(kind, content);
    let attribute = asn1::sequence(&[&asn1::oid(&const_oid::db::rfc4519::COMMON_NAME), &value]);
    asn1::sequence(&[&asn1::set_of(vec![attribute])])
}

type Change = fn(&mut Parts);

#[test]
fn the_untouched_certificates_are_good() {
    let line = Line::new();
    for whose in [Whose::Signer, Whose::Authority] {
        assert_eq!(line.fate(whose, &line.changed(whose, |_| {})), Accepted);
    }
}

#[test]
fn what_is_no_der_is_no_certificate() {
    let line = Line::new();
    let good = line.alice.to_der();
    assert_eq!(good[..2], [0x30, 0x82]);
    let content = &good[4..];
    let cases = [
        ("a byte too many", [good, &[0]].concat()),
        ("a byte too few", good[..good.len() - 1].to_vec()),
        ("nothing", Vec::new()),
        ("an indefinite length", [&[0x30, 0x80], content, &[0, 0]].concat()),
        ("a length of more octets than it needs", [&[0x30, 0x83, 0], &good[2..4], content].concat()),
        ("a length of the whole address space", [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], content].concat()),
        ("text", b"-----BEGIN CERTIFICATE-----".to_vec()),
    ];
    for (what, der) in cases {
        assert_eq!(line.fate(Whose::Signer, &der), Unreadable, "{what}");
    }
    for cut in 0..good.len() {
        assert!(Certificate::from_der(&good[..cut]).is_err());
    }
}

/// The same table for the judged certificate and for an authority above it.
#[test]
fn every_part_of_a_certificate() {
    let line = Line::new();
    let table: &[(&str, Change, Fate)] = &[
        // §4.1.2.2
        (
            "a negative serial number",
            |parts| parts.serial = asn1::encode(tag::INTEGER, &[0x85, 1]),
            Irregular,
        ),
        ("a serial number of zero", |parts| parts.serial = asn1::encode(tag::INTEGER, &[0]), Irregular),
        (
            "a serial number of 40 bytes",
            |parts| parts.serial = asn1::encode(tag::INTEGER, &[0x55; 40]),
            Irregular,
        ),
        ("a serial number without any", |parts| parts.serial = asn1::encode(tag::INTEGER, &[]), Unreadable),
        ("a serial number of another type", |parts| parts.serial = asn1::encode(0x0a, &[1]), Unreadable),
        // §4.1.2.5
        ("the year 2050 as UTCTime", |parts| parts.times[1] = utc("500101000000Z"), Refused(OutOfBounds)),
        (
            "the year 2049 as GeneralizedTime",
            |parts| parts.times[1] = generalized("20490101000000Z"),
            Irregular,
        ),
        (
            "the year 2050 as GeneralizedTime",
            |parts| parts.times[1] = generalized("20500101000000Z"),
            Accepted,
        ),
        ("no end (§4.1.2.5)", |parts| parts.times[1] = generalized("99991231235959Z"), Accepted),
        ("fractions of seconds", |parts| parts.times[1] = generalized("20500101000000.5Z"), Irregular),
        ("a fraction without digits", |parts| parts.times[1] = generalized("20500101000000.Z"), Unreadable),
        ("no seconds", |parts| parts.times[1] = utc("3001010000Z"), Unreadable),
        ("no Z", |parts| parts.times[1] = utc("300101000000"), Unreadable),
        ("another time zone", |parts| parts.times[1] = utc("300101000000+0100"), Unreadable),
        ("the thirtieth of February", |parts| parts.times[1] = utc("300230000000Z"), Unreadable),
        ("a thirteenth month", |parts| parts.times[1] = utc("301301000000Z"), Unreadable),
        ("the hour 24", |parts| parts.times[1] = utc("300101240000Z"), Unreadable),
        ("spaces for digits", |parts| parts.times[1] = utc("300101 00000Z"), Unreadable),
        ("a sign for a digit", |parts| parts.times[1] = utc("300101+00000Z"), Unreadable),
        (
            "a time as text",
            |parts| parts.times[1] = asn1::encode(tag::UTF8_STRING, b"300101000000Z"),
            Unreadable,
        ),
        ("an end before the beginning", |parts| parts.times.reverse(), Refused(OutOfBounds)),
        // §4.1.2.1, §4.1.2.3, §4.1.2.8
        ("version 1 with extensions", |parts| parts.version = Vec::new(), Refused(Malformed)),
        (
            "version 2 with extensions",
            |parts| parts.version = asn1::encode(0xa0, &asn1::integer(&[1])),
            Refused(Malformed),
        ),
        ("a negative version", |parts| parts.version = asn1::encode(0xa0, &[2, 1, 0xff]), Unreadable),
        ("unique identifiers", |parts| parts.unique = asn1::encode(0x81, &[0, 1]), Irregular),
        (
            "another algorithm inside",
            |parts| {
                let other = SignatureAlgorithm::Ecdsa(chancery_digest::DigestAlgorithm::Sha512);
                parts.algorithm = other.to_algorithm_identifier().unwrap();
            },
            Refused(Malformed),
        ),
        // §4.2
        (
            "an extension twice",
            |parts| {
                parts.add(UNKNOWN, PLAIN, &[5, 0]);
                parts.add(UNKNOWN, PLAIN, &[5, 0]);
            },
            Unreadable,
        ),
        ("an unknown extension", |parts| parts.add(UNKNOWN, PLAIN, GARBAGE), Accepted),
        (
            "an unknown critical extension",
            |parts| parts.add(UNKNOWN, CRITICAL, &[5, 0]),
            Refused(Constraints),
        ),
        ("critical, but false", |parts| parts.add(UNKNOWN, &[1, 1, 0], &[5, 0]), Irregular),
        ("critical, but one", |parts| parts.add(UNKNOWN, &[1, 1, 1], &[5, 0]), Unreadable),
        ("critical, but two bytes", |parts| parts.add(UNKNOWN, &[1, 2, 0xff, 0xff], &[5, 0]), Unreadable),
        // Extensions that every path is judged by, whether or not they are critical.
        ("no key usage", |parts| parts.extension(oid::KEY_USAGE, PLAIN, GARBAGE), Refused(Malformed)),
        (
            "no critical key usage",
            |parts| parts.extension(oid::KEY_USAGE, CRITICAL, GARBAGE),
            Refused(Malformed),
        ),
        (
            "no extended key usage",
            |parts| parts.extension(oid::EXTENDED_KEY_USAGE, PLAIN, GARBAGE),
            Refused(Malformed),
        ),
        (
            "no constraints",
            |parts| parts.extension(oid::BASIC_CONSTRAINTS, PLAIN, GARBAGE),
            Refused(Malformed),
        ),
        (
            "no alternative name",
            |parts| parts.extension(ALTERNATIVE_NAME, PLAIN, GARBAGE),
            Refused(Malformed),
        ),
        (
            "a mail address that is not ASCII",
            |parts| parts.extension(ALTERNATIVE_NAME, PLAIN, &[0x30, 4, 0x81, 2, 0xc3, 0xa9]),
            Refused(Malformed),
        ),
        ("no policies", |parts| parts.extension(POLICIES, PLAIN, GARBAGE), Refused(Malformed)),
        (
            "trailing bytes in an extension",
            |parts| {
                let usage = asn1::encode(tag::BIT_STRING, &[1, 0xc6]);
                parts.extension(oid::KEY_USAGE, CRITICAL, &[usage, vec![0]].concat());
            },
            Refused(Malformed),
        ),
        // Hints, which nobody needs.
        (
            "no issuer's key",
            |parts| parts.extension(oid::AUTHORITY_KEY_IDENTIFIER, PLAIN, GARBAGE),
            Irregular,
        ),
        ("no own key", |parts| parts.extension(oid::SUBJECT_KEY_IDENTIFIER, PLAIN, GARBAGE), Irregular),
        (
            "no information access",
            |parts| parts.extension(oid::AUTHORITY_INFORMATION_ACCESS, PLAIN, GARBAGE),
            Irregular,
        ),
        // May not be critical (§4.2.1.1, §4.2.2.1).
        (
            "critical information access",
            |parts| parts.extension(oid::AUTHORITY_INFORMATION_ACCESS, CRITICAL, &[0x30, 0]),
            Refused(Constraints),
        ),
        // Known, and refused where it is critical and cannot be read, although revocation is not asked about.
        ("no list", |parts| parts.extension(oid::CRL_DISTRIBUTION_POINTS, PLAIN, GARBAGE), Irregular),
        (
            "no critical list",
            |parts| parts.extension(oid::CRL_DISTRIBUTION_POINTS, CRITICAL, GARBAGE),
            Refused(Malformed),
        ),
        (
            "no name constraints",
            |parts| parts.extension(NAME_CONSTRAINTS, CRITICAL, GARBAGE),
            Refused(Malformed),
        ),
        ("no policy mappings", |parts| parts.extension(MAPPINGS, CRITICAL, GARBAGE), Refused(Malformed)),
        (
            "name constraints with distances",
            |parts| {
                let base = asn1::encode(0x82, b"example.com");
                let subtree = asn1::sequence(&[&base, &asn1::encode(0x80, &[1])]);
                let value = asn1::sequence(&[&asn1::encode(0xa0, &subtree)]);
                parts.extension(NAME_CONSTRAINTS, CRITICAL, &value);
                // Only authorities have them.
                let authority = asn1::sequence(&[&[1, 1, 0xff]]);
                parts.extension(oid::BASIC_CONSTRAINTS, CRITICAL, &authority);
            },
            Refused(Unsupported),
        ),
    ];
    let mut wrong = Vec::new();
    for (what, change, expected) in table {
        for whose in [Whose::Signer, Whose::Authority] {
            let found = line.fate(whose, &line.changed(whose, change));
            if found != *expected {
                wrong.push(format!("{what} ({whose:?}): {found:?} instead of {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names are kept as they are, and mean nothing to a path but whether they are the same.
#[test]
fn names_that_mislead_are_reported_and_shown_safely() {
    let line = Line::new();
    let table: &[(&str, Change, Fate)] = &[
        ("NUL", |parts| parts.subject = name(tag::UTF8_STRING, b"alice\0.evil"), Irregular),
        (
            "another direction",
            |parts| parts.subject = name(tag::UTF8_STRING, "Al\u{202e}eci".as_bytes()),
            Irregular,
        ),
        ("no UTF-8", |parts| parts.subject = name(tag::UTF8_STRING, b"Zo\xeb"), Irregular),
        ("half a character", |parts| parts.subject = name(tag::BMP_STRING, &[0xd8]), Irregular),
        (
            "characters of another type",
            |parts| parts.subject = name(tag::PRINTABLE_STRING, b"a@b"),
            Irregular,
        ),
        ("a number", |parts| parts.subject = name(tag::INTEGER, &[7]), Irregular),
        ("Latin 1", |parts| parts.subject = name(tag::TELETEX_STRING, b"Zo\xeb"), Accepted),
        ("nobody", |parts| parts.subject = asn1::sequence(&[]), Accepted),
        ("no name at all", |parts| parts.subject = asn1::null(), Unreadable),
        (
            "an empty attribute",
            |parts| parts.subject = asn1::sequence(&[&asn1::encode(0x31, &[0x30, 0])]),
            Unreadable,
        ),
        // A chain of names must hold (§6.1.3 (a)(4)).
        ("no issuer", |parts| parts.issuer = asn1::sequence(&[]), Refused(FaultGroup::NoChain)),
    ];
    for (what, change, expected) in table {
        let der = line.changed(Whose::Signer, change);
        assert_eq!(line.fate(Whose::Signer, &der), *expected, "{what}");
        if let Ok(certificate) = Certificate::from_der(&der) {
            let shown = certificate.display_name();
            assert!(
                !shown.chars().any(|character| character.is_control() || character == '\u{202e}'),
                "{shown}"
            );
        }
    }
}

/// Extensions that only make sense in one of the two.
#[test]
fn extensions_out_of_place() {
    let line = Line::new();
    let fate = |change: Change| line.fate(Whose::Signer, &line.changed(Whose::Signer, change));
    // §4.2.1.12: at least one usage.
    assert_eq!(fate(|parts| parts.extension(oid::EXTENDED_KEY_USAGE, PLAIN, &[0x30, 0])), Refused(Malformed));
    // DER leaves out bits at the end that are not set.
    let trailing = |parts: &mut Parts| parts.extension(oid::KEY_USAGE, CRITICAL, &[3, 2, 0, 0xc0]);
    assert_eq!(fate(trailing), Irregular);
    // §4.2.1.10: only in the certificates of authorities.
    let constraints = |parts: &mut Parts| {
        let subtree = asn1::sequence(&[&asn1::encode(0x82, b"example.com")]);
        let value = asn1::sequence(&[&asn1::encode(0xa0, &subtree)]);
        parts.extension(NAME_CONSTRAINTS, CRITICAL, &value);
    };
    assert_eq!(fate(constraints), Refused(Malformed));
    assert_eq!(fate(|parts| parts.extensions.clear()), Irregular);
    // §4.2.1.9: only authorities limit the length of paths.
    assert_eq!(
        fate(|parts| parts.extension(oid::BASIC_CONSTRAINTS, CRITICAL, &[0x30, 3, 2, 1, 0])),
        Irregular
    );
    // A plain mapping in a certificate that is no authority's says nothing, whatever it is.
    assert_eq!(fate(|parts| parts.extension(MAPPINGS, PLAIN, GARBAGE)), Accepted);
    let repeated =
        Profile::signer("Bob", KeyKind::P256).repeated_extension(TestExtension::plain(UNKNOWN, vec![5, 0]));
    assert_eq!(line.fate(Whose::Signer, &line.middle.issue_der(repeated)), Unreadable);
}
