//! Certificate policies along a path (RFC 5280 §6.1 with the policy graph of RFC 9618).
//!
//! The graph has one level for each certificate and at most one node for each policy of a level, so its size is
//! bounded by what the certificates hold; the tree of RFC 5280 grows exponentially and is never built.

use std::collections::{BTreeMap, BTreeSet};

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{Asn1Error, Element, tag};
use const_oid::ObjectIdentifier;

use crate::extensions;
use crate::path::fault::ChainFault;

/// anyPolicy (RFC 5280 §4.2.1.4).
pub const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// The qualifiers that RFC 5280 defines: a pointer to a practice statement, a notice to the user.
const KNOWN_QUALIFIERS: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1"), ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.2")];

/// What is asked of certificate policies: the inputs (c) and (e) to (g) of RFC 5280 §6.1.1.
///
/// By default nothing is: any policy will do, none is required unless a certificate of the path requires one.
///
/// ```
/// use chancery_chain::PolicyDemands;
/// # use const_oid::ObjectIdentifier;
/// let natural_person_qualified = ObjectIdentifier::new_unwrap("0.4.0.194112.1.2");
/// let demands = PolicyDemands::new().accept_only([natural_person_qualified]).require_explicit();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDemands {
    acceptable: PolicySet,
    explicit: Demand,
    no_mapping: Demand,
    no_any_policy: Demand,
}

/// Certificate policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PolicySet {
    /// Every policy.
    #[default]
    Any,
    /// These; none when it is empty.
    Only(BTreeSet<ObjectIdentifier>),
}

#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
enum Demand {
    #[default]
    No,
    Yes,
}

impl PolicyDemands {
    /// Nothing is asked.
    pub fn new() -> Self {
        Self::default()
    }

    /// The user-initial-policy-set: only these policies are acceptable. anyPolicy among them, or an empty list,
    /// means that every policy is.
    #[must_use]
    pub fn accept_only(self, policies: impl IntoIterator<Item = ObjectIdentifier>) -> Self {
        let policies: BTreeSet<_> = policies.into_iter().collect();
        let acceptable = match policies.is_empty() || policies.contains(&ANY_POLICY) {
            true => PolicySet::Any,
            false => PolicySet::Only(policies),
        };
        Self { acceptable, ..self }
    }

    /// initial-explicit-policy: the path must be valid for an acceptable policy.
    #[must_use]
    pub fn require_explicit(self) -> Self {
        Self { explicit: Demand::Yes, ..self }
    }

    /// initial-policy-mapping-inhibit: authorities may not declare policies equivalent.
    #[must_use]
    pub fn forbid_mapping(self) -> Self {
        Self { no_mapping: Demand::Yes, ..self }
    }

    /// initial-any-policy-inhibit: anyPolicy in a certificate counts for nothing.
    #[must_use]
    pub fn forbid_any_policy(self) -> Self {
        Self { no_any_policy: Demand::Yes, ..self }
    }

    /// What satisfies both: the policies that both accept, and whatever either demands.
    pub(crate) fn with_those_of(&self, other: &Self) -> Self {
        let both = |one: Demand, other: Demand| if one == Demand::Yes { one } else { other };
        Self {
            acceptable: self.acceptable.intersection(&other.acceptable),
            explicit: both(self.explicit, other.explicit),
            no_mapping: both(self.no_mapping, other.no_mapping),
            no_any_policy: both(self.no_any_policy, other.no_any_policy),
        }
    }
}

impl PolicySet {
    fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, set) | (set, Self::Any) => set.clone(),
            (Self::Only(one), Self::Only(other)) => Self::Only(one.intersection(other).copied().collect()),
        }
    }
}

