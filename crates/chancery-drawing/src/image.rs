//! A picture that somebody gave.

use std::fmt;
use std::sync::Arc;

use crate::error::DrawingError;
use crate::geometry::Size;
use crate::picture::{Picture, too_large};
use crate::{jpeg, limits, png_file};

/// A picture: a PNG, also with transparency, or a JPEG, which is embedded without being coded anew. Cheap to clone.
///
/// It is seen as the camera was held (Exif). What else a file says beside its pixels is not embedded: places, names
/// and dates are nobody's business, and colours are taken as sRGB.
#[derive(Clone)]
pub struct Image {
    pub(crate) picture: Arc<Picture>,
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

    /// Its proportions, as it is seen: a point for each pixel.
    #[must_use]
    pub fn size(&self) -> Size {
        let (width, height) = (self.picture.width as f32, self.picture.height as f32);
        if self.picture.orientation.exchanges_sides() {
            Size { width: height, height: width }
        } else {
            Size { width, height }
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Picture { width, height, colours, coding, .. } = &*self.picture;
        write!(f, "Image({width} × {height}, {colours:?}, {coding:?})")
    }
}
