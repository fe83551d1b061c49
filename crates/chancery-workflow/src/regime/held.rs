//! Holds envelopes to a regime while they are made and signed.

use std::fmt::Display;

use chancery_ledger::Context;

use super::bundle::{Appearance, Bundle, Regime};
use crate::command::{BeginSigning, Command};
use crate::draft::Draft;
use crate::envelope::Envelope;
use crate::field::Need;
use crate::id::{PartyId, number};
use crate::meaning::Meaning;
use crate::party::{Party, Placement};
use crate::policy::{Objection, Policy};
use crate::role::Act;
use crate::text::Text;

/// Holds envelopes to a regime: what does not fit is refused when it is sent, corrected or signed. Add it to a
/// [`Workflow`](crate::Workflow); several regimes may hold at once.
///
/// ```
/// use chancery_workflow::Workflow;
/// use chancery_workflow::regime::{Held, Regime};
///
/// let workflow = Workflow::new().policy(Held::to(Regime::Part11));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Held {
    bundle: Bundle,
}

impl Held {
    /// To this regime.
    #[must_use]
    pub const fn to(regime: Regime) -> Self {
        Self { bundle: regime.bundle() }
    }

    /// What is asked.
    #[must_use]
    pub const fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    fn draft(&self, draft: &Draft) -> Result<(), Objection> {
        let bundle = &self.bundle;
        if draft.rules.keep_for < bundle.kept {
            let days = bundle.kept.as_hours() / 24;
            return Err(self.objection(
                "the record would not be kept long enough",
                format!("set keep_for to {days} days"),
            ));
        }
        if draft.rules.lease > bundle.lease {
            let minutes = bundle.lease.as_mins();
            return Err(self
                .objection("signing sessions may last too long", format!("set lease to {minutes} minutes")));
        }
        if bundle.demonstration == Need::Required && draft.rules.demonstration == Need::Optional {
            let why = "nobody would show that they can read what they consent to";
            return Err(self.objection(why, "set demonstration to required"));
        }
        for (n, party) in draft.parties.iter().enumerate() {
            self.party(PartyId::new(number(n)), party)?;
        }
        Ok(())
    }

    fn party(&self, id: PartyId, party: &Party) -> Result<(), Objection> {
        let (signs, people) = match party.role.act() {
            Some(Act::Sign | Act::Witness) => (true, true),
            Some(Act::Seal) => (true, false),
            Some(Act::Approve) => (false, true),
            Some(Act::Fill | Act::Acknowledge | Act::Receive | Act::Nominate) | None => (false, false),
        };
        if signs && self.bundle.appearance == Appearance::Visible && party.placement == Placement::Invisible {
            return Err(
                self.objection(format!("the signature of {id} would be invisible"), "give it a field")
            );
        }
        self.series(id, party)?;
        let kinds = self.bundle.kinds;
        if people && party.factors.act_least_kinds() < kinds {
            return Err(self.objection(
                format!("{id} would act with fewer than {kinds} kinds of factors"),
                format!("demand {kinds} distinct kinds for its act"),
            ));
        }
        Ok(())
    }

    fn series(&self, id: PartyId, party: &Party) -> Result<(), Objection> {
        match (party.factors.series(), self.bundle.idle) {
            (None, _) => Ok(()),
            (Some(series), Some(most)) if series.idle <= most => Ok(()),
            (Some(_), Some(most)) => {
                let next = format!("set idle to {} minutes", most.as_mins());
                Err(self.objection(format!("a series of {id} might be idle for too long"), next))
            }
            (Some(_), None) => {
                let why = format!("{id} might act in a series, with fewer factors");
                Err(self.objection(why, "ask for all factors each time"))
            }
        }
    }

    fn signing(&self, begin: &BeginSigning) -> Result<(), Objection> {
        let meanings = self.bundle.meanings;
        let listed =
            begin.meaning.as_ref().and_then(Meaning::of).is_some_and(|meaning| meanings.contains(&meaning));
        if meanings.is_empty() || listed {
            return Ok(());
        }
        let list: Vec<_> = meanings.iter().map(|meaning| meaning.words()).collect();
        Err(self.objection("a signature says what it means", format!("choose one of: {}", list.join("; "))))
    }

    fn objection(&self, why: impl Display, next: impl Display) -> Objection {
        let regime = self.bundle.regime;
        Objection { why: Text::of_ours(&format!("{regime}: {why}")), next: Text::of_ours(&next.to_string()) }
    }
}

impl Policy for Held {
    fn name(&self) -> Text {
        Text::of_ours(&format!("held to {}, version 1", self.bundle.regime))
    }

    fn permit(&self, envelope: Option<&Envelope>, command: &Command, _: &Context) -> Result<(), Objection> {
        match (command, envelope) {
            (Command::Schedule { .. } | Command::Send { .. }, Some(envelope)) => self.draft(envelope.draft()),
            (Command::Correct { corrections, .. }, Some(envelope)) => {
                use crate::correction::Correction;
                for correction in corrections {
                    match correction {
                        Correction::AddParty { party, .. } => {
                            self.party(PartyId::new(number(envelope.parties().len())), party)?;
                        }
                        Correction::Factors { party, factors } => {
                            if let Some(definition) = envelope.party(*party) {
                                let changed = Party { factors: (**factors).clone(), ..definition.clone() };
                                self.party(*party, &changed)?;
                            }
                        }
                        Correction::RemoveParty(_)
                        | Correction::Person { .. }
                        | Correction::Document { .. } => {}
                    }
                }
                Ok(())
            }
            (Command::BeginSigning(begin), Some(envelope)) => {
                let seal =
                    envelope.party(begin.party).is_some_and(|party| party.role.act() == Some(Act::Seal));
                if seal { Ok(()) } else { self.signing(begin) }
            }
            // Nothing else changes what a regime asks about.
            _ => Ok(()),
        }
    }
}
