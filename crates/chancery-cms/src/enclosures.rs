//! What a message carries beside content and signers: certificates and revocation information.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::tag::{self, ENUMERATED, INTEGER, SEQUENCE};
use chancery_certificate::asn1::{self};
use const_oid::ObjectIdentifier as Oid;

use crate::ber::Reader;
use crate::error::CmsError;
use crate::message::OtherRevocation;

/// id-ri-ocsp-response: an OCSP response among the revocation information (RFC 5940, 2.1).
pub(crate) const OCSP_RESPONSE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");

/// The tag of an attribute certificate of version 1 among the certificates (RFC 5652, 10.2.2).
const ATTRIBUTE_CERTIFICATE_V1: u8 = tag::constructed(1);
/// The tag of an attribute certificate of version 2, that of RFC 5755.
const ATTRIBUTE_CERTIFICATE_V2: u8 = tag::constructed(2);
/// The tag of a certificate in another format.
const OTHER_CERTIFICATE: u8 = tag::constructed(3);
/// The tag of revocation information that is no CRL (RFC 5652, 10.2.1).
const OTHER_REVOCATION: u8 = tag::constructed(1);

/// Certificates and revocation information that a message carries, beside the content and those who signed it.
///
/// ```text
/// CertificateChoices ::= CHOICE {
///     certificate          Certificate,
///     extendedCertificate  [0] IMPLICIT ExtendedCertificate,  -- obsolete, never written
///     v1AttrCert           [1] IMPLICIT AttributeCertificateV1,
///     v2AttrCert           [2] IMPLICIT AttributeCertificateV2,
///     other                [3] IMPLICIT OtherCertificateFormat }
///
/// RevocationInfoChoice ::= CHOICE {
///     crl    CertificateList,
///     other  [1] IMPLICIT OtherRevocationInfoFormat }
/// ```
///
/// No signature covers them and nothing is said about their truth: they help to verify. What is given twice is
/// held once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Enclosures {
    /// Read certificates, so that a finished message need not read them again.
    pub(crate) known: Vec<Certificate>,
    /// The members of the set of certificates, those of `known` apart.
    pub(crate) other_certificates: Vec<Vec<u8>>,
    /// The members of the set of revocation information.
    pub(crate) revocations: Vec<Vec<u8>>,
}

