//! Small documents that are what they claim to be: PDF/A (ISO 19005) and PDF/UA (ISO 14289). One coloured square, a
//! colour profile that says what the colour is, metadata that make the claim, and where it is asked for a structure tree.

/// A claim, and what it asks of a document.
struct Flavour {
    name: &'static str,
    version: &'static str,
    /// Properties of the metadata that make the claim.
    claim: &'static str,
    structure: Structure,
}

#[derive(Copy, Clone, Eq, PartialEq)]
enum Structure {
    Plain,
    Tagged,
}

const PDFA: &str = "http://www.aiim.org/pdfa/ns/id/";
const PDFUA: &str = "http://www.aiim.org/pdfua/ns/id/";

const FLAVOURS: [Flavour; 7] = [
    plain("pdfa-1b", "1.4", "<i:part>1</i:part><i:conformance>B</i:conformance>"),
    tagged("pdfa-1a", "1.4", "<i:part>1</i:part><i:conformance>A</i:conformance>"),
    plain("pdfa-2b", "1.7", "<i:part>2</i:part><i:conformance>B</i:conformance>"),
    tagged("pdfa-2a", "1.7", "<i:part>2</i:part><i:conformance>A</i:conformance>"),
    plain("pdfa-3b", "1.7", "<i:part>3</i:part><i:conformance>B</i:conformance>"),
    plain("pdfa-4", "2.0", "<i:part>4</i:part><i:rev>2020</i:rev>"),
    tagged("pdfua-1", "1.7", "<i:part>1</i:part>"),
];

const fn plain(name: &'static str, version: &'static str, claim: &'static str) -> Flavour {
    Flavour { name, version, claim, structure: Structure::Plain }
}

const fn tagged(name: &'static str, version: &'static str, claim: &'static str) -> Flavour {
    Flavour { name, version, claim, structure: Structure::Tagged }
}

/// One document of every flavour, by its name.
pub(crate) fn documents() -> Vec<(&'static str, Vec<u8>)> {
    FLAVOURS.iter().map(|flavour| (flavour.name, document(flavour))).collect()
}

fn document(flavour: &Flavour) -> Vec<u8> {
    let is_tagged = flavour.structure == Structure::Tagged;
    let (catalog, page, content) = if is_tagged {
        (
            "/StructTreeRoot 7 0 R/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>",
            "/StructParents 0/Tabs/S",
            "/Figure<</MCID 0>>BDC 0.2 0.4 0.8 rg 72 600 200 100 re f EMC",
        )
    } else {
        ("", "", "0.2 0.4 0.8 rg 72 600 200 100 re f")
    };
    let mut objects = vec![
        format!("<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R/Lang(en)/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/DestOutputProfile 6 0 R>>]{catalog}>>").into_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R{page}>>").into_bytes(),
        stream("", content.as_bytes()),
        stream("/Type/Metadata/Subtype/XML", metadata(flavour).as_bytes()),
        stream("/N 3", &srgb()),
    ];
    if is_tagged {
        objects.push(
            b"<</Type/StructTreeRoot/K 8 0 R/ParentTree<</Nums[0[9 0 R]]>>/ParentTreeNextKey 1>>".to_vec(),
        );
        objects.push(b"<</Type/StructElem/S/Document/P 7 0 R/K 9 0 R>>".to_vec());
        objects.push(b"<</Type/StructElem/S/Figure/P 8 0 R/Pg 3 0 R/K 0/Alt(A blue box)/A<</O/Layout/BBox[72 600 272 700]/Placement/Block>>>>".to_vec());
    }
    file(flavour.version, &objects)
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<<{entries}/Length {}>>stream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

/// Objects, numbered from 1; the first is the catalog. A classic cross-reference table.
fn file(version: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = format!("%PDF-{version}\n%\u{e4}\u{f6}\u{fc}\u{df}\n").into_bytes();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    let id = "<6368616e63657279206f7220736f2021>";
    let trailer = format!("trailer\n<</Size {size}/Root 1 0 R/ID[{id}{id}]>>\nstartxref\n{start}\n%%EOF\n");
    file.extend([table, trailer].concat().bytes());
    file
}

/// XMP (ISO 16684-1).
fn metadata(flavour: &Flavour) -> String {
    let namespace = if flavour.name.starts_with("pdfua") { PDFUA } else { PDFA };
    let prefix = if namespace == PDFUA { "pdfuaid" } else { "pdfaid" };
    let claim = flavour.claim.replace("<i:", &format!("<{prefix}:")).replace("</i:", &format!("</{prefix}:"));
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
        <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
        <rdf:Description rdf:about=\"\" xmlns:{prefix}=\"{namespace}\">{claim}</rdf:Description>\
        <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
        <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">A blue box</rdf:li></rdf:Alt></dc:title></rdf:Description>\
        </rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
    )
}

/// A profile of the colours of sRGB (IEC 61966-2-1), its primaries adapted to D50, with a plain gamma of 2.2 (ICC.1:2001-04:
/// version 2, which all parts of PDF/A allow).
fn srgb() -> Vec<u8> {
    // In parts of 65,536 (s15Fixed16Number, 5.3.3).
    let white: [u32; 3] = [0xf6d6, 0x10000, 0xd32d];
    let octets = |xyz: [u32; 3]| xyz.map(u32::to_be_bytes).concat();
    let colour = |xyz| [b"XYZ \0\0\0\0".to_vec(), octets(xyz)].concat();
    let gamma = b"curv\0\0\0\0\0\0\0\x01\x02\x33".to_vec();
    // Its text in ASCII, no Unicode, no Macintosh.
    let description = [&b"desc\0\0\0\0\0\0\0\x05sRGB\0"[..], &[0; 78]].concat();
    let tags = [
        (b"desc", description),
        (b"cprt", b"text\0\0\0\0None\0".to_vec()),
        (b"wtpt", colour(white)),
        (b"rXYZ", colour([0x6fa2, 0x38f5, 0x0390])),
        (b"gXYZ", colour([0x6299, 0xb785, 0x18da])),
        (b"bXYZ", colour([0x24a0, 0x0f84, 0xb6cf])),
        (b"rTRC", gamma.clone()),
        (b"gTRC", gamma.clone()),
        (b"bTRC", gamma),
    ];
    let count = u32::try_from(tags.len()).unwrap_or_default();
    let (mut table, mut data) = (count.to_be_bytes().to_vec(), Vec::new());
    let start = 128 + 4 + 12 * tags.len();
    for (name, mut tag) in tags {
        let place = u32::try_from(start + data.len()).unwrap_or_default();
        let length = u32::try_from(tag.len()).unwrap_or_default();
        table.extend([*name, place.to_be_bytes(), length.to_be_bytes()].concat());
        tag.resize(tag.len().next_multiple_of(4), 0);
        data.extend(tag);
    }
    let mut header = u32::try_from(start + data.len()).unwrap_or_default().to_be_bytes().to_vec();
    header.extend(b"\0\0\0\0\x02\x10\0\0mntrRGB XYZ \x07\xea\0\x0b\0\x16\0\0\0\0\0\0acsp");
    header.resize(68, 0);
    header.extend(octets(white));
    header.resize(128, 0);
    [header, table, data].concat()
}
