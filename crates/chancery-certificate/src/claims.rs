//! What a certificate says of itself.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{Asn1Error, Element, tag};

mod claim;
mod claimed_person;
mod identity;
mod person;
mod policy;

pub use claim::{Claim, ClaimedUse, MonetaryLimit, NameSemantics};
pub use claimed_person::{ClaimedPerson, PersonClue};
pub use identity::{IdentityNumber, IdentityScheme};
pub use person::Person;
pub use policy::StandardPolicy;

/// What a certificate claims in its QCStatements (RFC 3739, 3.2.6; ETSI EN 319 412-5).
///
/// These are *claims*: anybody can write them into a certificate, and a home-made authority writes all of them.
/// None of them makes a certificate qualified. That needs a verified trusted list, at issuance and at signing.
/// Until then the word is "claims to be".
///
/// ```text
/// QCStatements ::= SEQUENCE OF QCStatement
/// QCStatement  ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY DEFINED BY statementId OPTIONAL }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Claims(Vec<Claim>);

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
    pub fn iter(&self) -> std::slice::Iter<'_, Claim> {
        self.0.iter()
    }

    /// Whether the certificate claims to be qualified (QcCompliance). Says nothing about whether it is.
    #[must_use]
    pub fn claims_to_be_qualified(&self) -> bool {
        self.0.contains(&Claim::ToBeQualified)
    }

    /// Whether the certificate claims that its key is in a qualified signature or seal creation device (QcSSCD).
    #[must_use]
    pub fn claims_a_qualified_device(&self) -> bool {
        self.0.contains(&Claim::KeyInQualifiedDevice)
    }

    /// For what the certificate claims to be qualified (QcType); empty if it does not say, which by
    /// EN 319 412-5, 4.2.3 means electronic signatures.
    #[must_use]
    pub fn claimed_uses(&self) -> Vec<ClaimedUse> {
        let lists = self.0.iter().filter_map(|claim| match claim {
            Claim::ForUses(uses) => Some(uses.as_slice()),
            _ => None,
        });
        lists.flatten().copied().collect()
    }

    /// The countries by whose law the certificate claims to be qualified (QcCClegislation), as ISO 3166 codes.
    /// Empty means the law of the European Union; with an entry, the claim is *not* about the Union's law.
    #[must_use]
    pub fn claimed_legislation(&self) -> Vec<&str> {
        let lists = self.0.iter().filter_map(|claim| match claim {
            Claim::UnderLegislation(countries) => Some(countries.as_slice()),
            _ => None,
        });
        lists.flatten().map(String::as_str).collect()
    }

    /// Whether a statement of this kind stands among the claims, read or not.
    #[must_use]
    pub fn contains(&self, statement: Oid) -> bool {
        self.0.iter().any(|claim| claim.statement() == statement)
    }
}

impl<'a> IntoIterator for &'a Claims {
    type Item = &'a Claim;
    type IntoIter = std::slice::Iter<'a, Claim>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One claim a line, each with the clause that it comes from. Safe to show.
impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, claim) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{claim} ({})", claim.clause())?;
        }
        Ok(())
    }
}
