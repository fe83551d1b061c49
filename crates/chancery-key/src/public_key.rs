//! Public keys: read from a `SubjectPublicKeyInfo`, and verifying.

use std::fmt;
use std::sync::Arc;

use chancery_certificate::asn1::{Element, Reader, tag};
use chancery_certificate::{AlgorithmIdentifier, Certificate};
use chancery_digest::{AnyDigest, Digest, KnownDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::algorithm::ClaimedAlgorithm;
use crate::error::{AlgorithmError, KeyError, VerifyError};
use crate::identifier::{self, PssParameters};
use crate::kind::KeyKind;
use crate::material::Material;
use crate::named_curve;
use crate::provider::Provider;
use crate::rsa_key::{self, RsaKey};
use crate::rust_crypto;

/// A public key that verifies signatures.
///
/// Rules, the same for every provider:
///
/// - RSA: 1024 to 8192 bits, the exponent odd, at least 3 and below 2³³. PKCS#1 v1.5 compares the whole
///   padded block and wants the NULL in it; PSS wants one digest for message and mask, and exactly the salt length
///   that the parameters name. Keys
///   below 2048 bits are computed with, so that old files can be read: [`lifetime`](crate::lifetime) says
///   until when they were acceptable.
/// - ECDSA: P-256, P-384, P-521, brainpoolP256r1, brainpoolP384r1 by name; the signature in strict DER with `1 ≤ r, s < n`. Both `s` and
///   `n − s` are good, so never identify a signature by its bytes.
/// - Ed25519: the strict reading, without points of small order.
/// - A key of the type id-RSASSA-PSS signs with PSS only, with no other digest and no shorter salt than its
///   parameters say (RFC 4055 §1.2).
///
/// Cloning is cheap, and what a provider prepares for a key is shared by its clones.
#[derive(Clone)]
pub struct PublicKey {
    numbers: Arc<Numbers>,
    provider: Provider,
}

/// A key as it was read.
struct Numbers {
    info: Arc<[u8]>,
    restriction: Restriction,
    material: Material,
    #[cfg(feature = "aws-lc")]
    prepared: crate::aws_lc::Prepared,
}

/// What the key's own algorithm identifier says it may be used for.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Restriction {
    None,
    /// id-RSASSA-PSS without parameters.
    PssOnly,
    /// id-RSASSA-PSS with parameters: the salt length is the least allowed.
    Pss(PssParameters),
}

