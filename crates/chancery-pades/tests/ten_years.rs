//! Ten years on: the certificate of the signer has ended long ago, that of the timestamp authority has not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Policy, Report, SignatureKind, SubIndication};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, SourceOrder, TrustAnchors};
use chancery_digest::{DigestAlgorithm, Digests, Source};
use chancery_http::{Request, Transport};
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{LastingPdf, PdfSigner, PdfVerifier, PreparedTimestamp, SignedPdf};
use chancery_testkit::{Profile, RevocationReason, TestIdentity, TestPki, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, MatchingToken, TimestampInfo};
use jiff::{SignedDuration, Timestamp};
use support::{authority, contract, now, rng};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const ORDERS: [SourceOrder; 2] = [SourceOrder::CrlFirst, SourceOrder::OcspFirst];

fn ten_years_on() -> Timestamp {
    now() + DAY * 3652
}

fn wait(pki: &TestPki) {
    pki.set_now(pki.now() + MINUTE);
}

/// Somebody whose certificate ends after three years.
fn alice(pki: &TestPki) -> TestIdentity {
    pki.issue(Profile::signer("Alice", KeyKind::P256).valid(now() - DAY, now() + DAY * 1095))
}

/// B-T.
fn timestamped<'a>(pki: &TestPki, alice: &SoftwareSigner, pdf: &'a dyn Source) -> SignedPdf<'a> {
    let mut signed = PdfSigner::new(alice, now()).sign(pdf).unwrap();
    wait(pki);
    signed.timestamp(&authority(pki), &mut rng()).unwrap();
    signed
}

/// The evidence of the present of the PKI is gathered.
fn preserved<'a>(pki: &TestPki, pdf: &LastingPdf<'a>, order: SourceOrder) -> LastingPdf<'a> {
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collector = pdf.collector(&verifier, &verifier, pki.now()).unwrap();
    pdf.preserve(&collector.order(order).collect(pki).unwrap()).unwrap()
}

fn archived<'a>(pki: &TestPki, pdf: &LastingPdf<'a>) -> LastingPdf<'a> {
    wait(pki);
    pdf.archive(&authority(pki), &mut rng()).unwrap()
}

/// Judged from what the document holds, and nothing else.
fn judged(pki: &TestPki, pdf: &dyn Source, at: Timestamp) -> Report {
    let policy = Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::Require);
    PdfVerifier::new(&policy).verify_at(pdf, at).unwrap()
}

/// Judged at the present of the PKI, with the lists that these authorities give out then.
fn informed(pki: &TestPki, pdf: &dyn Source, authorities: &[&str]) -> Report {
    let list = |name: &&str| {
        let request = Request::get(format!("{}/{name}.crl", pki.base_url())).unwrap();
        Transport::send(pki, &request).unwrap().body().to_vec()
    };
    let lists = authorities.iter().map(list).fold(Evidence::new(), Evidence::with_crl);
    let policy = Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::Require);
    PdfVerifier::new(&policy.evidence(lists)).verify_at(pdf, pki.now()).unwrap()
}

/// What is said of the signature, whatever is said of timestamps.
fn said(report: &Report) -> (Indication, Option<SubIndication>) {
    let mut signatures = report.signatures().iter().filter(|one| one.kind() == SignatureKind::Signature);
    let verdict = signatures.next().unwrap().verdict();
    (verdict.indication(), verdict.reason().map(chancery_ades::Reason::sub_indication))
}

const PASSED: (Indication, Option<SubIndication>) = (Indication::TotalPassed, None);
const NO_PROOF: (Indication, Option<SubIndication>) =
    (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoProof));

#[test]
fn an_archived_signature_passes_ten_years_on_with_fresh_evidence_of_the_newest_timestamp() {
    for order in ORDERS {
        let pki = TestPki::lasting(now());
        let (alice, pdf) = (alice(&pki).signer(), contract());
        let signed = timestamped(&pki, &alice, &pdf);
        let time = pki.now();
        let archived = archived(&pki, &preserved(&pki, &signed.lasting(), order));
        assert_eq!(said(&judged(&pki, &archived, pki.now())), PASSED);

        // Whether the timestamp authority was revoked in ten years cannot be in the document.
        assert_eq!(said(&judged(&pki, &archived, ten_years_on())), NO_PROOF);
        // Either the one who verifies finds out,
        pki.set_now(ten_years_on());
        assert_eq!(said(&informed(&pki, &archived, &["stamping", "root"])), PASSED);
        // or it is put into the document, without a further timestamp.
        let report = judged(&pki, &preserved(&pki, &archived, order), ten_years_on());
        assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
        assert_eq!(report.signatures()[0].verdict().proof().unwrap().time(), time, "{report}");
    }
}

#[test]
fn the_first_timestamp_authority_may_have_ended_too_if_another_one_came_in_time() {
    for order in ORDERS {
        let after = |days| said(&renewed_after(order, days));
        assert_eq!(after(Some(700)), PASSED);
        assert_eq!(after(Some(1200)), NO_PROOF);
        assert_eq!(after(None), NO_PROOF);
    }
}

