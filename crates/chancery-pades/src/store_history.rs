//! The long-term validation data of a document from revision to revision: read again only where a revision changed them.

use std::rc::Rc;

use chancery_pdf::{Change, Object, View};

use crate::PadesError;
use crate::security_store::{Kept, Read, Store};

/// The store of a revision, kept up to date.
pub(crate) struct StoreHistory {
    /// The number of the catalog, and what stands there.
    root: u32,
    dss: Option<Object>,
    read: Rc<Read>,
    kept: Kept,
}

/// What a revision did to the store: both are the same if it did nothing.
pub(crate) struct StoreStep {
    pub(crate) before: Rc<Read>,
    pub(crate) after: Rc<Read>,
}

impl StoreHistory {
    /// Reads the store of a revision.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(view: &View<'_>) -> Result<Self, PadesError> {
        let (root, catalog) = view.catalog()?;
        let dss = catalog.get("DSS").cloned();
        let mut kept = Kept::default();
        let read = Rc::new(Store::read(view, dss.as_ref(), &mut kept)?);
        Ok(Self { root: root.number, dss, read, kept })
    }

    /// Goes on to the next revision, in which these objects differ.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn advance(&mut self, view: &View<'_>, changed: &[Change]) -> Result<StoreStep, PadesError> {
        let before = Rc::clone(&self.read);
        let root = view.trailer().get("Root").and_then(Object::as_reference).map(|root| root.number);
        let mut same = true;
        if root != Some(self.root) || changed.iter().any(|change| change.number == self.root) {
            let (root, catalog) = view.catalog()?;
            same = self.dss.as_ref() == catalog.get("DSS");
            (self.root, self.dss) = (root.number, catalog.get("DSS").cloned());
        }
        for change in changed {
            same &= !before.looked_at.contains(&change.number);
            self.kept.forget(change.number);
        }
        if !same {
            self.read = Rc::new(Store::read(view, self.dss.as_ref(), &mut self.kept)?);
        }
        Ok(StoreStep { before, after: Rc::clone(&self.read) })
    }
}
