//! A chain of three certificates as people have them, and the bare verifications that it needs.

use chancery_certificate::{Certificate, KeyUsage, asn1};
use chancery_chain::TrustAnchors;
use chancery_key::{KeyKind, Provider};
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension};
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::{rfc4519, rfc5280};
use jiff::Timestamp;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::Sha256;

use crate::{BareKey, Outcome};

/// Different people, so that nobody's certificate is verified twice in a row.
const PEOPLE: usize = 64;

/// A root, an authority below it, and the certificates of people that it issued: by keys of one kind, with the
/// extensions that public authorities write.
pub struct Chain {
    /// Key usage for signing and authentication, purposes clientAuth and emailProtection.
    pub leaves: Vec<Certificate>,
    /// The authority below the root.
    pub intermediate: Certificate,
    /// The root.
    pub root: Certificate,
    /// The moment of everything.
    pub now: Timestamp,
}

impl Chain {
    /// A new one.
    ///
    /// # Errors
    /// Never.
    pub fn new(kind: KeyKind) -> Outcome<Self> {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
        let base = "http://pki.example.com";
        let authority = |name: &str| {
            let profile = Profile::authority(name, kind).subject(name_of(name, None));
            profile.extension(policies("2.5.29.32.0"))
        };
        let locations = Locations::under(base, "root");
        let root = TestAuthority::root(authority("Example Root Certification Authority"), now, locations);
        let locations = Locations::under(base, "issuing");
        let issuing = root.subordinate(authority("Example Issuing Certification Authority 7"), locations);
        let key = chancery_testkit::test_key(kind, 10);
        let leaves = (0..PEOPLE).map(|number| {
            let person = format!("Alice Example {number}");
            let profile = Profile::bare(&person, kind)
                .subject(name_of(&person, Some(&format!("PNOAT-{number:08}"))))
                .with_key(&key)
                .key_usage(&[KeyUsage::DigitalSignature, KeyUsage::NonRepudiation])
                .extended_key_usage(&[rfc5280::ID_KP_CLIENT_AUTH, rfc5280::ID_KP_EMAIL_PROTECTION])
                .extension(mailbox(&format!("alice{number}@example.com")))
                .extension(policies("0.4.0.194112.1.2"));
            issuing.issue(profile).certificate().clone()
        });
        let leaves = leaves.collect();
        let (intermediate, root) = (issuing.certificate().clone(), root.certificate().clone());
        Ok(Self { leaves, intermediate, root, now })
    }

    /// The certificate of this number's turn.
    ///
    /// # Errors
    /// Never.
    pub fn leaf(&self, number: u64) -> Outcome<&Certificate> {
        let place = usize::try_from(number)? % self.leaves.len();
        self.leaves.get(place).ok_or_else(|| "there is one".into())
    }

    /// Trusts the root.
    #[must_use]
    pub fn anchors(&self) -> TrustAnchors {
        TrustAnchors::new([self.root.clone()])
    }

    /// What the chain of any leaf needs of this provider, at least: the keys of intermediate and root, as the
    /// provider takes them.
    ///
    /// # Errors
    /// If the keys are neither P-256 nor RSA.
    pub fn bare(&self, provider: Provider) -> Outcome<[BarePublicKey; 2]> {
        Ok([BarePublicKey::of(&self.intermediate, provider)?, BarePublicKey::of(&self.root, provider)?])
    }

    /// The two verifications that a leaf needs.
    ///
    /// # Errors
    /// If one does not hold.
    pub fn verify_bare(&self, keys: &[BarePublicKey; 2], leaf: &Certificate) -> Outcome<()> {
        let [intermediate, root] = keys;
        intermediate.verify(leaf.to_be_signed(), leaf.signature())?;
        root.verify(self.intermediate.to_be_signed(), self.intermediate.signature())
    }
}

