//! PKCS#12 files: a private key, its certificate and those of its issuers, under one password.

use std::fmt;

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{AlgorithmIdentifier, Certificate};
use const_oid::ObjectIdentifier as Oid;
use zeroize::Zeroizing;

use crate::certificate_order;
use crate::key_file;
use crate::password::Password;
use crate::pbes;
use crate::pkcs12_error::Pkcs12Error;
use crate::pkcs12_mac;
use crate::public_key::PublicKey;
use crate::software_key::SoftwareKey;
use crate::software_signer::SoftwareSigner;
use crate::work::Work;

/// An opened PKCS#12 file (`.p12`, `.pfx`; RFC 7292), as OpenSSL 3, Java and Keychain write them today.
///
/// ```no_run
/// use chancery_key::{Password, Pkcs12};
///
/// let file = std::fs::read("seals.p12")?;
/// let store = Pkcs12::open(&file, &Password::from("secret"))?;
/// for key in store.keys() {
///     println!("{:?}", key.friendly_name());
/// }
/// let signer = store.into_signer_named("invoices")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Read are: PBES2 with PBKDF2 or scrypt and AES; check sums by HMAC with SHA-1 or SHA-2, with the key derivation
/// of PKCS#12 or PBMAC1 (RFC 9579); files without encryption or check sum. Not read are RC2 and Triple-DES (the
/// error says how to write such a file anew), BER, and files that are sealed with certificates.
pub struct Pkcs12 {
    keys: Vec<Pkcs12Key>,
    certificates: Vec<(Certificate, BagAttributes)>,
}

/// A private key in a PKCS#12 file.
pub struct Pkcs12Key {
    key: SoftwareKey,
    attributes: BagAttributes,
}

/// What is written beside keys and certificates so that people and programs find them.
#[derive(Default)]
struct BagAttributes {
    friendly_name: Option<String>,
    local_key_id: Option<Vec<u8>>,
}

/// The object identifiers of RFC 7292 §4 and PKCS#9.
mod oid {
    use const_oid::ObjectIdentifier as Oid;

    pub(super) const DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.1");
    pub(super) const ENCRYPTED_DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.6");
    pub(super) const KEY_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.1");
    pub(super) const SHROUDED_KEY_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.2");
    pub(super) const CERTIFICATE_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.3");
    pub(super) const CRL_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.4");
    pub(super) const SECRET_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.5");
    pub(super) const X509_CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.22.1");
    pub(super) const FRIENDLY_NAME: Oid = Oid::new_unwrap("1.2.840.113549.1.9.20");
    pub(super) const LOCAL_KEY_ID: Oid = Oid::new_unwrap("1.2.840.113549.1.9.21");
}

impl Pkcs12 {
    /// Opens a file: checks it against its check sum, decrypts it, reads every key and certificate in it.
    ///
    /// # Errors
    /// [`Pkcs12Error::WrongPassword`], and [`Pkcs12Error::Damaged`] where the password is right and the file has
    /// changed; [`Pkcs12Error::Unsupported`] for old encryption; [`Pkcs12Error::TooMuchWork`] where the file asks
    /// for more than ten million iterations in all; the other variants say what is wrong with the file.
    pub fn open(file: &[u8], password: &Password) -> Result<Self, Pkcs12Error> {
        let work = &mut Work::for_one_file();
        let pfx = read_pfx(file)?;
        let mac_holds = match &pfx.mac_data {
            Some(mac_data) => pkcs12_mac::holds(mac_data, pfx.content, password, work)?,
            None => true,
        };
        let mut bags = Bags { password, work, opened: 0, keys: Vec::new(), certificates: Vec::new() };
        let read = bags.read(pfx.content);
        if !mac_holds {
            // One password makes the check sum and opens the parts: if it opens one, it is the right one.
            return Err(if bags.opened > 0 { Pkcs12Error::Damaged } else { Pkcs12Error::WrongPassword });
        }
        read?;
        Ok(Self { keys: bags.keys, certificates: bags.certificates })
    }

