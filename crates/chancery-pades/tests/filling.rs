//! Fields that are filled in after signing: their value and what shows it, and nothing else (ISO 32000-2, 12.7.5 and
//! 12.8.2.2), each with the nearest thing that an attacker would do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Finding, Indication, Report, Severity};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, FieldLock, PdfSigner};
use chancery_pdf::{Document, Increment, Object};
use support::forms::Form;
use support::*;

type Change<'c> = &'c dyn Fn(&Form, &Document<'_>, &mut Increment<'_>);

fn first(report: &Report) -> Indication {
    indications(report)[0]
}

fn finding<'r>(report: &'r Report, kind: &str) -> &'r Finding {
    report
        .all_findings()
        .find(|finding| finding.kind == kind)
        .unwrap_or_else(|| panic!("no {kind}: {report}"))
}

/// What people do with forms: the change, and what is told of it.
fn honest() -> Vec<(&'static str, Change<'static>, &'static str)> {
    vec![
        (
            "text",
            &|form, document, increment| {
                form.fill(
                    document,
                    increment,
                    "text",
                    ("200", "/Tx BMC q 1 1 198 18 re W n BT /Helv 12 Tf 2 5 Td (200) Tj ET Q EMC"),
                );
            },
            "“100” became “200”",
        ),
        (
            "text without a look",
            &|form, document, increment| form.set(document, increment, "plain", "<</V(Alice)>>"),
            "nothing became “Alice”",
        ),
        (
            "cleared",
            &|form, document, increment| form.fill(document, increment, "text", ("", "")),
            "“100” became nothing",
        ),
        (
            "choice",
            &|form, document, increment| {
                let look = form.look(increment, "BT /Helv 12 Tf (Munich) Tj ET");
                form.set(document, increment, "city", &format!("<</V(M)/I[1]/AP<</N {look}>>>>"));
            },
            "“M”",
        ),
        (
            "check box",
            &|form, document, increment| form.set(document, increment, "agree", "<</V/Yes/AS/Yes>>"),
            "“Yes”",
        ),
        (
            "one of two",
            &|form, document, increment| {
                form.set(document, increment, "choice", "<</V/Two>>");
                form.set(document, increment, "two", "<</AS/Two>>");
            },
            "“Off” became “Two”",
        ),
        (
            "widget apart",
            &|form, document, increment| {
                let look = form.look(increment, "BT /Helv 12 Tf (Ulm) Tj ET");
                form.set(document, increment, "apart", "<</V(Ulm)>>");
                form.set(document, increment, "apart widget", &format!("<</AP<</N {look}>>>>"));
            },
            "nothing became “Ulm”",
        ),
        (
            "in a group",
            &|form, document, increment| {
                form.fill(document, increment, "in group", ("x", "BT /Helv 9 Tf (x) Tj ET"));
            },
            "group.inner",
        ),
        (
            "look drawn in place",
            &|form, document, increment| {
                form.set(document, increment, "text", "<</V(7)>>");
                let entries = form.dictionary(
                    "<</Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv {font}>>>>>>",
                );
                let look = chancery_pdf::Stream::new(entries, b"BT /Helv 12 Tf (7) Tj ET".to_vec());
                increment.put(form.at("text look"), &look.into()).unwrap();
            },
            "“100” became “7”",
        ),
        (
            "new font",
            &|form, document, increment| {
                let font = increment.allocate();
                increment
                    .put(font, &dictionary("<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>").into())
                    .unwrap();
                let look = form.look_with(
                    increment,
                    "BT /New 12 Tf (Eve) Tj ET",
                    &format!("/Resources<</Font<</New {font}>>>>"),
                );
                form.set(
                    document,
                    increment,
                    "plain",
                    &format!("<</V(Eve)/AP<</N {look}>>/M(D:20261121120000Z)>>"),
                );
            },
            "“Eve”",
        ),
        (
            "closed by whoever filled it",
            &|form, document, increment| form.set(document, increment, "plain", "<</V(x)/Ff 1/F 132>>"),
            "“x”",
        ),
        (
            "rich text",
            &|form, document, increment| {
                form.set(document, increment, "plain", "<</V(a b)/RV(<body><p>a <b>b</b></p></body>)>>");
            },
            "“a b”",
        ),
    ]
}

