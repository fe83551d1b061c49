//! A paragraph in pieces that one font draws in one script and one direction.

use std::ops::Range;

use unicode_bidi::{Level, ParagraphBidiInfo};
use unicode_normalization::char::{compose, decompose_canonical, is_combining_mark};
use unicode_script::{Script, UnicodeScript};

use crate::error::DrawingError;
use crate::font::Font;
use crate::helvetica;

/// What draws a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    Helvetica,
    /// The font of this index in the list of the text.
    Given(usize),
}

/// A piece of a paragraph, in logical order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) range: Range<usize>,
    pub(crate) face: Face,
    pub(crate) script: Script,
    pub(crate) level: Level,
}

/// The pieces of a paragraph. `start` is where it begins in the text, for errors.
pub(crate) fn runs(
    text: &str,
    start: usize,
    fonts: &[Font],
    bidi: &ParagraphBidiInfo<'_>,
) -> Result<Vec<Run>, DrawingError> {
    let mut runs: Vec<Run> = Vec::new();
    let mut last: Option<Face> = None;
    // The character before, with the marks that were composed with it.
    let mut composed: Option<char> = None;
    for (at, character) in text.char_indices() {
        let joined =
            composed.filter(|_| is_combining_mark(character)).and_then(|base| compose(base, character));
        let face = face(character, joined, last, fonts)
            .ok_or(DrawingError::MissingGlyph { character, at: start + at })?;
        composed = joined.or(Some(character));
        last = Some(face);
        let level = bidi.levels.get(at).copied().unwrap_or(bidi.paragraph_level);
        let end = at + character.len_utf8();
        let script = character.script();
        match runs.last_mut() {
            Some(run) if run.face == face && run.level == level && agree(run.script, script) => {
                run.range.end = end;
                if is_neutral(run.script) {
                    run.script = script;
                }
            }
            _ => runs.push(Run { range: at..end, face, script, level }),
        }
    }
    Ok(runs)
}

/// The face for a character: that of the character before if this one has no script of its own, else the first
/// that has it.
fn face(character: char, joined: Option<char>, last: Option<Face>, fonts: &[Font]) -> Option<Face> {
    if fonts.is_empty() {
        return helvetica::encode(character).map(|_| Face::Helvetica);
    }
    let has = |index: usize| fonts.get(index).is_some_and(|font| has(font, character, joined));
    if let Some(Face::Given(index)) = last
        && (is_neutral(character.script()) || joined.is_some())
        && has(index)
    {
        return last;
    }
    (0..fonts.len()).find(|index| has(*index)).map(Face::Given)
}

/// Whether the shaper can draw the character with the font: by a glyph of its own, as one with the letter
/// before it, by its parts, or by leaving room.
fn has(font: &Font, character: char, joined: Option<char>) -> bool {
    if font.covers(character) || joined.is_some_and(|joined| font.covers(joined)) {
        return true;
    }
    match character {
        lookless if is_lookless(lookless) => true,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => font.covers(' '),
        '\u{2011}' => font.covers('\u{2010}'),
        _ => {
            let (mut parts, mut covered) = (0, true);
            decompose_canonical(character, |part| {
                parts += 1;
                covered &= part != character && font.covers(part);
            });
            parts > 0 && covered
        }
    }
}

/// Ends of words, joiners and variation selectors, which have no looks of their own.
pub(crate) fn is_lookless(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_neutral(script: Script) -> bool {
    matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}

fn agree(one: Script, other: Script) -> bool {
    one == other || is_neutral(one) || is_neutral(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_font_the_first_character_that_helvetica_lacks_is_named() {
        let text = "Zoë Müller 山田";
        let bidi = ParagraphBidiInfo::new(text, None);
        let error = DrawingError::MissingGlyph { character: '山', at: 7 + 13 - 7 };
        assert_eq!(runs(text, 0, &[], &bidi), Err(error));
        let latin = runs("Zoë, 2026", 0, &[], &ParagraphBidiInfo::new("Zoë, 2026", None));
        assert_eq!(latin.map(|runs| runs.len()), Ok(1));
    }
}
