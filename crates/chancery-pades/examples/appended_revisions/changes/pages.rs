//! The page tree, and what pages inherit.

use chancery_pdf::{Object, Reference};

use super::content::{drawn, page, some};
use super::{Change, seen, told};
use crate::draft::{Draft, dictionary, is_name, parsed};
use crate::random::Random;

pub(super) const ALL: &[Change] = &[
    seen("page-turned", |draft, random| {
        let (page, turn) = (page(draft, random)?, [90, 180, 270][random.below(3)]);
        draft.edit(page, |page| page.set("Rotate", turn))
    }),
    seen("page-box", |draft, random| {
        let page = page(draft, random)?;
        let key = *random.of(&["MediaBox", "CropBox"]);
        draft.edit(page, |page| page.set(key, parsed("[0 0 595 600]")))
    }),
    told("page-other-boxes", |draft, random| {
        let page = page(draft, random)?;
        let key = *random.of(&["BleedBox", "TrimBox", "ArtBox"]);
        draft.edit(page, |page| page.set(key, parsed("[0 0 595 600]")))
    }),
    seen("page-unit", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| page.set("UserUnit", 2))
    }),
    told("page-group", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| page.set("Group", dictionary("<</S/Transparency/CS/DeviceCMYK/I true>>")))
    }),
    told("page-actions", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| page.set("AA", dictionary("<</O<</S/JavaScript/JS(app.alert\\(1\\))>>>>")))
    }),
    told("page-duration", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| page.set("Dur", 3))
    }),
    seen("inherited-box", |draft, random| {
        let node = node(draft, random)?;
        draft.edit(node, |node| node.set("MediaBox", parsed("[0 300 595 842]")))
    }),
    seen("inherited-turn", |draft, random| {
        let node = node(draft, random)?;
        draft.edit(node, |node| node.set("Rotate", 180))
    }),
    seen("inherited-crop", |draft, random| {
        let node = node(draft, random)?;
        draft.edit(node, |node| node.set("CropBox", parsed("[50 50 400 700]")))
    }),
    seen("inherited-resources", |draft, random| {
        let node = node(draft, random)?;
        let font = "<</Font<</Inherited<</Type/Font/Subtype/Type1/BaseFont/Courier>>/F1<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>";
        draft.edit(node, |node| node.set("Resources", dictionary(font)))
    }),
    seen("inherited-instead-of-own", |draft, random| {
        let page = page(draft, random)?;
        draft.edit(page, |page| drop(page.remove("MediaBox")))?;
        draft.edit(page, |page| drop(page.remove("Resources")))
    }),
    seen("pages-in-another-order", |draft, random| {
        let node = node(draft, random)?;
        let mut kids = kids(draft, node)?;
        kids.reverse();
        draft.edit(node, |node| node.set("Kids", Object::Array(kids)))
    }),
    seen("page-removed", |draft, random| {
        let node = node(draft, random)?;
        let mut kids = kids(draft, node)?;
        kids.remove(random.below(kids.len()));
        let count = kids.len();
        draft.edit(node, |node| {
            node.set("Kids", Object::Array(kids));
            node.set("Count", i64::try_from(count).unwrap_or(0));
        })
    }),
    seen("pages-counted-otherwise", |draft, random| {
        let node = node(draft, random)?;
        let count = i64::try_from(random.below(6)).ok()?;
        draft.edit(node, |node| node.set("Count", count))
    }),
    seen("page-added", |draft, random| {
        let node = node(draft, random)?;
        let content = draft.add(drawn(random));
        let page = draft.add(dictionary(&format!(
            "<</Type/Page/Parent {node}/MediaBox[0 0 595 842]/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>/Contents {content}>>"
        )));
        let mut kids = kids(draft, node)?;
        kids.insert(random.below(kids.len() + 1), page.into());
        let count = draft.dictionary(node)?.get("Count").and_then(Object::as_integer).unwrap_or(0) + 1;
        draft.edit(node, |node| {
            node.set("Kids", Object::Array(kids));
            node.set("Count", count);
        })
    }),
    seen("page-twice", |draft, random| {
        let (node, page) = (node(draft, random)?, page(draft, random)?);
        let mut kids = kids(draft, node)?;
        kids.push(page.into());
        draft.edit(node, |node| node.set("Kids", Object::Array(kids)))
    }),
    seen("page-swapped-with-prepared", |draft, random| {
        let pages = draft.pages();
        let shadow = some(draft, random, |entries| is_name(entries, "Type", "Page"))?;
        let node = node(draft, random)?;
        let mut kids = kids(draft, node)?;
        let place = random.below(kids.len());
        kids[place] = shadow.into();
        (!pages.is_empty()).then_some(())?;
        draft.edit(node, |node| node.set("Kids", Object::Array(kids)))
    }),
    seen("page-object-of-another", |draft, random| {
        let (one, other) = (page(draft, random)?, page(draft, random)?);
        let copy = draft.dictionary(other)?;
        draft.put(one, copy);
        Some(())
    }),
    seen("page-of-another-parent", |draft, random| {
        let (page, root) = (page(draft, random)?, tree(draft)?);
        draft.edit(page, |page| page.set("Parent", root))
    }),
    seen("tree-replaced", |draft, random| {
        let content = draft.add(drawn(random));
        let tree = Reference::new(draft.reserve(1), 0);
        let page = draft.add(dictionary(&format!(
            "<</Type/Page/Parent {tree}/MediaBox[0 0 595 842]/Contents {content}>>"
        )));
        draft.put(tree, dictionary(&format!("<</Type/Pages/Kids[{page}]/Count 1>>")));
        draft.edit_catalog(|catalog| catalog.set("Pages", tree))
    }),
    seen("tree-copied", |draft, _| {
        let tree = tree(draft)?;
        let copy = draft.dictionary(tree)?;
        let copy = draft.add(copy);
        draft.edit_catalog(|catalog| catalog.set("Pages", copy))
    }),
    seen("node-between", |draft, random| {
        let (tree, page) = (tree(draft)?, page(draft, random)?);
        let kids = kids(draft, tree)?;
        let node =
            draft.add(dictionary(&format!("<</Type/Pages/Parent {tree}/Rotate 90/Count 1/Kids[{page}]>>")));
        let others =
            kids.into_iter().filter(|kid| kid.as_reference() != Some(page)).chain([node.into()]).collect();
        draft.edit(page, |page| page.set("Parent", node))?;
        draft.edit(tree, |tree| tree.set("Kids", Object::Array(others)))
    }),
];

fn tree(draft: &Draft<'_>) -> Option<Reference> {
    draft.catalog()?.get("Pages")?.as_reference()
}

fn node(draft: &Draft<'_>, random: &mut Random) -> Option<Reference> {
    some(draft, random, |dictionary| is_name(dictionary, "Type", "Pages"))
}

fn kids(draft: &Draft<'_>, node: Reference) -> Option<Vec<Object>> {
    let kids = draft.value(&draft.dictionary(node)?, "Kids").as_array()?.to_vec();
    (!kids.is_empty()).then_some(kids)
}
