//! The form of signatures, what made them, which extensions of PDF they declare, what they survive in storage, and which
//! documents are refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_digest::{DigestAlgorithm, Source};
use chancery_key::{KeyKind, Password, SignatureAlgorithm, Signer, SoftwareSigner};
use chancery_pades::{
    ChangesAllowed, FieldLock, NotPermitted, PadesError, PdfSigner, SignatureForm, StoredPdf,
};
use chancery_pdf::{Dictionary, Document, Object};
use support::{
    assert_passed, contract, dictionary, edit_catalog, kinds, now, pki, revised, signatures, signed, stream,
    verify, with_catalog,
};

fn extensions(pdf: &dyn Source) -> Object {
    let document = Document::open(pdf).unwrap();
    let (_, catalog) = document.latest().catalog().unwrap();
    catalog.get("Extensions").cloned().unwrap_or(Object::Null)
}

#[test]
fn the_older_form_passes_and_says_when_it_was_signed() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signed =
        PdfSigner::new(&alice, now()).form(SignatureForm::AdobePkcs7).sign(&contract()).map(|signed| {
            assert_eq!(signed.message().signers()[0].signing_time(), Some(now()));
            signed.to_vec().unwrap()
        });
    let signed = signed.unwrap();
    let (_, _, dictionary) = signatures(&signed).remove(0);
    assert_eq!(dictionary.get("SubFilter").and_then(Object::as_name).unwrap(), "adbe.pkcs7.detached");
    assert_passed(&verify(&pki, &signed), 1);
    assert!(extensions(&signed).is_null(), "it is as old as PDF 1.3");
    let pades =
        PdfSigner::new(&alice, now()).sign(&contract()).unwrap().message().signers()[0].signing_time();
    assert_eq!(pades, None, "EN 319 142-1, 6.3");
}

#[test]
fn the_application_is_named_in_the_signature() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let signed = PdfSigner::new(&alice, now()).application("Ärzte & Co", "4.2 (é)").sign(&pdf);
    let (_, _, signature) = signatures(&signed.unwrap().to_vec().unwrap()).remove(0);
    let properties = signature.get("Prop_Build").and_then(Object::as_dictionary).unwrap();
    let application = properties.get("App").and_then(Object::as_dictionary).unwrap();
    assert_eq!(application.get("Name").and_then(Object::as_name).unwrap().as_str(), Some("Ärzte & Co"));
    assert_eq!(support::text(application, "REx"), "4.2 (é)");
}

fn with_version(version: &str) -> Vec<u8> {
    with_catalog(&contract(), &format!("<</Version/{version}>>"))
}

fn old() -> Vec<u8> {
    let mut old = contract();
    old[5..8].copy_from_slice(b"1.4");
    old
}

fn levels(extensions: &Object, prefix: &str) -> Vec<i64> {
    let level =
        |one: &Object| one.as_dictionary().unwrap().get("ExtensionLevel").unwrap().as_integer().unwrap();
    match extensions.as_dictionary().and_then(|extensions| extensions.get(prefix)) {
        None => Vec::new(),
        Some(Object::Array(all)) => all.iter().map(level).collect(),
        Some(one) => vec![level(one)],
    }
}

/// A document, who signs it, and the levels of ETSI and ISO that are declared.
type Declared<'r> = (&'r str, Vec<u8>, SoftwareSigner, &'r [i64], &'r [i64]);

