//! What is kept up to date is what reading everything would give, whatever revisions do to the form.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fmt::Write;

use chancery_pdf::{Document, View};
use proptest::prelude::*;

use super::*;
use crate::form::form;

/// An object written as in a file; `None` frees it.
type Edit = (u32, Option<String>);

/// A file of these revisions, each with a classic table.
fn file(revisions: &[Vec<Edit>]) -> Vec<u8> {
    let mut text = String::from("%PDF-1.7\n");
    let mut previous = None;
    for edits in revisions {
        let mut table = String::from("xref\n");
        if previous.is_none() {
            table.push_str("0 1\n0000000000 65535 f \n");
        }
        for (number, body) in edits {
            match body {
                Some(body) => {
                    write!(table, "{number} 1\n{:010} 00000 n \n", text.len()).unwrap();
                    write!(text, "{number} 0 obj\n{body}\nendobj\n").unwrap();
                }
                None => write!(table, "{number} 1\n0000000000 00001 f \n").unwrap(),
            }
        }
        let at = text.len();
        let previous = previous.replace(at).map_or_else(String::new, |at| format!("/Prev {at}"));
        write!(text, "{table}trailer\n<</Size 100/Root 1 0 R{previous}>>\nstartxref\n{at}\n%%EOF\n").unwrap();
    }
    text.into_bytes()
}

/// What a revision did by what both forms hold, read whole.
struct Whole {
    old: Vec<Field>,
    new: Vec<Field>,
}

impl Whole {
    fn read(view: &View<'_>) -> Result<Vec<Field>, PadesError> {
        let (_, catalog) = view.catalog()?;
        fields(view, &form(view, &catalog)?)
    }

    fn compare(&self, step: &FormStep, history: &FormHistory) {
        let Self { old, new } = self;
        // Fields that are no objects of their own may have one name: the first of them is the first as before.
        let mut left: HashMap<_, VecDeque<&Field>> = HashMap::new();
        old.iter().for_each(|field| left.entry(place(field)).or_default().push_back(field));
        let (mut kept, mut added) = (Vec::new(), Vec::new());
        let show = |field: &Field| format!("{field:?}");
        for field in new {
            match left.get_mut(&place(field)).and_then(VecDeque::pop_front) {
                Some(old) => kept.push((show(old), show(field))),
                None => added.push(show(field)),
            }
        }
        let mut removed: Vec<_> = left.into_values().flatten().map(place).collect();
        removed.sort_unstable();
        assert_eq!(removed, step.removed.iter().map(|field| place(field)).collect::<Vec<_>>());
        let mut found: Vec<_> = step.added.iter().map(|added| show(&added.field)).collect();
        added.sort();
        found.sort();
        assert_eq!(added, found);
        let roots: HashSet<&str> = old.iter().map(root_name).collect();
        for added in &step.added {
            assert_eq!(added.taken, roots.contains(added.field.name.as_str()));
        }

        // Those that differ are among the touched, and none is told otherwise than it is.
        let touched: Vec<_> = step.touched.iter().map(|(old, new)| (show(old), show(new))).collect();
        for one in kept.iter().filter(|(old, new)| old != new) {
            assert!(touched.contains(one), "not told: {one:?}");
        }
        assert!(touched.iter().all(|one| kept.contains(one)));

        let values = |number: u32| new.iter().filter(|field| value_number(field) == Some(number)).count();
        for field in
            step.added.iter().map(|added| &added.field).chain(step.touched.iter().map(|pair| &pair.1))
        {
            if let Some(value) = value_number(field) {
                assert_eq!(step.values_twice.contains(&value), values(value) > 1);
            }
        }
        for value in VALUES.map(|number| Reference::new(number, 0)) {
            for name in old.iter().chain(new).map(|field| &field.name) {
                let held = new.iter().any(|field| {
                    field.name == *name && field.value.as_ref().and_then(Object::as_reference) == Some(value)
                });
                assert_eq!(history.holds(name, value), held);
            }
        }
    }
}

