//! Controlled sessions: all components at the first signing, at least one of the owner's own at the next
//! (21 CFR 11.200(a)(1)).

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::bytes::{Reader, StateKind, Writer};
use crate::clock;
use crate::error::{NotMet, RuleFault, SessionEnd, StateError};
use crate::kind::{FactorKind, KindSet};
use crate::occasion::Occasion;
use crate::proof::ProvedFactor;
use crate::purpose::Purpose;
use crate::requirements::Authorized;
use crate::session_act::{SessionAct, SessionMark, SessionPlace};
use crate::session_rules::SessionRules;
use crate::user::UserId;

/// The device (or the browser's session) that a person signs at, known by a token that only it has. Kept as a hash.
#[derive(Clone, Copy)]
pub struct Device([u8; 32]);

impl Device {
    /// Known by this token: a session cookie, the id of a passkey, the digest of a client certificate.
    ///
    /// # Errors
    /// [`RuleFault`] below 16 bytes, which could be guessed, or above 64 KiB.
    pub fn known_by(token: &[u8]) -> Result<Self, RuleFault> {
        if !(16..=65_536).contains(&token.len()) {
            return Err(RuleFault("a device is known by a token of 16 bytes or more"));
        }
        let mut hash = Sha256::new();
        hash.update(b"chancery-auth device v1");
        hash.update(token);
        Ok(Self(hash.finalize().into()))
    }
}

impl PartialEq for Device {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// One continuous period in which one person signs at one device. Opened by a first signing with all components; each
/// later signing proves at least one that only its owner can use, for those very documents. It ends by idleness, with
/// another device or person, when a factor is set anew, when the clock is set back; once ended it stays so.
///
/// Commit it after every call, also one that was refused: an end must not be forgotten. Where the act itself is decided
/// elsewhere, open the session with an act that came about: what was proved for one that was refused opens none.
#[derive(Clone, PartialEq)]
pub struct ControlledSession {
    user: UserId,
    device: Device,
    mark: SessionMark,
    opened_with: KindSet,
    started: Timestamp,
    latest: Timestamp,
    /// Which secret of each kind was proved in it; 0 for none.
    generations: [u64; FactorKind::ALL.len()],
    ended: Option<SessionEnd>,
}

impl std::fmt::Debug for ControlledSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ControlledSession(of {} since {}, ended: {:?})", self.user, self.started, self.ended)
    }
}

impl ControlledSession {
    /// The first signing, with all components, opens the session. The proofs bear it from then on.
    ///
    /// # Errors
    /// [`NotMet`] says what is missing.
    pub fn open(
        rules: &SessionRules,
        device: &Device,
        act: &Occasion,
        proofs: &mut [ProvedFactor],
        now: Timestamp,
    ) -> Result<(Self, Authorized), NotMet> {
        is_act(act)?;
        let authorized = Authorized::judge(&rules.first, rules.fresh_for, act, proofs, now)?;
        let generations = [0; FactorKind::ALL.len()];
        let (user, device, opened_with) = (act.user(), *device, authorized.kinds());
        let mark = mark(&device, act, now);
        let (started, latest, ended) = (now, now, None);
        let mut session = Self { user, device, mark, opened_with, started, latest, generations, ended };
        session.compare_generations(proofs)?;
        session.bear(proofs, SessionPlace::First, now);
        Ok((session, authorized))
    }

    /// The proofs say from now on that they were given in this session.
    fn bear(&self, proofs: &mut [ProvedFactor], place: SessionPlace, at: Timestamp) {
        let (mark, opened_with, since, before) = (self.mark, self.opened_with, self.started, self.latest);
        let session = SessionAct { mark, place, opened_with, since, before, at };
        proofs.iter_mut().for_each(|proof| proof.within(session));
    }

    /// A later signing, with at least one component that only the owner can use. The proofs bear the session from then on.
    ///
    /// # Errors
    /// [`NotMet::SessionEnded`] if the session is over, by this call or before; else what is missing. Commit the session
    /// in any case.
    pub fn act(
        &mut self,
        rules: &SessionRules,
        device: &Device,
        act: &Occasion,
        proofs: &mut [ProvedFactor],
        now: Timestamp,
    ) -> Result<Authorized, NotMet> {
        is_act(act)?;
        let now = self.check(rules, act.user(), device, now)?;
        self.compare_generations(proofs)?;
        let authorized = Authorized::judge(&rules.later, rules.fresh_for, act, proofs, now)?;
        self.bear(proofs, SessionPlace::Later, now);
        self.latest = now;
        Ok(authorized)
    }

    /// Ends it.
    pub fn close(&mut self) {
        self.ended.get_or_insert(SessionEnd::Closed);
    }

    /// Ends it because a factor of the person was set anew or withdrawn: to be called in the same commit.
    pub fn factor_changed(&mut self) {
        self.ended.get_or_insert(SessionEnd::FactorChanged);
    }

