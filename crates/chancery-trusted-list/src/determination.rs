//! What a list would make of a certificate at one moment (TS 119 615, 4.4).

use chancery_certificate::{Certificate, ClaimedUse};
use chancery_chain::VerifiedChain;
use jiff::Timestamp;

use crate::criteria::Match;
use crate::device;
use crate::facts::Facts;
use crate::list::UnverifiedTrustedList;
use crate::matching::{self, Matched};
use crate::remark::Remark;
use crate::service::ServiceState;
use crate::unread::Criticality;
use crate::uris::{Qualifier, ServiceStatus};
use crate::uses::{QualifiedUse, Would, WouldBeDevice};

/// What would follow from a list for a certificate at one moment, if the list were authentic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Determination {
    /// The moment.
    pub at: Timestamp,
    /// The rules of which time were used.
    pub regime: Regime,
    /// What would follow for signatures, seals and web sites, in this order.
    would: [Would; 3],
    /// Whether the key would be in a qualified device. `CannotTell` unless the certificate would be qualified for
    /// signatures or seals.
    pub device: WouldBeDevice,
    /// What decided, and what should be known.
    pub remarks: Vec<Remark>,
}

/// The rules of a time.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Directive 1999/93/EC: for certificates and moments before 2016-07-01.
    Directive,
    /// Regulation (EU) No 910/2014, eIDAS.
    Regulation,
}

impl Determination {
    /// What would follow for one use.
    pub fn would(&self, used: QualifiedUse) -> Would {
        let [signatures, seals, web_sites] = self.would;
        match used {
            QualifiedUse::Signatures => signatures,
            QualifiedUse::Seals => seals,
            QualifiedUse::WebSites => web_sites,
        }
    }

    pub(crate) fn make(list: &UnverifiedTrustedList, chain: &VerifiedChain, at: Timestamp) -> Self {
        let certificate = chain.certificate();
        let early = at.as_second() < REGULATION || certificate.not_before().as_second() < REGULATION;
        let mut pass = Self {
            at,
            regime: if early { Regime::Directive } else { Regime::Regulation },
            would: [Would::CannotTell; 3],
            device: WouldBeDevice::CannotTell,
            remarks: Vec::new(),
        };
        if let Err(remark) = pass.decide(list, chain) {
            pass.remarks.push(remark);
            pass.would = [Would::CannotTell; 3];
            pass.device = WouldBeDevice::CannotTell;
        }
        pass
    }

