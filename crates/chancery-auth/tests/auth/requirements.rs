//! Requirements: over distinct kinds, met by nothing less, and what is missing is named.

use chancery_auth::FactorKind::{self, *};
use chancery_auth::{
    Factor, KindSet, NotMet, Occasion, ProvedFactor, Requirement, RequirementError, Requirements, SigningPin,
};
use proptest::prelude::*;

use crate::people::*;

/// Written another way than in the library: a tree that is walked.
#[derive(Clone, Debug)]
enum Tree {
    Kind(FactorKind),
    AllOf(Vec<Self>),
    AnyOf(Vec<Self>),
    AtLeast(u32, Vec<FactorKind>),
}

impl Tree {
    fn build(&self) -> Result<Requirement, RequirementError> {
        let build = |parts: &[Self]| parts.iter().map(Self::build).collect::<Result<Vec<_>, _>>();
        match self {
            Self::Kind(kind) => Ok(Requirement::kind(*kind)),
            Self::AllOf(parts) => Requirement::all_of(build(parts)?),
            Self::AnyOf(parts) => Requirement::any_of(build(parts)?),
            Self::AtLeast(n, kinds) => Requirement::at_least(*n, kinds.iter().copied()),
        }
    }

    fn is_met(&self, proved: &[FactorKind]) -> bool {
        match self {
            Self::Kind(kind) => proved.contains(kind),
            Self::AllOf(parts) => parts.iter().all(|part| part.is_met(proved)),
            Self::AnyOf(parts) => parts.iter().any(|part| part.is_met(proved)),
            Self::AtLeast(n, kinds) => {
                kinds.iter().filter(|kind| proved.contains(kind)).count() >= *n as usize
            }
        }
    }
}

fn kind() -> impl Strategy<Value = FactorKind> {
    prop::sample::select(FactorKind::ALL.to_vec())
}

fn tree() -> impl Strategy<Value = Tree> {
    let at_least =
        (0..5_u32, prop::collection::vec(kind(), 0..5)).prop_map(|(n, kinds)| Tree::AtLeast(n, kinds));
    prop_oneof![3 => kind().prop_map(Tree::Kind), 1 => at_least].prop_recursive(3, 12, 4, |inner| {
        let parts = prop::collection::vec(inner, 0..4);
        prop_oneof![parts.clone().prop_map(Tree::AllOf), parts.prop_map(Tree::AnyOf)]
    })
}

/// Proofs of these kinds, for an act of Alice's, as if each had been given (those that act).
fn proofs(kinds: &[FactorKind], factor: &mut Factor<SigningPin>, occasion: &Occasion) -> Vec<ProvedFactor> {
    let proof = |kind: &FactorKind| match kind {
        Password => Some(login().password(*occasion, at(0))),
        SecondDevice => Some(login().second_device(*occasion, at(0))),
        SigningPin => Some(proved_pin(factor, RIGHT, occasion, at(0))),
        _ => None,
    };
    kinds.iter().filter_map(proof).collect()
}

proptest! {
    /// G6 ∀: met by just the sets that meet it; none is met by nothing; more proofs never harm; what is missing would
    /// help, and no less would.
    #[test]
    fn a_requirement_is_what_it_says(tree in tree(), proved in prop::collection::vec(kind(), 0..6), more in kind()) {
        let Ok(requirement) = tree.build() else { return Ok(()) };
        let set: KindSet = proved.iter().copied().collect();
        prop_assert_eq!(requirement.is_met_by(set), tree.is_met(&proved), "{}", requirement);
        prop_assert!(!requirement.is_met_by(KindSet::default()), "met by nothing: {}", requirement);
        prop_assert!(requirement.is_met_by(FactorKind::ALL.into_iter().collect()), "never met: {}", requirement);
        if requirement.is_met_by(set) {
            prop_assert!(requirement.is_met_by(set.union(more.into())));
            prop_assert!(set.len() >= requirement.least_kinds());
            prop_assert_eq!(requirement.missing(set), None);
        } else {
            let missing = requirement.missing(set).unwrap();
            prop_assert!(!missing.choices().is_empty());
            for choice in missing.choices() {
                prop_assert!(requirement.is_met_by(set.union(*choice)), "{} does not help {}", missing, requirement);
                for kind in choice.iter() {
                    prop_assert!(!set.contains(kind), "{} was proved already", kind);
                    let less = choice.without(kind.into());
                    prop_assert!(!requirement.is_met_by(set.union(less)), "{} is more than is missing", choice);
                }
            }
        }
        for kind in FactorKind::ALL {
            let others: Vec<FactorKind> = FactorKind::ALL.into_iter().filter(|other| *other != kind).collect();
            prop_assert_eq!(requirement.demands(kind), !tree.is_met(&others));
        }
    }

    /// G25 ∀: two proofs of one kind are one.
    #[test]
    fn two_of_a_kind_are_one(kind in kind(), times in 2..5_usize, tree in tree()) {
        let twice: KindSet = std::iter::repeat_n(kind, times).collect();
        prop_assert_eq!((twice, twice.len()), (kind.into(), 1));
        prop_assert!(!Requirement::at_least(2, FactorKind::ALL).unwrap().is_met_by(twice));
        if let Ok(requirement) = tree.build() {
            prop_assert_eq!(requirement.is_met_by(twice), requirement.is_met_by(kind.into()));
        }
    }

    /// G23 ∀: what a digital signature requires is never met without a PIN; M17 ∀: nothing is met by an approval code.
    #[test]
    fn a_digital_act_takes_a_pin(access in tree(), act in tree(), kinds in prop::collection::vec(kind(), 0..5)) {
        let (Ok(access), Ok(act)) = (access.build(), act.build()) else { return Ok(()) };
        if let Ok(requirements) = Requirements::new(access.clone(), act.clone()) {
            prop_assert!(!requirements.act().is_met_by(ApprovalCode.into()));
            prop_assert!(!requirements.access().is_met_by(ApprovalCode.into()));
            prop_assert!(!requirements.act().kinds().contains(AccessCode), "an access code never acts");
            prop_assert!(!requirements.access().kinds().contains(SigningPin), "a PIN opens no document");
        }
        if let Ok(requirements) = Requirements::digital(access, act) {
            let mut factor = pin_of(&ALICE);
            let without: Vec<FactorKind> = kinds.into_iter().filter(|kind| *kind != SigningPin).collect();
            prop_assert!(!requirements.act().is_met_by(without.iter().copied().collect()));
            let given = proofs(&without, &mut factor, &signing(&ALICE));
            let NotMet::Missing(missing) = requirements.judge(&signing(&ALICE), &given, at(0)).unwrap_err() else { panic!() };
            prop_assert!(missing.choices().iter().all(|choice| choice.contains(SigningPin)));
        }
    }
}

