//! OCSP answers (RFC 6960).

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, Asn1Error, Element, tag};
use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_key::{SignatureAlgorithm, SoftwareKey};
use jiff::Timestamp;

use crate::{Revocation, RevocationReason, TestAuthority, TestExtension, TestIdentity, encoding, oid};

/// What an answer says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcspStatus {
    /// Not revoked, as far as the responder knows.
    Good,
    /// Revoked.
    Revoked(Revocation),
    /// The responder knows nothing of such a certificate.
    Unknown,
}

/// An answer to be: by default what the authority knows, signed by the authority itself.
///
/// ```
/// use chancery_key::KeyKind;
/// use chancery_testkit::{OcspAnswer, OcspStatus, Profile, TestPki};
///
/// let now: jiff::Timestamp = "2026-11-21T12:00:00Z".parse()?;
/// let pki = TestPki::at(now);
/// let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
/// let answer = OcspAnswer::about(alice.certificate(), pki.issuing(), now).status(OcspStatus::Unknown).sign();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OcspAnswer<'a> {
    authority: &'a TestAuthority,
    certificate_id: Vec<u8>,
    status: OcspStatus,
    produced_at: Timestamp,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    nonce: Option<Vec<u8>>,
    delegate: Option<&'a TestIdentity>,
    algorithm: Option<SignatureAlgorithm>,
    single_extensions: Vec<TestExtension>,
    others: Vec<Vec<u8>>,
    certificates: Vec<Certificate>,
}

impl<'a> OcspAnswer<'a> {
    /// An answer about a certificate of this authority, as of this time; the next one is due a day later. The
    /// certificate is named by SHA-1 digests, as nearly everybody does.
    #[must_use]
    pub fn about(certificate: &Certificate, authority: &'a TestAuthority, at: Timestamp) -> Self {
        Self::for_serial(certificate.serial(), authority, at)
    }

    fn for_serial(serial: &[u8], authority: &'a TestAuthority, at: Timestamp) -> Self {
        let certificate_id = certificate_id(LegacyDigest::Sha1.into(), authority, serial);
        Self {
            authority,
            certificate_id,
            status: known_status(authority, serial),
            produced_at: at,
            this_update: at,
            next_update: Some(at + jiff::SignedDuration::from_hours(24)),
            nonce: None,
            delegate: None,
            algorithm: None,
            single_extensions: Vec::new(),
            others: Vec::new(),
            certificates: Vec::new(),
        }
    }

    /// Says this, whatever the authority knows.
    #[must_use]
    pub fn status(self, status: OcspStatus) -> Self {
        Self { status, ..self }
    }

    /// Current from the first time to the second; `None`: newer information is always available.
    #[must_use]
    pub fn current(self, this_update: Timestamp, next_update: Option<Timestamp>) -> Self {
        Self { this_update, next_update, ..self }
    }

    /// Signed at this time.
    #[must_use]
    pub fn produced_at(self, produced_at: Timestamp) -> Self {
        Self { produced_at, ..self }
    }

    /// Repeats this nonce: the DER of the extension's value.
    #[must_use]
    pub fn nonce(self, nonce: Vec<u8>) -> Self {
        Self { nonce: Some(nonce), ..self }
    }

    /// Signed by this responder instead of the authority; its certificate goes along.
    #[must_use]
    pub fn delegated(self, responder: &'a TestIdentity) -> Self {
        Self { delegate: Some(responder), ..self }
    }

    /// With this extension in what it says of the certificate (`singleExtensions`).
    #[must_use]
    pub fn single_extension(mut self, extension: TestExtension) -> Self {
        self.single_extensions.push(extension);
        self
    }

    /// Says after that, in the same answer, what the other one says.
    #[must_use]
    pub fn and(mut self, other: &OcspAnswer<'_>) -> Self {
        self.others.push(other.single_response());
        self
    }

    /// Brings these certificates along, before that of the responder.
    #[must_use]
    pub fn bringing(self, certificates: Vec<Certificate>) -> Self {
        Self { certificates, ..self }
    }

