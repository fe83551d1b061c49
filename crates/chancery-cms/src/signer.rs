//! One signer of a message, as the message describes it.

use std::borrow::Cow;
use std::fmt;

use chancery_certificate::asn1::tag::{self, INTEGER, OCTET_STRING, SEQUENCE, SET};
use chancery_certificate::{AlgorithmIdentifier, Certificate, Name, Octets, asn1};
use chancery_digest::{AnyDigest, KnownDigest, LegacyDigest};
use chancery_key::{AlgorithmError, ClaimedAlgorithm};
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_RSASSA_PSS, RSA_ENCRYPTION};
use jiff::Timestamp;

use crate::attribute::Attributes;
use crate::attributes::{self, MESSAGE_DIGEST, SIGNING_TIME};
use crate::ber::Element;
use crate::canonical::is_der;
use crate::error::{BerFault, CmsError};
use crate::fault::Reading;

/// What a message says of one signer. Nothing of it is proven before [`check`](Self::check).
///
/// ```text
/// SignerInfo ::= SEQUENCE {
///     version             CMSVersion,
///     sid                 SignerIdentifier,
///     digestAlgorithm     DigestAlgorithmIdentifier,
///     signedAttrs         [0] IMPLICIT SignedAttributes OPTIONAL,
///     signatureAlgorithm  SignatureAlgorithmIdentifier,
///     signature           SignatureValue,
///     unsignedAttrs       [1] IMPLICIT UnsignedAttributes OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct SignerInfo {
    raw: Octets,
    version: u64,
    identifier: SignerIdentifier,
    digest_algorithm: Algorithm,
    signed: Option<SignedAttributes>,
    signature_algorithm: Algorithm,
    signature: Octets,
    unsigned: Attributes,
}

/// How a signer names its certificate (RFC 5652, 5.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SignerIdentifier {
    /// By the issuer and the serial number of the certificate.
    IssuerAndSerial {
        /// The issuer's name.
        issuer: Name,
        /// The content octets of the serial number, as encoded.
        serial: Vec<u8>,
    },
    /// By the subject key identifier of the certificate.
    SubjectKeyIdentifier(Vec<u8>),
}

impl SignerIdentifier {
    /// Whether a certificate has this identifier, byte for byte.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                serial == certificate.serial() && issuer.to_der() == certificate.issuer().to_der()
            }
            Self::SubjectKeyIdentifier(identifier) => {
                matches!(certificate.subject_key_identifier(), Ok(Some(extension)) if extension == *identifier)
            }
        }
    }

    /// Whether it costs little to say that [`names_loosely`](Self::names_loosely) is false.
    pub(crate) fn may_name(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { serial, .. } => serial == certificate.serial(),
            Self::SubjectKeyIdentifier(_) => matches!(certificate.subject_key_identifier(), Ok(None)),
        }
    }

    /// Whether a certificate has this identifier as some signers write it: the issuer's name with other string
    /// types than in the certificate (RFC 5280, 7.1 compares them), the identifier of a key whose certificate
    /// has no such extension, which is then the SHA-1 digest of the key (RFC 5280, 4.2.1.2, method 1).
    pub(crate) fn names_loosely(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, .. } => issuer.matches(certificate.issuer()),
            Self::SubjectKeyIdentifier(identifier) => {
                LegacyDigest::Sha1.digest(certificate.public_key_bits()).as_bytes() == identifier
            }
        }
    }

    /// The version of a SignerInfo that goes with this form (RFC 5652, 5.3).
    pub(crate) const fn version(&self) -> u64 {
        match self {
            Self::IssuerAndSerial { .. } => 1,
            Self::SubjectKeyIdentifier(_) => 3,
        }
    }
}

impl fmt::Display for SignerIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hex = |bytes: &[u8]| bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                hex(serial)?;
                write!(f, ", issued by {issuer}")
            }
            Self::SubjectKeyIdentifier(identifier) => {
                hex(identifier)?;
                f.write_str(" (subject key identifier)")
            }
        }
    }
}

