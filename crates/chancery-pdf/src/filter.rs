//! Stream filters (ISO 32000-2, 7.4), each bounded by how many bytes it may make.

use std::borrow::Cow;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::error::PdfError;
use crate::limits;
use crate::name::Name;
use crate::object::{Dictionary, Object};
use crate::oddity::is_blank;
use crate::parser::nibble;
use crate::predictor::Predictor;

/// What decoding met.
#[derive(Default)]
pub(crate) struct Notes {
    /// The checksum of Flate data was wrong.
    pub(crate) wrong_checksum: bool,
}

/// One step of decoding: a filter's name and its parameters, with references already resolved.
pub(crate) struct Step {
    name: String,
    parameters: Dictionary,
}

impl Step {
    /// Whether the encryption of the document is chosen here, which is not a matter of this module.
    pub(crate) fn is_decryption(&self) -> bool {
        self.name == "Crypt"
    }

    /// Whether it is Flate with PNG prediction or none, as every product writes what holds other objects.
    pub(crate) fn is_common(&self) -> bool {
        let plain = |(key, value): (&Name, &Object)| match (key.as_bytes(), value) {
            (b"Predictor", value) => matches!(value.as_integer(), Some(1 | 10..=15)),
            (b"Columns", value) => value.as_integer().is_some(),
            (b"Colors", value) => value.as_integer() == Some(1),
            (b"BitsPerComponent", value) => value.as_integer() == Some(8),
            _ => false,
        };
        self.name == "FlateDecode" && self.parameters.iter().all(plain)
    }
}

/// The steps that a stream dictionary asks for. `resolve` follows references.
pub(crate) fn steps(
    dictionary: &Dictionary,
    resolve: &mut dyn FnMut(&Object) -> Result<Object, PdfError>,
) -> Result<Vec<Step>, PdfError> {
    // /F makes the data external; abbreviations such as /Fl occur in inline images only.
    if dictionary.get("F").is_some() {
        return Err(PdfError::UnsupportedFilter { name: String::from("F (data in another file)") });
    }
    let mut get = |key: &str| dictionary.get(key).map_or(Ok(Object::Null), &mut *resolve);
    let (filters, parameters) = (get("Filter")?, get("DecodeParms")?);
    let unfit = PdfError::Entry {
        key: "DecodeParms",
        of: "a stream",
        expected: "a dictionary beside one /Filter, an array beside an array",
    };
    // Other readers pass over parameters of the other shape, and come to other data.
    let (filters, parameters) = match (filters, parameters) {
        (Object::Null, _) => return Ok(Vec::new()),
        (Object::Array(filters), Object::Array(parameters)) => (filters, parameters),
        (Object::Array(filters), Object::Null) => (filters, Vec::new()),
        (Object::Array(_), _) | (_, Object::Array(_)) => return Err(unfit),
        (one, parameters) => (vec![one], vec![parameters]),
    };
    if filters.len() > limits::FILTERS {
        return Err(PdfError::Limit {
            what: "filters on one stream",
            limit: limits::FILTERS as u64,
            offset: 0,
        });
    }
    if parameters.len() > filters.len() {
        return Err(unfit);
    }
    let mut steps = Vec::new();
    for (index, filter) in filters.iter().enumerate() {
        let Object::Name(name) = resolve(filter)? else {
            return Err(PdfError::Entry {
                key: "Filter",
                of: "a stream",
                expected: "a name or an array of names",
            });
        };
        let mut own = Dictionary::new();
        match parameters.get(index).map_or(Ok(Object::Null), &mut *resolve)? {
            Object::Null => {}
            Object::Dictionary(given) => {
                for (key, value) in given.iter() {
                    own.set(key.clone(), resolve(value)?);
                }
            }
            _ => return Err(unfit),
        }
        steps.push(Step { name: name.to_string(), parameters: own });
    }
    Ok(steps)
}

