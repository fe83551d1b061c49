//! Name constraints as data: which names may be certified (RFC 5280 §4.2.1.10).

use chancery_certificate::GeneralName;
use chancery_certificate::asn1::{Element, Reader, tag};

use crate::rules::name_constraints_error::NameConstraintsError;
use crate::rules::names;
use crate::rules::profile::CertificateProfile;

/// Which names may be certified: some subtrees are permitted, some are excluded.
///
/// A permitted subtree binds the names of its own form only: an authority for the hosts of `example.com` may certify
/// any mail address. Who wants none of a form excludes all of it, for mail addresses with
/// `exclude(GeneralName::Email(String::new()))`. What is excluded stays excluded where it is permitted too.
///
/// | form | a base | and what lies within |
/// |---|---|---|
/// | `Dns` | `example.com` | the host and those below |
/// | `Email` | `example.com`, `.example.com`, `a@example.com` | addresses at this host; at hosts below; this one |
/// | `Uri` | `www.example.com`, `.example.com` | URIs of this host; of hosts below |
/// | `Ip` | address and mask, 8 or 32 bytes | the network |
/// | `Directory` | a distinguished name | the names that begin with it |
/// | `Other`, user principal name of Microsoft | `user@domain`, `@domain`, `.domain` | this one; those of the domain; of domains below |
///
/// Constraints on mail addresses bind internationalised ones too (SmtpUTF8Mailbox, RFC 9598 §6).
///
/// ```
/// use chancery_certificate::GeneralName;
/// use chancery_chain::NameConstraints;
///
/// let staff = NameConstraints::new()
///     .permit(GeneralName::Email("example.com".into()))?
///     .exclude(GeneralName::Dns(String::new()))?;
/// # Ok::<(), chancery_chain::NameConstraintsError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

impl NameConstraints {
    /// Every name may be certified.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of this form, names within this base may be certified, and names within other bases that are permitted.
    ///
    /// # Errors
    /// When the base is none: a wildcard, a network with a hole in its mask, a form of name for which nobody defined
    /// what lies within.
    pub fn permit(mut self, base: GeneralName) -> Result<Self, NameConstraintsError> {
        self.permitted.push(usable(base)?);
        Ok(self)
    }

    /// Names within this base may not be certified.
    ///
    /// # Errors
    /// As for [`permit`](Self::permit).
    pub fn exclude(mut self, base: GeneralName) -> Result<Self, NameConstraintsError> {
        self.excluded.push(usable(base)?);
        Ok(self)
    }

    /// Reads the value of a name constraints extension, which is also the form of RFC 5914 (`nameConstr`).
    ///
    /// ```text
    /// NameConstraints ::= SEQUENCE {
    ///     permittedSubtrees  [0] GeneralSubtrees OPTIONAL,
    ///     excludedSubtrees   [1] GeneralSubtrees OPTIONAL }
    /// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] BaseDistance OPTIONAL }
    /// ```
    ///
    /// # Errors
    /// When it cannot be read, constrains nothing, has distances, or a base that is none.
    pub fn from_der(value: &[u8]) -> Result<Self, NameConstraintsError> {
        let read = Self::read(value)?;
        let permitted = read.permitted.into_iter().map(usable).collect::<Result<_, _>>()?;
        let excluded = read.excluded.into_iter().map(usable).collect::<Result<_, _>>()?;
        Ok(Self { permitted, excluded })
    }

    /// The same without judging the bases: in a certificate one that is none permits nothing and excludes all of its
    /// form, which says more than an error.
    pub(crate) fn read(value: &[u8]) -> Result<Self, NameConstraintsError> {
        let mut fields = Element::only(value, tag::SEQUENCE)?.reader();
        let permitted = fields.optional(tag::constructed(0))?;
        let excluded = fields.optional(tag::constructed(1))?;
        fields.finish()?;
        if permitted.is_none() && excluded.is_none() {
            return Err(NameConstraintsError::Empty);
        }
        Ok(Self { permitted: subtrees(permitted)?, excluded: subtrees(excluded)? })
    }

    /// The bases within which names may be certified, for each form that has one.
    pub fn permitted(&self) -> &[GeneralName] {
        &self.permitted
    }

    /// The bases within which they may not.
    pub fn excluded(&self) -> &[GeneralName] {
        &self.excluded
    }
}

fn usable(base: GeneralName) -> Result<GeneralName, NameConstraintsError> {
    if !names::form(&base).is_defined() {
        Err(NameConstraintsError::Form)
    } else if names::is_constraint(&base, CertificateProfile::Tolerant) {
        Ok(base)
    } else {
        Err(NameConstraintsError::Base { base: names::words(&base) })
    }
}

fn subtrees(subtrees: Option<Element<'_>>) -> Result<Vec<GeneralName>, NameConstraintsError> {
    let Some(subtrees) = subtrees else { return Ok(Vec::new()) };
    let mut subtrees = subtrees.reader();
    if subtrees.is_empty() {
        return Err(NameConstraintsError::EmptyList);
    }
    let mut bases = Vec::new();
    while !subtrees.is_empty() {
        bases.push(subtree(subtrees.expect(tag::SEQUENCE)?.reader())?);
    }
    Ok(bases)
}

fn subtree(mut fields: Reader<'_>) -> Result<GeneralName, NameConstraintsError> {
    let base = GeneralName::from_element(&fields.element()?)?;
    let minimum = fields.optional(tag::primitive(0))?;
    let maximum = fields.optional(tag::primitive(1))?;
    fields.finish()?;
    if minimum.is_some_and(|minimum| minimum.content != [0]) || maximum.is_some() {
        return Err(NameConstraintsError::Distance);
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1;

    use super::*;

    fn encoded(base: &[u8]) -> Vec<u8> {
        let subtree = asn1::sequence(&[base]);
        asn1::sequence(&[&asn1::encode(tag::constructed(0), &subtree)])
    }

    #[test]
    fn what_is_no_base_is_refused_when_it_is_said() {
        let dns = |text: &str| NameConstraints::new().permit(GeneralName::Dns(text.into()));
        assert!(dns("example.com").is_ok() && dns("").is_ok());
        let error = dns("*.example.com").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"*.example.com\" is no base of a name constraint; a host is written as example.com, a network with its mask"
        );
        let hole = NameConstraints::new().exclude(GeneralName::Ip(vec![10, 0, 0, 0, 255, 0, 255, 0]));
        assert!(matches!(hole, Err(NameConstraintsError::Base { .. })));
        let other = GeneralName::Unread(vec![0xa5, 0]);
        assert_eq!(NameConstraints::new().permit(other), Err(NameConstraintsError::Form));
    }

    #[test]
    fn an_extension_is_read_and_its_bases_are_judged() {
        let good = encoded(&asn1::encode(tag::primitive(2), b"example.com"));
        let read = NameConstraints::from_der(&good).unwrap();
        assert_eq!(read.permitted(), [GeneralName::Dns("example.com".into())]);
        assert!(read.excluded().is_empty());
        let bad = encoded(&asn1::encode(tag::primitive(2), b"*.example.com"));
        assert!(NameConstraints::read(&bad).is_ok());
        assert!(NameConstraints::from_der(&bad).is_err());
        assert_eq!(NameConstraints::from_der(&asn1::sequence(&[])), Err(NameConstraintsError::Empty));
    }
}
