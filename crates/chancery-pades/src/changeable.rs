//! Content of the signed document that shows something else elsewhere or later, without a byte of it being changed: what
//! shadow attacks prepare before the victim signs (pdf-insecurity.org; ISO 32000-2, 12.8.1 note on dynamic content).

mod prepared;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chancery_ades::{Finding, Place};
use chancery_pdf::{Change, Dictionary, Object, PdfError, Reference, View};

use self::prepared::Prepared;
use crate::{PadesError, xfa};

/// Within one object.
const MAX_DEPTH: usize = 16;
/// Settings of layers that are looked at.
const MAX_CONFIGURATIONS: usize = 100;

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
    let text = if hides(view, configuration)? {
        "the document has layers that are hidden at first: what they hold was signed, and not seen"
    } else if has(view, configuration, "AS")? {
        "the document has layers that are shown on the screen and not on paper, or the other way round"
    } else if others_hide(view, properties)? {
        "the document has other settings of its layers, which hide or show some: what they hold may not have been seen"
    } else {
        return Ok(None);
    };
    Ok(Some(Finding::warning("hidden-layers", text).rule("ISO 32000-2, 8.11.4")))
}

fn has(view: &View<'_>, dictionary: &Dictionary, key: &str) -> Result<bool, PadesError> {
    Ok(view.value(dictionary, key)?.as_array().is_some_and(|list| !list.is_empty()))
}

fn hides(view: &View<'_>, configuration: &Dictionary) -> Result<bool, PadesError> {
    let base_is_off = view.value(configuration, "BaseState")?.as_name().is_some_and(|state| state == "OFF");
    Ok(base_is_off || has(view, configuration, "OFF")?)
}

/// Whether another configuration than the one at first hides layers.
fn others_hide(view: &View<'_>, properties: &Dictionary) -> Result<bool, PadesError> {
    let others = view.value(properties, "Configs")?;
    for other in others.as_array().unwrap_or_default().iter().take(MAX_CONFIGURATIONS) {
        let other = view.resolve(other)?;
        if other.as_dictionary().map_or(Ok(false), |other| hides(view, other))? {
            return Ok(true);
        }
    }
    Ok(others.as_array().is_some_and(|others| others.len() > MAX_CONFIGURATIONS))
}

/// What was seen, by object, in one revision and what came before it.
pub(crate) struct Seen {
    /// What comes later is not looked at.
    until: usize,
    /// The objects with something of a kind.
    prepared: BTreeMap<Prepared, BTreeSet<u32>>,
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
        Self { until: revision, prepared: BTreeMap::new(), pages: BTreeSet::new(), kids: HashMap::new() }
    }

    /// Another revision follows, in which these objects changed; the first one is whole. What is seen from now on belongs to
    /// it. Answers whether it is still looked at.
    pub(crate) fn come_to(&mut self, view: &View<'_>, changed: &[Change]) -> bool {
        if view.revision() > self.until {
            return false;
        }
        for number in changed.iter().map(|change| change.number) {
            for places in self.prepared.values_mut() {
                places.remove(&number);
            }
            self.pages.remove(&number);
            self.kids.remove(&number);
        }
        true
    }

    pub(crate) fn look_at(&mut self, place: Reference, object: &Object) {
        let number = place.number;
        Prepared::each(object, &mut |kind| {
            self.prepared.entry(kind).or_default().insert(number);
        });
        if let Some(dictionary) = object.as_dictionary() {
            if is_page(dictionary) {
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
        if names.is_some_and(|names| names.get("JavaScript").is_some()) {
            let scripts = self.prepared.entry(Prepared::Script).or_default();
            if scripts.is_empty() {
                scripts.insert(0);
            }
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
        for kind in Prepared::ALL {
            let (name, text) = kind.told();
            self.prepared.get(&kind).into_iter().for_each(|found| tell(name, found, text));
        }
        let text = "the document holds a page that it does not show: a later change could show it";
        tell("page-not-shown", loose_pages, text);
        findings
    }
}

/// Whether readers could show an object as a page; not all of them ask for its type.
fn is_page(dictionary: &Dictionary) -> bool {
    let named = dictionary.get("Type").and_then(Object::as_name);
    let leads = || matches!(dictionary.get("Contents"), Some(Object::Reference(_) | Object::Array(_)));
    let drawn = || dictionary.get("MediaBox").is_some() || dictionary.get("Resources").is_some();
    named.map_or_else(|| leads() && drawn(), |kind| kind == "Page")
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
