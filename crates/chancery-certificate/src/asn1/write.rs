//! The few encoders.

use const_oid::ObjectIdentifier as Oid;
use der::Encode;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::tag;
use crate::asn1_error::{Asn1Error, Asn1Fault};

/// An element with this tag and content.
#[must_use]
pub fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    encode_parts(tag, &[content])
}

/// The tag and the length of an element whose content has this many bytes: for large contents, which need not be
/// copied to be wrapped.
#[must_use]
pub fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(6);
    write_header(tag, length, &mut bytes);
    bytes
}

/// How long an element is whose content has this many bytes.
#[must_use]
pub const fn encoded_len(content: usize) -> usize {
    let mut header = 2;
    if content >= 0x80 {
        let mut left = content;
        while left > 0 {
            header += 1;
            left >>= 8;
        }
    }
    header + content
}

/// A SEQUENCE of elements that are encoded already.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    encode_parts(tag::SEQUENCE, parts)
}

fn encode_parts(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length + 6);
    write_header(tag, length, &mut bytes);
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

fn write_header(tag: u8, length: usize, bytes: &mut Vec<u8>) {
    bytes.push(tag);
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let significant = length.to_be_bytes();
            let significant = &significant[significant.iter().take_while(|byte| **byte == 0).count()..];
            // At most eight length bytes, which fits the seven bits.
            bytes.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            bytes.extend_from_slice(significant);
        }
    }
}

/// A SET OF elements that are encoded already, in the order that DER asks for (X.690, 11.6).
#[must_use]
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    encode(tag::SET, &parts.concat())
}

/// An OBJECT IDENTIFIER.
#[must_use]
pub fn oid(oid: &Oid) -> Vec<u8> {
    encode(tag::OBJECT_IDENTIFIER, oid.as_bytes())
}

/// An OCTET STRING.
#[must_use]
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    encode(tag::OCTET_STRING, bytes)
}

/// A BIT STRING of whole bytes.
#[must_use]
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    encode(tag::BIT_STRING, &[&[0], bytes].concat())
}

/// A non-negative INTEGER from its bytes, most significant first; leading zeros are put right.
#[must_use]
pub fn integer(magnitude: &[u8]) -> Vec<u8> {
    let digits = &magnitude[magnitude.iter().take_while(|byte| **byte == 0).count()..];
    match digits.first() {
        None => encode(tag::INTEGER, &[0]),
        Some(first) if *first >= 0x80 => encode(tag::INTEGER, &[&[0], digits].concat()),
        Some(_) => encode(tag::INTEGER, digits),
    }
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    vec![tag::NULL, 0]
}

/// A GeneralizedTime, with a fraction only where the time has one.
#[must_use]
pub fn generalized_time(time: Timestamp) -> Vec<u8> {
    let civil = Offset::UTC.to_datetime(time);
    let mut text = format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    );
    if civil.subsec_nanosecond() != 0 {
        let fraction = format!(".{:09}", civil.subsec_nanosecond());
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    encode(tag::GENERALIZED_TIME, text.as_bytes())
}

/// A Time as certificates and CMS attributes write it: UTCTime from 1950 to 2049, else GeneralizedTime
/// (RFC 5280, 4.1.2.5; RFC 5652, 11.3). Fractions of a second are dropped.
#[must_use]
pub fn time(time: Timestamp) -> Vec<u8> {
    let whole = Timestamp::from_second(time.as_second()).unwrap_or(time);
    let civil = Offset::UTC.to_datetime(whole);
    let generalized = generalized_time(whole);
    if (1950..2050).contains(&civil.year()) {
        // The same digits without the century; two bytes of header go before them.
        encode(tag::UTC_TIME, &generalized[4..])
    } else {
        generalized
    }
}

/// Anything that the `der` crate can encode.
///
/// # Errors
/// If the value cannot be encoded, for example because it is longer than the crate allows.
pub fn encoded(value: &impl Encode) -> Result<Vec<u8>, Asn1Error> {
    value
        .to_der()
        .map_err(|_| Asn1Error { offset: 0, fault: Asn1Fault::Value("something that can be encoded") })
}
