//! What is wrong with a draft that is to be sent; all of it at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chancery_auth::FactorKind;
use serde::{Deserialize, Serialize};

use crate::draft::Draft;
use crate::field::FieldContent;
use crate::id::{DocumentId, FieldId, PartyId, StepId, index, number};
use crate::party::{Party, Placement};
use crate::predicate::Named;
use crate::role::{Act, Role};
use crate::step::Quorum;

/// Something that must be set right before an envelope can be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DraftFault {
    /// No documents.
    NoDocument,
    /// Nobody does anything.
    NobodyActs,
    /// More than the machine holds.
    TooMany {
        /// Of what.
        what: String,
        /// The most.
        most: usize,
    },
    /// A rule outside its bounds.
    Rule(String),
    /// A party names a step that is not there.
    NoSuchStep(PartyId),
    /// A step without anybody who acts.
    EmptyStep(StepId),
    /// A quorum of none.
    QuorumOfNone(StepId),
    /// A condition with too many parts, or that names what is not there.
    Condition(StepId),
    /// Nobody is bound to the party, and no nominator of an earlier step, one without a condition, will bind anybody.
    Unbound(PartyId),
    /// The same person twice in one step: two seats of a quorum for one.
    SamePersonTwice {
        /// The step.
        step: StepId,
        /// The second of the two.
        party: PartyId,
    },
    /// A signature without a place, and not to be invisible (pain 34).
    NoPlace(PartyId),
    /// A field of a document or party that is not there, or a place for the signature of somebody who does not sign.
    Field(FieldId),
    /// A digital signature whose act needs no PIN (G23).
    PinNotDemanded(PartyId),
    /// A one-time code for somebody who has neither telephone nor address.
    NoWayToSend(PartyId),
    /// Who is witnessed signs later, does not sign, or is the witness.
    Witness(PartyId),
    /// A nominator that names nobody.
    NominatesNobody(PartyId),
    /// A seal is bound to no person, and only a seal.
    Seal(PartyId),
    /// A time outside a second to 100 years.
    Within(PartyId),
    /// Two documents with the same bytes.
    SameDocument(DocumentId),
}

/// The most parties, documents, fields and steps. More than anybody has sent; the cost of each act is linear in them.
pub(crate) const MOST_PARTIES: usize = 100_000;
const MOST_STEPS: usize = 100_000;
const MOST_DOCUMENTS: usize = 1000;
const MOST_FIELDS: usize = 200_000;
const MOST_SEALS: usize = 100;

/// Everything that is wrong.
pub(crate) fn faults(draft: &Draft) -> Vec<DraftFault> {
    let mut faults = Vec::new();
    sizes(draft, &mut faults);
    if faults.is_empty() {
        documents(draft, &mut faults);
        steps(draft, &mut faults);
        fields(draft, &mut faults);
        parties(draft, &mut faults);
    }
    faults
}

fn sizes(draft: &Draft, faults: &mut Vec<DraftFault>) {
    let sizes = [
        ("parties", draft.parties.len(), MOST_PARTIES),
        ("steps", draft.steps.len(), MOST_STEPS),
        ("documents", draft.documents.len(), MOST_DOCUMENTS),
        ("fields", draft.fields.len(), MOST_FIELDS),
        (
            "seals",
            draft.parties.iter().filter(|party| party.role.act() == Some(Act::Seal)).count(),
            MOST_SEALS,
        ),
    ];
    let many = sizes.into_iter().filter(|(_, found, most)| found > most);
    faults.extend(many.map(|(what, _, most)| DraftFault::TooMany { what: what.to_owned(), most }));
    faults.extend(draft.rules.faults().into_iter().map(|fault| DraftFault::Rule(fault.to_owned())));
}

fn documents(draft: &Draft, faults: &mut Vec<DraftFault>) {
    if draft.documents.is_empty() {
        faults.push(DraftFault::NoDocument);
    }
    let mut seen = BTreeSet::new();
    for (n, document) in draft.documents.iter().enumerate() {
        if !seen.insert(document.digest) {
            faults.push(DraftFault::SameDocument(DocumentId::new(number(n))));
        }
    }
}

fn steps(draft: &Draft, faults: &mut Vec<DraftFault>) {
    let mut acting = vec![0_usize; draft.steps.len()];
    for party in draft.parties.iter().filter(|party| party.role.act().is_some()) {
        if let Some(count) = acting.get_mut(index(party.step.number())) {
            *count += 1;
        }
    }
    if acting.iter().all(|count| *count == 0) {
        faults.push(DraftFault::NobodyActs);
    }
    for (n, (step, acting)) in draft.steps.iter().zip(acting).enumerate() {
        let id = StepId::new(number(n));
        if acting == 0 {
            faults.push(DraftFault::EmptyStep(id));
        }
        if step.quorum == Quorum::AtLeast(0) {
            faults.push(DraftFault::QuorumOfNone(id));
        }
        if let Some(condition) = &step.condition {
            let mut known = condition.is_bounded();
            if known {
                condition.names(&mut |named| {
                    known &= match named {
                        Named::Field(field) => index(field.number()) < draft.fields.len(),
                        Named::Party(party) => index(party.number()) < draft.parties.len(),
                    }
                });
            }
            if !known {
                faults.push(DraftFault::Condition(id));
            }
        }
    }
}

