//! Alice, Bob, a keeper of PINs, and time.

use chancery_auth::{
    Application, DigestSet, Factor, FactorKind, Keeper, Occasion, Outcome, ProvedFactor, Refused, Secret,
    SigningPin, UserId, VerifiedIdentity,
};
use chancery_testkit::FastHasher;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

pub(crate) const RIGHT: &str = "royal7stone";
pub(crate) const WRONG: &str = "royal8stone";
pub(crate) const ALICE: UserIdOf = UserIdOf(0xa1);
pub(crate) const BOB: UserIdOf = UserIdOf(0xb0);
pub(crate) const CAROL: UserIdOf = UserIdOf(0xca);

pub(crate) struct UserIdOf(u8);

impl UserIdOf {
    pub(crate) fn id(&self) -> UserId {
        UserId::from_bytes([self.0; 16])
    }
}

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// So many seconds after noon.
pub(crate) fn at(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(crate) fn pins() -> Keeper<SigningPin, FastHasher> {
    Keeper::new(FastHasher)
}

pub(crate) fn pin(text: &str) -> SigningPin {
    SigningPin::new(text).unwrap()
}

pub(crate) fn login() -> Application {
    Application::that_verifies_logins()
}

pub(crate) fn identity(of: &UserIdOf, by: &UserIdOf, now: Timestamp) -> VerifiedIdentity {
    login().identity(of.id(), by.id(), "passport", now)
}

/// The password of the application, for a change of this factor.
pub(crate) fn password(of: &UserIdOf, kind: FactorKind, now: Timestamp) -> ProvedFactor {
    login().password(Occasion::change(of.id(), kind), now)
}

pub(crate) fn device(of: &UserIdOf, kind: FactorKind, now: Timestamp) -> ProvedFactor {
    login().second_device(Occasion::change(of.id(), kind), now)
}

pub(crate) fn pin_of(of: &UserIdOf) -> Factor<SigningPin> {
    let (identity, password) = (identity(of, &CAROL, noon()), password(of, FactorKind::SigningPin, noon()));
    pins().enrol(&identity, &password, pin(RIGHT), &mut rng(), noon()).unwrap()
}

pub(crate) fn lease() -> DigestSet {
    DigestSet::new([[7; 32]]).unwrap()
}

pub(crate) fn signing(of: &UserIdOf) -> Occasion {
    Occasion::act(of.id(), b"envelope 17", &lease())
}

/// A whole attempt, committed as it should be.
pub(crate) fn attempt<S: Secret>(
    keeper: &Keeper<S, FastHasher>,
    factor: &mut Factor<S>,
    occasion: &Occasion,
    secret: &S,
    now: Timestamp,
) -> Result<Outcome, Refused> {
    let ticket = keeper.begin(factor, occasion, &mut rng(), now)?;
    let judgement = keeper.judge(ticket, secret, &mut rng()).unwrap();
    Ok(keeper.settle(factor, &judgement, now).unwrap())
}

/// A PIN proved for an occasion, at a time.
pub(crate) fn proved_pin(
    factor: &mut Factor<SigningPin>,
    secret: &str,
    occasion: &Occasion,
    now: Timestamp,
) -> ProvedFactor {
    attempt(&pins(), factor, occasion, &pin(secret), now).unwrap().proved().unwrap()
}
