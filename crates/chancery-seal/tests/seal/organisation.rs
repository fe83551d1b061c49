//! The organisation's rules as sentences: given, when, then.

mod refusals;
mod standing;

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{Actor, Context, Decider, given};
use chancery_seal::{
    AccountAct, ActRefusal, ClassSet, Command, DocumentClass, Domain, GrantId, NewGrant, NewSeal,
    Organisation, OrganisationEvent, OrganisationFact as Fact, OrganisationState, Position, Reply, SealAct,
    SealId, SealKind, SealPolicy, ServiceDesk, TokenId, Window, effect_kind,
};
use jiff::SignedDuration;

use crate::desk::*;

fn rules() -> Organisation {
    Organisation::new(SealPolicy::default(), None)
}

fn by(number: u8) -> Context {
    Context::with_fresh(Actor::new(&user(number).to_string()).unwrap(), start(), [5; 32])
}

fn event(fact: Fact) -> OrganisationEvent {
    OrganisationEvent { at: start(), fact }
}

fn year() -> Window {
    Window::new(start(), Some(start() + hours(8760))).unwrap()
}

fn acme() -> Domain {
    Domain::new("acme.example").unwrap()
}

/// Alice administers the account, Selma the seals, Bob is a member.
pub(crate) fn past() -> Vec<OrganisationEvent> {
    let letter = DigestAlgorithm::Sha256.digest(b"letter").into();
    let facts = [
        Fact::Founded {
            name: label("Acme"),
            register_number: label("NTREE-12345678"),
            administrator: user(ALICE),
            mailbox: mailbox("alice@acme.example"),
        },
        Fact::DomainValidated { domain: acme(), window: year() },
        Fact::Admitted { user: user(SELMA), mailbox: mailbox("selma@acme.example") },
        Fact::Admitted { user: user(BOB), mailbox: mailbox("bob@acme.example") },
        Fact::EmployeeValidated { user: user(SELMA), window: year() },
        Fact::EmployeeValidated { user: user(BOB), window: year() },
        Fact::SealAdministratorAppointed {
            user: user(SELMA),
            mailbox: mailbox("seals@acme.example"),
            letter,
        },
    ];
    facts.into_iter().map(event).collect()
}

fn state(events: &[OrganisationEvent]) -> OrganisationState {
    let rules = rules();
    events.iter().fold(rules.initial(), |state, event| rules.evolve(state, event))
}

fn account(events: &[OrganisationEvent], by: u8, act: AccountAct) -> Command {
    state(events).account_administrator(user(by)).unwrap().asks(act)
}

fn seals(events: &[OrganisationEvent], act: SealAct) -> Command {
    state(events).seal_administrator(user(SELMA)).unwrap().asks(act)
}

fn kind_classes() -> ClassSet {
    SealKind::Contract.sort().usual_classes()
}

fn is_refused(
    events: Vec<OrganisationEvent>,
    command: &Command,
    context: &Context,
    reasons: Vec<ActRefusal>,
) {
    given(&rules(), events).when(command, context).then([]).replies(Reply::Refused(reasons)).sends([]);
}

#[test]
fn the_last_administrator_stays() {
    // G18
    let past = past();
    let alice = user(ALICE);
    let dismiss = account(&past, ALICE, AccountAct::Dismiss { user: alice });
    is_refused(past.clone(), &dismiss, &by(ALICE), vec![ActRefusal::LastAdministrator { user: alice }]);
    let remove = account(&past, ALICE, AccountAct::Remove { user: alice });
    is_refused(past.clone(), &remove, &by(ALICE), vec![ActRefusal::LastAdministrator { user: alice }]);
    let transfer = account(&past, ALICE, AccountAct::Transfer { to: user(BOB) });
    let then = given(&rules(), past)
        .when(&transfer, &by(ALICE))
        .then([event(Fact::AccountTransferred { from: alice, to: user(BOB) })])
        .replies(Reply::Done);
    assert_eq!(then.state().account_administrators().iter().copied().collect::<Vec<_>>(), [user(BOB)]);
}

#[test]
fn an_identity_is_given_once() {
    // G19
    let mut past = past();
    past.push(event(Fact::Removed { user: user(BOB), certificates: vec![] }));
    let again =
        account(&past, ALICE, AccountAct::Admit { user: user(BOB), mailbox: mailbox("b@acme.example") });
    is_refused(past, &again, &by(ALICE), vec![ActRefusal::IdentityTaken { user: user(BOB) }]);
}

