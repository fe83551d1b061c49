//! Services as trust anchors.

use chancery_certificate::Certificate;
use chancery_chain::{AnchorScope, ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_key::KeyKind;
use chancery_testkit::trusted_list::{self, ListDraft, ServiceDraft, StateDraft};
use chancery_testkit::{Profile, TestAuthority};
use chancery_trusted_list::ServiceType;

use crate::support::{Claiming, PROVIDER, granted, provider, read, supervised, time};

/// Issues qualified certificates, as the end of its URI.
const CA_QC: &str = "CA/QC";

fn holds(anchors: &TrustAnchors, certificate: &Certificate, purpose: Purpose, at: &str) -> bool {
    ChainVerifier::new(anchors, purpose, RevocationPolicy::NotChecked)
        .verify_at(certificate, time(at))
        .is_ok()
}

#[test]
fn a_service_anchors_paths_for_as_long_as_it_was_active() {
    let provider = provider(PROVIDER);
    let withdrawn = StateDraft::new(trusted_list::CA_QC, trusted_list::WITHDRAWN, "2024-01-01T00:00:00Z");
    let list = provider.listed(vec![withdrawn, granted(), supervised()]);
    let anchors = list.believe_unverified().anchors(&ServiceType::QualifiedCertificates);
    let [anchor] = anchors.iter().collect::<Vec<_>>()[..] else {
        panic!("one time, from supervision to withdrawal")
    };
    assert_eq!(anchor.scope(), AnchorScope::NameAndKey);
    let trusted = (Some(time("2010-01-01T00:00:00Z")), Some(time("2024-01-01T00:00:00Z")));
    assert_eq!(anchor.constraints().trusted(), trusted);

    let alice = provider.person(&Claiming::default(), "2012-01-01T00:00:00Z");
    let at = |moment| holds(&anchors, &alice, Purpose::DocumentSigning, moment);
    assert!(at("2012-06-01T00:00:00Z") && at("2023-12-31T23:59:59Z"));
    assert!(!at("2024-01-01T00:00:00Z"), "withdrawn");
    assert_eq!(list.believe_unverified().anchors(&ServiceType::QualifiedTimestamps).iter().count(), 0);
}

#[test]
fn what_was_never_active_or_is_in_disorder_anchors_nothing() {
    let provider = provider(PROVIDER);
    let anchors = |states| {
        let list = provider.listed(states);
        list.believe_unverified().anchors(&ServiceType::QualifiedCertificates).iter().count()
    };
    let state = |status: &str, since: &str| StateDraft::new(trusted_list::CA_QC, status, since);
    assert_eq!(anchors(vec![granted()]), 1);
    assert_eq!(anchors(vec![state(trusted_list::WITHDRAWN, "2016-07-01T00:00:00Z")]), 0);
    assert_eq!(
        anchors(vec![state(
            "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/GRANTED",
            "2016-07-01T00:00:00Z"
        )]),
        0
    );
    let same = "2016-07-01T00:00:00Z";
    assert_eq!(anchors(vec![state(trusted_list::GRANTED, same), state(trusted_list::WITHDRAWN, same)]), 0);
    assert_eq!(
        anchors(vec![
            state(trusted_list::GRANTED, same),
            state(trusted_list::GRANTED, "2018-01-01T00:00:00Z")
        ]),
        0
    );
}

#[test]
fn a_timestamp_service_is_trusted_for_timestamps_only() {
    let provider = provider(PROVIDER);
    let state = StateDraft::new(trusted_list::TSA_QTST, trusted_list::GRANTED, "2016-07-01T00:00:00Z");
    let service = ServiceDraft::new(state).certificate(provider.issuing.certificate());
    let list = read(&ListDraft::new("BE").service(PROVIDER, service));
    let anchors = list.believe_unverified().anchors(&ServiceType::QualifiedTimestamps);
    let alice = provider.person(&Claiming::default(), "2020-01-01T00:00:00Z");
    assert!(!holds(&anchors, &alice, Purpose::DocumentSigning, "2021-01-01T00:00:00Z"));
    let stamps = Profile::timestamp_authority("Stamps", KeyKind::P256)
        .valid(time("2020-01-01T00:00:00Z"), time("2030-01-01T00:00:00Z"));
    let stamps = provider.issuing.issue(stamps);
    assert!(holds(&anchors, stamps.certificate(), Purpose::Timestamping, "2021-01-01T00:00:00Z"));
}

/// Whoever holds the key of a listed responder or timestamp unit makes nobody a signer with it.
#[test]
fn services_that_issue_no_certificates_anchor_no_signers() {
    let provider = provider(PROVIDER);
    let long = |profile: Profile| profile.valid(time("2017-01-01T00:00:00Z"), time("2040-01-01T00:00:00Z"));
    let at = "2021-01-01T00:00:00Z";
    for kind in [
        CA_QC,
        "TSA/QTST",
        "Certstatus/OCSP/QC",
        "Certstatus/OCSP",
        "Certstatus/CRL/QC",
        "EDS/Q",
        "Nobody/Knows",
    ] {
        let uri = format!("http://uri.etsi.org/TrstSvc/Svctype/{kind}");
        let anchors = |certificate: &Certificate| {
            let state = StateDraft::new(&uri, trusted_list::GRANTED, "2016-07-01T00:00:00Z");
            let service = ServiceDraft::new(state).certificate(certificate);
            let list = read(&ListDraft::new("BE").service(PROVIDER, service));
            let anchors = list.believe_unverified().anchors(&ServiceType::from_uri(&uri));
            assert_eq!(anchors.iter().count(), 1, "{kind}");
            anchors
        };
        // A listed end of a path, and an authority that its key was made into.
        let listed = provider.issuing.issue(long(Profile::ocsp_responder("Listed", KeyKind::P256)));
        let name = listed.certificate().subject().to_der().to_vec();
        let self_made = Profile::authority("x", KeyKind::P256).subject(name).with_key(listed.key());
        let self_made = TestAuthority::root(long(self_made), time(at), provider.issuing.locations().clone());
        let signer = || long(Profile::signer("Mallory", KeyKind::P256));
        let stamps = || long(Profile::timestamp_authority("Stamps", KeyKind::P256));
        let below = anchors(listed.certificate());
        for (profile, purpose) in [
            (signer(), Purpose::DocumentSigning),
            (signer(), Purpose::Email),
            (stamps(), Purpose::Timestamping),
        ] {
            let made = self_made.issue(profile);
            assert!(!holds(&below, made.certificate(), purpose, at), "{kind} {purpose}");
        }
        // A listed authority issues what its service is for.
        let below = anchors(provider.issuing.certificate());
        let signer = provider.issuing.issue(signer());
        let stamps = provider.issuing.issue(stamps());
        assert_eq!(
            holds(&below, signer.certificate(), Purpose::DocumentSigning, at),
            kind == CA_QC,
            "{kind}"
        );
        let stamping = [CA_QC, "TSA/QTST"].contains(&kind);
        assert_eq!(holds(&below, stamps.certificate(), Purpose::Timestamping, at), stamping, "{kind}");
    }
}

/// A listed timestamp unit is trusted itself, for as long as the list says so.
#[test]
fn a_listed_timestamp_unit_is_an_anchor_of_its_own() {
    let provider = provider(PROVIDER);
    let stamps = Profile::timestamp_authority("Stamps", KeyKind::P256)
        .valid(time("2020-01-01T00:00:00Z"), time("2030-01-01T00:00:00Z"));
    let stamps = provider.issuing.issue(stamps);
    let state = StateDraft::new(trusted_list::TSA_QTST, trusted_list::GRANTED, "2016-07-01T00:00:00Z");
    let service = ServiceDraft::new(state).certificate(stamps.certificate());
    let list = read(&ListDraft::new("BE").service(PROVIDER, service));
    let anchors = list.believe_unverified().anchors(&ServiceType::QualifiedTimestamps);
    assert!(holds(&anchors, stamps.certificate(), Purpose::Timestamping, "2021-01-01T00:00:00Z"));
}
