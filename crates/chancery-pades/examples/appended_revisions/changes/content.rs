//! Page content, and what it is drawn with.

use chancery_pdf::{Dictionary, Object, Reference};

use super::{Change, seen};
use crate::draft::{Draft, dictionary, is_name, parsed, stream};
use crate::random::Random;

pub(super) const ALL: &[Change] = &[
    seen("content-replaced", |draft, random| {
        let content = content(draft, random)?;
        draft.put(content, drawn(random));
        Some(())
    }),
    seen("content-another-object", |draft, random| {
        let page = page(draft, random)?;
        let other = draft.add(drawn(random));
        draft.edit(page, |page| page.set("Contents", other))
    }),
    seen("content-added", |draft, random| {
        let page = page(draft, random)?;
        let other = draft.add(drawn(random));
        let mut list = contents(draft, page)?;
        list.insert(random.below(list.len() + 1), other.into());
        draft.edit(page, |page| page.set("Contents", Object::Array(list)))
    }),
    seen("content-removed", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| drop(page.remove("Contents")))
    }),
    seen("content-freed", |draft, random| {
        let content = content(draft, random)?;
        draft.free(content);
        Some(())
    }),
    seen("content-compressed-otherwise", |draft, random| {
        let content = content(draft, random)?;
        let Object::Stream(old) = draft.object(content)? else { return None };
        let data = draft.document.latest().decoded(&old, 1 << 20).ok()?.into_owned();
        let changed: Vec<u8> = data.iter().map(|&byte| if byte == b'1' { b'9' } else { byte }).collect();
        draft.put(content, chancery_pdf::Stream::compressed(Dictionary::new(), changed));
        Some(())
    }),
    seen("content-length-shorter", |draft, random| {
        let content = content(draft, random)?;
        let body = b"<</Length 4>>\nstream\nBT /F1 14 Tf 72 700 Td (9) Tj ET\nendstream".to_vec();
        draft.put_raw(content, body);
        Some(())
    }),
    seen("resources-replaced", |draft, random| {
        let page = page(draft, random)?;
        let font = draft.add(dictionary("<</Type/Font/Subtype/Type1/BaseFont/Courier>>"));
        let resources = format!("<</Font<</F1 {font}/Inherited {font}>>>>");
        draft.edit(page, |page| page.set("Resources", dictionary(&resources)))
    }),
    seen("resources-object-replaced", |draft, random| {
        let page = page(draft, random)?;
        let resources = draft.dictionary(page)?.get("Resources")?.as_reference()?;
        draft
            .put(resources, dictionary("<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold>>>>>>"));
        Some(())
    }),
    seen("font-replaced", |draft, random| {
        let font = font(draft, random)?;
        draft.put(font, dictionary("<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"));
        Some(())
    }),
    seen("font-other-encoding", |draft, random| {
        let font = font(draft, random)?;
        let encoding = "<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[48/nine/nine]>>";
        draft.edit(font, |font| font.set("Encoding", dictionary(encoding)))
    }),
    seen("font-other-name", |draft, random| {
        let font = font(draft, random)?;
        draft.edit(font, |font| font.set("BaseFont", chancery_pdf::Name::from("Courier")))
    }),
    seen("font-same-name-other-object", |draft, random| {
        let page = page(draft, random)?;
        let font = draft.add(dictionary("<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"));
        within_resources(draft, page, "Font", |fonts| {
            let names: Vec<_> = fonts.iter().map(|(name, _)| name.clone()).collect();
            names.into_iter().for_each(|name| fonts.set(name, font));
        })
    }),
    seen("glyph-replaced", |draft, _| {
        let glyph = find(draft, |_, dictionary| is_name(dictionary, "Subtype", "Type3"))?;
        let procedures = draft.dictionary(glyph)?.get("CharProcs")?.as_dictionary()?.clone();
        let procedure = procedures.get("box")?.as_reference()?;
        draft.put(procedure, stream("<<>>", "700 0 0 0 600 700 d1 0 300 600 100 re f"));
        Some(())
    }),
    seen("glyphs-led-elsewhere", |draft, _| {
        let font = find(draft, |_, dictionary| is_name(dictionary, "Subtype", "Type3"))?;
        let other = draft.add(stream("<<>>", "700 0 0 0 600 700 d1 0 0 300 700 re f"));
        draft.edit(font, |font| font.set("CharProcs", dictionary(&format!("<</box {other}>>"))))
    }),
    seen("form-replaced", |draft, random| {
        let form = used(draft, random, "Form")?;
        draft.put(form, stream("<</Type/XObject/Subtype/Form/BBox[0 0 100 20]>>", "0 0 100 20 re f"));
        Some(())
    }),
    seen("form-box", |draft, random| {
        let form = used(draft, random, "Form")?;
        draft.edit(form, |form| form.set("BBox", parsed("[0 0 30 20]")))
    }),
    seen("form-matrix", |draft, random| {
        let form = used(draft, random, "Form")?;
        draft.edit(form, |form| form.set("Matrix", parsed("[2 0 0 2 0 0]")))
    }),
    seen("image-replaced", |draft, random| {
        let image = used(draft, random, "Image")?;
        let entries =
            "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray>>";
        draft.put(image, stream(entries, [200_u8]));
        Some(())
    }),
    seen("image-decode", |draft, random| {
        let image = used(draft, random, "Image")?;
        draft.edit(image, |image| image.set("Decode", parsed("[1 0]")))
    }),
    seen("image-mask", |draft, random| {
        let image = used(draft, random, "Image")?;
        let entries =
            "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray>>";
        let mask = draft.add(stream(entries, [0_u8]));
        draft.edit(image, |image| image.set("SMask", mask))
    }),
    seen("state-transparent", |draft, _| {
        let state = find(draft, |_, dictionary| is_name(dictionary, "Type", "ExtGState"))?;
        draft.edit(state, |state| state.set("ca", parsed("0.1")))
    }),
    seen("any-object-null", |draft, random| {
        let (reference, _) = any(draft, random)?;
        draft.put(reference, Object::Null);
        Some(())
    }),
    seen("any-object-freed", |draft, random| {
        let (reference, _) = any(draft, random)?;
        draft.free(reference);
        Some(())
    }),
    seen("any-object-of-another", |draft, random| {
        let (one, _) = any(draft, random)?;
        let (_, other) = any(draft, random)?;
        draft.put(one, other);
        Some(())
    }),
    seen("any-next-generation", |draft, random| {
        let (one, _) = any(draft, random)?;
        let (_, other) = any(draft, random)?;
        draft.put(Reference::new(one.number, one.generation.saturating_add(1)), other);
        Some(())
    }),
    seen("any-key-removed", |draft, random| {
        let (reference, object) = any(draft, random)?;
        let dictionary = object.as_dictionary()?;
        let keys: Vec<_> = dictionary.iter().map(|(key, _)| key.clone()).collect();
        let key = random.of(&keys).as_str()?.to_owned();
        draft.edit(reference, |dictionary| drop(dictionary.remove(&key)))
    }),
    seen("any-key-twice", |draft, random| {
        let page = page(draft, random)?;
        let entries = Object::from(draft.dictionary(page)?).to_bytes();
        let other = draft.add(drawn(random));
        let inner = entries.strip_prefix(b"<<")?.strip_suffix(b">>")?;
        let again = format!("/Contents {other}>>");
        draft.put_raw(page, [b"<<", inner, again.as_bytes()].concat());
        Some(())
    }),
];