#[test]
fn a_form_is_filled_in_where_that_is_allowed() {
    let (pki, form) = (pki(), Form::new());
    for (what, change, told) in honest() {
        for allowed in [ChangesAllowed::FormFilling, ChangesAllowed::Annotations] {
            let report = form.judged(&pki, allowed, |document, increment| change(&form, document, increment));
            assert_eq!(first(&report), Indication::TotalPassed, "{what}: {report}");
            assert!(finding(&report, "field-filled").text.contains(told), "{what}: {report}");
        }
        let report =
            form.judged(&pki, ChangesAllowed::None, |document, increment| change(&form, document, increment));
        assert_eq!(first(&report), Indication::TotalFailed, "{what}: {report}");
        assert!(kinds(&report).contains(&"certification-broken"), "{what}: {report}");
    }
}

#[test]
fn the_place_of_what_was_filled_in_is_told() {
    let (pki, form) = (pki(), Form::new());
    let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        form.fill(document, increment, "text", ("200", "BT /Helv 12 Tf (200) Tj ET"));
    });
    let page = finding(&report, "field-filled").page().unwrap();
    assert_eq!((page.number(), page.area()), (1, Some([100.0, 700.0, 300.0, 720.0])));
}

#[test]
fn nobody_signed_it_and_nobody_allowed_it() {
    let (pki, form) = (pki(), Form::new());
    let signed = form.signed(&pki);
    for (what, change, _) in honest() {
        let filled = form.changed(&signed, |document, increment| change(&form, document, increment));
        let report = verify(&pki, &filled);
        assert_eq!(first(&report), Indication::Indeterminate, "{what}: {report}");
        assert_eq!(finding(&report, "field-filled").severity, Severity::Warning, "{what}");
        // Whoever signs after that stands for it.
        let bob = pki.signer("Bob", KeyKind::P256);
        let signed = PdfSigner::new(&bob, now()).sign(&filled).unwrap().to_vec().unwrap();
        let report = verify(&pki, &signed);
        assert_passed(&report, 2);
        assert!(kinds(&report).contains(&"field-filled"), "{what}");
    }
    // A timestamp, which anybody gets, stands for nothing.
    let filled =
        form.changed(&signed, |document, increment| form.set(document, increment, "plain", "<</V(x)>>"));
    let stamped = signed_by_hand(&filled, "Stamp", "/Type/DocTimeStamp/SubFilter/ETSI.RFC3161", |covered| {
        let digest = DigestAlgorithm::Sha256.digest(covered);
        authority(&pki).stamp(&digest, &mut rng()).unwrap().to_der().to_vec()
    });
    assert_eq!(first(&verify(&pki, &stamped)), Indication::Indeterminate);
}

#[test]
fn a_signature_that_does_not_hold_answers_for_nothing() {
    let (pki, form) = (pki(), Form::new());
    let signed = form.signed(&pki);
    let filled =
        form.changed(&signed, |document, increment| form.set(document, increment, "plain", "<</V(x)>>"));
    let bob = pki.signer("Bob", KeyKind::P256);
    let mut signed = PdfSigner::new(&bob, now()).reason("I agree").sign(&filled).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed), 2);
    let reason = signed.windows(7).rposition(|window| window == b"I agree").unwrap();
    signed[reason + 2] = b'A';
    let report = verify(&pki, &signed);
    assert_eq!(indications(&report), [Indication::Indeterminate, Indication::TotalFailed], "{report}");
    assert_eq!(finding(&report, "field-filled").severity, Severity::Warning);
}

#[test]
fn locks_decide_field_by_field() {
    let (pki, form) = (pki(), Form::new());
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<String>>();
    for (lock, wanted) in [
        (FieldLock::All, Indication::TotalFailed),
        (FieldLock::Only(names(&["group"])), Indication::TotalFailed),
        (FieldLock::Only(names(&["group.inner"])), Indication::TotalFailed),
        (FieldLock::Only(names(&["text"])), Indication::TotalPassed),
        (FieldLock::AllExcept(names(&["group"])), Indication::TotalPassed),
        (FieldLock::AllExcept(names(&["text"])), Indication::TotalFailed),
    ] {
        let signed = form.locked(&pki, lock.clone());
        let filled = form.changed(&signed, |document, increment| {
            form.fill(document, increment, "in group", ("x", "BT /Helv 9 Tf (x) Tj ET"));
        });
        let report = verify(&pki, &filled);
        assert_eq!(first(&report), wanted, "{lock:?}: {report}");
        assert_eq!(
            kinds(&report).contains(&"field-lock-broken"),
            wanted == Indication::TotalFailed,
            "{lock:?}"
        );
    }
}

