//! The text that the appearance of a field draws (ISO 32000-2, 12.7.4.3): as much of content streams as that needs, and
//! nothing that could draw anything else.

use chancery_pdf::{Name, Object, PdfString};

/// What an appearance draws, in the order in which it stands there.
#[derive(Debug, Default, PartialEq)]
pub(super) struct DrawnText {
    /// The bytes of each string, and the font in which they are shown.
    pub(super) strings: Vec<(Option<Name>, Vec<u8>)>,
}

/// More operators than this draw more than a field holds.
const MAX_OPERATORS: usize = 100_000;
/// An operator takes at most six numbers, or one array.
const MAX_OPERANDS: usize = 8;
/// Borders, backgrounds, the marks of chosen lines and the lines between the letters of a comb.
const MAX_LINES: usize = 512;

impl DrawnText {
    /// Reads a content stream. `Err` names what a field does not need to show its text.
    pub(super) fn of(content: &[u8]) -> Result<Self, String> {
        let mut reader = Reader { rest: content };
        let mut text = Self::default();
        let (mut operands, mut font, mut fonts) = (Vec::new(), None, Vec::new());
        let (mut point, mut lines) = (None, 0);
        for _ in 0..MAX_OPERATORS {
            let operator = match reader.next()? {
                None => return Ok(text),
                Some(Token::Operand(_)) if operands.len() >= MAX_OPERANDS => {
                    return Err("an operator with too many operands".to_owned());
                }
                Some(Token::Operand(operand)) => {
                    operands.push(operand);
                    continue;
                }
                Some(Token::Operator(operator)) => operator,
            };
            match operator {
                b"q" => fonts.push(font.clone()),
                b"Q" => font = fonts.pop().unwrap_or_default(),
                b"Tf" => font = operands.first().and_then(Object::as_name).cloned(),
                b"Tj" | b"'" | b"\"" | b"TJ" => text.show(font.as_ref(), operands.last()),
                b"Tr" if !matches!(operands.as_slice(), [Object::Integer(0..=2)]) => {
                    return Err("text that nobody sees".to_owned());
                }
                // Straight lines only: others could draw letters.
                b"m" => point = coordinates(&operands),
                b"l" => {
                    let next = coordinates(&operands);
                    if !matches!((point, next), (Some(from), Some(to)) if is_border(from, to)) {
                        return Err("lines that are not straight".to_owned());
                    }
                    (point, lines) = (next, lines + 1);
                }
                b"re" => lines += 1,
                // Marks the content of a field, and nothing else: /OC would hide or show it.
                b"BMC" | b"BDC" if !marks_text(&operands) => {
                    return Err("content that may be hidden".to_owned());
                }
                known if HARMLESS.contains(&known) => {}
                other => return Err(format!("the operator {}", String::from_utf8_lossy(other))),
            }
            if lines > MAX_LINES {
                return Err("more lines than a field has".to_owned());
            }
            operands.clear();
        }
        Err("more operators than a field needs".to_owned())
    }

    fn show(&mut self, font: Option<&Name>, operand: Option<&Object>) {
        let strings = match operand {
            Some(Object::Array(parts)) => parts.as_slice(),
            Some(string) => std::slice::from_ref(string),
            None => &[],
        };
        let bytes = strings.iter().filter_map(Object::as_string).flat_map(PdfString::as_bytes);
        self.strings.push((font.cloned(), bytes.copied().collect()));
    }
}

/// Operators that place and colour text and lines, and those whose operands are looked at above (ISO 32000-2, annex A).
const HARMLESS: [&[u8]; 49] = [
    b"BT", b"ET", b"Tc", b"Tw", b"Tz", b"TL", b"Ts", b"Td", b"TD", b"Tm", b"T*", b"Tr", b"g", b"G", b"rg",
    b"RG", b"k", b"K", b"w", b"J", b"j", b"M", b"d", b"i", b"ri", b"h", b"S", b"s", b"f", b"F", b"f*", b"B",
    b"B*", b"b", b"b*", b"n", b"W", b"W*", b"cm", b"gs", b"cs", b"CS", b"sc", b"SC", b"BMC", b"BDC", b"EMC",
    b"BX", b"EX",
];

fn coordinates(operands: &[Object]) -> Option<[f64; 2]> {
    match operands {
        [x, y] => Some([x.as_number()?, y.as_number()?]),
        _ => None,
    }
}

