//! An authority that issues what it is told, revokes it, and says so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, Name};
use chancery_key::{SignatureAlgorithm, SoftwareKey};
use jiff::{SignedDuration, Timestamp};

use crate::profile::{KeySource, SignatureCondition};
use crate::{CrlProfile, Profile, Revocation, TestExtension, TestIdentity, encoding, keys, oid};

/// Where an authority's services are, as the certificates that it issues say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations {
    /// The URL of its revocation list.
    pub crl: String,
    /// The URL of its OCSP responder.
    pub ocsp: String,
    /// The URL of its own certificate.
    pub certificate: String,
}

impl Locations {
    /// `base/name.crl`, `base/ocsp` and `base/name.cer`.
    #[must_use]
    pub fn under(base: &str, name: &str) -> Self {
        Self {
            crl: format!("{base}/{name}.crl"),
            ocsp: format!("{base}/ocsp"),
            certificate: format!("{base}/{name}.cer"),
        }
    }
}

/// An authority for tests: it issues certificates by [`Profile`], keeps who was revoked, and signs lists and answers.
///
/// [`TestPki`](crate::TestPki) has two, which suffice for most tests; more come from [`TestAuthority::root`] and
/// [`TestAuthority::subordinate`].
pub struct TestAuthority {
    identity: TestIdentity,
    subject: Name,
    /// Present of the authority when it was made: the middle of the default validities.
    now: Timestamp,
    locations: Locations,
    register: Mutex<BTreeMap<Vec<u8>, Option<Revocation>>>,
    lists: AtomicU64,
    rsa_keys: AtomicUsize,
}

impl TestAuthority {
    /// A root: it certifies itself, and is valid from ten years before `now` to twenty years after.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    #[must_use]
    pub fn root(profile: Profile, now: Timestamp, locations: Locations) -> Self {
        let (key, profile) = subject_key(profile, &AtomicUsize::new(0));
        let subject = encoding::parsed_name(&profile.subject);
        let issuer = Issuer { key: &key, name: &subject, certificate: None, locations: &locations };
        let default = (years(now, -10), years(now, 20));
        let certificate = certificate(&issuer, &profile, &key, default);
        Self::new(TestIdentity { key, chain: vec![certificate] }, now, locations)
    }

    /// An authority certified by this one.
    #[must_use]
    pub fn subordinate(&self, profile: Profile, locations: Locations) -> Self {
        Self::new(self.issue(profile), self.now, locations)
    }

    /// Another authority of the same name and URLs with another key: what a forger would make.
    #[must_use]
    pub fn impostor(&self) -> Self {
        let kind = self.identity.key.public_key().kind();
        let profile = Profile::authority("Impostor", kind).subject(self.subject.to_der().to_vec());
        Self::root(profile, self.now, self.locations.clone())
    }

    fn new(identity: TestIdentity, now: Timestamp, locations: Locations) -> Self {
        let subject = identity.certificate().subject().clone();
        let (register, lists, rsa_keys) = (Mutex::default(), AtomicU64::new(0), AtomicUsize::new(0));
        Self { identity, subject, now, locations, register, lists, rsa_keys }
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.identity.certificate()
    }

    /// Its certificate with its key.
    #[must_use]
    pub fn identity(&self) -> &TestIdentity {
        &self.identity
    }

    /// Where its services are.
    #[must_use]
    pub fn locations(&self) -> &Locations {
        &self.locations
    }

    /// Issues a certificate as the profile says, with a new key or the one given.
    ///
    /// # Panics
    ///
    /// If the certificate cannot be made at all: no randomness, or an algorithm that the key does not do; or if
    /// what came out is no certificate that can be read (for those there is [`TestAuthority::issue_der`]).
    #[must_use]
    pub fn issue(&self, profile: Profile) -> TestIdentity {
        let (key, profile) = subject_key(profile, &self.rsa_keys);
        let certificate = certificate(&self.as_issuer(), &profile, &key, self.default_validity(&profile));
        self.register().insert(certificate.serial().to_vec(), None);
        let above = self.identity.chain.iter().filter(|above| !above.is_self_issued()).cloned();
        let chain = std::iter::once(certificate).chain(above).collect();
        TestIdentity { key, chain }
    }