/// Follows a file through its revisions and compares; says in how many of them the form was kept as a tree.
fn follow_all(revisions: &[Vec<Edit>]) -> usize {
    let bytes = file(revisions);
    let document = Document::open(&bytes).unwrap();
    let mut view = document.at(0).unwrap();
    let mut history = FormHistory::read(&view).unwrap();
    let mut old = Whole::read(&view).unwrap();
    let mut trees = 0;
    while let Some(next) = document.at(view.revision() + 1) {
        let step = history.advance(&next, &next.changed_since(&view).unwrap());
        let (step, new) = match (step, Whole::read(&next)) {
            (Ok(step), Ok(new)) => (step, new),
            (step, new) => {
                assert!(step.is_err() && new.is_err(), "one could be read, the other not");
                return trees;
            }
        };
        let whole = Whole { old, new };
        whole.compare(&step, &history);
        trees += usize::from(matches!(history.state, State::Tree(_)));
        (view, old) = (next, whole.new);
    }
    trees
}

const FIELDS: [u32; 8] = [10, 11, 12, 13, 14, 15, 16, 17];
const LISTS: [u32; 3] = [30, 31, 32];
const STRINGS: [u32; 2] = [40, 41];
const KINDS: [u32; 2] = [45, 46];
const VALUES: [u32; 3] = [50, 51, 52];

fn one_of(numbers: &'static [u32]) -> impl Strategy<Value = u32> {
    prop::sample::select(numbers)
}

/// References to fields, now and then something else.
fn kids() -> impl Strategy<Value = String> {
    let kid = prop_oneof![
        20 => one_of(&FIELDS).prop_map(|number| format!("{number} 0 R ")),
        1 => one_of(&LISTS).prop_map(|number| format!("{number} 0 R ")),
        1 => Just("11 1 R ".to_owned()),
        1 => Just("99 0 R ".to_owned()),
        1 => Just("<</Subtype/Widget>>".to_owned()),
        1 => Just("<</T(direct)/FT/Tx>>".to_owned()),
        1 => Just("null ".to_owned()),
    ];
    prop::collection::vec(kid, 0..4).prop_map(|kids| format!("[{}]", kids.concat()))
}

fn field() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        6 => prop::sample::select(&["/T(a)", "/T(b)", "/T(c)", "/T(a.b)"][..]).prop_map(str::to_owned),
        2 => one_of(&STRINGS).prop_map(|number| format!("/T {number} 0 R")),
        3 => Just(String::new()),
    ];
    let kind = prop_oneof![
        3 => Just(String::new()),
        2 => Just("/FT/Tx".to_owned()),
        2 => Just("/FT/Sig".to_owned()),
        1 => one_of(&KINDS).prop_map(|number| format!("/FT {number} 0 R")),
    ];
    let value = prop_oneof![
        3 => Just(String::new()),
        1 => Just("/V(text)".to_owned()),
        1 => Just("/V null".to_owned()),
        3 => one_of(&VALUES).prop_map(|number| format!("/V {number} 0 R")),
    ];
    let flags = prop_oneof![3 => Just(""), 1 => Just("/Ff 1"), 1 => Just("/Ff 2")];
    let kids = prop_oneof![
        4 => Just(String::new()),
        3 => kids().prop_map(|kids| format!("/Kids{kids}")),
        2 => one_of(&LISTS).prop_map(|number| format!("/Kids {number} 0 R")),
    ];
    (name, kind, value, flags, kids)
        .prop_map(|(name, kind, value, flags, kids)| format!("<<{name}{kind}{value}{flags}{kids}>>"))
}

fn edit() -> impl Strategy<Value = Edit> {
    let string = prop::sample::select(&["(a)", "(d)", "17", "42 0 R"][..]).prop_map(str::to_owned);
    let kind = prop::sample::select(&["/Sig", "/Btn", "(no name)"][..]).prop_map(str::to_owned);
    let body = prop_oneof![
        12 => (one_of(&FIELDS), field()),
        5 => (one_of(&LISTS), kids()),
        2 => (one_of(&STRINGS), string),
        2 => (one_of(&KINDS), kind),
        3 => (Just(2), prop_oneof![
            kids().prop_map(|kids| format!("<</Fields{kids}>>")),
            Just("<</Fields 3 0 R/SigFlags 3>>".to_owned()),
        ]),
        4 => (Just(3), kids()),
        1 => (Just(1), kids().prop_map(|kids| format!("<</Type/Catalog/AcroForm<</Fields{kids}>>>>"))),
        2 => (Just(1), Just("<</Type/Catalog/AcroForm 2 0 R>>".to_owned())),
        // What takes the place of a field.
        1 => (one_of(&FIELDS), prop_oneof![
            Just("null".to_owned()), Just("13 0 R".to_owned()), Just("[]".to_owned()),
            Just("<</T(s)/Length 0>>stream\n\nendstream".to_owned()),
        ]),
    ];
    prop_oneof![
        12 => body.prop_map(|(number, body)| (number, Some(body))),
        1 => one_of(&FIELDS).prop_map(|number| (number, None)),
    ]
}

