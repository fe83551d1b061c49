//! An attempt that the ledger holds.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_ledger::{Commit, Hash, NewEvent, Store, StoredEvent};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::commit::{Came, Next, Nonce, actor};
use super::reading::Now;
use super::reviewing::told;
use super::sealed::KeptOutcome;
use super::{Office, Repetition, Sealed};
use crate::case::Case;
use crate::clock;
use crate::key::SealKey;
use crate::office_error::{OfficeError, SealError};
use crate::permit::Permit;
use crate::request::{SealRequest, Subject};
use crate::usage::{Asking, Doubt, UsageEvent, UsageFact};
use crate::violation::Violation;

/// An attempt that the ledger holds. Made here, where its commit has returned, and nowhere else: only with one does a
/// [`SealKey`] sign.
pub(crate) struct CommittedAttempt<'r> {
    request: &'r SealRequest,
    tries: u32,
}

impl<'r> CommittedAttempt<'r> {
    pub(crate) const fn request(&self) -> &'r SealRequest {
        self.request
    }

    /// The how manieth try under its key, from 1.
    pub(crate) const fn tries(&self) -> u32 {
        self.tries
    }
}

/// What comes of asking for an attempt.
pub(super) enum Attempt<'r> {
    /// The key may be used now.
    Go(CommittedAttempt<'r>),
    /// It was sealed before, under the same key of the use.
    Was(Sealed),
}

/// What happened before under the key of a use.
pub(super) enum Earlier {
    /// Nothing.
    None,
    /// The same was attempted, and has no outcome yet.
    Open,
    /// The same was settled.
    Settled(KeptOutcome),
    /// Something else was attempted: another seal, person, or other bytes.
    Other,
}

enum Told {
    Attempted { tries: u32 },
    Refused(Vec<Violation>),
    UnderWay { since: Timestamp },
}

impl<S: Store + ?Sized> Office<'_, S> {
    /// Judges everything again, and commits the attempt together with the version of the organisation on which it rests:
    /// a right that ends in between makes the commit conflict, and then refuses.
    pub(super) fn attempt<'p>(
        &self,
        permit: &'p Permit,
        key: &SealKey,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Attempt<'p>, SealError> {
        let request = &permit.case.request;
        let user = permit.agreement.user;
        let command = command_of(&permit.case.subject(user));
        let mut against = Vec::new();
        match self.earlier(&permit.case, Some(user))? {
            Earlier::None | Earlier::Open => {}
            Earlier::Settled(outcome) => {
                return outcome.into_sealed(self, &request.key, user, Repetition::Again).map(Attempt::Was);
            }
            Earlier::Other => against.push(Violation::KeyReused { key: request.key.clone() }),
        }
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let mut tries = 1;
            let same =
                now.usage.open_use(&request.key).filter(|open| open.subject == permit.case.subject(user));
            if let Some(open) = same {
                match open.doubt {
                    Doubt::UnderWay => return Ok(Next::Answer(Told::UnderWay { since: open.at })),
                    Doubt::Unknown => tries = open.tries.saturating_add(1),
                }
            }
            match self.judge_again(permit, key, chain, &now, at, &against) {
                Ok(fact) => {
                    let at = super::commit::event_time(&now, at).max(now.organisation.latest());
                    let event = UsageEvent { at, fact: fact(tries) };
                    let new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
                    let ledger_key = self.ledger_key("attempt", &format!("{tries}/{}", request.key))?;
                    let commit = Commit::new(&self.tenant, &actor(Some(user))?, at, rng)
                        // Without events: it only has to be as it was when it was judged.
                        .append(&self.organisation, now.organisation_version, [])
                        .append(&self.usage, now.usage_version, [new])
                        .key(ledger_key, command, nonce.result(&[]));
                    Ok(Next::Commit(Box::new(commit), Told::Attempted { tries }))
                }
                Err(violations) => {
                    let case = &permit.case;
                    let commit =
                        self.refusal(&nonce, case, Asking::Use, &violations, &now, at, chain, rng)?;
                    Ok(Next::of(commit, Told::Refused(violations)))
                }
            }
        });
        match came? {
            Came::Answered(Told::Attempted { tries }) => Ok(Attempt::Go(CommittedAttempt { request, tries })),
            Came::Answered(Told::Refused(violations)) => Err(SealError::Refused(told(violations))),
            Came::Answered(Told::UnderWay { since }) => {
                Err(SealError::UnderWay { key: request.key.clone(), since })
            }
            // Somebody else was faster with the very same use.
            Came::Before(_) => match self.earlier(&permit.case, Some(user))? {
                Earlier::Settled(outcome) => {
                    outcome.into_sealed(self, &request.key, user, Repetition::Again).map(Attempt::Was)
                }
                Earlier::None | Earlier::Open | Earlier::Other => {
                    Err(SealError::UnderWay { key: request.key.clone(), since: at })
                }
            },
        }
    }

    /// What happened before under the key of a use.
    pub(super) fn earlier(&self, case: &Case, user: Option<UserId>) -> Result<Earlier, OfficeError> {
        let request = &case.request;
        let first = self.ledger_key("attempt", &format!("1/{}", request.key))?;
        let Some(attempted) = self.kept(&first)? else { return Ok(Earlier::None) };
        if user.map(|user| command_of(&case.subject(user))) != Some(attempted.command) {
            return Ok(Earlier::Other);
        }
        Ok(match self.outcome_of(&request.key)? {
            None => Earlier::Open,
            Some(outcome) => Earlier::Settled(outcome),
        })
    }

    /// The fact to be recorded, but for the number of the try; or everything that stands against it now.
    fn judge_again(
        &self,
        permit: &Permit,
        key: &SealKey,
        chain: &VerifiedChain,
        now: &Now<'_>,
        at: Timestamp,
        against: &[Violation],
    ) -> Result<impl FnOnce(u32) -> UsageFact + use<S>, Vec<Violation>> {
        let mut found = against.to_vec();
        let case = &permit.case;
        if permit.tenant != self.tenant || permit.office != self.usage {
            found.push(Violation::PermitOfOther);
        }
        if !clock::is_fresh(permit.at, self.policy.permit_age, at) {
            found.push(Violation::PermitOver { at: permit.at });
        }
        let same_key = key.chain().first().is_some_and(|certificate| certificate == chain.certificate());
        if !same_key || key.algorithm() != case.request.to_be_signed.algorithm() {
            found.push(Violation::OtherKey);
        }
        match case.judge(now.organisation, now.usage, chain, &self.policy, at) {
            Err(violations) => found.extend(violations),
            Ok(agreement) => {
                let grant = now.organisation.grant(agreement.grant);
                match (grant, found.is_empty()) {
                    (Some(grant), true) => {
                        let details = case.details(now.organisation, chain.certificate());
                        let (grant, window) = (grant.id(), grant.terms().window);
                        let approved_by = agreement.approved_by;
                        return Ok(move |tries| UsageFact::Attempted {
                            details,
                            tries,
                            grant,
                            window,
                            approved_by,
                        });
                    }
                    (None, true) => found.push(Violation::NoGrant),
                    (Some(_) | None, false) => {}
                }
            }
        }
        Err(found)
    }
}

/// What a key of a use is for: everything that is asked, and by whom.
fn command_of(subject: &Subject) -> Hash {
    let parts = [&b"chancery seal use v1"[..], &subject.user.to_bytes(), subject.wish.as_bytes()];
    Hash::of(&parts.concat())
}
