//! What is drawn in a field is called its value only if everybody sees it: in the plain form that products write, in the
//! font and colour that were signed. Of all else, a warning says that it was not compared.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Finding, Indication, Report, Severity};
use chancery_pades::{ChangesAllowed, FieldLock};
use chancery_pdf::{Document, Increment};
use support::forms::Form;
use support::*;

const FONTS: &str = "/Resources<</Font<</Helv {font}>>>>";

/// A field with a value and a look; `{new}` stands for a new font with these entries.
struct Filled {
    field: &'static str,
    value: &'static str,
    content: &'static str,
    entries: String,
    font: &'static str,
}

impl Filled {
    fn put(&self, form: &Form, document: &Document<'_>, increment: &mut Increment<'_>) {
        let font = increment.allocate();
        if !self.font.is_empty() {
            increment.put(font, &dictionary(&format!("<</Type/Font{}>>", self.font)).into()).unwrap();
        }
        let look = form.look_with(increment, self.content, &self.entries.replace("{new}", &font.to_string()));
        form.set(document, increment, self.field, &format!("<</V{}/AP<</N {look}>>>>", self.value));
    }

    fn judged(&self, pki: &chancery_testkit::TestPki, form: &Form) -> Report {
        form.judged(pki, ChangesAllowed::FormFilling, |document, increment| {
            self.put(form, document, increment);
        })
    }
}

fn plain(field: &'static str, value: &'static str, content: &'static str) -> Filled {
    Filled { field, value, content, entries: FONTS.to_owned(), font: "" }
}

fn in_new_font(font: &'static str) -> Filled {
    let content = "/Tx BMC BT /New 12 Tf 2 5 Td (1009) Tj ET EMC";
    let entries = "/Resources<</Font<</New {new}>>>>".to_owned();
    Filled { field: "text", value: "(1009)", content, entries, font }
}

fn warned<'r>(report: &'r Report, kind: &str) -> Option<&'r Finding> {
    report.all_findings().find(|finding| finding.kind == kind && finding.severity == Severity::Warning)
}

#[test]
fn what_products_draw_is_the_value() {
    let (pki, form) = (pki(), Form::new());
    for filled in [
        plain("text", "(x)", "/Tx BMC q BT 0 g /Helv 12 Tf 2 5.2 Td (x) Tj ET Q EMC"),
        plain("text", "(200)", "/Tx BMC q 1 1 198 18 re W n BT /Helv 12 Tf 0 g 2 5 Td (200) Tj ET Q EMC"),
        plain("text", "(a b)", "BT /Helv 8 Tf 0 0 0 rg 1 0 0 1 2 10 Tm (a) Tj 0 -8 Td (b) Tj ET"),
        plain("text", "(caf\\351)", "/Tx BMC q BT 0 g /Helv 12 Tf 2 5 Td (caf\\351) Tj ET Q EMC"),
        plain("city", "(M)", "/Tx BMC q BT /Helv 12 Tf 0 g 2 5 Td [(Mun) 10 (ich)] TJ ET Q EMC"),
        plain("text", "()", "/Tx BMC EMC"),
        in_new_font("/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding"),
    ] {
        let report = filled.judged(&pki, &form);
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{}: {report}", filled.content);
        assert!(kinds(&report).contains(&"field-filled"), "{}: {report}", filled.content);
        assert!(
            report.all_findings().all(|finding| finding.severity == Severity::Information),
            "{}: {report}",
            filled.content
        );
    }
}

