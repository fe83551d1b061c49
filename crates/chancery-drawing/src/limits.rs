//! How much of a font, an image or a text is worked on. They come from strangers.

/// Bytes of a font file. The largest that people use, collections for Chinese, Japanese and Korean in many
/// weights, have some 20 MB each weight.
pub(crate) const FONT_BYTES: usize = 128 << 20;

/// Parts of one font that are kept for the next drawing. A part has some 10 kB.
pub(crate) const FONT_PARTS: usize = 16;

/// Bytes of an image file.
pub(crate) const IMAGE_BYTES: usize = 64 << 20;

/// Pixels along one side of an image; also the greatest side that JPEG can express (ITU-T T.81, B.2.2).
pub(crate) const IMAGE_SIDE: u32 = 65_535;

/// Pixels of a PNG, which are decoded: 100 MB in RGB with alpha.
pub(crate) const IMAGE_PIXELS: u64 = 25_000_000;

/// What the PNG decoder may allocate beside the pixels.
pub(crate) const PNG_BYTES: usize = 128 << 20;

/// Bytes of one text in UTF-8. A page holds about 5,000 characters, of up to three bytes.
pub(crate) const TEXT_BYTES: usize = 16 << 10;

/// Fonts of one text. Every character may ask each of them.
pub(crate) const FONTS: usize = 32;

/// Points along one side of a drawing: the greatest page that viewers of PDF 1.7 must show
/// (ISO 32000-1, annex C.2).
pub(crate) const SIDE: f32 = 14_400.0;

/// Points of the font size.
pub(crate) const FONT_SIZE: f32 = 1_000.0;

/// Bytes of what a QR code says (ISO/IEC 18004, table 7: version 40 at level M holds 2,331).
pub(crate) const QR_BYTES: usize = 2_331;
