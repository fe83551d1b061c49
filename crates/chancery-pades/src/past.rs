//! What became of a document from revision to revision: one way through all of them, for all that is asked of it.

use chancery_pdf::Document;

use crate::PadesError;
use crate::changes::{Changes, RevisionChanges};
use crate::followed::{Followed, Passage, Revised};
use crate::forgotten::Had;
use crate::lookout::Lookout;
use crate::placed::Signatures;

/// What became of a document.
pub(crate) struct Past<'d> {
    pub(crate) signatures: Signatures,
    /// What was changed after the first sound signature.
    pub(crate) changes: Vec<RevisionChanges>,
    /// What was seen of the objects since then; nothing if nothing came later.
    pub(crate) lookout: Lookout,
    /// The signatures that fields held once.
    pub(crate) had: Had<'d>,
}

impl<'d> Past<'d> {
    /// Goes through the revisions of a document.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of(document: &'d Document<'d>) -> Result<Self, PadesError> {
        let revisions = Revised::all(document);
        let mut signatures = Signatures::of(document)?;
        let mut followed = Followed::new(signatures.first_revision());
        let mut lookout = Lookout::new(signatures.last_revision());
        let (mut had, mut changes) = (Had::default(), None::<Changes<'_>>);
        for (index, revised) in revisions.iter().enumerate() {
            let passage = followed.come_to(revised)?;
            had.note(&revised.view, &passage, &followed);
            if let (Some(changes), Passage::Step(step)) = (&mut changes, &passage) {
                changes.judge(revised, step, &mut lookout)?;
            }
            if let Some(form) = followed.form() {
                signatures.judge_revision(document, revised.view.revision(), form)?;
            }
            let later = revisions.get(index + 1..).unwrap_or_default();
            if changes.is_none() && signatures.is_signed(revised.view.revision()) && !later.is_empty() {
                changes = Some(Changes::since(revised.view, later, &mut lookout)?);
            }
        }
        let changes = changes.map_or_else(Vec::new, Changes::finish);
        Ok(Self { signatures, changes, lookout, had })
    }
}
