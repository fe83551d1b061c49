//! The signatures of a document with their places judged, and what has to be digested for them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chancery_ades::SignatureSubject;
use chancery_chain::Evidence;
use chancery_cms::{BareSignature, SignedMessage};
use chancery_digest::Digests;
use chancery_pdf::{Document, Object};
use chancery_timestamp::TimestampToken;

use crate::PadesError;
use crate::form::{Field, fields, form};
use crate::form_history::FormHistory;
use crate::legacy;
use crate::scan::Wanted;
use crate::structure::{self, Held, Kind, Misplaced, Placed};

/// The fields that hold a signature, each with what its place in the file says.
///
/// # Errors
/// If the file cannot be read.
#[expect(clippy::type_complexity, reason = "two lists that go together, for two callers")]
pub(crate) fn all(
    document: &Document<'_>,
) -> Result<(Vec<Field>, Vec<Result<Placed, Misplaced>>), PadesError> {
    let mut signatures = Signatures::of(document)?;
    if let Some(oldest) = signatures.first_revision().and_then(|first| document.at(first)) {
        let (mut view, mut form) = (oldest, FormHistory::read(&oldest)?);
        signatures.judge_revision(document, view.revision(), &form)?;
        while let Some(next) = document.at(view.revision() + 1) {
            if Some(next.revision()) > signatures.last_revision() {
                break;
            }
            form.advance(&next, &next.changed_since(&view)?)?;
            view = next;
            signatures.judge_revision(document, view.revision(), &form)?;
        }
    }
    Ok((signatures.fields, signatures.placed))
}

/// The signatures of a document. Their places are judged, but whether the revision that each covers holds it is judged
/// revision by revision.
pub(crate) struct Signatures {
    fields: Vec<Field>,
    placed: Vec<Result<Placed, Misplaced>>,
    /// Which of them claim to cover each revision.
    by_revision: BTreeMap<usize, Vec<usize>>,
    /// The revisions that one covers which they hold.
    signed: BTreeSet<usize>,
}

impl Signatures {
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of(document: &Document<'_>) -> Result<Self, PadesError> {
        let fields = signed_fields(document)?;
        let (mut placed, mut by_revision) = (Vec::new(), BTreeMap::<usize, Vec<usize>>::new());
        for (place, field) in fields.iter().enumerate() {
            let one = structure::judge(document, field)?;
            if let Ok(one) = &one {
                by_revision.entry(one.covered.revision).or_default().push(place);
            }
            placed.push(one);
        }
        Ok(Self { fields, placed, by_revision, signed: BTreeSet::new() })
    }

    /// The oldest revision that one claims to cover.
    pub(crate) fn first_revision(&self) -> Option<usize> {
        self.by_revision.first_key_value().map(|(revision, _)| *revision)
    }

    /// The newest revision that one claims to cover.
    pub(crate) fn last_revision(&self) -> Option<usize> {
        self.by_revision.last_key_value().map(|(revision, _)| *revision)
    }

    /// Judges those that claim to cover a revision, whose form is given: it must hold them, and only one of them, as each
    /// would have to cover the other.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn judge_revision(
        &mut self,
        document: &Document<'_>,
        revision: usize,
        form: &FormHistory,
    ) -> Result<(), PadesError> {
        let Some(places) = self.by_revision.get(&revision) else { return Ok(()) };
        let held: Vec<&Field> = places.iter().filter_map(|place| self.fields.get(*place)).collect();
        let judged = structure::belong_to_revision(document, (revision, form), &held)?;
        for (place, judged) in places.iter().zip(judged) {
            let judged = judged.and_then(|()| match self.signed.insert(revision) {
                true => Ok(()),
                false => Err(Misplaced::same_revision()),
            });
            if let (Some(one), Err(misplaced)) = (self.placed.get_mut(*place), judged) {
                *one = Err(misplaced);
            }
        }
        Ok(())
    }

    /// Whether a signature covers a revision that holds it.
    pub(crate) fn is_signed(&self, revision: usize) -> bool {
        self.signed.contains(&revision)
    }

    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Each with its field, in the order of the form.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Field, &Result<Placed, Misplaced>)> {
        self.fields.iter().zip(&self.placed)
    }

    /// Those whose place is sound.
    pub(crate) fn sound(&self) -> impl Iterator<Item = &Placed> {
        self.placed.iter().flatten()
    }
}

impl Placed {
    /// The digests that its judgement needs.
    pub(crate) fn wanted(&self) -> Wanted {
        let algorithms = match (&self.held, self.kind) {
            (Held::Bare(_), _) => BareSignature::digest_algorithms().to_vec(),
            (Held::Message(_), Kind::OverDigest) => vec![legacy::ENCLOSED_DIGEST],
            (Held::Message(message), Kind::DocumentTimestamp) => {
                TimestampToken::from_message((**message).clone())
                    .and_then(|token| token.imprint_algorithm())
                    .into_iter()
                    .collect()
            }
            (Held::Message(message), Kind::Signature(_) | Kind::Bare) => message.digest_algorithms(),
        };
        Wanted { covered: self.covered, algorithms }
    }

    /// The signature as the validation process wants it; `None` for a timestamp, and for one without a signer.
    pub(crate) fn subject(
        &self,
        name: &str,
        digests: &Digests,
        at_hand: &Evidence,
    ) -> Option<SignatureSubject> {
        let name = name.to_owned();
        match (&self.held, self.kind) {
            (Held::Bare(bare), _) => bare.subject(name, digests),
            (Held::Message(message), Kind::Signature(binding)) => {
                let signer = message.signers().first()?;
                Some(chancery_cades::subject(name, message, signer, digests, binding, at_hand))
            }
            (Held::Message(message), Kind::OverDigest) => {
                let signer = message.signers().first()?;
                Some(legacy::subject_over_digest(name, (message, signer), digests, at_hand))
            }
            (Held::Message(_), Kind::DocumentTimestamp | Kind::Bare) => None,
        }
    }

    /// The message of a timestamp over the document.
    pub(crate) fn timestamp(&self) -> Option<&SignedMessage> {
        match &self.held {
            Held::Message(message) if self.kind == Kind::DocumentTimestamp => Some(message),
            _ => None,
        }
    }
}

/// The fields that hold a signature, each signature once.
fn signed_fields(document: &Document<'_>) -> Result<Vec<Field>, PadesError> {
    let view = document.latest();
    let (_, catalog) = view.catalog()?;
    let mut seen = HashSet::new();
    let mut signed = fields(&view, &form(&view, &catalog)?)?;
    signed.retain(|field| {
        let once = field.value.as_ref().and_then(Object::as_reference).is_none_or(|value| seen.insert(value));
        field.is_signature() && field.value.is_some() && once
    });
    Ok(signed)
}
