//! Reads the record of an envelope for what a regime asks.

use std::collections::BTreeSet;

use chancery_ledger::{Verification, Version};

use super::bundle::{Appearance, Regime};
use super::clause::Clause;
use super::facts::{Evidence, Facts, Recorded, Right};
use super::finding::{Finding, Shown};
use super::report::RegimeReport;
use crate::acting::Acting;
use crate::concern::Concern;
use crate::consent::Disclosure;
use crate::event::{Event, SignatureApplied};
use crate::factor_rule::FactorName;
use crate::id::{ContentDigest, PartyId};
use crate::meaning::Meaning;
use crate::party::{Placement, Side};
use crate::proof::SignerKind;
use crate::role::{Act, SignatureLevel};
use crate::series::{InSeries, SeriesPlace};

/// What is known besides the record of the envelope.
#[derive(Clone, Debug, Default)]
pub struct Beside<'b> {
    /// What the verifier found of the log.
    pub log: Option<LogVerdict>,
    /// The disclosures that may have been shown, in full.
    pub disclosures: &'b [Disclosure],
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
            | Clause::ClearConsent => self.consented(),
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

    fn log(&self) -> Shown {
        match self.beside.log {
            Some(LogVerdict::Anchored) => {
                Shown::by(Vec::new(), "the log agrees with a hash that somebody else keeps")
            }
            Some(LogVerdict::ConsistentOnly) => Shown::missing(
                Vec::new(),
                "the log agrees with itself only; keep a checkpoint of it elsewhere",
            ),
            Some(LogVerdict::Broken) => Shown::missing(Vec::new(), "the log was altered"),
            None => Shown::missing(
                Vec::new(),
                "nobody verified the log; give the verifier's answer to the checker",
            ),
        }
    }

    fn artifacts(&self) -> Shown {
        let completed = self.facts.where_(|event| matches!(event, Event::Completed(_)));
        if completed.is_empty() {
            return Shown::NotCalledFor { why: "the envelope was not completed" };
        }
        Shown::by(completed, "the digests of everything that came of it are in the record")
    }

    fn kept(&self) -> Shown {
        let least = self.regime.bundle().kept;
        let rules = self.facts.events.iter().rev().find_map(|recorded| match &recorded.event {
            Event::DraftCreated(created) => Some((recorded.version, created.draft.rules.keep_for)),
            Event::DraftEdited(edited) => Some((recorded.version, edited.new.rules.keep_for)),
            _ => None, // rules are set by drafts only
        });
        match rules {
            Some((version, kept)) if kept >= least => Shown::by(
                vec![version],
                format!("its rules keep it for {} days after its end", kept.as_hours() / 24),
            ),
            Some((version, kept)) => Shown::missing(
                vec![version],
                format!(
                    "its rules keep it for {} days only; {} are needed",
                    kept.as_hours() / 24,
                    least.as_hours() / 24
                ),
            ),
            None => Shown::missing(Vec::new(), "the record does not begin with a draft"),
        }
    }

    fn actors(&self) -> Shown {
        let (known, unknown) = self.facts.sort(|recorded| Right::when(recorded.acting().is_some()));
        Shown::each(
            known,
            unknown,
            "each event names who acted",
            "nobody who may act is named",
            "nothing happened",
        )
    }

    fn trail(&self) -> Shown {
        let mut latest = jiff::Timestamp::MIN;
        let mut backwards = Vec::new();
        for recorded in self.facts.events {
            if recorded.at < latest {
                backwards.push(recorded.version);
            }
            latest = latest.max(recorded.at);
        }
        if !backwards.is_empty() {
            return Shown::missing(backwards, "their times lie before those of earlier events");
        }
        let changes = self.facts.where_(|event| {
            matches!(
                event,
                Event::DraftEdited(_)
                    | Event::FieldFilled(_)
                    | Event::Corrected(_)
                    | Event::DeadlineExtended(_)
                    | Event::SignerChanged(_)
                    | Event::PartyReassigned(_)
            )
        });
        let erased = self.facts.where_(|event| matches!(event, Event::Erased)).len();
        let changed =
            if changes.is_empty() { "nothing was changed" } else { "these changes keep what was before" };
        let mut what = format!("every event has its time and person; {changed}");
        if erased > 0 {
            what.push_str(&format!("; {erased} events were erased, and their hashes stay"));
        }
        Shown::by(changes, what)
    }

    /// Every act came after the turn of its party.
    fn sequence(&self) -> Shown {
        let (mut active, mut right, mut wrong) = (BTreeSet::new(), Vec::new(), Vec::new());
        for recorded in self.facts.events {
            match &recorded.event {
                Event::StepActivated(activated) => active.extend(activated.parties.iter().copied()),
                Event::PartyActivated(activated) => {
                    active.insert(activated.party);
                }
                Event::PartyDone(done) => {
                    let list = if active.contains(&done.party) { &mut right } else { &mut wrong };
                    list.push(recorded.version);
                }
                _ => {} // turns and acts only
            }
        }
        let out_of_turn = self.refused(Concern::Sequence);
        let mut what = "each party acted after its turn had come".to_owned();
        if !out_of_turn.is_empty() {
            what.push_str(&format!(
                "; acts out of turn that were refused and recorded: {}",
                out_of_turn.len()
            ));
            right.extend(out_of_turn);
            right.sort_unstable();
        }
        Shown::each(right, wrong, &what, "acted before its turn", NO_ACT)
    }

    /// Refusals that were recorded as this.
    fn refused(&self, concern: Concern) -> Vec<Version> {
        self.facts
            .where_(|event| matches!(event, Event::RefusalRecorded(recorded) if recorded.concern == concern))
    }

    /// Every act is that of the person to whom its party is bound, and the sending that of the sender.
    fn authority(&self) -> Shown {
        let sender = self.facts.events.iter().find_map(|recorded| match &recorded.event {
            Event::DraftCreated(created) => Some(created.sender),
            _ => None, // the first draft says whose it is
        });
        let (right, wrong) = self.facts.sort(|recorded| {
            if let Event::Sent(_) = recorded.event {
                let acting = recorded.acting();
                return Right::when(acting == Some(Acting::Timer) || acting.and_then(Acting::user) == sender);
            }
            let (party, _) = Facts::act(&recorded.event)?;
            let actor = recorded.acting().and_then(Acting::user);
            let host = self.facts.parties.get(&party).and_then(|party| match party.role {
                crate::role::Role::SignInPerson { host, .. } => Some(host),
                _ => None, // others act for themselves
            });
            Right::when(actor.is_some() && (actor == self.facts.user(party) || actor == host))
        });
        Shown::each(
            right,
            wrong,
            "each act is that of the person bound to its party",
            "somebody else acted",
            NO_ACT,
        )
    }

    fn evidence(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            Facts::act(&recorded.event).and(Right::when(recorded.evidence == Evidence::Kept))
        });
        let lack = "nothing is recorded beside these acts: neither device nor address";
        Shown::each(
            right,
            wrong,
            "evidence stands beside each act; what it says of the device is the application's",
            lack,
            NO_ACT,
        )
    }

    /// Each act that needs it came after a consent of its party that was not withdrawn.
    fn consented(&self) -> Shown {
        let (mut consenting, mut right, mut wrong) = (BTreeSet::new(), Vec::new(), Vec::new());
        for recorded in self.facts.events {
            match &recorded.event {
                Event::ConsentGiven(given) => {
                    consenting.insert(given.party);
                    right.push(recorded.version);
                }
                Event::ConsentWithdrawn(withdrawn) => {
                    consenting.remove(&withdrawn.party);
                }
                event => {
                    let needs = match event {
                        Event::PartyDone(done) => done.act.needs_consent(),
                        _ => true,
                    };
                    if let Some((party, _)) = Facts::act(event).filter(|_| needs)
                        && !consenting.contains(&party)
                    {
                        wrong.push(recorded.version);
                    }
                }
            }
        }
        let what = "each party consented to the disclosure before it acted";
        Shown::each(right, wrong, what, "acted without a consent in force", NO_ACT)
    }

    fn versions(&self) -> Shown {
        let sent = self.facts.where_(|event| matches!(event, Event::Sent(_)));
        if sent.is_empty() {
            return Shown::NotCalledFor { why: "the envelope was not sent" };
        }
        Shown::by(sent, "the hash of rules and policies is recorded with the sending")
    }

    fn digital(&self) -> Shown {
        let digital = |applied: &SignatureApplied| {
            !applied.signatures.is_empty() && applied.signatures.iter().all(|one| one.level.is_digital())
        };
        let lack = "not digital signatures; enough in a closed system only";
        self.each_signature(|_, applied| digital(applied), "digital signatures", lack)
    }

    fn manifested(&self) -> Shown {
        let meant = |applied: &SignatureApplied| {
            applied.meaning.as_ref().is_some_and(|text| Meaning::of(text).is_some())
        };
        let person = |party| self.facts.named.contains(&party) || self.is_seal(party);
        self.each_signature(
            |_, applied| (meant(applied) || self.is_seal(applied.party)) && person(applied.party),
            "name, time and meaning from the closed list stand in the record of each",
            "without a recorded name, or without a meaning from the closed list",
        )
    }

    fn visible(&self) -> Shown {
        let placed = |party| {
            self.facts.parties.get(&party).is_some_and(|party| party.placement == Placement::InFields)
        };
        let wanted = self.regime.bundle().appearance == Appearance::Visible;
        self.each_signature(
            |_, applied| !wanted || placed(applied.party),
            "each signature has a place where it is seen",
            "these signatures are invisible",
        )
    }

    /// What was applied is what was pinned when signing began.
    fn linked(&self) -> Shown {
        self.each_signature(
            |version, applied| {
                let Some(began) = self.facts.began.get(&version) else { return false };
                !applied.signatures.is_empty()
                    && applied.signatures.len() == began.documents.len()
                    && applied
                        .signatures
                        .iter()
                        .zip(&began.documents)
                        .all(|(one, pinned)| one.pinned == *pinned && one.certificate == began.certificate)
            },
            "digests, certificate and revision of each are those that were pinned",
            "differs from what was pinned when signing began",
        )
    }

    fn individuals(&self) -> Shown {
        let signers = self.facts.where_(|event| Facts::signing(event).is_some());
        if signers.is_empty() {
            return Shown::NotCalledFor { why: NO_ACT };
        }
        let mut users = BTreeSet::new();
        for recorded in self.facts.events {
            if let Some((party, _)) = Facts::signing(&recorded.event) {
                match self.facts.user(party) {
                    Some(user) => users.insert(user),
                    None => return Shown::missing(vec![recorded.version], "nobody is bound to its party"),
                };
            }
        }
        Shown::by(signers, format!("{} people, each by an identity of their own", users.len()))
    }

    /// At least two kinds each time, or in a series that was opened with at least two.
    fn two_components(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            let (_, factors) = Facts::signing(&recorded.event)?;
            Right::when(kinds(factors) >= 2 || Facts::series(&recorded.event).is_some_and(opened_with_two))
        });
        let lack = "fewer than two kinds were proved, and in no series that was opened with two";
        let what = "at least two kinds of factors were proved, or when the series was opened";
        Shown::each(right, wrong, what, lack, NO_ACT)
    }

    /// At least two kinds each time; under Part 11 of what is no later act of a series.
    fn two_kinds(&self, clause: Clause) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            let (_, factors) = Facts::signing(&recorded.event)?;
            let continued = Facts::series(&recorded.event).is_some_and(|one| one.place == SeriesPlace::Later);
            if continued && clause == Clause::NotOnePeriod {
                return None;
            }
            Right::when(kinds(factors) >= 2)
        });
        let lack = "fewer than two kinds were proved";
        Shown::each(right, wrong, "at least two kinds of factors were proved", lack, NO_ACT)
    }

    /// In a series: opened with all components, then each time one that only its owner can use.
    fn one_period(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            let (_, factors) = Facts::signing(&recorded.event)?;
            match Facts::series(&recorded.event) {
                Some(series) => {
                    let personal = factors.iter().any(|factor| factor.kind().is_personal());
                    let opened = opened_with_two(series) && series.since <= recorded.at;
                    Right::when(opened && (personal || series.place == SeriesPlace::First))
                }
                None if kinds(factors) < 2 => Some(Right::Wrong),
                None => None, // all components, in no series
            }
        });
        let what = "each series was opened with all components, and each later act in it took one of the owner's own";
        let lack = "fewer than two components, in no series, or in one that lacked them or the owner's own";
        Shown::each(right, wrong, what, lack, "nothing was signed in a series")
    }

    fn biometrics(&self) -> Shown {
        let (used, _) = self.facts.sort(|recorded| {
            let (_, factors) = Facts::act(&recorded.event)?;
            factors.contains(&FactorName::SecondDevice).then_some(Right::Right)
        });
        if used.is_empty() {
            Shown::NotCalledFor { why: "no device that could hold any was used" }
        } else {
            Shown::Outside
        }
    }

    fn safeguards(&self) -> Shown {
        let failed = self.facts.where_(|event| matches!(event, Event::FactorFailed(_)));
        let told = self.facts.where_(|event| {
            let refused = |concern| concern == Concern::Authority;
            matches!(event, Event::FactorFailed(_) | Event::PartyBlocked(_))
                || matches!(event, Event::RefusalRecorded(recorded) if refused(recorded.concern))
        });
        if told.is_empty() {
            return Shown::NotCalledFor { why: "nobody tried what they may not" };
        }
        let most = self.facts.events.iter().find_map(|recorded| match &recorded.event {
            Event::DraftCreated(created) => Some(created.draft.rules.failures),
            _ => None, // the first draft has the rules that matter
        });
        let over: Vec<_> = self
            .facts
            .events
            .iter()
            .enumerate()
            .filter(|(_, recorded)| match &recorded.event {
                Event::FactorFailed(failed) => most.is_some_and(|most| failed.failures >= most),
                _ => false,
            })
            .filter(|(at, _)| {
                let next = self.facts.events.get(at + 1).map(|recorded| &recorded.event);
                !matches!(next, Some(Event::PartyBlocked(_)))
            })
            .map(|(_, recorded)| recorded.version)
            .collect();
        if over.is_empty() {
            let what = format!(
                "wrong factors recorded: {}; whoever reaches the limit is locked and told of at once",
                failed.len()
            );
            return Shown::by(told, what);
        }
        Shown::missing(over, "too many wrong factors, and nothing was locked")
    }

    /// The disclosures to which parties consented, in full, are those with every part.
    fn told(&self) -> Shown {
        let known = |digest: ContentDigest| {
            self.beside.disclosures.iter().any(|one| one.hash().to_bytes() == digest.to_bytes())
        };
        let (right, wrong) = self.facts.sort(|recorded| match &recorded.event {
            Event::ConsentGiven(given) => Right::when(known(given.disclosure)),
            _ => None, // consents only
        });
        let lack = "no disclosure with this digest was given to the checker, so its parts are not known";
        Shown::each(right, wrong, "the disclosure has this part", lack, "nobody consented")
    }

    /// Each consent came after its party had opened the documents, and says how the party showed that it can read them.
    fn demonstrated(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| match &recorded.event {
            Event::ConsentGiven(given) => {
                let opened = self.facts.opened.get(&given.party);
                let shown = given.demonstration.is_some();
                Right::when(shown && opened.is_some_and(|opened| *opened < recorded.version))
            }
            _ => None, // consents only
        });
        let what =
            "with each consent stands which document of the same form was read, and how that was shown";
        let lack = "consented before opening anything, or without showing that the form can be read";
        Shown::each(right, wrong, what, lack, "nobody consented")
    }

    fn asked_again(&self) -> Shown {
        let mut digests = BTreeSet::new();
        let consents = self.facts.where_(|event| matches!(event, Event::ConsentGiven(_)));
        for recorded in self.facts.events {
            if let Event::ConsentGiven(given) = &recorded.event {
                digests.insert(given.disclosure);
            }
        }
        if digests.len() < 2 {
            return Shown::NotCalledFor { why: "the requirements did not change within this envelope" };
        }
        Shown::by(consents, "parties consented to more than one disclosure")
    }

    fn withdrawal(&self) -> Shown {
        let withdrawn = self.facts.where_(|event| matches!(event, Event::ConsentWithdrawn(_)));
        if withdrawn.is_empty() {
            return Shown::NotCalledFor { why: "nobody withdrew" };
        }
        let (mut out, mut after) = (BTreeSet::new(), Vec::new());
        for recorded in self.facts.events {
            match &recorded.event {
                Event::ConsentWithdrawn(gone) => {
                    out.insert(gone.party);
                }
                Event::ConsentGiven(given) => {
                    out.remove(&given.party);
                }
                event => {
                    if Facts::act(event).is_some_and(|(party, _)| out.contains(&party)) {
                        after.push(recorded.version);
                    }
                }
            }
        }
        if after.is_empty() {
            return Shown::by(
                withdrawn,
                "nothing was done under a withdrawn consent; what was done before stands",
            );
        }
        Shown::missing(after, "done under a consent that was withdrawn")
    }

    fn may_print(&self) -> Shown {
        let completed = self.facts.where_(|event| matches!(event, Event::Completed(_)));
        if completed.is_empty() {
            return Shown::NotCalledFor { why: "the envelope was not completed" };
        }
        let granted: BTreeSet<PartyId> = self
            .facts
            .events
            .iter()
            .filter_map(|recorded| match &recorded.event {
                Event::DownloadGranted(granted) => Some(granted.grant.party),
                _ => None, // grants only
            })
            .collect();
        let done: BTreeSet<PartyId> = self
            .facts
            .events
            .iter()
            .filter_map(|recorded| match &recorded.event {
                Event::PartyDone(done) if done.act != Act::Seal => Some(done.party),
                _ => None, // those who acted
            })
            .collect();
        let counterparty = |party: &&PartyId| {
            self.facts.parties.get(party).is_some_and(|party| party.side == Side::Counterparty)
        };
        let without: Vec<_> = done
            .iter()
            .filter(counterparty)
            .filter(|party| !granted.contains(party))
            .map(ToString::to_string)
            .collect();
        if !without.is_empty() {
            return Shown::missing(Vec::new(), format!("no download was granted to {}", without.join(", ")));
        }
        let grants = self.facts.where_(|event| matches!(event, Event::DownloadGranted(_)));
        Shown::by(grants, "every counterparty who acted may download")
    }

    fn natural_or_legal(&self) -> Shown {
        self.each_signature(
            |_, applied| {
                let wanted =
                    if self.is_seal(applied.party) { SignerKind::Legal } else { SignerKind::Natural };
                applied.signatures.iter().all(|one| one.signer == wanted)
            },
            "people's certificates sign, organisations' certificates seal",
            "a certificate of the other kind",
        )
    }

    fn levels(&self) -> Shown {
        self.each_signature(
            |_, applied| {
                let asked = self.facts.parties.get(&applied.party).and_then(|party| party.role.level());
                asked.is_some_and(|asked| applied.signatures.iter().all(|one| one.level >= asked))
            },
            "the level that verification found is at least the one that was asked for",
            "verification found a lower level than was asked for",
        )
    }

    fn qualified(&self) -> Shown {
        let (mut qualified, mut any) = (Vec::new(), false);
        for (version, applied) in self.signatures() {
            any = true;
            if applied.signatures.iter().any(|one| one.level == SignatureLevel::Qualified) {
                qualified.push(version);
            }
        }
        match (any, qualified.is_empty()) {
            (false, _) => Shown::NotCalledFor { why: NO_SIGNATURE },
            (true, true) => Shown::NotCalledFor { why: "no signature counts as qualified" },
            (true, false) => Shown::by(qualified, "verification found these qualified"),
        }
    }

    fn identified(&self) -> Shown {
        self.each_signature(
            |_, applied| !applied.signatures.is_empty(),
            "subject and fingerprint of each certificate are in the record",
            "no certificate is in the record",
        )
    }

    fn sole_control(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| match &recorded.event {
            Event::SigningBegan(began) if !self.is_seal(began.party) => {
                Right::when(began.factors.iter().any(|factor| factor.kind().is_personal()))
            }
            _ => None, // signings of people
        });
        let lack = "no factor that only its owner can use was proved for these documents";
        Shown::each(
            right,
            wrong,
            "a factor of the owner's own was proved for these documents",
            lack,
            NO_SIGNATURE,
        )
    }

    fn sealed(&self) -> Shown {
        let (mut right, mut wrong, mut acted) = (Vec::new(), Vec::new(), false);
        for recorded in self.facts.events {
            if let Event::SignatureApplied(applied) = &recorded.event
                && self.is_seal(applied.party)
            {
                let list = if acted { &mut right } else { &mut wrong };
                list.push(recorded.version);
            }
            acted |= Facts::act(&recorded.event).is_some() || matches!(recorded.event, Event::Sent(_));
        }
        Shown::each(
            right,
            wrong,
            "set after acts of people who are named",
            "nobody had it set",
            "nothing was sealed",
        )
    }

    fn security(&self) -> Shown {
        let events = self.facts.where_(|event| {
            matches!(
                event,
                Event::FactorProved(_)
                    | Event::FactorFailed(_)
                    | Event::PartyBlocked(_)
                    | Event::PartyUnblocked(_)
                    | Event::RefusalRecorded(_)
                    | Event::Opened(_)
            )
        });
        if events.is_empty() {
            return Shown::NotCalledFor { why: "nobody came" };
        }
        Shown::by(events, "openings, factors and refusals are recorded with their time")
    }

    /// The certificate that was to sign is the one that did, and its proof says that it was valid.
    fn pinned(&self) -> Shown {
        self.each_signature(
            |version, applied| {
                let began = self.facts.began.get(&version);
                began.is_some_and(|began| {
                    applied.signatures.iter().all(|one| one.certificate == began.certificate)
                })
            },
            "each certificate was pinned before it was used, and accepted with a proof of its validity only",
            "another certificate than was pinned",
        )
    }

    fn seen_first(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            let (party, _) = Facts::act(&recorded.event)?;
            Right::when(self.facts.opened.get(&party).is_some_and(|opened| *opened < recorded.version))
        });
        Shown::each(
            right,
            wrong,
            "each party opened the documents before it acted",
            "acted without opening",
            NO_ACT,
        )
    }

    fn downloads(&self) -> Shown {
        let events = self.facts.where_(|event| {
            matches!(event, Event::DownloadGranted(_) | Event::Downloaded(_) | Event::Opened(_))
        });
        if events.is_empty() {
            return Shown::NotCalledFor { why: "nobody looked" };
        }
        Shown::by(events, "openings, grants and downloads are recorded")
    }

    fn algorithms(&self) -> Shown {
        let mut names = BTreeSet::new();
        for (_, applied) in self.signatures() {
            names.extend(applied.signatures.iter().map(|one| one.algorithm.to_string()));
        }
        let list: Vec<_> = names.into_iter().collect();
        let what = format!("recorded: {}", list.join(", "));
        self.each_signature(|_, applied| !applied.signatures.is_empty(), &what, "no algorithm is recorded")
    }

    fn commitments(&self) -> Shown {
        self.each_signature(
            |_, applied| applied.meaning.is_some() || self.is_seal(applied.party),
            "the meaning was pinned when signing began, and stands in the signature",
            "without a meaning",
        )
    }

    fn purged(&self) -> Shown {
        let events = self.facts.where_(|event| matches!(event, Event::PurgeQueued(_) | Event::Purged(_)));
        if events.is_empty() {
            return Shown::NotCalledFor { why: "its time is not over" };
        }
        Shown::by(events, "the documents were removed; digests and record stay")
    }

    /// Who instructed the key, when, with which factors, for which digests.
    fn instructed(&self) -> Shown {
        self.each_signature(
            |version, applied| self.facts.began.contains_key(&version) || self.is_seal(applied.party),
            "who had it signed, when, with which factors and for which digests was recorded before the key was used",
            "nobody is recorded as having had it signed",
        )
    }

    fn timestamped(&self) -> Shown {
        self.each_signature(
            |_, applied| {
                !applied.signatures.is_empty() && applied.signatures.iter().all(|one| one.timestamp.is_some())
            },
            "each signature bears a timestamp",
            "without a timestamp",
        )
    }

    fn is_seal(&self, party: PartyId) -> bool {
        self.facts.parties.get(&party).is_some_and(|party| party.role.act() == Some(Act::Seal))
    }
}

/// How many distinct kinds.
fn kinds(factors: &[FactorName]) -> usize {
    factors.iter().collect::<BTreeSet<_>>().len()
}

fn opened_with_two(series: &InSeries) -> bool {
    kinds(&series.opened_with) >= 2
}
