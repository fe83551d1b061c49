//! A use of a seal, judged: a pure function of what is asked, of what was recorded, and of the time.

use chancery_auth::{FactorKind, ProvedFactor, UserId};
use chancery_certificate::Certificate;
use chancery_chain::VerifiedChain;
use chancery_ledger::Hash;
use jiff::Timestamp;

use crate::chain;
use crate::clock;
use crate::condition::Condition;
use crate::grant::{Grant, GrantState};
use crate::id::{GrantId, TokenId};
use crate::mailbox::Domain;
use crate::organisation::{OrganisationState, Person};
use crate::policy::SealPolicy;
use crate::position::{Act, Demanded, Standing};
use crate::request::{SealRequest, Subject};
use crate::seal::{Seal, SealState};
use crate::token::{ApiToken, TokenHash};
use crate::usage::{UsageState, UseDetails, UseWords};
use crate::violation::Violation;

/// Who wants to use a seal.
#[derive(Copy, Clone, Debug)]
pub enum Caller<'c> {
    /// A person, with the approval code and another factor proved for [`SealRequest::occasion`].
    Person {
        /// Who.
        user: UserId,
        /// What the person has proved.
        proofs: &'c [ProvedFactor],
    },
    /// A program, with the personal token of a member who has set the approval code.
    Token(&'c ApiToken),
}

/// What is remembered of a proof: it counts for one occasion, which is compared here, so it is not kept for others.
#[derive(Clone, Debug)]
struct SeenProof {
    kind: FactorKind,
    at: Timestamp,
    generation: u64,
    fits: Fit,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Fit {
    ThisUse,
    SomethingElse,
}

#[derive(Clone, Debug)]
enum By {
    Person { user: UserId, proofs: Vec<SeenProof> },
    Token(TokenHash),
}

/// A wish to use a seal together with who has it. Judging one needs no store and records nothing; an
/// [`Office`](crate::Office) judges, records, and gives permits.
#[derive(Debug)]
pub struct Case {
    pub(crate) request: SealRequest,
    asked: Hash,
    wish: Hash,
    by: By,
}

/// Whether a use spends one of the prepaid times.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Payment {
    /// It does.
    Due,
    /// It was settled before under the same key: whoever asks again gets what was given then.
    Made,
}

/// What the rules agreed to. Says who and by which right; it permits nothing.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Agreement {
    /// Who uses the seal.
    pub user: UserId,
    /// By which token, if it is a program that asks.
    pub token: Option<TokenId>,
    /// By which grant.
    pub grant: GrantId,
    /// Who approved, where the grant asks for a second person.
    pub approved_by: Option<UserId>,
}

impl Case {
    /// This wish, of this caller.
    #[must_use]
    pub fn new(request: SealRequest, caller: Caller<'_>) -> Self {
        let by = match caller {
            Caller::Person { user, proofs } => By::Person { user, proofs: seen(&request, user, proofs) },
            Caller::Token(token) => By::Token(token.hash()),
        };
        let asked = request.wordless();
        let wish = request.wish_of(asked);
        Self { request, asked, wish, by }
    }

    /// What this is when that person asks for it.
    pub(crate) const fn subject(&self, user: UserId) -> Subject {
        Subject { user, asked: self.asked, wish: Some(self.wish) }
    }

    /// Judges it by what was recorded, at this time. `chain` is that of the seal's certificate, verified just now.
    ///
    /// # Errors
    /// Everything that stands against it, at once.
    pub fn judge(
        &self,
        organisation: &OrganisationState,
        usage: &UsageState,
        chain: &VerifiedChain,
        policy: &SealPolicy,
        now: Timestamp,
    ) -> Result<Agreement, Vec<Violation>> {
        self.judge_paid(Payment::Due, organisation, usage, chain, policy, now)
    }

