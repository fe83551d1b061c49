//! Pages with what people see of a signature: text, image and QR code, in every language, on pages of all rotations,
//! as PDF files, and a table of what stands on them. `.ci/judges rendered` shows them to two renderers.
//!
//! `cargo run -p chancery-drawing --example drawn_pages -- OUT th=NotoSansThai-Regular.ttf ja=NotoSansCJK.ttc#0 …`
//!
//! A font for each language that needs one, of a collection by its number; Latin comes from `chancery-font`.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chancery_drawing::{
    Colour, Drawing, Drawn, Fit, Font, HeightAlignment, Image, PageRotation, Rectangle, Size, Text,
};

/// The language, what is said in it, and whether the letters of `chancery-font` suffice.
const SAMPLES: [(&str, &str, Letters); 11] = [
    (
        "en",
        "Digitally signed by Zoë O’Hara\nI approve this document for release\n22 November 2026, 10:15 UTC",
        Letters::Latin,
    ),
    (
        "es",
        "Firmado digitalmente por José Muñoz Ibáñez\n¿Conforme? ¡Sí! Apruebo este documento\n22 de noviembre de 2026, 10:15 UTC",
        Letters::Latin,
    ),
    (
        "pt",
        "Assinado digitalmente por João Conceição\nAprovo a publicação deste documento\n22 de novembro de 2026, 10:15 UTC",
        Letters::Latin,
    ),
    (
        "vi",
        "Được ký điện tử bởi Nguyễn Thị Hằng\nTôi phê duyệt tài liệu này để ban hành\nNgày 22 tháng 11 năm 2026, 10:15 UTC",
        Letters::Latin,
    ),
    (
        "ja",
        "電子署名者：山田 花子（Yamada Hanako）\n理由：この文書の内容を確認し、「承認」します。\n令和八年十一月二十二日、東京にて署名",
        Letters::Own,
    ),
    (
        "zh",
        "电子签名人：王小明（Wang Xiaoming）\n原因：我已审阅并批准此文件，同意发布。\n2026年11月22日 10:15，北京",
        Letters::Own,
    ),
    (
        "th",
        "ลงนามโดย สมชาย น้ำผึ้ง\nเหตุผล: ข้าพเจ้าอนุมัติเอกสารฉบับนี้ตามที่ได้ตกลงกันไว้แล้ว\nวันที่ ๒๒ พฤศจิกายน ๒๕๖๙ เวลา 10:15 UTC",
        Letters::Own,
    ),
    (
        "my",
        "လက်မှတ်ထိုးသူ မောင်မောင်ကြီး\nအကြောင်းရင်း- ဤစာရွက်စာတမ်းကို ကျွန်ုပ်အတည်ပြုပါသည်။\n၂၀၂၆ ခုနှစ် နိုဝင်ဘာ ၂၂ ရက်၊ 10:15 UTC",
        Letters::Own,
    ),
    (
        "ko",
        "전자 서명자: 김철수 (Kim Cheolsu)\n이 문서의 내용을 검토하였으며 승인합니다.\n2026년 11월 22일 10:15 UTC",
        Letters::Own,
    ),
    (
        "ar",
        "وقّعه رقميًا محمد عبد الله (M. Abdullah)\nالسبب: أوافق على هذا المستند\n٢٢ نوفمبر ٢٠٢٦، 10:15 UTC",
        Letters::Own,
    ),
    (
        "he",
        "נחתם דיגיטלית על ידי דוד כהן (D. Cohen)\nאני מאשר את המסמך הזה\n22 בנובמבר 2026, 10:15 UTC",
        Letters::Own,
    ),
];

#[derive(Clone, Copy, PartialEq)]
enum Letters {
    Latin,
    Own,
}

const ROTATIONS: [(PageRotation, u32); 4] = [
    (PageRotation::None, 0),
    (PageRotation::Quarter, 90),
    (PageRotation::Half, 180),
    (PageRotation::ThreeQuarters, 270),
];

/// Where the reader sees the drawing, and how large the page is that the reader sees.
const SEEN: Rectangle = Rectangle { x: 40.0, y: 60.0, width: 260.0, height: 84.0 };
const PAGE: Size = Size { width: 340.0, height: 200.0 };

