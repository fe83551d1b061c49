//! Encrypted documents, as qpdf writes them (tests/fixtures/README.md).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::path::Path;

use chancery_pdf::{
    Ambiguity, Dictionary, Document, Increment, Name, Object, OpenedAs, PdfError, PdfString, Permission,
    Reference, SectionKind, Stream, UnsupportedEncryption,
};
use proptest::prelude::*;
use support::{CATALOG, HEADER, PAGE, PAGES, Update, append};

const FILES: [&str; 6] = ["rc4-40", "rc4-128", "aes-128", "aes-256-r5", "aes-256-r6", "aes-256-streams"];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name).with_extension("pdf")).unwrap()
}

fn dictionary(document: &Document<'_>, from: &Dictionary, key: &str) -> Dictionary {
    match document.latest().value(from, key).unwrap() {
        Object::Dictionary(found) => found,
        other => panic!("{other:?}"),
    }
}

fn string(dictionary: &Dictionary, key: &str) -> Vec<u8> {
    dictionary.get(key).and_then(Object::as_string).unwrap().as_bytes().to_vec()
}

/// Reads everything that was encrypted, and what must not have been.
fn check_contents(document: &Document<'_>) {
    let view = document.latest();
    let info = dictionary(document, view.trailer(), "Info");
    assert_eq!((string(&info, "Title"), string(&info, "Empty")), (b"a secret title".to_vec(), Vec::new()));
    let (_, page) = view.page(0).unwrap();
    let Object::Stream(contents) = view.value(&page, "Contents").unwrap() else { panic!() };
    assert_eq!(&*view.decoded(&contents, 1000).unwrap(), b"BT /F1 12 Tf (visible) Tj ET");
    let annotations = view.value(&page, "Annots").unwrap();
    let Object::Dictionary(field) = view.resolve(&annotations.as_array().unwrap()[0]).unwrap() else {
        panic!()
    };
    assert_eq!(string(&field, "T"), b"sig");
    let signature = dictionary(document, &field, "V");
    assert_eq!(string(&signature, "Contents"), [0x00, 0x11, 0x22, 0x33]);
    assert_eq!(string(&signature, "Reason"), b"because");
    assert_eq!(document.ambiguities(), []);
}

#[test]
fn both_passwords_open_every_kind() {
    for name in FILES {
        let bytes = fixture(name);
        for password in ["user", "owner"] {
            let document = Document::open_with_password(&bytes, password)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            check_contents(&document);
        }
    }
}

/// The files of the fixtures grant everything; qpdf made these with fewer rights.
#[test]
fn owner_and_user_are_told_apart() {
    for name in FILES {
        let bytes = fixture(name);
        let permissions = |password| {
            let document = Document::open_with_password(&bytes, password).unwrap();
            document.permissions().unwrap()
        };
        assert_eq!(permissions("owner").opened_as(), OpenedAs::Owner, "{name}");
        assert_eq!(permissions("user").opened_as(), OpenedAs::User, "{name}");
        assert_eq!(permissions("user").bits(), permissions("owner").bits(), "{name}");
        assert!(permissions("user").allows(Permission::CreateFields), "{name}");
    }
    // `qpdf --encrypt user owner 256 --form=n --modify-other=n --annotate=n --print=low --`, and of 40 bits.
    for name in ["read-only-256", "read-only-40"] {
        let bytes = fixture(name);
        let user = Document::open_with_password(&bytes, "user").unwrap().permissions().unwrap();
        for forbidden in [Permission::FillFields, Permission::CreateFields, Permission::Annotate] {
            assert!(!user.allows(forbidden), "{name} {forbidden:?}");
        }
        assert!(user.allows(Permission::Print), "{name}");
        let owner = Document::open_with_password(&bytes, "owner").unwrap().permissions().unwrap();
        assert!(owner.allows(Permission::CreateFields) && !owner.users_may(Permission::CreateFields));
    }
    let plain = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n\
        trailer\n<</Root 1 0 R /Size 2>>\nstartxref\n29\n%%EOF\n";
    assert_eq!(Document::open_with_password(&plain.as_slice(), "any").unwrap().permissions(), None);
}

#[test]
fn other_passwords_open_none() {
    for name in FILES {
        let bytes = fixture(name);
        for password in ["", "User", "user ", "owne", "ключ", &"x".repeat(1000)] {
            let refused = Document::open_with_password(&bytes, password).err();
            assert!(matches!(refused, Some(PdfError::WrongPassword)), "{name} {password}");
        }
        assert!(matches!(Document::open(&bytes).err(), Some(PdfError::Encrypted)), "{name}");
    }
}