#[test]
fn what_a_version_does_not_know_is_declared() {
    let pki = pki();
    let rita = || pki.signer("Rita", KeyKind::Rsa { bits: 2048 });
    let rsa = |digest| rita().with_algorithm(SignatureAlgorithm::RsaPkcs1v15(digest)).unwrap();
    let (sha2, sha3) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha3_384);
    let signer = |kind| pki.signer("Alice", kind);
    let rows: [Declared<'_>; 10] = [
        ("RSA in 1.4", old(), rsa(sha2), &[], &[]),
        ("RSA in 1.7", contract(), rsa(sha2), &[2], &[]),
        ("RSA in 2.0", with_version("2.0"), rsa(sha2), &[], &[]),
        ("SHA-3 in 1.7", contract(), rsa(sha3), &[2], &[32001]),
        ("SHA-3 in 2.0", with_version("2.0"), rsa(sha3), &[], &[32001]),
        ("P-256 in 1.7", contract(), signer(KeyKind::P256), &[2], &[]),
        ("P-256 in 2.0", with_version("2.0"), signer(KeyKind::P256), &[], &[32002]),
        ("brainpool in 2.0", with_version("2.0"), signer(KeyKind::BrainpoolP384r1), &[], &[32002]),
        ("Ed25519 in 1.7", contract(), signer(KeyKind::Ed25519), &[2], &[32002]),
        ("Ed25519 in 2.0", with_version("2.0"), signer(KeyKind::Ed25519), &[], &[32002]),
    ];
    for (name, pdf, signer, esic, iso) in rows {
        let signed = PdfSigner::new(&signer, now()).sign(&pdf).unwrap().to_vec().unwrap();
        let found = extensions(&signed);
        assert_eq!(
            (levels(&found, "ESIC").as_slice(), levels(&found, "ISO_").as_slice()),
            (esic, iso),
            "{name}"
        );
        assert_passed(&verify(&pki, &signed), 1);
        // Once is enough: the next signature leaves them as they are.
        let twice = PdfSigner::new(&signer, now()).sign(&signed).unwrap();
        assert_eq!(extensions(&twice), found, "{name}");
        assert_passed(&verify(&pki, &twice), 2);
    }
}

#[test]
fn what_is_declared_already_stays() {
    let pki = pki();
    let eddy = pki.signer("Eddy", KeyKind::Ed25519);
    let rows: [(&str, &[i64], &[i64]); 6] = [
        ("<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>", &[5], &[32002]),
        ("<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>", &[2], &[32002]),
        ("<</ISO_<</BaseVersion/2.0/ExtensionLevel 32001>>>>", &[2], &[32001, 32002]),
        ("<</ISO_<</BaseVersion/2.0/ExtensionLevel 32002>>>>", &[2], &[32002]),
        ("<</ISO_[<</ExtensionLevel 32003>><</ExtensionLevel 32002>>]>>", &[2], &[32003, 32002]),
        ("<</ISO_[<</ExtensionLevel 32003>>]>>", &[2], &[32003, 32002]),
    ];
    for (declared, esic, iso) in rows {
        let pdf = with_catalog(&contract(), &format!("<</Extensions{declared}>>"));
        let found = extensions(&PdfSigner::new(&eddy, now()).sign(&pdf).unwrap());
        let levels = (levels(&found, "ESIC"), levels(&found, "ISO_"));
        assert_eq!((levels.0.as_slice(), levels.1.as_slice()), (esic, iso), "{declared}");
    }
    // In an object of its own, which no standard allows: it is left to its producer.
    let pdf = revised(&contract(), |document, increment| {
        let place = increment.allocate();
        increment.put(place, &Dictionary::new().into()).unwrap();
        edit_catalog(document, increment, |catalog| catalog.set("Extensions", place));
    });
    let signed = PdfSigner::new(&eddy, now()).sign(&pdf).unwrap();
    assert_eq!(extensions(&signed), extensions(&pdf));
}

#[test]
fn everything_asked_for_survives_storage() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let signer = || PdfSigner::without_key(alice.chain(), alice.algorithm(), now());
    let names = || vec!["Zoë".to_owned(), "Signature1".to_owned()];
    let signers = [
        signer(),
        signer().certify(ChangesAllowed::None),
        signer().certify(ChangesAllowed::FormFilling).lock(FieldLock::All),
        signer().lock(FieldLock::AllExcept(names())).allow_only(ChangesAllowed::Annotations),
        signer().lock(FieldLock::Only(vec!["Signature1".to_owned()])),
        signer().lock(FieldLock::Only(Vec::new())).form(SignatureForm::AdobePkcs7),
        signer().form(SignatureForm::Cades).application("App", ""),
    ];
    let mut stored: Vec<Vec<u8>> = Vec::new();
    for signer in signers {
        let prepared = signer.prepare(&pdf).unwrap();
        let bytes = prepared.to_bytes();
        let again = StoredPdf::from_bytes(&bytes).unwrap().with(&pdf).unwrap();
        assert_eq!(again.to_be_signed().bytes(), prepared.to_be_signed().bytes());
        assert_eq!(again.to_bytes(), bytes);
        let value = alice.sign(again.to_be_signed()).unwrap();
        assert_passed(&verify(&pki, &again.finish(value).unwrap()), 1);
        stored.push(bytes);
    }
    let different: std::collections::HashSet<_> = stored.iter().collect();
    assert_eq!(different.len(), stored.len());
}

