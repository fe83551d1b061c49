//! Lines that fit a width.

use std::ops::Range;

use unicode_bidi::{BidiClass, Level, ParagraphBidiInfo};
use unicode_linebreak::linebreaks;
use unicode_script::{Script, UnicodeScript};

use crate::error::DrawingError;
use crate::reach::Reach;
use crate::runs::{Face, Run, runs};
use crate::shape::{Glyph, shape};
use crate::text::{self, Fit, Text};

/// Lines at the size at which they fit.
pub(crate) struct Layout {
    pub(crate) lines: Vec<Line>,
    /// The font size in points.
    pub(crate) size: f32,
    /// How far lines reach, in thousandths of the font size.
    pub(crate) reach: Reach,
}

impl Layout {
    /// The height of one line in points.
    pub(crate) fn pitch(&self) -> f32 {
        self.reach.height() * self.size / 1000.0
    }
}

/// One line. Lengths are thousandths of the font size.
pub(crate) struct Line {
    /// What it says, in the order in which it is read, with the spaces at its end.
    pub(crate) text: String,
    /// Its pieces from left to right.
    pub(crate) pieces: Vec<(Face, Vec<Glyph>)>,
    pub(crate) width: f32,
    /// The direction in which it is read, and so the side at which it begins.
    pub(crate) base: Level,
}

/// Lays the text out within a width and height in points.
pub(crate) fn layout(text: &Text, width: f32, height: f32) -> Result<Layout, DrawingError> {
    text.check()?;
    let mut paragraphs = Vec::new();
    let mut start = 0;
    for part in text.content.split('\n') {
        paragraphs.push(Paragraph::measure(part, start, text)?);
        start += part.len() + 1;
    }
    let ink = paragraphs.iter().flat_map(|paragraph| paragraph.ink.iter().copied());
    let reach = Reach::of_lines(ink, &text.fonts);
    let mut size = text.size;
    loop {
        match attempt(&paragraphs, text, reach, size, width, height) {
            Err(DrawingError::TextOverflows { .. } | DrawingError::LetterTooWide { .. })
                if let_shrink(text.fit, size).is_some() =>
            {
                // At least a twentieth less each time, so this ends after 180 steps from 1000 to 0.1 points.
                size = let_shrink(text.fit, size).unwrap_or(size);
            }
            other => return other,
        }
    }
}

/// The next smaller size, if the text may get smaller.
fn let_shrink(fit: Fit, size: f32) -> Option<f32> {
    match fit {
        Fit::ShrinkTo(least) if size > least => Some((size * 0.95).max(least)),
        Fit::ShrinkTo(_) | Fit::Refuse => None,
    }
}

fn attempt(
    paragraphs: &[Paragraph<'_>],
    text: &Text,
    reach: Reach,
    size: f32,
    width: f32,
    height: f32,
) -> Result<Layout, DrawingError> {
    let mut ranges = Vec::new();
    for paragraph in paragraphs {
        ranges.push(paragraph.lines(width * 1000.0 / size, size)?);
    }
    let count: usize = ranges.iter().map(Vec::len).sum();
    let needed = count as f32 * reach.height() * size / 1000.0;
    // A thousandth of a point is not an overflow.
    if needed > height + 0.001 {
        return Err(DrawingError::TextOverflows { needed, available: height, size });
    }
    // A line of figures only has no direction of its own: it begins where the others do.
    let reading = paragraphs.iter().find_map(Paragraph::direction).unwrap_or_else(Level::ltr);
    let mut lines = Vec::new();
    for (paragraph, ranges) in paragraphs.iter().zip(&ranges) {
        for range in ranges {
            lines.push(paragraph.line(range, text, reading)?);
        }
    }
    Ok(Layout { lines, size, reach })
}

/// A paragraph with the widths of its clusters.
struct Paragraph<'t> {
    text: &'t str,
    /// Where it begins in the whole text.
    start: usize,
    bidi: ParagraphBidiInfo<'t>,
    runs: Vec<Run>,
    /// Where each cluster begins and how wide it is, in thousandths of the font size.
    clusters: Vec<(usize, f32)>,
    /// Where a line may end.
    opportunities: Vec<usize>,
    /// How far the glyphs of each face reach.
    ink: Vec<(Face, Reach)>,
}

impl<'t> Paragraph<'t> {
    fn measure(part: &'t str, start: usize, text: &Text) -> Result<Self, DrawingError> {
        let bidi = ParagraphBidiInfo::new(part, None);
        let runs = runs(part, start, &text.fonts, &bidi)?;
        let mut clusters: Vec<(usize, f32)> = Vec::new();
        let mut ink = Vec::new();
        for run in &runs {
            let mut glyphs = shape(part, start, 0..part.len(), run, &text.fonts, text.language.as_deref())?;
            let font = match run.face {
                Face::Helvetica => None,
                Face::Given(index) => text.fonts.get(index),
            };
            ink.push((run.face, Reach::of_glyphs(font, &glyphs)));
            glyphs.sort_by_key(|glyph| glyph.cluster);
            for glyph in glyphs {
                match clusters.last_mut() {
                    Some((at, width)) if *at == glyph.cluster => *width += glyph.advance,
                    _ => clusters.push((glyph.cluster, glyph.advance)),
                }
            }
        }
        let korean = text.language.as_deref().is_some_and(|tag| tag.split('-').next() == Some("ko"));
        let opportunities = linebreaks(part).map(|(at, _)| at);
        let opportunities = opportunities.filter(|at| !(korean && is_within_word(part, *at))).collect();
        Ok(Self { text: part, start, bidi, runs, clusters, opportunities, ink })
    }

