//! What a certificate shall say.

use chancery_certificate::KeyUsage;
use chancery_certificate::asn1::{self, tag};
use chancery_key::{KeyKind, SignatureAlgorithm, SoftwareKey};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::{TestExtension, encoding, keys, oid};

/// A certificate to be, as it should look: ordinary from one of the constructors, odd after a few changes.
///
/// The authority that issues it adds key identifiers and its own URLs, unless the profile has these extensions
/// already or says that they shall be [missing](Self::without_extension).
///
/// ```
/// use chancery_key::KeyKind;
/// use chancery_testkit::{Profile, TestPki, oid};
///
/// let pki = TestPki::at("2026-11-21T12:00:00Z".parse()?);
/// let web = pki.issue(Profile::signer("Alice", KeyKind::P256).extended_key_usage(&[oid::SERVER_AUTHENTICATION]));
/// let fake = pki.issue(Profile::authority("No authority", KeyKind::P256).without_extension(oid::BASIC_CONSTRAINTS));
/// let old = pki.issue(Profile::signer("Alice", KeyKind::P256)
///     .valid("2020-01-01T00:00:00Z".parse()?, "2021-01-01T00:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Profile {
    pub(crate) subject: Vec<u8>,
    pub(crate) key: KeySource,
    pub(crate) validity: Option<(Timestamp, Timestamp)>,
    pub(crate) serial: Option<Vec<u8>>,
    pub(crate) algorithm: Option<SignatureAlgorithm>,
    pub(crate) inner_algorithm: Option<SignatureAlgorithm>,
    pub(crate) extensions: Vec<TestExtension>,
    pub(crate) missing: Vec<Oid>,
    pub(crate) signature: SignatureCondition,
}

/// Where the key of the subject comes from.
pub(crate) enum KeySource {
    Fresh(KeyKind),
    Given(Box<SoftwareKey>),
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fresh(kind) => write!(f, "Fresh({kind})"),
            Self::Given(_) => f.write_str("Given"),
        }
    }
}

/// Whether the signature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureCondition {
    Sound,
    Damaged,
}

impl Profile {
    /// A person who signs documents: key usage digitalSignature and nonRepudiation, purposes documentSigning
    /// (RFC 9336) and emailProtection.
    #[must_use]
    pub fn signer(common_name: &str, kind: KeyKind) -> Self {
        Self::bare(common_name, kind)
            .key_usage(&[KeyUsage::DigitalSignature, KeyUsage::NonRepudiation])
            .extended_key_usage(&[oid::DOCUMENT_SIGNING, oid::EMAIL_PROTECTION])
    }

    /// An authority that may issue certificates: critical basic constraints, keyCertSign and cRLSign.
    #[must_use]
    pub fn authority(common_name: &str, kind: KeyKind) -> Self {
        Self::bare(common_name, kind)
            .extension(TestExtension::critical(oid::BASIC_CONSTRAINTS, encoding::authority_constraints(None)))
            .key_usage(&[KeyUsage::CertificateSign, KeyUsage::CrlSign])
    }

    /// A timestamp authority: timeStamping as its only purpose, critical (RFC 3161 §2.3).
    #[must_use]
    pub fn timestamp_authority(common_name: &str, kind: KeyKind) -> Self {
        Self::bare(common_name, kind).key_usage(&[KeyUsage::DigitalSignature]).extension(
            TestExtension::critical(oid::EXTENDED_KEY_USAGE, encoding::oids(&[oid::TIME_STAMPING])),
        )
    }

    /// An OCSP responder to which the issuer delegates, itself exempt from the question (`id-pkix-ocsp-nocheck`).
    #[must_use]
    pub fn ocsp_responder(common_name: &str, kind: KeyKind) -> Self {
        Self::bare(common_name, kind)
            .key_usage(&[KeyUsage::DigitalSignature])
            .extended_key_usage(&[oid::OCSP_SIGNING])
            .extension(TestExtension::plain(oid::OCSP_NO_CHECK, asn1::null()))
    }

    /// Somebody who enters by TLS: key usage digitalSignature, purpose clientAuth.
    #[must_use]
    pub fn tls_client(common_name: &str, kind: KeyKind) -> Self {
        Self::bare(common_name, kind)
            .key_usage(&[KeyUsage::DigitalSignature])
            .extended_key_usage(&[oid::CLIENT_AUTHENTICATION])
    }