    pub(crate) fn judge_paid(
        &self,
        payment: Payment,
        organisation: &OrganisationState,
        usage: &UsageState,
        chain: &VerifiedChain,
        policy: &SealPolicy,
        now: Timestamp,
    ) -> Result<Agreement, Vec<Violation>> {
        let mut found = Vec::new();
        let latest = organisation.latest().max(usage.latest());
        let now = clock::forward(now, latest).unwrap_or_else(|| {
            found.push(Violation::ClockBehind { now, latest });
            latest
        });
        let view = View { organisation, usage, policy, now, request: &self.request, case: self, payment };
        view.organisation_stands(&mut found);
        let (user, token) = view.caller(&self.by, &mut found);
        let person = user.and_then(|user| view.person(user, Act::UseSeal, &mut found));
        match (&self.by, person) {
            (By::Person { proofs, .. }, Some(person)) => proved(person, proofs, policy, now, &mut found),
            (By::Token(_), Some(person)) if person.code_generation() == 0 => {
                found.push(Violation::SetupRequired);
            }
            (By::Person { .. } | By::Token(_), _) => {}
        }
        let seal = view.seal(user, &mut found);
        let granted = match (seal, user) {
            (Some(seal), Some(user)) => view.granted(seal, user, &mut found),
            (Some(_) | None, _) => None,
        };
        if let Some(seal) = seal {
            view.certificate(seal, chain.certificate(), &mut found);
        }
        found.extend(chain::unfit(chain, policy, now).into_iter().map(Violation::Chain));
        view.content(chain.certificate(), &mut found);
        match view.payment {
            Payment::Due => view.quota(user, &mut found),
            Payment::Made => {}
        }
        match (user, granted, found.is_empty()) {
            (Some(user), Some((grant, approved_by)), true) => {
                Ok(Agreement { user, token, grant, approved_by })
            }
            _ => Err(found),
        }
    }

    /// Whether whoever would approve this may: a second person with a right to the seal, and with own proofs.
    pub(crate) fn judge_approval(
        &self,
        organisation: &OrganisationState,
        usage: &UsageState,
        policy: &SealPolicy,
        of: UserId,
        now: Timestamp,
    ) -> Result<UserId, Vec<Violation>> {
        let mut found = Vec::new();
        let latest = organisation.latest().max(usage.latest());
        let now = clock::forward(now, latest).unwrap_or_else(|| {
            found.push(Violation::ClockBehind { now, latest });
            latest
        });
        let payment = Payment::Due;
        let view = View { organisation, usage, policy, now, request: &self.request, case: self, payment };
        view.organisation_stands(&mut found);
        let (user, _) = view.caller(&self.by, &mut found);
        let By::Person { user: by, proofs } = &self.by else {
            // No program is a second person.
            found.push(Violation::CodeNotProved);
            return Err(found);
        };
        if *by == of {
            found.push(Violation::OwnApproval);
        }
        if let Some(person) = user.and_then(|user| view.person(user, Act::ApproveUse, &mut found)) {
            proved(person, proofs, policy, now, &mut found);
        }
        if view.seal(None, &mut found).is_some() && !view.may_approve(*by) {
            found.push(Violation::NoGrant);
        }
        if let Err(fault) = &self.request.content {
            found.push(Violation::Content(*fault));
        }
        if found.is_empty() { Ok(*by) } else { Err(found) }
    }

    /// What a record says of it.
    pub(crate) fn details(&self, organisation: &OrganisationState, certificate: &Certificate) -> UseDetails {
        let (user, token) = match &self.by {
            By::Person { user, .. } => (Some(*user), None),
            By::Token(hash) => match organisation.token_of(*hash) {
                Some(token) => (Some(token.user()), Some(token.id())),
                None => (organisation.owner_of_dead(*hash), None),
            },
        };
        let request = &self.request;
        UseDetails {
            key: request.key.clone(),
            file_digest: request.document.digest.into(),
            content_digest: request.content.as_ref().ok().map(|content| content.digest.into()),
            imprint: request.imprint.into(),
            class: request.document.class,
            amount: request.amount,
            seal: request.seal,
            user,
            token,
            certificate: (*certificate.sha256()).into(),
            words: Some(self.words(organisation)),
        }
    }

