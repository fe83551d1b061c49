//! Signature algorithms as files name them: `AlgorithmIdentifier`, read and written.

use chancery_certificate::AlgorithmIdentifier;
use chancery_certificate::asn1::{self, Reader};
use chancery_digest::{DigestAlgorithm, KnownDigest, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::algorithm::{ClaimedAlgorithm, SignatureAlgorithm};
use crate::error::AlgorithmError;

/// How strictly the parameters of an `AlgorithmIdentifier` are read.
///
/// They decide nothing: with both readings the same algorithm is computed. They only decide whether a file
/// that differs from the standard is read at all.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum ParameterReading {
    /// As the standards say signers must write: NULL for RSA PKCS#1 v1.5 (RFC 4055 §5, RFC 3370 §3.2),
    /// nothing for ECDSA (RFC 5758 §3.2) and Ed25519 (RFC 8410 §3).
    #[default]
    Strict,
    /// Also what real signers got wrong: nothing for RSA, which RFC 4055 §5 asks readers to accept, and
    /// NULL for ECDSA and Ed25519.
    Tolerant,
}

/// rsaEncryption, RFC 8017 A.1.
pub(crate) const RSA_ENCRYPTION: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
/// id-RSASSA-PSS, RFC 8017 A.2.3.
pub(crate) const RSASSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
/// id-mgf1, RFC 8017 A.2.3.
const MGF1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.8");
/// id-ecPublicKey, RFC 5480 §2.1.1.
pub(crate) const EC_PUBLIC_KEY: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
/// id-Ed25519, RFC 8410 §3.
pub(crate) const ED25519: Oid = Oid::new_unwrap("1.3.101.112");

use DigestAlgorithm::{
    Sha3_224, Sha3_256, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256,
};
use KnownDigest::{Current, Legacy};

/// RSA PKCS#1 v1.5 by digest: RFC 8017 A.2.4; SHA-3 by NIST CSOR (also RFC 9688 §3). The first of each digest is written.
/// Signers of the nineties used the names of the OIW (Open Systems Environment Implementors' Workshop) for the two that
/// are old; they mean the same (OpenSSL: sha1WithRSA and md5WithRSA).
const RSA_OIDS: [(KnownDigest, Oid); 14] = [
    (Current(Sha256), Oid::new_unwrap("1.2.840.113549.1.1.11")),
    (Current(Sha384), Oid::new_unwrap("1.2.840.113549.1.1.12")),
    (Current(Sha512), Oid::new_unwrap("1.2.840.113549.1.1.13")),
    (Current(Sha224), Oid::new_unwrap("1.2.840.113549.1.1.14")),
    (Current(Sha512_224), Oid::new_unwrap("1.2.840.113549.1.1.15")),
    (Current(Sha512_256), Oid::new_unwrap("1.2.840.113549.1.1.16")),
    (Current(Sha3_224), Oid::new_unwrap("2.16.840.1.101.3.4.3.13")),
    (Current(Sha3_256), Oid::new_unwrap("2.16.840.1.101.3.4.3.14")),
    (Current(Sha3_384), Oid::new_unwrap("2.16.840.1.101.3.4.3.15")),
    (Current(Sha3_512), Oid::new_unwrap("2.16.840.1.101.3.4.3.16")),
    (Legacy(LegacyDigest::Sha1), Oid::new_unwrap("1.2.840.113549.1.1.5")),
    (Legacy(LegacyDigest::Md5), Oid::new_unwrap("1.2.840.113549.1.1.4")),
    (Legacy(LegacyDigest::Sha1), Oid::new_unwrap("1.3.14.3.2.29")),
    (Legacy(LegacyDigest::Md5), Oid::new_unwrap("1.3.14.3.2.3")),
];

