//! What a document still permits, asked beforehand, is what the signer answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_drawing::{Font, Rectangle};
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{
    Appearance, ChangesAllowed, FieldLock, FurtherSignatures, LastingPdf, PadesError, PdfSigner, Place,
    StillPermitted,
};
use support::{authority, contract, now, pki, rng, with_catalog, with_field};

fn form() -> Vec<u8> {
    let fields = "<</FT/Sig/T(Seller)>>";
    let one = with_field(&contract(), fields);
    support::revised(&one, |document, increment| {
        let places: Vec<_> = ["<</FT/Sig/T(Buyer)>>", "<</FT/Tx/T(Price)>>"]
            .iter()
            .map(|field| {
                let place = increment.allocate();
                increment.put(place, &support::dictionary(field).into()).unwrap();
                place
            })
            .collect();
        support::edit_catalog(document, increment, |catalog| {
            let form = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
            let mut fields = form.get("Fields").unwrap().as_array().unwrap().to_vec();
            fields.extend(places.into_iter().map(chancery_pdf::Object::Reference));
            let mut form = form;
            form.set("Fields", chancery_pdf::Object::Array(fields));
            catalog.set("AcroForm", form);
        });
    })
}

/// The catalog says something twice.
fn twice_keyed() -> Vec<u8> {
    support::revised(&contract(), |document, increment| {
        let (root, catalog) = document.latest().catalog().unwrap();
        let body = String::from_utf8(chancery_pdf::Object::from(catalog).to_bytes()).unwrap();
        let body = body.replacen("<<", "<</AcroForm<</Fields[]>>/AcroForm<</Fields[]>>", 1);
        increment.put_raw(root, body.into_bytes());
    })
}

fn only(names: &[&str]) -> FieldLock {
    FieldLock::Only(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Documents of every kind of rule.
fn documents(alice: &SoftwareSigner) -> Vec<(&'static str, Vec<u8>)> {
    let signer = || PdfSigner::new(alice, now());
    let of = |signer: PdfSigner<'_, &SoftwareSigner>| signer.sign(&form()).unwrap().to_vec().unwrap();
    let except = FieldLock::AllExcept(vec!["Buyer".to_owned(), "Price".to_owned()]);
    vec![
        ("plain", contract()),
        ("a form", form()),
        ("signed", of(signer())),
        ("no changes", of(signer().certify(ChangesAllowed::None))),
        ("forms only", of(signer().certify(ChangesAllowed::FormFilling))),
        ("annotations", of(signer().certify(ChangesAllowed::Annotations))),
        ("all locked", of(signer().field("Seller").lock(FieldLock::All))),
        ("one locked", of(signer().field("Seller").lock(only(&["Buyer"])))),
        ("all but", of(signer().field("Seller").lock(except))),
        ("closed", of(signer().field("Seller").allow_only(ChangesAllowed::None))),
        ("dynamic XFA", with_catalog(&form(), "<</NeedsRendering true>>")),
        ("ambiguous", twice_keyed()),
    ]
}

#[test]
fn what_is_said_beforehand_is_what_the_signer_answers() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let font = Font::parse(chancery_font::latin()).unwrap();
    let place = Place::on_last_page().at(Rectangle { x: 72.0, y: 72.0, width: 200.0, height: 60.0 });
    for (name, pdf) in documents(&alice) {
        let permitted = StillPermitted::of(&pdf).unwrap();
        for field in ["Seller", "Buyer", "Price", "New", "Signature1", "Signature2"] {
            let unseen = PdfSigner::new(&bob, now()).field(field).prepare(&pdf).map(|_| ());
            let said = permitted.may_sign(field);
            assert_eq!(text(&said), text(&unseen), "{name}: {field}");
            let seen = Appearance::at(place).font(&font);
            match PdfSigner::new(&bob, now()).field(field).appearance(seen).prepare(&pdf) {
                // It lies where its author put it, which is nowhere here.
                Err(PadesError::FieldHasPlace { .. }) => {}
                seen => {
                    assert_eq!(text(&permitted.may_show(field)), text(&seen.map(|_| ())), "{name}: {field}");
                }
            }
        }
        let new = PdfSigner::new(&bob, now()).prepare(&pdf).map(|_| ());
        match permitted.signatures() {
            Ok(FurtherSignatures::Any) => assert!(new.is_ok(), "{name}: {new:?}"),
            Ok(FurtherSignatures::OnlyIn(fields)) => {
                assert!(new.is_err(), "{name}");
                assert!(!fields.is_empty(), "{name}");
                for field in fields {
                    PdfSigner::new(&bob, now()).field(&field).prepare(&pdf).unwrap();
                }
            }
            Err(why) => assert_eq!(text(&Err(why)), text(&new), "{name}"),
        }
    }
}

fn text(answer: &Result<(), PadesError>) -> String {
    answer.as_ref().map_or_else(ToString::to_string, |()| "yes".to_owned())
}

#[test]
fn fields_are_filled_only_where_nobody_forbids_it() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let asked = |name: &str, field: &str| {
        let documents = documents(&alice);
        let (_, pdf) = documents.iter().find(|(known, _)| *known == name).unwrap();
        StillPermitted::of(pdf).unwrap().may_fill(field).is_ok()
    };
    for (name, price, buyer, unknown) in [
        ("plain", true, true, true),
        ("a form", true, true, true),
        ("signed", true, true, false),
        ("no changes", false, false, false),
        ("forms only", true, true, false),
        ("all locked", false, false, false),
        ("one locked", true, false, false),
        ("all but", true, true, false),
        ("closed", false, false, false),
        ("dynamic XFA", false, false, false),
    ] {
        let found = (asked(name, "Price"), asked(name, "Buyer"), asked(name, "Unknown"));
        assert_eq!(found, (price, buyer, unknown), "{name}");
    }
}

#[test]
fn timestamps_forbid_nothing_and_count_as_signed() {
    let pki = pki();
    let pdf = form();
    assert!(!StillPermitted::of(&pdf).unwrap().is_signed());
    let stamped = LastingPdf::new(&pdf).timestamp(&authority(&pki), &mut rng()).unwrap();
    let permitted = StillPermitted::of(&stamped).unwrap();
    assert_eq!(permitted.signatures().unwrap(), FurtherSignatures::Any);
    assert!(permitted.is_signed());
    assert!(permitted.may_fill("Price").is_ok() && permitted.may_fill("Other").is_err());
}