impl PublicKey {
    /// Reads a public key as certificates hold it.
    ///
    /// ```asn1
    /// SubjectPublicKeyInfo ::= SEQUENCE {                        -- RFC 5280 §4.1
    ///     algorithm         AlgorithmIdentifier,
    ///     subjectPublicKey  BIT STRING }
    /// ```
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] names an algorithm or curve that we do not compute with; the other
    /// variants say what is wrong with the key.
    pub fn from_info(info: &[u8]) -> Result<Self, KeyError> {
        let (algorithm, bits) = read_info(info)?;
        let (key, restriction) = read_algorithm(&algorithm)?;
        let material = read_material(key, bits)?;
        let numbers = Numbers {
            info: info.into(),
            restriction,
            material,
            #[cfg(feature = "aws-lc")]
            prepared: crate::aws_lc::Prepared::default(),
        };
        Ok(Self { numbers: Arc::new(numbers), provider: Provider::default() })
    }

    /// The public key of a certificate. It is read once for a certificate and its clones, which keep it.
    ///
    /// # Errors
    /// As [`from_info`](Self::from_info).
    pub fn of(certificate: &Certificate) -> Result<Self, KeyError> {
        certificate.remember(|certificate| Self::from_info(certificate.public_key_info()))
    }

    pub(crate) fn material(&self) -> &Material {
        &self.numbers.material
    }

    /// The same key, computed with by this provider.
    #[must_use]
    pub fn with_provider(self, provider: Provider) -> Self {
        Self { provider, ..self }
    }

    /// What sort of key it is, and how long.
    pub fn kind(&self) -> KeyKind {
        match self.material() {
            Material::Rsa(key) => KeyKind::Rsa { bits: key.bits() },
            Material::P256(_) => KeyKind::P256,
            Material::P384(_) => KeyKind::P384,
            Material::P521(_) => KeyKind::P521,
            Material::BrainpoolP256r1(_) => KeyKind::BrainpoolP256r1,
            Material::BrainpoolP384r1(_) => KeyKind::BrainpoolP384r1,
            Material::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// The `SubjectPublicKeyInfo` in DER, as it was read.
    pub fn to_info(&self) -> &[u8] {
        &self.numbers.info
    }

    pub(crate) fn info(&self) -> Arc<[u8]> {
        Arc::clone(&self.numbers.info)
    }

    /// Does this key make, or may it have made, signatures of this kind?
    ///
    /// # Errors
    /// [`VerifyError::WrongKeyType`], or [`VerifyError::KeyRestriction`] when the key itself says no.
    pub fn allows(&self, algorithm: &ClaimedAlgorithm) -> Result<(), VerifyError> {
        let fits = match algorithm {
            ClaimedAlgorithm::RsaPkcs1v15(_) | ClaimedAlgorithm::RsaPss { .. } => {
                matches!(self.material(), Material::Rsa(_))
            }
            ClaimedAlgorithm::Ecdsa(_) => !matches!(self.material(), Material::Rsa(_) | Material::Ed25519(_)),
            ClaimedAlgorithm::Ed25519 => matches!(self.material(), Material::Ed25519(_)),
        };
        if !fits {
            return Err(VerifyError::WrongKeyType { algorithm: *algorithm, key: self.kind() });
        }
        if !self.numbers.restriction.allows(algorithm) {
            return Err(VerifyError::KeyRestriction { algorithm: *algorithm });
        }
        Ok(())
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// [`VerifyError::SignatureMismatch`] when it is not this key's signature of these bytes; the other
    /// variants say why it could not be one.
    pub fn verify(
        &self,
        algorithm: &ClaimedAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        self.allows(algorithm)?;
        match self.material() {
            Material::Ed25519(key) => rust_crypto::verify_ed25519(key, message, signature),
            _ => self.verify_allowed(algorithm, &algorithm.digest().digest(message), signature),
        }
    }

    /// Verifies a signature over a message of which only the digest is at hand.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); [`VerifyError::WrongDigest`] when the digest is not the algorithm's,
    /// and [`VerifyError::MessageNeeded`] for Ed25519, which signs the message itself.
    pub fn verify_digest(
        &self,
        algorithm: &ClaimedAlgorithm,
        digest: &Digest<KnownDigest>,
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        self.allows(algorithm)?;
        if matches!(algorithm, ClaimedAlgorithm::Ed25519) {
            return Err(VerifyError::MessageNeeded);
        }
        if digest.algorithm() != algorithm.digest() {
            return Err(VerifyError::WrongDigest {
                expected: algorithm.digest(),
                actual: digest.algorithm(),
            });
        }
        self.verify_allowed(algorithm, digest, signature)
    }

    fn verify_allowed(
        &self,
        algorithm: &ClaimedAlgorithm,
        digest: &Digest<KnownDigest>,
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        match self.provider {
            Provider::RustCrypto => rust_crypto::verify(self.material(), algorithm, digest, signature),
            #[cfg(feature = "aws-lc")]
            Provider::AwsLc => {
                let prepared = &self.numbers.prepared;
                crate::aws_lc::verify(self.material(), prepared, algorithm, digest, signature)
            }
        }
    }

    /// Is it the same key, however it is written?
    pub fn is_same_key(&self, other: &Self) -> bool {
        match (self.material(), other.material()) {
            (Material::Rsa(a), Material::Rsa(b)) => a == b,
            (Material::P256(a), Material::P256(b)) => a == b,
            (Material::P384(a), Material::P384(b)) => a == b,
            (Material::P521(a), Material::P521(b)) => a == b,
            (Material::BrainpoolP256r1(a), Material::BrainpoolP256r1(b)) => a == b,
            (Material::BrainpoolP384r1(a), Material::BrainpoolP384r1(b)) => a == b,
            (Material::Ed25519(a), Material::Ed25519(b)) => a == b,
            _ => false,
        }
    }

    /// The parameters that a key of the type id-RSASSA-PSS asks for.
    pub(crate) fn pss_parameters(&self) -> Option<PssParameters> {
        match self.numbers.restriction {
            Restriction::Pss(parameters) => Some(parameters),
            Restriction::None | Restriction::PssOnly => None,
        }
    }

    pub(crate) fn is_restricted_to_pss(&self) -> bool {
        self.numbers.restriction != Restriction::None
    }

    pub(crate) fn provider(&self) -> Provider {
        self.provider
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}", self.kind())?;
        match self.numbers.restriction {
            Restriction::None => f.write_str(")"),
            Restriction::PssOnly | Restriction::Pss(_) => f.write_str(", PSS only)"),
        }
    }
}

impl Restriction {
    /// RFC 4055 §3.3: the same digest (which is the mask's, too), at least as long a salt.
    fn allows(self, algorithm: &ClaimedAlgorithm) -> bool {
        match (self, *algorithm) {
            (Self::None, _) | (Self::PssOnly, ClaimedAlgorithm::RsaPss { .. }) => true,
            (Self::Pss(key), ClaimedAlgorithm::RsaPss { digest, salt_length }) => {
                digest == key.digest && salt_length >= key.salt_length
            }
            (Self::PssOnly | Self::Pss(_), _) => false,
        }
    }
}

impl KeyKind {
    /// What sort of key a certificate has. Quicker than [`PublicKey::of`], for those who only ask that: whether a
    /// point is on its curve is not computed.
    ///
    /// # Errors
    /// As [`PublicKey::from_info`], but for points.
    pub fn of(certificate: &Certificate) -> Result<Self, KeyError> {
        if let Some(Ok(read)) = certificate.remembered::<Result<PublicKey, KeyError>>() {
            return Ok(read.kind());
        }
        let (algorithm, bits) = read_info(certificate.public_key_info())?;
        match read_algorithm(&algorithm)? {
            (KeyType::Rsa, _) => Ok(Self::Rsa { bits: rsa_key::bits_of(bits)? }),
            (KeyType::Curve(named_curve::P256), _) => Ok(Self::P256),
            (KeyType::Curve(named_curve::P384), _) => Ok(Self::P384),
            (KeyType::Curve(named_curve::P521), _) => Ok(Self::P521),
            (KeyType::Curve(named_curve::BRAINPOOL_P256R1), _) => Ok(Self::BrainpoolP256r1),
            (KeyType::Curve(named_curve::BRAINPOOL_P384R1), _) => Ok(Self::BrainpoolP384r1),
            (KeyType::Curve(oid), _) => Err(KeyError::Unsupported { oid }),
            (KeyType::Ed25519, _) => Ok(Self::Ed25519),
        }
    }
}

/// The algorithm and the bits of a `SubjectPublicKeyInfo`.
fn read_info(info: &[u8]) -> Result<(AlgorithmIdentifier<'_>, &[u8]), KeyError> {
    let broken = |_| malformed("not a SubjectPublicKeyInfo in DER");
    let mut fields = Element::only(info, tag::SEQUENCE).map_err(broken)?.reader();
    if fields.peek() != Some(tag::SEQUENCE) {
        return Err(malformed("not a SubjectPublicKeyInfo in DER"));
    }
    let algorithm =
        AlgorithmIdentifier::read(&mut fields).map_err(|_| malformed("not an AlgorithmIdentifier in DER"))?;
    let bits = fields.expect(tag::BIT_STRING).and_then(|element| element.bit_string()).map_err(broken)?;
    fields.finish().map_err(broken)?;
    Ok((algorithm, bits))
}

/// What the algorithm of a key says of its bits.
enum KeyType {
    Rsa,
    Curve(Oid),
    Ed25519,
}

fn read_algorithm(algorithm: &AlgorithmIdentifier<'_>) -> Result<(KeyType, Restriction), KeyError> {
    match (algorithm.oid, algorithm.parameters) {
        (identifier::RSA_ENCRYPTION, Some([0x05, 0x00])) => Ok((KeyType::Rsa, Restriction::None)),
        (identifier::RSA_ENCRYPTION, _) => Err(malformed("the parameters of rsaEncryption must be NULL")),
        (identifier::RSASSA_PSS, None) => Ok((KeyType::Rsa, Restriction::PssOnly)),
        (identifier::RSASSA_PSS, Some(parameters)) => {
            let parameters = identifier::read_pss_parameters(parameters).map_err(not_parameters)?;
            Ok((KeyType::Rsa, Restriction::Pss(parameters)))
        }
        (identifier::EC_PUBLIC_KEY, parameters) => {
            Ok((KeyType::Curve(read_curve(parameters)?), Restriction::None))
        }
        (identifier::ED25519, None) => Ok((KeyType::Ed25519, Restriction::None)),
        (identifier::ED25519, Some(_)) => Err(malformed("the parameters of Ed25519 must be absent")),
        (oid, _) => Err(KeyError::Unsupported { oid }),
    }
}

fn read_curve(parameters: Option<&[u8]>) -> Result<Oid, KeyError> {
    let curve = parameters.ok_or(KeyError::UnnamedCurve)?;
    match Reader::new(curve).optional(tag::OBJECT_IDENTIFIER) {
        Ok(Some(element)) => element.oid().map_err(|_| malformed("the name of the curve is not an OID")),
        Ok(None) => Err(KeyError::UnnamedCurve),
        Err(_) => Err(malformed("the name of the curve is not in DER")),
    }
}

fn read_material(key: KeyType, bits: &[u8]) -> Result<Material, KeyError> {
    match key {
        KeyType::Rsa => RsaKey::from_der(bits).map(Material::Rsa),
        KeyType::Curve(curve) => read_point(curve, bits),
        KeyType::Ed25519 => read_ed25519(bits).map(Material::Ed25519),
    }
}

fn read_point(curve: Oid, bits: &[u8]) -> Result<Material, KeyError> {
    // Hybrid and compact forms exist on paper only (SEC 1 §2.3.3, RFC 5480 §2.2 forbids the first).
    if !matches!(bits.first(), Some(0x02..=0x04)) {
        return Err(malformed("the point must be in uncompressed or compressed form"));
    }
    let not_on_curve = |_| malformed("the point is not on the curve");
    match curve {
        named_curve::P256 => {
            p256::ecdsa::VerifyingKey::from_sec1_bytes(bits).map(Material::P256).map_err(not_on_curve)
        }
        named_curve::P384 => {
            p384::ecdsa::VerifyingKey::from_sec1_bytes(bits).map(Material::P384).map_err(not_on_curve)
        }
        named_curve::P521 => {
            p521::ecdsa::VerifyingKey::from_sec1_bytes(bits).map(Material::P521).map_err(not_on_curve)
        }
        named_curve::BRAINPOOL_P256R1 => {
            ecdsa::VerifyingKey::from_sec1_bytes(bits).map(Material::BrainpoolP256r1).map_err(not_on_curve)
        }
        named_curve::BRAINPOOL_P384R1 => {
            ecdsa::VerifyingKey::from_sec1_bytes(bits).map(Material::BrainpoolP384r1).map_err(not_on_curve)
        }
        oid => Err(KeyError::Unsupported { oid }),
    }
}

fn read_ed25519(bits: &[u8]) -> Result<ed25519_dalek::VerifyingKey, KeyError> {
    let bytes: &[u8; 32] = bits.try_into().map_err(|_| malformed("an Ed25519 key has 32 octets"))?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes)
        .map_err(|_| malformed("the point is not on the curve"))?;
    // RFC 8032 §5.1.3: the y coordinate must be below the prime; decompression alone reduces it.
    if key.to_edwards().compress().as_bytes() != bytes {
        return Err(malformed("the point is not in its one canonical form"));
    }
    if key.is_weak() {
        return Err(malformed("the point has a small order"));
    }
    Ok(key)
}

fn not_parameters(error: AlgorithmError) -> KeyError {
    match error {
        AlgorithmError::Unsupported { oid } => KeyError::Unsupported { oid },
        AlgorithmError::MaskDigest { digest, mask_digest } => KeyError::MaskDigest { digest, mask_digest },
        _ => malformed("the parameters of the RSA-PSS key cannot be read"),
    }
}

fn malformed(reason: &'static str) -> KeyError {
    KeyError::Malformed { reason }
}