/// ECDSA by digest: RFC 5758 §3.2, SHA-1 by RFC 3279 §2.2.3, SHA-3 by NIST CSOR (also RFC 9688 §3).
const ECDSA_OIDS: [(KnownDigest, Oid); 9] = [
    (Current(Sha256), Oid::new_unwrap("1.2.840.10045.4.3.2")),
    (Current(Sha384), Oid::new_unwrap("1.2.840.10045.4.3.3")),
    (Current(Sha512), Oid::new_unwrap("1.2.840.10045.4.3.4")),
    (Current(Sha224), Oid::new_unwrap("1.2.840.10045.4.3.1")),
    (Current(Sha3_224), Oid::new_unwrap("2.16.840.1.101.3.4.3.9")),
    (Current(Sha3_256), Oid::new_unwrap("2.16.840.1.101.3.4.3.10")),
    (Current(Sha3_384), Oid::new_unwrap("2.16.840.1.101.3.4.3.11")),
    (Current(Sha3_512), Oid::new_unwrap("2.16.840.1.101.3.4.3.12")),
    (Legacy(LegacyDigest::Sha1), Oid::new_unwrap("1.2.840.10045.4.1")),
];

impl<D: Copy + PartialEq + Into<KnownDigest>> SignatureAlgorithm<D> {
    /// The algorithm as files name it, in DER: NULL parameters for RSA PKCS#1 v1.5, none for ECDSA and
    /// Ed25519, all that differs from the defaults for PSS.
    ///
    /// # Errors
    /// [`AlgorithmError::Unnamed`] when no standard gives the combination a name: ECDSA with SHA-512/224,
    /// SHA-512/256 or MD5.
    pub fn to_algorithm_identifier(&self) -> Result<Vec<u8>, AlgorithmError> {
        match *self {
            Self::RsaPkcs1v15(digest) => {
                let oid = find_oid(&RSA_OIDS, digest.into());
                oid.map(|oid| asn1::sequence(&[&asn1::oid(&oid), &asn1::null()]))
            }
            Self::Ecdsa(digest) => {
                find_oid(&ECDSA_OIDS, digest.into()).map(|oid| asn1::sequence(&[&asn1::oid(&oid)]))
            }
            Self::Ed25519 => Some(asn1::sequence(&[&asn1::oid(&ED25519)])),
            Self::RsaPss { digest, salt_length } => {
                let parameters = write_pss(digest.into(), salt_length);
                Some(asn1::sequence(&[&asn1::oid(&RSASSA_PSS), &parameters]))
            }
        }
        .ok_or_else(|| AlgorithmError::Unnamed { algorithm: self.as_claim() })
    }

    /// Does any standard give it a name?
    pub(crate) fn has_name(&self) -> bool {
        match *self {
            Self::RsaPkcs1v15(digest) => find_oid(&RSA_OIDS, digest.into()).is_some(),
            Self::Ecdsa(digest) => find_oid(&ECDSA_OIDS, digest.into()).is_some(),
            Self::RsaPss { .. } | Self::Ed25519 => true,
        }
    }

    pub(crate) fn as_claim(&self) -> ClaimedAlgorithm {
        match *self {
            Self::RsaPkcs1v15(digest) => ClaimedAlgorithm::RsaPkcs1v15(digest.into()),
            Self::RsaPss { digest, salt_length } => {
                ClaimedAlgorithm::RsaPss { digest: digest.into(), salt_length }
            }
            Self::Ecdsa(digest) => ClaimedAlgorithm::Ecdsa(digest.into()),
            Self::Ed25519 => ClaimedAlgorithm::Ed25519,
        }
    }
}

impl ClaimedAlgorithm {
    /// Reads the algorithm of a certificate, a CRL or an OCSP answer, strictly.
    ///
    /// # Errors
    /// [`AlgorithmError::Unsupported`] for what we do not know, [`AlgorithmError::Malformed`] for
    /// parameters that are not as the standard says.
    pub fn from_algorithm_identifier(identifier: &AlgorithmIdentifier<'_>) -> Result<Self, AlgorithmError> {
        Self::from_algorithm_identifier_with(identifier, ParameterReading::Strict)
    }

    /// The same, with a choice of how strictly the parameters are read.
    ///
    /// # Errors
    /// As [`from_algorithm_identifier`](Self::from_algorithm_identifier).
    pub fn from_algorithm_identifier_with(
        identifier: &AlgorithmIdentifier<'_>,
        reading: ParameterReading,
    ) -> Result<Self, AlgorithmError> {
        let oid = identifier.oid;
        if oid == RSASSA_PSS {
            return read_pss(identifier.parameters);
        }
        if let Some(digest) = find_digest(&RSA_OIDS, &oid) {
            return expect_parameters(identifier, Expected::Null, reading)
                .map(|()| Self::RsaPkcs1v15(digest));
        }
        if let Some(digest) = find_digest(&ECDSA_OIDS, &oid) {
            return expect_parameters(identifier, Expected::Absent, reading).map(|()| Self::Ecdsa(digest));
        }
        if oid == ED25519 {
            return expect_parameters(identifier, Expected::Absent, reading).map(|()| Self::Ed25519);
        }
        Err(AlgorithmError::Unsupported { oid })
    }