#[test]
fn a_position_that_was_lost_gives_no_commands() {
    // M8: the command was made while the position was held.
    let past = past();
    let admit =
        account(&past, ALICE, AccountAct::Admit { user: user(7), mailbox: mailbox("g@acme.example") });
    let mut later = past.clone();
    later.push(event(Fact::AccountTransferred { from: user(ALICE), to: user(BOB) }));
    let position = Position::AccountAdministrator;
    is_refused(later, &admit, &by(ALICE), vec![ActRefusal::NotInPosition { position }]);
    is_refused(past.clone(), &admit, &by(BOB), vec![ActRefusal::OtherActor]);
    assert!(state(&past).seal_administrator(user(ALICE)).is_err());
    assert!(state(&past).account_administrator(user(SELMA)).is_err());
}

#[test]
fn a_mailbox_is_in_a_validated_domain_exactly() {
    // M15
    let past = past();
    for (address, domain) in [
        ("x@mail.acme.example", "mail.acme.example"),
        ("x@acme.example.evil.example", "acme.example.evil.example"),
        ("x@example.com", "example.com"),
    ] {
        let admit = account(&past, ALICE, AccountAct::Admit { user: user(7), mailbox: mailbox(address) });
        let domain = Domain::new(domain).unwrap();
        is_refused(past.clone(), &admit, &by(ALICE), vec![ActRefusal::DomainNotValidated { domain }]);
    }
    let admit =
        account(&past, ALICE, AccountAct::Admit { user: user(7), mailbox: mailbox("x@ACME.Example") });
    given(&rules(), past)
        .when(&admit, &by(ALICE))
        .then([event(Fact::Admitted { user: user(7), mailbox: mailbox("x@acme.example") })])
        .replies(Reply::Done);
}

#[test]
fn a_letter_appoints_once_and_replaces() {
    // M6
    let past = past();
    let desk = ServiceDesk::that_checks_letters();
    let digest = |text: &str| DigestAlgorithm::Sha256.digest(text.as_bytes());
    let context = Context::with_fresh(Actor::new("service-desk").unwrap(), start(), [5; 32]);
    let again = desk.appoints(user(BOB), mailbox("seals@acme.example"), digest("letter"));
    is_refused(past.clone(), &again, &context, vec![ActRefusal::LetterUsed]);
    let new = desk.appoints(user(BOB), mailbox("seals@acme.example"), digest("letter 2"));
    let mailbox = mailbox("seals@acme.example");
    let then = given(&rules(), past)
        .when(&new, &context)
        .then([event(Fact::SealAdministratorAppointed {
            user: user(BOB),
            mailbox,
            letter: digest("letter 2").into(),
        })])
        .replies(Reply::Done);
    assert_eq!(then.state().seal_office().unwrap().user(), user(BOB));
    assert!(then.state().seal_administrator(user(SELMA)).is_err(), "never two");
}

#[test]
fn who_leaves_leaves_everything_at_once() {
    // M10
    let mut past = past();
    let seal = SealId::from_bytes([8; 16]);
    let terms = NewSeal {
        name: label("Bob's"),
        kind: SealKind::Personal,
        classes: SealKind::Personal.sort().usual_classes(),
        owner: Some(user(BOB)),
    };
    let chain = chain_of(&PKI.issue(natural("Bob", "bob@acme.example")), start());
    past.push(event(Fact::SealCreated { seal, terms }));
    let bind = seals(&past, SealAct::BindCertificate { seal, chain: chain.clone() });
    let rules = rules();
    let bound = rules.decide(&state(&past), &bind, &by(SELMA)).recorded().to_vec();
    past.extend(bound);
    let remove = account(&past, ALICE, AccountAct::Remove { user: user(BOB) });
    let fingerprint = (*chain.certificate().sha256()).into();
    let removed = event(Fact::Removed { user: user(BOB), certificates: vec![fingerprint] });
    let decision = rules.decide(&state(&past), &remove, &by(ALICE));
    assert_eq!(decision.recorded(), std::slice::from_ref(&removed), "one event");
    let after = rules.evolve(state(&past), &removed);
    let kinds: Vec<_> =
        rules.effects(&after, &removed).iter().map(|effect| effect.kind.to_string()).collect();
    assert_eq!(
        kinds,
        [effect_kind::REVOKE_CERTIFICATES, effect_kind::END_SESSIONS, effect_kind::REASSIGN_PARTIES]
    );
    assert!(after.person(user(BOB)).is_none());
    assert_eq!(after.seal(seal).unwrap().state(), chancery_seal::SealState::Retired);
}

