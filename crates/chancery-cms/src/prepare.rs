//! Making a message in two steps, with the key in between: prepared here, signed anywhere, finished here.

use chancery_certificate::asn1::tag::{self, INTEGER};
use chancery_certificate::{Certificate, asn1};
use chancery_digest::{AnyDigest, Digest};
use chancery_key::{SignatureAlgorithm, SignatureValue, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::around::Around;
use crate::attribute::Attribute;
use crate::attributes::{
    CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
};
use crate::error::CmsError;
use crate::ess;
use crate::message::SignedMessage;

/// What a message with one signer will hold.
///
/// The signed attributes content-type, message-digest and signing-certificate-v2 are always there; a
/// signing-time only if it is asked for (PAdES forbids it, EN 319 142-1, 6.3).
///
/// ```no_run
/// use chancery_cms::Preparation;
/// use chancery_digest::{AnyDigest, DigestAlgorithm};
/// use chancery_key::Signer;
///
/// # fn sign(alice: &impl Signer, contract: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
/// let digest = alice.algorithm().digest().digest(contract);
/// let prepared = Preparation::new(alice.chain(), alice.algorithm(), digest).prepare()?; // pure, needs no key
/// let signature = alice.sign(prepared.to_be_signed())?; // here or on another continent, now or tomorrow
/// let message = prepared.finish(signature)?; // verifies the value before anything is written
/// # Ok(message.into_bytes())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Preparation<'a> {
    chain: &'a [Certificate],
    algorithm: SignatureAlgorithm,
    content_digest: Digest,
    content: Option<Vec<u8>>,
    content_type: Oid,
    attributes: Vec<Attribute>,
    further_certificates: Vec<Certificate>,
    included: Included,
}

/// Which certificates the message will hold.
#[derive(Copy, Clone, Debug)]
enum Included {
    Chain,
    None,
}

impl<'a> Preparation<'a> {
    /// A detached signature over content with this digest. The first certificate of the chain is the
    /// signer's; all are put into the message.
    #[must_use]
    pub const fn new(
        chain: &'a [Certificate],
        algorithm: SignatureAlgorithm,
        content_digest: Digest,
    ) -> Self {
        Self {
            chain,
            algorithm,
            content_digest,
            content: None,
            content_type: DATA,
            attributes: Vec::new(),
            further_certificates: Vec::new(),
            included: Included::Chain,
        }
    }

    /// A signature that carries its content with it.
    #[must_use]
    pub fn enclosing(chain: &'a [Certificate], algorithm: SignatureAlgorithm, content: Vec<u8>) -> Self {
        let digest = algorithm.digest().digest(&content);
        Self { content: Some(content), ..Self::new(chain, algorithm, digest) }
    }

    /// The type of the content, if it is not plain data.
    #[must_use]
    pub const fn content_type(mut self, content_type: Oid) -> Self {
        self.content_type = content_type;
        self
    }

    /// Adds the claimed time of signing, to the second.
    #[must_use]
    pub fn signing_time(self, time: Timestamp) -> Self {
        self.attribute(Attribute::new(SIGNING_TIME, asn1::time(time)))
    }

    /// Adds a signed attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// Adds a certificate that helps to verify, beside the chain.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.further_certificates.push(certificate);
        self
    }

    /// Leaves all certificates out: for answers to those who have them already (RFC 3161, 2.4.1, `certReq`).
    #[must_use]
    pub const fn without_certificates(mut self) -> Self {
        self.included = Included::None;
        self
    }

    /// Fixes what will be signed.
    ///
    /// # Errors
    /// The chain is empty, the content was digested with another algorithm than the signature's, the algorithm
    /// has no object identifier, or an attribute is given twice, is one that is written anyway, or has a value that is not one DER element.
    pub fn prepare(self) -> Result<PreparedMessage, CmsError> {
        let signer = self.chain.first().ok_or(CmsError::EmptyChain)?;
        let digest = self.algorithm.digest();
        if self.content_digest.algorithm() != digest {
            return Err(CmsError::DigestAlgorithm {
                content: self.content_digest.algorithm().name(),
                signature: digest.name(),
            });
        }
        let mut attributes = vec![
            Attribute::new(CONTENT_TYPE, asn1::oid(&self.content_type)),
            Attribute::new(MESSAGE_DIGEST, asn1::octet_string(self.content_digest.as_bytes())),
            Attribute::new(SIGNING_CERTIFICATE_V2, ess::write_v2(signer, digest)),
        ];
        for attribute in self.attributes {
            attribute.check_values()?;
            let oid = attribute.oid();
            if oid == SIGNING_CERTIFICATE || attributes.iter().any(|other| other.oid() == oid) {
                return Err(CmsError::AttributeTaken { oid });
            }
            attributes.push(attribute);
        }
        let attributes = asn1::set_of(attributes.iter().map(Attribute::to_der).collect());
        let mut certificates: Vec<Certificate> = Vec::new();
        let included = match self.included {
            Included::Chain => self.chain,
            Included::None => &[],
        };
        for certificate in included.iter().chain(&self.further_certificates) {
            if !certificates.contains(certificate) {
                certificates.push(certificate.clone());
            }
        }
        Ok(PreparedMessage {
            signature_algorithm: self.algorithm.to_algorithm_identifier()?,
            to_be_signed: ToBeSigned::new(self.algorithm, attributes),
            content_type: self.content_type,
            content: self.content,
            signer: signer.clone(),
            certificates,
        })
    }
}