#[test]
fn what_is_added_is_encrypted() {
    for name in FILES {
        let bytes = fixture(name);
        let document = Document::open_with_password(&bytes, "user").unwrap();
        let mut increment = Increment::new(&document).with_seed([42; 32]);
        let (text, data, signature) = (increment.allocate(), increment.allocate(), increment.allocate());
        let entries = [("Deep", Object::Array(vec![PdfString::literal("hidden words").into()]))];
        increment.put(text, &Object::Dictionary(entries.into_iter().collect())).unwrap();
        let stream = Stream::new(
            [("Note", PdfString::literal("hidden words"))].into_iter().collect(),
            b"hidden data".to_vec(),
        );
        increment.put(data, &stream.into()).unwrap();
        // A signature, whose body the caller writes: its /Contents stays plain, its other strings do not.
        let mut body = Dictionary::new();
        body.set("Contents", PdfString::hexadecimal([0xab, 0xcd]));
        body.set("ByteRange", Object::Array(vec![0.into(), 1.into()]));
        body.set("Reason", PdfString::literal("hidden words"));
        let body = Object::Dictionary(body);
        let encrypted = increment.encrypted(signature, &body).unwrap().into_owned();
        increment.put_raw(signature, encrypted.to_bytes());
        let appended = increment.finish().unwrap();
        let contains = |words: &[u8]| appended.bytes.windows(words.len()).any(|window| window == words);
        assert!(!contains(b"hidden") && contains(b"<abcd>"), "{name}");

        let updated = [bytes.as_slice(), &appended.bytes].concat();
        let again = Document::open_with_password(&updated, "owner").unwrap();
        check_contents(&again);
        let view = again.latest();
        assert_eq!(view.object(text).unwrap().to_bytes(), b"<</Deep [(hidden words)]>>");
        let Object::Stream(stream) = view.object(data).unwrap() else { panic!() };
        assert_eq!(&*view.raw(&stream).unwrap(), b"hidden data");
        assert_eq!(string(stream.dictionary(), "Note"), b"hidden words");
        assert_eq!(view.object(signature).unwrap(), body);
        assert_eq!(again.at(0).unwrap().trailer().get("Encrypt"), view.trailer().get("Encrypt"));
        let kind = if name == "aes-256-streams" { SectionKind::Stream } else { SectionKind::Table };
        assert!(again.revisions().iter().all(|revision| revision.kind == kind));
    }
}

#[test]
fn strings_of_aes_need_a_seed_and_never_share_a_vector() {
    let bytes = fixture("aes-128");
    let document = Document::open_with_password(&bytes, "user").unwrap();
    let object = Object::Array(vec![PdfString::literal("same").into(), PdfString::literal("same").into()]);
    let mut without = Increment::new(&document);
    assert!(matches!(without.put(Reference::new(90, 0), &object), Err(PdfError::SeedMissing)));
    let mut increment = Increment::new(&document).with_seed([1; 32]);
    let encrypted = increment.encrypted(Reference::new(90, 0), &object).unwrap().into_owned();
    let strings = encrypted.as_array().unwrap();
    assert_ne!(strings[0], strings[1]);
    // RC4 has no vectors.
    let bytes = fixture("rc4-128");
    let document = Document::open_with_password(&bytes, "user").unwrap();
    assert!(Increment::new(&document).put(Reference::new(90, 0), &object).is_ok());
}

#[test]
fn permissions_that_were_changed_are_refused() {
    for name in ["aes-256-r5", "aes-256-r6", "aes-256-streams", "rc4-40", "aes-128"] {
        let mut bytes = fixture(name);
        let at = bytes.windows(6).position(|window| window == b"/P -4 ").unwrap();
        bytes[at + 4] = b'8';
        let refused = Document::open_with_password(&bytes, "user").err();
        // In older files the permissions are part of the key.
        let expected = |error: &PdfError| {
            matches!(error, PdfError::WrongPassword | PdfError::Entry { key: "Perms", .. })
        };
        assert!(refused.as_ref().is_some_and(expected), "{name}: {refused:?}");
    }
}