/// Runs the steps over `data`. No step may make more than `budget` bytes.
pub(crate) fn decode<'d>(
    data: Cow<'d, [u8]>,
    steps: &[Step],
    budget: usize,
    notes: &mut Notes,
) -> Result<Cow<'d, [u8]>, PdfError> {
    let mut data = data;
    for step in steps {
        let decoded = match step.name.as_str() {
            "FlateDecode" => {
                let predictor = Predictor::new(&step.parameters, "FlateDecode")?;
                predictor.undo(flate(&data, predictor.encoded_budget(budget), notes)?)?
            }
            "LZWDecode" => {
                let predictor = Predictor::new(&step.parameters, "LZWDecode")?;
                let early = step.parameters.get("EarlyChange").and_then(Object::as_integer) != Some(0);
                let change = if early { LzwChange::Early } else { LzwChange::OnTime };
                predictor.undo(lzw(&data, change, predictor.encoded_budget(budget))?)?
            }
            "ASCIIHexDecode" => ascii_hex(&data, budget)?,
            "ASCII85Decode" => ascii_85(&data, budget)?,
            "RunLengthDecode" => run_length(&data, budget)?,
            "Crypt" if step.parameters.get("Name").is_none_or(is_identity) => continue,
            _ => return Err(PdfError::UnsupportedFilter { name: step.name.clone() }),
        };
        data = Cow::Owned(decoded);
    }
    Ok(data)
}

fn is_identity(name: &Object) -> bool {
    name.as_name().is_some_and(|name| name == "Identity")
}

fn too_much(budget: usize) -> PdfError {
    PdfError::Limit { what: "bytes of a decoded stream", limit: budget as u64, offset: 0 }
}

fn flate(data: &[u8], budget: usize, notes: &mut Notes) -> Result<Vec<u8>, PdfError> {
    let flags =
        TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_COMPUTE_ADLER32 | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let problem = |problem| Err(PdfError::Filter { filter: "FlateDecode", problem });
    let mut state = Box::<DecompressorOxide>::default();
    let mut out = vec![0; data.len().saturating_mul(2).clamp(64, budget.max(64))];
    let (mut read, mut made) = (0, 0);
    loop {
        let (status, more_read, more_made) = decompress(&mut state, &data[read..], &mut out, made, flags);
        read += more_read;
        made += more_made;
        if made > budget {
            return Err(too_much(budget));
        }
        match status {
            TINFLStatus::Done | TINFLStatus::Adler32Mismatch => {
                notes.wrong_checksum |= status == TINFLStatus::Adler32Mismatch;
                out.truncate(made);
                return Ok(out);
            }
            TINFLStatus::HasMoreOutput if made >= budget => return Err(too_much(budget)),
            TINFLStatus::HasMoreOutput => out.resize(out.len().saturating_mul(2).min(budget.max(64)), 0),
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                return problem("the data end too early");
            }
            _ => return problem("they are no Flate data"),
        }
    }
}

fn ascii_hex(data: &[u8], budget: usize) -> Result<Vec<u8>, PdfError> {
    let mut out = Vec::new();
    let mut high = None;
    for &byte in data.iter().take_while(|&&byte| byte != b'>').filter(|&&byte| !is_blank(&[byte])) {
        let digit = nibble(byte).ok_or(PdfError::Filter {
            filter: "ASCIIHexDecode",
            problem: "they hold something else than digits",
        })?;
        match high.take() {
            Some(high) => out.push(high << 4 | digit),
            None => high = Some(digit),
        }
        if out.len() > budget {
            return Err(too_much(budget));
        }
    }
    out.extend(high.map(|high: u8| high << 4));
    Ok(out)
}

fn ascii_85(data: &[u8], budget: usize) -> Result<Vec<u8>, PdfError> {
    let problem = |problem| PdfError::Filter { filter: "ASCII85Decode", problem };
    let mut out: Vec<u8> = Vec::new();
    let mut group: Vec<u8> = Vec::with_capacity(5);
    for &byte in data.iter().take_while(|&&byte| byte != b'~').filter(|&&byte| !is_blank(&[byte])) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    out.extend(base_85(&group).ok_or_else(|| problem("a group is too large"))?);
                    group.clear();
                }
            }
            _ => return Err(problem("they hold a character outside its alphabet")),
        }
        if out.len() > budget {
            return Err(too_much(budget));
        }
    }
    match group.len() {
        0 => {}
        1 => return Err(problem("the last group has one character only")),
        length => {
            group.resize(5, 84);
            let last = base_85(&group).ok_or_else(|| problem("a group is too large"))?;
            out.extend(&last[..length - 1]);
        }
    }
    Ok(out)
}