#[test]
fn requirements_of_nothing_cannot_be_written() {
    assert_eq!(Requirement::all_of([]), Err(RequirementError::Empty));
    assert_eq!(Requirement::any_of([]), Err(RequirementError::Empty));
    assert_eq!(Requirement::at_least(0, [SigningPin]), Err(RequirementError::Zero));
    assert_eq!(Requirement::at_least(2, [SigningPin]), Err(RequirementError::TooMany { asked: 2, named: 1 }));
    assert_eq!(Requirement::at_least(2, [SigningPin, SigningPin]), Err(RequirementError::Twice(SigningPin)));
    let pin = || Requirement::kind(SigningPin);
    assert_eq!(Requirement::all_of([pin(), pin()]), Err(RequirementError::Twice(SigningPin)));
    assert!(Requirement::any_of((0..300).map(|_| pin())).is_err());
    // However deep, it stays small.
    let deep = (0..1000).try_fold(pin(), |part, _| Requirement::all_of([part]));
    assert_eq!(deep, Err(RequirementError::TooLarge { most: 256 }));
    assert_eq!(Requirements::new(Password, ApprovalCode), Err(RequirementError::ApprovalCodeAlone));
    assert_eq!(
        Requirements::new(Password, AccessCode).unwrap_err().to_string(),
        "an access code is not for act; leave it out"
    );
    assert!(Requirements::new(SigningPin, Password).is_err());
    assert_eq!(Requirements::digital(AccessCode, Password), Err(RequirementError::PinNotDemanded));
}

/// Proofs of another person, purpose, transaction, document or time do not count, and are told.
#[test]
fn only_proofs_for_this_count() {
    let two = Requirement::at_least(2, [SigningPin, Password]).unwrap();
    let requirements = Requirements::digital(AccessCode, two).unwrap();
    let occasion = signing(&ALICE);
    let judge =
        |proofs: &[ProvedFactor], now| requirements.judge(&occasion, proofs, at(now)).map(|met| met.kinds());
    let pin = |now| proved_pin(&mut pin_of(&ALICE), RIGHT, &occasion, at(now));
    let password = |occasion, now| login().password(occasion, at(now));
    let both: KindSet = [SigningPin, Password].into_iter().collect();
    assert_eq!(judge(&[pin(0), password(occasion, 0)], 0), Ok(both));
    assert_eq!(judge(&[pin(0), password(occasion, 0)], 299), Ok(both));
    let stale = |kind, now| Err(NotMet::Stale { kind, at: at(now) });
    assert_eq!(judge(&[pin(0), password(occasion, 0)], 300), stale(SigningPin, 0));
    assert_eq!(judge(&[pin(0), password(occasion, 61)], 0), stale(Password, 61));
    let other = |occasion| judge(&[pin(0), password(occasion, 0)], 0);
    for occasion in [
        signing(&BOB),
        Occasion::act(ALICE.id(), b"envelope 18", &lease()),
        Occasion::access(ALICE.id(), b"envelope 17"),
        Occasion::change(ALICE.id(), SigningPin),
    ] {
        assert_eq!(other(occasion), Err(NotMet::WrongOccasion { kind: Password }));
    }
    assert_eq!(
        judge(&[pin(0), pin(0)], 0).unwrap_err().to_string(),
        "still to be proved: password",
        "two of a kind are one"
    );
    assert_eq!(judge(&[], 0).unwrap_err().to_string(), "still to be proved: password and signing PIN");
    let change = Occasion::change(ALICE.id(), SigningPin);
    assert!(matches!(requirements.judge(&change, &[], at(0)), Err(NotMet::WrongPurpose(_))));
}