#[test]
fn a_seal_has_a_new_number_its_own_name_and_what_its_kind_admits() {
    // M4, M11, M12
    let mut past = past();
    let terms = |kind: SealKind, owner| {
        let classes = kind.sort().usual_classes();
        NewSeal { name: label("Seal"), kind, classes, owner }
    };
    let mut official = terms(SealKind::Official, None);
    official.classes = ClassSet::ALL;
    let create = seals(&past, SealAct::CreateSeal(official));
    let class = DocumentClass::Personal;
    is_refused(past.clone(), &create, &by(SELMA), vec![ActRefusal::ClassNever { class }]);
    let create = seals(&past, SealAct::CreateSeal(terms(SealKind::Official, Some(user(BOB)))));
    is_refused(past.clone(), &create, &by(SELMA), vec![ActRefusal::OwnerUnwanted]);
    let create = seals(&past, SealAct::CreateSeal(terms(SealKind::Personal, None)));
    is_refused(past.clone(), &create, &by(SELMA), vec![ActRefusal::OwnerMissing]);
    let custom = seals(&past, SealAct::CreateSeal(terms(SealKind::Custom(label("Lab")), None)));
    is_refused(past.clone(), &custom, &by(SELMA), vec![ActRefusal::NoClass]);
    let seal = SealId::from_bytes([5; 16]);
    let create = seals(&past, SealAct::CreateSeal(terms(SealKind::Invoice, None)));
    let created = event(Fact::SealCreated { seal, terms: terms(SealKind::Invoice, None) });
    given(&rules(), past.clone())
        .when(&create, &by(SELMA))
        .then([created.clone()])
        .replies(Reply::Seal(seal));
    // The same random bytes, the same name: neither again, also when the seal is retired.
    past.push(created);
    let again = seals(&past, SealAct::CreateSeal(terms(SealKind::Invoice, None)));
    let taken = ActRefusal::SealTaken { seal };
    let named = ActRefusal::NameTaken { name: label("Seal") };
    is_refused(past.clone(), &again, &by(SELMA), vec![taken.clone(), named]);
    past.push(event(Fact::SealRetired { seal }));
    is_refused(past, &again, &by(SELMA), vec![taken]);
}

#[test]
fn a_certificate_claims_what_the_kind_of_seal_asks() {
    // M11
    let (legal, natural, plain) = (
        PKI.issue(legal("A")),
        PKI.issue(natural("B", "bob@acme.example")),
        PKI.issue(chancery_testkit::Profile::signer("C", chancery_key::KeyKind::P256)),
    );
    for (kind, owner) in [(SealKind::Official, None), (SealKind::Personal, Some(user(BOB)))] {
        let mut past = past();
        let seal = SealId::from_bytes([8; 16]);
        let classes = kind.sort().usual_classes();
        past.push(event(Fact::SealCreated {
            seal,
            terms: NewSeal { name: label("S"), kind, classes, owner },
        }));
        for (identity, fits) in [(&legal, owner.is_none()), (&natural, owner.is_some()), (&plain, false)] {
            let chain = chain_of(identity, start());
            let bind = seals(&past, SealAct::BindCertificate { seal, chain });
            let decision = rules().decide(&state(&past), &bind, &by(SELMA));
            assert_eq!(!decision.recorded().is_empty(), fits, "{:?}", decision.replied());
        }
    }
}

#[test]
fn disabled_can_be_undone_and_cancelled_cannot() {
    // M13
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![]);
    let reply = |desk: &Desk<'_, _>, act| desk.ask(&desk.seal_command(SELMA, act));
    assert_eq!(reply(&desk, SealAct::Disable { grant }), Reply::Done);
    assert_eq!(
        refused(desk.review(BOB, request("1", seal, "a"))),
        [chancery_seal::Violation::GrantDisabled { grant }]
    );
    assert_eq!(reply(&desk, SealAct::Enable { grant }), Reply::Done);
    assert!(desk.review(BOB, request("1", seal, "a")).is_ok());
    assert_eq!(reply(&desk, SealAct::Cancel { grant }), Reply::Done);
    for act in [SealAct::Enable { grant }, SealAct::Disable { grant }, SealAct::Cancel { grant }] {
        assert_eq!(reply(&desk, act), Reply::Refused(vec![ActRefusal::GrantCancelled { grant }]));
    }
    assert_eq!(refused(desk.review(BOB, request("1", seal, "a"))), [chancery_seal::Violation::NoGrant]);
    assert_ne!(desk.grant(seal, BOB, vec![]), grant, "a new grant has a new number");
    assert!(desk.review(BOB, request("1", seal, "a")).is_ok());
}

