//! A signature whose evidence is forged has the form of level B-LT, and is of no use to whoever has only the signature.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use chancery_ades::{Policy, SignatureLevel, SubIndication, Verdict};
use chancery_cades::{CadesSignature, CadesVerifier, Level};
use chancery_chain::{Evidence, TrustAnchors};
use chancery_cms::{Enclosures, SignedMessage};
use common::Office;

/// A signature at level B-LT, and the evidence in it.
fn kept(office: &Office) -> (SignedMessage, Evidence) {
    let message = office.long_term().message().clone();
    let crls = message.crls().iter().fold(Evidence::new(), |evidence, crl| evidence.with_crl(crl.as_slice()));
    let others = message.other_revocations().iter();
    let evidence = others.fold(crls, |evidence, other| evidence.with_ocsp(other.value.as_slice()));
    (message, evidence)
}

/// Changes a byte in the middle of a signature: the last bytes of a CRL.
fn forged(list: &[u8]) -> Vec<u8> {
    let mut forged = list.to_vec();
    let place = forged.len() - 3;
    forged[place] ^= 1;
    forged
}

#[test]
fn forged_evidence_beside_what_the_caller_knows_is_no_long_term_level() {
    let office = Office::open();
    let (message, evidence) = kept(&office);
    let policy = Policy::baseline(TrustAnchors::new([office.pki.root().clone()]));
    let policy = policy.at_least(SignatureLevel::LongTerm).evidence(evidence);
    let verdict = |message: &SignedMessage| {
        let report = CadesVerifier::new(&policy).verify_message_at(message, office.pki.now());
        report.signatures()[0].verdict().clone()
    };
    assert!(matches!(verdict(&message), Verdict::Passed(_)), "{:?}", verdict(&message));

    // The same without its evidence, but with lists of the right names that nobody signed.
    let lists = office.pki.crls().into_iter().map(|list| forged(&list));
    let junk = lists.fold(Enclosures::new(), |junk, list| junk.crl(&list).unwrap());
    let junk = junk.certificates(message.certificates().iter().cloned());
    let basic = office.stamped(&office.basic());
    let hollow = basic.message().with_enclosures(&junk).unwrap();
    assert_eq!(CadesSignature::first_of(hollow.clone()).unwrap().level(), Level::BaselineLt);
    let verdict = verdict(&hollow);
    let Verdict::Indeterminate(reason) = &verdict else { panic!("{verdict:?}") };
    assert_eq!(reason.sub_indication(), SubIndication::SignatureConstraintsFailure, "{reason:?}");
}
