//! A picture as it is embedded.

use crate::error::DrawingError;
use crate::limits;

/// What is embedded.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colours: Colours,
    pub(crate) coding: Coding,
    pub(crate) samples: Vec<u8>,
    /// How opaque each pixel is: eight bits each, compressed.
    pub(crate) opacity: Option<Vec<u8>>,
    pub(crate) orientation: Orientation,
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

/// How a camera was held: the value of the Exif tag 0x0112, from 1 to 8 (CIPA DC-008, 4.6.4.A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// The first row is above, the first column left.
    pub(crate) const UPRIGHT: Self = Self(1);

    pub(crate) fn new(value: u16) -> Option<Self> {
        u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Self)
    }

    /// Whether rows stand upright, so that the sides are exchanged.
    pub(crate) fn exchanges_sides(self) -> bool {
        self.0 >= 5
    }

    /// From the square in which a PDF draws an image (ISO 32000-2, 8.9.5.1) to the same square as it is to be seen.
    pub(crate) fn matrix(self) -> [f32; 6] {
        match self.0 {
            2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
            3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
            4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
            5 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
            6 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
            7 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            8 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the first pixel of the first row is seen, counted from the lower left corner; then where rows go on to.
    fn corner(value: u16) -> ((f32, f32), (f32, f32)) {
        let [a, b, c, d, e, f] = Orientation::new(value).map_or([0.0; 6], Orientation::matrix);
        let seen = |x: f32, y: f32| (a * x + c * y + e, b * x + d * y + f);
        let (first, last) = (seen(0.0, 1.0), seen(1.0, 1.0));
        (first, (last.0 - first.0, last.1 - first.1))
    }

    #[test]
    fn the_first_row_is_seen_where_the_camera_says() {
        let (left, right, down, up) = ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0));
        let corners = [(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)];
        let [top_left, top_right, bottom_right, bottom_left] = corners;
        // CIPA DC-008, table of Orientation: 6 is "the first row is at the right, the first column at the top".
        let expected = [
            (top_left, right),
            (top_right, left),
            (bottom_right, left),
            (bottom_left, right),
            (top_left, down),
            (top_right, down),
            (bottom_right, up),
            (bottom_left, up),
        ];
        for (value, expected) in (1..).zip(expected) {
            assert_eq!(corner(value), expected, "{value}");
        }
        assert_eq!([Orientation::new(0), Orientation::new(9)], [None; 2]);
    }
}
