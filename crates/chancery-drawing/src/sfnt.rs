//! The table directory of a font file (OpenType, ISO/IEC 14496-22, "Organization of an OpenType font").

/// In which language the glyphs are drawn, and so how they are embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outlines {
    TrueType,
    Cff,
}

/// A table of one font of the file; `None` if it is not there or outside the file.
pub(crate) fn table<'a>(data: &'a [u8], font: u32, tag: &[u8; 4]) -> Option<&'a [u8]> {
    let start = if data.starts_with(b"ttcf") {
        let entry = usize::try_from(font).ok()?.checked_mul(4)?.checked_add(12)?;
        usize::try_from(long(data, entry)?).ok()?
    } else {
        0
    };
    let count = short(data, start.checked_add(4)?)?;
    for index in 0..usize::from(count) {
        let record = start.checked_add(12)?.checked_add(index * 16)?;
        if data.get(record..record.checked_add(4)?)? == tag {
            let offset = usize::try_from(long(data, record.checked_add(8)?)?).ok()?;
            let length = usize::try_from(long(data, record.checked_add(12)?)?).ok()?;
            return data.get(offset..offset.checked_add(length)?);
        }
    }
    None
}

pub(crate) fn short(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

fn long(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}
