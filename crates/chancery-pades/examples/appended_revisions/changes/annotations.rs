//! Annotations that are added, changed and removed.

use chancery_pdf::{Dictionary, Object, PdfString, Reference};

use super::content::page;
use super::{Change, seen, told};
use crate::draft::{Draft, dictionary, is_name, parsed, stream};
use crate::random::Random;

/// All kinds of ISO 32000-2, table 171, but widgets.
const KINDS: [&str; 26] = [
    "Text",
    "Link",
    "FreeText",
    "Line",
    "Square",
    "Circle",
    "Polygon",
    "PolyLine",
    "Highlight",
    "Underline",
    "Squiggly",
    "StrikeOut",
    "Caret",
    "Stamp",
    "Ink",
    "Popup",
    "FileAttachment",
    "Sound",
    "Movie",
    "Screen",
    "PrinterMark",
    "TrapNet",
    "Watermark",
    "3D",
    "Redact",
    "Unheard",
];

pub(super) const ALL: &[Change] = &[
    seen("annotation-drawn", |draft, random| {
        let (page, kind) = (page(draft, random)?, *random.of(&KINDS));
        let appearance = draft.add(appearance());
        let place = *random.of(&["[72 690 300 720]", "[400 20 500 40]", "[0 0 595 842]"]);
        let text = format!(
            "<</Type/Annot/Subtype/{kind}/Rect{place}/F 4/Contents(x)/AP<</N {appearance}>>/P {page}>>"
        );
        let annotation = draft.add(dictionary(&text));
        draft.append(page, "Annots", annotation.into())
    }),
    seen("annotation-not-drawn", |draft, random| {
        let (page, kind) = (page(draft, random)?, *random.of(&KINDS));
        let text = format!(
            "<</Type/Annot/Subtype/{kind}/Rect[72 690 300 720]/F 4/C[1 0 0]/IC[1 1 0]/Contents(9000)/DA(/Helv 12 Tf)/QuadPoints[72 720 300 720 72 690 300 690]\
             /L[72 700 300 700]/InkList[[72 700 300 710]]/Vertices[72 690 300 690 300 720]/P {page}>>"
        );
        let annotation = draft.add(dictionary(&text));
        draft.append(page, "Annots", annotation.into())
    }),
    seen("annotation-direct", |draft, random| {
        let page = page(draft, random)?;
        let appearance = draft.add(appearance());
        let text = format!("<</Type/Annot/Subtype/Stamp/Rect[72 690 300 720]/F 4/AP<</N {appearance}>>>>");
        draft.append(page, "Annots", dictionary(&text).into())
    }),
    seen("annotation-popup-first", |draft, random| {
        let page = page(draft, random)?;
        let mut list =
            draft.value(&draft.dictionary(page)?, "Annots").as_array().unwrap_or_default().to_vec();
        let popup = draft.add(dictionary("<</Type/Annot/Subtype/Popup/Open true/Rect[72 690 300 720]>>"));
        list.insert(0, popup.into());
        draft.edit(page, |page| page.set("Annots", Object::Array(list)))
    }),
    told("annotation-with-action", |draft, random| {
        let page = page(draft, random)?;
        let text = "<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[0 0 595 842]/A<</S/URI/URI(https://mallory.example)>>>>";
        let link = draft.add(dictionary(text));
        draft.append(page, "Annots", link.into())
    }),
    told("link-led-elsewhere", |draft, _| {
        let (link, _) = kind(draft, "Link")?;
        draft.edit(link, |link| link.set("A", dictionary("<</S/URI/URI(https://mallory.example)>>")))
    }),
    seen("annotation-drawn-otherwise", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        let appearance = draft.add(appearance());
        draft.edit(annotation, |annotation| annotation.set("AP", dictionary(&format!("<</N {appearance}>>"))))
    }),
    seen("annotation-appearance-replaced", |draft, random| {
        let (_, entries) = existing(draft, random)?;
        let form = draft.value(&entries, "AP").as_dictionary()?.get("N")?.as_reference()?;
        draft.put(form, appearance());
        Some(())
    }),
    told("annotation-text", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        draft.edit(annotation, |annotation| annotation.set("Contents", PdfString::text("all is void")))
    }),
    seen("annotation-moved", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        draft.edit(annotation, |annotation| annotation.set("Rect", parsed("[72 690 300 720]")))
    }),
    seen("annotation-hidden", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        draft.edit(annotation, |annotation| annotation.set("F", 2))
    }),
    seen("annotation-freed", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        draft.free(annotation);
        Some(())
    }),
    seen("annotations-emptied", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| page.set("Annots", parsed("[]")))
    }),
    seen("annotation-as-a-field", |draft, random| {
        let (page, (field, _)) = (page(draft, random)?, super::fields::named(draft, "Rent")?);
        let appearance = draft.add(appearance());
        let text = format!(
            "<</Type/Annot/Subtype/Widget/Parent {field}/Rect[72 690 300 720]/F 4/AP<</N {appearance}>>/P {page}>>"
        );
        let widget = draft.add(dictionary(&text));
        draft.append(page, "Annots", widget.into())
    }),
    seen("annotation-turned-into-another", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        let appearance = draft.add(appearance());
        draft.edit(annotation, |annotation| {
            annotation.set("Subtype", chancery_pdf::Name::from("Widget"));
            annotation.set("FT", chancery_pdf::Name::from("Sig"));
            annotation.set("T", PdfString::text("Was"));
            annotation.set("AP", dictionary(&format!("<</N {appearance}>>")));
        })?;
        draft.append_field(annotation)
    }),
    seen("annotation-on-a-layer", |draft, random| {
        let (annotation, _) = existing(draft, random)?;
        let layer = super::content::find(draft, |_, entries| is_name(entries, "Type", "OCG"))?;
        draft.edit(annotation, |annotation| annotation.set("OC", layer))
    }),
];

fn appearance() -> Object {
    stream(
        "<</Type/XObject/Subtype/Form/BBox[0 0 228 30]/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        "1 1 1 rg 0 0 228 30 re f 0 g BT /F1 14 Tf 2 10 Td (The rent is 9000 euro.) Tj ET",
    )
}

fn existing(draft: &Draft<'_>, random: &mut Random) -> Option<(Reference, Dictionary)> {
    let found: Vec<_> = draft
        .annotations()
        .into_iter()
        .filter(|(_, entries)| !is_name(entries, "Subtype", "Widget"))
        .collect();
    (!found.is_empty()).then(|| random.of(&found).clone())
}

fn kind(draft: &Draft<'_>, kind: &str) -> Option<(Reference, Dictionary)> {
    draft.annotations().into_iter().find(|(_, entries)| is_name(entries, "Subtype", kind))
}
