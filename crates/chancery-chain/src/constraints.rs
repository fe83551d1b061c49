//! Name constraints: which names an authority may certify (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c)).

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{Certificate, GeneralName, printable};
use const_oid::db::rfc3280::EMAIL_ADDRESS;
use const_oid::db::rfc4519::COMMON_NAME;

use crate::budget::Budget;
use crate::extensions;
use crate::fault::ChainFault;
use crate::names::{self, Form, Place};
use crate::profile::CertificateProfile;

/// The constraints of one authority.
///
/// ```text
/// NameConstraints ::= SEQUENCE {
///     permittedSubtrees  [0] GeneralSubtrees OPTIONAL,
///     excludedSubtrees   [1] GeneralSubtrees OPTIONAL }
/// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] BaseDistance OPTIONAL }
/// ```
#[derive(Debug)]
struct NameConstraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
    profile: CertificateProfile,
}

/// What is wrong with the names of the certificates below each authority that constrains them.
///
/// `certificates` has the judged one first; each constrains those before it. Constraints of different authorities
/// are never merged: every name must satisfy each of them, which is their intersection.
pub(crate) fn judge(
    certificates: &[&Certificate],
    profile: CertificateProfile,
    budget: &mut Budget,
) -> Vec<ChainFault> {
    let mut faults = Vec::new();
    for (depth, authority) in certificates.iter().enumerate().rev() {
        let Some(extension) = authority.extension(extensions::NAME_CONSTRAINTS) else { continue };
        match read(&extension.value, profile) {
            Ok(constraints) => {
                judge_below(authority, &constraints, &certificates[..depth], budget, &mut faults);
            }
            Err(Unreadable::Malformed(reason)) => {
                faults.push(ChainFault::Malformed { certificate: (*authority).clone(), reason });
            }
            Err(Unreadable::Unsupported(what)) => {
                let oid = extensions::NAME_CONSTRAINTS;
                faults.push(ChainFault::UnsupportedConstraint {
                    certificate: (*authority).clone(),
                    oid,
                    what,
                });
            }
        }
    }
    faults
}

fn judge_below(
    authority: &Certificate,
    constraints: &NameConstraints,
    below: &[&Certificate],
    budget: &mut Budget,
    faults: &mut Vec<ChainFault>,
) {
    for (depth, certificate) in below.iter().enumerate() {
        // Self-issued certificates are free, unless one is the judged certificate itself.
        if depth > 0 && certificate.is_self_issued() {
            continue;
        }
        let names = match names_of(certificate) {
            Ok(names) => names,
            Err(reason) => {
                faults.push(ChainFault::Malformed { certificate: (*certificate).clone(), reason });
                continue;
            }
        };
        for name in names {
            match constraints.judge(&name, budget) {
                Ok(Standing::Allowed) => {}
                Ok(Standing::Refused) => faults.push(ChainFault::NameConstraints {
                    certificate: (*certificate).clone(),
                    authority: authority.clone(),
                    name: words(&name),
                }),
                Ok(Standing::Unknown) => faults.push(ChainFault::UnsupportedConstraint {
                    certificate: authority.clone(),
                    oid: extensions::NAME_CONSTRAINTS,
                    what: "a constraint on a form of name that cannot be compared",
                }),
                Err(exhausted) => {
                    faults.push(exhausted.into());
                    return;
                }
            }
        }
    }
}

enum Standing {
    Allowed,
    Refused,
    Unknown,
}

impl NameConstraints {
    fn judge(&self, name: &GeneralName, budget: &mut Budget) -> Result<Standing, crate::budget::Exhausted> {
        let form = names::form(name);
        let same_form = |base: &&GeneralName| names::form(base) == form;
        // Paid before any is made, so that what is too much is refused at once. Distinguished names are dear.
        let bases = self.excluded.iter().chain(&self.permitted).filter(same_form).count();
        budget.name_comparisons(bases, if form == Form::Directory { 4 } else { 1 })?;
        for base in self.excluded.iter().filter(same_form) {
            match names::place(name, base) {
                // A base that is none excludes nobody knows what: every name of its form is refused.
                _ if !names::is_constraint(base, self.profile) => return Ok(Standing::Refused),
                Place::Within | Place::Partly => return Ok(Standing::Refused),
                Place::Outside => {}
                Place::Unknown => return Ok(unknown(form)),
            }
        }
        let mut permitted = self.permitted.iter().filter(same_form).peekable();
        if permitted.peek().is_none() {
            return Ok(Standing::Allowed);
        }
        for base in permitted {
            match names::place(name, base) {
                // A base that is none permits nothing.
                _ if !names::is_constraint(base, self.profile) => {}
                Place::Within => return Ok(Standing::Allowed),
                Place::Partly | Place::Outside => {}
                Place::Unknown => return Ok(unknown(form)),
            }
        }
        Ok(Standing::Refused)
    }
}

