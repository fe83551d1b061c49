//! What is wrong with a draft that is to be sent; all of it at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chancery_auth::FactorKind;
use serde::{Deserialize, Serialize};

use crate::draft::Draft;
use crate::field::{Field, FieldContent, Need};
use crate::id::{DocumentId, FieldId, PartyId, StepId, index, number};
use crate::party::{Party, Placement};
use crate::predicate::Named;
use crate::role::{Act, Role};
use crate::rules::Permission;
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
    /// What is prefilled or fixed does not fit, or is the party's own: a signature, a check box.
    Prefilled(FieldId),
    /// A field that must be filled, that the party may not fill, and that is empty.
    FixedEmpty(FieldId),
    /// A second place for a party's signature in one document, which it signs once.
    SecondPlace(FieldId),
    /// A place for a signature, or a fixed field, with the name of another field of its document, or a name within it, as
    /// `lease.tenant` is within `lease`: whoever comes second could not sign, or would change what is fixed.
    NameTaken(FieldId),
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
        prefilled(FieldId::new(number(n)), field, faults);
    }
    names(draft, faults);
}

/// What the sender wrote fits, and nobody is left with a field that cannot be filled.
fn prefilled(id: FieldId, field: &Field, faults: &mut Vec<DraftFault>) {
    let fixed = field.change == Permission::Forbidden;
    match &field.prefill {
        Some(value) if !field.can_be_prefilled() || field.check(value).is_err() => {
            faults.push(DraftFault::Prefilled(id));
        }
        None if fixed && !field.can_be_prefilled() => faults.push(DraftFault::Prefilled(id)),
        None if fixed && field.need == Need::Required => faults.push(DraftFault::FixedEmpty(id)),
        Some(_) | None => {}
    }
}

/// One signature of a party in a document, and a name for each that nothing else has.
fn names(draft: &Draft, faults: &mut Vec<DraftFault>) {
    let (mut signing, mut found) = (BTreeSet::new(), Vec::new());
    for (n, field) in draft.fields.iter().enumerate() {
        if field.content == FieldContent::Signature && !signing.insert((field.document, field.party)) {
            found.push((n, DraftFault::SecondPlace(FieldId::new(number(n)))));
        }
    }
    // By the parts of their names those that are within another come directly after it.
    let mut sorted: Vec<(usize, &Field)> = draft.fields.iter().enumerate().collect();
    sorted.sort_by(|(n, one), (m, other)| {
        let parts = parts(one).cmp(parts(other));
        one.document.cmp(&other.document).then(parts).then(n.cmp(m))
    });
    let mut outer: Option<(usize, &Field)> = None;
    for (n, field) in sorted {
        match outer {
            Some((of, outer)) if outer.document == field.document && is_within(field, outer) => {
                if [field, outer].into_iter().any(is_alone) {
                    let later = n.max(of);
                    found.push((later, DraftFault::NameTaken(FieldId::new(number(later)))));
                }
            }
            _ => outer = Some((n, field)),
        }
    }
    found.sort_by_key(|(n, _)| *n);
    faults.extend(found.into_iter().map(|(_, fault)| fault));
}

/// Whether no other field may have its name: a PDF has one field of a name.
fn is_alone(field: &Field) -> bool {
    field.content == FieldContent::Signature || field.change == Permission::Forbidden
}

fn parts(field: &Field) -> impl Iterator<Item = &str> {
    field.name.as_str().split('.')
}

