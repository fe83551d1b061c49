//! Extended key usages, and what of an anchor binds.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used)]

use chancery_certificate::Certificate;
use chancery_chain::{
    AnchorScope, ChainFault, ChainVerifier, Purpose, RevocationPolicy, TrustAnchors, UsageDemands,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, oid};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};

/// anyExtendedKeyUsage.
const ANY: Oid = Oid::new_unwrap("2.5.29.37.0");
/// What stood for documentSigning before RFC 9336.
const MICROSOFT_DOCUMENT_SIGNING: Oid = Oid::new_unwrap("1.3.6.1.4.1.311.10.3.12");
const ADOBE_AUTHENTIC_DOCUMENTS: Oid = Oid::new_unwrap("1.2.840.113583.1.1.5");
/// Of some trade.
const OURS: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.1");

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Root, authority and signer with these extended key usages; `None`: without the extension.
struct Line {
    root: TestAuthority,
    authority: Certificate,
    signer: Certificate,
}

impl Line {
    fn new(authority: Option<&[Oid]>, signer: Option<&[Oid]>) -> Self {
        let with = |profile: Profile, usages: Option<&[Oid]>| match usages {
            Some(usages) => profile.extended_key_usage(usages),
            None => profile,
        };
        let locations = || Locations::under("http://pki.test", "usages");
        let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations());
        let middle =
            root.subordinate(with(Profile::authority("Middle", KeyKind::P256), authority), locations());
        let signer = middle.issue(with(Profile::bare("Alice", KeyKind::P256), signer));
        let (authority, signer) = (middle.certificate().clone(), signer.certificate().clone());
        Self { root, authority, signer }
    }

    fn judge(&self, purpose: Purpose, usages: UsageDemands) -> Result<(), ChainFault> {
        let anchors = TrustAnchors::new([self.root.certificate().clone()]);
        ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked)
            .intermediates(std::slice::from_ref(&self.authority))
            .usages(usages)
            .verify_at(&self.signer, now())
            .map(|_| ())
            .map_err(|failure| failure.reason().clone())
    }

    fn allows(&self, purpose: Purpose, usages: UsageDemands) -> bool {
        self.judge(purpose, usages).is_ok()
    }
}

#[test]
fn any_usage_can_be_the_purpose() {
    let lenient = UsageDemands::new;
    assert!(Line::new(None, Some(&[OURS])).allows(Purpose::Usage(OURS), lenient()));
    assert!(Line::new(Some(&[OURS]), Some(&[OURS])).allows(Purpose::Usage(OURS), lenient()));
    assert!(Line::new(Some(&[ANY]), Some(&[ANY])).allows(Purpose::Usage(OURS), lenient()));
    assert!(Line::new(None, None).allows(Purpose::Usage(OURS), lenient()));
    let other = Line::new(None, Some(&[oid::EMAIL_PROTECTION]));
    assert!(matches!(
        other.judge(Purpose::Usage(OURS), lenient()),
        Err(ChainFault::Purpose { certificate, .. }) if certificate == other.signer
    ));
    // What the authority is certified for binds what it issues.
    let nested = Line::new(Some(&[oid::EMAIL_PROTECTION]), Some(&[OURS]));
    assert!(matches!(
        nested.judge(Purpose::Usage(OURS), lenient()),
        Err(ChainFault::Purpose { certificate, .. }) if certificate == nested.authority
    ));
}

#[test]
fn a_usage_may_have_to_be_named() {
    let (lenient, certificate) = (UsageDemands::new, || UsageDemands::new().named_by_the_certificate());
    let path = || UsageDemands::new().named_along_the_path();
    let signing = Purpose::DocumentSigning;
    let named: &[Oid] = &[oid::DOCUMENT_SIGNING];
    /// The extended key usages of a certificate, if it has the extension.
    type Usages<'a> = Option<&'a [Oid]>;
    // Authority, signer; what is allowed by default, when the certificate must name it, and when the path must.
    let lines: [(Usages<'_>, Usages<'_>, [bool; 3]); 9] = [
        (None, None, [true, false, false]),
        (None, Some(&[ANY]), [true, false, false]),
        (None, Some(named), [true, true, false]),
        (Some(&[ANY]), Some(named), [true, true, false]),
        (Some(named), Some(named), [true, true, true]),
        (Some(&[ANY, oid::DOCUMENT_SIGNING]), Some(&[ANY, oid::EMAIL_PROTECTION]), [true, false, false]),
        // E-mail is accepted for documents, and does not name them.
        (Some(&[oid::EMAIL_PROTECTION]), Some(named), [true, true, false]),
        (Some(named), Some(&[oid::EMAIL_PROTECTION, MICROSOFT_DOCUMENT_SIGNING]), [true, true, true]),
        (Some(&[ADOBE_AUTHENTIC_DOCUMENTS]), Some(named), [true, true, true]),
    ];
    for (authority, signer, expected) in lines {
        let line = Line::new(authority, signer);
        let found = [lenient(), certificate(), path()].map(|usages| line.allows(signing, usages));
        assert_eq!(found, expected, "{authority:?} {signer:?}");
    }
    // The later demand does not take back the earlier.
    let both = path().named_by_the_certificate();
    assert!(!Line::new(None, Some(named)).allows(signing, both));
}

