//! Signed pages with what people see of a signature, in eleven languages, on pages of all rotations, and a table of
//! what must be seen on each. `.ci/judges rendered` shows them to two renderers.
//!
//! `cargo run -p chancery-pades --example visible_pages -- OUT th=NotoSansThai-Regular.ttf ja=NotoSansCJK.ttc#0 …`
//!
//! A font for each language that needs one, of a collection by its number; Latin comes from `chancery-font`.

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use chancery_drawing::{
    Colour, Drawing, DrawingError, Fit, Font, HeightAlignment, Image, Rectangle, Size, Text,
};
use chancery_key::KeyKind;
use chancery_pades::{Appearance, PdfSigner, Place, SignatureMeaning};
use chancery_testkit::TestPki;
use jiff::Timestamp;

/// What is said in a language.
struct Sample {
    language: &'static str,
    letters: Letters,
    name: &'static str,
    role: &'static str,
    meaning: &'static str,
    /// A text of the caller's own.
    text: &'static str,
}

/// Whether those of `chancery-font` suffice.
#[derive(Clone, Copy, PartialEq)]
enum Letters {
    Latin,
    Own,
}

const SAMPLES: [Sample; 11] = [
    Sample {
        language: "en",
        letters: Letters::Latin,
        name: "Dr. Zoë O’Hara",
        role: "Head of Quality",
        meaning: "I approve this report for release.",
        text: "Digitally signed by Zoë O’Hara\nI approve this document for release\n22 November 2026, 10:15 UTC",
    },
    Sample {
        language: "es",
        letters: Letters::Latin,
        name: "José Muñoz Ibáñez",
        role: "Responsable de calidad",
        meaning: "Apruebo la publicación de este informe.",
        text: "Firmado digitalmente por José Muñoz Ibáñez\n¿Conforme? ¡Sí! Apruebo este documento\n22 de noviembre de 2026, 10:15 UTC",
    },
    Sample {
        language: "pt",
        letters: Letters::Latin,
        name: "João Conceição",
        role: "Responsável técnico",
        meaning: "Aprovo a publicação deste relatório.",
        text: "Assinado digitalmente por João Conceição\nAprovo a publicação deste documento\n22 de novembro de 2026, 10:15 UTC",
    },
    Sample {
        language: "vi",
        letters: Letters::Latin,
        name: "Nguyễn Thị Hằng",
        role: "Trưởng phòng Chất lượng",
        meaning: "Tôi phê duyệt báo cáo này để ban hành.",
        text: "Được ký điện tử bởi Nguyễn Thị Hằng\nTôi phê duyệt tài liệu này để ban hành\nNgày 22 tháng 11 năm 2026, 10:15 UTC",
    },
    Sample {
        language: "ja",
        letters: Letters::Own,
        name: "山田 花子（Yamada Hanako）",
        role: "品質保証部長",
        meaning: "この報告書の内容を確認し、「承認」します。",
        text: "電子署名者：山田 花子（Yamada Hanako）\n理由：この文書の内容を確認し、「承認」します。\n令和八年十一月二十二日、東京にて署名",
    },
    Sample {
        language: "zh",
        letters: Letters::Own,
        name: "王小明（Wang Xiaoming）",
        role: "质量部经理",
        meaning: "我已审阅并批准此报告，同意发布。",
        text: "电子签名人：王小明（Wang Xiaoming）\n原因：我已审阅并批准此文件，同意发布。\n2026年11月22日 10:15，北京",
    },
    Sample {
        language: "th",
        letters: Letters::Own,
        name: "สมชาย น้ำผึ้ง",
        role: "หัวหน้าฝ่ายคุณภาพ",
        meaning: "ข้าพเจ้าอนุมัติรายงานฉบับนี้ตามที่ได้ตกลงกันไว้แล้ว",
        text: "ลงนามโดย สมชาย น้ำผึ้ง\nเหตุผล: ข้าพเจ้าอนุมัติเอกสารฉบับนี้ตามที่ได้ตกลงกันไว้แล้ว\nวันที่ ๒๒ พฤศจิกายน ๒๕๖๙ เวลา 10:15 UTC",
    },
    Sample {
        language: "my",
        letters: Letters::Own,
        name: "မောင်မောင်ကြီး",
        role: "အရည်အသွေးဌာနမှူး",
        meaning: "ဤအစီရင်ခံစာကို ကျွန်ုပ်အတည်ပြုပါသည်။",
        text: "လက်မှတ်ထိုးသူ မောင်မောင်ကြီး\nအကြောင်းရင်း- ဤစာရွက်စာတမ်းကို ကျွန်ုပ်အတည်ပြုပါသည်။\n၂၀၂၆ ခုနှစ် နိုဝင်ဘာ ၂၂ ရက်၊ 10:15 UTC",
    },
    Sample {
        language: "ko",
        letters: Letters::Own,
        name: "김철수 (Kim Cheolsu)",
        role: "품질보증부장",
        meaning: "이 보고서의 내용을 검토하였으며 승인합니다.",
        text: "전자 서명자: 김철수 (Kim Cheolsu)\n이 문서의 내용을 검토하였으며 승인합니다.\n2026년 11월 22일 10:15 UTC",
    },
    Sample {
        language: "ar",
        letters: Letters::Own,
        name: "د. محمد عبد الله",
        role: "رئيس قسم الجودة",
        meaning: "أوافق على إصدار هذا التقرير.",
        text: "وقّعه رقميًا محمد عبد الله (M. Abdullah)\nالسبب: أوافق على هذا المستند\n٢٢ نوفمبر ٢٠٢٦، 10:15 UTC",
    },
    Sample {
        language: "he",
        letters: Letters::Own,
        name: "ד״ר דוד כהן",
        role: "ראש אגף האיכות",
        meaning: "אני מאשר את פרסום הדוח הזה.",
        text: "נחתם דיגיטלית על ידי דוד כהן (D. Cohen)\nאני מאשר את המסמך הזה\n22 בנובמבר 2026, 10:15 UTC",
    },
];

