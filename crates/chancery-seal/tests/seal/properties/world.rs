//! Takes the steps with two offices on one store, and compares each answer with the rules.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

use chancery_auth::{Application, ApprovalCode, Factor, ProvedFactor, UserId};
use chancery_chain::VerifiedChain;
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, SignatureAlgorithm};
use chancery_ledger::{Event, MemoryStore, Store, StoredEvent, StreamId, Version};
use chancery_seal::{
    AccountAct, ActRefusal, Amount, ApiToken, Caller, ClassSet, Command, Condition, Currency, Document,
    DocumentClass, Domain, FileName, GrantId, KeptDigest, NewGrant, NewSeal, Office, OrganisationEvent,
    Repetition, Reply, ReviewError, RevocationDemand, Scope, SealAct, SealError, SealId, SealKey, SealKind,
    SealPolicy, SealRequest, ServiceDesk, TokenId, UsageEvent, UsageFact, Violation, Window,
};
use chancery_testkit::{Profile, TestIdentity};
use jiff::{SignedDuration, Timestamp};

use super::rules::{Asked, Rules, Stage, Used, Wish};
use super::steps::{Step, Use, What};
use crate::desk::*;

pub(super) const PEOPLE: u8 = 6;
const DOMAINS: [&str; 3] = ["acme.example", "mail.acme.example", "bücher.example"];
const CLASSES: [DocumentClass; 3] =
    [DocumentClass::Contract, DocumentClass::Invoice, DocumentClass::Official];

/// The certificates: of the organisation, the same but short-lived, of another organisation, of Bob.
static IDENTITIES: LazyLock<[TestIdentity; 4]> = LazyLock::new(|| {
    let evil = subject(&[("2.5.4.10", "Evil"), ("2.5.4.97", "NTREE-99999999"), ("2.5.4.3", "Evil")]);
    let short = legal("Acme seal for two days").valid(start() - hours(1), start() + hours(48));
    [
        PKI.issue(legal("Acme seal")),
        PKI.issue(short),
        PKI.issue(Profile::signer("Evil", KeyKind::P256).subject(evil)),
        PKI.issue(natural("Bob", "user3@acme.example")),
    ]
});

pub(super) static FINGERPRINTS: LazyLock<[String; 4]> = LazyLock::new(|| {
    IDENTITIES.each_ref().map(|identity| KeptDigest::from(*identity.certificate().sha256()).to_string())
});

fn ends(certificate: usize) -> Timestamp {
    IDENTITIES[certificate].certificate().not_after()
}

/// Verifying takes long, and the same moments come again and again.
fn chain(certificate: usize, at: Timestamp) -> VerifiedChain {
    static KNOWN: LazyLock<Mutex<HashMap<(usize, Timestamp), VerifiedChain>>> = LazyLock::new(Mutex::default);
    // Nobody has a chain that was verified after the end.
    let at = at.min(ends(certificate) - SignedDuration::from_secs(1));
    let known = KNOWN.lock().unwrap().get(&(certificate, at)).cloned();
    known.unwrap_or_else(|| {
        let chain = unchecked_chain(&IDENTITIES[certificate], at);
        KNOWN.lock().unwrap().insert((certificate, at), chain.clone());
        chain
    })
}

fn request(key_of_use: &str, wish: &Wish) -> SealRequest {
    let text = format!("text {}", wish.text);
    let digest = DigestAlgorithm::Sha256.digest(text.as_bytes());
    let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let identity = &IDENTITIES[wish.certificate];
    let prepared = Preparation::new(identity.chain(), algorithm, digest).prepare().unwrap();
    let document = Document { file_name: FileName::new("a.pdf").unwrap(), digest, class: wish.class };
    let request = SealRequest::new(key(key_of_use), wish.seal, document, prepared.to_be_signed().clone());
    let of = |currency, units| Amount { currency: Currency::new(currency).unwrap(), units };
    let request = match wish.money {
        1 => request.amount(of("EUR", 50)),
        2 => request.amount(of("EUR", 99)),
        3 => request.amount(of("EUR", 100)),
        4 => request.amount(of("USD", 50)),
        _ => request,
    };
    match wish.with {
        1 => request.counterparty(label("Good Ltd")),
        2 => request.counterparty(label("Evil Ltd")),
        _ => request,
    }
}

