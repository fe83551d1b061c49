//! Elements, read strictly: what is asked for stands exactly as often as it may, and what nobody asked for is noted.

use std::cell::RefCell;

use base64ct::{Base64, Encoding};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;
use roxmltree::{Document, Node, ParsingOptions};

use crate::error::{TrustedListError, TrustedListFault};
use crate::limits::ListLimits;
use crate::scan;
use crate::unread::Unread;

/// ETSI TS 119 612, annex C: the namespaces of its schemas, and those that they import.
pub(crate) mod namespace {
    pub(crate) const LIST: &str = "http://uri.etsi.org/02231/v2#";
    pub(crate) const ADDITIONAL: &str = "http://uri.etsi.org/02231/v2/additionaltypes#";
    pub(crate) const QUALIFICATIONS: &str =
        "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
    pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
    pub(crate) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
    pub(crate) const SIGNATURE_11: &str = "http://www.w3.org/2009/xmldsig11#";
}

pub(crate) type Result<T> = std::result::Result<T, TrustedListError>;

/// Parses XML within limits: no document type, no entities but the five and characters by number.
pub(crate) fn parse(bytes: &[u8], limits: ListLimits) -> Result<Document<'_>> {
    let whole = |fault| TrustedListError { line: 0, column: 0, fault };
    if bytes.len() > limits.bytes {
        let fault = TrustedListFault::TooLarge { what: "bytes", found: bytes.len(), limit: limits.bytes };
        return Err(whole(fault));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole(TrustedListFault::NotUtf8))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !declares_utf8(text) {
        return Err(whole(TrustedListFault::NotUtf8));
    }
    scan::check(text, limits).map_err(|(offset, fault)| {
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        TrustedListError { line: number(line), column: number(column), fault }
    })?;
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: number(limits.nodes), ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let place = error.pos();
        let fault = match error {
            roxmltree::Error::DtdDetected => TrustedListFault::DocumentType,
            other => TrustedListFault::Xml(other.to_string()),
        };
        TrustedListError { line: place.row, column: place.col, fault }
    })
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Whether the XML declaration, if there is one, names UTF-8 (XML 1.0, 4.3.3).
fn declares_utf8(text: &str) -> bool {
    let Some(declaration) = text.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next()) else {
        return true;
    };
    let Some((_, encoding)) = declaration.split_once("encoding") else { return true };
    let encoding = encoding.trim_start().trim_start_matches('=').trim_start();
    let encoding = encoding.trim_start_matches(['"', '\'']).split(['"', '\'']).next().unwrap_or_default();
    encoding.eq_ignore_ascii_case("utf-8") || encoding.eq_ignore_ascii_case("us-ascii")
}

/// What was met and not read, in the order of the list.
#[derive(Debug, Default)]
pub(crate) struct Notes(RefCell<Vec<Unread>>);

impl Notes {
    pub(crate) fn add(&self, node: Node<'_, '_>) {
        self.0.borrow_mut().push(unread(node));
    }

    pub(crate) fn into_inner(self) -> Vec<Unread> {
        self.0.into_inner()
    }
}

pub(crate) fn unread(node: Node<'_, '_>) -> Unread {
    let namespace = node.tag_name().namespace().unwrap_or_default().to_owned();
    Unread { namespace, element: node.tag_name().name().to_owned(), offset: node.range().start }
}

/// The children of an element that are still to be read.
pub(crate) struct Fields<'a, 'input> {
    parent: Node<'a, 'input>,
    rest: Vec<Node<'a, 'input>>,
}

impl<'a, 'input> Fields<'a, 'input> {
    pub(crate) fn of(parent: Node<'a, 'input>) -> Self {
        Self { parent, rest: parent.children().filter(Node::is_element).collect() }
    }

    /// The elements of this name, wherever they stand among their siblings.
    pub(crate) fn all(&mut self, namespace: &str, element: &str) -> Vec<Node<'a, 'input>> {
        let (found, rest) =
            std::mem::take(&mut self.rest).into_iter().partition(|node| is(*node, namespace, element));
        self.rest = rest;
        found
    }

