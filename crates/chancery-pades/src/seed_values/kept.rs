//! Whether a signature that is there keeps the rules of the field it is in.

use chancery_ades::{Aspect, Finding, Place, Restriction, SignatureReport, SubIndication, TimestampKind};
use chancery_certificate::Certificate;
use chancery_cms::SignerInfo;
use chancery_cms::statements::REVOCATION_INFO_ARCHIVAL;
use chancery_pdf::{Dictionary, Document, Object, PdfString, View};

use super::{KindAsked, LockDocument, NOT_READ, Rule, SeedValues, is_digest, list};
use crate::PadesError;
use crate::certification::{ChangesAllowed, allowed_by};
use crate::form::Field;
use crate::lock::Lock;
use crate::structure::{Held, Kind, Placed};

/// A signature, as far as seed values speak of it.
struct Made<'m> {
    dictionary: &'m Dictionary,
    /// The signer's own first, as far as a path was found.
    chain: Vec<Certificate>,
    /// The digest of what was signed.
    digest: Option<String>,
    certifies: Option<ChangesAllowed>,
    /// What the signature and the lock of its field allow afterwards.
    allowed: Option<ChangesAllowed>,
    is_stamped: bool,
    carries_revocation: bool,
    /// What the catalog attests (`/Legal`).
    attestation: Option<String>,
}

/// Tells which rules of its field a signature breaks. They are those of the revision before it, where its field was
/// empty: whoever signs may not take them away.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn judge(
    document: &Document<'_>,
    report: SignatureReport,
    (field, placed): (&Field, &Placed),
    locks: &[Lock],
) -> Result<SignatureReport, PadesError> {
    if placed.kind == Kind::DocumentTimestamp {
        return Ok(report);
    }
    let Some(view) = document.at(placed.covered.revision) else { return Ok(report) };
    let Some(seeds) = seeds(document, &view, placed.covered.revision, field)? else { return Ok(report) };
    let made = Made::of(&view, &report, placed, locks)?;
    let mut report = report;
    for (entry, asked, instead) in seeds.broken_by(&made)? {
        let text = format!("the field asks for {asked} (/{entry} of its seed values); {instead}");
        let finding = Finding::error("seed-value-broken", text)
            .at(Place::Field(field.name.as_str().into()))
            .rule("ISO 32000-2, 12.7.5.5, table 237");
        let word = SubIndication::SignatureConstraintsFailure;
        report = report.restrict(Restriction::leaves_open(word, Aspect::Identity, finding));
    }
    Ok(report)
}

/// The seed values that were there when the signer came; `None` if there were none.
fn seeds(
    document: &Document<'_>,
    signed: &View<'_>,
    revision: usize,
    field: &Field,
) -> Result<Option<SeedValues>, PadesError> {
    let has_seeds = |field: &Field| field.dictionary.get("SV").is_some_and(|stated| !stated.is_null());
    let before = revision.checked_sub(1).and_then(|before| document.at(before));
    if let (Some(before), Some(place)) = (before, field.reference)
        && let Ok(Object::Dictionary(dictionary)) = before.object(place)
    {
        let then = Field { dictionary, ..field.clone() };
        if has_seeds(&then) {
            return SeedValues::of_field(&before, &then).map(Some);
        }
    }
    has_seeds(field).then(|| SeedValues::of_field(signed, field)).transpose()
}

impl<'m> Made<'m> {
    fn of(
        view: &View<'_>,
        report: &SignatureReport,
        placed: &'m Placed,
        locks: &[Lock],
    ) -> Result<Self, PadesError> {
        let Placed { held, dictionary, .. } = placed;
        let facts = report.facts();
        let signer = match held {
            Held::Message(message) => message.signers().first(),
            Held::Bare(_) => None,
        };
        let chain = match facts.path() {
            Some(path) => path.certificates().to_vec(),
            None => facts.claimed_signer().into_iter().cloned().collect(),
        };
        let claimed = facts.algorithm().map(|(algorithm, _)| algorithm.digest().name().to_owned());
        let digest = signer.and_then(SignerInfo::digest_algorithm).map(|digest| digest.name().to_owned());
        let signed = signer.and_then(SignerInfo::signed_attributes);
        let (_, catalog) = view.catalog()?;
        let legal = view.value(&catalog, "Legal")?;
        let attestation = match legal.as_dictionary() {
            Some(legal) => view.value(legal, "Attestation")?.as_string().map(PdfString::to_text),
            None => None,
        };
        let certifies = allowed_by(view, dictionary)?;
        Ok(Self {
            dictionary,
            chain,
            digest: digest.or(claimed),
            certifies,
            allowed: certifies.into_iter().chain(locks.iter().filter_map(|lock| lock.allowed)).min(),
            is_stamped: facts.timestamps().iter().any(|stamp| stamp.kind() == TimestampKind::Signature),
            carries_revocation: signed.is_some_and(|signed| signed.contains(REVOCATION_INFO_ARCHIVAL)),
            attestation,
        })
    }

