//! Forms of XFA, which PDF 2.0 no longer knows (ISO 32000-1, 12.7.8).

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, View};

use crate::PadesError;
use crate::form::form;

/// How much of a packet is read; the templates of real forms have some MiB with their images.
const MAX_PACKET: usize = 32 << 20;

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
    let configuration = packet(view, &resource, b"config")?;
    if configuration.is_some_and(|configuration| is_rendered_dynamically(&configuration)) {
        return Err(PadesError::DynamicXfa { sign: "<dynamicRender>required" });
    }
    // A form that is drawn has its fields in the file too.
    let fields = view.value(form, "Fields")?;
    if fields.as_array().is_some_and(|fields| !fields.is_empty()) {
        return Ok(());
    }
    match packet(view, &resource, b"template")? {
        Some(template) if has_fields(&template) => {
            Err(PadesError::DynamicXfa { sign: "/XFA without /Fields" })
        }
        _ => Ok(()),
    }
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

/// A packet of the form, or all of it where it is one stream; `None` if there is none that can be decoded.
fn packet(view: &View<'_>, resource: &Object, name: &[u8]) -> Result<Option<Vec<u8>>, PadesError> {
    let is_wanted = |pair: &&[Object]| {
        pair.first().and_then(Object::as_string).is_some_and(|found| found.as_bytes() == name)
    };
    let found = match resource.as_array() {
        Some(packets) => packets.chunks(2).find(is_wanted).and_then(|pair| pair.get(1)),
        None => Some(resource),
    };
    let Some(found) = found else { return Ok(None) };
    let found = view.resolve(found)?;
    let Some(stream) = found.as_stream() else { return Ok(None) };
    match view.decoded(stream, MAX_PACKET) {
        Ok(bytes) => Ok(Some(bytes.into_owned())),
        Err(error @ chancery_pdf::PdfError::Read(_)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Whether a template has fields: elements `field`, whatever the prefix of their namespace.
fn has_fields(template: &[u8]) -> bool {
    const ELEMENT: &[u8] = b"field";
    template.windows(ELEMENT.len() + 2).any(|window| {
        let ends = window.last().is_some_and(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
        matches!(window.first(), Some(b'<' | b':')) && window.get(1..=ELEMENT.len()) == Some(ELEMENT) && ends
    })
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
    fn a_template_has_fields_or_none() {
        for (template, fields) in [
            ("<subform><field name=\"a\"/></subform>", true),
            ("<t:field>", true),
            ("<fieldset/>", false),
            ("</field", false),
            ("field ", false),
        ] {
            assert_eq!(has_fields(template.as_bytes()), fields, "{template}");
        }
    }

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
