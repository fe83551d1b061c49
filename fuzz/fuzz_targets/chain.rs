//! Any bytes as a chain: the elements one behind another are certificates, CRLs or OCSP answers, the first is judged.
//!
//! Twice: as they are, when nothing may pass, since no stranger has the anchor's key; and signed again with that key,
//! so that the rules behind the signatures meet hostile content too.
#![no_main]

use std::sync::LazyLock;

use chancery_certificate::Certificate;
use chancery_certificate::asn1::Reader;
use chancery_chain::{
    ChainVerifier, Evidence, OcspAnswer, PolicyDemands, Purpose, RevocationList, RevocationPolicy, TrustAnchors,
};
use chancery_fuzz::Forger;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

static FORGER: LazyLock<Forger> = LazyLock::new(Forger::new);

/// 2012-01-01: many of the seeds are valid then.
const MOMENT: i64 = 1_325_376_000;

fuzz_target!(|bytes: &[u8]| {
    let at = Timestamp::from_second(MOMENT).unwrap();
    let mut reader = Reader::new(bytes);
    let elements: Vec<&[u8]> = std::iter::from_fn(|| reader.element().ok()).take(24).map(|one| one.raw).collect();
    let (certificates, evidence) = sorted(elements.iter().map(|one| one.to_vec()));
    assert!(!holds(&certificates, &evidence, at), "a stranger's chain holds");
    let (certificates, evidence) = sorted(FORGER.signed_again(&elements));
    holds(&certificates, &evidence, at);
});

fn sorted(elements: impl IntoIterator<Item = Vec<u8>>) -> (Vec<Certificate>, Evidence) {
    let (mut certificates, mut evidence) = (Vec::new(), Evidence::new());
    for element in elements {
        if let Ok(certificate) = Certificate::from_der(&element) {
            certificates.push(certificate);
        } else if RevocationList::from_der(&element).is_ok() {
            evidence.add_crl(element);
        } else if OcspAnswer::from_der(&element).is_ok() {
            evidence.add_ocsp(element);
        }
    }
    (certificates, evidence)
}

fn holds(certificates: &[Certificate], evidence: &Evidence, at: Timestamp) -> bool {
    let Some((target, others)) = certificates.split_first() else { return false };
    let anchors = TrustAnchors::new([FORGER.anchor().clone()]);
    let judged = [
        (Purpose::Any, RevocationPolicy::WhenKnown, PolicyDemands::new()),
        (Purpose::DocumentSigning, RevocationPolicy::Require, PolicyDemands::new().require_explicit()),
    ]
    .map(|(purpose, revocation, policies)| {
        let answer = ChainVerifier::new(&anchors, purpose, revocation)
            .intermediates(others)
            .evidence(evidence)
            .policies(policies)
            .verify_at(target, at);
        if let Err(failure) = &answer {
            let _ = failure.to_string();
        }
        answer.is_ok()
    });
    judged.contains(&true)
}
