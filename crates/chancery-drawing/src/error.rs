//! What can go wrong when something is drawn.

use thiserror::Error;

/// Why something could not be drawn. Nothing is drawn then: the drawing is as it was before.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DrawingError {
    /// No font that was given has a glyph for a character. A box in its place would be signed as if it said
    /// something.
    #[error(
        "no font here can show {character:?} (U+{:04X}) at byte {at} of the text: give a font for its script",
        u32::from(*character)
    )]
    MissingGlyph {
        /// What cannot be shown.
        character: char,
        /// Where it stands: a byte offset in the text.
        at: usize,
    },

    /// A character that nobody would see, and that can make text say something else than it seems to: a
    /// control character, one that overrides the direction, a line separator, a soft hyphen.
    #[error("U+{:04X} at byte {at} of the text cannot be seen: remove it", u32::from(*character))]
    Invisible {
        /// The character.
        character: char,
        /// Where it stands: a byte offset in the text.
        at: usize,
    },

    /// The text does not fit its rectangle, also at the smallest size allowed.
    #[error("the text needs {needed} points of height at size {size} and has {available}")]
    TextOverflows {
        /// The height that the lines take, in points.
        needed: f32,
        /// The height of the rectangle, in points.
        available: f32,
        /// The font size that was tried last, in points.
        size: f32,
    },

    /// A single cluster of characters is wider than its rectangle.
    #[error("the text has a letter that is {needed} points wide at size {size}, and a line has {available}")]
    LetterTooWide {
        /// How wide the letter is, in points.
        needed: f32,
        /// The width of the rectangle, in points.
        available: f32,
        /// The font size that was tried last, in points.
        size: f32,
    },

    /// What was given as a language is no language tag (BCP 47, as `ja` or `zh-Hant`).
    #[error("{language:?} is no language tag; they look like `ja` or `pt-BR`")]
    Language {
        /// What was given.
        language: String,
    },

    /// There is more of something than is worked on.
    #[error("the {what} has {found} {unit} and at most {most} are worked on")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// What is counted.
        unit: &'static str,
        /// How many there are.
        found: u64,
        /// How many there may be.
        most: u64,
    },

    /// A length, size or place that nobody can draw: not a number, not positive, or beyond the largest page.
    #[error("{what} is {value}; it must be between {least} and {most}")]
    OutOfRange {
        /// What the number says.
        what: &'static str,
        /// The number.
        value: f32,
        /// The least allowed.
        least: f32,
        /// The most allowed.
        most: f32,
    },

    /// The bytes are no font that can be embedded.
    #[error("the font cannot be used: {problem}")]
    Font {
        /// What is wrong with it, or not supported.
        problem: &'static str,
    },

    /// The font says that it may not be embedded in documents (`fsType` of its `OS/2` table).
    #[error("the font's licence bits ({fs_type:#06x}) forbid to embed a part of it: take another font")]
    FontLicence {
        /// The bits as they stand in the font.
        fs_type: u16,
    },

    /// The bytes are no PNG and no JPEG that can be embedded.
    #[error("the image cannot be used: {problem}")]
    Image {
        /// What is wrong with it, or not supported.
        problem: String,
        /// Where in its bytes, if that is known.
        at: Option<usize>,
    },

    /// An object number is zero, above 2³¹ − 1, or given twice.
    #[error("{number} was given as the number of a new object: it must be new, positive and below 2³¹")]
    ObjectNumber {
        /// The number.
        number: u32,
    },
}