/// A form of three levels, as honest software makes it.
fn beginning() -> Vec<Edit> {
    let objects = [
        (1, "<</Type/Catalog/AcroForm 2 0 R>>"),
        (2, "<</Fields 3 0 R>>"),
        (3, "[10 0 R 11 0 R 12 0 R]"),
        (10, "<</FT/Tx/T(a)/V(one)/Subtype/Widget>>"),
        (11, "<</T(b)/FT/Sig/Kids[13 0 R 14 0 R]>>"),
        (12, "<</T 40 0 R/Kids 30 0 R>>"),
        (13, "<</T(x)/V 50 0 R>>"),
        (14, "<</T(y)/Kids[16 0 R]>>"),
        (15, "<</T(z)/FT 45 0 R/V(three)>>"),
        (16, "<</Subtype/Widget/Parent 14 0 R>>"),
        (17, "<</Subtype/Widget>>"),
        (30, "[15 0 R 17 0 R]"),
        (31, "[]"),
        (32, "[16 0 R]"),
        (40, "(c)"),
        (41, "(d)"),
        (42, "(e)"),
        (45, "/Tx"),
        (46, "/Sig"),
        (50, "<</Type/Sig>>"),
        (51, "<</Type/Sig>>"),
        (52, "<</Type/Sig>>"),
    ];
    objects.map(|(number, body)| (number, Some(body.to_owned()))).to_vec()
}

fn after_the_beginning(later: Vec<Vec<Edit>>) -> Vec<Vec<Edit>> {
    // Of two edits of one object in a revision the last one counts.
    let once = |edits: Vec<Edit>| {
        let mut seen = HashSet::new();
        let mut edits: Vec<Edit> = edits.into_iter().rev().filter(|edit| seen.insert(edit.0)).collect();
        edits.sort_by_key(|edit| edit.0);
        edits
    };
    [beginning()].into_iter().chain(later.into_iter().map(once)).collect()
}

/// More of them by `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_up_to_date_is_what_reading_everything_gives(
        later in prop::collection::vec(prop::collection::vec(edit(), 0..4), 1..8),
    ) {
        follow_all(&after_the_beginning(later));
    }
}

/// One edit a revision: every way by which a field changes without its own object being changed.
#[test]
fn fields_that_change_through_others_are_found_in_a_tree() {
    let edits = [
        (10, "<</FT/Tx/T(a)/V(two)/Subtype/Widget>>"),   // its own value
        (11, "<</T(b)/FT/Tx/Kids[13 0 R 14 0 R]>>"),     // what kids inherit: a type
        (11, "<</T(bb)/FT/Tx/Kids[13 0 R 14 0 R]>>"),    // a name
        (11, "<</T(bb)/V 51 0 R/Kids[13 0 R 14 0 R]>>"), // a value
        (11, "<</T(bb)/V 51 0 R/Ff 1/Kids[13 0 R 14 0 R]>>"), // nothing that matters here
        (40, "(cc)"),                                    // a name that is an object
        (45, "/Sig"),                                    // a type that is an object
        (30, "[15 0 R]"),                                // a list that is an object
        (16, "<</Subtype/Widget/Parent 14 0 R/AP<<>>>>"), // a widget
        (16, "<</Subtype/Widget/Parent 14 0 R/T(w)>>"),  // a widget that becomes a field
        (16, "<</Subtype/Widget/Parent 14 0 R>>"),       // and a widget again
        (3, "[10 0 R 12 0 R]"),                          // a root that goes
        (30, "[15 0 R 11 0 R]"),                         // and comes back elsewhere
        (2, "<</Fields[12 0 R 10 0 R]>>"),               // a list in the form
        (1, "<</Type/Catalog/AcroForm<</Fields[12 0 R]>>>>"), // a form in the catalog
    ];
    let later = edits.map(|(number, body)| vec![(number, Some(body.to_owned()))]).to_vec();
    let count = later.len();
    assert_eq!(follow_all(&after_the_beginning(later)), count);
}