    /// The authority whose certificate it is about.
    pub(crate) fn authority(&self) -> &'a TestAuthority {
        self.authority
    }

    /// About another certificate of the same authority, with the same status.
    pub(crate) fn with_serial(self, serial: &[u8]) -> Self {
        Self { certificate_id: certificate_id(LegacyDigest::Sha1.into(), self.authority, serial), ..self }
    }

    /// Names the certificate with digests by this algorithm.
    ///
    /// # Panics
    ///
    /// Never: the identifier that is replaced is our own.
    #[must_use]
    pub fn digest(self, digest: DigestAlgorithm) -> Self {
        let serial =
            CertificateId::read(&self.certificate_id).expect("an identifier of our own").serial.to_vec();
        Self { certificate_id: certificate_id(digest.into(), self.authority, &serial), ..self }
    }

    /// Signed with this algorithm.
    #[must_use]
    pub fn signed_with(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// The whole OCSPResponse as DER.
    ///
    /// ```asn1
    /// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
    /// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
    /// BasicOCSPResponse ::= SEQUENCE {
    ///     tbsResponseData, signatureAlgorithm, signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
    /// ```
    #[must_use]
    pub fn sign(&self) -> Vec<u8> {
        let key: &SoftwareKey = self.delegate.map_or(self.authority.key(), TestIdentity::key);
        let algorithm = self.algorithm.unwrap_or_else(|| key.default_algorithm());
        let data = self.response_data();
        let (identifier, signature) = encoding::signed(&data, algorithm, key);
        let delegate = self.delegate.map(TestIdentity::certificate);
        let certificates: Vec<_> =
            self.certificates.iter().chain(delegate).map(Certificate::to_der).collect();
        let certificates = match certificates.as_slice() {
            [] => Vec::new(),
            some => asn1::encode(tag::constructed(0), &asn1::sequence(some)),
        };
        let basic = asn1::sequence(&[&data, &identifier, &signature, &certificates]);
        let bytes = asn1::sequence(&[&asn1::oid(&oid::OCSP_BASIC), &asn1::octet_string(&basic)]);
        asn1::sequence(&[&asn1::encode(tag::ENUMERATED, &[0]), &asn1::encode(tag::constructed(0), &bytes)])
    }

    /// ```asn1
    /// ResponseData ::= SEQUENCE {
    ///     responderID CHOICE { byName [1] EXPLICIT Name, byKey [2] EXPLICIT OCTET STRING }, producedAt GeneralizedTime,
    ///     responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT Extensions OPTIONAL }
    /// ```
    fn response_data(&self) -> Vec<u8> {
        let responder = match self.delegate {
            Some(delegate) => {
                let identifier = encoding::key_identifier(delegate.certificate().public_key_info());
                asn1::encode(tag::constructed(2), &asn1::octet_string(&identifier))
            }
            None => asn1::encode(tag::constructed(1), self.authority.certificate().subject().to_der()),
        };
        let nonce = self.nonce.iter().map(|nonce| TestExtension::plain(oid::OCSP_NONCE, nonce.clone()));
        asn1::sequence(&[
            &responder,
            &whole_seconds(self.produced_at),
            &asn1::sequence(&[&self.single_response(), &self.others.concat()]),
            &encoding::extensions(1, &nonce.collect::<Vec<_>>()),
        ])
    }

    /// ```asn1
    /// SingleResponse ::= SEQUENCE { certID CertID,
    ///     certStatus CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL },
    ///     thisUpdate GeneralizedTime, nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL, … }
    /// RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
    /// ```
    fn single_response(&self) -> Vec<u8> {
        let status = match self.status {
            OcspStatus::Good => asn1::encode(tag::primitive(0), &[]),
            OcspStatus::Unknown => asn1::encode(tag::primitive(2), &[]),
            OcspStatus::Revoked(Revocation { at, reason, .. }) => {
                let reason = match reason {
                    RevocationReason::Unspecified => Vec::new(),
                    reason => {
                        asn1::encode(tag::constructed(0), &asn1::encode(tag::ENUMERATED, &[reason.code()]))
                    }
                };
                asn1::encode(tag::constructed(1), &[whole_seconds(at), reason].concat())
            }
        };
        let next_update =
            self.next_update.map(|next| asn1::encode(tag::constructed(0), &whole_seconds(next)));
        asn1::sequence(&[
            &self.certificate_id,
            &status,
            &whole_seconds(self.this_update),
            &next_update.unwrap_or_default(),
            &encoding::extensions(1, &self.single_extensions),
        ])
    }
}

/// An OCSPResponse without an answer, with this status: 1 malformedRequest, 2 internalError, 3 tryLater, 6 unauthorized.
pub(crate) fn refusal(status: u8) -> Vec<u8> {
    asn1::sequence(&[&asn1::encode(tag::ENUMERATED, &[status])])
}

