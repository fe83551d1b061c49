//! What is odd about a certificate that can be read all the same.

use std::fmt;
use std::ops::Range;

use const_oid::ObjectIdentifier as Oid;

use crate::Certificate;
use crate::asn1::{Asn1Error, Asn1Fault, Element, Reader, tag};
use crate::printable::misleads;

/// Something that a certificate must not be by RFC 5280 or DER, and that readers, ours too, let pass because real
/// certificates have it. Nothing here makes a certificate unreadable; a path validator may refuse it all the same.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Irregularity {
    /// Where it stands, in bytes from the beginning of the certificate.
    pub offset: usize,
    /// Where it stands, in words.
    pub place: Place,
    /// What it is.
    pub kind: IrregularityKind,
}

/// A part of a certificate.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// The certificate as a whole.
    Certificate,
    /// The serial number.
    SerialNumber,
    /// The issuer's name.
    Issuer,
    /// The subject's name.
    Subject,
    /// The validity.
    Validity,
    /// An extension.
    Extension(Oid),
}

/// What is odd.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum IrregularityKind {
    /// A serial number below zero (RFC 5280, 4.1.2.2).
    NegativeSerial,
    /// A serial number of zero (4.1.2.2).
    ZeroSerial,
    /// A serial number of more than 20 octets (4.1.2.2).
    LongSerial {
        /// How many octets it has.
        octets: usize,
    },
    /// Extensions in a certificate that does not say that it is of version 3, or an unknown version (4.1.2.1).
    Version {
        /// The version that it says.
        version: u64,
    },
    /// The algorithm beside the signature is not the one that was signed (4.1.1.2). No path holds with it.
    AlgorithmsDiffer,
    /// Unique identifiers, which nobody may write (4.1.2.8).
    UniqueIdentifiers,
    /// No issuer (4.1.2.4).
    EmptyName,
    /// A time that is not written as it must be: UTCTime up to 2049, GeneralizedTime from 2050, no fractions (4.1.2.5).
    TimeForm,
    /// The validity ends before it begins.
    EndsBeforeItBegins,
    /// A set of a name is empty, or its attributes stand in another order than DER's.
    UnsortedName,
    /// A text breaks the rules of its string type.
    BrokenText,
    /// A text holds control, bidirectional or zero-width characters, with which it can look like another.
    MisleadingText,
    /// An empty list of extensions (4.1: SIZE (1..MAX)).
    NoExtensions,
    /// A default value that DER leaves out.
    WrittenDefault,
    /// An extension that cannot be read.
    Unreadable(Asn1Fault),
    /// Bits at the end of a named-bit list that DER leaves out, or a list without any bit.
    TrailingBits,
}

impl Certificate {
    /// What is odd about the certificate, in the order in which it stands there. Empty for nearly all certificates
    /// of the present.
    ///
    /// ```no_run
    /// # let certificate = chancery_certificate::Certificate::from_pem(b"")?;
    /// for irregularity in certificate.irregularities() {
    ///     println!("{irregularity}");
    /// }
    /// # Ok::<(), chancery_certificate::CertificateError>(())
    /// ```
    #[must_use]
    pub fn irregularities(&self) -> Vec<Irregularity> {
        let mut found = Found(Vec::new());
        // The certificate has been read once already, so no element is missing.
        let _ = found.look_at(self);
        found.look_into_extensions(self);
        found.0.sort_by_key(|irregularity| irregularity.offset);
        found.0
    }
}

struct Found(Vec<Irregularity>);

impl Found {
    fn add(&mut self, offset: usize, place: Place, kind: IrregularityKind) {
        self.0.push(Irregularity { offset, place, kind });
    }