    fn decide(&mut self, list: &UnverifiedTrustedList, chain: &VerifiedChain) -> Result<(), Remark> {
        let certificate = chain.certificate();
        if self.at < certificate.not_before() {
            return Err(Remark::BeforeIssuance);
        }
        if let Some(next_update) = list.next_update().filter(|next_update| self.at > *next_update) {
            return Err(Remark::ListTooOld { next_update });
        }
        let territory = matching::territory(certificate.issuer());
        let same = territory
            .as_deref()
            .zip(list.territory())
            .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other));
        if !same {
            return Err(Remark::OtherTerritory {
                issuer: territory,
                list: list.territory().map(str::to_owned),
            });
        }
        let matched = matching::services(list, chain, self.at, &mut self.remarks)?;
        if matched.is_empty() {
            self.remarks.push(Remark::NotListed);
            self.would = [Would::NotBeQualified; 3];
            return Ok(());
        }
        for one in &matched {
            let unread = one.state.extensions.unread.iter();
            if let Some((unread, _)) =
                unread.into_iter().find(|(_, critical)| *critical == Criticality::Critical)
            {
                return Err(Remark::UnreadCriticalExtension { element: unread.element.clone() });
            }
        }
        let facts = Facts::of(certificate).map_err(|_| Remark::ClaimsUnreadable)?;
        if facts.other_legislation {
            self.remarks.push(Remark::OtherLegislation);
        }
        match self.regime {
            Regime::Regulation => self.under_regulation(&matched, certificate, &facts),
            Regime::Directive => self.under_directive(&matched, certificate, &facts),
        }
    }

    /// PRO-4.4.4-08 to PRO-4.4.4-32, and 4.5.
    fn under_regulation(
        &mut self,
        matched: &[Matched<'_>],
        certificate: &Certificate,
        facts: &Facts,
    ) -> Result<(), Remark> {
        if facts.uses.len() > 1 || facts.uses.iter().any(|used| matches!(used, ClaimedUse::Other(_))) {
            self.remarks.push(Remark::SeveralUsesClaimed);
        }
        let mut device = None;
        for (index, used) in QualifiedUse::ALL.into_iter().enumerate() {
            let information = used.information();
            let states = matched.iter().map(|one| one.state);
            let states: Vec<&ServiceState> =
                states.filter(|state| state.extensions.additional.contains(&information)).collect();
            let (would, qualifiers) = self.for_use(used, &states, certificate, facts);
            if let Some(slot) = self.would.get_mut(index) {
                *slot = would;
            }
            if would == Would::BeQualified && used != QualifiedUse::WebSites {
                device = Some(qualifiers);
            }
        }
        if self.would.iter().filter(|would| **would == Would::BeQualified).count() > 1 {
            return Err(Remark::QualifiedForTwoUses);
        }
        if let Some(qualifiers) = device {
            self.judge_device(&qualifiers, device::under_regulation(&qualifiers, facts));
        }
        Ok(())
    }

    /// One of the three checks of the regulation: PRO-4.4.4-08 to -15 and their repetitions.
    fn for_use(
        &mut self,
        used: QualifiedUse,
        states: &[&ServiceState],
        certificate: &Certificate,
        facts: &Facts,
    ) -> (Would, Vec<Qualifier>) {
        let none = Vec::new();
        match self.standing(states) {
            Standing::None => {
                self.note(Remark::NotForUse { used });
                return (Would::NotBeQualified, none);
            }
            Standing::NotActive => return (Would::NotBeQualified, none),
            Standing::Unclear => return (Would::CannotTell, none),
            Standing::Active => {}
        }
        let Some(qualifiers) = self.qualifiers(states, certificate) else { return (Would::CannotTell, none) };
        let has = |qualifier: Qualifier| qualifiers.contains(&qualifier);
        // A legal person does not sign (eIDAS, article 3 (9)).
        let legal = used == QualifiedUse::Signatures && has(Qualifier::ForLegalPersons);
        let foreign = QualifiedUse::ALL.into_iter().any(|other| other != used && has(other.qualifier()));
        if legal || foreign || (has(Qualifier::NotQualified) && has(Qualifier::IsQualified)) {
            self.note(Remark::QualifiersContradict { used });
            return (Would::CannotTell, none);
        }
        (self.cell(used, &qualifiers, facts), qualifiers)
    }

    /// A cell of table 1, 2 or 3: the row is what the certificate claims, the column what the list says of it.
    fn cell(&mut self, used: QualifiedUse, qualifiers: &[Qualifier], facts: &Facts) -> Would {
        let has = |qualifier: Qualifier| qualifiers.contains(&qualifier);
        let (stated, positive) = (has(Qualifier::IsQualified), has(used.qualifier()));
        if has(Qualifier::NotQualified) {
            return Would::NotBeQualified;
        }
        if positive {
            return qualified_if(stated || facts.compliance);
        }
        if !stated && !facts.compliance {
            return Would::NotBeQualified;
        }
        let claims = |claim: &ClaimedUse| *claim == used.claim();
        match facts.uses.as_slice() {
            // Without a type the certificate is for signatures (EN 319 412-5, 4.2.3), if it claims anything at all.
            [] if facts.compliance => qualified_if(used == QualifiedUse::Signatures),
            [] => {
                self.note(Remark::NothingSaysForWhat { used });
                Would::CannotTell
            }
            uses if uses.iter().all(claims) => Would::BeQualified,
            uses if uses.iter().any(claims) => Would::CannotTell,
            _ => Would::NotBeQualified,
        }
    }

    /// PRO-4.4.4-33, and 4.5: the directive knew certificates for signatures only.
    fn under_directive(
        &mut self,
        matched: &[Matched<'_>],
        certificate: &Certificate,
        facts: &Facts,
    ) -> Result<(), Remark> {
        self.would = [Would::CannotTell, Would::NotBeQualified, Would::NotBeQualified];
        let late = self.at.as_second() >= REGULATION;
        let information = QualifiedUse::Signatures.information();
        // Before the regulation nothing was said of uses, since there was only one.
        let counts = |state: &&ServiceState| !late || state.extensions.additional.contains(&information);
        let states: Vec<&ServiceState> = matched.iter().map(|one| one.state).filter(counts).collect();
        if states.is_empty() {
            self.note(Remark::NotForUse { used: QualifiedUse::Signatures });
            self.would = [Would::NotBeQualified; 3];
            return Ok(());
        }
        let [signatures, ..] = &mut self.would;
        match standing(&states, late, &mut self.remarks) {
            Standing::None | Standing::NotActive => {
                *signatures = Would::NotBeQualified;
                return Ok(());
            }
            Standing::Unclear => return Ok(()),
            Standing::Active => {}
        }
        let Some(qualifiers) = self.qualifiers(&states, certificate) else { return Ok(()) };
        let has = |qualifier: Qualifier| qualifiers.contains(&qualifier);
        let foreign = has(Qualifier::ForSeals) || has(Qualifier::ForWebSites);
        if foreign || (has(Qualifier::NotQualified) && has(Qualifier::IsQualified)) {
            return Err(Remark::QualifiersContradict { used: QualifiedUse::Signatures });
        }
        // Table 5.
        let claimed = facts.compliance || (facts.directive_policy && !facts.other_legislation);
        let qualified = !has(Qualifier::NotQualified) && (has(Qualifier::IsQualified) || claimed);
        let [signatures, ..] = &mut self.would;
        *signatures = qualified_if(qualified);
        if qualified {
            let device = match late {
                true => device::under_regulation(&qualifiers, facts),
                false => device::under_directive(&qualifiers, facts),
            };
            self.judge_device(&qualifiers, device);
        }
        Ok(())
    }

    fn judge_device(&mut self, qualifiers: &[Qualifier], device: Option<WouldBeDevice>) {
        match device {
            Some(device) if !qualifiers.iter().any(|qualifier| matches!(qualifier, Qualifier::Other(_))) => {
                self.device = device;
            }
            // A qualifier that nobody knows may be about devices.
            Some(_) => {}
            None => self.note(Remark::DeviceQualifiersContradict),
        }
    }

    fn standing(&mut self, states: &[&ServiceState]) -> Standing {
        standing(states, true, &mut self.remarks)
    }

    /// The qualifiers that are about the certificate (PRO-4.4.4-11). `None` when that cannot be told: the standard
    /// then passes over the qualifier, and so over one that takes a qualification away.
    fn qualifiers(&mut self, states: &[&ServiceState], certificate: &Certificate) -> Option<Vec<Qualifier>> {
        let mut found = Vec::new();
        for qualification in states.iter().flat_map(|state| &state.extensions.qualifications) {
            match qualification.criteria.matches(certificate) {
                Match::No => {}
                Match::CannotTell => {
                    self.note(Remark::CriteriaUnclear);
                    return None;
                }
                Match::Yes => {
                    for qualifier in &qualification.qualifiers {
                        if matches!(qualifier, Qualifier::Other(_)) {
                            let (qualifier, criticality) = (qualifier.clone(), qualification.criticality);
                            self.note(Remark::UnknownQualifier { qualifier, criticality });
                            if criticality == Criticality::Critical {
                                return None;
                            }
                        }
                        found.push(qualifier.clone());
                    }
                }
            }
        }
        Some(found)
    }

    fn note(&mut self, remark: Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

/// The standing of all services that count, together.
enum Standing {
    None,
    Active,
    NotActive,
    Unclear,
}

/// PRO-4.4.4-09 to -10A, and -33 (c) to (f).
fn standing(states: &[&ServiceState], late: bool, remarks: &mut Vec<Remark>) -> Standing {
    let mut note = |remark| {
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    };
    let Some((first, rest)) = states.split_first() else { return Standing::None };
    if !rest.is_empty() {
        let differ = rest.iter().any(|state| state.status != first.status);
        note(if differ { Remark::StatusesDiffer } else { Remark::ListedTwice });
        if differ {
            return Standing::Unclear;
        }
    }
    let status = first.status.clone();
    let active = if late { status == ServiceStatus::Granted } else { status.is_active() };
    let ended = if late { status == ServiceStatus::Withdrawn } else { has_ended(&status) };
    if active {
        Standing::Active
    } else if ended {
        note(Remark::NotActive { status });
        Standing::NotActive
    } else {
        note(Remark::UnexpectedStatus { status });
        Standing::Unclear
    }
}

fn has_ended(status: &ServiceStatus) -> bool {
    matches!(
        status,
        ServiceStatus::SupervisionCeased
            | ServiceStatus::SupervisionRevoked
            | ServiceStatus::AccreditationCeased
            | ServiceStatus::AccreditationRevoked
            | ServiceStatus::Withdrawn
    )
}

const fn qualified_if(holds: bool) -> Would {
    if holds { Would::BeQualified } else { Would::NotBeQualified }
}

/// 2016-07-01T00:00:00Z: from then on the regulation applies (eIDAS, article 52 (2)).
const REGULATION: i64 = 1_467_331_200;
