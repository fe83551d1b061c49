//! Certificates as strangers write them: what is refused, with its place; what is read and reported; and how it
//! is shown. The certificates are made here field by field, so that any field can be wrong.

#![allow(clippy::panic)] // the helpers of a test fail where the test would

use chancery_certificate::asn1::{self, Asn1Fault, tag};
use chancery_certificate::{Certificate, CertificateError, Irregularity, IrregularityKind, Person, Place};
use const_oid::ObjectIdentifier as Oid;
use proptest::prelude::*;

const COMMON_NAME: &str = "2.5.4.3";
const SUBJECT_ALT_NAME: Oid = Oid::new_unwrap("2.5.29.17");
const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
const CRL_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
const POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
const QC_STATEMENTS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.3");

/// The fields of a certificate; the default is one that nobody would object to.
struct Draft {
    version: Vec<u8>,
    serial: Vec<u8>,
    issuer: Vec<u8>,
    times: [Vec<u8>; 2],
    subject: Vec<u8>,
    extensions: Option<Vec<Vec<u8>>>,
    outer_algorithm: Vec<u8>,
    unique: Vec<u8>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            version: asn1::encode(tag::constructed(0), &asn1::integer(&[2])),
            serial: asn1::integer(&[0x5e, 0x47]),
            issuer: name(tag::UTF8_STRING, b"Test CA"),
            times: [utc("260101000000Z"), utc("281231235959Z")],
            subject: name(tag::UTF8_STRING, b"Alice"),
            extensions: Some(vec![extension(KEY_USAGE, &[3, 2, 6, 0x40])]),
            outer_algorithm: ecdsa(),
            unique: Vec::new(),
        }
    }
}

impl Draft {
    fn der(&self) -> Vec<u8> {
        let point = asn1::bit_string(&[4; 65]);
        let curve = [
            asn1::oid(&Oid::new_unwrap("1.2.840.10045.2.1")),
            asn1::oid(&Oid::new_unwrap("1.2.840.10045.3.1.7")),
        ];
        let key = asn1::sequence(&[&asn1::encode(tag::SEQUENCE, &curve.concat()), &point]);
        let extensions = self.extensions.as_ref().map_or(Vec::new(), |extensions| {
            asn1::encode(tag::constructed(3), &asn1::encode(tag::SEQUENCE, &extensions.concat()))
        });
        let to_be_signed = asn1::sequence(&[
            &self.version,
            &self.serial,
            &ecdsa(),
            &self.issuer,
            &asn1::encode(tag::SEQUENCE, &self.times.concat()),
            &self.subject,
            &key,
            &self.unique,
            &extensions,
        ]);
        asn1::sequence(&[&to_be_signed, &self.outer_algorithm, &asn1::bit_string(&[1, 2, 3])])
    }

    fn read(&self) -> Certificate {
        Certificate::from_der(&self.der()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn irregularities(&self) -> Vec<(Place, IrregularityKind)> {
        let certificate = self.read();
        let found = certificate.irregularities();
        for Irregularity { offset, .. } in &found {
            assert!(*offset > 0 && *offset < certificate.to_der().len());
        }
        found.into_iter().map(|irregularity| (irregularity.place, irregularity.kind)).collect()
    }
}

fn ecdsa() -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.10045.4.3.2"))])
}

fn utc(text: &str) -> Vec<u8> {
    asn1::encode(tag::UTC_TIME, text.as_bytes())
}

fn generalized(text: &str) -> Vec<u8> {
    asn1::encode(tag::GENERALIZED_TIME, text.as_bytes())
}

fn attribute(oid: &str, tag: u8, content: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid)), &asn1::encode(tag, content)])
}

fn name(tag: u8, content: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::set_of(vec![attribute(COMMON_NAME, tag, content)])])
}

fn extension(oid: Oid, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&oid), &asn1::octet_string(value)])
}

