//! One-time codes: derived from a key that is not in the database, for one occasion, a few tries, a few minutes.

use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize as _, Zeroizing};

use crate::argon2_hasher::mac;
use crate::attempts::Lock;
use crate::bytes::{Reader, StateKind, Writer};
use crate::clock;
use crate::error::{ClockBehind, IssueRefused, Refused, RuleFault, StateError, TicketRefused};
use crate::kind::FactorKind;
use crate::occasion::Occasion;
use crate::one_time_message::{MessageText, OtpMessage};
use crate::outcome::{Outcome, Wrong};
use crate::proof::ProvedFactor;
use crate::reservations::{Mark, Reservations};
use crate::secret::OneTimeCode;
use crate::user::UserId;

/// The key that one-time codes are derived from: 32 bytes outside the database. The outbox then holds no code, and a
/// stolen database none either. Wiped when dropped, never printed.
///
/// ```compile_fail
/// println!("{:?}", chancery_auth::CodeKey::from_bytes([7; 32])); // has no Debug
/// ```
pub struct CodeKey(Zeroizing<[u8; 32]>);

impl CodeKey {
    /// A new one, to be kept where secrets of the service are kept.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *key);
        Self(key)
    }

    /// The one that was kept.
    #[must_use]
    pub fn from_bytes(mut key: [u8; 32]) -> Self {
        let kept = Zeroizing::new(key);
        key.zeroize();
        Self(kept)
    }

    /// HMAC-SHA-256 over the challenge, as a number below a million: its first 128 bits leave no digit likelier than
    /// another by more than 2^-108.
    fn code(&self, challenge: &Challenge) -> OneTimeCode {
        let (seconds, nanoseconds) =
            (challenge.generated_at.as_second(), challenge.generated_at.subsec_nanosecond());
        let tag = mac(
            &self.0,
            &[
                b"chancery-auth one-time code v1",
                &challenge.occasion,
                &challenge.nonce,
                &seconds.to_be_bytes(),
                &nanoseconds.to_be_bytes(),
            ],
        );
        let mut start = Zeroizing::new([0; 16]);
        start.copy_from_slice(&tag[..16]);
        OneTimeCode::of(u32::try_from(u128::from_be_bytes(*start) % 1_000_000).unwrap_or_default())
    }
}

/// How long one-time codes live, how often they may be tried, how many a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeRules {
    lifetime: SignedDuration,
    tries: u8,
    a_day: u8,
}

impl Default for CodeRules {
    /// Five minutes, five tries, ten codes a day: at most fifty guesses of a million.
    fn default() -> Self {
        Self { lifetime: SignedDuration::from_mins(5), tries: 5, a_day: 10 }
    }
}

impl CodeRules {
    /// Codes a day at the most, for what is kept of them.
    const MOST_A_DAY: u8 = 50;

    /// Stricter than the default, or with another cap.
    ///
    /// # Errors
    /// [`RuleFault`] unless the lifetime is 30 s to 5 min, the tries are 1 to 5, and the codes a day 1 to 50.
    pub fn new(lifetime: SignedDuration, tries: u8, a_day: u8) -> Result<Self, RuleFault> {
        let lives = SignedDuration::from_secs(30)..=SignedDuration::from_mins(5);
        if !lives.contains(&lifetime) || !(1..=5).contains(&tries) || !(1..=Self::MOST_A_DAY).contains(&a_day)
        {
            return Err(RuleFault(
                "a code lives 30 seconds to 5 minutes, has 1 to 5 tries, and there are 1 to 50 a day",
            ));
        }
        Ok(Self { lifetime, tries, a_day })
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The code that is under way. Not the code itself: what it is derived from.
#[derive(Clone, PartialEq, Eq)]
struct Challenge {
    occasion: [u8; 32],
    nonce: [u8; 16],
    requested_at: Timestamp,
    generated_at: Timestamp,
    expires_at: Timestamp,
    begun: u8,
    open: Reservations,
}

/// The one-time codes of one person: at most one at a time, for one occasion. Holds no code.
///
/// [`issue`](OneTimeCodes::issue), commit; [`message`](OneTimeCodes::message), send; [`begin`](OneTimeCodes::begin),
/// commit; judge the ticket; [`settle`](OneTimeCodes::settle), **commit before you answer**: the success is what kills
/// the code, so that two nodes cannot both accept it.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCodes {
    owner: UserId,
    issued: Vec<Timestamp>,
    latest: Timestamp,
    challenge: Option<Challenge>,
}

/// Says nothing of the code.
impl std::fmt::Debug for OneTimeCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let waits = if self.challenge.is_some() { "one waits" } else { "none waits" };
        write!(f, "OneTimeCodes(of {}, {waits})", self.owner)
    }
}

