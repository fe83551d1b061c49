//! Content of the signed document that shows something else elsewhere or later, without a byte of it being changed: what
//! shadow attacks prepare before the victim signs (pdf-insecurity.org; ISO 32000-2, 12.8.1 note on dynamic content).

use std::collections::{BTreeSet, HashSet};

use chancery_ades::{Finding, Place};
use chancery_pdf::{Dictionary, Object, PdfError, Reference, View};

use crate::{PadesError, xfa};

/// So many objects are looked at; a document of a hundred pages has some thousands.
const MAX_OBJECTS: usize = 10_000;
/// Nodes of the tree of pages.
const MAX_NODES: usize = 20_000;
/// Within one object.
const MAX_DEPTH: usize = 16;

/// Tells what in a document can change what it shows.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tell(view: &View<'_>) -> Result<Vec<Finding>, PadesError> {
    let mut findings: Vec<Finding> = xfa::tell(view)?.into_iter().collect();
    let (_, catalog) = view.catalog()?;
    findings.extend(hidden_layers(view, &catalog)?);
    let objects = view.references()?;
    if objects.len() > MAX_OBJECTS {
        let text = format!(
            "the first {MAX_OBJECTS} of {} objects were searched for content that can change by itself",
            objects.len()
        );
        findings.push(Finding::information("not-all-searched", text));
    }
    let pages = Pages::of(view, &catalog)?;
    let mut seen = Seen::default();
    for reference in objects.into_iter().take(MAX_OBJECTS) {
        match view.object(reference) {
            Ok(object) => seen.look_at(reference, &object, &pages),
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            // Whether it matters is judged where it is used.
            Err(_) => {}
        }
    }
    seen.look_at_trailer(&catalog);
    findings.extend(seen.findings());
    Ok(findings)
}

/// Layers that the document hides at first, or in one use and not in another (ISO 32000-2, 8.11.4).
fn hidden_layers(view: &View<'_>, catalog: &Dictionary) -> Result<Option<Finding>, PadesError> {
    let properties = view.value(catalog, "OCProperties")?;
    let Some(properties) = properties.as_dictionary() else { return Ok(None) };
    let configuration = view.value(properties, "D")?;
    let Some(configuration) = configuration.as_dictionary() else { return Ok(None) };
    let has = |key| {
        Ok::<_, PadesError>(view.value(configuration, key)?.as_array().is_some_and(|list| !list.is_empty()))
    };
    let base_is_off = view.value(configuration, "BaseState")?.as_name().is_some_and(|state| state == "OFF");
    let text = if base_is_off || has("OFF")? {
        "the document has layers that are hidden at first: what they hold was signed, and not seen"
    } else if has("AS")? {
        "the document has layers that are shown on the screen and not on paper, or the other way round"
    } else {
        return Ok(None);
    };
    Ok(Some(Finding::warning("hidden-layers", text).rule("ISO 32000-2, 8.11.4")))
}

/// The pages that the document shows.
struct Pages(Option<HashSet<u32>>);

impl Pages {
    /// `None` inside where the tree is too large, or cannot be read.
    fn of(view: &View<'_>, catalog: &Dictionary) -> Result<Self, PadesError> {
        let mut pages = HashSet::new();
        let mut open: Vec<Object> = catalog.get("Pages").cloned().into_iter().collect();
        while let Some(node) = open.pop() {
            if node.as_reference().is_some_and(|node| !pages.insert(node.number)) {
                continue;
            }
            if pages.len() + open.len() > MAX_NODES {
                return Ok(Self(None));
            }
            let node = match view.resolve(&node) {
                Ok(node) => node,
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
                Err(_) => return Ok(Self(None)),
            };
            let Some(node) = node.as_dictionary() else { continue };
            if let Ok(kids) = view.value(node, "Kids") {
                open.extend(kids.as_array().unwrap_or_default().iter().cloned());
            }
        }
        Ok(Self(Some(pages)))
    }

    fn lack(&self, page: u32) -> bool {
        self.0.as_ref().is_some_and(|pages| !pages.contains(&page))
    }
}

/// What was seen, by object.
#[derive(Default)]
struct Seen {
    scripts: BTreeSet<u32>,
    external_streams: BTreeSet<u32>,
    loose_pages: BTreeSet<u32>,
}

impl Seen {
    fn look_at(&mut self, place: Reference, object: &Object, pages: &Pages) {
        let number = place.number;
        if let Some(stream) = object.as_stream()
            && stream.dictionary().get("F").is_some_and(|file| !file.is_null())
        {
            self.external_streams.insert(number);
        }
        if let Some(dictionary) = object.as_dictionary()
            && dictionary.get("Type").and_then(Object::as_name).is_some_and(|kind| kind == "Page")
            && pages.lack(number)
        {
            self.loose_pages.insert(number);
        }
        if holds_script(object, 0) {
            self.scripts.insert(number);
        }
    }

    /// Scripts by name: those of the whole document (ISO 32000-2, 7.7.4).
    fn look_at_trailer(&mut self, catalog: &Dictionary) {
        let names = catalog.get("Names").and_then(Object::as_dictionary);
        if names.is_some_and(|names| names.get("JavaScript").is_some()) && self.scripts.is_empty() {
            self.scripts.insert(0);
        }
    }

    fn findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut tell = |kind, found: &BTreeSet<u32>, what: &str| {
            let Some(first) = found.first() else { return };
            let several = if found.len() > 1 { format!(" ({} of them)", found.len()) } else { String::new() };
            let finding = Finding::warning(kind, format!("{what}{several}"));
            findings.push(if *first == 0 { finding } else { finding.at(Place::Object(*first)) });
        };
        tell("javascript", &self.scripts, "the document has scripts, which can change what it shows");
        let text = "the data of a stream stand in another file, which nobody signed";
        tell("external-stream", &self.external_streams, text);
        let text = "the document holds a page that it does not show: a later change could show it";
        tell("page-not-shown", &self.loose_pages, text);
        findings
    }
}

/// Whether a script stands in a value: an action of the kind JavaScript, or a rendition with one (ISO 32000-2, 12.6.4.17
/// and 12.6.4.14).
fn holds_script(value: &Object, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match value {
        Object::Array(elements) => elements.iter().any(|element| holds_script(element, depth + 1)),
        value => value.as_dictionary().is_some_and(|dictionary| {
            dictionary.get("S").and_then(Object::as_name).is_some_and(|kind| kind == "JavaScript")
                || dictionary.get("JS").is_some_and(|script| !script.is_null())
                || dictionary.iter().any(|(_, value)| holds_script(value, depth + 1))
        }),
    }
}
