//! Where signatures are shown.

use std::collections::HashMap;

use chancery_ades::{Finding, Indication, Report, SignatureKind, SignatureReport};
use chancery_pdf::{Dictionary, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::appearance::rectangle;
use crate::form::{Field, fields, form};

/// So many are looked for: a report can have as many as the file has fields.
const MOST: usize = 1_000;

/// A signature that people see on a page.
pub(super) struct Shown {
    /// The page object.
    pub(super) page: Reference,
    pub(super) corners: [f32; 4],
    /// What came of it.
    pub(super) finding: Finding,
}

/// The signatures of a report that have a place on a page. A form that cannot be read shows none.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn shown(view: &View<'_>, report: &Report) -> Result<Vec<Shown>, PadesError> {
    match find(view, report) {
        Err(PadesError::Pdf(PdfError::Read(error))) => Err(PdfError::Read(error).into()),
        Err(_) => Ok(Vec::new()),
        found => found,
    }
}

fn find(view: &View<'_>, report: &Report) -> Result<Vec<Shown>, PadesError> {
    let signatures = report.signatures();
    if signatures.is_empty() {
        return Ok(Vec::new());
    }
    let (_, catalog) = view.catalog()?;
    let fields = fields(view, &form(view, &catalog)?)?;
    let signed = fields.iter().filter(|field| field.is_signature() && field.value.is_some());
    let by_name: HashMap<&str, &Field> = signed.map(|field| (field.name.as_str(), field)).collect();
    let mut shown = Vec::new();
    for signature in signatures.iter().take(MOST) {
        let Some(field) = by_name.get(signature.name()) else { continue };
        if let Some((page, corners)) = place(view, field)? {
            shown.push(Shown { page, corners, finding: told(signature) });
        }
    }
    Ok(shown)
}

/// The page and the rectangle of a field's widget, the first of several; `None` if it shows nothing.
fn place(view: &View<'_>, field: &Field) -> Result<Option<(Reference, [f32; 4])>, PadesError> {
    let kids = view.value(&field.dictionary, "Kids")?;
    let first = kids.as_array().and_then(<[Object]>::first);
    let kid: Option<Dictionary> = match first {
        Some(kid) => view.resolve(kid)?.as_dictionary().cloned(),
        None => None,
    };
    let widget = kid.as_ref().unwrap_or(&field.dictionary);
    let page = widget.get("P").and_then(Object::as_reference);
    let place = rectangle(view, &view.value(widget, "Rect")?);
    Ok(page
        .zip(place)
        .map(|(page, place)| (page, [place.x, place.y, place.x + place.width, place.y + place.height])))
}

fn told(signature: &SignatureReport) -> Finding {
    let signer = signature.claimed_signer().unwrap_or("an unknown signer");
    let what = match signature.kind() {
        SignatureKind::DocumentTimestamp => "the document timestamp",
        _ => "the signature",
    };
    let text = |comes_to: &str| format!("{what} {} by {signer} is shown here: {comes_to}", signature.name());
    match signature.verdict().indication() {
        Indication::TotalPassed => Finding::information("signature-valid", text("it is valid")),
        Indication::Indeterminate => {
            Finding::warning("signature-not-certain", text("whether it is valid cannot be told"))
        }
        Indication::TotalFailed => Finding::error("signature-not-valid", text("it is not valid")),
    }
}