    /// Which session it is, for the record.
    #[must_use]
    pub fn mark(&self) -> SessionMark {
        self.mark
    }

    /// Why it ended, if it did. Idleness shows only when it is used.
    #[must_use]
    pub fn ended(&self) -> Option<SessionEnd> {
        self.ended
    }

    /// Whose it is.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// From when on it is over at the latest, if nothing is signed before: for the deadline in the store.
    #[must_use]
    pub fn ends_at(&self, rules: &SessionRules) -> Timestamp {
        clock::later(self.latest, rules.idle).min(clock::later(self.started, rules.longest))
    }

    /// The time that counts, or the end.
    fn check(
        &mut self,
        rules: &SessionRules,
        user: UserId,
        device: &Device,
        now: Timestamp,
    ) -> Result<Timestamp, SessionEnd> {
        if let Some(end) = self.ended {
            return Err(end);
        }
        let end = match clock::forward(now, self.latest) {
            _ if user != self.user => SessionEnd::OtherPerson,
            _ if *device != self.device => SessionEnd::OtherDevice,
            Err(_) => SessionEnd::ClockBehind,
            Ok(now) if now >= clock::later(self.started, rules.longest) => SessionEnd::TooLong,
            Ok(now) if now >= clock::later(self.latest, rules.idle) => SessionEnd::Idle,
            Ok(now) => return Ok(now),
        };
        self.ended = Some(end);
        Err(end)
    }

    /// A secret that is not the one proved before in this session was set meanwhile.
    fn compare_generations(&mut self, proofs: &[ProvedFactor]) -> Result<(), SessionEnd> {
        for proof in proofs.iter().filter(|proof| proof.generation() != 0 && proof.user() == self.user) {
            let Some(known) = self.generations.get_mut(usize::from(proof.kind().number())) else { continue };
            if *known != 0 && *known != proof.generation() {
                self.ended = Some(SessionEnd::FactorChanged);
                return Err(SessionEnd::FactorChanged);
            }
            *known = proof.generation();
        }
        Ok(())
    }

    /// To be stored; [`ControlledSession::from_bytes`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(StateKind::Session);
        writer.array(&self.user.to_bytes());
        writer.array(&self.device.0);
        writer.array(&self.mark.0);
        writer.byte(self.opened_with.bits());
        writer.time(self.started);
        writer.time(self.latest);
        self.generations.iter().for_each(|generation| writer.number(*generation));
        writer.byte(match self.ended {
            None => 0,
            Some(SessionEnd::Idle) => 1,
            Some(SessionEnd::TooLong) => 2,
            Some(SessionEnd::OtherDevice) => 3,
            Some(SessionEnd::OtherPerson) => 4,
            Some(SessionEnd::ClockBehind) => 5,
            Some(SessionEnd::FactorChanged) => 6,
            Some(SessionEnd::Closed) => 7,
        });
        writer.finish()
    }

    /// Reads what [`ControlledSession::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StateError`] says what is wrong, and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes, StateKind::Session)?;
        let user = UserId::from_bytes(reader.array()?);
        let device = Device(reader.array()?);
        let mark = SessionMark(reader.array()?);
        let opened_with =
            KindSet::from_bits(reader.byte()?).ok_or_else(|| reader.fault("an unknown kind of factor"))?;
        let (started, latest) = (reader.time()?, reader.time()?);
        let mut generations = [0; FactorKind::ALL.len()];
        for generation in &mut generations {
            *generation = reader.number()?;
        }
        let ended = match reader.byte()? {
            0 => None,
            1 => Some(SessionEnd::Idle),
            2 => Some(SessionEnd::TooLong),
            3 => Some(SessionEnd::OtherDevice),
            4 => Some(SessionEnd::OtherPerson),
            5 => Some(SessionEnd::ClockBehind),
            6 => Some(SessionEnd::FactorChanged),
            7 => Some(SessionEnd::Closed),
            _ => return Err(reader.fault("an unknown end")),
        };
        if latest < started {
            return Err(reader.fault("used before it started"));
        }
        reader.end()?;
        Ok(Self { user, device, mark, opened_with, started, latest, generations, ended })
    }
}

/// No two sessions have the same, unless one person opens both at one device in the same moment for the same act.
fn mark(device: &Device, act: &Occasion, now: Timestamp) -> SessionMark {
    let mut hash = Sha256::new();
    hash.update(b"chancery-auth session v1");
    hash.update(device.0);
    hash.update(act.commitment()); // person and documents
    hash.update(now.as_second().to_be_bytes());
    hash.update(now.subsec_nanosecond().to_be_bytes());
    SessionMark(hash.finalize().into())
}

fn is_act(occasion: &Occasion) -> Result<(), NotMet> {
    match occasion.purpose() {
        Purpose::Act => Ok(()),
        other => Err(NotMet::WrongPurpose(other)),
    }
}
