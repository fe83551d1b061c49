//! What would follow from a list for a certificate (ETSI TS 119 615, 4.4 and 4.5).

use std::rc::Rc;

use chancery_key::KeyKind;
use chancery_testkit::trusted_list::{self, ListDraft, MAY_SIGN, ServiceDraft, StateDraft};
use chancery_testkit::{Locations, Profile, TestAuthority};
use chancery_trusted_list::{
    Conclusion, QualifiedUse, Regime, Remark, ServiceStatus, StateAt, UnverifiedQualification,
    UnverifiedTrustedList, Would, WouldBeDevice,
};

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::support::{Claiming, PROVIDER, Provider, granted, provider, read, supervised, time};

const ISSUED: &str = "2020-01-01T00:00:00Z";
const SIGNED: &str = "2021-01-01T00:00:00Z";

fn judge(
    provider: &Provider,
    list: &UnverifiedTrustedList,
    claiming: &Claiming,
    issued: &str,
    signed: &str,
) -> UnverifiedQualification {
    let alice = provider.person(claiming, issued);
    list.believe_unverified().qualification(&provider.chain(&alice), time(signed))
}

fn today(provider: &Provider, state: StateDraft, claiming: &Claiming) -> UnverifiedQualification {
    judge(provider, &provider.listed(vec![state]), claiming, ISSUED, SIGNED)
}

fn qualified(for_use: QualifiedUse, device: WouldBeDevice) -> Conclusion {
    Conclusion::WouldBeQualified { for_use, device }
}

const SIGNATURES_IN_DEVICE: Conclusion =
    Conclusion::WouldBeQualified { for_use: QualifiedUse::Signatures, device: WouldBeDevice::InDevice };

#[test]
fn a_home_made_authority_with_every_statement_is_never_qualified() {
    let real = provider(PROVIDER);
    let list = real.listed(vec![granted()]);
    let everything =
        Claiming { policies: vec!["0.4.0.194112.1.2", "0.4.0.1456.1.1"], ..Claiming::everything() };
    assert_eq!(
        judge(&real, &list, &everything, ISSUED, SIGNED).if_the_list_is_authentic(),
        SIGNATURES_IN_DEVICE
    );

    // The same names, the same statements, other keys.
    let forged = provider(PROVIDER);
    let judged = judge(&forged, &list, &everything, ISSUED, SIGNED);
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    assert!(judged.remarks().contains(&&Remark::NotListed));
    assert!(judged.to_string().contains("\n- no service of the list stands for the issuer (PRO-4.4.4-05)"));

    // The best that a list without a checked signature gives is a "would": there is no word for more.
    assert!(SIGNATURES_IN_DEVICE.to_string().ends_with("nobody has checked the list's signature"));
}

#[test]
fn a_certificate_that_claims_nothing_is_nothing() {
    let provider = provider(PROVIDER);
    let judged = today(&provider, granted(), &Claiming::default());
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
}

#[test]
fn status_counts_at_issuance_and_at_signing() {
    let provider = provider(PROVIDER);
    let withdrawn = StateDraft::new(trusted_list::CA_QC, trusted_list::WITHDRAWN, "2022-01-01T00:00:00Z")
        .additional(trusted_list::FOR_SIGNATURES);
    let list = provider.listed(vec![withdrawn, granted()]);
    let at = |issued, signed| {
        judge(&provider, &list, &Claiming::everything(), issued, signed).if_the_list_is_authentic()
    };
    assert_eq!(at(ISSUED, "2021-12-31T23:59:59Z"), SIGNATURES_IN_DEVICE);
    assert_eq!(at(ISSUED, "2022-01-01T00:00:00Z"), Conclusion::WouldNotBeQualified);
    assert_eq!(at("2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z"), Conclusion::WouldNotBeQualified);

    // Listed only after the certificate was issued.
    let late = StateDraft::new(trusted_list::CA_QC, trusted_list::GRANTED, "2020-06-01T00:00:00Z")
        .additional(trusted_list::FOR_SIGNATURES);
    let judged = today(&provider, late, &Claiming::everything());
    assert_eq!(judged.at_issuance().would(QualifiedUse::Signatures), Would::NotBeQualified);
    assert_eq!(judged.at_signing().would(QualifiedUse::Signatures), Would::BeQualified);
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);

    let before = judge(&provider, &list, &Claiming::everything(), ISSUED, "2019-01-01T00:00:00Z");
    assert_eq!(before.if_the_list_is_authentic(), Conclusion::CannotTell);
    assert!(before.remarks().contains(&&Remark::BeforeIssuance));
    let after = judge(&provider, &list, &Claiming::everything(), ISSUED, "2027-06-01T00:00:00Z");
    assert!(matches!(after.remarks()[..], [.., Remark::ListTooOld { .. }]));
}

