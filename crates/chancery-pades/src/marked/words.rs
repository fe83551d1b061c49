//! Words that can be drawn, wherever they come from.

use chancery_certificate::printable;
use chancery_drawing::{Font, Text};

/// Names and texts in files can be as long as the file.
const MOST_CHARACTERS: usize = 600;

/// The fonts for a picture.
pub(super) struct Words<'f> {
    fonts: &'f [Font],
}

impl<'f> Words<'f> {
    pub(super) const fn new(fonts: &'f [Font]) -> Self {
        Self { fonts }
    }

    /// A text with the fonts. What none of them has is written as `\u{4e2d}`, as is what misleads or is not seen.
    pub(super) fn text(&self, text: &str) -> Text {
        let shown = self.shown(text);
        self.fonts.iter().fold(Text::new(shown), Text::with_font)
    }

    /// The text as it is shown; nobody reads more of it than this.
    pub(super) fn shown(&self, text: &str) -> String {
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(end, _)| end);
        let (text, rest) = text.split_at(end);
        let mut shown = String::new();
        let more = if rest.is_empty() { "" } else { "..." };
        for character in printable(text).chars().chain(more.chars()) {
            if self.has(character) {
                shown.push(character);
            } else {
                shown.extend(character.escape_unicode());
            }
        }
        shown
    }

    /// Without a font there is Helvetica: the letters of Western Europe (Latin-1), which leave out the soft hyphen.
    fn has(&self, character: char) -> bool {
        if self.fonts.is_empty() {
            return matches!(character, ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{ff}' | '–' | '—' | '‘'..='’' | '“'..='”' | '…' | '€');
        }
        !matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{180e}'
        ) && self.fonts.iter().any(|font| font.covers(character))
    }
}

/// The words in lines of no more than so many characters, as long as there are lines left; longer words are cut.
pub(super) fn lines(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let gap = usize::from(room < width);
            if word.len() + gap > room && room < width {
                lines.push(String::new());
                room = width;
                continue;
            }
            let rest = word.split_off(word.len().min(room.saturating_sub(gap).max(1)));
            if let Some(line) = lines.last_mut() {
                line.extend(std::iter::repeat_n(' ', gap).chain(word.iter().copied()));
            }
            room = room.saturating_sub(gap + word.len());
            word = rest;
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_lines() {
        assert_eq!(lines("one two three", 7, 9), ["one two", "three"]);
        assert_eq!(lines("abcdefghij k", 4, 9), ["abcd", "efgh", "ij k"]);
        assert_eq!(lines("a abcdefgh", 4, 9), ["a", "abcd", "efgh"]);
        assert_eq!(lines("", 4, 9), [""]);
        assert_eq!(lines("a b c d", 1, 2), ["a", "b …"]);
    }

    #[test]
    fn what_cannot_be_shown_is_spelled() {
        let words = Words::new(&[]);
        assert_eq!(words.shown("Zoë 中\u{202e}\u{ad}–"), "Zoë \\u{4e2d}\\u{202e}\\u{ad}–");
    }
}
