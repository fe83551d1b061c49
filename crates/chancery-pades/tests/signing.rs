//! What signing does to a file, for every shape of file and kind of key.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Existence, SignatureReport};
use chancery_chain::RevocationPolicy;
use chancery_digest::{DigestAlgorithm, Source};
use chancery_key::{KeyKind, SignatureAlgorithm, SoftwareSigner};
use chancery_pades::{PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::{Document, Object};
use chancery_testkit::TestPki;
use support::{
    assert_passed, contract, dictionary, kinds, lists, now, pki, policy, revised, shapes, signatures, text,
    verify, with_catalog, with_field,
};

fn signers(pki: &TestPki) -> Vec<SoftwareSigner> {
    let rsa = || pki.signer("Rita", KeyKind::Rsa { bits: 2048 });
    vec![
        pki.signer("Paula", KeyKind::P256),
        pki.signer("Peter", KeyKind::P384),
        pki.signer("Eddy", KeyKind::Ed25519),
        rsa().with_algorithm(SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256)).unwrap(),
        rsa().with_algorithm(SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256)).unwrap(),
    ]
}

#[test]
fn every_shape_is_signed_with_every_kind_of_key() {
    let pki = pki();
    let signers = signers(&pki);
    for (shape, pdf) in shapes() {
        for signer in &signers {
            let algorithm = chancery_key::Signer::algorithm(signer);
            let signed = PdfSigner::new(signer, now()).sign(&pdf).unwrap().to_vec().unwrap();
            assert!(signed.starts_with(&pdf), "{shape}, {algorithm}: the original is a prefix");
            let document = Document::open(&signed).unwrap();
            assert_eq!(document.ambiguities(), [], "{shape}, {algorithm}");
            assert_eq!(document.revisions().len(), Document::open(&pdf).unwrap().revisions().len() + 1);
            let report = verify(&pki, &signed);
            assert_passed(&report, 1);
            let proof = report.signatures()[0].verdict().proof().unwrap();
            assert_eq!(proof.signer(), signer.certificate());
            assert_eq!(*proof.existence(), Existence::AtValidation(now()), "nothing proves an earlier time");
        }
    }
}

#[test]
fn a_revision_has_the_kind_of_section_that_the_file_has() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for (shape, pdf) in shapes() {
        let signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
        let has_table =
            support::contains(signed.appended(), b"\nxref\n") || signed.appended().starts_with(b"xref\n");
        let wants_table = matches!(shape, "contract" | "table" | "hybrid");
        assert_eq!(has_table, wants_table, "{shape}");
    }
}

#[test]
fn several_people_sign_one_after_another() {
    let pki = pki();
    for (shape, pdf) in shapes() {
        let (alice, bob, carol) = (
            pki.signer("Alice", KeyKind::P256),
            pki.signer("Bob", KeyKind::Ed25519),
            pki.signer("Carol", KeyKind::P384),
        );
        let once = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
        let twice = PdfSigner::new(&bob, now()).sign(&once).unwrap();
        let thrice = PdfSigner::new(&carol, now()).sign(&twice).unwrap();
        let all = thrice.to_vec().unwrap();
        assert_eq!(all.len() as u64, thrice.len());
        assert!(
            all.starts_with(&twice.to_vec().unwrap()) && all.starts_with(&once.to_vec().unwrap()),
            "{shape}"
        );

        let report = verify(&pki, &thrice);
        assert_passed(&report, 3);
        let names: Vec<_> = report.signatures().iter().map(SignatureReport::name).collect();
        assert_eq!(names, ["Signature1", "Signature2", "Signature3"]);
        let later = |index: usize| {
            report.signatures()[index].findings().filter(|finding| finding.kind == "signature-added").count()
        };
        assert_eq!([later(0), later(1), later(2)], [2, 1, 0], "{shape}: each is told what came after it");
        // Read from memory or through the layers, it is the same file.
        let policy = policy(&pki, RevocationPolicy::Require).evidence(lists(&pki));
        let json = |pdf: &dyn Source| PdfVerifier::new(&policy).verify_at(pdf, now()).unwrap().to_json();
        assert_eq!(json(&all), json(&thrice));
    }
}

#[test]
fn what_the_signer_says_stands_in_the_dictionary() {
    // G5
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let texts = [
        "I approve this contract",
        "契約に同意します",
        "Я согласен с договором",
        "أوافق على العقد",
        "🖋 मैं सहमत हूँ",
        "a ) ( \\ <</Reason(other)>> \r\n end",
        "",
    ];
    for said in texts {
        let signed = PdfSigner::new(&alice, now())
            .reason(said)
            .location(format!("at {said}"))
            .contact(format!("by {said}"))
            .name(format!("I, {said}"))
            .sign(&contract())
            .map(|signed| signed.to_vec().unwrap())
            .unwrap();
        let (_, _, signature) = signatures(&signed).remove(0);
        assert_eq!(text(&signature, "Reason"), said);
        assert_eq!(text(&signature, "Location"), format!("at {said}"));
        assert_eq!(text(&signature, "ContactInfo"), format!("by {said}"));
        assert_eq!(text(&signature, "Name"), format!("I, {said}"));
        assert_eq!(text(&signature, "M"), "D:20261121120000Z");
        assert_passed(&verify(&pki, &signed), 1);
    }
}

