//! Reads the record of an envelope for what a regime asks.

mod consent;
mod people;
mod record;
mod signature;

use chancery_ledger::{Verification, Version};

use crate::concern::Concern;
use crate::consent::Disclosure;
use crate::event::{Event, SignatureApplied};
use crate::id::{PartyId, SessionId};
use crate::regime::bundle::Regime;
use crate::regime::clause::Clause;
use crate::regime::facts::{Facts, Recorded};
use crate::regime::finding::{Finding, Shown};
use crate::regime::report::RegimeReport;
use crate::role::Act;

/// What is known besides the record of the envelope.
#[derive(Clone, Debug, Default)]
pub struct Beside<'b> {
    /// What the verifier found of the log.
    pub log: Option<LogVerdict>,
    /// The disclosures that may have been shown, in full.
    pub disclosures: &'b [Disclosure],
    /// The sessions that were opened in other records, as [`opened_in`] finds them: a series of acts may begin in one
    /// envelope and go on in another.
    pub opened: &'b [SessionId],
}

/// The sessions of series whose first act, with all components, was done in this record.
#[must_use]
pub fn opened_in(record: &[Recorded]) -> Vec<SessionId> {
    Facts::of(record).series.into_keys().collect()
}

/// What the ledger's verifier found, in its three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogVerdict {
    /// It is what somebody else has a hash of.
    Anchored,
    /// It agrees with itself; its owner could have rebuilt it.
    ConsistentOnly,
    /// It was altered.
    Broken,
}

impl From<&Verification> for LogVerdict {
    fn from(verification: &Verification) -> Self {
        match verification {
            Verification::Anchored { .. } => Self::Anchored,
            Verification::ConsistentOnly { .. } => Self::ConsistentOnly,
            Verification::Broken { .. } => Self::Broken,
        }
    }
}

/// Lists, clause by clause, what the record of an envelope shows.
#[must_use]
pub fn check(regime: Regime, record: &[Recorded], beside: &Beside<'_>) -> RegimeReport {
    let reader = Reader { facts: Facts::of(record), beside, regime };
    let findings = Clause::of(regime).map(|clause| Finding { clause, shown: reader.judge(clause) }).collect();
    RegimeReport { regime, findings }
}

struct Reader<'r> {
    facts: Facts<'r>,
    beside: &'r Beside<'r>,
    regime: Regime,
}

const NO_SIGNATURE: &str = "nothing was signed";
const NO_ACT: &str = "nobody acted";

impl Reader<'_> {
    /// One row for each clause: one that is added does not compile until it has one.
    fn judge(&self, clause: Clause) -> Shown {
        match clause {
            Clause::Validation => self.log(),
            Clause::Copies | Clause::RetainedUeta => self.artifacts(),
            Clause::Retained => self.artifacts(),
            Clause::Protection | Clause::KeptSevenYears => self.kept(),
            Clause::LimitedAccess => self.actors(),
            Clause::AuditTrail => self.trail(),
            Clause::Sequencing => self.sequence(),
            Clause::Authority | Clause::Attributed | Clause::CreationLogged => self.authority(),
            Clause::Devices => self.evidence(),
            Clause::Accountability
            | Clause::AffirmativeConsent
            | Clause::ConsentedSigning
            | Clause::ClearConsent => self.consented(clause),
            Clause::ChangeControl => self.versions(),
            Clause::OpenSystems => self.digital(),
            Clause::Manifestation => self.manifested(),
            Clause::ManifestationShown => self.visible(),
            Clause::Linking | Clause::ChangesDetected | Clause::AlterationChecked => self.linked(),
            Clause::UniqueIndividual => self.individuals(),
            Clause::TwoComponents => self.two_components(),
            Clause::NotOnePeriod | Clause::TwoFactors => self.two_kinds(clause),
            Clause::OnePeriod => self.one_period(),
            Clause::Biometrics => self.biometrics(),
            Clause::Safeguards => self.safeguards(),
            Clause::ToldOfPaper
            | Clause::ToldOfScope
            | Clause::ToldOfProcedures
            | Clause::ToldOfCopies
            | Clause::ToldOfRequirements => self.told(),
            Clause::Demonstrated => self.demonstrated(),
            Clause::NewRequirements => self.asked_again(),
            Clause::Withdrawal => self.withdrawal(),
            Clause::MayPrint => self.may_print(),
            Clause::NaturalOrLegal | Clause::SealIdentifies => self.natural_or_legal(),
            Clause::LevelsComputed => self.levels(),
            Clause::TrustedList => self.qualified(),
            Clause::LinkedToSignatory | Clause::ShowsCreator => self.identified(),
            Clause::SoleControl | Clause::PrincipalOnly => self.sole_control(),
            Clause::SealTriggered => self.sealed(),
            Clause::SecurityLogged => self.security(),
            Clause::CertificateUsable => self.pinned(),
            Clause::WhatYouSee => self.seen_first(),
            Clause::MayDownload => self.downloads(),
            Clause::Algorithms => self.algorithms(),
            Clause::Commitment => self.commitments(),
            Clause::NotKeptLonger => self.purged(),
            Clause::ProviderKey => self.instructed(),
            Clause::Timestamps => self.timestamped(),
            Clause::Training
            | Clause::IdentityVerified
            | Clause::Certification
            | Clause::GenuineOwner
            | Clause::UniqueCodes
            | Clause::AgingCodes
            | Clause::LossManagement
            | Clause::DeviceTests
            | Clause::RemoteDevice
            | Clause::KeyDestroyed
            | Clause::ChainIncluded
            | Clause::RemoteProtocol => Shown::Outside,
        }
    }

    /// Signatures that were applied, each with the place of its event.
    fn signatures(&self) -> impl Iterator<Item = (Version, &SignatureApplied)> {
        self.facts.events.iter().filter_map(|recorded| match &recorded.event {
            Event::SignatureApplied(applied) => Some((recorded.version, applied)),
            _ => None, // not a signature
        })
    }

    /// Signatures, each as it should be or not.
    fn each_signature(
        &self,
        good: impl Fn(Version, &SignatureApplied) -> bool,
        what: &str,
        lack: &str,
    ) -> Shown {
        let (mut right, mut wrong) = (Vec::new(), Vec::new());
        for (version, applied) in self.signatures() {
            if good(version, applied) { right.push(version) } else { wrong.push(version) }
        }
        Shown::each(right, wrong, what, lack, NO_SIGNATURE)
    }

    /// Refusals that were recorded as this.
    fn refused(&self, concern: Concern) -> Vec<Version> {
        self.facts
            .where_(|event| matches!(event, Event::RefusalRecorded(recorded) if recorded.concern == concern))
    }

    fn is_seal(&self, party: PartyId) -> bool {
        self.facts.parties.get(&party).is_some_and(|party| party.role.act() == Some(Act::Seal))
    }
}
