//! PKCS#12 files as OpenSSL 3 writes them (`fixtures/make.sh`), and as nobody should.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chancery_certificate::asn1::{self, Element, tag};
use chancery_key::{KeyError, Password, Pkcs12, Pkcs12Error, Signer, SoftwareSigner, ToBeSigned};
use common::hex;
use const_oid::ObjectIdentifier as Oid;

fn signer(pem: &[u8], password: &str) -> Result<SoftwareSigner, Pkcs12Error> {
    SoftwareSigner::from_pkcs12(&common::der(pem), &Password::from(password))
}

fn names(signer: &SoftwareSigner) -> Vec<String> {
    signer.chain().iter().map(chancery_certificate::Certificate::display_name).collect()
}

#[test]
fn the_chain_begins_with_the_signer_and_goes_up() {
    for pem in [fixture!("chain"), fixture!("pbmac1")] {
        let signer = signer(pem, "secret").unwrap();
        assert_eq!(names(&signer), ["Alice", "Fixture Issuing", "Fixture Root"]);
        let message = ToBeSigned::new(signer.algorithm(), b"message".to_vec());
        let checked = signer.sign(&message).unwrap().check(signer.certificate(), &message).unwrap();
        assert!(checked.covers(signer.certificate(), &message));
    }
}

#[test]
fn passwords_of_every_kind_and_check_sums_of_every_digest() {
    for (pem, password) in [
        (fixture!("empty_password"), ""),
        (fixture!("unicode_password"), "пароль ñ 😀"),
        (fixture!("plain"), ""),
        (fixture!("plain"), "any"),
        (fixture!("sha512_mac"), "secret"),
        (fixture!("sha1_mac"), "secret"),
    ] {
        assert_eq!(names(&signer(pem, password).unwrap()), ["Alice"]);
    }
}

#[test]
fn a_brainpool_key_comes_out_as_it_went_in() {
    let signer = signer(fixture!("brainpool_chain"), "secret").unwrap();
    assert_eq!(names(&signer), ["Brainpool"]);
    let message = ToBeSigned::new(signer.algorithm(), b"message".to_vec());
    signer.sign(&message).unwrap().check(signer.certificate(), &message).unwrap();
}

#[test]
fn names_are_read() {
    let file = common::der(fixture!("unicode_password"));
    let store = Pkcs12::open(&file, &Password::from("пароль ñ 😀")).unwrap();
    assert_eq!(store.keys().len(), 1);
    assert_eq!(store.keys()[0].friendly_name(), Some("名前"));
    assert_eq!(store.into_signer_named("name").unwrap_err(), Pkcs12Error::NoSuchKey { name: "name".into() });
    let store = Pkcs12::open(&file, &Password::from("пароль ñ 😀")).unwrap();
    assert_eq!(names(&store.into_signer_named("名前").unwrap()), ["Alice"]);
}

#[test]
fn the_certificate_is_the_keys_wherever_it_stands() {
    assert_eq!(names(&signer(fixture!("stranger"), "secret").unwrap()), ["Fixture Root"]);
}

#[test]
fn a_wrong_password_is_no_damage_and_damage_no_wrong_password() {
    for pem in [fixture!("chain"), fixture!("pbmac1"), fixture!("sha1_mac"), fixture!("empty_password")] {
        for wrong in ["Secret", "secret ", "s"] {
            assert_eq!(signer(pem, wrong).unwrap_err(), Pkcs12Error::WrongPassword);
        }
    }
    assert_eq!(signer(fixture!("chain"), "").unwrap_err(), Pkcs12Error::WrongPassword);

    // In the middle of the encrypted certificates, and in the check sum itself.
    let sound = common::der(fixture!("chain"));
    let mac = find(&sound, &hex("0609608648016503040201").unwrap()).expect("the name of SHA-256") + 15;
    for position in [600, mac] {
        let mut damaged = sound.clone();
        damaged[position] ^= 1;
        let error = SoftwareSigner::from_pkcs12(&damaged, &Password::from("secret")).unwrap_err();
        assert_eq!(error, Pkcs12Error::Damaged, "octet {position}");
    }
}

#[test]
fn every_changed_octet_is_refused_with_a_typed_error() {
    let sound = common::der(fixture!("chain"));
    let password = Password::from("secret");
    for position in 0..sound.len() {
        let mut changed = sound.clone();
        changed[position] ^= 0x20;
        assert!(Pkcs12::open(&changed, &password).is_err(), "octet {position}");
        assert!(Pkcs12::open(&sound[..position], &password).is_err(), "cut at {position}");
    }
}

#[test]
fn old_encryption_says_what_to_do() {
    let error = signer(fixture!("legacy"), "secret").unwrap_err();
    // pbeWithSHAAnd40BitRC2-CBC, RFC 7292 appendix C.
    assert_eq!(error, Pkcs12Error::Unsupported { oid: Oid::new_unwrap("1.2.840.113549.1.12.1.6") });
    assert!(error.to_string().contains("openssl pkcs12 -legacy"));
    assert_eq!(signer(fixture!("legacy"), "wrong").unwrap_err(), Pkcs12Error::WrongPassword);
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(signer(fixture!("no_key"), "secret").unwrap_err(), Pkcs12Error::NoKey);
    assert_eq!(signer(fixture!("no_certificate"), "secret").unwrap_err(), Pkcs12Error::NoCertificate);
}

