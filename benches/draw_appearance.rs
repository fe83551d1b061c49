//! What does the picture of a visible signature cost, text and image, for each document of a batch?
//!
//! The font and the image are read once. Each document has another number in its text, half of them another name.
//! Chinese and Japanese need a large font, which is no part of this project: `CHANCERY_CJK_FONT` names the file
//! (Debian: fonts-noto-cjk), else those rows are left out and said to be.

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_benches::{Case, Outcome, Rounds, Table, ensure};
use chancery_drawing::{Drawing, Drawn, Fit, Font, Image, Size, Text};

/// Seconds for a document with the letters of `chancery-font`.
const LATIN: f64 = 0.001;
/// Seconds for a document with a font of 65,535 glyphs.
const LARGE: f64 = 0.005;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Draw text and image of a visible signature (CPU time)");
    let image = Image::parse(&picture()?)?;
    let latin = Font::parse(chancery_font::latin())?;
    let rounds = Rounds::new(11, 9)?;
    let draw = |text: &Text| drawn(text, &image);
    let english = |number| {
        format!(
            "Digitally signed by {}\nI approve this document\n22 November 2026, No. {number}",
            name(number)
        )
    };
    let [reading, helvetica, embedded] = rounds.run([
        Case::new(
            "Font::parse, chancery-font",
            |_| Ok(()),
            |()| Ok(Font::parse(chancery_font::latin())?),
            |(), font| ensure(font.covers('ế'), "Vietnamese"),
        ),
        Case::new("Helvetica", |number| Ok(Text::new(english(number))), draw, whole),
        Case::new(
            "a part of chancery-font embedded",
            |number| Ok(Text::new(english(number)).with_font(&latin)),
            draw,
            whole,
        ),
    ])?;
    table.heading(&rounds.describe());
    table.row(&reading);
    table.row(&helvetica);
    table.row_with_bar(&embedded, LATIN);
    match large_font() {
        None => table.note("CHANCERY_CJK_FONT names no file: nothing measured with a large font"),
        Some(path) => large(&mut table, rounds, &std::fs::read(path)?, &image)?,
    }
    Ok(table.finish())
}

fn large(table: &mut Table, rounds: Rounds, file: &[u8], image: &Image) -> Outcome<()> {
    let font = Font::parse(file.to_vec())?;
    let [reading, first, japanese] = rounds.run([
        Case::new(
            "Font::parse, the large font",
            |_| Ok(file.to_vec()),
            |file| Ok(Font::parse(file.clone())?),
            |_, font| ensure(font.covers('山'), "Japanese"),
        ),
        Case::new(
            "the large font, the first document",
            |number| Ok(Text::new(approval(number)).with_font(&Font::parse(file.to_vec())?)),
            |text| drawn(text, image),
            whole,
        ),
        Case::new(
            "the large font, each further document",
            |number| Ok(Text::new(approval(number)).with_font(&font)),
            |text| drawn(text, image),
            whole,
        ),
    ])?;
    table.row(&reading);
    table.row(&first);
    table.row_with_bar(&japanese, LARGE);
    Ok(())
}

fn approval(number: u64) -> String {
    format!("電子署名者：{}\n理由：この文書を承認します。\n文書番号 {number}", name(number))
}

/// Alice, or everyone else.
fn name(number: u64) -> String {
    if number.is_multiple_of(2) {
        "Alice".into()
    } else {
        format!("{}. {number}", char::from(b'A' + (number % 26) as u8))
    }
}

fn drawn(text: &Text, image: &Image) -> Outcome<Drawn> {
    let mut drawing = Drawing::new(Size { width: 240.0, height: 72.0 })?;
    let (left, right) = drawing.rectangle().inset(4.0).split_left(72.0);
    drawing.image(left, image)?;
    drawing.text(right.inset(3.0), &text.clone().with_size(11.0).with_fit(Fit::ShrinkTo(5.0)))?;
    let mut next = 100;
    Ok(drawing.finish(&mut || {
        next += 1;
        next
    })?)
}

fn whole<I>(_: &I, drawn: &Drawn) -> Outcome<()> {
    ensure(drawn.objects.len() >= 4, "form, font, image and its opacity")
}

fn large_font() -> Option<PathBuf> {
    let named = std::env::var_os("CHANCERY_CJK_FONT").map(PathBuf::from);
    let usual = PathBuf::from("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
    named.or_else(|| usual.is_file().then_some(usual))
}

/// A picture of 300 × 150 pixels with transparency.
fn picture() -> Outcome<Vec<u8>> {
    let pixels = (0..150_u32).flat_map(|row| {
        (0..300_u32).flat_map(move |column| {
            let inked = (row * row + column * 7) % 600 < 90;
            if inked { [20, 40, 140, 255] } else { [0; 4] }
        })
    });
    let samples: Vec<u8> = pixels.collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 300, 150);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(file)
}
