//! The part of a font that a drawing uses, made once for all drawings that use the same.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use subsetter::GlyphRemapper;

use crate::error::DrawingError;
use crate::flate::compress;
use crate::sfnt::{self, Outlines};
use crate::{limits, program};

/// A part of a font as it is embedded.
pub(crate) struct Part {
    /// The font program, compressed.
    pub(crate) program: Vec<u8>,
    /// Its length before.
    pub(crate) length: usize,
    /// How many glyphs it has.
    pub(crate) glyphs: u16,
}

/// What was made of a font so far. What it gives is always what it would give anew; only the time differs.
#[derive(Default)]
pub(crate) struct Parts {
    /// The tables that matter, which are megabytes in large fonts.
    bare: OnceLock<Option<Vec<u8>>>,
    /// The newest at the end.
    kept: Mutex<VecDeque<(Vec<u16>, Arc<Part>)>>,
}

impl Parts {
    /// The part of a font that has these glyphs, numbered in this order from 1 on. The first is always the one that
    /// stands for what is missing.
    pub(crate) fn part(
        &self,
        data: &[u8],
        index: u32,
        outlines: Outlines,
        glyphs: Vec<u16>,
    ) -> Result<Arc<Part>, DrawingError> {
        // Nothing in here can panic half-way through a change.
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().find(|(known, _)| *known == glyphs).map(|(_, part)| Arc::clone(part));
        if let Some(part) = known {
            return Ok(part);
        }
        let part = Arc::new(self.make(data, index, outlines, &glyphs)?);
        let mut kept = lock();
        if kept.len() >= limits::FONT_PARTS {
            kept.pop_front();
        }
        kept.push_back((glyphs, Arc::clone(&part)));
        Ok(part)
    }

    fn make(
        &self,
        data: &[u8],
        index: u32,
        outlines: Outlines,
        glyphs: &[u16],
    ) -> Result<Part, DrawingError> {
        let damaged = DrawingError::Font { problem: "its outlines are damaged" };
        let bare = self.bare.get_or_init(|| program::bare(data, index));
        let bare = bare.as_deref().ok_or(damaged.clone())?;
        let mut remapper = GlyphRemapper::new();
        for glyph in glyphs {
            remapper.remap(*glyph);
        }
        let subset = subsetter::subset(bare, 0, &remapper).map_err(|_| damaged.clone())?;
        let maxp = sfnt::table(&subset, 0, b"maxp");
        let count = maxp.and_then(|maxp| sfnt::short(maxp, 4)).ok_or(damaged.clone())?;
        let file = match outlines {
            Outlines::TrueType => &subset,
            Outlines::Cff => sfnt::table(&subset, 0, b"CFF ").ok_or(damaged)?,
        };
        Ok(Part { program: compress(file), length: file.len(), glyphs: count })
    }
}