    /// What a record says in words.
    fn words(&self, organisation: &OrganisationState) -> UseWords {
        let seal = organisation.seal(self.request.seal);
        UseWords {
            file_name: self.request.document.file_name.clone(),
            counterparty: self.request.counterparty.clone(),
            seal_name: seal.map(|seal| seal.terms().name.clone()),
        }
    }

    /// Who asks, as far as it is known.
    pub(crate) fn user(&self, organisation: &OrganisationState) -> Option<UserId> {
        match &self.by {
            By::Person { user, .. } => Some(*user),
            By::Token(hash) => {
                let living = organisation.token_of(*hash).map(crate::Token::user);
                living.or_else(|| organisation.owner_of_dead(*hash))
            }
        }
    }
}

fn seen(request: &SealRequest, user: UserId, proofs: &[ProvedFactor]) -> Vec<SeenProof> {
    let occasion = request.occasion(user).ok();
    let proof = |proof: &ProvedFactor| SeenProof {
        kind: proof.kind(),
        at: proof.at(),
        generation: proof.generation(),
        fits: if Some(proof.occasion()) == occasion.as_ref() { Fit::ThisUse } else { Fit::SomethingElse },
    };
    proofs.iter().map(proof).collect()
}

/// The approval code and another factor, for this use, fresh. What does not count is told even if the others would do.
fn proved(
    person: &Person,
    proofs: &[SeenProof],
    policy: &SealPolicy,
    now: Timestamp,
    found: &mut Vec<Violation>,
) {
    if person.code_generation() == 0 {
        found.push(Violation::SetupRequired);
    }
    let (mut code, mut other) = (0, 0);
    for proof in proofs {
        let kind = || proof.kind.into();
        if proof.fits == Fit::SomethingElse {
            found.push(Violation::ProofForOther { kind: kind() });
        } else if !clock::is_fresh(proof.at, policy.proof_age, now) {
            found.push(Violation::ProofNotFresh { kind: kind(), at: proof.at });
        } else if proof.kind != FactorKind::ApprovalCode {
            other += 1;
        } else if proof.generation == person.code_generation() {
            code += 1;
        } else if person.code_generation() > 0 {
            found.push(Violation::ProofSuperseded);
        }
    }
    if code == 0 && person.code_generation() > 0 {
        found.push(Violation::CodeNotProved);
    }
    if other == 0 {
        found.push(Violation::CodeAlone);
    }
}

/// Everything that is looked at.
struct View<'v> {
    organisation: &'v OrganisationState,
    usage: &'v UsageState,
    policy: &'v SealPolicy,
    now: Timestamp,
    request: &'v SealRequest,
    case: &'v Case,
    payment: Payment,
}

impl<'v> View<'v> {
    fn organisation_stands(&self, found: &mut Vec<Violation>) {
        let window = self.organisation.validated();
        if !window.is_some_and(|window| window.holds_at(self.now)) {
            found.push(Violation::OrganisationNotValidated { window });
        }
        if self.organisation.seal_office().is_none() {
            found.push(Violation::NoSealAdministrator);
        }
    }

    fn caller(&self, by: &By, found: &mut Vec<Violation>) -> (Option<UserId>, Option<TokenId>) {
        match by {
            By::Person { user, .. } => (Some(*user), None),
            By::Token(hash) => {
                let Some(token) = self.organisation.token_of(*hash) else {
                    found.push(Violation::TokenUnknown);
                    return (None, None);
                };
                if let Some(until) = token.until().filter(|until| *until <= self.now) {
                    found.push(Violation::TokenOver { until });
                }
                let (seal, class) = (self.request.seal, self.request.document.class);
                if !token.scopes().iter().any(|scope| scope.seal == seal && scope.classes.contains(class)) {
                    found.push(Violation::TokenScope);
                }
                (Some(token.user()), Some(token.id()))
            }
        }
    }