    /// The same, as DER, whether or not it can be read.
    ///
    /// # Panics
    ///
    /// If the certificate cannot be made: no randomness, or an algorithm that the key does not do.
    #[must_use]
    pub fn issue_der(&self, profile: Profile) -> Vec<u8> {
        let (key, profile) = subject_key(profile, &self.rsa_keys);
        certificate_der(&self.as_issuer(), &profile, &key, self.default_validity(&profile))
    }

    /// Revokes one of its certificates: lists and answers made from now on say so.
    pub fn revoke(&self, certificate: &Certificate, revocation: Revocation) {
        self.register().insert(certificate.serial().to_vec(), Some(revocation));
    }

    /// A complete revocation list as DER, with all that is revoked at `this_update` or before.
    #[must_use]
    pub fn crl(&self, this_update: Timestamp, next_update: Timestamp) -> Vec<u8> {
        let number = self.lists.fetch_add(1, Ordering::Relaxed) + 1;
        let profile = CrlProfile::new(this_update).next_update(next_update).number(number);
        let register = self.register();
        let revoked = register
            .iter()
            .filter_map(|(serial, revocation)| Some((serial, (*revocation)?)))
            .filter(|(_, revocation)| revocation.at <= this_update);
        let profile =
            revoked.fold(profile, |profile, (serial, revocation)| profile.revoke(serial.clone(), revocation));
        drop(register);
        self.sign_crl(&profile)
    }

    /// Signs a revocation list that says exactly what the profile says.
    #[must_use]
    pub fn sign_crl(&self, profile: &CrlProfile) -> Vec<u8> {
        profile.sign(&self.subject, &self.key_identifier(), self.key())
    }

    /// What the authority knows of a serial number: `None` if it did not issue it.
    pub(crate) fn state(&self, serial: &[u8]) -> Option<Option<Revocation>> {
        self.register().get(serial).copied()
    }

    pub(crate) fn key(&self) -> &SoftwareKey {
        &self.identity.key
    }

    pub(crate) fn key_identifier(&self) -> Vec<u8> {
        encoding::key_identifier(self.key().public_key().to_info())
    }

    fn register(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Option<Revocation>>> {
        // A test that failed while holding it left the map whole.
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn as_issuer(&self) -> Issuer<'_> {
        Issuer {
            key: self.key(),
            name: &self.subject,
            certificate: Some(self.certificate()),
            locations: &self.locations,
        }
    }

    fn default_validity(&self, profile: &Profile) -> (Timestamp, Timestamp) {
        if profile.is_authority() {
            (years(self.now, -5), years(self.now, 10))
        } else {
            (years(self.now, -1), years(self.now, 2))
        }
    }
}

impl std::fmt::Debug for TestAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestAuthority({})", self.certificate().display_name())
    }
}

/// What of an authority goes into a certificate.
struct Issuer<'a> {
    key: &'a SoftwareKey,
    name: &'a Name,
    /// `None` while a root certifies itself.
    certificate: Option<&'a Certificate>,
    locations: &'a Locations,
}

/// Takes the key out of the profile, or makes it.
fn subject_key(profile: Profile, rsa_keys: &AtomicUsize) -> (SoftwareKey, Profile) {
    let key = match &profile.key {
        KeySource::Given(key) => keys::copy(key),
        KeySource::Fresh(kind) => keys::test_key(*kind, rsa_keys.fetch_add(1, Ordering::Relaxed)),
    };
    (key, profile)
}

fn certificate(
    issuer: &Issuer<'_>,
    profile: &Profile,
    key: &SoftwareKey,
    default: (Timestamp, Timestamp),
) -> Certificate {
    let der = certificate_der(issuer, profile, key, default);
    Certificate::from_der(&der)
        .unwrap_or_else(|error| panic!("the profile makes no readable certificate: {error}"))
}

