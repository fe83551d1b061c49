//! The tree of fields of a form, kept up to date while revisions change its objects: only what may have become different
//! is read again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use chancery_pdf::{Dictionary, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::form::{self, Field, Inherited};

/// The tree of fields as all forms have it that were made by honest software: every field is an object of its own, and
/// has one place. Other forms are [`Stop::Tangled`].
pub(crate) struct FormTree {
    roots: Vec<Reference>,
    nodes: HashMap<u32, Node>,
    /// Arrays of kids that are objects of their own; no two fields share one.
    lists: HashSet<u32>,
    /// Which fields looked at an object, by its number; those that look elsewhere by now are passed over.
    watchers: HashMap<u32, Vec<Watcher>>,
    looks: u64,
    leaves: usize,
    name_bytes: usize,
}

/// A field: with a value, or a group of others.
struct Node {
    reference: Reference,
    above: Option<u32>,
    depth: usize,
    /// By which look it was read.
    look: u64,
    here: Inherited,
    list: Option<u32>,
    kids: Vec<Kid>,
    leaf: Option<Rc<Field>>,
}

/// What stands in `/Kids`.
#[derive(Copy, Clone)]
struct Kid {
    /// What is no reference has no name either, and is passed over as a widget.
    reference: Option<Reference>,
    /// Kids with names are fields.
    named: bool,
}

#[derive(Copy, Clone)]
struct Watcher {
    node: u32,
    look: u64,
    /// Whether the object is a kid, of which only the name matters here, or says what the field is.
    looks_at: LooksAt,
}

#[derive(Copy, Clone)]
enum LooksAt {
    Itself,
    Kid(usize),
}

/// What became of the fields, each as it was or is.
#[derive(Default)]
pub(crate) struct Delta {
    /// Fields that were read otherwise before, or are no more.
    pub(crate) gone: Vec<Rc<Field>>,
    /// Fields that are read otherwise now, or are new.
    pub(crate) come: Vec<Rc<Field>>,
    /// Fields that are the same, but not their widgets.
    pub(crate) touched: Vec<Rc<Field>>,
    /// How many objects were looked at.
    pub(crate) looks: usize,
}

/// Why a form is not kept as a tree.
pub(crate) enum Stop {
    /// A field or a list stands in two places, or is no object of its own: only reading everything tells what counts.
    Tangled,
    Unreadable(PadesError),
}

