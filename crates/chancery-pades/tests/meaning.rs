//! What a signature means (21 CFR 11.50): the same words in its dictionary and before people's eyes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeSet;

use chancery_digest::Source;
use chancery_drawing::{Image, Rectangle};
use chancery_key::{KeyKind, Signer as _};
use chancery_pades::{Appearance, PadesError, PdfSigner, SignatureMeaning, StoredPdf};
use chancery_pdf::{Dictionary, Document, Object, Reference, View};
use chancery_testkit::pdf::SamplePdf;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use proptest::prelude::*;
use support::seen::*;
use support::*;

const WIDE: Rectangle = Rectangle { x: 20.0, y: 20.0, width: 500.0, height: 300.0 };

fn meaning() -> SignatureMeaning {
    SignatureMeaning::new("Dr. Zoë Müller", "I approve this report").role("Head of Quality")
}

#[test]
fn name_role_meaning_and_time_are_written_and_shown() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now())
        .meaning(meaning())
        .time_offset(Offset::from_seconds(3600).unwrap())
        .appearance(at(SPOT));
    let pdf = contract();
    let prepared = signer.prepare(&pdf).unwrap();
    let statement = prepared.statement().unwrap();
    assert_eq!(
        statement.to_string(),
        "Dr. Zoë Müller\nHead of Quality\nI approve this report\n2026-11-21 13:00:00 +01:00"
    );
    assert_eq!(statement.signed_at(), now());
    let signed = prepared.finish(alice.sign(prepared_bytes(&signer, &pdf).to_be_signed()).unwrap()).unwrap();
    let signed = signed.to_vec().unwrap();
    let (_, _, dictionary) = signatures(&signed).remove(0);
    assert_eq!(text(&dictionary, "Name"), "Dr. Zoë Müller");
    assert_eq!(text(&dictionary, "Reason"), "I approve this report");
    assert_eq!(text(&dictionary, "M"), "D:20261121130000+01'00");
    assert_eq!(shown_text(&signed), statement.to_string().replace('\n', ""));
    assert_passed(&verify(&pki, &signed), 1);
}

fn prepared_bytes<'p, S: chancery_key::Signer>(
    signer: &PdfSigner<'_, &S>,
    pdf: &'p dyn Source,
) -> chancery_pades::PreparedPdf<'p> {
    signer.prepare(pdf).unwrap()
}

#[test]
fn an_appearance_cannot_leave_the_meaning_out() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let sign = |appearance: Appearance| {
        PdfSigner::new(&alice, now()).meaning(meaning()).appearance(appearance).sign(&pdf).map(|_| ())
    };
    let missing = |appearance| match sign(appearance) {
        Err(PadesError::MeaningNotShown { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(at(SPOT).text("Signed")), "name");
    assert_eq!(missing(at(SPOT).without_text().qr_code("Dr. Zoë Müller")), "name");
    assert_eq!(missing(at(SPOT).drawing(|_| Ok(()))), "name");
    assert_eq!(missing(at(SPOT).text("Dr. Zoë Müller")), "role");
    assert_eq!(missing(at(SPOT).text("Dr. Zoë Müller, Head of Quality")), "meaning");
    let without_time = "Dr. Zoë Müller, Head of Quality: I approve this report";
    assert_eq!(missing(at(SPOT).text(without_time)), "time");
    let own = at(SPOT).text_of(|said| format!("Freigegeben:\n{said}"));
    sign(own).unwrap();
    // What the signature says later counts, in both places.
    let changed = PdfSigner::new(&alice, now()).meaning(meaning()).reason("I reject it").appearance(at(SPOT));
    let signed = changed.sign(&pdf).unwrap().to_vec().unwrap();
    assert_eq!(text(&signatures(&signed)[0].2, "Reason"), "I reject it");
    assert!(shown_text(&signed).contains("I reject it"));
}

/// A meaning in a field that is there: shown to all readers, on the screen and on paper, or not signed.
#[test]
fn a_meaning_that_nobody_would_see_is_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).field("Approval").appearance(Appearance::in_field());
    let field = |entries: &str| {
        let field = format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Approval)/P {{page}} 0 R{entries}>>");
        with_widget(&contract(), &field)
    };
    let refused =
        |signer: &PdfSigner<'_, &chancery_key::SoftwareSigner>, pdf: Vec<u8>| match signer.sign(&pdf) {
            Ok(_) => None,
            Err(PadesError::FieldInvisible { because, .. }) => Some(because),
            Err(other) => panic!("{other}"),
        };
    let means = signer.clone().meaning(meaning());
    assert_eq!(refused(&means, field("/F 4/Rect[10 10 300 200]")), None);
    for entries in [
        "/F 2/Rect[10 10 300 200]",
        "/F 6/Rect[10 10 300 200]",
        "/F 36/Rect[10 10 300 200]",
        "/F -1/Rect[10 10 300 200]",
        "/F(4)/Rect[10 10 300 200]",
        "/F 4/Rect[-900 -900 -600 -600]",
        "/F 4/Rect[10 10 10 200]",
    ] {
        assert!(refused(&means, field(entries)).is_some(), "{entries}");
        assert!(refused(&signer, field(entries)).is_some(), "{entries}: what nobody sees is not drawn");
    }
    for entries in [
        "/Rect[10 10 300 200]",
        "/F 0/Rect[10 10 300 200]",
        "/F 4/Rect[-10 10 300 200]",
        "/F 4/Rect[10 10 300 200]/OC<</Type/OCG/Name(Layer)>>",
    ] {
        assert!(refused(&means, field(entries)).is_some(), "{entries}");
        assert_eq!(refused(&signer, field(entries)), None, "{entries}: some see it");
    }
    // The widget says on which page it is, but that page does not list it.
    let unlisted = revised(&field("/F 4/Rect[10 10 300 200]"), |document, increment| {
        edit_page(document, increment, |page| {
            page.remove("Annots");
        });
    });
    assert!(refused(&means, unlisted).is_some());
}