#[test]
fn an_ordinary_certificate_has_no_irregularity() {
    assert_eq!(Draft::default().irregularities(), []);
    let far = Draft { times: [utc("491231235959Z"), generalized("20500101000000Z")], ..Draft::default() };
    assert_eq!(far.irregularities(), []);
}

#[test]
fn odd_certificates_are_read_and_what_is_odd_is_said() {
    let one = |draft: Draft| match draft.irregularities().as_slice() {
        [one] => one.clone(),
        other => panic!("{other:?}"),
    };
    let serial = |content: &[u8]| Draft { serial: asn1::encode(tag::INTEGER, content), ..Draft::default() };
    assert_eq!(one(serial(&[0x80])), (Place::SerialNumber, IrregularityKind::NegativeSerial));
    assert_eq!(one(serial(&[0])), (Place::SerialNumber, IrregularityKind::ZeroSerial));
    assert_eq!(one(serial(&[0x7f; 40])), (Place::SerialNumber, IrregularityKind::LongSerial { octets: 40 }));
    assert_eq!(serial(&[0x7f; 40]).read().serial(), [0x7f; 40]);
    let positive: Vec<u8> = std::iter::once(0).chain([0xff; 20]).collect();
    assert_eq!(serial(&positive).irregularities(), [], "twenty octets and a sign");

    let time = |time| Draft { times: [utc("260101000000Z"), time], ..Draft::default() };
    let wrong_form = (Place::Validity, IrregularityKind::TimeForm);
    assert_eq!(one(time(generalized("20491231235959Z"))), wrong_form);
    assert_eq!(one(time(generalized("20500101000000.5Z"))), wrong_form);
    let backwards = Draft { times: [utc("281231235959Z"), utc("260101000000Z")], ..Draft::default() };
    assert_eq!(one(backwards), (Place::Validity, IrregularityKind::EndsBeforeItBegins));

    let subject = |tag, content: &[u8]| Draft { subject: name(tag, content), ..Draft::default() };
    let misleading = (Place::Subject, IrregularityKind::MisleadingText);
    assert_eq!(one(subject(tag::UTF8_STRING, b"alice.example\0.evil.example")), misleading);
    assert_eq!(one(subject(tag::UTF8_STRING, "Ali\u{202e}ce".as_bytes())), misleading);
    let broken = (Place::Subject, IrregularityKind::BrokenText);
    assert_eq!(one(subject(tag::UTF8_STRING, b"Zo\xeb")), broken);
    assert_eq!(one(subject(tag::BMP_STRING, &[0xd8, 0])), broken);
    assert_eq!(one(subject(tag::PRINTABLE_STRING, b"alice@example.com")), broken);
    assert_eq!(one(subject(tag::INTEGER, &[5])), broken);
    assert_eq!(subject(tag::TELETEX_STRING, b"Zo\xeb").irregularities(), []);
    assert_eq!(subject(tag::UNIVERSAL_STRING, &[0, 0, 0, 0x5a]).read().display_name(), "Z");
    let unsorted =
        [attribute(COMMON_NAME, tag::UTF8_STRING, b"B"), attribute(COMMON_NAME, tag::UTF8_STRING, b"A")];
    let unsorted = asn1::sequence(&[&asn1::encode(tag::SET, &unsorted.concat())]);
    assert_eq!(
        one(Draft { subject: unsorted, ..Draft::default() }),
        (Place::Subject, IrregularityKind::UnsortedName)
    );
    let nobody = Draft { issuer: asn1::sequence(&[]), ..Draft::default() };
    assert_eq!(one(nobody), (Place::Issuer, IrregularityKind::EmptyName));

    let old = Draft { version: Vec::new(), ..Draft::default() };
    assert_eq!(one(old), (Place::Certificate, IrregularityKind::Version { version: 1 }));
    let other = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.10045.4.3.3"))]);
    let differing = Draft { outer_algorithm: other, ..Draft::default() };
    assert_eq!(one(differing), (Place::Certificate, IrregularityKind::AlgorithmsDiffer));
    let unique = Draft { unique: asn1::encode(tag::primitive(1), &[0, 1]), ..Draft::default() };
    assert_eq!(one(unique), (Place::Certificate, IrregularityKind::UniqueIdentifiers));
    let none = Draft { extensions: Some(Vec::new()), ..Draft::default() };
    assert_eq!(one(none), (Place::Certificate, IrregularityKind::NoExtensions));

    let with = |extension| Draft { extensions: Some(vec![extension]), ..Draft::default() };
    let default =
        asn1::sequence(&[&asn1::oid(&KEY_USAGE), &[1, 1, 0], &asn1::octet_string(&[3, 2, 6, 0x40])]);
    assert_eq!(one(with(default)), (Place::Extension(KEY_USAGE), IrregularityKind::WrittenDefault));
    let bits = extension(KEY_USAGE, &[3, 2, 0, 0x40]);
    assert_eq!(one(with(bits)), (Place::Extension(KEY_USAGE), IrregularityKind::TrailingBits));
    let constraints = extension(BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0]);
    assert_eq!(
        one(with(constraints)),
        (Place::Extension(BASIC_CONSTRAINTS), IrregularityKind::WrittenDefault)
    );
}

