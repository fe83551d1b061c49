//! The response as it travels.

use chancery_certificate::asn1::{self, Asn1Error, Element, tag};

use crate::rejection::Rejection;

/// The statuses that come with a token: granted, and granted with modifications (RFC 3161, 2.4.2).
const GRANTED: [u64; 2] = [0, 1];

/// What an authority answers (RFC 3161, 2.4.2).
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TimestampResponse {
    /// A token, as received; nothing of it is judged.
    Granted(Vec<u8>),
    /// A refusal.
    Rejected(Rejection),
}

impl TimestampResponse {
    /// Reads a response: what a `.tsr` file holds.
    ///
    /// # Errors
    /// The bytes are not a TimeStampResp, or it grants and holds no token.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(der, tag::SEQUENCE)?.reader();
        let status_info = Rejection::read(&fields.expect(tag::SEQUENCE)?)?;
        if !GRANTED.contains(&status_info.status()) {
            return Ok(Self::Rejected(status_info));
        }
        // The token may be BER, which the reader of messages understands; here it is what is left.
        let token = der.get(fields.position()..).unwrap_or_default();
        if token.is_empty() {
            fields.expect(tag::SEQUENCE)?;
        }
        Ok(Self::Granted(token.to_vec()))
    }

    /// The response that carries a token, in DER.
    #[must_use]
    pub fn granted_der(token: &[u8]) -> Vec<u8> {
        asn1::sequence(&[&asn1::sequence(&[&asn1::integer(&[0])]), token])
    }
}