    fn look_at(&mut self, certificate: &Certificate) -> Result<(), Asn1Error> {
        let outer = Element::only(certificate.to_der(), tag::SEQUENCE)?;
        let to_be_signed = outer.reader().expect(tag::SEQUENCE)?;
        let mut fields = to_be_signed.reader();
        let version = fields.optional(tag::constructed(0))?;
        if certificate.version() == 1
            && let Some(version) = version
        {
            self.add(version.offset, Place::Certificate, IrregularityKind::WrittenDefault);
        }
        self.serial(&fields.element()?);
        let algorithm = fields.element()?;
        if certificate.signature_algorithm().raw != certificate.inner_signature_algorithm().raw {
            self.add(algorithm.offset, Place::Certificate, IrregularityKind::AlgorithmsDiffer);
        }
        let issuer = fields.element()?;
        if certificate.issuer().is_empty() {
            self.add(issuer.offset, Place::Issuer, IrregularityKind::EmptyName);
        }
        self.name(&issuer, Place::Issuer)?;
        self.validity(&fields.element()?, certificate)?;
        self.name(&fields.element()?, Place::Subject)?;
        fields.element()?;
        for unique in [tag::primitive(1), tag::primitive(2)] {
            if let Some(element) = fields.optional(unique)? {
                self.add(element.offset, Place::Certificate, IrregularityKind::UniqueIdentifiers);
            }
        }
        let Some(explicit) = fields.optional(tag::constructed(3))? else { return Ok(()) };
        if certificate.version() != 3 {
            let kind = IrregularityKind::Version { version: certificate.version() };
            self.add(explicit.offset, Place::Certificate, kind);
        }
        let extensions = explicit.inside(tag::SEQUENCE)?;
        if extensions.content.is_empty() {
            self.add(extensions.offset, Place::Certificate, IrregularityKind::NoExtensions);
        }
        let mut extensions = extensions.reader();
        while !extensions.is_empty() {
            let mut fields = extensions.expect(tag::SEQUENCE)?.reader();
            let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            if let Some(critical) = fields.optional(tag::BOOLEAN)?.filter(|element| element.content == [0]) {
                self.add(critical.offset, Place::Extension(oid), IrregularityKind::WrittenDefault);
            }
        }
        Ok(())
    }

    fn serial(&mut self, serial: &Element<'_>) {
        let kind = match serial.content {
            [0] => Some(IrregularityKind::ZeroSerial),
            [first, ..] if *first >= 0x80 => Some(IrregularityKind::NegativeSerial),
            _ => None,
        };
        if let Some(kind) = kind {
            self.add(serial.offset, Place::SerialNumber, kind);
        }
        // The octets of the value; a leading zero only keeps it positive.
        let octets = serial.content.strip_prefix(&[0]).unwrap_or(serial.content).len();
        if octets > 20 {
            self.add(serial.offset, Place::SerialNumber, IrregularityKind::LongSerial { octets });
        }
    }

    fn validity(&mut self, validity: &Element<'_>, certificate: &Certificate) -> Result<(), Asn1Error> {
        let mut times = validity.reader();
        for time in [times.element()?, times.element()?] {
            let early = time.time()?.as_second() < FIRST_OF_2050;
            let form = match time.tag {
                tag::UTC_TIME => time.content.len() == 13,
                _ => !early && time.content.len() == 15,
            };
            if !form {
                self.add(time.offset, Place::Validity, IrregularityKind::TimeForm);
            }
        }
        if certificate.not_after() < certificate.not_before() {
            self.add(validity.offset, Place::Validity, IrregularityKind::EndsBeforeItBegins);
        }
        Ok(())
    }

    fn name(&mut self, name: &Element<'_>, place: Place) -> Result<(), Asn1Error> {
        let mut sets = name.reader();
        while !sets.is_empty() {
            let set = sets.expect(tag::SET)?;
            let mut attributes = set.reader();
            let mut before: &[u8] = &[];
            let mut sorted = !set.content.is_empty();
            while !attributes.is_empty() {
                let attribute = attributes.expect(tag::SEQUENCE)?;
                sorted &= before <= attribute.raw;
                before = attribute.raw;
                let mut fields = attribute.reader();
                fields.element()?;
                let value = fields.element()?;
                match value.text() {
                    Err(_) => self.add(value.offset, place, IrregularityKind::BrokenText),
                    Ok(text) if text.chars().any(misleads) => {
                        self.add(value.offset, place, IrregularityKind::MisleadingText);
                    }
                    Ok(_) if !keeps_character_set(&value) => {
                        self.add(value.offset, place, IrregularityKind::BrokenText);
                    }
                    Ok(_) => {}
                }
            }
            if !sorted {
                self.add(set.offset, place, IrregularityKind::UnsortedName);
            }
        }
        Ok(())
    }

