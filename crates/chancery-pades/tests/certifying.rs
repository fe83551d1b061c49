//! Certifying documents, and what may happen to certified ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Severity};
use chancery_digest::Source;
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{ChangesAllowed, LastingPdf, PadesError, PdfSigner};
use chancery_pdf::{Document, Object, Reference};
use support::{
    assert_passed, authority, contract, dictionary, edit_catalog, indications, kinds, message_by, now, pki,
    revised, rng, shapes, signatures, signed, signed_by_hand, verify, with_catalog,
};

const LEVELS: [(i64, ChangesAllowed); 3] =
    [(1, ChangesAllowed::None), (2, ChangesAllowed::FormFilling), (3, ChangesAllowed::Annotations)];

fn certified(signer: &SoftwareSigner, pdf: &dyn Source, level: ChangesAllowed) -> Vec<u8> {
    PdfSigner::new(signer, now()).certify(level).sign(pdf).unwrap().to_vec().unwrap()
}

fn certification(pdf: &dyn Source) -> Option<Reference> {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let permissions = view.value(&catalog, "Perms").unwrap();
    permissions
        .as_dictionary()
        .and_then(|permissions| permissions.get("DocMDP"))
        .and_then(Object::as_reference)
}

#[track_caller]
fn assert_no_warning(report: &chancery_ades::Report) {
    assert!(report.all_findings().all(|finding| finding.severity == Severity::Information), "{report}");
}

#[test]
fn a_certification_says_its_level_and_is_bound_to_the_catalog() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for (shape, pdf) in shapes() {
        for (number, level) in LEVELS {
            let signed = certified(&alice, &pdf, level);
            let (_, reference, signature) = signatures(&signed).remove(0);
            assert_eq!(certification(&signed), Some(reference), "{shape}");
            let wanted = dictionary(&format!(
                "<</Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {number}>>>>]>>"
            ));
            assert_eq!(signature.get("Reference"), wanted.get("Reference"), "{shape}");
            let report = verify(&pki, &signed);
            assert_passed(&report, 1);
            assert_no_warning(&report);
        }
    }
}

#[test]
fn a_certified_document_is_signed_again_only_if_its_author_allows_it() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    for (number, level) in LEVELS {
        let certified = certified(&alice, &contract(), level);
        let second = PdfSigner::new(&bob, now()).sign(&certified);
        if level == ChangesAllowed::None {
            let error = second.err().unwrap();
            assert!(matches!(error, PadesError::CertifiedWithoutChanges), "{error}");
        } else {
            let report = verify(&pki, &second.unwrap());
            assert_passed(&report, 2);
            assert_no_warning(&report);
        }
        // Who does it all the same breaks the first, where it was forbidden, and only there.
        let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached";
        let forced = signed_by_hand(&certified, "Forced", entries, message_by(&bob));
        let report = verify(&pki, &forced);
        let broken = level == ChangesAllowed::None;
        assert_eq!(kinds(&report).contains(&"certification-broken"), broken, "P = {number} {report}");
        let first = if broken { Indication::TotalFailed } else { Indication::TotalPassed };
        assert_eq!(indications(&report)[0], first, "P = {number} {report}");
    }
}

#[test]
fn a_timestamp_over_the_document_is_allowed_at_every_level() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for (_, level) in LEVELS {
        let certified = certified(&alice, &contract(), level);
        let stamped = LastingPdf::new(&certified).timestamp(&authority(&pki), &mut rng()).unwrap();
        let report = verify(&pki, &stamped);
        assert_passed(&report, 2);
        assert_no_warning(&report);
    }
}

#[test]
fn there_is_one_certification_and_it_comes_first() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let again = |pdf: &dyn Source| {
        PdfSigner::new(&alice, now()).certify(ChangesAllowed::FormFilling).sign(pdf).err().unwrap()
    };
    let error = again(&certified(&alice, &contract(), ChangesAllowed::Annotations));
    assert!(matches!(error, PadesError::CertifiedAlready), "{error}");
    let error = again(&signed(&pki, &contract()));
    assert!(matches!(&error, PadesError::CertifyingSigned { by } if by == "Signature1"), "{error}");
    let pdf = contract();
    let stamped = LastingPdf::new(&pdf).timestamp(&authority(&pki), &mut rng()).unwrap();
    let error = again(&stamped);
    assert!(matches!(&error, PadesError::CertifyingSigned { by } if by == "Timestamp1"), "{error}");
}

#[test]
fn a_second_certification_made_by_others_is_told() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let first = certified(&alice, &contract(), ChangesAllowed::Annotations);
    let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P 2>>>>]";
    let second = signed_by_hand(&first, "Second", entries, message_by(&bob));
    let found = kinds(&verify(&pki, &second));
    assert!(
        found.contains(&"certification-not-first") && found.contains(&"certification-not-bound"),
        "{found:?}"
    );
}

