//! What a token says: this digest existed at this time.

use std::time::Duration;

use chancery_certificate::asn1::{self, Asn1Error, Element, Reader, tag};
use chancery_certificate::{AlgorithmIdentifier, GeneralName};
use chancery_digest::{AnyDigest, Digest, KnownDigest};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

/// What is stamped: the digest of some bytes.
///
/// ```text
/// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Imprint {
    algorithm: Oid,
    digest: Vec<u8>,
}

impl Imprint {
    /// The algorithm of the digest.
    #[must_use]
    pub const fn algorithm(&self) -> Oid {
        self.algorithm
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// The algorithm, if it is one that we know.
    #[must_use]
    pub fn known_algorithm(&self) -> Option<KnownDigest> {
        KnownDigest::from_oid(&self.algorithm)
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        // NULL parameters, as OpenSSL and most clients write them; some authorities refuse to do without
        // (RFC 5754, 2: both are to be accepted).
        let algorithm = asn1::sequence(&[&asn1::oid(&self.algorithm), &asn1::null()]);
        asn1::sequence(&[&algorithm, &asn1::octet_string(&self.digest)])
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Asn1Error> {
        let mut fields = reader.expect(tag::SEQUENCE)?.reader();
        let algorithm = AlgorithmIdentifier::read(&mut fields)?.oid;
        let digest = fields.expect(tag::OCTET_STRING)?.content.to_vec();
        fields.finish()?;
        Ok(Self { algorithm, digest })
    }
}

impl<D: AnyDigest> From<Digest<D>> for Imprint {
    fn from(digest: Digest<D>) -> Self {
        Self { algorithm: digest.algorithm().oid(), digest: digest.as_bytes().to_vec() }
    }
}

/// What a timestamp authority signs (RFC 3161, 2.4.2).
///
/// ```text
/// TSTInfo ::= SEQUENCE {
///     version         INTEGER { v1(1) },
///     policy          TSAPolicyId,
///     messageImprint  MessageImprint,
///     serialNumber    INTEGER,
///     genTime         GeneralizedTime,
///     accuracy        Accuracy OPTIONAL,
///     ordering        BOOLEAN DEFAULT FALSE,
///     nonce           INTEGER OPTIONAL,
///     tsa             [0] GeneralName OPTIONAL,
///     extensions      [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimestampInfo {
    policy: Oid,
    imprint: Imprint,
    serial: Vec<u8>,
    time: Timestamp,
    accuracy: Option<Duration>,
    ordering: Ordering,
    nonce: Option<Vec<u8>>,
    authority: Option<GeneralName>,
    critical_extension: Option<Oid>,
}

/// Whether tokens of one authority can be put in order by their times alone (RFC 3161, 2.4.2).
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Ordering {
    /// Only if their times differ by more than the sum of their accuracies.
    #[default]
    ByAccuracy,
    /// Always.
    Always,
}

impl TimestampInfo {
    /// A statement for a token to be made: under this policy, with this serial number (a magnitude, most
    /// significant byte first), at this time.
    #[must_use]
    pub fn new(policy: Oid, imprint: impl Into<Imprint>, serial: &[u8], time: Timestamp) -> Self {
        Self {
            policy,
            imprint: imprint.into(),
            serial: integer_content(serial),
            time,
            accuracy: None,
            ordering: Ordering::ByAccuracy,
            nonce: None,
            authority: None,
            critical_extension: None,
        }
    }

    /// Adds how far the true time may be from the stated one, in either direction; counted in microseconds.
    #[must_use]
    pub const fn with_accuracy(mut self, accuracy: Duration) -> Self {
        self.accuracy = Some(accuracy);
        self
    }

    /// Adds the nonce of the question (a magnitude, most significant byte first).
    #[must_use]
    pub fn with_nonce(mut self, nonce: &[u8]) -> Self {
        self.nonce = Some(integer_content(nonce));
        self
    }

    /// Adds a nonce exactly as a request had it.
    pub(crate) fn with_nonce_content(mut self, content: &[u8]) -> Self {
        self.nonce = Some(content.to_vec());
        self
    }

    /// The policy under which the authority works.
    #[must_use]
    pub const fn policy(&self) -> Oid {
        self.policy
    }

    /// What was stamped.
    #[must_use]
    pub const fn imprint(&self) -> &Imprint {
        &self.imprint
    }

    /// The serial number: the content octets of the INTEGER.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The time, with the fraction of a second that the authority gave.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// How far the true time may be from the stated one, in either direction, if the authority says so.
    #[must_use]
    pub const fn accuracy(&self) -> Option<Duration> {
        self.accuracy
    }

    /// Whether the authority promises an order among its tokens.
    #[must_use]
    pub const fn ordering(&self) -> Ordering {
        self.ordering
    }

    /// The nonce of the question, as the content octets of the INTEGER.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// The name that the authority gives itself: a hint, nothing checked.
    #[must_use]
    pub const fn authority(&self) -> Option<&GeneralName> {
        self.authority.as_ref()
    }

    /// An extension that is critical; none is known, so the statement must not be relied on.
    pub(crate) const fn critical_extension(&self) -> Option<Oid> {
        self.critical_extension
    }