    /// The values of the extensions that this crate reads.
    fn look_into_extensions(&mut self, certificate: &Certificate) {
        let checks: [Result<(), crate::CertificateError>; 11] = [
            certificate.basic_constraints().map(drop),
            certificate.key_usage().map(drop),
            certificate.extended_key_usage().map(drop),
            certificate.subject_key_identifier().map(drop),
            certificate.authority_key_identifier().map(drop),
            certificate.subject_alternative_names().map(drop),
            certificate.issuer_alternative_names().map(drop),
            certificate.crl_distribution_points().map(drop),
            certificate.authority_information().map(drop),
            certificate.certificate_policies().map(drop),
            certificate.claims().map(drop),
        ];
        for check in checks {
            if let Err(crate::CertificateError::Extension { oid, fault }) = check {
                let offset = value_range(certificate, oid).start + fault.offset;
                self.add(offset, Place::Extension(oid), IrregularityKind::Unreadable(fault.fault));
            }
        }
        if let Some(usage) = certificate.extension(KEY_USAGE)
            && let [3, _, unused, .., last] = *usage.value.as_slice()
            && (last == 0 || last.trailing_zeros() != u32::from(unused))
        {
            let offset = value_range(certificate, KEY_USAGE).start;
            self.add(offset, Place::Extension(KEY_USAGE), IrregularityKind::TrailingBits);
        }
        if let Some(constraints) = certificate.extension(BASIC_CONSTRAINTS)
            && constraints.value.starts_with(&[tag::SEQUENCE])
            && constraints.value.get(2..5) == Some(&[tag::BOOLEAN, 1, 0])
        {
            let offset = value_range(certificate, BASIC_CONSTRAINTS).start + 2;
            self.add(offset, Place::Extension(BASIC_CONSTRAINTS), IrregularityKind::WrittenDefault);
        }
    }
}

/// Where the value of an extension stands in the certificate.
fn value_range(certificate: &Certificate, oid: Oid) -> Range<usize> {
    let find = || -> Result<Option<Range<usize>>, Asn1Error> {
        let outer = Element::only(certificate.to_der(), tag::SEQUENCE)?;
        let mut fields = outer.reader().expect(tag::SEQUENCE)?.reader();
        while fields.peek().is_some_and(|next| next != tag::constructed(3)) {
            fields.element()?;
        }
        // [0] comes before, so this is the only other [3].
        let mut extensions = fields.expect(tag::constructed(3))?.inside(tag::SEQUENCE)?.reader();
        while !extensions.is_empty() {
            let mut fields: Reader<'_> = extensions.expect(tag::SEQUENCE)?.reader();
            if fields.expect(tag::OBJECT_IDENTIFIER)?.oid()? == oid {
                fields.optional(tag::BOOLEAN)?;
                let value = fields.expect(tag::OCTET_STRING)?;
                let start = value.reader().position();
                return Ok(Some(start..start + value.content.len()));
            }
        }
        Ok(None)
    };
    find().ok().flatten().unwrap_or(0..0)
}

/// Whether a string keeps to the characters of its type (X.680, 41.4 and 41.2).
fn keeps_character_set(value: &Element<'_>) -> bool {
    match value.tag {
        tag::PRINTABLE_STRING => {
            value.content.iter().all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte))
        }
        tag::NUMERIC_STRING => value.content.iter().all(|byte| byte.is_ascii_digit() || *byte == b' '),
        _ => true,
    }
}

/// 2050-01-01T00:00:00Z.
const FIRST_OF_2050: i64 = 2_524_608_000;
const KEY_USAGE: Oid = const_oid::db::rfc5280::ID_CE_KEY_USAGE;
const BASIC_CONSTRAINTS: Oid = const_oid::db::rfc5280::ID_CE_BASIC_CONSTRAINTS;

impl fmt::Display for Irregularity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {}: {}", self.place, self.offset, self.kind)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate => f.write_str("certificate"),
            Self::SerialNumber => f.write_str("serial number"),
            Self::Issuer => f.write_str("issuer"),
            Self::Subject => f.write_str("subject"),
            Self::Validity => f.write_str("validity"),
            Self::Extension(oid) => write!(f, "extension {oid}"),
        }
    }
}

impl fmt::Display for IrregularityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NegativeSerial => f.write_str("below zero"),
            Self::ZeroSerial => f.write_str("zero"),
            Self::LongSerial { octets } => write!(f, "{octets} octets, and 20 are allowed"),
            Self::Version { version } => write!(f, "extensions in a certificate of version {version}"),
            Self::AlgorithmsDiffer => {
                f.write_str("the algorithm beside the signature is not the one that was signed")
            }
            Self::UniqueIdentifiers => f.write_str("unique identifiers, which nobody may write"),
            Self::EmptyName => f.write_str("no name"),
            Self::TimeForm => f.write_str("a time that is not written as RFC 5280 asks"),
            Self::EndsBeforeItBegins => f.write_str("ends before it begins"),
            Self::UnsortedName => f.write_str("a part of the name is empty, or not in the order of DER"),
            Self::BrokenText => f.write_str("a text that breaks the rules of its string type"),
            Self::MisleadingText => {
                f.write_str("a text with control, bidirectional or zero-width characters")
            }
            Self::NoExtensions => f.write_str("an empty list of extensions"),
            Self::WrittenDefault => f.write_str("a default value, which DER leaves out"),
            Self::Unreadable(fault) => write!(f, "cannot be read: {fault}"),
            Self::TrailingBits => f.write_str("bits that DER leaves out"),
        }
    }
}