#[test]
fn a_meaning_that_says_nothing_is_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for (meaning, blank) in [
        (SignatureMeaning::new(" ", "I agree"), "name"),
        (SignatureMeaning::new("Zoë", "\u{a0}\n"), "meaning"),
        (SignatureMeaning::new("Zoë", "I agree").role(""), "role"),
    ] {
        // Seen or not.
        let signer = PdfSigner::new(&alice, now()).meaning(meaning);
        for signer in [signer.clone(), signer.appearance(at(SPOT))] {
            let error = signer.sign(&contract()).err().unwrap();
            assert!(matches!(error, PadesError::MeaningBlank { what } if what == blank), "{error}");
        }
    }
}

#[test]
fn offsets_that_no_pdf_date_can_tell_are_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for seconds in [1, -59, 24 * 3600, -24 * 3600] {
        let signer = PdfSigner::new(&alice, now()).time_offset(Offset::from_seconds(seconds).unwrap());
        let error = signer.sign(&contract()).err().unwrap();
        assert!(matches!(error, PadesError::TimeZone { seconds: told } if told == seconds), "{error}");
    }
}

/// Every key below a value.
fn keys(view: &View<'_>, value: &Object, seen: &mut BTreeSet<Reference>, found: &mut BTreeSet<String>) {
    let value = match value {
        Object::Reference(reference) if !seen.insert(*reference) => return,
        other => view.resolve(other).unwrap(),
    };
    if let Some(elements) = value.as_array() {
        elements.iter().for_each(|element| keys(view, element, seen, found));
    }
    for (key, value) in value.as_dictionary().into_iter().flat_map(Dictionary::iter) {
        found.insert(key.to_string());
        keys(view, value, seen, found);
    }
}

#[test]
fn an_image_changes_nothing_of_what_is_said_and_brings_nothing_alive_along() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(png::ColorType::Rgba);
    encoder.add_text_chunk("Comment".into(), "https://evil.example/".into()).unwrap();
    encoder.write_header().unwrap().write_image_data(&[0, 0, 0, 128].repeat(4)).unwrap();
    let handwriting = Image::parse(&bytes).unwrap();
    let sign = |appearance: Appearance| {
        let signer = PdfSigner::new(&alice, now()).meaning(meaning()).appearance(appearance.font(&font()));
        signer.sign(&pdf).unwrap().to_vec().unwrap()
    };
    let (plain, pictured) = (sign(at(SPOT)), sign(at(SPOT).image(handwriting)));
    assert_passed(&verify(&pki, &pictured), 1);
    let said = |pdf: &Vec<u8>| {
        let mut entries = signatures(pdf).remove(0).2;
        entries.remove("Contents");
        entries.remove("ByteRange");
        entries
    };
    assert_eq!(said(&plain), said(&pictured));
    assert_eq!(shown_text(&plain), shown_text(&pictured));
    assert!(!contains(&pictured, b"evil.example"), "remarks in the picture stay behind");

    let document = Document::open(&pictured).unwrap();
    let view = document.latest();
    let mut found = BTreeSet::new();
    keys(&view, widget(&view).get("AP").unwrap(), &mut BTreeSet::new(), &mut found);
    assert!(found.contains("SMask") && found.contains("FontFile2"), "it was walked to the end: {found:?}");
    // Actions, scripts, addresses, files, PostScript, references to other documents.
    for alive in ["A", "AA", "JS", "JavaScript", "URI", "URL", "F", "FS", "EF", "FFilter", "Ref", "OPI", "PS"]
    {
        assert!(!found.contains(alive), "/{alive}");
    }
}