/// The policies under which the path is valid for the user (RFC 5280 §6.1.6), or what is wrong.
///
/// `certificates` are those below the anchor, the judged one first. `anchor` is given when its own constraints bind.
pub(crate) fn judge(
    certificates: &[&Certificate],
    anchor: Option<&Certificate>,
    demands: &PolicyDemands,
) -> Result<PolicySet, Vec<ChainFault>> {
    let count = certificates.len();
    let initial = |demand| if demand == Demand::Yes { 0 } else { count + 1 };
    let mut counters = Counters {
        explicit: initial(demands.explicit),
        mapping: initial(demands.no_mapping),
        any_policy: initial(demands.no_any_policy),
    };
    if let Some(anchor) = anchor {
        counters.constrain(anchor).map_err(|fault| vec![fault])?;
    }
    let mut levels: Vec<Level> = Vec::with_capacity(count);
    let mut next = Level { nodes: BTreeMap::new(), any_policy: Demand::Yes };
    for (depth, certificate) in certificates.iter().enumerate().rev() {
        let is_target = depth == 0;
        let any_policy_allowed = counters.any_policy > 0 || (!is_target && certificate.is_self_issued());
        let mut level = next;
        let policies = read_policies(certificate).map_err(|fault| vec![fault])?;
        level.restrict(policies, any_policy_allowed);
        if counters.explicit == 0 && level.is_empty() {
            return Err(vec![ChainFault::Policy { certificate: (*certificate).clone() }]);
        }
        if is_target {
            counters.explicit = counters.explicit.saturating_sub(1);
            let (explicit, _) = read_constraints(certificate).map_err(|fault| vec![fault])?;
            if explicit == Some(0) {
                counters.explicit = 0;
            }
            next = Level::default();
        } else {
            let mappings = read_mappings(certificate).map_err(|fault| vec![fault])?;
            next = level.map(mappings, counters.mapping > 0);
            if !certificate.is_self_issued() {
                counters.step();
            }
            counters.constrain(certificate).map_err(|fault| vec![fault])?;
        }
        levels.push(level);
    }
    let found = user_constrained(&levels, &demands.acceptable);
    let nothing = PolicySet::Only(BTreeSet::new());
    match certificates.first() {
        Some(target) if counters.explicit == 0 && found == nothing => {
            Err(vec![ChainFault::Policy { certificate: (*target).clone() }])
        }
        _ => Ok(found),
    }
}

/// How many more certificates may follow before a rule begins to hold: the state variables (d) to (f) of
/// RFC 5280 §6.1.2.
#[derive(Copy, Clone, Debug)]
struct Counters {
    explicit: usize,
    mapping: usize,
    any_policy: usize,
}

impl Counters {
    fn step(&mut self) {
        for counter in [&mut self.explicit, &mut self.mapping, &mut self.any_policy] {
            *counter = counter.saturating_sub(1);
        }
    }

    fn constrain(&mut self, certificate: &Certificate) -> Result<(), ChainFault> {
        let (explicit, mapping) = read_constraints(certificate)?;
        let lower = |counter: &mut usize, limit: Option<usize>| {
            *counter = limit.map_or(*counter, |limit| limit.min(*counter));
        };
        lower(&mut self.explicit, explicit);
        lower(&mut self.mapping, mapping);
        lower(&mut self.any_policy, read_inhibit_any_policy(certificate)?);
        Ok(())
    }
}

/// The policies of one certificate that some policy above leads to.
#[derive(Clone, Debug, Default)]
struct Level {
    nodes: BTreeMap<ObjectIdentifier, Node>,
    any_policy: Demand,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Policies of the level above that lead here; empty: anyPolicy does.
    parents: BTreeSet<ObjectIdentifier>,
}

