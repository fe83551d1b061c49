//! From characters to glyphs.

use std::ops::Range;

use harfrust::{Buffer, Direction, GlyphId, Language, ShapeOptions, ShaperFont};

use crate::error::DrawingError;
use crate::font::Font;
use crate::helvetica;
use crate::runs::{Face, Run, is_lookless};

/// A glyph in its place. Lengths are thousandths of the font size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Glyph {
    /// Its number in the font, or its code in WinAnsiEncoding.
    pub(crate) id: u16,
    /// How far the pen moves.
    pub(crate) advance: f32,
    /// How far from the pen it is drawn, to the right and up.
    pub(crate) offset: (f32, f32),
    /// Where the characters begin that it belongs to: a byte offset in the paragraph.
    pub(crate) cluster: usize,
    /// The characters that it stands for.
    pub(crate) text: String,
}

/// The glyphs of a part of a run, from left to right. What stands around it in `within` decides how letters
/// join.
pub(crate) fn shape(
    text: &str,
    start: usize,
    within: Range<usize>,
    run: &Run,
    fonts: &[Font],
    language: Option<&str>,
) -> Result<Vec<Glyph>, DrawingError> {
    let part = text.get(run.range.clone()).unwrap_or_default();
    let font = match run.face {
        Face::Helvetica => return Ok(simple(part, run.range.start)),
        Face::Given(index) => fonts.get(index).ok_or(DrawingError::Font { problem: "it is not there" })?,
    };

    let mut buffer = Buffer::new();
    buffer.set_pre_context(text.get(within.start..run.range.start).unwrap_or_default());
    for (at, character) in part.char_indices() {
        let cluster = u32::try_from(run.range.start + at).unwrap_or(u32::MAX);
        buffer.push(u32::from(character), cluster);
    }
    buffer.set_post_context(text.get(run.range.end..within.end).unwrap_or_default());
    buffer.set_direction(if run.level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight });
    buffer.set_script(run.script.short_name().parse().ok());
    buffer.set_language(language.and_then(Language::new));

    let failed = DrawingError::Font { problem: "its layout tables cannot be worked with" };
    let shaper = ShaperFont::new(font.face());
    harfrust::shape(&shaper, &mut buffer, ShapeOptions::new()).map_err(|_| failed.clone())?;
    if !buffer.allocation_successful() {
        return Err(failed);
    }

    let mut glyphs = Vec::with_capacity(buffer.len());
    for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
        let cluster = usize::try_from(info.cluster).unwrap_or(usize::MAX);
        if info.glyph_id == 0 {
            let character = text.get(cluster..).and_then(|rest| rest.chars().next()).unwrap_or('\u{fffd}');
            return Err(DrawingError::MissingGlyph { character, at: start + cluster });
        }
        // Font units may be any 32-bit number in a hostile font; a letter is never a hundred ems wide.
        let length = |units: i32| (font.em(units as f32) * 1000.0).clamp(-100_000.0, 100_000.0);
        glyphs.push(Glyph {
            id: u16::try_from(info.glyph_id).map_err(|_| failed.clone())?,
            advance: length(position.x_advance),
            offset: (length(position.x_offset), length(position.y_offset)),
            cluster,
            text: String::new(),
        });
    }
    name(&mut glyphs, text, run, font);
    // The shaper puts an empty glyph where a character has no looks, most often that of the space, which must go
    // on to mean a space.
    glyphs.retain(|glyph| {
        glyph.advance != 0.0 || glyph.text.is_empty() || !glyph.text.chars().all(is_lookless)
    });
    Ok(glyphs)
}

fn simple(part: &str, start: usize) -> Vec<Glyph> {
    let coded = part
        .char_indices()
        .filter_map(|(at, character)| Some((at, character, helvetica::encode(character)?)));
    coded
        .map(|(at, character, code)| Glyph {
            id: u16::from(code),
            advance: f32::from(helvetica::width(code)),
            offset: (0.0, 0.0),
            cluster: start + at,
            text: character.into(),
        })
        .collect()
}

/// Says which characters each glyph stands for, so that text can be searched and copied: the character of
/// which it is the plain glyph; else, for the first such glyph of a cluster, all that are left.
fn name(glyphs: &mut [Glyph], text: &str, run: &Run, font: &Font) {
    let mut starts: Vec<usize> = glyphs.iter().map(|glyph| glyph.cluster).collect();
    starts.sort_unstable();
    starts.dedup();
    for cluster in glyphs.chunk_by_mut(|one, other| one.cluster == other.cluster) {
        let Some(start) = cluster.first().map(|glyph| glyph.cluster) else { continue };
        let next = starts.partition_point(|other| *other <= start);
        let end = starts.get(next).copied().unwrap_or(run.range.end);
        let mut left: Vec<char> = text.get(start..end).unwrap_or_default().chars().collect();
        if let [only] = cluster {
            only.text = left.into_iter().collect();
            continue;
        }
        for glyph in cluster.iter_mut() {
            let plain = left
                .iter()
                .position(|character| font.glyph(*character) == Some(GlyphId::new(u32::from(glyph.id))));
            if let Some(index) = plain {
                glyph.text = left.remove(index).into();
            }
        }
        for glyph in cluster.iter_mut().filter(|glyph| glyph.text.is_empty()) {
            glyph.text = left.drain(..).collect();
        }
    }
}
