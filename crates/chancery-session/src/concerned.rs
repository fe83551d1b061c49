//! What corrections say of one document.

use chancery_workflow::{Act, ContentDigest, Correction, DocumentId, FieldContent, Placement};

use crate::level;

/// What corrections say of a document that they concern.
pub(crate) struct Concerned<'c> {
    /// What is put in its place.
    pub(crate) replaced_by: Option<ContentDigest>,
    /// Where the signatures of added parties are to be seen.
    pub(crate) places: Vec<&'c str>,
    /// Whether an added party's signature in it must be qualified.
    pub(crate) qualified: bool,
}

impl<'c> Concerned<'c> {
    /// None if they do not concern it.
    pub(crate) fn of(corrections: &'c [Correction], document: DocumentId) -> Option<Self> {
        let mut concerned = None;
        for correction in corrections {
            match correction {
                Correction::Document { document: replaced, digest } if *replaced == document => {
                    concerned.get_or_insert_with(Self::nothing).replaced_by = Some(*digest);
                }
                Correction::AddParty { party, fields } => {
                    let signs_all =
                        party.role.act().is_some_and(Act::signs) && party.placement == Placement::Invisible;
                    let own = || fields.iter().filter(|field| field.document == document);
                    if signs_all || own().next().is_some() {
                        let places = own().filter(|field| field.content == FieldContent::Signature);
                        let concerned = concerned.get_or_insert_with(Self::nothing);
                        concerned.places.extend(places.map(|field| field.name.as_str()));
                        concerned.qualified |= level::is_qualified(party);
                    }
                }
                Correction::RemoveParty(_)
                | Correction::Person { .. }
                | Correction::Factors { .. }
                | Correction::Document { .. } => {}
            }
        }
        concerned
    }

    const fn nothing() -> Self {
        Self { replaced_by: None, places: Vec::new(), qualified: false }
    }
}
