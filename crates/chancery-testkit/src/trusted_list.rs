//! Trusted lists to be (ETSI TS 119 612), as XML without a signature: right ones, and wrong ones.
//!
//! ```
//! use chancery_testkit::trusted_list::{self, ListDraft, ServiceDraft, StateDraft};
//!
//! let granted = StateDraft::new(trusted_list::CA_QC, trusted_list::GRANTED, "2016-07-01T00:00:00Z")
//!     .additional(trusted_list::FOR_SIGNATURES);
//! let xml = ListDraft::new("BE").service("Example Trust", ServiceDraft::new(granted)).xml();
//! assert!(xml.contains("<SchemeTerritory>BE</SchemeTerritory>"));
//! ```

use std::fmt::Write;

use chancery_certificate::Certificate;

use crate::encoding;

/// The URI of services that issue qualified certificates.
pub const CA_QC: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
/// The URI of services that make qualified timestamps.
pub const TSA_QTST: &str = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
/// The status of a qualified service.
pub const GRANTED: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
/// The status of one that is no longer qualified.
pub const WITHDRAWN: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";
/// The status of a supervised service before July 2016.
pub const UNDER_SUPERVISION: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/undersupervision";
/// The status of a service that failed its supervision before July 2016.
pub const SUPERVISION_REVOKED: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/supervisionrevoked";
/// The word for services of signatures.
pub const FOR_SIGNATURES: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures";
/// The word for services of seals.
pub const FOR_SEALS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSeals";
/// The word for services of web sites.
pub const FOR_WEB_SITES: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForWebSiteAuthentication";
/// The word for roots above authorities that issue qualified certificates.
pub const ROOT: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/RootCA-QC";

/// A list to be.
#[derive(Debug, Clone)]
pub struct ListDraft {
    territory: String,
    version: String,
    issued: String,
    next_update: String,
    pointers: String,
    providers: Vec<(String, Vec<ServiceDraft>)>,
}

/// A service to be.
#[derive(Debug, Clone)]
pub struct ServiceDraft {
    states: Vec<StateDraft>,
    identity: String,
}

/// A service's state to be: the present one, or one of its history.
#[derive(Debug, Clone)]
pub struct StateDraft {
    kind: String,
    status: String,
    since: String,
    extensions: String,
}

impl ListDraft {
    /// A list without services of this territory: version 5, issued on 2026-11-01, the next due half a year later.
    #[must_use]
    pub fn new(territory: &str) -> Self {
        Self {
            territory: territory.to_owned(),
            version: "5".to_owned(),
            issued: "2026-11-01T00:00:00Z".to_owned(),
            next_update: "<dateTime>2027-05-01T00:00:00Z</dateTime>".to_owned(),
            pointers: String::new(),
            providers: Vec::new(),
        }
    }

    /// Of this version of the format.
    #[must_use]
    pub fn version(self, version: &str) -> Self {
        Self { version: version.to_owned(), ..self }
    }

    /// Issued then; as it stands in the XML.
    #[must_use]
    pub fn issued(self, time: &str) -> Self {
        Self { issued: time.to_owned(), ..self }
    }

    /// The next due then; as it stands in the XML. Empty: there is no next one.
    #[must_use]
    pub fn next_update(self, time: &str) -> Self {
        let next_update = if time.is_empty() { String::new() } else { element("dateTime", time) };
        Self { next_update, ..self }
    }

    /// Pointing to another list that this certificate's owner signs.
    #[must_use]
    pub fn pointer(mut self, territory: &str, location: &str, signer: &Certificate) -> Self {
        let identity = element("ServiceDigitalIdentity", &certificate_identity(signer));
        let other = |content: &str| element("OtherInformation", content);
        let information = [
            other(&element("TSLType", "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric")),
            other(&element("SchemeTerritory", territory)),
            other("<a:MimeType>application/vnd.etsi.tsl+xml</a:MimeType>"),
        ];
        let content = [
            element("ServiceDigitalIdentities", &identity),
            element("TSLLocation", location),
            element("AdditionalInformation", &information.concat()),
        ];
        self.pointers += &element("OtherTSLPointer", &content.concat());
        self
    }

    /// With a service of this provider. Services of one provider that are added one after another stand together.
    #[must_use]
    pub fn service(mut self, provider: &str, service: ServiceDraft) -> Self {
        match self.providers.last_mut() {
            Some((name, services)) if name == provider => services.push(service),
            _ => self.providers.push((provider.to_owned(), vec![service])),
        }
        self
    }

    /// The XML.
    #[must_use]
    pub fn xml(&self) -> String {
        let pointers = if self.pointers.is_empty() {
            String::new()
        } else {
            element("PointersToOtherTSL", &self.pointers)
        };
        let scheme = [
            element("TSLVersionIdentifier", &self.version),
            element("TSLSequenceNumber", "17"),
            element("TSLType", "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"),
            element("SchemeOperatorName", &named("Supervisor")),
            element("SchemeName", &named("BE:Trusted list")),
            element("SchemeTerritory", &self.territory),
            element("HistoricalInformationPeriod", "65535"),
            pointers,
            element("ListIssueDateTime", &self.issued),
            element("NextUpdate", &self.next_update),
        ];
        let providers: String =
            self.providers.iter().map(|(name, services)| provider(name, services)).collect();
        let providers =
            if providers.is_empty() { providers } else { element("TrustServiceProviderList", &providers) };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TrustServiceStatusList {NAMESPACES} \
             TSLTag=\"http://uri.etsi.org/19612/TSLTag\">\n{}\n{providers}\n</TrustServiceStatusList>\n",
            element("SchemeInformation", &scheme.concat()),
        )
    }
}