/// Proven and archived by an authority that ends after three years. After so many days another one stamps it. Judged
/// with all that can be known ten years on.
fn renewed_after(order: SourceOrder, days: Option<i32>) -> Report {
    let pki = TestPki::lasting(now());
    let (alice, pdf) = (alice(&pki).signer(), contract());
    let mut kept = archived_briefly(&pki, &proven_briefly(&pki, &alice, &pdf), order);
    if let Some(days) = days {
        // Who has ended is not asked any more.
        pki.set_now(now() + DAY * days.min(1000));
        kept = preserved(&pki, &kept, order);
        pki.set_now(now() + DAY * days);
        kept = archived(&pki, &kept);
    }
    pki.set_now(ten_years_on());
    informed(&pki, &kept, &ALL)
}

/// With a timestamp over the document by an authority that ends after three years.
fn proven_briefly<'a>(pki: &TestPki, alice: &SoftwareSigner, pdf: &'a dyn Source) -> LastingPdf<'a> {
    wait(pki);
    let signed = PdfSigner::new(alice, now()).sign(pdf).unwrap().lasting();
    stamped(pki, signed.prepare_timestamp(DigestAlgorithm::Sha256).unwrap())
}

/// The same over the evidence.
fn archived_briefly<'a>(pki: &TestPki, pdf: &LastingPdf<'a>, order: SourceOrder) -> LastingPdf<'a> {
    let preserved = preserved(pki, pdf, order);
    wait(pki);
    stamped(pki, preserved.prepare_archive(DigestAlgorithm::Sha256).unwrap())
}

/// A timestamp by the authority that ends.
fn stamped<'a>(pki: &TestPki, prepared: PreparedTimestamp<'a>) -> LastingPdf<'a> {
    let profile = Profile::timestamp_authority("Brief Stamps", KeyKind::P256);
    let tsa = pki.issue(profile.valid(now() - DAY, now() + DAY * 1095));
    let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, *prepared.digest(), &[7], pki.now());
    let responder = Responder::new(tsa.signer(), oid::TIMESTAMP_POLICY);
    let token = responder.sign(&info, CertificateRequest::Include).unwrap();
    let token = MatchingToken::from_token(&token, &Digests::of([(*prepared.digest()).into()])).unwrap();
    prepared.finish(&token).unwrap()
}

const ALL: [&str; 3] = ["issuing", "stamping", "root"];

/// A timestamp over the document, but no evidence from before the end of the signer's certificate: newer lists need not
/// name what has ended (RFC 5280, 3.3).
#[test]
fn without_evidence_of_then_nothing_is_proven() {
    let pki = TestPki::lasting(now());
    let (alice, pdf) = (alice(&pki).signer(), contract());
    let proven = timestamped(&pki, &alice, &pdf).lasting();
    wait(&pki);
    let proven = proven.timestamp(&authority(&pki), &mut rng()).unwrap();
    pki.set_now(ten_years_on());
    let (indication, reason) = said(&informed(&pki, &proven, &ALL));
    assert_eq!(indication, Indication::Indeterminate, "{reason:?}");
}

/// The authority was compromised in between, and nobody renewed it before.
#[test]
fn the_timestamps_of_a_compromised_authority_prove_nothing() {
    for order in ORDERS {
        let pki = TestPki::lasting(now());
        let (alice, pdf) = (alice(&pki).signer(), contract());
        let preserved_then = preserved(&pki, &timestamped(&pki, &alice, &pdf).lasting(), order);
        let archived = archived(&pki, &preserved_then);
        pki.revoke(
            pki.timestamp_authority().certificate(),
            now() + DAY * 900,
            RevocationReason::KeyCompromise,
        );
        pki.set_now(ten_years_on());
        assert_eq!(said(&informed(&pki, &archived, &ALL)).0, Indication::Indeterminate);
    }
}

/// An octet of the evidence that the newest timestamp covers.
#[test]
fn a_timestamp_over_other_bytes_proves_nothing() {
    let pki = TestPki::lasting(now());
    let (alice, pdf) = (alice(&pki).signer(), contract());
    let preserved_then = preserved(&pki, &proven_briefly(&pki, &alice, &pdf), SourceOrder::CrlFirst);
    let mut archived = archived(&pki, &preserved_then).to_vec().unwrap();
    pki.set_now(ten_years_on());
    assert_eq!(said(&informed(&pki, &archived, &ALL)), PASSED);
    let before = usize::try_from(preserved_then.len()).unwrap();
    // The end of a line at the end of that revision: a space reads the same.
    let place = archived[..before].iter().rposition(|octet| *octet == b'\n').unwrap();
    archived[place] = b' ';
    assert_eq!(said(&informed(&pki, &archived, &ALL)).0, Indication::Indeterminate);
}
