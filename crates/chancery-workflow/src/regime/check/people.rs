//! Who acted, and what they proved.

use std::collections::BTreeSet;

use chancery_ledger::Version;

use super::{NO_ACT, NO_SIGNATURE, Reader};
use crate::acting::Acting;
use crate::concern::Concern;
use crate::event::Event;
use crate::factor_rule::FactorName;
use crate::regime::clause::Clause;
use crate::regime::facts::{Facts, Right};
use crate::regime::finding::Shown;
use crate::series::{InSeries, SeriesPlace};

impl Reader<'_> {
    /// Every act is that of the person to whom its party is bound, and the sending that of the sender.
    pub(super) fn authority(&self) -> Shown {
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

    pub(super) fn individuals(&self) -> Shown {
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
    pub(super) fn two_components(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            let (_, factors) = Facts::signing(&recorded.event)?;
            let opened = |series| opened_with_two(series) && self.is_opened(series, recorded.version);
            Right::when(kinds(factors) >= 2 || Facts::series(&recorded.event).is_some_and(opened))
        });
        let lack =
            "fewer than two kinds were proved, and in no series that is known to have been opened with two";
        let what = "at least two kinds of factors were proved, at the act or when its series was opened";
        Shown::each(right, wrong, what, lack, NO_ACT)
    }

    /// The first act of the series was done before, in this record or in one that is known beside it. Of the first act
    /// itself nothing is asked.
    fn is_opened(&self, series: &InSeries, at: Version) -> bool {
        series.place == SeriesPlace::First
            || self.facts.series.get(&series.session).is_some_and(|first| *first < at)
            || self.beside.opened.contains(&series.session)
    }

    /// At least two kinds each time; under Part 11 of what is no later act of a series.
    pub(super) fn two_kinds(&self, clause: Clause) -> Shown {
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
    pub(super) fn one_period(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| {
            let (_, factors) = Facts::signing(&recorded.event)?;
            match Facts::series(&recorded.event) {
                Some(series) => {
                    let personal = factors.iter().any(|factor| factor.kind().is_personal());
                    let opened = opened_with_two(series)
                        && series.since <= recorded.at
                        && self.is_opened(series, recorded.version);
                    Right::when(opened && (personal || series.place == SeriesPlace::First))
                }
                None if kinds(factors) < 2 => Some(Right::Wrong),
                None => None, // all components, in no series
            }
        });
        let what = "each series was opened with all components, and each later act in it took one of the owner's own";
        let lack = "fewer than two components in no series, or in one that lacks the owner's own or whose first act is in no record that the checker knows";
        Shown::each(right, wrong, what, lack, "nothing was signed in a series")
    }

    pub(super) fn biometrics(&self) -> Shown {
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

    pub(super) fn safeguards(&self) -> Shown {
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

    pub(super) fn sole_control(&self) -> Shown {
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
}

/// How many distinct kinds.
fn kinds(factors: &[FactorName]) -> usize {
    factors.iter().collect::<BTreeSet<_>>().len()
}

fn opened_with_two(series: &InSeries) -> bool {
    kinds(&series.opened_with) >= 2
}
