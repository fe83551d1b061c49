//! What is kept of the looks of a revision: fields may share what is large.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chancery_pdf::{Name, Object, Reference, Stream};

use super::covering::Areas;
use super::drawn_text::DrawnText;
use super::glyphs::Glyph;
use super::letters::Letters;

/// What is kept of the looks of a revision, for fields that share it.
#[derive(Default)]
pub(super) struct Looks {
    /// The fonts that were judged, and those that were explained, by the numbers of their objects.
    pub(super) judged: BTreeMap<u32, LookFont>,
    pub(super) explained: BTreeSet<u32>,
    pub(super) list: Option<(Reference, Rc<FontList>)>,
    pub(super) look: Option<(Reference, Rc<DrawnLook>)>,
    /// What the last look paints, of this revision.
    pub(super) painted: Option<((usize, Reference), Rc<Areas>)>,
}

/// A look, and what it draws.
pub(super) struct DrawnLook {
    pub(super) form: Stream,
    pub(super) content: Vec<u8>,
    pub(super) drawn: DrawnText,
}

/// What is known of a font in which something is shown.
#[derive(Clone)]
pub(super) struct LookFont {
    /// What its codes stand for, as far as can be said: to find what is certainly another value.
    pub(super) glyphs: Option<Rc<[Glyph; 256]>>,
    /// What people see for certain.
    pub(super) letters: Option<Rc<Letters>>,
}

/// Fonts by their names.
pub(super) type FontList = BTreeMap<Name, Object>;
