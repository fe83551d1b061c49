//! The organisation's rules as sentences: given, when, then.

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

/// What the seal administrator asks for that gives something.
fn seal_acts() -> [SealAct; 5] {
    let (seal, grant) = (SealId::from_bytes([7; 16]), GrantId(1));
    let terms = NewGrant {
        seal,
        user: user(BOB),
        classes: ClassSet::from(DocumentClass::Contract),
        window: year(),
        conditions: vec![],
    };
    let kind = SealKind::Contract;
    let new = NewSeal { name: label("Seal"), classes: kind.sort().usual_classes(), kind, owner: None };
    [
        SealAct::CreateSeal(new),
        SealAct::BindCertificate { seal, chain: chain_of(&SEAL, start()) },
        SealAct::Grant(terms),
        SealAct::Enable { grant },
        SealAct::EnableUser { user: user(BOB) },
    ]
}

#[test]
fn who_does_not_stand_gives_nothing_may_stop_everything_and_resign() {
    // M6: the position rests with whoever holds it; it can be given up and given anew.
    let selma = user(SELMA);
    let unvalidated = ActRefusal::EmployeeNotValidated { user: selma };
    let disabled = ActRefusal::UserDisabled { user: selma, since: start() };
    let undomained = ActRefusal::DomainNotValidated { domain: acme() };
    let past_year = Window::new(start() - hours(9), Some(start())).unwrap();
    for (facts, reasons) in [
        (vec![Fact::EmployeeValidationEnded { user: selma }], vec![unvalidated.clone()]),
        (vec![Fact::EmployeeValidated { user: selma, window: past_year }], vec![unvalidated.clone()]),
        (vec![Fact::UserDisabled { user: selma }], vec![disabled.clone()]),
        (vec![Fact::DomainValidationEnded { domain: acme() }], vec![undomained.clone()]),
        (
            vec![
                Fact::EmployeeValidationEnded { user: selma },
                Fact::UserDisabled { user: selma },
                Fact::DomainValidationEnded { domain: acme() },
            ],
            vec![unvalidated, disabled, undomained],
        ),
    ] {
        let mut past = past();
        past.extend(facts.into_iter().map(event));
        for act in seal_acts() {
            is_refused(past.clone(), &seals(&past, act), &by(SELMA), reasons.clone());
        }
        given(&rules(), past.clone())
            .when(&seals(&past, SealAct::Resign), &by(SELMA))
            .then([event(Fact::SealAdministratorLeft { user: selma })])
            .replies(Reply::Done);
        // The emergency stop works whatever has lapsed.
        let (seal, grant) = (SealId::from_bytes([7; 16]), GrantId(1));
        let (kind, classes) = (SealKind::Contract, kind_classes());
        let terms = NewSeal { name: label("Seal"), classes, kind, owner: None };
        past.push(event(Fact::SealCreated { seal, terms }));
        let terms = NewGrant { seal, user: user(BOB), classes, window: year(), conditions: vec![] };
        past.push(event(Fact::Granted { grant, terms }));
        for (act, fact) in [
            (SealAct::Disable { grant }, Fact::GrantDisabled { grant }),
            (SealAct::Cancel { grant }, Fact::GrantCancelled { grant }),
            (SealAct::DisableUser { user: user(BOB) }, Fact::UserDisabled { user: user(BOB) }),
            (SealAct::RetireSeal { seal }, Fact::SealRetired { seal }),
        ] {
            given(&rules(), past.clone())
                .when(&seals(&past, act), &by(SELMA))
                .then([event(fact)])
                .replies(Reply::Done);
        }
    }
}

