//! One statement.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{Asn1Error, Asn1Fault, Element, tag};
use crate::{GeneralName, printable};

/// One thing that a certificate claims. The names complete the sentence "this certificate claims …".
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Claim {
    /// QcCompliance: to be a qualified certificate.
    ToBeQualified,
    /// QcSSCD: that the private key is in a qualified signature or seal creation device.
    KeyInQualifiedDevice,
    /// QcType: to be qualified for these uses.
    ForUses(Vec<ClaimedUse>),
    /// QcCClegislation: to be qualified by the law of these countries (ISO 3166 codes) and not of the European Union.
    UnderLegislation(Vec<String>),
    /// QcQSCDlegislation: that the device is a qualified one by the law of these countries.
    DeviceUnderLegislation(Vec<String>),
    /// QcLimitValue: that its issuer is liable for transactions up to this value.
    LimitedTo(MonetaryLimit),
    /// QcRetentionPeriod: that records of its issuance are kept this many years after it ends.
    RetainedForYears(u64),
    /// QcPDS: that statements of the issuer's practice, for its customers, are at these addresses, each with its
    /// language (ISO 639-1).
    DisclosedAt(Vec<(String, String)>),
    /// QcIdentMethod: that the person was identified in one of the ways of eIDAS, article 24.
    IdentifiedBy(Vec<Oid>),
    /// PSD2QcType: to belong to a payment service provider (ETSI TS 119 495). The roles and the authority are
    /// here as encoded; this crate reads them no further.
    PaymentServices(Vec<u8>),
    /// QCSyntax v1 or v2: that the subject's name is to be understood as some standard says.
    NamedBy {
        /// The standard, where it is said.
        semantics: Option<NameSemantics>,
        /// Who registered the name.
        authorities: Vec<GeneralName>,
    },
    /// A statement that is not read further.
    Other {
        /// Which.
        oid: Oid,
        /// Its value as encoded, if it has one.
        value: Option<Vec<u8>>,
    },
}

/// For what a certificate claims to be qualified (EN 319 412-5, 4.2.3).
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum ClaimedUse {
    /// id-etsi-qct-esign: electronic signatures, which natural persons make (eIDAS, article 3 (9)).
    Signatures,
    /// id-etsi-qct-eseal: electronic seals, which legal persons make (eIDAS, article 3 (24)).
    Seals,
    /// id-etsi-qct-web: authentication of web sites.
    WebSites,
    /// Another use.
    Other(Oid),
}

/// A value in a currency: `amount × 10^exponent`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MonetaryLimit {
    /// The currency by ISO 4217, letters or digits: `EUR`, `978`.
    pub currency: String,
    /// The amount.
    pub amount: u64,
    /// The power of ten that it is multiplied with.
    pub exponent: u64,
}

/// By which rules the subject's name, its serial number and its organisation identifier are to be understood
/// (ETSI EN 319 412-1, clause 5).
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum NameSemantics {
    /// id-etsi-qcs-semanticsId-Natural: a natural person (5.1.3).
    Natural,
    /// id-etsi-qcs-semanticsId-Legal: a legal person (5.1.4).
    Legal,
    /// id-etsi-qcs-semanticsId-eIDASNatural: a natural person by its eIDAS identifier (5.1.5).
    EidasNatural,
    /// id-etsi-qcs-semanticsId-eIDASLegal: a legal person by its eIDAS identifier (5.1.6).
    EidasLegal,
    /// Other rules.
    Other(Oid),
}

