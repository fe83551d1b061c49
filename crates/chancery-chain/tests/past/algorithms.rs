//! Signatures that were strong enough once: what was written with them counts if it is proven to be of that time.
//!
//! SHA-224 is acceptable until 2029 by the table of `chancery_key::lifetime`, SHA-1 was until August 2012. The certificates
//! with SHA-1 are those of `fixtures/strength/make.sh`.

use chancery_certificate::Certificate;
use chancery_chain::{
    ChainFault, ChainVerifier, ControlLimit, EvidenceFault, ProofsOfExistence, Purpose, RevocationPolicy,
    TrustAnchors, Unproven, WeakAlgorithms,
};
use chancery_digest::DigestAlgorithm;
use chancery_key::SignatureAlgorithm;
use chancery_testkit::OcspAnswer;
use jiff::Timestamp;

use crate::timeline::{ARCHIVED, SIGNED, Timeline, day, list};

/// In 2031; SHA-224 ended on day 3288.
const PRESENT: i64 = 4100;
const END: i64 = 3288;

fn line(proven: i64) -> Timeline {
    let mut line = Timeline::bare().at_present(PRESENT);
    line.certificate_existed(ARCHIVED);
    line.above(list(90, 2 * PRESENT), ARCHIVED);
    let weak = OcspAnswer::about(line.alice.certificate(), &line.authority, day(101))
        .current(day(101), Some(day(2 * PRESENT)))
        .signed_with(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha224))
        .sign();
    line.ocsp(weak, proven);
    line
}

#[test]
fn evidence_with_a_broken_algorithm_is_proven_from_before_its_end() {
    // The authority ended before, so let it vouch for longer: only the algorithm is in question here.
    assert_eq!(day(END), "2029-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
    let kept = line(ARCHIVED);
    let chain = kept.verify().unwrap();
    let control = chain.control_time().unwrap();
    assert!(
        matches!(control.limit, ControlLimit::Expired { .. } | ControlLimit::WeakEvidence { .. }),
        "{control}"
    );
}

#[test]
fn evidence_that_was_forged_with_a_broken_algorithm_is_refused() {
    let mut line = line(ARCHIVED);
    line.proofs = ProofsOfExistence::new(day(PRESENT));
    line.certificate_existed(ARCHIVED);
    // The authority would be good enough: it never ends.
    let forged = line.evidence.ocsp()[0].clone();
    line.anchor = chancery_chain::TrustAnchor::new(line.authority.certificate().clone())
        .with_scope(chancery_chain::AnchorScope::NameAndKey);
    let because = line.because();
    assert!(matches!(because[..], [EvidenceFault::WeakAlgorithm { .. }]), "{because:?}");
    for (proven, good) in [(END, false), (END - 1, true)] {
        line.proofs.prove(&forged, day(proven));
        assert_eq!(line.verify().is_ok(), good, "{proven}");
    }
    let control = line.verify().unwrap().control_time().unwrap().clone();
    assert!(
        matches!(control.limit, ControlLimit::WeakEvidence { until, .. } if until == day(END)),
        "{control}"
    );
    // Who only wants to be told about algorithms is told.
    line.proofs = ProofsOfExistence::new(day(PRESENT));
    let chain =
        line.verify_with(day(SIGNED), |verifier| verifier.weak_algorithms(WeakAlgorithms::Report)).unwrap();
    assert!(matches!(chain.weak_evidence(), [EvidenceFault::WeakAlgorithm { .. }]));
}

macro_rules! certificate {
    ($name:literal) => {
        Certificate::from_pem(include_bytes!(concat!("../fixtures/strength/", $name, ".pem"))).unwrap()
    };
}

#[test]
fn a_certificate_with_a_broken_algorithm_is_proven_from_before_its_end() {
    let (root, dave) = (certificate!("sha1-root"), certificate!("sha1-user"));
    let anchors = TrustAnchors::new([root]).with_scope(chancery_chain::AnchorScope::NameAndKey);
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let signed = time("2011-06-01T00:00:00Z");
    for (proven, good) in
        [("2012-07-31T23:59:59Z", true), ("2012-08-01T00:00:00Z", false), ("2020-01-01T00:00:00Z", false)]
    {
        let mut proofs = ProofsOfExistence::new(time("2026-01-01T00:00:00Z"));
        proofs.prove(dave.to_der(), time(proven));
        let found = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
            .proofs(&proofs)
            .verify_at(&dave, signed);
        assert_eq!(found.is_ok(), good, "{proven}");
        match found {
            Ok(chain) => {
                let control = chain.control_time().unwrap();
                assert!(matches!(control.limit, ControlLimit::WeakAlgorithm { .. }), "{control}");
                assert!(control.time < time("2012-08-01T00:00:00Z"));
            }
            Err(failure) => {
                let ChainFault::NoProof { what: Unproven::Certificate, needed_by, .. } = failure.reason()
                else {
                    panic!("{failure}");
                };
                assert!(matches!(needed_by.limit, ControlLimit::WeakAlgorithm { .. }), "{failure}");
            }
        }
    }
}
