//! The plain form of an appearance that every product writes (ISO 32000-2, 12.7.4.3), and no other: only of this form can
//! be said what people see. All text has the colour that was signed, lies within its box, and follows in reading order.

use chancery_pdf::{Name, Object, PdfString};

use super::drawn_text::{Reader, Token};
use super::style::{SMALLEST, can_be_read, colour, colour_of, is_same_colour};
use super::values::number;

/// What was signed of the widget that is drawn.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Left, bottom, right, top.
    pub(super) bounds: [f64; 4],
    /// The colour of `/DA`.
    pub(super) colour: [f64; 3],
    /// `/BG` and `/BC` of `/MK` (table 192).
    pub(super) background: Option<[f64; 3]>,
    pub(super) border: Option<[f64; 3]>,
    /// Whether each letter stands in a cell of its own.
    pub(super) spacing: Spacing,
}

/// How letters follow each other.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Spacing {
    /// A gap between them is a space.
    Words,
    /// Each stands in a cell.
    Comb,
}

/// A letter that a code of a font shows, and how far it goes on, in thousandths of the size.
pub(super) type Letters<'l> = dyn Fn(&Name, u8) -> Option<(char, f64)> + 'l;

/// The text that people see, with its spaces and lines; `None` if that cannot be told for sure.
pub(super) fn text(content: &[u8], frame: &Frame, letters: &Letters<'_>) -> Option<String> {
    if !can_be_read(frame.colour, frame.background.unwrap_or([1.0; 3])) {
        return None;
    }
    let mut drawing = Drawing::new(frame, letters);
    let mut reader = Reader { rest: content };
    let mut operands = Vec::new();
    loop {
        match reader.next().ok()? {
            None => break,
            Some(Token::Operand(operand)) => operands.push(operand),
            Some(Token::Operator(operator)) => {
                drawing.apply(operator, &operands)?;
                operands.clear();
            }
        }
        if operands.len() > MAX_OPERANDS {
            return None;
        }
    }
    let ended = operands.is_empty() && drawing.within == Within::Page && drawing.saved.is_empty();
    (ended && drawing.path.is_none()).then_some(drawing.text)
}

const MAX_OPERANDS: usize = 6;
/// States are saved no deeper.
const MAX_SAVED: usize = 8;
/// The widest border of which anybody is known, in points.
const WIDEST: f64 = 3.0;
/// Rounded numbers, in points.
const ROUNDED: f64 = 0.01;
/// In parts of the size: how high letters stand, how deep a comma hangs, how far letters may move together or apart.
const HEIGHT: f64 = 0.718;
const DEPTH: f64 = 0.1;
const KERNING: f64 = 0.15;
const GAP: f64 = 0.25;

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Within {
    Page,
    Text,
}

/// The state that `q` saves.
#[derive(Clone)]
struct State {
    fill: [f64; 3],
    stroke: [f64; 3],
    width: f64,
    clip: [f64; 4],
    font: Option<Name>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    leading: f64,
}

struct Drawing<'l> {
    frame: &'l Frame,
    letters: &'l Letters<'l>,
    state: State,
    saved: Vec<State>,
    within: Within,
    marked: Marked,
    /// The rectangle that is the path, and whether it is to clip.
    path: Option<([f64; 4], bool)>,
    clipped: bool,
    /// What the border leaves free.
    free: [f64; 4],
    scale: f64,
    line: [f64; 2],
    pen: [f64; 2],
    /// Where the last letter ended.
    last: Option<[f64; 2]>,
    text: String,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Marked {
    NotYet,
    Now,
    Before,
}

impl<'l> Drawing<'l> {
    const fn new(frame: &'l Frame, letters: &'l Letters<'l>) -> Self {
        let state = State {
            fill: [0.0; 3],
            stroke: [0.0; 3],
            width: 1.0,
            clip: frame.bounds,
            font: None,
            size: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            leading: 0.0,
        };
        Self {
            frame,
            letters,
            state,
            saved: Vec::new(),
            within: Within::Page,
            marked: Marked::NotYet,
            path: None,
            clipped: false,
            free: frame.bounds,
            scale: 1.0,
            line: [0.0; 2],
            pen: [0.0; 2],
            last: None,
            text: String::new(),
        }
    }

