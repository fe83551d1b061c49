//! The list.

use jiff::Timestamp;
use roxmltree::Node;

use crate::error::{TrustedListError, TrustedListFault};
use crate::limits::ListLimits;
use crate::pointer::ListPointer;
use crate::provider::Provider;
use crate::text::Localized;
use crate::unread::Unread;
use crate::xml::{self, Fields, Notes, Result, namespace};

/// A trusted list whose signature nobody has checked (ETSI TS 119 612).
///
/// Anybody can write one. It can be read like any document; to rely on it, one has to say so
/// ([`believe_unverified`](Self::believe_unverified)). There is no `VerifiedTrustedList` yet, since nothing here can
/// check the XML signature of a list; when something can, it alone will make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedTrustedList {
    version: u64,
    sequence_number: u64,
    list_type: String,
    territory: Option<String>,
    operator: Localized,
    scheme: Localized,
    issued: Timestamp,
    next_update: Option<Timestamp>,
    pointers: Vec<ListPointer>,
    providers: Vec<Provider>,
    signature: SignatureElement,
    unread: Vec<Unread>,
}

/// Whether a list carries a signature. Says nothing about whether the signature holds.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum SignatureElement {
    /// There is an element for one.
    Present,
    /// There is none.
    Absent,
}

impl UnverifiedTrustedList {
    /// Reads a list of any of the versions 3 to 6 of the format, within [`ListLimits::default`].
    ///
    /// # Errors
    /// If the bytes are not a trusted list, or too large; the error says where.
    pub fn from_xml(bytes: &[u8]) -> std::result::Result<Self, TrustedListError> {
        Self::from_xml_within(bytes, ListLimits::default())
    }

    /// Reads a list within other limits.
    ///
    /// # Errors
    /// As [`from_xml`](Self::from_xml).
    pub fn from_xml_within(bytes: &[u8], limits: ListLimits) -> std::result::Result<Self, TrustedListError> {
        let document = xml::parse(bytes, limits)?;
        let root = document.root_element();
        if !xml::is(root, namespace::LIST, "TrustServiceStatusList") {
            let found = root.tag_name().name().to_owned();
            return Err(xml::fault(root, TrustedListFault::NotATrustedList { found }));
        }
        if !root.attribute("TSLTag").is_some_and(|tag| TAGS.contains(&tag)) {
            return Err(xml::wrong(root, "marked with the TSLTag of ETSI"));
        }
        let notes = Notes::default();
        let mut fields = Fields::of(root);
        let scheme = fields.required(namespace::LIST, "SchemeInformation")?;
        let providers = fields.optional(namespace::LIST, "TrustServiceProviderList")?;
        let signature = match fields.optional(namespace::SIGNATURE, "Signature")? {
            Some(_) => SignatureElement::Present,
            None => SignatureElement::Absent,
        };
        fields.note_rest(&notes);
        let mut list = Self::read_scheme(scheme, signature, &notes)?;
        if let Some(providers) = providers {
            let mut fields = Fields::of(providers);
            for provider in fields.all(namespace::LIST, "TrustServiceProvider") {
                list.providers.push(Provider::read(provider, &notes)?);
            }
            fields.note_rest(&notes);
        }
        list.unread = notes.into_inner();
        list.unread.sort_by_key(|unread| unread.offset);
        Ok(list)
    }

    fn read_scheme(node: Node<'_, '_>, signature: SignatureElement, notes: &Notes) -> Result<Self> {
        let mut fields = Fields::of(node);
        let version = fields.required(namespace::LIST, "TSLVersionIdentifier")?;
        let found = xml::unsigned(version)?;
        if !(3..=6).contains(&found) {
            return Err(xml::fault(version, TrustedListFault::Version { found }));
        }
        let mut pointers = Vec::new();
        if let Some(node) = fields.optional(namespace::LIST, "PointersToOtherTSL")? {
            let mut fields = Fields::of(node);
            for pointer in fields.all(namespace::LIST, "OtherTSLPointer") {
                pointers.push(ListPointer::read(pointer, notes)?);
            }
            fields.note_rest(notes);
        }
        let territory = fields.optional(namespace::LIST, "SchemeTerritory")?;
        let list = Self {
            version: found,
            sequence_number: xml::unsigned(fields.required(namespace::LIST, "TSLSequenceNumber")?)?,
            list_type: xml::uri(fields.required(namespace::LIST, "TSLType")?)?,
            territory: territory.map(xml::text).transpose()?,
            operator: Localized::read(
                fields.optional(namespace::LIST, "SchemeOperatorName")?,
                "Name",
                notes,
            )?,
            scheme: Localized::read(fields.optional(namespace::LIST, "SchemeName")?, "Name", notes)?,
            issued: xml::time(fields.required(namespace::LIST, "ListIssueDateTime")?)?,
            next_update: read_next_update(fields.required(namespace::LIST, "NextUpdate")?, notes)?,
            pointers,
            providers: Vec::new(),
            signature,
            unread: Vec::new(),
        };
        fields.pass_over(namespace::LIST, NOT_NEEDED);
        fields.note_rest(notes);
        Ok(list)
    }

    /// The version of the format: 5 for TS 119 612 V2.1.1 and V2.2.1, 6 for V2.3.1 and V2.4.1.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The number of this issue of the list; each has a greater one.
    pub fn sequence_number(&self) -> u64 {
        self.sequence_number
    }

    /// What kind of list it is, by URI: a country's, or the list of the lists.
    pub fn list_type(&self) -> &str {
        &self.list_type
    }

    /// The country or group of countries: an ISO 3166 code, `UK` and `EL` for Great Britain and Greece, `EU`.
    pub fn territory(&self) -> Option<&str> {
        self.territory.as_deref()
    }

    /// Who runs the list.
    pub fn operator(&self) -> &Localized {
        &self.operator
    }

    /// What the list is called.
    pub fn scheme(&self) -> &Localized {
        &self.scheme
    }

    /// When the list was issued.
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When the next issue comes at the latest; `None` for a list that is closed and has no next one.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// Other lists that this one points to.
    pub fn pointers(&self) -> &[ListPointer] {
        &self.pointers
    }

    /// The providers with their services.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// Whether the list carries a signature, of which nothing is known.
    pub fn signature(&self) -> SignatureElement {
        self.signature
    }

    /// What stands in the list and was not read, in its order.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }
}

/// `NextUpdate ::= SEQUENCE { dateTime OPTIONAL }`, in words of ASN.1; empty for a closed list (5.3.15).
fn read_next_update(node: Node<'_, '_>, notes: &Notes) -> Result<Option<Timestamp>> {
    let mut fields = Fields::of(node);
    let time = fields.optional(namespace::LIST, "dateTime")?;
    fields.note_rest(notes);
    time.map(xml::time).transpose()
}

/// TS 119 612, 5.2.1, and its predecessor TS 102 231.
const TAGS: [&str; 2] = ["http://uri.etsi.org/19612/TSLTag", "http://uri.etsi.org/02231/TSLTag"];

/// Of the scheme: for people, or of no consequence to us.
const NOT_NEEDED: &[&str] = &[
    "SchemeOperatorAddress",
    "SchemeInformationURI",
    "StatusDeterminationApproach",
    "SchemeTypeCommunityRules",
    "PolicyOrLegalNotice",
    "HistoricalInformationPeriod",
    "DistributionPoints",
];
