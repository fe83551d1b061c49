//! JPEG (ITU-T T.81): walked from marker to marker, and embedded without being coded anew.

use crate::error::DrawingError;
use crate::exif;
use crate::picture::{Coding, Colours, Orientation, Picture, check_sides};
use crate::sfnt::short;

/// Start of image, end of image, start of scan (ITU-T T.81, table B.1).
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
/// Where Exif data stand.
const APP1: u8 = 0xe1;
/// What Adobe writes about colours.
const APP14: u8 = 0xee;

/// Reads what a PDF must say about a JPEG (ISO 32000-2, 7.4.8). What stands behind its end is cut off, and what
/// programs wrote into it left out: where and when a picture was taken must not get into a document unseen.
pub(crate) fn read(bytes: &[u8]) -> Result<Picture, DrawingError> {
    let mut frame: Option<Frame> = None;
    let mut adobe = false;
    let mut orientation: Option<Orientation> = None;
    let mut kept = bytes.get(..2).unwrap_or_default().to_vec();
    let mut scans = 0_u32;
    let mut at = 2;
    let end = loop {
        let (marker, after) = marker(bytes, at)?;
        let begin = at;
        match marker {
            EOI => {
                kept.extend([0xff, EOI]);
                break after;
            }
            // Markers without a length: temporary use, restarts.
            0x01 | 0xd0..=0xd7 => {
                at = after;
                kept.extend(bytes.get(begin..at).unwrap_or_default());
            }
            SOI => return wrong("a second image begins within it", at),
            _ => {
                let body = segment(bytes, after)?;
                match marker {
                    // Baseline, extended and progressive, by Huffman codes: what DCTDecode knows.
                    0xc0..=0xc2 => {
                        if frame.is_some() {
                            return wrong("it has two frames", at);
                        }
                        frame = Some(Frame::read(body, after)?);
                    }
                    0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                        return wrong(
                            "it is lossless, hierarchical or arithmetically coded, which PDF does not know",
                            at,
                        );
                    }
                    // Number of lines given late: the frame said zero.
                    0xdc => {
                        return wrong("it gives its height after the picture, which PDF does not know", at);
                    }
                    APP14 => adobe |= body.starts_with(b"Adobe"),
                    // The first one counts.
                    APP1 if orientation.is_none() => {
                        orientation = body.strip_prefix(b"Exif\0\0").and_then(exif::orientation);
                    }
                    _ => {}
                }
                at = after + 2 + body.len();
                if marker == SOS {
                    if frame.is_none() {
                        return wrong("a scan stands before the frame", at);
                    }
                    scans = scans.saturating_add(1);
                    at = scan_end(bytes, at)?;
                }
                if !is_remark(marker, body) {
                    kept.extend(bytes.get(begin..at).unwrap_or_default());
                }
            }
        }
    };
    let Some(frame) = frame.filter(|_| scans > 0) else { return wrong("it holds no picture", end) };
    check_sides(frame.width, frame.height)?;
    let colours = match (frame.components, adobe) {
        (1, _) => Colours::Grey,
        (3, _) => Colours::Rgb,
        (4, true) => Colours::CmykInverted,
        (4, false) => Colours::Cmyk,
        _ => return wrong("it has neither one, three nor four colours", 0),
    };
    Ok(Picture {
        width: frame.width,
        height: frame.height,
        colours,
        coding: Coding::Dct,
        samples: kept,
        opacity: None,
        orientation: orientation.unwrap_or(Orientation::UPRIGHT),
    })
}

/// Whether a segment is of no use for the picture: comments, and what applications write, except what JFIF and Adobe
/// say about colours.
fn is_remark(marker: u8, body: &[u8]) -> bool {
    match marker {
        0xe0 => !body.starts_with(b"JFIF\0"),
        APP14 => !body.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => true,
        _ => false,
    }
}

/// What a frame header says (ITU-T T.81, B.2.2).
struct Frame {
    width: u32,
    height: u32,
    components: u8,
}

impl Frame {
    fn read(body: &[u8], at: usize) -> Result<Self, DrawingError> {
        let (Some(&bits), Some(height), Some(width), Some(&components)) =
            (body.first(), short(body, 1), short(body, 3), body.get(5))
        else {
            return wrong("its frame header is too short", at);
        };
        if bits != 8 {
            return wrong("its samples have more than eight bits, which PDF does not know", at);
        }
        if body.len() != 6 + 3 * usize::from(components) {
            return wrong("its frame header does not hold what it says", at);
        }
        Ok(Self { width: width.into(), height: height.into(), components })
    }
}

/// The marker at a place, behind any number of fill bytes, and where it ends.
fn marker(bytes: &[u8], at: usize) -> Result<(u8, usize), DrawingError> {
    let rest = bytes.get(at..).unwrap_or_default();
    let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
    match rest.get(fill) {
        Some(0) => wrong("there is no marker where one must be", at),
        Some(marker) if fill > 0 => Ok((*marker, at + fill + 1)),
        Some(_) => wrong("there is no marker where one must be", at),
        None => wrong("it is cut off", at),
    }
}

/// What a segment holds, without its length.
fn segment(bytes: &[u8], at: usize) -> Result<&[u8], DrawingError> {
    let Some(length) = short(bytes, at).map(usize::from) else { return wrong("it is cut off", at) };
    if length < 2 {
        return wrong("a segment is shorter than its length", at);
    }
    match bytes.get(at + 2..at + length) {
        Some(body) => Ok(body),
        None => wrong("it is cut off", at),
    }
}

/// Where the coded data of a scan end: at the next marker that is neither a stuffed byte nor a restart.
fn scan_end(bytes: &[u8], start: usize) -> Result<usize, DrawingError> {
    let mut at = start;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|byte| *byte == 0xff) else {
            return wrong("it is cut off", bytes.len());
        };
        match rest.get(found + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += found + 2,
            // A fill byte.
            Some(0xff) => at += found + 1,
            Some(_) => return Ok(at + found),
            None => return wrong("it is cut off", bytes.len()),
        }
    }
}

fn wrong<T>(problem: &str, at: usize) -> Result<T, DrawingError> {
    Err(DrawingError::Image { problem: problem.into(), at: Some(at) })
}