#[test]
fn a_revision_that_drops_the_encryption_is_told() {
    let bytes = fixture("aes-128");
    let document = Document::open_with_password(&bytes, "user").unwrap();
    let mut increment = Increment::new(&document);
    increment.set_trailer("Encrypt", Object::Null);
    let updated = [bytes.as_slice(), &increment.finish().unwrap().bytes].concat();
    assert!(matches!(Document::open(&updated).err(), Some(PdfError::Encrypted)));
    let again = Document::open_with_password(&updated, "user").unwrap();
    assert!(matches!(again.ambiguities()[..], [Ambiguity::EncryptionChanged { .. }]));
}

/// The encryption dictionary of a fixture with some words changed, and what opening says.
fn refused(name: &str, old: &str, new: &str, password: Option<&str>) -> PdfError {
    let bytes = fixture(name);
    let at = bytes.windows(old.len()).position(|window| window == old.as_bytes()).unwrap();
    // The dictionary stands behind everything that offsets lead to but the table.
    let changed = [&bytes[..at], new.as_bytes(), &bytes[at + old.len()..]].concat();
    assert_eq!(changed.len(), bytes.len());
    match password {
        Some(password) => Document::open_with_password(&changed, password).err().unwrap(),
        None => Document::open(&changed).err().unwrap(),
    }
}

#[test]
fn what_is_not_supported_is_named() {
    use UnsupportedEncryption::{
        AesGcm, FilterMethod, FilterMissing, Handler, KeyLength, PublicKey, Version,
    };
    let cases = [
        (
            "rc4-128",
            "/Filter /Standard /Length",
            "/Filter /Strange! /Length",
            Handler { name: "Strange!".into() },
        ),
        ("rc4-128", "/Filter /Standard /Length 128 ", "/Filter /Adobe.PubSec /L 123  ", PublicKey),
        ("rc4-128", "/V 2", "/V 3", Version { version: 3, revision: 3 }),
        ("rc4-128", "/R 3", "/R 9", Version { version: 2, revision: 9 }),
        ("rc4-128", "/V 2", "/V 6", AesGcm),
        ("aes-256-r6", "/R 6", "/R 7", AesGcm),
    ];
    for (name, old, new, expected) in cases {
        // Nobody is asked for a password that would not help.
        for password in [None, Some("user")] {
            let error = refused(name, old, new, password);
            assert!(
                matches!(&error, PdfError::UnsupportedEncryption { what } if *what == expected),
                "{new}: {error}"
            );
        }
    }
    let cases = [
        ("aes-256-r6", "/CFM /AESV3", "/CFM /AESV4", AesGcm),
        ("aes-256-r6", "/CFM /AESV3", "/CFM /AESV9", FilterMethod { method: "AESV9".into() }),
        ("aes-256-r6", "/StmF /StdCF", "/StmF /Other", FilterMissing { name: "Other".into() }),
        ("rc4-128", "/Length 128", "/Length 129", KeyLength { bits: Some(129) }),
    ];
    for (name, old, new, expected) in cases {
        let error = refused(name, old, new, Some("user"));
        assert!(
            matches!(&error, PdfError::UnsupportedEncryption { what } if *what == expected),
            "{new}: {error}"
        );
    }
}

#[test]
fn passwords_in_other_spellings_open() {
    let bytes = fixture("prepared-password");
    for password in ["IXx", "\u{2168}x", "I\u{ad}X\u{ff58}"] {
        check_contents(&Document::open_with_password(&bytes, password).unwrap());
    }
    assert!(matches!(Document::open_with_password(&bytes, "IX x").err(), Some(PdfError::WrongPassword)));
    let bytes = fixture("pdf-doc-password");
    check_contents(&Document::open_with_password(&bytes, "•€").unwrap());
}

