//! Colours.

/// A colour of red, green and blue, each from 0 to 255 (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Colour {
    /// Black.
    pub const BLACK: Self = Self { red: 0, green: 0, blue: 0 };
    /// White.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255 };

    /// Sets it as what areas and letters are filled with. Greys and black too are written as RGB, which a form
    /// can pin down (`DefaultRGB`) without the tint that some viewers give to a calibrated grey.
    pub(crate) fn fill(self, content: &mut pdf_writer::Content) {
        let [red, green, blue] = self.parts();
        content.set_fill_rgb(red, green, blue);
    }

    /// Sets it as what lines are drawn with.
    pub(crate) fn stroke(self, content: &mut pdf_writer::Content) {
        let [red, green, blue] = self.parts();
        content.set_stroke_rgb(red, green, blue);
    }

    fn parts(self) -> [f32; 3] {
        [self.red, self.green, self.blue].map(|part| (f32::from(part) / 255.0 * 1000.0).round() / 1000.0)
    }
}