impl Level {
    fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.any_policy == Demand::No
    }

    /// RFC 9618 §5.3: keeps what the certificate names of what was expected, and adds what anyPolicy above allows.
    fn restrict(&mut self, policies: Option<BTreeSet<ObjectIdentifier>>, any_policy_allowed: bool) {
        let mut policies = policies.unwrap_or_default();
        let names_any = policies.remove(&ANY_POLICY) && any_policy_allowed;
        if !names_any {
            self.nodes.retain(|policy, _| policies.contains(policy));
        }
        if self.any_policy == Demand::Yes {
            for policy in policies {
                self.nodes.entry(policy).or_default();
            }
        }
        if !names_any {
            self.any_policy = Demand::No;
        }
    }

    /// RFC 9618 §5.4: the policies that the next certificate is expected to name.
    fn map(&mut self, mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>, mapping_allowed: bool) -> Self {
        let mapped: BTreeSet<_> = mappings.iter().map(|(issuer, _)| *issuer).collect();
        if !mapping_allowed {
            self.nodes.retain(|policy, _| !mapped.contains(policy));
        } else if self.any_policy == Demand::Yes {
            for policy in &mapped {
                self.nodes.entry(*policy).or_default();
            }
        }
        let mut next = Self { nodes: BTreeMap::new(), any_policy: self.any_policy };
        for policy in self.nodes.keys().filter(|policy| !mapped.contains(*policy)) {
            next.nodes.entry(*policy).or_default().parents.insert(*policy);
        }
        if mapping_allowed {
            for (issuer, subject) in mappings {
                if self.nodes.contains_key(&issuer) {
                    next.nodes.entry(subject).or_default().parents.insert(issuer);
                }
            }
        }
        next
    }
}

/// RFC 9618 §5.5: the policies of the anchor's domain that reach the last level, as far as the user accepts them.
fn user_constrained(levels: &[Level], acceptable: &PolicySet) -> PolicySet {
    let Some(last) = levels.last() else { return acceptable.clone() };
    if last.any_policy == Demand::Yes {
        return acceptable.clone();
    }
    let mut roots: BTreeSet<ObjectIdentifier> = BTreeSet::new();
    let mut reachable: BTreeSet<ObjectIdentifier> = last.nodes.keys().copied().collect();
    for level in levels.iter().rev() {
        let mut above = BTreeSet::new();
        for (policy, node) in level.nodes.iter().filter(|(policy, _)| reachable.contains(*policy)) {
            match node.parents.is_empty() {
                true => drop(roots.insert(*policy)),
                false => above.extend(node.parents.iter().copied()),
            }
        }
        reachable = above;
    }
    match acceptable {
        PolicySet::Any => PolicySet::Only(roots),
        PolicySet::Only(acceptable) => PolicySet::Only(roots.intersection(acceptable).copied().collect()),
    }
}

/// ```text
/// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
/// PolicyInformation ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER,
///                                  policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// ```
fn read_policies(certificate: &Certificate) -> Result<Option<BTreeSet<ObjectIdentifier>>, ChainFault> {
    let oid = extensions::CERTIFICATE_POLICIES;
    let Some(extension) = certificate.extension(oid) else { return Ok(None) };
    let malformed = |error: Asn1Error| malformed(certificate, "certificate policies", &error.to_string());
    let mut reader = Element::only(&extension.value, tag::SEQUENCE).map_err(malformed)?.reader();
    let mut policies = BTreeSet::new();
    while !reader.is_empty() {
        let (policy, qualifiers) = (|| {
            let mut fields = reader.expect(tag::SEQUENCE)?.reader();
            let policy = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            let qualifiers = fields.optional(tag::SEQUENCE)?;
            fields.finish()?;
            Ok((policy, qualifiers.map(|list| read_qualifiers(&list)).transpose()?.unwrap_or_default()))
        })()
        .map_err(malformed)?;
        if !policies.insert(policy) {
            return Err(self::malformed(certificate, "certificate policies", "a policy stands twice"));
        }
        if extension.critical && qualifiers.iter().any(|qualifier| !KNOWN_QUALIFIERS.contains(qualifier)) {
            let what = "a policy qualifier that RFC 5280 does not define, in a critical extension";
            return Err(ChainFault::UnsupportedConstraint { certificate: certificate.clone(), oid, what });
        }
    }
    match policies.is_empty() {
        true => Err(self::malformed(certificate, "certificate policies", "the list is empty")),
        false => Ok(Some(policies)),
    }
}

fn read_qualifiers(list: &Element<'_>) -> Result<Vec<ObjectIdentifier>, Asn1Error> {
    let mut list = list.reader();
    let mut qualifiers = Vec::new();
    while !list.is_empty() {
        qualifiers.push(list.expect(tag::SEQUENCE)?.reader().expect(tag::OBJECT_IDENTIFIER)?.oid()?);
    }
    Ok(qualifiers)
}

