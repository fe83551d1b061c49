//! The tables of a font that a PDF needs, in a file of their own.

use crate::sfnt;

/// What the subsetter reads, in the order of the tags. Names are left out: they serve nobody in a PDF, and the
/// subsetter counts on those of a damaged font.
const TABLES: [&[u8; 4]; 9] =
    [b"CFF ", b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"];
/// The program that runs before each glyph.
const PREP: &[u8; 4] = b"prep";

/// A font file (OpenType, "Organization of an OpenType font") of one font of the given file.
pub(crate) fn bare(data: &[u8], font: u32) -> Option<Vec<u8>> {
    let tags = TABLES.into_iter().chain([PREP]);
    let found: Vec<_> = tags.filter_map(|tag| Some((tag, sfnt::table(data, font, tag)?))).collect();
    let cff = found.iter().any(|(tag, _)| *tag == b"CFF ");
    let mut file = if cff { b"OTTO".to_vec() } else { vec![0, 1, 0, 0] };
    file.extend(u16::try_from(found.len()).ok()?.to_be_bytes());
    // What helps to search the directory is not looked at.
    file.extend([0; 6]);
    let mut offset = 12 + 16 * found.len();
    for (tag, table) in &found {
        file.extend(tag.as_slice());
        file.extend([0; 4]);
        file.extend(u32::try_from(offset).ok()?.to_be_bytes());
        file.extend(u32::try_from(table.len()).ok()?.to_be_bytes());
        offset = offset.checked_add(table.len().checked_next_multiple_of(4)?)?;
    }
    for (_, table) in &found {
        file.extend(*table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    Some(file)
}