fn conditions(mask: u8) -> Vec<Condition> {
    let hundred = Amount { currency: Currency::new("EUR").unwrap(), units: 100 };
    let all =
        [Condition::AmountBelow(hundred), Condition::Counterparty(label("Good Ltd")), Condition::FourEyes];
    // Half of the grants have none.
    let mask = if mask >= 128 { 0 } else { mask };
    all.into_iter().enumerate().filter(|(n, _)| mask & 1 << n != 0).map(|(_, condition)| condition).collect()
}

pub(super) struct World<'s> {
    pub(super) store: &'s MemoryStore,
    /// Two processes.
    offices: [Office<'s, MemoryStore>; 2],
    turn: usize,
    pub(super) keys: Vec<CountingKey>,
    seal_keys: Vec<SealKey>,
    codes: HashMap<UserId, Factor<ApprovalCode>>,
    pub(super) now: Timestamp,
    pub(super) seals: Vec<SealId>,
    grants: u64,
    last: Option<Use>,
    tokens: Vec<(TokenId, UserId, ApiToken)>,
    receipts: BTreeSet<String>,
    refunded: BTreeSet<String>,
    /// How many refusals the usage log must have.
    pub(super) refusals: usize,
    pub(super) rules: Rules,
    /// What was recorded, as it was read so far.
    pub(super) recorded: Vec<Event>,
    pub(super) usage: Vec<UsageEvent>,
}

impl<'s> World<'s> {
    pub(super) fn new(store: &'s MemoryStore) -> Self {
        let policy = SealPolicy::default().with_revocation(RevocationDemand::NotAsked);
        let office = || Office::new(store, &tenant(), "acme", policy).unwrap();
        let mut desk = Desk::with_policy(store, policy);
        desk.found_with(2);
        let classes = [DocumentClass::Contract, DocumentClass::Invoice];
        let seal = desk.new_seal("Seal 0", SealKind::Contract, classes);
        let bind = SealAct::BindCertificate { seal, chain: chain(0, start()) };
        drop(desk.seals(bind));
        desk.grant(seal, BOB, vec![]);
        desk.grant(seal, CAROL, vec![]);
        desk.grant(seal, SELMA, conditions(0b111));
        let token = ApiToken::random(&mut rng());
        let scopes = vec![Scope { seal, classes: DocumentClass::Contract.into() }];
        let issue = |state: &chancery_seal::OrganisationState| {
            state.member(user(BOB)).unwrap().issues(&token, scopes, None)
        };
        let command = desk.office.organisation(issue).unwrap();
        let Reply::Token(id) = desk.ask(&command) else { panic!("a token has a number") };
        let keys: Vec<_> = IDENTITIES.iter().map(CountingKey::new).collect();
        let mut world = Self {
            store,
            offices: [office(), office()],
            turn: 0,
            seal_keys: keys.iter().map(|key| SealKey::new(key.clone())).collect(),
            keys,
            codes: desk.codes.into_iter().collect(),
            now: start(),
            seals: vec![seal],
            grants: 3,
            last: None,
            tokens: vec![(id, user(BOB), token)],
            receipts: BTreeSet::new(),
            refunded: BTreeSet::new(),
            refusals: 0,
            rules: Rules { balance: 2, ..Rules::default() },
            recorded: Vec::new(),
            usage: Vec::new(),
        };
        world.read();
        world
    }