#[test]
fn what_is_filled_in_against_its_flags_is_remarked() {
    let (pki, form) = (pki(), Form::new());
    for (name, entries, kind) in [
        ("fixed", "<</V(x)>>", "read-only-field-filled"),
        ("text", "<</V(x)>>", "appearance-outdated"),
        ("text", "<</V(x)/AP null>>", "appearance-not-compared"),
    ] {
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.set(document, increment, name, entries);
        });
        assert_eq!(first(&report), Indication::TotalPassed, "{kind}: {report}");
        assert_eq!(finding(&report, kind).severity, Severity::Warning, "{report}");
    }
}

/// What an attacker does with a form that may be filled in: the change, and how it is called.
fn hostile() -> Vec<(&'static str, Change<'static>, &'static str)> {
    vec![
        (
            "marks another option",
            &|form, document, increment| form.set(document, increment, "city", "<</V(M)/I[0]>>"),
            "field-value-odd",
        ),
        (
            "only marks an option",
            &|form, document, increment| form.set(document, increment, "city", "<</I[1 0]>>"),
            "field-value-odd",
        ),
        (
            "scrolls a list",
            &|form, document, increment| form.set(document, increment, "city", "<</TI 1>>"),
            "appearance-changed",
        ),
        (
            "moved",
            &|form, document, increment| form.set(document, increment, "text", "<</V(1)/Rect[0 0 600 800]>>"),
            "widget-moved",
        ),
        (
            "shows another value",
            &|form, document, increment| {
                form.fill(document, increment, "text", ("100", "BT /Helv 12 Tf (900) Tj ET"));
            },
            "appearance-of-another-value",
        ),
        (
            "shows more",
            &|form, document, increment| {
                form.fill(document, increment, "text", ("100", "BT /Helv 12 Tf (100) Tj (0) Tj ET"));
            },
            "appearance-of-another-value",
        ),
        (
            "shows nothing",
            &|form, document, increment| form.fill(document, increment, "text", ("100", "")),
            "appearance-of-another-value",
        ),
        (
            "another value for another letter",
            &|form, document, increment| {
                let font = increment.allocate();
                let swapped =
                    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[49/nine]>>>>";
                increment.put(font, &dictionary(swapped).into()).unwrap();
                let look = form.look_with(
                    increment,
                    "BT /New 12 Tf (100) Tj ET",
                    &format!("/Resources<</Font<</New {font}>>>>"),
                );
                form.set(document, increment, "text", &format!("<</V(100)/AP<</N {look}>>>>"));
            },
            "appearance-of-another-value",
        ),
        (
            "paints letters",
            &|form, document, increment| {
                form.fill(document, increment, "text", ("100", "BT /Helv 12 Tf (100) Tj ET 0 0 m 3 9 l S"));
            },
            "appearance-changed",
        ),
        (
            "draws a picture",
            &|form, document, increment| {
                form.fill(document, increment, "text", ("100", "BT /Helv 12 Tf (100) Tj ET /Im Do"));
            },
            "appearance-changed",
        ),
        (
            "a layer",
            &|form, document, increment| {
                let look = form.look_with(increment, "", "/OC<</Type/OCG>>");
                form.set(document, increment, "text", &format!("<</V()/AP<</N {look}>>>>"));
            },
            "appearance-changed",
        ),
        (
            "the look of another",
            &|form, document, increment| {
                form.set(document, increment, "plain", "<</V(100)/AP<</N {text look}>>>>");
            },
            "appearance-changed",
        ),
        (
            "a look of no box",
            &|form, document, increment| {
                let look = form.look_with(increment, "BT (7) Tj ET", "/BBox[0 0 200]");
                form.set(document, increment, "text", &format!("<</V(7)/AP<</N {look}>>>>"));
            },
            "appearance-changed",
        ),
        (
            "a look that is none",
            &|form, document, increment| form.set(document, increment, "plain", "<</AP<<>>>>"),
            "appearance-changed",
        ),
        (
            "another look while it is touched",
            &|form, document, increment| {
                let look = form.look(increment, "BT /Helv 12 Tf (900) Tj ET");
                form.set(document, increment, "text", &format!("<</AP<</N {{text look}}/D {look}>>>>"));
            },
            "appearance-changed",
        ),
        (
            "a mask over what is shown",
            &|form, document, increment| {
                let mask = "/Resources<</Font<</Helv {font}>>/ExtGState<</A<</SMask<</S/Alpha/G {shared look}>>>>>>>>";
                let look = form.look_with(increment, "BT /Helv 12 Tf (7) Tj ET", mask);
                form.set(document, increment, "text", &format!("<</V(7)/AP<</N {look}>>>>"));
            },
            "appearance-changed",
        ),
        (
            "a state that is held elsewhere",
            &|form, document, increment| {
                let states = "/Resources<</Font<</Helv {font}>>/ExtGState<</A<</CA {text}>>>>>>";
                let look = form.look_with(increment, "BT /Helv 12 Tf (7) Tj ET", states);
                form.set(document, increment, "text", &format!("<</V(7)/AP<</N {look}>>>>"));
            },
            "appearance-changed",
        ),
        (
            "a font that is put together from elsewhere",
            &|form, document, increment| {
                let font = increment.allocate();
                let entries = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode {text look}>>";
                increment.put(font, &form.dictionary(entries).into()).unwrap();
                let fonts = format!("/Resources<</Font<</New {font}>>>>");
                let look = form.look_with(increment, "BT /New 12 Tf (7) Tj ET", &fonts);
                form.set(document, increment, "text", &format!("<</V(7)/AP<</N {look}>>>>"));
            },
            "font-added",
        ),
        (
            "another state of what it shows",
            &|form, document, increment| form.set(document, increment, "text", "<</AS/B>>"),
            "appearance-changed",
        ),
        (
            "a page, for readers that repair",
            &|form, document, increment| form.set(document, increment, "text", "<</Type/Page>>"),
            "field-changed",
        ),
        (
            "what is aligned by its field",
            &|form, document, increment| form.set(document, increment, "apart widget", "<</Q 2>>"),
            "field-changed",
        ),
        (
            "a font of elsewhere",
            &|form, document, increment| {
                let look = form.look_with(
                    increment,
                    "BT /F 12 Tf (1) Tj ET",
                    "/Resources<</Font<</F {other font}>>>>",
                );
                form.set(document, increment, "plain", &format!("<</V(1)/AP<</N {look}>>>>"));
            },
            "appearance-changed",
        ),
        (
            "a font that draws",
            &|form, document, increment| {
                let font = increment.allocate();
                increment
                    .put(font, &dictionary("<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]>>").into())
                    .unwrap();
                let look = form.look_with(
                    increment,
                    "BT /F 12 Tf (1) Tj ET",
                    &format!("/Resources<</Font<</F {font}>>>>"),
                );
                form.set(document, increment, "plain", &format!("<</V(1)/AP<</N {look}>>>>"));
            },
            "font-added",
        ),
        (
            "a look that two fields share",
            &|form, document, increment| {
                form.set(document, increment, "shared", "<</V(7)>>");
                let entries = form.dictionary(
                    "<</Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv {font}>>>>>>",
                );
                let look = chancery_pdf::Stream::new(entries, b"BT /Helv 12 Tf (7) Tj ET".to_vec());
                increment.put(form.at("shared look"), &look.into()).unwrap();
            },
            "appearance-changed",
        ),
        (
            "a look without a value",
            &|form, _, increment| {
                let entries = form.dictionary("<</Type/XObject/Subtype/Form/BBox[0 0 200 20]>>");
                increment
                    .put(form.at("text look"), &chancery_pdf::Stream::new(entries, b"(9) Tj".to_vec()).into())
                    .unwrap();
            },
            "object-changed",
        ),
        (
            "a script",
            &|form, document, increment| {
                form.set(document, increment, "text", "<</V(1)/AA<</F<</S/JavaScript/JS(x)>>>>>>");
            },
            "action-changed",
        ),
        (
            "an action",
            &|form, document, increment| {
                form.set(document, increment, "agree", "<</V/Yes/AS/Yes/A<</S/URI/URI(x)>>>>");
            },
            "action-changed",
        ),
        (
            "another type",
            &|form, document, increment| form.set(document, increment, "plain", "<</FT/Btn>>"),
            "field-changed",
        ),
        (
            "another name",
            &|form, document, increment| form.set(document, increment, "plain", "<</T(other)>>"),
            "field-removed",
        ),
        (
            "a push button",
            &|form, document, increment| form.set(document, increment, "push", "<</V/Yes>>"),
            "field-changed",
        ),
        (
            "a hidden field",
            &|form, document, increment| form.set(document, increment, "hidden", "<</V(1)>>"),
            "hidden-field-changed",
        ),
        (
            "shown",
            &|form, document, increment| form.set(document, increment, "hidden", "<</F 4>>"),
            "visibility-changed",
        ),
        (
            "hidden",
            &|form, document, increment| form.set(document, increment, "text", "<</F 6>>"),
            "visibility-changed",
        ),
        (
            "open again",
            &|form, document, increment| form.set(document, increment, "fixed", "<</V(x)/Ff 0>>"),
            "field-changed",
        ),
        (
            "not offered",
            &|form, document, increment| form.set(document, increment, "city", "<</V(Rome)>>"),
            "field-value-odd",
        ),
        (
            "other offers",
            &|form, document, increment| form.set(document, increment, "city", "<</V(Rome)/Opt[(Rome)]>>"),
            "field-changed",
        ),
        (
            "ticked, but not for readers",
            &|form, document, increment| form.set(document, increment, "agree", "<</AS/Yes>>"),
            "appearance-of-another-value",
        ),
        (
            "two of one",
            &|form, document, increment| {
                form.set(document, increment, "choice", "<</V/Two>>");
                form.set(document, increment, "two", "<</AS/Two>>");
                form.set(document, increment, "one", "<</AS/One>>");
            },
            "appearance-of-another-value",
        ),
        (
            "another tick",
            &|form, document, increment| {
                let look = form.look(increment, "");
                form.set(
                    document,
                    increment,
                    "agree",
                    &format!("<</V/Yes/AS/Yes/AP<</N<</Yes {look}/Off {{no}}>>>>>>"),
                );
            },
            "appearance-changed",
        ),
        (
            "a caption",
            &|form, document, increment| form.set(document, increment, "text", "<</V(1)/MK<</BG[1]>>>>"),
            "appearance-changed",
        ),
        (
            "other rich text",
            &|form, document, increment| form.set(document, increment, "plain", "<</V(1)/RV(<p>9</p>)>>"),
            "appearance-changed",
        ),
        (
            "a style that moves",
            &|form, document, increment| {
                form.set(document, increment, "plain", "<</V(1)/DA(1 0 0 1 9 9 cm /Helv 12 Tf)>>");
            },
            "appearance-changed",
        ),
        (
            "nothing in group, which has a value",
            &|form, document, increment| form.set(document, increment, "in group", "<</V 99 0 R>>"),
            "field-changed",
        ),
        (
            "text as a name",
            &|form, document, increment| form.set(document, increment, "plain", "<</V/Yes>>"),
            "field-value-odd",
        ),
        (
            "a widget of another field",
            &|form, document, increment| {
                form.set(document, increment, "apart", "<</V(1)>>");
                form.set(document, increment, "apart widget", "<</Parent {group}>>");
            },
            "object-changed",
        ),
    ]
}

