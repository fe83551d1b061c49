//! What a certificate says of itself.

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{Asn1Error, Element, tag};

/// What a certificate says of itself in its QCStatements (RFC 3739, 3.2.6; ETSI EN 319 412-5). These are claims:
/// anybody can write them into a certificate. Only a verified trusted list makes a certificate qualified.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Claims(Vec<Claim>);

/// One statement.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Claim {
    /// QcCompliance: the certificate claims to be qualified.
    Qualified,
    /// QcSSCD: the private key claims to be in a qualified signature creation device.
    QualifiedDevice,
    /// QcType: for what the certificate claims to be qualified.
    Types(Vec<Oid>),
    /// QcCClegislation: the countries, by ISO 3166 code, whose law is meant; absent means the European Union.
    Legislation(Vec<String>),
    /// A statement that is not read further.
    Other {
        /// Which.
        oid: Oid,
        /// Its value as encoded, if it has one.
        value: Option<Vec<u8>>,
    },
}

impl Claims {
    pub(crate) fn from_der(bytes: &[u8]) -> Result<Self, Asn1Error> {
        let mut claims = Vec::new();
        let mut statements = Element::only(bytes, tag::SEQUENCE)?.reader();
        while !statements.is_empty() {
            let mut fields = statements.expect(tag::SEQUENCE)?.reader();
            let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            let value = if fields.is_empty() { None } else { Some(fields.element()?) };
            fields.finish()?;
            claims.push(Claim::read(oid, value)?);
        }
        Ok(Self(claims))
    }

    /// The statements in the order in which the certificate has them.
    pub fn iter(&self) -> impl Iterator<Item = &Claim> {
        self.0.iter()
    }
}

impl Claim {
    fn read(oid: Oid, value: Option<Element<'_>>) -> Result<Self, Asn1Error> {
        match (oid, value) {
            (QC_COMPLIANCE, _) => Ok(Self::Qualified),
            (QC_SSCD, _) => Ok(Self::QualifiedDevice),
            (QC_TYPE, Some(value)) => each(&value, |element| element.oid()).map(Self::Types),
            (QC_LEGISLATION, Some(value)) => each(&value, |element| element.text()).map(Self::Legislation),
            (oid, value) => Ok(Self::Other { oid, value: value.map(|value| value.raw.to_vec()) }),
        }
    }
}

fn each<T>(
    list: &Element<'_>,
    read: impl Fn(Element<'_>) -> Result<T, Asn1Error>,
) -> Result<Vec<T>, Asn1Error> {
    let mut reader = list.reader();
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(read(reader.element()?)?);
    }
    Ok(all)
}

// ETSI EN 319 412-5 V2.4.1, annex B.
const QC_COMPLIANCE: Oid = Oid::new_unwrap("0.4.0.1862.1.1");
const QC_SSCD: Oid = Oid::new_unwrap("0.4.0.1862.1.4");
const QC_TYPE: Oid = Oid::new_unwrap("0.4.0.1862.1.6");
const QC_LEGISLATION: Oid = Oid::new_unwrap("0.4.0.1862.1.7");