impl Claim {
    pub(super) fn read(oid: Oid, value: Option<Element<'_>>) -> Result<Self, Asn1Error> {
        match (oid, value) {
            (QC_COMPLIANCE, None) => Ok(Self::ToBeQualified),
            (QC_SSCD, None) => Ok(Self::KeyInQualifiedDevice),
            // The two take no value (EN 319 412-5, 4.2.1 and 4.2.2): with one, this is some other claim.
            (QC_COMPLIANCE | QC_SSCD, Some(value)) => {
                Err(Asn1Error { offset: value.offset, fault: Asn1Fault::Trailing })
            }
            (QC_TYPE, Some(value)) => {
                each(&value, |element| element.oid().map(ClaimedUse::from)).map(Self::ForUses)
            }
            (QC_LEGISLATION, Some(value)) => each(&value, country).map(Self::UnderLegislation),
            (QC_DEVICE_LEGISLATION, Some(value)) => each(&value, country).map(Self::DeviceUnderLegislation),
            (QC_LIMIT_VALUE, Some(value)) => MonetaryLimit::read(&value).map(Self::LimitedTo),
            (QC_RETENTION_PERIOD, Some(value)) => {
                of(&value, tag::INTEGER)?.small_integer().map(Self::RetainedForYears)
            }
            (QC_PDS, Some(value)) => each(&value, disclosure).map(Self::DisclosedAt),
            (QC_IDENTIFICATION, Some(value)) => each(&value, |element| element.oid()).map(Self::IdentifiedBy),
            (PSD2, Some(value)) => Ok(Self::PaymentServices(value.raw.to_vec())),
            (SYNTAX_V1 | SYNTAX_V2, None) => Ok(Self::NamedBy { semantics: None, authorities: Vec::new() }),
            (SYNTAX_V1 | SYNTAX_V2, Some(value)) => semantics(&value),
            (oid, value) => Ok(Self::Other { oid, value: value.map(|value| value.raw.to_vec()) }),
        }
    }

    /// The identifier of the statement. The two versions of QCSyntax are told as the second.
    #[must_use]
    pub const fn statement(&self) -> Oid {
        match self {
            Self::ToBeQualified => QC_COMPLIANCE,
            Self::KeyInQualifiedDevice => QC_SSCD,
            Self::ForUses(_) => QC_TYPE,
            Self::UnderLegislation(_) => QC_LEGISLATION,
            Self::DeviceUnderLegislation(_) => QC_DEVICE_LEGISLATION,
            Self::LimitedTo(_) => QC_LIMIT_VALUE,
            Self::RetainedForYears(_) => QC_RETENTION_PERIOD,
            Self::DisclosedAt(_) => QC_PDS,
            Self::IdentifiedBy(_) => QC_IDENTIFICATION,
            Self::PaymentServices(_) => PSD2,
            Self::NamedBy { .. } => SYNTAX_V2,
            Self::Other { oid, .. } => *oid,
        }
    }

    /// Where the statement is defined.
    #[must_use]
    pub const fn clause(&self) -> &'static str {
        match self {
            Self::ToBeQualified => "ETSI EN 319 412-5, 4.2.1",
            Self::KeyInQualifiedDevice => "ETSI EN 319 412-5, 4.2.2",
            Self::ForUses(_) => "ETSI EN 319 412-5, 4.2.3",
            Self::UnderLegislation(_) => "ETSI EN 319 412-5, 4.2.4",
            Self::DeviceUnderLegislation(_) => "ETSI EN 319 412-5, 4.2.5",
            Self::LimitedTo(_) => "ETSI EN 319 412-5, 4.3.2",
            Self::RetainedForYears(_) => "ETSI EN 319 412-5, 4.3.3",
            Self::DisclosedAt(_) => "ETSI EN 319 412-5, 4.3.4",
            Self::IdentifiedBy(_) => "ETSI EN 319 412-5, 4.3.5",
            Self::PaymentServices(_) => "ETSI TS 119 495, 5.1",
            Self::NamedBy { .. } => "RFC 3739, 3.2.6.1; ETSI EN 319 412-1, 5",
            Self::Other { .. } => "RFC 3739, 3.2.6",
        }
    }
}

impl From<Oid> for ClaimedUse {
    fn from(oid: Oid) -> Self {
        match oid {
            TYPE_SIGNATURES => Self::Signatures,
            TYPE_SEALS => Self::Seals,
            TYPE_WEB_SITES => Self::WebSites,
            other => Self::Other(other),
        }
    }
}