/// What is seen of a signature.
#[derive(Clone, Copy)]
enum Kind {
    /// The statement of 21 CFR 11.50 with a handwritten name beside it, as `Appearance` lays them out.
    Meaning,
    /// A drawing of the caller's own: frame, image, text, QR code.
    Drawing,
}

/// Where the reader sees the signature, and how large the page is that the reader sees.
const SEEN: Rectangle = Rectangle { x: 40.0, y: 60.0, width: 260.0, height: 84.0 };
const PAGE: Size = Size { width: 340.0, height: 200.0 };

/// What the QR code says.
const CODE: &str = "https://sign.example/7f3a";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: visible_pages OUT LANGUAGE=FONT[#NUMBER] …")?);
    std::fs::create_dir_all(&out)?;
    let latin = Font::parse(chancery_font::latin())?;
    let mut fonts = Vec::new();
    for argument in arguments {
        let (language, path) = argument.split_once('=').ok_or("LANGUAGE=FONT")?;
        let (path, index) = path.split_once('#').unwrap_or((path, "0"));
        fonts.push((language.to_owned(), Font::parse_in_collection(std::fs::read(path)?, index.parse()?)?));
    }
    let image = Image::parse(&handwriting()?)?;
    let now: Timestamp = "2026-11-22T10:15:00Z".parse()?;
    let alice = TestPki::at(now).signer("Alice", KeyKind::P256);

    let mut table = String::from(
        "file\tkind\trotation\tpage_width\tpage_height\tx\ty\twidth\theight\tlanguage\tqr\ttext\n",
    );
    for sample in &SAMPLES {
        let own =
            fonts.iter().find(|(language, _)| language == sample.language).map(|(_, font)| font.clone());
        if own.is_none() && sample.letters == Letters::Own {
            return Err(format!("no font is given for {}", sample.language).into());
        }
        let fonts: Vec<Font> = own.into_iter().chain([latin.clone()]).collect();
        for rotation in [0, 90, 180, 270] {
            for kind in [Kind::Meaning, Kind::Drawing] {
                let (word, code, said) = match kind {
                    Kind::Meaning => {
                        let Sample { name, role, meaning, .. } = sample;
                        ("meaning", "", format!("{name}\n{role}\n{meaning}\n2026-11-22 10:15:00 +00:00"))
                    }
                    Kind::Drawing => ("drawing", CODE, sample.text.to_owned()),
                };
                let meaning = SignatureMeaning::new(sample.name, sample.meaning).role(sample.role);
                let appearance = appearance(kind, sample, &fonts, &image);
                let signer = PdfSigner::new(&alice, now).appearance(appearance);
                let signer = if word == "meaning" { signer.meaning(meaning) } else { signer };
                let name = format!("{}-{word}-{rotation}.pdf", sample.language);
                std::fs::write(out.join(&name), signer.sign(&page(rotation))?.to_vec()?)?;
                let (Size { width: across, height: up }, Rectangle { x, y, width, height }) = (PAGE, SEEN);
                write!(table, "{name}\t{word}\t{rotation}\t{across}\t{up}\t{x}\t{y}\t{width}\t{height}\t")?;
                writeln!(table, "{}\t{code}\t{}", sample.language, said.replace('\n', "\\n"))?;
            }
        }
    }
    std::fs::write(out.join("pages.tsv"), table)?;
    Ok(())
}

