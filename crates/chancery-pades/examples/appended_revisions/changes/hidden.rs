//! Harm that wears the clothes of something harmless: evidence, metadata, what was laid out beforehand.

use chancery_pdf::{Object, Reference};

use super::content::{drawn, page, some};
use super::{Change, seen, told};
use crate::bases::{MISSING, text_appearance};
use crate::draft::{dictionary, is_name, parsed, stream};

pub(super) const ALL: &[Change] = &[
    seen("missing-content-supplied", |draft, random| {
        prepared(draft)?;
        let content = drawn(random);
        draft.put(Reference::new(MISSING + 50, 0), content);
        Some(())
    }),
    seen("missing-widget-supplied", |draft, _| {
        prepared(draft)?;
        let appearance = draft.add(text_appearance("9000"));
        draft.put(
            Reference::new(MISSING + 51, 0),
            dictionary(&format!(
                "<</Type/Annot/Subtype/Widget/FT/Tx/T(Late)/F 4/Rect[72 690 172 710]/AP<</N {appearance}>>>>"
            )),
        );
        Some(())
    }),
    seen("missing-signature-field-supplied", |draft, _| {
        prepared(draft)?;
        let appearance = draft.add(text_appearance("9000"));
        draft.put(
            Reference::new(MISSING + 51, 0),
            dictionary(&format!(
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(Late)/F 4/Rect[72 690 172 710]/AP<</N {appearance}>>>>"
            )),
        );
        Some(())
    }),
    told("missing-names-supplied", |draft, _| {
        prepared(draft)?;
        draft.put(Reference::new(MISSING + 52, 0), dictionary("<</Names[(x)<</S/JavaScript/JS(x)>>]>>"));
        Some(())
    }),
    seen("content-said-to-be-metadata", |draft, random| {
        let page = page(draft, random)?;
        let content = draft.dictionary(page)?.get("Contents")?.as_reference()?;
        draft.put(content, drawn(random));
        draft.edit_catalog(|catalog| catalog.set("Metadata", content))
    }),
    seen("content-said-to-be-evidence", |draft, random| {
        let page = page(draft, random)?;
        let content = draft.dictionary(page)?.get("Contents")?.as_reference()?;
        draft.put(content, drawn(random));
        let key = *random.of(&["Certs", "CRLs", "OCSPs"]);
        draft.edit_catalog(|catalog| {
            catalog.set("DSS", dictionary(&format!("<</Type/DSS/{key}[{content}]>>")));
        })
    }),
    seen("content-said-to-be-private-data", |draft, random| {
        let page = page(draft, random)?;
        let content = draft.dictionary(page)?.get("Contents")?.as_reference()?;
        draft.put(content, drawn(random));
        draft.edit_catalog(|catalog| {
            catalog.set("PieceInfo", dictionary(&format!("<</App<</Private {content}>>>>")));
        })
    }),
    seen("page-said-to-be-information", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| page.set("Rotate", 180))?;
        draft.trailer.push(("Info", page.into()));
        Some(())
    }),
    seen("content-said-to-be-a-container", |draft, random| {
        let page = page(draft, random)?;
        let content = draft.dictionary(page)?.get("Contents")?.as_reference()?;
        let kind = *random.of(&["ObjStm/N 0/First 0", "XRef"]);
        draft.put(content, stream(&format!("<</Type/{kind}>>"), "0 0 1 rg 100 400 200 100 re f"));
        Some(())
    }),
    seen("font-said-to-be-evidence", |draft, random| {
        let font = some(draft, random, |entries| is_name(entries, "Type", "Font"))?;
        draft.edit(font, |font| font.set("BaseFont", chancery_pdf::Name::from("Symbol")))?;
        draft.edit_catalog(|catalog| catalog.set("DSS", dictionary(&format!("<</Type/DSS/VRI {font}>>"))))
    }),
    seen("appearance-leads-to-the-page", |draft, random| {
        let (field, _) = super::fields::named(draft, "Remark")?;
        let page = page(draft, random)?;
        let content = draft.dictionary(page)?.get("Contents")?.as_reference()?;
        draft.put(
            content,
            stream("<</Type/XObject/Subtype/Form/BBox[0 0 595 842]>>", "0 0 1 rg 100 400 200 100 re f"),
        );
        draft.edit(field, |field| {
            field.set("V", chancery_pdf::PdfString::text("blue"));
            field.set("AP", dictionary(&format!("<</N {content}>>")));
        })
    }),
    seen("appearance-with-the-fonts-of-the-page", |draft, random| {
        let (field, _) = super::fields::named(draft, "Remark")?;
        let font = some(draft, random, |entries| is_name(entries, "Type", "Font"))?;
        draft.put(font, dictionary("<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"));
        let appearance = draft.add(stream(
            &format!("<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</Helv {font}>>>>>>"),
            "/Tx BMC BT /Helv 11 Tf 2 5 Td (new) Tj ET EMC",
        ));
        draft.edit(field, |field| {
            field.set("V", chancery_pdf::PdfString::text("new"));
            field.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })
    }),
    seen("form-fonts-are-those-of-the-page", |draft, random| {
        let font = some(draft, random, |entries| is_name(entries, "Type", "Font"))?;
        draft.edit(font, |font| font.set("BaseFont", chancery_pdf::Name::from("Courier")))?;
        super::fields::edit_form(draft, |form| {
            form.set("DR", dictionary(&format!("<</Font<</Cour {font}>>>>")));
        })
    }),
    seen("signature-field-drawn-by-the-page", |draft, random| {
        let page = page(draft, random)?;
        let form = some(draft, random, |entries| is_name(entries, "Subtype", "Form"))?;
        draft
            .put(form, stream("<</Type/XObject/Subtype/Form/BBox[0 0 100 20]>>", "1 0 0 rg 0 0 100 20 re f"));
        super::fields::new_field(draft, page, &format!("/FT/Sig/T(New)/Rect[0 0 0 0]/AP<</N {form}>>"))
    }),
    seen("signature-field-is-the-page", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| {
            page.set("FT", chancery_pdf::Name::from("Sig"));
            page.set("T", chancery_pdf::PdfString::text("Page"));
            page.set("Rotate", 90);
        })?;
        draft.append_field(page)
    }),
    seen("list-of-annotations-is-that-of-pages", |draft, random| {
        let page = page(draft, random)?;
        let tree = draft.catalog()?.get("Pages")?.as_reference()?;
        let kids = draft.value(&draft.dictionary(tree)?, "Kids").as_array()?.to_vec();
        let mut reversed = kids;
        reversed.reverse();
        let list = draft.add(Object::Array(reversed));
        draft.edit(page, |page| page.set("Annots", list))?;
        draft.edit(tree, |tree| tree.set("Kids", list))
    }),
    told("evidence-removed", |draft, _| {
        draft.catalog()?.get("DSS")?;
        draft.edit_catalog(|catalog| drop(catalog.remove("DSS")))
    }),
    told("evidence-emptied", |draft, _| {
        draft.catalog()?.get("DSS")?;
        draft.edit_catalog(|catalog| catalog.set("DSS", dictionary("<</Type/DSS/Certs[]>>")))
    }),
    told("evidence-malformed", |draft, _| {
        let script = draft.add(dictionary("<</S/JavaScript/JS(x)>>"));
        draft
            .edit_catalog(|catalog| catalog.set("DSS", dictionary(&format!("<</Type/DSS/Certs[{script}]>>"))))
    }),
    seen("metadata-with-a-filter-elsewhere", |draft, _| {
        let metadata =
            draft.add(stream("<</Type/Metadata/Subtype/XML/F(https://mallory.example/x)>>", "<x/>"));
        draft.edit_catalog(|catalog| catalog.set("Metadata", metadata))
    }),
    told("extensions-that-lead-on", |draft, _| {
        let page = *draft.pages().first()?;
        draft.edit_catalog(|catalog| {
            catalog.set(
                "Extensions",
                dictionary(&format!("<</ADBE<</BaseVersion/1.7/ExtensionLevel 3/X {page}>>>>")),
            );
        })
    }),
    seen("objects-of-the-page-shared-by-metadata", |draft, random| {
        let resources =
            some(draft, random, |entries| entries.get("Font").is_some() && entries.get("Type").is_none())?;
        draft.put(resources, dictionary("<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Symbol>>>>>>"));
        let metadata =
            draft.add(stream(&format!("<</Type/Metadata/Subtype/XML/Resources {resources}>>"), "<x/>"));
        draft.edit_catalog(|catalog| catalog.set("Metadata", metadata))
    }),
    seen("page-metadata-is-content", |draft, random| {
        let page = page(draft, random)?;
        let content = draft.add(drawn(random));
        draft.edit(page, |page| {
            page.set("Metadata", content);
            page.set("Contents", Object::Array(vec![content.into()]));
        })
    }),
    seen("annotations-freed-with-their-list", |draft, random| {
        let page = page(draft, random)?;
        let list = draft.add(parsed("[]"));
        draft.edit(page, |page| page.set("Annots", list))
    }),
];

fn prepared(draft: &crate::draft::Draft<'_>) -> Option<()> {
    (draft.document.latest().next_number() > MISSING).then_some(())
}
