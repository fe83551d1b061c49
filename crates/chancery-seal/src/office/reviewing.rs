//! Reviews and approvals.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_ledger::{Actor, AsyncStore, Hash};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::attempt::Earlier;
use super::commit::{Aside, Came, Draft, Key, Next, Nonce, event_time, to_new};
use super::reading::Now;
use super::{Books, Work};
use crate::case::{Case, Payment};
use crate::office_error::{self, OfficeError, ReviewError};
use crate::permit::Permit;
use crate::usage::{Asking, UsageEvent, UsageFact};
use crate::violation::Violation;

/// What is refused, and why.
#[derive(Copy, Clone)]
pub(super) struct Refused<'r> {
    pub(super) case: &'r Case,
    pub(super) asking: Asking,
    pub(super) violations: &'r [Violation],
    pub(super) chain: &'r VerifiedChain,
    pub(super) at: Timestamp,
}

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    pub(super) async fn review(
        &self,
        case: Case,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Permit, ReviewError> {
        let mut payment = Payment::Due;
        let mut against = Vec::new();
        if let Some(attempted) = self.attempted(&case.request.key).await? {
            let user = self.look(|now| case.user(now.organisation)).await?;
            match self.earlier_of(&attempted, &case, user).await? {
                Earlier::None | Earlier::Open => {}
                // A use that was settled has spent its time already; whoever asks again gets the same value.
                Earlier::Settled(_) => payment = Payment::Made,
                Earlier::Other => {
                    payment = Payment::Made;
                    against.push(Violation::KeyReused { key: case.request.key.clone() });
                }
            }
        }
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let mut violations = against.clone();
            match case.judge_paid(payment, now.organisation, now.usage, chain, &self.books.policy, at) {
                Ok(agreement) if violations.is_empty() => {
                    let seal = now.organisation.seal(case.request.seal);
                    let name = seal.map(|seal| seal.terms().name.clone());
                    return Ok(Next::Answer(Ok((agreement, name))));
                }
                Ok(_) => {}
                Err(found) => violations.extend(found),
            }
            let refused = Refused { case: &case, asking: Asking::Use, violations: &violations, chain, at };
            Ok(self.books.refusal(refused, &nonce, &now, rng)?.then(Err(violations)))
        });
        let refused = |violations: Vec<Violation>| ReviewError::Refused(told(violations));
        let Came::Answered(answer) = came.await? else { return Err(OfficeError::Unreadable.into()) };
        let (agreement, name) = answer.map_err(refused)?;
        let seal_name = name.ok_or_else(|| refused(vec![Violation::NoSeal { seal: case.request.seal }]))?;
        let content = case.request.content_digest();
        let content_digest = content.map_err(|fault| refused(vec![Violation::Content(fault)]))?;
        let (tenant, office) = (self.books.tenant.clone(), self.books.usage.clone());
        Ok(Permit { case, agreement, seal_name, content_digest, tenant, office, at })
    }

    pub(super) async fn approve(
        &self,
        case: Case,
        user: UserId,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ReviewError> {
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            match case.judge_approval(now.organisation, now.usage, &self.books.policy, user, at) {
                Ok(by) => {
                    let mut details = case.details(now.organisation, chain.certificate());
                    details.user = Some(user);
                    let fact = UsageFact::Approved { details, by };
                    let event = UsageEvent { at: event_time(&now, at).max(now.organisation.latest()), fact };
                    let key = self.books.ledger_key("approval", &nonce.name())?;
                    let key = Key { key, command: Hash::of(b"approval"), result: nonce.result(&[]) };
                    let draft = self.books.draft_use(Some(by), &now, event, key, rng)?;
                    Ok(draft.organisation(self.books, Vec::new())?.then(Ok(())))
                }
                Err(violations) => {
                    let asking = Asking::Approval;
                    let refused = Refused { case: &case, asking, violations: &violations, chain, at };
                    Ok(self.books.refusal(refused, &nonce, &now, rng)?.then(Err(violations)))
                }
            }
        });
        match came.await? {
            Came::Answered(Ok(())) => Ok(()),
            Came::Answered(Err(violations)) => Err(ReviewError::Refused(told(violations))),
            Came::Before(_) => Err(OfficeError::Unreadable.into()), // the key has 128 random bits
        }
    }
}

impl Books {
    /// The record of a refusal, at the time that was claimed, in the commit that bears this nonce. Of a stranger whose
    /// token nobody knows it goes aside, where it is in nobody's way, and only so many are kept; so it does of whoever
    /// goes on without being a member, or with a dead token.
    pub(super) fn refusal(
        &self,
        Refused { case, asking, violations, chain, at }: Refused<'_>,
        nonce: &Nonce,
        now: &Now<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Draft, OfficeError> {
        let details = case.details(now.organisation, chain.certificate());
        let fact = UsageFact::Refused { asking, details, violations: violations.to_vec() };
        // The time that was claimed: a refusal does not carry the log's time along.
        let event = UsageEvent { at, fact };
        let key = self.ledger_key("refusal", &nonce.name())?;
        let key = Key { key, command: Hash::of(b"refusal"), result: nonce.result(&[]) };
        let is_stranger = violations.iter().any(Violation::is_of_stranger);
        let goes_on =
            |user: &UserId| is_stranger && now.usage.refusals_of_stranger(*user) >= MOST_OF_A_STRANGER;
        match case.user(now.organisation).filter(|user| !goes_on(user)) {
            Some(user) => self.draft_use(Some(user), now, event, key, rng),
            None => {
                let events = vec![to_new(&event)?];
                let aside = Aside { stream: self.strangers.clone(), events, most: MOST_STRANGERS };
                Ok(self.draft_of(&Actor::new("unknown-token")?, now, at, key, rng).aside(aside))
            }
        }
    }
}

/// Refusals of tokens that nobody knows: enough to see an attack, and no way to fill a disk.
const MOST_STRANGERS: u64 = 100_000;

/// Refusals that the usage log holds of one person who is no member (any more), or of that person's dead tokens: the
/// administrator sees who tried, and who lost a token, and neither fills the log.
const MOST_OF_A_STRANGER: u64 = 1000;

/// What is told of a refusal. The record has all; a stranger learns nothing about the organisation.
pub(super) fn told(mut violations: Vec<Violation>) -> office_error::Refused {
    let strange = |violation: &Violation| {
        matches!(violation, Violation::TokenUnknown | Violation::NoMember { .. } | Violation::PermitOfOther)
    };
    if let Some(place) = violations.iter().position(strange) {
        violations = vec![violations.swap_remove(place)];
    }
    office_error::Refused { violations }
}
