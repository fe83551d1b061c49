//! The page tree (ISO 32000-2, 7.7.3).

use std::collections::HashSet;

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::reference::Reference;
use crate::view::View;

/// A node of the tree.
enum Node {
    /// With its kids, and how many pages it says are below.
    Pages(Vec<Object>, Option<usize>),
    Page(Dictionary),
}

impl<'d> View<'d> {
    /// Page `index`, counted from 0. `/Count` of the page tree is believed, so that only the way to the page
    /// is read.
    ///
    /// # Errors
    /// [`PdfError::PageMissing`], or [`PdfError::PageTree`] if the tree is damaged.
    pub fn page(&self, index: usize) -> Result<(Reference, Dictionary), PdfError> {
        page(self, index)
    }

    /// How many pages the root of the page tree says there are.
    ///
    /// # Errors
    /// If there is no page tree, or it does not say.
    pub fn page_count(&self) -> Result<usize, PdfError> {
        count(self)
    }

    /// All pages in one walk through the tree, in the order of the document. `/Count` is not believed, and a page to
    /// which the tree leads more than once is given once.
    ///
    /// # Errors
    /// If there is no page tree. Where it is damaged, the walk ends with an error.
    pub fn pages(&self) -> Result<Pages<'d>, PdfError> {
        let (root, _) = root(self)?;
        Ok(Pages { view: *self, open: vec![(root, 0)], seen: HashSet::new() })
    }
}

/// A walk through all pages: see [`View::pages`].
#[derive(Debug, Clone)]
pub struct Pages<'d> {
    view: View<'d>,
    /// Nodes still to be looked at, with their depth; the next one last.
    open: Vec<(Reference, usize)>,
    seen: HashSet<Reference>,
}

