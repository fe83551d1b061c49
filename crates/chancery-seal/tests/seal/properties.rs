//! ∀ rows: random sequences of commands by several people, with a moving clock, against rules that are written down here
//! a second time, as searches through the recorded events.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chancery_auth::{Application, ApprovalCode, Factor, UserId};
use chancery_chain::VerifiedChain;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{
    Event, LedgerVerifier, MemoryStore, Store, StoredEvent, StreamId, Verification, Version,
};
use chancery_seal::{
    AccountAct, ApiToken, Caller, ClassSet, Command, DocumentClass, Domain, GrantId, NewGrant, NewSeal,
    Office, OrganisationEvent, OrganisationFact as Fact, Query, Repetition, Reply, ReviewError,
    RevocationDemand, Scope, SealAct, SealError, SealId, SealKey, SealKind, SealPolicy, ServiceDesk, TokenId,
    UsageOutcome, Window,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::desk::*;

const PEOPLE: u8 = 6;
const DOMAINS: [&str; 3] = ["acme.example", "mail.acme.example", "bücher.example"];
const CLASSES: [DocumentClass; 3] =
    [DocumentClass::Contract, DocumentClass::Invoice, DocumentClass::Official];

/// One thing that somebody does. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    Account { by: u8, act: u8, whom: u8, domain: u8, hours: i64 },
    Appoint { whom: u8, letter: u8 },
    Seals { by: u8, act: u8, seal: u8, grant: u8, whom: u8, classes: u8, from: i64, hours: i64 },
    Code { whom: u8 },
    Token { by: u8, act: u8, seal: u8, classes: u8, token: u8 },
    Use { by: u8, seal: u8, class: u8, key: u8, text: u8, mood: u8, changes: Option<Box<Self>> },
    UseToken { token: u8, seal: u8, class: u8, key: u8, text: u8 },
    Times { count: u64, receipt: u8 },
    Refund { key: u8 },
    Recover,
    Wait { hours: i64 },
}

