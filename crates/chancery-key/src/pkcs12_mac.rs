//! The check sum of PKCS#12: which key it is made with, and whether it holds.

use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{Element, Reader, tag};
use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;
use der::Decode;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use pkcs5::pbes2::{self, Pbkdf2Params, Pbkdf2Prf};
use zeroize::Zeroizing;

use crate::password::Password;
use crate::pkcs12_error::Pkcs12Error;
use crate::work::Work;

/// id-PBMAC1, RFC 8018 A.5.
const PBMAC1: Oid = Oid::new_unwrap("1.2.840.113549.1.5.14");

/// Whether the check sum holds for this password.
///
/// ```asn1
/// MacData ::= SEQUENCE {                                         -- RFC 7292 §4
///     mac         DigestInfo,
///     macSalt     OCTET STRING,
///     iterations  INTEGER DEFAULT 1 }
/// ```
pub(crate) fn holds(
    mac_data: &Element<'_>,
    content: &[u8],
    password: &Password,
    work: &mut Work,
) -> Result<bool, Pkcs12Error> {
    let mut fields = mac_data.reader();
    let mut digest_info = fields.expect(tag::SEQUENCE)?.reader();
    let salt = fields.expect(tag::OCTET_STRING)?.content;
    let iterations = match fields.optional(tag::INTEGER)? {
        Some(element) => element.small_integer()?,
        None => 1,
    };
    fields.finish()?;
    let algorithm = AlgorithmIdentifier::read(&mut digest_info)?;
    let expected = digest_info.expect(tag::OCTET_STRING)?.content;
    digest_info.finish()?;

    if algorithm.oid == PBMAC1 {
        // RFC 9579 §4: salt and iterations outside are there for show only.
        return pbmac1_holds(&algorithm, content, expected, password, work);
    }
    let digest =
        KnownDigest::from_oid(&algorithm.oid).ok_or(Pkcs12Error::Unsupported { oid: algorithm.oid })?;
    let iterations = u32::try_from(iterations)
        .ok()
        .filter(|&iterations| iterations > 0)
        .ok_or(Pkcs12Error::Malformed { reason: "the iterations of the check sum make no sense" })?;
    for password in password_forms(password) {
        work.spend(iterations.into())?;
        let key = derive_mac_key(digest, &password, salt, iterations);
        if hmac_holds(digest, &key, content, expected)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// RFC 7292 B.1: UTF-16 big-endian with two zero octets at the end. An empty password is written in two ways: by
/// those two zero octets, or by nothing at all.
fn password_forms(password: &Password) -> Vec<Zeroizing<Vec<u8>>> {
    let terminated = password.expose().encode_utf16().chain([0]).flat_map(u16::to_be_bytes);
    let mut forms = vec![Zeroizing::new(terminated.collect::<Vec<u8>>())];
    if password.expose().is_empty() {
        forms.push(Zeroizing::new(Vec::new()));
    }
    forms
}

/// The octets of a block of the digest, `v` in RFC 7292 B.2 (FIPS 180-4, figure 1).
fn block_len(digest: KnownDigest) -> usize {
    if digest.output_len() <= 32 { 64 } else { 128 }
}

/// RFC 7292 B.2 for the key of a check sum (`ID` = 3), as long as the digest: one round of step 6, so that the
/// additions of step 6c are never needed.
fn derive_mac_key(digest: KnownDigest, password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    let block = block_len(digest);
    let fill = |octets: &[u8]| -> Zeroizing<Vec<u8>> {
        let length = octets.len().div_ceil(block) * block;
        Zeroizing::new(octets.iter().copied().cycle().take(length).collect())
    };
    let mut hasher = digest.hasher();
    hasher.update(&vec![3; block]);
    hasher.update(&fill(salt));
    hasher.update(&fill(password));
    let mut value = Zeroizing::new(hasher.finalize().as_bytes().to_vec());
    for _ in 1..iterations {
        let next = digest.digest(&value);
        value.copy_from_slice(next.as_bytes());
    }
    value
}

/// HMAC (RFC 2104), compared in constant time.
fn hmac_holds(digest: KnownDigest, key: &[u8], content: &[u8], expected: &[u8]) -> Result<bool, Pkcs12Error> {
    fn holds<D: EagerHash>(key: &[u8], content: &[u8], expected: &[u8]) -> bool
    where
        Hmac<D>: Mac + KeyInit,
    {
        <Hmac<D> as KeyInit>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(content).verify_slice(expected).is_ok())
    }
    match digest {
        KnownDigest::Legacy(LegacyDigest::Sha1) => Ok(holds::<sha1::Sha1>(key, content, expected)),
        KnownDigest::Current(DigestAlgorithm::Sha224) => Ok(holds::<sha2::Sha224>(key, content, expected)),
        KnownDigest::Current(DigestAlgorithm::Sha256) => Ok(holds::<sha2::Sha256>(key, content, expected)),
        KnownDigest::Current(DigestAlgorithm::Sha384) => Ok(holds::<sha2::Sha384>(key, content, expected)),
        KnownDigest::Current(DigestAlgorithm::Sha512) => Ok(holds::<sha2::Sha512>(key, content, expected)),
        other => Err(Pkcs12Error::Unsupported { oid: other.oid() }),
    }
}

/// ```asn1
/// PBMAC1-params ::= SEQUENCE {                                   -- RFC 8018 A.5, RFC 9579
///     keyDerivationFunc  AlgorithmIdentifier,
///     messageAuthScheme  AlgorithmIdentifier }
/// ```
fn pbmac1_holds(
    algorithm: &AlgorithmIdentifier<'_>,
    content: &[u8],
    expected: &[u8],
    password: &Password,
    work: &mut Work,
) -> Result<bool, Pkcs12Error> {
    let malformed = Pkcs12Error::Malformed { reason: "the parameters of PBMAC1 cannot be read" };
    let mut outer = Reader::new(algorithm.parameters.ok_or(malformed.clone())?);
    let mut fields = outer.expect(tag::SEQUENCE)?.reader();
    let derivation = AlgorithmIdentifier::read(&mut fields)?;
    let scheme = AlgorithmIdentifier::read(&mut fields)?;
    fields.finish()?;
    if derivation.oid != pbes2::PBKDF2_OID {
        return Err(Pkcs12Error::Unsupported { oid: derivation.oid });
    }
    let parameters = derivation
        .parameters
        .and_then(|parameters| Pbkdf2Params::from_der(parameters).ok())
        .ok_or(malformed.clone())?;
    // RFC 9579 §6: the length must be given, and 20 octets is the least that anybody should accept.
    let length = parameters.key_length.filter(|length| (20..=64).contains(length)).ok_or(malformed)?;
    let digest = hmac_digest(&scheme.oid).ok_or(Pkcs12Error::Unsupported { oid: scheme.oid })?;

    // PBKDF2 repeats its iterations for each block of the digest that the key needs (RFC 8018 §5.2).
    work.spend(u64::from(parameters.iteration_count).saturating_mul(4))?;
    let mut key = Zeroizing::new(vec![0; usize::from(length)]);
    let (password, salt) = (password.expose().as_bytes(), parameters.salt.as_ref());
    let rounds = parameters.iteration_count;
    match parameters.prf {
        Pbkdf2Prf::HmacWithSha1 => pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, rounds, &mut key),
        Pbkdf2Prf::HmacWithSha224 => pbkdf2::pbkdf2_hmac::<sha2::Sha224>(password, salt, rounds, &mut key),
        Pbkdf2Prf::HmacWithSha256 => pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, &mut key),
        Pbkdf2Prf::HmacWithSha384 => pbkdf2::pbkdf2_hmac::<sha2::Sha384>(password, salt, rounds, &mut key),
        Pbkdf2Prf::HmacWithSha512 => pbkdf2::pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, &mut key),
        other => return Err(Pkcs12Error::Unsupported { oid: other.oid() }),
    }
    hmac_holds(digest, &key, content, expected)
}

