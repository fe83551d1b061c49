//! How a revision is written: where readers could see another document in the same bytes.

use chancery_pdf::{Object, PdfError, Reference};

use super::judgement::Judgement;
use super::step::Step;
use crate::PadesError;

impl Step<'_, '_> {
    pub(super) fn judge_writing(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        self.refuse_open_ends(judgement)?;
        self.refuse_oddities(judgement)?;
        self.refuse_small_size(judgement);
        Ok(())
    }

    /// Whoever reads on where an object does not end sees more of it; that it says the same up to there explains nothing.
    fn refuse_open_ends(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let mut unclosed = Vec::new();
        for change in judgement.changed.values() {
            let Some(generation) = change.after.and_then(|entry| entry.generation_in_use()) else { continue };
            match self.new.is_closed(Reference::new(change.number, generation)) {
                Ok(true) => {}
                Ok(false) => unclosed.push(change.number),
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
                // What cannot be read is refused as such.
                Err(_) => {}
            }
        }
        for number in unclosed {
            let text = "an object has no end, so readers may take what follows for a part of it";
            judgement.unexplained("object-end-missing", text, Some(number));
        }
        Ok(())
    }

    /// What only some readers can read, or read in another way, is not the same as anything: who looks at the document with
    /// one of them sees another one than who signed it.
    fn refuse_oddities(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let mut found = Vec::new();
        for change in judgement.changed.values() {
            let Some(generation) = change.after.and_then(|entry| entry.generation_in_use()) else { continue };
            match self.new.oddity(Reference::new(change.number, generation)) {
                Ok(oddity) => found.extend(oddity.map(|oddity| (oddity, Some(change.number)))),
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
                // What cannot be read is refused as such.
                Err(_) => {}
            }
        }
        found.extend(self.new.section_oddity()?.map(|oddity| (oddity, None)));
        for (oddity, number) in found {
            let what = if number.is_some() { "an object" } else { "the cross-reference" };
            let text = format!("{what} is written in a way that readers take differently: {oddity}");
            judgement.unexplained("odd-writing", text, number);
        }
        Ok(())
    }

    /// What is not below `/Size` is not there, by the standard (ISO 32000-2, table 15).
    fn refuse_small_size(&self, judgement: &mut Judgement) {
        let size = |trailer: &chancery_pdf::Dictionary| trailer.get("Size").and_then(Object::as_integer);
        let (old, new) = (size(self.old.trailer()), size(self.new.trailer()));
        if new < old {
            let text = "the trailer says that there are fewer objects than before, so readers may miss some";
            judgement.unexplained("size-lowered", text, None);
        }
        let in_use = |number: &&u32| {
            let after = judgement.changed.get(number).and_then(|change| change.after);
            after.is_some_and(|entry| entry.is_in_use())
        };
        let greatest = judgement.changed.keys().rev().find(in_use).copied();
        if let Some(number) = greatest.filter(|number| new <= Some(i64::from(*number))) {
            let text =
                "an object has a number that the trailer says there is none of, so readers may miss it";
            judgement.unexplained("object-beyond-size", text, Some(number));
        }
    }
}
