//! The object identifiers of content types and attributes, and readers of the attributes that this crate
//! judges.

use chancery_certificate::asn1::{
    self,
    tag::{OBJECT_IDENTIFIER, OCTET_STRING},
};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::ber;
use crate::error::CmsError;

pub use crate::ess::{CertificateReference, IssuerSerial};

/// id-data: any bytes (RFC 5652, 4). What a signature over a file or a PDF signs.
pub const DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.1");
/// id-signedData: the message that this crate is about (RFC 5652, 5.1).
pub const SIGNED_DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.2");
/// id-ct-TSTInfo: what a timestamp token signs (RFC 3161, 2.4.2).
pub const TIMESTAMP_INFO: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// content-type, signed (RFC 5652, 11.1).
pub const CONTENT_TYPE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.3");
/// message-digest, signed (RFC 5652, 11.2).
pub const MESSAGE_DIGEST: Oid = Oid::new_unwrap("1.2.840.113549.1.9.4");
/// signing-time, signed: a claim (RFC 5652, 11.3).
pub const SIGNING_TIME: Oid = Oid::new_unwrap("1.2.840.113549.1.9.5");
/// countersignature, unsigned (RFC 5652, 11.4).
pub const COUNTERSIGNATURE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.6");
/// id-aa-signingCertificate, ESS version 1, signed: SHA-1 (RFC 5035, 5.4.2).
pub const SIGNING_CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// id-aa-signingCertificateV2, ESS version 2, signed (RFC 5035, 5.4.1).
pub const SIGNING_CERTIFICATE_V2: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// id-aa-CMSAlgorithmProtect, signed (RFC 6211, 2).
pub const ALGORITHM_PROTECTION: Oid = Oid::new_unwrap("1.2.840.113549.1.9.52");
/// id-aa-timeStampToken, unsigned: a timestamp of the signature value (RFC 3161, appendix A).
pub const SIGNATURE_TIMESTAMP: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// id-aa-ets-contentTimestamp, signed: a timestamp of the content (ETSI EN 319 122-1, 5.2.8).
pub const CONTENT_TIMESTAMP: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.20");
/// id-aa-ets-sigPolicyId, signed (ETSI EN 319 122-1, 5.2.9).
pub const SIGNATURE_POLICY: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.15");
/// id-aa-ets-commitmentType, signed (ETSI EN 319 122-1, 5.2.3).
pub const COMMITMENT_TYPE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.16");
/// id-aa-ets-mimeType, signed (ETSI EN 319 122-1, 5.2.5).
pub const MIME_TYPE: Oid = Oid::new_unwrap("0.4.0.1733.2.1");

/// An OBJECT IDENTIFIER as the value of an attribute, such as content-type.
///
/// # Errors
/// The bytes are not one BER element of this type.
pub fn object_identifier(value: &[u8]) -> Result<Oid, CmsError> {
    let mut reader = ber::Reader::new(value);
    let oid = reader.expect(OBJECT_IDENTIFIER, "content-type")?.oid("content-type")?;
    reader.finish("content-type").map(|()| oid)
}

/// An OCTET STRING as the value of an attribute, such as message-digest.
///
/// # Errors
/// The bytes are not one BER element of this type.
pub fn octet_string(value: &[u8]) -> Result<Vec<u8>, CmsError> {
    let mut reader = ber::Reader::new(value);
    let octets = reader.any("message-digest")?.octets(OCTET_STRING, "message-digest")?;
    reader.finish("message-digest").map(|()| octets.into_owned())
}

/// The value of a signing-time attribute: UTCTime or GeneralizedTime (RFC 5652, 11.3).
///
/// What the signer says, no proof of existence.
///
/// # Errors
/// The bytes are not a time in one of the two forms.
pub fn signing_time(value: &[u8]) -> Result<Timestamp, CmsError> {
    let mut reader = ber::Reader::new(value);
    let element = reader.any("signing-time")?;
    reader.finish("signing-time")?;
    let time = asn1::Reader::new(element.raw).element().and_then(|element| element.time());
    time.map_err(|_| element.fault("signing-time", crate::BerFault::Content("UTCTime or GeneralizedTime")))
}

/// The references of a signing-certificate attribute (SHA-1), the signer's first.
///
/// # Errors
/// The bytes are not a `SigningCertificate`, or it holds no reference.
pub fn signing_certificate(value: &[u8]) -> Result<Vec<CertificateReference>, CmsError> {
    crate::ess::read(value, crate::ess::Version::V1)
}

/// The references of a signing-certificate-v2 attribute, the signer's first.
///
/// # Errors
/// The bytes are not a `SigningCertificateV2`, or it holds no reference.
pub fn signing_certificate_v2(value: &[u8]) -> Result<Vec<CertificateReference>, CmsError> {
    crate::ess::read(value, crate::ess::Version::V2)
}
