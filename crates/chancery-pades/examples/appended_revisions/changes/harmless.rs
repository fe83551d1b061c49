//! What honest programs do after a signature.

use chancery_pdf::PdfString;

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
        draft.edit_catalog(|catalog| {
            catalog.set("Extensions", dictionary("<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>/ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>"));
        })
    }),
];