    /// What the table of standings demands of whoever does this.
    fn person(&self, user: UserId, act: Act, found: &mut Vec<Violation>) -> Option<&'v Person> {
        let Some(person) = self.organisation.person(user) else {
            found.push(Violation::NoMember { user });
            return None;
        };
        found.extend(Standing::ALL.into_iter().filter_map(|standing| match act.demands(standing) {
            Demanded::Yes => self.lacks(person, standing),
            Demanded::No => None,
        }));
        Some(person)
    }

    fn lacks(&self, person: &Person, standing: Standing) -> Option<Violation> {
        let unvalidated = |domain: &Domain| {
            let validated = self.organisation.is_validated_domain(domain, self.now);
            (!validated).then(|| Violation::DomainNotValidated { domain: domain.clone() })
        };
        match standing {
            // Who is none has no person.
            Standing::Member => None,
            Standing::ValidatedEmployee => {
                let window = person.validated();
                let holds = window.is_some_and(|window| window.holds_at(self.now));
                (!holds).then_some(Violation::EmployeeNotValidated { window })
            }
            Standing::DomainOfMailbox => unvalidated(person.mailbox().domain()),
            Standing::Enabled => person.disabled_at().map(|since| Violation::UserDisabled { since }),
            Standing::DomainOfLetter => unvalidated(self.organisation.seal_office()?.mailbox().domain()),
        }
    }

    fn seal(&self, user: Option<UserId>, found: &mut Vec<Violation>) -> Option<&'v Seal> {
        let Some(seal) = self.organisation.seal(self.request.seal) else {
            found.push(Violation::NoSeal { seal: self.request.seal });
            return None;
        };
        match seal.state() {
            SealState::InUse => {}
            SealState::Retired => found.push(Violation::SealRetired),
        }
        if user.is_some() && seal.terms().owner.is_some() && seal.terms().owner != user {
            found.push(Violation::SealOfOther);
        }
        let (class, classes) = (self.request.document.class, seal.terms().classes);
        if !classes.contains(class) {
            found.push(Violation::ClassNotOfSeal { class, classes });
        }
        Some(seal)
    }

    /// The first grant that covers the use; else what is wrong with the one that comes nearest.
    fn granted(
        &self,
        seal: &Seal,
        user: UserId,
        found: &mut Vec<Violation>,
    ) -> Option<(GrantId, Option<UserId>)> {
        let grants = || self.organisation.open_grants(user, seal.id());
        if let Some(grant) = grants().find(|grant| self.covers(grant)) {
            let four_eyes = grant.terms().conditions.contains(&Condition::FourEyes);
            return Some((grant.id(), if four_eyes { self.approver(user) } else { None }));
        }
        let nearest = grants().map(|grant| self.against(grant)).min_by_key(Vec::len);
        found.extend(nearest.unwrap_or_else(|| vec![Violation::NoGrant]));
        None
    }

    fn covers(&self, grant: &Grant) -> bool {
        let terms = grant.terms();
        grant.state() == GrantState::Active
            && terms.window.holds_at(self.now)
            && terms.classes.contains(self.request.document.class)
            && terms.conditions.iter().all(|condition| self.unmet(grant, condition).is_none())
    }

    fn against(&self, grant: &Grant) -> Vec<Violation> {
        let (terms, id, class) = (grant.terms(), grant.id(), self.request.document.class);
        let mut found = Vec::new();
        match grant.state() {
            GrantState::Active => {}
            GrantState::Disabled => found.push(Violation::GrantDisabled { grant: id }),
            // Cancelled grants are not among those that are looked at.
            GrantState::Cancelled => found.push(Violation::NoGrant),
        }
        if !terms.window.holds_at(self.now) {
            found.push(Violation::GrantNotNow { grant: id, window: terms.window });
        }
        if !terms.classes.contains(class) {
            found.push(Violation::GrantOtherClass { grant: id, class, classes: terms.classes });
        }
        found.extend(terms.conditions.iter().filter_map(|condition| self.unmet(grant, condition)));
        found
    }

    fn unmet(&self, grant: &Grant, condition: &Condition) -> Option<Violation> {
        let id = grant.id();
        match condition {
            Condition::AmountBelow(below) => match self.request.amount {
                Some(amount) if amount.currency == below.currency => {
                    let too_high = Violation::AmountTooHigh { grant: id, below: *below, amount };
                    (amount.units >= below.units).then_some(too_high)
                }
                Some(_) | None => Some(Violation::AmountMissing { grant: id, currency: below.currency }),
            },
            Condition::Counterparty(only) => (self.request.counterparty.as_ref() != Some(only))
                .then(|| Violation::OtherCounterparty { grant: id, only: only.clone() }),
            Condition::FourEyes => match (self.payment, self.approver(grant.terms().user)) {
                // What was settled was approved then, for this very wish.
                (Payment::Made, _) | (Payment::Due, Some(_)) => None,
                (Payment::Due, None) => Some(Violation::ApprovalMissing { grant: id }),
            },
        }
    }

    /// Whoever has approved these bytes for this person, not too long ago, and still may.
    fn approver(&self, user: UserId) -> Option<UserId> {
        let subject = self.case.subject(user);
        let under_way = self.usage.open_use(&self.request.key).filter(|open| open.subject.is(&subject));
        // Whoever approved it may have lost the right since; then somebody else can approve the next try.
        let before = under_way.and_then(|open| open.approved_by).filter(|by| self.may_approve(*by));
        if before.is_some() {
            return before;
        }
        let approvals = self.usage.approvals(&subject);
        let counts = |by: UserId, at| by != user && clock::is_fresh(at, self.policy.approval_age, self.now);
        approvals.iter().find(|(by, at)| counts(*by, *at) && self.may_approve(*by)).map(|(by, _)| *by)
    }

    /// A second person has an own right to the seal for this class of documents.
    fn may_approve(&self, by: UserId) -> bool {
        let class = self.request.document.class;
        let counts = |grant: &Grant| {
            grant.state() == GrantState::Active
                && grant.terms().window.holds_at(self.now)
                && grant.terms().classes.contains(class)
                && grant.terms().conditions.iter().all(|condition| match condition {
                    Condition::AmountBelow(_) | Condition::Counterparty(_) => {
                        self.unmet(grant, condition).is_none()
                    }
                    // This is the second pair of eyes.
                    Condition::FourEyes => true,
                })
        };
        self.organisation.stands(by, self.now)
            && self.organisation.open_grants(by, self.request.seal).any(counts)
    }

    fn certificate(&self, seal: &Seal, given: &Certificate, found: &mut Vec<Violation>) {
        match seal.certificate() {
            None => found.push(Violation::NoCertificate),
            Some(bound) if bound.fingerprint.digest() == given.sha256() => {}
            Some(bound) => {
                let (bound, given) = (bound.fingerprint, (*given.sha256()).into());
                found.push(Violation::OtherCertificate { bound, given });
            }
        }
    }

    fn content(&self, certificate: &Certificate, found: &mut Vec<Violation>) {
        match &self.request.content {
            Err(fault) => found.push(Violation::Content(*fault)),
            Ok(content) if content.names(certificate) => {}
            Ok(_) => found.push(Violation::OtherSigningCertificate),
        }
    }

    /// A use that is under way has its credit already, and is for the same bytes only.
    fn quota(&self, user: Option<UserId>, found: &mut Vec<Violation>) {
        match self.usage.open_use(&self.request.key) {
            None if self.usage.balance() == 0 => found.push(Violation::QuotaExhausted),
            None => {}
            Some(open) if user.is_some_and(|user| open.subject.is(&self.case.subject(user))) => {}
            Some(_) => found.push(Violation::KeyReused { key: self.request.key.clone() }),
        }
    }
}
