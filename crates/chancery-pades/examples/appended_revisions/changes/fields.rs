//! Form fields: values, appearances, flags and places.

use chancery_pdf::{Dictionary, Name, Object, PdfString, Reference};

use super::content::page;
use super::{Change, seen, told};
use crate::bases::text_appearance;
use crate::draft::{Draft, dictionary, is_name, parsed, stream};
use crate::random::Random;

pub(super) const ALL: &[Change] = &[
    seen("field-filled", |draft, random| {
        let field = text(draft, random)?;
        let appearance = draft.add(text_appearance("9000"));
        draft.edit(field, |field| {
            field.set("V", PdfString::text("9000"));
            field.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })
    }),
    seen("field-filled-in-place", |draft, random| {
        let field = text(draft, random)?;
        let appearance =
            draft.value(&draft.dictionary(field)?, "AP").as_dictionary()?.get("N")?.as_reference()?;
        draft.put(appearance, text_appearance("9000"));
        draft.edit(field, |field| field.set("V", PdfString::text("9000")))
    }),
    told("field-value-alone", |draft, random| {
        let field = text(draft, random)?;
        draft.edit(field, |field| field.set("V", PdfString::text("9000")))
    }),
    seen("field-appearance-alone", |draft, random| {
        let field = text(draft, random)?;
        let appearance = draft.add(text_appearance("9000"));
        draft.edit(field, |field| field.set("AP", dictionary(&format!("<</N {appearance}>>"))))
    }),
    seen("field-appearance-of-another-value", |draft, random| {
        let field = text(draft, random)?;
        let appearance = draft.add(text_appearance("9000"));
        draft.edit(field, |field| {
            field.set("V", PdfString::text("1000"));
            field.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })
    }),
    seen("field-filled-and-large", |draft, random| {
        let field = text(draft, random)?;
        let appearance = draft.add(stream(
            "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Matrix[1 0 0 1 0 0]>>",
            "1 1 1 rg 0 0 595 842 re f",
        ));
        draft.edit(field, |field| {
            field.set("V", PdfString::text("1001"));
            field.set("Rect", parsed("[0 0 595 842]"));
            field.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })
    }),
    seen("field-appearance-shared-with-page", |draft, random| {
        let field = text(draft, random)?;
        let form = super::content::some(draft, random, |entries| {
            is_name(entries, "Subtype", "Form") && entries.get("Matrix").is_none()
        })?;
        draft.put(form, text_appearance("9000"));
        draft.edit(field, |field| {
            field.set("V", PdfString::text("9000"));
            field.set("AP", dictionary(&format!("<</N {form}>>")));
        })
    }),
    seen("field-moved", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| field.set("Rect", parsed("[72 690 300 720]")))
    }),
    seen("field-hidden", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| field.set("F", 2))
    }),
    seen("field-coloured", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| field.set("MK", dictionary("<</BG[0 0 0]/BC[0 0 0]>>")))
    }),
    seen("field-border", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| {
            field.set("Border", parsed("[0 0 10]"));
            field.set("BS", dictionary("<</W 10>>"));
        })
    }),
    told("field-flags", |draft, random| {
        let (field, entries) = widget(draft, random)?;
        let flags = entries.get("Ff").and_then(Object::as_integer).unwrap_or(0);
        draft.edit(field, |field| field.set("Ff", flags ^ 8192))
    }),
    told("field-renamed", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| field.set("T", PdfString::text("Other")))
    }),
    told("field-of-another-type", |draft, random| {
        let (field, entries) = widget(draft, random)?;
        let other = if is_name(&entries, "FT", "Btn") { "Tx" } else { "Btn" };
        draft.edit(field, |field| field.set("FT", Name::from(other)))
    }),
    told("field-actions", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| field.set("AA", dictionary("<</F<</S/JavaScript/JS(x)>>>>")))
    }),
    told("field-action", |draft, random| {
        let (field, _) = widget(draft, random)?;
        draft.edit(field, |field| field.set("A", dictionary("<</S/Launch/F(x.exe)>>")))
    }),
    seen("field-on-a-layer", |draft, random| {
        let (field, _) = widget(draft, random)?;
        let hidden = super::content::find(draft, |_, entries| is_name(entries, "Type", "OCG"))?;
        draft.edit(field, |field| field.set("OC", hidden))
    }),
    seen("box-ticked", |draft, _| {
        let (field, _) = named(draft, "Agree")?;
        draft.edit(field, |field| {
            field.set("V", Name::from("Yes"));
            field.set("AS", Name::from("Yes"));
        })
    }),
    seen("box-state-alone", |draft, _| {
        let (field, _) = named(draft, "Agree")?;
        draft.edit(field, |field| field.set("AS", Name::from("Yes")))
    }),
    seen("box-states-swapped", |draft, _| {
        let (field, entries) = named(draft, "Agree")?;
        let states = draft.value(&entries, "AP").as_dictionary()?.get("N")?.as_dictionary()?.clone();
        let (on, off) = (states.get("Yes")?.as_reference()?, states.get("Off")?.as_reference()?);
        draft.edit(field, |field| field.set("AP", dictionary(&format!("<</N<</Yes {off}/Off {on}>>>>"))))
    }),
    seen("choice-made", |draft, _| {
        let (field, _) = named(draft, "Colour")?;
        let appearance = draft.add(text_appearance("green"));
        draft.edit(field, |field| {
            field.set("V", PdfString::text("green"));
            field.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })
    }),
    told("choices-others", |draft, _| {
        let (field, _) = named(draft, "Colour")?;
        draft.edit(field, |field| field.set("Opt", parsed("[(red)(9000)]")))
    }),
    seen("group-filled", |draft, random| {
        let (_, entries) = named(draft, "Address")?;
        let kids = draft.value(&entries, "Kids").as_array()?.to_vec();
        let kid = random.of(&kids).as_reference()?;
        let appearance = draft.add(text_appearance("elsewhere"));
        draft.edit(kid, |kid| {
            kid.set("V", PdfString::text("elsewhere"));
            kid.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })
    }),
    told("group-value", |draft, _| {
        let (group, _) = named(draft, "Address")?;
        draft.edit(group, |group| group.set("V", PdfString::text("elsewhere")))
    }),
    seen("field-new", |draft, random| {
        let page = page(draft, random)?;
        let appearance = draft.add(text_appearance("9000"));
        new_field(draft, page, &format!("/FT/Tx/T(New)/V(9000)/Rect[72 690 172 710]/AP<</N {appearance}>>"))
    }),
    seen("signature-field-new-and-drawn", |draft, random| {
        let page = page(draft, random)?;
        let appearance = draft.add(text_appearance("signed by Alice"));
        new_field(draft, page, &format!("/FT/Sig/T(New)/Rect[72 690 300 720]/AP<</N {appearance}>>"))
    }),
    told("signature-field-new-with-a-lock", |draft, random| {
        let page = page(draft, random)?;
        new_field(draft, page, "/FT/Sig/T(New)/Rect[0 0 0 0]/Lock<</Type/SigFieldLock/Action/All>>")
    }),
    seen("signature-drawn-otherwise", |draft, _| {
        let (field, entries) = draft
            .fields()
            .into_iter()
            .find(|(_, entries)| is_name(entries, "FT", "Sig") && entries.get("V").is_some())?;
        let appearance = draft.add(text_appearance("9000 by Mallory"));
        draft.edit(field, |field| {
            field.set("AP", dictionary(&format!("<</N {appearance}>>")));
            if entries.get("AP").is_none() {
                field.set("Rect", parsed("[72 690 300 720]"));
            }
        })
    }),
    seen("empty-signature-drawn", |draft, _| {
        let (field, _) = named(draft, "Guarantor")?;
        let appearance = draft.add(text_appearance("signed by Grace"));
        draft.edit(field, |field| field.set("AP", dictionary(&format!("<</N {appearance}>>"))))
    }),
    seen("empty-signature-moved", |draft, _| {
        let (field, _) = named(draft, "Witness")?;
        draft.edit(field, |field| {
            field.set("Rect", parsed("[72 690 300 720]"));
            field.set("MK", dictionary("<</BG[0 0 0]/CA(x)>>"));
        })
    }),
    seen("field-taken-from-page", |draft, random| {
        let page = page(draft, random)?;
        let mut list = draft.value(&draft.dictionary(page)?, "Annots").as_array()?.to_vec();
        (!list.is_empty()).then_some(())?;
        list.remove(random.below(list.len()));
        draft.edit(page, |page| page.set("Annots", Object::Array(list)))
    }),
    seen("field-on-another-page", |draft, random| {
        let (page, (field, _)) = (page(draft, random)?, widget(draft, random)?);
        draft.append(page, "Annots", field.into())
    }),
    told("field-taken-from-form", |draft, random| {
        let fields = draft.fields();
        let (gone, _) = random.of(&fields).clone();
        let rest =
            fields.iter().map(|(field, _)| *field).filter(|field| *field != gone).map(Object::from).collect();
        edit_form(draft, |form| form.set("Fields", Object::Array(rest)))
    }),
    told("form-appearances-wanted", |draft, _| edit_form(draft, |form| form.set("NeedAppearances", true))),
    seen("form-other-fonts", |draft, _| {
        edit_form(draft, |form| {
            form.set("DR", dictionary("<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Symbol>>>>>>"));
        })
    }),
    told("form-other-default", |draft, _| {
        edit_form(draft, |form| form.set("DA", PdfString::text("/Helv 40 Tf 1 0 0 rg")))
    }),
    told("form-calculated", |draft, random| {
        let (field, _) = widget(draft, random)?;
        edit_form(draft, |form| form.set("CO", Object::Array(vec![field.into()])))
    }),
    told("form-xfa", |draft, _| {
        let template =
            draft.add(stream("<<>>", "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/></xdp:xdp>"));
        edit_form(draft, |form| form.set("XFA", template))
    }),
    // The flags say what viewers should take care of; nothing depends on them here.
    seen("form-flags", |draft, _| edit_form(draft, |form| form.set("SigFlags", 0))),
    told("form-removed", |draft, _| draft.edit_catalog(|catalog| drop(catalog.remove("AcroForm")))),
    told("signature-value-replaced", |draft, random| {
        let signed: Vec<_> = draft
            .fields()
            .into_iter()
            .filter(|(_, entries)| entries.get("V").is_some() && is_name(entries, "FT", "Sig"))
            .collect();
        (!signed.is_empty()).then_some(())?;
        let (field, _) = random.of(&signed).clone();
        draft.edit(field, |field| field.set("V", dictionary("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Contents<00>/ByteRange[0 1 2 3]>>")))
    }),
];