/// Lines of borders lead straight up or aside, but for the corners of those that look raised.
fn is_border([x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> bool {
    let (across, up) = ((to_x - x).abs(), (to_y - y).abs());
    same(x, to_x) || same(y, to_y) || (same(across, up) && across <= CORNER)
}

/// The widest border of which anybody is known, in points.
const CORNER: f64 = 6.0;

/// A thousandth of a point is seen by nobody.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.001
}

fn marks_text(operands: &[Object]) -> bool {
    let tag = operands.first().and_then(Object::as_name).map(Name::as_bytes);
    let own = operands.get(1).is_none_or(|entries| entries.as_dictionary().is_some());
    own && matches!(tag, Some(b"Tx" | b"Span" | b"P" | b"Artifact"))
}

pub(super) enum Token<'c> {
    Operand(Object),
    Operator(&'c [u8]),
}

pub(super) struct Reader<'c> {
    pub(super) rest: &'c [u8],
}

impl<'c> Reader<'c> {
    pub(super) fn next(&mut self) -> Result<Option<Token<'c>>, String> {
        loop {
            match self.rest {
                [] => return Ok(None),
                [0 | b'\t' | b'\n' | 12 | b'\r' | b' ', rest @ ..] => self.rest = rest,
                [b'%', ..] => {
                    let end = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.rest = self.rest.get(end.unwrap_or(self.rest.len())..).unwrap_or_default();
                }
                [b'0'..=b'9' | b'+' | b'-' | b'.' | b'(' | b'<' | b'[' | b'/', ..] => {
                    let (operand, length) =
                        Object::parse(self.rest).map_err(|_| "something that cannot be read".to_owned())?;
                    self.rest = self.rest.get(length.max(1)..).unwrap_or_default();
                    return Ok(Some(Token::Operand(operand)));
                }
                _ => {
                    let ends = |byte: &u8| !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'\'' | b'"');
                    let length = self.rest.iter().position(ends).unwrap_or(self.rest.len()).max(1);
                    let (operator, rest) = self.rest.split_at(length);
                    self.rest = rest;
                    return Ok(Some(match operator {
                        b"true" => Token::Operand(Object::Boolean(true)),
                        b"false" => Token::Operand(Object::Boolean(false)),
                        b"null" => Token::Operand(Object::Null),
                        operator => Token::Operator(operator),
                    }));
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it stands")]
mod tests {
    use super::*;

    fn shown(content: &str) -> Result<String, String> {
        let text = DrawnText::of(content.as_bytes())?;
        Ok(text.strings.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect())
    }

    #[test]
    fn the_text_of_a_field_is_read_in_every_way_to_show_it() {
        let content = "/Tx BMC q 1 1 98 18 re W n BT /Helv 12 Tf 0 g 2 5 Td (Me) Tj [(r)-20(c)] TJ (y) ' 1 2 (!) \" ET Q EMC";
        assert_eq!(shown(content).unwrap(), "Mercy!");
        assert_eq!(shown("% (no)\n<4D65> Tj").unwrap(), "Me");
        assert_eq!(shown("").unwrap(), "");
        let text = DrawnText::of(b"q /A 1 Tf (a) Tj Q (b) Tj").unwrap();
        assert_eq!(text.strings[0].0, Some(Name::from("A")));
        assert_eq!(text.strings[1].0, None);
    }

    #[test]
    fn what_could_draw_something_else_is_named() {
        for content in [
            "/Im0 Do",
            "/P0 scn",
            "/S0 sh",
            "BI /W 1 ID x EI",
            "0 0 m 1 2 l S",
            "0 0 m 9 9 l S",
            "0 0 m 1 2 3 4 5 6 c f",
            "1 2 l",
            "3 Tr (hidden) Tj",
            "/OC /Layer BDC (x) Tj EMC",
            "/Span /Props BDC",
            "1 2 3 4 5 6 7 8 9 10 re",
            "(",
            ")",
            "0 0 100 100 d1",
        ] {
            assert!(DrawnText::of(content.as_bytes()).is_err(), "{content}");
        }
        assert!(DrawnText::of("0 0 1 1 re f ".repeat(513).as_bytes()).is_err());
        assert!(DrawnText::of("q ".repeat(100_001).as_bytes()).is_err());
        assert!(DrawnText::of("0 0 1 1 re f ".repeat(512).as_bytes()).is_ok());
    }
}
