//! A certificate with its key in one file, as people get it.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use const_oid::ObjectIdentifier as Oid;
use der::Encode;
use pkcs5::EncryptionScheme;
use pkcs5::pbes2::Parameters;

use crate::keys::random;

/// id-data (RFC 5652 §4).
const DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.1");
/// id-pkcs8ShroudedKeyBag (RFC 7292 §4.2.2).
const SHROUDED_KEY: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.2");
/// id-certBag (RFC 7292 §4.2.3).
const CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.3");
/// x509Certificate (RFC 7292 §4.2.3).
const X509_CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.22.1");
/// localKeyId (RFC 2985 §5.5.2): says which certificate belongs to the key.
const LOCAL_KEY_ID: Oid = Oid::new_unwrap("1.2.840.113549.1.9.21");

/// As many as OpenSSL 3 does by default (`PKCS12_DEFAULT_ITER`).
const ITERATIONS: u16 = 2048;

/// A PKCS#12 file: the key encrypted by PBES2 with AES-256, the certificates in the clear, HMAC with SHA-256 over all.
///
/// ```asn1
/// PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
/// AuthenticatedSafe ::= SEQUENCE OF ContentInfo
/// SafeContents ::= SEQUENCE OF SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY, bagAttributes SET OPTIONAL }
/// ```
pub(crate) fn write(key_pkcs8: &[u8], chain: &[Certificate], password: &str) -> Vec<u8> {
    let identifier = DigestAlgorithm::Sha256.digest(chain[0].to_der());
    let link = asn1::set_of(vec![asn1::sequence(&[
        &asn1::oid(&LOCAL_KEY_ID),
        &asn1::set_of(vec![asn1::octet_string(identifier.as_bytes())]),
    ])]);
    let certificates: Vec<u8> = (0..)
        .zip(chain)
        .flat_map(|(place, certificate)| certificate_bag(certificate, if place == 0 { &link } else { &[] }))
        .collect();
    let key = bag(&SHROUDED_KEY, &shrouded(key_pkcs8, password), &link);
    let safes =
        [content_info(&asn1::encode(tag::SEQUENCE, &certificates)), content_info(&asn1::sequence(&[&key]))];
    let safe = asn1::sequence(&[&safes[0], &safes[1]]);
    asn1::sequence(&[&asn1::integer(&[3]), &content_info(&safe), &mac_data(&safe, password)])
}

/// ContentInfo of type data.
fn content_info(content: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&DATA), &asn1::encode(tag::constructed(0), &asn1::octet_string(content))])
}

fn bag(kind: &Oid, value: &[u8], attributes: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(kind), &asn1::encode(tag::constructed(0), value), attributes])
}

fn certificate_bag(certificate: &Certificate, attributes: &[u8]) -> Vec<u8> {
    let value = asn1::encode(tag::constructed(0), &asn1::octet_string(certificate.to_der()));
    bag(&CERTIFICATE, &asn1::sequence(&[&asn1::oid(&X509_CERTIFICATE), &value]), attributes)
}

/// ```asn1
/// EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm AlgorithmIdentifier, encryptedData OCTET STRING }
/// ```
/// RFC 5958 §3, with PBES2 of RFC 8018 §6.2.
fn shrouded(key_pkcs8: &[u8], password: &str) -> Vec<u8> {
    let scheme =
        Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS.into(), &random::<16>(), random::<16>())
            .map(EncryptionScheme::from)
            .expect("parameters that the standard allows");
    let encrypted = scheme.encrypt(password, key_pkcs8).expect("encryption of a key by a password");
    let scheme = scheme.to_der().expect("parameters that can be encoded");
    asn1::sequence(&[&scheme, &asn1::octet_string(&encrypted)])
}

/// ```asn1
/// MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
/// ```
fn mac_data(content: &[u8], password: &str) -> Vec<u8> {
    let salt = random::<16>();
    let mac = hmac(&mac_key(password, &salt), content);
    let algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid()), &asn1::null()]);
    let info = asn1::sequence(&[&algorithm, &asn1::octet_string(&mac)]);
    asn1::sequence(&[&info, &asn1::octet_string(&salt), &asn1::integer(&ITERATIONS.to_be_bytes())])
}

/// The block of SHA-256 in octets (FIPS 180-4).
const BLOCK: usize = 64;

/// RFC 7292 appendix B.2 with ID 3. One round of its loop suffices: the key is as long as the digest.
fn mac_key(password: &str, salt: &[u8]) -> Vec<u8> {
    const MAC_KEY: u8 = 3;
    // UTF-16 with big end first and a terminating zero (appendix B.1).
    let password: Vec<u8> = password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    let first = [vec![MAC_KEY; BLOCK], filled(salt), filled(&password)].concat();
    (0..ITERATIONS).fold(first, |octets, _| DigestAlgorithm::Sha256.digest(&octets).as_bytes().to_vec())
}

/// The octets again and again until whole blocks are full.
fn filled(octets: &[u8]) -> Vec<u8> {
    octets.iter().copied().cycle().take(octets.len().next_multiple_of(BLOCK)).collect()
}

/// RFC 2104 with SHA-256, for a key that is not longer than a block.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| (0..BLOCK).map(|place| key.get(place).unwrap_or(&0) ^ pad).collect::<Vec<_>>();
    let inner = DigestAlgorithm::Sha256.digest(&[&padded(0x36), message].concat());
    DigestAlgorithm::Sha256.digest(&[&padded(0x5c), inner.as_bytes()].concat()).as_bytes().to_vec()
}
