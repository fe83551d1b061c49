//! What whoever acts must be at that moment.

use super::*;

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