/// An algorithm identifier that owns its bytes, in DER.
#[derive(Clone, Debug)]
pub(crate) struct Algorithm {
    oid: Oid,
    der: Vec<u8>,
}

impl Algorithm {
    pub(crate) const fn oid(&self) -> Oid {
        self.oid
    }

    /// Whether both are the same algorithm with the same parameters. Absent parameters and NULL are the same
    /// (RFC 5754, 2).
    pub(crate) fn is(&self, other: &Self) -> bool {
        let parameters = |algorithm: &Self| {
            let identifier = AlgorithmIdentifier::from_der(&algorithm.der).ok()?;
            let parameters = identifier.parameters.filter(|parameters| *parameters != asn1::null());
            Some(parameters.map(<[u8]>::to_vec))
        };
        self.oid == other.oid && parameters(self) == parameters(other)
    }

    pub(crate) fn identifier(&self) -> Option<AlgorithmIdentifier<'_>> {
        AlgorithmIdentifier::from_der(&self.der).ok()
    }

    pub(crate) fn read(element: &Element<'_>, what: &'static str) -> Result<Self, CmsError> {
        let der = element.to_der();
        let read = der.and_then(|der| {
            let oid = AlgorithmIdentifier::from_der(&der).ok()?.oid;
            Some(Self { oid, der })
        });
        read.ok_or_else(|| element.fault(what, BerFault::Content("AlgorithmIdentifier")))
    }
}

/// The signed attributes and the encodings that may have been signed.
#[derive(Clone, Debug)]
struct SignedAttributes {
    attributes: Attributes,
    /// As received, with the tag of a SET OF.
    received: Vec<u8>,
    der: Der,
}

/// The DER encoding of what was received.
#[derive(Clone, Debug)]
enum Der {
    /// It was received so.
    Received,
    Other(Vec<u8>),
    /// What was received cannot be encoded again: it is nested too deep.
    Unknown,
}

impl SignerInfo {
    /// The whole SignerInfo as received.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// The same, to be kept without a copy.
    #[must_use]
    pub const fn octets(&self) -> &Octets {
        &self.raw
    }

    /// The version that the signer gives.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// How the signer names its certificate.
    #[must_use]
    pub const fn identifier(&self) -> &SignerIdentifier {
        &self.identifier
    }

    /// The algorithm by which content and signed attributes were digested, if it is one we know.
    #[must_use]
    pub fn digest_algorithm(&self) -> Option<KnownDigest> {
        KnownDigest::from_oid(&self.digest_algorithm.oid)
    }

    /// The object identifier of that algorithm.
    #[must_use]
    pub const fn digest_algorithm_oid(&self) -> Oid {
        self.digest_algorithm.oid
    }

    /// The object identifier of the signature algorithm.
    #[must_use]
    pub const fn signature_algorithm_oid(&self) -> Oid {
        self.signature_algorithm.oid
    }

    /// The signature algorithm that the signer names.
    ///
    /// # Errors
    /// It is one that we do not compute, its parameters are malformed, or it contradicts the digest algorithm.
    pub fn claimed_algorithm(&self) -> Result<ClaimedAlgorithm, AlgorithmError> {
        let unsupported = |oid| AlgorithmError::Unsupported { oid };
        let digest = self.digest_algorithm().ok_or_else(|| unsupported(self.digest_algorithm.oid))?;
        // RFC 4055, 5: verifiers accept parameters that are absent where they should be NULL.
        let mended =
            self.rsa_without_parameters().map(|oid| asn1::sequence(&[&asn1::oid(&oid), &asn1::null()]));
        let mended = mended.or_else(|| self.ecdsa_with_null().map(|oid| asn1::sequence(&[&asn1::oid(&oid)])));
        let identifier = match &mended {
            Some(mended) => AlgorithmIdentifier::from_der(mended).ok(),
            None => self.signature_algorithm.identifier(),
        };
        let identifier = identifier.ok_or_else(|| unsupported(self.signature_algorithm.oid))?;
        ClaimedAlgorithm::from_cms(&identifier, digest)
    }