/// A question that came in: which certificate, and which nonce.
///
/// ```asn1
/// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
/// TBSRequest ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1, requestorName [1] EXPLICIT GeneralName OPTIONAL,
///     requestList SEQUENCE OF SEQUENCE { reqCert CertID, … }, requestExtensions [2] EXPLICIT Extensions OPTIONAL }
/// ```
pub(crate) struct OcspQuestion {
    certificate_id: Vec<u8>,
    nonce: Option<Vec<u8>>,
}

impl OcspQuestion {
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(der, tag::SEQUENCE)?.reader().expect(tag::SEQUENCE)?.reader();
        fields.optional(tag::constructed(0))?;
        fields.optional(tag::constructed(1))?;
        let mut list = fields.expect(tag::SEQUENCE)?.reader();
        let certificate_id = list.expect(tag::SEQUENCE)?.reader().expect(tag::SEQUENCE)?.raw.to_vec();
        let extensions = match fields.optional(tag::constructed(2))? {
            Some(explicit) => {
                chancery_certificate::Extension::read_all(explicit.reader().expect(tag::SEQUENCE)?.reader())?
            }
            None => Vec::new(),
        };
        let nonce = extensions.into_iter().find(|extension| extension.oid == oid::OCSP_NONCE);
        Ok(Self { certificate_id, nonce: nonce.map(|extension| extension.value) })
    }

    /// The answer of the authority that the question names, if it is among these.
    pub(crate) fn answer<'a>(
        &self,
        authorities: impl IntoIterator<Item = &'a TestAuthority>,
        at: Timestamp,
    ) -> Option<OcspAnswer<'a>> {
        let id = CertificateId::read(&self.certificate_id).ok()?;
        let authority = authorities.into_iter().find(|authority| id.names(authority))?;
        let answer = OcspAnswer::for_serial(id.serial, authority, at);
        Some(OcspAnswer { certificate_id: self.certificate_id.clone(), nonce: self.nonce.clone(), ..answer })
    }
}

/// ```asn1
/// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
///     serialNumber CertificateSerialNumber }
/// ```
struct CertificateId<'a> {
    digest: Option<KnownDigest>,
    issuer_name: &'a [u8],
    issuer_key: &'a [u8],
    serial: &'a [u8],
}

impl<'a> CertificateId<'a> {
    fn read(der: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(der, tag::SEQUENCE)?.reader();
        let algorithm = fields.expect(tag::SEQUENCE)?.reader().expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let issuer_name = fields.expect(tag::OCTET_STRING)?.content;
        let issuer_key = fields.expect(tag::OCTET_STRING)?.content;
        let serial = fields.expect(tag::INTEGER)?.integer()?;
        Ok(Self { digest: KnownDigest::from_oid(&algorithm), issuer_name, issuer_key, serial })
    }

    fn names(&self, authority: &TestAuthority) -> bool {
        self.digest.is_some_and(|digest| {
            let (name, key) = issuer_digests(digest, authority);
            name == self.issuer_name && key == self.issuer_key
        })
    }
}

fn certificate_id(digest: KnownDigest, authority: &TestAuthority, serial: &[u8]) -> Vec<u8> {
    let (name, key) = issuer_digests(digest, authority);
    let algorithm = asn1::sequence(&[&asn1::oid(&digest.oid()), &asn1::null()]);
    asn1::sequence(&[
        &algorithm,
        &asn1::octet_string(&name),
        &asn1::octet_string(&key),
        &encoding::serial(serial),
    ])
}

fn issuer_digests(digest: KnownDigest, authority: &TestAuthority) -> (Vec<u8>, Vec<u8>) {
    let certificate = authority.certificate();
    let name = digest.digest(certificate.subject().to_der());
    let key = digest.digest(certificate.public_key_bits());
    (name.as_bytes().to_vec(), key.as_bytes().to_vec())
}

fn known_status(authority: &TestAuthority, serial: &[u8]) -> OcspStatus {
    match authority.state(serial) {
        None => OcspStatus::Unknown,
        Some(None) => OcspStatus::Good,
        Some(Some(revocation)) => OcspStatus::Revoked(revocation),
    }
}

/// GeneralizedTime without a fraction (RFC 6960 §4.2.2.1, by reference to RFC 5280 §4.1.2.5.2).
fn whole_seconds(time: Timestamp) -> Vec<u8> {
    asn1::generalized_time(Timestamp::from_second(time.as_second()).unwrap_or(time))
}