impl Iterator for Pages<'_> {
    type Item = Result<(Reference, Dictionary), PdfError>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((reference, depth)) = self.open.pop() {
            if !self.seen.insert(reference) {
                continue;
            }
            match self.enter(reference, depth) {
                Ok(None) => {}
                Ok(Some(page)) => return Some(Ok((reference, page))),
                Err(error) => {
                    self.open.clear();
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl Pages<'_> {
    /// Looks at a node: a page, or one whose kids are looked at next.
    fn enter(&mut self, reference: Reference, depth: usize) -> Result<Option<Dictionary>, PdfError> {
        if self.seen.len() > limits::PAGE_TREE_NODES {
            return Err(damaged(reference, "it has too many nodes"));
        }
        let dictionary = match self.view.object(reference)? {
            Object::Dictionary(dictionary) => dictionary,
            // A page that was deleted.
            Object::Null => return Ok(None),
            _ => return Err(damaged(reference, "it is not a dictionary")),
        };
        let kids = match node(&self.view, dictionary)? {
            Node::Page(page) => return Ok(Some(page)),
            Node::Pages(kids, _) => kids,
        };
        if depth == limits::PAGE_TREE_DEPTH {
            return Err(damaged(reference, "it is too deep"));
        }
        for kid in kids.iter().rev() {
            let kid = kid.as_reference().ok_or(damaged(reference, "a kid is not a reference"))?;
            self.open.push((kid, depth + 1));
        }
        Ok(None)
    }
}

fn damaged(node: Reference, problem: &'static str) -> PdfError {
    PdfError::PageTree { number: node.number, problem }
}

/// What a dictionary of the tree is.
fn node(view: &View<'_>, node: Dictionary) -> Result<Node, PdfError> {
    let kind = view.value(&node, "Type")?;
    if kind.as_name().is_some_and(|kind| kind == "Page") {
        return Ok(Node::Page(node));
    }
    match view.value(&node, "Kids")? {
        Object::Array(kids) => {
            let count = view.value(&node, "Count")?.as_integer();
            Ok(Node::Pages(kids, count.and_then(|count| usize::try_from(count).ok())))
        }
        // Without /Kids it can only be a page.
        _ => Ok(Node::Page(node)),
    }
}

fn count(view: &View<'_>) -> Result<usize, PdfError> {
    let (_, root) = root(view)?;
    let count = view.value(&root, "Count")?.as_integer().and_then(|count| usize::try_from(count).ok());
    count.ok_or(PdfError::Entry {
        key: "Count",
        of: "the root of the page tree",
        expected: "a number of pages",
    })
}

fn page(view: &View<'_>, index: usize) -> Result<(Reference, Dictionary), PdfError> {
    find(view, index).map(|(found, _)| found)
}

/// A page with what it inherits from the nodes above it (7.7.3.4), references not followed.
pub(crate) struct Inherited {
    pub(crate) page: Dictionary,
    pub(crate) resources: Object,
    pub(crate) media_box: Object,
    pub(crate) crop_box: Object,
    pub(crate) rotate: Object,
}

pub(crate) fn inherited(view: &View<'_>, index: usize) -> Result<Inherited, PdfError> {
    let ((_, page), path) = find(view, index)?;
    let mut nodes = vec![page];
    for reference in path.iter().rev() {
        if let Object::Dictionary(node) = view.object(*reference)? {
            nodes.push(node);
        }
    }
    // What is null, or leads to nothing, counts as absent.
    let nearest = |key: &str| {
        for node in &nodes {
            let value = view.value(node, key)?;
            if !value.is_null() {
                return Ok(value);
            }
        }
        Ok::<_, PdfError>(Object::Null)
    };
    let (resources, media_box) = (nearest("Resources")?, nearest("MediaBox")?);
    let (crop_box, rotate) = (nearest("CropBox")?, nearest("Rotate")?);
    Ok(Inherited { page: nodes.swap_remove(0), resources, media_box, crop_box, rotate })
}

/// The page, and the nodes above it, root first.
fn find(view: &View<'_>, index: usize) -> Result<((Reference, Dictionary), Vec<Reference>), PdfError> {
    let (reference, root) = root(view)?;
    let mut walk = Walk { view, left: index, nodes: limits::PAGE_TREE_NODES, path: Vec::new() };
    let found = walk.descend(reference, root)?;
    let count = index - walk.left;
    found.map(|found| (found, walk.path)).ok_or(PdfError::PageMissing { index, count })
}

fn root(view: &View<'_>) -> Result<(Reference, Dictionary), PdfError> {
    let (_, catalog) = view.catalog()?;
    let wrong = PdfError::Entry { key: "Pages", of: "the catalog", expected: "a reference to a dictionary" };
    let reference = catalog.get("Pages").and_then(Object::as_reference).ok_or(wrong.clone())?;
    match view.object(reference)? {
        Object::Dictionary(root) => Ok((reference, root)),
        _ => Err(wrong),
    }
}

/// A walk to one page.
struct Walk<'v, 'd> {
    view: &'v View<'d>,
    /// Pages still to be passed.
    left: usize,
    /// Nodes that may still be looked at.
    nodes: usize,
    /// The nodes above, so that no circle is entered.
    path: Vec<Reference>,
}

impl Walk<'_, '_> {
    fn descend(
        &mut self,
        reference: Reference,
        entries: Dictionary,
    ) -> Result<Option<(Reference, Dictionary)>, PdfError> {
        self.nodes = self.nodes.checked_sub(1).ok_or(damaged(reference, "it has too many nodes"))?;
        let (kids, count) = match node(self.view, entries)? {
            Node::Page(page) if self.left == 0 => return Ok(Some((reference, page))),
            Node::Page(_) => {
                self.left -= 1;
                return Ok(None);
            }
            Node::Pages(kids, count) => (kids, count),
        };
        // The root is always entered: its /Count is what callers are told.
        if let Some(count) = count.filter(|&count| count <= self.left && !self.path.is_empty()) {
            self.left -= count;
            return Ok(None);
        }
        if self.path.contains(&reference) {
            return Err(damaged(reference, "it runs in a circle"));
        }
        if self.path.len() == limits::PAGE_TREE_DEPTH {
            return Err(damaged(reference, "it is too deep"));
        }
        self.path.push(reference);
        for kid in kids {
            let kid = kid.as_reference().ok_or(damaged(reference, "a kid is not a reference"))?;
            match self.view.object(kid)? {
                Object::Dictionary(node) => {
                    if let Some(found) = self.descend(kid, node)? {
                        return Ok(Some(found));
                    }
                }
                // A page that was deleted.
                Object::Null => {}
                _ => return Err(damaged(kid, "it is not a dictionary")),
            }
        }
        self.path.pop();
        Ok(None)
    }
}
