//! Reports: a verdict only ever gets worse, and what people and programs read stays as it is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_ades::{
    Aspect, Conclusion, Coverage, CoveringTimestamp, Finding, Indication, Particulars, Place, Policy, Report,
    RequiredBinding, Restriction, Severity, SignatureLevel, SignatureReport, SignatureSubject, SubIndication,
    TimestampKind, Verdict,
};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_key::{KeyKind, Signer};
use chancery_testkit::TestPki;
use chancery_timestamp::MatchingToken;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A signature of this person over some bytes, with a timestamp if asked.
fn subject(pki: &TestPki, name: &str, stamped: Stamped) -> SignatureSubject {
    let signer = pki.signer(name, KeyKind::P256);
    let digest = DigestAlgorithm::Sha256.digest(b"a contract");
    let prepared = Preparation::new(signer.chain(), signer.algorithm(), digest).prepare().unwrap();
    let message = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let info = &message.signers()[0];
    let timestamps = match stamped {
        Stamped::Yes => {
            let digest = DigestAlgorithm::Sha256.digest(info.signature());
            let token = pki.timestamp_token(&digest);
            vec![CoveringTimestamp {
                kind: TimestampKind::Signature,
                name: "timestamp".into(),
                token: MatchingToken::from_token(&token, &sha256(info.signature())),
                covers: Coverage::new().signature(info.signature()),
                evidence: Evidence::new(),
            }]
        }
        Stamped::No => Vec::new(),
    };
    SignatureSubject {
        name: "Signature1".into(),
        claimed_signer: Some(signer.certificate().clone()),
        value: info.signature().into(),
        level: SignatureLevel::Basic,
        particulars: Particulars::default(),
        check: info.check(&message, &sha256(b"a contract"), &[]),
        binding: RequiredBinding::Signed,
        evidence: Evidence::new().with_certificates(signer.chain().iter().cloned()),
        timestamps,
        restrictions: Vec::new(),
        notes: Vec::new(),
    }
}

fn sha256(bytes: &[u8]) -> Digests {
    Digests::over_bytes([DigestAlgorithm::Sha256.into()], bytes)
}

enum Stamped {
    Yes,
    No,
}

fn policy(pki: &TestPki, revocation: RevocationPolicy) -> Policy {
    Policy::new(TrustAnchors::new([pki.root().clone()]), revocation)
}

fn passed() -> SignatureReport {
    let pki = TestPki::at(now());
    let report =
        subject(&pki, "Alice", Stamped::No).validate(&policy(&pki, RevocationPolicy::NotChecked), now());
    assert!(report.verdict().proof().is_some(), "{report}");
    report
}