#[test]
fn what_may_be_seen_as_something_else_is_a_warning_with_its_place() {
    let (pki, form) = (pki(), Form::new());
    let with = |entries: &str, content: &'static str| Filled {
        entries: entries.to_owned(),
        ..plain("text", "(19000)", content)
    };
    let simple = "BT /Helv 12 Tf 2 5 Td (19000) Tj ET";
    let squares = "1 g BT /Helv 12 Tf 2 5 Td (19000) Tj ET 0 g 4 4 2 2 re f 8 4 2 2 re f";
    for filled in [
        // In another order, beside the box, clipped, in white, by states, squeezed, small, painted over, mirrored.
        plain("text", "(1009)", "BT /Helv 12 Tf 10 5 Td (100) Tj -8 0 Td (9) Tj ET"),
        plain("text", "(19000)", "BT /Helv 12 Tf -7 5 Td (19000) Tj ET"),
        plain("text", "(19000)", "q 9 0 190 20 re W n BT /Helv 12 Tf 2 5 Td (19000) Tj ET Q"),
        plain("text", "(19000)", "BT /Helv 12 Tf 1 g 2 5 Td (1) Tj 0 g (9000) Tj ET"),
        plain("text", "(19000)", "BT /Helv 12 Tf 2 5 Td 0 Tz (1) Tj 100 Tz (9000) Tj ET"),
        plain("text", "(19000)", "BT /Helv 0.001 Tf 2 5 Td (1) Tj /Helv 12 Tf (9000) Tj ET"),
        plain("text", "(19000)", "BT /Helv 12 Tf 2 5 Td (19000) Tj ET 1 g 0 0 9 20 re f"),
        plain("text", "(19000)", squares),
        plain("text", "(1000)", "BT /Helv 12 Tf 2 5 Td (9000) (1000) Tj ET"),
        plain("text", "(1000)", "BT /Helv /Evil 12 Tf 2 5 Td (1000) Tj ET"),
        plain("text", "(19000)", "1 1 1 rg 0 0 200 20 re f 0 g BT /Helv 12 Tf 2 5 Td (19000) Tj ET"),
        plain("text", "(19000)", "/Tx <<>> /OC /L BDC BT /Helv 12 Tf 2 5 Td (1) Tj EMC (9000) Tj ET"),
        with(&format!("/Matrix[1 0 0 -1 0 0]{FONTS}"), simple),
        with(&format!("/Group<</S/Transparency>>{FONTS}"), simple),
        with("/BBox[0 0 100 20]/Resources<</Font<</Helv {font}>>>>", simple),
        with(
            "/Resources<</Font<</Helv {font}>>/ExtGState<</A<</ca 0>>/B<</ca 1>>>>>>",
            "BT /Helv 12 Tf 2 5 Td /A gs (1) Tj /B gs (9000) Tj ET",
        ),
        // New fonts that show other letters, or in other places.
        in_new_font("/Subtype/Type1/BaseFont/ZapfDingbats"),
        in_new_font("/Subtype/TrueType/BaseFont/Wingdings"),
        in_new_font("/Subtype/Type1/BaseFont/Helvetica/Encoding/MacExpertEncoding"),
        in_new_font("/Subtype/Type1/BaseFont/Helvetica/FirstChar 48/Widths[-556 -556]"),
        Filled {
            value: "<FEFFFF11003000300030>",
            content: "BT /New 12 Tf 2 5 Td (1000) Tj ET",
            ..in_new_font("/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[49/uni0039]>>")
        },
    ] {
        let report = filled.judged(&pki, &form);
        let finding = warned(&report, "appearance-not-compared");
        let finding = finding.unwrap_or_else(|| panic!("{}{}: {report}", filled.content, filled.font));
        let page = finding.page().unwrap();
        assert_eq!((page.number(), page.area()), (1, Some([100.0, 700.0, 300.0, 720.0])));
        assert!(finding.text.contains('“'), "{}", finding.text);
    }
}

#[test]
fn a_list_shows_whole_options_and_the_chosen_one() {
    let (pki, mut form) = (pki(), Form::new());
    form.pdf = revised(&form.pdf, |document, increment| {
        form.set(document, increment, "city", "<</Ff 0/Opt[(Do not accept)(Accept)(Wait)]>>");
    });
    for (value, shown, kind) in [
        ("(Accept)", "(Accept) Tj", "field-filled"),
        ("(Accept)", "(Do not accept) Tj 0 -8 Td (Accept) Tj", "appearance-not-compared"),
        ("(Do not accept)", "(accept) Tj", "appearance-of-another-value"),
        ("(Wait)", "(Accept) Tj", "appearance-of-another-value"),
    ] {
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            let look = form.look(increment, &format!("BT /Helv 8 Tf 2 11 Td {shown} ET"));
            form.set(document, increment, "city", &format!("<</V{value}/AP<</N {look}>>>>"));
        });
        assert!(kinds(&report).contains(&kind), "{shown}: {report}");
        assert_eq!(kind != "appearance-of-another-value", indications(&report)[0] == Indication::TotalPassed);
        let compared = warned(&report, "appearance-not-compared").is_none();
        assert_eq!(kind != "appearance-not-compared", compared, "{shown}: {report}");
    }
}

