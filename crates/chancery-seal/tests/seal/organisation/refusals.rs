//! Every refusal, each by an act that gets it.

use super::*;

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
