//! What a field asks of the signer's certificate (ISO 32000-2, table 238).

use chancery_certificate::{Certificate, KeyUsage, Name, printable};
use chancery_key::{ClaimedAlgorithm, PublicKey};

use super::read::{Reader, Table};
use super::{NOT_READ, broken, quoted};
use crate::PadesError;

/// What a field asks of the signer's certificate.
///
/// ```text
/// Subject, SubjectDN, KeyUsage, Issuer, OID, URL, URLType, Ff,
/// SignaturePolicyOID, SignaturePolicyHashValue, SignaturePolicyHashAlgorithm, SignaturePolicyCommitmentType
///                                                            -- ISO 32000-2, table 238
/// ```
#[derive(Clone, Debug, Default)]
pub(super) struct CertificateConstraints {
    rules: u64,
    /// The certificates that may sign, in DER.
    subjects: Vec<Vec<u8>>,
    /// Attributes that the subject must have: each of each.
    names: Vec<Table>,
    /// Patterns of key usages, of which one must fit.
    key_usages: Vec<String>,
    /// Issuers, of which one must be above the signer, in DER.
    issuers: Vec<Vec<u8>>,
    /// Certificate policies, of which one must be stated.
    policies: Vec<String>,
    /// Where a certificate can be had that fits.
    url: Option<String>,
    /// The signature policy to sign under.
    signature_policy: Option<String>,
    /// The entries that are stated, but are none of their kind.
    unread: Vec<&'static str>,
}

/// The bits of `/Ff` (table 238). That of `/URL` changes nothing.
const SUBJECT: u64 = 1;
const ISSUER: u64 = 1 << 1;
const POLICY: u64 = 1 << 2;
const SUBJECT_NAME: u64 = 1 << 3;
const KEY_USAGE: u64 = 1 << 5;
const URL: u64 = 1 << 6;
/// Bit 5 is reserved: files set it, and it asks for nothing.
const RESERVED: u64 = 1 << 4;
const KNOWN_RULES: u64 = SUBJECT | ISSUER | POLICY | SUBJECT_NAME | KEY_USAGE | URL | RESERVED;

impl CertificateConstraints {
    pub(super) fn read(read: &mut Reader<'_, '_>) -> Result<Option<Self>, PadesError> {
        Ok(Some(Self {
            rules: read.flags()?,
            subjects: read.byte_strings("Subject")?.unwrap_or_default(),
            names: read.tables("SubjectDN")?.unwrap_or_default(),
            key_usages: read.list("KeyUsage")?.unwrap_or_default(),
            issuers: read.byte_strings("Issuer")?.unwrap_or_default(),
            policies: read.list("OID")?.unwrap_or_default(),
            url: read.text("URL")?,
            signature_policy: read.text("SignaturePolicyOID")?,
            unread: read.take_unread(),
        }))
    }

    /// # Errors
    /// [`PadesError::SeedValue`] for the first rule that the certificate does not keep.
    pub(super) fn check(&self, field: &str, chain: &[Certificate]) -> Result<(), PadesError> {
        let signer = chain.first().ok_or(PadesError::NoCertificate)?;
        let unfit = |entry, asked| Err(self.unfit(field, entry, asked, signer));
        let has_rule = |rule| self.rules & rule != 0;
        let unknown = self.rules & !KNOWN_RULES;
        if unknown != 0 {
            return unfit("Ff", format!("something that no standard knows (/Ff, bits {unknown:#x})"));
        }
        if let Some(entry) = self.unread.iter().find(|entry| self.is_rule(entry)) {
            return unfit(entry, NOT_READ.into());
        }
        if has_rule(SUBJECT)
            && !self.subjects.is_empty()
            && !self.subjects.iter().any(|one| one == signer.to_der())
        {
            return unfit("Subject", format!("one of {} certificates that it names", self.subjects.len()));
        }
        if has_rule(ISSUER) && !self.issuers.is_empty() && !self.is_issued_as_asked(chain) {
            let names: Vec<String> = self.issuers().map(|issuer| quoted(&issuer.display_name())).collect();
            return unfit("Issuer", format!("a certificate issued by {}", names.join(" or ")));
        }
        // "This field shall only be used if the value of Issuer is not empty."
        if has_rule(POLICY)
            && !self.issuers.is_empty()
            && !self.policies.is_empty()
            && !self.states_policy(signer)
        {
            return unfit("OID", format!("a certificate under the policy {}", self.policies.join(" or ")));
        }
        if has_rule(SUBJECT_NAME) {
            let asked =
                self.names.iter().flatten().find(|(key, value)| !has_attribute(signer.subject(), key, value));
            if let Some((key, value)) = asked {
                return unfit(
                    "SubjectDN",
                    format!("a certificate for {} = {}", printable(key), quoted(value)),
                );
            }
        }
        let fits = |pattern: &String| has_usages(signer, pattern);
        if has_rule(KEY_USAGE) && !self.key_usages.is_empty() && !self.key_usages.iter().any(fits) {
            let patterns = self.key_usages.iter().map(|pattern| printable(pattern)).collect::<Vec<_>>();
            return unfit("KeyUsage", format!("a certificate with the key usages {}", patterns.join(" or ")));
        }
        match &self.signature_policy {
            // Beside it there is no flag: who signs under no policy does not do what the field asks for.
            Some(policy) => Err(broken(
                field,
                "SignaturePolicyOID",
                format!("a signature under the policy {}", quoted(policy)),
                "policies are not stated yet",
            )),
            None => Ok(()),
        }
    }