/// Whether a name is another, or within it (ISO 32000-2, 12.7.4.2).
fn is_within(field: &Field, outer: &Field) -> bool {
    let mut parts = parts(field);
    self::parts(outer).all(|part| parts.next() == Some(part))
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
            Self::Prefilled(field) => write!(
                f,
                "{field}: its value does not fit, or is the party's own, as a signature and a check box are"
            ),
            Self::FixedEmpty(field) => {
                write!(f, "{field}: it must be filled, and its party may not; write a value into it")
            }
            Self::SecondPlace(field) => write!(
                f,
                "{field}: a party signs a document once, in one field; let initials and repeated names be fields of text"
            ),
            Self::NameTaken(field) => {
                write!(
                    f,
                    "{field}: another field of its document has this name, or one within it; give it another"
                )
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::ContentDigest;
    use crate::rules::{Disclosure, Rules};
    use crate::text::Text;

    fn draft(fields: &[(u32, u32, &str, FieldContent)]) -> Draft {
        let disclosure =
            Disclosure { version: Text::of_ours("1"), digest: ContentDigest::from_bytes([9; 32]) };
        let mut draft = Draft::new("Lease", Rules::new(disclosure)).unwrap();
        for (document, party, name, content) in fields {
            let (document, party) = (DocumentId::new(*document), PartyId::new(*party));
            draft.fields.push(Field::new(document, party, Text::new(name).unwrap(), content.clone()));
        }
        draft
    }

    fn faulty(fields: &[(u32, u32, &str, FieldContent)]) -> Vec<DraftFault> {
        let mut faults = Vec::new();
        names(&draft(fields), &mut faults);
        faults
    }

    #[test]
    fn a_party_signs_a_document_once_where_nothing_else_is() {
        let signature = || FieldContent::Signature;
        let words = || FieldContent::Text { most: 3 };
        let taken = |n| DraftFault::NameTaken(FieldId::new(n));
        assert_eq!(faulty(&[(0, 0, "Tenant", signature()), (0, 1, "Landlord", signature())]), []);
        assert_eq!(faulty(&[(0, 0, "Tenant", signature()), (1, 0, "Tenant", signature())]), []);
        assert_eq!(faulty(&[(0, 0, "Tenant", signature()), (0, 0, "Initials", words())]), []);
        assert_eq!(
            faulty(&[(0, 0, "Name", words()), (0, 1, "Name", words())]),
            [],
            "one field of text for two"
        );
        let second = DraftFault::SecondPlace(FieldId::new(1));
        assert_eq!(faulty(&[(0, 0, "Page 1", signature()), (0, 0, "Page 2", signature())]), [second]);
        assert_eq!(faulty(&[(0, 0, "Sign here", signature()), (0, 1, "Sign here", signature())]), [taken(1)]);
        assert_eq!(faulty(&[(0, 0, "Name", words()), (0, 1, "Name", signature())]), [taken(1)]);
        // What is fixed for one party is not another's to write.
        for fixed in [0, 1] {
            let mut draft = draft(&[(0, 0, "Rent", words()), (0, 1, "Rent", words())]);
            draft.fields[fixed].change = Permission::Forbidden;
            let mut faults = Vec::new();
            names(&draft, &mut faults);
            assert_eq!(faults, [taken(1)], "{fixed}");
        }
        // A field is no group of others.
        assert_eq!(faulty(&[(0, 0, "lease.tenant", signature()), (0, 1, "lease", words())]), [taken(1)]);
        assert_eq!(faulty(&[(0, 0, "lease", signature()), (0, 1, "lease-2.tenant", signature())]), []);
    }

    proptest! {
        /// The same as comparing each with each.
        #[test]
        fn names_are_compared_as_if_each_with_each(
            fields in prop::collection::vec((0..2_u32, "(a|b|a-|ab)(\\.(a|b)){0,3}", any::<bool>()), 0..8),
        ) {
            let content = |signs| if signs { FieldContent::Signature } else { FieldContent::Date };
            let all: Vec<_> = (0_u32..).zip(&fields).map(|(n, (document, name, signs))|
                (*document, n, name.as_str(), content(*signs))).collect();
            let clash = |n: usize, m: usize| {
                let (one, other) = (&fields[n], &fields[m]);
                let inside = |inner: &str, outer: &str| inner == outer || inner.starts_with(&format!("{outer}."));
                one.0 == other.0 && (one.2 || other.2) && (inside(&one.1, &other.1) || inside(&other.1, &one.1))
            };
            let clashes = (0..fields.len()).any(|n| (0..n).any(|m| clash(n, m)));
            prop_assert_eq!(!faulty(&all).is_empty(), clashes, "{:?}", all);
        }
    }
}
