//! What can go wrong, each with what would help.

use jiff::Timestamp;
use thiserror::Error;

use crate::kind::{FactorKind, KindSet};
use crate::missing::Missing;
use crate::purpose::Purpose;
use crate::user::UserId;
use crate::weak::WeakPattern;

/// About identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UserIdError {
    /// Given out before, perhaps to somebody who has gone.
    #[error("the identity {0} was given out before and belongs to that person for ever; issue a new one")]
    Taken(UserId),
    /// Never given out.
    #[error("the identity {0} was never given out")]
    Unknown(UserId),
    /// The source of random numbers repeats itself.
    #[error("the source of random numbers repeats itself; give one of the operating system")]
    NotRandom,
    /// Not how an identity is written.
    #[error("an identity is written as 32 hexadecimal digits in lower case")]
    Spelling,
}

/// A secret that does not have the form of its kind. Never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SecretFault {
    /// Too short or too long.
    #[error("{}", if least == most { format!("exactly {least} characters are needed") } else { format!("{least} to {most} characters are needed") })]
    Length {
        /// The fewest characters.
        least: usize,
        /// The most characters.
        most: usize,
    },
    /// Characters that it may not hold.
    #[error("only {of} are allowed")]
    Characters {
        /// Those that it may hold.
        of: &'static str,
    },
    /// Only letters, or only digits.
    #[error("both letters and digits are needed")]
    LettersAndDigits,
}

/// A secret that a guesser tries first. Never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Weakness {
    /// Many people take it.
    #[error("many people take this one; choose another")]
    Listed,
    /// Too regular.
    #[error("too regular ({}); choose another", match .0 {
        WeakPattern::FewCharacters { .. } => "the same few characters",
        WeakPattern::Run => "one after the other",
        WeakPattern::Year => "a year",
        WeakPattern::Repetition => "something said again",
    })]
    Pattern(WeakPattern),
    /// Holds the date of birth.
    #[error("it holds the date of birth; choose another")]
    DateOfBirth,
    /// Holds a name or a number of the person.
    #[error("it holds something that is known about the person; choose another")]
    Personal,
}

/// A verifier cannot be made or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HasherError {
    /// Not a verifier of this hasher.
    #[error("the stored verifier cannot be read: it is damaged or was made by another hasher")]
    Unreadable,
    /// Made with a pepper that is not here.
    #[error("the verifier was made with a pepper that is not here; give it as a retired one")]
    UnknownPepper,
    /// Parameters below what is safe or above what is bearable.
    #[error("Argon2id parameters must be from 19 MiB, 2 passes, 1 lane to 1 GiB, 16 passes, 16 lanes")]
    Parameters,
    /// Too little memory.
    #[error("there is too little memory for Argon2id now; try again")]
    OutOfMemory,
    /// A hasher of the user's own failed.
    #[error("the hasher failed: {0}")]
    Other(&'static str),
}

/// Stored bytes that are no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at byte {at}: {why}")]
pub struct StateError {
    /// Where reading ended.
    pub at: usize,
    /// What is wrong there.
    pub why: &'static str,
}

/// Rules that would protect nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct RuleFault(pub(crate) &'static str);

/// The clock stands far before a moment that was already seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the clock says {now}, but {latest} has been before; set it right")]
pub struct ClockBehind {
    /// What the clock says.
    pub now: Timestamp,
    /// What it said before.
    pub latest: Timestamp,
}

/// An attempt that may not begin now. Nothing was judged, and nothing was reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refused {
    /// Too many attempts; it opens by itself.
    #[error("the {kind} is locked until {until}; wait, or reset it with another factor")]
    Locked {
        /// Of which kind.
        kind: FactorKind,
        /// From this moment on one more attempt is allowed.
        until: Timestamp,
    },
    /// Too many attempts in all; only a reset opens it.
    #[error("the {kind} is locked after too many attempts; only a reset with another factor opens it")]
    LockedUntilReset {
        /// Of which kind.
        kind: FactorKind,
    },
    /// The factor is somebody else's.
    #[error("the {kind} belongs to {owner}, and {found} cannot prove it")]
    WrongPerson {
        /// Of which kind.
        kind: FactorKind,
        /// Whose it is.
        owner: UserId,
        /// Who tried.
        found: UserId,
    },
    /// Factors of this kind do not serve this purpose.
    #[error("{} {kind} is not for {purpose}", article(*.kind))]
    WrongPurpose {
        /// Of which kind.
        kind: FactorKind,
        /// What was asked.
        purpose: Purpose,
    },
    /// The code is for something else: another request, other documents, another purpose.
    #[error("the {kind} was made for something else; ask for one for this")]
    WrongOccasion {
        /// Of which kind.
        kind: FactorKind,
    },
    /// Withdrawn: lost, or its person has gone.
    #[error("the {kind} was withdrawn at {at}; it can be reinstated when the person was identified anew")]
    Withdrawn {
        /// Of which kind.
        kind: FactorKind,
        /// When.
        at: Timestamp,
    },
    /// A temporary one whose time is over.
    #[error("the temporary {kind} was good until {until}; set a lasting one with another factor")]
    Lapsed {
        /// Of which kind.
        kind: FactorKind,
        /// Until when it was good.
        until: Timestamp,
    },
    /// Older than the rules allow.
    #[error("the {kind} is too old since {since}; set a new one with another factor")]
    Aged {
        /// Of which kind.
        kind: FactorKind,
        /// Since when.
        since: Timestamp,
    },
    /// Too many attempts have begun and not ended.
    #[error("too many attempts with the {kind} are under way; try again in a moment")]
    TooManyAtOnce {
        /// Of which kind.
        kind: FactorKind,
    },
    /// No code was sent, or it has been used.
    #[error("there is no one-time code to be confirmed, or it was used; ask for a new one")]
    NoCode,
    /// The code's time is over.
    #[error("the one-time code expired at {at}; ask for a new one")]
    CodeExpired {
        /// When.
        at: Timestamp,
    },
    /// The code's tries are used up.
    #[error("the one-time code was tried too often; ask for a new one")]
    CodeTriesUsed,
    /// The clock is wrong.
    #[error(transparent)]
    ClockBehind(#[from] ClockBehind),
}

