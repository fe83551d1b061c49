//! A look at the XML before it is parsed.
//!
//! The parser compares each attribute of an element with those before it, and copies the namespaces in scope for
//! each element that declares some. Both are quadratic in what a stranger can write, so they are bounded here; so
//! are depth and the number of nodes. Where this scan and the parser could disagree the XML is not well formed, and
//! up to there both have seen the same.

use crate::error::TrustedListFault;
use crate::limits::{ATTRIBUTES, ListLimits, NAMESPACE_WORK};

/// Checks the limits. The offset of what is too much comes with the fault.
pub(crate) fn check(text: &str, limits: ListLimits) -> Result<(), (usize, TrustedListFault)> {
    let mut scan = Scan { bytes: text.as_bytes(), position: 0, nodes: 0, work: 0, scopes: vec![0], limits };
    while let Some(start) = scan.find(b"<") {
        scan.position = start;
        scan.markup()?;
    }
    Ok(())
}

struct Scan<'a> {
    bytes: &'a [u8],
    position: usize,
    nodes: usize,
    work: usize,
    /// For each open element the number of namespaces in scope.
    scopes: Vec<usize>,
    limits: ListLimits,
}

impl Scan<'_> {
    fn find(&self, needle: &[u8]) -> Option<usize> {
        let rest = self.bytes.get(self.position..)?;
        rest.windows(needle.len()).position(|window| window == needle).map(|at| self.position + at)
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes.get(self.position..).is_some_and(|rest| rest.starts_with(prefix))
    }

    fn skip_to(&mut self, end: &[u8]) {
        self.position = self.find(end).map_or(self.bytes.len(), |at| at + end.len());
    }

    /// Whatever begins with `<` here.
    fn markup(&mut self) -> Result<(), (usize, TrustedListFault)> {
        let start = self.position;
        // The text before it is a node too.
        self.count(start, 2)?;
        if self.starts_with(b"<!--") {
            self.position += 4;
            self.skip_to(b"-->");
        } else if self.starts_with(b"<![CDATA[") {
            self.skip_to(b"]]>");
        } else if self.starts_with(b"<?") {
            self.skip_to(b"?>");
        } else if self.starts_with(b"<!") {
            return Err((start, TrustedListFault::DocumentType));
        } else if self.starts_with(b"</") {
            self.skip_to(b">");
            self.scopes.truncate(self.scopes.len().saturating_sub(1).max(1));
        } else {
            self.tag(start)?;
        }
        Ok(())
    }

    fn tag(&mut self, start: usize) -> Result<(), (usize, TrustedListFault)> {
        let (mut attributes, mut declared, mut quote) = (0_usize, 0_usize, None);
        self.position += 1;
        let mut before = 0;
        while let Some(byte) = self.bytes.get(self.position).copied() {
            match (quote, byte) {
                (Some(open), _) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'>') => break,
                (None, b'=') => attributes += 1,
                (None, b'x') if self.starts_with(b"xmlns") => declared += 1,
                (None, _) => {}
            }
            before = byte;
            self.position += 1;
        }
        self.position = (self.position + 1).min(self.bytes.len());
        self.count(start, attributes)?;
        if attributes > ATTRIBUTES {
            return Err(too_large(start, "the attributes of an element", attributes, ATTRIBUTES));
        }
        let scope = self.scopes.last().copied().unwrap_or(0) + declared;
        if declared > 0 {
            self.work = self.work.saturating_add(scope.saturating_mul(declared));
            if self.work > NAMESPACE_WORK {
                return Err(too_large(
                    start,
                    "declarations of namespaces, in the work they make,",
                    self.work,
                    NAMESPACE_WORK,
                ));
            }
        }
        if before != b'/' {
            self.scopes.push(scope);
            let depth = self.scopes.len() - 1;
            if depth > self.limits.depth {
                return Err(too_large(start, "levels of elements", depth, self.limits.depth));
            }
        }
        Ok(())
    }

    fn count(&mut self, at: usize, nodes: usize) -> Result<(), (usize, TrustedListFault)> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.limits.nodes {
            return Err(too_large(at, "nodes of XML", self.nodes, self.limits.nodes));
        }
        Ok(())
    }
}

fn too_large(at: usize, what: &'static str, found: usize, limit: usize) -> (usize, TrustedListFault) {
    (at, TrustedListFault::TooLarge { what, found, limit })
}
