//! What a later revision says of the form itself, and so of all fields.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "support/rewrites.rs"]
mod rewrites;
mod support;

use chancery_ades::{Indication, Severity};
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use rewrites::*;
use support::*;

#[test]
fn what_the_form_says_of_all_fields_needs_leave() {
    let pki = pki();
    for (key, text, kind, severity) in [
        ("DA", "(/Helv 12 Tf 1 0 0 rg)", "form-style-changed", Severity::Warning),
        ("Q", "1", "form-style-changed", Severity::Warning),
        ("NeedAppearances", "true", "appearances-drawn-anew", Severity::Warning),
        ("NeedAppearances", "false", "form-style-changed", Severity::Warning),
    ] {
        for (allowed, wanted) in [
            (None, Indication::Indeterminate),
            (Some(ChangesAllowed::None), Indication::TotalFailed),
            (Some(ChangesAllowed::FormFilling), Indication::TotalPassed),
        ] {
            let report =
                judge(&pki, allowed, &|_, document, increment| form_entry(document, increment, key, text));
            assert_eq!(indications(&report)[0], wanted, "{key} {allowed:?}: {report}");
            if wanted == Indication::TotalPassed {
                let told = report.all_findings().find(|finding| finding.kind == kind).unwrap();
                assert_eq!(told.severity, severity, "{key}: {report}");
            }
        }
    }
}

#[test]
fn a_style_that_nobody_reads_is_none_to_begin_with() {
    let pki = pki();
    let pdf = with_catalog(
        &contract(),
        "<</AcroForm<</Fields[]/DR<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>>>",
    );
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::FormFilling);
    let signed = signer.sign(&pdf).unwrap().to_vec().unwrap();
    for (style, wanted) in [
        ("(/Helv 12 Tf 0 g)", Some(Severity::Information)),
        ("(/Helv 12 Tf 1 g)", Some(Severity::Warning)),
        ("(/Helv 0.1 Tf 0 g)", None),
    ] {
        let styled = revised(&signed, |document, increment| form_entry(document, increment, "DA", style));
        let report = verify(&pki, &styled);
        let told = report.all_findings().find(|finding| finding.kind == "form-style-changed");
        assert_eq!(told.map(|told| told.severity), wanted, "{style}: {report}");
        assert_eq!(indications(&report)[0] == Indication::TotalPassed, wanted.is_some(), "{style}: {report}");
    }
}

/// Resources that the form shares with a page are the page's, too: a font that its content lacked is shown there.
#[test]
fn resources_that_are_shared_do_not_grow() {
    let pki = pki();
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Courier>>";
    for (page, wanted) in
        [(&[][..], Indication::TotalPassed), (&[("Resources", "#0")], Indication::Indeterminate)]
    {
        let form = ("AcroForm", "<</Fields[]/DR #0>>");
        let prepared = prepared(&pki, page, &[form], &["<</Font<<>>>>", "", "", ""]);
        let report = prepared.judged(&pki, &[], &[], &[(0, "<</Font<</New #1>>>>"), (1, font)]);
        assert_eq!(indications(&report)[0], wanted, "{report}");
    }
}

#[test]
fn only_fonts_and_encodings_of_its_own_come_to_the_form() {
    let pki = pki();
    let old = ["<</Font<<>>>>", "<</Type/Encoding>>", "", ""];
    let prepared = prepared(&pki, &[], &[("AcroForm", "<</Fields[]/DR #0>>")], &old);
    for (resources, wanted) in [
        ("<</Font<<>>/Encoding<</New #2>>>>", Indication::TotalPassed),
        ("<</Font<<>>/Encoding<</New #1>>>>", Indication::Indeterminate),
        ("<</Font<<>>/XObject<</New #2>>>>", Indication::Indeterminate),
    ] {
        let report = prepared.judged(&pki, &[], &[], &[(0, resources), (2, "<</Type/Encoding>>")]);
        assert_eq!(indications(&report)[0], wanted, "{resources}: {report}");
    }
}

/// What holds the form is something else of the document, too.
#[test]
fn a_form_is_nothing_else_besides() {
    let pki = pki();
    for (page, wanted) in
        [(&[][..], Indication::TotalPassed), (&[("Resources", "#0")], Indication::Indeterminate)]
    {
        let prepared = prepared(&pki, page, &[("AcroForm", "#0")], &["<</Fields[]>>", "", "", ""]);
        let certified = revised(&prepared.signed, |document, increment| {
            edit(document, increment, prepared.place[0], |form| {
                let font = "<</Font<</New<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>";
                form.set("DR", dictionary(font));
            });
        });
        let report = verify(&pki, &certified);
        assert_eq!(indications(&report)[0], wanted, "{report}");
    }
}