/// ```asn1
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER, serialNumber INTEGER, signature AlgorithmIdentifier, issuer Name,
///     validity SEQUENCE { notBefore Time, notAfter Time }, subject Name, subjectPublicKeyInfo,
///     extensions [3] EXPLICIT Extensions OPTIONAL }
/// ```
/// RFC 5280 §4.1.
fn certificate_der(
    issuer: &Issuer<'_>,
    profile: &Profile,
    key: &SoftwareKey,
    default: (Timestamp, Timestamp),
) -> Vec<u8> {
    let algorithm = profile.algorithm.unwrap_or_else(|| issuer.key.default_algorithm());
    let (not_before, not_after) = profile.validity.unwrap_or(default);
    let public_key_info = key.public_key().to_info();
    let to_be_signed = asn1::sequence(&[
        &asn1::encode(tag::constructed(0), &asn1::integer(&[2])),
        &encoding::serial(&profile.serial.clone().unwrap_or_else(fresh_serial)),
        &encoding::identifier(profile.inner_algorithm.unwrap_or(algorithm)),
        issuer.name.to_der(),
        &asn1::sequence(&[&asn1::time(not_before), &asn1::time(not_after)]),
        &profile.subject,
        public_key_info,
        &encoding::extensions(3, &complete_extensions(issuer, profile, public_key_info)),
    ]);
    finished(&to_be_signed, algorithm, issuer.key, profile.signature)
}

fn finished(
    to_be_signed: &[u8],
    algorithm: SignatureAlgorithm,
    key: &SoftwareKey,
    condition: SignatureCondition,
) -> Vec<u8> {
    let (identifier, mut signature) = encoding::signed(to_be_signed, algorithm, key);
    if let (SignatureCondition::Damaged, Some(last)) = (condition, signature.last_mut()) {
        *last ^= 1;
    }
    asn1::sequence(&[to_be_signed, &identifier, &signature])
}

/// The extensions of the profile, and those that every authority adds unless told otherwise.
fn complete_extensions(issuer: &Issuer<'_>, profile: &Profile, public_key_info: &[u8]) -> Vec<TestExtension> {
    let key_identifier = encoding::key_identifier(public_key_info);
    let issuer_identifier = encoding::key_identifier(issuer.key.public_key().to_info());
    let mut added =
        vec![TestExtension::plain(oid::SUBJECT_KEY_IDENTIFIER, asn1::octet_string(&key_identifier))];
    if issuer.certificate.is_some() {
        let Locations { crl, ocsp, certificate } = issuer.locations;
        let issuer_key = asn1::encode(tag::primitive(0), &issuer_identifier);
        added.extend([
            TestExtension::plain(oid::AUTHORITY_KEY_IDENTIFIER, asn1::sequence(&[&issuer_key])),
            TestExtension::plain(oid::CRL_DISTRIBUTION_POINTS, encoding::distribution_points(crl)),
            TestExtension::plain(
                oid::AUTHORITY_INFORMATION_ACCESS,
                encoding::information_access(ocsp, certificate),
            ),
        ]);
    }
    let chosen =
        |kind| profile.missing.contains(&kind) || profile.extensions.iter().any(|own| own.oid == kind);
    added.retain(|extension| !chosen(extension.oid));
    profile.extensions.iter().cloned().chain(added).collect()
}

/// Sixteen octets, positive, not zero (RFC 5280 §4.1.2.2).
fn fresh_serial() -> Vec<u8> {
    let mut octets = keys::random::<16>();
    octets[0] = octets[0] & 0x3f | 0x40;
    octets.to_vec()
}

/// Years of 365 days: nothing here depends on the calendar.
fn years(from: Timestamp, count: i64) -> Timestamp {
    let seconds = count * 365 * 24 * 60 * 60;
    from.checked_add(SignedDuration::from_secs(seconds)).expect("a time within the range of timestamps")
}
