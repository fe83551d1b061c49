//! What the author of a certified document allows (ISO 32000-2, 12.8.2.2).

use std::collections::HashSet;

use chancery_pdf::{Dictionary, Increment, Name, Object, Reference, View};

use crate::PadesError;
use crate::catalog::Catalog;

/// The access permissions of a certification signature, `/P` (ISO 32000-2, table 257), from strict to lax.
///
/// Evidence for the long term and timestamps over the document are always allowed (PDF 2.0).
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ChangesAllowed {
    /// 1: nothing but long-term data and document timestamps.
    None,
    /// 2: filling in forms and signing.
    FormFilling,
    /// 3: annotations too.
    Annotations,
}

impl ChangesAllowed {
    /// The number that stands for it in a file.
    pub(crate) const fn to_number(self) -> i64 {
        match self {
            Self::None => 1,
            Self::FormFilling => 2,
            Self::Annotations => 3,
        }
    }

    /// What a number stands for; `None` for one that stands for nothing.
    pub(crate) const fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::None),
            2 => Some(Self::FormFilling),
            3 => Some(Self::Annotations),
            _ => None,
        }
    }
}

/// `/P` where it stands. What is no number of the table allows nothing.
pub(crate) fn level(stated: &Object) -> ChangesAllowed {
    let number = stated.as_integer().and_then(|number| u64::try_from(number).ok());
    number.and_then(ChangesAllowed::from_number).unwrap_or(ChangesAllowed::None)
}

/// What the certification of the document in this revision allows; `None` if it is not certified.
///
/// # Errors
/// If the objects that say so cannot be read.
pub(crate) fn changes_allowed(view: &View<'_>) -> Result<Option<ChangesAllowed>, PadesError> {
    let (_, catalog) = view.catalog()?;
    let permissions = view.value(&catalog, "Perms")?;
    let Some(permissions) = permissions.as_dictionary() else { return Ok(None) };
    let signature = view.value(permissions, "DocMDP")?;
    signature.as_dictionary().map_or(Ok(None), |signature| allowed_by(view, signature))
}

/// What a signature dictionary allows, if it certifies the document.
///
/// # Errors
/// If the objects that say so cannot be read.
pub(crate) fn allowed_by(
    view: &View<'_>,
    signature: &Dictionary,
) -> Result<Option<ChangesAllowed>, PadesError> {
    let levels = parameters(view, signature, b"DocMDP")?;
    let stated = levels.iter().map(|stated| match stated {
        Stated::Parameters(parameters) => match view.value(parameters, "P")? {
            // The default of table 257.
            Object::Null => Ok(ChangesAllowed::FormFilling),
            stated => Ok(level(&stated)),
        },
        Stated::NotUnderstood => Ok(ChangesAllowed::None),
    });
    // Several contradict each other; the strictest counts.
    Ok(stated.collect::<Result<Vec<_>, PadesError>>()?.into_iter().min())
}

/// What a reference of a signature says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stated {
    Parameters(Dictionary),
    /// It forbids what it can.
    NotUnderstood,
}

/// A signature has one reference for each transform method.
const MAX_REFERENCES: usize = 16;

/// The parameters of the references of a signature that have this transform method (table 256).
///
/// # Errors
/// If the objects that say so cannot be read.
pub(crate) fn parameters(
    view: &View<'_>,
    signature: &Dictionary,
    method: &[u8],
) -> Result<Vec<Stated>, PadesError> {
    let references = match view.value(signature, "Reference")? {
        Object::Null => return Ok(Vec::new()),
        Object::Array(references) if references.len() <= MAX_REFERENCES => references,
        _ => return Ok(vec![Stated::NotUnderstood]),
    };
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for reference in &references {
        if reference.as_reference().is_some_and(|reference| !seen.insert(reference.number)) {
            continue;
        }
        let reference = view.resolve(reference)?;
        let Some(reference) = reference.as_dictionary() else {
            found.push(Stated::NotUnderstood);
            continue;
        };
        match view.value(reference, "TransformMethod")?.as_name() {
            Some(stated) if stated.as_bytes() == method => {
                found.push(match view.value(reference, "TransformParams")? {
                    Object::Null => Stated::Parameters(Dictionary::new()),
                    Object::Dictionary(parameters) => Stated::Parameters(parameters),
                    _ => Stated::NotUnderstood,
                });
            }
            Some(_) => {}
            None => found.push(Stated::NotUnderstood),
        }
    }
    Ok(found)
}

/// The signature reference by which a signature certifies the document (tables 256 and 257).
///
/// No `/DigestMethod`: it belongs to the object digests of PDF 1.5, which nobody computes, and PDF/A forbids it beside
/// DocMDP (ISO 19005-2, 6.1.12).
pub(crate) fn to_reference(allowed: ChangesAllowed) -> Dictionary {
    let mut parameters = Dictionary::new();
    parameters.set("Type", Name::from("TransformParams"));
    parameters.set("V", Name::from("1.2"));
    parameters.set("P", allowed.to_number());
    let mut reference = Dictionary::new();
    reference.set("Type", Name::from("SigRef"));
    reference.set("TransformMethod", Name::from("DocMDP"));
    reference.set("TransformParams", parameters);
    reference
}

/// Names a signature as the certification of the document: `/Perms` of the catalog (ISO 32000-2, 12.8.6).
///
/// # Errors
/// If what stands there cannot be read.
pub(crate) fn bind(
    catalog: &mut Catalog<'_>,
    increment: &mut Increment<'_>,
    signature: Reference,
) -> Result<(), PadesError> {
    let permissions = catalog.view().value(catalog.dictionary(), "Perms")?;
    let mut permissions = permissions.as_dictionary().cloned().unwrap_or_default();
    permissions.set("DocMDP", signature);
    catalog.put(increment, "Perms", permissions)
}
