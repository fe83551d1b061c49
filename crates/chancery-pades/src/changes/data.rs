//! Changes of what is beside the document's content: long-term validation data and metadata.

use std::rc::Rc;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object};

use super::found::Need;
use super::judgement::Judgement;
use super::step::Step;
use super::values::{is_type, root_number};
use crate::PadesError;
use crate::security_store::Store;
use crate::store_history::StoreStep;

impl Step<'_, '_> {
    pub(super) fn judge_store(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let StoreStep { before, after } = self.store;
        if Rc::ptr_eq(before, after) {
            return Ok(());
        }
        let (before, after) = (&before.store, &after.store);
        let touches = |store: &Result<Store, String>| {
            store.as_ref().is_ok_and(|store| judgement.changed.keys().any(|number| store.holds(*number)))
        };
        if old_catalog.get("DSS") == new_catalog.get("DSS") && !touches(before) && !touches(after) {
            return Ok(());
        }
        match (before, after) {
            (Ok(before), Ok(after)) if after.holds_all_of(before) => {
                self.explain_store(judgement, before, after);
                Ok(())
            }
            (_, Err(fault)) => {
                judgement.unexplained(
                    "long-term-data-malformed",
                    format!("the long-term validation data are malformed: {fault}"),
                    None,
                );
                Ok(())
            }
            _ => {
                judgement.unexplained(
                    "long-term-data-removed",
                    "long-term validation data were removed or replaced",
                    None,
                );
                Ok(())
            }
        }
    }

    /// New objects of the store are explained, and those of its dictionaries and lists that were there before as such
    /// and that nothing else uses. A stream that was there before never changes.
    fn explain_store(&self, judgement: &mut Judgement, before: &Store, after: &Store) {
        let root = root_number(&self.new);
        let explained = |number: &u32| {
            let grown = before.is_structure(*number)
                && after.is_structure(*number)
                && self
                    .references
                    .uses(*number)
                    .all(|found| found.is(root, "DSS") || before.is_structure(found.from));
            after.holds(*number) && (judgement.is_new(*number) || grown)
        };
        let explained: Vec<u32> = judgement.changed.keys().copied().filter(explained).collect();
        judgement.explained.extend(explained);
        let text = "long-term validation data were added (/DSS)";
        judgement.explain(Need::Nothing, Finding::information("long-term-data-added", text));
    }

    pub(super) fn judge_metadata(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let Some(metadata) = new_catalog.get("Metadata").and_then(Object::as_reference) else {
            return Ok(());
        };
        let changed = judgement.changed.contains_key(&metadata.number)
            && !judgement.explained.contains(&metadata.number);
        if !changed && old_catalog.get("Metadata") == new_catalog.get("Metadata") {
            return Ok(());
        }
        let was = self.old.object(metadata)?;
        let root = root_number(&self.new);
        let was_metadata = was.is_null() || is_metadata(&was);
        let only_metadata = self.references.uses(metadata.number).all(|found| found.is(root, "Metadata"));
        let is = self.new.object(metadata)?;
        if is_metadata(&is) && self.is_xmp(&is)? && was_metadata && only_metadata {
            judgement.explained.insert(metadata.number);
            judgement.explain(
                Need::Nothing,
                Finding::information("metadata-changed", "the document metadata were changed"),
            );
        }
        Ok(())
    }

    /// Whether a stream holds XMP: XML without definitions of its own, by which a parser may be led elsewhere.
    fn is_xmp(&self, object: &Object) -> Result<bool, PadesError> {
        let Some(stream) = object.as_stream() else { return Ok(false) };
        let xml = match self.new.decoded(stream, MAX_METADATA) {
            Ok(xml) => xml,
            Err(chancery_pdf::PdfError::Read(error)) => {
                return Err(chancery_pdf::PdfError::Read(error).into());
            }
            Err(_) => return Ok(false),
        };
        // In whichever of the encodings of XMP: the zeros of wider ones aside.
        let text: Vec<u8> = xml.iter().copied().filter(|byte| *byte != 0).collect();
        let text = String::from_utf8_lossy(&text);
        let begins = text.trim_start_matches(|letter: char| {
            letter.is_whitespace() || letter == '\u{FEFF}' || letter == '\u{FFFD}'
        });
        Ok(begins.starts_with('<') && !text.contains("<!DOCTYPE") && !text.contains("<!ENTITY"))
    }
}

/// The largest real ones hold thumbnails of some hundred kilobytes.
const MAX_METADATA: usize = 16 << 20;

/// A metadata stream (ISO 32000-2, 14.3.2).
pub(super) fn is_metadata(object: &Object) -> bool {
    let subtype =
        object.as_stream().and_then(|stream| stream.dictionary().get("Subtype")).and_then(Object::as_name);
    is_type(object, "Metadata") && subtype.is_some_and(|subtype| subtype.as_bytes() == b"XML")
}