#[test]
fn nothing_else_passes_for_filling_in() {
    let (pki, form) = (pki(), Form::new());
    for (what, change, kind) in hostile() {
        for allowed in [ChangesAllowed::FormFilling, ChangesAllowed::Annotations] {
            let report = form.judged(&pki, allowed, |document, increment| change(&form, document, increment));
            assert_ne!(first(&report), Indication::TotalPassed, "{what}: {report}");
            assert!(
                kinds(&report).contains(&kind),
                "{what}: {kind} is not told: {:?} {report}",
                kinds(&report)
            );
        }
    }
}

#[test]
fn what_is_harmless_hides_nothing() {
    let (pki, form) = (pki(), Form::new());
    let signed = form.certified(&pki, ChangesAllowed::FormFilling);
    for (what, change, kind) in hostile() {
        // In one revision with honest filling, and with a signature after it.
        let changed = form.changed(&signed, |document, increment| {
            change(&form, document, increment);
            if !what.contains("in group") {
                form.fill(document, increment, "in group", ("x", "BT /Helv 9 Tf (x) Tj ET"));
            }
        });
        let bob = pki.signer("Bob", KeyKind::P256);
        let signed_again = PdfSigner::new(&bob, now()).sign(&changed).unwrap().to_vec().unwrap();
        for file in [changed, signed_again] {
            let report = verify(&pki, &file);
            assert_ne!(first(&report), Indication::TotalPassed, "{what}: {report}");
            assert!(kinds(&report).contains(&kind), "{what}: {report}");
        }
    }
}

