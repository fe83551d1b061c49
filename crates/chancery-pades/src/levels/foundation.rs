//! What the signatures of a document rest on, and which of it is proven already.

use chancery_ades::TimestampKind;
use chancery_cades::{Holder, MissingEvidence, NeededChain, lacking};
use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_cms::SignerCheck;
use chancery_digest::{AnyDigest, Digests, LegacyDigest};
use chancery_pdf::{Dictionary, Document, Object, PdfString};
use chancery_timestamp::{MatchingToken, TimestampToken};
use jiff::Timestamp;

use super::unsound::{Unsound, UnsoundSignatures};
use crate::PadesError;
use crate::form::Field;
use crate::placed;
use crate::scan::{self, Wanted};
use crate::security_store;
use crate::structure::Placed;

/// The signatures and timestamps of a document, with what is known about their certificates.
pub(crate) struct Foundation {
    entries: Vec<Entry>,
    /// What the document holds, in its store and in its signatures.
    known: Evidence,
    /// The revision of the newest timestamp over the document, with what the store held by then.
    newest: Option<(usize, Evidence)>,
    /// Signatures that do not hold.
    unsound: Vec<Unsound>,
}

/// A chain that has to be proven, and the name under which the store keeps what proves it.
pub(crate) struct Needed {
    pub(crate) signature: String,
    pub(crate) chain: NeededChain,
}

/// One signature, or one timestamp over the document.
struct Entry {
    field: String,
    /// Its name in `/VRI`.
    name: String,
    revision: usize,
    what: What,
    /// What it carries itself.
    carried: Evidence,
}

enum What {
    Signature {
        signer: Certificate,
        /// Its timestamps that match, with what they are called.
        stamps: Vec<(TimestampKind, String, MatchingToken)>,
    },
    Timestamp(Box<MatchingToken>),
}

impl Foundation {
    /// Reads the document, in one pass over its bytes.
    ///
    /// # Errors
    /// It cannot be read, holds nothing signed that holds, or, unless these are passed over, a signature that does not.
    pub(crate) fn of(document: &Document<'_>, choice: UnsoundSignatures) -> Result<Self, PadesError> {
        let mut foundation = Self::whatever(document)?;
        let nothing = foundation.entries.is_empty();
        match (choice, foundation.unsound.is_empty()) {
            (_, true) if nothing => Err(PadesError::NothingToPreserve),
            (_, true) => Ok(foundation),
            (UnsoundSignatures::PassOver, false) if !nothing => Ok(foundation),
            _ => {
                let Unsound { field, reason } = foundation.unsound.swap_remove(0);
                Err(PadesError::NotSound { field, reason })
            }
        }
    }

    /// The same for documents with and without signatures that hold.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn whatever(document: &Document<'_>) -> Result<Self, PadesError> {
        let store = security_store::evidence(&document.latest())?;
        let (fields, placed) = placed::all(document)?;
        let (mut signatures, mut unsound) = (Vec::new(), Vec::new());
        for (field, placed) in fields.iter().zip(placed) {
            match placed {
                Ok(placed) => signatures.push((field, placed)),
                Err(misplaced) => {
                    let reason = misplaced.restriction.finding.text.clone();
                    unsound.push(Unsound { field: field.name.clone(), reason });
                }
            }
        }
        let wanted: Vec<Wanted> = signatures.iter().map(|(_, placed)| placed.wanted()).collect();
        let digests = scan::digests(document.source(), &wanted)?;
        let mut entries = Vec::new();
        for ((field, placed), digests) in signatures.iter().zip(&digests) {
            match Entry::of(field, placed, digests, &store) {
                Ok(entry) => entries.extend(entry),
                Err(found) => unsound.push(found),
            }
        }
        entries.sort_by_key(|entry| entry.revision);
        let stamped = entries.iter().filter(|entry| matches!(entry.what, What::Timestamp(_)));
        let newest = match stamped.map(|entry| entry.revision).max() {
            Some(revision) => {
                let view = document.at(revision);
                let held = view.map(|view| security_store::evidence(&view)).transpose()?;
                Some((revision, held.unwrap_or_default()))
            }
            None => None,
        };
        let mut known = store;
        entries.iter().for_each(|entry| known.extend(entry.carried.clone()));
        Ok(Self { entries, known, newest, unsound })
    }

    /// The signatures that do not hold.
    pub(crate) fn into_unsound(self) -> Vec<Unsound> {
        self.unsound
    }

    /// What the document holds already.
    pub(crate) const fn known(&self) -> &Evidence {
        &self.known
    }

    /// The time of the newest timestamp of all.
    pub(crate) fn youngest(&self) -> Option<Timestamp> {
        self.entries.iter().flat_map(Entry::tokens).map(MatchingToken::time).max()
    }

    /// The chains that are to be proven now: of everything for which no timestamp over the document covers the proof.
    ///
    /// # Errors
    /// No timestamp covers one of the signatures.
    pub(crate) fn needed(&self) -> Result<Vec<Needed>, PadesError> {
        let mut needed = Vec::new();
        for entry in self.entries.iter().filter(|entry| !self.is_archived(entry)) {
            let at = match entry.what {
                What::Signature { .. } => Some(self.proven_since(entry)?),
                What::Timestamp(_) => None,
            };
            for (holder, certificate, since) in entry.holders() {
                let (at, since) = match (at, since) {
                    (Some(at), None) => (Some(at), at),
                    (_, Some(since)) => (None, since),
                    (None, None) => continue,
                };
                let chain = NeededChain { certificate, holder, at, since };
                needed.push(Needed { signature: entry.name.clone(), chain });
            }
        }
        Ok(needed)
    }

    /// What the document lacks before a timestamp over it would make it level B-LTA.
    pub(crate) fn lacking(&self) -> Vec<MissingEvidence> {
        self.entries.iter().flat_map(|entry| entry.lacking(&self.known)).collect()
    }

    /// Whether the newest timestamp over the document covers the proof for an entry. What one before it covers is still
    /// there.
    fn is_archived(&self, entry: &Entry) -> bool {
        let covers = |(revision, held): &(usize, Evidence)| {
            *revision > entry.revision && {
                let mut held = held.clone();
                held.extend(entry.carried.clone());
                entry.lacking(&held).is_empty()
            }
        };
        self.newest.as_ref().is_some_and(covers)
    }

    /// The earliest timestamp over a signature: its own, or one over the document.
    fn proven_since(&self, signature: &Entry) -> Result<Timestamp, PadesError> {
        let own = match &signature.what {
            What::Signature { stamps, .. } => stamps.as_slice(),
            What::Timestamp(_) => &[],
        };
        let own = own.iter().filter(|(kind, ..)| *kind == TimestampKind::Signature);
        let own = own.map(|(_, _, token)| token.latest_time());
        let later = self.entries.iter().filter(|entry| entry.revision > signature.revision);
        let later = later.filter_map(|entry| match &entry.what {
            What::Timestamp(token) => Some(token.latest_time()),
            What::Signature { .. } => None,
        });
        let none = || PadesError::NotTimestamped { field: signature.field.clone() };
        own.chain(later).min().ok_or_else(none)
    }
}