#[test]
fn what_is_not_said_does_not_stand_there() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signed = PdfSigner::new(&alice, now()).sign(&contract()).unwrap().to_vec().unwrap();
    let (_, _, signature) = signatures(&signed).remove(0);
    for key in ["Reason", "Location", "ContactInfo", "Name"] {
        assert!(signature.get(key).is_none(), "{key}");
    }
}

#[test]
fn an_empty_field_is_filled_and_not_doubled() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf =
        with_field(&contract(), "<</FT/Sig/T(Approval)/TU(Here)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>");
    let signed = PdfSigner::new(&alice, now()).field("Approval").sign(&pdf).unwrap().to_vec().unwrap();
    let found = signatures(&signed);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "Approval");
    let report = verify(&pki, &signed);
    assert_passed(&report, 1);
    assert_eq!(report.signatures()[0].name(), "Approval");

    let document = Document::open(&signed).unwrap();
    let (_, catalog) = document.latest().catalog().unwrap();
    let form = document.latest().value(&catalog, "AcroForm").unwrap().as_dictionary().unwrap().clone();
    assert_eq!(form.get("Fields").and_then(Object::as_array).unwrap().len(), 1, "no second field");
    assert_eq!(form.get("SigFlags").and_then(Object::as_integer), Some(3));
    let field = document.latest().resolve(&form.get("Fields").unwrap().as_array().unwrap()[0]).unwrap();
    assert_eq!(text(field.as_dictionary().unwrap(), "TU"), "Here", "the field keeps what it had");

    let error = PdfSigner::new(&alice, now()).field("Approval").sign(&signed).err().unwrap();
    assert!(matches!(&error, PadesError::FieldSigned { name } if name == "Approval"), "{error}");
    assert!(error.to_string().contains("choose another name"), "{error}");
}

#[test]
fn a_field_on_a_lower_level_has_a_full_name() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = revised(&contract(), |document, increment| {
        let (parent, kid) = (increment.allocate(), increment.allocate());
        let text = format!("<</T(person)/FT/Sig/Kids[{} 0 R]>>", kid.number);
        increment.put(parent, &dictionary(&text).into()).unwrap();
        let text = format!("<</T(signature)/Parent {} 0 R>>", parent.number);
        increment.put(kid, &dictionary(&text).into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("AcroForm", dictionary(&format!("<</Fields[{} 0 R]>>", parent.number)));
        increment.put(root, &catalog.into()).unwrap();
    });
    let signed = PdfSigner::new(&alice, now()).field("person.signature").sign(&pdf).unwrap();
    let report = verify(&pki, &signed);
    assert_passed(&report, 1);
    assert_eq!(report.signatures()[0].name(), "person.signature");
}

#[test]
fn fields_that_cannot_be_signed_are_refused_by_name() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let refusal =
        |pdf: &Vec<u8>, name: &str| PdfSigner::new(&alice, now()).field(name).sign(pdf).err().unwrap();

    let error = refusal(&with_field(&contract(), "<</FT/Tx/T(Rent)>>"), "Rent");
    assert!(matches!(&error, PadesError::FieldOfOtherKind { name } if name == "Rent"), "{error}");
    let direct = with_catalog(&contract(), "<</AcroForm<</Fields[<</FT/Sig/T(Approval)>>]>>>>");
    let error = refusal(&direct, "Approval");
    assert!(matches!(&error, PadesError::FieldConstraint { .. }), "{error}");
    for name in ["", ".", "a..b"] {
        let error = refusal(&contract(), name);
        assert!(matches!(&error, PadesError::FieldName { .. }), "{name:?}: {error}");
    }
}

#[test]
fn a_new_field_takes_the_name_given_or_the_first_that_is_free() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let name = |pdf: &Vec<u8>, wanted: Option<&str>| {
        let signer = PdfSigner::new(&alice, now());
        let signer = wanted.map_or_else(|| signer.clone(), |wanted| signer.clone().field(wanted));
        let signed = signer.sign(pdf).unwrap().to_vec().unwrap();
        signatures(&signed).pop().unwrap().0
    };
    assert_eq!(name(&contract(), None), "Signature1");
    assert_eq!(
        name(&contract(), Some("Unterschrift der Mieterin (契約)")),
        "Unterschrift der Mieterin (契約)"
    );
    for taken in ["<</FT/Tx/T(Signature1)>>", "<</T(Signature1)/Kids[<</FT/Tx/T(name)>>]>>"] {
        assert_eq!(name(&with_field(&contract(), taken), None), "Signature2", "{taken}");
    }
}

