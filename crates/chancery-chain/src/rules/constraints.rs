//! Name constraints: which names an authority may certify (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c)).

use std::collections::{HashMap, HashSet};

use chancery_certificate::{Certificate, Extension, GeneralName};
use const_oid::db::rfc3280::EMAIL_ADDRESS;
use const_oid::db::rfc4519::COMMON_NAME;

use crate::extensions;
use crate::path::budget::{Budget, Exhausted};
use crate::path::fault::ChainFault;
use crate::rules::hosts::looks_like_host;
use crate::rules::name_constraints::NameConstraints;
use crate::rules::name_constraints_error::NameConstraintsError;
use crate::rules::names::{self, Form};
use crate::rules::place::Place;
use crate::rules::profile::CertificateProfile;
use crate::rules::purpose::Purpose;

/// Faults that are told of one certificate under one authority: more names of the same certificate say nothing new.
const TOLD: usize = 8;

/// The constraints of one authority, ready to be compared: the bases of each form.
#[derive(Debug)]
struct Judged<'a> {
    excluded: HashMap<Form, Vec<&'a GeneralName>>,
    permitted: HashMap<Form, Vec<&'a GeneralName>>,
    /// An excluded base of this form is none, so it excludes nobody knows what: every name of the form is refused.
    unreadable: HashSet<Form>,
    common_names: CommonNames,
}

/// What a common name stands for that looks like the name of a host, `john.doe`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum CommonNames {
    /// A host, where somebody might connect to it.
    MayBeHosts,
    /// What people are called.
    AreText,
}

impl CommonNames {
    fn under(purpose: Purpose) -> Self {
        match purpose {
            Purpose::DocumentSigning | Purpose::Email | Purpose::Timestamping | Purpose::OcspSigning => {
                Self::AreText
            }
            Purpose::ClientAuthentication | Purpose::Usage(_) | Purpose::Any => Self::MayBeHosts,
        }
    }
}

/// What is wrong with the names of the certificates below each authority that constrains them.
///
/// `certificates` has the judged one first; each constrains those before it. Constraints of different authorities
/// are never merged: every name must satisfy each of them, which is their intersection.
pub(crate) fn judge(
    certificates: &[&Certificate],
    profile: CertificateProfile,
    purpose: Purpose,
    budget: &mut Budget,
) -> Vec<ChainFault> {
    let mut faults = Vec::new();
    for (depth, authority) in certificates.iter().enumerate().rev() {
        let Some(extension) = authority.extension(extensions::NAME_CONSTRAINTS) else { continue };
        match NameConstraints::read(&extension.value) {
            Ok(constraints) => {
                let judged = Judged::new(&constraints, profile, purpose);
                judge_below(authority, &judged, &certificates[..depth], budget, &mut faults);
            }
            Err(error) => faults.push(fault(authority, &error)),
        }
    }
    faults
}

/// What is wrong with the extension itself, also where nothing stands below it.
pub(crate) fn unreadable(authority: &Certificate, extension: &Extension) -> Option<ChainFault> {
    NameConstraints::read(&extension.value).err().map(|error| fault(authority, &error))
}

fn fault(authority: &Certificate, error: &NameConstraintsError) -> ChainFault {
    let certificate = authority.clone();
    match error {
        NameConstraintsError::Distance => ChainFault::UnsupportedConstraint {
            certificate,
            oid: extensions::NAME_CONSTRAINTS,
            what: "name constraints with distances",
        },
        error => {
            let reason = format!("its name constraints cannot be used: {error}");
            ChainFault::Malformed { certificate, reason }
        }
    }
}

/// What is wrong with the names below an anchor by constraints that whoever trusts it has set: the initial subtrees
/// of RFC 5280 §6.1.1 (h) and (i).
pub(crate) fn judge_initial(
    anchor: &Certificate,
    constraints: &NameConstraints,
    below: &[&Certificate],
    purpose: Purpose,
    budget: &mut Budget,
) -> Vec<ChainFault> {
    let mut faults = Vec::new();
    let judged = Judged::new(constraints, CertificateProfile::Tolerant, purpose);
    judge_below(anchor, &judged, below, budget, &mut faults);
    for fault in &mut faults {
        if let ChainFault::NameConstraints { certificate, authority, name } = fault {
            let (certificate, anchor) = (certificate.clone(), authority.clone());
            *fault = ChainFault::AnchorNames { certificate, anchor, name: std::mem::take(name) };
        }
    }
    faults
}

