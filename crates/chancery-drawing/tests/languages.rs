//! The eight languages in which signatures are shown, on pages of four rotations.
//!
//! Fonts are large, so they are not here. `CHANCERY_FONTS=DIR` names a directory with fonts (`.ttf`, `.otf`) for
//! the languages that need one; without it, those that Helvetica has are drawn. With `CHANCERY_DRAWINGS=DIR` the
//! files are kept, so that people can look at them.

mod support;

use std::error::Error;
use std::path::PathBuf;

use chancery_drawing::{
    Alignment, ArchiveObstacle, Colour, Drawing, DrawingError, Drawn, Fit, Font, HeightAlignment,
    PageRotation, Rectangle, Size, Text,
};

/// Tag, sample, and whether Western European letters suffice.
const LANGUAGES: [(&str, &str, Letters); 8] = [
    (
        "en",
        "Digitally signed by Zoe Miller\nReason: I approve this document\n22 November 2026, 10:15 UTC",
        Letters::Western,
    ),
    (
        "es",
        "Firmado digitalmente por José Muñoz\nMotivo: apruebo este documento\n¿Conforme? Sí, año 2026",
        Letters::Western,
    ),
    (
        "pt",
        "Assinado digitalmente por João Conceição\nMotivo: aprovo este documento\n22 de novembro de 2026",
        Letters::Western,
    ),
    (
        "vi",
        "Được ký điện tử bởi Nguyễn Thị Hằng\nLý do: tôi phê duyệt tài liệu này\nNgày 22 tháng 11 năm 2026",
        Letters::Other,
    ),
    (
        "ja",
        "電子署名者:山田 花子\n理由:この文書を承認します。「令和八年」十一月二十二日、東京にて署名。",
        Letters::Other,
    ),
    ("zh", "电子签名人:王小明\n原因:我批准此文件。\n二〇二六年十一月二十二日,北京。", Letters::Other),
    (
        "th",
        "ลงนามโดย สมชาย น้ำผึ้ง\nเหตุผล: ข้าพเจ้าอนุมัติเอกสารฉบับนี้ตามที่ได้ตกลงกันไว้แล้ว\nวันที่ ๒๒ พฤศจิกายน ๒๕๖๙",
        Letters::Other,
    ),
    (
        "my",
        "ဒစ်ဂျစ်တယ်လက်မှတ်ထိုးသူ မောင်မောင်\nအကြောင်းရင်း- ဤစာရွက်စာတမ်းကို ကျွန်ုပ်အတည်ပြုပါသည်။\n၂၀၂၆ ခုနှစ် နိုဝင်ဘာ ၂၂ ရက်",
        Letters::Other,
    ),
];

#[derive(Clone, Copy, PartialEq)]
enum Letters {
    Western,
    Other,
}

const ROTATIONS: [PageRotation; 4] =
    [PageRotation::None, PageRotation::Quarter, PageRotation::Half, PageRotation::ThreeQuarters];

fn fonts() -> Result<Vec<(String, Font)>, Box<dyn Error>> {
    let Some(directory) = std::env::var_os("CHANCERY_FONTS") else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|name| name == "ttf" || name == "otf"));
    let mut fonts = Vec::new();
    for path in paths {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        fonts.push((name, Font::parse(std::fs::read(&path)?)?));
    }
    Ok(fonts)
}

#[test]
fn every_language_can_be_shown_on_every_page() -> Result<(), Box<dyn Error>> {
    let fonts = fonts()?;
    for (language, sample, letters) in LANGUAGES {
        // As a program would: the font for the language first.
        let mut ordered: Vec<&(String, Font)> = fonts.iter().collect();
        ordered.sort_by_key(|(_, font)| sample.chars().filter(|letter| !font.covers(*letter)).count());
        let text = |with: &[&(String, Font)]| {
            let text = Text::new(sample)
                .with_size(11.0)
                .with_language(language)
                .with_height_alignment(HeightAlignment::Middle)
                .with_fit(Fit::ShrinkTo(6.0));
            with.iter().fold(text, |text, (_, font)| text.with_font(font))
        };
        if ordered.is_empty() && letters == Letters::Other {
            let mut drawing = Drawing::new(Size { width: 180.0, height: 90.0 })?;
            let refused = drawing.text(drawing.rectangle(), &text(&[])).err();
            assert!(matches!(refused, Some(DrawingError::MissingGlyph { .. })), "{language}: {refused:?}");
            continue;
        }
        for rotation in ROTATIONS {
            let mut drawing = Drawing::new(Size { width: 200.0, height: 96.0 })?.on_page(rotation);
            let (left, right) = drawing.rectangle().inset(4.0).split_left(50.0);
            drawing.frame(drawing.rectangle(), 1.0, Colour { red: 0, green: 80, blue: 160 })?;
            drawing.qr_code(left, "https://sign.example/7f3a")?;
            drawing.text(right, &text(&ordered))?;
            drawing.text(
                drawing.rectangle().inset(2.0),
                &Text::new(language).with_size(6.0).with_alignment(Alignment::End),
            )?;
            let drawn = support::finish(drawing)?;
            assert_eq!(drawn.obstacles, [ArchiveObstacle::FontNotEmbedded]);
            if let Some(directory) = std::env::var_os("CHANCERY_DRAWINGS") {
                let name = format!("{language}-{rotation:?}.pdf");
                std::fs::write(PathBuf::from(directory).join(name), pdf(&drawn))?;
            }
        }
    }
    Ok(())
}

/// A page of the given rotation with the drawing as the appearance of an annotation that the reader sees at
/// (40, 60).
fn pdf(drawn: &Drawn) -> Vec<u8> {
    let page = Rectangle { x: 0.0, y: 0.0, width: 320.0, height: 240.0 };
    let upright = drawn.rotation.footprint(drawn.footprint);
    let seen = Rectangle { x: 40.0, y: 60.0, width: upright.width, height: upright.height };
    let at = drawn.rotation.place(seen, page);
    let degrees = match drawn.rotation {
        PageRotation::None => 0,
        PageRotation::Quarter => 90,
        PageRotation::Half => 180,
        PageRotation::ThreeQuarters => 270,
    };
    let mut objects: Vec<(u32, Vec<u8>)> = vec![
        (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec()),
        (
            3,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Rotate {degrees} /Annots [4 0 R] >>",
                page.width, page.height
            )
            .into_bytes(),
        ),
        (
            4,
            format!(
                "<< /Type /Annot /Subtype /Stamp /F 4 /Rect [{} {} {} {}] /AP << /N {} 0 R >> >>",
                at.x,
                at.y,
                at.x + at.width,
                at.y + at.height,
                drawn.form
            )
            .into_bytes(),
        ),
    ];
    objects.extend(drawn.objects.iter().map(|object| (object.number, object.to_bytes())));
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (number, body) in &objects {
        offsets.push((*number, file.len()));
        file.extend(format!("{number} 0 obj\n").as_bytes());
        file.extend(body);
        file.extend(b"\nendobj\n");
    }
    let section = file.len();
    file.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, offset) in &offsets {
        file.extend(format!("{number} 1\n{offset:010} 00000 n \n").as_bytes());
    }
    let size = offsets.iter().map(|(number, _)| number + 1).max().unwrap_or(1);
    file.extend(format!("trailer\n<< /Root 1 0 R /Size {size} >>\nstartxref\n{section}\n%%EOF\n").as_bytes());
    file
}