impl MonetaryLimit {
    /// ```text
    /// MonetaryValue ::= SEQUENCE { currency Iso4217CurrencyCode, amount INTEGER, exponent INTEGER }
    /// Iso4217CurrencyCode ::= CHOICE { alphabetic PrintableString (SIZE (3)), numeric INTEGER (1..999) }
    /// ```
    fn read(value: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut fields = of(value, tag::SEQUENCE)?.reader();
        let currency = fields.element()?;
        let currency = match currency.tag {
            tag::INTEGER => format!("{:03}", currency.small_integer()?),
            _ => currency.text()?,
        };
        let amount = fields.expect(tag::INTEGER)?.small_integer()?;
        let exponent = fields.expect(tag::INTEGER)?.small_integer()?;
        fields.finish()?;
        Ok(Self { currency, amount, exponent })
    }
}

/// `SemanticsInformation ::= SEQUENCE { semanticsIdentifier OBJECT IDENTIFIER OPTIONAL,
/// nameRegistrationAuthorities SEQUENCE OF GeneralName OPTIONAL }`
fn semantics(value: &Element<'_>) -> Result<Claim, Asn1Error> {
    let mut fields = of(value, tag::SEQUENCE)?.reader();
    let semantics = fields.optional(tag::OBJECT_IDENTIFIER)?.map(|element| element.oid()).transpose()?;
    let authorities = fields.optional(tag::SEQUENCE)?;
    let authorities = authorities.map_or(Ok(Vec::new()), |names| GeneralName::read_all(names.reader()))?;
    fields.finish()?;
    let semantics = semantics.map(|oid| match oid {
        SEMANTICS_NATURAL => NameSemantics::Natural,
        SEMANTICS_LEGAL => NameSemantics::Legal,
        SEMANTICS_EIDAS_NATURAL => NameSemantics::EidasNatural,
        SEMANTICS_EIDAS_LEGAL => NameSemantics::EidasLegal,
        other => NameSemantics::Other(other),
    });
    Ok(Claim::NamedBy { semantics, authorities })
}

/// `PdsLocation ::= SEQUENCE { url IA5String, language PrintableString (SIZE (2)) }`
fn disclosure(location: Element<'_>) -> Result<(String, String), Asn1Error> {
    let mut fields = of(&location, tag::SEQUENCE)?.reader();
    let (address, language) = (fields.element()?.text()?, fields.element()?.text()?);
    fields.finish()?;
    Ok((address, language))
}

/// `CountryName ::= PrintableString (SIZE (2)) (CONSTRAINED BY {-- ISO 3166-1 alpha-2 codes only --})`
fn country(element: Element<'_>) -> Result<String, Asn1Error> {
    let code = element.text()?;
    let fault =
        Asn1Error { offset: element.offset, fault: Asn1Fault::Value("a country code of two letters") };
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_alphabetic());
    if is_code { Ok(code.to_ascii_uppercase()) } else { Err(fault) }
}

fn of<'e, 'a>(element: &'e Element<'a>, expected: u8) -> Result<&'e Element<'a>, Asn1Error> {
    let fault = Asn1Fault::Unexpected { expected, found: element.tag };
    if element.tag == expected { Ok(element) } else { Err(Asn1Error { offset: element.offset, fault }) }
}

fn each<'a, T>(
    list: &Element<'a>,
    read: impl Fn(Element<'a>) -> Result<T, Asn1Error>,
) -> Result<Vec<T>, Asn1Error> {
    let mut reader = of(list, tag::SEQUENCE)?.reader();
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(read(reader.element()?)?);
    }
    Ok(all)
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ToBeQualified => f.write_str("claims to be a qualified certificate"),
            Self::KeyInQualifiedDevice => {
                f.write_str("claims that its key is in a qualified signature or seal creation device")
            }
            Self::ForUses(uses) => write!(f, "claims to be for {}", joined(uses)),
            Self::UnderLegislation(countries) => {
                write!(f, "claims to be qualified by the law of {}", joined(countries))
            }
            Self::DeviceUnderLegislation(countries) => {
                write!(f, "claims a device that is qualified by the law of {}", joined(countries))
            }
            Self::LimitedTo(limit) => write!(f, "claims a limit of {limit}"),
            Self::RetainedForYears(years) => write!(f, "claims that records are kept for {years} years"),
            Self::DisclosedAt(places) => {
                let places: Vec<String> =
                    places.iter().map(|(url, language)| format!("{url} ({language})")).collect();
                write!(f, "claims disclosure statements at {}", printable(&places.join(", ")))
            }
            Self::IdentifiedBy(methods) => write!(f, "claims identification by {}", joined(methods)),
            Self::PaymentServices(_) => f.write_str("claims to belong to a payment service provider"),
            Self::NamedBy { semantics: Some(semantics), .. } => {
                write!(f, "claims to be named as {semantics}")
            }
            Self::NamedBy { semantics: None, .. } => f.write_str("claims to be named by RFC 3739"),
            Self::Other { oid, .. } => write!(f, "makes the statement {oid}, which is not read"),
        }
    }
}

