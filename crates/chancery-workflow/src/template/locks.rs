//! What senders may not change in what they make of a template.

use std::collections::BTreeMap;
use std::fmt;

use chancery_ledger::Context;
use serde::{Deserialize, Serialize};

use super::published::Template;
use crate::command::Command;
use crate::correction::Correction;
use crate::draft::{Draft, TemplateHash};
use crate::envelope::Envelope;
use crate::field::Field;
use crate::party::Party;
use crate::policy::{Objection, Policy};
use crate::text::Text;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplatePart {
    /// The documents.
    Documents,
    /// The steps: their order, quorums, conditions.
    Steps,
    /// The roles and everything about them but who takes them.
    Roles,
    /// The fields: which there are, and what they take. Not what is written into them.
    Fields,
    /// What the template writes into fields, and those fields. Where it writes nothing, senders may.
    Values,
    /// The rules: times, counts, disclosure.
    Rules,
}

impl TemplatePart {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Documents, Self::Steps, Self::Roles, Self::Fields, Self::Values, Self::Rules];
}

impl fmt::Display for TemplatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documents => "documents",
            Self::Steps => "steps",
            Self::Roles => "roles",
            Self::Fields => "fields",
            Self::Values => "values of fields",
            Self::Rules => "rules",
        })
    }
}

impl Template {
    /// The locked parts in which a draft differs from it.
    #[must_use]
    pub fn broken_locks(&self, draft: &Draft) -> Vec<TemplatePart> {
        let ours = self.draft();
        let differs = |part: &TemplatePart| match part {
            TemplatePart::Documents => ours.documents != draft.documents,
            TemplatePart::Steps => ours.steps != draft.steps,
            TemplatePart::Roles => {
                let plain = |party: &Party| Party { user: None, person: None, ..party.clone() };
                ours.parties.len() != draft.parties.len()
                    || ours.parties.iter().zip(&draft.parties).any(|(ours, theirs)| *ours != plain(theirs))
            }
            TemplatePart::Fields => {
                let empty = |field: &Field| Field { prefill: None, ..field.clone() };
                ours.fields.len() != draft.fields.len()
                    || ours
                        .fields
                        .iter()
                        .zip(&draft.fields)
                        .any(|(ours, theirs)| empty(ours) != empty(theirs))
            }
            TemplatePart::Values => {
                let filled = ours.fields.iter().enumerate().filter(|(_, field)| field.prefill.is_some());
                filled.into_iter().any(|(n, field)| draft.fields.get(n) != Some(field))
            }
            TemplatePart::Rules => ours.rules != draft.rules,
        };
        self.locks().iter().filter(|part| differs(part)).copied().collect()
    }
}

/// Holds envelopes to the locks of their templates: when they are made, changed, sent, corrected.
#[derive(Debug)]
pub struct TemplateLocks {
    templates: BTreeMap<TemplateHash, Template>,
}

impl TemplateLocks {
    /// Of these templates, in every version of which there are envelopes.
    #[must_use]
    pub fn of(templates: impl IntoIterator<Item = Template>) -> Self {
        Self {
            templates: templates.into_iter().map(|template| (template.reference().hash, template)).collect(),
        }
    }

    fn judge(&self, draft: &Draft) -> Result<(), Objection> {
        let Some(reference) = draft.template else { return Ok(()) };
        let Some(template) = self.templates.get(&reference.hash) else {
            return Err(objection(
                "the template is not known",
                "make the envelope of a template that is in use",
            ));
        };
        if template.reference() != reference {
            return Err(objection("the template has another id or version", "make the envelope anew"));
        }
        match template.broken_locks(draft).first() {
            None => Ok(()),
            Some(part) => Err(locked(*part)),
        }
    }

    fn judge_correction(&self, envelope: &Envelope, corrections: &[Correction]) -> Result<(), Objection> {
        let template = envelope.draft().template.and_then(|reference| self.templates.get(&reference.hash));
        let Some(template) = template else { return Ok(()) };
        let parts = |correction: &Correction| match correction {
            Correction::AddParty { fields, .. } if !fields.is_empty() => {
                vec![TemplatePart::Roles, TemplatePart::Fields]
            }
            Correction::RemoveParty(_) | Correction::AddParty { .. } | Correction::Factors { .. } => {
                vec![TemplatePart::Roles]
            }
            Correction::Document { .. } => vec![TemplatePart::Documents],
            Correction::Person { .. } => Vec::new(),
        };
        let broken = corrections.iter().flat_map(parts).find(|part| template.locks().contains(part));
        broken.map_or(Ok(()), |part| Err(locked(part)))
    }
}

impl Policy for TemplateLocks {
    fn name(&self) -> Text {
        Text::of_ours("template locks, version 1")
    }

    fn permit(&self, envelope: Option<&Envelope>, command: &Command, _: &Context) -> Result<(), Objection> {
        match (command, envelope) {
            (Command::CreateDraft { draft, .. }, _) => self.judge(draft),
            (Command::EditDraft { draft }, Some(envelope)) => {
                // Who takes the name of the template away would be free of its locks.
                if draft.template != envelope.draft().template {
                    return Err(objection(
                        "the template of an envelope stays what it was",
                        "throw the draft away and begin without the template",
                    ));
                }
                self.judge(draft)
            }
            (Command::Schedule { .. } | Command::Send { .. }, Some(envelope)) => {
                self.judge(&envelope.whole_draft())
            }
            (Command::Correct { corrections, .. }, Some(envelope)) => {
                self.judge_correction(envelope, corrections)
            }
            // Nothing else changes what the template says.
            _ => Ok(()),
        }
    }
}

fn locked(part: TemplatePart) -> Objection {
    objection(
        &format!("the template locks its {part}"),
        "leave them as they are, or ask the template's owner for another version",
    )
}

fn objection(why: &str, next: &str) -> Objection {
    Objection { why: Text::of_ours(why), next: Text::of_ours(next) }
}
