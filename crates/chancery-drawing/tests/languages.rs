//! Languages, by the font of `chancery-font` and without one. Those that need other fonts are drawn by the example
//! `visible_pages` of `chancery-pades`, which `.ci/judges rendered` shows to two renderers.

mod support;

use chancery_drawing::{
    ArchiveObstacle, Drawing, DrawingError, Drawn, Fit, Font, HeightAlignment, PageRotation, Size, Text,
};

const ROTATIONS: [PageRotation; 4] =
    [PageRotation::None, PageRotation::Quarter, PageRotation::Half, PageRotation::ThreeQuarters];

/// Western Europe, for which Helvetica suffices.
const WESTERN: [&str; 5] = [
    "Digitally signed by Zoë O’Hara, 22 November 2026 – “approved”",
    "Firmado digitalmente por José Muñoz: ¿conforme? ¡Sí!",
    "Assinado digitalmente por João Conceição",
    "Signé par Lætitia Œuvrard, à Besançon",
    "Unterschrieben von Jürgen Großmann für 100 €",
];

/// What else is written in Latin, Greek and Cyrillic.
const WIDER: [&str; 10] = [
    "Được ký điện tử bởi Nguyễn Thị Hằng, ngày 22 tháng 11 năm 2026",
    // The same letters as a letter and its marks.
    "Nguye\u{302}\u{303}n Thi\u{323} Ha\u{306}\u{300}ng",
    "Podepsal Jiří Dvořák; podpísala Ľubica Kráľová",
    "Podpisała Łucja Żółć; aláírta Őze Gergő",
    "Parakstīja Jānis Bērziņš; pasirašė Žydrūnė Ąžuolaitė",
    "Semnat de Ștefan Țurcanu; imzalayan İpek Çağlayan Iğdır",
    "Υπογράφηκε από τον Γιώργο Παπαδόπουλο· Ἑλληνική",
    "Подписал Фёдор Щукин; підписала Їжакевич Ґалина",
    "Потписао Ђорђе Љубичић; подписано от Ъглов",
    "№ 5 × ½, 90° ± 1 ‰, 1 000 ₫, 5 ₽, 7 ₺, 9 ₴",
];

const OTHERS: [(&str, char); 4] = [("山田", '山'), ("สมชาย", 'ส'), ("မောင်", 'မ'), ("محمد", 'م')];

fn drawn(text: &Text, rotation: PageRotation) -> Result<Drawn, DrawingError> {
    let mut drawing = Drawing::new(Size { width: 200.0, height: 60.0 })?.on_page(rotation);
    let text = text.clone().with_fit(Fit::ShrinkTo(6.0)).with_height_alignment(HeightAlignment::Middle);
    drawing.text(drawing.rectangle(), &text)?;
    support::finish(drawing)
}

#[test]
fn helvetica_shows_western_europe_and_names_what_it_lacks() {
    for said in WESTERN {
        for rotation in ROTATIONS {
            let drawn = drawn(&Text::new(said), rotation).expect(said);
            assert_eq!(drawn.obstacles, [ArchiveObstacle::FontNotEmbedded]);
        }
    }
    for said in WIDER {
        assert!(
            matches!(drawn(&Text::new(said), PageRotation::None), Err(DrawingError::MissingGlyph { .. })),
            "{said}"
        );
    }
}

#[test]
fn the_free_font_shows_all_of_latin_greek_and_cyrillic_also_in_an_archive() -> Result<(), DrawingError> {
    let font = Font::parse(chancery_font::latin())?;
    for said in WESTERN.into_iter().chain(WIDER) {
        for rotation in ROTATIONS {
            let drawn = drawn(&Text::new(said).with_font(&font), rotation).expect(said);
            assert_eq!(drawn.obstacles, [], "{said}");
        }
    }
    for (said, character) in OTHERS {
        let refused = drawn(&Text::new(said).with_font(&font), PageRotation::None).err();
        assert_eq!(refused, Some(DrawingError::MissingGlyph { character, at: 0 }));
    }
    Ok(())
}

#[test]
fn what_a_font_keeps_for_the_next_drawing_changes_nothing() -> Result<(), DrawingError> {
    let kept = Font::parse(chancery_font::latin())?;
    // More different parts than are kept, and back to the first.
    let texts = (0..40_u8).map(|number| format!("No. {number} {}", char::from(b'A' + number % 26)));
    for said in texts.clone().chain(texts) {
        let anew = Font::parse(chancery_font::latin())?;
        let with = |font| drawn(&Text::new(said.as_str()).with_font(font), PageRotation::None);
        assert_eq!(with(&kept)?, with(&anew)?, "{said}");
    }
    Ok(())
}

#[test]
fn lines_are_as_high_as_their_letters_need() -> Result<(), DrawingError> {
    let font = Font::parse(chancery_font::latin())?;
    let fits = |line: &str, height| {
        let mut drawing = Drawing::new(Size { width: 200.0, height })?;
        let text = Text::new(format!("{line}\n{line}")).with_font(&font).with_size(10.0);
        drawing.text(drawing.rectangle(), &text).map(|_| ())
    };
    // 1.2 of the size, although the font asks for 1.362.
    assert_eq!(fits("Alice", 24.0), Ok(()));
    assert!(matches!(fits("Alice", 23.0), Err(DrawingError::TextOverflows { needed: 24.0, .. })));
    // Two marks above a capital need more.
    assert!(matches!(fits("Ế", 24.0), Err(DrawingError::TextOverflows { .. })));
    assert_eq!(fits("Ế", 27.3), Ok(()));
    Ok(())
}
