//! What people see of a signature: text in any script, images and QR codes as a PDF form XObject.
//!
//! ```
//! use chancery_drawing::{Colour, Drawing, Size, Text};
//!
//! let mut drawing = Drawing::new(Size { width: 240.0, height: 72.0 })?;
//! let (left, right) = drawing.rectangle().inset(4.0).split_left(64.0);
//! drawing.frame(drawing.rectangle(), 0.5, Colour { red: 60, green: 60, blue: 60 })?;
//! drawing.qr_code(left, "https://sign.example/7f3a")?;
//! drawing.text(right, &Text::new("Signed by Zoë Müller\n22 November 2026, 10:15 UTC").with_size(9.0))?;
//!
//! // The file says which numbers are free, and takes the objects.
//! let mut next = 40;
//! let drawn = drawing.finish(&mut || {
//!     next += 1;
//!     next
//! })?;
//! assert_eq!(drawn.form, 41);
//! for object in &drawn.objects {
//!     println!("{} 0 obj … {} bytes … endobj", object.number, object.to_bytes().len());
//! }
//! # Ok::<(), chancery_drawing::DrawingError>(())
//! ```
//!
//! The crate knows no document, no clock and no system fonts. Fonts and images are bytes that the caller gives,
//! and they may come from a stranger: what is damaged, too large or not supported is a [`DrawingError`].
//!
//! Text in the letters of Western Europe needs no font. For everything else [`Text::with_font`] takes one or
//! several; of each, the glyphs that are used are embedded. Scripts are shaped, directions ordered (UAX #9) and
//! lines broken (UAX #14). A character that no font has is an error that names it: a signature must not show
//! boxes.
//!
//! ```no_run
//! use chancery_drawing::{Drawing, Font, PageRotation, Size, Text};
//!
//! let thai = Font::parse(std::fs::read("NotoSansThai-Regular.ttf")?)?;
//! let mut drawing = Drawing::new(Size { width: 200.0, height: 60.0 })?.on_page(PageRotation::Quarter);
//! drawing.text(drawing.rectangle(), &Text::new("ลงนามโดย สมชาย").with_font(&thai).with_language("th"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Standards: ISO 32000-2:2020 (PDF 2.0), 8.9, 8.10, 9.6, 9.7 and 14.9.4; ISO/IEC 18004 (QR codes).

mod colour;
mod drawing;
mod embed;
mod error;
mod exif;
mod flate;
mod font;
mod geometry;
mod helvetica;
mod image;
mod jpeg;
mod layout;
mod limits;
mod objects;
mod part;
mod pen;
mod picture;
mod png_file;
mod program;
mod qr;
mod reach;
mod runs;
mod sfnt;
mod shape;
mod text;

pub use colour::Colour;
pub use drawing::Drawing;
pub use error::DrawingError;
pub use font::Font;
pub use geometry::{PageRotation, Rectangle, Size};
pub use helvetica::helvetica_width;
pub use image::Image;
pub use objects::{ArchiveObstacle, Drawn, DrawnObject};
pub use text::{Alignment, Fit, HeightAlignment, Text};