    /// The private keys.
    pub fn keys(&self) -> &[Pkcs12Key] {
        &self.keys
    }

    /// The certificates, in the order of the file.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().map(|(certificate, _)| certificate)
    }

    /// The signer of the one private key: its certificate, then as many of its issuers as the file holds.
    ///
    /// # Errors
    /// [`Pkcs12Error::NoKey`], [`Pkcs12Error::SeveralKeys`], [`Pkcs12Error::NoCertificate`].
    pub fn into_signer(mut self) -> Result<SoftwareSigner, Pkcs12Error> {
        match self.keys.len() {
            0 => Err(Pkcs12Error::NoKey),
            1 => {
                let key = self.keys.swap_remove(0);
                self.make_signer(key)
            }
            count => Err(Pkcs12Error::SeveralKeys { count }),
        }
    }

    /// The signer of the private key with this name.
    ///
    /// # Errors
    /// [`Pkcs12Error::NoSuchKey`], [`Pkcs12Error::NoCertificate`].
    pub fn into_signer_named(mut self, name: &str) -> Result<SoftwareSigner, Pkcs12Error> {
        let position = self
            .keys
            .iter()
            .position(|key| key.friendly_name() == Some(name))
            .ok_or_else(|| Pkcs12Error::NoSuchKey { name: name.to_owned() })?;
        let key = self.keys.swap_remove(position);
        self.make_signer(key)
    }

    /// The certificate of a key is the one with its `localKeyId`, else any that certifies it.
    fn make_signer(self, key: Pkcs12Key) -> Result<SoftwareSigner, Pkcs12Error> {
        let same_key = |certificate: &Certificate| {
            PublicKey::of(certificate).is_ok_and(|certified| certified.is_same_key(key.key.public_key()))
        };
        let same_id = |attributes: &BagAttributes| {
            attributes.local_key_id.is_some() && attributes.local_key_id == key.attributes.local_key_id
        };
        let certified: Vec<_> =
            self.certificates.iter().filter(|(certificate, _)| same_key(certificate)).collect();
        let (leaf, _) = certified
            .iter()
            .find(|(_, attributes)| same_id(attributes))
            .or(certified.first())
            .ok_or(Pkcs12Error::NoCertificate)?;
        let chain = certificate_order::chain_of(leaf, self.certificates());
        Ok(SoftwareSigner::new(key.key, chain)?)
    }
}

impl SoftwareSigner {
    /// Opens a PKCS#12 file that holds one private key, and puts its certificates into order.
    /// [`Pkcs12`] is for files that hold more.
    ///
    /// # Errors
    /// As [`Pkcs12::open`] and [`Pkcs12::into_signer`].
    pub fn from_pkcs12(file: &[u8], password: &Password) -> Result<Self, Pkcs12Error> {
        Pkcs12::open(file, password)?.into_signer()
    }
}

impl Pkcs12Key {
    /// The name that a person gave the key.
    pub fn friendly_name(&self) -> Option<&str> {
        self.attributes.friendly_name.as_deref()
    }

    /// The public half of the key.
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }
}

impl fmt::Debug for Pkcs12 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs12({} keys, {} certificates)", self.keys.len(), self.certificates.len())
    }
}

impl fmt::Debug for Pkcs12Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs12Key({:?}, {})", self.attributes.friendly_name, self.key.public_key().kind())
    }
}

/// ```asn1
/// PFX ::= SEQUENCE {                                             -- RFC 7292 §4
///     version   INTEGER { v3(3) },
///     authSafe  ContentInfo,
///     macData   MacData OPTIONAL }
/// ```
struct Pfx<'a> {
    /// The octets that the check sum is made of: an `AuthenticatedSafe`.
    content: &'a [u8],
    mac_data: Option<Element<'a>>,
}