/// What is not a tree is read whole, and kept as a tree again once it is one.
#[test]
fn tangled_forms_are_read_whole() {
    for (number, tangled, back) in [
        (3, "[10 0 R 10 0 R]", "[10 0 R]"),
        (3, "[10 0 R <</T(direct)>>]", "[10 0 R]"),
        (14, "<</T(y)/Kids[11 0 R]>>", "<</T(y)>>"),
        (14, "<</T(y)/Kids[15 0 R]>>", "<</T(y)>>"),
        (14, "<</T(y)/Kids 30 0 R>>", "<</T(y)>>"),
        (14, "<</T(y)/Kids 14 0 R>>", "<</T(y)>>"),
        (14, "15 0 R", "<</T(y)>>"),
        (40, "41 0 R", "(c)"),
    ] {
        let edit = |body: &str| vec![(number, Some(body.to_owned()))];
        assert_eq!(follow_all(&after_the_beginning(vec![edit(tangled)])), 0, "{tangled}");
        assert_eq!(follow_all(&after_the_beginning(vec![edit(tangled), edit(back)])), 1, "{back}");
    }
}

/// A thousand fields in groups, each changed by a revision of its own: each is looked at a few times.
#[test]
fn one_field_a_revision_is_little_work() {
    let many = |count: u32| {
        let (mut kids, mut objects) = (String::new(), Vec::new());
        for number in 100..100 + count {
            write!(kids, "{number} 0 R ").unwrap();
            objects.push((number, Some(format!("<</T(f{number})/FT/Tx/V(old)>>"))));
        }
        let mut revisions = vec![
            [(1, "<</Type/Catalog/AcroForm 2 0 R>>".to_owned()), (2, "<</Fields[10 0 R]>>".to_owned())]
                .map(|(number, body)| (number, Some(body)))
                .to_vec(),
        ];
        revisions[0].push((10, Some(format!("<</T(group)/Kids[{kids}]>>"))));
        revisions[0].extend(objects);
        for number in 100..100 + count {
            revisions.push(vec![(number, Some(format!("<</T(f{number})/FT/Tx/V(new)>>")))]);
        }
        let bytes = file(&revisions);
        let document = Document::open(&bytes).unwrap();
        let mut view = document.at(0).unwrap();
        let mut history = FormHistory::read(&view).unwrap();
        while let Some(next) = document.at(view.revision() + 1) {
            let step = history.advance(&next, &next.changed_since(&view).unwrap()).unwrap();
            assert_eq!((step.touched.len(), step.added.len(), step.removed.len()), (1, 0, 0));
            view = next;
        }
        MAX_LOOKS - history.looks_left
    };
    let (some, twice) = (many(250), many(500));
    assert!(some <= 250 * 8 && twice <= 2 * some, "{some} looks, then {twice}");
}

/// Who makes everything be read again and again is stopped.
#[test]
fn the_work_on_tangled_forms_is_bounded() {
    let mut roots = String::from("100 0 R ");
    let mut first = vec![(1, Some("<</Type/Catalog/AcroForm 2 0 R>>".to_owned()))];
    for number in 100..2_100 {
        write!(roots, "{number} 0 R ").unwrap();
        first.push((number, Some(format!("<</T(f{number})>>"))));
    }
    first.push((2, Some(format!("<</Fields[{roots}]>>"))));
    let later = (0..600).map(|n| vec![(60, Some(n.to_string()))]);
    let bytes = file(&[first].into_iter().chain(later).collect::<Vec<_>>());
    let document = Document::open(&bytes).unwrap();
    let mut history = FormHistory::read(&document.at(0).unwrap()).unwrap();
    let steps = (1..600).map(|revision| {
        let (old, new) = (document.at(revision - 1).unwrap(), document.at(revision).unwrap());
        history.advance(&new, &new.changed_since(&old).unwrap()).map(drop)
    });
    let stopped = steps.collect::<Result<Vec<()>, _>>().err().unwrap();
    assert!(matches!(stopped, PadesError::TooMany { limit: MAX_LOOKS, .. }), "{stopped}");
}