#[test]
fn a_font_that_came_before_is_still_none_that_was_signed() {
    let (pki, form) = (pki(), Form::new());
    let signed = form.certified(&pki, ChangesAllowed::FormFilling);
    let mut font = None;
    let added = form.changed(&signed, |document, increment| {
        let place = increment.allocate();
        let swapped = "<</Type/Font/Subtype/TrueType/BaseFont/AAAAAA+Own/Encoding/WinAnsiEncoding/FontDescriptor<</Type/FontDescriptor>>>>";
        increment.put(place, &dictionary(swapped).into()).unwrap();
        edit_catalog(document, increment, |catalog| {
            let mut entries = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
            entries.set("DR", form.dictionary(&format!("<</Font<</Helv {{font}}/New {place}>>>>")));
            catalog.set("AcroForm", entries);
        });
        font = Some(place);
    });
    assert_eq!(indications(&verify(&pki, &added))[0], Indication::TotalPassed);
    let filled = form.changed(&added, |document, increment| {
        let entries = format!("/Resources<</Font<</New {}>>>>", font.unwrap());
        let look = form.look_with(increment, "BT /New 12 Tf 2 5 Td (1000) Tj ET", &entries);
        form.set(document, increment, "text", &format!("<</V(1000)/AP<</N {look}>>>>"));
    });
    let report = verify(&pki, &filled);
    assert!(warned(&report, "appearance-not-compared").is_some(), "{report}");
}

/// Changes entries of the form itself.
fn with_form(form: &Form, signed: &[u8], entries: &str) -> Vec<u8> {
    form.changed(signed, |document, increment| {
        let entries = form.dictionary(entries);
        edit_catalog(document, increment, |catalog| {
            let mut form = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
            entries.iter().for_each(|(key, value)| form.set(key.clone(), value.clone()));
            catalog.set("AcroForm", form);
        });
    })
}

#[test]
fn what_all_fields_look_like_is_locked_with_any_of_them() {
    let (pki, form) = (pki(), Form::new());
    for lock in [
        FieldLock::Only(vec!["plain".to_owned()]),
        FieldLock::AllExcept(vec!["plain".to_owned()]),
        FieldLock::All,
    ] {
        let signed = form.locked(&pki, lock);
        for entries in ["<</DA(/Helv 12 Tf 1 g)>>", "<</Q 2>>", "<</NeedAppearances true>>"] {
            let report = verify(&pki, &with_form(&form, &signed, entries));
            assert_eq!(indications(&report)[0], Indication::TotalFailed, "{entries}: {report}");
            assert!(kinds(&report).contains(&"field-lock-broken"), "{entries}: {report}");
        }
    }
    let signed = form.certified(&pki, ChangesAllowed::FormFilling);
    for (entries, kind) in [
        ("<</DA(/Helv 12 Tf 1 g)>>", "form-style-changed"),
        ("<</Q 2>>", "form-style-changed"),
        ("<</NeedAppearances true>>", "appearances-drawn-anew"),
    ] {
        let report = verify(&pki, &with_form(&form, &signed, entries));
        assert!(warned(&report, kind).is_some(), "{entries}: {report}");
    }
    for entries in ["<</DA(/x\\(9000\\)Tj)>>", "<</DA(/Helv 0.01 Tf)>>", "<</DA(/Other 12 Tf)>>"] {
        let report = verify(&pki, &with_form(&form, &signed, entries));
        assert_eq!(indications(&report)[0], Indication::Indeterminate, "{entries}: {report}");
    }
}

#[test]
fn a_font_that_fields_lacked_is_added_only_as_everybody_knows_it() {
    let (pki, mut form) = (pki(), Form::new());
    form.pdf = revised(&form.pdf, |document, increment| {
        form.set(document, increment, "plain", "<</V(1000)/DA(/Lacking 12 Tf)>>");
    });
    let font = "/Type/Font/Subtype/Type1/BaseFont/Helvetica";
    for (name, entries, allowed, wanted) in [
        ("Lacking", "", Some(ChangesAllowed::FormFilling), Indication::TotalPassed),
        ("Lacking", "", None, Indication::Indeterminate),
        ("Lacking", "/Widths[1]", Some(ChangesAllowed::FormFilling), Indication::Indeterminate),
        (
            "Lacking",
            "/Encoding<</Differences[49/nine]>>",
            Some(ChangesAllowed::FormFilling),
            Indication::Indeterminate,
        ),
        ("Unused", "", None, Indication::TotalPassed),
    ] {
        let signed = allowed.map_or_else(|| form.signed(&pki), |allowed| form.certified(&pki, allowed));
        let added = form.changed(&signed, |document, increment| {
            let at = increment.allocate();
            increment.put(at, &dictionary(&format!("<<{font}{entries}>>")).into()).unwrap();
            edit_catalog(document, increment, |catalog| {
                let mut entries = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
                entries.set("DR", form.dictionary(&format!("<</Font<</Helv {{font}}/{name} {at}>>>>")));
                catalog.set("AcroForm", entries);
            });
        });
        let report = verify(&pki, &added);
        assert_eq!(indications(&report)[0], wanted, "{name} {entries}: {report}");
    }
}

