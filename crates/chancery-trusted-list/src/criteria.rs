//! Which certificates a qualifier is about.

use chancery_certificate::{Certificate, KeyUsage};
use const_oid::ObjectIdentifier as Oid;
use roxmltree::Node;

use crate::unread::Unread;
use crate::xml::{self, Fields, Result, namespace};

/// A condition on a certificate (TS 119 612, 5.5.9.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Criterion {
    /// The key usages: each of these is set or is not set.
    KeyUsage(Vec<(KeyUsage, Bit)>),
    /// All of these policies stand in the certificate.
    Policies(Vec<Oid>),
    /// All of these purposes stand in the certificate's extended key usage.
    Purposes(Vec<Oid>),
    /// All of these types of attributes stand in the subject's name.
    SubjectAttributes(Vec<Oid>),
    /// A list within the list.
    List(CriteriaList),
    /// A condition that is not read, so that nobody can say whether a certificate meets it.
    Unread(Unread),
}

/// Whether a bit is set.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Bit {
    /// It is.
    Set,
    /// It is not.
    NotSet,
}

/// Conditions, and how many of them a certificate must meet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CriteriaList {
    /// How many must hold.
    pub assertion: Assertion,
    /// The conditions.
    pub criteria: Vec<Criterion>,
}

/// How many conditions of a list must hold.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Assertion {
    /// All of them.
    All,
    /// At least one.
    AtLeastOne,
    /// None.
    None,
}

/// Whether a certificate meets a condition.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The condition is not one that we know, or the certificate's extension cannot be read.
    CannotTell,
}

impl CriteriaList {
    /// Whether a certificate meets the conditions. An empty list says nothing, so nobody can tell.
    pub fn matches(&self, certificate: &Certificate) -> Match {
        let each: Vec<Match> = self.criteria.iter().map(|criterion| criterion.matches(certificate)).collect();
        let any = |wanted| each.contains(&wanted);
        match self.assertion {
            _ if each.is_empty() => Match::CannotTell,
            Assertion::All if any(Match::No) => Match::No,
            Assertion::All if any(Match::CannotTell) => Match::CannotTell,
            Assertion::All => Match::Yes,
            Assertion::AtLeastOne if any(Match::Yes) => Match::Yes,
            Assertion::AtLeastOne if any(Match::CannotTell) => Match::CannotTell,
            Assertion::AtLeastOne => Match::No,
            Assertion::None if any(Match::Yes) => Match::No,
            Assertion::None if any(Match::CannotTell) => Match::CannotTell,
            Assertion::None => Match::Yes,
        }
    }

    /// An element of the type `CriteriaListType`.
    pub(crate) fn read(node: Node<'_, '_>) -> Result<Self> {
        let assertion = match node.attribute("assert") {
            Some("all") => Assertion::All,
            Some("atLeastOne") => Assertion::AtLeastOne,
            Some("none") => Assertion::None,
            _ => return Err(xml::wrong(node, "a list with assert=all, atLeastOne or none")),
        };
        let mut fields = Fields::of(node);
        let mut criteria = Vec::new();
        for usage in fields.all(namespace::QUALIFICATIONS, "KeyUsage") {
            criteria.push(key_usage(usage)?);
        }
        for policies in fields.all(namespace::QUALIFICATIONS, "PolicySet") {
            criteria.push(Criterion::Policies(oids(
                policies,
                namespace::QUALIFICATIONS,
                "PolicyIdentifier",
            )?));
        }
        for list in fields.all(namespace::QUALIFICATIONS, "CriteriaList") {
            // The depth of the XML is bounded, and so is this.
            criteria.push(Criterion::List(Self::read(list)?));
        }
        for others in fields.all(namespace::QUALIFICATIONS, "otherCriteriaList") {
            for other in Fields::of(others).into_rest() {
                criteria.push(other_criterion(other)?);
            }
        }
        fields.pass_over(namespace::QUALIFICATIONS, &["Description"]);
        criteria.extend(fields.into_rest().into_iter().map(|node| Criterion::Unread(xml::unread(node))));
        Ok(Self { assertion, criteria })
    }
}

impl Criterion {
    /// Whether a certificate meets the condition.
    pub fn matches(&self, certificate: &Certificate) -> Match {
        match self {
            Self::KeyUsage(bits) => match certificate.key_usage() {
                // Without the extension no usage is named, and so none is set.
                Ok(usages) => truth(bits.iter().all(|(usage, bit)| {
                    let set = usages.is_some_and(|usages| usages.has(*usage));
                    set == (*bit == Bit::Set)
                })),
                Err(_) => Match::CannotTell,
            },
            Self::Policies(wanted) => match certificate.certificate_policies() {
                Ok(policies) => {
                    let policies: Vec<Oid> =
                        policies.into_iter().flatten().map(|policy| policy.oid).collect();
                    all(wanted, &policies)
                }
                Err(_) => Match::CannotTell,
            },
            Self::Purposes(wanted) => match certificate.extended_key_usage() {
                Ok(purposes) => all(wanted, &purposes.unwrap_or_default()),
                Err(_) => Match::CannotTell,
            },
            Self::SubjectAttributes(wanted) => {
                let names = certificate.subject().relative_names();
                let types: Vec<Oid> = names.iter().flatten().map(|attribute| attribute.oid).collect();
                all(wanted, &types)
            }
            Self::List(list) => list.matches(certificate),
            Self::Unread(_) => Match::CannotTell,
        }
    }
}

const fn truth(holds: bool) -> Match {
    if holds { Match::Yes } else { Match::No }
}

/// A condition that asks for nothing says nothing.
fn all(wanted: &[Oid], found: &[Oid]) -> Match {
    if wanted.is_empty() { Match::CannotTell } else { truth(wanted.iter().all(|oid| found.contains(oid))) }
}

fn key_usage(node: Node<'_, '_>) -> Result<Criterion> {
    let mut bits = Vec::new();
    for bit in Fields::of(node).into_rest() {
        if !xml::is(bit, namespace::QUALIFICATIONS, "KeyUsageBit") {
            return Ok(Criterion::Unread(xml::unread(bit)));
        }
        let usage = bit.attribute("name").and_then(KeyUsage::from_name);
        let usage = usage.ok_or_else(|| xml::wrong(bit, "a bit with the name of a key usage"))?;
        let value = match xml::text(bit)?.as_str() {
            "true" | "1" => Bit::Set,
            "false" | "0" => Bit::NotSet,
            _ => return Err(xml::wrong(bit, "true or false")),
        };
        bits.push((usage, value));
    }
    Ok(if bits.is_empty() { Criterion::Unread(xml::unread(node)) } else { Criterion::KeyUsage(bits) })
}

fn other_criterion(node: Node<'_, '_>) -> Result<Criterion> {
    Ok(if xml::is(node, namespace::ADDITIONAL, "ExtendedKeyUsage") {
        Criterion::Purposes(oids(node, namespace::ADDITIONAL, "KeyPurposeId")?)
    } else if xml::is(node, namespace::ADDITIONAL, "CertSubjectDNAttribute") {
        Criterion::SubjectAttributes(oids(node, namespace::ADDITIONAL, "AttributeOID")?)
    } else {
        Criterion::Unread(xml::unread(node))
    })
}

fn oids(node: Node<'_, '_>, space: &str, element: &str) -> Result<Vec<Oid>> {
    let mut all = Vec::new();
    for child in Fields::of(node).into_rest() {
        if !xml::is(child, space, element) {
            return Err(xml::wrong(child, "part of a list of object identifiers"));
        }
        all.push(xml::oid(child)?);
    }
    Ok(all)
}
