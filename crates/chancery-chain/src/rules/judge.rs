//! Judges one candidate path: everything of RFC 5280 §6.1 except signatures, which the search checked, and
//! revocation. Name constraints and policies have their own files.

use std::collections::BTreeSet;

use chancery_certificate::{
    BasicConstraints, Certificate, CertificateError, Claim, ClaimedUse, KeyUsage, KeyUsages, NameSemantics,
};
use chancery_key::ParameterReading;
use chancery_key::lifetime::AlgorithmConstraints;
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::extensions;
use crate::path::budget::Budget;
use crate::path::build::CandidatePath;
use crate::path::fault::ChainFault;
use crate::path::signature;
use crate::rules::anchor::{self, Role};
use crate::rules::constraints;
use crate::rules::policies::{self, PolicyDemands, PolicySet};
use crate::rules::profile::{self, CertificateProfile, Position};
use crate::rules::purpose::{NeededUsage, Purpose};
use crate::rules::usages::UsageDemands;

/// Critical extensions that are processed. Key identifiers and information access are hints and may not be
/// critical (RFC 5280 §4.2.1.1, §4.2.1.2, §4.2.2.1), so they are not among them.
const PROCESSED: [ObjectIdentifier; 11] = [
    extensions::BASIC_CONSTRAINTS,
    extensions::KEY_USAGE,
    extensions::EXTENDED_KEY_USAGE,
    extensions::SUBJECT_ALTERNATIVE_NAME,
    extensions::NAME_CONSTRAINTS,
    extensions::CERTIFICATE_POLICIES,
    extensions::POLICY_MAPPINGS,
    extensions::POLICY_CONSTRAINTS,
    extensions::INHIBIT_ANY_POLICY,
    extensions::CRL_DISTRIBUTION_POINTS,
    extensions::OCSP_NO_CHECK,
];

/// What a path is judged by.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) role: Role,
    pub(crate) purpose: Purpose,
    pub(crate) usages: &'a UsageDemands,
    pub(crate) at: Timestamp,
    pub(crate) policies: &'a PolicyDemands,
    pub(crate) profile: CertificateProfile,
    pub(crate) algorithms: AlgorithmConstraints,
}

/// What is wrong with a path, and the policies under which it would be valid.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) faults: Vec<ChainFault>,
    pub(crate) policies: PolicySet,
}

