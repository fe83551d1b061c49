//! Private keys as files hold them: PKCS#8, PKCS#1, SEC 1, in DER and PEM.

use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{Asn1Error, Element, tag};
use const_oid::ObjectIdentifier as Oid;
use der::{Decode, SecretDocument};
use pkcs8::PrivateKeyInfoRef;
use rsa::RsaPrivateKey;
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::identifier;
use crate::named_curve;
use crate::password::Password;
use crate::pbes;
use crate::private_key::{self, PrivateKey};
use crate::work::Work;

/// ```asn1
/// OneAsymmetricKey ::= SEQUENCE {                                -- RFC 5958 §2 (PKCS#8)
///     version              INTEGER { v1(0), v2(1) },
///     privateKeyAlgorithm  AlgorithmIdentifier,
///     privateKey           OCTET STRING,
///     attributes       [0] Attributes OPTIONAL,
///     publicKey        [1] BIT STRING OPTIONAL }
/// ```
pub(crate) fn read_pkcs8(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| malformed("not a PKCS#8 structure in DER"))?;
    let algorithm = info.algorithm.oid;
    match algorithm {
        identifier::RSA_ENCRYPTION | identifier::RSASSA_PSS => read_pkcs1(info.private_key.as_bytes()),
        identifier::EC_PUBLIC_KEY => {
            let curve = info.algorithm.parameters_oid().map_err(|_| KeyError::UnnamedCurve)?;
            read_curve(curve, info.private_key.as_bytes())
        }
        identifier::ED25519 => ed25519_dalek::SigningKey::try_from(info)
            .map(PrivateKey::Ed25519)
            .map_err(|_| KeyError::Inconsistent),
        oid => Err(KeyError::Unsupported { oid }),
    }
}

/// ```asn1
/// EncryptedPrivateKeyInfo ::= SEQUENCE {                         -- RFC 5958 §3
///     encryptionAlgorithm  AlgorithmIdentifier,
///     encryptedData        OCTET STRING }
/// ```
pub(crate) fn read_encrypted_pkcs8(der: &[u8], password: &Password) -> Result<PrivateKey, KeyError> {
    let (algorithm, ciphertext) =
        split_encrypted(der).map_err(|_| malformed("not an encrypted PKCS#8 structure in DER"))?;
    let plain = pbes::decrypt(&algorithm, ciphertext, password, &mut Work::for_one_file())?;
    read_pkcs8(&plain)
}

pub(crate) fn split_encrypted(der: &[u8]) -> Result<(AlgorithmIdentifier<'_>, &[u8]), Asn1Error> {
    let mut fields = Element::only(der, tag::SEQUENCE)?.reader();
    let algorithm = AlgorithmIdentifier::read(&mut fields)?;
    let ciphertext = fields.expect(tag::OCTET_STRING)?;
    fields.finish()?;
    Ok((algorithm, ciphertext.content))
}

/// `RSAPrivateKey` of RFC 8017 A.1.2, which is what stands inside PKCS#8, too.
fn read_pkcs1(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let key =
        rsa::pkcs1::RsaPrivateKeyRef::from_der(der).map_err(|_| malformed("not an RSAPrivateKey in DER"))?;
    let bits = bit_length(key.modulus.as_bytes());
    private_key::check_bits(bits)?;
    // Checks that the primes make the modulus and that the exponents are inverse to each other.
    let key = RsaPrivateKey::try_from(key).map_err(|_| KeyError::Inconsistent)?;
    Ok(PrivateKey::Rsa(Box::new(key)))
}

/// The length of a number without leading zeros.
fn bit_length(magnitude: &[u8]) -> u32 {
    let first = magnitude.first().map_or(8, |octet| octet.leading_zeros());
    u32::try_from(magnitude.len()).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(first)
}

/// ```asn1
/// ECPrivateKey ::= SEQUENCE {                                    -- RFC 5915 §3 (SEC 1)
///     version         INTEGER { ecPrivkeyVer1(1) },
///     privateKey      OCTET STRING,
///     parameters  [0] ECParameters OPTIONAL,
///     publicKey   [1] BIT STRING OPTIONAL }
/// ```
fn read_sec1(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let curve = sec1_curve(der).map_err(|_| malformed("not an ECPrivateKey in DER"))?;
    read_curve(curve.ok_or(KeyError::UnnamedCurve)?, der)
}

