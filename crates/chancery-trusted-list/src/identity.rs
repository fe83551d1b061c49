//! By what a service is recognised.

use chancery_certificate::{Certificate, CertificateError, Name};
use const_oid::ObjectIdentifier as Oid;
use roxmltree::Node;

use crate::error::TrustedListFault;
use crate::xml::{self, Fields, Notes, Result, namespace};

/// By what a service, or the operator of a list, is recognised (TS 119 612, 5.5.3): its certificates, mostly. All
/// entries mean the same key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigitalIdentity {
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Names of the certificates' subject.
    pub subject_names: Vec<Name>,
    /// Identifiers of the key, as in a certificate's subject key identifier.
    pub key_identifiers: Vec<Vec<u8>>,
    /// Keys without a certificate.
    pub key_values: Vec<KeyValue>,
    /// Certificates that cannot be read, as encoded, with what is wrong with them. They recognise nothing.
    pub unread_certificates: Vec<(Vec<u8>, CertificateError)>,
}

/// A key as XML writes it (XMLDSig, 4.5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyValue {
    /// RSA; numbers without sign, most significant byte first.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// A point on a curve with a name.
    EllipticCurve {
        /// The curve.
        curve: Oid,
        /// The point, as in a certificate.
        point: Vec<u8>,
    },
}

impl DigitalIdentity {
    /// Whether a certificate has the name and the key of this identity.
    ///
    /// Only an identity with a certificate recognises anything: names and key identifiers are what a stranger
    /// writes into a certificate of his own.
    pub fn recognises(&self, certificate: &Certificate) -> bool {
        self.certificates.iter().any(|own| {
            own.public_key_info() == certificate.public_key_info()
                && own.subject().matches(certificate.subject())
        })
    }

    /// The children `DigitalId` of an element.
    pub(crate) fn read(parent: Node<'_, '_>, notes: &Notes) -> Result<Self> {
        let mut identity = Self::default();
        let mut fields = Fields::of(parent);
        for entry in fields.all(namespace::LIST, "DigitalId") {
            identity.add(entry, notes)?;
        }
        fields.note_rest(notes);
        Ok(identity)
    }

    pub(crate) fn add_all(&mut self, other: Self) {
        self.certificates.extend(other.certificates);
        self.subject_names.extend(other.subject_names);
        self.key_identifiers.extend(other.key_identifiers);
        self.key_values.extend(other.key_values);
        self.unread_certificates.extend(other.unread_certificates);
    }

    /// `DigitalIdentityType ::= CHOICE { X509Certificate, X509SubjectName, ds:KeyValue, X509SKI, Other }`, in words
    /// of ASN.1.
    fn add(&mut self, entry: Node<'_, '_>, notes: &Notes) -> Result<()> {
        for node in Fields::of(entry).into_rest() {
            if xml::is(node, namespace::LIST, "X509Certificate") {
                let der = xml::base64(node)?;
                match Certificate::from_der(&der) {
                    Ok(certificate) => self.certificates.push(certificate),
                    Err(error) => self.unread_certificates.push((der, error)),
                }
            } else if xml::is(node, namespace::LIST, "X509SubjectName") {
                let name = Name::from_text(&xml::text(node)?);
                self.subject_names
                    .push(name.map_err(|error| xml::fault(node, TrustedListFault::SubjectName(error)))?);
            } else if xml::is(node, namespace::LIST, "X509SKI") {
                self.key_identifiers.push(xml::base64(node)?);
            } else if xml::is(node, namespace::SIGNATURE, "KeyValue") {
                match key_value(node)? {
                    Some(key) => self.key_values.push(key),
                    None => notes.add(node),
                }
            } else {
                notes.add(node);
            }
        }
        Ok(())
    }
}

fn key_value(node: Node<'_, '_>) -> Result<Option<KeyValue>> {
    let mut choice = Fields::of(node);
    if let Some(rsa) = choice.optional(namespace::SIGNATURE, "RSAKeyValue")? {
        let mut numbers = Fields::of(rsa);
        let modulus = xml::base64(numbers.required(namespace::SIGNATURE, "Modulus")?)?;
        let exponent = xml::base64(numbers.required(namespace::SIGNATURE, "Exponent")?)?;
        return Ok(Some(KeyValue::Rsa { modulus, exponent }));
    }
    let Some(curve) = choice.optional(namespace::SIGNATURE_11, "ECKeyValue")? else { return Ok(None) };
    let mut parts = Fields::of(curve);
    let Some(named) = parts.optional(namespace::SIGNATURE_11, "NamedCurve")? else { return Ok(None) };
    let oid = named
        .attribute("URI")
        .and_then(|uri| uri.strip_prefix("urn:oid:"))
        .and_then(|dotted| Oid::new(dotted).ok());
    let curve = oid.ok_or_else(|| xml::wrong(named, "a curve by its object identifier"))?;
    let point = xml::base64(parts.required(namespace::SIGNATURE_11, "PublicKey")?)?;
    Ok(Some(KeyValue::EllipticCurve { curve, point }))
}
