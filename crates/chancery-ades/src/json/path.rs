//! A path of certificates, as JSON.

use chancery_chain::RevocationStatus;
use serde::Serialize;

use super::Certificates;
use super::hexadecimal::sha256;
use crate::Path;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PathMembers {
    anchored: bool,
    certificates: Vec<String>,
    revocation: Vec<RevocationMembers>,
    revoked: Option<RevokedMembers>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct RevocationMembers {
    status: &'static str,
    since: Option<String>,
    reason: Option<String>,
    this_update: Option<String>,
    next_update: Option<String>,
    crls: Vec<String>,
    ocsp: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RevokedMembers {
    certificate: String,
    since: String,
    reason: String,
}

impl PathMembers {
    pub(super) fn of(path: &Path, certificates: &mut Certificates) -> Self {
        Self {
            anchored: path.anchor().is_some(),
            certificates: path.certificates().iter().map(|one| certificates.add(one)).collect(),
            revocation: path.revocation().iter().map(RevocationMembers::of).collect(),
            revoked: path.revoked().map(|revoked| RevokedMembers {
                certificate: certificates.add(&revoked.certificate),
                since: revoked.since.to_string(),
                reason: revoked.reason.to_string(),
            }),
        }
    }
}

impl RevocationMembers {
    fn of(status: &RevocationStatus) -> Self {
        let bare = |status| Self { status, ..Self::default() };
        match status {
            RevocationStatus::Good(evidence) => Self::by("good", evidence),
            RevocationStatus::RevokedLater { evidence, since, reason } => {
                let (since, reason) = (Some(since.to_string()), Some(reason.to_string()));
                Self { since, reason, ..Self::by("revoked-later", evidence) }
            }
            RevocationStatus::NotAvailable(_) => bare("not-available"),
            RevocationStatus::Anchor => bare("anchor"),
            RevocationStatus::NotChecked => bare("not-checked"),
            _ => bare("unknown"),
        }
    }

    fn by(status: &'static str, answer: &chancery_chain::GoodEvidence) -> Self {
        let evidence = answer.evidence();
        Self {
            status,
            this_update: Some(answer.this_update.to_string()),
            next_update: answer.next_update.map(|time| time.to_string()),
            crls: evidence.crls().iter().map(|crl| sha256(crl)).collect(),
            ocsp: evidence.ocsp().iter().map(|answer| sha256(answer)).collect(),
            ..Self::default()
        }
    }
}
