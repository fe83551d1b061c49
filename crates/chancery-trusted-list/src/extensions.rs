//! What a list says further of a service.

use jiff::Timestamp;
use roxmltree::Node;

use crate::criteria::CriteriaList;
use crate::text::Localized;
use crate::unread::{Criticality, Unread};
use crate::uris::{AdditionalInformation, Qualifier};
use crate::xml::{self, Fields, Notes, Result, namespace};

/// The extensions of a service, or of an entry of its history (TS 119 612, 5.5.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceExtensions {
    /// More about what the service is for.
    pub additional: Vec<AdditionalInformation>,
    /// What the supervisor says of some of its certificates.
    pub qualifications: Vec<Qualification>,
    /// The service keeps revocation information of certificates that expired after this moment
    /// (`ExpiredCertsRevocationInfo`, 5.5.9.1).
    pub expired_certificates_from: Option<Timestamp>,
    /// Who took the service over.
    pub taken_over_by: Option<TakenOver>,
    /// Extensions that are not read. With a critical one among them, nobody can tell what the entry means.
    pub unread: Vec<(Unread, Criticality)>,
}

/// Qualifiers, and the certificates of the service that they are about (TS 119 612, 5.5.9.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Qualification {
    /// What is said.
    pub qualifiers: Vec<Qualifier>,
    /// Of which certificates.
    pub criteria: CriteriaList,
    /// Whether who does not know a qualifier must not rely on the service.
    pub criticality: Criticality,
}

/// Who took a service over from its provider (TS 119 612, 5.5.9.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TakenOver {
    /// The provider.
    pub provider: Localized,
    /// In whose list it stands.
    pub territory: String,
}

impl ServiceExtensions {
    /// `ServiceInformationExtensions`, if the entry has any.
    pub(crate) fn read(parent: Option<Node<'_, '_>>, notes: &Notes) -> Result<Self> {
        let mut extensions = Self::default();
        let Some(parent) = parent else { return Ok(extensions) };
        let mut fields = Fields::of(parent);
        for extension in fields.all(namespace::LIST, "Extension") {
            let criticality = match extension.attribute("Critical").map(str::trim) {
                Some("true" | "1") => Criticality::Critical,
                Some("false" | "0") => Criticality::NotCritical,
                _ => return Err(xml::wrong(extension, "an extension with Critical=true or false")),
            };
            for content in Fields::of(extension).into_rest() {
                extensions.add(content, criticality, notes)?;
            }
        }
        fields.note_rest(notes);
        Ok(extensions)
    }

    fn add(&mut self, node: Node<'_, '_>, criticality: Criticality, notes: &Notes) -> Result<()> {
        if xml::is(node, namespace::LIST, "AdditionalServiceInformation") {
            let mut fields = Fields::of(node);
            let uri = xml::uri(fields.required(namespace::LIST, "URI")?)?;
            self.additional.push(AdditionalInformation::from_uri(&uri));
            fields.pass_over(namespace::LIST, &["InformationValue"]);
            fields.note_rest(notes);
        } else if xml::is(node, namespace::LIST, "ExpiredCertsRevocationInfo") {
            if self.expired_certificates_from.is_some() {
                let element = "ExpiredCertsRevocationInfo";
                return Err(xml::fault(node, crate::error::TrustedListFault::Twice { element }));
            }
            self.expired_certificates_from = Some(xml::time(node)?);
        } else if xml::is(node, namespace::QUALIFICATIONS, "Qualifications") {
            let mut fields = Fields::of(node);
            for element in fields.all(namespace::QUALIFICATIONS, "QualificationElement") {
                self.qualifications.push(Qualification::read(element, criticality, notes)?);
            }
            fields.note_rest(notes);
        } else if xml::is(node, namespace::ADDITIONAL, "TakenOverBy") {
            self.taken_over_by = Some(TakenOver::read(node, notes)?);
        } else {
            notes.add(node);
            self.unread.push((xml::unread(node), criticality));
        }
        Ok(())
    }
}

impl Qualification {
    fn read(node: Node<'_, '_>, criticality: Criticality, notes: &Notes) -> Result<Self> {
        let mut fields = Fields::of(node);
        let mut names = Fields::of(fields.required(namespace::QUALIFICATIONS, "Qualifiers")?);
        let mut qualifiers = Vec::new();
        for qualifier in names.all(namespace::QUALIFICATIONS, "Qualifier") {
            let uri = qualifier.attribute("uri").map(str::trim).filter(|uri| !uri.is_empty());
            let uri = uri.ok_or_else(|| xml::wrong(qualifier, "a qualifier with a URI"))?;
            qualifiers.push(Qualifier::from_uri(uri));
        }
        names.note_rest(notes);
        let criteria = CriteriaList::read(fields.required(namespace::QUALIFICATIONS, "CriteriaList")?)?;
        fields.note_rest(notes);
        Ok(Self { qualifiers, criteria, criticality })
    }
}

impl TakenOver {
    fn read(node: Node<'_, '_>, notes: &Notes) -> Result<Self> {
        let mut fields = Fields::of(node);
        // The schema has the name among the additional types; some lists have it among the others.
        let name = match fields.optional(namespace::ADDITIONAL, "TSPName")? {
            Some(name) => Some(name),
            None => fields.optional(namespace::LIST, "TSPName")?,
        };
        let provider = Localized::read(name, "Name", notes)?;
        let territory = fields.optional(namespace::LIST, "SchemeTerritory")?;
        let territory = territory.map(xml::text).transpose()?.unwrap_or_default();
        fields.pass_over(namespace::LIST, &["URI", "SchemeOperatorName"]);
        fields.pass_over(namespace::ADDITIONAL, &["URI", "OtherQualifier"]);
        fields.note_rest(notes);
        Ok(Self { provider, territory })
    }
}
