//! Which sub-indication is told where several things are wrong with a path: the first step of ETSI EN 319 102-1, 5.2.6.4,
//! at which it fails.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_ades::{Indication, Policy, Reason, SubIndication};
use chancery_cades::{CadesSigner, CadesVerifier};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_key::KeyKind;
use chancery_testkit::{OcspAnswer, Profile, RevocationReason, TestIdentity, TestPki};
use jiff::{SignedDuration, Timestamp};

/// The certificate of the signer ends after ten days, the one of the OCSP responder after two.
struct Setting {
    pki: TestPki,
    signer: TestIdentity,
    responder: TestIdentity,
}

fn day(number: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * number)
}

impl Setting {
    fn new() -> Self {
        let pki = TestPki::at(day(0));
        let signer = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(day(-10), day(10)));
        let responder =
            pki.issue(Profile::ocsp_responder("Responder", KeyKind::P256).valid(day(-10), day(2)));
        Self { pki, signer, responder }
    }

    /// The list of the root, which speaks of the issuing authority, for seven days from this one on.
    fn root_list(&self, from: i64) -> Vec<u8> {
        self.pki.set_now(day(from));
        self.pki.crls().remove(0)
    }

    /// The list of the issuing authority, which speaks of the signer.
    fn list(&self, from: i64) -> Vec<u8> {
        self.pki.set_now(day(from));
        self.pki.crl()
    }

    /// An answer about the signer, for thirty days from the first on.
    fn answer(&self) -> Vec<u8> {
        let answer = OcspAnswer::about(self.signer.certificate(), self.pki.issuing(), day(0));
        answer.current(day(0), Some(day(30))).delegated(&self.responder).sign()
    }

    fn verdict(&self, evidence: Evidence, at: i64) -> (Indication, Option<SubIndication>) {
        let signed = CadesSigner::new(&self.signer.signer(), day(0)).sign(b"content".to_vec()).unwrap();
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        let policy = Policy::new(anchors, RevocationPolicy::Require).evidence(evidence);
        let report = CadesVerifier::new(&policy).verify_at(&signed.into_bytes(), day(at)).unwrap();
        let verdict = report.signatures()[0].verdict();
        (verdict.indication(), verdict.reason().map(Reason::sub_indication))
    }
}

fn open(word: SubIndication) -> (Indication, Option<SubIndication>) {
    (Indication::Indeterminate, Some(word))
}

#[test]
fn the_first_step_that_fails_names_the_whole() {
    let setting = Setting::new();
    let known = || Evidence::new();
    let lists = |root: i64, own: i64| known().with_crl(setting.root_list(root)).with_crl(setting.list(own));
    let answered = |root: i64| known().with_crl(setting.root_list(root)).with_ocsp(setting.answer());
    let general = SubIndication::CertificateChainGeneralFailure;
    for (what, evidence, at, expected) in [
        ("everything is known", lists(0, 0), 1, (Indication::TotalPassed, None)),
        ("nothing is known", known(), 1, open(general)),
        ("nothing is known, and the signer has expired", known(), 20, open(general)),
        ("nothing is known of the authority", known().with_crl(setting.list(0)), 1, open(general)),
        (
            "nothing is known of the authority, and the signer's list is outdated",
            known().with_crl(setting.list(0)),
            8,
            open(general),
        ),
        ("all lists are outdated", lists(0, 0), 8, open(SubIndication::TryLater)),
        ("the list about the authority is outdated", lists(0, 8), 8, open(SubIndication::TryLater)),
        (
            "the signer has expired, and nobody speaks of it",
            lists(0, 20),
            20,
            open(SubIndication::OutOfBoundsNoProof),
        ),
        (
            "the signer has expired, and was not revoked until then",
            lists(9, 9),
            12,
            open(SubIndication::OutOfBoundsNotRevoked),
        ),
        ("the responder still stands behind its answer", answered(0), 1, (Indication::TotalPassed, None)),
        ("the responder has ended", answered(0), 3, open(SubIndication::RevocationOutOfBoundsNoProof)),
        (
            "the responder has ended, and so has the signer",
            answered(8),
            12,
            open(SubIndication::OutOfBoundsNoProof),
        ),
        (
            "the same, and the list about the authority is outdated",
            answered(0),
            12,
            open(SubIndication::OutOfBoundsNoProof),
        ),
    ] {
        assert_eq!(setting.verdict(evidence, at), expected, "{what}");
    }
}

#[test]
fn revocation_comes_before_what_time_does() {
    for (reason, word) in [
        (RevocationReason::KeyCompromise, SubIndication::RevokedNoProof),
        (RevocationReason::CertificateHold, SubIndication::TryLater),
    ] {
        for at in [1, 20] {
            let setting = Setting::new();
            setting.pki.revoke(setting.signer.certificate(), day(0), reason);
            let evidence = Evidence::new().with_crl(setting.root_list(0)).with_crl(setting.list(0));
            assert_eq!(setting.verdict(evidence, at), open(word), "{reason:?} at day {at}");
        }
    }
    let setting = Setting::new();
    setting.pki.revoke(setting.pki.intermediate(), day(0), RevocationReason::KeyCompromise);
    let evidence = Evidence::new().with_crl(setting.root_list(0)).with_crl(setting.list(0));
    assert_eq!(setting.verdict(evidence, 1), open(SubIndication::RevokedAuthorityNoProof));
}