#[test]
fn windows_and_clocks() {
    let past = past();
    let over = Window::new(start() - hours(2), Some(start() - hours(1))).unwrap();
    let validate = account(&past, ALICE, AccountAct::ValidateOrganisation { window: over });
    is_refused(past.clone(), &validate, &by(ALICE), vec![ActRefusal::Over { until: start() - hours(1) }]);
    let early = start() - SignedDuration::from_secs(61);
    let context = Context::with_fresh(Actor::new(&user(ALICE).to_string()).unwrap(), early, [5; 32]);
    let validate = account(&past, ALICE, AccountAct::ValidateOrganisation { window: year() });
    is_refused(past, &validate, &context, vec![ActRefusal::ClockBehind { now: early, latest: start() }]);
}

#[test]
fn a_mailbox_is_one_persons() {
    let past = past();
    let admit =
        account(&past, ALICE, AccountAct::Admit { user: user(7), mailbox: mailbox("BOB@acme.example") });
    is_refused(
        past,
        &admit,
        &by(ALICE),
        vec![ActRefusal::MailboxTaken { mailbox: mailbox("BOB@acme.example") }],
    );
}

#[test]
fn a_renewal_ahead_of_time_leaves_no_gap() {
    let mut past = past();
    past.push(event(Fact::OrganisationValidated { window: year() }));
    let next = |from| Window::new(from, Some(from + hours(8760))).unwrap();
    let end = year().until().unwrap();
    let renew = account(&past, ALICE, AccountAct::ValidateOrganisation { window: next(end) });
    let joined = Window::new(start(), next(end).until()).unwrap();
    given(&rules(), past.clone())
        .when(&renew, &by(ALICE))
        .then([event(Fact::OrganisationValidated { window: joined })])
        .replies(Reply::Done);
    let late = account(&past, ALICE, AccountAct::ValidateOrganisation { window: next(end + hours(1)) });
    is_refused(past, &late, &by(ALICE), vec![ActRefusal::Gap { from: end + hours(1) }]);
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    // M11
    let mut past = past();
    let (shared, own) = (SealId::from_bytes([8; 16]), SealId::from_bytes([9; 16]));
    for (seal, kind, owner) in
        [(shared, SealKind::Official, None), (own, SealKind::Personal, Some(user(BOB)))]
    {
        let classes = kind.sort().usual_classes();
        let name = label(if owner.is_some() { "own" } else { "shared" });
        past.push(event(Fact::SealCreated { seal, terms: NewSeal { name, kind, classes, owner } }));
    }
    let evil = subject(&[("2.5.4.10", "Evil"), ("2.5.4.97", "NTREE-666"), ("2.5.4.3", "Evil")]);
    let evil =
        PKI.issue(chancery_testkit::Profile::signer("Evil", chancery_key::KeyKind::P256).subject(evil));
    let carol = PKI.issue(natural("Carol", "carol@acme.example"));
    for (seal, identity, whose) in [
        (shared, evil, chancery_seal::CertificateOwner::Organisation),
        (own, carol, chancery_seal::CertificateOwner::Person),
    ] {
        let bind = seals(&past, SealAct::BindCertificate { seal, chain: chain_of(&identity, start()) });
        is_refused(past.clone(), &bind, &by(SELMA), vec![ActRefusal::OtherSubject { whose }]);
    }
}

#[test]
fn the_letters_mailbox_is_nobody_elses_and_nobody_enables_herself() {
    let mut past = past();
    let admit =
        account(&past, ALICE, AccountAct::Admit { user: user(7), mailbox: mailbox("Seals@acme.example") });
    let taken = ActRefusal::MailboxTaken { mailbox: mailbox("Seals@acme.example") };
    is_refused(past.clone(), &admit, &by(ALICE), vec![taken]);
    let disable = seals(&past, SealAct::DisableUser { user: user(SELMA) });
    is_refused(past.clone(), &disable, &by(SELMA), vec![ActRefusal::Oneself]);
    past.push(event(Fact::UserDisabled { user: user(SELMA) }));
    let enable = seals(&past, SealAct::EnableUser { user: user(SELMA) });
    let rests = ActRefusal::UserDisabled { user: user(SELMA), since: start() };
    is_refused(past, &enable, &by(SELMA), vec![rests]);
}