fn simple() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    prop_oneof![
        4 => (n(), 0..12_u8, n(), n(), 1..400_i64)
            .prop_map(|(by, act, whom, domain, hours)| Step::Account { by, act, whom, domain, hours }),
        1 => (n(), 0..6_u8).prop_map(|(whom, letter)| Step::Appoint { whom, letter }),
        8 => (n(), 0..12_u8, n(), n(), n(), 1..8_u8, -30..30_i64, 1..300_i64).prop_map(
            |(by, act, seal, grant, whom, classes, from, hours)| Step::Seals {
                by, act, seal, grant, whom, classes, from, hours
            }
        ),
        1 => n().prop_map(|whom| Step::Code { whom }),
        2 => (n(), 0..3_u8, n(), 1..8_u8, n())
            .prop_map(|(by, act, seal, classes, token)| Step::Token { by, act, seal, classes, token }),
        1 => (0..3_u64, 0..9_u8).prop_map(|(count, receipt)| Step::Times { count, receipt }),
        1 => n().prop_map(|key| Step::Refund { key }),
        1 => Just(Step::Recover),
        2 => (0..60_i64).prop_map(|hours| Step::Wait { hours }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    prop_oneof![
        5 => simple(),
        4 => (n(), n(), 0..3_u8, 0..20_u8, 0..2_u8, 0..8_u8, prop::option::weighted(0.3, simple())).prop_map(
            |(by, seal, class, key, text, mood, changes)| Step::Use {
                by, seal, class, key, text, mood, changes: changes.map(Box::new)
            }
        ),
        1 => (n(), n(), 0..3_u8, 0..20_u8, 0..2_u8)
            .prop_map(|(token, seal, class, key, text)| Step::UseToken { token, seal, class, key, text }),
    ]
}

/// Everything that a sequence works with.
struct World<'s> {
    store: &'s MemoryStore,
    /// Two processes.
    offices: [Office<'s, MemoryStore>; 2],
    turn: usize,
    key: CountingKey,
    seal_key: SealKey,
    codes: HashMap<UserId, Factor<ApprovalCode>>,
    now: Timestamp,
    chain: VerifiedChain,
    seals: Vec<SealId>,
    grants: u64,
    tokens: Vec<(TokenId, UserId, ApiToken)>,
    /// How many lines the usage log must have.
    lines: usize,
    /// What was given under each key of a use.
    values: BTreeMap<String, Vec<u8>>,
}

fn letter(n: u8) -> chancery_digest::Digest {
    DigestAlgorithm::Sha256.digest(&[n])
}

impl<'s> World<'s> {
    fn new(store: &'s MemoryStore) -> Self {
        let policy = SealPolicy::default().with_revocation(RevocationDemand::NotAsked);
        let office = || Office::new(store, &tenant(), "acme", policy).unwrap();
        let mut desk = Desk::with_policy(store, policy);
        desk.found();
        let classes = [DocumentClass::Contract, DocumentClass::Invoice];
        let seal = desk.new_seal("Seal 0", SealKind::Contract, classes);
        desk.bind(seal);
        desk.grant(seal, BOB, vec![]);
        let key = desk.key.clone();
        Self {
            store,
            offices: [office(), office()],
            turn: 0,
            seal_key: SealKey::new(key.clone()),
            key,
            codes: desk.codes.into_iter().collect(),
            now: start(),
            chain: unchecked_chain(&SEAL, start()),
            seals: vec![seal],
            grants: 1,
            tokens: Vec::new(),
            lines: 0,
            values: BTreeMap::new(),
        }
    }

    fn office(&mut self) -> &Office<'s, MemoryStore> {
        self.turn += 1;
        &self.offices[self.turn % 2]
    }

    fn ask(&mut self, command: Result<Command, chancery_seal::ActRefusal>) -> Option<Reply> {
        let now = self.now;
        let command = command.ok()?;
        Some(self.office().ask(&command, now, &mut rng()).unwrap())
    }

    fn person(n: u8) -> UserId {
        user(1 + n % PEOPLE)
    }

    fn seal_of(&self, n: u8) -> SealId {
        self.seals[usize::from(n) % self.seals.len()]
    }

    fn classes(mask: u8) -> ClassSet {
        CLASSES.into_iter().enumerate().filter(|(n, _)| mask & 1 << n != 0).map(|(_, class)| class).collect()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Account { by, act, whom, domain, hours: length } => {
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
                    10 => AccountAct::ValidateEmployee { user: whom, window },
                    _ => AccountAct::EndEmployeeValidation { user: whom },
                };
                let command = self
                    .office()
                    .organisation(|state| Ok(state.account_administrator(by)?.asks(act)))
                    .unwrap();
                self.ask(command);
            }
            Step::Appoint { whom, letter: n } => {
                let desk = ServiceDesk::that_checks_letters();
                let command = desk.appoints(Self::person(*whom), mailbox("seals@acme.example"), letter(*n));
                self.ask(Ok(command));
            }
            Step::Seals { by, act, seal, grant, whom, classes, from, hours: length } => {
                self.seal_step((*by, *act), (*seal, *grant), *whom, *classes, (*from, *length));
            }
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
            Step::Token { by, act, seal, classes, token } => {
                self.token_step(*by, *act, *seal, *classes, *token);
            }
            Step::Use { by, seal, class, key, text, mood, changes } => {
                self.use_step(
                    Self::person(*by),
                    None,
                    (*seal, *class),
                    (*key, *text),
                    *mood,
                    changes.as_deref(),
                );
            }
            Step::UseToken { token, seal, class, key, text } => {
                if self.tokens.is_empty() {
                    return;
                }
                let place = usize::from(*token) % self.tokens.len();
                self.use_step(self.tokens[place].1, Some(place), (*seal, *class), (*key, *text), 0, None);
            }
            Step::Times { count, receipt } => {
                let (desk, now) = (ServiceDesk::that_checks_letters(), self.now);
                let receipt = label(&format!("receipt {receipt} of {count}"));
                self.office().buy(&desk, *count, &receipt, now, &mut rng()).unwrap();
            }
            Step::Refund { key: n } => {
                let (desk, now) = (ServiceDesk::that_checks_letters(), self.now);
                let use_key = key(&format!("use {}", n % 20));
                let sealed = self.values.contains_key(use_key.as_str());
                let refunded = self.office().refund(&desk, &use_key, &label("a complaint"), now, &mut rng());
                assert_eq!(refunded.is_ok(), sealed, "{refunded:?}");
            }
            Step::Recover => {
                let now = self.now;
                self.office().recover(SignedDuration::ZERO, now, &mut rng()).unwrap();
            }
            Step::Wait { hours: length } => {
                self.now += hours(*length);
                self.chain = unchecked_chain(&SEAL, self.now);
            }
        }
    }

    fn seal_step(&mut self, by: (u8, u8), of: (u8, u8), whom: u8, classes: u8, window: (i64, i64)) {
        let (by, act) = (Self::person(by.0), by.1);
        let (seal, grant) = (self.seal_of(of.0), GrantId(1 + u64::from(of.1) % self.grants));
        let (whom, classes) = (Self::person(whom), Self::classes(classes));
        let from = self.now + hours(window.0);
        let window = Window::new(from, Some(from + hours(window.1))).unwrap();
        let name = label(&format!("Seal {}", self.seals.len()));
        let act = match act {
            0 => SealAct::CreateSeal(NewSeal { name, kind: SealKind::Contract, classes, owner: None }),
            1 if of.0.is_multiple_of(4) => SealAct::RetireSeal { seal },
            1 | 2 => SealAct::BindCertificate { seal, chain: self.chain.clone() },
            3..=5 => SealAct::Grant(NewGrant { seal, user: whom, classes, window, conditions: vec![] }),
            6 => SealAct::Disable { grant },
            7 => SealAct::Enable { grant },
            8 => SealAct::Cancel { grant },
            9 => SealAct::DisableUser { user: whom },
            10 => SealAct::EnableUser { user: whom },
            _ if of.1.is_multiple_of(4) => SealAct::Resign,
            _ => SealAct::Enable { grant },
        };
        let command =
            self.office().organisation(|state| Ok(state.seal_administrator(by)?.asks(act))).unwrap();
        match self.ask(command) {
            Some(Reply::Seal(seal)) => {
                assert!(!self.seals.contains(&seal), "M4");
                self.seals.push(seal);
            }
            Some(Reply::Grant(grant)) => {
                assert_eq!(grant.0, self.grants + 1);
                self.grants = grant.0;
            }
            Some(Reply::Done | Reply::Token(_) | Reply::Refused(_)) | None => {}
        }
    }

    fn token_step(&mut self, by: u8, act: u8, seal: u8, classes: u8, token: u8) {
        let (by, seal, classes) = (Self::person(by), self.seal_of(seal), Self::classes(classes));
        let new = ApiToken::random(&mut rng());
        let place = (!self.tokens.is_empty()).then(|| usize::from(token) % self.tokens.len());
        let old = place.map_or(TokenId(99), |place| self.tokens[place].0);
        let command = self.office().organisation(|state| {
            let member = state.member(by)?;
            Ok(match act {
                0 => member.issues(&new, vec![Scope { seal, classes }], None),
                1 => member.rotates(old, &new),
                _ => member.ends(old),
            })
        });
        let allowed = self.allowed_classes(by, seal);
        match self.ask(command.unwrap()) {
            Some(Reply::Token(id)) => {
                assert!(act != 0 || allowed.covers(classes), "M3: a token beyond the grants");
                if act == 1 {
                    // M3: whoever had the old one has nothing; it stays in the list, and must be refused.
                    assert_eq!(self.tokens[place.unwrap()].1, by);
                }
                self.tokens.push((id, by, new));
            }
            Some(Reply::Done | Reply::Seal(_) | Reply::Grant(_) | Reply::Refused(_)) | None => {}
        }
    }

    fn events(&self) -> Vec<(Event, OrganisationEvent)> {
        let stream = StreamId::new("seal/acme/organisation").unwrap();
        let mut all = Vec::new();
        loop {
            let after = Version(all.len() as u64);
            let page = self.store.events(&tenant(), &stream, after, 1000).unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page.into_iter().map(|event| {
                let payload = event.payload().unwrap();
                let read = OrganisationEvent::from_bytes(&event.record.kind, 1, payload).unwrap();
                (event, read)
            }));
        }
    }

    /// M1, M6, M7, M9, M10, M12, M13, M15, as a search through what was recorded.
    fn allowed_classes(&self, who: UserId, seal: SealId) -> ClassSet {
        let facts: Vec<Fact> = self.events().into_iter().map(|(_, event)| event.fact).collect();
        let last = |wanted: &dyn Fn(&Fact) -> Option<bool>| facts.iter().rev().find_map(wanted);
        let now = self.now;
        let organisation = last(&|fact| match fact {
            Fact::OrganisationValidated { window } => Some(window.holds_at(now)),
            Fact::OrganisationValidationEnded => Some(false),
            _ => None,
        });
        let mut administrator = None;
        for fact in &facts {
            match fact {
                Fact::SealAdministratorAppointed { user, .. } => administrator = Some(*user),
                Fact::SealAdministratorLeft { user } | Fact::Removed { user, .. }
                    if administrator == Some(*user) =>
                {
                    administrator = None;
                }
                _ => {}
            }
        }
        let member = last(&|fact| match fact {
            Fact::Admitted { user, .. } | Fact::Founded { administrator: user, .. } if *user == who => {
                Some(true)
            }
            Fact::Removed { user, .. } if *user == who => Some(false),
            _ => None,
        });
        let enabled = last(&|fact| match fact {
            Fact::UserDisabled { user } if *user == who => Some(false),
            Fact::UserEnabled { user } if *user == who => Some(true),
            _ => None,
        });
        let employee = last(&|fact| match fact {
            Fact::EmployeeValidated { user, window } if *user == who => Some(window.holds_at(now)),
            Fact::EmployeeValidationEnded { user } if *user == who => Some(false),
            _ => None,
        });
        let address = facts.iter().rev().find_map(|fact| match fact {
            Fact::Admitted { user, mailbox }
            | Fact::MailboxChanged { user, mailbox }
            | Fact::Founded { administrator: user, mailbox, .. }
                if *user == who =>
            {
                Some(mailbox.domain().clone())
            }
            _ => None,
        });
        let domain = last(&|fact| match fact {
            Fact::DomainValidated { domain, window } if Some(domain) == address.as_ref() => {
                Some(window.holds_at(now))
            }
            Fact::DomainValidationEnded { domain } if Some(domain) == address.as_ref() => Some(false),
            _ => None,
        });
        let retired =
            facts.iter().any(|fact| matches!(fact, Fact::SealRetired { seal: retired } if *retired == seal));
        let of_seal = facts.iter().find_map(|fact| match fact {
            Fact::SealCreated { seal: created, terms } if *created == seal => Some(terms.classes),
            _ => None,
        });
        let stands =
            [organisation, Some(administrator.is_some()), member, employee, domain, enabled.or(Some(true))];
        if retired || stands.iter().any(|one| *one != Some(true)) {
            return ClassSet::default();
        }
        let granted = facts.iter().filter_map(|fact| match fact {
            Fact::Granted { grant, terms } if terms.user == who && terms.seal == seal => {
                Some((*grant, terms))
            }
            _ => None,
        });
        let active = granted.filter(|(grant, terms)| {
            let state = last(&|fact| match fact {
                Fact::GrantDisabled { grant: of } if of == grant => Some(false),
                Fact::GrantEnabled { grant: of } if of == grant => Some(true),
                Fact::GrantCancelled { grant: of } if of == grant => Some(false),
                _ => None,
            });
            state.unwrap_or(true) && terms.window.holds_at(now)
        });
        active
            .fold(ClassSet::default(), |all, (_, terms)| all.or(terms.classes))
            .and(of_seal.unwrap_or_default())
    }

    /// The token counts: issued, neither rotated nor ended, its owner still there.
    fn token_lives(&self, token: TokenId, of: (SealId, DocumentClass)) -> bool {
        let (mut scopes, mut owner): (BTreeMap<TokenId, Vec<Scope>>, BTreeMap<TokenId, UserId>) =
            Default::default();
        for (_, event) in self.events() {
            match event.fact {
                Fact::TokenIssued { token, user, scopes: given, .. } => {
                    scopes.insert(token, given);
                    owner.insert(token, user);
                }
                Fact::TokenRotated { old, new, .. } => {
                    let given = scopes.remove(&old).unwrap();
                    scopes.insert(new, given);
                    owner.insert(new, owner[&old]);
                }
                Fact::TokenEnded { token } => drop(scopes.remove(&token)),
                Fact::Removed { user, .. } => scopes.retain(|token, _| owner[token] != user),
                _ => {}
            }
        }
        let living = scopes.get(&token);
        living.is_some_and(|scopes| {
            scopes.iter().any(|scope| scope.seal == of.0 && scope.classes.contains(of.1))
        })
    }

    fn is_bound(&self, seal: SealId) -> bool {
        let events = self.events();
        events
            .iter()
            .any(|(_, event)| matches!(event.fact, Fact::CertificateBound { seal: of, .. } if of == seal))
    }

    fn use_step(
        &mut self,
        who: UserId,
        token: Option<usize>,
        of: (u8, u8),
        what: (u8, u8),
        mood: u8,
        changes: Option<&Step>,
    ) {
        let (seal, class) = (self.seal_of(of.0), CLASSES[usize::from(of.1)]);
        let wish = || request_of(&format!("use {}", what.0), seal, &format!("text {}", what.1), class);
        let use_key = format!("use {}", what.0);
        let occasion = wish().occasion(who).unwrap();
        let proofs = match self.codes.get_mut(&who) {
            Some(code) => vec![
                prove(code, "7294", &occasion, self.now),
                Application::that_verifies_logins().password(occasion, self.now),
            ],
            None => vec![],
        };
        let balance = self.office().account(chancery_seal::UsageState::balance).unwrap();
        let has_code = self
            .events()
            .iter()
            .any(|(_, event)| matches!(event.fact, Fact::CodeSet { user, .. } if user == who));
        let permitted = |world: &Self| {
            world.allowed_classes(who, seal).contains(class)
                && has_code
                && world.is_bound(seal)
                && token.is_none_or(|place| world.token_lives(world.tokens[place].0, (seal, class)))
        };
        let by_rules = permitted(self);
        let (now, chain) = (self.now, self.chain.clone());
        self.turn += 1;
        let office = &self.offices[self.turn % 2];
        let caller = match token {
            Some(place) => Caller::Token(&self.tokens[place].2),
            None => Caller::Person { user: who, proofs: &proofs },
        };
        let review = office.review(wish(), caller, &chain, now, &mut rng());
        let permit = match review {
            Ok(permit) => {
                assert!(by_rules, "M1: agreed without a right");
                assert_eq!(
                    permit.content_digest(),
                    &DigestAlgorithm::Sha256.digest(format!("text {}", what.1).as_bytes())
                );
                permit
            }
            Err(ReviewError::Refused(refused)) => {
                self.lines += 1;
                let only_key_or_times = refused.violations().iter().all(|violation| {
                    matches!(
                        violation,
                        chancery_seal::Violation::QuotaExhausted | chancery_seal::Violation::KeyReused { .. }
                    )
                });
                assert!(!by_rules || only_key_or_times, "M1: refused with a right: {refused}");
                assert!(
                    balance == 0 || !refused.violations().contains(&chancery_seal::Violation::QuotaExhausted)
                );
                return;
            }
            Err(error) => panic!("{error}"),
        };
        // Somebody changes something in between.
        if let Some(step) = changes {
            self.take(step);
        }
        let still = permitted(self);
        self.key.is(match mood {
            0 => Mood::Refuses,
            1 => Mood::Loses,
            2 => Mood::Lies,
            _ => Mood::Signs,
        });
        let (now, chain, before) = (self.now, self.chain.clone(), self.key.count());
        self.turn += 1;
        let office = &self.offices[self.turn % 2];
        let sealed = office.seal(permit, &self.seal_key, &chain, now, &mut rng());
        let used = self.key.count() - before;
        match sealed {
            Ok(sealed) => {
                let value = sealed.value().as_bytes().to_vec();
                match sealed.repetition() {
                    Repetition::First => {
                        assert!(still, "M7: sealed after the right had ended");
                        assert_eq!(used, 1);
                        assert!(self.values.insert(use_key, value).is_none(), "M5: one value for each key");
                    }
                    Repetition::Again => {
                        assert_eq!(used, 0);
                        assert_eq!(self.values.get(&use_key), Some(&value));
                    }
                }
            }
            Err(SealError::Refused(_)) => {
                self.lines += 1;
                assert_eq!(used, 0);
            }
            Err(SealError::Failed { .. } | SealError::Unknown { .. }) => assert!(used <= 1),
            Err(error) => panic!("{error}"),
        }
    }

    fn holds(&mut self) {
        let events = self.events();
        // G18, M6, M8: who held which position before each event.
        let (mut administrators, mut seal_administrator) = (BTreeSet::new(), None);
        let (mut ever, mut letters, mut seals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut cancelled = BTreeSet::new();
        for (event, read) in &events {
            let actor = event.record.actor.as_str();
            let by_account = administrators.iter().any(|user: &UserId| user.to_string() == actor);
            let by_seals = seal_administrator.is_some_and(|user: UserId| user.to_string() == actor);
            match &read.fact {
                Fact::Founded { administrator, .. } => {
                    administrators.insert(*administrator);
                    ever.insert(*administrator);
                }
                Fact::Admitted { user, .. } => {
                    assert!(by_account);
                    assert!(ever.insert(*user), "G19: an identity given twice");
                }
                Fact::Removed { user, .. } => {
                    assert!(by_account);
                    administrators.remove(user);
                    if seal_administrator == Some(*user) {
                        seal_administrator = None;
                    }
                }
                Fact::AccountAdministratorAppointed { user } => {
                    assert!(by_account);
                    administrators.insert(*user);
                }
                Fact::AccountAdministratorDismissed { user } => {
                    assert!(by_account);
                    administrators.remove(user);
                }
                Fact::AccountTransferred { from, to } => {
                    assert!(by_account);
                    administrators.remove(from);
                    administrators.insert(*to);
                }
                Fact::EmployeeValidated { user, .. } => {
                    let by_desk = actor == "service-desk" && administrators.contains(user);
                    assert!(by_desk || by_account && user.to_string() != actor, "M9: validated by oneself");
                }
                Fact::MailboxChanged { .. }
                | Fact::OrganisationValidated { .. }
                | Fact::OrganisationValidationEnded
                | Fact::DomainValidated { .. }
                | Fact::DomainValidationEnded { .. }
                | Fact::EmployeeValidationEnded { .. } => assert!(by_account, "M8"),
                Fact::SealAdministratorAppointed { user, letter, .. } => {
                    assert_eq!(actor, "service-desk");
                    assert!(letters.insert(letter.to_string()), "M6: a letter appoints once");
                    seal_administrator = Some(*user);
                }
                Fact::SealAdministratorLeft { .. } => {
                    assert!(by_seals, "M8");
                    seal_administrator = None;
                }
                Fact::SealCreated { seal, .. } => {
                    assert!(by_seals, "M8");
                    assert!(seals.insert(*seal), "M4");
                }
                Fact::GrantCancelled { grant } => {
                    assert!(by_seals, "M8");
                    cancelled.insert(*grant);
                }
                Fact::GrantEnabled { grant } => {
                    assert!(by_seals && !cancelled.contains(grant), "M13");
                }
                Fact::SealRetired { .. }
                | Fact::CertificateBound { .. }
                | Fact::Granted { .. }
                | Fact::GrantDisabled { .. }
                | Fact::UserDisabled { .. }
                | Fact::UserEnabled { .. } => assert!(by_seals, "M8"),
                Fact::CodeSet { user, .. } | Fact::TokenIssued { user, .. } => {
                    assert_eq!(user.to_string(), actor);
                }
                Fact::TokenRotated { .. } | Fact::TokenEnded { .. } | Fact::ClockSet { .. } => {}
            }
            assert!(!administrators.is_empty(), "G18: no administrator is left");
        }
        // M2: "my seals" is what the rules allow.
        for n in 0..PEOPLE {
            let who = Self::person(n);
            let now = self.now;
            let shown = self.office().organisation(|state| state.seals_for(who, now)).unwrap();
            for seal in self.seals.clone() {
                let of_seal = shown.iter().filter(|right| right.seal == seal);
                let classes = of_seal.fold(ClassSet::default(), |all, right| all.or(right.classes));
                assert_eq!(classes, self.allowed_classes(who, seal), "M2: {who} and {seal}");
            }
        }
        self.log_holds(seal_administrator);
    }

    fn log_holds(&mut self, seal_administrator: Option<UserId>) {
        // M5: what was bought and given back, less what was spent and is reserved.
        let usage = StreamId::new("seal/acme/usage").unwrap();
        let mut balance = 0_i64;
        let mut open = BTreeSet::new();
        let mut after = Version::EMPTY;
        loop {
            let page = self.store.events(&tenant(), &usage, after, 1000).unwrap();
            let Some(last) = page.last() else { break };
            after = last.record.version;
            for event in page {
                let read =
                    chancery_seal::UsageEvent::from_bytes(&event.record.kind, 1, event.payload().unwrap());
                match read.unwrap().fact {
                    chancery_seal::UsageFact::Bought { times, .. } => {
                        balance += i64::try_from(times).unwrap();
                    }
                    chancery_seal::UsageFact::Refunded { .. } => balance += 1,
                    chancery_seal::UsageFact::Attempted { details, .. } => {
                        if open.insert(details.key) {
                            balance -= 1;
                        }
                    }
                    chancery_seal::UsageFact::Failed { .. } => balance += 1,
                    chancery_seal::UsageFact::Sealed { .. }
                    | chancery_seal::UsageFact::Unknown { .. }
                    | chancery_seal::UsageFact::Approved { .. }
                    | chancery_seal::UsageFact::Refused { .. }
                    | chancery_seal::UsageFact::Finished { .. }
                    | chancery_seal::UsageFact::Erased { .. }
                    | chancery_seal::UsageFact::ClockSet { .. } => {}
                }
                assert!(balance >= 0, "M5");
            }
        }
        assert_eq!(
            self.office().account(chancery_seal::UsageState::balance).unwrap(),
            u64::try_from(balance).unwrap()
        );
        let Some(user) = seal_administrator else { return };
        let by = self.office().organisation(|state| state.seal_administrator(user).unwrap()).unwrap();
        let log = self.office().log(&by, &Query::default()).unwrap();
        // M19: a line for each refusal, and one for each key that was attempted.
        let refusals = log.iter().filter(|record| record.right.is_none()).count();
        assert_eq!(refusals, self.lines, "M19");
        let tries: u64 = log.iter().map(|record| u64::from(record.tries)).sum();
        assert_eq!(tries, self.key.count(), "every use of the key has an attempt, every attempt a use");
        let sealed =
            log.iter().filter(|record| matches!(record.outcome, UsageOutcome::Sealed { .. })).count();
        assert_eq!(sealed, self.values.len());
        // M20: inside the time of a grant, or a refusal.
        for record in &log {
            match &record.right {
                Some(right) => assert!(right.window.holds_at(record.at), "M20"),
                None => assert!(matches!(record.outcome, UsageOutcome::Refused { .. }), "M20"),
            }
        }
        // M21, and what the administrator sees holds what everybody sees.
        for n in 0..PEOPLE {
            let who = Self::person(n);
            let Ok(member) = self.office().organisation(|state| state.member(who)).unwrap() else { continue };
            let own = self.office().own_log(&member, &Query::default()).unwrap();
            let of: Vec<_> = log.iter().filter(|record| record.details.user == Some(who)).cloned().collect();
            assert_eq!(own, of, "M21");
        }
    }
}

fn cases() -> u32 {
    std::env::var("CHANCERY_SEAL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 2000, ..ProptestConfig::default() })]

    /// ∀ M1–M8, M10, M13, M15, M19–M21, G18, G19.
    #[test]
    fn every_sequence_keeps_the_rules(steps in prop::collection::vec(step(), 1..60)) {
        let store = memory();
        let mut world = World::new(&store);
        for step in &steps {
            world.take(step);
        }
        world.holds();
        let verification = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
        let consistent = matches!(verification, Verification::ConsistentOnly { .. });
        prop_assert!(consistent, "{}", verification);
    }
}