#[test]
fn an_organisation_is_never_stuck_with_who_does_not_stand() {
    let (desk, mut past) = (ServiceDesk::that_checks_letters(), past());
    past.push(event(Fact::UserDisabled { user: user(SELMA) }));
    past.push(event(Fact::EmployeeValidationEnded { user: user(SELMA) }));
    let context = Context::new(Actor::new("service-desk").unwrap(), start(), &mut rng());
    let letter = |n: u8| DigestAlgorithm::Sha256.digest(&[n]);
    // Nobody who could not act is appointed.
    let again = desk.appoints(user(SELMA), mailbox("seals@acme.example"), letter(2));
    let reasons = vec![
        ActRefusal::EmployeeNotValidated { user: user(SELMA) },
        ActRefusal::UserDisabled { user: user(SELMA), since: start() },
    ];
    is_refused(past.clone(), &again, &context, reasons);
    // Another one is, takes the position over without the one before, and can enable her.
    let fact = Fact::SealAdministratorAppointed {
        user: user(BOB),
        mailbox: mailbox("office@acme.example"),
        letter: letter(2).into(),
    };
    given(&rules(), past.clone())
        .when(&desk.appoints(user(BOB), mailbox("office@acme.example"), letter(2)), &context)
        .then([event(fact.clone())])
        .replies(Reply::Done);
    past.push(event(fact));
    let enable = state(&past).seal_administrator(user(BOB)).unwrap();
    given(&rules(), past)
        .when(&enable.asks(SealAct::EnableUser { user: user(SELMA) }), &by(BOB))
        .then([event(Fact::UserEnabled { user: user(SELMA) })])
        .replies(Reply::Done);
}

