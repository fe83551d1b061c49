//! Whether the certification of a document is bound to its catalog (ISO 32000-2, 12.8.2.2 and 12.8.6).

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Document, Object, Reference, View};

use crate::PadesError;
use crate::certification::{Stated, allowed_by, parameters};

/// What is odd about a signature as a certification, in the revision that it signs. `earlier` tells whether another
/// signature was there before it.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn of_signature(
    document: &Document<'_>,
    revision: usize,
    (reference, signature): (Option<Reference>, &Dictionary),
    earlier: Earlier,
) -> Result<Vec<Finding>, PadesError> {
    let Some(view) = document.at(revision) else { return Ok(Vec::new()) };
    if parameters(&view, signature, b"DocMDP")?.contains(&Stated::NotUnderstood) {
        let text = "/Reference of the signature is not understood: it is taken to allow nothing afterwards";
        let finding = Finding::warning("signature-reference-unclear", text).rule("ISO 32000-2, table 256");
        return Ok(vec![finding]);
    }
    if allowed_by(&view, signature)?.is_none() {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    if named(&view)?.as_ref().and_then(Object::as_reference) != reference {
        let text = "the signature certifies the document, but the catalog does not name it as its certification (/Perms): readers take it for an approval";
        findings.push(Finding::warning("certification-not-bound", text).rule("ISO 32000-2, 12.8.2.2.1"));
    }
    if earlier == Earlier::Signed {
        let text = "the signature certifies the document, but others had signed it before: a certification must be the first signature";
        findings.push(Finding::warning("certification-not-first", text).rule("ISO 32000-2, 12.8.2.2.1"));
    }
    Ok(findings)
}

/// Whether somebody signed before.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Earlier {
    Signed,
    Nobody,
}

/// The catalog names a signature as certification that certifies nothing: readers do not agree on what is allowed.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn of_document(document: &Document<'_>) -> Result<Option<Finding>, PadesError> {
    let view = document.latest();
    let Some(named) = named(&view)? else { return Ok(None) };
    let certifies = match view.resolve(&named)? {
        Object::Dictionary(signature) => allowed_by(&view, &signature)?.is_some(),
        _ => false,
    };
    let text = "the catalog names a signature as certification of the document (/Perms) that does not say what it allows";
    let finding = Finding::warning("certification-says-nothing", text).rule("ISO 32000-2, 12.8.6");
    Ok((!certifies).then_some(finding))
}

/// What the catalog names as certification.
fn named(view: &View<'_>) -> Result<Option<Object>, PadesError> {
    let (_, catalog) = view.catalog()?;
    let permissions = view.value(&catalog, "Perms")?;
    let named = permissions.as_dictionary().and_then(|permissions| permissions.get("DocMDP"));
    Ok(named.filter(|named| !named.is_null()).cloned())
}