/// ```text
/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy CertPolicyId, subjectDomainPolicy CertPolicyId }
/// ```
fn read_mappings(certificate: &Certificate) -> Result<Vec<(ObjectIdentifier, ObjectIdentifier)>, ChainFault> {
    let Some(extension) = certificate.extension(extensions::POLICY_MAPPINGS) else { return Ok(Vec::new()) };
    let read = || {
        let mut reader = Element::only(&extension.value, tag::SEQUENCE)?.reader();
        let mut mappings = Vec::new();
        while !reader.is_empty() {
            let mut fields = reader.expect(tag::SEQUENCE)?.reader();
            let issuer = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            let subject = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            fields.finish()?;
            mappings.push((issuer, subject));
        }
        Ok(mappings)
    };
    let mappings =
        read().map_err(|error: Asn1Error| malformed(certificate, "policy mappings", &error.to_string()))?;
    if mappings.is_empty() {
        return Err(malformed(certificate, "policy mappings", "the list is empty"));
    }
    // RFC 5280 §6.1.4 (a).
    match mappings.iter().any(|(issuer, subject)| *issuer == ANY_POLICY || *subject == ANY_POLICY) {
        true => Err(malformed(certificate, "policy mappings", "anyPolicy may not be mapped")),
        false => Ok(mappings),
    }
}

/// ```text
/// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] SkipCerts OPTIONAL, inhibitPolicyMapping [1] SkipCerts OPTIONAL }
/// ```
fn read_constraints(certificate: &Certificate) -> Result<(Option<usize>, Option<usize>), ChainFault> {
    let Some(extension) = certificate.extension(extensions::POLICY_CONSTRAINTS) else {
        return Ok((None, None));
    };
    let read = || {
        let mut fields = Element::only(&extension.value, tag::SEQUENCE)?.reader();
        let explicit = fields.optional(tag::primitive(0))?.map(|count| skip(&count)).transpose()?;
        let mapping = fields.optional(tag::primitive(1))?.map(|count| skip(&count)).transpose()?;
        fields.finish()?;
        Ok((explicit, mapping))
    };
    match read()
        .map_err(|error: Asn1Error| malformed(certificate, "policy constraints", &error.to_string()))?
    {
        (None, None) => Err(malformed(certificate, "policy constraints", "nothing is constrained")),
        constraints => Ok(constraints),
    }
}

/// `InhibitAnyPolicy ::= SkipCerts`
fn read_inhibit_any_policy(certificate: &Certificate) -> Result<Option<usize>, ChainFault> {
    let Some(extension) = certificate.extension(extensions::INHIBIT_ANY_POLICY) else { return Ok(None) };
    Element::only(&extension.value, tag::INTEGER)
        .and_then(|count| skip(&count))
        .map(Some)
        .map_err(|error| malformed(certificate, "inhibit anyPolicy", &error.to_string()))
}

/// `SkipCerts ::= INTEGER (0..MAX)`; more than any path has is as good as no limit.
fn skip(count: &Element<'_>) -> Result<usize, Asn1Error> {
    Ok(usize::try_from(count.small_integer()?).unwrap_or(usize::MAX))
}

/// What cannot be read of the extensions that only authorities need: also in the judged certificate, when they are
/// critical there.
pub(crate) fn unreadable(certificate: &Certificate) -> impl Iterator<Item = ChainFault> {
    let critical = |oid| certificate.extension(oid).is_some_and(|extension| extension.critical);
    let mappings = critical(extensions::POLICY_MAPPINGS).then(|| read_mappings(certificate).err());
    let inhibit =
        critical(extensions::INHIBIT_ANY_POLICY).then(|| read_inhibit_any_policy(certificate).err());
    [mappings, inhibit].into_iter().flatten().flatten()
}

fn malformed(certificate: &Certificate, extension: &str, reason: &str) -> ChainFault {
    let reason = format!("its {extension} cannot be used: {reason}");
    ChainFault::Malformed { certificate: certificate.clone(), reason }
}
