//! PNG (ISO/IEC 15948): decoded, so that colours and transparency can be parted.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};

use crate::error::DrawingError;
use crate::flate::compress;
use crate::picture::{Coding, Colours, Orientation, Picture, check_sides, too_large};
use crate::{exif, limits};

/// Reads a PNG. Nothing is allocated for pixels before their number is known to be bounded.
pub(crate) fn read(bytes: &[u8]) -> Result<Picture, DrawingError> {
    let wrong = |error: png::DecodingError| DrawingError::Image { problem: error.to_string(), at: None };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: limits::PNG_BYTES });
    // Profiles and comments are compressed too, and of no use here.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    // Palettes and one, two and four bits become eight; sixteen bits too; a transparent colour becomes opacity.
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(wrong)?;
    let (width, height) = reader.info().size();
    check_sides(width, height)?;
    // The decoder counts on whole colours, at most 256 of them (ISO/IEC 15948, 11.2.3), and does not check (0.18.1).
    if reader.info().color_type == ColorType::Indexed {
        let palette = reader.info().palette.as_deref().unwrap_or_default();
        if !(3..=3 * 256).contains(&palette.len()) || palette.len() % 3 != 0 {
            let problem = format!("its palette has {} bytes, which is no number of colours", palette.len());
            return Err(DrawingError::Image { problem, at: None });
        }
    }
    let orientation = reader.info().exif_metadata.as_deref().and_then(exif::orientation);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits::IMAGE_PIXELS {
        return Err(too_large("pixels", pixels, limits::IMAGE_PIXELS));
    }
    let size =
        reader.output_buffer_size().ok_or_else(|| too_large("pixels", pixels, limits::IMAGE_PIXELS))?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(wrong)?;
    samples.truncate(frame.buffer_size());
    if frame.bit_depth != BitDepth::Eight {
        return Err(DrawingError::Image {
            problem: "its samples cannot be read as eight bits".into(),
            at: None,
        });
    }
    let (samples, opacity): (Vec<u8>, _) = match frame.color_type {
        // Grey is written as RGB, as colours are.
        ColorType::Grayscale => (samples.iter().flat_map(|grey| [*grey; 3]).collect(), None),
        ColorType::Rgb => (samples, None),
        ColorType::GrayscaleAlpha => {
            let (grey, opacity) = part(&samples, 2);
            (grey.iter().flat_map(|grey| [*grey; 3]).collect(), opacity)
        }
        ColorType::Rgba => part(&samples, 4),
        ColorType::Indexed => {
            return Err(DrawingError::Image { problem: "its palette cannot be resolved".into(), at: None });
        }
    };
    Ok(Picture {
        width,
        height,
        colours: Colours::Rgb,
        coding: Coding::Flate,
        samples: compress(&samples),
        opacity: opacity.map(|opacity| compress(&opacity)),
        orientation: orientation.unwrap_or(Orientation::UPRIGHT),
    })
}

/// Colours and opacity of pixels of `bytes` bytes, of which the last is the opacity. What is opaque throughout
/// needs none.
fn part(samples: &[u8], bytes: usize) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut plain = Vec::with_capacity(samples.len() / bytes * (bytes - 1));
    let mut opacity = Vec::with_capacity(samples.len() / bytes);
    for pixel in samples.chunks_exact(bytes) {
        if let Some((last, colour)) = pixel.split_last() {
            plain.extend(colour);
            opacity.push(*last);
        }
    }
    let opaque = opacity.iter().all(|value| *value == 255);
    (plain, (!opaque).then_some(opacity))
}
