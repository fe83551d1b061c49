//! Small files written by hand, independently of the crate's own writer.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;

use chancery_pdf::SectionKind;

/// One update, or the original.
pub(crate) struct Update<'a> {
    pub(crate) kind: SectionKind,
    pub(crate) objects: &'a [(u32, u16, &'a str)],
    /// Numbers to be freed, with their next generation.
    pub(crate) free: &'a [(u32, u16)],
    /// An object stream: its number, and the objects in it. Not for `SectionKind::Table`.
    pub(crate) compressed: Option<(u32, &'a [(u32, &'a str)])>,
    pub(crate) previous: Option<u64>,
    pub(crate) size: u32,
    /// Further trailer entries.
    pub(crate) trailer: &'a str,
}

impl Default for Update<'_> {
    fn default() -> Self {
        Self {
            kind: SectionKind::Table,
            objects: &[],
            free: &[],
            compressed: None,
            previous: None,
            size: 10,
            trailer: "/Root 1 0 R",
        }
    }
}

#[derive(Clone, Copy)]
enum Row {
    Free(u16),
    InFile(u64, u16),
    InStream(u32, u32),
}

pub(crate) const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

pub(crate) const CATALOG: (u32, u16, &str) = (1, 0, "<</Type /Catalog /Pages 2 0 R>>");
pub(crate) const PAGES: (u32, u16, &str) = (2, 0, "<</Type /Pages /Kids [3 0 R] /Count 1>>");
pub(crate) const PAGE: (u32, u16, &str) = (3, 0, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200]>>");

/// A file of one revision with catalog, page tree and one page (objects 1 to 3), as objects of the file.
pub(crate) fn plain(kind: SectionKind) -> Vec<u8> {
    let mut bytes = HEADER.to_vec();
    let compressed: Option<(u32, &[(u32, &str)])> = match kind {
        SectionKind::Table => None,
        _ => Some((5, &[(6, "<</Inside true>>"), (7, "[1 2 3]")])),
    };
    let free: &[(u32, u16)] = &[(0, 65535)];
    append(
        &mut bytes,
        &Update { kind, objects: &[CATALOG, PAGES, PAGE], free, compressed, ..Update::default() },
    );
    bytes
}

/// Appends an update and says where its section stands.
pub(crate) fn append(bytes: &mut Vec<u8>, update: &Update<'_>) -> u64 {
    let mut rows = BTreeMap::new();
    for &(number, generation) in update.free {
        rows.insert(number, Row::Free(generation));
    }
    for &(number, generation, body) in update.objects {
        rows.insert(number, Row::InFile(bytes.len() as u64, generation));
        bytes.extend(format!("{number} {generation} obj\n{body}\nendobj\n").bytes());
    }
    let mut hidden = BTreeMap::new();
    if let Some((stream, objects)) = update.compressed {
        let (mut header, mut body) = (String::new(), String::new());
        for (index, (number, text)) in objects.iter().enumerate() {
            header += &format!("{number} {} ", body.len());
            body += &format!("{text} ");
            hidden.insert(*number, Row::InStream(stream, u32::try_from(index).unwrap()));
        }
        let data = miniz_oxide::deflate::compress_to_vec_zlib(format!("{header}{body}").as_bytes(), 6);
        hidden.insert(stream, Row::InFile(bytes.len() as u64, 0));
        let (count, first) = (objects.len(), header.len());
        let dictionary = format!("/Type /ObjStm /N {count} /First {first} /Filter /FlateDecode");
        stream_object(bytes, stream, &dictionary, &data);
    }
    let previous = update.previous.map_or(String::new(), |previous| format!("/Prev {previous}"));
    let trailer = format!("/Size {} {previous} {}", update.size, update.trailer);
    let section = match update.kind {
        SectionKind::Stream => {
            rows.extend(hidden);
            rows_stream(bytes, rows, update.size - 1, &trailer)
        }
        SectionKind::Hybrid => {
            for &number in hidden.keys() {
                rows.insert(number, Row::Free(0));
            }
            let stream = rows_stream(bytes, hidden, update.size - 1, &format!("/Size {}", update.size));
            table(bytes, &rows, &format!("{trailer} /XRefStm {stream}"))
        }
        SectionKind::Table => table(bytes, &rows, &trailer),
    };
    bytes.extend(format!("startxref\n{section}\n%%EOF\n").bytes());
    section
}

fn stream_object(bytes: &mut Vec<u8>, number: u32, dictionary: &str, data: &[u8]) {
    bytes.extend(format!("{number} 0 obj\n<<{dictionary} /Length {}>>\nstream\n", data.len()).bytes());
    bytes.extend(data);
    bytes.extend(b"\nendstream\nendobj\n");
}

fn table(bytes: &mut Vec<u8>, rows: &BTreeMap<u32, Row>, trailer: &str) -> u64 {
    let offset = bytes.len() as u64;
    bytes.extend(b"xref\n");
    for (number, row) in rows {
        let (offset, generation, kind) = match *row {
            Row::Free(generation) => (0, generation, 'f'),
            Row::InFile(offset, generation) => (offset, generation, 'n'),
            Row::InStream(..) => unreachable!("not in a table"),
        };
        bytes.extend(format!("{number} 1\n{offset:010} {generation:05} {kind}\r\n").bytes());
    }
    bytes.extend(format!("trailer\n<<{trailer}>>\n").bytes());
    offset
}

fn rows_stream(bytes: &mut Vec<u8>, mut rows: BTreeMap<u32, Row>, number: u32, trailer: &str) -> u64 {
    let offset = bytes.len() as u64;
    rows.insert(number, Row::InFile(offset, 0));
    let (mut index, mut data) = (String::new(), Vec::new());
    for (number, row) in &rows {
        index += &format!("{number} 1 ");
        // Predictor "up" (2): each row is the difference to the one above; written as "none" (0) here.
        data.push(0);
        let (kind, second, third) = match *row {
            Row::Free(generation) => (0, 0, u32::from(generation)),
            Row::InFile(offset, generation) => (1, u32::try_from(offset).unwrap(), u32::from(generation)),
            Row::InStream(stream, index) => (2, stream, index),
        };
        data.push(kind);
        data.extend(second.to_be_bytes());
        data.extend(&third.to_be_bytes()[2..]);
    }
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&data, 6);
    let parameters = "/Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 7>>";
    stream_object(
        bytes,
        number,
        &format!("/Type /XRef /W [1 4 2] /Index [{index}] {parameters} {trailer}"),
        &data,
    );
    offset
}
