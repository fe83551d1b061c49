//! QR codes (ISO/IEC 18004), as squares.

use pdf_writer::Content;
use qrcode::{Color, EcLevel, QrCode};

use crate::colour::Colour;
use crate::error::DrawingError;
use crate::geometry::{Rectangle, Size};
use crate::limits;

/// Modules that stay light on each side (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// The modules of a code, row by row from the top.
pub(crate) struct Modules {
    side: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// Codes the text at level M: 15 % may be dirty.
    pub(crate) fn new(text: &str) -> Result<Self, DrawingError> {
        let too_large = DrawingError::TooLarge {
            what: "QR code",
            unit: "bytes",
            found: text.len() as u64,
            most: limits::QR_BYTES as u64,
        };
        if text.len() > limits::QR_BYTES {
            return Err(too_large);
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| too_large)?;
        let side = code.width();
        let dark = code.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Ok(Self { side, dark })
    }

    /// Draws the code as large as it fits in the middle of the rectangle, dark on white.
    pub(crate) fn draw(&self, content: &mut Content, within: Rectangle) {
        let whole = within.width.min(within.height);
        let square = within.fit(Size { width: 1.0, height: 1.0 });
        let module = whole / (self.side + 2 * QUIET) as f32;
        Colour::WHITE.fill(content);
        content.rect(square.x, square.y, whole, whole).fill_nonzero();
        // Whole numbers for the modules: no seams between them.
        let (left, top) = (square.x + QUIET as f32 * module, square.y + whole - QUIET as f32 * module);
        content.save_state().transform([module, 0.0, 0.0, -module, left, top]);
        Colour::BLACK.fill(content);
        for (row, modules) in self.dark.chunks(self.side.max(1)).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|one, other| one == other) {
                if run.first() == Some(&true) {
                    content.rect(column as f32, row as f32, run.len() as f32, 1.0);
                }
                column += run.len();
            }
        }
        content.fill_nonzero().restore_state();
    }
}
