//! Lists as they are and as an enemy would write them.

use crate::support::{PROVIDER, granted, provider, read, supervised, time};
use chancery_testkit::trusted_list::{self, ListDraft, ServiceDraft, StateDraft};
use chancery_trusted_list::{
    AdditionalInformation, Criterion, Criticality, KeyValue, ListLimits, Match, Qualifier, ServiceStatus,
    ServiceType, SignatureElement, StateAt, TrustedListFault, UnverifiedTrustedList,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn fault(xml: &str) -> (u32, TrustedListFault) {
    let error = UnverifiedTrustedList::from_xml(xml.as_bytes()).unwrap_err();
    (error.line, error.fault)
}

fn plain() -> String {
    let service =
        ServiceDraft::new(granted().qualifiers(&["QCWithQSCD"], trusted_list::MAY_SIGN)).once(supervised());
    ListDraft::new("BE").service(PROVIDER, service).xml()
}

#[test]
fn a_list_says_who_was_what_and_when() {
    let provider = provider(PROVIDER);
    let taken_over = "<a:TakenOverBy><a:URI xml:lang=\"en\">http://new.example</a:URI><a:TSPName><Name xml:lang=\"en\">New</Name>\
        </a:TSPName><SchemeOperatorName><Name xml:lang=\"en\">Other</Name></SchemeOperatorName>\
        <SchemeTerritory>NL</SchemeTerritory></a:TakenOverBy>";
    let present = granted()
        .qualifiers(&["QCWithQSCD", "QCForESig"], trusted_list::MAY_SIGN)
        .extension("false", "<ExpiredCertsRevocationInfo>2012-01-01T00:00:00Z</ExpiredCertsRevocationInfo>")
        .extension("true", taken_over);
    let draft = ListDraft::new("BE")
        .version("6")
        .pointer("NL", "https://lists.example/nl.xml", provider.root.certificate())
        .service(PROVIDER, provider.service(vec![present, supervised()]))
        .service(
            "Stamps & Co",
            ServiceDraft::new(StateDraft::new(
                trusted_list::TSA_QTST,
                trusted_list::GRANTED,
                "2017-01-01T00:00:00Z",
            )),
        );
    let list = read(&draft);
    assert_eq!((list.version(), list.sequence_number(), list.territory()), (6, 17, Some("BE")));
    assert_eq!(list.issued(), time("2026-11-01T00:00:00Z"));
    assert_eq!(list.next_update(), Some(time("2027-05-01T00:00:00Z")));
    assert_eq!(list.signature(), SignatureElement::Absent);
    assert_eq!(list.unread(), []);

    let [pointer] = list.pointers() else { panic!("one pointer") };
    assert_eq!(
        (pointer.location.as_str(), pointer.territory.as_deref()),
        ("https://lists.example/nl.xml", Some("NL"))
    );
    assert_eq!(pointer.media_type.as_deref(), Some("application/vnd.etsi.tsl+xml"));
    assert_eq!(pointer.signers.certificates, [provider.root.certificate().clone()]);

    let [first, second] = list.providers() else { panic!("two providers") };
    assert_eq!((first.names.display().as_str(), second.names.display().as_str()), (PROVIDER, "Stamps & Co"));
    assert_eq!(second.services[0].present().unwrap().kind, ServiceType::QualifiedTimestamps);
    let service = &first.services[0];
    assert!(service.identity().recognises(provider.issuing.certificate()));
    assert!(!service.identity().recognises(provider.root.certificate()));
    assert!(service.identity().subject_names[0].matches(provider.issuing.certificate().subject()));
    let extensions = &service.present().unwrap().extensions;
    assert_eq!(extensions.additional, [AdditionalInformation::ForSignatures]);
    assert_eq!(extensions.expired_certificates_from, Some(time("2012-01-01T00:00:00Z")));
    let taken_over = extensions.taken_over_by.as_ref().unwrap();
    assert_eq!((taken_over.provider.display().as_str(), taken_over.territory.as_str()), ("New", "NL"));
    assert_eq!(
        extensions.qualifications[0].qualifiers,
        [Qualifier::InQualifiedDevice, Qualifier::ForSignatures]
    );

    let status = |moment: &str| match service.state_at(time(moment)) {
        StateAt::State(state) => Some(state.status.clone()),
        _ => None,
    };
    assert_eq!(status("2016-07-01T00:00:00Z"), Some(ServiceStatus::Granted));
    assert_eq!(status("2016-06-30T23:59:59Z"), Some(ServiceStatus::UnderSupervision));
    assert_eq!(status("2009-12-31T23:59:59Z"), None);
}

#[test]
fn keys_without_a_certificate_are_kept_and_recognise_nobody() {
    let rsa = "<DigitalId><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQID</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>\
        </ds:RSAKeyValue></ds:KeyValue></DigitalId><DigitalId><X509Certificate>AQID</X509Certificate></DigitalId>";
    let list = read(&ListDraft::new("BE").service(PROVIDER, ServiceDraft::new(granted()).identity(rsa)));
    let identity = list.providers()[0].services[0].identity();
    assert_eq!(identity.key_values, [KeyValue::Rsa { modulus: vec![1, 2, 3], exponent: vec![1, 0, 1] }]);
    assert_eq!(identity.unread_certificates[0].0, [1, 2, 3]);

    // Name and key identifier of the real authority, which anybody can write.
    let provider = provider(PROVIDER);
    let own = provider.issuing.certificate();
    let name = format!("<DigitalId><X509SubjectName>{}</X509SubjectName></DigitalId>", own.subject());
    let list = read(&ListDraft::new("BE").service(PROVIDER, ServiceDraft::new(granted()).identity(&name)));
    assert!(!list.providers()[0].services[0].identity().recognises(own));
}

#[test]
fn what_is_not_known_is_noted_with_its_place() {
    let xml = plain().replace("<SchemeTerritory>", "<Novelty>x</Novelty><SchemeTerritory>");
    let list = UnverifiedTrustedList::from_xml(xml.as_bytes()).unwrap();
    let [unread] = list.unread() else { panic!("{:?}", list.unread()) };
    assert_eq!(unread.element, "Novelty");
    assert!(xml[unread.offset..].starts_with("<Novelty>"));

    let draft = ListDraft::new("BE")
        .service(PROVIDER, ServiceDraft::new(granted().extension("true", "<a:Novelty/>")));
    let list = read(&draft);
    let extensions = &list.providers()[0].services[0].present().unwrap().extensions;
    assert_eq!(
        (extensions.unread[0].0.element.as_str(), extensions.unread[0].1),
        ("Novelty", Criticality::Critical)
    );

    let odd = "<q:CriteriaList assert=\"all\"><q:otherCriteriaList><a:Novelty/></q:otherCriteriaList></q:CriteriaList>";
    let list = read(
        &ListDraft::new("BE")
            .service(PROVIDER, ServiceDraft::new(granted().qualifiers(&["NotQualified"], odd))),
    );
    let criteria = &list.providers()[0].services[0].present().unwrap().extensions.qualifications[0].criteria;
    assert!(matches!(criteria.criteria.as_slice(), [Criterion::Unread(_)]));
    assert_eq!(criteria.matches(provider(PROVIDER).root.certificate()), Match::CannotTell);
}

#[test]
fn xml_that_could_hide_something_is_refused() {
    let with_type = plain().replacen(
        "<TrustServiceStatusList",
        "<!DOCTYPE l [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><TrustServiceStatusList",
        1,
    );
    assert_eq!(fault(&with_type), (2, TrustedListFault::DocumentType));
    let entity = plain().replace("<SchemeTerritory>BE", "<SchemeTerritory>&e;");
    assert!(matches!(fault(&entity).1, TrustedListFault::Xml(_)));
    // A comment splits the text: some readers see `gran`, others `granted`.
    let split = plain().replacen("Svcstatus/granted", "Svcstatus/gran<!-- -->ted", 1);
    assert!(matches!(fault(&split).1, TrustedListFault::Value { element, .. } if element == "ServiceStatus"));
    let twice = plain().replacen(
        "<ServiceStatus>",
        "<ServiceStatus>http://uri.etsi.org/x</ServiceStatus><ServiceStatus>",
        1,
    );
    assert_eq!(fault(&twice).1, TrustedListFault::Twice { element: "ServiceStatus" });
    let latin = plain().replacen("UTF-8", "ISO-8859-1", 1);
    assert_eq!(fault(&latin).1, TrustedListFault::NotUtf8);
    assert_eq!(UnverifiedTrustedList::from_xml(b"\xff\xfe<\0").unwrap_err().fault, TrustedListFault::NotUtf8);
    // What an error quotes is safe to show: U+200D may stand in names of XML.
    let joined = UnverifiedTrustedList::from_xml("<a\u{200d}b/>".as_bytes()).unwrap_err().to_string();
    assert!(joined.ends_with(r"its root is a\u{200d}b"), "{joined}");
    // The right words in a wrong namespace are other words.
    let foreign = plain().replacen("02231/v2#", "02231/v3#", 1);
    assert_eq!(
        fault(&foreign).1,
        TrustedListFault::NotATrustedList { found: "TrustServiceStatusList".into() }
    );
}

#[test]
fn what_is_not_as_the_standard_says_is_refused_with_its_place() {
    type Case = (&'static str, &'static str, &'static str);
    let cases: [Case; 12] = [
        ("TSLTag=\"http://uri.etsi.org/19612/TSLTag\"", "", "TrustServiceStatusList"),
        ("<TSLSequenceNumber>17", "<TSLSequenceNumber>-1", "TSLSequenceNumber"),
        ("2016-07-01T00:00:00Z", "2016-07-01T00:00:00+02:00", "StatusStartingTime"),
        ("2016-07-01T00:00:00Z", "2016-07-01", "StatusStartingTime"),
        ("2016-07-01T00:00:00Z", "2016-02-30T00:00:00Z", "StatusStartingTime"),
        ("2027-05-01T00:00:00Z", "tomorrow", "dateTime"),
        ("http://uri.etsi.org/TrstSvc/Svctype/CA/QC", "", "ServiceTypeIdentifier"),
        ("Critical=\"true\"", "Critical=\"perhaps\"", "Extension"),
        ("assert=\"all\"", "assert=\"most\"", "CriteriaList"),
        ("name=\"nonRepudiation\"", "name=\"signing\"", "KeyUsageBit"),
        (">true<", ">yes<", "KeyUsageBit"),
        (" uri=\"http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCWithQSCD\"", "", "Qualifier"),
    ];
    for (right, wrong, element) in cases {
        let xml = plain();
        assert!(xml.contains(right), "{right}");
        match fault(&xml.replacen(right, wrong, 1)) {
            (line, TrustedListFault::Value { element: found, .. }) => {
                assert_eq!((found.as_str(), line > 1), (element, true));
            }
            other => panic!("{wrong}: {other:?}"),
        }
    }
    let (_, missing) = fault(&plain().replacen(
        "<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted</ServiceStatus>",
        "",
        1,
    ));
    assert_eq!(
        missing,
        TrustedListFault::Missing { parent: "ServiceInformation".into(), element: "ServiceStatus" }
    );
    assert_eq!(fault(&ListDraft::new("BE").version("7").xml()).1, TrustedListFault::Version { found: 7 });
    let damaged = ServiceDraft::new(granted())
        .identity("<DigitalId><X509Certificate>A=B</X509Certificate></DigitalId>");
    let (_, damaged) = fault(&ListDraft::new("BE").service(PROVIDER, damaged).xml());
    assert!(matches!(damaged, TrustedListFault::Value { element, .. } if element == "X509Certificate"));
}

#[test]
fn a_list_is_bounded_before_it_is_parsed() {
    let too_large = |xml: &str, limits: ListLimits| match UnverifiedTrustedList::from_xml_within(
        xml.as_bytes(),
        limits,
    ) {
        Err(error) => match error.fault {
            TrustedListFault::TooLarge { what, .. } => what,
            other => panic!("{other:?}"),
        },
        Ok(_) => panic!("a list without bounds was read"),
    };
    let mut small = ListLimits::default();
    small.bytes = 100;
    assert_eq!(too_large(&plain(), small), "bytes");
    let mut few = ListLimits::default();
    few.nodes = 50;
    assert_eq!(too_large(&plain(), few), "nodes of XML");

    let default = ListLimits::default();
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(too_large(&deep, default), "levels of elements");
    // One element with very many attributes: comparing each with those before it would take minutes.
    let wide: String = (0..500_000).map(|number| format!(" a{number}=\"\"")).collect();
    assert_eq!(too_large(&format!("<a{wide}/>"), default), "the attributes of an element");
    // Many elements that declare namespaces under many that are in scope.
    let declared: String = (0..60).map(|number| format!(" xmlns:n{number}=\"u\"")).collect();
    let nested: String =
        (0..40).map(|level| format!("<a{}>", declared.replace(":n", &format!(":n{level}x")))).collect();
    let children = "<b xmlns:z=\"u\"/>".repeat(400_000);
    assert_eq!(
        too_large(&format!("{nested}{children}"), default),
        "declarations of namespaces, in the work they make,"
    );
}

/// A state that begins so many days after 2000.
fn state(day: i64, status: &str) -> StateDraft {
    let since = time("2000-01-01T00:00:00Z") + SignedDuration::from_hours(24 * day);
    StateDraft::new(
        trusted_list::CA_QC,
        &format!("http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/{status}"),
        &since.to_string(),
    )
}

proptest! {
    /// At every moment there is exactly one answer, and it is the state that began last; a history in disorder has none.
    #[test]
    fn the_status_at_a_moment_is_a_function_of_the_history(
        days in proptest::collection::vec(0..8000_i64, 1..8),
        at in 0..9000_i64,
        sort: bool,
    ) {
        let mut days = days;
        if sort {
            days.sort_unstable_by(|one, other| other.cmp(one));
            days.dedup();
        }
        let words = ["granted", "withdrawn", "undersupervision"];
        let states = days.iter().enumerate().map(|(index, day)| state(*day, words[index % 3]));
        let mut states = states.collect::<Vec<_>>().into_iter();
        let service = states.clone().skip(1).fold(ServiceDraft::new(states.next().unwrap()), ServiceDraft::once);
        let list = read(&ListDraft::new("BE").service(PROVIDER, service));
        let service = &list.providers()[0].services[0];
        let moment: Timestamp = time("2000-01-01T00:00:00Z") + SignedDuration::from_hours(24 * at);
        let in_order = days.windows(2).all(|pair| pair[0] > pair[1]);
        let expected = days.iter().position(|day| *day <= at);
        match service.state_at(moment) {
            StateAt::Disputed => prop_assert!(!in_order),
            StateAt::NotListedYet => prop_assert!(in_order && expected.is_none()),
            StateAt::State(state) => {
                prop_assert!(in_order);
                prop_assert_eq!(Some(state), expected.map(|index| &service.states()[index]));
            }
        }
    }

    /// Anything else is a typed error, and nothing panics.
    #[test]
    fn damaged_lists_never_panic(at in any::<prop::sample::Index>(), text in "[<>/&\"' a-z=!\\[\\]-]{0,6}", cut: bool) {
        let xml = plain();
        let at = at.index(xml.len());
        let rest = if cut { "" } else { &xml[at..] };
        let changed = format!("{}{text}{rest}", &xml[..at]);
        let _ = UnverifiedTrustedList::from_xml(changed.as_bytes());
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(UnverifiedTrustedList::from_xml(&bytes).is_err());
    }
}