#[test]
fn excluded_usages_refuse_whatever_stands_beside_them() {
    let excluding = || UsageDemands::new().exclude([oid::SERVER_AUTHENTICATION, ANY]);
    let mixed = Line::new(None, Some(&[oid::DOCUMENT_SIGNING, oid::SERVER_AUTHENTICATION]));
    assert!(mixed.allows(Purpose::DocumentSigning, UsageDemands::new()));
    let found = mixed.judge(Purpose::DocumentSigning, excluding());
    assert!(
        matches!(&found, Err(ChainFault::ExcludedUsage { usage, .. }) if *usage == oid::SERVER_AUTHENTICATION)
    );
    assert!(!Line::new(None, Some(&[ANY])).allows(Purpose::DocumentSigning, excluding()));
    assert!(Line::new(None, Some(&[oid::DOCUMENT_SIGNING])).allows(Purpose::DocumentSigning, excluding()));
    // Of authorities nothing is asked: they certify for many purposes.
    let authority =
        Line::new(Some(&[oid::DOCUMENT_SIGNING, oid::SERVER_AUTHENTICATION]), Some(&[oid::DOCUMENT_SIGNING]));
    assert!(authority.allows(Purpose::DocumentSigning, excluding()));
}

#[test]
fn what_is_asked_of_usages_belongs_to_the_purpose() {
    let line = Line::new(None, Some(&[OURS]));
    let anchors = TrustAnchors::new([line.root.certificate().clone()]);
    let strict = UsageDemands::new().named_along_the_path().exclude([OURS]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
        .intermediates(std::slice::from_ref(&line.authority))
        .usages(strict.clone());
    let ours = verifier.for_purpose(Purpose::Usage(OURS));
    assert!(ours.verify_at(&line.signer, now()).is_ok());
    assert!(ours.usages(strict).verify_at(&line.signer, now()).is_err());
}

#[test]
fn what_of_an_anchor_binds_is_a_choice() {
    let locations = || Locations::under("http://pki.test", "scopes");
    let (past, future) = (now() - 24.hours(), now() + 24.hours());
    let root = |profile: Profile| TestAuthority::root(profile, now(), locations());
    let limited = || Profile::authority("Root", KeyKind::P256).extended_key_usage(&[oid::TIME_STAMPING]);
    let scopes =
        [AnchorScope::Certificate, AnchorScope::Constraints, AnchorScope::Validity, AnchorScope::NameAndKey];
    let judged = |root: &TestAuthority| {
        let alice = root.issue(Profile::signer("Alice", KeyKind::P256));
        scopes.map(|scope| {
            let anchors = TrustAnchors::new([root.certificate().clone()]).with_scope(scope);
            ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
                .verify_at(alice.certificate(), now())
                .is_ok()
        })
    };
    let ordinary = root(Profile::authority("Root", KeyKind::P256));
    assert_eq!(judged(&ordinary), [true, true, true, true]);
    let expired = root(Profile::authority("Root", KeyKind::P256).valid(past - 24.hours(), past));
    assert_eq!(judged(&expired), [false, true, false, true]);
    let early = root(Profile::authority("Root", KeyKind::P256).valid(future, future + 24.hours()));
    assert_eq!(judged(&early), [false, true, false, true]);
    assert_eq!(judged(&root(limited())), [false, false, true, true]);
    assert_eq!(judged(&root(limited().valid(past - 24.hours(), past))), [false, false, false, true]);
}