impl Enclosures {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a certificate.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        if !self.known.contains(&certificate) {
            self.known.push(certificate);
        }
        self
    }

    /// With certificates.
    #[must_use]
    pub fn certificates(self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        certificates.into_iter().fold(self, Self::certificate)
    }

    /// With an attribute certificate (RFC 5755), given in DER: kept as bytes, not read.
    ///
    /// # Errors
    /// The bytes are not one element with the outer form of an attribute certificate.
    pub fn attribute_certificate(mut self, der: &[u8]) -> Result<Self, CmsError> {
        const WHAT: &str = "AttributeCertificate";
        let mut reader = Reader::new(der);
        let certificate = reader.expect(SEQUENCE, WHAT)?;
        reader.finish(WHAT)?;
        let info = certificate.reader().expect(SEQUENCE, "AttributeCertificateInfo")?;
        // RFC 5755, 4.1: version 2 is written as the INTEGER 1. Version 1 is the default, and left out.
        let tag = match info.reader().optional(INTEGER, "AttributeCertificateInfo.version")? {
            Some(version) if version.small_integer("AttributeCertificateInfo.version")? == 1 => {
                ATTRIBUTE_CERTIFICATE_V2
            }
            _ => ATTRIBUTE_CERTIFICATE_V1,
        };
        push_new(&mut self.other_certificates, asn1::encode(tag, certificate.content));
        Ok(self)
    }

    /// With a CRL, given in DER.
    ///
    /// # Errors
    /// The bytes are not one SEQUENCE.
    pub fn crl(mut self, der: &[u8]) -> Result<Self, CmsError> {
        let mut reader = Reader::new(der);
        reader.expect(SEQUENCE, "CertificateList")?;
        reader.finish("CertificateList")?;
        push_new(&mut self.revocations, der.to_vec());
        Ok(self)
    }

    /// With an OCSP answer, given as a whole `OCSPResponse` in DER, as a responder sends it (RFC 5940, 2.1).
    ///
    /// # Errors
    /// The bytes are not one such element: a `BasicOCSPResponse`, which is what stands inside, for example.
    pub fn ocsp(self, der: &[u8]) -> Result<Self, CmsError> {
        let mut reader = Reader::new(der);
        let response = reader.expect(SEQUENCE, "OCSPResponse")?;
        reader.finish("OCSPResponse")?;
        response.reader().expect(ENUMERATED, "OCSPResponse.responseStatus")?;
        self.other_revocation(&OtherRevocation { format: OCSP_RESPONSE, value: der.into() })
    }

    /// With revocation information in another form than a CRL.
    ///
    /// # Errors
    /// Its value is not one element.
    pub fn other_revocation(mut self, other: &OtherRevocation) -> Result<Self, CmsError> {
        let mut reader = Reader::new(&other.value);
        reader.any("OtherRevocationInfoFormat.otherRevInfo")?;
        reader.finish("OtherRevocationInfoFormat.otherRevInfo")?;
        let content = [asn1::oid(&other.format).as_slice(), &other.value].concat();
        push_new(&mut self.revocations, asn1::encode(OTHER_REVOCATION, &content));
        Ok(self)
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.other_certificates.is_empty() && self.revocations.is_empty()
    }

    /// The members of the set of certificates, in no order.
    pub(crate) fn certificate_members(&self) -> Vec<&[u8]> {
        let known = self.known.iter().map(Certificate::to_der);
        known.chain(self.other_certificates.iter().map(Vec::as_slice)).collect()
    }

    /// The fields `certificates` and `crls` of a SignedData, each left out where it is empty.
    pub(crate) fn to_fields(&self) -> Vec<u8> {
        let field = |tag, mut members: Vec<&[u8]>| {
            members.sort_unstable();
            if members.is_empty() { Vec::new() } else { asn1::encode(tag, &members.concat()) }
        };
        let certificates = field(tag::constructed(0), self.certificate_members());
        let revocations = self.revocations.iter().map(Vec::as_slice).collect();
        [certificates, field(tag::constructed(1), revocations)].concat()
    }

    /// How long these fields are.
    pub(crate) fn fields_len(&self) -> usize {
        let field = |empty: bool, members: usize| if empty { 0 } else { asn1::encoded_len(members) };
        let certificates = self.known.iter().map(Certificate::to_der);
        let certificates = certificates.chain(self.other_certificates.iter().map(Vec::as_slice));
        let none = self.known.is_empty() && self.other_certificates.is_empty();
        field(none, certificates.map(<[u8]>::len).sum())
            + field(self.revocations.is_empty(), self.revocations.iter().map(Vec::len).sum())
    }

    /// The least version of a SignedData that may hold them (RFC 5652, 5.1).
    pub(crate) fn least_version(&self) -> u8 {
        let tags = || self.other_certificates.iter().filter_map(|member| member.first().copied());
        let other_revocation =
            self.revocations.iter().any(|member| member.first() == Some(&OTHER_REVOCATION));
        if other_revocation || tags().any(|tag| tag == OTHER_CERTIFICATE) {
            5
        } else if tags().any(|tag| tag == ATTRIBUTE_CERTIFICATE_V2) {
            4
        } else if tags().any(|tag| tag == ATTRIBUTE_CERTIFICATE_V1) {
            3
        } else {
            1
        }
    }
}

fn push_new(members: &mut Vec<Vec<u8>>, member: Vec<u8>) {
    if !members.contains(&member) {
        members.push(member);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outer form of an attribute certificate with these first fields.
    fn attribute_certificate(first: &[u8]) -> Vec<u8> {
        asn1::sequence(&[&asn1::sequence(&[first, &asn1::sequence(&[])]), &asn1::sequence(&[])])
    }

    #[test]
    fn what_is_held_decides_the_version() {
        let crl = asn1::sequence(&[&asn1::sequence(&[])]);
        let plain = Enclosures::new().crl(&crl).unwrap();
        assert_eq!(plain.least_version(), 1);
        let first = plain.clone().attribute_certificate(&attribute_certificate(&[])).unwrap();
        assert_eq!((first.least_version(), first.other_certificates[0][0]), (3, 0xa1));
        let second = first.attribute_certificate(&attribute_certificate(&asn1::integer(&[1]))).unwrap();
        assert_eq!((second.least_version(), second.other_certificates[1][0]), (4, 0xa2));
        let answer = asn1::sequence(&[&asn1::encode(ENUMERATED, &[6])]);
        let all = second.ocsp(&answer).unwrap();
        assert_eq!((all.least_version(), all.revocations.len()), (5, 2));
        assert_eq!(all.clone().ocsp(&answer).unwrap().crl(&crl).unwrap(), all, "each is held once");
    }

    #[test]
    fn what_has_not_the_form_is_refused() {
        let none = Enclosures::new;
        for bytes in [&b""[..], b"text", &[0x30, 3, 2, 1], &[0x30, 0, 0]] {
            assert!(none().crl(bytes).is_err(), "{bytes:?}");
            assert!(none().ocsp(bytes).is_err(), "{bytes:?}");
            assert!(none().attribute_certificate(bytes).is_err(), "{bytes:?}");
        }
        // What stands inside an OCSPResponse, and a CRL, begin with a SEQUENCE.
        assert!(none().ocsp(&attribute_certificate(&[])).is_err());
    }
}