#[test]
fn a_meaning_is_kept_in_storage() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let signer = PdfSigner::new(&alice, now()).meaning(meaning()).appearance(at(SPOT));
    let stored = signer.prepare(&pdf).unwrap().to_bytes();
    let joined = StoredPdf::from_bytes(&stored).unwrap().with(&pdf).unwrap();
    assert_eq!(joined.statement().unwrap(), signer.prepare(&pdf).unwrap().statement().unwrap());
}

/// The instant of a PDF date, and of a time as it is shown.
fn instant(year: &str, rest: [&str; 5], offset: &str) -> Timestamp {
    let number = |text: &str| text.parse::<i8>().unwrap();
    let [month, day, hour, minute, second] = rest.map(number);
    let civil = DateTime::new(year.parse().unwrap(), month, day, hour, minute, second, 0).unwrap();
    let seconds = match offset {
        "Z" => 0,
        offset => {
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = (&offset[1..3], &offset[4..6]);
            sign * (hours.parse::<i32>().unwrap() * 3600 + minutes.parse::<i32>().unwrap() * 60)
        }
    };
    Offset::from_seconds(seconds).unwrap().to_timestamp(civil).unwrap()
}

/// Words in letters that Helvetica has, also with what PDF strings must escape.
fn words() -> impl Strategy<Value = String> {
    "[ ]{0,2}[A-Za-zÀ-ÖØ-öø-ÿ0-9][A-Za-zÀ-ÖØ-öø-ÿ0-9 .,;:()\\\\/<>\\[\\]{}%#'\"€–—…-]{0,60}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What is written is what is shown, whatever is said, wherever and whenever.
    #[test]
    fn what_is_shown_is_what_is_written(
        name in words(),
        reason in words(),
        role in proptest::option::of(words()),
        second in 0_i64..2_000_000_000,
        minutes in -1_439_i32..1_440,
    ) {
        let at_second = Timestamp::from_second(second).unwrap();
        let pki = pki();
        let alice = pki.signer("Alice", KeyKind::P256);
        let mut meaning = SignatureMeaning::new(name.clone(), reason.clone());
        if let Some(role) = &role {
            meaning = meaning.role(role.clone());
        }
        let signer = PdfSigner::new(&alice, at_second)
            .outside_validity(chancery_pades::OutsideValidity::Sign)
            .time_offset(Offset::from_seconds(60 * minutes).unwrap())
            .meaning(meaning)
            .appearance(at(WIDE));
        let pdf = SamplePdf::new().to_bytes();
        let signed = signer.sign(&pdf).unwrap().to_vec().unwrap();
        let (_, _, dictionary) = signatures(&signed).remove(0);
        prop_assert_eq!(text(&dictionary, "Name"), name.clone());
        prop_assert_eq!(text(&dictionary, "Reason"), reason.clone());
        let seen = shown_text(&signed);
        let said = format!("{name}{}{reason}", role.unwrap_or_default());
        let time = seen.strip_prefix(&said);
        prop_assert!(time.is_some(), "{:?} does not begin with {:?}", seen, said);
        let time = time.unwrap();
        let shown = instant(
            &time[..4],
            [&time[5..7], &time[8..10], &time[11..13], &time[14..16], &time[17..19]],
            &time[20..],
        );
        let date = text(&dictionary, "M");
        let written = instant(
            &date[2..6],
            [&date[6..8], &date[8..10], &date[10..12], &date[12..14], &date[14..16]],
            &date[16..],
        );
        prop_assert_eq!(shown, at_second);
        prop_assert_eq!(written, at_second);
    }
}