/// Tables 1, 2 and 3 of TS 119 615 (V1.4.1), cell by cell: `Q`ualified, `N`ot, `I`ndeterminate. A row is what the
/// certificate claims (QcCompliance and QcType); the columns are: no qualifier, NotQualified, QCStatement, the
/// qualifier of the use, the last two together.
#[test]
fn the_tables_of_the_standard() {
    const TYPES: [&[u8]; 8] = [&[], &[1], &[2], &[3], &[1, 2], &[1, 3], &[2, 3], &[1, 2, 3]];
    const TABLES: [(QualifiedUse, &str, &str, [&str; 16]); 3] = [
        (
            QualifiedUse::Signatures,
            trusted_list::FOR_SIGNATURES,
            "QCForESig",
            [
                "QNQQQ", "QNQQQ", "NNNQQ", "NNNQQ", "INIQQ", "INIQQ", "NNNQQ",
                "INIQQ", // with QcCompliance
                "NNINQ", "NNQNQ", "NNNNQ", "NNNNQ", "NNINQ", "NNINQ", "NNNNQ", "NNINQ", // without
            ],
        ),
        (
            QualifiedUse::Seals,
            trusted_list::FOR_SEALS,
            "QCForESeal",
            [
                "NNNQQ", "NNNQQ", "QNQQQ", "NNNQQ", "INIQQ", "NNNQQ", "INIQQ", "INIQQ", //
                "NNINQ", "NNNNQ", "NNQNQ", "NNNNQ", "NNINQ", "NNNNQ", "NNINQ", "NNINQ",
            ],
        ),
        (
            QualifiedUse::WebSites,
            trusted_list::FOR_WEB_SITES,
            "QCForWSA",
            [
                "NNNQQ", "NNNQQ", "NNNQQ", "QNQQQ", "NNNQQ", "INIQQ", "INIQQ", "INIQQ", //
                "NNINQ", "NNNNQ", "NNNNQ", "NNQNQ", "NNNNQ", "NNINQ", "NNINQ", "NNINQ",
            ],
        ),
    ];
    let provider = provider(PROVIDER);
    let people: Vec<_> = [true, false]
        .into_iter()
        .flat_map(|compliance| {
            TYPES.map(|uses| Claiming { compliance, uses: uses.to_vec(), ..Claiming::default() })
        })
        .map(|claiming| provider.chain(&provider.person(&claiming, ISSUED)))
        .collect();
    let mut cells = 0;
    for (used, information, qualifier, rows) in TABLES {
        let columns: [&[&str]; 5] =
            [&[], &["NotQualified"], &["QCStatement"], &[qualifier], &["QCStatement", qualifier]];
        for (column, qualifiers) in columns.into_iter().enumerate() {
            let state = StateDraft::new(trusted_list::CA_QC, trusted_list::GRANTED, "2016-07-01T00:00:00Z")
                .additional(information);
            let state = if qualifiers.is_empty() { state } else { state.qualifiers(qualifiers, MAY_SIGN) };
            let list = provider.listed(vec![state]);
            for (chain, row) in people.iter().zip(rows) {
                let judged = list.believe_unverified().qualification(chain, time(SIGNED));
                let expected = match row.as_bytes()[column] {
                    b'Q' => Would::BeQualified,
                    b'N' => Would::NotBeQualified,
                    _ => Would::CannotTell,
                };
                assert_eq!(judged.at_signing().would(used), expected, "{used}, {row}, column {column}");
                for other in QualifiedUse::ALL.into_iter().filter(|other| *other != used) {
                    assert_eq!(judged.at_signing().would(other), Would::NotBeQualified);
                }
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 240);
}

#[test]
fn devices_are_as_list_and_certificate_say() {
    let provider = provider(PROVIDER);
    let judged = |qualifiers: &[&str], device: bool| {
        let state =
            if qualifiers.is_empty() { granted() } else { granted().qualifiers(qualifiers, MAY_SIGN) };
        let claiming = Claiming { device, ..Claiming::everything() };
        match today(&provider, state, &claiming).if_the_list_is_authentic() {
            Conclusion::WouldBeQualified { device, .. } => device,
            other => panic!("{qualifiers:?}: {other}"),
        }
    };
    for (qualifiers, without_claim, with_claim) in [
        (&[][..], WouldBeDevice::NotInDevice, WouldBeDevice::InDevice),
        (&["QCQSCDStatusAsInCert"], WouldBeDevice::NotInDevice, WouldBeDevice::InDevice),
        (&["QCWithQSCD"], WouldBeDevice::InDevice, WouldBeDevice::InDevice),
        (&["QCQSCDManagedOnBehalf"], WouldBeDevice::InDevice, WouldBeDevice::InDevice),
        (&["QCNoQSCD"], WouldBeDevice::NotInDevice, WouldBeDevice::NotInDevice),
        (&["QCWithQSCD", "QCNoQSCD"], WouldBeDevice::CannotTell, WouldBeDevice::CannotTell),
        (&["QCWithSSCD"], WouldBeDevice::CannotTell, WouldBeDevice::CannotTell),
        (&["QCWithSSCD", "QCWithQSCD"], WouldBeDevice::InDevice, WouldBeDevice::InDevice),
        (&["QCQSCDStatusAsInCert", "QCNoQSCD"], WouldBeDevice::CannotTell, WouldBeDevice::CannotTell),
    ] {
        assert_eq!(
            (judged(qualifiers, false), judged(qualifiers, true)),
            (without_claim, with_claim),
            "{qualifiers:?}"
        );
    }
}

#[test]
fn before_july_2016_the_directive_counts() {
    let provider = provider(PROVIDER);
    let old = |state: StateDraft, claiming: &Claiming| {
        judge(
            &provider,
            &provider.listed(vec![state]),
            claiming,
            "2012-01-01T00:00:00Z",
            "2013-01-01T00:00:00Z",
        )
    };
    let policy = |policy| Claiming { policies: vec![policy], ..Claiming::default() };
    let in_device = qualified(QualifiedUse::Signatures, WouldBeDevice::InDevice);
    let elsewhere = qualified(QualifiedUse::Signatures, WouldBeDevice::NotInDevice);
    // Policies of TS 101 456 said it as well as statements.
    assert_eq!(old(supervised(), &policy("0.4.0.1456.1.1")).if_the_list_is_authentic(), in_device);
    assert_eq!(old(supervised(), &policy("0.4.0.1456.1.2")).if_the_list_is_authentic(), elsewhere);
    let stated = old(supervised().qualifiers(&["QCStatement", "QCWithSSCD"], MAY_SIGN), &Claiming::default());
    assert_eq!(stated.if_the_list_is_authentic(), in_device);
    assert_eq!(stated.at_signing().regime, Regime::Directive);
    let taken = old(supervised().qualifiers(&["NotQualified"], MAY_SIGN), &Claiming::everything());
    assert_eq!(taken.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    // There were no qualified seals.
    let seal = Claiming { uses: vec![2], ..Claiming::everything() };
    assert_eq!(old(supervised(), &seal).at_signing().would(QualifiedUse::Seals), Would::NotBeQualified);
    let revoked =
        StateDraft::new(trusted_list::CA_QC, trusted_list::SUPERVISION_REVOKED, "2011-01-01T00:00:00Z");
    assert_eq!(
        old(revoked, &Claiming::everything()).if_the_list_is_authentic(),
        Conclusion::WouldNotBeQualified
    );

    // Issued under the directive, used under the regulation: the service must have been granted then.
    let across = |states| {
        let list = provider.listed(states);
        judge(&provider, &list, &policy("0.4.0.1456.1.2"), "2015-01-01T00:00:00Z", "2018-01-01T00:00:00Z")
    };
    assert_eq!(across(vec![granted(), supervised()]).if_the_list_is_authentic(), elsewhere);
    let withdrawn = StateDraft::new(trusted_list::CA_QC, trusted_list::WITHDRAWN, "2016-07-01T00:00:00Z")
        .additional(trusted_list::FOR_SIGNATURES);
    assert_eq!(
        across(vec![withdrawn, supervised()]).if_the_list_is_authentic(),
        Conclusion::WouldNotBeQualified
    );
    assert_eq!(across(vec![supervised()]).if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    // Policies of the directive say nothing of certificates that were issued after it.
    let late = today(&provider, granted(), &policy("0.4.0.1456.1.1"));
    assert_eq!(late.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
}

#[test]
fn what_is_not_understood_is_never_passed_over() {
    let provider = provider(PROVIDER);
    let unclear = |state: StateDraft, expected: &dyn Fn(&Remark) -> bool| {
        let judged = today(&provider, state, &Claiming::everything());
        assert_eq!(judged.if_the_list_is_authentic(), Conclusion::CannotTell);
        assert!(judged.remarks().into_iter().any(expected), "{:?}", judged.remarks());
    };
    unclear(
        granted().extension("true", "<a:Novelty/>"),
        &|remark| matches!(remark, Remark::UnreadCriticalExtension { element } if element == "Novelty"),
    );
    let odd = "<q:CriteriaList assert=\"all\"><q:otherCriteriaList><a:Novelty/></q:otherCriteriaList></q:CriteriaList>";
    unclear(granted().qualifiers(&["NotQualified"], odd), &|remark| *remark == Remark::CriteriaUnclear);
    unclear(granted().qualifiers(&["NotQualified"], "<q:CriteriaList assert=\"all\"/>"), &|remark| {
        *remark == Remark::CriteriaUnclear
    });
    unclear(granted().qualifiers(&["QCNovelty"], MAY_SIGN), &|remark| {
        matches!(remark, Remark::UnknownQualifier { .. })
    });
    unclear(granted().qualifiers(&["QCForESeal"], MAY_SIGN), &|remark| {
        matches!(remark, Remark::QualifiersContradict { .. })
    });
    unclear(granted().qualifiers(&["QCForLegalPerson"], MAY_SIGN), &|remark| {
        matches!(remark, Remark::QualifiersContradict { .. })
    });
    unclear(granted().qualifiers(&["NotQualified", "QCStatement"], MAY_SIGN), &|remark| {
        matches!(remark, Remark::QualifiersContradict { .. })
    });
    let strange = StateDraft::new(trusted_list::CA_QC, "http://uri.etsi.org/x", "2016-07-01T00:00:00Z")
        .additional(trusted_list::FOR_SIGNATURES);
    unclear(strange, &|remark| {
        matches!(remark, Remark::UnexpectedStatus { status: ServiceStatus::Other(_) })
    });
    // An extension that is not critical may be passed over.
    let judged = today(&provider, granted().extension("false", "<a:Novelty/>"), &Claiming::everything());
    assert_eq!(judged.if_the_list_is_authentic(), SIGNATURES_IN_DEVICE);
}

#[test]
fn only_the_list_of_the_issuers_country_and_the_issuers_own_provider_count() {
    let provider = provider(PROVIDER);
    let service = || provider.service(vec![granted()]);
    let cannot_tell = |draft: ListDraft, expected: &Remark| {
        let judged = judge(&provider, &read(&draft), &Claiming::everything(), ISSUED, SIGNED);
        assert_eq!(judged.if_the_list_is_authentic(), Conclusion::CannotTell);
        assert!(judged.remarks().contains(&expected), "{:?}", judged.remarks());
    };
    let other = Remark::OtherTerritory { issuer: Some("BE".into()), list: Some("NL".into()) };
    cannot_tell(ListDraft::new("NL").service(PROVIDER, service()), &other);
    cannot_tell(ListDraft::new("BE").service("Somebody Else", service()), &Remark::ProviderHasAnotherName);
    let both = ListDraft::new("BE").service(PROVIDER, service()).service("Somebody Else", service());
    cannot_tell(both, &Remark::ProvidersDiffer);
    let withdrawn = StateDraft::new(trusted_list::CA_QC, trusted_list::WITHDRAWN, "2017-01-01T00:00:00Z")
        .additional(trusted_list::FOR_SIGNATURES);
    let twice = ListDraft::new("BE")
        .service(PROVIDER, service())
        .service(PROVIDER, provider.service(vec![withdrawn]));
    cannot_tell(twice, &Remark::StatusesDiffer);
    let disorder = provider.service(vec![granted(), granted()]);
    cannot_tell(ListDraft::new("BE").service(PROVIDER, disorder), &Remark::HistoryOutOfOrder);
    // White space and case of names do not matter, nor which of its names the provider is known by.
    let draft = ListDraft::new("BE").service("EXAMPLE  trust", service());
    let judged = judge(&provider, &read(&draft), &Claiming::everything(), ISSUED, SIGNED);
    assert_eq!(judged.if_the_list_is_authentic(), SIGNATURES_IN_DEVICE);
}

#[test]
fn a_root_stands_for_issuers_below_it_only_if_the_list_says_so() {
    let provider = provider(PROVIDER);
    let root = |state: StateDraft| {
        let service = ServiceDraft::new(state).certificate(provider.root.certificate());
        let list = read(&ListDraft::new("BE").service(PROVIDER, service));
        judge(&provider, &list, &Claiming::everything(), ISSUED, SIGNED)
    };
    assert_eq!(
        root(granted().additional(trusted_list::ROOT)).if_the_list_is_authentic(),
        SIGNATURES_IN_DEVICE
    );
    let judged = root(granted());
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    assert!(judged.remarks().contains(&&Remark::AboveTheIssuer));
}

#[test]
fn another_law_and_another_service_are_not_enough() {
    let provider = provider(PROVIDER);
    let swiss = Claiming { legislation: Some("CH"), ..Claiming::everything() };
    let judged = today(&provider, granted(), &swiss);
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    assert!(judged.remarks().contains(&&Remark::OtherLegislation));
    let plain = StateDraft::new(
        "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC",
        trusted_list::GRANTED,
        "2016-07-01T00:00:00Z",
    )
    .additional(trusted_list::FOR_SIGNATURES);
    let judged = today(&provider, plain, &Claiming::everything());
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    let seals = StateDraft::new(trusted_list::CA_QC, trusted_list::GRANTED, "2016-07-01T00:00:00Z")
        .additional(trusted_list::FOR_SEALS);
    let judged = today(&provider, seals, &Claiming::everything());
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
}

#[test]
fn an_authority_under_the_listed_one_does_not_inherit_its_standing() {
    // The listed authority certifies another, which issues to anybody: the list says nothing of that one.
    let provider = provider(PROVIDER);
    let list = provider.listed(vec![granted()]);
    let subject = chancery_certificate::Name::from_text(&format!("CN=Lower,O={PROVIDER},C=BE")).unwrap();
    let lower = Profile::authority("lower", KeyKind::P256)
        .subject(subject.to_der().to_vec())
        .valid(time("2017-01-01T00:00:00Z"), time("2035-01-01T00:00:00Z"));
    let lower: TestAuthority =
        provider.issuing.subordinate(lower, Locations::under("http://ca.test", "lower"));
    let upper = provider.issuing;
    let below = Provider { root: upper, issuing: lower };
    let judged = judge(&below, &list, &Claiming::everything(), ISSUED, SIGNED);
    assert_eq!(judged.if_the_list_is_authentic(), Conclusion::WouldNotBeQualified);
    assert!(judged.remarks().contains(&&Remark::AboveTheIssuer));
}

/// A random history: what was said since when.
fn history() -> impl Strategy<Value = Vec<(i64, usize, bool, bool)>> {
    proptest::collection::vec((0..8000_i64, 0..5_usize, any::<bool>(), any::<bool>()), 1..5)
}

proptest! {
    /// Whatever the list and the certificate say: "would be qualified" needs a service that stands for the issuer, in
    /// good standing at both moments, and a certificate that says it is qualified or a list that does.
    #[test]
    fn nothing_is_qualified_without_standing_at_both_moments(
        mut history in history(),
        issued in 0..8000_i64,
        used_after in 0..2000_i64,
        compliance: bool,
        uses in proptest::collection::vec(1..4_u8, 0..3),
        stated: bool,
        listed: bool,
    ) {
        let start = time("2003-01-01T00:00:00Z");
        let day = |day: i64| start + SignedDuration::from_hours(24 * day);
        let words = [
            trusted_list::GRANTED,
            trusted_list::WITHDRAWN,
            trusted_list::UNDER_SUPERVISION,
            trusted_list::SUPERVISION_REVOKED,
            "http://uri.etsi.org/x",
        ];
        history.sort_by_key(|state| std::cmp::Reverse(state.0));
        history.dedup_by_key(|state| state.0);
        let states = history.iter().map(|(since, word, signatures, seals)| {
            let state = StateDraft::new(trusted_list::CA_QC, words[*word], &day(*since).to_string());
            let state = if *signatures { state.additional(trusted_list::FOR_SIGNATURES) } else { state };
            let state = if *seals { state.additional(trusted_list::FOR_SEALS) } else { state };
            if stated { state.qualifiers(&["QCStatement"], MAY_SIGN) } else { state }
        });
        let (real, other) = PROVIDERS.with(Clone::clone);
        let list = if listed { real.listed(states.collect()) } else { other.listed(states.collect()) };
        let claiming = Claiming { compliance, uses, ..Claiming::default() };
        let (issued, signed) = (day(issued), day(issued + used_after));
        let alice = real.person(&claiming, &issued.to_string());
        let judged = list.believe_unverified().qualification(&real.chain_at(&alice, issued), signed);
        if let Conclusion::WouldBeQualified { .. } = judged.if_the_list_is_authentic() {
            prop_assert!(listed);
            prop_assert!(compliance || stated);
            let service = &list.providers()[0].services[0];
            for moment in [issued, signed] {
                let StateAt::State(state) = service.state_at(moment) else { panic!("not listed at {moment}") };
                prop_assert!(state.status.is_active());
                let late = moment >= time("2016-07-01T00:00:00Z");
                prop_assert!(!late || state.status == ServiceStatus::Granted);
            }
        }
    }
}

thread_local! {
    /// Two providers of the same names: made once, since keys take time.
    static PROVIDERS: (Rc<Provider>, Rc<Provider>) = (Rc::new(provider(PROVIDER)), Rc::new(provider(PROVIDER)));
}
