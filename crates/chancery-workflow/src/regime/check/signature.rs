//! What signatures and seals show.

use std::collections::BTreeSet;

use super::{NO_SIGNATURE, Reader};
use crate::event::{Event, SignatureApplied};
use crate::meaning::Meaning;
use crate::party::Placement;
use crate::proof::SignerKind;
use crate::regime::bundle::Appearance;
use crate::regime::facts::Facts;
use crate::regime::finding::Shown;
use crate::role::SignatureLevel;

impl Reader<'_> {
    pub(super) fn digital(&self) -> Shown {
        let digital = |applied: &SignatureApplied| {
            !applied.signatures.is_empty() && applied.signatures.iter().all(|one| one.level.is_digital())
        };
        let lack = "not digital signatures; enough in a closed system only";
        self.each_signature(|_, applied| digital(applied), "digital signatures", lack)
    }

    pub(super) fn manifested(&self) -> Shown {
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

    pub(super) fn visible(&self) -> Shown {
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
    pub(super) fn linked(&self) -> Shown {
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

    pub(super) fn natural_or_legal(&self) -> Shown {
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

    pub(super) fn levels(&self) -> Shown {
        self.each_signature(
            |_, applied| {
                let asked = self.facts.parties.get(&applied.party).and_then(|party| party.role.level());
                asked.is_some_and(|asked| applied.signatures.iter().all(|one| one.level >= asked))
            },
            "the level that verification found is at least the one that was asked for",
            "verification found a lower level than was asked for",
        )
    }

    pub(super) fn qualified(&self) -> Shown {
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

    pub(super) fn identified(&self) -> Shown {
        self.each_signature(
            |_, applied| !applied.signatures.is_empty(),
            "subject and fingerprint of each certificate are in the record",
            "no certificate is in the record",
        )
    }

    pub(super) fn sealed(&self) -> Shown {
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

    /// The certificate that was to sign is the one that did, and its proof says that it was valid.
    pub(super) fn pinned(&self) -> Shown {
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

    pub(super) fn algorithms(&self) -> Shown {
        let mut names = BTreeSet::new();
        for (_, applied) in self.signatures() {
            names.extend(applied.signatures.iter().map(|one| one.algorithm.to_string()));
        }
        let list: Vec<_> = names.into_iter().collect();
        let what = format!("recorded: {}", list.join(", "));
        self.each_signature(|_, applied| !applied.signatures.is_empty(), &what, "no algorithm is recorded")
    }

    pub(super) fn commitments(&self) -> Shown {
        self.each_signature(
            |_, applied| applied.meaning.is_some() || self.is_seal(applied.party),
            "the meaning was pinned when signing began, and stands in the signature",
            "without a meaning",
        )
    }

    /// Who instructed the key, when, with which factors, for which digests.
    pub(super) fn instructed(&self) -> Shown {
        self.each_signature(
            |version, applied| self.facts.began.contains_key(&version) || self.is_seal(applied.party),
            "who had it signed, when, with which factors and for which digests was recorded before the key was used",
            "nobody is recorded as having had it signed",
        )
    }

    pub(super) fn timestamped(&self) -> Shown {
        self.each_signature(
            |_, applied| {
                !applied.signatures.is_empty() && applied.signatures.iter().all(|one| one.timestamp.is_some())
            },
            "each signature bears a timestamp",
            "without a timestamp",
        )
    }
}
