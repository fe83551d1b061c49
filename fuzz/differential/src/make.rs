//! Certificates and lists, exactly as told: nothing is put right.

use std::sync::LazyLock;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use chancery_certificate::asn1::{self, tag};
use chancery_digest::{AnyDigest, LegacyDigest};
use chancery_key::{KeyKind, SoftwareKey, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

/// Few keys, used again and again: the path rules do not care, and signatures on P-256 do not depend on chance.
static KEYS: LazyLock<Vec<SoftwareKey>> = LazyLock::new(|| {
    let mut random = ChaCha20Rng::seed_from_u64(0x0dd);
    (0..8).map(|_| SoftwareKey::generate(KeyKind::P256, &mut random).expect("a key of P-256")).collect()
});

pub const KEY_COUNT: usize = 8;

/// A certificate to be.
#[derive(Clone)]
pub struct Spec {
    pub version: u8,
    pub serial: Vec<u8>,
    pub issuer: Vec<u8>,
    pub subject: Vec<u8>,
    pub not_before: i64,
    pub not_after: i64,
    pub key: usize,
    pub signer: usize,
    pub damaged: bool,
    pub extensions: Vec<Ext>,
}

/// An extension: its kind, whether it is critical, its value.
#[derive(Clone)]
pub struct Ext(pub Oid, pub bool, pub Vec<u8>);

impl Spec {
    /// With the extension instead of the one of its kind.
    pub fn set(&mut self, extension: Ext) {
        self.drop(extension.0);
        self.extensions.push(extension);
    }

    pub fn drop(&mut self, oid: Oid) {
        self.extensions.retain(|present| present.0 != oid);
    }

    /// ```asn1
    /// TBSCertificate ::= SEQUENCE { version [0], serialNumber, signature, issuer, validity, subject,
    ///     subjectPublicKeyInfo, extensions [3] OPTIONAL }
    /// ```
    pub fn der(&self) -> Vec<u8> {
        let version = match self.version {
            1 => Vec::new(),
            other => asn1::encode(tag::constructed(0), &asn1::integer(&[other - 1])),
        };
        let extensions = match &self.extensions[..] {
            [] => Vec::new(),
            list => {
                let list: Vec<u8> = list.iter().flat_map(Ext::der).collect();
                asn1::encode(tag::constructed(3), &asn1::encode(tag::SEQUENCE, &list))
            }
        };
        let to_be_signed = asn1::sequence(&[
            &version,
            &asn1::encode(tag::INTEGER, &self.serial),
            &algorithm(),
            &self.issuer,
            &asn1::sequence(&[&asn1::time(second(self.not_before)), &asn1::time(second(self.not_after))]),
            &self.subject,
            KEYS[self.key].public_key().to_info(),
            &extensions,
        ]);
        signed(to_be_signed, self.signer, self.damaged)
    }
}

impl Ext {
    fn der(&self) -> Vec<u8> {
        let critical = if self.1 { asn1::encode(tag::BOOLEAN, &[0xff]) } else { Vec::new() };
        asn1::sequence(&[&asn1::oid(&self.0), &critical, &asn1::octet_string(&self.2)])
    }
}

/// A complete list.
///
/// ```asn1
/// TBSCertList ::= SEQUENCE { version, signature, issuer, thisUpdate, nextUpdate,
///     revokedCertificates SEQUENCE OF SEQUENCE { INTEGER, Time } OPTIONAL, crlExtensions [0] }
/// ```
pub struct List {
    pub issuer: Vec<u8>,
    pub this_update: i64,
    pub next_update: i64,
    pub revoked: Vec<(Vec<u8>, i64)>,
    pub extensions: Vec<Ext>,
    pub signer: usize,
    pub damaged: bool,
}

impl List {
    pub fn der(&self) -> Vec<u8> {
        let entry = |(serial, at): &(Vec<u8>, i64)| {
            asn1::sequence(&[&asn1::encode(tag::INTEGER, serial), &asn1::time(second(*at))])
        };
        let entries: Vec<u8> = self.revoked.iter().flat_map(entry).collect();
        let entries = if entries.is_empty() { entries } else { asn1::encode(tag::SEQUENCE, &entries) };
        let extensions: Vec<u8> = self.extensions.iter().flat_map(Ext::der).collect();
        let to_be_signed = asn1::sequence(&[
            &asn1::integer(&[1]),
            &algorithm(),
            &self.issuer,
            &asn1::time(second(self.this_update)),
            &asn1::time(second(self.next_update)),
            &entries,
            &asn1::encode(tag::constructed(0), &asn1::encode(tag::SEQUENCE, &extensions)),
        ]);
        signed(to_be_signed, self.signer, self.damaged)
    }
}

/// SHA-1 of the key's bits (RFC 5280 §4.2.1.2 (1)).
pub fn key_identifier(key: usize) -> Vec<u8> {
    let info = KEYS[key].public_key().to_info();
    // The 65 octets of the point are the end of a key of P-256.
    LegacyDigest::Sha1.digest(&info[info.len() - 65..]).as_bytes().to_vec()
}

fn algorithm() -> Vec<u8> {
    KEYS[0].default_algorithm().to_algorithm_identifier().expect("ECDSA with SHA-256 has an OID")
}

fn signed(to_be_signed: Vec<u8>, signer: usize, damaged: bool) -> Vec<u8> {
    let key = &KEYS[signer];
    let what = ToBeSigned::new(key.default_algorithm(), to_be_signed);
    // Damaged: a true signature of the key, of something else.
    let signature =
        if damaged { key.sign(&ToBeSigned::new(key.default_algorithm(), vec![0])) } else { key.sign(&what) };
    let signature = signature.expect("our own key signs");
    asn1::sequence(&[what.bytes(), &algorithm(), &asn1::bit_string(signature.as_bytes())])
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment of our time")
}