impl From<PadesError> for Stop {
    fn from(error: PadesError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<PdfError> for Stop {
    fn from(error: PdfError) -> Self {
        Self::Unreadable(error.into())
    }
}

/// What an object says of a field, before its place is looked at.
struct Looked {
    dictionary: Option<Dictionary>,
    here: Inherited,
    list: Option<u32>,
    kids: Vec<Kid>,
    /// The other objects that say it.
    watched: Vec<u32>,
}

impl FormTree {
    /// Reads a form whole.
    pub(crate) fn read(view: &View<'_>, roots: &[Object], delta: &mut Delta) -> Result<Self, Stop> {
        let mut tree = Self {
            roots: references(roots)?,
            nodes: HashMap::new(),
            lists: HashSet::new(),
            watchers: HashMap::new(),
            looks: 0,
            leaves: 0,
            name_bytes: 0,
        };
        for root in tree.roots.clone() {
            tree.add(view, root, None, delta)?;
        }
        Ok(tree)
    }

    /// The fields in no order.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Rc<Field>> {
        self.nodes.values().filter_map(|node| node.leaf.as_ref())
    }

    /// Goes on to the next revision, in which these objects differ; `roots` are told if they may have changed.
    pub(crate) fn advance(
        &mut self,
        view: &View<'_>,
        roots: Option<&[Object]>,
        changed: &HashSet<u32>,
        delta: &mut Delta,
    ) -> Result<(), Stop> {
        // By depth, so that what is read anew with its parent is not read before.
        let mut dirty: BTreeMap<(usize, u32), Vec<LooksAt>> = BTreeMap::new();
        let Self { nodes, watchers, .. } = self;
        for number in changed {
            if let Some(node) = nodes.get(number) {
                dirty.entry((node.depth, *number)).or_default().push(LooksAt::Itself);
            }
            let Some(watchers) = watchers.get_mut(number) else { continue };
            watchers.retain(|watcher| nodes.get(&watcher.node).is_some_and(|node| node.look == watcher.look));
            delta.looks = delta.looks.saturating_add(watchers.len());
            for watcher in watchers {
                let depth = nodes.get(&watcher.node).map_or(0, |node| node.depth);
                dirty.entry((depth, watcher.node)).or_default().push(watcher.looks_at);
            }
        }
        // Everything leaves its old place before anything takes a new one.
        let mut additions = Vec::new();
        if let Some(roots) = roots {
            let roots = references(roots)?;
            let (before, after) = (std::mem::take(&mut self.roots), roots.clone());
            self.replace(&before, &after, None, delta, &mut additions)?;
            self.roots = roots;
        }
        for ((_, number), looks_at) in dirty {
            self.look_again(view, number, &looks_at, changed, delta, &mut additions)?;
        }
        for (above, reference) in additions {
            self.add(view, reference, above, delta)?;
        }
        Ok(())
    }

    /// Takes the fields away that are not in a list any more, and notes those that are new in it.
    fn replace(
        &mut self,
        before: &[Reference],
        after: &[Reference],
        above: Option<u32>,
        delta: &mut Delta,
        additions: &mut Vec<(Option<u32>, Reference)>,
    ) -> Result<(), Stop> {
        let mut now = HashSet::with_capacity(after.len());
        if !after.iter().all(|reference| now.insert(*reference)) {
            return Err(Stop::Tangled);
        }
        let was: HashSet<Reference> = before.iter().copied().collect();
        before.iter().filter(|old| !now.contains(old)).for_each(|old| self.remove(old.number, delta));
        additions.extend(after.iter().filter(|new| !was.contains(new)).map(|new| (above, *new)));
        Ok(())
    }

    fn look_again(
        &mut self,
        view: &View<'_>,
        number: u32,
        looks_at: &[LooksAt],
        changed: &HashSet<u32>,
        delta: &mut Delta,
        additions: &mut Vec<(Option<u32>, Reference)>,
    ) -> Result<(), Stop> {
        // It may have gone with its parent.
        let Some(node) = self.nodes.get(&number) else { return Ok(()) };
        let mut same = true;
        for looks_at in looks_at {
            same &= match looks_at {
                LooksAt::Itself => false,
                LooksAt::Kid(place) => {
                    delta.looks = delta.looks.saturating_add(1);
                    let kid = node.kids.get(*place);
                    match kid.and_then(|kid| Some((kid.reference?, kid.named))) {
                        Some((reference, named)) => is_named(view, reference)? == named,
                        None => true,
                    }
                }
            };
        }
        if same {
            delta.touched.extend(node.leaf.clone());
            return Ok(());
        }
        let above = node.above.and_then(|above| self.nodes.get(&above)).map(|above| above.here.clone());
        let known: HashMap<Reference, bool> = node
            .kids
            .iter()
            .filter_map(|kid| Some((kid.reference?, kid.named)))
            .filter(|(reference, _)| !changed.contains(&reference.number))
            .collect();
        let looked = look(view, node.reference, &above.unwrap_or_default(), &known, delta)?;
        let Some(mut node) = self.nodes.remove(&number) else { return Ok(()) };
        self.forget(&mut node, delta);
        let before: Vec<Reference> = node.fields_below().collect();
        // What kids inherit they are read with.
        let inherits_same = looked.here == node.here;
        let place = (node.reference, node.above, node.depth);
        self.insert(place, looked, delta)?;
        let after: Vec<Reference> =
            self.nodes.get(&number).into_iter().flat_map(Node::fields_below).collect();
        if inherits_same {
            return self.replace(&before, &after, Some(number), delta, additions);
        }
        before.iter().for_each(|kid| self.remove(kid.number, delta));
        self.replace(&[], &after, Some(number), delta, additions)
    }

    /// Reads a field that was not there, with all below it.
    fn add(
        &mut self,
        view: &View<'_>,
        reference: Reference,
        above: Option<u32>,
        delta: &mut Delta,
    ) -> Result<(), Stop> {
        let parent = above.and_then(|above| self.nodes.get(&above));
        let depth = parent.map_or(0, |parent| parent.depth + 1);
        let inherited = parent.map(|parent| parent.here.clone()).unwrap_or_default();
        form::check_depth(depth)?;
        if self.is_taken(reference.number) {
            return Err(Stop::Tangled);
        }
        let looked = look(view, reference, &inherited, &HashMap::new(), delta)?;
        self.insert((reference, above, depth), looked, delta)?;
        let below: Vec<Reference> =
            self.nodes.get(&reference.number).into_iter().flat_map(Node::fields_below).collect();
        below.into_iter().try_for_each(|kid| self.add(view, kid, Some(reference.number), delta))
    }

    /// Puts a field into its place, without those below it.
    fn insert(
        &mut self,
        (reference, above, depth): (Reference, Option<u32>, usize),
        looked: Looked,
        delta: &mut Delta,
    ) -> Result<(), Stop> {
        let Looked { dictionary, here, list, kids, watched } = looked;
        self.looks += 1;
        let look = self.looks;
        if let Some(list) = list
            && (list == reference.number || self.is_taken(list) || !self.lists.insert(list))
        {
            return Err(Stop::Tangled);
        }
        let node = reference.number;
        for number in watched {
            let watcher = Watcher { node, look, looks_at: LooksAt::Itself };
            self.watchers.entry(number).or_default().push(watcher);
        }
        for (place, kid) in kids.iter().enumerate() {
            if let Some(kid) = kid.reference {
                let watcher = Watcher { node, look, looks_at: LooksAt::Kid(place) };
                self.watchers.entry(kid.number).or_default().push(watcher);
            }
        }
        self.name_bytes = self.name_bytes.saturating_add(here.name.len());
        form::check_name_bytes(self.name_bytes)?;
        let leaf = match dictionary {
            Some(dictionary) if !kids.iter().any(|kid| kid.named) => {
                self.leaves += 1;
                form::check_count(self.leaves)?;
                let Inherited { name, kind, value } = here.clone();
                let leaf = Rc::new(Field { name, reference: Some(reference), dictionary, kind, value });
                delta.come.push(Rc::clone(&leaf));
                Some(leaf)
            }
            _ => None,
        };
        self.nodes.insert(node, Node { reference, above, depth, look, here, list, kids, leaf });
        Ok(())
    }

    /// Takes a field away with all below it.
    fn remove(&mut self, number: u32, delta: &mut Delta) {
        let Some(mut node) = self.nodes.remove(&number) else { return };
        self.forget(&mut node, delta);
        node.fields_below().for_each(|kid| self.remove(kid.number, delta));
    }

    /// What a field that was taken out leaves behind.
    fn forget(&mut self, node: &mut Node, delta: &mut Delta) {
        delta.looks = delta.looks.saturating_add(1);
        self.name_bytes = self.name_bytes.saturating_sub(node.here.name.len());
        if let Some(list) = node.list {
            self.lists.remove(&list);
        }
        if let Some(leaf) = node.leaf.take() {
            self.leaves = self.leaves.saturating_sub(1);
            delta.gone.push(leaf);
        }
    }

    fn is_taken(&self, number: u32) -> bool {
        self.nodes.contains_key(&number) || self.lists.contains(&number)
    }
}

impl Node {
    fn fields_below(&self) -> impl Iterator<Item = Reference> + '_ {
        self.kids.iter().filter(|kid| kid.named).filter_map(|kid| kid.reference)
    }
}