/// A public key as its provider takes it.
pub enum BarePublicKey {
    /// ECDSA by RustCrypto.
    P256(Box<p256::ecdsa::VerifyingKey>),
    /// RSA by RustCrypto, its arithmetic prepared.
    Rsa(Box<RsaPublicKey>),
    /// Either by AWS-LC, which reads the key in each call.
    #[cfg(feature = "aws-lc")]
    AwsLc(aws_lc_rs::signature::UnparsedPublicKey<Vec<u8>>),
}

impl BarePublicKey {
    /// The key of a certificate, as this provider takes it.
    ///
    /// # Errors
    /// If it is neither P-256 nor RSA.
    pub fn of(certificate: &Certificate, provider: Provider) -> Outcome<Self> {
        let bits = certificate.public_key_bits();
        // An uncompressed point begins with 4, the RSAPublicKey of PKCS#1 is a SEQUENCE.
        let is_point = bits.first() == Some(&4);
        match provider {
            Provider::RustCrypto if is_point => {
                Ok(Self::P256(Box::new(p256::ecdsa::VerifyingKey::from_sec1_bytes(bits)?)))
            }
            Provider::RustCrypto => Ok(Self::Rsa(Box::new(RsaPublicKey::from_pkcs1_der(bits)?))),
            #[cfg(feature = "aws-lc")]
            Provider::AwsLc => {
                use aws_lc_rs::signature::{
                    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
                };
                let algorithm: &'static dyn aws_lc_rs::signature::VerificationAlgorithm =
                    if is_point { &ECDSA_P256_SHA256_ASN1 } else { &RSA_PKCS1_2048_8192_SHA256 };
                Ok(Self::AwsLc(UnparsedPublicKey::new(algorithm, bits.to_vec())))
            }
            other => Err(format!("{other:?} is not measured").into()),
        }
    }

    /// Verifies a signature with SHA-256, PKCS#1 v1.5 for RSA.
    ///
    /// # Errors
    /// If it does not hold.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Outcome<()> {
        match self {
            Self::P256(key) => {
                let digest = BareKey::digest(message)?;
                Ok(key.verify_prehash(&digest, &p256::ecdsa::Signature::from_der(signature)?)?)
            }
            Self::Rsa(key) => {
                let digest = BareKey::digest(message)?;
                Ok(key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, signature)?)
            }
            #[cfg(feature = "aws-lc")]
            Self::AwsLc(key) => Ok(key.verify(message, signature)?),
        }
    }
}

/// Country, organisation, perhaps a number, and the common name.
fn name_of(common_name: &str, number: Option<&str>) -> Vec<u8> {
    let attribute = |oid: Oid, tag: u8, text: &str| {
        let pair = asn1::sequence(&[&asn1::oid(&oid), &asn1::encode(tag, text.as_bytes())]);
        asn1::encode(asn1::tag::SET, &pair)
    };
    let (printable, utf8) = (asn1::tag::PRINTABLE_STRING, asn1::tag::UTF8_STRING);
    let mut name = attribute(rfc4519::COUNTRY_NAME, printable, "AT");
    name.extend(attribute(rfc4519::ORGANIZATION_NAME, utf8, "Example Trust Services GmbH"));
    if let Some(number) = number {
        name.extend(attribute(rfc4519::SERIAL_NUMBER, printable, number));
    }
    name.extend(attribute(rfc4519::COMMON_NAME, utf8, common_name));
    asn1::sequence(&[&name])
}

/// `CertificatePolicies` with one policy (RFC 5280 §4.2.1.4).
fn policies(policy: &str) -> TestExtension {
    let policy = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(policy))]);
    TestExtension::plain(rfc5280::ID_CE_CERTIFICATE_POLICIES, asn1::sequence(&[&policy]))
}

/// `SubjectAltName` with one rfc822Name (RFC 5280 §4.2.1.6).
fn mailbox(address: &str) -> TestExtension {
    let name = asn1::encode(asn1::tag::primitive(1), address.as_bytes());
    TestExtension::plain(rfc5280::ID_CE_SUBJECT_ALT_NAME, asn1::sequence(&[&name]))
}
