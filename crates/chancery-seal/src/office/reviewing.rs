//! Reviews and approvals.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_ledger::{Actor, Commit, Hash, IdempotencyKey, NewEvent, Store, StoredEvent};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Office;
use super::attempt::Earlier;
use super::commit::{Came, Next, Nonce, actor, event_time};
use super::reading::Now;
use crate::case::{Caller, Case, Payment};
use crate::office_error::{OfficeError, Refused, ReviewError};
use crate::permit::Permit;
use crate::request::SealRequest;
use crate::usage::{Asking, UsageEvent, UsageFact};
use crate::violation::Violation;

impl<S: Store + ?Sized> Office<'_, S> {
    /// Reviews a wish to use a seal: looks at everything at once. `chain` is that of the seal's certificate, verified
    /// just now for signing documents.
    ///
    /// # Errors
    /// [`ReviewError::Refused`] lists everything that stands against it; it is recorded before it is answered.
    pub fn review(
        &self,
        request: SealRequest,
        caller: Caller<'_>,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Permit, ReviewError> {
        let case = Case::new(request, caller);
        // A use that was settled has spent its time already; whoever asks again gets the same value.
        let user = self.organisation(|state| case.user(state))?;
        let (payment, reused) = match self.earlier(&case, user)? {
            Earlier::None | Earlier::Open => (Payment::Due, None),
            Earlier::Settled(_) => (Payment::Made, None),
            Earlier::Other => (Payment::Made, Some(Violation::KeyReused { key: case.request.key.clone() })),
        };
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let mut judged = case.judge_paid(payment, now.organisation, now.usage, chain, &self.policy, at);
            if let Some(reused) = &reused {
                let found = judged.err().unwrap_or_default();
                judged = Err(std::iter::once(reused.clone()).chain(found).collect());
            }
            match judged {
                Ok(agreement) => {
                    let seal = now.organisation.seal(case.request.seal);
                    let name = seal.map(|seal| seal.terms().name.clone());
                    Ok(Next::Answer(Ok((agreement, name))))
                }
                Err(violations) => {
                    let commit =
                        self.refusal(&nonce, &case, Asking::Use, &violations, &now, at, chain, rng)?;
                    Ok(Next::of(commit, Err(violations)))
                }
            }
        })?;
        let refused = |violations: Vec<Violation>| ReviewError::Refused(told(violations));
        let Came::Answered(answer) = came else { return Err(OfficeError::Unreadable.into()) };
        let (agreement, name) = answer.map_err(refused)?;
        let seal_name = name.ok_or_else(|| refused(vec![Violation::NoSeal { seal: case.request.seal }]))?;
        let content = case.request.content_digest();
        let content_digest = content.map_err(|fault| refused(vec![Violation::Content(fault)]))?;
        let (tenant, office) = (self.tenant.clone(), self.usage.clone());
        Ok(Permit { case, agreement, seal_name, content_digest, tenant, office, at })
    }

    /// Approves, as a second person with an own right to the seal and own proofs for
    /// [`SealRequest::occasion`], that `user` sets this seal on exactly these bytes. For one use, within a day.
    ///
    /// # Errors
    /// [`ReviewError::Refused`] lists everything that stands against it; it is recorded before it is answered.
    pub fn approve(
        &self,
        request: SealRequest,
        user: UserId,
        approver: Caller<'_>,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ReviewError> {
        let case = Case::new(request, approver);
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            match case.judge_approval(now.organisation, now.usage, &self.policy, user, at) {
                Ok(by) => {
                    let mut details = case.details(now.organisation, chain.certificate());
                    details.user = Some(user);
                    let fact = UsageFact::Approved { details, by };
                    let event = UsageEvent { at: event_time(&now, at).max(now.organisation.latest()), fact };
                    let key = (
                        self.ledger_key("approval", &nonce.name())?,
                        Hash::of(b"approval"),
                        nonce.result(&[]),
                    );
                    let commit = self.usage_commit(&actor(Some(by))?, &event, &now, key, rng)?;
                    let commit = commit.append(&self.organisation, now.organisation_version, []);
                    Ok(Next::Commit(Box::new(commit), Ok(())))
                }
                Err(violations) => {
                    let commit =
                        self.refusal(&nonce, &case, Asking::Approval, &violations, &now, at, chain, rng)?;
                    Ok(Next::of(commit, Err(violations)))
                }
            }
        })?;
        match came {
            Came::Answered(Ok(())) => Ok(()),
            Came::Answered(Err(violations)) => Err(ReviewError::Refused(told(violations))),
            Came::Before(_) => Err(OfficeError::Unreadable.into()), // the key has 128 random bits
        }
    }

    /// The record of a refusal, at the time that was claimed, in the commit that bears this nonce. Of a stranger whose
    /// token nobody knows it goes aside, where it is in nobody's way, and only so many are kept.
    #[allow(
        clippy::too_many_arguments,
        reason = "one record, from two places; each is another kind of thing"
    )]
    pub(super) fn refusal(
        &self,
        nonce: &Nonce,
        case: &Case,
        asking: Asking,
        violations: &[Violation],
        now: &Now<'_>,
        at: Timestamp,
        chain: &VerifiedChain,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<Box<Commit>>, OfficeError> {
        let details = case.details(now.organisation, chain.certificate());
        let fact = UsageFact::Refused { asking, details, violations: violations.to_vec() };
        // The time that was claimed: a refusal does not carry the log's time along.
        let event = UsageEvent { at, fact };
        let key = (self.ledger_key("refusal", &nonce.name())?, Hash::of(b"refusal"), nonce.result(&[]));
        match case.user(now.organisation) {
            Some(user) => self.usage_commit(&actor(Some(user))?, &event, now, key, rng).map(Some),
            None => self.stranger(&event, key, rng),
        }
    }

    fn stranger(
        &self,
        event: &UsageEvent,
        key: (IdempotencyKey, Hash, Vec<u8>),
        rng: &mut impl CryptoRng,
    ) -> Result<Option<Box<Commit>>, OfficeError> {
        let version = self.store.head(&self.tenant, &self.strangers)?.version;
        if version.0 >= MOST_STRANGERS {
            return Ok(None);
        }
        let new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
        let actor = Actor::new("unknown-token")?;
        let commit = Commit::new(&self.tenant, &actor, event.at, rng).append(&self.strangers, version, [new]);
        Ok(Some(Box::new(commit.key(key.0, key.1, key.2))))
    }
}

/// Refusals of tokens that nobody knows: enough to see an attack, and no way to fill a disk.
const MOST_STRANGERS: u64 = 100_000;

/// What is told of a refusal. The record has all; a stranger learns nothing about the organisation.
pub(super) fn told(mut violations: Vec<Violation>) -> Refused {
    let strange = |violation: &Violation| {
        matches!(violation, Violation::TokenUnknown | Violation::NoMember { .. } | Violation::PermitOfOther)
    };
    if let Some(place) = violations.iter().position(strange) {
        violations = vec![violations.swap_remove(place)];
    }
    Refused { violations }
}
