//! A font that somebody gave.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use harfrust::GlyphId;
use harfrust::font::Kind;

use crate::error::DrawingError;
use crate::part::{Part, Parts};
use crate::sfnt::Outlines;
use crate::{limits, sfnt};

/// Bits of `fsType` (OpenType, `OS/2`): restricted, no subsetting, bitmaps only.
const RESTRICTED: u16 = 0x0002;
const NO_SUBSETTING: u16 = 0x0100;
const BITMAPS_ONLY: u16 = 0x0200;
/// Bits that say that it may be embedded for preview and print, or for editing. The least strict one counts.
const EMBEDDABLE: u16 = 0x000c;

/// A font with TrueType or CFF outlines, of which the glyphs that a drawing uses are embedded. Cheap to clone. What is
/// worked out for one drawing serves the next, so a batch reads each font once and draws with clones of it.
///
/// A variable font is used at its default place; fonts that have only bitmaps or `CFF2` outlines are refused.
#[derive(Clone)]
pub struct Font {
    data: Arc<Cow<'static, [u8]>>,
    index: u32,
    face: harfrust::Font,
    outlines: Outlines,
    name: Arc<str>,
    parts: Arc<Parts>,
}

impl Font {
    /// Reads an OpenType or TrueType font (`.ttf`, `.otf`), or the first of a collection (`.ttc`): a `Vec<u8>`, or
    /// bytes that are part of the program, which are not copied.
    ///
    /// # Errors
    /// [`DrawingError::Font`] if it is none that can be embedded, [`DrawingError::FontLicence`] if it says that
    /// it may not be, [`DrawingError::TooLarge`].
    pub fn parse(data: impl Into<Cow<'static, [u8]>>) -> Result<Self, DrawingError> {
        Self::parse_in_collection(data, 0)
    }

    /// Reads one font of a collection (`.ttc`, `.otc`), counted from 0.
    ///
    /// # Errors
    /// As [`Font::parse`]; also if there is no such font in the collection.
    pub fn parse_in_collection(
        data: impl Into<Cow<'static, [u8]>>,
        index: u32,
    ) -> Result<Self, DrawingError> {
        let data: Cow<'static, [u8]> = data.into();
        if data.len() > limits::FONT_BYTES {
            return Err(DrawingError::TooLarge {
                what: "font",
                unit: "bytes",
                found: data.len() as u64,
                most: limits::FONT_BYTES as u64,
            });
        }
        let wrong = |problem| DrawingError::Font { problem };
        let outlines = if sfnt::table(&data, index, b"glyf").is_some() {
            Outlines::TrueType
        } else if sfnt::table(&data, index, b"CFF ").is_some() {
            Outlines::Cff
        } else if sfnt::table(&data, index, b"CFF2").is_some() {
            return Err(wrong("its outlines are CFF2; take the static or the TrueType edition of the font"));
        } else {
            return Err(wrong("it is no OpenType font with outlines, or its table directory is damaged"));
        };
        for (tag, problem) in [
            (b"head", "it has no `head` table"),
            (b"hhea", "it has no `hhea` table"),
            (b"hmtx", "it has no `hmtx` table"),
            (b"maxp", "it has no `maxp` table"),
            (b"cmap", "it has no `cmap` table, so no character has a glyph"),
        ] {
            if sfnt::table(&data, index, tag).is_none() {
                return Err(wrong(problem));
            }
        }
        // OS/2 holds fsType at byte 8. Fonts without that table say nothing.
        let fs_type = sfnt::table(&data, index, b"OS/2").and_then(|os2| sfnt::short(os2, 8)).unwrap_or(0);
        let restricted = fs_type & RESTRICTED != 0 && fs_type & EMBEDDABLE == 0;
        if restricted || fs_type & (NO_SUBSETTING | BITMAPS_ONLY) != 0 {
            return Err(DrawingError::FontLicence { fs_type });
        }

        let data = Arc::new(data);
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::clone(&data) as _;
        let face =
            harfrust::Font::new(shared, index).ok_or(wrong("it is damaged, or not in the collection"))?;
        if !matches!(face.kind(), Kind::Sfnt(..)) || face.units_per_em() == 0 {
            return Err(wrong("it is no OpenType font"));
        }
        // NameId 6 is the PostScript name.
        let name: String = face
            .names()
            .get(6u16.into())
            .and_then(|name| name.english_or_first())
            .map(|name| name.name().chars().filter(char::is_ascii_alphanumeric).take(60).collect())
            .unwrap_or_default();
        let name = if name.is_empty() { "Font".into() } else { name.into() };
        Ok(Self { data, index, face, outlines, name, parts: Arc::default() })
    }

    /// Whether the font has a glyph for the character.
    #[must_use]
    pub fn covers(&self, character: char) -> bool {
        self.glyph(character).is_some()
    }

    pub(crate) fn glyph(&self, character: char) -> Option<GlyphId> {
        self.face.charmap().map_unicode(character).filter(|glyph| glyph.to_u32() != 0)
    }

    /// The part that has these glyphs, numbered in this order from 1 on.
    pub(crate) fn part(&self, glyphs: Vec<u16>) -> Result<Arc<Part>, DrawingError> {
        self.parts.part(&self.data, self.index, self.outlines, glyphs)
    }

    pub(crate) fn face(&self) -> &harfrust::Font {
        &self.face
    }

    pub(crate) fn outlines(&self) -> Outlines {
        self.outlines
    }

    /// The letters and digits of its PostScript name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A length in font units as a part of the em.
    pub(crate) fn em(&self, units: f32) -> f32 {
        units / f32::from(self.face.units_per_em().max(1))
    }

    /// The advance of a glyph in thousandths of the em, as it is declared in the PDF.
    pub(crate) fn width(&self, glyph: u16) -> f32 {
        let units = self.face.glyph_metrics().h_advance(GlyphId::new(u32::from(glyph)));
        (self.em(units) * 1000.0).round()
    }

    /// How far a glyph is drawn above the base line and, negative, below it, in thousandths of the em; `None` if
    /// nothing is drawn.
    pub(crate) fn ink(&self, glyph: u16) -> Option<(f32, f32)> {
        let extents = self.face.glyph_metrics().extents(GlyphId::new(u32::from(glyph)))?;
        let top = self.em(extents.y_bearing) * 1000.0;
        let bottom = self.em(extents.y_bearing - extents.height) * 1000.0;
        (extents.height > 0.0 && top.is_finite() && bottom.is_finite()).then_some((top, bottom))
    }

    /// Ascent and descent (negative) in thousandths of the em, bounded so that a font cannot push lines apart.
    pub(crate) fn extents(&self) -> (f32, f32) {
        let (ascent, descent) = self.face.metrics().h_line().map_or((800.0, -200.0), |line| {
            (self.em(line.ascender.to_f32()) * 1000.0, self.em(line.descender.to_f32()) * 1000.0)
        });
        (ascent.clamp(500.0, 2000.0), descent.clamp(-1500.0, 0.0))
    }

    /// Whether the two are clones of one font.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.data, &other.data) && self.index == other.index
    }
}

impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Font").field("name", &self.name).field("index", &self.index).finish_non_exhaustive()
    }
}
