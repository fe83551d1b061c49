//! From glyphs to a content stream.

use pdf_writer::{Content, Str};

use crate::embed::Used;
use crate::font::Font;
use crate::geometry::rounded;
use crate::shape::Glyph;

/// How glyphs are coded in a content stream.
pub(crate) enum Codes<'d> {
    Helvetica,
    Of(&'d Font, &'d mut Used),
}

impl Codes<'_> {
    /// The code of a glyph, and how far the viewer moves for it.
    fn of(&mut self, glyph: &Glyph) -> (Vec<u8>, f32) {
        match self {
            Self::Helvetica => {
                let code = u8::try_from(glyph.id).unwrap_or(b'?');
                (vec![code], glyph.advance)
            }
            Self::Of(font, used) => {
                (used.code(glyph.id, &glyph.text).to_be_bytes().to_vec(), font.width(glyph.id))
            }
        }
    }
}

/// Where the shaper has the pen and where the viewer has it, in thousandths of the font size.
#[derive(Default)]
pub(crate) struct Pen {
    should: f32,
    is: f32,
    pub(crate) rise: f32,
}

impl Pen {
    pub(crate) fn write(&mut self, content: &mut Content, mut codes: Codes<'_>, glyphs: &[Glyph], size: f32) {
        for raised in glyphs.chunk_by(|one, other| one.offset.1 == other.offset.1) {
            let rise = raised.first().map_or(0.0, |glyph| rounded(glyph.offset.1 * size / 1000.0));
            if rise != self.rise {
                content.set_rise(rise);
                self.rise = rise;
            }
            let mut positioned = content.show_positioned();
            let mut items = positioned.items();
            let mut shown: Vec<u8> = Vec::new();
            for glyph in raised {
                let gap = self.should + glyph.offset.0 - self.is;
                // Half a thousandth cannot be seen and comes from rounded widths.
                if gap.abs() > 0.5 {
                    if !shown.is_empty() {
                        items.show(Str(&shown));
                        shown.clear();
                    }
                    let gap = gap.round();
                    items.adjust(-gap);
                    self.is += gap;
                }
                let (code, moved) = codes.of(glyph);
                shown.extend(code);
                self.is += moved;
                self.should += glyph.advance;
            }
            if !shown.is_empty() {
                items.show(Str(&shown));
            }
        }
    }
}