impl fmt::Display for ClaimedUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signatures => f.write_str("electronic signatures"),
            Self::Seals => f.write_str("electronic seals"),
            Self::WebSites => f.write_str("web site authentication"),
            Self::Other(oid) => write!(f, "the use {oid}"),
        }
    }
}

impl fmt::Display for NameSemantics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Natural => f.write_str("a natural person"),
            Self::Legal => f.write_str("a legal person"),
            Self::EidasNatural => f.write_str("a natural person by eIDAS identifier"),
            Self::EidasLegal => f.write_str("a legal person by eIDAS identifier"),
            Self::Other(oid) => write!(f, "{oid} says"),
        }
    }
}

impl fmt::Display for MonetaryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let currency = printable(&self.currency);
        match self.exponent {
            0 => write!(f, "{} {currency}", self.amount),
            exponent => write!(f, "{} × 10^{exponent} {currency}", self.amount),
        }
    }
}

fn joined<T: fmt::Display>(things: &[T]) -> String {
    things.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

// ETSI EN 319 412-5, annex B: id-etsi-qcs.
const QC_COMPLIANCE: Oid = Oid::new_unwrap("0.4.0.1862.1.1");
const QC_LIMIT_VALUE: Oid = Oid::new_unwrap("0.4.0.1862.1.2");
const QC_RETENTION_PERIOD: Oid = Oid::new_unwrap("0.4.0.1862.1.3");
const QC_SSCD: Oid = Oid::new_unwrap("0.4.0.1862.1.4");
const QC_PDS: Oid = Oid::new_unwrap("0.4.0.1862.1.5");
const QC_TYPE: Oid = Oid::new_unwrap("0.4.0.1862.1.6");
const TYPE_SIGNATURES: Oid = Oid::new_unwrap("0.4.0.1862.1.6.1");
const TYPE_SEALS: Oid = Oid::new_unwrap("0.4.0.1862.1.6.2");
const TYPE_WEB_SITES: Oid = Oid::new_unwrap("0.4.0.1862.1.6.3");
const QC_LEGISLATION: Oid = Oid::new_unwrap("0.4.0.1862.1.7");
const QC_IDENTIFICATION: Oid = Oid::new_unwrap("0.4.0.1862.1.8");
const QC_DEVICE_LEGISLATION: Oid = Oid::new_unwrap("0.4.0.1862.1.9");
/// ETSI TS 119 495, annex A: etsi-psd2-qcStatement.
const PSD2: Oid = Oid::new_unwrap("0.4.0.19495.2");
// RFC 3739, appendix A.2: id-qcs-pkixQCSyntax-v1 and -v2.
const SYNTAX_V1: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.11.1");
const SYNTAX_V2: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.11.2");
// ETSI EN 319 412-1, annex A: id-etsi-qcs-SemanticsId.
const SEMANTICS_NATURAL: Oid = Oid::new_unwrap("0.4.0.194121.1.1");
const SEMANTICS_LEGAL: Oid = Oid::new_unwrap("0.4.0.194121.1.2");
const SEMANTICS_EIDAS_NATURAL: Oid = Oid::new_unwrap("0.4.0.194121.1.3");
const SEMANTICS_EIDAS_LEGAL: Oid = Oid::new_unwrap("0.4.0.194121.1.4");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1;
    use crate::claims::Claims;

    fn statement(oid: Oid, value: Option<Vec<u8>>) -> Vec<u8> {
        asn1::sequence(&[&asn1::oid(&oid), &value.unwrap_or_default()])
    }

    fn claims(statements: &[Vec<u8>]) -> Result<Claims, Asn1Error> {
        Claims::from_der(&asn1::encode(tag::SEQUENCE, &statements.concat()))
    }

    fn text(tag: u8, text: &str) -> Vec<u8> {
        asn1::encode(tag, text.as_bytes())
    }

    #[test]
    fn every_statement_is_read() {
        let country = text(tag::PRINTABLE_STRING, "CH");
        let pds = asn1::sequence(&[
            &text(tag::IA5_STRING, "https://ca.example/pds"),
            &text(tag::PRINTABLE_STRING, "en"),
        ]);
        let limit = asn1::sequence(&[
            &text(tag::PRINTABLE_STRING, "EUR"),
            &asn1::integer(&[5]),
            &asn1::integer(&[3]),
        ]);
        let read = claims(&[
            statement(QC_COMPLIANCE, None),
            statement(QC_SSCD, None),
            statement(QC_TYPE, Some(asn1::sequence(&[&asn1::oid(&TYPE_SEALS)]))),
            statement(QC_LEGISLATION, Some(asn1::sequence(&[&country]))),
            statement(QC_DEVICE_LEGISLATION, Some(asn1::sequence(&[&country]))),
            statement(QC_LIMIT_VALUE, Some(limit)),
            statement(QC_RETENTION_PERIOD, Some(asn1::integer(&[15]))),
            statement(QC_PDS, Some(asn1::sequence(&[&pds]))),
            statement(
                QC_IDENTIFICATION,
                Some(asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("0.4.0.1862.1.8.1"))])),
            ),
            statement(PSD2, Some(asn1::sequence(&[]))),
            statement(SYNTAX_V2, Some(asn1::sequence(&[&asn1::oid(&SEMANTICS_LEGAL)]))),
            statement(Oid::new_unwrap("1.2.3"), Some(asn1::null())),
        ])
        .unwrap();
        assert!(read.claims_to_be_qualified() && read.claims_a_qualified_device());
        assert_eq!(read.claimed_uses(), [ClaimedUse::Seals]);
        assert_eq!(read.claimed_legislation(), ["CH"]);
        assert!(read.contains(PSD2));
        let lines = read.to_string();
        for part in [
            "claims to be a qualified certificate (ETSI EN 319 412-5, 4.2.1)",
            "claims to be for electronic seals",
            "a limit of 5 × 10^3 EUR",
            "kept for 15 years",
            "https://ca.example/pds (en)",
            "named as a legal person",
            "the statement 1.2.3, which is not read",
        ] {
            assert!(lines.contains(part), "{part:?} in\n{lines}");
        }
        assert!(
            lines.lines().all(|line| line.starts_with("claims") || line.starts_with("makes the statement"))
        );
    }

    #[test]
    fn a_statement_that_is_not_what_its_definition_says_is_an_error_with_its_place() {
        let long = text(tag::PRINTABLE_STRING, "Switzerland");
        for (wrong, offset) in [
            (statement(QC_COMPLIANCE, Some(asn1::null())), 12),
            (statement(QC_TYPE, Some(asn1::null())), 12),
            (statement(QC_TYPE, Some(asn1::sequence(&[&asn1::null()]))), 14),
            (statement(QC_LEGISLATION, Some(asn1::sequence(&[&long]))), 14),
            (statement(QC_RETENTION_PERIOD, Some(asn1::encode(tag::INTEGER, &[0xff]))), 12),
            (statement(QC_PDS, Some(asn1::sequence(&[&asn1::null()]))), 14),
        ] {
            assert_eq!(
                claims(std::slice::from_ref(&wrong)).map_err(|error| error.offset),
                Err(offset),
                "{wrong:02x?}"
            );
        }
    }
}