/// A malformed name of a known form lies in no permitted subtree; a form without a definition is not supported.
fn unknown(form: Form) -> Standing {
    match form {
        Form::Other(_) => Standing::Unknown,
        _ => Standing::Refused,
    }
}

/// Every name that constraints bind: the subject, its mail addresses, the alternative names, and a common name
/// that is used as the name of a host because there is no alternative name of that form.
fn names_of(certificate: &Certificate) -> Result<Vec<GeneralName>, String> {
    let alternative = certificate.subject_alternative_names().map_err(|error| error.to_string())?;
    let mut names = alternative.unwrap_or_default();
    let subject = certificate.subject();
    let has_host = names.iter().any(|name| matches!(name, GeneralName::Dns(_)));
    for attribute in subject.relative_names().into_iter().flatten() {
        if attribute.oid == EMAIL_ADDRESS {
            names.push(GeneralName::Email(
                attribute.text.ok_or("the mail address of the subject is no text")?,
            ));
        }
    }
    if !subject.is_empty() {
        names.push(GeneralName::Directory(subject.clone()));
    }
    // What OpenSSL and browsers once took from the common name, they still take where nothing else is given.
    let constraints = certificate.basic_constraints().ok().flatten();
    if has_host || constraints.is_some_and(|constraints| constraints.authority) {
        return Ok(names);
    }
    let common_names = subject.relative_names().into_iter().flatten().filter(|part| part.oid == COMMON_NAME);
    let hosts = common_names.filter_map(|part| part.text).filter(|name| names::looks_like_host(name));
    names.extend(hosts.map(GeneralName::Dns));
    Ok(names)
}

enum Unreadable {
    Malformed(String),
    Unsupported(&'static str),
}

impl From<Asn1Error> for Unreadable {
    fn from(error: Asn1Error) -> Self {
        Self::Malformed(format!("its name constraints cannot be read: {error}"))
    }
}

fn read(value: &[u8], profile: CertificateProfile) -> Result<NameConstraints, Unreadable> {
    let mut fields = Element::only(value, tag::SEQUENCE)?.reader();
    let permitted = fields.optional(tag::constructed(0))?;
    let excluded = fields.optional(tag::constructed(1))?;
    fields.finish()?;
    if permitted.is_none() && excluded.is_none() {
        return Err(Unreadable::Malformed("its name constraints constrain nothing".into()));
    }
    Ok(NameConstraints { permitted: read_subtrees(permitted)?, excluded: read_subtrees(excluded)?, profile })
}

fn read_subtrees(subtrees: Option<Element<'_>>) -> Result<Vec<GeneralName>, Unreadable> {
    let Some(subtrees) = subtrees else { return Ok(Vec::new()) };
    let mut subtrees = subtrees.reader();
    if subtrees.is_empty() {
        return Err(Unreadable::Malformed("a list of its name constraints is empty".into()));
    }
    let mut bases = Vec::new();
    while !subtrees.is_empty() {
        bases.push(read_subtree(subtrees.expect(tag::SEQUENCE)?.reader())?);
    }
    Ok(bases)
}

fn read_subtree(mut fields: Reader<'_>) -> Result<GeneralName, Unreadable> {
    let base = GeneralName::from_element(&fields.element()?)?;
    let minimum = fields.optional(tag::primitive(0))?;
    let maximum = fields.optional(tag::primitive(1))?;
    fields.finish()?;
    if minimum.is_some_and(|minimum| minimum.content != [0]) || maximum.is_some() {
        return Err(Unreadable::Unsupported("name constraints with distances"));
    }
    Ok(base)
}

/// The name for people.
fn words(name: &GeneralName) -> String {
    match name {
        GeneralName::Email(text) | GeneralName::Dns(text) | GeneralName::Uri(text) => printable(text),
        GeneralName::Directory(name) => name.to_string(),
        GeneralName::Ip(bytes) => bytes.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
        GeneralName::RegisteredId(oid) => format!("registered identifier {oid}"),
        GeneralName::Other { oid, .. } => format!("name of the form {oid}"),
        _ => "name of an unknown form".into(),
    }
}