    /// Whether an entry must be kept. `/URL` only helps; what has no flag must be, wherever it stands.
    fn is_rule(&self, entry: &str) -> bool {
        let rule = match entry {
            "Subject" => SUBJECT,
            "Issuer" => ISSUER,
            "OID" => POLICY,
            "SubjectDN" => SUBJECT_NAME,
            "KeyUsage" => KEY_USAGE,
            "URL" => return false,
            _ => return true,
        };
        self.rules & rule != 0
    }

    fn unfit(&self, field: &str, entry: &'static str, asked: String, signer: &Certificate) -> PadesError {
        let hint = self.url.as_ref().map(|url| format!(" (the field names {} for getting one)", quoted(url)));
        let instead = format!("the signer is {}{}", quoted(&signer.display_name()), hint.unwrap_or_default());
        broken(field, entry, asked, instead)
    }

    fn issuers(&self) -> impl Iterator<Item = Certificate> + '_ {
        self.issuers.iter().filter_map(|issuer| Certificate::from_der(issuer).ok())
    }

    /// Whether one of the issuers is in the signer's chain, or issued a certificate of it: chains often come without
    /// their root.
    fn is_issued_as_asked(&self, chain: &[Certificate]) -> bool {
        let above = chain.get(1..).unwrap_or_default();
        self.issuers().any(|issuer| {
            above.iter().any(|one| one.to_der() == issuer.to_der())
                || chain.iter().any(|one| issued(&issuer, one))
        })
    }

    fn states_policy(&self, signer: &Certificate) -> bool {
        let stated = signer.certificate_policies().ok().flatten().unwrap_or_default();
        stated.iter().any(|policy| self.policies.contains(&policy.oid.to_string()))
    }
}

fn issued(issuer: &Certificate, subject: &Certificate) -> bool {
    let verified = || {
        let key = PublicKey::of(issuer).ok()?;
        let algorithm = ClaimedAlgorithm::from_algorithm_identifier(&subject.signature_algorithm()).ok()?;
        key.verify(&algorithm, subject.to_be_signed(), subject.signature()).ok()
    };
    issuer.subject().matches(subject.issuer()) && verified().is_some()
}

/// Whether a name has an attribute, named by its object identifier or as everybody abbreviates it.
fn has_attribute(name: &Name, key: &str, value: &str) -> bool {
    let oid =
        ABBREVIATIONS.iter().find(|(short, _)| short.eq_ignore_ascii_case(key)).map_or(key, |(_, oid)| oid);
    let is_asked =
        |text: &str| chancery_certificate::prepare_text(text) == chancery_certificate::prepare_text(value);
    let attributes = name.relative_names();
    attributes
        .iter()
        .flatten()
        .any(|attribute| attribute.oid.to_string() == oid && attribute.text.as_deref().is_some_and(is_asked))
}

/// RFC 4514, table in section 3, and what Acrobat and others write beside it.
const ABBREVIATIONS: [(&str, &str); 16] = [
    ("CN", "2.5.4.3"),
    ("SN", "2.5.4.4"),
    ("SerialNumber", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("S", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("T", "2.5.4.12"),
    ("Title", "2.5.4.12"),
    ("GN", "2.5.4.42"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("E", "1.2.840.113549.1.9.1"),
];

/// The key usages in the order of a pattern.
const USAGES: [KeyUsage; 9] = [
    KeyUsage::DigitalSignature,
    KeyUsage::NonRepudiation,
    KeyUsage::KeyEncipherment,
    KeyUsage::DataEncipherment,
    KeyUsage::KeyAgreement,
    KeyUsage::CertificateSign,
    KeyUsage::CrlSign,
    KeyUsage::EncipherOnly,
    KeyUsage::DecipherOnly,
];

/// Whether a certificate has the usages of a pattern: `1` for one that it must have, `0` for one that it must not have;
/// anything else, or nothing, for one that does not matter.
fn has_usages(certificate: &Certificate, pattern: &str) -> bool {
    let Ok(usages) = certificate.key_usage() else { return false };
    pattern.chars().zip(USAGES).all(|(wanted, usage)| {
        // Without the extension, a key may be used for everything.
        let has = usages.is_none_or(|usages| usages.has(usage));
        match wanted {
            '1' => has,
            // What is said of no usage is no usage that is forbidden to it.
            '0' => usages.is_none() || !has,
            _ => true,
        }
    })
}
