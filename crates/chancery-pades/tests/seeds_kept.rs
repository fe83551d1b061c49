//! Whether a signature that is there keeps the rules of its field: signatures put together by hand, since our signer
//! makes none that breaks them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Report};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::RevocationPolicy;
use chancery_cms::statements::REVOCATION_INFO_ARCHIVAL;
use chancery_cms::{Attribute, Preparation};
use chancery_digest::{AnyDigest, DigestAlgorithm, Source};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_pades::PdfVerifier;
use chancery_pdf::{Dictionary, Object, PdfString};
use chancery_testkit::TestPki;
use support::{
    assert_passed, by_hand, contract, edit, kinds, message_by, pki, policy, signed_by_hand, verify,
    with_field,
};

const PADES: &str = "/Type/Sig/SubFilter/ETSI.CAdES.detached";
const ADOBE: &str = "/Type/Sig/SubFilter/adbe.pkcs7.detached";
const CERTIFIES: &str = "/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]";

/// A document with a field that asks for this, and a signature with these entries in it.
fn signed_in(
    seeds: &str,
    entries: &str,
    message: impl FnOnce(&[u8]) -> Vec<u8>,
    further: impl Fn(&mut Dictionary),
) -> Vec<u8> {
    let widget = "/Type/Annot/Subtype/Widget/Rect[0 0 0 0]";
    let asking = with_field(&contract(), &format!("<<{widget}/FT/Sig/T(Approval)/SV<</Type/SV{seeds}>>>>"));
    by_hand(&asking, entries, message, |document, increment, value| {
        let (_, catalog) = document.latest().catalog().unwrap();
        let form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap();
        let field = form.get("Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
        edit(document, increment, field, |field| {
            field.set("V", value);
            further(field);
        });
    })
}

/// The entry whose rule is broken; `None` if the signature passes.
fn broken(report: &Report) -> Option<String> {
    let told = report.all_findings().find(|finding| finding.kind == "seed-value-broken");
    let Some(told) = told else {
        assert_passed(report, 1);
        return None;
    };
    assert_eq!(report.indication(), Some(Indication::Indeterminate), "{report}");
    let entry = told.text.split("(/").nth(1).unwrap();
    Some(entry.split(' ').next().unwrap().to_owned())
}

fn hexadecimal(bytes: &[u8]) -> String {
    String::from_utf8(Object::from(PdfString::hexadecimal(bytes)).to_bytes()).unwrap()
}

#[test]
fn a_rule_that_a_signature_breaks_is_told_and_a_wish_is_not() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let this = format!("/Cert<</Ff 1/Subject[{}]>>", hexadecimal(alice.chain()[0].to_der()));
    let other = format!("/Cert<</Ff 1/Subject[{}]>>", hexadecimal(bob.chain()[0].to_der()));
    let issuer = format!("/Cert<</Ff 2/Issuer[{}]>>", hexadecimal(pki.root().to_der()));
    let no_issuer = format!("/Cert<</Ff 2/Issuer[{}]>>", hexadecimal(bob.chain()[0].to_der()));
    let rows = [
        ("", "", None),
        ("/Ff 8/Reasons[(I agree)]", "/Reason(I agree)", None),
        ("/Ff 8/Reasons[(I agree)]", "/Reason(I disagree)", Some("Reasons")),
        ("/Ff 8/Reasons[(I agree)]", "", Some("Reasons")),
        ("/Ff 8/Reasons[(.)]", "/Reason(I agree)", Some("Reasons")),
        ("/Reasons[(I agree)]", "/Reason(I disagree)", None),
        ("/Ff 1/Filter/Adobe.PPKLite", "", None),
        ("/Ff 1/Filter/Entrust.PPKEF", "", Some("Filter")),
        ("/Ff 2/SubFilter[/ETSI.CAdES.detached]", "", None),
        ("/Ff 2/SubFilter[/adbe.pkcs7.detached]", "", Some("SubFilter")),
        ("/Ff 64/DigestMethod[/SHA256]", "", None),
        ("/Ff 64/DigestMethod[/SHA384]", "", Some("DigestMethod")),
        ("/MDP<</P 0>>", "", None),
        ("/MDP<</P 0>>", CERTIFIES, Some("MDP")),
        ("/MDP<</P 1>>", CERTIFIES, None),
        ("/MDP<</P 2>>", CERTIFIES, Some("MDP")),
        ("/MDP<</P 1>>", "", Some("MDP")),
        ("/Ff 128/LockDocument/true", CERTIFIES, None),
        ("/Ff 128/LockDocument/true", "", Some("LockDocument")),
        ("/Ff 128/LockDocument/false", CERTIFIES, Some("LockDocument")),
        ("/TimeStamp<</URL(https://tsa.example)>>", "", None),
        ("/TimeStamp<</URL(https://tsa.example)/Ff 1>>", "", Some("TimeStamp")),
        ("/Ff 16/LegalAttestation[(None)]", CERTIFIES, Some("LegalAttestation")),
        ("/Ff 16/LegalAttestation[(None)]", "", None),
        ("/Ff 32/AddRevInfo true", "", Some("AddRevInfo")),
        ("/Ff 32/AddRevInfo false", "", None),
        (this.as_str(), "", None),
        (other.as_str(), "", Some("Subject")),
        (issuer.as_str(), "", None),
        (no_issuer.as_str(), "", Some("Issuer")),
    ];
    for (seeds, entries, expected) in rows {
        let file = signed_in(seeds, &format!("{PADES}{entries}"), message_by(&alice), |_| {});
        let report = verify(&pki, &file);
        assert_eq!(broken(&report).as_deref(), expected, "{seeds} {entries}: {report}");
    }
}

