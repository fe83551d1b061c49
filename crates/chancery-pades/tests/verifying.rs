//! Verdicts: what passes, what does not, and what is left open.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Conclusion, Indication, Report, SignatureLevel, SubIndication};
use chancery_chain::{Evidence, RevocationPolicy};
use chancery_cms::SignedMessage;
use chancery_digest::Source;
use chancery_key::KeyKind;
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_pdf::{Dictionary, Object, Reference, Stream};
use chancery_testkit::pdf::SamplePdf;
use chancery_testkit::{RevocationReason, TestPki};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{TestRng, TestRunner};
use support::{
    assert_passed, authority, contract, dictionary, indications, kinds, lists, now, pki, policy, revised,
    rng, signatures, verify,
};

fn signed_by_alice(pki: &TestPki, pdf: &dyn Source) -> Vec<u8> {
    let alice = pki.signer("Alice", KeyKind::P256);
    PdfSigner::new(&alice, now()).timestamp_room(0).sign(pdf).unwrap().to_vec().unwrap()
}

#[track_caller]
fn reason(report: &Report) -> SubIndication {
    report.signatures()[0]
        .verdict()
        .reason()
        .unwrap_or_else(|| panic!("it passed: {report}"))
        .sub_indication()
}

/// Every byte of a signed file is changed. What the signature covers never passes again. In the gap stands the message,
/// parts of which nobody signs (the list of digest algorithms, further certificates): it may pass only if it is still
/// the same signature of the same signer.
#[test]
fn every_flipped_byte_is_found() {
    // P2
    let pki = pki();
    let signed = signed_by_alice(&pki, &SamplePdf::new().to_bytes());
    let report = verify(&pki, &signed);
    assert_passed(&report, 1);
    let signer = report.signatures()[0].verdict().proof().unwrap().signer().clone();
    let value = signature_value(&signed);
    let gap = signed.windows(10).position(|window| window == b"/Contents<").unwrap() + 10;
    let gap_end = gap + signed[gap..].iter().position(|byte| *byte == b'>').unwrap();
    let policy = policy(&pki, RevocationPolicy::NotChecked);
    let flip = |index: usize, mask: u8| {
        let mut changed = signed.clone();
        changed[index] ^= mask;
        // A file that cannot be read has not passed; one without a signature has no verdict.
        let Ok(report) = PdfVerifier::new(&policy).verify_at(&changed, now()) else { return };
        if report.indication() == Some(Indication::TotalPassed) {
            let what = format!("byte {index} of {} changed by {mask:#04x}: {report}", signed.len());
            assert!((gap..gap_end).contains(&index), "{what}");
            assert_eq!(signature_value(&changed), value, "{what}");
            assert_eq!(report.signatures()[0].verdict().proof().unwrap().signer(), &signer, "{what}");
        }
    };
    // Each byte once, with a bit that goes around; then by two seeds, one of them fresh.
    (0..signed.len()).for_each(|index| flip(index, 1 << (index % 8)));
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).unwrap();
    println!("seed of this run: {fresh:?}");
    for seed in [[7; 32], fresh] {
        let rng = TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(ProptestConfig::with_cases(400), rng);
        let places = (0..signed.len(), 1..=255_u8);
        runner
            .run(&places, |(index, mask)| {
                flip(index, mask);
                Ok(())
            })
            .unwrap();
    }
}

/// What the only signer of the only signature signed with.
fn signature_value(pdf: &dyn Source) -> Vec<u8> {
    let (_, _, dictionary) = signatures(pdf).remove(0);
    let contents = dictionary.get("Contents").and_then(Object::as_string).unwrap();
    let (message, _) = SignedMessage::from_ber_prefix(contents.as_bytes()).unwrap();
    message.signers()[0].signature().to_vec()
}

