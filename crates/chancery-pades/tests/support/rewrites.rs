//! Documents whose parts later revisions write in other words, or in others.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use chancery_ades::Report;
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Dictionary, Document, Increment, Name, Object, Reference};
use chancery_testkit::TestPki;

use crate::support::*;

pub(crate) const XMP: &[u8] = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>";

/// The objects of the document that the cases change.
#[derive(Copy, Clone)]
pub(crate) struct Places {
    pub(crate) note: Reference,
    pub(crate) font: Reference,
    pub(crate) metadata: Reference,
    pub(crate) resources: Reference,
}

/// A contract with a note, a form with a font, metadata, extensions; signed.
pub(crate) fn signed_contract(pki: &TestPki, allowed: Option<ChangesAllowed>) -> (Vec<u8>, Places) {
    let mut found = None;
    let pdf = revised(&contract(), |document, increment| {
        let places = Places {
            note: increment.allocate(),
            font: increment.allocate(),
            metadata: increment.allocate(),
            resources: increment.allocate(),
        };
        let Places { note, font, metadata, resources } = places;
        increment
            .put(note, &dictionary("<</Type/Annot/Subtype/Text/Rect[72 500 92 520]/Contents(x)>>").into())
            .unwrap();
        increment.put(font, &dictionary("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>").into()).unwrap();
        increment.put(metadata, &stream("<</Type/Metadata/Subtype/XML>>", XMP)).unwrap();
        increment.put(resources, &dictionary(&format!("<</Font<</Helv {font}>>>>")).into()).unwrap();
        edit_page(document, increment, |page| {
            page.set("Annots", list([note]));
            page.set("CropBox", Object::parse(b"[0 0 600 800]").unwrap().0);
            page.set("Rotate", Object::Integer(0));
        });
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields[]/DR {resources}/DA(/Helv 0 Tf 0 g)>>")));
            catalog.set("Metadata", metadata);
            catalog.set("Extensions", dictionary("<</ADBE<</BaseVersion/1.7/ExtensionLevel 3>>>>"));
            catalog.set("Version", Name::from("1.7"));
            catalog.set("Lang", chancery_pdf::PdfString::text("de"));
        });
        found = Some(places);
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now());
    let signer = match allowed {
        Some(allowed) => signer.certify(allowed),
        None => signer,
    };
    (signer.sign(&pdf).unwrap().to_vec().unwrap(), found.unwrap())
}

pub(crate) type Change<'c> = &'c dyn Fn(Places, &Document<'_>, &mut Increment<'_>);

pub(crate) fn value(text: &str) -> Object {
    Object::parse(text.as_bytes()).unwrap().0
}

/// Moves an entry into an object of its own.
pub(crate) fn moved(increment: &mut Increment<'_>, dictionary: &mut Dictionary, key: &str) {
    let place = increment.allocate();
    increment.put(place, dictionary.get(key).unwrap()).unwrap();
    dictionary.set(key, place);
}

pub(crate) fn form_entry(document: &Document<'_>, increment: &mut Increment<'_>, key: &str, text: &str) {
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let stated = catalog.get("AcroForm").unwrap();
    let mut form = view.resolve(stated).unwrap().as_dictionary().unwrap().clone();
    form.set(key, value(text));
    match stated.as_reference() {
        Some(place) => increment.put(place, &form.into()).unwrap(),
        None => edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form)),
    }
}

pub(crate) fn judge(pki: &TestPki, allowed: Option<ChangesAllowed>, change: Change<'_>) -> Report {
    let (signed, places) = signed_contract(pki, allowed);
    verify(pki, &revised(&signed, |document, increment| change(places, document, increment)))
}

/// A contract whose parts are objects of their own, or not there yet; signed.
pub(crate) struct Prepared {
    pub(crate) signed: Vec<u8>,
    pub(crate) page: Reference,
    pub(crate) place: [Reference; 4],
}

/// `page` are entries of the page, `catalog` of the catalog, `objects` are written one after the other; in all of them
/// `#0` to `#3` stand for these objects, and `#p` for the page.
pub(crate) fn prepared(
    pki: &TestPki,
    page: &[(&str, &str)],
    catalog: &[(&str, &str)],
    objects: &[&str],
) -> Prepared {
    let (mut at, mut place) = (Reference::new(0, 0), [Reference::new(0, 0); 4]);
    let pdf = revised(&contract(), |document, increment| {
        at = document.latest().page(0).unwrap().0;
        place = std::array::from_fn(|_| increment.allocate());
        let value = |text: &str| value(&numbered(text, at, place));
        for (object, place) in objects.iter().zip(place).filter(|(object, _)| !object.is_empty()) {
            increment.put(place, &value(object)).unwrap();
        }
        edit_page(document, increment, |entries| {
            page.iter().for_each(|(key, text)| entries.set(*key, value(text)));
        });
        edit_catalog(document, increment, |entries| {
            catalog.iter().for_each(|(key, text)| entries.set(*key, value(text)));
        });
    });
    Prepared { signed: signed(pki, &pdf), page: at, place }
}

pub(crate) fn numbered(text: &str, page: Reference, place: [Reference; 4]) -> String {
    let mut text = text.replace("#p", &page.to_string());
    for (index, place) in place.iter().enumerate() {
        text = text.replace(&format!("#{index}"), &place.to_string());
    }
    text
}

impl Prepared {
    /// The report after entries of the page and the catalog, and objects, became these.
    pub(crate) fn judged(
        &self,
        pki: &TestPki,
        page: &[(&str, &str)],
        catalog: &[(&str, &str)],
        objects: &[(usize, &str)],
    ) -> Report {
        assert_passed(&verify(pki, &self.signed), 1);
        let value = |text: &str| value(&numbered(text, self.page, self.place));
        let changed = revised(&self.signed, |document, increment| {
            for (index, object) in objects {
                increment.put(self.place[*index], &value(object)).unwrap();
            }
            if !page.is_empty() {
                edit_page(document, increment, |entries| {
                    page.iter().for_each(|(key, text)| entries.set(*key, value(text)));
                });
            }
            if !catalog.is_empty() {
                edit_catalog(document, increment, |entries| {
                    catalog.iter().for_each(|(key, text)| entries.set(*key, value(text)));
                });
            }
        });
        verify(pki, &changed)
    }
}