fn read_pfx(file: &[u8]) -> Result<Pfx<'_>, Pkcs12Error> {
    // An indefinite length, which DER does not have (X.690 §8.1.3.6).
    if matches!(file, [tag::SEQUENCE, 0x80, ..]) {
        return Err(Pkcs12Error::NotDer);
    }
    let mut fields = Element::only(file, tag::SEQUENCE)?.reader();
    let version = fields.expect(tag::INTEGER)?.small_integer()?;
    if version != 3 {
        return Err(Pkcs12Error::Malformed { reason: "the version is not 3" });
    }
    let content = read_content_info(&mut fields)?;
    let mac_data = fields.optional(tag::SEQUENCE)?;
    fields.finish()?;
    match content {
        (oid::DATA, content) => Ok(Pfx { content: read_octets(content)?, mac_data }),
        (oid, _) => Err(Pkcs12Error::Unsupported { oid }),
    }
}

/// ```asn1
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
/// ```
fn read_content_info<'a>(reader: &mut Reader<'a>) -> Result<(Oid, Element<'a>), Asn1Error> {
    let mut fields = reader.expect(tag::SEQUENCE)?.reader();
    let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
    let content = fields.expect(tag::constructed(0))?;
    fields.finish()?;
    Ok((oid, content))
}

/// The octets of the OCTET STRING inside an explicit tag.
fn read_octets<'a>(content: Element<'a>) -> Result<&'a [u8], Pkcs12Error> {
    // The constructed form is BER (X.690 §10.2).
    if content.reader().peek() == Some(0x24) {
        return Err(Pkcs12Error::NotDer);
    }
    Ok(Element::only(content.content, tag::OCTET_STRING)?.content)
}

/// What has been found so far, and what is still allowed.
struct Bags<'p> {
    password: &'p Password,
    work: &'p mut Work,
    /// How many parts the password has opened.
    opened: usize,
    keys: Vec<Pkcs12Key>,
    certificates: Vec<(Certificate, BagAttributes)>,
}