/// What an attacker would like a page to show.
pub(super) fn drawn(random: &mut Random) -> Object {
    let texts = [
        "1 1 1 rg 72 690 300 30 re f 0 g BT /F1 14 Tf 72 700 Td (The rent is 9000 euro.) Tj ET",
        "0 0 1 rg 100 400 200 100 re f",
        "1 1 1 rg 0 0 595 842 re f",
        "0 g 70 695 5 2 re f",
    ];
    stream("<<>>", *random.of(&texts))
}

pub(super) fn page(draft: &Draft<'_>, random: &mut Random) -> Option<Reference> {
    let pages = draft.pages();
    (!pages.is_empty()).then(|| *random.of(&pages))
}

fn contents(draft: &Draft<'_>, page: Reference) -> Option<Vec<Object>> {
    Some(match draft.dictionary(page)?.get("Contents")? {
        Object::Array(list) => list.clone(),
        other => vec![other.clone()],
    })
}

fn content(draft: &Draft<'_>, random: &mut Random) -> Option<Reference> {
    let page = page(draft, random)?;
    contents(draft, page)?.iter().find_map(Object::as_reference)
}

fn within_resources(
    draft: &mut Draft<'_>,
    page: Reference,
    key: &str,
    change: impl FnOnce(&mut Dictionary),
) -> Option<()> {
    let resources = draft.dictionary(page)?.get("Resources")?.clone();
    if let Object::Reference(resources) = resources {
        return draft.edit_within(resources, key, change);
    }
    let mut resources = resources.as_dictionary()?.clone();
    let mut inner = draft.value(&resources, key).as_dictionary()?.clone();
    change(&mut inner);
    resources.set(key, inner);
    draft.edit(page, |page| page.set("Resources", resources))
}

/// The first object like this.
pub(super) fn find(draft: &Draft<'_>, wanted: impl Fn(&Object, &Dictionary) -> bool) -> Option<Reference> {
    let references = draft.document.latest().references().ok()?;
    references.into_iter().find(|reference| {
        let Some(object) = draft.object(*reference) else { return false };
        let entries = match &object {
            Object::Dictionary(dictionary) => dictionary,
            Object::Stream(stream) => stream.dictionary(),
            _ => return false,
        };
        wanted(&object, entries)
    })
}

fn font(draft: &Draft<'_>, random: &mut Random) -> Option<Reference> {
    some(draft, random, |dictionary| is_name(dictionary, "Type", "Font"))
}

fn used(draft: &Draft<'_>, random: &mut Random, kind: &str) -> Option<Reference> {
    some(draft, random, |dictionary| is_name(dictionary, "Subtype", kind))
}

/// Any of the objects like this.
pub(super) fn some(
    draft: &Draft<'_>,
    random: &mut Random,
    wanted: impl Fn(&Dictionary) -> bool,
) -> Option<Reference> {
    let references = draft.document.latest().references().ok()?;
    let found: Vec<_> = references
        .into_iter()
        .filter(|reference| draft.dictionary(*reference).is_some_and(|dictionary| wanted(&dictionary)))
        .collect();
    (!found.is_empty()).then(|| *random.of(&found))
}

/// Any object but what makes it a signature.
fn any(draft: &Draft<'_>, random: &mut Random) -> Option<(Reference, Object)> {
    let references = draft.document.latest().references().ok()?;
    let reference = *random.of(&references);
    Some((reference, draft.object(reference)?))
}
