//! What is asked of every object of a document, on the one walk over all of them.

use chancery_pdf::{Change, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::changeable::Seen;
use crate::unlisted::Streams;

/// What is looked for in the objects of a revision, and in those that later ones changed.
pub(crate) struct Lookout {
    /// After this revision comes what nobody signed.
    last_signed: usize,
    began: bool,
    /// Whether the revision whose objects pass by is one that somebody signed.
    is_signed: bool,
    changeable: Seen,
    streams: Streams,
}

impl Lookout {
    /// What nobody signed comes after this revision, or is all there is.
    pub(crate) fn new(last_signed: Option<usize>) -> Self {
        let last_signed = last_signed.unwrap_or_default();
        let (changeable, streams) = (Seen::until(last_signed), Streams::default());
        Self { last_signed, began: false, is_signed: true, changeable, streams }
    }

    /// Another revision follows, in which these objects changed; the first one is whole. What is seen from now on belongs to
    /// it.
    pub(crate) fn come_to(&mut self, view: &View<'_>, changed: &[Change]) {
        self.began = true;
        self.is_signed = self.changeable.come_to(view, changed);
        self.streams.come_to(view);
    }

    pub(crate) fn look_at(&mut self, place: Reference, object: &Object) {
        if self.is_signed {
            self.changeable.look_at(place, object);
        }
        self.streams.look_at(place, object);
    }

    /// Looks at all objects of the last signed revision, or the newest if none is, unless they passed by already.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn look_around(&mut self, view: &View<'_>) -> Result<(), PadesError> {
        if self.began && self.last_signed == view.revision() {
            return Ok(());
        }
        // It may be that what was taken for signed is not.
        self.changeable = Seen::until(view.revision());
        self.last_signed = view.revision();
        self.come_to(view, &[]);
        view.each_object(|reference, object| match object {
            Ok(object) => {
                self.look_at(reference, &object);
                Ok(())
            }
            Err(PdfError::Read(error)) => Err(PadesError::from(PdfError::Read(error))),
            // Whether it matters is judged where it is used.
            Err(_) => Ok(()),
        })
    }

    /// What was seen.
    pub(crate) fn finish(self) -> (Seen, Streams) {
        (self.changeable, self.streams)
    }
}
