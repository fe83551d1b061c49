//! A text and how it shall look.

use unicode_script::{Script, UnicodeScript};

use crate::colour::Colour;
use crate::error::DrawingError;
use crate::font::Font;
use crate::geometry::within;
use crate::limits;

/// A text and how it shall look: lines of any script, broken where they must be.
///
/// Without a font it is drawn in Helvetica, which has the letters of Western Europe and is not embedded. Given
/// fonts, each character is drawn in the first one that has it; Helvetica is then not used.
///
/// ```
/// use chancery_drawing::{Alignment, Text};
///
/// let text = Text::new("Signed by Zoë Müller\n22 November 2026").with_size(9.0).with_alignment(Alignment::Centre);
/// # let _ = text;
/// ```
#[derive(Debug, Clone)]
pub struct Text {
    pub(crate) content: String,
    pub(crate) fonts: Vec<Font>,
    pub(crate) size: f32,
    pub(crate) alignment: Alignment,
    pub(crate) height: HeightAlignment,
    pub(crate) colour: Colour,
    pub(crate) language: Option<String>,
    pub(crate) fit: Fit,
}

/// Where a line stands between the left and the right edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// Where reading begins: left, or right in lines of Arabic or Hebrew.
    #[default]
    Start,
    /// In the middle.
    Centre,
    /// Where reading ends.
    End,
}

/// Where the lines stand between the upper and the lower edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeightAlignment {
    /// At the upper edge.
    #[default]
    Top,
    /// In the middle.
    Middle,
    /// At the lower edge.
    Bottom,
}

/// What happens to text that is too much for its rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Fit {
    /// It is refused.
    #[default]
    Refuse,
    /// It gets smaller, in steps of a twentieth, but not below this size in points; then it is refused.
    ShrinkTo(f32),
}

impl Text {
    /// A text of 10 points in black. `\n` begins a new line. In Thai, Lao, Khmer and Burmese, U+200B says where a word
    /// ends and a line may; without it, words that do not fit are broken between syllables.
    pub fn new(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            fonts: Vec::new(),
            size: 10.0,
            alignment: Alignment::default(),
            height: HeightAlignment::default(),
            colour: Colour::BLACK,
            language: None,
            fit: Fit::default(),
        }
    }

    /// With one more font, asked for the characters that those before do not have.
    #[must_use]
    pub fn with_font(mut self, font: &Font) -> Self {
        self.fonts.push(font.clone());
        self
    }

    /// With a font size, in points.
    #[must_use]
    pub fn with_size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    /// With lines that stand left, right or in the middle.
    #[must_use]
    pub fn with_alignment(mut self, alignment: Alignment) -> Self {
        self.alignment = alignment;
        self
    }

    /// With lines that stand at the top, at the bottom or in the middle.
    #[must_use]
    pub fn with_height_alignment(mut self, alignment: HeightAlignment) -> Self {
        self.height = alignment;
        self
    }

    /// With a colour.
    #[must_use]
    pub fn with_colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// With the language as a tag of BCP 47 (`ja`, `pt-BR`, `zh-Hant`). Readers aloud need it, and fonts that
    /// serve several languages choose by it how a character looks. Lines of Korean (`ko`) end at spaces.
    #[must_use]
    pub fn with_language(mut self, tag: impl Into<String>) -> Self {
        self.language = Some(tag.into());
        self
    }

    /// With what shall happen if it is too much.
    #[must_use]
    pub fn with_fit(mut self, fit: Fit) -> Self {
        self.fit = fit;
        self
    }

    pub(crate) fn check(&self) -> Result<(), DrawingError> {
        let counted = |what, unit, found: usize, most: usize| {
            if found <= most {
                return Ok(());
            }
            Err(DrawingError::TooLarge { what, unit, found: found as u64, most: most as u64 })
        };
        counted("text", "bytes", self.content.len(), limits::TEXT_BYTES)?;
        counted("text", "fonts", self.fonts.len(), limits::FONTS)?;
        within("the font size", self.size, 0.1, limits::FONT_SIZE)?;
        if let Fit::ShrinkTo(least) = self.fit {
            within("the smallest font size", least, 0.1, limits::FONT_SIZE)?;
        }
        if let Some(tag) = &self.language {
            let sound = |part: &str| {
                (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            };
            if tag.len() > 35 || !tag.split('-').all(sound) {
                return Err(DrawingError::Language { language: tag.chars().take(40).collect() });
            }
        }
        let mut before = None;
        let mut characters = self.content.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let after = characters.peek().map(|(_, after)| *after);
            if is_invisible(character) && !ends_word(before, character, after) {
                return Err(DrawingError::Invisible { character, at });
            }
            before = Some(character);
        }
        Ok(())
    }
}

/// Whether the character is of a script that writes no spaces between words: Thai, Lao, Khmer, Burmese.
pub(crate) fn has_no_spaces(character: char) -> bool {
    matches!(character.script(), Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar)
}

/// Whether it is the zero-width space that says where a word ends in a script that writes no spaces. Between other
/// letters it would hide that two words are not one.
fn ends_word(before: Option<char>, character: char, after: Option<char>) -> bool {
    character == '\u{200b}' && [before, after].into_iter().all(|letter| letter.is_some_and(has_no_spaces))
}

/// Characters that are never drawn and change how others look or are ordered. Joiners and variation selectors
/// are not among them: scripts need those.
fn is_invisible(character: char) -> bool {
    match character {
        '\n' => false,
        '\u{ad}' // soft hyphen
        | '\u{34f}' // combining grapheme joiner
        | '\u{61c}' // Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // fillers that look like nothing
        | '\u{180e}'
        | '\u{200b}' // zero width space
        | '\u{200e}' | '\u{200f}' // marks of direction
        | '\u{2028}'..='\u{202e}' // separators, embeddings and overrides
        | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, isolates, deprecated controls
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e00ff}' => true, // tags
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_refused_with_its_place() {
        for (content, character) in
            [("a\tb", '\t'), ("a\u{202e}b", '\u{202e}'), ("a\u{2066}b", '\u{2066}'), ("a\0b", '\0')]
        {
            assert_eq!(Text::new(content).check(), Err(DrawingError::Invisible { character, at: 1 }));
        }
        assert_eq!(Text::new("क्\u{200d}ष\nまで").check(), Ok(()));
        // A zero-width space only where it says where a word ends.
        assert_eq!(Text::new("ลง\u{200b}นาม").check(), Ok(()));
        for (content, at) in [("ab\u{200b}cd", 2), ("\u{200b}ลง", 0), ("ลง\u{200b}", 6), ("ลง\u{200b}a", 6)]
        {
            assert_eq!(
                Text::new(content).check(),
                Err(DrawingError::Invisible { character: '\u{200b}', at })
            );
        }
    }

    #[test]
    fn a_language_is_a_tag() {
        assert_eq!(Text::new("").with_language("zh-Hant-TW").check(), Ok(()));
        for tag in ["", "日本", "ja ", "en-", "abcdefghi"] {
            assert!(matches!(Text::new("").with_language(tag).check(), Err(DrawingError::Language { .. })));
        }
    }

    #[test]
    fn sizes_are_bounded() {
        for size in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e9] {
            assert!(matches!(Text::new("").with_size(size).check(), Err(DrawingError::OutOfRange { .. })));
        }
        let long = "a".repeat(limits::TEXT_BYTES + 1);
        assert!(matches!(Text::new(long).check(), Err(DrawingError::TooLarge { .. })));
    }
}
