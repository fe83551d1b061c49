//! Decrypting with a password: PBES2, as PKCS#8 and PKCS#12 use it.

use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{Asn1Error, Element, tag};
use const_oid::ObjectIdentifier as Oid;
use der::Decode;
use pkcs5::pbes2::{self, Kdf, Parameters};
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::password::Password;
use crate::work::Work;

/// The most blocks of 128 octets that scrypt may fill at once, by cost × block size: 256 MiB. RFC 7914 and OpenSSL 3
/// use an eighth of that and less.
const SCRYPT_MEMORY: u64 = 1 << 21;

/// Decrypts a DER structure with PBES2: PBKDF2 or scrypt, then AES in CBC or GCM.
///
/// ```asn1
/// PBES2-params ::= SEQUENCE {                                    -- RFC 8018 A.4
///     keyDerivationFunc  AlgorithmIdentifier,
///     encryptionScheme   AlgorithmIdentifier }
/// ```
pub(crate) fn decrypt(
    algorithm: &AlgorithmIdentifier<'_>,
    ciphertext: &[u8],
    password: &Password,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if algorithm.oid != pbes2::PBES2_OID {
        return Err(KeyError::UnsupportedEncryption { oid: algorithm.oid });
    }
    let malformed = KeyError::Malformed { reason: "the parameters of PBES2 cannot be read" };
    let parameters = algorithm.parameters.ok_or(malformed.clone())?;
    let parts = part_names(parameters).map_err(|_| malformed.clone())?;
    let parameters = Parameters::from_der(parameters).map_err(|_| match parts.first_unsupported() {
        Some(oid) => KeyError::UnsupportedEncryption { oid },
        None => malformed,
    })?;
    spend(&parameters.kdf, work)?;
    let plain =
        parameters.decrypt(password.expose(), ciphertext).map(Zeroizing::new).map_err(
            |error| match error {
                pkcs5::Error::UnsupportedAlgorithm { oid } => KeyError::UnsupportedEncryption { oid },
                pkcs5::Error::AlgorithmParametersInvalid { .. } => {
                    KeyError::Malformed { reason: "the parameters of the key derivation make no sense" }
                }
                _ => KeyError::WrongPassword,
            },
        )?;
    // A wrong key passes the check of the padding once in 256 times. What comes out then is noise, while all that
    // is ever encrypted so is one SEQUENCE.
    match Element::only(&plain, tag::SEQUENCE) {
        Ok(_) => Ok(plain),
        Err(_) => Err(KeyError::WrongPassword),
    }
}

fn spend(kdf: &Kdf, work: &mut Work) -> Result<(), KeyError> {
    match kdf {
        // The key of AES-256 may need two blocks of HMAC-SHA-1, each with all iterations (RFC 8018 §5.2).
        Kdf::Pbkdf2(parameters) => work.spend(u64::from(parameters.iteration_count).saturating_mul(2)),
        Kdf::Scrypt(parameters) => {
            let memory = parameters.cost_parameter.saturating_mul(parameters.block_size.into());
            if memory > SCRYPT_MEMORY {
                return Err(KeyError::TooMuchWork { asked: memory, left: SCRYPT_MEMORY });
            }
            work.spend(memory.saturating_mul(parameters.parallelization.into()))
        }
        other => Err(KeyError::UnsupportedEncryption { oid: other.oid() }),
    }
}

/// The names inside PBES2 parameters, so that an error can say which one is unknown.
struct PartNames {
    derivation: Oid,
    encryption: Oid,
}

fn part_names(parameters: &[u8]) -> Result<PartNames, Asn1Error> {
    let mut fields = Element::only(parameters, tag::SEQUENCE)?.reader();
    let derivation = AlgorithmIdentifier::read(&mut fields)?.oid;
    let encryption = AlgorithmIdentifier::read(&mut fields)?.oid;
    fields.finish()?;
    Ok(PartNames { derivation, encryption })
}

impl PartNames {
    fn first_unsupported(&self) -> Option<Oid> {
        let derivations = [pbes2::PBKDF2_OID, pbes2::SCRYPT_OID];
        let encryptions = [
            pbes2::AES_128_CBC_OID,
            pbes2::AES_192_CBC_OID,
            pbes2::AES_256_CBC_OID,
            pbes2::AES_128_GCM_OID,
            pbes2::AES_256_GCM_OID,
        ];
        let unknown = |name: Oid, known: &[Oid]| (!known.contains(&name)).then_some(name);
        unknown(self.derivation, &derivations).or_else(|| unknown(self.encryption, &encryptions))
    }
}