    /// The signature algorithm, if it is RSA PKCS#1 v1.5 and lacks its parameters.
    pub(crate) fn rsa_without_parameters(&self) -> Option<Oid> {
        let oid = self.signature_algorithm.oid;
        // The signature algorithms of PKCS #1 are neighbours (RFC 8017, appendix C); the parameters of PSS are its own.
        let rsa = are_neighbours(&RSA_ENCRYPTION, &oid) && oid != ID_RSASSA_PSS;
        (rsa && self.signature_algorithm.identifier()?.parameters.is_none()).then_some(oid)
    }

    /// The signature algorithm, if it is ECDSA with NULL parameters, which has none (RFC 5758, 3.2). Everybody takes it
    /// for what it is: NULL says nothing.
    pub(crate) fn ecdsa_with_null(&self) -> Option<Oid> {
        let oid = self.signature_algorithm.oid;
        let ecdsa = are_neighbours(&ECDSA_WITH_SHA_256, &oid);
        (ecdsa && self.signature_algorithm.identifier()?.parameters == Some(&[tag::NULL, 0])).then_some(oid)
    }

    /// The signature value.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The same, to be kept without a copy.
    #[must_use]
    pub const fn signature_octets(&self) -> &Octets {
        &self.signature
    }

    /// What was signed together with the digest of the content; None for a signature over the content alone.
    #[must_use]
    pub fn signed_attributes(&self) -> Option<&Attributes> {
        self.signed.as_ref().map(|signed| &signed.attributes)
    }

    /// What was added to the signature later. Anybody can have put it there.
    #[must_use]
    pub const fn unsigned_attributes(&self) -> &Attributes {
        &self.unsigned
    }

    /// When the signer says that it signed: a claim.
    #[must_use]
    pub fn signing_time(&self) -> Option<Timestamp> {
        let value = self.signed_attributes()?.single(SIGNING_TIME)?;
        attributes::signing_time(value).ok()
    }

    /// The signed digest of the content.
    #[must_use]
    pub fn message_digest(&self) -> Option<Vec<u8>> {
        let value = self.signed_attributes()?.single(MESSAGE_DIGEST)?;
        attributes::octet_string(value).ok()
    }

    /// The signed attributes in DER with the tag of a SET OF: what the standard says is signed. As received, if their
    /// DER encoding is not known because they are nested too deep.
    #[must_use]
    pub fn signed_attributes_der(&self) -> Option<&[u8]> {
        self.signed.as_ref().map(|signed| match &signed.der {
            Der::Other(der) => der.as_slice(),
            Der::Received | Der::Unknown => &signed.received,
        })
    }

    /// Whether the signed attributes were received in DER.
    pub(crate) fn has_attributes_in_der(&self) -> bool {
        self.signed.as_ref().is_none_or(|signed| matches!(signed.der, Der::Received))
    }

    /// The encodings of the signed attributes that may have been signed, the standard's first.
    pub(crate) fn signed_encodings(&self) -> impl Iterator<Item = (Reading, &[u8])> {
        self.signed.iter().flat_map(|signed| {
            let received = signed.received.as_slice();
            let (first, second) = match &signed.der {
                Der::Received => ((Reading::Der, received), None),
                Der::Other(der) => ((Reading::Der, der.as_slice()), Some((Reading::AsReceived, received))),
                Der::Unknown => ((Reading::AsReceived, received), None),
            };
            std::iter::once(first).chain(second)
        })
    }

    pub(crate) const fn algorithms(&self) -> (&Algorithm, &Algorithm) {
        (&self.digest_algorithm, &self.signature_algorithm)
    }

