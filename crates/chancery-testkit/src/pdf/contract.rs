//! A contract that people can read.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 72.0;
const TEXT_SIZE: f32 = 11.0;
const TITLE_SIZE: f32 = 18.0;
const LEADING: f32 = 15.0;

/// A document of A4 pages, usually one: the title, and the paragraphs below it in Helvetica, lines broken between
/// words. A classic cross-reference table, no compression; the same words make the same octets.
///
/// Characters outside of Latin-1 become question marks: the font is one that every viewer has, and has no others.
#[must_use]
pub fn contract_pdf(title: &str, paragraphs: &[&str]) -> Vec<u8> {
    let mut lines = paragraphs.iter().flat_map(|paragraph| wrapped(paragraph)).peekable();
    let mut contents = vec![page(Some(title), &mut lines)];
    while lines.peek().is_some() {
        contents.push(page(None, &mut lines));
    }
    document(title, contents)
}

/// Draws as many lines as fit onto a page.
fn page(title: Option<&str>, lines: &mut impl Iterator<Item = String>) -> Content {
    let mut content = Content::new();
    let mut y = HEIGHT - MARGIN;
    content.begin_text();
    if let Some(title) = title {
        content.set_font(Name(b"F1"), TITLE_SIZE).set_text_matrix([1.0, 0.0, 0.0, 1.0, MARGIN, y]);
        content.show(Str(&latin(title)));
        y -= 2.0 * LEADING;
    }
    content.set_font(Name(b"F1"), TEXT_SIZE);
    while y > MARGIN {
        let Some(line) = lines.next() else { break };
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, MARGIN, y]).show(Str(&latin(&line)));
        y -= LEADING;
    }
    content.end_text();
    content
}

fn document(title: &str, contents: Vec<Content>) -> Vec<u8> {
    let mut numbers = (1..).map(Ref::new);
    let mut next = || numbers.next().expect("as many numbers as objects");
    let (catalog, tree, font, info) = (next(), next(), next(), next());
    let pages: Vec<_> = contents.into_iter().map(|content| (next(), next(), content)).collect();

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("chancery-testkit"));
    let count = i32::try_from(pages.len()).expect("fewer pages than that");
    pdf.pages(tree).kids(pages.iter().map(|(page, ..)| *page)).count(count);
    pdf.type1_font(font).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
    for (number, content_number, content) in pages {
        let mut page = pdf.page(number);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(content_number);
        page.resources().fonts().pair(Name(b"F1"), font);
        page.finish();
        pdf.stream(content_number, &content.finish());
    }
    pdf.finish()
}

/// The text in WinAnsiEncoding, which is Latin-1 where it is printable.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(character).ok().filter(|octet| *octet >= 32).unwrap_or(b'?'))
        .collect()
}

/// The lines of a paragraph, and an empty one after it.
fn wrapped(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer) <= WIDTH - 2.0 * MARGIN || line.is_empty() {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.push(String::new());
    lines
}

fn width(text: &str) -> f32 {
    let thousandths: u32 = text.chars().map(|character| u32::from(glyph_width(character))).sum();
    // Exact up to 16 million thousandths; a line has fewer.
    f32::from(u16::try_from(thousandths).unwrap_or(u16::MAX)) / 1000.0 * TEXT_SIZE
}

/// Widths of Helvetica in thousandths of the size, from Adobe's font metrics (Core 14 AFM), in a few steps:
/// enough to break lines.
fn glyph_width(character: char) -> u16 {
    match character {
        'i' | 'j' | 'l' | '\'' => 222,
        ' ' | 'f' | 't' | 'I' | '.' | ',' | ':' | ';' | '!' | '/' => 278,
        'r' | '(' | ')' | '-' => 333,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500,
        'm' | 'M' => 833,
        'w' | 'C' | 'D' | 'H' | 'N' | 'R' | 'U' => 722,
        'W' => 944,
        'G' | 'O' | 'Q' => 778,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 667,
        'F' | 'T' | 'Z' => 611,
        _ => 556,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_go_on_another_page() {
        let paragraph =
            "The party of the first part shall be known as the party of the first part. ".repeat(90);
        let long = contract_pdf("Long", &[&paragraph]);
        let text = String::from_utf8_lossy(&long).into_owned();
        assert_eq!(text.matches("/Type /Page\n").count(), 2, "{text}");
        let short = String::from_utf8_lossy(&contract_pdf("Short", &["One line."])).into_owned();
        assert_eq!(short.matches("/Type /Page\n").count(), 1);
        assert!(short.contains("(One line.)"));
    }

    #[test]
    fn no_line_is_wider_than_the_page_allows() {
        for line in wrapped(&"Whereas the undersigned Willingly Waives Wages ".repeat(20)) {
            assert!(width(&line) <= WIDTH - 2.0 * MARGIN, "{line}");
        }
        assert_eq!(wrapped("a  b\nc"), ["a b c", ""]);
    }

    #[test]
    fn foreign_letters_become_question_marks() {
        assert_eq!(latin("Äh 契約\n"), b"\xc4h ???");
    }
}
