//! The page tree (ISO 32000-2, 7.7.3).

use crate::dictionary::Dictionary;
use crate::error::PdfError;
use crate::limits;
use crate::object::{Object, Reference};
use crate::view::View;

/// A node of the tree.
enum Node {
    /// With its kids, and how many pages it says are below.
    Pages(Vec<Object>, Option<usize>),
    Page(Dictionary),
}

pub(crate) fn count(view: &View<'_>) -> Result<usize, PdfError> {
    let (_, root) = root(view)?;
    let count = view.value(&root, "Count")?.as_integer().and_then(|count| usize::try_from(count).ok());
    count.ok_or(PdfError::Entry {
        key: "Count",
        of: "the root of the page tree",
        expected: "a number of pages",
    })
}

pub(crate) fn page(view: &View<'_>, index: usize) -> Result<(Reference, Dictionary), PdfError> {
    let (reference, root) = root(view)?;
    let mut walk = Walk { view, left: index, nodes: limits::PAGE_TREE_NODES, path: Vec::new() };
    let found = walk.descend(reference, root)?;
    let count = index - walk.left;
    found.ok_or(PdfError::PageMissing { index, count })
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
        node: Dictionary,
    ) -> Result<Option<(Reference, Dictionary)>, PdfError> {
        let damaged = |number, problem| PdfError::PageTree { number, problem };
        self.nodes = self.nodes.checked_sub(1).ok_or(damaged(reference.number, "it has too many nodes"))?;
        let (kids, count) = match self.node(node)? {
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
            return Err(damaged(reference.number, "it runs in a circle"));
        }
        if self.path.len() == limits::PAGE_TREE_DEPTH {
            return Err(damaged(reference.number, "it is too deep"));
        }
        self.path.push(reference);
        for kid in kids {
            let kid = kid.as_reference().ok_or(damaged(reference.number, "a kid is not a reference"))?;
            match self.view.object(kid)? {
                Object::Dictionary(node) => {
                    if let Some(found) = self.descend(kid, node)? {
                        return Ok(Some(found));
                    }
                }
                // A page that was deleted.
                Object::Null => {}
                _ => return Err(damaged(kid.number, "it is not a dictionary")),
            }
        }
        self.path.pop();
        Ok(None)
    }

    fn node(&self, node: Dictionary) -> Result<Node, PdfError> {
        let kind = self.view.value(&node, "Type")?;
        if kind.as_name().is_some_and(|kind| kind == "Page") {
            return Ok(Node::Page(node));
        }
        match self.view.value(&node, "Kids")? {
            Object::Array(kids) => {
                let count = self.view.value(&node, "Count")?.as_integer();
                Ok(Node::Pages(kids, count.and_then(|count| usize::try_from(count).ok())))
            }
            // Without /Kids it can only be a page.
            _ => Ok(Node::Page(node)),
        }
    }
}
