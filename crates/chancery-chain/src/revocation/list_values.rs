//! Small shared values of CRLs.

use jiff::Timestamp;

use crate::revocation::reason::RevocationReason;

/// The version of a list; without the field it is the first, which has no extensions.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// One revoked certificate of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// When the issuer revoked it.
    pub revocation_date: Timestamp,
    /// Why; [`RevocationReason::Unspecified`] when the entry does not say.
    pub reason: RevocationReason,
    /// Since when the key was known or suspected to be compromised, or the certificate otherwise invalid.
    pub invalidity_date: Option<Timestamp>,
}

impl RevokedEntry {
    /// When the revocation took effect: the earlier of revocation date and invalidity date.
    pub fn since(&self) -> Timestamp {
        self.invalidity_date.map_or(self.revocation_date, |date| date.min(self.revocation_date))
    }

    /// What both together say of one certificate, which should be named once: the graver reason, since the earlier time.
    /// A hold can end and a removal ends one, so neither may stand before a revocation for good.
    pub(crate) fn and(self, other: Self) -> Self {
        let removed = |entry: &Self| entry.reason == RevocationReason::RemoveFromCrl;
        match (removed(&self), removed(&other)) {
            (false, true) => self,
            (true, false) => other,
            _ => {
                let (earlier, later) =
                    if other.since() < self.since() { (other, self) } else { (self, other) };
                let held = earlier.reason.is_hold();
                let reason = if held { later.reason } else { earlier.reason };
                Self { reason, ..earlier }
            }
        }
    }
}