fn fields(draft: &Draft, faults: &mut Vec<DraftFault>) {
    for (n, field) in draft.fields.iter().enumerate() {
        let party = draft.parties.get(index(field.party.number()));
        let known = index(field.document.number()) < draft.documents.len();
        let signs = |party: &Party| party.role.act().is_some_and(Act::signs);
        let fits = match &field.content {
            FieldContent::Signature => party.is_some_and(signs),
            FieldContent::Text { .. }
            | FieldContent::Amount { .. }
            | FieldContent::Date
            | FieldContent::CheckBox
            | FieldContent::OneOf(_) => party.is_some_and(|party| party.role.act().is_some()),
        };
        if !known || !fits {
            faults.push(DraftFault::Field(FieldId::new(number(n))));
        }
    }
}

fn parties(draft: &Draft, faults: &mut Vec<DraftFault>) {
    let mut placed = BTreeSet::new();
    for field in draft.fields.iter().filter(|field| field.content == FieldContent::Signature) {
        placed.insert(field.party);
    }
    let nominators: BTreeSet<PartyId> = draft.parties.iter().filter_map(|party| party.nominated_by).collect();
    let mut seated = BTreeMap::new();
    for (n, party) in draft.parties.iter().enumerate() {
        let id = PartyId::new(number(n));
        party_faults(draft, id, party, faults);
        if party.role.act().is_some_and(Act::signs)
            && party.placement == Placement::InFields
            && !placed.contains(&id)
        {
            faults.push(DraftFault::NoPlace(id));
        }
        if party.role == Role::Nominate && !nominators.contains(&id) {
            faults.push(DraftFault::NominatesNobody(id));
        }
        if let (Some(user), Some(_)) = (party.user, party.role.act())
            && seated.insert((party.step, user), id).is_some()
        {
            faults.push(DraftFault::SamePersonTwice { step: party.step, party: id });
        }
    }
}

fn party_faults(draft: &Draft, id: PartyId, party: &Party, faults: &mut Vec<DraftFault>) {
    if index(party.step.number()) >= draft.steps.len() {
        faults.push(DraftFault::NoSuchStep(id));
    }
    let of = |other: PartyId| draft.parties.get(index(other.number()));
    // A step that may be skipped names nobody.
    let is_taken =
        |step: StepId| draft.steps.get(index(step.number())).is_some_and(|step| step.condition.is_none());
    let nominated = |by: PartyId| {
        of(by).is_some_and(|by| by.role == Role::Nominate && by.step < party.step && is_taken(by.step))
    };
    match (&party.role, party.user, party.nominated_by) {
        (Role::Seal { .. }, None, None) => {}
        (Role::Seal { .. }, _, _) => faults.push(DraftFault::Seal(id)),
        (_, Some(_), None) => {}
        (_, None, Some(by)) if nominated(by) => {}
        (_, _, _) => faults.push(DraftFault::Unbound(id)),
    }
    if let Role::Witness { of: witnessed, .. } = party.role {
        let is_another = |other: &Party| other.user.is_none() || other.user != party.user;
        let signs = |other: &Party| {
            other.role.act() == Some(Act::Sign) && other.step <= party.step && is_another(other)
        };
        if !of(witnessed).is_some_and(signs) {
            faults.push(DraftFault::Witness(id));
        }
    }
    let digital = party.role.level().is_some_and(crate::role::SignatureLevel::is_digital);
    if digital && party.role.act() != Some(Act::Seal) && !party.factors.act_demands(FactorKind::SigningPin) {
        faults.push(DraftFault::PinNotDemanded(id));
    }
    let reached =
        party.person.as_ref().is_some_and(|person| person.phone.is_some() || person.email.is_some());
    if party.factors.kinds().contains(FactorKind::OneTimeCode) && !reached && party.nominated_by.is_none() {
        faults.push(DraftFault::NoWayToSend(id));
    }
    let second = jiff::SignedDuration::from_secs(1);
    if party.within.is_some_and(|within| !(second..=crate::rules::Rules::LONGEST).contains(&within)) {
        faults.push(DraftFault::Within(id));
    }
}

impl fmt::Display for DraftFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDocument => f.write_str("add a document"),
            Self::NobodyActs => f.write_str("add a party that acts"),
            Self::TooMany { what, most } => write!(f, "{what}: at most {most}"),
            Self::Rule(fault) => write!(f, "rules: {fault}"),
            Self::NoSuchStep(party) => write!(f, "{party}: its step does not exist"),
            Self::EmptyStep(step) => write!(f, "{step}: nobody acts in it"),
            Self::QuorumOfNone(step) => write!(f, "{step}: a quorum is at least one"),
            Self::Condition(step) => {
                write!(f, "{step}: its condition is too long, or names a field or party that does not exist")
            }
            Self::Unbound(party) => {
                write!(f, "{party}: say who it is, or which nominator of an earlier step will")
            }
            Self::SamePersonTwice { step, party } => {
                write!(f, "{party}: the same person acts already in {step}")
            }
            Self::NoPlace(party) => {
                write!(f, "{party}: add a signature field, or make the signature invisible")
            }
            Self::Field(field) => {
                write!(f, "{field}: its document or party does not exist, or does not sign")
            }
            Self::PinNotDemanded(party) => write!(f, "{party}: a digital signature demands a signing PIN"),
            Self::NoWayToSend(party) => write!(f, "{party}: a one-time code needs a telephone or an address"),
            Self::Witness(party) => {
                write!(f, "{party}: it can witness who signs in its step or an earlier one")
            }
            Self::NominatesNobody(party) => write!(f, "{party}: no later party waits for its nomination"),
            Self::Seal(party) => write!(f, "{party}: a seal is bound to nobody"),
            Self::Within(party) => write!(f, "{party}: its time is a second to 100 years"),
            Self::SameDocument(document) => write!(f, "{document}: the same bytes as another document"),
        }
    }
}