fn sec1_curve(der: &[u8]) -> Result<Option<Oid>, Asn1Error> {
    let mut fields = Element::only(der, tag::SEQUENCE)?.reader();
    fields.expect(tag::INTEGER)?;
    fields.expect(tag::OCTET_STRING)?;
    let Some(parameters) = fields.optional(tag::constructed(0))? else { return Ok(None) };
    let name = parameters.reader().optional(tag::OBJECT_IDENTIFIER)?;
    name.map(|name| name.oid()).transpose()
}

/// The curves check the public key, where the structure holds one, against the private key.
fn read_curve(curve: Oid, der: &[u8]) -> Result<PrivateKey, KeyError> {
    let inconsistent = |_| KeyError::Inconsistent;
    match curve {
        named_curve::P256 => {
            p256::SecretKey::from_sec1_der(der).map(|key| PrivateKey::P256(key.into())).map_err(inconsistent)
        }
        named_curve::P384 => {
            p384::SecretKey::from_sec1_der(der).map(|key| PrivateKey::P384(key.into())).map_err(inconsistent)
        }
        named_curve::P521 => {
            p521::SecretKey::from_sec1_der(der).map(|key| PrivateKey::P521(key.into())).map_err(inconsistent)
        }
        named_curve::BRAINPOOL_P256R1 => bp256::r1::SecretKey::from_sec1_der(der)
            .map(|key| PrivateKey::BrainpoolP256r1(key.into()))
            .map_err(inconsistent),
        named_curve::BRAINPOOL_P384R1 => bp384::r1::SecretKey::from_sec1_der(der)
            .map(|key| PrivateKey::BrainpoolP384r1(key.into()))
            .map_err(inconsistent),
        oid => Err(KeyError::Unsupported { oid }),
    }
}

/// Reads the first private key of a PEM text, which may hold certificates and parameters as well.
pub(crate) fn read_pem(text: &[u8], password: Option<&Password>) -> Result<PrivateKey, KeyError> {
    let text = std::str::from_utf8(text).map_err(|_| malformed("PEM is text, and this is not"))?;
    let (label, block) = find_block(text).ok_or(malformed("the PEM text holds no private key"))?;
    if block.contains("\nProc-Type:") {
        return Err(malformed(
            "it is encrypted in the way of old OpenSSL: `openssl pkcs8 -topk8 -v2 aes-256-cbc` writes it anew",
        ));
    }
    let (_, document) = SecretDocument::from_pem(&block)
        .map_err(|_| malformed("the PEM block of the private key is damaged"))?;
    let der = document.as_bytes();
    match label {
        Label::Pkcs8 => read_pkcs8(der),
        Label::EncryptedPkcs8 => read_encrypted_pkcs8(der, password.ok_or(KeyError::PasswordNeeded)?),
        Label::Pkcs1 => read_pkcs1(der),
        Label::Sec1 => read_sec1(der),
    }
}

#[derive(Copy, Clone)]
enum Label {
    Pkcs8,
    EncryptedPkcs8,
    Pkcs1,
    Sec1,
}

/// The labels of RFC 7468 §10 and §11, and those that OpenSSL used before.
const LABELS: [(&str, Label); 4] = [
    ("PRIVATE KEY", Label::Pkcs8),
    ("ENCRYPTED PRIVATE KEY", Label::EncryptedPkcs8),
    ("RSA PRIVATE KEY", Label::Pkcs1),
    ("EC PRIVATE KEY", Label::Sec1),
];

/// The first block with one of the labels: what stands before and after, and spaces at the ends of lines, are
/// left away.
fn find_block(text: &str) -> Option<(Label, Zeroizing<String>)> {
    let mut lines = text.lines().map(str::trim);
    let (name, label) = lines.find_map(|line| {
        let name = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
        LABELS.iter().find(|(known, _)| *known == name)
    })?;
    let end = format!("-----END {name}-----");
    let mut block = Zeroizing::new(String::with_capacity(text.len()));
    block.push_str("-----BEGIN ");
    block.push_str(name);
    block.push_str("-----\n");
    for line in lines {
        if line == end {
            block.push_str(&end);
            block.push('\n');
            return Some((*label, block));
        }
        if !line.is_empty() {
            block.push_str(line);
            block.push('\n');
        }
    }
    None
}

fn malformed(reason: &'static str) -> KeyError {
    KeyError::Malformed { reason }
}
