//! What a document says it conforms to: PDF/A and PDF/UA in its metadata, tags in its catalog.

use crate::error::PdfError;
use crate::object::{Dictionary, Object};
use crate::view::View;
use crate::xmp::{self, Properties};

/// Decoded bytes of a metadata stream. Real ones have some kilobytes, with a thumbnail some hundred.
const METADATA_BYTES: usize = 4 << 20;

/// The namespace of the PDF/A identification schema (ISO 19005-1, 6.7.11).
const PDF_A: &str = "http://www.aiim.org/pdfa/ns/id/";
/// The namespace of the PDF/UA identification schema (ISO 14289-1, clause 5).
const PDF_UA: &str = "http://www.aiim.org/pdfua/ns/id/";

/// What a document says of itself, which may be untrue: nothing here was checked. Whoever adds to the document keeps
/// to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// PDF/A (`pdfaid` in the metadata), for archives.
    pub archive: Option<ArchiveClaim>,
    /// PDF/UA (`pdfuaid:part` in the metadata), for everybody: 1 or 2.
    pub accessibility: Option<u32>,
    /// Whether its content is marked by a structure tree (`/MarkInfo`, `/Marked`; ISO 32000-2, 14.7.1).
    pub tagged: bool,
    /// What could be made of the metadata, where the first two stand.
    pub metadata: Metadata,
}

/// A claim to be PDF/A (ISO 19005).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveClaim {
    /// The part of the standard: 1 to 4.
    pub part: u32,
    /// The level, in the case of the file: `A`, `B` or `U`; of part 4 nothing, `E` or `F`.
    pub conformance: Option<String>,
}

/// What could be made of the metadata stream of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metadata {
    /// There is none.
    Absent,
    /// It was read.
    Read,
    /// It is no readable XMP, so that nobody else finds a claim in it either.
    Unreadable {
        /// What is wrong.
        problem: &'static str,
    },
}

impl View<'_> {
    /// What the document says it conforms to: PDF/A, PDF/UA, tags.
    ///
    /// ```no_run
    /// # let pdf: Vec<u8> = Vec::new();
    /// let document = chancery_pdf::Document::open(&pdf)?;
    /// let claims = document.latest().claims()?;
    /// if let Some(archive) = claims.archive {
    ///     println!("claims to be PDF/A-{}{}", archive.part, archive.conformance.unwrap_or_default());
    /// }
    /// # Ok::<(), chancery_pdf::PdfError>(())
    /// ```
    ///
    /// # Errors
    /// If the catalog, or an object on the way to the metadata, cannot be read. Metadata that are no XMP are no error:
    /// [`Claims::metadata`] tells.
    pub fn claims(&self) -> Result<Claims, PdfError> {
        read(self)
    }
}

fn read(view: &View<'_>) -> Result<Claims, PdfError> {
    let (_, catalog) = view.catalog()?;
    let tagged = match view.value(&catalog, "MarkInfo")? {
        Object::Dictionary(marks) => view.value(&marks, "Marked")?.as_boolean() == Some(true),
        _ => false,
    };
    let unreadable = |problem| (None, None, Metadata::Unreadable { problem });
    let (archive, accessibility, metadata) = match metadata(view, &catalog)? {
        None => (None, None, Metadata::Absent),
        Some(Err(problem)) => unreadable(problem),
        Some(Ok(bytes)) => match xmp::properties(&bytes, &[PDF_A, PDF_UA]) {
            Err(problem) => unreadable(problem),
            Ok(found) => (archive_claim(&found), number(&found, PDF_UA), Metadata::Read),
        },
    };
    Ok(Claims { archive, accessibility, tagged, metadata })
}

/// The bytes of the metadata stream, or what is wrong with them; `None` if there is no such stream.
fn metadata(
    view: &View<'_>,
    catalog: &Dictionary,
) -> Result<Option<Result<Vec<u8>, &'static str>>, PdfError> {
    let Object::Stream(stream) = view.value(catalog, "Metadata")? else { return Ok(None) };
    Ok(Some(match view.decoded(&stream, METADATA_BYTES) {
        Ok(bytes) => Ok(bytes.into_owned()),
        Err(PdfError::Read(error)) => return Err(PdfError::Read(error)),
        Err(PdfError::Limit { .. }) => Err("it is too long"),
        Err(_) => Err("its stream cannot be decoded"),
    }))
}

fn archive_claim(found: &Properties) -> Option<ArchiveClaim> {
    let conformance = found.get(PDF_A, "conformance").filter(|level| !level.is_empty());
    Some(ArchiveClaim { part: number(found, PDF_A)?, conformance: conformance.map(str::to_owned) })
}

fn number(found: &Properties, namespace: &str) -> Option<u32> {
    found.get(namespace, "part")?.parse().ok()
}