fn restriction() -> impl Strategy<Value = Restriction> {
    let word = prop::sample::select(vec![
        SubIndication::Generic,
        SubIndication::TryLater,
        SubIndication::HashFailure,
    ]);
    let aspect =
        prop::sample::select(vec![Aspect::Integrity, Aspect::Identity, Aspect::Time, Aspect::Changes]);
    let indication = prop::sample::select(vec![
        Indication::TotalPassed,
        Indication::Indeterminate,
        Indication::TotalFailed,
    ]);
    (word, aspect, indication, "[a-z]{1,6}").prop_map(|(word, aspect, indication, text)| {
        let mut restriction = Restriction::fails(word, aspect, Finding::error("test", text));
        // A caller may put anything in, also what is no restriction at all.
        restriction.indication = indication;
        restriction
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is said from outside, a verdict only gets worse, and the first reason for it stays.
    #[test]
    fn a_verdict_only_gets_worse(restrictions in prop::collection::vec(restriction(), 0..8)) {
        thread_local!(static PASSED: SignatureReport = passed());
        let mut report = PASSED.with(Clone::clone);
        let mut worst = Indication::TotalPassed;
        let findings = report.findings().count();
        for restriction in &restrictions {
            let before = report.clone();
            report = report.restrict(restriction.clone());
            let (was, is) = (before.verdict().indication(), report.verdict().indication());
            prop_assert!(is >= was);
            if is == was {
                let text = |report: &SignatureReport| report.verdict().reason().map(ToString::to_string);
                prop_assert_eq!(text(&before), text(&report));
            }
            prop_assert!(report.integrity().conclusion() >= before.integrity().conclusion());
            prop_assert!(report.identity().conclusion() >= before.identity().conclusion());
            prop_assert!(report.time().conclusion() >= before.time().conclusion());
            prop_assert!(report.changes().conclusion() >= before.changes().conclusion());
            worst = worst.max(restriction.indication);
        }
        prop_assert_eq!(report.verdict().indication(), worst, "the worst of all, in whatever order");
        prop_assert_eq!(report.verdict().proof().is_some(), worst == Indication::TotalPassed);
        prop_assert_eq!(report.findings().count(), findings + restrictions.len(), "nothing is kept back");
    }

    /// A signature that could not be checked has not passed, whatever is said of it.
    #[test]
    fn what_is_unchecked_has_not_passed(restriction in restriction(), notes in 0..3_usize) {
        let note = || Finding::information("note", "fine");
        let report = SignatureReport::unchecked("x".into(), restriction);
        let report = (0..notes).fold(report, |report, _| report.note(Aspect::Time, note()));
        prop_assert_ne!(report.verdict().indication(), Indication::TotalPassed);
        prop_assert!(report.verdict().proof().is_none());
    }

    /// The whole is as bad as its worst signature, and an error beside the signatures keeps it from passing.
    #[test]
    fn the_whole_is_as_bad_as_the_worst(restrictions in prop::collection::vec(restriction(), 0..5), error in any::<bool>()) {
        thread_local!(static PASSED: SignatureReport = passed());
        let reports: Vec<_> =
            restrictions.iter().map(|one| PASSED.with(Clone::clone).restrict(one.clone())).collect();
        let finding = if error { Finding::error("e", "an error") } else { Finding::warning("w", "a warning") };
        let worst = restrictions.iter().map(|one| one.indication).max();
        let least = if error { Indication::Indeterminate } else { Indication::TotalPassed };
        let whole = Report::new(now(), reports, vec![finding]).indication();
        prop_assert_eq!(whole, worst.map(|worst| worst.max(least)));
    }
}

#[test]
fn people_read_a_tree() {
    let pki = TestPki::at(now());
    let alice = subject(&pki, "Alice", Stamped::Yes);
    let later = now() + SignedDuration::from_hours(1);
    let good = alice.validate(&policy(&pki, RevocationPolicy::NotChecked), later);
    let mut second = subject(&pki, "Bob", Stamped::No);
    second.name = "Signature2".into();
    let finding = Finding::warning("object-changed", "an object was changed").at(Place::Object(7));
    let open = Restriction::leaves_open(SubIndication::Generic, Aspect::Changes, finding);
    let open = second.validate(&policy(&pki, RevocationPolicy::NotChecked), later).restrict(open);
    let broken = Finding::error("byte-range", "it covers nothing").at(Place::Bytes(3, 9));
    let broken = SignatureReport::unchecked(
        "Signature3".into(),
        Restriction::fails(SubIndication::FormatFailure, Aspect::Integrity, broken),
    );
    let beside = Finding::information("remark", "it looks careless").at(Place::Revision(2));
    let report = Report::new(later, vec![good, open, broken], vec![beside]);
    assert_eq!(report.to_string(), TREE);
}

const TREE: &str = "\
TOTAL-FAILED at 2026-11-21T13:00:00Z: 1 of 3 signatures is not valid: what was signed is not what is there; it was changed since
├─ Signature1 by Alice: TOTAL-PASSED
│  ├─ ✓ integrity
│  │  └─ what was signed is unchanged (ECDSA with SHA-256)
│  ├─ ✓ identity
│  │  ├─ trusted path: Alice ← Test Issuing Authority ← Test Root
│  │  ├─ · revocation was not checked: the policy does not ask [certificate of Alice]
│  │  └─ · revocation was not checked: the policy does not ask [certificate of Test Issuing Authority]
│  └─ ✓ time
│     └─ signed before 2026-11-21T12:00:00Z, as the timestamp of Test Timestamp Authority proves
├─ Signature2 by Bob: INDETERMINATE / GENERIC: an object was changed
│  ├─ ✓ integrity
│  │  └─ what was signed is unchanged (ECDSA with SHA-256)
│  ├─ ✓ identity
│  │  ├─ trusted path: Bob ← Test Issuing Authority ← Test Root
│  │  ├─ · revocation was not checked: the policy does not ask [certificate of Bob]
│  │  └─ · revocation was not checked: the policy does not ask [certificate of Test Issuing Authority]
│  ├─ ✓ time
│  │  └─ nothing proves that it was signed before 2026-11-21T13:00:00Z
│  ├─ ? changes since
│  │  └─ ! an object was changed [object 7]
│  └─ → the document as it was signed would help: it is still in the file, up to the end of what the signature covers; or a signature over the document as it is now
├─ Signature3 by an unknown signer: TOTAL-FAILED / FORMAT_FAILURE: it covers nothing
│  ├─ ✗ integrity
│  │  └─ ✗ it covers nothing [bytes 3 to 9]
│  └─ → only a new signature would help
└─ · it looks careless [revision 2]
";

#[test]
fn nothing_to_say_is_said_too() {
    assert_eq!(
        Report::new(now(), Vec::new(), Vec::new()).to_string(),
        "NO SIGNATURE at 2026-11-21T12:00:00Z\n"
    );
}

#[test]
fn names_that_mislead_are_shown_as_they_are() {
    let pki = TestPki::at(now());
    // Right-to-left override, zero-width space, a line feed that would draw a line of its own.
    let name = "ecilA\u{202e}\u{200b}\n└─ TOTAL-PASSED";
    let mut subject = subject(&pki, name, Stamped::No);
    subject.name = "Sig\u{202e}1\n".into();
    let text = "because\u{2066} of\r\nthis";
    subject.notes.push((Aspect::Time, Finding::warning("note", text).at(Place::Field("f\u{200f}".into()))));
    let report = subject.validate(&policy(&pki, RevocationPolicy::NotChecked), now());
    let report = Report::new(now(), vec![report], vec![Finding::information("x", "a\u{202a}b\nc")]);
    let tree = report.to_string();
    for hidden in ["\u{202e}", "\u{200b}", "\u{2066}", "\u{200f}", "\u{202a}", "\r"] {
        assert!(!tree.contains(hidden), "{hidden:?}: {tree}");
    }
    for shown in
        [r"Sig\u{202e}1\u{a}", r"because\u{2066} of\u{d}\u{a}this", r"f\u{200f}", r"a\u{202a}b\u{a}c"]
    {
        assert!(tree.contains(shown), "{shown}: {tree}");
    }
    assert!(!tree.lines().any(|line| line.starts_with("└─ TOTAL-PASSED")), "{tree}");
}

#[test]
fn programs_read_json_of_version_1() {
    let pki = TestPki::at(now());
    let alice = subject(&pki, "Alice", Stamped::Yes);
    let fingerprint = alice.claimed_signer.as_ref().unwrap().fingerprint(DigestAlgorithm::Sha256).to_string();
    let later = now() + SignedDuration::from_hours(1);
    let good = alice.validate(&policy(&pki, RevocationPolicy::NotChecked), later);
    let finding =
        Finding::error("byte-range", "it covers nothing").at(Place::Bytes(3, 9)).rule("ISO 32000-2, 12.8.1");
    let bad = SignatureReport::unchecked(
        "Signature2".into(),
        Restriction::fails(SubIndication::FormatFailure, Aspect::Integrity, finding),
    );
    let beside = Finding::information("remark", "careless").at(Place::Time(now()));
    let json = Report::new(later, vec![good, bad], vec![beside]).to_json();
    let json: Value = serde_json::from_str(&json).unwrap();

    assert_eq!(members(&json), ["at", "certificates", "findings", "indication", "signatures", "version"]);
    assert_eq!((&json["version"], &json["at"]), (&Value::from(1), &Value::from("2026-11-21T13:00:00Z")));
    assert_eq!(json["indication"], "TOTAL-FAILED");
    let one = &json["signatures"][0];
    assert_eq!(
        members(one),
        [
            "algorithm",
            "attributes",
            "certificate",
            "changes",
            "content",
            "help",
            "identity",
            "indication",
            "integrity",
            "kind",
            "level",
            "name",
            "path",
            "proof",
            "reason",
            "signatureValue",
            "signer",
            "subIndication",
            "time",
            "times",
            "timestamps"
        ]
    );
    assert_eq!(one["kind"], "signature");
    assert_eq!((&one["name"], &one["signer"]), (&Value::from("Signature1"), &Value::from("Alice")));
    assert_eq!((&one["indication"], &one["subIndication"]), (&Value::from("TOTAL-PASSED"), &Value::Null));
    assert_eq!(members(&one["proof"]), ["existedBefore", "fingerprint", "provenBy", "signer"]);
    assert_eq!(one["proof"]["existedBefore"], "2026-11-21T12:00:00Z");
    assert_eq!(one["proof"]["provenBy"], "Test Timestamp Authority");
    assert_eq!(one["proof"]["fingerprint"], fingerprint);
    for part in ["integrity", "identity", "time", "changes"] {
        assert_eq!(members(&one[part]), ["conclusion", "findings", "statements"]);
        assert_eq!(one[part]["conclusion"], "sound");
    }
    let two = &json["signatures"][1];
    assert_eq!((&two["signer"], &two["proof"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&two["subIndication"], &two["reason"]),
        (&"FORMAT_FAILURE".into(), &"it covers nothing".into())
    );
    assert_eq!(two["integrity"]["conclusion"], "broken");
    let finding = &two["integrity"]["findings"][0];
    assert_eq!(members(finding), ["kind", "place", "rule", "severity", "text"]);
    assert_eq!((&finding["kind"], &finding["severity"]), (&"byte-range".into(), &"error".into()));
    assert_eq!(finding["place"], serde_json::json!({ "bytes": [3, 9] }));
    assert_eq!(json["findings"][0]["place"], serde_json::json!({ "time": "2026-11-21T12:00:00Z" }));
    assert_eq!(members(&json["findings"][0]), ["kind", "place", "severity", "text"], "no rule, no member");

    let empty: Value = serde_json::from_str(&Report::new(now(), Vec::new(), Vec::new()).to_json()).unwrap();
    assert_eq!(empty["indication"], Value::Null);
}

fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn verdicts_print_with_the_words_of_the_standard() {
    let finding = Finding::error("digest-mismatch", "the digest differs");
    let report =
        passed().restrict(Restriction::fails(SubIndication::HashFailure, Aspect::Integrity, finding));
    assert_eq!(report.verdict().to_string(), "TOTAL-FAILED / HASH_FAILURE: the digest differs");
    assert_eq!(report.integrity().conclusion(), Conclusion::Broken);
    let Verdict::Failed(reason) = report.verdict() else { panic!("{report}") };
    assert_eq!(reason.to_string(), "the digest differs (HASH_FAILURE)");
    assert_eq!(passed().verdict().to_string(), "TOTAL-PASSED");
}

#[test]
fn errors_are_worse_than_warnings() {
    assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Information);
    assert!(
        Indication::TotalFailed > Indication::Indeterminate
            && Indication::Indeterminate > Indication::TotalPassed
    );
    assert!(Conclusion::Broken > Conclusion::Unknown && Conclusion::Unknown > Conclusion::Sound);
}

#[test]
fn a_timestamp_from_the_future_proves_nothing() {
    let pki = TestPki::at(now());
    let earlier = now() - SignedDuration::from_hours(1);
    let report =
        subject(&pki, "Alice", Stamped::Yes).validate(&policy(&pki, RevocationPolicy::NotChecked), earlier);
    let proof = report.verdict().proof().unwrap();
    assert_eq!(proof.time(), earlier);
    assert!(report.findings().any(|finding| finding.kind == "timestamp-in-the-future"), "{report}");
}
