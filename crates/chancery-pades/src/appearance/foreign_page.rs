//! A page of another document as part of an appearance.

use std::sync::Arc;

use chancery_drawing::{Drawing, Size};
use chancery_pdf::{Claims, ImportedPage, Object, Reference, View};

use super::archive::output_intent;
use super::page::narrow;
use super::seen::SeenObject;
use crate::PadesError;

/// A page of another document. Cheap to clone.
#[derive(Clone)]
pub(super) struct ForeignPage {
    page: Arc<ImportedPage>,
    /// The part of PDF/A that its document claims to keep, and the colour space of its output intent.
    archive: Option<(u32, Option<Vec<u8>>)>,
}

impl ForeignPage {
    pub(super) fn read(view: &View<'_>, index: usize) -> Result<Self, PadesError> {
        let page = Arc::new(ImportedPage::read(view, index)?);
        let archive = match view.claims()?.archive {
            Some(claim) => Some((claim.part, output_intent(view)?)),
            None => None,
        };
        Ok(Self { page, archive })
    }

    /// Draws it, and gives the objects that it needs.
    pub(super) fn draw(
        &self,
        view: &View<'_>,
        drawing: &mut Drawing,
        numbers: &mut dyn FnMut() -> u32,
    ) -> Result<Vec<SeenObject>, PadesError> {
        self.refuse_in_archive(view, &view.claims()?)?;
        let numbered = self.page.numbered(&mut || Reference { number: numbers(), generation: 0 });
        if let Some((form, _)) = numbered.first() {
            let size = Size { width: narrow(self.page.width()), height: narrow(self.page.height()) };
            drawing.form(drawing.rectangle(), form.number, size)?;
        }
        let objects = numbered.into_iter().map(|(reference, object)| {
            let data = match &object {
                Object::Stream(stream) => Some(view.raw(stream)?.into_owned()),
                _ => None,
            };
            // Of a stream, this is the dictionary.
            Ok(SeenObject { number: reference.number, value: object.to_bytes(), data })
        });
        objects.collect()
    }

    /// What is on the page was not looked at. In an archive it may stand only if it comes out of one with no fewer rules,
    /// and if colours mean there what they mean here.
    fn refuse_in_archive(&self, view: &View<'_>, claims: &Claims) -> Result<(), PadesError> {
        let Some(archive) = &claims.archive else { return Ok(()) };
        let problem = match &self.archive {
            None => "a page of a document that is not PDF/A: have it made as PDF/A",
            Some((part, _)) if *part > archive.part => {
                "a page of a document of a later part of PDF/A: have it made in the same part"
            }
            Some((_, Some(intent))) if output_intent(view)?.as_ref() != Some(intent) => {
                "a page of a document that has another output intent: have both made with the same"
            }
            Some(_) => return Ok(()),
        };
        Err(PadesError::Archive { part: archive.part, problem })
    }
}