#[test]
fn a_changed_word_fails_and_says_why() {
    // P2
    let pki = pki();
    let signed = signed_by_alice(&pki, &contract());
    let mut tampered = signed.clone();
    let rent = signed.windows(4).position(|window| window == b"1000").unwrap();
    tampered[rent] = b'9';
    let report = verify(&pki, &tampered);
    assert_eq!(indications(&report), [Indication::TotalFailed]);
    assert_eq!(reason(&report), SubIndication::HashFailure);
    assert_eq!(report.signatures()[0].integrity().conclusion(), Conclusion::Broken);
    assert!(kinds(&report).contains(&"digest-mismatch"), "{report}");
    assert_eq!(report.signatures()[0].claimed_signer(), Some("Alice"), "claimed, not proven");
}

#[test]
fn nobody_is_trusted_without_an_anchor() {
    let (pki, strangers) = (pki(), TestPki::at(now()));
    let signed = signed_by_alice(&pki, &contract());
    let foreign = policy(&strangers, RevocationPolicy::NotChecked);
    let report = PdfVerifier::new(&foreign).verify_at(&signed, now()).unwrap();
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    let signature = &report.signatures()[0];
    assert_eq!(signature.integrity().conclusion(), Conclusion::Sound, "integrity does not need trust");
    assert_eq!(signature.identity().conclusion(), Conclusion::Unknown);
}

#[test]
fn a_signature_is_judged_at_the_time_of_its_timestamp() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut stamped = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    let plain = stamped.to_vec().unwrap();
    stamped.timestamp(&authority(&pki), &mut rng()).unwrap();

    let revoked_at = now() + SignedDuration::from_hours(24);
    pki.revoke(alice.certificate(), revoked_at, RevocationReason::Superseded);
    pki.set_now(now() + SignedDuration::from_hours(48));
    let report = verify(&pki, &stamped);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"revoked-later"), "{report}");
    let report = verify(&pki, &plain);
    assert_eq!(
        indications(&report),
        [Indication::Indeterminate],
        "nothing proves that it was before: {report}"
    );
    assert_eq!(reason(&report), SubIndication::RevokedNoProof);
}

#[test]
fn a_signature_after_the_revocation_does_not_pass() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    pki.revoke(alice.certificate(), now() - SignedDuration::from_hours(1), RevocationReason::Superseded);
    let mut stamped = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    stamped.timestamp(&authority(&pki), &mut rng()).unwrap();
    let report = verify(&pki, &stamped);
    assert_ne!(indications(&report), [Indication::TotalPassed], "{report}");
    assert!(kinds(&report).contains(&"certificate-revoked"), "{report}");
}

#[test]
fn a_timestamp_of_nobody_we_trust_proves_nothing() {
    let (pki, strangers) = (pki(), TestPki::at(now() - SignedDuration::from_hours(100)));
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut stamped = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    stamped.timestamp(&authority(&strangers), &mut rng()).unwrap();
    let report = verify(&pki, &stamped);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"timestamp-not-trusted"), "{report}");
    let proof = report.signatures()[0].verdict().proof().unwrap();
    assert_eq!(proof.time(), now(), "not the earlier time that the strangers say");
}

#[test]
fn what_is_asked_about_revocation_decides() {
    let pki = pki();
    let signed = signed_by_alice(&pki, &contract());
    let judge = |revocation| PdfVerifier::new(&policy(&pki, revocation)).verify_at(&signed, now()).unwrap();
    let report = judge(RevocationPolicy::Require);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    // There is none at all, which another try does not change (as EU DSS has it).
    assert_eq!(reason(&report), SubIndication::CertificateChainGeneralFailure);
    let report = judge(RevocationPolicy::NotChecked);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"revocation-not-checked"), "it says so: {report}");
    let report = judge(RevocationPolicy::WhenKnown);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"revocation-unknown"), "it says so: {report}");
}