    pub(crate) fn optional(
        &mut self,
        namespace: &str,
        element: &'static str,
    ) -> Result<Option<Node<'a, 'input>>> {
        let found = self.all(namespace, element);
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            [_, second, ..] => Err(fault(*second, TrustedListFault::Twice { element })),
        }
    }

    pub(crate) fn required(&mut self, namespace: &str, element: &'static str) -> Result<Node<'a, 'input>> {
        // The place costs a walk through the text before it, so it is only looked for when it is needed.
        let found = self.optional(namespace, element)?;
        found.ok_or_else(|| {
            let parent = self.parent.tag_name().name().to_owned();
            fault(self.parent, TrustedListFault::Missing { parent, element })
        })
    }

    /// Passes over elements that say nothing we need.
    pub(crate) fn pass_over(&mut self, namespace: &str, elements: &[&str]) {
        self.rest.retain(|node| !elements.iter().any(|element| is(*node, namespace, element)));
    }

    /// What is left, noted.
    pub(crate) fn note_rest(self, notes: &Notes) {
        self.rest.into_iter().for_each(|node| notes.add(node));
    }

    pub(crate) fn into_rest(self) -> Vec<Node<'a, 'input>> {
        self.rest
    }
}

pub(crate) fn is(node: Node<'_, '_>, namespace: &str, element: &str) -> bool {
    node.tag_name().name() == element && node.tag_name().namespace() == Some(namespace)
}

/// The fault with the place of a node.
pub(crate) fn fault(node: Node<'_, '_>, fault: TrustedListFault) -> TrustedListError {
    let place = node.document().text_pos_at(node.range().start);
    TrustedListError { line: place.row, column: place.col, fault }
}

pub(crate) fn wrong(node: Node<'_, '_>, expected: &'static str) -> TrustedListError {
    fault(node, TrustedListFault::Value { element: node.tag_name().name().to_owned(), expected })
}

/// The text of an element, without white space around it. Comments and elements within it are an error: some
/// readers stop at them and others join what stands around, so that two would read two values.
pub(crate) fn text(node: Node<'_, '_>) -> Result<String> {
    let mut text = String::new();
    for child in node.children() {
        match child.text() {
            Some(part) if child.is_text() => text.push_str(part),
            _ => return Err(wrong(node, "text alone")),
        }
    }
    Ok(text.trim_matches([' ', '\t', '\r', '\n']).to_owned())
}

pub(crate) fn unsigned(node: Node<'_, '_>) -> Result<u64> {
    let digits = text(node)?;
    let value = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    value.ok_or_else(|| wrong(node, "a whole number"))
}

/// A URI as the lists use them: a name that is compared letter by letter.
pub(crate) fn uri(node: Node<'_, '_>) -> Result<String> {
    let uri = text(node)?;
    let visible = uri.bytes().all(|byte| byte.is_ascii_graphic());
    if !uri.is_empty() && visible { Ok(uri) } else { Err(wrong(node, "a URI")) }
}

/// An `xs:dateTime` in UTC, as TS 119 612, 5.3.14 asks: `2016-06-30T22:00:00Z`.
pub(crate) fn time(node: Node<'_, '_>) -> Result<Timestamp> {
    let written = text(node)?;
    let pattern = b"0000-00-00T00:00:00";
    let bytes = written.as_bytes();
    let in_form = bytes.len() > pattern.len()
        && bytes
            .iter()
            .zip(pattern)
            .all(|(byte, form)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form });
    let rest = written.get(pattern.len()..).unwrap_or_default();
    let in_utc = match rest.strip_suffix('Z') {
        Some("") => true,
        Some(fraction) => fraction.strip_prefix('.').is_some_and(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
        }),
        None => false,
    };
    let moment = written.parse().ok().filter(|_| in_form && in_utc);
    moment.ok_or_else(|| wrong(node, "a time in UTC, such as 2016-06-30T22:00:00Z"))
}

pub(crate) fn base64(node: Node<'_, '_>) -> Result<Vec<u8>> {
    let written: String = text(node)?.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let bytes = Base64::decode_vec(&written).ok().filter(|bytes| !bytes.is_empty());
    bytes.ok_or_else(|| wrong(node, "Base64"))
}

/// An object identifier in an element of XAdES' ObjectIdentifierType: `<Identifier>1.2.3</Identifier>`, or as a URN
/// (RFC 3061).
pub(crate) fn oid(node: Node<'_, '_>) -> Result<Oid> {
    let mut fields = Fields::of(node);
    let identifier = fields.required(namespace::XADES, "Identifier")?;
    fields.pass_over(namespace::XADES, &["Description", "DocumentationReferences"]);
    if let Some(stranger) = fields.into_rest().first() {
        return Err(wrong(*stranger, "part of an object identifier"));
    }
    let written = text(identifier)?;
    let dotted = written.get(..8).filter(|prefix| prefix.eq_ignore_ascii_case("urn:oid:"));
    let dotted = dotted.and_then(|_| written.get(8..)).unwrap_or(&written);
    Oid::new(dotted).map_err(|_| wrong(identifier, "an object identifier"))
}