#[test]
fn a_style_of_what_viewers_draw_is_no_small_thing() {
    let (pki, form) = (pki(), Form::new());
    for (field, entries, kind, wanted) in [
        ("plain", "<</DA(/Helv 12 Tf 1 g)>>", "field-style-changed", Indication::TotalPassed),
        ("plain", "<</V(1)/DA(/Helv 12 Tf 1 g)>>", "field-style-changed", Indication::TotalPassed),
        ("plain", "<</DA(/Helv 0.01 Tf)>>", "appearance-changed", Indication::Indeterminate),
        ("plain", "<</DA(/x\\(9000\\)Tj)>>", "appearance-changed", Indication::Indeterminate),
        ("text", "<</F 0>>", "visibility-changed", Indication::Indeterminate),
        ("apart widget", "<</DA(/Helv 12 Tf 1 g)>>", "field-style-changed", Indication::TotalPassed),
    ] {
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.set(document, increment, field, entries);
        });
        assert_eq!(indications(&report)[0], wanted, "{entries}: {report}");
        assert!(warned(&report, kind).is_some(), "{entries}: {report}");
    }
}

#[test]
fn a_widget_that_keeps_the_look_of_another_value_is_told() {
    let (pki, mut form) = (pki(), Form::new());
    form.pdf = revised(&form.pdf, |document, increment| {
        form.set(document, increment, "apart", "<</V(100)>>");
        form.set(document, increment, "apart widget", "<</AP<</N {shared look}>>>>");
    });
    let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        form.set(document, increment, "apart", "<</V(9000)>>");
    });
    let finding = warned(&report, "appearance-outdated").unwrap_or_else(|| panic!("{report}"));
    assert_eq!(finding.page().unwrap().area(), Some([100.0, 550.0, 300.0, 570.0]));
}

#[test]
fn a_ground_of_its_own_may_hide_what_was_signed() {
    let pki = pki();
    let form = Form::new();
    let text = "BT /Helv 12 Tf 0 g 2 5 Td (9000) Tj ET";
    for (ground, covers) in [
        ("", false),
        ("0.5 G 0.5 0.5 199 19 re S", false),
        ("1 g 0 0 200 20 re f", true),
        ("1 G 20 w 0 10 m 200 10 l S", true),
    ] {
        let content = format!("{ground} {text}");
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.fill(document, increment, "plain", ("9000", &content));
        });
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{ground}: {report}");
        let told = report.all_findings().find(|finding| finding.kind == "signed-content-covered");
        assert_eq!(told.is_some(), covers, "{ground}: {report}");
        if let Some(told) = told {
            assert_eq!(told.severity, Severity::Warning);
            assert!(told.page().is_some_and(|page| page.area().is_some()), "{report}");
        }
    }
}

#[test]
fn a_style_is_of_what_viewers_draw_anew() {
    let (pki, mut form) = (pki(), Form::new());
    for (anew, told) in [("false", false), ("true", true)] {
        form.pdf = with_form(&form, &form.pdf, &format!("<</NeedAppearances {anew}>>"));
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.set(document, increment, "text", "<</Q 2>>");
        });
        assert_eq!(warned(&report, "field-style-changed").is_some(), told, "{anew}: {report}");
    }
}

#[test]
fn what_a_script_or_a_font_of_its_own_makes_of_the_value_is_not_compared() {
    let (pki, mut form) = (pki(), Form::new());
    form.pdf = revised(&form.pdf, |document, increment| {
        form.set(document, increment, "plain", "<</AA<</F<</S/JavaScript/JS(x)>>>>>>");
    });
    let scripted = plain("plain", "(1000)", "BT /Helv 12 Tf 2 5 Td (1,000 euro) Tj ET");
    let own = "/Subtype/TrueType/BaseFont/AAAAAA+Own/Encoding<</Differences[49/nine]>>/FontDescriptor<</Type/FontDescriptor/FontFile2 {file}>>";
    let program = |increment: &mut Increment<'_>| {
        let file = increment.allocate();
        increment.put(file, &stream("<<>>", b"glyphs")).unwrap();
        file
    };
    let drawn = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
        let entries = own.replace("{file}", &program(increment).to_string());
        let font = increment.allocate();
        increment.put(font, &dictionary(&format!("<</Type/Font{entries}>>")).into()).unwrap();
        let fonts = format!("/Resources<</Font<</New {font}>>>>");
        let look = form.look_with(increment, "BT /New 12 Tf 2 5 Td (1009) Tj ET", &fonts);
        form.set(document, increment, "text", &format!("<</V(7)/AP<</N {look}>>>>"));
    });
    for report in [scripted.judged(&pki, &form), drawn] {
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{report}");
        assert!(warned(&report, "appearance-not-compared").is_some(), "{report}");
    }
}

