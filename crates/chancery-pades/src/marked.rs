//! A report as a picture.

mod marks;
mod page;
mod pages;
mod signatures;
mod summary;
mod words;

use std::io::{self, Write};
use std::path::Path;

use chancery_ades::{Finding, PageArea, Report};
use chancery_digest::Source;
use chancery_drawing::Font;
use chancery_key::Password;
use chancery_pdf::{Increment, Object};

use self::marks::{Drawn, Marks};
use self::pages::FoundPages;
use self::signatures::Shown;
use self::words::Words;
use crate::appearance::Nodes;
use crate::extended::ExtendedFile;
use crate::{PadesError, opening, save};

/// Marks what a report found on the pages where it was found, for people who would rather look than read.
///
/// Every place that a finding names is framed and labelled, red for what keeps a signature from passing, orange for what
/// a person should look at, blue for what is worth knowing; so is every signature that is shown, by what came of it. At
/// the end of the document a page more says in words what the
/// marks mean, with the verdict first; viewers open the copy there.
///
/// ```no_run
/// # fn show(report: &chancery_ades::Report) -> Result<(), Box<dyn std::error::Error>> {
/// use chancery_digest::FileSource;
/// use chancery_pades::Marker;
///
/// let pdf = FileSource::open("contract-signed.pdf")?;
/// let marked = Marker::new(report).mark(&pdf)?;
/// println!("look at pages {:?}", marked.pages());
/// marked.save("contract-marked.pdf")?;
/// # Ok(()) }
/// ```
///
/// The copy is a picture, not a document to keep: the marks are annotations in a further revision that nobody signed, so
/// that a verifier will complain of them. Whatever else the file holds is still in it: a copy of a hostile file is as
/// hostile. Only marked pages are touched, whatever the size of the document.
pub struct Marker<'a> {
    report: &'a Report,
    fonts: Vec<Font>,
    password: Option<(Password, [u8; 32])>,
}

impl<'a> Marker<'a> {
    /// Marks what this report found.
    #[must_use]
    pub const fn new(report: &'a Report) -> Self {
        Self { report, fonts: Vec::new(), password: None }
    }

    /// A font for names and texts beyond the letters of Western Europe; of several each is asked in turn. What no font can
    /// show is written as `\u{4e2d}`.
    #[must_use]
    pub fn font(mut self, font: &Font) -> Self {
        self.fonts.push(font.clone());
        self
    }

    /// The password of an encrypted document, and fresh random bytes to encrypt what is added: use them once. The empty
    /// password is tried without being told, but the bytes are needed wherever AES encrypts.
    #[must_use]
    pub fn password(mut self, password: Password, seed: [u8; 32]) -> Self {
        self.password = Some((password, seed));
        self
    }

    /// Marks a copy of the document that the report is about. What the encryption of the document permits its users is
    /// not asked: nothing of the document is changed.
    ///
    /// # Errors
    /// If the document cannot be read, or its page tree is damaged.
    pub fn mark<'s>(&self, pdf: &'s dyn Source) -> Result<MarkedPdf<'s>, PadesError> {
        let document = opening::document(pdf, self.password.as_ref().map(|(password, _)| password))?;
        let view = document.latest();
        let mut increment = Increment::new(&document);
        if let Some((_, seed)) = &self.password {
            increment = increment.with_seed(*seed);
        }
        let words = Words::new(&self.fonts);
        let shown = signatures::shown(&view, self.report)?;
        let numbers = self.report.all_findings().filter_map(Finding::page).map(|page| page.number());
        let objects = shown.iter().map(|signature| signature.page).collect();
        let mut found = FoundPages::find(&view, &numbers.collect(), &objects)?;
        let shown = shown.into_iter().filter_map(|Shown { page, corners, finding }| {
            let number = found.numbers.get(&page)?;
            Some(finding.on_page(PageArea::page(*number).within(corners)))
        });
        let shown: Vec<Finding> = shown.collect();
        let mut marks = Marks::of(self.report, &shown);
        let (mut pages, mut nodes) = (Vec::new(), Nodes::default());
        for (number, here) in marks.by_page() {
            // A page that is not there, or cannot be found, is told at the end.
            let Some(page) = found.by_number.remove(&number) else { continue };
            let drawn = page::mark((&view, &mut increment), page, &mut nodes, here, &words)?;
            if drawn.contains(&Drawn::Seen) {
                pages.push(number);
            }
            marks.drawn(number, drawn);
        }
        let summary = summary::append((&view, &mut increment), self.report, &marks, &words)?;
        let (root, mut catalog) = view.catalog()?;
        let fit = Object::Name("Fit".into());
        catalog.set("OpenAction", Object::Array(vec![Object::Reference(summary), fit]));
        increment.put(root, &catalog.into())?;
        let appended = increment.finish()?.bytes;
        Ok(MarkedPdf { file: ExtendedFile::new(pdf, appended), pages })
    }
}

/// A copy of a PDF with marks: made by [`Marker::mark`]. The original is neither copied nor held in memory before it is
/// written.
#[derive(Clone)]
pub struct MarkedPdf<'s> {
    file: ExtendedFile<'s>,
    pages: Vec<usize>,
}

impl MarkedPdf<'_> {
    /// The pages with marks, counted from 1.
    #[must_use]
    pub fn pages(&self) -> &[usize] {
        &self.pages
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// If the original cannot be read, or `out` not be written.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        self.file.write_to(out)
    }

    /// The whole file in memory.
    ///
    /// # Errors
    /// If the original cannot be read.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        self.file.to_vec()
    }

    /// Saves the whole file: it is written beside `path`, made durable, then renamed, so that there is never half a file
    /// under that name. A file that has the name is replaced.
    ///
    /// # Errors
    /// If it cannot be written; then nothing is left behind, and a file that had the name is as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        save::atomically(path.as_ref(), |file| self.write_to(file))
    }
}

impl Source for MarkedPdf<'_> {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }
}