/// The digest of an HMAC by its name (RFC 8018 B.1.1).
fn hmac_digest(oid: &Oid) -> Option<KnownDigest> {
    match *oid {
        pbes2::HMAC_WITH_SHA1_OID => Some(LegacyDigest::Sha1.into()),
        oid if oid == Pbkdf2Prf::HmacWithSha224.oid() => Some(DigestAlgorithm::Sha224.into()),
        pbes2::HMAC_WITH_SHA256_OID => Some(DigestAlgorithm::Sha256.into()),
        oid if oid == Pbkdf2Prf::HmacWithSha384.oid() => Some(DigestAlgorithm::Sha384.into()),
        oid if oid == Pbkdf2Prf::HmacWithSha512.oid() => Some(DigestAlgorithm::Sha512.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexpass:007100750065006500670000 -kdfopt
    /// hexsalt:0a58cf64530d823f -kdfopt iter:1000 -kdfopt id:3 PKCS12KDF`, and likewise for SHA-512 and SHA-1.
    #[test]
    fn the_key_derivation_is_that_of_openssl() {
        let password = b"\0q\0u\0e\0e\0g\0\0";
        let salt = [0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f];
        for (digest, expected) in [
            (
                KnownDigest::from(DigestAlgorithm::Sha256),
                "7f884e3a7d8fb1aab7c1e3ac0961f38ad7a0407b1b06214e01eedcf25b0e5547",
            ),
            (
                KnownDigest::from(DigestAlgorithm::Sha512),
                "8ed549d10012b6a5687a85c6a355f7059ce094960c4b491c54236d7a3693d26da4c882ea917fc5739584dfab048a807bd3db6d88e7516d255d75a49002887b1c",
            ),
            (KnownDigest::from(LegacyDigest::Sha1), "f95b9baf73391fe50ccadbfb870ed45e84c5a4b8"),
        ] {
            let key = derive_mac_key(digest, password, &salt, 1000);
            let hex: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
            assert_eq!(hex, expected, "{digest}");
        }
    }
}
