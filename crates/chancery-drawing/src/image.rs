//! A picture that somebody gave.

use std::fmt;
use std::sync::Arc;

use crate::error::DrawingError;
use crate::geometry::Size;
use crate::{jpeg, limits, png_file};

/// A picture: a PNG, also with transparency, or a JPEG, whose bytes are embedded as they are. Cheap to clone.
#[derive(Clone)]
pub struct Image {
    pub(crate) picture: Arc<Picture>,
}

/// What is embedded.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colours: Colours,
    pub(crate) coding: Coding,
    pub(crate) samples: Vec<u8>,
    /// How opaque each pixel is: eight bits each, compressed.
    pub(crate) opacity: Option<Vec<u8>>,
}

/// What the samples of a pixel mean. Each has eight bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    Grey,
    Rgb,
    Cmyk,
    /// As programs of Adobe write it: 255 is no ink.
    CmykInverted,
}

/// How the samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Flate,
    Dct,
}

impl Image {
    /// Reads a PNG or a JPEG.
    ///
    /// # Errors
    /// [`DrawingError::Image`] if it is damaged or of a kind that PDF does not know, [`DrawingError::TooLarge`].
    pub fn parse(bytes: &[u8]) -> Result<Self, DrawingError> {
        if bytes.len() > limits::IMAGE_BYTES {
            return Err(too_large("bytes", bytes.len() as u64, limits::IMAGE_BYTES as u64));
        }
        let picture = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            png_file::read(bytes)?
        } else if bytes.starts_with(b"\xff\xd8") {
            jpeg::read(bytes)?
        } else {
            return Err(DrawingError::Image { problem: "it is neither PNG nor JPEG".into(), at: Some(0) });
        };
        Ok(Self { picture: Arc::new(picture) })
    }

    /// Its proportions: a point for each pixel.
    #[must_use]
    pub fn size(&self) -> Size {
        Size { width: self.picture.width as f32, height: self.picture.height as f32 }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Picture { width, height, colours, coding, .. } = &*self.picture;
        write!(f, "Image({width} × {height}, {colours:?}, {coding:?})")
    }
}

pub(crate) fn too_large(unit: &'static str, found: u64, most: u64) -> DrawingError {
    DrawingError::TooLarge { what: "image", unit, found, most }
}

/// The two sides, if there is something between them and it is not too much.
pub(crate) fn check_sides(width: u32, height: u32) -> Result<(), DrawingError> {
    if width == 0 || height == 0 {
        return Err(DrawingError::Image { problem: "it has no pixels".into(), at: None });
    }
    let longest = width.max(height);
    if longest > limits::IMAGE_SIDE {
        return Err(too_large("pixels along a side", longest.into(), limits::IMAGE_SIDE.into()));
    }
    Ok(())
}