#[test]
fn when_known_does_not_pass_over_what_is_known() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    pki.revoke(alice.certificate(), now() - SignedDuration::from_hours(1), RevocationReason::KeyCompromise);
    let lists = lists(&pki);
    let when_known = policy(&pki, RevocationPolicy::WhenKnown).evidence(lists.clone());
    let report = PdfVerifier::new(&when_known).verify_at(&signed, now()).unwrap();
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    let ocsp = Evidence::new().with_ocsp(pki.ocsp(alice.certificate()));
    let by_ocsp = policy(&pki, RevocationPolicy::WhenKnown).evidence(ocsp);
    let report = PdfVerifier::new(&by_ocsp).verify_at(&signed, now()).unwrap();
    assert_eq!(reason(&report), SubIndication::RevokedNoProof, "{report}");
}

#[test]
fn another_page_content_in_a_later_revision_is_noticed_by_both() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::Ed25519));
    let pdf = contract();
    let once = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    let between = replaced_content(&once.to_vec().unwrap(), "9000 euro");
    let report = verify(&pki, &between);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert!(kinds(&report).contains(&"page-content-replaced"), "{report}");

    // Bob signs what was changed: his signature is good, Alice's is not.
    let twice = PdfSigner::new(&bob, now()).sign(&between).unwrap();
    let report = verify(&pki, &twice);
    assert_eq!(indications(&report), [Indication::Indeterminate, Indication::TotalPassed], "{report}");
    assert_eq!(report.indication(), Some(Indication::Indeterminate), "the whole is as bad as the worst");

    let after = replaced_content(&twice.to_vec().unwrap(), "10000 euro");
    assert_eq!(indications(&verify(&pki, &after)), [Indication::Indeterminate, Indication::Indeterminate]);
}

fn replaced_content(pdf: &dyn Source, rent: &str) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let (_, page) = document.latest().page(0).unwrap();
        let content = page.get("Contents").and_then(Object::as_reference).unwrap();
        let other = Stream::new(Dictionary::new(), format!("BT ({rent}) Tj ET").into_bytes());
        increment.put(content, &other.into()).unwrap();
    })
}

/// The file with long-term data: the certificate of the issuing authority, and these lists.
fn store(pdf: &dyn Source, pki: &TestPki, lists: Vec<Vec<u8>>) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let mut references = |contents: Vec<Vec<u8>>| -> String {
            let mut put = |bytes: Vec<u8>| {
                let place = increment.allocate();
                increment.put(place, &Stream::new(Dictionary::new(), bytes).into()).unwrap();
                format!("{} 0 R ", place.number)
            };
            contents.into_iter().map(&mut put).collect()
        };
        let certificates = references(vec![pki.intermediate().to_der().to_vec()]);
        let lists = references(lists);
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("DSS", dictionary(&format!("<</Type/DSS/Certs[{certificates}]/CRLs[{lists}]>>")));
        increment.put(root, &catalog.into()).unwrap();
    })
}

#[test]
fn long_term_data_may_be_added_and_are_used() {
    let pki = pki();
    let signed = signed_by_alice(&pki, &contract());
    let with_store = store(&signed, &pki, pki.crls());
    // Nothing else is at hand: what the file carries is enough.
    let require = policy(&pki, RevocationPolicy::Require);
    let report = PdfVerifier::new(&require).verify_at(&with_store, now()).unwrap();
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"long-term-data-added"), "{report}");
    assert!(kinds(&report).contains(&"not-revoked"), "{report}");

    // Taken out again, it is a change that nothing allows.
    let without = revised(&with_store, |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.remove("DSS");
        increment.put(root, &catalog.into()).unwrap();
    });
    let report = verify(&pki, &without);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert!(kinds(&report).contains(&"long-term-data-removed"), "{report}");
}

/// Whoever has only the file later has nothing: its lists are signed by nobody.
#[test]
fn forged_lists_in_the_file_beside_what_the_caller_knows_are_no_long_term_level() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let contract = contract();
    let mut signed = PdfSigner::new(&alice, now()).sign(&contract).unwrap();
    signed.timestamp(&authority(&pki), &mut rng()).unwrap();
    let signed = signed.to_vec().unwrap();
    let demanding =
        policy(&pki, RevocationPolicy::Require).evidence(lists(&pki)).at_least(SignatureLevel::LongTerm);
    let verify = |pdf: Vec<u8>| PdfVerifier::new(&demanding).verify_at(&pdf, pki.now()).unwrap();
    assert_passed(&verify(store(&signed, &pki, pki.crls())), 1);

    let forged = pki.crls().into_iter().map(|mut list| {
        let place = list.len() - 3;
        list[place] ^= 1;
        list
    });
    let report = verify(store(&signed, &pki, forged.collect()));
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert_eq!(reason(&report), SubIndication::SignatureConstraintsFailure, "{report}");
    assert!(kinds(&report).contains(&"level-too-low"), "{report}");
}

