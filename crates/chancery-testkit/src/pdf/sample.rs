//! Files of every shape and size.

use std::io::{self, BufWriter, Write};

use super::file::FileWriter;
use super::section::{Trailer, write_hybrid, write_stream, write_table};

/// How a file says where its objects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CrossReference {
    /// A classic table, as all files had before PDF 1.5.
    #[default]
    Table,
    /// A cross-reference stream; objects stand alone.
    Stream,
    /// A cross-reference stream; objects that are no streams are gathered in object streams, compressed.
    ObjectStreams,
    /// A table for old readers, whose trailer points to a stream that adds what is in object streams: the extra objects.
    Hybrid,
}

/// A document to be, of so many pages, objects and octets. The same choices make the same octets.
///
/// ```
/// use chancery_testkit::pdf::{CrossReference, SamplePdf};
///
/// let many = SamplePdf::new().extra_objects(5_000).cross_reference(CrossReference::Hybrid).to_bytes();
/// let mut file = std::io::sink(); // or a `std::fs::File`
/// SamplePdf::new().padding_megabytes(100).write_to(&mut file)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePdf {
    pages: usize,
    links: usize,
    extra_objects: usize,
    padding_megabytes: usize,
    cross_reference: CrossReference,
}

impl SamplePdf {
    /// One page, nothing else, a classic table.
    #[must_use]
    pub fn new() -> Self {
        Self {
            pages: 1,
            links: 0,
            extra_objects: 0,
            padding_megabytes: 0,
            cross_reference: CrossReference::Table,
        }
    }

    /// With so many pages; none at all makes a document that cannot be shown.
    #[must_use]
    pub fn pages(self, pages: usize) -> Self {
        Self { pages, ..self }
    }

    /// With so many links on each page: an annotation and its action, two objects, for each.
    #[must_use]
    pub fn links(self, links: usize) -> Self {
        Self { links, ..self }
    }

    /// With so many small dictionaries besides, to which nothing refers.
    #[must_use]
    pub fn extra_objects(self, extra_objects: usize) -> Self {
        Self { extra_objects, ..self }
    }

    /// With so many streams of one megabyte (1,000,000 octets) that look like noise: they cannot be compressed.
    #[must_use]
    pub fn padding_megabytes(self, padding_megabytes: usize) -> Self {
        Self { padding_megabytes, ..self }
    }

    /// With this kind of cross-reference section.
    #[must_use]
    pub fn cross_reference(self, cross_reference: CrossReference) -> Self {
        Self { cross_reference, ..self }
    }

    /// The whole file in memory.
    ///
    /// # Panics
    ///
    /// Never, in a memory that holds the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        self.write_to(&mut octets).expect("writing to memory does not fail");
        octets
    }

    /// Writes the file, a megabyte at most in memory (and 16 octets for each object).
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let mut file = FileWriter::new(&mut out)?;
        let root = self.write_pages(&mut file)?;
        self.write_extra_objects(&mut file)?;
        self.write_padding(&mut file)?;
        file.flush_gathered()?;
        let trailer = Trailer { root, id: *b"chancery-testkit" };
        match self.cross_reference {
            CrossReference::Table => write_table(&mut file, &trailer),
            CrossReference::Stream | CrossReference::ObjectStreams => write_stream(&mut file, &trailer),
            CrossReference::Hybrid => write_hybrid(&mut file, &trailer),
        }?;
        out.flush()
    }

    /// Catalog, page tree, font and pages; returns the number of the catalog.
    fn write_pages<W: Write>(&self, file: &mut FileWriter<W>) -> io::Result<u32> {
        let (root, tree, font) = (file.allocate(), file.allocate(), file.allocate());
        let pages: Vec<_> = (0..self.pages).map(|_| (file.allocate(), file.allocate())).collect();
        let kids: String = pages.iter().map(|(page, _)| format!("{page} 0 R ")).collect();
        self.put(file, root, format!("<< /Type /Catalog /Pages {tree} 0 R >>"))?;
        self.put(
            file,
            tree,
            format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.trim_end(), pages.len()),
        )?;
        self.put(file, font, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned())?;
        for (index, (page, content)) in (1..).zip(pages) {
            let links = self.write_links(file, index)?;
            let resources = format!("<< /Font << /F1 {font} 0 R >> >>");
            let entries = format!("/Parent {tree} 0 R /MediaBox [0 0 595 842] /Resources {resources}");
            self.put(file, page, format!("<< /Type /Page {entries} {links}/Contents {content} 0 R >>"))?;
            let text = format!("BT /F1 24 Tf 72 720 Td (Page {index}) Tj ET");
            file.stream(content, "", text.as_bytes())?;
        }
        Ok(root)
    }

    /// The links of a page; returns the entry that it needs for them.
    fn write_links<W: Write>(&self, file: &mut FileWriter<W>, page: usize) -> io::Result<String> {
        let mut annotations = String::new();
        for link in 0..self.links {
            let (annotation, action) = (file.allocate(), file.allocate());
            let address = format!("<< /S /URI /URI (https://example.test/{page}/{link}) >>");
            self.put(file, action, address)?;
            let (bottom, top) = (10 + link * 14, 22 + link * 14);
            let entries = format!("/Rect [72 {bottom} 200 {top}] /Border [0 0 0] /A {action} 0 R");
            self.put(file, annotation, format!("<< /Type /Annot /Subtype /Link {entries} >>"))?;
            annotations += &format!("{annotation} 0 R ");
        }
        Ok(if self.links == 0 { String::new() } else { format!("/Annots [{}] ", annotations.trim_end()) })
    }

    /// In a hybrid file these, and only these, are hidden from old readers.
    fn write_extra_objects<W: Write>(&self, file: &mut FileWriter<W>) -> io::Result<()> {
        for index in 0..self.extra_objects {
            let number = file.allocate();
            let body = format!("<< /Type /Sample /Index {index} >>").into_bytes();
            match self.cross_reference {
                CrossReference::Table | CrossReference::Stream => file.object(number, &body)?,
                CrossReference::ObjectStreams | CrossReference::Hybrid => file.gather(number, body)?,
            }
        }
        Ok(())
    }

    fn write_padding<W: Write>(&self, file: &mut FileWriter<W>) -> io::Result<()> {
        let mut noise = Noise(0x2545_f491_4f6c_dd1d);
        for _ in 0..self.padding_megabytes {
            let number = file.allocate();
            file.stream(number, "/Type /Sample", &noise.octets(1_000_000))?;
        }
        Ok(())
    }

    fn put<W: Write>(&self, file: &mut FileWriter<W>, number: u32, body: String) -> io::Result<()> {
        if self.cross_reference == CrossReference::ObjectStreams {
            file.gather(number, body.into_bytes())
        } else {
            file.object(number, body.as_bytes())
        }
    }
}

impl Default for SamplePdf {
    fn default() -> Self {
        Self::new()
    }
}

/// The first half of a file, as a broken download leaves it.
#[must_use]
pub fn truncated(pdf: &[u8]) -> Vec<u8> {
    pdf[..pdf.len() / 2].to_vec()
}

/// Marsaglia's xorshift64: octets that look random, the same ones every time.
struct Noise(u64);

impl Noise {
    fn octets(&mut self, count: usize) -> Vec<u8> {
        let octets = std::iter::repeat_with(|| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0.to_be_bytes()
        });
        octets.flatten().take(count).collect()
    }
}
