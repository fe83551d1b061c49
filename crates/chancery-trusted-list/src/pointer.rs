//! Pointers to other lists.

use roxmltree::Node;

use crate::identity::DigitalIdentity;
use crate::xml::{self, Fields, Notes, Result, namespace};

/// Where another list is, and who may sign it (TS 119 612, 5.3.13). The list of the lists of the European Union
/// consists of these.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListPointer {
    /// The address of the list.
    pub location: String,
    /// The certificates of who may sign it, all identities together.
    pub signers: DigitalIdentity,
    /// The country or group of countries: an ISO 3166 code, `UK` and `EL` for Great Britain and Greece, `EU`.
    pub territory: Option<String>,
    /// What kind of list it is, by URI.
    pub list_type: Option<String>,
    /// Its media type: `application/vnd.etsi.tsl+xml` for XML.
    pub media_type: Option<String>,
}

impl ListPointer {
    /// `OtherTSLPointer`.
    pub(crate) fn read(node: Node<'_, '_>, notes: &Notes) -> Result<Self> {
        let mut fields = Fields::of(node);
        let location = xml::uri(fields.required(namespace::LIST, "TSLLocation")?)?;
        let mut signers = DigitalIdentity::default();
        if let Some(identities) = fields.optional(namespace::LIST, "ServiceDigitalIdentities")? {
            let mut identities = Fields::of(identities);
            for identity in identities.all(namespace::LIST, "ServiceDigitalIdentity") {
                signers.add_all(DigitalIdentity::read(identity, notes)?);
            }
            identities.note_rest(notes);
        }
        let mut pointer = Self { location, signers, territory: None, list_type: None, media_type: None };
        if let Some(information) = fields.optional(namespace::LIST, "AdditionalInformation")? {
            let mut information = Fields::of(information);
            information.pass_over(namespace::LIST, &["TextualInformation"]);
            for other in information.all(namespace::LIST, "OtherInformation") {
                pointer.add(other, notes)?;
            }
            information.note_rest(notes);
        }
        fields.note_rest(notes);
        Ok(pointer)
    }

    fn add(&mut self, node: Node<'_, '_>, notes: &Notes) -> Result<()> {
        for child in Fields::of(node).into_rest() {
            let slot = if xml::is(child, namespace::LIST, "SchemeTerritory") {
                &mut self.territory
            } else if xml::is(child, namespace::LIST, "TSLType") {
                &mut self.list_type
            } else if xml::is(child, namespace::ADDITIONAL, "MimeType") {
                &mut self.media_type
            } else {
                let known = ["SchemeOperatorName", "SchemeTypeCommunityRules"];
                if !known.iter().any(|element| xml::is(child, namespace::LIST, element)) {
                    notes.add(child);
                }
                continue;
            };
            if slot.is_some() {
                return Err(xml::wrong(child, "said once"));
            }
            *slot = Some(xml::text(child)?);
        }
        Ok(())
    }
}