/// What the QR code says.
const CODE: &str = "https://sign.example/7f3a";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: drawn_pages OUT LANGUAGE=FONT[#NUMBER] …")?);
    std::fs::create_dir_all(&out)?;
    let latin = Font::parse(chancery_font::latin())?;
    let mut fonts = Vec::new();
    for argument in arguments {
        let (language, path) = argument.split_once('=').ok_or("LANGUAGE=FONT")?;
        let (path, index) = path.split_once('#').unwrap_or((path, "0"));
        fonts.push((language.to_owned(), Font::parse_in_collection(std::fs::read(path)?, index.parse()?)?));
    }
    let image = Image::parse(&strokes()?)?;
    let mut table =
        String::from("file\trotation\tpage_width\tpage_height\tx\ty\twidth\theight\tlanguage\tqr\ttext\n");
    for (language, sample, letters) in SAMPLES {
        let own = fonts.iter().find(|(of, _)| of == language).map(|(_, font)| font);
        if own.is_none() && letters == Letters::Own {
            return Err(format!("no font is given for {language}").into());
        }
        for (rotation, degrees) in ROTATIONS {
            let text = own.into_iter().chain([&latin]).fold(Text::new(sample), Text::with_font);
            let text = text.with_language(language);
            let drawn = draw(rotation, &text, &image)?;
            let name = format!("{language}-{degrees}.pdf");
            std::fs::write(out.join(&name), pdf(&drawn, degrees))?;
            let Rectangle { x, y, width, height } = SEEN;
            let sample = sample.replace('\n', "\\n");
            let (across, up) = (PAGE.width, PAGE.height);
            writeln!(
                table,
                "{name}\t{degrees}\t{across}\t{up}\t{x}\t{y}\t{width}\t{height}\t{language}\t{CODE}\t{sample}"
            )?;
        }
    }
    std::fs::write(Path::new(&out).join("pages.tsv"), table)?;
    Ok(())
}

fn draw(rotation: PageRotation, text: &Text, image: &Image) -> Result<Drawn, Box<dyn Error>> {
    let mut drawing = Drawing::new(Size { width: SEEN.width, height: SEEN.height })?.on_page(rotation);
    let whole = drawing.rectangle();
    drawing.frame(whole, 0.75, Colour { red: 0, green: 80, blue: 160 })?;
    let (left, rest) = whole.inset(4.0).split_left(60.0);
    let (middle, right) = rest.split_left(rest.width - 60.0);
    drawing.image(left, image)?;
    drawing.qr_code(right, CODE)?;
    let text = text
        .clone()
        .with_size(11.0)
        .with_height_alignment(HeightAlignment::Middle)
        .with_fit(Fit::ShrinkTo(5.0));
    drawing.text(middle.inset(3.0), &text)?;
    let mut next = 9;
    Ok(drawing.finish(&mut || {
        next += 1;
        next
    })?)
}

/// A name written by hand, so to say: a blue curve on nothing, as PNG with alpha.
fn strokes() -> Result<Vec<u8>, Box<dyn Error>> {
    let (width, height) = (240_u32, 160_u32);
    let mut samples = vec![0_u8; 4 * 240 * 160];
    for step in 0..4000_u16 {
        let along = f32::from(step) / 4000.0;
        let x = 15.0 + 210.0 * along + 18.0 * (along * 40.0).cos();
        let y = 80.0 + 50.0 * (along * 23.0).sin() * (1.1 - along);
        for (pixel, colour) in samples.chunks_exact_mut(4).enumerate() {
            let (row, column) = (pixel / 240, pixel % 240);
            let distance = (column as f32 - x).hypot(row as f32 - y);
            let cover = if distance < 2.5 {
                255
            } else if distance < 3.5 {
                128
            } else {
                0
            };
            if cover > colour[3] {
                colour.copy_from_slice(&[20, 40, 140, cover]);
            }
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(file)
}

/// A page that is turned, with the drawing as the appearance of an annotation.
fn pdf(drawn: &Drawn, degrees: u32) -> Vec<u8> {
    let page = drawn.rotation.footprint(PAGE);
    // A page's box need not begin at the origin.
    let crop = Rectangle { x: 20.0, y: 10.0, width: page.width, height: page.height };
    let at = drawn.rotation.place(SEEN, crop);
    let mut objects: Vec<(u32, Vec<u8>)> = vec![
        (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec()),
        (
            3,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /CropBox [20 10 {} {}] /Rotate {degrees} /Annots [4 0 R] >>",
                page.width + 40.0,
                page.height + 20.0,
                page.width + 20.0,
                page.height + 10.0
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
