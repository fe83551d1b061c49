//! What people were told and consented to.

use std::collections::BTreeSet;

use super::{NO_ACT, Reader};
use crate::event::Event;
use crate::id::ContentDigest;
use crate::regime::clause::Clause;
use crate::regime::facts::{Facts, Right};
use crate::regime::finding::Shown;

impl Reader<'_> {
    /// Each act that needs it came after a consent of its party that was not withdrawn.
    pub(super) fn consented(&self, clause: Clause) -> Shown {
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
        let what = match clause {
            // What it says of that no program reads.
            Clause::Accountability => {
                "each party consented to the disclosure before it acted; its words must hold people to what they sign"
            }
            _ => "each party consented to the disclosure before it acted", // it asks for no words of its own
        };
        Shown::each(right, wrong, what, "acted without a consent in force", NO_ACT)
    }

    /// The disclosures to which parties consented, in full, are those with every part.
    pub(super) fn told(&self) -> Shown {
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
    pub(super) fn demonstrated(&self) -> Shown {
        let (right, wrong) = self.facts.sort(|recorded| match &recorded.event {
            Event::ConsentGiven(given) => {
                let opened = self.facts.opened.get(&given.party);
                let shown = given.demonstration.is_some();
                Right::when(shown && opened.is_some_and(|opened| *opened < recorded.version))
            }
            _ => None, // consents only
        });
        let what = "with each consent stands which document was read, and how that was shown; that one with a code has the same form is the application's word";
        let lack = "consented before opening anything, or without showing that the form can be read";
        Shown::each(right, wrong, what, lack, "nobody consented")
    }

    pub(super) fn asked_again(&self) -> Shown {
        let mut digests = BTreeSet::new();
        let consents = self.facts.where_(|event| matches!(event, Event::ConsentGiven(_)));
        for recorded in self.facts.events {
            if let Event::ConsentGiven(given) = &recorded.event {
                digests.insert(given.disclosure);
            }
        }
        if digests.len() < 2 {
            return Shown::NotCalledFor { why: "all who consented were shown the same disclosure" };
        }
        Shown::by(consents, "parties consented to more than one disclosure")
    }

    pub(super) fn withdrawal(&self) -> Shown {
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

    pub(super) fn seen_first(&self) -> Shown {
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
}
