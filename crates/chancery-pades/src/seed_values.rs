//! Seed values: what a signature field asks of the signature that is put into it (ISO 32000-2, 12.7.5.5, table 237).
//!
//! Each entry is a wish, unless `/Ff` makes it a rule. A rule that would be broken is an error that names it; what can be
//! fulfilled without asking anybody is fulfilled, wish or rule.

mod certificate;
pub(crate) mod kept;
mod read;

use chancery_certificate::{Certificate, printable};
use chancery_key::SignatureAlgorithm;

use crate::certification::ChangesAllowed;
use crate::signature_form::SignatureForm;
use crate::{AskedTimestamp, PadesError};
use certificate::CertificateConstraints;

/// What a signature field asks for.
///
/// ```text
/// Filter, SubFilter, DigestMethod, V, Cert, Reasons, MDP, TimeStamp, LegalAttestation, AddRevInfo, LockDocument,
/// AppearanceFilter, Ff                                       -- ISO 32000-2, table 237
/// ```
#[derive(Clone, Debug, Default)]
pub(crate) struct SeedValues {
    /// The full name of the field.
    field: String,
    rules: Rules,
    filter: Option<String>,
    sub_filters: Option<Vec<String>>,
    digests: Option<Vec<String>>,
    version: Option<f64>,
    certificate: Option<CertificateConstraints>,
    reasons: Option<Vec<String>>,
    kind: Option<KindAsked>,
    timestamp: Option<AskedTimestamp>,
    attestations: Option<Vec<String>>,
    add_revocation: Option<bool>,
    lock_document: Option<LockDocument>,
    appearance: Option<String>,
    /// The entries that are stated, but are none of their kind.
    unread: Vec<&'static str>,
}

/// Which entries are rules: `/Ff`.
#[derive(Copy, Clone, Debug, Default)]
struct Rules(u64);

/// The bits of `/Ff` (table 237).
#[derive(Copy, Clone, Debug)]
enum Rule {
    Filter = 1,
    SubFilter = 1 << 1,
    Version = 1 << 2,
    Reasons = 1 << 3,
    LegalAttestation = 1 << 4,
    AddRevocation = 1 << 5,
    Digest = 1 << 6,
    LockDocument = 1 << 7,
    Appearance = 1 << 8,
}

/// All bits that mean something.
const KNOWN_RULES: u64 = (1 << 9) - 1;

/// The only handler that we are: the one of CMS signatures, by whose name everybody's files call it.
const HANDLER: &str = "Adobe.PPKLite";

/// What is asked for by an entry that is none of its kind.
const NOT_READ: &str = "something that cannot be read";

/// The newest version of seed values: those of PDF 2.0.
const NEWEST: f64 = 3.0;

impl Rules {
    const fn has(self, rule: Rule) -> bool {
        self.0 & rule as u64 != 0
    }
}

/// Which kind of signature the field is for: `/MDP`.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum KindAsked {
    Approval,
    Certification(ChangesAllowed),
    /// A number that stands for nothing.
    Unknown(i64),
}

/// Whether the document is to be locked by the signature (PDF 2.0).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum LockDocument {
    Lock,
    Leave,
}

/// What a signer wants, as far as seed values speak of it.
pub(crate) struct Wanted<'w> {
    pub(crate) chain: &'w [Certificate],
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) form: Option<SignatureForm>,
    pub(crate) reason: Option<&'w str>,
    pub(crate) certify: Option<ChangesAllowed>,
    /// What the signature, or the field's own lock, will allow afterwards.
    pub(crate) allowed: Option<ChangesAllowed>,
    pub(crate) timestamp_room: usize,
}

/// What field and signer agreed on.
pub(crate) struct Agreed {
    pub(crate) form: SignatureForm,
    pub(crate) certify: Option<ChangesAllowed>,
    pub(crate) allowed: Option<ChangesAllowed>,
}

impl SeedValues {
    /// Compares what the field asks for with what the signer wants.
    ///
    /// # Errors
    /// [`PadesError::SeedValue`] for the first rule that would be broken.
    pub(crate) fn agree(&self, wanted: &Wanted<'_>) -> Result<Agreed, PadesError> {
        self.check_reader()?;
        let form = self.agree_form(wanted.form)?;
        let certify = self.agree_kind(wanted.certify)?;
        let allowed = self.agree_lock(certify, wanted.allowed)?;
        self.check_digest(wanted.algorithm)?;
        self.check_reason(wanted.reason)?;
        self.check_extras(certify, wanted.timestamp_room)?;
        if let Some(constraints) = &self.certificate {
            constraints.check(&self.field, wanted.chain)?;
        }
        Ok(Agreed { form, certify, allowed })
    }

