//! How far letters reach above and below the line that they stand on, and so how far lines are apart.

use crate::font::Font;
use crate::runs::Face;
use crate::shape::Glyph;

/// Lengths above the base line, in thousandths of the font size. What is below is negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reach {
    pub(crate) up: f32,
    pub(crate) down: f32,
}

/// What a line of most scripts needs: 1.2 of the font size.
const USUAL: Reach = Reach { up: 950.0, down: -250.0 };
/// Helvetica: capitals with accents reach higher than its ascender (`Helvetica.afm`: 929 for Å).
const HELVETICA: Reach = Reach { up: 940.0, down: -225.0 };
/// The air above and below what is drawn.
const AIR: f32 = 25.0;
/// A font may be hostile: no letter reaches farther.
const MOST: f32 = 3_000.0;

impl Reach {
    /// Nothing is drawn.
    const NONE: Self = Self { up: 0.0, down: 0.0 };

    pub(crate) fn height(self) -> f32 {
        self.up - self.down
    }

    /// How far these glyphs reach.
    pub(crate) fn of_glyphs(font: Option<&Font>, glyphs: &[Glyph]) -> Self {
        let drawn = glyphs.iter().filter_map(|glyph| {
            let (top, bottom) = font?.ink(glyph.id)?;
            Some(Self { up: top + glyph.offset.1, down: bottom + glyph.offset.1 })
        });
        drawn.fold(Self::NONE, Self::and)
    }

    /// How far lines reach that hold this ink. All lines of a text are equally high. Fonts for scripts with tall
    /// letters (Burmese, Thai) ask for much more room than most texts need, and those for Chinese for
    /// half a line more than is usual in print: so lines are as high as is usual, and higher where the letters are.
    pub(crate) fn of_lines(ink: impl Iterator<Item = (Face, Self)>, fonts: &[Font]) -> Self {
        let lines = ink.map(|(face, ink)| match face {
            Face::Helvetica => HELVETICA,
            Face::Given(index) => {
                let own = fonts.get(index).map_or(USUAL, |font| {
                    let (up, down) = font.extents();
                    Self { up, down }
                });
                Self {
                    up: own.up.min(USUAL.up).max(ink.up + AIR).min(MOST),
                    down: own.down.max(USUAL.down).min(ink.down - AIR).max(-MOST),
                }
            }
        });
        lines.reduce(Self::and).unwrap_or(USUAL)
    }

    fn and(self, other: Self) -> Self {
        Self { up: self.up.max(other.up), down: self.down.min(other.down) }
    }
}
