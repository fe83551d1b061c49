//! Argon2id under a pepper: parameters, rotation, forged verifiers. The real thing, so each guess costs.

use chancery_auth::{
    Argon2Hasher, Argon2Parameters, Factor, FactorKind, HasherError, Keeper, Outcome, Pepper, SigningPin,
};

use crate::people::*;

fn hasher(pepper: u8) -> Argon2Hasher {
    Argon2Hasher::new(Pepper::from_bytes([pepper; 32]))
}

fn enrolled(hasher: &Argon2Hasher) -> Factor<SigningPin> {
    let (identity, password) =
        (identity(&ALICE, &CAROL, noon()), password(&ALICE, FactorKind::SigningPin, noon()));
    Keeper::new(hasher).enrol(&identity, &password, pin(RIGHT), &mut rng(), noon()).unwrap()
}

fn try_with(
    hasher: &Argon2Hasher,
    factor: &mut Factor<SigningPin>,
    secret: &str,
) -> Result<bool, HasherError> {
    let keeper = Keeper::new(hasher);
    let ticket = keeper.begin(factor, &signing(&ALICE), &mut rng(), noon()).unwrap();
    let judgement = keeper.judge(ticket, &pin(secret), &mut rng())?;
    Ok(matches!(keeper.settle(factor, &judgement, noon()).unwrap(), Outcome::Proved(_)))
}

#[test]
fn only_the_right_secret_under_the_right_pepper_fits() {
    let mut factor = enrolled(&hasher(1));
    assert_eq!(try_with(&hasher(1), &mut factor, RIGHT), Ok(true));
    assert_eq!(try_with(&hasher(1), &mut factor, WRONG), Ok(false));
    // A thief of the database without the pepper cannot even ask.
    assert_eq!(try_with(&hasher(2), &mut factor, RIGHT), Err(HasherError::UnknownPepper));
    // The same PIN twice is not seen to be the same.
    assert_ne!(enrolled(&hasher(1)).to_bytes(), enrolled(&hasher(1)).to_bytes());
}

/// The verifier within a state: it begins with the version of its form and is 69 bytes long.
fn verifier_place(state: &[u8]) -> usize {
    state.windows(3).position(|bytes| bytes == [0, 69, 1]).unwrap() + 2
}

#[test]
fn pepper_and_parameters_are_renewed_at_the_next_success() {
    let mut factor = enrolled(&hasher(1));
    let stronger = Argon2Parameters::new(20 * 1024, 2, 1).unwrap();
    let rotated = || {
        Argon2Hasher::new(Pepper::from_bytes([2; 32]))
            .retired(Pepper::from_bytes([1; 32]))
            .parameters(stronger)
    };
    let before = factor.to_bytes();
    assert_eq!(try_with(&rotated(), &mut factor, WRONG), Ok(false));
    let verifier = |state: &[u8]| state[verifier_place(state)..][..69].to_vec();
    assert_eq!(verifier(&factor.to_bytes()), verifier(&before), "a wrong guess renews nothing");
    assert_eq!(try_with(&rotated(), &mut factor, RIGHT), Ok(true));
    let renewed = verifier(&factor.to_bytes());
    assert_ne!(renewed, verifier(&before));
    assert_eq!(renewed[9..13], (20 * 1024_u32).to_be_bytes());
    // The old pepper can go.
    let new = Argon2Hasher::new(Pepper::from_bytes([2; 32])).parameters(stronger);
    assert_eq!(try_with(&new, &mut factor, RIGHT), Ok(true));
    assert_eq!(verifier(&factor.to_bytes()), renewed, "and is not renewed again");
    // Weaker parameters of a later configuration leave the stronger verifier alone.
    let weaker = Argon2Hasher::new(Pepper::from_bytes([2; 32]));
    assert_eq!(try_with(&weaker, &mut factor, RIGHT), Ok(true));
    assert_eq!(verifier(&factor.to_bytes()), renewed);
}

#[test]
fn a_new_pepper_alone_is_reason_enough() {
    let mut factor = enrolled(&hasher(1));
    let rotated = hasher(2).retired(Pepper::from_bytes([1; 32]));
    assert_eq!(try_with(&rotated, &mut factor, RIGHT), Ok(true));
    assert_eq!(try_with(&hasher(2), &mut factor, RIGHT), Ok(true), "the old pepper can go");
}

#[test]
fn nothing_lowers_the_parameters_and_a_forged_row_cannot_raise_them() {
    for (memory, passes, lanes) in
        [(19 * 1024 - 1, 2, 1), (19 * 1024, 1, 1), (19 * 1024, 2, 0), (u32::MAX, 2, 1), (19 * 1024, 17, 1)]
    {
        assert_eq!(Argon2Parameters::new(memory, passes, lanes), Err(HasherError::Parameters));
    }
    let state = enrolled(&hasher(1)).to_bytes();
    let place = verifier_place(&state);
    let tried = |offset: usize, bytes: &[u8]| {
        let mut forged = state.clone();
        forged[place + offset..][..bytes.len()].copy_from_slice(bytes);
        try_with(&hasher(1), &mut Factor::from_bytes(&forged).unwrap(), RIGHT)
    };
    assert_eq!(tried(0, &[2]), Err(HasherError::Unreadable));
    assert_eq!(tried(1, &[0xff]), Err(HasherError::UnknownPepper));
    // Terabytes, and next to nothing: refused before anything is computed.
    assert_eq!(tried(9, &[0xff; 4]), Err(HasherError::Parameters));
    assert_eq!(tried(9, &8_u32.to_be_bytes()), Err(HasherError::Parameters));
    assert_eq!(tried(13, &1_u32.to_be_bytes()), Err(HasherError::Parameters));
    // Salt, tag, and the parameters themselves are in the tag.
    assert_eq!(tried(21, &[0xff; 4]), Ok(false));
    assert_eq!(tried(68, &[state[place + 68] ^ 1]), Ok(false));
    assert_eq!(tried(13, &3_u32.to_be_bytes()), Ok(false));
}

/// Where the pepper was lost or the row damaged, a reset is the remedy.
#[test]
fn a_lost_pepper_does_not_prevent_a_reset() {
    let mut factor = enrolled(&hasher(1));
    let proof = password(&ALICE, FactorKind::SigningPin, noon());
    let other = hasher(2);
    let _ = Keeper::new(&other).reset(&mut factor, &proof, pin("other7stone"), &mut rng(), noon()).unwrap();
    assert_eq!(try_with(&other, &mut factor, "other7stone"), Ok(true));
}