#[test]
fn ber_is_named() {
    let ber = [0x30, 0x80, 0x02, 0x01, 0x03, 0x00, 0x00];
    assert_eq!(Pkcs12::open(&ber, &Password::from("")).unwrap_err(), Pkcs12Error::NotDer);
}

const DATA: &str = "1.2.840.113549.1.7.1";

fn oid(name: &str) -> Vec<u8> {
    asn1::oid(&Oid::new_unwrap(name))
}

/// A file without encryption or check sum around these bags.
fn unprotected(bags: &[&[u8]]) -> Vec<u8> {
    let data = |content: &[u8]| {
        asn1::sequence(&[&oid(DATA), &asn1::encode(tag::constructed(0), &asn1::octet_string(content))])
    };
    let safes = asn1::sequence(&[&data(&asn1::sequence(bags))]);
    asn1::sequence(&[&asn1::integer(&[3]), &data(&safes)])
}

fn key_bag(pem: &[u8], name: &str) -> Vec<u8> {
    let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let values = asn1::encode(tag::SET, &asn1::encode(tag::BMP_STRING, &utf16));
    let attributes = asn1::encode(tag::SET, &asn1::sequence(&[&oid("1.2.840.113549.1.9.20"), &values]));
    let key = asn1::encode(tag::constructed(0), &common::der(pem));
    asn1::sequence(&[&oid("1.2.840.113549.1.12.10.1.1"), &key, &attributes])
}

fn certificate_bag(pem: &[u8]) -> Vec<u8> {
    let certificate = asn1::encode(tag::constructed(0), &asn1::octet_string(&common::der(pem)));
    let bag = asn1::sequence(&[&oid("1.2.840.113549.1.9.22.1"), &certificate]);
    asn1::sequence(&[&oid("1.2.840.113549.1.12.10.1.3"), &asn1::encode(tag::constructed(0), &bag)])
}

#[test]
fn one_of_several_keys_is_chosen_by_name() {
    let (alice, rsa) = (key_bag(fixture!("alice_key"), "alice"), key_bag(fixture!("rsa_pkcs8"), "rsa"));
    let certificates =
        [certificate_bag(fixture!("rsa_certificate")), certificate_bag(fixture!("alice_certificate"))];
    let file = unprotected(&[&alice, &rsa, &certificates[0], &certificates[1]]);
    let open = || Pkcs12::open(&file, &Password::from("")).unwrap();
    assert_eq!(open().into_signer().unwrap_err(), Pkcs12Error::SeveralKeys { count: 2 });
    assert_eq!(names(&open().into_signer_named("alice").unwrap()), ["Alice"]);
    assert_eq!(names(&open().into_signer_named("rsa").unwrap()), ["Rsa"]);

    // Somebody else's certificate does not become the key's.
    let file = unprotected(&[&alice, &certificates[0]]);
    let error = SoftwareSigner::from_pkcs12(&file, &Password::from("")).unwrap_err();
    assert_eq!(error, Pkcs12Error::NoCertificate);
}

#[test]
fn a_key_that_cannot_be_used_is_named() {
    let file = unprotected(&[&key_bag(fixture!("ed448"), "ed448")]);
    let error = SoftwareSigner::from_pkcs12(&file, &Password::from("")).unwrap_err();
    let expected = KeyError::Unsupported { oid: Oid::new_unwrap("1.3.101.113") };
    assert_eq!(error, Pkcs12Error::Key(expected));
}

/// The iterations of all derivations together have a limit.
#[test]
fn a_file_that_takes_for_ever_is_refused() {
    let sound = common::der(fixture!("chain"));
    let mut fields = Element::only(&sound, tag::SEQUENCE).unwrap().reader();
    let version = fields.element().unwrap().raw;
    let content = fields.element().unwrap().raw;
    let mut mac = fields.element().unwrap().reader();
    let (digest_info, salt) = (mac.element().unwrap().raw, mac.element().unwrap().raw);
    let iterations = asn1::integer(&10_000_001_u32.to_be_bytes());
    let file = asn1::sequence(&[version, content, &asn1::sequence(&[digest_info, salt, &iterations])]);
    let error = Pkcs12::open(&file, &Password::from("secret")).unwrap_err();
    assert_eq!(error, Pkcs12Error::TooMuchWork { asked: 10_000_001, left: 10_000_000 });

    let none =
        asn1::sequence(&[version, content, &asn1::sequence(&[digest_info, salt, &asn1::integer(&[0])])]);
    let error = Pkcs12::open(&none, &Password::from("secret")).unwrap_err();
    assert!(matches!(error, Pkcs12Error::Malformed { .. }), "{error}");
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}
