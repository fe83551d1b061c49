//! Writing XML: elements within elements, everything escaped.

use chancery_certificate::printable;

/// An XML document as it grows. What is opened is closed again, because [`within`](Self::within) does both.
#[derive(Debug)]
pub(super) struct Xml {
    text: String,
    depth: usize,
}

/// Names and values of the attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    pub(super) fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into(), depth: 0 }
    }

    /// An element that holds others.
    pub(super) fn within(&mut self, name: &str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.start(name, attributes);
        self.text.push_str(">\n");
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.end(name);
    }

    /// An element that holds text, or nothing.
    pub(super) fn value(&mut self, name: &str, attributes: Attributes<'_>, value: &str) {
        self.start(name, attributes);
        if value.is_empty() {
            self.text.push_str("/>\n");
            return;
        }
        self.text.push('>');
        self.escape(value);
        self.end(name);
    }

    /// An element without attributes that holds text.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.value(name, &[], value);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escape(value);
            self.text.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// What would be read as markup becomes a reference. What must not stand in XML at all (XML 1.0, 2.2), or misleads
    /// who reads it, is written as `\u{202e}`: control, bidirectional and zero-width characters.
    fn escape(&mut self, value: &str) {
        for character in printable(value).chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&apos;"),
                '\u{fffe}' | '\u{ffff}' => self.text.extend(character.escape_unicode()),
                other => self.text.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let mut xml = Xml::new();
        xml.within("a", &[("b", "\"><c d='")], |xml| {
            xml.text("e", "</e>&amp;<![CDATA[\u{202e}\u{0}\u{ffff}\n]]>");
            xml.text("f", "");
        });
        let expected = concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<a b=\"&quot;&gt;&lt;c d=&apos;\">\n",
            r"  <e>&lt;/e&gt;&amp;amp;&lt;![CDATA[\u{202e}\u{0}\u{ffff}\u{a}]]&gt;</e>",
            "\n  <f/>\n</a>\n",
        );
        assert_eq!(xml.finish(), expected);
    }
}
