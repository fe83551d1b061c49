//! Content of the signed document that shows something else elsewhere or later, without a byte of it being changed: what
//! shadow attacks prepare before the victim signs (pdf-insecurity.org; ISO 32000-2, 12.8.1 note on dynamic content).

use std::collections::{BTreeSet, HashMap, HashSet};

use chancery_ades::{Finding, Place};
use chancery_pdf::{Change, Dictionary, Object, PdfError, Reference, View};

use crate::{PadesError, xfa};

/// Within one object.
const MAX_DEPTH: usize = 16;

/// Tells what in a document can change what it shows; `seen` is what was seen of all its objects.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tell(view: &View<'_>, mut seen: Seen) -> Result<Vec<Finding>, PadesError> {
    let mut findings: Vec<Finding> = xfa::tell(view)?.into_iter().collect();
    let (_, catalog) = view.catalog()?;
    findings.extend(hidden_layers(view, &catalog)?);
    let loose_pages = seen.loose_pages(view, &catalog)?;
    seen.look_at_trailer(&catalog);
    findings.extend(seen.findings(&loose_pages));
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

/// What was seen, by object, in one revision and what came before it.
pub(crate) struct Seen {
    /// What comes later is not looked at.
    until: usize,
    scripts: BTreeSet<u32>,
    external_streams: BTreeSet<u32>,
    pages: BTreeSet<u32>,
    /// What nodes of the tree of pages have below them, and forms and outlines too.
    kids: HashMap<u32, Kids>,
}

/// What `/Kids` says.
enum Kids {
    Here(Vec<Reference>),
    /// The list is an object of its own.
    In(Reference),
}

impl Seen {
    /// Nothing yet; what comes after this revision is not looked at.
    pub(crate) fn until(revision: usize) -> Self {
        Self {
            until: revision,
            scripts: BTreeSet::new(),
            external_streams: BTreeSet::new(),
            pages: BTreeSet::new(),
            kids: HashMap::new(),
        }
    }

    /// Another revision follows, in which these objects changed; the first one is whole. What is seen from now on belongs to
    /// it. Answers whether it is still looked at.
    pub(crate) fn come_to(&mut self, view: &View<'_>, changed: &[Change]) -> bool {
        if view.revision() > self.until {
            return false;
        }
        for number in changed.iter().map(|change| change.number) {
            self.scripts.remove(&number);
            self.external_streams.remove(&number);
            self.pages.remove(&number);
            self.kids.remove(&number);
        }
        true
    }

    pub(crate) fn look_at(&mut self, place: Reference, object: &Object) {
        let number = place.number;
        if let Some(stream) = object.as_stream()
            && stream.dictionary().get("F").is_some_and(|file| !file.is_null())
        {
            self.external_streams.insert(number);
        }
        if let Some(dictionary) = object.as_dictionary() {
            if dictionary.get("Type").and_then(Object::as_name).is_some_and(|kind| kind == "Page") {
                self.pages.insert(number);
            }
            match dictionary.get("Kids") {
                None => {}
                Some(Object::Reference(list)) => {
                    self.kids.insert(number, Kids::In(*list));
                }
                Some(list) => {
                    let mut below = Vec::new();
                    each_kid(list, 0, &mut |kid| below.push(kid));
                    self.kids.insert(number, Kids::Here(below));
                }
            }
        }
        if holds_script(object, 0) {
            self.scripts.insert(number);
        }
    }

    /// The pages that the tree of pages does not lead to; none where it cannot be read.
    fn loose_pages(&mut self, view: &View<'_>, catalog: &Dictionary) -> Result<BTreeSet<u32>, PadesError> {
        let (mut shown, mut lists) = (HashSet::new(), HashSet::new());
        let mut open = Vec::new();
        let root: Vec<Object> = catalog.get("Pages").cloned().into_iter().collect();
        each_kid(&Object::Array(root), 0, &mut |root| open.push(root));
        while let Some(node) = open.pop() {
            if !shown.insert(node.number) {
                continue;
            }
            // No node is come by twice, and no list is read twice.
            let list = match self.kids.remove(&node.number) {
                Some(Kids::Here(below)) => {
                    open.extend(below);
                    continue;
                }
                Some(Kids::In(list)) => Some(list).filter(|list| lists.insert(list.number)),
                // It may be one that could not be read.
                None => Some(node).filter(|node| !self.pages.contains(&node.number)),
            };
            match list.map(|list| view.object(list)) {
                None => {}
                Some(Ok(list)) => each_kid(&list, 0, &mut |kid| open.push(kid)),
                Some(Err(PdfError::Read(error))) => return Err(PdfError::Read(error).into()),
                Some(Err(_)) => return Ok(BTreeSet::new()),
            }
        }
        Ok(self.pages.iter().copied().filter(|page| !shown.contains(page)).collect())
    }

    /// Scripts by name: those of the whole document (ISO 32000-2, 7.7.4).
    fn look_at_trailer(&mut self, catalog: &Dictionary) {
        let names = catalog.get("Names").and_then(Object::as_dictionary);
        if names.is_some_and(|names| names.get("JavaScript").is_some()) && self.scripts.is_empty() {
            self.scripts.insert(0);
        }
    }

    fn findings(self, loose_pages: &BTreeSet<u32>) -> Vec<Finding> {
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
        tell("page-not-shown", loose_pages, text);
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
            dictionary.iter().any(|(key, value)| match key.as_bytes() {
                b"S" if value.as_name().is_some_and(|kind| kind == "JavaScript") => true,
                b"JS" => !value.is_null(),
                _ => holds_script(value, depth + 1),
            })
        }),
    }
}

/// Calls `tell` for what stands in a list of kids, and in the lists of kids that are no objects of their own.
fn each_kid(list: &Object, depth: usize, tell: &mut impl FnMut(Reference)) {
    for kid in list.as_array().unwrap_or_default() {
        match kid {
            Object::Reference(kid) => tell(*kid),
            kid if depth < MAX_DEPTH => {
                if let Some(below) = kid.as_dictionary().and_then(|kid| kid.get("Kids")) {
                    each_kid(below, depth + 1, tell);
                }
            }
            _ => {}
        }
    }
}
