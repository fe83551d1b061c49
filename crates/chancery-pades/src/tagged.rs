//! A widget in the structure tree of a tagged document, as PDF/UA wants it (ISO 14289-1, 7.18.4; ISO 32000-2, 14.7).

use chancery_pdf::{Dictionary, Increment, Name, Object, PdfString, Reference, View};

use crate::PadesError;

/// How deep a number tree is followed; real ones have three levels.
const MAX_DEPTH: usize = 16;

/// The widget that is to be tagged.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Tagged<'t> {
    pub(crate) widget: Reference,
    pub(crate) page: Reference,
    /// The language of what it shows, if it was said.
    pub(crate) language: Option<&'t str>,
}

impl Tagged<'_> {
    /// Hangs a `Form` element for the widget into the tree, at its end, and says what `/StructParent` of the widget has
    /// to be. `None` if there is no tree that can be added to: a damaged one is left alone.
    ///
    /// # Errors
    /// If an object cannot be read or written.
    pub(crate) fn add(
        &self,
        view: &View<'_>,
        increment: &mut Increment<'_>,
        catalog: &Dictionary,
    ) -> Result<Option<i64>, PadesError> {
        let Some(root_reference) = catalog.get("StructTreeRoot").and_then(Object::as_reference) else {
            return Ok(None);
        };
        let Object::Dictionary(mut root) = view.object(root_reference)? else { return Ok(None) };
        let Some(key) = next_key(view, &root)? else { return Ok(None) };
        let element = increment.allocate();
        add_to_parents(view, increment, &mut root, (key, element))?;
        root.set("ParentTreeNextKey", key + 1);

        let only = only_element(view, &root)?;
        let parent = match only {
            Some((reference, mut parent)) => {
                if append_kid(view, increment, &mut parent, element)? {
                    increment.put(reference, &parent.clone().into())?;
                }
                (reference, parent)
            }
            None => {
                append_kid(view, increment, &mut root, element)?;
                (root_reference, Dictionary::new())
            }
        };
        increment.put(root_reference, &root.into())?;
        // The language of every text has to be told, if only that it is not known (ISO 14289-1, 7.2; BCP 47).
        let fallback = if catalog.get("Lang").is_none() { Some("und") } else { None };
        increment.put(element, &self.element(&parent, fallback).into())?;
        Ok(Some(key))
    }

    fn element(
        &self,
        (parent, parent_entries): &(Reference, Dictionary),
        fallback: Option<&str>,
    ) -> Dictionary {
        let mut object = Dictionary::new();
        object.set("Type", Name::from("OBJR"));
        object.set("Obj", self.widget);
        object.set("Pg", self.page);
        let mut element = Dictionary::new();
        element.set("Type", Name::from("StructElem"));
        element.set("S", Name::from("Form"));
        element.set("P", *parent);
        element.set("Pg", self.page);
        element.set("K", object);
        // `Form` is in the standard's namespaces; the one of the document as a whole is such a one.
        let document =
            parent_entries.get("S").and_then(Object::as_name).is_some_and(|kind| kind == "Document");
        if let Some(namespace) = parent_entries.get("NS").filter(|_| document) {
            element.set("NS", namespace.clone());
        }
        if let Some(language) = self.language.or(fallback) {
            element.set("Lang", PdfString::text(language));
        }
        element
    }
}

/// The one element that holds all others, as PDF 2.0 wants it, if it is an object of its own.
fn only_element(view: &View<'_>, root: &Dictionary) -> Result<Option<(Reference, Dictionary)>, PadesError> {
    let reference = match view.value(root, "K")? {
        Object::Dictionary(_) => root.get("K").and_then(Object::as_reference),
        Object::Array(kids) => match kids.as_slice() {
            [kid] => kid.as_reference(),
            _ => None,
        },
        _ => None,
    };
    let Some(reference) = reference else { return Ok(None) };
    Ok(match view.object(reference)? {
        Object::Dictionary(element) if element.get("S").is_some() => Some((reference, element)),
        _ => None,
    })
}

/// Appends a kid, of which there may be none, one, or an array of them. Says whether the dictionary has to be written.
fn append_kid(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    parent: &mut Dictionary,
    element: Reference,
) -> Result<bool, PadesError> {
    let before = parent.get("K").cloned();
    let kids = match view.value(parent, "K")? {
        Object::Array(mut kids) => {
            kids.push(element.into());
            if let Some(place) = before.as_ref().and_then(Object::as_reference) {
                increment.put(place, &kids.into())?;
                return Ok(false);
            }
            kids
        }
        Object::Null => vec![element.into()],
        // A reference to one kid stays one.
        _ => before.into_iter().chain([element.into()]).collect(),
    };
    parent.set("K", kids);
    Ok(true)
}

/// A key of the parent tree that nothing has.
fn next_key(view: &View<'_>, root: &Dictionary) -> Result<Option<i64>, PadesError> {
    let said = view.value(root, "ParentTreeNextKey")?.as_integer().unwrap_or(0);
    let mut node = match view.value(root, "ParentTree")? {
        Object::Dictionary(node) => node,
        Object::Null => return Ok(Some(said.max(0))),
        _ => return Ok(None),
    };
    // Keys ascend, so the greatest is in the last leaf.
    for _ in 0..MAX_DEPTH {
        let pairs = view.value(&node, "Nums")?;
        if let Some(pairs) = pairs.as_array() {
            let mut keys = pairs.iter().step_by(2).map(Object::as_integer);
            let greatest = keys.try_fold(-1, |greatest, key| key.map(|key| greatest.max(key)));
            let next = greatest.and_then(|greatest| greatest.checked_add(1)).map(|next| next.max(said));
            return Ok(next.filter(|&next| next < i64::MAX));
        }
        let kids = view.value(&node, "Kids")?;
        let Some(last) = kids.as_array().and_then(<[Object]>::last) else {
            return Ok(Some(said.max(0)));
        };
        match view.resolve(last)? {
            Object::Dictionary(kid) => node = kid,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Adds a pair at the end of the parent tree: in its only leaf, or as a further leaf, so that no other is written again.
fn add_to_parents(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    root: &mut Dictionary,
    (key, element): (i64, Reference),
) -> Result<(), PadesError> {
    let pair = [Object::Integer(key), element.into()];
    let mut tree = view.value(root, "ParentTree")?.as_dictionary().cloned().unwrap_or_default();
    let (name, element) = match view.value(&tree, "Kids")? {
        Object::Array(_) => {
            let mut leaf = Dictionary::new();
            leaf.set("Limits", vec![Object::Integer(key); 2]);
            leaf.set("Nums", pair.to_vec());
            let place = increment.allocate();
            increment.put(place, &leaf.into())?;
            ("Kids", vec![place.into()])
        }
        _ => ("Nums", pair.to_vec()),
    };
    let mut list = view.value(&tree, name)?.as_array().map(<[Object]>::to_vec).unwrap_or_default();
    list.extend(element);
    let (list_place, tree_place) = (tree.get(name), root.get("ParentTree"));
    let place = |value: Option<&Object>| value.and_then(Object::as_reference);
    match (place(list_place), place(tree_place)) {
        (Some(place), _) => increment.put(place, &list.into())?,
        (None, Some(place)) => {
            tree.set(name, list);
            increment.put(place, &tree.into())?;
        }
        (None, None) => {
            tree.set(name, list);
            root.set("ParentTree", tree);
        }
    }
    Ok(())
}
