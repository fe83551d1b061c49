//! What honest programs do after a signature.

use chancery_pdf::{Object, PdfString};

use super::content::page;
use super::fields::new_field;
use super::{Change, harmless};
use crate::draft::{dictionary, stream};

pub(crate) const ALL: &[Change] = &[
    harmless("metadata", |draft, random| {
        let text = format!(
            "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></x:xmpmeta><!-- {} --><?xpacket end='w'?>",
            random.next()
        );
        let metadata = draft.add(stream("<</Type/Metadata/Subtype/XML>>", text));
        draft.edit_catalog(|catalog| catalog.set("Metadata", metadata))
    }),
    harmless("information", |draft, _| {
        let info = draft.add(dictionary("<</ModDate(D:20261121130000Z)/Producer(Another)>>"));
        draft.trailer.push(("Info", info.into()));
        Some(())
    }),
    harmless("evidence", |draft, random| {
        draft.catalog()?.get("DSS").is_none().then_some(())?;
        let certificate = draft.add(stream("<<>>", [0x30, 0x82, 0x01, random.byte()]));
        let store = draft.add(dictionary(&format!("<</Type/DSS/Certs[{certificate}]>>")));
        draft.edit_catalog(|catalog| catalog.set("DSS", store))
    }),
    harmless("nothing", |_, _| Some(())),
    harmless("signature-field", |draft, random| {
        let page = page(draft, random)?;
        draft.catalog()?.get("Perms").is_none().then_some(())?;
        let name = PdfString::text(&format!("Empty{}", random.below(1000)));
        new_field(draft, page, &format!("/FT/Sig/T({})/Rect[0 0 0 0]", name.to_text()))
    }),
    harmless("extension", |draft, _| {
        // What is declared already, or by another change of the same revision, stays.
        draft.edit_catalog(|catalog| {
            let declared = catalog.get("Extensions").and_then(Object::as_dictionary);
            let mut extensions = declared.cloned().unwrap_or_default();
            for (developer, level) in [("ADBE", 8), ("ESIC", 5)] {
                if extensions.get(developer).is_none() {
                    let level = dictionary(&format!("<</BaseVersion/1.7/ExtensionLevel {level}>>"));
                    extensions.set(developer, level);
                }
            }
            catalog.set("Extensions", extensions);
        })
    }),
];
