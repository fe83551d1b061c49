//! Another library reads what we write, and finds the same objects.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::path::Path;

use chancery_pdf::{
    Dictionary, Document, ImportedPage, Increment, Name, Object, PdfString, Real, Reference, SectionKind,
    Stream,
};
use proptest::prelude::*;
use support::plain;

const KINDS: [SectionKind; 3] = [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid];

/// Whether both read the same value. Their numbers are of single precision.
fn same(ours: &Object, theirs: &lopdf::Object) -> bool {
    use lopdf::Object as Their;
    match (ours, theirs) {
        (Object::Null, Their::Null) => true,
        (Object::Boolean(one), Their::Boolean(other)) => one == other,
        (Object::Integer(one), Their::Integer(other)) => one == other,
        (Object::Real(one), Their::Real(other)) => {
            (one.value() - f64::from(*other)).abs() <= one.value().abs() * 1e-6 + 1e-30
        }
        (Object::Name(one), Their::Name(other)) => one.as_bytes() == other,
        (Object::String(one), Their::String(other, _)) => one.as_bytes() == other,
        (Object::Reference(one), Their::Reference(other)) => (one.number, one.generation) == *other,
        (Object::Array(one), Their::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Object::Dictionary(one), Their::Dictionary(other)) => same_entries(one, other),
        _ => false,
    }
}

fn same_entries(ours: &Dictionary, theirs: &lopdf::Dictionary) -> bool {
    ours.len() == theirs.len()
        && ours.iter().all(|(name, value)| theirs.get(name.as_bytes()).is_ok_and(|other| same(value, other)))
}

/// Compares every object of the latest revision; says how many there were.
fn compare(bytes: &[u8], password: Option<&str>) -> usize {
    let document = match password {
        None => Document::open(&bytes).unwrap(),
        Some(password) => Document::open_with_password(&bytes, password).unwrap(),
    };
    let theirs = match password {
        None => lopdf::Document::load_mem(bytes).unwrap(),
        Some(password) => {
            lopdf::Document::load_mem_with_options(bytes, lopdf::LoadOptions::with_password(password))
                .unwrap()
        }
    };
    let view = document.latest();
    let encryption = view.trailer().get("Encrypt").and_then(Object::as_reference);
    let mut compared = 0;
    for reference in view.references().unwrap() {
        let found = theirs.objects.get(&(reference.number, reference.generation));
        match view.object(reference).unwrap() {
            // The structure of the file itself, which they put aside once they have read it.
            Object::Stream(stream)
                if stream
                    .dictionary()
                    .get("Type")
                    .and_then(Object::as_name)
                    .is_some_and(|kind| kind == "XRef" || kind == "ObjStm") => {}
            _ if encryption == Some(reference) => {}
            Object::Stream(stream) => {
                let other = found.unwrap().as_stream().unwrap();
                let (mut own, mut dictionary) = (stream.dictionary().clone(), other.dict.clone());
                own.remove("Length");
                dictionary.remove(b"Length");
                assert!(same_entries(&own, &dictionary), "{reference}: {own:?} {dictionary:?}");
                assert_eq!(&*view.raw(&stream).unwrap(), other.content, "{reference}");
                compared += 1;
            }
            object => {
                let other = found.unwrap();
                assert!(same(&object, other), "{reference}: {object:?} {other:?}");
                compared += 1;
            }
        }
    }
    for key in ["Root", "Info", "ID"] {
        match (view.trailer().get(key), theirs.trailer.get(key.as_bytes())) {
            (Some(own), Ok(other)) => assert!(same(own, other), "{key}"),
            (None, Err(_)) => {}
            (own, other) => panic!("{key}: {own:?} {other:?}"),
        }
    }
    compared
}

fn value() -> impl Strategy<Value = Object> {
    let name = "[A-Za-z#()/ é]{1,9}".prop_map(|text: String| Name::from(text.as_str()));
    let leaf = prop_oneof![
        Just(Object::Null),
        any::<bool>().prop_map(Object::Boolean),
        any::<i32>().prop_map(Object::from),
        (-1e6..1e6_f64).prop_map(|value| Object::Real(Real::new(value))),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| PdfString::literal(bytes).into()),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| PdfString::hexadecimal(bytes).into()),
        name.clone().prop_map(Object::Name),
        (1..2_000_u32).prop_map(|number| Reference::new(number, 0).into()),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Object::Array),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|entries| Object::Dictionary(entries.into_iter().collect())),
        ]
    })
}

/// Adds values, a stream as it is, a compressed one, and a page of another document.
fn extended(bytes: &[u8], password: Option<&str>, values: &[Object], seed: u8) -> Vec<u8> {
    let document = Document::open_with_password(&bytes, password.unwrap_or_default()).unwrap();
    let mut increment = Increment::new(&document).with_seed([seed; 32]);
    for value in values {
        let place = increment.allocate();
        increment.put(place, value).unwrap();
    }
    let data = b"0 0 1 rg ".repeat(50);
    for stream in [Stream::new(Dictionary::new(), data.clone()), Stream::compressed(Dictionary::new(), data)]
    {
        let place = increment.allocate();
        increment.put(place, &stream.into()).unwrap();
    }
    let other = plain(SectionKind::Table);
    let other = Document::open(&other).unwrap();
    ImportedPage::read(&other.latest(), 0).unwrap().put(&mut increment).unwrap();
    let (page, mut dictionary) = document.latest().page(0).unwrap();
    dictionary.set("Rotate", 90);
    increment.put(page, &dictionary.into()).unwrap();
    increment.set_identifier([seed; 16]);
    [bytes, &increment.finish().unwrap().bytes].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_kind_of_file_reads_the_same(
        kind in prop::sample::select(&KINDS),
        revisions in prop::collection::vec(prop::collection::vec(value(), 0..5), 1..5),
    ) {
        let mut bytes = plain(kind);
        for (seed, values) in (1..).zip(&revisions) {
            bytes = extended(&bytes, None, values, seed);
        }
        // Three objects each, besides the values.
        prop_assert!(compare(&bytes, None) > 3 * revisions.len());
    }
}

#[test]
fn dozens_of_revisions_read_the_same() {
    for kind in KINDS {
        let mut bytes = plain(kind);
        for seed in 0..60 {
            bytes = extended(&bytes, None, &[Object::from(i32::from(seed))], seed);
        }
        assert_eq!(Document::open(&bytes).unwrap().revisions().len(), 61);
        assert!(compare(&bytes, None) > 60 * 4);
    }
}

#[test]
fn encrypted_files_read_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for name in ["rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf", "aes-256-streams.pdf"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let words = Object::from(PdfString::literal("some words"));
        let extended = extended(&bytes, Some("user"), &[words], 9);
        assert!(compare(&extended, Some("user")) > 6, "{name}");
    }
}