#[test]
fn nobody_validates_himself() {
    let (desk, past) = (ServiceDesk::that_checks_letters(), past());
    let context = Context::new(Actor::new("service-desk").unwrap(), start(), &mut rng());
    let own = account(&past, ALICE, AccountAct::ValidateEmployee { user: user(ALICE), window: year() });
    is_refused(past.clone(), &own, &by(ALICE), vec![ActRefusal::Oneself]);
    given(&rules(), past.clone())
        .when(&desk.validates(user(ALICE), year()), &context)
        .then([event(Fact::EmployeeValidated { user: user(ALICE), window: year() })])
        .replies(Reply::Done);
    // The desk does so for administrators only: for the others there is one.
    let of = |user| ActRefusal::NoAdministrator { user };
    is_refused(past.clone(), &desk.validates(user(BOB), year()), &context, vec![of(user(BOB))]);
    let gone = vec![ActRefusal::NoMember { user: user(9) }, of(user(9))];
    is_refused(past, &desk.validates(user(9), year()), &context, gone);
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
fn every_refusal_of_an_act_is_given() {
    let mut past = past();
    let (seal, year) = (SealId::from_bytes([7; 16]), year());
    let kind = SealKind::Contract;
    let terms = NewSeal { name: label("Seal"), classes: kind.sort().usual_classes(), kind, owner: None };
    let classes = ClassSet::from(DocumentClass::Contract);
    let right = NewGrant { seal, user: user(BOB), classes, window: year, conditions: vec![] };
    past.extend(
        [
            Fact::OrganisationValidated { window: year },
            Fact::SealCreated { seal, terms },
            Fact::Granted { grant: GrantId(1), terms: right.clone() },
            Fact::Granted { grant: GrantId(2), terms: right },
            Fact::GrantDisabled { grant: GrantId(2) },
            Fact::CodeSet { user: user(BOB), generation: 1 },
        ]
        .map(event),
    );
    let desk = ServiceDesk::that_checks_letters();
    let service = Context::new(Actor::new("service-desk").unwrap(), start(), &mut rng());
    let again = desk.founds(label("Acme"), label("NTREE-1"), user(9), mailbox("a@acme.example"));
    is_refused(past.clone(), &again, &service, vec![ActRefusal::Founded]);
    let letter = DigestAlgorithm::Sha512.digest(b"letter 2");
    let appoints = desk.appoints(user(BOB), mailbox("seals@acme.example"), letter);
    is_refused(past.clone(), &appoints, &service, vec![ActRefusal::LetterDigest]);
    is_refused(vec![], &appoints, &service, vec![ActRefusal::NotFounded]);

    let (alice, bob) = (user(ALICE), user(BOB));
    let nothing = || ActRefusal::NothingToEnd;
    let other = Domain::new("other.example").unwrap();
    for (act, reason) in [
        (AccountAct::Appoint { user: alice }, ActRefusal::AdministratorAlready { user: alice }),
        (AccountAct::Dismiss { user: bob }, ActRefusal::NoAdministrator { user: bob }),
        (AccountAct::Transfer { to: alice }, ActRefusal::AdministratorAlready { user: alice }),
        (AccountAct::EndDomainValidation { domain: other }, nothing()),
        (AccountAct::EndEmployeeValidation { user: alice }, nothing()),
    ] {
        is_refused(past.clone(), &account(&past, ALICE, act), &by(ALICE), vec![reason]);
    }
    let mut ended = past.clone();
    ended.push(event(Fact::OrganisationValidationEnded));
    let end = account(&ended, ALICE, AccountAct::EndOrganisationValidation);
    is_refused(ended, &end, &by(ALICE), vec![nothing()]);

    let (active, disabled, token) = (GrantId(1), GrantId(2), TokenId(99));
    for (act, reasons) in [
        (SealAct::Disable { grant: disabled }, vec![ActRefusal::DisabledAlready { grant: disabled }]),
        (SealAct::Enable { grant: active }, vec![ActRefusal::ActiveAlready { grant: active }]),
        (SealAct::EnableUser { user: bob }, vec![ActRefusal::UserNotDisabled]),
        (SealAct::EnableUser { user: user(SELMA) }, vec![ActRefusal::Oneself, ActRefusal::UserNotDisabled]),
        (SealAct::EndToken { token }, vec![ActRefusal::NoToken { token }]),
    ] {
        is_refused(past.clone(), &seals(&past, act), &by(SELMA), reasons);
    }
    let mut resting = past.clone();
    resting.push(event(Fact::UserDisabled { user: bob }));
    let rest = seals(&resting, SealAct::DisableUser { user: bob });
    is_refused(resting, &rest, &by(SELMA), vec![ActRefusal::UserDisabledAlready]);

    let member = state(&past).member(bob).unwrap();
    let known = member.has_set(&code_of(bob)).unwrap();
    is_refused(past.clone(), &known, &by(BOB), vec![ActRefusal::CodeKnown]);
    assert!(member.has_set(&code_of(user(SELMA))).is_none(), "another person's code");
    let secret = || chancery_seal::ApiToken::random(&mut rng());
    let scope = |classes| vec![chancery_seal::Scope { seal, classes }];
    for (command, reason) in [
        (member.issues(&secret(), vec![], None), ActRefusal::Scopes { most: 1000 }),
        (member.issues(&secret(), scope(ClassSet::default()), None), ActRefusal::NoClass),
        (member.issues(&secret(), scope(classes), Some(start())), ActRefusal::Over { until: start() }),
    ] {
        is_refused(past.clone(), &command, &by(BOB), vec![reason]);
    }
    for _ in 0..100 {
        let issues = member.issues(&secret(), scope(classes), None);
        let issued = rules().decide(&state(&past), &issues, &by(BOB));
        past.extend(issued.recorded().iter().cloned());
    }
    let one_more = member.issues(&secret(), scope(classes), None);
    is_refused(past.clone(), &one_more, &by(BOB), vec![ActRefusal::TooManyTokens { most: 100 }]);

    // Whoever does not hold a position gets no capability.
    let state = state(&past);
    let position = |position| ActRefusal::NotInPosition { position };
    assert_eq!(state.account_administrator(bob), Err(position(Position::AccountAdministrator)));
    assert_eq!(state.seal_administrator(bob), Err(position(Position::SealAdministrator)));
    assert_eq!(state.member(user(9)), Err(position(Position::Member)));
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

fn kind_classes() -> ClassSet {
    SealKind::Contract.sort().usual_classes()
}

#[test]
fn every_refusal_of_a_grant_and_of_a_certificate_is_given() {
    let mut past = past();
    let ids = [1_u8, 2, 3, 4].map(|n| SealId::from_bytes([n; 16]));
    let [shared, own, other_own, retired] = ids;
    let seal_of = |id, name, kind: SealKind, owner| {
        let classes = kind.sort().usual_classes();
        Fact::SealCreated { seal: id, terms: NewSeal { name: label(name), kind, classes, owner } }
    };
    past.extend(
        [
            seal_of(shared, "Shared", SealKind::Contract, None),
            seal_of(own, "Own", SealKind::Personal, Some(user(BOB))),
            seal_of(other_own, "Other own", SealKind::Personal, Some(user(BOB))),
            seal_of(retired, "Retired", SealKind::Contract, None),
            Fact::SealRetired { seal: retired },
        ]
        .map(event),
    );
    let contract = ClassSet::from(DocumentClass::Contract);
    let personal = ClassSet::from(DocumentClass::Personal);
    let invoice = ClassSet::from(DocumentClass::Invoice);
    let nowhere = SealId::from_bytes([9; 16]);
    let terms = |seal, whom: u8, classes, conditions| {
        SealAct::Grant(NewGrant { seal, user: user(whom), classes, window: year(), conditions })
    };
    let many = vec![chancery_seal::Condition::FourEyes; 17];
    let grant = GrantId(77);
    for (act, reason) in [
        (terms(own, SELMA, personal, vec![]), ActRefusal::SealOfOther),
        (terms(shared, BOB, invoice, vec![]), ActRefusal::ClassNotOfSeal { class: DocumentClass::Invoice }),
        (terms(shared, BOB, ClassSet::default(), vec![]), ActRefusal::NoClass),
        (terms(shared, BOB, contract, many), ActRefusal::TooManyConditions { found: 17, most: 16 }),
        (terms(nowhere, BOB, contract, vec![]), ActRefusal::NoSeal { seal: nowhere }),
        (terms(retired, BOB, contract, vec![]), ActRefusal::SealRetired { seal: retired }),
        (terms(shared, 9, contract, vec![]), ActRefusal::NoMember { user: user(9) }),
        (SealAct::Disable { grant }, ActRefusal::NoGrant { grant }),
    ] {
        is_refused(past.clone(), &seals(&past, act), &by(SELMA), vec![reason]);
    }

    let bobs = PKI.issue(natural("Bob", "bob@acme.example"));
    let bind = |seal, chain| SealAct::BindCertificate { seal, chain };
    for (seal, identity) in [(own, &bobs), (shared, &*SEAL)] {
        let done =
            rules().decide(&state(&past), &seals(&past, bind(seal, chain_of(identity, start()))), &by(SELMA));
        assert_eq!(done.replied(), &Reply::Done);
        past.extend(done.recorded().iter().cloned());
    }
    let replied = |past: &[OrganisationEvent], act| match rules()
        .decide(&state(past), &seals(past, act), &by(SELMA))
        .replied()
    {
        Reply::Refused(reasons) => reasons.clone(),
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(replied(&past, bind(shared, chain_of(&SEAL, start()))), [ActRefusal::BoundAlready]);
    let of_other = [ActRefusal::CertificateOfOther { seal: own }];
    assert_eq!(replied(&past, bind(other_own, chain_of(&bobs, start()))), of_other);
    let wrong = replied(&past, bind(shared, chain_of(&bobs, start())));
    assert!(wrong.iter().any(|reason| matches!(reason, ActRefusal::Claim { .. })), "{wrong:?}");
    let old = start() - SignedDuration::from_mins(6);
    let renewed = PKI.issue(legal("Acme, renewed"));
    let stale = replied(&past, bind(shared, chain_of(&renewed, old)));
    assert!(matches!(stale[..], [ActRefusal::Chain(chancery_seal::ChainUnfit::Stale { .. })]), "{stale:?}");
}

#[test]
fn who_was_replaced_asks_nothing_any_more() {
    // M6: a value from before the letter that appointed another.
    let mut past = past();
    let before = seals(&past, SealAct::DisableUser { user: user(ALICE) });
    let letter = DigestAlgorithm::Sha256.digest(b"letter 2").into();
    let (user, mailbox) = (user(BOB), mailbox("seals@acme.example"));
    past.push(event(Fact::SealAdministratorAppointed { user, mailbox, letter }));
    let position = Position::SealAdministrator;
    is_refused(past, &before, &by(SELMA), vec![ActRefusal::NotInPosition { position }]);
}

#[test]
fn a_chain_for_another_purpose_binds_nothing() {
    let mut past = past();
    let (seal, kind) = (SealId::from_bytes([7; 16]), SealKind::Contract);
    let terms = NewSeal { name: label("Seal"), classes: kind_classes(), kind, owner: None };
    past.push(event(Fact::SealCreated { seal, terms }));
    let anchors = chancery_chain::TrustAnchors::new([PKI.root().clone()]);
    let evidence =
        PKI.crls().into_iter().fold(chancery_chain::Evidence::new(), chancery_chain::Evidence::with_crl);
    let (any, require) = (chancery_chain::Purpose::Any, chancery_chain::RevocationPolicy::Require);
    let chain = chancery_chain::ChainVerifier::new(&anchors, any, require)
        .intermediates(&SEAL.chain()[1..])
        .evidence(&evidence)
        .verify_at(SEAL.certificate(), start())
        .unwrap();
    let bind = seals(&past, SealAct::BindCertificate { seal, chain });
    let purpose = ActRefusal::Chain(chancery_seal::ChainUnfit::Purpose);
    is_refused(past, &bind, &by(SELMA), vec![purpose]);
}
