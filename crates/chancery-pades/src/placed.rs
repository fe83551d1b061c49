//! The signatures of a document with their places judged, and what has to be digested for them.

use std::collections::{BTreeMap, HashSet};

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
    let signed = signed_fields(document)?;
    let mut placed = Vec::new();
    for field in &signed {
        placed.push(structure::judge(document, field)?);
    }
    refuse_what_its_revision_does_not_hold(document, &signed, &mut placed)?;
    refuse_second_signature_of_a_revision(&mut placed);
    Ok((signed, placed))
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

fn refuse_what_its_revision_does_not_hold(
    document: &Document<'_>,
    signed: &[Field],
    placed: &mut [Result<Placed, Misplaced>],
) -> Result<(), PadesError> {
    let mut by_revision: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, one) in placed.iter().enumerate() {
        if let Ok(one) = one {
            by_revision.entry(one.covered.revision).or_default().push(place);
        }
    }
    let Some(oldest) = by_revision.keys().next().and_then(|oldest| document.at(*oldest)) else {
        return Ok(());
    };
    let (mut view, mut form) = (oldest, FormHistory::read(&oldest)?);
    for (revision, places) in by_revision {
        let held: Vec<&Field> = places.iter().filter_map(|place| signed.get(*place)).collect();
        while let Some(next) = document.at(view.revision() + 1).filter(|next| next.revision() <= revision) {
            form.advance(&next, &next.changed_since(&view)?)?;
            view = next;
        }
        let judged = structure::belong_to_revision(document, (revision, &form), &held)?;
        for (place, judged) in places.into_iter().zip(judged) {
            if let (Some(one), Err(misplaced)) = (placed.get_mut(place), judged) {
                *one = Err(misplaced);
            }
        }
    }
    Ok(())
}

/// Two signatures cannot cover the same revision: each would have to cover the other.
fn refuse_second_signature_of_a_revision(placed: &mut [Result<Placed, Misplaced>]) {
    let mut seen = HashSet::new();
    for one in placed {
        if one.as_ref().is_ok_and(|placed| !seen.insert(placed.covered.revision)) {
            *one = Err(Misplaced::same_revision());
        }
    }
}