fn appearance(kind: Kind, sample: &Sample, fonts: &[Font], image: &Image) -> Appearance {
    let appearance = Appearance::at(Place::on_page(0).at(SEEN)).language(sample.language);
    match kind {
        Kind::Meaning => fonts.iter().fold(appearance.image(image.clone()), Appearance::font),
        Kind::Drawing => {
            let text = fonts.iter().fold(Text::new(sample.text), Text::with_font);
            let (text, image) = (text.with_language(sample.language), image.clone());
            appearance.drawing(move |drawing| draw(drawing, &text, &image))
        }
    }
}

fn draw(drawing: &mut Drawing, text: &Text, image: &Image) -> Result<(), DrawingError> {
    let whole = drawing.rectangle();
    drawing.frame(whole, 0.75, Colour { red: 0, green: 80, blue: 160 })?;
    let (left, rest) = whole.inset(4.0).split_left(60.0);
    let (middle, right) = rest.split_left(rest.width - 60.0);
    drawing.image(left, image)?;
    drawing.qr_code(right, CODE)?;
    let text = text.clone().with_size(11.0).with_height_alignment(HeightAlignment::Middle);
    drawing.text(middle.inset(3.0), &text.with_fit(Fit::ShrinkTo(5.0)))?;
    Ok(())
}

/// A name written by hand, so to say: a blue curve on nothing, as PNG with alpha.
fn handwriting() -> Result<Vec<u8>, Box<dyn Error>> {
    const WIDTH: u16 = 480;
    const HEIGHT: u16 = 220;
    let mut samples = vec![0_u8; 4 * usize::from(WIDTH) * usize::from(HEIGHT)];
    for step in 0..4000_u16 {
        let along = f32::from(step) / 4000.0;
        let x = 40.0 + 400.0 * along + 36.0 * (along * 40.0).cos();
        let y = 110.0 + 90.0 * (along * 23.0).sin() * (1.1 - along);
        for row in (0..HEIGHT).filter(|row| (f32::from(*row) - y).abs() < 7.0) {
            for column in (0..WIDTH).filter(|column| (f32::from(*column) - x).abs() < 7.0) {
                let distance = (f32::from(column) - x).hypot(f32::from(row) - y);
                let cover = match distance {
                    ..5.0 => 255,
                    ..6.0 => 128,
                    _ => 0,
                };
                let at = 4 * (usize::from(row) * usize::from(WIDTH) + usize::from(column));
                if cover > samples[at + 3] {
                    samples[at..at + 4].copy_from_slice(&[20, 40, 140, cover]);
                }
            }
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::from(WIDTH), u32::from(HEIGHT));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(file)
}

/// An empty page that is turned, and whose box does not begin at the origin.
fn page(rotation: u32) -> Vec<u8> {
    let (width, height) =
        if rotation.is_multiple_of(180) { (PAGE.width, PAGE.height) } else { (PAGE.height, PAGE.width) };
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /CropBox [20 10 {} {}] /Rotate {rotation} >>",
        width + 40.0,
        height + 20.0,
        width + 20.0,
        height + 10.0
    );
    let objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &page];
    let mut file = String::from("%PDF-1.7\n");
    let mut entries = String::new();
    for (number, object) in (1..).zip(objects) {
        entries += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let section = file.len();
    file += &format!("xref\n0 4\n0000000000 65535 f \n{entries}");
    file += &format!("trailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n{section}\n%%EOF\n");
    file.into_bytes()
}
