//! Simple properties out of XMP metadata (ISO 16684-1): RDF in XML, from whoever wrote the file.

use roxmltree::{Document, Node, ParsingOptions};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Nodes of the XML tree.
const NODES: u32 = 200_000;
/// Times that `xmlns` may stand anywhere. Real metadata declare some twenty; the reader's work grows with its square.
const NAMESPACES: usize = 2_000;
/// Attributes of one element, for the same reason.
const ATTRIBUTES: usize = 2_000;
/// Longest value that is kept: those that we look for have one letter.
const VALUE: usize = 256;

/// Properties that were found, by namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Properties(Vec<(String, String, String)>);

impl Properties {
    /// The value of a property, without white space around it; the first one if there are several.
    pub(crate) fn get(&self, namespace: &str, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(uri, own, _)| uri == namespace && own == name);
        found.map(|(_, _, value)| value.as_str())
    }
}

/// The simple properties of these namespaces, written as attributes or as elements of the descriptions.
pub(crate) fn properties(bytes: &[u8], namespaces: &[&str]) -> Result<Properties, &'static str> {
    let text = text(bytes)?;
    let text = text.trim_matches(['\u{feff}', '\0', ' ', '\t', '\r', '\n']);
    bounded(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let tree = Document::parse_with_options(text, options).map_err(|_| "it is not well-formed XML")?;
    let mut found = Properties::default();
    let mut add = |uri: Option<&str>, name: &str, value: &str| {
        if let Some(uri) = uri.filter(|uri| namespaces.contains(uri))
            && value.len() <= VALUE
        {
            found.0.push((uri.to_owned(), name.to_owned(), value.trim().to_owned()));
        }
    };
    let is = |node: &Node<'_, '_>, name| node.has_tag_name((RDF, name));
    let roots = tree.descendants().filter(|node| is(node, "RDF"));
    for description in roots.flat_map(|root| root.children()).filter(|node| is(node, "Description")) {
        for attribute in description.attributes() {
            add(attribute.namespace(), attribute.name(), attribute.value());
        }
        for element in description.children().filter(Node::is_element) {
            let name = element.tag_name();
            add(name.namespace(), name.name(), element.text().unwrap_or_default());
        }
    }
    Ok(found)
}

/// XMP may be UTF-8 or UTF-16 (ISO 16684-1, 7.1); UTF-32 was never seen.
fn text(bytes: &[u8]) -> Result<String, &'static str> {
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| "it is not UTF-16 throughout")
    };
    match bytes {
        [0xfe, 0xff, ..] | [0, b'<', ..] => utf16(u16::from_be_bytes),
        [0xff, 0xfe, ..] | [b'<', 0, ..] => utf16(u16::from_le_bytes),
        _ => std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "it is not UTF-8 throughout"),
    }
}

/// Refuses what would make the XML reader work longer than its length warrants.
fn bounded(text: &str) -> Result<(), &'static str> {
    if text.matches("xmlns").count() > NAMESPACES {
        return Err("it declares too many namespaces");
    }
    // No `<` may stand within a tag, so what lies between two of them holds at least one whole tag's attributes.
    if text.split('<').any(|part| part.bytes().filter(|&byte| byte == b'=').count() > ATTRIBUTES) {
        return Err("an element has too many attributes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: &str = "urn:s";

    fn packet(inside: &str) -> String {
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\" xmlns:s=\"{SPACE}\">\
             {inside}</rdf:RDF></x:xmpmeta>\n   \n<?xpacket end=\"w\"?>\0"
        )
    }

    fn part(bytes: &[u8]) -> Result<Option<String>, &'static str> {
        Ok(properties(bytes, &[SPACE])?.get(SPACE, "part").map(str::to_owned))
    }

    #[test]
    fn attributes_and_elements_in_either_encoding() {
        let attribute = packet("<rdf:Description s:part=\"2\"/>");
        let element = packet("<rdf:Description/><rdf:Description><s:part> 2 </s:part></rdf:Description>");
        for text in [attribute, element] {
            assert_eq!(part(text.as_bytes()), Ok(Some("2".into())));
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(part(&wide), Ok(Some("2".into())));
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(part(&[&[0xff, 0xfe], wide.as_slice()].concat()), Ok(Some("2".into())));
        }
    }

    #[test]
    fn other_places_and_namespaces_claim_nothing() {
        for text in [
            packet("<rdf:Description part=\"2\"/>"),
            packet("<rdf:Description><s:other><s:part>2</s:part></s:other></rdf:Description>"),
            packet("<rdf:Other s:part=\"2\"/>"),
            packet("<!-- <rdf:Description s:part=\"2\"/> -->"),
        ] {
            assert_eq!(part(text.as_bytes()), Ok(None), "{text}");
        }
    }

    #[test]
    fn hostile_metadata_are_refused_in_time() {
        let laughs = "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>";
        let deep = "<a>".repeat(300_000);
        let wide = format!("<a {}/>", (0..100_000).map(|i| format!("a{i}='' ")).collect::<String>());
        let spaces: String = (0..100_000).map(|i| format!("<a xmlns:a{i}='b'>")).collect();
        let start = std::time::Instant::now();
        for text in [laughs, &deep, &wide, &spaces, "<a", "", "\u{fffe}", "no XML"] {
            assert!(part(text.as_bytes()).is_err());
        }
        assert!(part(b"<a b=\"\xff\"/>").is_err());
        assert!(start.elapsed() < std::time::Duration::from_secs(60));
    }
}