impl Bags<'_> {
    /// ```asn1
    /// AuthenticatedSafe ::= SEQUENCE OF ContentInfo      -- Data or EncryptedData, RFC 7292 §4.1
    /// ```
    fn read(&mut self, authenticated_safe: &[u8]) -> Result<(), Pkcs12Error> {
        let mut safes = Element::only(authenticated_safe, tag::SEQUENCE)?.reader();
        while !safes.is_empty() {
            match read_content_info(&mut safes)? {
                (oid::DATA, content) => self.read_safe(read_octets(content)?)?,
                (oid::ENCRYPTED_DATA, content) => {
                    let safe = self.decrypt(content)?;
                    self.read_safe(&safe)?;
                }
                (oid, _) => return Err(Pkcs12Error::Unsupported { oid }),
            }
        }
        Ok(())
    }

    /// ```asn1
    /// EncryptedData ::= SEQUENCE {                               -- RFC 5652 §8
    ///     version               INTEGER,
    ///     encryptedContentInfo  SEQUENCE {
    ///         contentType                 OBJECT IDENTIFIER,
    ///         contentEncryptionAlgorithm  AlgorithmIdentifier,
    ///         encryptedContent        [0] IMPLICIT OCTET STRING } }
    /// ```
    fn decrypt(&mut self, content: Element<'_>) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let mut fields = Element::only(content.content, tag::SEQUENCE)?.reader();
        fields.expect(tag::INTEGER)?;
        let mut info = fields.expect(tag::SEQUENCE)?.reader();
        info.expect(tag::OBJECT_IDENTIFIER)?;
        let algorithm = AlgorithmIdentifier::read(&mut info)?;
        if info.peek() == Some(tag::constructed(0)) {
            return Err(Pkcs12Error::NotDer);
        }
        let ciphertext = info.expect(tag::primitive(0))?.content;
        self.unlock(&algorithm, ciphertext)
    }

    fn unlock(
        &mut self,
        algorithm: &AlgorithmIdentifier<'_>,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let plain = pbes::decrypt(algorithm, ciphertext, self.password, self.work)?;
        self.opened += 1;
        Ok(plain)
    }

    /// ```asn1
    /// SafeContents ::= SEQUENCE OF SafeBag
    /// SafeBag ::= SEQUENCE {                                     -- RFC 7292 §4.2
    ///     bagId          OBJECT IDENTIFIER,
    ///     bagValue       [0] EXPLICIT ANY,
    ///     bagAttributes  SET OF PKCS12Attribute OPTIONAL }
    /// ```
    fn read_safe(&mut self, safe_contents: &[u8]) -> Result<(), Pkcs12Error> {
        let mut bags = Element::only(safe_contents, tag::SEQUENCE)?.reader();
        while !bags.is_empty() {
            let mut fields = bags.expect(tag::SEQUENCE)?.reader();
            let kind = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            let value = fields.expect(tag::constructed(0))?.content;
            let attributes = match fields.optional(tag::SET)? {
                Some(set) => read_attributes(&set)?,
                None => BagAttributes::default(),
            };
            fields.finish()?;
            match kind {
                oid::KEY_BAG => {
                    let key = SoftwareKey::new(key_file::read_pkcs8(value)?)?;
                    self.keys.push(Pkcs12Key { key, attributes });
                }
                oid::SHROUDED_KEY_BAG => {
                    let (algorithm, ciphertext) = key_file::split_encrypted(value)?;
                    let pkcs8 = self.unlock(&algorithm, ciphertext)?;
                    let key = SoftwareKey::new(key_file::read_pkcs8(&pkcs8)?)?;
                    self.keys.push(Pkcs12Key { key, attributes });
                }
                oid::CERTIFICATE_BAG => {
                    if let Some(certificate) = read_certificate_bag(value)? {
                        self.certificates.push((certificate, attributes));
                    }
                }
                // Nothing that signs.
                oid::CRL_BAG | oid::SECRET_BAG => {}
                // Safes in safes, which nobody writes, and what is not known.
                oid => return Err(Pkcs12Error::Unsupported { oid }),
            }
        }
        Ok(())
    }
}

/// `None` for a certificate that is none of X.509 (SDSI).
///
/// ```asn1
/// CertBag ::= SEQUENCE { certId OBJECT IDENTIFIER, certValue [0] EXPLICIT OCTET STRING }
/// ```
fn read_certificate_bag(value: &[u8]) -> Result<Option<Certificate>, Pkcs12Error> {
    let mut fields = Element::only(value, tag::SEQUENCE)?.reader();
    let kind = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
    let content = fields.expect(tag::constructed(0))?;
    fields.finish()?;
    if kind != oid::X509_CERTIFICATE {
        return Ok(None);
    }
    Ok(Some(Certificate::from_der(read_octets(content)?)?))
}

/// ```asn1
/// PKCS12Attribute ::= SEQUENCE { attrId OBJECT IDENTIFIER, attrValues SET OF ANY }
/// ```
fn read_attributes(set: &Element<'_>) -> Result<BagAttributes, Asn1Error> {
    let mut attributes = BagAttributes::default();
    let mut rest = set.reader();
    while !rest.is_empty() {
        let mut fields = rest.expect(tag::SEQUENCE)?.reader();
        let kind = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let mut values = fields.expect(tag::SET)?.reader();
        match kind {
            oid::FRIENDLY_NAME => attributes.friendly_name = Some(values.expect(tag::BMP_STRING)?.text()?),
            oid::LOCAL_KEY_ID => {
                attributes.local_key_id = Some(values.expect(tag::OCTET_STRING)?.content.to_vec());
            }
            _ => {}
        }
    }
    Ok(attributes)
}