#[test]
fn two_domains_of_one_organisation_do_not_look_alike() {
    let mut past = past();
    for alike in ["\u{251}cme.example", "acrne.example"] {
        let domain = Domain::new(alike).unwrap();
        let validate =
            account(&past, ALICE, AccountAct::ValidateDomain { domain: domain.clone(), window: year() });
        let refusal = ActRefusal::DomainLooksAlike { domain, other: acme() };
        is_refused(past.clone(), &validate, &by(ALICE), vec![refusal]);
    }
    let acrne = Domain::new("acrne.example").unwrap();
    past.push(event(Fact::DomainValidationEnded { domain: acme() }));
    let validate =
        account(&past, ALICE, AccountAct::ValidateDomain { domain: acrne.clone(), window: year() });
    let instead = event(Fact::DomainValidated { domain: acrne, window: year() });
    given(&rules(), past).when(&validate, &by(ALICE)).then([instead]).replies(Reply::Done);
}

#[test]
fn my_seals_shows_nothing_that_does_not_count() {
    // M2: each thing that ends a right, alone.
    let mut base = past();
    let (seal, year, bob) = (SealId::from_bytes([7; 16]), year(), user(BOB));
    let kind = SealKind::Contract;
    let terms = NewSeal { name: label("Seal"), classes: kind.sort().usual_classes(), kind, owner: None };
    let classes = ClassSet::from(DocumentClass::Contract);
    let right = NewGrant { seal, user: bob, classes, window: year, conditions: vec![] };
    base.push(event(Fact::OrganisationValidated { window: year }));
    base.push(event(Fact::SealCreated { seal, terms }));
    base.push(event(Fact::Granted { grant: GrantId(1), terms: right }));
    assert_eq!(state(&base).seals_for(bob, start()).len(), 1);
    assert!(state(&base).seals_for(bob, start() - hours(1)).is_empty(), "not yet");
    for fact in [
        Fact::OrganisationValidationEnded,
        Fact::DomainValidationEnded { domain: acme() },
        Fact::EmployeeValidationEnded { user: bob },
        Fact::UserDisabled { user: bob },
        Fact::Removed { user: bob, certificates: vec![] },
        Fact::SealAdministratorLeft { user: user(SELMA) },
        Fact::SealRetired { seal },
        Fact::GrantDisabled { grant: GrantId(1) },
        Fact::GrantCancelled { grant: GrantId(1) },
    ] {
        let mut past = base.clone();
        past.push(event(fact.clone()));
        assert!(state(&past).seals_for(bob, start()).is_empty(), "{fact:?}");
    }
    // The grant's own time, while everything else goes on.
    let (grant, end) = (GrantId(2), start() + hours(1));
    let short = Window::new(start(), Some(end)).unwrap();
    let other = SealId::from_bytes([8; 16]);
    let own = NewSeal {
        name: label("Own"),
        classes: SealKind::Personal.sort().usual_classes(),
        kind: SealKind::Personal,
        owner: Some(user(SELMA)),
    };
    let (personal, of_selma) = (ClassSet::from(DocumentClass::Personal), SealId::from_bytes([9; 16]));
    let terms = NewGrant { seal: other, user: bob, classes, window: short, conditions: vec![] };
    let stolen = NewGrant { seal: of_selma, user: bob, classes: personal, window: year, conditions: vec![] };
    let named = NewSeal { name: label("B"), classes: kind_classes(), kind: SealKind::Contract, owner: None };
    base.push(event(Fact::SealCreated { seal: other, terms: named }));
    base.push(event(Fact::SealCreated { seal: of_selma, terms: own }));
    base.push(event(Fact::Granted { grant, terms }));
    base.push(event(Fact::Granted { grant: GrantId(3), terms: stolen }));
    assert_eq!(state(&base).seals_for(bob, start()).len(), 2, "and nothing of Selma's own seal");
    assert_eq!(state(&base).seals_for(bob, end).len(), 1);
}
