//! What a field says and what it shows: buttons with looks, rich text, and lists that many fields share.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Report;
use chancery_pades::ChangesAllowed;
use chancery_pdf::{Object, PdfString};
use chancery_testkit::TestPki;
use support::forms::Form;
use support::*;

/// The form, filled in where that is allowed.
fn filled(pki: &TestPki, form: &Form, name: &str, entries: &str) -> Report {
    form.judged(pki, ChangesAllowed::FormFilling, |document, increment| {
        form.set(document, increment, name, entries);
    })
}

fn passes(report: &Report) -> bool {
    report.signatures()[0].verdict().proof().is_some()
}

#[test]
fn a_button_shows_only_what_it_has_a_look_for() {
    let (pki, form) = (pki(), Form::new());
    assert!(passes(&filled(&pki, &form, "agree", "<</V/Yes/AS/Yes>>")));
    let report = filled(&pki, &form, "agree", "<</V/Reject/AS/Reject>>");
    assert!(!passes(&report) && kinds(&report).contains(&"appearance-of-another-value"), "{report}");
    // One of a group with the state of another.
    let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        form.set(document, increment, "choice", "<</V/Two>>");
        form.set(document, increment, "one", "<</AS/Two>>");
    });
    assert!(!passes(&report) && kinds(&report).contains(&"appearance-of-another-value"), "{report}");
}

/// States are names, which need not be text.
#[test]
fn two_states_that_are_no_text_are_two() {
    let (pki, mut form) = (pki(), Form::new());
    form.pdf = revised(&form.pdf, |document, increment| {
        form.set(document, increment, "agree", "<</AP<</N<</J#E9 {yes}/J#E8 {yes}/Off {no}>>>>>>");
    });
    assert!(passes(&filled(&pki, &form, "agree", "<</V/J#E9/AS/J#E9>>")));
    assert!(!passes(&filled(&pki, &form, "agree", "<</V/J#E9/AS/J#E8>>")));
}

#[test]
fn rich_text_hides_nothing() {
    let (pki, form) = (pki(), Form::new());
    let rich = |text: &str| filled(&pki, &form, "plain", &format!("<</V(1000)/RV({text})>>"));
    assert!(passes(&rich("<body><p style=\"font-size:12pt\">1000</p></body>")));
    for text in [
        "<body><p><!-- >1000<x --><![CDATA[9000]]></p></body>",
        "<body><p>1000<!-- 9 --></p></body>",
        "<body><p><span style=\"display:none\">1</span>000</p></body>",
        "<body><p><span style=\"color:#ffffff\">1</span>000</p></body>",
        "<body><p><span style=\"font-size:0pt\">1</span>000</p></body>",
    ] {
        let report = rich(text);
        assert!(!passes(&report) && kinds(&report).contains(&"appearance-changed"), "{text}: {report}");
    }
}

/// Two groups with options of their own, of which a field each refers to what is not there.
#[test]
fn the_options_of_a_group_are_not_those_of_another() {
    let (pki, mut form) = (pki(), Form::new());
    let mut places = None;
    form.pdf = revised(&form.pdf, |document, increment| {
        let [one, other, fruit, stone, nothing] = std::array::from_fn(|_| increment.allocate());
        for (group, name, field, options) in
            [(one, "one", fruit, "[(apple)]"), (other, "other", stone, "[(ruby)]")]
        {
            let kids = format!("<</T({name})/FT/Ch/Ff 131072/Opt{options}/Kids[{field}]>>");
            increment.put(group, &dictionary(&kids).into()).unwrap();
            let entries = format!("<</T(x)/Parent {group}/Opt {nothing}>>");
            increment.put(field, &dictionary(&entries).into()).unwrap();
        }
        edit_catalog(document, increment, |catalog| {
            let mut form = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
            let mut fields = form.get("Fields").unwrap().as_array().unwrap().to_vec();
            fields.extend([Object::Reference(one), Object::Reference(other)]);
            form.set("Fields", fields);
            catalog.set("AcroForm", form);
        });
        places = Some([fruit, stone]);
    });
    let judged = |values: [&str; 2]| {
        form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            for (place, value) in places.unwrap().into_iter().zip(values) {
                edit(document, increment, place, |field| field.set("V", PdfString::text(value)));
            }
        })
    };
    let report = judged(["apple", "ruby"]);
    assert!(passes(&report), "{report}");
    for values in [["apple", "apple"], ["ruby", "ruby"]] {
        let report = judged(values);
        assert!(!passes(&report) && kinds(&report).contains(&"field-value-odd"), "{report}");
    }
}