#[test]
fn an_extension_that_cannot_be_read_is_named_with_its_place() {
    let draft = Draft {
        extensions: Some(vec![extension(SUBJECT_ALT_NAME, &[0x30, 2, 0x82, 5])]),
        ..Draft::default()
    };
    let certificate = draft.read();
    let Err(CertificateError::Extension { oid, fault }) = certificate.subject_alternative_names() else {
        panic!("a name that is longer than its extension was read");
    };
    assert_eq!((oid, fault.offset, fault.fault), (SUBJECT_ALT_NAME, 2, Asn1Fault::Ended));
    let [found] = certificate.irregularities().try_into().unwrap();
    assert_eq!(found.kind, IrregularityKind::Unreadable(Asn1Fault::Ended));
    assert_eq!(certificate.to_der()[found.offset..found.offset + 2], [0x82, 5]);
    assert!(certificate.describe().to_string().contains("2.5.29.17 cannot be read"));
}

#[test]
fn what_is_not_one_certificate_in_der_is_refused_with_the_place() {
    let der = Draft::default().der();
    let fault = |bytes: &[u8]| match Certificate::from_der(bytes) {
        Err(CertificateError::Structure(error)) => (error.offset, error.fault),
        other => panic!("{other:?}"),
    };
    let mut trailing = der.clone();
    trailing.push(0);
    assert_eq!(fault(&trailing), (der.len(), Asn1Fault::Trailing));
    assert_eq!(fault(&der[..der.len() - 1]), (0, Asn1Fault::Ended));

    // The same certificate in BER: the outer length in more bytes than it needs, and indefinite.
    let long: Vec<u8> = [0x30, 0x83, 0].iter().chain(&der[2..]).copied().collect();
    assert_eq!(fault(&long), (0, Asn1Fault::Malformed { tag: tag::SEQUENCE }));
    let indefinite: Vec<u8> = [0x30, 0x80].iter().chain(&der[4..]).chain(&[0, 0]).copied().collect();
    assert_eq!(fault(&indefinite), (0, Asn1Fault::Malformed { tag: tag::SEQUENCE }));

    let serial =
        |content: &[u8]| Draft { serial: asn1::encode(tag::INTEGER, content), ..Draft::default() }.der();
    // Where the serial number stands: after the headers and the version.
    let minimal = Asn1Fault::Value("an integer in as few bytes as it needs");
    for bad in [&[][..], &[0, 1], &[0xff, 0x80]] {
        let (offset, found) = fault(&serial(bad));
        assert_eq!((found, serial(bad)[offset]), (minimal, tag::INTEGER), "{bad:02x?}");
    }
    for bad in
        [utc("260101000000"), utc("2601010000Z"), utc("260231000000Z"), generalized("20260101000000+0100")]
    {
        let draft = Draft { times: [bad.clone(), utc("281231235959Z")], ..Draft::default() };
        let (offset, found) = fault(&draft.der());
        assert_eq!(found, Asn1Fault::Value("a time in UTC"), "{bad:02x?}");
        assert_eq!(draft.der()[offset..offset + bad.len()], bad);
    }
}