    pub(super) fn office(&mut self) -> &Office<'s, MemoryStore> {
        self.turn += 1;
        &self.offices[self.turn % 2]
    }

    /// Reads what was recorded since.
    pub(super) fn read(&mut self) {
        let latest = |rules: &mut Rules, at: Timestamp| rules.latest = rules.latest.max(Some(at));
        let stream = StreamId::new("seal/acme/organisation").unwrap();
        let after = Version(self.recorded.len() as u64);
        for event in self.store.events(&tenant(), &stream, after, 10_000).unwrap() {
            let payload = event.payload().unwrap();
            let read = OrganisationEvent::from_bytes(&event.record.kind, 1, payload).unwrap();
            latest(&mut self.rules, read.at);
            self.rules.events.push(read);
            self.recorded.push(event);
        }
        let stream = StreamId::new("seal/acme/usage").unwrap();
        let after = Version(self.usage.len() as u64);
        for event in self.store.events(&tenant(), &stream, after, 10_000).unwrap() {
            let read = UsageEvent::from_bytes(&event.record.kind, 1, event.payload().unwrap()).unwrap();
            if !matches!(read.fact, UsageFact::Refused { .. }) {
                latest(&mut self.rules, read.at);
            }
            self.usage.push(read);
        }
    }

    fn ask(&mut self, command: Result<Command, ActRefusal>) -> Option<Reply> {
        let now = self.now;
        let command = command.ok()?;
        let reply = self.office().ask(&command, now, &mut rng()).unwrap();
        self.read();
        Some(reply)
    }

    pub(super) fn person(n: u8) -> UserId {
        user(1 + n % PEOPLE)
    }

    fn seal_of(&self, n: u8) -> SealId {
        self.seals[usize::from(n) % self.seals.len()]
    }

    fn wish(&self, what: &What) -> Wish {
        let What { seal, class, text, money, with, certificate } = *what;
        let (seal, class) = (self.seal_of(seal), CLASSES[usize::from(class)]);
        Wish { seal, class, text, money, with, certificate: usize::from(certificate) }
    }

    fn classes(mask: u8) -> ClassSet {
        CLASSES.into_iter().enumerate().filter(|(n, _)| mask & 1 << n != 0).map(|(_, class)| class).collect()
    }

    pub(super) fn take(&mut self, step: &Step) {
        match step {
            Step::Account { .. } => self.account_step(step),
            Step::DeskValidates { whom, hours: length } => {
                let window = Window::new(self.now, Some(self.now + hours(*length))).unwrap();
                let command = ServiceDesk::that_checks_letters().validates(Self::person(*whom), window);
                self.ask(Ok(command));
            }
            Step::Appoint { whom, letter } => {
                let letter = DigestAlgorithm::Sha256.digest(&[*letter]);
                let desk = ServiceDesk::that_checks_letters();
                let command = desk.appoints(Self::person(*whom), mailbox("seals@acme.example"), letter);
                self.ask(Ok(command));
            }
            Step::Seals { .. } => self.seal_step(step),
            Step::Code { whom } => {
                let whom = Self::person(*whom);
                let code = code_of(whom);
                let has_set = |state: &chancery_seal::OrganisationState| {
                    Ok(state.member(whom)?.has_set(&code).unwrap())
                };
                let command = self.office().organisation(has_set).unwrap();
                if self.ask(command) == Some(Reply::Done) {
                    self.codes.insert(whom, code);
                }
            }
            Step::Token { .. } => self.token_step(step),
            Step::Approve { by, whom, wish, proofs } => {
                self.approve_step(Self::person(*by), Self::person(*whom), &self.wish(wish), *proofs);
            }
            Step::Use(one) => {
                self.use_step(one);
                self.last = Some(Use::clone(one));
            }
            Step::Again { mood, approver } => {
                if let Some(last) = self.last.clone() {
                    self.use_step(&Use { mood: *mood, approver: *approver, changes: None, ..last });
                }
            }
            Step::Times { count, receipt } => {
                let (desk, now) = (ServiceDesk::that_checks_letters(), self.now);
                let receipt = format!("receipt {receipt} of {count}");
                self.office().buy(&desk, *count, &label(&receipt), now, &mut rng()).unwrap();
                if self.receipts.insert(receipt) {
                    self.rules.balance += count;
                }
                self.read();
            }
            Step::Refund { key: n } => {
                let (desk, now) = (ServiceDesk::that_checks_letters(), self.now);
                let name = format!("use {}", n % 20);
                let sealed = self.rules.used.get(&name).is_some_and(|used| used.value.is_some());
                let refunded =
                    self.office().refund(&desk, &key(&name), &label("a complaint"), now, &mut rng());
                assert_eq!(refunded.is_ok(), sealed, "M5: {refunded:?}");
                if sealed && self.refunded.insert(name) {
                    self.rules.balance += 1;
                }
                self.read();
            }
            Step::Recover => {
                let now = self.now;
                self.office().recover(SignedDuration::ZERO, now, &mut rng()).unwrap();
                self.read();
            }
            Step::Wait { minutes } => self.now += SignedDuration::from_mins(*minutes),
            Step::NearTheEnd => self.now = self.now.max(ends(1) - SignedDuration::from_mins(1)),
        }
    }

    fn account_step(&mut self, step: &Step) {
        let Step::Account { by, act, whom, domain, hours: length } = step else { unreachable!() };
        let (by, whom) = (Self::person(*by), Self::person(*whom));
        let name = DOMAINS[usize::from(*domain) % DOMAINS.len()];
        let mailbox = mailbox(&format!("user{whom}@{name}"));
        let domain = Domain::new(name).unwrap();
        let window = Window::new(self.now, Some(self.now + hours(*length))).unwrap();
        let act = match act {
            0 | 1 => AccountAct::Admit { user: whom, mailbox },
            2 => AccountAct::ChangeMailbox { user: whom, mailbox },
            3 => AccountAct::Remove { user: whom },
            4 => AccountAct::Appoint { user: whom },
            5 => AccountAct::Dismiss { user: whom },
            6 => AccountAct::Transfer { to: whom },
            7 => AccountAct::ValidateOrganisation { window },
            8 => AccountAct::ValidateDomain { domain, window },
            9 => AccountAct::EndDomainValidation { domain },
            10 | 11 => AccountAct::ValidateEmployee { user: whom, window },
            12 => AccountAct::EndEmployeeValidation { user: whom },
            _ => AccountAct::EndOrganisationValidation,
        };
        let command =
            self.office().organisation(|state| Ok(state.account_administrator(by)?.asks(act))).unwrap();
        self.ask(command);
    }

    fn seal_step(&mut self, step: &Step) {
        let Step::Seals { by, act, of, whom, classes, from, hours: length, conditions: mask } = step else {
            unreachable!()
        };
        let (by, seal) = (Self::person(*by), self.seal_of(of.seal));
        let grant = GrantId(1 + u64::from(of.grant) % self.grants);
        let (user, classes) = (Self::person(*whom), Self::classes(*classes));
        let from = self.now + hours(*from);
        let window = Window::new(from, Some(from + hours(*length))).unwrap();
        let name = label(&format!("Seal {}", self.seals.len()));
        let act = match act {
            0 if of.certificate < 128 => {
                SealAct::CreateSeal(NewSeal { name, kind: SealKind::Contract, classes, owner: None })
            }
            0 => SealAct::CreateSeal(NewSeal { name, kind: SealKind::Personal, classes, owner: Some(user) }),
            1 if of.grant.is_multiple_of(8) => SealAct::RetireSeal { seal },
            1 | 2 => {
                let chain = chain(usize::from(of.certificate % 4), self.now);
                SealAct::BindCertificate { seal, chain }
            }
            3..=6 => SealAct::Grant(NewGrant { seal, user, classes, window, conditions: conditions(*mask) }),
            7 => SealAct::Disable { grant },
            8 => SealAct::Enable { grant },
            9 => SealAct::Cancel { grant },
            10 => SealAct::DisableUser { user },
            11 => SealAct::EnableUser { user },
            _ if of.grant.is_multiple_of(4) => SealAct::Resign,
            _ => SealAct::Enable { grant },
        };
        // What only takes away asks for the position only.
        let takes_away = matches!(
            act,
            SealAct::Resign
                | SealAct::RetireSeal { .. }
                | SealAct::Disable { .. }
                | SealAct::Cancel { .. }
                | SealAct::DisableUser { .. }
        );
        let enables =
            matches!(act, SealAct::EnableUser { user } | SealAct::DisableUser { user } if user == by);
        let stood = self.rules.time(self.now).is_some_and(|now| self.rules.administers(by, now));
        let command =
            self.office().organisation(|state| Ok(state.seal_administrator(by)?.asks(act))).unwrap();
        let reply = self.ask(command);
        match &reply {
            Some(Reply::Refused(_)) | None => {}
            Some(_) => assert!(stood || takes_away, "M6, M7, M9: administered without standing"),
        }
        match reply {
            Some(Reply::Seal(seal)) => {
                assert!(!self.seals.contains(&seal), "M4");
                self.seals.push(seal);
            }
            Some(Reply::Grant(grant)) => {
                assert_eq!(grant.0, self.grants + 1, "M13: a new grant has a new number");
                self.grants = grant.0;
            }
            Some(Reply::Done) => assert!(!enables, "nobody enables or disables himself"),
            Some(Reply::Token(_) | Reply::Refused(_)) | None => {}
        }
    }

    fn token_step(&mut self, step: &Step) {
        let Step::Token { by, act, seal, classes, token, hours: length } = step else { unreachable!() };
        let (by, seal, classes) = (Self::person(*by), self.seal_of(*seal), Self::classes(*classes));
        let new = ApiToken::random(&mut rng());
        let place = (!self.tokens.is_empty()).then(|| usize::from(*token) % self.tokens.len());
        let old = place.map_or(TokenId(99), |place| self.tokens[place].0);
        let until = length.map(|length| self.now + hours(length));
        let command = self.office().organisation(|state| {
            let member = state.member(by)?;
            Ok(match act {
                0 => member.issues(&new, vec![Scope { seal, classes }], until),
                1 => member.rotates(old, &new),
                _ => member.ends(old),
            })
        });
        let allowed = self.rules.allowed_classes(by, seal, self.now);
        if let Some(Reply::Token(id)) = self.ask(command.unwrap()) {
            assert!(*act != 0 || allowed.covers(classes), "M3: a token beyond the grants");
            if *act == 1 {
                // M3: whoever had the old one has nothing; it stays in the list, and must be refused.
                assert_eq!(self.tokens[place.unwrap()].1, by);
            }
            self.tokens.push((id, by, new));
        }
    }

    /// Proofs, and when they were given if they do.
    fn proofs(
        &mut self,
        who: UserId,
        request: &SealRequest,
        how: u8,
    ) -> (Vec<ProvedFactor>, Option<Timestamp>) {
        let (now, occasion) = (self.now, request.occasion(who).unwrap());
        let Some(code) = self.codes.get_mut(&who) else { return (vec![], None) };
        let password = |occasion| Application::that_verifies_logins().password(occasion, now);
        match how {
            0 => (vec![prove(code, "7294", &occasion, now), password(occasion)], Some(now)),
            1 => (vec![], None),
            2 => (vec![prove(code, "7294", &occasion, now)], None),
            3 => (vec![password(occasion)], None),
            _ => {
                let other = chancery_auth::Occasion::change(who, chancery_auth::FactorKind::ApprovalCode);
                (vec![prove(code, "7294", &occasion, now), password(other)], None)
            }
        }
    }

    fn approve_step(&mut self, by: UserId, whom: UserId, wish: &Wish, how: u8) {
        let request = request("approval", wish);
        let (proofs, proved_at) = self.proofs(by, &request, how);
        let expected = self.rules.may_approve_now(by, whom, wish, proved_at, self.now);
        let (now, chain) = (self.now, chain(wish.certificate, self.now));
        let caller = Caller::Person { user: by, proofs: &proofs };
        let approved = self.office().approve(request, whom, caller, &chain, now, &mut rng());
        match approved {
            Ok(()) => {
                assert!(expected, "four eyes: approved without a right");
                let at = self.rules.time(now).unwrap();
                let approvals = self.rules.approvals.entry((whom, *wish)).or_default();
                approvals.retain(|(before, _)| *before != by);
                approvals.push((by, at));
            }
            Err(ReviewError::Refused(refused)) => {
                assert!(!expected, "four eyes: refused with a right: {refused}");
                self.refusals += 1;
            }
            Err(error) => panic!("{error}"),
        }
        self.read();
    }

    fn use_step(&mut self, one: &Use) {
        let wish = self.wish(&one.wish);
        let token = one.token.filter(|_| !self.tokens.is_empty());
        let place = token.map(|token| usize::from(token) % self.tokens.len());
        let who = place.map_or_else(|| Self::person(one.by), |place| self.tokens[place].1);
        if let Some(approver) = one.approver {
            self.approve_step(Self::person(approver), who, &wish, 0);
        }
        let key_of_use = format!("use {}", one.key);
        let request = request(&key_of_use, &wish);
        let (proofs, proved_at) = self.proofs(who, &request, one.proofs);
        let chain_at = self.now - SignedDuration::from_mins(one.chain_age);
        let given = chain(wish.certificate, chain_at);
        let at = self.now - SignedDuration::from_secs(one.behind);
        let token = place.map(|place| self.tokens[place].0);
        let mut asked =
            Asked { who, wish, key: key_of_use.clone(), at, chain_at: given.at(), proved_at, token };
        let certificate = (&*FINGERPRINTS[wish.certificate], ends(wish.certificate));
        let permits = self.rules.permits(&asked, certificate);
        let pays = self.rules.is_paid(&asked);

        self.turn += 1;
        let office = &self.offices[self.turn % 2];
        let caller = match place {
            Some(place) => Caller::Token(&self.tokens[place].2),
            None => Caller::Person { user: who, proofs: &proofs },
        };
        let permit = match office.review(request, caller, &given, at, &mut rng()) {
            Ok(permit) => {
                assert!(permits && pays, "M1: agreed without a right: {asked:?}");
                let text = format!("text {}", wish.text);
                assert_eq!(permit.content_digest(), &DigestAlgorithm::Sha256.digest(text.as_bytes()));
                permit
            }
            Err(ReviewError::Refused(refused)) => {
                self.refusals += 1;
                assert!(!permits || !pays, "M1: refused with a right: {refused}\n{asked:?}");
                if self.rules.balance > 0 {
                    assert!(!refused.violations().contains(&Violation::QuotaExhausted), "M5");
                }
                self.read();
                return;
            }
            Err(error) => panic!("{error}"),
        };
        // Somebody changes something in between.
        if let Some(step) = &one.changes {
            self.take(step);
        }
        let given = chain(wish.certificate, self.now);
        let reviewed = at;
        (asked.at, asked.chain_at) = (self.now, given.at());
        let in_time = asked.at < reviewed + SignedDuration::from_mins(5);
        let permits = in_time && self.rules.permits(&asked, certificate) && self.rules.is_paid(&asked);
        self.key_works(&asked, &given, permit, one.mood, permits);
    }

    fn key_works(
        &mut self,
        asked: &Asked,
        given: &VerifiedChain,
        permit: chancery_seal::Permit,
        mood: u8,
        permits: bool,
    ) {
        let certificate = asked.wish.certificate;
        let counting = &self.keys[certificate];
        counting.is(match mood {
            0 => Mood::Refuses,
            1 => Mood::Loses,
            2 => Mood::Lies,
            _ => Mood::Signs,
        });
        let before = counting.count();
        let seal_key = &self.seal_keys[certificate];
        self.turn += 1;
        let office = &self.offices[self.turn % 2];
        let sealed = office.seal(permit, seal_key, given, self.now, &mut rng());
        let used = self.keys[certificate].count() - before;
        let earlier = self.rules.used.get(&asked.key).cloned();
        let settled = earlier.as_ref().filter(|earlier| earlier.stage == Stage::Settled);
        self.read();
        let attempt = (used > 0).then(|| self.attempt()).flatten();
        if let Some(attempt) = &attempt {
            assert!(permits, "M7: the key moved after the right had ended: {asked:?}");
            if attempt.is_some() {
                self.rules.approvals.remove(&(asked.who, asked.wish));
            }
        }
        if let Some(settled) = settled {
            // The same again, whatever has happened since: no key, no time.
            assert_eq!(used, 0, "M5");
            match (&sealed, &settled.value) {
                (Ok(sealed), Some(value)) => {
                    assert_eq!(
                        (sealed.repetition(), sealed.value().as_bytes()),
                        (Repetition::Again, &**value)
                    );
                }
                (Err(SealError::Failed { .. }), None) => {}
                other => panic!("M5: {other:?}"),
            }
            return;
        }
        let (stage, value) = match sealed {
            Ok(sealed) => {
                assert_eq!((sealed.repetition(), used), (Repetition::First, 1));
                (Stage::Settled, Some(sealed.value().as_bytes().to_vec()))
            }
            Err(SealError::Refused(refused)) => {
                assert!(!permits, "M1: refused at use with a right: {refused}\n{asked:?}");
                assert_eq!(used, 0);
                self.refusals += 1;
                return;
            }
            Err(SealError::Failed { .. }) => (Stage::Settled, None),
            Err(SealError::Unknown { .. }) => (Stage::Unknown, None),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(used, 1);
        // A time is reserved with the first try, and free again only if nothing was signed for sure.
        if earlier.is_none() {
            self.rules.balance -= 1;
        }
        if stage == Stage::Settled && value.is_none() {
            self.rules.balance += 1;
        }
        let approved_by = attempt.flatten();
        let done = Used { who: asked.who, wish: asked.wish, stage, approved_by, value };
        self.rules.used.insert(asked.key.clone(), done);
    }

    /// Who approved the attempt that was recorded last.
    fn attempt(&self) -> Option<Option<UserId>> {
        self.usage.iter().rev().find_map(|event| match &event.fact {
            UsageFact::Attempted { approved_by, .. } => Some(*approved_by),
            _ => None,
        })
    }
}
