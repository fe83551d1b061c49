//! Why an authority refused, in words.

use std::fmt;

use chancery_certificate::asn1::{self, Asn1Error, Element, Reader, tag};
use chancery_certificate::printable;

/// How much of the text of an authority is kept, in characters.
const MAX_TEXT: usize = 500;

/// What an authority says of a request that it did not grant (RFC 3161, 2.4.2).
///
/// ```text
/// PKIStatusInfo ::= SEQUENCE {
///     status        PKIStatus,
///     statusString  PKIFreeText OPTIONAL,
///     failInfo      PKIFailureInfo OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejection {
    status: u64,
    text: String,
    reasons: Vec<RejectionReason>,
}

/// The reasons that RFC 3161, 2.4.2 knows.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RejectionReason {
    /// The digest algorithm is unknown to the authority or not accepted.
    BadAlgorithm,
    /// The request is not permitted or not supported.
    BadRequest,
    /// The data has the wrong format.
    BadDataFormat,
    /// The authority's clock is not available.
    TimeNotAvailable,
    /// The authority does not work under the policy asked for.
    UnacceptedPolicy,
    /// The authority does not support an extension of the request.
    UnacceptedExtension,
    /// Additional information that was asked for is not available.
    InformationNotAvailable,
    /// The request cannot be handled because of a system failure.
    SystemFailure,
    /// A reason that the standard does not know, by its bit.
    Other(usize),
}

/// Reason and bit number (RFC 3161, 2.4.2).
const BITS: [(RejectionReason, usize); 8] = [
    (RejectionReason::BadAlgorithm, 0),
    (RejectionReason::BadRequest, 2),
    (RejectionReason::BadDataFormat, 5),
    (RejectionReason::TimeNotAvailable, 14),
    (RejectionReason::UnacceptedPolicy, 15),
    (RejectionReason::UnacceptedExtension, 16),
    (RejectionReason::InformationNotAvailable, 17),
    (RejectionReason::SystemFailure, 25),
];

impl RejectionReason {
    fn from_bit(bit: usize) -> Self {
        BITS.iter().find(|(_, number)| *number == bit).map_or(Self::Other(bit), |(reason, _)| *reason)
    }

    fn bit(self) -> usize {
        match self {
            Self::Other(bit) => bit,
            known => BITS.iter().find(|(reason, _)| *reason == known).map_or(25, |(_, bit)| *bit),
        }
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadAlgorithm => f.write_str("the digest algorithm is not accepted: use SHA-256 or longer"),
            Self::BadRequest => f.write_str("the request is not permitted or not supported"),
            Self::BadDataFormat => f.write_str("the request has the wrong format"),
            Self::TimeNotAvailable => f.write_str("its clock is not available: try again later"),
            Self::UnacceptedPolicy => f.write_str("it does not work under the policy asked for"),
            Self::UnacceptedExtension => f.write_str("it does not support an extension of the request"),
            Self::InformationNotAvailable => f.write_str("additional information is not available"),
            Self::SystemFailure => f.write_str("a failure of its system: try again later"),
            Self::Other(bit) => write!(f, "failure bit {bit}, which RFC 3161 does not know"),
        }
    }
}

impl Rejection {
    /// A refusal (status 2, "rejection") for a reason, with a text for people.
    #[must_use]
    pub fn new(reason: RejectionReason, text: &str) -> Self {
        Self { status: 2, text: text.to_owned(), reasons: vec![reason] }
    }

    /// The status as a number: 2 rejection, 3 waiting, 4 revocation warning, 5 revocation notification.
    #[must_use]
    pub const fn status(&self) -> u64 {
        self.status
    }

    /// What the authority says in its own words, made safe to print.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The reasons that the authority ticked.
    #[must_use]
    pub fn reasons(&self) -> &[RejectionReason] {
        &self.reasons
    }

    /// The response that carries this refusal, in DER.
    #[must_use]
    pub fn to_response_der(&self) -> Vec<u8> {
        let text = asn1::sequence(&[&asn1::encode(tag::UTF8_STRING, self.text.as_bytes())]);
        let status =
            asn1::sequence(&[&asn1::integer(&self.status.to_be_bytes()), &text, &bit_string(&self.reasons)]);
        asn1::sequence(&[&status])
    }

    /// Reads a PKIStatusInfo.
    pub(crate) fn read(status_info: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut fields = status_info.reader();
        let status = fields.expect(tag::INTEGER)?.small_integer()?;
        let texts = fields.optional(tag::SEQUENCE)?;
        let text = texts.map(|texts| free_text(texts.reader())).transpose()?.unwrap_or_default();
        let reasons = fields.optional(tag::BIT_STRING)?.map(|bits| reasons(bits.content)).unwrap_or_default();
        fields.finish()?;
        Ok(Self { status, text, reasons })
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        self.reasons.iter().try_for_each(|reason| write!(f, "; {reason}"))?;
        if self.text.is_empty() { Ok(()) } else { write!(f, " ({})", self.text) }
    }
}

fn free_text(mut texts: Reader<'_>) -> Result<String, Asn1Error> {
    let mut joined = Vec::new();
    while !texts.is_empty() {
        joined.push(texts.element()?.text()?);
    }
    let joined: String = joined.join("; ").chars().take(MAX_TEXT).collect();
    Ok(printable(&joined))
}

fn reasons(bit_string: &[u8]) -> Vec<RejectionReason> {
    // The first octet counts the unused bits, which are zero; longer strings than 64 bits hold nothing known.
    let bytes = bit_string.get(1..).unwrap_or_default().iter().take(8);
    let bits = bytes.enumerate().flat_map(|(index, byte)| {
        (0..8).filter(move |bit| byte & (0x80 >> bit) != 0).map(move |bit| index * 8 + bit)
    });
    bits.map(RejectionReason::from_bit).collect()
}

fn bit_string(reasons: &[RejectionReason]) -> Vec<u8> {
    let mut content = vec![0];
    let mut highest = 0;
    for bit in reasons.iter().map(|reason| reason.bit()) {
        let octet = bit / 8 + 1;
        if content.len() <= octet {
            content.resize(octet + 1, 0);
        }
        content[octet] |= 0x80 >> (bit % 8);
        highest = highest.max(bit);
    }
    // The named bits of DER end with a one (X.690, 11.2.2).
    content[0] = u8::try_from(7 - highest % 8).unwrap_or(0);
    asn1::encode(tag::BIT_STRING, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_survives_the_wire() {
        let refusal = Rejection {
            status: 2,
            text: "no \u{202e}such policy".into(),
            reasons: vec![
                RejectionReason::BadAlgorithm,
                RejectionReason::UnacceptedPolicy,
                RejectionReason::SystemFailure,
            ],
        };
        let der = refusal.to_response_der();
        let response = Element::only(&der, tag::SEQUENCE).unwrap();
        let read = Rejection::read(&response.reader().expect(tag::SEQUENCE).unwrap()).unwrap();
        assert_eq!(read.reasons(), refusal.reasons());
        assert!(!read.text().contains('\u{202e}'), "{}", read.text());
        assert!(read.to_string().contains("it does not work under the policy asked for"), "{read}");
    }
}
