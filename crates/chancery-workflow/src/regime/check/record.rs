//! Log, time, order, copies: what the record as a whole shows.

use std::collections::BTreeSet;

use super::{LogVerdict, NO_ACT, Reader};
use crate::concern::Concern;
use crate::event::Event;
use crate::id::PartyId;
use crate::party::Side;
use crate::regime::facts::{Evidence, Facts, Right};
use crate::regime::finding::Shown;
use crate::role::Act;

impl Reader<'_> {
    pub(super) fn log(&self) -> Shown {
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

    pub(super) fn artifacts(&self) -> Shown {
        let completed = self.facts.where_(|event| matches!(event, Event::Completed(_)));
        if completed.is_empty() {
            return Shown::NotCalledFor { why: "the envelope was not completed" };
        }
        Shown::by(
            completed,
            "copies can be compared with the digests of everything that came of it; that people can read them is not in the record",
        )
    }

    pub(super) fn kept(&self) -> Shown {
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

    pub(super) fn actors(&self) -> Shown {
        let (known, unknown) = self.facts.sort(|recorded| Right::when(recorded.acting().is_some()));
        Shown::each(
            known,
            unknown,
            "each event names who acted",
            "nobody who may act is named",
            "nothing happened",
        )
    }

    pub(super) fn trail(&self) -> Shown {
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
                    | Event::FieldCleared(_)
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
    pub(super) fn sequence(&self) -> Shown {
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

    pub(super) fn evidence(&self) -> Shown {
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

    pub(super) fn versions(&self) -> Shown {
        let sent = self.facts.where_(|event| matches!(event, Event::Sent(_)));
        if sent.is_empty() {
            return Shown::NotCalledFor { why: "the envelope was not sent" };
        }
        Shown::by(sent, "the hash of rules and policies is recorded with the sending")
    }

    pub(super) fn security(&self) -> Shown {
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

    pub(super) fn purged(&self) -> Shown {
        let events = self.facts.where_(|event| matches!(event, Event::PurgeQueued(_) | Event::Purged(_)));
        if events.is_empty() {
            return Shown::NotCalledFor { why: "its time is not over" };
        }
        Shown::by(events, "the documents were removed; digests and record stay")
    }

    pub(super) fn downloads(&self) -> Shown {
        let events = self.facts.where_(|event| {
            matches!(event, Event::DownloadGranted(_) | Event::Downloaded(_) | Event::Opened(_))
        });
        if events.is_empty() {
            return Shown::NotCalledFor { why: "nobody looked" };
        }
        Shown::by(events, "openings, grants and downloads are recorded")
    }

    pub(super) fn may_print(&self) -> Shown {
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
}