/// A judged attempt that does not count any more. Says nothing about whether the secret was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TicketRefused {
    /// Reserved for another person, kind or request.
    #[error("the attempt was reserved for another factor")]
    NotThisFactor,
    /// The secret was set anew, withdrawn or used up since the attempt was reserved.
    #[error("the factor has changed since the attempt began; try again")]
    Superseded,
    /// The stored state knows no such attempt: its reservation was never committed, or it has been settled.
    #[error(
        "this attempt is not reserved, or has been settled; each is reserved, committed, and settled once"
    )]
    NotReserved,
    /// It took too long.
    #[error("the attempt took too long; try again")]
    TookTooLong,
    /// The clock is wrong.
    #[error(transparent)]
    ClockBehind(#[from] ClockBehind),
}

/// A factor that may not be set, reset or reinstated like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChangeRefused {
    /// The proof is of a kind that does not open this.
    #[error("{} {kind} is reset with {}, not with {} {given}", article(*.kind), Alternatives(*.accepted), article(*.given))]
    WrongKind {
        /// What is to be changed.
        kind: FactorKind,
        /// What was proved.
        given: FactorKind,
        /// Any one of these would do.
        accepted: KindSet,
    },
    /// The proof was given for something else, or by somebody else.
    #[error(
        "prove the other factor for the change of the {kind}: this proof was given for something else or by another person"
    )]
    WrongOccasion {
        /// What is to be changed.
        kind: FactorKind,
    },
    /// The proof is too old.
    #[error("prove the other factor again: the proof of {at} is too old")]
    Stale {
        /// When it was given.
        at: Timestamp,
    },
    /// Whoever identified the person was the person, or identified somebody else.
    #[error("somebody else must have identified the person who gets the factor")]
    Identity,
    /// Two people must have identified the person, and it was one.
    #[error("two different people must have identified the person anew")]
    FourEyes,
    /// The secret was used before.
    #[error("this {kind} was used before; choose another")]
    Reused {
        /// Of which kind.
        kind: FactorKind,
    },
    /// The new secret is too weak.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// Withdrawn factors are reinstated, not reset.
    #[error("the {kind} was withdrawn; reinstate it when the person was identified anew")]
    Withdrawn {
        /// Of which kind.
        kind: FactorKind,
    },
    /// Only what was withdrawn is reinstated.
    #[error("the {kind} was not withdrawn; reset it")]
    NotWithdrawn {
        /// Of which kind.
        kind: FactorKind,
    },
    /// No further generation can be counted; nobody lives that long.
    #[error("the {kind} was set too often")]
    Exhausted {
        /// Of which kind.
        kind: FactorKind,
    },
    /// The verifier cannot be made.
    #[error(transparent)]
    Hasher(#[from] HasherError),
}

/// Digests that make no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DigestSetError {
    /// None at all.
    #[error("an act is about at least one document")]
    Empty,
    /// Too many.
    #[error("an act is about at most {most} documents")]
    TooMany {
        /// As many as may be.
        most: usize,
    },
    /// Not the length of a digest.
    #[error("a digest has 32 to 64 bytes, not {found}")]
    Length {
        /// How many bytes it has.
        found: usize,
    },
}