/// Judges the path by every rule.
pub(crate) fn judge(path: CandidatePath<'_, '_>, rules: Rules<'_>, budget: &mut Budget) -> Judgement {
    let Rules { at, policies, profile, algorithms, .. } = rules;
    let mut faults = Vec::new();
    let target = path.target();
    let scope = path.anchor.scope();
    let above = (!path.links.is_empty()).then(|| path.anchor.certificate());
    let binding_anchor = above.filter(|_| scope.binds_constraints());

    if let Some(anchor) = above.filter(|_| scope.binds_validity()) {
        judge_validity(anchor, at, &mut faults);
    }
    if let Some(anchor) = binding_anchor {
        judge_form(anchor, &mut faults);
        judge_authority(anchor, path.links, Position::Anchor, rules, &mut faults);
    }
    for (depth, certificate) in path.links.iter().copied().enumerate().rev() {
        judge_validity(certificate, at, &mut faults);
        judge_form(certificate, &mut faults);
        if depth > 0 {
            judge_authority(certificate, &path.links[..depth], Position::BelowTheAnchor, rules, &mut faults);
        }
    }
    if path.links.is_empty() {
        judge_validity(target, at, &mut faults);
        judge_form(target, &mut faults);
    }
    judge_target(target, rules, &mut faults);
    for (certificate, issuer) in path.pairs() {
        judge_strength(algorithms, certificate, issuer, at, &mut faults);
    }
    judge_key(algorithms, target, at, &mut faults);
    if profile == CertificateProfile::Rfc5280 {
        let below = path.links.iter().flat_map(|one| profile::judge(one, Position::BelowTheAnchor));
        faults.extend(below);
        let anchor = binding_anchor.or(path.links.is_empty().then_some(target));
        faults.extend(anchor.into_iter().flat_map(|one| profile::judge(one, Position::Anchor)));
    }
    let constraining: Vec<_> = path.links.iter().copied().chain(binding_anchor).collect();
    faults.extend(constraints::judge(&constraining, profile, rules.purpose, budget));
    faults.extend(anchor::judge(path, rules.role, rules.purpose, at, budget));
    let judged = anchor::judge_policies(path, rules.role, binding_anchor, policies);
    let policies = judged.unwrap_or_else(|broken| {
        faults.extend(broken);
        PolicySet::Only(BTreeSet::new())
    });
    for certificate in constraining.into_iter().chain(path.links.is_empty().then_some(target)) {
        for fault in unreadable(certificate) {
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    Judgement { faults, policies }
}

/// Critical extensions that are known but cannot be read, wherever they stand: whoever cannot process one must refuse
/// the certificate (RFC 5280 §4.2). Those that every certificate is judged by are read elsewhere.
fn unreadable(certificate: &Certificate) -> impl Iterator<Item = ChainFault> {
    let critical = |oid| certificate.extension(oid).filter(|extension| extension.critical);
    let points = critical(extensions::CRL_DISTRIBUTION_POINTS)
        .and_then(|_| certificate.crl_distribution_points().err())
        .map(|error| malformed(certificate, &error));
    let names = critical(extensions::NAME_CONSTRAINTS)
        .and_then(|extension| constraints::unreadable(certificate, extension));
    points.into_iter().chain(names).chain(policies::unreadable(certificate))
}

fn judge_validity(certificate: &Certificate, at: Timestamp, faults: &mut Vec<ChainFault>) {
    if at < certificate.not_before() {
        let not_before = certificate.not_before();
        faults.push(ChainFault::NotYetValid { certificate: certificate.clone(), at, not_before });
    }
    if at > certificate.not_after() {
        let not_after = certificate.not_after();
        faults.push(ChainFault::Expired { certificate: certificate.clone(), at, not_after });
    }
}

/// What every certificate of a path must be whenever it is looked at: readable, without demands that are not known
/// here.
fn judge_form(certificate: &Certificate, faults: &mut Vec<ChainFault>) {
    if certificate.signature_algorithm() != certificate.inner_signature_algorithm() {
        faults.push(ChainFault::AlgorithmMismatch { certificate: certificate.clone() });
    }
    // Some readers pass over extensions that cannot be there: two readings of one certificate.
    if certificate.version() < 3 && !certificate.extensions().is_empty() {
        let reason = format!(
            "it has extensions but is of version {} (RFC 5280 §4.1.2.9: only version 3 has them)",
            certificate.version()
        );
        faults.push(ChainFault::Malformed { certificate: certificate.clone(), reason });
    }
    for extension in certificate.extensions() {
        if extension.critical && !PROCESSED.contains(&extension.oid) {
            let oid = extension.oid;
            if oid == extensions::QC_STATEMENTS && has_known_statements(certificate) {
                continue;
            }
            faults.push(ChainFault::UnknownCriticalExtension { certificate: certificate.clone(), oid });
        }
    }
    if let Err(error) = certificate.subject_alternative_names() {
        faults.push(malformed(certificate, &error));
    }
}

/// Whether every statement of a qualified certificate is known here, so that it may be critical (RFC 3739 §3.2.6). What they
/// say binds no path; [`Certificate::claims`] tells it.
fn has_known_statements(certificate: &Certificate) -> bool {
    let known = |claim: &Claim| match claim {
        // Not read any further, so that nobody can say what is asked there.
        Claim::Other { .. } | Claim::PaymentServices(_) => false,
        Claim::NamedBy { semantics: Some(NameSemantics::Other(_)), .. } => false,
        Claim::ForUses(uses) => !uses.iter().any(|one| matches!(one, ClaimedUse::Other(_))),
        Claim::ToBeQualified
        | Claim::KeyInQualifiedDevice
        | Claim::UnderLegislation(_)
        | Claim::DeviceUnderLegislation(_)
        | Claim::LimitedTo(_)
        | Claim::RetainedForYears(_)
        | Claim::DisclosedAt(_)
        | Claim::IdentifiedBy(_)
        | Claim::NamedBy { .. } => true,
        _ => false,
    };
    certificate.claims().is_ok_and(|claims| claims.iter().flatten().all(known))
}

/// What a certificate must be that stands above `below`, the judged certificate first.
fn judge_authority(
    certificate: &Certificate,
    below: &[&Certificate],
    position: Position,
    Rules { purpose, usages, .. }: Rules<'_>,
    faults: &mut Vec<ChainFault>,
) {
    match certificate.basic_constraints() {
        Ok(Some(BasicConstraints { authority: true, path_length, .. })) => {
            // The judged certificate is not counted, even when it is an authority's (RFC 5280 §4.2.1.9).
            let found = below.iter().skip(1).filter(|certificate| !certificate.is_self_issued()).count();
            let found = u64::try_from(found).unwrap_or(u64::MAX);
            if let Some(allowed) = path_length.filter(|allowed| found > *allowed) {
                faults.push(ChainFault::PathLength { certificate: certificate.clone(), allowed, found });
            }
        }
        // Before version 3 a certificate could not say it. Then it has to be known by other means (RFC 5280 §6.1.4 (k)),
        // and of an anchor it is: somebody made it one.
        Ok(None) if position == Position::Anchor && certificate.version() < 3 => {}
        Ok(_) => faults.push(ChainFault::NotAnAuthority { certificate: certificate.clone() }),
        Err(error) => faults.push(malformed(certificate, &error)),
    }
    if certificate.subject().is_empty() {
        let reason = "it issued a certificate but has no name (RFC 5280 §4.1.2.6)".into();
        faults.push(ChainFault::Malformed { certificate: certificate.clone(), reason });
    }
    match certificate.key_usage() {
        Ok(Some(usages)) if !usages.has(KeyUsage::CertificateSign) => {
            faults.push(ChainFault::KeyUsage { certificate: certificate.clone(), needed: "keyCertSign" });
        }
        Ok(_) => {}
        Err(error) => faults.push(malformed(certificate, &error)),
    }
    match certificate.extended_key_usage() {
        Ok(found) => {
            let allowed = match position {
                Position::Anchor => usages.allow_anchor(purpose, found.as_deref()),
                Position::BelowTheAnchor => usages.allow_authority(purpose, found.as_deref()),
            };
            if !allowed {
                let found = found.unwrap_or_default();
                faults.push(ChainFault::Purpose { certificate: certificate.clone(), purpose, found });
            }
        }
        Err(error) => faults.push(malformed(certificate, &error)),
    }
}

/// Whether the judged certificate may be used for the purpose, and claims nothing that only authorities may.
fn judge_target(certificate: &Certificate, rules: Rules<'_>, faults: &mut Vec<ChainFault>) {
    let Rules { purpose, usages, .. } = rules;
    match certificate.extended_key_usage() {
        Ok(found) => {
            let allowed = usages.allow_target(purpose, found.as_deref());
            // RFC 3161 §2.3: a timestamp unit's certificate has this one usage, and says so critically.
            let sole = purpose != Purpose::Timestamping
                || (found.as_ref().is_some_and(|found| found.len() == 1)
                    && certificate
                        .extension(extensions::EXTENDED_KEY_USAGE)
                        .is_some_and(|usage| usage.critical));
            let allowed = allowed && sole;
            if let Some(usage) = usages.excluded(found.as_deref().unwrap_or_default()) {
                faults.push(ChainFault::ExcludedUsage { certificate: certificate.clone(), usage });
            }
            if found.as_ref().is_some_and(Vec::is_empty) {
                let reason =
                    "its extended key usage names no usage (RFC 5280 §4.2.1.12: at least one)".into();
                faults.push(ChainFault::Malformed { certificate: certificate.clone(), reason });
            } else if !allowed {
                let found = found.unwrap_or_default();
                faults.push(ChainFault::Purpose { certificate: certificate.clone(), purpose, found });
            }
        }
        Err(error) => faults.push(malformed(certificate, &error)),
    }
    match certificate.key_usage() {
        Ok(Some(usages)) => {
            if let Some(needed) = missing_usage(usages, purpose) {
                faults.push(ChainFault::KeyUsage { certificate: certificate.clone(), needed });
            }
        }
        Ok(None) => {}
        Err(error) => faults.push(malformed(certificate, &error)),
    }
    match certificate.basic_constraints() {
        Ok(Some(BasicConstraints { authority: true, .. })) => {}
        // RFC 5280 §4.2.1.10: only in the certificates of authorities.
        Ok(_) if certificate.extension(extensions::NAME_CONSTRAINTS).is_some() => {
            let reason =
                "it has name constraints but is no certification authority (RFC 5280 §4.2.1.10)".into();
            faults.push(ChainFault::Malformed { certificate: certificate.clone(), reason });
        }
        Ok(_) => {}
        Err(error) => faults.push(malformed(certificate, &error)),
    }
}

fn missing_usage(usages: KeyUsages, purpose: Purpose) -> Option<&'static str> {
    let (any_of, words) = match purpose.needed_usage() {
        NeededUsage::Signing => {
            ([KeyUsage::DigitalSignature, KeyUsage::NonRepudiation], "digitalSignature or nonRepudiation")
        }
        NeededUsage::Authentication => {
            ([KeyUsage::DigitalSignature, KeyUsage::KeyAgreement], "digitalSignature or keyAgreement")
        }
        NeededUsage::OnlySigning => {
            let others = [
                KeyUsage::KeyEncipherment,
                KeyUsage::DataEncipherment,
                KeyUsage::KeyAgreement,
                KeyUsage::CertificateSign,
                KeyUsage::CrlSign,
            ];
            if others.into_iter().any(|usage| usages.has(usage)) {
                return Some("digitalSignature or nonRepudiation alone");
            }
            ([KeyUsage::DigitalSignature, KeyUsage::NonRepudiation], "digitalSignature or nonRepudiation")
        }
        NeededUsage::None => return None,
    };
    (!any_of.into_iter().any(|usage| usages.has(usage))).then_some(words)
}

fn judge_strength(
    algorithms: AlgorithmConstraints,
    certificate: &Certificate,
    issuer: &Certificate,
    at: Timestamp,
    faults: &mut Vec<ChainFault>,
) {
    if let Some(weak) = signature::weakness(
        algorithms,
        issuer,
        &certificate.signature_algorithm(),
        ParameterReading::Strict,
        at,
    ) {
        faults.push(ChainFault::WeakAlgorithm {
            certificate: certificate.clone(),
            algorithm: weak.algorithm,
            at,
            acceptable_until: weak.acceptable_until,
        });
    }
}

/// Whether the key of the judged certificate was good for anything at the moment. The keys above are judged with the
/// signatures that they made.
fn judge_key(
    algorithms: AlgorithmConstraints,
    certificate: &Certificate,
    at: Timestamp,
    faults: &mut Vec<ChainFault>,
) {
    if let Some(weak) = signature::weak_key(algorithms, certificate, at) {
        faults.push(ChainFault::WeakKey {
            certificate: certificate.clone(),
            key: weak.algorithm,
            at,
            acceptable_until: weak.acceptable_until,
        });
    }
}

fn malformed(certificate: &Certificate, error: &CertificateError) -> ChainFault {
    ChainFault::Malformed { certificate: certificate.clone(), reason: error.to_string() }
}