    /// The direction in which it is read, if it has letters that say so.
    fn direction(&self) -> Option<Level> {
        let says = |class: &BidiClass| matches!(class, BidiClass::L | BidiClass::R | BidiClass::AL);
        self.bidi.original_classes.iter().any(says).then_some(self.bidi.paragraph_level)
    }

    /// Where the lines begin and end, for a width in thousandths of the font size.
    fn lines(&self, most: f32, size: f32) -> Result<Vec<Range<usize>>, DrawingError> {
        let mut lines = Vec::new();
        let (mut start, mut width) = (0, 0.0);
        let mut best: Option<(usize, usize)> = None;
        let mut index = 0;
        while let Some((at, advance)) = self.clusters.get(index).copied() {
            if at > start && self.opportunities.binary_search(&at).is_ok() {
                best = Some((at, index));
            }
            if width + advance > most && !self.is_space(at) {
                let (end, next) = match best.filter(|(_, next)| !self.is_without_spaces(*next, most)) {
                    Some(found) => found,
                    None => self.forced(start, index).ok_or(DrawingError::LetterTooWide {
                        needed: advance * size / 1000.0,
                        available: most * size / 1000.0,
                        size,
                    })?,
                };
                lines.push(start..end);
                (start, width, best, index) = (end, 0.0, None, next);
                continue;
            }
            width += advance;
            index += 1;
        }
        lines.push(start..self.text.len());
        Ok(lines)
    }

    /// Whether what cluster `index` begins has to be split anyway, because its script writes no spaces between words
    /// and it is longer than a line: it then begins on the line that is not full yet.
    fn is_without_spaces(&self, index: usize, most: f32) -> bool {
        let rest = self.clusters.get(index..).unwrap_or_default();
        let Some((first, _)) = rest.first() else { return false };
        let letter = self.text.get(*first..).and_then(|rest| rest.chars().next());
        if !letter.is_some_and(text::has_no_spaces) {
            return false;
        }
        let mut width = 0.0;
        for (at, advance) in rest {
            if at > first && self.opportunities.binary_search(at).is_ok() {
                return false;
            }
            width += advance;
            if width > most {
                return true;
            }
        }
        false
    }

    /// The last place at or before cluster `index` where a word may be split, if there is one after `start`:
    /// for words that are longer than a line, and for scripts that write no spaces.
    fn forced(&self, start: usize, index: usize) -> Option<(usize, usize)> {
        let places = (0..=index).rev().filter_map(|index| Some((self.clusters.get(index)?.0, index)));
        let mut places = places.take_while(|(at, _)| *at > start);
        let last = places.clone().next();
        places.find(|(at, _)| self.may_split(*at)).or(last)
    }

    /// Whether a syllable may begin here. Thai and Lao vowels that are written before their consonant stay with
    /// it, those after it too; in Burmese, a consonant that closes a syllable stays with it.
    fn may_split(&self, at: usize) -> bool {
        let (before, after) = self.text.split_at_checked(at).unwrap_or_default();
        let before = before.chars().next_back();
        let (next, second) = (after.chars().next(), after.chars().nth(1));
        let holds = matches!(before, Some('\u{e40}'..='\u{e44}' | '\u{ec0}'..='\u{ec4}'));
        let follows = matches!(
            next,
            Some(
                '\u{e2f}'
                    | '\u{e30}'
                    | '\u{e32}'
                    | '\u{e33}'
                    | '\u{e45}'
                    | '\u{e46}'
                    | '\u{eb0}'
                    | '\u{eb2}'
                    | '\u{eb3}'
            )
        );
        let closes = matches!(second, Some('\u{1039}' | '\u{103a}'));
        !(holds || follows || closes)
    }

    fn is_space(&self, at: usize) -> bool {
        self.text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_whitespace)
    }

    /// The runs that share bytes with a range.
    fn runs_within(&self, range: &Range<usize>) -> impl Iterator<Item = &Run> {
        let first = self.runs.partition_point(|run| run.range.end <= range.start);
        let end = range.end;
        self.runs.iter().skip(first).take_while(move |run| run.range.start < end)
    }

    fn line(&self, range: &Range<usize>, text: &Text, reading: Level) -> Result<Line, DrawingError> {
        let said = self.text.get(range.clone()).unwrap_or_default();
        // Spaces at the end of a line take no room.
        let shown = range.start..range.start + said.trim_end().len();
        let mut pieces = Vec::new();
        let mut width = 0.0;
        if !shown.is_empty() {
            let (levels, visual) = self.bidi.visual_runs(shown.clone());
            for part in visual {
                let level = levels.get(part.start).copied().unwrap_or(self.bidi.paragraph_level);
                let mut inside: Vec<Run> = self
                    .runs_within(&part)
                    .map(|run| Run {
                        range: run.range.start.max(part.start)..run.range.end.min(part.end),
                        level,
                        ..run.clone()
                    })
                    .collect();
                if level.is_rtl() {
                    inside.reverse();
                }
                for run in inside {
                    let glyphs = shape(
                        self.text,
                        self.start,
                        shown.clone(),
                        &run,
                        &text.fonts,
                        text.language.as_deref(),
                    )?;
                    width += glyphs.iter().map(|glyph| glyph.advance).sum::<f32>();
                    pieces.push((run.face, glyphs));
                }
            }
        }
        Ok(Line { text: said.into(), pieces, width, base: self.direction().unwrap_or(reading) })
    }
}

/// Whether a place is between two syllables of a Korean word. UAX #14 lets lines end there; readers of today expect
/// them to end at spaces.
fn is_within_word(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or_default();
    let around = [before.chars().next_back(), after.chars().next()];
    around.into_iter().all(|letter| letter.is_some_and(|letter| letter.script() == Script::Hangul))
}