    /// The timestamp that the field asks for.
    pub(crate) const fn timestamp(&self) -> Option<&AskedTimestamp> {
        self.timestamp.as_ref()
    }

    /// The rules about who may read the rules.
    fn check_reader(&self) -> Result<(), PadesError> {
        if let Some(entry) = self.unread.iter().find(|entry| self.is_rule(entry)) {
            return Err(self.broken(entry, NOT_READ.into(), "that cannot be kept"));
        }
        let unknown = self.rules.0 & !KNOWN_RULES;
        if unknown != 0 {
            let asked = format!("something that no standard knows (/Ff, bits {unknown:#x})");
            return Err(self.broken("Ff", asked, "that cannot be kept"));
        }
        if let Some(version) =
            self.version.filter(|version| self.rules.has(Rule::Version) && *version > NEWEST)
        {
            let asked = format!("a signer that knows seed values of version {version}");
            return Err(self.broken("V", asked, "version 3, of PDF 2.0, is the newest known"));
        }
        match &self.filter {
            Some(filter) if self.rules.has(Rule::Filter) && filter != HANDLER => {
                let asked = format!("the signature handler {}", printable(filter));
                Err(self.broken("Filter", asked, "only CMS signatures are made (Adobe.PPKLite)"))
            }
            _ => Ok(()),
        }
    }

    /// Whether an entry must be kept. Those without a flag must be, wherever they stand.
    fn is_rule(&self, entry: &str) -> bool {
        let rule = match entry {
            "Filter" => Rule::Filter,
            "SubFilter" => Rule::SubFilter,
            "V" => Rule::Version,
            "Reasons" => Rule::Reasons,
            "LegalAttestation" => Rule::LegalAttestation,
            "AddRevInfo" => Rule::AddRevocation,
            "DigestMethod" => Rule::Digest,
            "LockDocument" => Rule::LockDocument,
            "AppearanceFilter" => Rule::Appearance,
            _ => return true,
        };
        self.rules.has(rule)
    }

    /// "The first name in the array that matches an encoding supported by the signature handler" counts (table 237).
    fn agree_form(&self, wanted: Option<SignatureForm>) -> Result<SignatureForm, PadesError> {
        let Some(listed) = &self.sub_filters else { return Ok(wanted.unwrap_or_default()) };
        let first = listed.iter().find_map(|name| SignatureForm::from_sub_filter(name));
        if !self.rules.has(Rule::SubFilter) {
            return Ok(wanted.or(first).unwrap_or_default());
        }
        let asked = || format!("a signature of the form {}", list(listed));
        match (first, wanted) {
            (None, _) => Err(self.broken("SubFilter", asked(), "none of these is made")),
            (Some(first), Some(wanted)) if first != wanted => {
                let instead = format!("{} was chosen", wanted.sub_filter());
                Err(self.broken("SubFilter", asked(), instead))
            }
            (Some(first), _) => Ok(first),
        }
    }

    /// `/MDP` has no bit in `/Ff`: where it stands, it is a rule.
    fn agree_kind(&self, wanted: Option<ChangesAllowed>) -> Result<Option<ChangesAllowed>, PadesError> {
        match (self.kind, wanted) {
            (None, wanted) => Ok(wanted),
            (Some(KindAsked::Approval), None) => Ok(None),
            (Some(KindAsked::Approval), Some(_)) => {
                Err(self.broken("MDP", "an approval signature".into(), "a certification was chosen"))
            }
            (Some(KindAsked::Certification(level)), wanted)
                if wanted.is_none_or(|wanted| wanted == level) =>
            {
                Ok(Some(level))
            }
            (Some(KindAsked::Certification(level)), _) => {
                let asked = format!("a certification with P = {}", level.to_number());
                Err(self.broken("MDP", asked, "another one was chosen"))
            }
            (Some(KindAsked::Unknown(number)), _) => {
                let asked = format!("a kind of signature that no standard knows (P = {number})");
                Err(self.broken("MDP", asked, "that cannot be kept"))
            }
        }
    }