/// An expression that asks for nothing, or for more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequirementError {
    /// Nothing to choose from.
    #[error("a requirement of nothing would always be met; name what it takes")]
    Empty,
    /// At least none.
    #[error("at least 0 would always be met; ask for 1 or more")]
    Zero,
    /// More kinds than are named.
    #[error("at least {asked} of {named} kinds can never be met")]
    TooMany {
        /// How many are asked for.
        asked: u32,
        /// How many distinct kinds are named.
        named: u32,
    },
    /// The same kind twice counts once.
    #[error("the {0} is named twice, and two proofs of one kind are one")]
    Twice(FactorKind),
    /// Nested too deeply.
    #[error("a requirement has at most {most} parts")]
    TooLarge {
        /// As many as may be.
        most: usize,
    },
    /// An approval code would do alone.
    #[error("an approval code of four digits must never be the only factor; ask for another with it")]
    ApprovalCodeAlone,
    /// A kind is named that does not serve the purpose.
    #[error("{} {kind} is not for {purpose}; leave it out", article(*.kind))]
    NotFor {
        /// The kind.
        kind: FactorKind,
        /// The purpose.
        purpose: Purpose,
    },
    /// Digital signatures need a PIN.
    #[error("a digital signature needs a signing PIN, whatever else it takes")]
    PinNotDemanded,
    /// Fewer than two distinct components.
    #[error(
        "the first signing of a session needs at least two distinct kinds (21 CFR 11.200(a)(1)); this is met by {least}"
    )]
    TooFewKinds {
        /// How many would do.
        least: u32,
    },
    /// The shorter requirement could be met without a component that only its owner has.
    #[error(
        "later signings of a session need at least one component that only its owner can use (21 CFR 11.200(a)(1)(i)): a password, a signing PIN or a second device"
    )]
    NotPersonal,
}

/// A requirement that is not met.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotMet {
    /// Something is missing.
    #[error("{0}")]
    Missing(#[from] Missing),
    /// A proof of somebody else, or for something else.
    #[error("the proof of the {kind} was given for something else or by another person; prove it for this")]
    WrongOccasion {
        /// Of which kind.
        kind: FactorKind,
    },
    /// A proof that is too old, or not yet given.
    #[error("the proof of the {kind} of {at} does not count any more; prove it again")]
    Stale {
        /// Of which kind.
        kind: FactorKind,
        /// When it was given.
        at: Timestamp,
    },
    /// The requirement is for another purpose.
    #[error("these requirements say nothing about {0}")]
    WrongPurpose(Purpose),
    /// The session is over.
    #[error("{0}; prove all components in a new session")]
    SessionEnded(#[from] SessionEnd),
    /// The proofs were not given in one controlled session.
    #[error("nothing was proved in a controlled session; prove all components")]
    NoSession,
}

/// Why a controlled session is over (21 CFR 11.200(a)(1)(ii)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SessionEnd {
    /// Nothing was signed for too long.
    #[error("the session was idle for too long")]
    Idle,
    /// It lasted too long as a whole.
    #[error("the session has lasted as long as it may")]
    TooLong,
    /// Another device.
    #[error("the session belongs to another device")]
    OtherDevice,
    /// Another person.
    #[error("the session belongs to another person")]
    OtherPerson,
    /// The clock was set back.
    #[error("the clock was set back during the session")]
    ClockBehind,
    /// A factor was set anew.
    #[error("a factor was set anew during the session")]
    FactorChanged,
    /// The person or the application ended it.
    #[error("the session was ended")]
    Closed,
}

/// A one-time code that cannot be issued or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssueRefused {
    /// The day's cap.
    #[error("{most} one-time codes were sent within a day; the next can be sent from {from} on")]
    TooMany {
        /// The cap.
        most: u8,
        /// When the next one can be sent.
        from: Timestamp,
    },
    /// Codes of one person, occasion of another.
    #[error("the codes belong to {owner}, and {found} cannot ask for one")]
    WrongPerson {
        /// Whose codes they are.
        owner: UserId,
        /// Who asked.
        found: UserId,
    },
    /// Asked for after it was made.
    #[error("the request of {requested_at} lies after the present, {now}")]
    NotYetRequested {
        /// When it was said to be asked for.
        requested_at: Timestamp,
        /// The present.
        now: Timestamp,
    },
    /// No code waits to be sent.
    #[error("no one-time code waits to be sent; issue one")]
    NoCode,
    /// Its time is over.
    #[error("the one-time code expired at {at}; issue a new one")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Text that does not belong into a message.
    #[error("{what} must be one line of 1 to {most} characters without control or direction characters")]
    Text {
        /// Which text.
        what: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// The clock is wrong.
    #[error(transparent)]
    ClockBehind(#[from] ClockBehind),
}

/// Kinds of which any one would do: "a password or a second device".
struct Alternatives(KindSet);

impl std::fmt::Display for Alternatives {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (n, kind) in self.0.iter().enumerate() {
            write!(f, "{}{} {kind}", if n == 0 { "" } else { " or " }, article(kind))?;
        }
        Ok(())
    }
}

fn article(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::AccessCode | FactorKind::ApprovalCode => "an",
        _ => "a",
    }
}