#[test]
fn metadata_may_be_changed() {
    let pki = pki();
    let signed = signed_by_alice(&pki, &contract());
    let other_title = revised(&signed, |document, increment| {
        let info = document.latest().trailer().get("Info").and_then(Object::as_reference).unwrap();
        increment.put(info, &dictionary("<</Title(Another)>>").into()).unwrap();
    });
    let report = verify(&pki, &other_title);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"metadata-changed"), "{report}");
}

#[test]
fn an_empty_revision_changes_nothing_and_is_told() {
    let pki = pki();
    let signed = signed_by_alice(&pki, &contract());
    let again = revised(&signed, |document, increment| {
        let (root, catalog) = document.latest().catalog().unwrap();
        increment.put(root, &catalog.into()).unwrap();
    });
    let report = verify(&pki, &again);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"later-revision"), "{report}");
}

/// What a random revision does. None of it is allowed after a signature.
#[derive(Clone, Debug)]
enum Deed {
    /// Another value for one of the objects that there are.
    Replace(prop::sample::Index, &'static str),
    /// A further entry in the catalog.
    Catalog(&'static str, &'static str),
    /// A further entry in the page.
    Page(&'static str, &'static str),
    /// Something that nothing refers to.
    Orphan(&'static str),
    /// An annotation over the page.
    Annotation(&'static str),
    /// A further field in the form.
    Field(&'static str),
}

fn deed() -> impl Strategy<Value = Deed> {
    let value = prop::sample::select(vec![
        "null",
        "17",
        "(text)",
        "/Name",
        "[1 2 3]",
        "<<>>",
        "<</Type/Page>>",
        "<</Type/Metadata>>",
        "<</Type/XRef>>",
        "<</Type/ObjStm>>",
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)>>",
        "<</Type/Catalog/Pages 2 0 R>>",
    ]);
    let key = prop::sample::select(vec![
        "OpenAction",
        "AA",
        "Names",
        "Outlines",
        "Lang",
        "OCProperties",
        "Perms",
        "X",
    ]);
    let page_key = prop::sample::select(vec!["AA", "Rotate", "CropBox", "Contents", "Resources", "X"]);
    let widget = prop::sample::select(vec![
        "<</Type/Annot/Subtype/Text/Rect[0 0 500 500]>>",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Rent)/V(9000)/Rect[0 0 500 500]>>",
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(Yes)/Rect[0 0 500 500]>>",
    ]);
    prop_oneof![
        4 => (any::<prop::sample::Index>(), value.clone()).prop_map(|(index, value)| Deed::Replace(index, value)),
        2 => (key, value.clone()).prop_map(|(key, value)| Deed::Catalog(key, value)),
        2 => (page_key, value.clone()).prop_map(|(key, value)| Deed::Page(key, value)),
        1 => value.prop_map(Deed::Orphan),
        1 => widget.clone().prop_map(Deed::Annotation),
        1 => widget.prop_map(Deed::Field),
    ]
}

/// The file with one revision for each deed, and whether any of them changed something.
fn done(signed: &[u8], deeds: &[Deed]) -> (Vec<u8>, bool) {
    let mut file = signed.to_vec();
    let mut changed = false;
    for deed in deeds {
        let parsed = |text: &str| Object::parse(text.as_bytes()).unwrap().0;
        let Ok(document) = chancery_pdf::Document::open(&file) else { break };
        let view = document.latest();
        let mut increment = chancery_pdf::Increment::new(&document);
        // What nothing refers to is seen by nobody, unless readers find it by its type. That an entry is null is another
        // thing than that it is missing: for some readers it stops the search for what is inherited.
        let mut put = |place: Reference, value: Object| {
            let kind = value.as_dictionary().and_then(|value| value.get("Type")).and_then(Object::as_name);
            let found_by_type =
                ["Catalog", "Page", "XRef", "ObjStm"].iter().any(|name| kind == Some(&(*name).into()));
            let seen = !matches!(deed, Deed::Orphan(_)) || found_by_type;
            changed |= seen && view.object(place).ok().as_ref() != Some(&value);
            increment.put(place, &value).unwrap();
        };
        // An earlier deed may have taken the catalog or the page away.
        let (Ok((root, mut catalog)), Ok((place, mut page))) = (view.catalog(), view.page(0)) else { break };
        match deed {
            Deed::Replace(index, value) => put(*index.get(&view.references().unwrap()), parsed(value)),
            Deed::Catalog(key, value) => {
                catalog.set(*key, parsed(value));
                put(root, catalog.into());
            }
            Deed::Page(key, value) => {
                page.set(*key, parsed(value));
                put(place, page.into());
            }
            Deed::Orphan(value) => put(Reference::new(view.next_number(), 0), parsed(value)),
            Deed::Annotation(value) => {
                page.set("Annots", Object::Array(vec![parsed(value)]));
                put(place, page.into());
            }
            Deed::Field(value) => {
                let Some(form) = catalog.get("AcroForm").and_then(Object::as_dictionary) else { break };
                let mut form = form.clone();
                let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
                fields.push(parsed(value));
                form.set("Fields", Object::Array(fields));
                catalog.set("AcroForm", form);
                put(root, catalog.into());
            }
        }
        file.extend_from_slice(&increment.finish().unwrap().bytes);
    }
    (file, changed)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whatever is done to a document after a signature, it does not pass any more.
    #[test]
    fn nothing_that_is_not_allowed_passes(deeds in prop::collection::vec(deed(), 1..4)) {
        // P2
        thread_local! {
            static SIGNED: (TestPki, Vec<u8>) = {
                let pki = pki();
                let signed = signed_by_alice(&pki, &SamplePdf::new().to_bytes());
                (pki, signed)
            };
        }
        SIGNED.with(|(pki, signed)| {
            let (file, changed) = done(signed, &deeds);
            let policy = policy(pki, RevocationPolicy::NotChecked);
            if let Ok(report) = PdfVerifier::new(&policy).verify_at(&file, now()) {
                let passed = report.indication() == Some(Indication::TotalPassed);
                prop_assert_eq!(passed, !changed, "{}", report);
            }
            Ok(())
        })?;
    }

    /// What is allowed passes, in any order and number.
    #[test]
    fn what_is_allowed_passes(steps in prop::collection::vec(0..3_u8, 1..5)) {
        let pki = pki();
        let alice = pki.signer("Alice", KeyKind::Ed25519);
        let mut file = signed_by_alice(&pki, &contract());
        let mut signatures = 1;
        for step in steps {
            file = match step {
                0 => {
                    signatures += 1;
                    PdfSigner::new(&alice, now()).timestamp_room(0).sign(&file).unwrap().to_vec().unwrap()
                }
                1 => revised(&file, |document, increment| {
                    let info = document.latest().trailer().get("Info").and_then(Object::as_reference).unwrap();
                    let title = format!("<</Title({})>>", document.revisions().len());
                    increment.put(info, &dictionary(&title).into()).unwrap();
                }),
                _ => {
                    let document = chancery_pdf::Document::open(&file).unwrap();
                    let has_store = document.latest().catalog().unwrap().1.get("DSS").is_some();
                    if has_store { file.clone() } else { store(&file, &pki, pki.crls()) }
                }
            };
        }
        let report = verify(&pki, &file);
        prop_assert_eq!(indications(&report), vec![Indication::TotalPassed; signatures], "{}", report);
    }
}