    fn agree_lock(
        &self,
        certify: Option<ChangesAllowed>,
        wanted: Option<ChangesAllowed>,
    ) -> Result<Option<ChangesAllowed>, PadesError> {
        let so_far = certify.into_iter().chain(wanted).min();
        let is_rule = self.rules.has(Rule::LockDocument);
        match (self.lock_document, so_far) {
            (Some(LockDocument::Lock), None) => Ok(Some(ChangesAllowed::None)),
            (Some(LockDocument::Lock), Some(level)) if is_rule && level != ChangesAllowed::None => {
                let asked = "a signature that locks the document".into();
                Err(self.broken("LockDocument", asked, "further changes were to be allowed"))
            }
            (Some(LockDocument::Leave), Some(ChangesAllowed::None)) if is_rule => {
                let asked = "a signature that leaves the document open".into();
                Err(self.broken("LockDocument", asked, "no further changes were to be allowed"))
            }
            _ => Ok(wanted),
        }
    }

    fn check_digest(&self, algorithm: SignatureAlgorithm) -> Result<(), PadesError> {
        let Some(listed) = self.digests.as_ref().filter(|_| self.rules.has(Rule::Digest)) else {
            return Ok(());
        };
        let digest = algorithm.digest();
        if listed.iter().any(|name| is_digest(name, digest.name())) {
            return Ok(());
        }
        Err(self.broken(
            "DigestMethod",
            format!("a digest by {}", list(listed)),
            format!("the signer uses {digest}"),
        ))
    }

    fn check_reason(&self, reason: Option<&str>) -> Result<(), PadesError> {
        if !self.rules.has(Rule::Reasons) {
            return Ok(());
        }
        // No reasons, or a single period, forbid to give one (table 237).
        let listed = self.reasons.as_deref().filter(|listed| !matches!(listed, [only] if only == "."));
        let listed = listed.unwrap_or_default();
        match reason {
            None if listed.is_empty() => Ok(()),
            Some(_) if listed.is_empty() => {
                Err(self.broken("Reasons", "a signature without a reason".into(), "a reason was given"))
            }
            Some(reason) if listed.iter().any(|one| one == reason) => Ok(()),
            other => {
                let instead = if other.is_some() { "another was given" } else { "none was given" };
                Err(self.broken("Reasons", format!("one of the reasons {}", list(listed)), instead))
            }
        }
    }

    fn check_extras(&self, certify: Option<ChangesAllowed>, timestamp_room: usize) -> Result<(), PadesError> {
        if self.timestamp.as_ref().is_some_and(|timestamp| timestamp.is_required) && timestamp_room == 0 {
            let asked = "a timestamp over the signature".into();
            return Err(self.broken("TimeStamp", asked, "no room for one was wanted"));
        }
        let attestations = self.attestations.as_ref().filter(|_| self.rules.has(Rule::LegalAttestation));
        if let (Some(listed), Some(_)) = (attestations, certify) {
            let asked = format!("one of the legal attestations {}", list(listed));
            return Err(self.broken("LegalAttestation", asked, "none is written"));
        }
        if self.add_revocation == Some(true) && self.rules.has(Rule::AddRevocation) {
            let asked = "revocation answers within the signature, as Adobe did before PAdES".into();
            let instead = "they are kept in the document instead (`preserve`)";
            return Err(self.broken("AddRevInfo", asked, instead));
        }
        match &self.appearance {
            Some(name) if self.rules.has(Rule::Appearance) => {
                let asked = format!("the appearance that its maker calls {}", quoted(name));
                Err(self.broken("AppearanceFilter", asked, "appearances have no names here"))
            }
            _ => Ok(()),
        }
    }

    fn broken(&self, entry: &'static str, asked: String, instead: impl Into<String>) -> PadesError {
        broken(&self.field, entry, asked, instead)
    }
}

/// The field demands a timestamp, where none is added.
pub(crate) fn timestamp_needed(field: &str) -> PadesError {
    let instead = "signing alone adds none: use `sign_with_timestamp`, a batch with an authority, or `prepare`, `finish` \
                   and `timestamp`";
    broken(field, "TimeStamp", "a timestamp over the signature".into(), instead)
}

fn broken(field: &str, entry: &'static str, asked: String, instead: impl Into<String>) -> PadesError {
    PadesError::SeedValue { field: field.into(), entry, asked, instead: instead.into() }
}

/// Names of digests are written as `SHA256`, by some as `sha-256`; those of ISO/TS 32001 as `SHA3-256`.
fn is_digest(stated: &str, name: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
    };
    // SHA-3 must not be taken for a length of SHA-2.
    let is_sha3 = |name: &str| letters(name).starts_with("SHA3") && letters(name) != "SHA384";
    letters(stated) == letters(name) && is_sha3(stated) == is_sha3(name)
}

fn quoted(text: &str) -> String {
    format!("“{}”", printable(text))
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "(none is listed)".into();
    }
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}