pub(super) fn named(draft: &Draft<'_>, name: &str) -> Option<(Reference, Dictionary)> {
    draft.fields().into_iter().find(|(_, entries)| {
        entries.get("T").and_then(Object::as_string).is_some_and(|title| title.to_text() == name)
    })
}

fn text(draft: &Draft<'_>, random: &mut Random) -> Option<Reference> {
    let fields: Vec<_> = draft
        .fields()
        .into_iter()
        .filter(|(_, entries)| is_name(entries, "FT", "Tx") && entries.get("Kids").is_none())
        .collect();
    (!fields.is_empty()).then(|| random.of(&fields).0)
}

/// Any widget of a field, that of a signature too.
fn widget(draft: &Draft<'_>, random: &mut Random) -> Option<(Reference, Dictionary)> {
    let widgets: Vec<_> = draft
        .annotations()
        .into_iter()
        .filter(|(_, entries)| is_name(entries, "Subtype", "Widget"))
        .collect();
    (!widgets.is_empty()).then(|| random.of(&widgets).clone())
}

pub(super) fn new_field(draft: &mut Draft<'_>, page: Reference, entries: &str) -> Option<()> {
    let field = draft.add(dictionary(&format!("<</Type/Annot/Subtype/Widget{entries}/F 4/P {page}>>")));
    draft.append(page, "Annots", field.into())?;
    draft.append_field(field)
}

pub(super) fn edit_form(draft: &mut Draft<'_>, change: impl FnOnce(&mut Dictionary)) -> Option<()> {
    let root = draft.root()?;
    draft.catalog()?.get("AcroForm")?;
    draft.edit_within(root, "AcroForm", change)
}