    /// Reads the algorithm of a CMS `SignerInfo`, strictly.
    ///
    /// CMS may name the key's algorithm only (rsaEncryption, RFC 3370 §3.2; id-ecPublicKey, as some signers
    /// do); the digest is then that of the `SignerInfo`. Where the signature algorithm names a digest as
    /// well, the two must agree (RFC 5652 §5.3, RFC 8933).
    ///
    /// # Errors
    /// As [`from_algorithm_identifier`](Self::from_algorithm_identifier), and
    /// [`AlgorithmError::DigestMismatch`] for a contradiction.
    pub fn from_cms(
        identifier: &AlgorithmIdentifier<'_>,
        digest: KnownDigest,
    ) -> Result<Self, AlgorithmError> {
        Self::from_cms_with(identifier, digest, ParameterReading::Strict)
    }

    /// The same, with a choice of how strictly the parameters are read.
    ///
    /// # Errors
    /// As [`from_cms`](Self::from_cms).
    pub fn from_cms_with(
        identifier: &AlgorithmIdentifier<'_>,
        digest: KnownDigest,
        reading: ParameterReading,
    ) -> Result<Self, AlgorithmError> {
        if identifier.oid == RSA_ENCRYPTION {
            return expect_parameters(identifier, Expected::Null, reading)
                .map(|()| Self::RsaPkcs1v15(digest));
        }
        if identifier.oid == EC_PUBLIC_KEY {
            // Parameters, where present, repeat the curve of the key. They are not used.
            return Ok(Self::Ecdsa(digest));
        }
        let algorithm = Self::from_algorithm_identifier_with(identifier, reading)?;
        if algorithm.digest() != digest {
            // Ed25519 too: RFC 8419 §3.1 lets CMS use it with SHA-512 and nothing else.
            return Err(AlgorithmError::DigestMismatch {
                algorithm: algorithm.digest().name(),
                claimed: digest.name(),
            });
        }
        Ok(algorithm)
    }
}

fn find_oid(table: &[(KnownDigest, Oid)], digest: KnownDigest) -> Option<Oid> {
    table.iter().find(|(known, _)| *known == digest).map(|(_, oid)| *oid)
}

fn find_digest(table: &[(KnownDigest, Oid)], oid: &Oid) -> Option<KnownDigest> {
    table.iter().find(|(_, known)| known == oid).map(|(digest, _)| *digest)
}

#[derive(Copy, Clone)]
enum Expected {
    Null,
    Absent,
}

/// The whole DER of a NULL.
const NULL: &[u8] = &[0x05, 0x00];

fn expect_parameters(
    identifier: &AlgorithmIdentifier<'_>,
    expected: Expected,
    reading: ParameterReading,
) -> Result<(), AlgorithmError> {
    let reason = match (identifier.parameters, expected, reading) {
        (Some(NULL), Expected::Null, _) | (None, Expected::Absent, _) => return Ok(()),
        (None, Expected::Null, ParameterReading::Tolerant)
        | (Some(NULL), Expected::Absent, ParameterReading::Tolerant) => return Ok(()),
        (_, Expected::Null, _) => "they must be NULL",
        (_, Expected::Absent, _) => "they must be absent",
    };
    Err(AlgorithmError::Malformed { oid: identifier.oid, reason })
}

/// What a PSS signature, or the key that makes it, says about itself.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) struct PssParameters {
    /// Of the message and of the mask.
    pub(crate) digest: KnownDigest,
    pub(crate) salt_length: u32,
}