    /// `source` is what it was read from.
    pub(crate) fn read(element: &Element<'_>, source: &Octets) -> Result<Self, CmsError> {
        let mut fields = element.reader();
        let version = fields.expect(INTEGER, "SignerInfo.version")?.small_integer("SignerInfo.version")?;
        let identifier = read_identifier(&fields.any("SignerInfo.sid")?)?;
        let digest_algorithm = fields.expect(SEQUENCE, "SignerInfo.digestAlgorithm")?;
        let digest_algorithm = Algorithm::read(&digest_algorithm, "SignerInfo.digestAlgorithm")?;
        let signed = fields.optional(tag::constructed(0), "SignerInfo.signedAttrs")?;
        let signed = signed.map(|set| read_signed_attributes(set, source)).transpose()?;
        let signature_algorithm = fields.expect(SEQUENCE, "SignerInfo.signatureAlgorithm")?;
        let signature_algorithm = Algorithm::read(&signature_algorithm, "SignerInfo.signatureAlgorithm")?;
        let signature = fields.any("SignerInfo.signature")?.octets(OCTET_STRING, "SignerInfo.signature")?;
        let unsigned = fields.optional(tag::constructed(1), "SignerInfo.unsignedAttrs")?;
        let unsigned = unsigned.map(|set| Attributes::read(&set, source)).transpose()?.unwrap_or_default();
        fields.finish("SignerInfo")?;
        Ok(Self {
            raw: source.part(element.raw),
            version,
            identifier,
            digest_algorithm,
            signed,
            signature_algorithm,
            signature: match signature {
                Cow::Borrowed(octets) => source.part(octets),
                Cow::Owned(octets) => octets.into(),
            },
            unsigned,
        })
    }
}

/// Whether two object identifiers differ in the last number only.
fn are_neighbours(one: &Oid, other: &Oid) -> bool {
    // Of each number only the last octet has no high bit (X.690, 8.19.2).
    let parent = |oid: &'_ Oid| -> usize {
        let above = oid.as_bytes().split_last().map_or(&[][..], |(_, above)| above);
        above.iter().rposition(|octet| octet & 0x80 == 0).map_or(0, |last| last + 1)
    };
    let (first, second) = (parent(one), parent(other));
    first > 0 && one.as_bytes().get(..first) == other.as_bytes().get(..second)
}

fn read_identifier(element: &Element<'_>) -> Result<SignerIdentifier, CmsError> {
    const WHAT: &str = "SignerInfo.sid";
    if element.tag != SEQUENCE {
        // Some signers write `[0]` EXPLICIT; a constructed string reads the same.
        let identifier = element.octets(tag::primitive(0), WHAT)?;
        return Ok(SignerIdentifier::SubjectKeyIdentifier(identifier.into_owned()));
    }
    let mut fields = element.reader();
    let issuer = fields.expect(SEQUENCE, "SignerInfo.sid.issuer")?;
    let serial = fields.expect(INTEGER, "SignerInfo.sid.serialNumber")?.content.to_vec();
    fields.finish(WHAT)?;
    // A name in DER is kept as it is; `to_der` would order an unordered RDN, which has to match the certificate.
    let issuer = Name::from_der(issuer.raw).ok().or_else(|| Name::from_der(&issuer.to_der()?).ok());
    let issuer = issuer.ok_or_else(|| element.fault("SignerInfo.sid.issuer", BerFault::Content("Name")))?;
    Ok(SignerIdentifier::IssuerAndSerial { issuer, serial })
}

fn read_signed_attributes(element: Element<'_>, source: &Octets) -> Result<SignedAttributes, CmsError> {
    let attributes = Attributes::read(&element, source)?;
    // RFC 5652, 5.4: what is digested has the tag of a SET OF instead of [0].
    let as_set = Element { tag: SET, ..element };
    let mut received = element.raw.to_vec();
    if let Some(first) = received.first_mut() {
        *first = SET;
    }
    let der = if is_der(&as_set) {
        Der::Received
    } else {
        match as_set.to_der() {
            None => Der::Unknown,
            Some(der) if der == received => Der::Received,
            Some(der) => Der::Other(der),
        }
    };
    Ok(SignedAttributes { attributes, received, der })
}