#[test]
fn a_certification_and_the_catalog_must_name_each_other() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P 2>>>>]";
    let unbound = signed_by_hand(&contract(), "Unbound", entries, message_by(&alice));
    assert!(kinds(&verify(&pki, &unbound)).contains(&"certification-not-bound"));

    let says_nothing = with_catalog(&contract(), "<</Perms<</DocMDP<</Type/Sig>>>>>>");
    let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached";
    let report = verify(&pki, &signed_by_hand(&says_nothing, "Plain", entries, message_by(&alice)));
    assert!(kinds(&report).contains(&"certification-says-nothing"), "{report}");
    let bound = certified(&alice, &contract(), ChangesAllowed::FormFilling);
    let found = kinds(&verify(&pki, &bound));
    assert!(!found.iter().any(|kind| kind.starts_with("certification")), "{found:?}");
}

#[test]
fn taking_the_certification_out_of_the_catalog_does_not_pass() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bound = certified(&alice, &contract(), ChangesAllowed::None);
    let freed = revised(&bound, |document, increment| {
        edit_catalog(document, increment, |catalog| {
            catalog.remove("Perms");
        });
    });
    let report = verify(&pki, &freed);
    assert!(report.signatures()[0].verdict().proof().is_none(), "{report}");
    // Its own word still binds.
    let error = PdfSigner::new(&alice, now()).sign(&freed).err().unwrap();
    assert!(matches!(error, PadesError::CertifiedWithoutChanges), "{error}");
}

#[test]
fn other_permissions_stay_and_stay_where_they_are() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let mut place = None;
    let pdf = revised(&contract(), |document, increment| {
        let permissions = increment.allocate();
        increment.put(permissions, &dictionary("<</UR3<</Type/Sig>>>>").into()).unwrap();
        edit_catalog(document, increment, |catalog| catalog.set("Perms", permissions));
        place = Some(permissions);
    });
    let signed = certified(&alice, &pdf, ChangesAllowed::FormFilling);
    let document = Document::open(&signed).unwrap();
    let (_, catalog) = document.latest().catalog().unwrap();
    assert_eq!(catalog.get("Perms").and_then(Object::as_reference), place);
    let permissions = document.latest().object(place.unwrap()).unwrap();
    let keys: Vec<String> =
        permissions.as_dictionary().unwrap().iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(keys, ["UR3", "DocMDP"]);
}

#[test]
fn contradicting_levels_count_as_the_strictest_and_nonsense_as_none() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let reference =
        |level: &str| format!("<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {level}>>>>");
    for (levels, may_sign) in [
        (vec!["3", "1"], false),
        (vec!["0"], false),
        (vec!["4"], false),
        (vec!["(2)"], false),
        (vec!["-1"], false),
        (vec!["null"], true),
        (vec!["2", "3"], true),
    ] {
        let references: String = levels.iter().map(|level| reference(level)).collect();
        let entries = format!("/Type/Sig/SubFilter/ETSI.CAdES.detached/Reference[{references}]");
        let pdf = signed_by_hand(&contract(), "Odd", &entries, message_by(&alice));
        let outcome = PdfSigner::new(&alice, now()).sign(&pdf);
        assert_eq!(outcome.is_ok(), may_sign, "{levels:?}");
    }
}

/// What the catalog names as certification binds whether or not a field shows it; what names nothing does not.
#[test]
fn a_certification_that_only_the_catalog_names_binds() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for nothing in ["null", "999 0 R"] {
        let pdf = with_catalog(&contract(), &format!("<</Perms<</DocMDP {nothing}>>>>"));
        let certified = certified(&alice, &pdf, ChangesAllowed::FormFilling);
        assert_passed(&verify(&pki, &certified), 1);
        assert_eq!(certification(&certified), Some(signatures(&certified)[0].1));
    }
    let file = |in_field: i64, named: i64, same: bool| {
        revised(&contract(), |document, increment| {
            let (field, shown, apart) = (increment.allocate(), increment.allocate(), increment.allocate());
            for (place, level) in [(shown, in_field), (apart, named)] {
                let entries = format!(
                    "<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P {level}>>>>]>>"
                );
                increment.put(place, &dictionary(&entries).into()).unwrap();
            }
            let entries = format!("<</FT/Sig/T(Author)/V {shown}>>");
            increment.put(field, &dictionary(&entries).into()).unwrap();
            let named = if same { shown } else { apart };
            edit_catalog(document, increment, |catalog| {
                catalog.set("AcroForm", dictionary(&format!("<</Fields[{field}]/SigFlags 3>>")));
                catalog.set("Perms", dictionary(&format!("<</DocMDP {named}>>")));
            });
        })
    };
    for (in_field, named, same, allowed) in [
        (3, 1, false, false),
        (1, 3, false, false),
        (3, 2, false, true),
        (3, 1, true, true),
        (1, 3, true, false),
    ] {
        let pdf = file(in_field, named, same);
        match PdfSigner::new(&alice, now()).sign(&pdf) {
            Ok(_) => assert!(allowed, "{in_field} {named} {same}"),
            Err(PadesError::CertifiedWithoutChanges) => assert!(!allowed, "{in_field} {named} {same}"),
            Err(other) => panic!("{other}"),
        }
        let again = PdfSigner::new(&alice, now()).certify(ChangesAllowed::Annotations).sign(&pdf);
        assert!(matches!(again, Err(PadesError::CertifiedAlready | PadesError::CertifiedWithoutChanges)));
    }
}