#[test]
fn streams_may_choose_how_they_are_encrypted() {
    let bytes = fixture("aes-256-streams");
    let document = Document::open_with_password(&bytes, "user").unwrap();
    let mut increment = Increment::new(&document).with_seed([5; 32]);
    let filter = |name: &str| -> Dictionary {
        let parameters: Dictionary = [("Name", Name::from(name))].into_iter().collect();
        let mut entries = Dictionary::new();
        entries.set(
            "Filter",
            Object::Array(vec![Name::from("Crypt").into(), Name::from("ASCIIHexDecode").into()]),
        );
        entries.set("DecodeParms", Object::Array(vec![parameters.into(), Object::Null]));
        entries
    };
    let data = b"776f726473>".to_vec();
    let [plain, chosen, indirect, list] = [(); 4].map(|()| increment.allocate());
    increment.put(plain, &Stream::new(filter("Identity"), data.clone()).into()).unwrap();
    increment.put(chosen, &Stream::new(filter("StdCF"), data.clone()).into()).unwrap();
    let unknown = Object::from(Stream::new(filter("Unknown"), data.clone()));
    assert!(matches!(
        increment.put(indirect, &unknown),
        Err(PdfError::UnsupportedEncryption { what: UnsupportedEncryption::FilterMissing { .. } })
    ));
    let appended = increment.finish().unwrap().bytes;
    let count = |bytes: &[u8]| bytes.windows(data.len()).filter(|window| *window == data).count();
    assert_eq!(count(&appended), 1);
    let mut updated = [bytes.as_slice(), &appended].concat();

    // The same, but the name of the filter stands elsewhere.
    let document = Document::open_with_password(&updated, "user").unwrap();
    let mut increment = Increment::new(&document).with_seed([6; 32]);
    increment.put(list, filter("Identity").get("Filter").unwrap()).unwrap();
    increment.put_raw(
        indirect,
        [
            b"<</Filter ".as_slice(),
            list.to_string().as_bytes(),
            b" /Length 11>>\nstream\n",
            &data,
            b"\nendstream",
        ]
        .concat(),
    );
    updated.extend(increment.finish().unwrap().bytes);
    let document = Document::open_with_password(&updated, "owner").unwrap();
    for reference in [plain, chosen, indirect] {
        let Object::Stream(stream) = document.latest().object(reference).unwrap() else { panic!() };
        assert_eq!(&*document.latest().decoded(&stream, 100).unwrap(), b"words", "{reference}");
    }
}

/// Strings and streams of a document may be left alone (`/Identity`) although it has a password.
#[test]
fn what_the_document_leaves_alone_is_not_decrypted() {
    let original = fixture("aes-128");
    let document = Document::open_with_password(&original, "user").unwrap();
    let trailer = document.latest().trailer();
    let Object::Dictionary(mut encryption) = document.latest().value(trailer, "Encrypt").unwrap() else {
        panic!()
    };
    encryption.remove("StmF");
    encryption.set("StrF", Name::from("Identity"));
    let trailer = format!(
        "/Root 1 0 R /ID {} /Encrypt 8 0 R",
        String::from_utf8(trailer.get("ID").unwrap().to_bytes()).unwrap()
    );
    let encryption = Object::from(encryption).to_bytes();
    let encryption: String = encryption.iter().map(|&byte| char::from(byte)).collect();
    assert!(encryption.is_ascii());
    let mut bytes = HEADER.to_vec();
    let stream = "<</Length 5 /Text (words)>>\nstream\nwords\nendstream";
    let objects = [CATALOG, PAGES, PAGE, (4, 0, stream), (8, 0, encryption.as_str())];
    append(
        &mut bytes,
        &Update { objects: &objects, free: &[(0, 65535)], trailer: &trailer, ..Update::default() },
    );
    let document = Document::open_with_password(&bytes, "user").unwrap();
    let Object::Stream(stream) = document.latest().object(Reference::new(4, 0)).unwrap() else { panic!() };
    assert_eq!(&*document.latest().decoded(&stream, 100).unwrap(), b"words");
    assert_eq!(string(stream.dictionary(), "Text"), b"words");
    assert!(matches!(Document::open_with_password(&bytes, "").err(), Some(PdfError::WrongPassword)));
}

#[test]
fn what_is_protected_against_changes_is_read_but_not_extended() {
    let bytes = fixture("aes-256-r6");
    let document = Document::open_with_password(&bytes, "user").unwrap();
    let mut increment = Increment::new(&document);
    let code: Dictionary = [("MACLocation", Name::from("Standalone"))].into_iter().collect();
    increment.set_trailer("AuthCode", code);
    let protected = [bytes.as_slice(), &increment.finish().unwrap().bytes].concat();
    let document = Document::open_with_password(&protected, "user").unwrap();
    check_contents(&document);
    assert!(matches!(Increment::new(&document).finish(), Err(PdfError::IntegrityProtected)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_never_panic(
        file in prop::sample::select(&FILES),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = fixture(file);
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(document) = Document::open_with_password(&bytes, "user") {
            for reference in document.latest().references().unwrap_or_default() {
                if let Ok(Object::Stream(stream)) = document.latest().object(reference) {
                    let _ = document.latest().decoded(&stream, 1 << 20);
                }
            }
        }
    }
}