#[test]
fn a_direct_form_and_direct_annotations_are_copied_not_replaced() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let note = "<</Type/Annot/Subtype/Text/Rect[1 2 3 4]/Contents(a note)>>";
    let pdf = revised(&contract(), |document, increment| {
        let field = increment.allocate();
        increment.put(field, &dictionary("<</FT/Tx/T(Rent)/V(1000)>>").into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("AcroForm", dictionary(&format!("<</Fields[{} 0 R]/DA(/Helv 0 Tf)/Q 2>>", field.number)));
        increment.put(root, &catalog.into()).unwrap();
        let (place, mut page) = document.latest().page(0).unwrap();
        page.set("Annots", Object::Array(vec![dictionary(note).into()]));
        increment.put(place, &page.into()).unwrap();
    });
    let signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap().to_vec().unwrap();
    let document = Document::open(&signed).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let form = catalog.get("AcroForm").and_then(Object::as_dictionary).expect("still direct");
    assert_eq!(
        (text(form, "DA").as_str(), form.get("Q").and_then(Object::as_integer)),
        ("/Helv 0 Tf", Some(2))
    );
    assert_eq!(form.get("Fields").and_then(Object::as_array).unwrap().len(), 2);
    let (_, page) = view.page(0).unwrap();
    let annotations = page.get("Annots").and_then(Object::as_array).expect("still direct");
    assert_eq!(annotations[0], Object::Dictionary(dictionary(note)));
    assert_eq!(annotations.len(), 2);
    assert_passed(&verify(&pki, &signed), 1);
}

#[test]
fn annotations_in_an_object_of_their_own_stay_there() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = revised(&contract(), |document, increment| {
        let (list, note) = (increment.allocate(), increment.allocate());
        increment.put(note, &dictionary("<</Type/Annot/Subtype/Text/Rect[1 2 3 4]>>").into()).unwrap();
        increment.put(list, &Object::Array(vec![Object::Reference(note)])).unwrap();
        let (place, mut page) = document.latest().page(0).unwrap();
        page.set("Annots", Object::Reference(list));
        increment.put(place, &page.into()).unwrap();
    });
    let before = Document::open(&pdf).unwrap();
    let signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap().to_vec().unwrap();
    let after = Document::open(&signed).unwrap();
    let ((place, old), (_, new)) = (before.latest().page(0).unwrap(), after.latest().page(0).unwrap());
    assert_eq!(old, new);
    assert_eq!(
        before.latest().entry(place.number).unwrap(),
        after.latest().entry(place.number).unwrap(),
        "the page is not written again"
    );
    let list = after.latest().value(&new, "Annots").unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_passed(&verify(&pki, &signed), 1);
}

#[test]
fn an_encrypted_document_stays_encrypted_and_passes() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    for name in ["rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf"] {
        let pdf = std::fs::read(folder.join(name)).unwrap();
        let password = chancery_key::Password::from("user");
        let signed = PdfSigner::new(&alice, now())
            .password(password.clone(), [7; 32])
            .reason("nobody else reads this")
            .field("Second")
            .sign(&pdf)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .to_vec()
            .unwrap();
        assert!(!support::contains(&signed, b"nobody else"), "{name}: texts are encrypted");
        let policy = policy(&pki, RevocationPolicy::Require).evidence(lists(&pki));
        let verifier = PdfVerifier::new(&policy);
        let report = verifier.password(&password).verify_at(&signed, now()).unwrap();
        let ours = report.signatures().iter().find(|signature| signature.name() == "Second").unwrap();
        assert!(ours.verdict().proof().is_some(), "{name}: {report}");
        assert!(
            matches!(verifier.verify_at(&signed, now()), Err(PadesError::Pdf(_))),
            "{name}: needs its password"
        );
    }
}

#[test]
fn a_certified_document_that_allows_no_changes_is_not_signed() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let certified = |level: &str| {
        let text = format!(
            "<</Perms<</DocMDP<</Type/Sig/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {level}>>>>]>>>>>>"
        );
        with_catalog(&contract(), &text)
    };
    let error = PdfSigner::new(&alice, now()).sign(&certified("1")).err().unwrap();
    assert!(matches!(error, PadesError::CertifiedWithoutChanges), "{error}");
    for level in ["2", "3"] {
        let pdf = certified(level);
        assert!(PdfSigner::new(&alice, now()).sign(&pdf).is_ok(), "P = {level}");
    }
}

#[test]
fn the_report_of_an_unsigned_document_has_no_signature() {
    let report = verify(&pki(), &contract());
    assert_eq!((report.indication(), kinds(&report)), (None, Vec::new()));
}
