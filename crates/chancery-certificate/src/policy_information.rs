//! The policies under which a certificate was issued.

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{Asn1Error, Element, tag};

/// A policy under which a certificate was issued (RFC 5280, 4.2.1.4), with what is meant for people.
///
/// ```text
/// PolicyInformation ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER,
///                                  policyQualifiers SEQUENCE OF PolicyQualifierInfo OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyInformation {
    /// Which policy. `2.5.29.32.0` is any.
    pub oid: Oid,
    /// `cPSuri`: addresses of the issuer's practice statement.
    pub practice_statements: Vec<String>,
    /// `userNotice`: texts to show to whoever relies on the certificate.
    pub notices: Vec<String>,
    /// Qualifiers of other kinds, as encoded.
    pub others: Vec<Vec<u8>>,
}

impl PolicyInformation {
    pub(crate) fn list_from_der(bytes: &[u8]) -> Result<Vec<Self>, Asn1Error> {
        let mut policies = Element::only(bytes, tag::SEQUENCE)?.reader();
        let mut all = Vec::new();
        while !policies.is_empty() {
            all.push(Self::read(&policies.expect(tag::SEQUENCE)?)?);
        }
        Ok(all)
    }

    fn read(element: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut fields = element.reader();
        let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let mut policy =
            Self { oid, practice_statements: Vec::new(), notices: Vec::new(), others: Vec::new() };
        if let Some(qualifiers) = fields.optional(tag::SEQUENCE)? {
            let mut qualifiers = qualifiers.reader();
            while !qualifiers.is_empty() {
                policy.add_qualifier(&qualifiers.expect(tag::SEQUENCE)?)?;
            }
        }
        fields.finish()?;
        Ok(policy)
    }

    fn add_qualifier(&mut self, qualifier: &Element<'_>) -> Result<(), Asn1Error> {
        let mut fields = qualifier.reader();
        match fields.expect(tag::OBJECT_IDENTIFIER)?.oid()? {
            PRACTICE_STATEMENT => self.practice_statements.push(fields.element()?.text()?),
            USER_NOTICE => self.notices.extend(notice_text(&fields.expect(tag::SEQUENCE)?)?),
            _ => {
                self.others.push(qualifier.raw.to_vec());
                if !fields.is_empty() {
                    fields.element()?;
                }
            }
        }
        fields.finish()
    }
}

/// `UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }`
fn notice_text(notice: &Element<'_>) -> Result<Option<String>, Asn1Error> {
    let mut fields = notice.reader();
    fields.optional(tag::SEQUENCE)?;
    let text = if fields.is_empty() { None } else { Some(fields.element()?.text()?) };
    fields.finish()?;
    Ok(text)
}

// RFC 5280, 4.2.1.4: id-qt-cps and id-qt-unotice.
const PRACTICE_STATEMENT: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.2.1");
const USER_NOTICE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.2.2");