#[test]
fn an_extension_that_stands_twice_is_refused() {
    let twice = vec![extension(KEY_USAGE, &[3, 2, 6, 0x40]), extension(KEY_USAGE, &[3, 2, 1, 6])];
    let draft = Draft { extensions: Some(twice), ..Draft::default() };
    assert_eq!(Certificate::from_der(&draft.der()), Err(CertificateError::ExtensionTwice { oid: KEY_USAGE }));
}

#[test]
fn a_description_says_what_people_look_for_and_hides_nothing() {
    let address = |text: &str| asn1::encode(tag::primitive(1), text.as_bytes());
    let pointer = asn1::sequence(&[
        &asn1::oid(&Oid::new_unwrap("1.3.6.1.5.5.7.2.1")),
        &asn1::encode(tag::IA5_STRING, b"https://ca.example/\x1b[2J"),
    ]);
    let policy =
        asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("0.4.0.194112.1.2")), &asn1::sequence(&[&pointer])]);
    let compliance = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("0.4.0.1862.1.1"))]);
    let uri = asn1::encode(tag::primitive(6), b"http://ca.example/all.crl");
    let point =
        asn1::sequence(&[&asn1::encode(tag::constructed(0), &asn1::encode(tag::constructed(0), &uri))]);
    let draft = Draft {
        subject: name(tag::UTF8_STRING, "Alice\n\u{202e}Subject: Bob".as_bytes()),
        extensions: Some(vec![
            extension(KEY_USAGE, &[3, 2, 6, 0x40]),
            extension(SUBJECT_ALT_NAME, &asn1::sequence(&[&address("alice@example.com\r\nbcc: all")])),
            extension(POLICIES, &asn1::sequence(&[&policy])),
            extension(QC_STATEMENTS, &asn1::sequence(&[&compliance])),
            extension(CRL_POINTS, &asn1::sequence(&[&point])),
            asn1::sequence(&[
                &asn1::oid(&Oid::new_unwrap("1.2.3.4")),
                &[1, 1, 0xff],
                &asn1::octet_string(&[5, 0]),
            ]),
        ]),
        ..Draft::default()
    };
    let certificate = draft.read();
    assert_eq!(certificate.claimed_person().person, Person::Natural);
    assert_eq!(certificate.crl_urls(), ["http://ca.example/all.crl"]);
    let text = certificate.describe().to_string();
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text}");
    assert!(!text.contains('\u{202e}'));
    for line in [
        r"Subject:              CN=Alice\0A\E2\80\AESubject: Bob",
        "Issuer:               CN=Test CA",
        "Serial number:        5E:47",
        "Valid from:           2026-01-01T00:00:00Z",
        "Public key:           P-256, 256 bits",
        "Signed with:          ECDSA with SHA-256",
        "Key usage:            nonRepudiation",
        r"Other names:          email:alice@example.com\u{d}\u{a}bcc: all",
        r"Policy:               0.4.0.194112.1.2 (QCP-n-qscd) https://ca.example/\u{1b}[2J",
        "Claims:               claims to be a qualified certificate (ETSI EN 319 412-5, 4.2.1)",
        "CRL:                  http://ca.example/all.crl",
        "Extension:            1.2.3.4, critical, 2 bytes",
    ] {
        assert!(text.lines().any(|found| found == line), "{line:?} is not in\n{text}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("Subject:")).count(), 1);
}

proptest! {
    #[test]
    fn a_changed_certificate_never_panics(at in any::<prop::sample::Index>(), byte: u8) {
        let mut der = Draft::default().der();
        let at = at.index(der.len());
        der[at] = byte;
        if let Ok(certificate) = Certificate::from_der(&der) {
            let shown = certificate.describe().to_string();
            prop_assert!(shown.lines().count() >= 9);
            let _ = certificate.claimed_person();
        }
    }
}
