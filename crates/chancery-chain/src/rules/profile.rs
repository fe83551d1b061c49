//! What RFC 5280 §4 asks of those who issue certificates. Path validation (§6) does not ask it again.

use chancery_certificate::{BasicConstraints, Certificate, Irregularity, IrregularityKind, KeyUsage};

use crate::extensions;
use crate::path::fault::ChainFault;

/// How strictly certificates are held to rules that bind their issuers only.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum CertificateProfile {
    /// The rules of path validation. Certificates in use break many rules for issuers, without harm. A name
    /// constraint on hosts may have a leading period, which OpenSSL and BoringSSL read as "hosts below".
    ///
    /// What is odd about a certificate is told by
    /// [`Certificate::irregularities`](chancery_certificate::Certificate::irregularities).
    #[default]
    Tolerant,
    /// Also the rules for issuers: no irregularity (serial numbers below zero or of more than 20 octets, times in the
    /// wrong form, text that misleads, default values written out, extensions that cannot be read although nobody
    /// needs them), key identifiers present, extensions critical that must be, no leading period in name constraints
    /// on hosts.
    Rfc5280,
}

/// Where a certificate stands in the path.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Anchor,
    BelowTheAnchor,
}

/// Every rule that the certificate breaks.
pub(crate) fn judge(certificate: &Certificate, position: Position) -> Vec<ChainFault> {
    let authority = is_authority(certificate);
    let critical = |oid| certificate.extension(oid).is_none_or(|extension| extension.critical);
    let key_identifier =
        certificate.authority_key_identifier().ok().flatten().and_then(|id| id.key_identifier);
    let limited =
        certificate.basic_constraints().ok().flatten().is_some_and(|found| found.path_length.is_some());
    let certifies =
        certificate.key_usage().ok().flatten().is_some_and(|usages| usages.has(KeyUsage::CertificateSign));
    let rules = [
        (
            // Who issued an anchor does not matter.
            position == Position::Anchor || key_identifier.is_some() || certificate.is_self_issued(),
            "§4.2.1.1",
            "it does not identify the key of its issuer",
        ),
        (
            !authority || certificate.extension(extensions::SUBJECT_KEY_IDENTIFIER).is_some(),
            "§4.2.1.2",
            "it is an authority's and does not identify its key",
        ),
        (authority || !limited, "§4.2.1.9", "it limits the length of paths but is not an authority's"),
        (authority || !certifies, "§4.2.1.9", "it may sign certificates but is not an authority's"),
        (
            !authority || critical(extensions::BASIC_CONSTRAINTS),
            "§4.2.1.9",
            "it is an authority's and its basic constraints are not critical",
        ),
        (
            !certificate.subject().is_empty() || critical(extensions::SUBJECT_ALTERNATIVE_NAME),
            "§4.2.1.6",
            "it names its subject only in an extension that is not critical",
        ),
        (critical(extensions::NAME_CONSTRAINTS), "§4.2.1.10", "its name constraints are not critical"),
        (critical(extensions::POLICY_CONSTRAINTS), "§4.2.1.11", "its policy constraints are not critical"),
        (critical(extensions::INHIBIT_ANY_POLICY), "§4.2.1.14", "its inhibit anyPolicy is not critical"),
    ];
    let broken = rules.into_iter().filter(|(holds, ..)| !holds);
    let broken = broken.map(|(_, clause, rule)| ChainFault::Profile {
        certificate: certificate.clone(),
        rule,
        clause,
    });
    // Some are faults of their own whatever the profile.
    let told = |irregularity: &Irregularity| {
        !matches!(irregularity.kind, IrregularityKind::AlgorithmsDiffer | IrregularityKind::Version { .. })
    };
    let irregular = certificate.irregularities().into_iter().filter(told);
    let irregular = irregular
        .map(|irregularity| ChainFault::Irregular { certificate: certificate.clone(), irregularity });
    broken.chain(irregular).collect()
}

fn is_authority(certificate: &Certificate) -> bool {
    matches!(certificate.basic_constraints(), Ok(Some(BasicConstraints { authority: true, .. })))
}