#[test]
fn a_widget_that_is_something_else_too_is_not_filled_in() {
    let (pki, mut form) = (pki(), Form::new());
    let plain = form.at("plain");
    form.pdf = revised(&form.pdf, |document, increment| {
        edit_page(document, increment, |page| page.set("Thumb", plain));
    });
    let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        form.set(document, increment, "plain", "<</V(x)>>");
    });
    assert_ne!(first(&report), Indication::TotalPassed, "{report}");
    assert!(kinds(&report).contains(&"widget-changed"), "{report}");
}

/// What shows one field belongs to another one, too, or to anything else: whoever fills in one changes both.
#[test]
fn what_is_shared_is_not_filled_in() {
    let pki = pki();
    let looks = |form: &Form, names: [&str; 2]| {
        revised(&form.pdf, |document, increment| {
            let looks = increment.allocate();
            increment.put(looks, &form.dictionary("<</N {text look}>>").into()).unwrap();
            for name in names {
                form.set(document, increment, name, &format!("<</AP {looks}>>"));
            }
        })
    };
    let drawn_anew = |form: &Form, increment: &mut Increment<'_>| {
        let entries = "<</Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv {font}>>>>>>";
        let look = chancery_pdf::Stream::new(form.dictionary(entries), b"BT /Helv 12 Tf (7) Tj ET".to_vec());
        increment.put(form.at("text look"), &look.into()).unwrap();
    };
    for (names, wanted) in
        [(["text", "text"], Indication::TotalPassed), (["text", "shared"], Indication::Indeterminate)]
    {
        let mut form = Form::new();
        form.pdf = looks(&form, names);
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.set(document, increment, "text", "<</V(7)>>");
            drawn_anew(&form, increment);
        });
        assert_eq!(first(&report), wanted, "the look: {report}");
        // The dictionary of looks is written anew, too.
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            let look = form.look(increment, "BT /Helv 12 Tf (7) Tj ET");
            let text = document.latest().object(form.at("text")).unwrap();
            let looks = text.as_dictionary().unwrap().get("AP").and_then(Object::as_reference).unwrap();
            increment.put(looks, &dictionary(&format!("<</N {look}>>")).into()).unwrap();
            form.set(document, increment, "text", "<</V(7)>>");
        });
        assert_eq!(first(&report), wanted, "the looks: {report}");
    }
    // A value that is what a script does, too.
    let mut form = Form::new();
    let mut value = None;
    form.pdf = revised(&form.pdf, |document, increment| {
        let place = increment.allocate();
        increment.put(place, &Object::parse(b"(x)").unwrap().0).unwrap();
        form.set(document, increment, "plain", &format!("<</V {place}>>"));
        edit_catalog(document, increment, |catalog| {
            catalog.set("OpenAction", dictionary(&format!("<</S/JavaScript/JS {place}>>")));
        });
        value = Some(place);
    });
    let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        increment.put(value.unwrap(), &Object::parse(b"(app.alert\\(1\\))").unwrap().0).unwrap();
        form.set(document, increment, "plain", "<</M(D:20261121120000Z)>>");
    });
    assert_ne!(first(&report), Indication::TotalPassed, "{report}");
}

/// A stamp that calls a field its parent is no widget of it.
#[test]
fn what_is_no_widget_is_not_filled_in() {
    let (pki, mut form) = (pki(), Form::new());
    let mut stamp = None;
    form.pdf = revised(&form.pdf, |document, increment| {
        let place = increment.allocate();
        let entries = "<</Type/Annot/Subtype/Stamp/Parent {apart}/Rect[100 200 300 220]/P {page}/F 4>>";
        increment.put(place, &form.dictionary(entries).into()).unwrap();
        edit_page(document, increment, |page| {
            let mut all = page.get("Annots").and_then(Object::as_array).unwrap().to_vec();
            all.push(Object::Reference(place));
            page.set("Annots", all);
        });
        stamp = Some(place);
    });
    let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        let look = form.look(increment, "BT /Helv 12 Tf (7) Tj ET");
        form.set(document, increment, "apart", "<</V(7)>>");
        edit(document, increment, stamp.unwrap(), |stamp| {
            stamp.set("AP", dictionary(&format!("<</N {look}>>")));
        });
    });
    assert_ne!(first(&report), Indication::TotalPassed, "{report}");
    assert!(kinds(&report).contains(&"widget-changed"), "{report}");
}