/// A message that lacks only the signature value. Holds no key and, if detached, no content.
///
/// It can wait: [`to_bytes`](Self::to_bytes) and [`from_bytes`](Self::from_bytes).
#[derive(Clone, Debug)]
pub struct PreparedMessage {
    pub(crate) to_be_signed: ToBeSigned,
    /// The algorithm of the signature as a DER AlgorithmIdentifier.
    pub(crate) signature_algorithm: Vec<u8>,
    pub(crate) content_type: Oid,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) signer: Certificate,
    /// Those that the message will hold.
    pub(crate) certificates: Vec<Certificate>,
}

impl PreparedMessage {
    /// What the key has to sign: the signed attributes in DER (RFC 5652, 5.4).
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        &self.to_be_signed
    }

    /// The certificate of the one who is to sign.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// Puts the signature value in its place.
    ///
    /// A value that came from outside (a token, a service, a person) is verified first; one that our own
    /// software signer made for exactly these bytes is not verified twice.
    ///
    /// # Errors
    /// The value is not a signature of the prepared bytes by the key of the signer's certificate.
    pub fn finish(&self, signature: SignatureValue) -> Result<SignedMessage, CmsError> {
        let checked = signature.check(&self.signer, &self.to_be_signed)?;
        SignedMessage::read(self.assemble(checked.as_bytes()), &self.certificates)
    }

    /// The length of the finished message for a signature value of this many bytes, so that room for it can be
    /// reserved.
    #[must_use]
    pub fn finished_len(&self, signature_len: usize) -> usize {
        self.assemble(&vec![0; signature_len]).len()
    }

    /// ContentInfo, SignedData, SignerInfo (RFC 5652, 3 and 5).
    fn assemble(&self, signature: &[u8]) -> Vec<u8> {
        let algorithm = self.to_be_signed.algorithm();
        let digest_algorithm = asn1::sequence(&[&asn1::oid(&algorithm.digest().oid())]);
        // RFC 5652, 5.1: version 1 for plain data and signers named by issuer and serial number, else 3.
        let version = asn1::integer(if self.content_type == DATA { &[1] } else { &[3] });
        let mut certificates: Vec<&[u8]> = self.certificates.iter().map(Certificate::to_der).collect();
        certificates.sort_unstable();
        let certificates = match certificates.as_slice() {
            [] => Vec::new(),
            some => asn1::encode(tag::constructed(0), &some.concat()),
        };
        let signer_info = self.assemble_signer(&digest_algorithm, signature);
        let content = match &self.content {
            None => Around::default(),
            Some(content) => {
                Around::new(content).wrapped_in(tag::OCTET_STRING).wrapped_in(tag::constructed(0))
            }
        };
        let encapsulated = content.preceded_by(&[&asn1::oid(&self.content_type)]).wrapped_in(tag::SEQUENCE);
        let signed_data = encapsulated
            .preceded_by(&[&version, &asn1::encode(tag::SET, &digest_algorithm)])
            .followed_by(&[&certificates, &asn1::encode(tag::SET, &signer_info)])
            .wrapped_in(tag::SEQUENCE);
        let info = signed_data.wrapped_in(tag::constructed(0)).preceded_by(&[&asn1::oid(&SIGNED_DATA)]);
        info.wrapped_in(tag::SEQUENCE).into_bytes()
    }

    fn assemble_signer(&self, digest_algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
        let serial = asn1::encode(INTEGER, self.signer.serial());
        let mut signed_attributes = self.to_be_signed.bytes().to_vec();
        if let Some(first) = signed_attributes.first_mut() {
            *first = tag::constructed(0);
        }
        asn1::sequence(&[
            &asn1::integer(&[1]),
            &asn1::sequence(&[self.signer.issuer().to_der(), &serial]),
            digest_algorithm,
            &signed_attributes,
            &self.signature_algorithm,
            &asn1::octet_string(signature),
        ])
    }
}