    fn name(&self, key: &str) -> Option<String> {
        let name = self.dictionary.get(key).and_then(Object::as_name)?;
        Some(String::from_utf8_lossy(name.as_bytes()).into_owned())
    }
}

/// An entry, what it asks for, and what was done instead.
type Broken = (&'static str, String, String);

impl SeedValues {
    /// Every rule that a signature breaks.
    fn broken_by(&self, made: &Made<'_>) -> Result<Vec<Broken>, PadesError> {
        let mut broken = Vec::new();
        let mut tell = |entry: &'static str, asked: String, instead: &str| {
            broken.push((entry, asked, instead.to_owned()));
        };
        for &entry in self.unread.iter().filter(|entry| self.is_rule(entry)) {
            tell(entry, NOT_READ.into(), "whether that was kept cannot be told");
        }
        let (filter, sub_filter) = (made.name("Filter"), made.name("SubFilter").unwrap_or_default());
        if let Some(asked) = self.filter.as_ref().filter(|_| self.rules.has(Rule::Filter))
            && filter.as_ref() != Some(asked)
        {
            tell(
                "Filter",
                format!("the signature handler {}", super::quoted(asked)),
                "it was made by another",
            );
        }
        if let Some(listed) = self.sub_filters.as_ref().filter(|_| self.rules.has(Rule::SubFilter))
            && !listed.contains(&sub_filter)
        {
            tell("SubFilter", format!("a signature of the form {}", list(listed)), "it has another form");
        }
        if let Some(listed) = self.digests.as_ref().filter(|_| self.rules.has(Rule::Digest)) {
            let named = made.digest.as_ref();
            if !named.is_some_and(|digest| listed.iter().any(|one| is_digest(one, digest))) {
                tell("DigestMethod", format!("a digest by {}", list(listed)), "it was made with another");
            }
        }
        let reason = made.dictionary.get("Reason").and_then(Object::as_string).map(PdfString::to_text);
        if let Err(PadesError::SeedValue { entry, asked, instead, .. }) = self.check_reason(reason.as_deref())
        {
            tell(entry, asked, &instead);
        }
        match (self.kind, made.certifies) {
            (None, _) | (Some(KindAsked::Approval), None) => {}
            (Some(KindAsked::Certification(level)), Some(made)) if level == made => {}
            (Some(KindAsked::Approval), Some(_)) => {
                tell("MDP", "an approval".into(), "it certifies the document");
            }
            (Some(KindAsked::Certification(level)), found) => {
                let instead = if found.is_some() { "it certifies otherwise" } else { "it certifies nothing" };
                tell("MDP", format!("a certification with P = {}", level.to_number()), instead);
            }
            (Some(KindAsked::Unknown(number)), _) => {
                let asked = format!("a kind of signature that no standard knows (P = {number})");
                tell("MDP", asked, "whether it is one cannot be told");
            }
        }
        if self.rules.has(Rule::LockDocument) {
            let locks = made.allowed == Some(ChangesAllowed::None);
            match self.lock_document {
                Some(LockDocument::Lock) if !locks => {
                    tell("LockDocument", "a signature that locks the document".into(), "it leaves it open");
                }
                Some(LockDocument::Leave) if locks => {
                    tell("LockDocument", "a signature that leaves the document open".into(), "it locks it");
                }
                _ => {}
            }
        }
        if self.timestamp.as_ref().is_some_and(|asked| asked.is_required) && !made.is_stamped {
            tell("TimeStamp", "a timestamp over the signature".into(), "there is none");
        }
        let attestations = self.attestations.as_ref().filter(|_| self.rules.has(Rule::LegalAttestation));
        if let (Some(listed), Some(_)) = (attestations, made.certifies)
            && !made.attestation.as_ref().is_some_and(|stated| listed.contains(stated))
        {
            tell(
                "LegalAttestation",
                format!("one of the attestations {}", list(listed)),
                "none of them is stated",
            );
        }
        // The archive of revocation belongs to Adobe's own forms (table 237).
        let archives = made.carries_revocation && sub_filter.starts_with("adbe.pkcs7.");
        if self.rules.has(Rule::AddRevocation) && self.add_revocation == Some(true) && !archives {
            let asked = "revocation information within the signature, as Adobe's forms have it".to_owned();
            tell("AddRevInfo", asked, "it carries none");
        }
        if let Some(constraints) = &self.certificate {
            match constraints.check(&self.field, &made.chain) {
                Ok(()) => {}
                Err(PadesError::SeedValue { entry, asked, instead, .. }) => tell(entry, asked, &instead),
                Err(PadesError::NoCertificate) => {
                    tell("Cert", "a certificate".into(), "whose certificate it is made with cannot be told");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(broken)
    }
}
