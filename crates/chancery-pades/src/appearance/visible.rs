//! An appearance on its way into a revision.

use chancery_pdf::{Increment, View};

use super::page::Spot;
use super::seen::Seen;
use super::sketch::Saying;
use super::{Appearance, Content};
use crate::PadesError;

/// An appearance, and what it has to say.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Visible<'v> {
    pub(crate) appearance: &'v Appearance,
    pub(crate) saying: Saying<'v>,
}

impl Visible<'_> {
    /// Draws it and adds it to a revision; what comes out of storage is taken as it was drawn, and only added.
    ///
    /// # Errors
    /// What cannot be drawn, or must not be in this file.
    pub(crate) fn put(
        &self,
        view: &View<'_>,
        increment: &mut Increment<'_>,
        spot: &Spot,
    ) -> Result<Seen, PadesError> {
        let mut numbers = || increment.allocate().number;
        let seen = match &self.appearance.content {
            Content::ToDraw(sketch) => {
                let language = self.appearance.language.as_deref();
                sketch.draw(view, spot, (&self.saying, language), &mut numbers)?
            }
            Content::Drawn(seen) => {
                seen.take_numbers(&mut numbers)?;
                seen.clone()
            }
        };
        seen.put(increment)?;
        Ok(seen)
    }

    /// What readers aloud call the field.
    pub(crate) fn alternate_name(&self) -> &str {
        let given = self.appearance.alternate_name.as_deref();
        given.unwrap_or_else(|| self.saying.statement.name())
    }
}
