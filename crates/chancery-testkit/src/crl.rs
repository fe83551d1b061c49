//! Certificate revocation lists (RFC 5280 §5).

use chancery_certificate::Name;
use chancery_certificate::asn1::{self, tag};
use chancery_key::SoftwareKey;
use jiff::Timestamp;

use crate::{Revocation, RevocationReason, TestExtension, encoding, oid};

/// A revocation list to be: exactly these entries, times and extensions.
///
/// ```
/// use chancery_testkit::{CrlProfile, TestPki};
///
/// let now: jiff::Timestamp = "2026-11-21T12:00:00Z".parse()?;
/// let pki = TestPki::at(now);
/// // A list that is over, signed by the issuing authority.
/// let stale = pki.issuing().sign_crl(&CrlProfile::new("2020-01-01T00:00:00Z".parse()?)
///     .next_update("2020-01-08T00:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CrlProfile {
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Vec<(Vec<u8>, Revocation)>,
    extensions: Vec<TestExtension>,
}

impl CrlProfile {
    /// An empty list as of this time.
    #[must_use]
    pub fn new(this_update: Timestamp) -> Self {
        Self { this_update, next_update: None, entries: Vec::new(), extensions: Vec::new() }
    }

    /// The next list is due at this time.
    #[must_use]
    pub fn next_update(self, next_update: Timestamp) -> Self {
        Self { next_update: Some(next_update), ..self }
    }

    /// With this number (extension cRLNumber).
    #[must_use]
    pub fn number(self, number: u64) -> Self {
        self.extension(TestExtension::plain(oid::CRL_NUMBER, asn1::integer(&number.to_be_bytes())))
    }

    /// With an entry for this serial number: its content octets.
    #[must_use]
    pub fn revoke(mut self, serial: Vec<u8>, revocation: Revocation) -> Self {
        self.entries.push((serial, revocation));
        self
    }

    /// With this extension.
    #[must_use]
    pub fn extension(mut self, extension: TestExtension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// ```asn1
    /// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
    /// TBSCertList ::= SEQUENCE {
    ///     version INTEGER (1), signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
    ///     revokedCertificates SEQUENCE OF SEQUENCE { userCertificate, revocationDate Time, crlEntryExtensions OPTIONAL } OPTIONAL,
    ///     crlExtensions [0] EXPLICIT Extensions OPTIONAL }
    /// ```
    pub(crate) fn sign(&self, issuer: &Name, key_identifier: &[u8], key: &SoftwareKey) -> Vec<u8> {
        let algorithm = key.default_algorithm();
        let issuer_key = asn1::sequence(&[&asn1::encode(tag::primitive(0), key_identifier)]);
        let extensions: Vec<_> =
            std::iter::once(TestExtension::plain(oid::AUTHORITY_KEY_IDENTIFIER, issuer_key))
                .chain(self.extensions.iter().cloned())
                .collect();
        let to_be_signed = asn1::sequence(&[
            &asn1::integer(&[1]),
            &encoding::identifier(algorithm),
            issuer.to_der(),
            &asn1::time(self.this_update),
            &self.next_update.map(asn1::time).unwrap_or_default(),
            &self.encoded_entries(),
            &encoding::extensions(0, &extensions),
        ]);
        let (identifier, signature) = encoding::signed(&to_be_signed, algorithm, key);
        asn1::sequence(&[&to_be_signed, &identifier, &signature])
    }

    /// Left out altogether when there is none (RFC 5280 §5.1.2.6).
    fn encoded_entries(&self) -> Vec<u8> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let entries: Vec<u8> =
            self.entries.iter().flat_map(|(serial, entry)| encoded(serial, entry)).collect();
        asn1::encode(tag::SEQUENCE, &entries)
    }
}

fn encoded(serial: &[u8], entry: &Revocation) -> Vec<u8> {
    let reason = (entry.reason != RevocationReason::Unspecified).then(|| {
        TestExtension::plain(oid::REASON_CODE, asn1::encode(tag::ENUMERATED, &[entry.reason.code()]))
    });
    let invalidity = entry
        .invalid_since
        .map(|since| TestExtension::plain(oid::INVALIDITY_DATE, asn1::generalized_time(since)));
    let extensions: Vec<u8> = reason.iter().chain(&invalidity).flat_map(encoding::extension).collect();
    let extensions =
        if extensions.is_empty() { extensions } else { asn1::encode(tag::SEQUENCE, &extensions) };
    asn1::sequence(&[&encoding::serial(serial), &asn1::time(entry.at), &extensions])
}