    /// The DER encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let ordering = match self.ordering {
            Ordering::ByAccuracy => Vec::new(),
            Ordering::Always => asn1::encode(tag::BOOLEAN, &[0xff]),
        };
        let nonce = self.nonce.as_ref().map(|nonce| asn1::encode(tag::INTEGER, nonce));
        asn1::sequence(&[
            &asn1::integer(&[1]),
            &asn1::oid(&self.policy),
            &self.imprint.to_der(),
            &asn1::encode(tag::INTEGER, &self.serial),
            &asn1::generalized_time(self.time),
            &self.accuracy.map(encode_accuracy).unwrap_or_default(),
            &ordering,
            &nonce.unwrap_or_default(),
        ])
    }

    /// Reads a TSTInfo; the version is given back for judgement.
    pub(crate) fn read(der: &[u8]) -> Result<(u64, Self), Asn1Error> {
        let mut fields = Element::only(der, tag::SEQUENCE)?.reader();
        let version = fields.expect(tag::INTEGER)?.small_integer()?;
        let policy = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let imprint = Imprint::read(&mut fields)?;
        let serial = fields.expect(tag::INTEGER)?.integer()?.to_vec();
        let time = fields.expect(tag::GENERALIZED_TIME)?.time()?;
        let accuracy = fields.optional(tag::SEQUENCE)?.map(|element| read_accuracy(&element)).transpose()?;
        // FALSE is the default and should be left out, but some authorities write it.
        let ordering = match fields.optional(tag::BOOLEAN)?.map(|element| element.boolean()).transpose()? {
            Some(true) => Ordering::Always,
            _ => Ordering::ByAccuracy,
        };
        let nonce = fields.optional(tag::INTEGER)?.map(|element| element.integer()).transpose()?;
        let authority =
            fields.optional(tag::constructed(0))?.map(|element| read_name(&element)).transpose()?;
        let extensions = fields.optional(tag::constructed(1))?;
        let critical_extension =
            extensions.map(|extensions| first_critical(extensions.reader())).transpose()?.flatten();
        fields.finish()?;
        let nonce = nonce.map(<[u8]>::to_vec);
        let info =
            Self { policy, imprint, serial, time, accuracy, ordering, nonce, authority, critical_extension };
        Ok((version, info))
    }
}

/// The content octets of a non-negative INTEGER.
pub(crate) fn integer_content(magnitude: &[u8]) -> Vec<u8> {
    let der = asn1::integer(magnitude);
    Element::only(&der, tag::INTEGER).map(|element| element.content.to_vec()).unwrap_or_default()
}

/// `[0]` is EXPLICIT here, since GeneralName is a CHOICE; some authorities leave the inner tag out.
fn read_name(element: &Element<'_>) -> Result<GeneralName, Asn1Error> {
    let mut reader = element.reader();
    let name = GeneralName::from_element(&reader.element()?)?;
    reader.finish()?;
    Ok(name)
}

/// ```text
/// Accuracy ::= SEQUENCE {
///     seconds  INTEGER OPTIONAL,
///     millis   [0] INTEGER (1..999) OPTIONAL,
///     micros   [1] INTEGER (1..999) OPTIONAL }
/// ```
fn read_accuracy(element: &Element<'_>) -> Result<Duration, Asn1Error> {
    let mut fields = element.reader();
    let mut number = |tag| {
        let field = fields.optional(tag)?;
        field.map(|field| field.small_integer()).transpose().map(|number| number.unwrap_or(0))
    };
    let seconds = number(tag::INTEGER)?;
    let millis = number(tag::primitive(0))?;
    let micros = number(tag::primitive(1))?;
    fields.finish()?;
    let fraction = Duration::from_millis(millis).saturating_add(Duration::from_micros(micros));
    Ok(Duration::from_secs(seconds).saturating_add(fraction))
}

fn encode_accuracy(accuracy: Duration) -> Vec<u8> {
    let part = |tag, value: u64| match value {
        0 => Vec::new(),
        value => asn1::encode(tag, &integer_content(&value.to_be_bytes())),
    };
    let micros = u64::from(accuracy.subsec_micros());
    asn1::sequence(&[
        &part(tag::INTEGER, accuracy.as_secs()),
        &part(tag::primitive(0), micros / 1000),
        &part(tag::primitive(1), micros % 1000),
    ])
}

fn first_critical(mut extensions: Reader<'_>) -> Result<Option<Oid>, Asn1Error> {
    let mut critical = None;
    while !extensions.is_empty() {
        let mut fields = extensions.expect(tag::SEQUENCE)?.reader();
        let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let is_critical = fields.optional(tag::BOOLEAN)?.map(|element| element.boolean()).transpose()?;
        fields.expect(tag::OCTET_STRING)?;
        fields.finish()?;
        if is_critical == Some(true) && critical.is_none() {
            critical = Some(oid);
        }
    }
    Ok(critical)
}

#[cfg(test)]
mod tests {
    use chancery_digest::DigestAlgorithm;
    use proptest::prelude::*;

    use super::*;

    const POLICY: Oid = Oid::new_unwrap("1.2.3.4");

    proptest! {
        #[test]
        fn statements_survive_der(
            serial in proptest::collection::vec(any::<u8>(), 0..20),
            nonce in proptest::option::of(any::<[u8; 16]>()),
            micros in 0_u64..10_000_000,
            // 1950 to 2200, with a fraction
            seconds in -631_152_000_i64..7_258_118_400,
            nanos in 0_i32..1_000_000_000,
        ) {
            let time = Timestamp::new(seconds, 0).unwrap() + jiff::SignedDuration::from_nanos(nanos.into());
            let digest = DigestAlgorithm::Sha384.digest(b"x");
            let mut info = TimestampInfo::new(POLICY, digest, &serial, time).with_accuracy(Duration::from_micros(micros));
            if let Some(nonce) = nonce {
                info = info.with_nonce(&nonce);
            }
            prop_assert_eq!(TimestampInfo::read(&info.to_der()).unwrap(), (1, info));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = TimestampInfo::read(&bytes);
        }
    }
}
