//! Forms of XFA, which PDF 2.0 no longer knows (ISO 32000-1, 12.7.8).

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, View};

use crate::PadesError;
use crate::form::form;

/// How much of the configuration of a form is read; those of real forms have some KiB.
const MAX_CONFIGURATION: usize = 1 << 20;

/// Refuses a dynamic form: its pages are made by the viewer from the data, and the file holds a page that says so
/// ("Please wait…"). A signature would sign that page.
///
/// A static form is drawn on the pages that the file holds, so it is signed as any other form is.
///
/// # Errors
/// [`PadesError::DynamicXfa`], or the file cannot be read.
pub(crate) fn refuse_dynamic(
    view: &View<'_>,
    catalog: &Dictionary,
    form: &Dictionary,
) -> Result<(), PadesError> {
    if view.value(catalog, "NeedsRendering")?.as_boolean() == Some(true) {
        return Err(PadesError::DynamicXfa { sign: "/NeedsRendering" });
    }
    let resource = view.value(form, "XFA")?;
    if resource.is_null() {
        return Ok(());
    }
    let configuration = configuration(view, &resource)?;
    if is_rendered_dynamically(&configuration) {
        return Err(PadesError::DynamicXfa { sign: "<dynamicRender>required" });
    }
    // A form that is drawn has its fields in the file too.
    let fields = view.value(form, "Fields")?;
    if fields.as_array().is_none_or(<[Object]>::is_empty) {
        return Err(PadesError::DynamicXfa { sign: "/XFA without /Fields" });
    }
    Ok(())
}

/// A document with an XFA form is two: its pages, and what a viewer makes of the form.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tell(view: &View<'_>) -> Result<Option<Finding>, PadesError> {
    let (_, catalog) = view.catalog()?;
    let resource = view.value(&form(view, &catalog)?, "XFA")?;
    let text =
        "the document has an XFA form: a viewer that knows XFA shows what the form says, another the pages";
    let finding = Finding::warning("xfa-form", text).rule("ISO 32000-1, 12.7.8");
    Ok((!resource.is_null()).then_some(finding))
}

/// The packet `config` of the form, or all of it where it is one stream.
fn configuration(view: &View<'_>, resource: &Object) -> Result<Vec<u8>, PadesError> {
    let read = |packet: &Object| -> Result<Vec<u8>, PadesError> {
        let packet = view.resolve(packet)?;
        let Some(stream) = packet.as_stream() else { return Ok(Vec::new()) };
        // What cannot be decoded, or is too long, says nothing: then the other signs decide.
        match view.decoded(stream, MAX_CONFIGURATION) {
            Ok(bytes) => Ok(bytes.into_owned()),
            Err(error @ chancery_pdf::PdfError::Read(_)) => Err(error.into()),
            Err(_) => Ok(Vec::new()),
        }
    };
    let Some(packets) = resource.as_array() else { return read(resource) };
    let is_configuration = |pair: &&[Object]| {
        pair.first().and_then(Object::as_string).is_some_and(|name| name.as_bytes() == b"config")
    };
    let found = packets.chunks(2).find(is_configuration).and_then(|pair| pair.get(1));
    found.map_or(Ok(Vec::new()), read)
}

/// `<dynamicRender>required</dynamicRender>` in the configuration for Acrobat.
fn is_rendered_dynamically(configuration: &[u8]) -> bool {
    const ELEMENT: &[u8] = b"dynamicRender>";
    let mut rest = configuration;
    while let Some(at) = rest.windows(ELEMENT.len()).position(|window| window == ELEMENT) {
        rest = rest.get(at + ELEMENT.len()..).unwrap_or_default();
        if rest.trim_ascii_start().starts_with(b"required") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_required_dynamic_rendering_counts() {
        for (configuration, dynamic) in [
            ("<acrobat7><dynamicRender>required</dynamicRender></acrobat7>", true),
            ("<a:dynamicRender>\n required </a:dynamicRender>", true),
            ("<dynamicRender>forbidden</dynamicRender>", false),
            ("<dynamicRender/>", false),
            ("", false),
        ] {
            assert_eq!(is_rendered_dynamically(configuration.as_bytes()), dynamic, "{configuration}");
        }
    }
}