    fn apply(&mut self, operator: &[u8], operands: &[Object]) -> Option<()> {
        let numbers: Option<Vec<f64>> = operands.iter().map(number).collect();
        let numbers = numbers.as_deref();
        if self.path.is_some() && !matches!(operator, b"W" | b"n" | b"f" | b"S" | b"s") {
            return None;
        }
        match (self.within, operator, operands, numbers) {
            (Within::Page, b"q", [], _) if self.saved.len() < MAX_SAVED => {
                self.saved.push(self.state.clone());
            }
            (Within::Page, b"Q", [], _) => self.state = self.saved.pop()?,
            (_, b"g" | b"rg" | b"k", ..) => self.state.fill = colour_of(operator, operands)?,
            (_, b"G", [_], _) | (_, b"RG", [_, _, _], _) | (_, b"K", [_, _, _, _], _) => {
                self.state.stroke = colour(operands)?;
            }
            (_, b"w", _, Some([width])) if *width >= 0.0 => self.state.width = *width,
            (Within::Page, b"BMC", [Object::Name(tag)], _)
                if *tag == "Tx" && self.marked == Marked::NotYet =>
            {
                self.marked = Marked::Now;
            }
            (Within::Page, b"EMC", [], _) if self.marked == Marked::Now => self.marked = Marked::Before,
            (Within::Page, ..) if is_path(operator) => self.path(operator, operands, numbers)?,
            (Within::Page, b"BT", [], _) => {
                (self.within, self.scale, self.line, self.pen) = (Within::Text, 1.0, [0.0; 2], [0.0; 2]);
            }
            (Within::Text, b"ET", [], _) => self.within = Within::Page,
            (_, b"Tf", [Object::Name(font), size], _) => {
                self.state.font = Some(font.clone());
                self.state.size = number(size)?;
            }
            (_, b"Tc", _, Some([space])) if *space >= 0.0 => self.state.letter_space = *space,
            (_, b"Tw", _, Some([space])) if *space >= 0.0 => self.state.word_space = *space,
            (_, b"TL", _, Some([leading])) => self.state.leading = *leading,
            (Within::Text, b"Td", _, Some([x, y])) => self.advance(*x, *y),
            (Within::Text, b"TD", _, Some([x, y])) => {
                self.state.leading = -y;
                self.advance(*x, *y);
            }
            (Within::Text, b"T*", [], _) => self.advance(0.0, -self.state.leading),
            (Within::Text, b"Tm", _, Some([scale, 0.0, 0.0, same, x, y]))
                if *scale > 0.0 && scale == same =>
            {
                (self.scale, self.line, self.pen) = (*scale, [*x, *y], [*x, *y]);
            }
            (Within::Text, b"Tj", [Object::String(string)], _) => self.show(string)?,
            (Within::Text, b"'", [Object::String(string)], _) => {
                self.advance(0.0, -self.state.leading);
                self.show(string)?;
            }
            (Within::Text, b"TJ", [Object::Array(parts)], _) => {
                for part in parts {
                    match part {
                        Object::String(string) => self.show(string)?,
                        gap => self.pen[0] -= number(gap)? / 1000.0 * self.state.size * self.scale,
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Backgrounds and borders before any text, and one clip.
    fn path(&mut self, operator: &[u8], operands: &[Object], numbers: Option<&[f64]>) -> Option<()> {
        let Self { frame, state, .. } = self;
        match (operator, self.path, numbers) {
            (b"re", None, Some([x, y, width, height])) if *width > 0.0 && *height > 0.0 => {
                self.path = Some(([*x, *y, x + width, y + height], false));
                return Some(());
            }
            (b"W", Some((path, false)), _) if operands.is_empty() && !self.clipped => {
                self.path = Some((path, true));
                return Some(());
            }
            (b"n", Some((_, false)), _) => {}
            (b"n", Some((path, true)), _) => {
                self.clipped = true;
                state.clip = common(state.clip, path);
            }
            (b"f", Some((_, false)), _) if self.text.is_empty() => {
                frame.background.filter(|background| is_same_colour(*background, state.fill))?;
            }
            (b"S" | b"s", Some((path, false)), _) if self.text.is_empty() && state.width <= WIDEST => {
                frame.border.filter(|border| is_same_colour(*border, state.stroke))?;
                let near = path.iter().zip(frame.bounds).all(|(line, bound)| (line - bound).abs() <= WIDEST);
                let half = state.width / 2.0;
                let [left, bottom, right, top] = path;
                self.free = common(self.free, [left + half, bottom + half, right - half, top - half]);
                near.then_some(())?;
            }
            _ => return None,
        }
        self.path = None;
        operands.is_empty().then_some(())
    }

    fn advance(&mut self, x: f64, y: f64) {
        self.line = [self.line[0] + x * self.scale, self.line[1] + y * self.scale];
        self.pen = self.line;
    }

    /// Shows a string, if all of it can be seen, and nothing was shown where it lies or after it.
    fn show(&mut self, string: &PdfString) -> Option<()> {
        if string.as_bytes().is_empty() {
            return Some(());
        }
        let Self { frame, state, .. } = self;
        let size = state.size * self.scale;
        let [left, bottom, right, top] = common(state.clip, self.free);
        let [x, y] = self.pen;
        let visible = size >= SMALLEST
            && x >= left - ROUNDED
            && y - DEPTH * size >= bottom - ROUNDED
            && y + HEIGHT * size <= top + ROUNDED
            && is_same_colour(state.fill, frame.colour);
        if !visible {
            return None;
        }
        if let Some([last_x, last_y]) = self.last {
            if (y - last_y).abs() <= ROUNDED {
                let gap = (x - last_x) / size;
                match frame.spacing {
                    _ if gap < -KERNING => return None,
                    Spacing::Words if gap > GAP => self.text.push(' '),
                    _ => {}
                }
            } else if y <= last_y - HEIGHT * size {
                self.text.push('\n');
            } else {
                return None;
            }
        }
        if frame.spacing == Spacing::Words && state.letter_space > GAP * state.size {
            return None;
        }
        let font = state.font.as_ref()?;
        for code in string.as_bytes() {
            let (letter, advance) = (self.letters)(font, *code)?;
            self.text.push(letter);
            let word = if *code == b' ' { state.word_space } else { 0.0 };
            self.pen[0] += (advance / 1000.0 * state.size + state.letter_space + word) * self.scale;
        }
        self.last = Some(self.pen);
        (self.pen[0] - state.letter_space * self.scale <= right + ROUNDED).then_some(())
    }
}

fn is_path(operator: &[u8]) -> bool {
    matches!(operator, b"re" | b"W" | b"n" | b"f" | b"S" | b"s")
}

/// What lies in two rectangles.
const fn common(one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
    [one[0].max(other[0]), one[1].max(other[1]), one[2].min(other[2]), one[3].min(other[3])]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(content: &str) -> Option<String> {
        let frame = Frame {
            bounds: [0.0, 0.0, 200.0, 20.0],
            colour: [0.0; 3],
            background: Some([1.0, 1.0, 0.8]),
            border: Some([0.5; 3]),
            spacing: Spacing::Words,
        };
        let letters = |font: &Name, code: u8| (*font == "Helv").then(|| (char::from(code), 556.0));
        text(content.as_bytes(), &frame, &letters)
    }

    #[test]
    fn what_products_write_is_plain() {
        for (content, wanted) in [
            ("", ""),
            ("/Tx BMC EMC", ""),
            ("/Tx BMC q BT 0 g /Helv 12 Tf 2 5.2 Td (x) Tj ET Q EMC", "x"),
            ("/Tx BMC q 1 1 198 18 re W n BT /Helv 12 Tf 0 g 2 5.2 Td (x y) Tj ET Q EMC", "x y"),
            (
                "1 1 .8 rg 0 0 200 20 re f .5 G 1 w .5 .5 199 19 re S /Tx BMC q BT 0 g /Helv 9 Tf 3 6 Td (x) Tj ET Q EMC",
                "x",
            ),
            ("BT /Helv 8 Tf 1 0 0 1 2 5 Tm [(A) 80 (B) -300 (C)] TJ ET", "AB C"),
            ("BT /Helv 8 Tf 8 TL 2 11 Td (A) Tj T* (B) Tj ET", "A\nB"),
            ("BT /Helv 8 Tf 2 5 Td (A) Tj 9 0 Td (B) Tj ET", "A B"),
            ("q BT /Helv 8 Tf 2 5 Td (A) Tj ET Q 0 0 0 rg", "A"),
        ] {
            assert_eq!(seen(content).as_deref(), Some(wanted), "{content}");
        }
    }

    #[test]
    fn what_may_be_seen_in_another_way_is_not_plain() {
        for content in [
            "BT /Helv 12 Tf 10 5 Td (100) Tj -8 0 Td (9) Tj ET",
            "BT /Helv 12 Tf -7 5 Td (1) Tj ET",
            "BT /Helv 12 Tf 190 5 Td (19) Tj ET",
            "BT /Helv 12 Tf 2 15 Td (1) Tj ET",
            "BT /Helv 12 Tf 2 -3 Td (1) Tj ET",
            "10 0 190 20 re W n BT /Helv 12 Tf 2 5 Td (1) Tj ET",
            "1 1 9 9 re W n 2 2 9 9 re W n",
            "BT /Helv 12 Tf 1 g 2 5 Td (1) Tj ET",
            "BT /Helv 12 Tf 2 5 Td 0 Tz (1) Tj ET",
            "BT /Helv 12 Tf 2 5 Td 2 Tr (1) Tj ET",
            "BT /Helv 12 Tf 2 5 Td 5 Ts (1) Tj ET",
            "BT /Helv 12 Tf 2 5 Td /G gs (1) Tj ET",
            "/Tx <<>> /OC /L BDC BT /Helv 12 Tf 2 5 Td (1) Tj ET EMC",
            "/Tx /OC BMC EMC",
            "/OC BMC EMC",
            "BT /Helv /Evil 12 Tf 2 5 Td (1) Tj ET",
            "BT /Evil 12 Tf 2 5 Td (1) Tj ET",
            "BT /Helv 0.001 Tf 2 5 Td (1) Tj ET",
            "BT /Helv 0 Tf 2 5 Td (1) Tj ET",
            "BT 12 Tf 2 5 Td (1) Tj ET",
            "BT /Helv 12 Tf 2 5 Td (9) (1) Tj ET",
            "BT /Helv 12 Tf 1 0 0 -1 2 5 Tm (1) Tj ET",
            "BT /Helv 12 Tf -1 0 0 1 20 5 Tm (1) Tj ET",
            "BT /Helv 12 Tf .1 0 0 .1 2 5 Tm (1) Tj ET",
            "BT /Helv 12 Tf 2 5 Td [(1) 600 (9)] TJ ET",
            "BT /Helv 12 Tf 2 5 Td 9 Tc (19) Tj ET",
            "BT /Helv 12 Tf 2 5 Td -9 Tc (19) Tj ET",
            "BT /Helv 8 Tf 2 5 Td (1) Tj 0 3 Td (9) Tj ET",
            "1 1 .8 rg 0 0 9 9 re f 0 g BT /Helv 12 Tf 2 5 Td (1) Tj ET 1 1 .8 rg 0 0 9 9 re f",
            "0 0 9 9 re f",
            "0.5 G 50 w 0 0 200 20 re S",
            "0.5 G 50 0 9 9 re S",
            "0 0 m 9 0 l S",
            "1 0 0 1 0 0 cm",
            "q",
            "Q",
            "BT",
            "7",
            "(x) Tj",
            "/Im Do",
            "BI /W 1 ID x EI",
        ] {
            assert_eq!(seen(content), None, "{content}");
        }
    }
}