/// What the form says of a background counts where viewers drew it.
#[test]
fn a_background_is_there_if_it_was_drawn() {
    let pki = pki();
    let content = "1 g 0 0 200 20 re f BT /Helv 12 Tf 0 g 2 5 Td (9000) Tj ET";
    for (looks, anew, covers) in
        [("", "true", false), ("", "false", true), ("/AP<<>>", "true", true), ("/AP<<>>", "false", true)]
    {
        let mut form = Form::new();
        form.pdf = revised(&form.pdf, |document, increment| {
            form.set(document, increment, "plain", &format!("<</MK<</BG[1 1 1]>>{looks}>>"));
        });
        form.pdf = with_form(&form, &form.pdf, &format!("<</NeedAppearances {anew}>>"));
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.fill(document, increment, "plain", ("9000", content));
        });
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{looks}: {report}");
        assert_eq!(warned(&report, "signed-content-covered").is_some(), covers, "{looks} {anew}: {report}");
    }
}

/// The look of a state that nobody saw when it was signed.
#[test]
fn a_button_ticks_its_box_and_shows_nothing_else() {
    let pki = pki();
    let ticks = "<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>";
    let price = "BT /Helv 12 Tf 0 g 2 5 Td (9000 euro) Tj ET";
    let ground = format!("1 g 0 0 200 20 re f {price}");
    let tick = "BT /ZaDb 12 Tf 0 g 2 5 Td (4) Tj ET";
    for (rectangle, content, covers) in [
        ("[100 610 120 630]", tick, false),
        ("[100 610 120 630]", "0 0 20 20 re f", false),
        ("[100 610 300 630]", tick, false),
        ("[100 610 300 630]", "0 0 200 20 re S 1 1 m 9 9 l S", false),
        ("[100 610 300 630]", ground.as_str(), true),
        ("[100 610 300 630]", "1 g 0 0 200 20 re f", true),
        ("[100 610 120 630]", price, true),
        ("[100 610 120 630]", "/Im Do", true),
        ("[100 610 120 630]", "(", true),
    ] {
        let mut form = Form::new();
        form.pdf = revised(&form.pdf, |document, increment| {
            let place = increment.allocate();
            increment.put(place, &dictionary(ticks).into()).unwrap();
            let fonts = format!("/Resources<</Font<</Helv {{font}}/ZaDb {place}>>>>");
            let yes = form.look_with(increment, content, &fonts);
            let entries = format!("<</Rect{rectangle}/AP<</N<</Yes {yes}/Off {{no}}>>>>>>");
            form.set(document, increment, "agree", &entries);
        });
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.set(document, increment, "agree", "<</V/Yes/AS/Yes>>");
        });
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{content}: {report}");
        assert_eq!(
            warned(&report, "signed-content-covered").is_some(),
            covers,
            "{rectangle} {content}: {report}"
        );
    }
}

/// A field for a password shows stars, and nothing else.
#[test]
fn a_password_is_not_shown() {
    let (pki, mut form) = (pki(), Form::new());
    form.pdf = revised(&form.pdf, |document, increment| {
        form.set(document, increment, "plain", "<</Ff 8192>>");
    });
    let stars = plain("plain", "(secret)", "BT /Helv 12 Tf 2 5 Td (******) Tj ET").judged(&pki, &form);
    assert_eq!(indications(&stars)[0], Indication::TotalPassed, "{stars}");
    assert!(stars.all_findings().all(|finding| finding.severity == Severity::Information), "{stars}");
    let other = plain("plain", "(secret)", "BT /Helv 12 Tf 2 5 Td (9000) Tj ET").judged(&pki, &form);
    assert!(kinds(&other).contains(&"appearance-of-another-value"), "{other}");
}