/// A reserved attempt with a one-time code.
#[must_use = "the attempt is used up, whether it is judged or not"]
pub struct CodeTicket {
    mark: Mark,
    occasion: Occasion,
    challenge: Challenge,
}

/// What was found out about one attempt, sealed until it is settled.
#[must_use = "nobody knows the answer until it is settled"]
pub struct CodeJudgement {
    ticket: CodeTicket,
    right: bool,
}

impl CodeTicket {
    /// Compares the code in constant time. The judgement is sealed until [`OneTimeCodes::settle`].
    pub fn judge(self, code: &OneTimeCode, key: &CodeKey) -> CodeJudgement {
        let right = key.code(&self.challenge).text().as_bytes().ct_eq(code.text().as_bytes()).into();
        CodeJudgement { ticket: self, right }
    }
}

impl OneTimeCodes {
    /// Of this person, none yet.
    #[must_use]
    pub fn new(owner: UserId, now: Timestamp) -> Self {
        Self { owner, issued: Vec::new(), latest: now, challenge: None }
    }

    /// Whose they are.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.owner
    }

    /// Undoes what a clock left behind that stood in the future, so that codes can be issued again: the code under way is
    /// dead, and every code that was issued then counts as one of today's. So nobody gains a guess by it, and the day's
    /// cap holds; who has reached it waits a day. Says which clock that was; none, with nothing changed, if none did.
    /// Commit, and record who did it.
    pub fn forget_future(&mut self, now: Timestamp) -> Option<ClockBehind> {
        let behind = clock::forward(now, self.latest).err()?;
        self.issued.iter_mut().for_each(|at| *at = now.min(*at));
        (self.latest, self.challenge) = (now, None);
        Some(behind)
    }

    /// Makes a new code for this occasion, which the person asked for at `requested_at`. A code of before is dead from
    /// now on. Commit, then send [`OneTimeCodes::message`].
    ///
    /// # Errors
    /// [`IssueRefused`] at the day's cap, for another person, or when the clock is wrong.
    pub fn issue<R: CryptoRng + ?Sized>(
        &mut self,
        rules: &CodeRules,
        occasion: &Occasion,
        requested_at: Timestamp,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<(), IssueRefused> {
        if occasion.user() != self.owner {
            return Err(IssueRefused::WrongPerson { owner: self.owner, found: occasion.user() });
        }
        let now = clock::forward(now, self.latest)?;
        if requested_at > now {
            return Err(IssueRefused::NotYetRequested { requested_at, now });
        }
        let recent = self.issued.iter().filter(|at| now < clock::later(**at, DAY));
        let recent: Vec<Timestamp> = recent.copied().collect();
        if recent.len() >= usize::from(rules.a_day) {
            let from =
                recent.get(recent.len() - usize::from(rules.a_day)).map_or(now, |at| clock::later(*at, DAY));
            return Err(IssueRefused::TooMany { most: rules.a_day, from });
        }
        // Older ones stay as long as there is room: should the clock turn out to stand in the future, they count again.
        if self.issued.len() >= usize::from(CodeRules::MOST_A_DAY) {
            self.issued.remove(0);
        }
        self.issued.push(now);
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        self.latest = now;
        self.challenge = Some(Challenge {
            occasion: occasion.commitment(),
            nonce,
            requested_at,
            generated_at: now,
            expires_at: clock::later(now, rules.lifetime),
            begun: 0,
            open: Reservations::default(),
        });
        Ok(())
    }

    /// The message with the code, for whoever delivers it, after the commit: the same each time, until it expires.
    ///
    /// # Errors
    /// [`IssueRefused::NoCode`] or [`IssueRefused::Expired`] if there is nothing to be sent any more.
    pub fn message(
        &self,
        key: &CodeKey,
        text: MessageText,
        now: Timestamp,
    ) -> Result<OtpMessage, IssueRefused> {
        let challenge = self.challenge.as_ref().ok_or(IssueRefused::NoCode)?;
        let now = clock::forward(now, self.latest)?;
        if challenge.expires_at <= now {
            return Err(IssueRefused::Expired { at: challenge.expires_at });
        }
        let times = [challenge.requested_at, challenge.generated_at, challenge.expires_at];
        Ok(OtpMessage::new(text, times, key.code(challenge)))
    }

    /// Reserves an attempt. Commit the state by compare-and-swap before you judge.
    ///
    /// # Errors
    /// [`Refused`] if there is no code for this occasion, or its time or tries are used up.
    pub fn begin<R: CryptoRng + ?Sized>(
        &mut self,
        rules: &CodeRules,
        occasion: &Occasion,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<CodeTicket, Refused> {
        let kind = FactorKind::OneTimeCode;
        if occasion.user() != self.owner {
            return Err(Refused::WrongPerson { kind, owner: self.owner, found: occasion.user() });
        }
        let now = clock::forward(now, self.latest)?;
        let challenge = self.challenge.as_mut().ok_or(Refused::NoCode)?;
        if challenge.occasion != occasion.commitment() {
            return Err(Refused::WrongOccasion { kind });
        }
        if challenge.expires_at <= now {
            return Err(Refused::CodeExpired { at: challenge.expires_at });
        }
        if challenge.begun >= rules.tries {
            return Err(Refused::CodeTriesUsed);
        }
        let mark = challenge.open.reserve(rng, now).ok_or(Refused::TooManyAtOnce { kind })?;
        challenge.begun = challenge.begun.saturating_add(1);
        self.latest = now;
        Ok(CodeTicket { mark, occasion: *occasion, challenge: challenge.clone() })
    }

    /// Ends an attempt with the state as it is now, and gives the answer. Commit the state before you tell it: after a
    /// success the code is dead.
    ///
    /// # Errors
    /// [`TicketRefused`] if the attempt counts no more. It does not say whether the code was right, and changes nothing.
    pub fn settle(
        &mut self,
        rules: &CodeRules,
        judgement: &CodeJudgement,
        now: Timestamp,
    ) -> Result<Outcome, TicketRefused> {
        let ticket = &judgement.ticket;
        if ticket.occasion.user() != self.owner {
            return Err(TicketRefused::NotThisFactor);
        }
        let now = clock::forward(now, self.latest)?;
        let same = |challenge: &&mut Challenge| challenge.nonce == ticket.challenge.nonce;
        let challenge = self.challenge.as_mut().filter(same).ok_or(TicketRefused::Superseded)?;
        if challenge.expires_at <= now {
            return Err(TicketRefused::TookTooLong);
        }
        challenge.open.settle(ticket.mark, now)?;
        self.latest = now;
        if judgement.right {
            self.challenge = None;
            return Ok(Outcome::Proved(ProvedFactor::new(FactorKind::OneTimeCode, ticket.occasion, now, 0)));
        }
        Ok(Outcome::Wrong(Wrong { left: rules.tries.saturating_sub(challenge.begun), lock: Lock::Open }))
    }

    /// To be stored; [`OneTimeCodes::from_bytes`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(StateKind::OneTimeCodes);
        writer.array(&self.owner.to_bytes());
        writer.time(self.latest);
        writer.byte(u8::try_from(self.issued.len()).unwrap_or(u8::MAX));
        self.issued.iter().for_each(|at| writer.time(*at));
        writer.byte(u8::from(self.challenge.is_some()));
        if let Some(challenge) = &self.challenge {
            writer.array(&challenge.occasion);
            writer.array(&challenge.nonce);
            writer.time(challenge.requested_at);
            writer.time(challenge.generated_at);
            writer.time(challenge.expires_at);
            writer.byte(challenge.begun);
            challenge.open.write(&mut writer);
        }
        writer.finish()
    }

    /// Reads what [`OneTimeCodes::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StateError`] says what is wrong, and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes, StateKind::OneTimeCodes)?;
        let owner = UserId::from_bytes(reader.array()?);
        let latest = reader.time()?;
        let count = reader.byte()?;
        if count > CodeRules::MOST_A_DAY {
            return Err(reader.fault("more codes than a day can have"));
        }
        let issued = (0..count).map(|_| reader.time()).collect::<Result<_, _>>()?;
        let challenge = match reader.byte()? {
            0 => None,
            1 => Some(Challenge {
                occasion: reader.array()?,
                nonce: reader.array()?,
                requested_at: reader.time()?,
                generated_at: reader.time()?,
                expires_at: reader.time()?,
                begun: reader.byte()?,
                open: Reservations::read(&mut reader)?,
            }),
            _ => return Err(reader.fault("neither a code nor none")),
        };
        reader.end()?;
        Ok(Self { owner, issued, latest, challenge })
    }
}
