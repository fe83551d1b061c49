//! Evidence as one file.

use chancery_certificate::Octets;
use chancery_certificate::asn1::{self, Asn1Error, Element, tag};
use chancery_cms::{Enclosures, OtherRevocation, SignedMessage};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC;

use crate::evidence::Evidence;
use crate::evidence::file_error::EvidenceFileError;

/// id-ri-ocsp-response (RFC 5940 §2).
const OCSP_RESPONSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.16.2");
/// What `chancery-cms` reads as a certificate.
const LONGEST_CERTIFICATE: usize = 1 << 16;

impl Evidence {
    /// The evidence as one file, to be read by [`from_der`](Self::from_der) and by others.
    ///
    /// It is a CMS SignedData without content and signers: certificates and CRLs in the fields that RFC 5652 §5.1 has
    /// for them, OCSP answers as other revocation information by RFC 5940. Programs that know PKCS #7 only (a `.p7b`
    /// in Windows, `openssl pkcs7`) read it as long as it holds no OCSP answer; `openssl cms -cmsout -print` shows it
    /// all.
    ///
    /// It is DER: the same evidence gives the same bytes, whatever order it was collected in. A bare
    /// `BasicOCSPResponse` is wrapped into the `OCSPResponse` that RFC 5940 asks for, which changes nothing signed.
    ///
    /// CRLs that are not in memory are read for it, and are in memory when the file is read back.
    ///
    /// # Errors
    /// A piece is not DER, a CRL cannot be read, or there are more than 1,000 certificates, or as many CRLs and answers.
    pub fn to_der(&self) -> Result<Vec<u8>, EvidenceFileError> {
        Ok(SignedMessage::without_signers_enclosing(&self.to_enclosures()?)?.into_bytes())
    }

    /// The evidence in the form in which a message carries it: [`SignedMessage::with_enclosures`] puts it into a signed
    /// message, where it is for the long term (ETSI EN 319 122-1 §5.4). OCSP answers are written as RFC 5940 has them; a
    /// bare `BasicOCSPResponse` is wrapped into the `OCSPResponse` that it asks for.
    ///
    /// # Errors
    /// A piece is not DER, or a CRL cannot be read.
    pub fn to_enclosures(&self) -> Result<Enclosures, EvidenceFileError> {
        let long = self.certificates().iter().find(|one| one.to_der().len() > LONGEST_CERTIFICATE);
        if let Some(long) = long {
            let (subject, length) = (long.display_name(), long.to_der().len());
            return Err(EvidenceFileError::CertificateTooLong {
                subject,
                length,
                limit: LONGEST_CERTIFICATE,
            });
        }
        // What is given twice is held once: two forms of one answer, a CRL in memory and elsewhere.
        let mut enclosures = Enclosures::new().certificates(self.certificates().iter().cloned());
        for crl in self.crls() {
            enclosures = enclosures.crl(crl)?;
        }
        for source in self.crl_sources() {
            let bytes =
                source.to_der().map_err(|error| EvidenceFileError::Crl { reason: error.to_string() })?;
            enclosures = enclosures.crl(&bytes)?;
        }
        for value in self.ocsp_responses()? {
            enclosures = enclosures
                .other_revocation(&OtherRevocation { format: OCSP_RESPONSE, value: value.into() })?;
        }
        Ok(enclosures)
    }

    /// The OCSP answers as responders send them, in DER: a bare `BasicOCSPResponse` is wrapped into the `OCSPResponse`
    /// that RFC 6960 §4.2.1 has around it. So a document security store of a PDF wants them (EN 319 142-1 §5.4.2.2).
    ///
    /// # Errors
    /// A piece is not DER.
    pub fn ocsp_responses(&self) -> Result<Vec<Vec<u8>>, EvidenceFileError> {
        let whole = |(index, answer): (usize, &Octets)| {
            whole_response(answer).map_err(|error| EvidenceFileError::OcspAnswer {
                position: index + 1,
                reason: error.to_string(),
            })
        };
        self.ocsp().iter().enumerate().map(whole).collect()
    }

    /// Reads a file of evidence: what [`to_der`](Self::to_der) made, or any CMS SignedData in BER, DER, PEM or Base64,
    /// of which the certificates, CRLs and OCSP answers are taken. Signatures in it are neither checked nor needed:
    /// every piece of evidence is checked when it is used.
    ///
    /// # Errors
    /// It is no such file, or holds something that cannot be read: evidence is never left out silently.
    pub fn from_der(bytes: &[u8]) -> Result<Self, EvidenceFileError> {
        let message = SignedMessage::from_file_bytes(bytes)?;
        match message.unread_certificates().len() {
            0 => {}
            unread => return Err(EvidenceFileError::UnreadCertificates { unread }),
        }
        let mut evidence = Self::new().with_certificates(message.certificates().iter().cloned());
        for crl in message.crls() {
            evidence.add_crl(crl.as_slice());
        }
        for OtherRevocation { format, value } in message.other_revocations() {
            match *format {
                OCSP_RESPONSE => evidence.add_ocsp(value.as_slice()),
                format => return Err(EvidenceFileError::UnknownKind { format }),
            }
        }
        Ok(evidence)
    }
}

/// The `OCSPResponse` around a bare `BasicOCSPResponse`.
///
/// ```text
/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
/// ```
fn whole_response(answer: &[u8]) -> Result<Vec<u8>, Asn1Error> {
    let mut fields = Element::only(answer, tag::SEQUENCE)?.reader();
    if fields.element()?.tag != tag::SEQUENCE {
        return Ok(answer.to_vec());
    }
    let bytes = asn1::sequence(&[&asn1::oid(&ID_PKIX_OCSP_BASIC), &asn1::octet_string(answer)]);
    let successful = asn1::encode(tag::ENUMERATED, &[0]);
    Ok(asn1::sequence(&[&successful, &asn1::encode(tag::constructed(0), &bytes)]))
}