/// Whoever signs may write the field anew, but not take its rules away.
#[test]
fn a_signer_does_not_take_the_rules_away() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let entries = format!("{PADES}/Reason(I disagree)");
    let seeds = "/Ff 8/Reasons[(I agree)]";
    let file = signed_in(seeds, &entries, message_by(&alice), |field| {
        field.remove("SV");
    });
    assert_eq!(broken(&verify(&pki, &file)).as_deref(), Some("Reasons"));
}

/// A message with Adobe's archive of these CRLs and OCSP answers among its signed attributes.
fn archiving(signer: &SoftwareSigner, crls: &[Vec<u8>], answers: &[Vec<u8>], covered: &[u8]) -> Vec<u8> {
    let list = |number, members: &[Vec<u8>]| {
        asn1::encode(tag::constructed(number), &asn1::encode(tag::SEQUENCE, &members.concat()))
    };
    let archive = asn1::encode(tag::SEQUENCE, &[list(0, crls), list(1, answers)].concat());
    let digest = DigestAlgorithm::Sha256.digest(covered);
    let preparation = Preparation::new(signer.chain(), signer.algorithm(), digest);
    let preparation = preparation.attribute(Attribute::new(REVOCATION_INFO_ARCHIVAL, archive));
    let prepared = preparation.prepare().unwrap();
    let value = signer.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(value).unwrap().into_bytes()
}

/// What the signer knew of revocation is evidence, whether CRLs or OCSP answers; in the forms of Adobe it keeps the rule
/// that asks for it.
#[test]
fn what_adobe_archives_of_revocation_is_evidence() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let strict = |pki: &TestPki, file: &dyn Source| {
        let policy = policy(pki, RevocationPolicy::Require);
        PdfVerifier::new(&policy).verify_at(file, pki.now()).unwrap()
    };
    let answers: Vec<Vec<u8>> = alice.chain()[..2].iter().map(|certificate| pki.ocsp(certificate)).collect();
    for (crls, answers) in [(pki.crls(), Vec::new()), (Vec::new(), answers)] {
        let file =
            signed_by_hand(&contract(), "Old", ADOBE, |covered| archiving(&alice, &crls, &answers, covered));
        assert_passed(&strict(&pki, &file), 1);
    }
    let without = signed_by_hand(&contract(), "Old", ADOBE, message_by(&alice));
    let report = strict(&pki, &without);
    assert_eq!(report.indication(), Some(Indication::Indeterminate), "{report}");
    assert!(!kinds(&report).contains(&"seed-value-broken"));

    let asking = "/Ff 32/AddRevInfo true";
    for (entries, expected) in [(ADOBE, None), (PADES, Some("AddRevInfo"))] {
        let message = |covered: &[u8]| archiving(&alice, &pki.crls(), &[], covered);
        let file = signed_in(asking, entries, message, |_| {});
        assert_eq!(broken(&verify(&pki, &file)).as_deref(), expected, "{entries}");
    }
}
