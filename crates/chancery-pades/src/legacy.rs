//! Signatures as PDF had them before: over the SHA-1 digest of the document (`adbe.pkcs7.sha1`), and without a message
//! (`adbe.x509.rsa_sha1`). Both are read, never made (ISO 32000-2, 12.8.3.2 and 12.8.3.3.1).

use chancery_ades::{
    Aspect, Finding, Particulars, Policy, RequiredBinding, Restriction, SignatureLevel, SignatureReport,
    SignatureSubject, SubIndication,
};
use chancery_certificate::Certificate;
use chancery_certificate::asn1::{Reader, tag};
use chancery_chain::{Evidence, WeakAlgorithms};
use chancery_cms::{BareSignature, SignedMessage, SignerInfo};
use chancery_digest::{Digest, Digests, KnownDigest, LegacyDigest};
use chancery_key::lifetime::Lifetime;
use chancery_pdf::{Dictionary, Object, PdfString, View};

use crate::PadesError;

/// The digest that such a message encloses.
pub(crate) const ENCLOSED_DIGEST: KnownDigest = KnownDigest::Legacy(LegacyDigest::Sha1);
/// A chain has a handful of certificates.
const MAX_CERTIFICATES: usize = 100;

/// A signature without a message, with the certificates that stand beside it in the dictionary.
pub(crate) struct Bare {
    signature: BareSignature,
    /// The signer's own first.
    certificates: Vec<Certificate>,
}

impl Bare {
    /// Reads `/Contents` and `/Cert`. The inner result says what is malformed.
    ///
    /// ```text
    /// Contents ::= OCTET STRING   -- the signature value, with nothing but zeros after it
    /// Cert     string or array of strings: certificates, that of the signer first   -- ISO 32000-2, table 255
    /// ```
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(
        view: &View<'_>,
        dictionary: &Dictionary,
        contents: &[u8],
    ) -> Result<Result<Self, (&'static str, String)>, PadesError> {
        let mut reader = Reader::new(contents);
        let value = match reader.expect(tag::OCTET_STRING) {
            Ok(value) => value,
            Err(error) => {
                let text = format!("/Contents is no signature value: {error}");
                return Ok(Err(("message-unreadable", text)));
            }
        };
        if contents.get(value.raw.len()..).unwrap_or_default().iter().any(|byte| *byte != 0) {
            let text = "something other than zeros follows the signature in /Contents";
            return Ok(Err(("contents-padding", text.to_owned())));
        }
        let signature = BareSignature::new(value.content.to_vec());
        let stated = match view.value(dictionary, "Cert")? {
            Object::Array(several) => several,
            one => vec![one],
        };
        let mut certificates = Vec::new();
        for one in stated.iter().take(MAX_CERTIFICATES) {
            let one = view.resolve(one)?;
            let bytes = one.as_string().map(PdfString::as_bytes).unwrap_or_default();
            match Certificate::from_der(bytes) {
                Ok(certificate) => certificates.push(certificate),
                // Without the others there may still be a path; without the first nobody has signed.
                Err(error) if certificates.is_empty() => {
                    return Ok(Err((
                        "certificate-unreadable",
                        format!("/Cert holds no certificate: {error}"),
                    )));
                }
                Err(_) => {}
            }
        }
        Ok(Ok(Self { signature, certificates }))
    }

    /// Presents the signature to the validation process.
    pub(crate) fn subject(&self, name: String, digests: &Digests) -> Option<SignatureSubject> {
        let signer = self.certificates.first()?;
        Some(SignatureSubject {
            name,
            claimed_signer: Some(signer.clone()),
            value: self.signature.value().into(),
            level: SignatureLevel::BelowBaseline,
            particulars: Particulars::default(),
            check: self.signature.check(signer, digests),
            binding: RequiredBinding::Optional,
            evidence: Evidence::new().with_certificates(self.certificates.iter().cloned()),
            timestamps: Vec::new(),
            restrictions: Vec::new(),
            notes: Vec::new(),
        })
    }
}

/// Presents a message that encloses the digest of the document: the message must be sound for what it encloses, and
/// what it encloses must be that digest.
pub(crate) fn subject_over_digest(
    name: String,
    (message, signer): (&SignedMessage, &SignerInfo),
    document: &Digests,
    at_hand: &Evidence,
) -> SignatureSubject {
    let enclosed = message.content_digests();
    let binding = RequiredBinding::Optional;
    let mut subject = chancery_cades::subject(name, message, signer, &enclosed, binding, at_hand);
    let digest = document.find(ENCLOSED_DIGEST);
    if message.content().is_none() || message.content() != digest.map(Digest::as_bytes) {
        let text = "the document is not what was signed: the digest that the signature encloses is another";
        let finding = Finding::error("digest-mismatch", text).rule("ISO 32000-2, 12.8.3.3.1");
        subject.restrictions.push(Restriction::fails(SubIndication::HashFailure, Aspect::Integrity, finding));
    }
    subject
}

/// However the message was signed, it holds the document by SHA-1 alone: judged as any other algorithm, at the moment at
/// which the signature is known to exist (ETSI EN 319 102-1, 5.2.8).
pub(crate) fn judge_enclosed_digest(report: SignatureReport, policy: &Policy) -> SignatureReport {
    let told = report.integrity().findings().iter().any(|finding| finding.kind == "weak-algorithm");
    let Some(moment) = report.facts().existence().map(chancery_ades::Existence::time).filter(|_| !told)
    else {
        return report;
    };
    let lifetime = policy.algorithms().digest_acceptable_until(ENCLOSED_DIGEST);
    if lifetime.includes(moment) {
        return report;
    }
    let until = match lifetime {
        Lifetime::Until(until) => format!("was acceptable only until {until}"),
        _ => "was never acceptable".to_owned(),
    };
    let text = format!("{ENCLOSED_DIGEST}, by which alone the signature holds the document, {until}");
    let rule = "ETSI EN 319 102-1, 5.2.8";
    match policy.weak_algorithms() {
        WeakAlgorithms::Report => {
            report.note(Aspect::Integrity, Finding::warning("weak-algorithm", text).rule(rule))
        }
        WeakAlgorithms::Refuse => {
            let finding = Finding::error("weak-algorithm", text).rule(rule);
            let word = SubIndication::CryptographicConstraintsFailureNoProof;
            report.restrict(Restriction::leaves_open(word, Aspect::Integrity, finding))
        }
    }
}
