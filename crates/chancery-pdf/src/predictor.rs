//! Predictors, which turn rows into differences before they are compressed (ISO 32000-2, 7.4.4.4).

use crate::error::PdfError;
use crate::object::{Dictionary, Object};

/// What `/DecodeParms` says about prediction.
pub(crate) struct Predictor {
    kind: Kind,
    filter: &'static str,
    /// Bytes from one pixel to the next, at least 1.
    pixel: usize,
    /// Bytes of a row.
    row: usize,
    bits: usize,
    colors: usize,
}

#[derive(PartialEq)]
enum Kind {
    None,
    Tiff,
    Png,
}

impl Predictor {
    pub(crate) fn new(parameters: &Dictionary, filter: &'static str) -> Result<Self, PdfError> {
        let problem = PdfError::Filter { filter, problem: "its /DecodeParms are out of range" };
        let number = |key: &str, default: usize, range: std::ops::RangeInclusive<usize>| {
            let given = match parameters.get(key) {
                None | Some(Object::Null) => Some(default),
                Some(value) => value.as_integer().and_then(|value| usize::try_from(value).ok()),
            };
            given.filter(|value| range.contains(value)).ok_or_else(|| problem.clone())
        };
        let kind = match number("Predictor", 1, 1..=15)? {
            1 => Kind::None,
            2 => Kind::Tiff,
            10..=15 => Kind::Png,
            _ => return Err(problem),
        };
        let (colors, bits) = (number("Colors", 1, 1..=32)?, number("BitsPerComponent", 8, 1..=16)?);
        let columns = number("Columns", 1, 1..=1 << 24)?;
        if !bits.is_power_of_two() {
            return Err(problem);
        }
        let pixel = (colors * bits).div_ceil(8);
        Ok(Self { kind, filter, pixel, row: (columns * colors * bits).div_ceil(8), bits, colors })
    }

    /// How many bytes the compressed data may hold, when `budget` bytes may come out in the end.
    pub(crate) fn encoded_budget(&self, budget: usize) -> usize {
        match self.kind {
            Kind::Png => budget.saturating_add(budget / self.row).saturating_add(1),
            Kind::None | Kind::Tiff => budget,
        }
    }

    pub(crate) fn undo(&self, mut data: Vec<u8>) -> Result<Vec<u8>, PdfError> {
        match self.kind {
            Kind::None => {}
            Kind::Tiff => self.undo_tiff(&mut data),
            Kind::Png => self.undo_png(&mut data)?,
        }
        Ok(data)
    }

    fn undo_tiff(&self, data: &mut [u8]) {
        for row in data.chunks_mut(self.row) {
            match self.bits {
                8 => {
                    for index in self.pixel..row.len() {
                        row[index] = row[index].wrapping_add(row[index - self.pixel]);
                    }
                }
                16 => {
                    for index in (self.pixel..row.len().saturating_sub(1)).step_by(2) {
                        let left = u16::from_be_bytes([row[index - self.pixel], row[index + 1 - self.pixel]]);
                        let sum = u16::from_be_bytes([row[index], row[index + 1]]).wrapping_add(left);
                        row[index..index + 2].copy_from_slice(&sum.to_be_bytes());
                    }
                }
                bits => undo_tiff_bits(row, bits, self.colors),
            }
        }
    }

    /// In place: rows move up as their leading type byte disappears.
    fn undo_png(&self, data: &mut Vec<u8>) -> Result<(), PdfError> {
        let (mut from, mut to) = (0, 0);
        while from < data.len() {
            let kind = data[from];
            let length = self.row.min(data.len() - from - 1);
            data.copy_within(from + 1..from + 1 + length, to);
            let (above, row) = data.split_at_mut(to);
            // The row above the first is all zero.
            let above = above.len().checked_sub(self.row).map(|start| &above[start..]);
            self.undo_png_row(kind, above, &mut row[..length])?;
            from += 1 + length;
            to += length;
        }
        data.truncate(to);
        Ok(())
    }

    fn undo_png_row(&self, kind: u8, above: Option<&[u8]>, row: &mut [u8]) -> Result<(), PdfError> {
        let up = |index: usize| above.map_or(0, |above| above[index]);
        for index in 0..row.len() {
            let left_index = index.checked_sub(self.pixel);
            let left = left_index.map_or(0, |left| row[left]);
            let predicted = match kind {
                0 => return Ok(()),
                1 => left,
                2 => up(index),
                3 => left.midpoint(up(index)),
                4 => paeth(left, up(index), left_index.map_or(0, up)),
                _ => {
                    return Err(PdfError::Filter {
                        filter: self.filter,
                        problem: "a row has an unknown predictor",
                    });
                }
            };
            row[index] = row[index].wrapping_add(predicted);
        }
        Ok(())
    }
}

/// Components of 1, 2 or 4 bits.
fn undo_tiff_bits(row: &mut [u8], bits: usize, colors: usize) {
    let mask = u8::try_from((1_u32 << bits) - 1).unwrap_or(u8::MAX);
    let per_byte = 8 / bits;
    let shift = |index: usize| 8 - bits - index % per_byte * bits;
    for index in colors..row.len() * per_byte {
        let left = row[(index - colors) / per_byte] >> shift(index - colors) & mask;
        let own = row[index / per_byte] >> shift(index) & mask;
        let sum = own.wrapping_add(left) & mask;
        row[index / per_byte] = row[index / per_byte] & !(mask << shift(index)) | sum << shift(index);
    }
}

/// The Paeth predictor of PNG (RFC 2083, 6.6).
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(parameters: &[(&str, i64)], data: &[u8]) -> Vec<u8> {
        let parameters = parameters.iter().map(|&(key, value)| (key, value)).collect();
        Predictor::new(&parameters, "FlateDecode").unwrap().undo(data.to_vec()).unwrap()
    }

    #[test]
    fn png_rows() {
        let parameters = [("Predictor", 12), ("Columns", 3)];
        assert_eq!(undone(&parameters, &[2, 1, 2, 3, 2, 1, 1, 1]), [1, 2, 3, 2, 3, 4]);
        assert_eq!(undone(&parameters, &[1, 1, 1, 1, 0, 9, 9, 9]), [1, 2, 3, 9, 9, 9]);
        assert_eq!(undone(&parameters, &[3, 2, 2, 2, 3, 2, 2, 2]), [2, 3, 3, 3, 5, 6]);
        assert_eq!(undone(&parameters, &[0, 5, 5, 5, 4, 1, 1, 1]), [5, 5, 5, 6, 7, 8]);
        // A last row that is cut.
        assert_eq!(undone(&parameters, &[2, 1, 2, 3, 2, 1]), [1, 2, 3, 2]);
    }

    #[test]
    fn tiff_rows() {
        assert_eq!(undone(&[("Predictor", 2), ("Columns", 3)], &[1, 1, 1, 5, 1, 1]), [1, 2, 3, 5, 6, 7]);
        let sixteen = [("Predictor", 2), ("Columns", 2), ("BitsPerComponent", 16)];
        assert_eq!(undone(&sixteen, &[0, 255, 0, 2]), [0, 255, 1, 1]);
        let four = [("Predictor", 2), ("Columns", 4), ("BitsPerComponent", 4)];
        assert_eq!(undone(&four, &[0x12, 0x3f]), [0x13, 0x65]);
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        for (key, value) in [("Predictor", 3), ("Columns", 0), ("Colors", -1), ("BitsPerComponent", 7)] {
            let parameters = [(key, value)].into_iter().collect();
            assert!(Predictor::new(&parameters, "FlateDecode").is_err(), "{key} {value}");
        }
    }
}