impl Entry {
    /// `None` for a timestamp that does not match: it proves nothing, and needs no evidence.
    fn of(
        field: &Field,
        placed: &Placed,
        digests: &Digests,
        store: &Evidence,
    ) -> Result<Option<Self>, Unsound> {
        let refuse = |reason| Unsound { field: field.name.clone(), reason };
        let mut carried = Evidence::new();
        let what = match placed.timestamp() {
            Some(message) => {
                carried.extend(Evidence::new().with_certificates(message.certificates().iter().cloned()));
                let token = TimestampToken::from_message(message.clone());
                match token.and_then(|token| token.matching(digests, store.certificates())) {
                    Ok(token) => What::Timestamp(Box::new(token)),
                    Err(_) => return Ok(None),
                }
            }
            None => {
                let subject = placed.subject(&field.name, digests, store);
                let subject = subject.ok_or_else(|| refuse("it has no signer".into()))?;
                if let Some(restriction) = subject.restrictions.first() {
                    return Err(refuse(restriction.finding.text.clone()));
                }
                let signer = match subject.check {
                    SignerCheck::Sound(signer) => signer.certificate().clone(),
                    SignerCheck::Faulty(faults) => {
                        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                        return Err(refuse(faults.join("; ")));
                    }
                };
                carried.extend(subject.evidence);
                let mut stamps = Vec::new();
                for stamp in subject.timestamps {
                    carried.extend(stamp.evidence);
                    stamps.extend(stamp.token.ok().map(|token| (stamp.kind, stamp.name, token)));
                }
                What::Signature { signer, stamps }
            }
        };
        let (name, revision) = (name(&placed.dictionary), placed.covered.revision);
        Ok(Some(Self { field: field.name.clone(), name, revision, what, carried }))
    }

    /// Whose chains it rests on, with the time of each timestamp.
    fn holders(&self) -> Vec<(Holder, Certificate, Option<Timestamp>)> {
        let of = |name: String, token: &MatchingToken| {
            (Holder::Timestamp(name), token.signer().certificate().clone(), Some(token.latest_time()))
        };
        match &self.what {
            What::Timestamp(token) => vec![of(self.field.clone(), token)],
            What::Signature { signer, stamps } => {
                let stamps =
                    stamps.iter().map(|(_, name, token)| of(format!("{} of {}", name, self.field), token));
                [(Holder::Signer, signer.clone(), None)].into_iter().chain(stamps).collect()
            }
        }
    }

    fn lacking(&self, evidence: &Evidence) -> Vec<MissingEvidence> {
        let holders = self.holders().into_iter().map(|(holder, certificate, _)| (holder, certificate));
        lacking(evidence, &holders.collect::<Vec<_>>())
    }

    fn tokens(&self) -> Box<dyn Iterator<Item = &MatchingToken> + '_> {
        match &self.what {
            What::Timestamp(token) => Box::new(std::iter::once(&**token)),
            What::Signature { stamps, .. } => Box::new(stamps.iter().map(|(_, _, token)| token)),
        }
    }
}

/// The name of a signature in `/VRI`: the SHA-1 of all of its `/Contents`, the zeros at the end included, in upper case
/// (EN 319 142-1, 5.4.2.3; ISO 32000-2, 12.8.4.4). It is a name, nothing rests on its strength.
fn name(dictionary: &Dictionary) -> String {
    let contents = dictionary.get("Contents").and_then(Object::as_string);
    let contents = contents.map(PdfString::as_bytes).unwrap_or_default();
    LegacyDigest::Sha1.digest(contents).to_string().to_uppercase()
}
