//! Texts in several languages.

use chancery_certificate::printable;
use roxmltree::Node;

use crate::xml::{self, Fields, Notes, Result, namespace};

/// A text in several languages (TS 119 612, 5.1.4): a name, mostly, or an address of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localized(Vec<(String, String)>);

impl Localized {
    /// The texts with their languages, as the list has them. Text from strangers: see
    /// [`printable`](chancery_certificate::printable).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// The text in English, else the first. Safe to show.
    pub fn display(&self) -> String {
        let english = self.iter().find(|(language, _)| language.to_ascii_lowercase().starts_with("en"));
        english.or_else(|| self.iter().next()).map_or_else(String::new, |(_, text)| printable(text))
    }

    /// The children of this name, each with `xml:lang`.
    pub(crate) fn read(parent: Option<Node<'_, '_>>, element: &'static str, notes: &Notes) -> Result<Self> {
        let Some(parent) = parent else { return Ok(Self::default()) };
        let mut fields = Fields::of(parent);
        let mut all = Vec::new();
        for node in fields.all(namespace::LIST, element) {
            let language =
                node.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).unwrap_or_default();
            all.push((language.to_owned(), xml::text(node)?));
        }
        fields.note_rest(notes);
        Ok(Self(all))
    }
}
