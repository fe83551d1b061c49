//! Writes a file object by object, and remembers where each one is.

use std::io::{self, Write};

/// Where an object is, as a cross-reference section says it (ISO 32000-2 §7.5.8.3, table 18).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry {
    /// Nowhere.
    Free,
    /// At this offset.
    At(u64),
    /// In the object stream of this number, at this index.
    In(u32, u16),
}

/// Objects per object stream: as many as common writers put into one.
const OBJECTS_PER_STREAM: usize = 100;

/// A file that is being written.
pub(crate) struct FileWriter<W> {
    out: W,
    position: u64,
    entries: Vec<Entry>,
    gathered: Vec<(u32, Vec<u8>)>,
}

impl<W: Write> FileWriter<W> {
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let mut file = Self { out, position: 0, entries: vec![Entry::Free], gathered: Vec::new() };
        // The octets above 127 tell programs that move files that this one is not text (§7.5.2).
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")?;
        Ok(file)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// A number for an object to come.
    pub(crate) fn allocate(&mut self) -> u32 {
        self.entries.push(Entry::Free);
        u32::try_from(self.entries.len() - 1).expect("fewer objects than a file can hold")
    }

    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.position += u64::try_from(octets.len()).map_err(io::Error::other)?;
        self.out.write_all(octets)
    }

    /// An object of its own.
    pub(crate) fn object(&mut self, number: u32, body: &[u8]) -> io::Result<()> {
        self.place(number, Entry::At(self.position));
        self.write(format!("{number} 0 obj\n").as_bytes())?;
        self.write(body)?;
        self.write(b"\nendobj\n")
    }

    /// A stream; `entries` go into its dictionary.
    pub(crate) fn stream(&mut self, number: u32, entries: &str, data: &[u8]) -> io::Result<()> {
        self.place(number, Entry::At(self.position));
        self.write(format!("{number} 0 obj\n<< {entries} /Length {} >>\nstream\n", data.len()).as_bytes())?;
        self.write(data)?;
        self.write(b"\nendstream\nendobj\n")
    }

    /// An object that goes into an object stream, together with others.
    pub(crate) fn gather(&mut self, number: u32, body: Vec<u8>) -> io::Result<()> {
        self.gathered.push((number, body));
        if self.gathered.len() == OBJECTS_PER_STREAM { self.flush_gathered() } else { Ok(()) }
    }

    /// Writes the object stream that is being gathered, if there is one (§7.5.7).
    pub(crate) fn flush_gathered(&mut self) -> io::Result<()> {
        let gathered = std::mem::take(&mut self.gathered);
        if gathered.is_empty() {
            return Ok(());
        }
        let stream = self.allocate();
        let (mut index, mut bodies) = (String::new(), Vec::new());
        for (place, (number, body)) in (0_u16..).zip(&gathered) {
            index += &format!("{number} {} ", bodies.len());
            bodies.extend_from_slice(body);
            bodies.push(b'\n');
            self.place(*number, Entry::In(stream, place));
        }
        let entries =
            format!("/Type /ObjStm /N {} /First {} /Filter /FlateDecode", gathered.len(), index.len());
        let data = deflated(&[index.as_bytes(), &bodies].concat());
        self.stream(stream, &entries, &data)
    }

    pub(crate) fn place(&mut self, number: u32, entry: Entry) {
        let slot = usize::try_from(number).ok().and_then(|number| self.entries.get_mut(number));
        *slot.expect("a number that was allocated") = entry;
    }
}

/// As `/FlateDecode` wants it.
pub(crate) fn deflated(octets: &[u8]) -> Vec<u8> {
    const LEVEL: u8 = 6;
    miniz_oxide::deflate::compress_to_vec_zlib(octets, LEVEL)
}