impl ServiceDraft {
    /// A service that is recognised by nothing yet.
    #[must_use]
    pub fn new(present: StateDraft) -> Self {
        Self { states: vec![present], identity: String::new() }
    }

    /// Recognised by this certificate, its name and its key identifier.
    #[must_use]
    pub fn certificate(mut self, certificate: &Certificate) -> Self {
        self.identity += &certificate_identity(certificate);
        self
    }

    /// Recognised by what stands in this XML.
    #[must_use]
    pub fn identity(mut self, xml: &str) -> Self {
        self.identity += xml;
        self
    }

    /// Which was once in this state. The newest comes first.
    #[must_use]
    pub fn once(mut self, state: StateDraft) -> Self {
        self.states.push(state);
        self
    }

    fn xml(&self) -> String {
        let states: Vec<String> = self
            .states
            .iter()
            .enumerate()
            .map(|(index, state)| state.xml(if index == 0 { &self.identity } else { "" }))
            .collect();
        let (present, past) = states.split_first().expect("the constructor takes a state");
        let past: String = past.iter().map(|state| element("ServiceHistoryInstance", state)).collect();
        let past = if past.is_empty() { past } else { element("ServiceHistory", &past) };
        element("TSPService", &format!("{}{past}", element("ServiceInformation", present)))
    }
}

impl StateDraft {
    /// A state of a service of this kind, in this standing, since this time; as it stands in the XML.
    #[must_use]
    pub fn new(kind: &str, status: &str, since: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            status: status.to_owned(),
            since: since.to_owned(),
            extensions: String::new(),
        }
    }

    /// With this word about what the service is for, by URI.
    #[must_use]
    pub fn additional(self, uri: &str) -> Self {
        let uri = format!("<URI xml:lang=\"en\">{uri}</URI>");
        self.extension("true", &element("AdditionalServiceInformation", &uri))
    }

    /// With these qualifiers, by the last word of their URIs, for the certificates that meet the criteria, as they
    /// stand in the XML: `<q:CriteriaList assert="all">…</q:CriteriaList>`.
    #[must_use]
    pub fn qualifiers(self, qualifiers: &[&str], criteria: &str) -> Self {
        let each: String = qualifiers.iter().fold(String::new(), |mut all, qualifier| {
            let _ = write!(
                all,
                "<q:Qualifier uri=\"http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/{qualifier}\"/>"
            );
            all
        });
        let content = format!(
            "<q:Qualifications><q:QualificationElement><q:Qualifiers>{each}</q:Qualifiers>{criteria}\
             </q:QualificationElement></q:Qualifications>"
        );
        self.extension("true", &content)
    }

    /// With this extension. The prefixes `a` (additional types), `q` (qualifications), `x` (XAdES) and `ds` are
    /// declared.
    #[must_use]
    pub fn extension(mut self, critical: &str, content: &str) -> Self {
        let _ = write!(self.extensions, "<Extension Critical=\"{critical}\">{content}</Extension>");
        self
    }

    fn xml(&self, identity: &str) -> String {
        let extensions = if self.extensions.is_empty() {
            String::new()
        } else {
            element("ServiceInformationExtensions", &self.extensions)
        };
        [
            element("ServiceTypeIdentifier", &self.kind),
            element("ServiceName", &named("A service")),
            element("ServiceDigitalIdentity", identity),
            element("ServiceStatus", &self.status),
            element("StatusStartingTime", &self.since),
            extensions,
        ]
        .concat()
    }
}

/// A condition that every certificate meets that may sign (nonRepudiation).
pub const MAY_SIGN: &str = "<q:CriteriaList assert=\"all\"><q:KeyUsage>\
    <q:KeyUsageBit name=\"nonRepudiation\">true</q:KeyUsageBit></q:KeyUsage></q:CriteriaList>";

fn provider(name: &str, services: &[ServiceDraft]) -> String {
    let information =
        [element("TSPName", &named(name)), element("TSPTradeName", &named(&format!("{name} (trade)")))];
    let services: String = services.iter().map(ServiceDraft::xml).collect();
    let content = [element("TSPInformation", &information.concat()), element("TSPServices", &services)];
    element("TrustServiceProvider", &content.concat())
}

fn certificate_identity(certificate: &Certificate) -> String {
    let id = |content: &str| element("DigitalId", content);
    let name = escaped(&certificate.subject().to_string());
    let mut entries = id(&element("X509Certificate", &base64(certificate.to_der())));
    entries += &id(&element("X509SubjectName", &name));
    if let Ok(Some(identifier)) = certificate.subject_key_identifier() {
        entries += &id(&element("X509SKI", &base64(&identifier)));
    }
    entries
}

/// Base64 in lines of 64 characters, as many lists have it: a PEM without its first and last line.
fn base64(bytes: &[u8]) -> String {
    let pem = encoding::pem("BYTES", bytes);
    pem.lines().filter(|line| !line.starts_with('-')).map(|line| format!("\n{line}")).collect()
}

fn named(name: &str) -> String {
    format!("<Name xml:lang=\"en\">{}</Name>", escaped(name))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

/// ETSI TS 119 612, annex C.
const NAMESPACES: &str = "xmlns=\"http://uri.etsi.org/02231/v2#\" \
    xmlns:a=\"http://uri.etsi.org/02231/v2/additionaltypes#\" \
    xmlns:q=\"http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\" \
    xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" \
    xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
