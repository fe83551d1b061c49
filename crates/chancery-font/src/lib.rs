//! The bytes of one free font, for those who have none.
//!
//! A PDF that is to be kept (PDF/A, ISO 19005) must hold every font that it shows. Whoever puts a visible
//! signature into one needs the file of a font, also for plain English. This is one: Noto Sans, regular, as an
//! OpenType font with TrueType outlines.
//!
//! ```
//! let font = chancery_font::latin();
//! assert_eq!(&font[..4], [0, 1, 0, 0], "TrueType outlines");
//! ```
//!
//! With `chancery-drawing`, where nothing is copied: `Font::parse(chancery_font::latin())?`.
//!
//! It has the letters of all languages that are written in Latin (also Vietnamese and transcriptions), Greek
//! (also of old) and Cyrillic, with their marks, punctuation, currencies and figures above and below. It has no
//! Chinese, Japanese, Korean, Thai, Burmese, Arabic or Hebrew: fonts for those are large, and a program takes the
//! one that it needs.
//!
//! The font stands under the SIL Open Font License 1.1, not under that of the code: the text lies beside it as
//! `font/OFL.txt`, and [`LICENCE`] is the same. Documents that hold parts of the font are free of it.

#![forbid(unsafe_code)]

/// The licence of the font, with the line that says who holds its copyright: to be shown or shipped by programs
/// that hold the font.
pub const LICENCE: &str = include_str!("../font/OFL.txt");

/// Noto Sans, regular: an OpenType font with the letters of Latin, Greek and Cyrillic.
#[must_use]
pub const fn latin() -> &'static [u8] {
    include_bytes!("../font/NotoSans-Regular.ttf")
}
