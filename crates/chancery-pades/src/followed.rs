//! The form of a document, followed through its revisions once for all who ask.

use chancery_pdf::{Change, Document, PdfError, View};

use crate::PadesError;
use crate::form_history::{FormHistory, FormStep};

/// A form is read whole at the beginning, and where the one before it cannot be made out.
const MAX_STARTS: usize = 16;

/// A revision, and what it changed.
pub(crate) struct Revised<'d> {
    pub(crate) view: View<'d>,
    /// Nothing in the first one. What an old revision makes of its objects may be past reading.
    changed: Result<Vec<Change>, PdfError>,
}

impl<'d> Revised<'d> {
    /// All revisions, the oldest first.
    pub(crate) fn all(document: &'d Document<'d>) -> Vec<Self> {
        let views: Vec<View<'d>> =
            (0..document.revisions().len()).filter_map(|index| document.at(index)).collect();
        let older = std::iter::once(None).chain(views.iter().map(Some));
        let changed = |view: &View<'d>, older: Option<&View<'d>>| {
            older.map_or(Ok(Vec::new()), |older| view.changed_since(older))
        };
        views
            .iter()
            .zip(older)
            .map(|(view, older)| Self { view: *view, changed: changed(view, older) })
            .collect()
    }

    /// The objects that differ from the revision before.
    ///
    /// # Errors
    /// If they cannot be told.
    pub(crate) fn changed(&self) -> Result<&[Change], PadesError> {
        self.changed.as_deref().map_err(|error| error.clone().into())
    }
}

/// The form as far as it was followed.
pub(crate) struct Followed {
    /// From this revision on, what cannot be made out is an error. What it did itself to the one before need not be known.
    needed_from: Option<usize>,
    form: Option<FormHistory>,
    starts: usize,
}

/// What became of the form in a revision.
pub(crate) enum Passage {
    /// It was read whole: the first one, or the one before could not be made out.
    Whole,
    Step(FormStep),
    /// It cannot be made out.
    Lost,
    /// It could not be made out so often that nobody looks any more.
    GivenUp,
}

impl Followed {
    /// Nothing is followed yet.
    pub(crate) const fn new(needed_from: Option<usize>) -> Self {
        Self { needed_from, form: None, starts: 0 }
    }

    /// Goes on to a revision.
    ///
    /// # Errors
    /// If the file cannot be read, or the form, where it is needed, cannot be made out.
    pub(crate) fn come_to(&mut self, revised: &Revised<'_>) -> Result<Passage, PadesError> {
        let view = &revised.view;
        let is_needed = self.needed_from.is_some_and(|first| first <= view.revision());
        if self.form.is_none() && self.starts >= MAX_STARTS && !is_needed {
            return Ok(Passage::GivenUp);
        }
        let is_first = self.needed_from == Some(view.revision());
        let advanced = match self.advance(revised) {
            Err(_) if is_first => self.begin(view),
            advanced => advanced,
        };
        let (form, passage) = match advanced {
            Err(PadesError::Pdf(PdfError::Read(error))) => return Err(PdfError::Read(error).into()),
            Err(error) if is_needed => return Err(error),
            // What an old revision makes of its form is no fault of those that are signed.
            Err(_) => (None, Passage::Lost),
            Ok((form, passage)) => (Some(form), passage),
        };
        self.form = form;
        Ok(passage)
    }

    fn advance(&mut self, revised: &Revised<'_>) -> Result<(FormHistory, Passage), PadesError> {
        match self.form.take() {
            Some(mut form) => {
                let step = form.advance(&revised.view, revised.changed()?)?;
                Ok((form, Passage::Step(step)))
            }
            None => self.begin(&revised.view),
        }
    }

    fn begin(&mut self, view: &View<'_>) -> Result<(FormHistory, Passage), PadesError> {
        self.starts += 1;
        Ok((FormHistory::read(view)?, Passage::Whole))
    }

    /// The form of the revision that was come to, if it can be made out.
    pub(crate) const fn form(&self) -> Option<&FormHistory> {
        self.form.as_ref()
    }
}