/// The roots of a form; what is neither a reference nor a dictionary is no field.
fn references(roots: &[Object]) -> Result<Vec<Reference>, Stop> {
    let mut references = Vec::with_capacity(roots.len());
    for root in roots {
        match root {
            Object::Reference(reference) => references.push(*reference),
            Object::Dictionary(_) => return Err(Stop::Tangled),
            _ => {}
        }
    }
    Ok(references)
}

/// Reads what an object says of a field. Of kids that are `known` it is known whether they have names.
fn look(
    view: &View<'_>,
    reference: Reference,
    above: &Inherited,
    known: &HashMap<Reference, bool>,
    delta: &mut Delta,
) -> Result<Looked, Stop> {
    delta.looks = delta.looks.saturating_add(1);
    let Object::Dictionary(dictionary) = at_once(view, reference)? else {
        // It is read again with everything if it becomes one.
        let here = above.clone();
        let (kids, watched) = (Vec::new(), Vec::new());
        return Ok(Looked { dictionary: None, here, list: None, kids, watched });
    };
    let mut watched = Vec::new();
    let mut value = |key: &str| match dictionary.get(key) {
        None => Ok(Object::Null),
        Some(Object::Reference(reference)) => {
            watched.push(reference.number);
            at_once(view, *reference)
        }
        Some(value) => Ok(value.clone()),
    };
    let (name, kind, kids) = (value("T")?, value("FT")?, value("Kids")?);
    let here = above.below(&name, &kind, &dictionary);
    let list = dictionary.get("Kids").and_then(Object::as_reference).map(|list| list.number);
    let elements = kids.as_array().unwrap_or_default();
    form::check_count(elements.len())?;
    // Those that are known are copied all the same, which costs a part of a look.
    delta.looks = delta.looks.saturating_add(elements.len() / 16);
    let mut kids = Vec::with_capacity(elements.len());
    for kid in elements {
        kids.push(match kid {
            Object::Reference(reference) => {
                let named = match known.get(reference) {
                    Some(named) => *named,
                    None => {
                        delta.looks = delta.looks.saturating_add(1);
                        is_named(view, *reference)?
                    }
                };
                Kid { reference: Some(*reference), named }
            }
            direct if form::has_name(direct) => return Err(Stop::Tangled),
            _ => Kid { reference: None, named: false },
        });
    }
    Ok(Looked { dictionary: Some(dictionary), here, list, kids, watched })
}

fn is_named(view: &View<'_>, reference: Reference) -> Result<bool, Stop> {
    Ok(form::has_name(&at_once(view, reference)?))
}

/// The object itself: one that only refers to another could change without being changed.
fn at_once(view: &View<'_>, reference: Reference) -> Result<Object, Stop> {
    match view.object(reference)? {
        Object::Reference(_) => Err(Stop::Tangled),
        object => Ok(object),
    }
}