fn base_85(group: &[u8]) -> Option<[u8; 4]> {
    let value = group.iter().fold(0_u64, |value, &digit| value * 85 + u64::from(digit));
    u32::try_from(value).ok().map(u32::to_be_bytes)
}

fn run_length(data: &[u8], budget: usize) -> Result<Vec<u8>, PdfError> {
    let cut = || PdfError::Filter { filter: "RunLengthDecode", problem: "the data end too early" };
    let mut out = Vec::new();
    let mut rest = data;
    while let Some((&length, after)) = rest.split_first() {
        match length {
            128 => break,
            0..128 => {
                let (literal, after) = after.split_at_checked(usize::from(length) + 1).ok_or_else(cut)?;
                out.extend(literal);
                rest = after;
            }
            129.. => {
                let (&byte, after) = after.split_first().ok_or_else(cut)?;
                out.resize(out.len() + 257 - usize::from(length), byte);
                rest = after;
            }
        }
        if out.len() > budget {
            return Err(too_much(budget));
        }
    }
    Ok(out)
}

/// When the code length grows (`/EarlyChange`): one code early, as most writers do, or on time.
#[derive(Clone, Copy, PartialEq)]
enum LzwChange {
    Early,
    OnTime,
}

/// LZW with codes of 9 to 12 bits, most significant bit first (7.4.4).
fn lzw(data: &[u8], change: LzwChange, budget: usize) -> Result<Vec<u8>, PdfError> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let problem = |problem| PdfError::Filter { filter: "LZWDecode", problem };
    let early = usize::from(change == LzwChange::Early);
    let mut out: Vec<u8> = Vec::new();
    // Each entry beyond 257 is a range of what was already put out.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut previous: Option<(usize, usize)> = None;
    let (mut bits, mut held, mut width) = (0_usize, 0_usize, 9_usize);
    for &byte in data {
        bits = (bits << 8 | usize::from(byte)) & 0x00ff_ffff;
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = bits >> held & ((1 << width) - 1);
        match code {
            CLEAR => {
                table.clear();
                previous = None;
                width = 9;
                continue;
            }
            END => return Ok(out),
            _ => {}
        }
        let start = out.len();
        if code < CLEAR {
            out.push(u8::try_from(code).unwrap_or_default());
        } else if let Some(&(from, to)) = table.get(code - 258) {
            out.extend_from_within(from..to);
        } else if let (Some((from, to)), true) = (previous, code == 258 + table.len()) {
            out.extend_from_within(from..to);
            out.extend_from_within(from..=from);
        } else {
            return Err(problem("a code is used before it is defined"));
        }
        if out.len() > budget {
            return Err(too_much(budget));
        }
        if let Some((from, to)) = previous
            && table.len() < 4096 - 258
        {
            // The previous string plus the first byte of this one: they stand side by side.
            table.push((from, to + 1));
        }
        previous = Some((start, out.len()));
        // The decoder is one entry behind the encoder.
        width = match 258 + table.len() + early {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(name: &str, data: &[u8], budget: usize) -> Result<Vec<u8>, PdfError> {
        let steps = [Step { name: name.into(), parameters: Dictionary::new() }];
        decode(Cow::Borrowed(data), &steps, budget, &mut Notes::default()).map(Cow::into_owned)
    }

    #[test]
    fn the_examples_of_the_standards() {
        // ISO 32000-2, 7.4.4.2, example 1.
        let lzw = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(decoded("LZWDecode", &lzw, 100).unwrap(), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert_eq!(decoded("ASCIIHexDecode", b"68 65 6C6c 7>", 100).unwrap(), b"hellp");
        assert_eq!(decoded("ASCII85Decode", b"87cURD]i,\"Ebo80~>", 100).unwrap(), b"Hello World!");
        assert_eq!(decoded("ASCII85Decode", b"z87cUR~>", 100).unwrap(), b"\0\0\0\0Hell");
        assert_eq!(
            decoded("RunLengthDecode", &[2, b'a', b'b', b'c', 254, b'x', 128, 9], 100).unwrap(),
            b"abcxxx"
        );
    }

    #[test]
    fn nothing_grows_beyond_its_budget() {
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 1 << 20], 9);
        assert!(bomb.len() < 2000);
        assert_eq!(decoded("FlateDecode", &bomb, 1 << 20).unwrap().len(), 1 << 20);
        let too_much = |result| matches!(result, Err(PdfError::Limit { .. }));
        assert!(too_much(decoded("FlateDecode", &bomb, 1000)));
        assert!(too_much(decoded("RunLengthDecode", &[129, 0].repeat(100), 1000)));
        assert!(too_much(decoded("ASCII85Decode", &[b'z'; 1000], 1000)));
        assert!(too_much(decoded("ASCIIHexDecode", &[b'0'; 4000], 1000)));
    }

    #[test]
    fn a_wrong_checksum_is_noted_and_cut_data_are_refused() {
        let mut data = miniz_oxide::deflate::compress_to_vec_zlib(b"some text, some text", 6);
        assert!(matches!(decoded("FlateDecode", &data[..8], 100), Err(PdfError::Filter { .. })));
        *data.last_mut().unwrap() ^= 1;
        let steps = [Step { name: "FlateDecode".into(), parameters: Dictionary::new() }];
        let mut notes = Notes::default();
        assert_eq!(&*decode(Cow::Owned(data), &steps, 100, &mut notes).unwrap(), b"some text, some text");
        assert!(notes.wrong_checksum);
    }

    #[test]
    fn an_unknown_filter_is_named() {
        let error = decoded("JPXDecode", b"", 10).unwrap_err();
        assert_eq!(error.to_string(), "the stream filter /JPXDecode is not supported");
    }

    /// A plain encoder: codes of the width that a decoder will expect, the table cleared when it is full.
    fn lzw_encoded(data: &[u8], early: usize) -> Vec<u8> {
        let (mut bits, mut out) = (Vec::new(), Vec::new());
        let mut table: std::collections::HashMap<Vec<u8>, usize> = std::collections::HashMap::new();
        let mut put =
            |code: usize, width: usize| bits.extend((0..width).rev().map(|bit| code >> bit & 1 == 1));
        let width = |entries: usize| {
            [512, 1024, 2048].iter().filter(|&&limit| 258 + entries + early > limit).count() + 9
        };
        let code = |table: &std::collections::HashMap<Vec<u8>, usize>, word: &[u8]| {
            if word.len() == 1 { usize::from(word[0]) } else { table[word] }
        };
        put(256, 9);
        let mut word: Vec<u8> = Vec::new();
        for &byte in data {
            let longer = [word.as_slice(), &[byte]].concat();
            if longer.len() == 1 || table.contains_key(&longer) {
                word = longer;
                continue;
            }
            put(code(&table, &word), width(table.len()));
            table.insert(longer, 258 + table.len());
            if 258 + table.len() + early > 4095 {
                put(256, width(table.len()));
                table.clear();
            }
            word = vec![byte];
        }
        if !word.is_empty() {
            put(code(&table, &word), width(table.len()));
            // The decoder adds an entry here too.
            table.insert(vec![], 0);
        }
        put(257, width(table.len()));
        for byte in bits.chunks(8) {
            out.push(
                byte.iter().enumerate().fold(0, |value, (index, &bit)| value | u8::from(bit) << (7 - index)),
            );
        }
        out
    }

    #[test]
    fn lzw_of_all_widths_comes_back() {
        // Some 20,000 bytes with little repetition: the codes grow to twelve bits and are cleared.
        let mut state = 7_u32;
        let data: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0] & 0x1f
        })
        .take(20_000)
        .collect();
        for (early, change) in [(1, LzwChange::Early), (0, LzwChange::OnTime)] {
            assert_eq!(lzw(&lzw_encoded(&data, early), change, 1 << 20).unwrap(), data, "early {early}");
            assert_eq!(lzw(&lzw_encoded(&[9; 5000], early), change, 1 << 20).unwrap(), [9; 5000]);
        }
    }
}
