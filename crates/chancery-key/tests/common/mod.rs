//! What several tests need.
// Each test is a crate of its own and uses a part of this.
#![allow(dead_code)]

use chancery_certificate::Certificate;
use chancery_digest::DigestAlgorithm;
use chancery_key::{KeyKind, Provider, SignatureAlgorithm, SoftwareKey};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

/// A file of `tests/fixtures`; `make.sh` there says how each was made.
#[macro_export]
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name, ".pem")).as_slice()
    };
}

pub(crate) const DIGESTS: [DigestAlgorithm; 10] = [
    DigestAlgorithm::Sha224,
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha384,
    DigestAlgorithm::Sha512,
    DigestAlgorithm::Sha512_224,
    DigestAlgorithm::Sha512_256,
    DigestAlgorithm::Sha3_224,
    DigestAlgorithm::Sha3_256,
    DigestAlgorithm::Sha3_384,
    DigestAlgorithm::Sha3_512,
];

pub(crate) fn providers() -> Vec<Provider> {
    vec![
        Provider::RustCrypto,
        #[cfg(feature = "aws-lc")]
        Provider::AwsLc,
    ]
}

/// One key of each kind. RSA comes from a file, since making one takes seconds.
pub(crate) fn keys(provider: Provider) -> Vec<SoftwareKey> {
    let rsa = SoftwareKey::from_pem(include_bytes!("../fixtures/rsa_pkcs8.pem"), None);
    let kinds = [
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
        KeyKind::BrainpoolP256r1,
        KeyKind::BrainpoolP384r1,
        KeyKind::Ed25519,
    ];
    let others = kinds.into_iter().map(|kind| SoftwareKey::generate(kind, &mut UnwrapErr(SysRng)));
    let keys = [rsa].into_iter().chain(others);
    keys.map(|key| key.expect("a key").with_provider(provider).expect("the provider takes it")).collect()
}

/// All that a key of this kind signs with.
pub(crate) fn algorithms(kind: KeyKind) -> Vec<SignatureAlgorithm> {
    let nameless = [DigestAlgorithm::Sha512_224, DigestAlgorithm::Sha512_256];
    match kind {
        KeyKind::Rsa { .. } => {
            let pkcs1 = DIGESTS.map(SignatureAlgorithm::RsaPkcs1v15);
            let pss = DIGESTS.map(SignatureAlgorithm::rsa_pss);
            let salts = [0, 20, 64].map(|salt_length| SignatureAlgorithm::RsaPss {
                digest: DigestAlgorithm::Sha256,
                salt_length,
            });
            pkcs1.into_iter().chain(pss).chain(salts).collect()
        }
        KeyKind::Ed25519 => vec![SignatureAlgorithm::Ed25519],
        _ => {
            let named = DIGESTS.into_iter().filter(|digest| !nameless.contains(digest));
            named.map(SignatureAlgorithm::Ecdsa).collect()
        }
    }
}

/// The octets of a PEM fixture.
pub(crate) fn der(pem: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(pem).expect("text");
    let start = text.find("-----BEGIN").expect("a block");
    let (_, document) = der::Document::from_pem(&text[start..]).expect("PEM");
    document.into_vec()
}

pub(crate) fn certificate(pem: &[u8]) -> Certificate {
    Certificate::from_pem(pem).expect("a certificate")
}

/// The octets of pairs of hexadecimal digits, which vectors are written in.
pub(crate) fn hex(digits: &str) -> Option<Vec<u8>> {
    let octets = (0..digits.len()).step_by(2);
    octets.map(|start| u8::from_str_radix(digits.get(start..start + 2)?, 16).ok()).collect()
}
