//! The cross-reference section at the end: table, stream, or both (ISO 32000-2 §7.5.4 and §7.5.8).

use std::io::{self, Write};

use super::file::{Entry, FileWriter, deflated};

/// The entries of a trailer that are the same everywhere.
pub(crate) struct Trailer {
    pub(crate) root: u32,
    pub(crate) id: [u8; 16],
}

impl Trailer {
    fn entries(&self, size: usize) -> String {
        let id: String = self.id.iter().map(|octet| format!("{octet:02x}")).collect();
        format!("/Size {size} /Root {} 0 R /ID [<{id}> <{id}>]", self.root)
    }
}

/// A classic table.
pub(crate) fn write_table<W: Write>(file: &mut FileWriter<W>, trailer: &Trailer) -> io::Result<()> {
    table(file, trailer, "")
}

/// A cross-reference stream.
pub(crate) fn write_stream<W: Write>(file: &mut FileWriter<W>, trailer: &Trailer) -> io::Result<()> {
    let number = file.allocate();
    let start = file.position();
    file.place(number, Entry::At(start));
    stream(file, number, trailer, 0)?;
    ending(file, start)
}

/// A table for old readers, and a stream for what they cannot see: the objects in object streams (§7.5.8.4).
pub(crate) fn write_hybrid<W: Write>(file: &mut FileWriter<W>, trailer: &Trailer) -> io::Result<()> {
    let number = file.allocate();
    let start = file.position();
    let hidden = file.entries().iter().position(|entry| matches!(entry, Entry::In(..))).unwrap_or(0);
    stream(file, number, trailer, hidden)?;
    table(file, trailer, &format!(" /XRefStm {start}"))
}

fn table<W: Write>(file: &mut FileWriter<W>, trailer: &Trailer, more: &str) -> io::Result<()> {
    let start = file.position();
    let entries = file.entries().to_vec();
    file.write(format!("xref\n0 {}\n", entries.len()).as_bytes())?;
    // One write for many lines: files of hundreds of thousands of objects are made in tests.
    for lines in entries.chunks(1000).enumerate() {
        let (chunk, entries) = lines;
        let text: String =
            (chunk * 1000..).zip(entries).map(|(number, entry)| table_line(number, entry)).collect();
        file.write(text.as_bytes())?;
    }
    file.write(format!("trailer\n<< {}{more} >>\n", trailer.entries(entries.len())).as_bytes())?;
    ending(file, start)
}

/// Twenty octets (§7.5.4). What is not in the table, because it is in an object stream, is free to old readers.
fn table_line(number: usize, entry: &Entry) -> String {
    match entry {
        Entry::At(offset) => format!("{offset:010} 00000 n \n"),
        Entry::Free | Entry::In(..) => format!("0000000000 {:05} f \n", if number == 0 { 65535 } else { 0 }),
    }
}

/// The stream, from the entry `first` on, with the predictor that real files use (PNG "up", §7.4.4.4).
fn stream<W: Write>(
    file: &mut FileWriter<W>,
    number: u32,
    trailer: &Trailer,
    first: usize,
) -> io::Result<()> {
    const WIDTHS: usize = 1 + 5 + 2;
    let entries = file.entries();
    let mut above = [0; WIDTHS];
    let mut rows = Vec::with_capacity((entries.len() - first) * (WIDTHS + 1));
    for entry in &entries[first..] {
        let row = stream_row(*entry);
        rows.push(2);
        rows.extend(row.iter().zip(above).map(|(octet, above)| octet.wrapping_sub(above)));
        above = row;
    }
    let dictionary = format!(
        "/Type /XRef {} /Index [{first} {}] /W [1 5 2] /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns {WIDTHS} >>",
        trailer.entries(entries.len()),
        entries.len() - first,
    );
    let place = file.entries()[usize::try_from(number).map_err(io::Error::other)?];
    file.stream(number, &dictionary, &deflated(&rows))?;
    // The table of a hybrid file does not list the stream: its trailer points to it.
    if matches!(place, Entry::Free) {
        file.place(number, Entry::Free);
    }
    Ok(())
}

fn stream_row(entry: Entry) -> [u8; 8] {
    let (kind, middle, last) = match entry {
        Entry::Free => (0, 0, 0_u16),
        Entry::At(offset) => (1, offset, 0),
        Entry::In(stream, index) => (2, u64::from(stream), index),
    };
    let [_, _, _, a, b, c, d, e] = middle.to_be_bytes();
    let [f, g] = last.to_be_bytes();
    [kind, a, b, c, d, e, f, g]
}

fn ending<W: Write>(file: &mut FileWriter<W>, start: u64) -> io::Result<()> {
    file.write(format!("startxref\n{start}\n%%EOF\n").as_bytes())
}