/// A file of the tests of `chancery-pdf`, encrypted by qpdf.
fn encrypted(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn users_do_what_the_encryption_permits_and_owners_everything() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let sign = |name: &str, password: &str, field: &str| {
        let pdf = encrypted(name);
        let signer = PdfSigner::new(&alice, now()).password(Password::from(password), [7; 32]).field(field);
        signer.sign(&pdf).map(|signed| signed.to_vec().unwrap().len())
    };
    for name in ["read-only-256.pdf", "read-only-40.pdf"] {
        let error = sign(name, "user", "New").err().unwrap();
        assert!(matches!(error, PadesError::NotPermitted { .. }), "{name}: {error}");
        assert!(error.to_string().contains("owner"), "{error}");
        assert!(sign(name, "owner", "New").is_ok(), "{name}");
    }
    let pdf = encrypted("read-only-256.pdf");
    let user = || Password::from("user");
    let signer = PdfSigner::without_key(alice.chain(), alice.algorithm(), now()).password(user(), [7; 32]);
    let prepared = signer.not_permitted(NotPermitted::Sign).prepare(&pdf).unwrap();
    let again = StoredPdf::from_bytes(&prepared.to_bytes()).unwrap().with_password(&pdf, user()).unwrap();
    assert_eq!(again.to_be_signed().bytes(), prepared.to_be_signed().bytes(), "the choice is stored");
    for name in ["aes-256-r6.pdf", "rc4-40.pdf"] {
        assert!(sign(name, "user", "New").is_ok(), "{name}");
    }
}

/// A document with an XFA form of this configuration and template, and fields or none.
fn xfa(configuration: &str, template: &str, fields: &str) -> Vec<u8> {
    revised(&contract(), |document, increment| {
        let [config, body, field] = [(); 3].map(|()| increment.allocate());
        increment.put(config, &stream("<<>>", configuration.as_bytes())).unwrap();
        increment.put(body, &stream("<<>>", template.as_bytes())).unwrap();
        increment.put(field, &dictionary("<</FT/Tx/T(Name)>>").into()).unwrap();
        let fields = fields.replace("FIELD", &format!("{} 0 R", field.number));
        let form = format!(
            "<</Fields[{fields}]/XFA[(preamble)(x)(config){} 0 R(template){} 0 R]>>",
            config.number, body.number
        );
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", dictionary(&form)));
    })
}

#[test]
fn dynamic_forms_are_refused_and_static_ones_signed() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let outcome =
        |pdf: &Vec<u8>| PdfSigner::new(&alice, now()).sign(pdf).map(|signed| signed.to_vec().unwrap());
    let dynamic = "<config><acrobat7><dynamicRender>required</dynamicRender></acrobat7></config>";
    let template = "<template><subform><field name=\"Name\"/></subform></template>";
    for pdf in [
        with_catalog(&contract(), "<</NeedsRendering true>>"),
        xfa(dynamic, template, "FIELD"),
        xfa("<config/>", template, ""),
    ] {
        let error = outcome(&pdf).err().unwrap();
        assert!(matches!(error, PadesError::DynamicXfa { .. }), "{error}");
    }
    let fixed = dynamic.replace("required", "forbidden");
    for (pdf, told) in [
        (xfa(&fixed, template, "FIELD"), true),
        (xfa(&fixed, "<template/>", ""), true),
        (with_catalog(&contract(), "<</NeedsRendering false>>"), false),
    ] {
        let report = verify(&pki, &outcome(&pdf).unwrap());
        assert_passed(&report, 1);
        assert_eq!(kinds(&report).contains(&"xfa-form"), told, "{report}");
    }
}

#[test]
fn a_refusal_costs_nothing_of_the_document() {
    let pki = pki();
    let pdf = signed(&pki, &contract());
    let alice = pki.signer("Alice", KeyKind::P256);
    let error = PdfSigner::new(&alice, now()).certify(ChangesAllowed::None).prepare(&pdf).err().unwrap();
    assert!(error.to_string().contains("Signature1"), "{error}");
}