    /// A host that serves by TLS: key usage digitalSignature, purpose serverAuth, its name as alternative name.
    #[must_use]
    pub fn tls_server(host: &str, kind: KeyKind) -> Self {
        let names = asn1::sequence(&[&asn1::encode(tag::primitive(2), host.as_bytes())]);
        Self::bare(host, kind)
            .key_usage(&[KeyUsage::DigitalSignature])
            .extended_key_usage(&[oid::SERVER_AUTHENTICATION])
            .extension(TestExtension::plain(oid::SUBJECT_ALTERNATIVE_NAME, names))
    }

    /// A certificate that says nothing about what it is for.
    #[must_use]
    pub fn bare(common_name: &str, kind: KeyKind) -> Self {
        Self {
            subject: encoding::name(common_name),
            key: KeySource::Fresh(kind),
            validity: None,
            serial: None,
            algorithm: None,
            inner_algorithm: None,
            extensions: Vec::new(),
            missing: Vec::new(),
            signature: SignatureCondition::Sound,
        }
    }

    /// Valid in this time. Default: from one year before to two years after the present of the PKI; authorities
    /// from five years before to ten after.
    #[must_use]
    pub fn valid(self, not_before: Timestamp, not_after: Timestamp) -> Self {
        Self { validity: Some((not_before, not_after)), ..self }
    }

    /// With this key, instead of a new one.
    #[must_use]
    pub fn with_key(self, key: &SoftwareKey) -> Self {
        Self { key: KeySource::Given(Box::new(keys::copy(key))), ..self }
    }

    /// With this subject: the DER of a Name.
    #[must_use]
    pub fn subject(self, name: Vec<u8>) -> Self {
        Self { subject: name, ..self }
    }

    /// With this serial number: the content octets of the INTEGER, as they shall stand. Default: 16 random octets.
    #[must_use]
    pub fn serial(self, content: Vec<u8>) -> Self {
        Self { serial: Some(content), ..self }
    }

    /// Signed by the authority with this algorithm. Default: what its key does by default.
    #[must_use]
    pub fn signed_with(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Naming this algorithm inside of what is signed, whatever it is signed with: the two must be equal
    /// (RFC 5280 §4.1.1.2), so a verifier has to refuse the certificate when they differ.
    #[must_use]
    pub fn claiming_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { inner_algorithm: Some(algorithm), ..self }
    }

    /// With this key usage (critical), instead of the one it has.
    #[must_use]
    pub fn key_usage(self, usages: &[KeyUsage]) -> Self {
        self.extension(TestExtension::critical(oid::KEY_USAGE, encoding::key_usage(usages)))
    }

    /// For these purposes, instead of those it has.
    #[must_use]
    pub fn extended_key_usage(self, purposes: &[Oid]) -> Self {
        self.extension(TestExtension::plain(oid::EXTENDED_KEY_USAGE, encoding::oids(purposes)))
    }

    /// An authority below which there may be only so many more authorities (`pathLenConstraint`).
    #[must_use]
    pub fn path_length(self, length: u8) -> Self {
        let constraints = encoding::authority_constraints(Some(length));
        self.extension(TestExtension::critical(oid::BASIC_CONSTRAINTS, constraints))
    }

    /// With a critical extension that no software knows: a verifier must refuse it (RFC 5280 §4.2).
    #[must_use]
    pub fn unknown_critical_extension(self) -> Self {
        self.extension(TestExtension::critical(oid::UNKNOWN_EXTENSION, asn1::null()))
    }

    /// With this extension, instead of the one of the same kind.
    #[must_use]
    pub fn extension(mut self, extension: TestExtension) -> Self {
        self.extensions.retain(|present| present.oid != extension.oid);
        self.missing.retain(|missing| *missing != extension.oid);
        self.extensions.push(extension);
        self
    }

    /// With this extension twice or more: a certificate that no one should read.
    #[must_use]
    pub fn repeated_extension(mut self, extension: TestExtension) -> Self {
        self.extensions.extend([extension.clone(), extension]);
        self
    }

    /// Without this extension, also if authorities usually add it.
    #[must_use]
    pub fn without_extension(mut self, kind: Oid) -> Self {
        self.extensions.retain(|present| present.oid != kind);
        self.missing.push(kind);
        self
    }

    /// With a signature that does not hold.
    #[must_use]
    pub fn with_damaged_signature(self) -> Self {
        Self { signature: SignatureCondition::Damaged, ..self }
    }

    /// Whether the profile is that of an authority.
    pub(crate) fn is_authority(&self) -> bool {
        self.extensions.iter().any(|extension| extension.oid == oid::BASIC_CONSTRAINTS)
    }
}
