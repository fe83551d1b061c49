//! The evidence that a message, its tokens and its older attributes carry.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_chain::Evidence;
use chancery_cms::statements::{REVOCATION_INFO_ARCHIVAL, Statement};
use chancery_cms::{Attributes, SignedMessage, SignerInfo};
use const_oid::ObjectIdentifier as Oid;

use crate::attributes::{CERTIFICATE_VALUES, REVOCATION_VALUES};

/// An OCSP answer: id-ri-ocsp-response (RFC 5940, 2.1), or in the form that was used before, id-pkix-ocsp-basic
/// (RFC 6960, 4.2.1).
fn is_ocsp(format: Oid) -> bool {
    const OCSP_RESPONSE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");
    const BASIC: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.1");
    [OCSP_RESPONSE, BASIC].contains(&format)
}

/// Certificates, CRLs and OCSP answers of the message itself.
pub(crate) fn of_message(message: &SignedMessage) -> Evidence {
    let mut evidence = Evidence::new().with_certificates(message.certificates().iter().cloned());
    message.crls().iter().for_each(|crl| evidence.add_crl(crl));
    for other in message.other_revocations() {
        if is_ocsp(other.format) {
            evidence.add_ocsp(&other.value);
        }
    }
    evidence
}

/// One member of the revocation information of a message, as received.
///
/// ```text
/// RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] IMPLICIT OtherRevocationInfoFormat }
/// OtherRevocationInfoFormat ::= SEQUENCE { otherRevInfoFormat OBJECT IDENTIFIER, otherRevInfo ANY }
/// ```
///
/// What is kept shares the memory of the message, as a rule.
pub(crate) fn of_revocation(member: &[u8], message: &SignedMessage) -> Evidence {
    let read = || {
        let mut reader = Reader::new(member);
        if reader.peek() == Some(tag::SEQUENCE) {
            return Ok(Evidence::new().with_crl(message.part(member)));
        }
        let mut fields = reader.expect(tag::constructed(1))?.reader();
        let format = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let value = fields.element()?.raw;
        let evidence = Evidence::new();
        Ok::<_, Asn1Error>(if is_ocsp(format) { evidence.with_ocsp(message.part(value)) } else { evidence })
    };
    read().unwrap_or_default()
}

/// What a signature carries in the message and in its older attributes.
pub(crate) fn beside_timestamps(message: &SignedMessage, signer: &SignerInfo) -> Evidence {
    let mut evidence = of_message(message);
    evidence.extend(of_attributes(signer.unsigned_attributes()));
    evidence
}

/// What the signer knew of revocation when it signed, as Adobe keeps it among the signed attributes (ISO 32000-2,
/// 12.8.3.3.2). What cannot be read is left out: no verdict rests on it.
pub(crate) fn of_signed(signer: &SignerInfo) -> Evidence {
    let mut evidence = Evidence::new();
    let value = signer.signed_attributes().and_then(|signed| signed.single(REVOCATION_INFO_ARCHIVAL));
    let read = value.and_then(|value| Statement::from_value(REVOCATION_INFO_ARCHIVAL, value).ok());
    if let Some(Statement::RevocationArchive(archive)) = read {
        archive.crls.into_iter().for_each(|crl| evidence.add_crl(crl));
        archive.ocsp_responses.into_iter().for_each(|answer| evidence.add_ocsp(answer));
    }
    evidence
}

/// A token with what stands in its older attributes.
pub(crate) fn of_token(token: &SignedMessage) -> Evidence {
    let mut evidence = of_message(token);
    for signer in token.signers() {
        evidence.extend(of_attributes(signer.unsigned_attributes()));
    }
    evidence
}

/// What stands in certificate-values and revocation-values (EN 319 122-1, A.1.1.2 and A.1.2.2). What cannot be read is
/// left out: no verdict rests on it.
pub(crate) fn of_attributes(unsigned: &Attributes) -> Evidence {
    let mut evidence = Evidence::new();
    for value in unsigned.values(CERTIFICATE_VALUES) {
        evidence.extend(certificate_values(value).unwrap_or_default());
    }
    for value in unsigned.values(REVOCATION_VALUES) {
        evidence.extend(revocation_values(value).unwrap_or_default());
    }
    evidence
}

/// ```text
/// CertificateValues ::= SEQUENCE OF Certificate
/// ```
pub(crate) fn certificate_values(value: &[u8]) -> Result<Evidence, Asn1Error> {
    let mut reader = Element::only(value, tag::SEQUENCE)?.reader();
    let mut evidence = Evidence::new();
    while !reader.is_empty() {
        if let Ok(certificate) = Certificate::from_der(reader.expect(tag::SEQUENCE)?.raw) {
            evidence.add_certificate(certificate);
        }
    }
    Ok(evidence)
}

/// ```text
/// RevocationValues ::= SEQUENCE {
///     crlVals       [0] SEQUENCE OF CertificateList OPTIONAL,
///     ocspVals      [1] SEQUENCE OF BasicOCSPResponse OPTIONAL,
///     otherRevVals  [2] OtherRevVals OPTIONAL }
/// ```
pub(crate) fn revocation_values(value: &[u8]) -> Result<Evidence, Asn1Error> {
    let mut fields = Element::only(value, tag::SEQUENCE)?.reader();
    let mut evidence = Evidence::new();
    for number in [0, 1] {
        let Some(list) = fields.optional(tag::constructed(number))? else { continue };
        let mut members = list.inside(tag::SEQUENCE)?.reader();
        while !members.is_empty() {
            let member = members.expect(tag::SEQUENCE)?.raw;
            if number == 0 { evidence.add_crl(member) } else { evidence.add_ocsp(member) }
        }
    }
    Ok(evidence)
}