fn judge_below(
    authority: &Certificate,
    constraints: &Judged<'_>,
    below: &[&Certificate],
    budget: &mut Budget,
    faults: &mut Vec<ChainFault>,
) {
    for (depth, certificate) in below.iter().enumerate() {
        // Self-issued certificates are free, unless one is the judged certificate itself.
        if depth > 0 && certificate.is_self_issued() {
            continue;
        }
        let names = match names_of(certificate, constraints.common_names) {
            Ok(names) => names,
            Err(reason) => {
                faults.push(ChainFault::Malformed { certificate: (*certificate).clone(), reason });
                continue;
            }
        };
        let told = faults.len();
        for name in names {
            if faults.len() >= told + TOLD {
                break;
            }
            match constraints.judge(&name, budget) {
                Ok(Standing::Allowed) => {}
                Ok(Standing::Refused) => faults.push(ChainFault::NameConstraints {
                    certificate: (*certificate).clone(),
                    authority: authority.clone(),
                    name: names::words(&name),
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

impl<'a> Judged<'a> {
    fn new(constraints: &'a NameConstraints, profile: CertificateProfile, purpose: Purpose) -> Self {
        let mut judged = Self {
            excluded: HashMap::new(),
            permitted: HashMap::new(),
            unreadable: HashSet::new(),
            common_names: CommonNames::under(purpose),
        };
        for base in constraints.excluded() {
            let form = names::form(base);
            if names::is_constraint(base, profile) {
                judged.excluded.entry(form).or_default().push(base);
            } else {
                judged.unreadable.insert(form);
            }
        }
        for base in constraints.permitted() {
            let bases = judged.permitted.entry(names::form(base)).or_default();
            // A base that is none permits nothing, but the form is constrained all the same.
            if names::is_constraint(base, profile) {
                bases.push(base);
            }
        }
        judged
    }

    fn judge(&self, name: &GeneralName, budget: &mut Budget) -> Result<Standing, Exhausted> {
        let form = names::form(name);
        let bases = |of: &HashMap<Form, Vec<&'a GeneralName>>| -> Option<Vec<&'a GeneralName>> {
            let found: Vec<_> = form.bound_by().filter_map(|form| of.get(&form)).collect();
            (!found.is_empty()).then(|| found.into_iter().flatten().copied().collect())
        };
        let (excluded, permitted) = (bases(&self.excluded).unwrap_or_default(), bases(&self.permitted));
        // Paid before any is made, so that what is too much is refused at once. Distinguished names are dear.
        let count = excluded.len() + permitted.as_ref().map_or(0, Vec::len);
        budget.name_comparisons(count, if form == Form::Directory { 4 } else { 1 })?;
        if form.bound_by().any(|form| self.unreadable.contains(&form)) {
            return Ok(Standing::Refused);
        }
        for base in excluded {
            match names::place(name, base) {
                Place::Within | Place::Partly => return Ok(Standing::Refused),
                Place::Outside => {}
                Place::Unknown => return Ok(unknown(form)),
            }
        }
        let Some(permitted) = permitted else { return Ok(Standing::Allowed) };
        let mut doubt = false;
        for base in permitted {
            match names::place(name, base) {
                Place::Within => return Ok(Standing::Allowed),
                Place::Partly | Place::Outside => {}
                Place::Unknown => doubt = true,
            }
        }
        Ok(if doubt { unknown(form) } else { Standing::Refused })
    }
}

/// A malformed name of a known form lies in no permitted subtree; a form without a definition is not supported.
fn unknown(form: Form) -> Standing {
    if form.is_defined() || form == Form::Utf8Mailbox { Standing::Refused } else { Standing::Unknown }
}

/// Every name that constraints bind: the subject, its mail addresses, the alternative names, and a common name
/// that is used as the name of a host because there is no alternative name of that form.
fn names_of(certificate: &Certificate, common_names: CommonNames) -> Result<Vec<GeneralName>, String> {
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
    if common_names == CommonNames::AreText
        || has_host
        || constraints.is_some_and(|constraints| constraints.authority)
    {
        return Ok(names);
    }
    let common_names = subject.relative_names().into_iter().flatten().filter(|part| part.oid == COMMON_NAME);
    let hosts = common_names.filter_map(|part| part.text).filter(|name| looks_like_host(name));
    names.extend(hosts.map(GeneralName::Dns));
    Ok(names)
}
