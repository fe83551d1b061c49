//! What readers may take in different ways, and what that means for signing and for judging.

use chancery_ades::{Aspect, Finding, Place, Restriction, SubIndication};
use chancery_pdf::{Ambiguity, Document, Object, PdfError, Reference};

use crate::PadesError;

/// Refuses a file of which a signature would fix only one reading. Looked at is what was met on the way, and of what
/// objects say only the catalog, the form and those that are `replaced`.
///
/// # Errors
/// [`PadesError::Ambiguous`], or if the file cannot be read.
pub(crate) fn refuse_to_sign(document: &Document<'_>, replaced: &[Reference]) -> Result<(), PadesError> {
    refuse(document, replaced, Effect::forbids_signing)
}

/// Refuses a file that was repaired only if readers still come to different documents, which a complete
/// cross-reference section does not mend.
///
/// # Errors
/// As [`refuse_to_sign`].
pub(crate) fn refuse_divided(document: &Document<'_>, replaced: &[Reference]) -> Result<(), PadesError> {
    refuse(document, replaced, |effect| effect == Effect::Divides)
}

fn refuse(
    document: &Document<'_>,
    replaced: &[Reference],
    forbids: impl Fn(Effect) -> bool,
) -> Result<(), PadesError> {
    let mut ambiguities = document.ambiguities();
    ambiguities.extend(keys_twice(document, replaced)?);
    for ambiguity in ambiguities {
        if forbids(Effect::of(&ambiguity, document)?) {
            return Err(PadesError::Ambiguous(ambiguity));
        }
    }
    Ok(())
}

/// The catalog, the form and these objects, where a key stands twice in them.
fn keys_twice(document: &Document<'_>, replaced: &[Reference]) -> Result<Vec<Ambiguity>, PadesError> {
    let view = document.latest();
    let (root, catalog) = view.catalog()?;
    let form = catalog.get("AcroForm").and_then(Object::as_reference);
    let others = replaced.iter().copied().filter(|other| *other != root && Some(*other) != form);
    let mut found = Vec::new();
    for touched in [root].into_iter().chain(form).chain(others) {
        found.extend(view.key_twice(touched)?);
    }
    Ok(found)
}

/// Whether reading the file by its objects instead of its cross-reference could help.
pub(crate) fn may_be_damage(error: &PadesError) -> bool {
    match error {
        PadesError::Ambiguous(ambiguity) => !matches!(ambiguity, Ambiguity::KeyTwice { .. }),
        PadesError::Pdf(error) => matches!(
            error,
            PdfError::StartMissing { .. }
                | PdfError::CrossReference { .. }
                | PdfError::CrossReferenceLoop { .. }
                | PdfError::Syntax { .. }
                | PdfError::Object { .. }
                | PdfError::Entry { .. }
                | PdfError::PageMissing { .. }
                | PdfError::PageTree { .. }
        ),
        _ => false,
    }
}

/// What to say of a signed file, and from where on it matters.
pub(crate) struct Observation {
    pub(crate) finding: Finding,
    effect: Effect,
}

impl Observation {
    /// Everything ambiguous about a document.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn all(document: &Document<'_>) -> Result<Vec<Self>, PadesError> {
        let noticed = document.ambiguities().into_iter().chain(keys_twice(document, &[])?);
        noticed.map(|ambiguity| Self::new(&ambiguity, document)).collect()
    }

    fn new(ambiguity: &Ambiguity, document: &Document<'_>) -> Result<Self, PadesError> {
        let effect = Effect::of(ambiguity, document)?;
        let finding = match (ambiguity, effect) {
            (Ambiguity::BytesAfterEnd { offset, length }, _) => {
                Finding::warning("bytes-after-end", ambiguity.to_string())
                    .at(Place::Bytes(*offset, offset + length))
            }
            (_, Effect::Divides | Effect::DividesLater(_)) => {
                Finding::warning("ambiguous-structure", ambiguity.to_string())
            }
            _ => Finding::warning("unusual-structure", ambiguity.to_string()),
        };
        Ok(Self { finding, effect })
    }

    /// What it means for a signature that covers the file up to `end`, where all that is signed ends at `signed_end`:
    /// readers could see something else than what was signed.
    pub(crate) fn restriction(&self, end: u64, signed_end: u64) -> Option<Restriction> {
        let matters = match self.effect {
            Effect::Divides => true,
            Effect::DividesLater(offset) => offset >= end,
            Effect::MayBeRepaired(offset) => offset >= signed_end,
            Effect::DividesSigners | Effect::None => false,
        };
        let open = || Restriction::leaves_open(SubIndication::Generic, Aspect::Changes, self.finding.clone());
        matters.then(open)
    }
}

/// Whom an ambiguity divides.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Effect {
    /// Readers, wherever it stands: they come to different documents.
    Divides,
    /// Readers, unless a signature covers the place, which fixes what follows from it.
    DividesLater(u64),
    /// Readers that repair such a section by looking for objects, unless somebody signs the place: whoever appends it
    /// could bring back what the signed bytes only hide.
    MayBeRepaired(u64),
    /// Nobody who reads what is there, but some readers repair it: not to be signed.
    DividesSigners,
    /// Nobody: it only looks careless.
    None,
}

impl Effect {
    const fn forbids_signing(self) -> bool {
        matches!(self, Self::Divides | Self::DividesSigners)
    }

    fn of(ambiguity: &Ambiguity, document: &Document<'_>) -> Result<Self, PadesError> {
        Ok(match ambiguity {
            Ambiguity::OverlappingSubsections { .. }
            | Ambiguity::HybridContradiction { .. }
            | Ambiguity::TrailerKeyTwice { .. }
            | Ambiguity::KeyTwice { .. }
            | Ambiguity::ForwardPrevious { .. }
            | Ambiguity::ObjectStreamIndex { .. }
            | Ambiguity::ObjectStreamTwice { .. } => Self::Divides,
            Ambiguity::RevisionEndUnclear { offset } | Ambiguity::StartTwice { offset, .. } => {
                Self::DividesLater(*offset)
            }
            Ambiguity::StartMismatch { section, .. } => Self::DividesLater(*section),
            Ambiguity::BytesAfterEnd { offset, length } if hold_objects(document, *offset, *length)? => {
                Self::Divides
            }
            Ambiguity::SectionShifted { found: section, .. }
            | Ambiguity::PreviousIsZero { section }
            | Ambiguity::EntryWidth { offset: section, .. }
            | Ambiguity::NumberBeyondSize { section, .. } => Self::MayBeRepaired(*section),
            Ambiguity::BytesAfterEnd { .. }
            | Ambiguity::StreamLineEnd { .. }
            | Ambiguity::FlateChecksum { .. }
            | Ambiguity::ObjectEndMissing { .. } => Self::None,
            _ => Self::DividesSigners,
        })
    }
}

/// Bytes after the end are looked at up to here for objects that a repairing reader might find.
const MAX_TAIL: u64 = 1 << 20;

fn hold_objects(document: &Document<'_>, offset: u64, length: u64) -> Result<bool, PadesError> {
    let tail = document.source().read_range(offset..offset + length.min(MAX_TAIL))?;
    let holds = |word: &[u8]| tail.windows(word.len()).any(|window| window == word);
    Ok(length > MAX_TAIL || [&b" obj"[..], b"xref", b"trailer"].into_iter().any(holds))
}
