//! An attempt that the ledger holds.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_ledger::{AsyncStore, Hash, Request};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::commit::{Came, Key, Next, Nonce, event_time};
use super::reading::Now;
use super::reviewing::{Refused, told};
use super::sealed::KeptOutcome;
use super::{Books, Repetition, Sealed, Work};
use crate::case::Case;
use crate::clock;
use crate::key::SealKey;
use crate::office_error::{OfficeError, SealError};
use crate::permit::Permit;
use crate::request::{SealRequest, Subject};
use crate::text::UseKey;
use crate::usage::{self, Asking, Doubt, UsageEvent, UsageFact, UseDetails};
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

/// With what a permit is used, and when.
#[derive(Copy, Clone)]
pub(super) struct Using<'u> {
    pub(super) permit: &'u Permit,
    pub(super) key: &'u SealKey,
    pub(super) chain: &'u VerifiedChain,
    pub(super) at: Timestamp,
}

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    /// Judges everything again, and commits the attempt together with the version of the organisation on which it rests:
    /// a right that ends in between makes the commit conflict, and then refuses.
    pub(super) async fn attempt<'u>(
        &self,
        using: Using<'u>,
        rng: &mut impl CryptoRng,
    ) -> Result<Attempt<'u>, SealError> {
        let Using { permit, chain, at, .. } = using;
        let (case, request) = (&permit.case, &permit.case.request);
        let user = permit.agreement.user;
        let subject = case.subject(user);
        let command = command_of(&subject);
        let mut against = Vec::new();
        match self.earlier(case, user).await? {
            Earlier::None | Earlier::Open => {}
            Earlier::Settled(outcome) => {
                return outcome
                    .into_sealed(self.books, &request.key, user, Repetition::Again)
                    .map(Attempt::Was);
            }
            Earlier::Other => against.push(Violation::KeyReused { key: request.key.clone() }),
        }
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let mut tries = 1;
            if let Some(open) = now.usage.open_use(&request.key).filter(|open| open.subject.is(&subject)) {
                match open.doubt {
                    Doubt::UnderWay => return Ok(Next::Answer(Told::UnderWay { since: open.at })),
                    Doubt::Unknown => tries = open.tries.saturating_add(1),
                }
            }
            match self.books.judge_again(using, &now, &against) {
                Ok(fact) => {
                    let at = event_time(&now, at).max(now.organisation.latest());
                    let event = UsageEvent { at, fact: fact(tries) };
                    let key = self.books.ledger_key("attempt", &format!("{tries}/{}", request.key))?;
                    let key = Key { key, command, result: nonce.result(&[]) };
                    let draft = self.books.draft_use(Some(user), &now, event, key, rng)?;
                    Ok(draft.organisation(self.books, Vec::new())?.then(Told::Attempted { tries }))
                }
                Err(violations) => {
                    let refused = Refused { case, asking: Asking::Use, violations: &violations, chain, at };
                    let draft = self.books.refusal(refused, &nonce, &now, rng)?;
                    Ok(draft.then(Told::Refused(violations)))
                }
            }
        });
        match came.await? {
            Came::Answered(Told::Attempted { tries }) => Ok(Attempt::Go(CommittedAttempt { request, tries })),
            Came::Answered(Told::Refused(violations)) => Err(SealError::Refused(told(violations))),
            Came::Answered(Told::UnderWay { since }) => {
                Err(SealError::UnderWay { key: request.key.clone(), since })
            }
            // Somebody else was faster with the very same use.
            Came::Before(_) => match self.earlier(case, user).await? {
                Earlier::Settled(outcome) => {
                    outcome.into_sealed(self.books, &request.key, user, Repetition::Again).map(Attempt::Was)
                }
                Earlier::None | Earlier::Open | Earlier::Other => {
                    Err(SealError::UnderWay { key: request.key.clone(), since: at })
                }
            },
        }
    }

    /// The first attempt under the key of a use.
    pub(super) async fn attempted(&self, key: &UseKey) -> Result<Option<Request>, OfficeError> {
        self.kept(&self.books.ledger_key("attempt", &format!("1/{key}"))?).await
    }

    /// What happened before under the key of a use.
    async fn earlier(&self, case: &Case, user: UserId) -> Result<Earlier, OfficeError> {
        match self.attempted(&case.request.key).await? {
            None => Ok(Earlier::None),
            Some(attempted) => self.earlier_of(&attempted, case, Some(user)).await,
        }
    }

    /// What came of that attempt, if it was for the same.
    pub(super) async fn earlier_of(
        &self,
        attempted: &Request,
        case: &Case,
        user: Option<UserId>,
    ) -> Result<Earlier, OfficeError> {
        if user.map(|user| command_of(&case.subject(user))) != Some(attempted.command) {
            return Ok(Earlier::Other);
        }
        // The key of the ledger is for all but the words; as long as they stand, they must be the same too.
        let page = self.store.since(&self.books.tenant, attempted.first, 1).await?;
        let said = page.first().map(usage::read).transpose()?.ok_or(OfficeError::Unreadable)?;
        let before = said.fact.details().and_then(UseDetails::subject);
        if !user.zip(before).is_some_and(|(user, before)| before.is(&case.subject(user))) {
            return Ok(Earlier::Other);
        }
        Ok(match self.outcome_of(&case.request.key).await? {
            None => Earlier::Open,
            Some(outcome) => Earlier::Settled(outcome),
        })
    }
}

impl Books {
    /// The fact to be recorded, but for the number of the try; or everything that stands against it now.
    fn judge_again(
        &self,
        Using { permit, key, chain, at }: Using<'_>,
        now: &Now<'_>,
        against: &[Violation],
    ) -> Result<impl FnOnce(u32) -> UsageFact + use<>, Vec<Violation>> {
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
    let parts = [&b"chancery seal use v1"[..], &subject.user.to_bytes(), subject.asked.as_bytes()];
    Hash::of(&parts.concat())
}