/// The parameters of PSS that the standard has as defaults, written out or not, mean SHA-1 and 20 octets.
///
/// ```asn1
/// RSASSA-PSS-params ::= SEQUENCE {                           -- RFC 8017 A.2.3
///     hashAlgorithm      [0] HashAlgorithm      DEFAULT sha1,
///     maskGenAlgorithm   [1] MaskGenAlgorithm   DEFAULT mgf1SHA1,
///     saltLength         [2] INTEGER            DEFAULT 20,
///     trailerField       [3] TrailerField       DEFAULT trailerFieldBC }
/// ```
fn read_pss(parameters: Option<&[u8]>) -> Result<ClaimedAlgorithm, AlgorithmError> {
    // Absent parameters are forbidden for signatures (RFC 4055 §3.1) but read by everybody as the defaults;
    // SHA-1 is then refused by its date, not by the reader.
    let PssParameters { digest, salt_length } = match parameters {
        Some(parameters) => read_pss_parameters(parameters)?,
        None => read_pss_parameters(&[0x30, 0x00])?,
    };
    Ok(ClaimedAlgorithm::RsaPss { digest, salt_length })
}

pub(crate) fn read_pss_parameters(parameters: &[u8]) -> Result<PssParameters, AlgorithmError> {
    let sha1 = Legacy(LegacyDigest::Sha1);
    let mut outer = Reader::new(parameters);
    let sequence = outer.expect(0x30).map_err(not_pss)?;
    outer.finish().map_err(not_pss)?;
    let mut fields = sequence.reader();

    let digest = match fields.optional(0xa0).map_err(not_pss)? {
        Some(field) => read_digest(field.content)?,
        None => sha1,
    };
    let mask_digest = match fields.optional(0xa1).map_err(not_pss)? {
        Some(field) => {
            let mask = AlgorithmIdentifier::from_der(field.content).map_err(not_pss)?;
            if mask.oid != MGF1 {
                return Err(AlgorithmError::Unsupported { oid: mask.oid });
            }
            read_digest(mask.parameters.ok_or_else(|| malformed_pss("MGF1 must name its digest"))?)?
        }
        None => sha1,
    };
    let salt_length = match fields.optional(0xa2).map_err(not_pss)? {
        Some(field) => read_integer(field.content)?,
        None => 20,
    };
    let trailer = match fields.optional(0xa3).map_err(not_pss)? {
        Some(field) => read_integer(field.content)?,
        None => 1,
    };
    fields.finish().map_err(not_pss)?;
    if trailer != 1 {
        return Err(malformed_pss("the trailer field must be 1"));
    }
    if mask_digest != digest {
        return Err(AlgorithmError::MaskDigest { digest: digest.name(), mask_digest: mask_digest.name() });
    }
    Ok(PssParameters { digest, salt_length })
}

/// A digest algorithm: parameters NULL or absent, as RFC 4055 §2.1 asks readers to accept.
fn read_digest(der: &[u8]) -> Result<KnownDigest, AlgorithmError> {
    let identifier = AlgorithmIdentifier::from_der(der).map_err(not_pss)?;
    if !matches!(identifier.parameters, None | Some(NULL)) {
        return Err(malformed_pss("the digest algorithm takes no parameters"));
    }
    KnownDigest::from_oid(&identifier.oid).ok_or(AlgorithmError::Unsupported { oid: identifier.oid })
}

fn read_integer(der: &[u8]) -> Result<u32, AlgorithmError> {
    let mut reader = Reader::new(der);
    let value = reader.expect(0x02).and_then(|element| element.small_integer()).map_err(not_pss)?;
    reader.finish().map_err(not_pss)?;
    u32::try_from(value).map_err(|_| malformed_pss("a number is too large"))
}

fn not_pss(_: impl std::error::Error) -> AlgorithmError {
    malformed_pss("they are not RSASSA-PSS-params in DER")
}

fn malformed_pss(reason: &'static str) -> AlgorithmError {
    AlgorithmError::Malformed { oid: RSASSA_PSS, reason }
}

fn write_pss(digest: KnownDigest, salt_length: u32) -> Vec<u8> {
    let sha1 = Legacy(LegacyDigest::Sha1);
    let name = |digest: KnownDigest| asn1::sequence(&[&asn1::oid(&digest.oid()), &asn1::null()]);
    let mut fields = Vec::new();
    if digest != sha1 {
        let mask = asn1::sequence(&[&asn1::oid(&MGF1), &name(digest)]);
        fields.push(asn1::encode(0xa0, &name(digest)));
        fields.push(asn1::encode(0xa1, &mask));
    }
    if salt_length != 20 {
        fields.push(asn1::encode(0xa2, &asn1::integer(&salt_length.to_be_bytes())));
    }
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    asn1::sequence(&fields)
}
