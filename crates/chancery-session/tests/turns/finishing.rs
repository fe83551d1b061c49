//! The final document.

use chancery_ades::Indication;
use chancery_digest::{BlobId, Source};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_session::SessionError;
use chancery_testkit::TestPki;
use chancery_workflow::*;

use crate::office::*;

/// The seal of the final document, and what is none.
#[test]
fn the_final_document_is_what_was_signed_with_something_appended_that_passes() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    office.signs(envelope, ALICE, 0);
    let state = office.state(envelope);
    let pdf = office.document(envelope);
    let (desk, now) = (office.desk(), office.now.get());
    // As it is.
    let plain = desk.artifact(&state, DOCUMENT, &pdf, now).unwrap();
    assert_eq!(Some(plain.digest), state.content(DOCUMENT));
    // Sealed.
    let seal = office.seal();
    let sealed = PdfSigner::new(&seal, now).sign(&pdf).unwrap().to_vec().unwrap();
    let artifact = desk.artifact(&state, DOCUMENT, &sealed, now).unwrap();
    assert_eq!(artifact.digest, ContentDigest::from_bytes(*BlobId::of(&sealed).as_bytes()));
    assert_eq!(artifact.name, text("lease.pdf"));
    assert!(desk.open(artifact.digest).is_ok());
    // A person's, who signs in a turn or not at all.
    let persons = PdfSigner::new(office.key(1), now).sign(&pdf).unwrap().to_vec().unwrap();
    let refused = desk.artifact(&state, DOCUMENT, &persons, now).unwrap_err();
    assert!(matches!(refused, SessionError::NotASeal { .. }), "{refused}");
    // By a stranger; over another document; the original without the signature.
    let stranger = TestPki::at(noon()).issue(of_organisation("Mallory Ltd")).signer();
    let strange = PdfSigner::new(&stranger, now).sign(&pdf).unwrap().to_vec().unwrap();
    assert!(matches!(desk.artifact(&state, DOCUMENT, &strange, now), Err(SessionError::NotPassed { .. })));
    for other in [contract(), contract_of("Another lease")] {
        let other = PdfSigner::new(&seal, now).sign(&other).unwrap().to_vec().unwrap();
        let refused = desk.artifact(&state, DOCUMENT, &other, now);
        assert!(matches!(refused, Err(SessionError::NotItsSuccessor { .. })), "{refused:?}");
    }
    // Something appended that nobody signed, and that changes what was.
    let tampered = tampered(&pdf);
    let refused = desk.artifact(&state, DOCUMENT, &tampered, now).unwrap_err();
    assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    // The signature taken out, and bytes behind the end.
    let taken_out = revised(&pdf, |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.remove("AcroForm");
        increment.put(root, &catalog.into()).unwrap();
    });
    let followed = [&pdf[..], b"% and so on\n"].concat();
    for harmed in [taken_out, followed] {
        let refused = desk.artifact(&state, DOCUMENT, &harmed, now).unwrap_err();
        assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    }
    // The key of the seal is the same for every attempt at the same content.
    assert_eq!(state.seal_key(), office.state(envelope).seal_key());
}

/// Whoever only finishes a document fills in nothing, though a signer might; and what nobody signed comes back as it is.
#[test]
fn finishing_a_document_changes_nothing_in_it() {
    let office = Office::new();
    let (now, seal) = (noon(), office.seal());
    let sealed = |pdf: &Vec<u8>| PdfSigner::new(&seal, now).sign(pdf).unwrap().to_vec().unwrap();
    let form = revised(&contract(), |document, increment| {
        let place = increment.allocate();
        increment.put(place, &dictionary("<</FT/Tx/T(Price)/V(1000)>>").into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        let mut form = dictionary("<</DA(/Helv 0 Tf 0 g)>>");
        form.set("Fields", chancery_pdf::Object::Array(vec![place.into()]));
        catalog.set("AcroForm", form);
        increment.put(root, &catalog.into()).unwrap();
    });
    let envelope = office.sent(&form, 1);
    office.signs(envelope, ALICE, 0);
    let (state, pdf) = (office.state(envelope), office.document(envelope));
    let artifact = |pdf: &Vec<u8>| office.desk().artifact(&state, DOCUMENT, pdf, now);
    artifact(&sealed(&pdf)).unwrap();
    let filled = revised(&pdf, |document, increment| {
        let view = document.latest();
        let (_, catalog) = view.catalog().unwrap();
        let form = view.value(&catalog, "AcroForm").unwrap().as_dictionary().unwrap().clone();
        let place = form.get("Fields").unwrap().as_array().unwrap()[0].as_reference().unwrap();
        increment.put(place, &dictionary("<</FT/Tx/T(Price)/V(9000)>>").into()).unwrap();
    });
    let filled = sealed(&filled);
    let report = PdfVerifier::new(&office.policy).verify_at(&filled, now).unwrap();
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "a signer may do it: {report}");
    let refused = artifact(&filled).unwrap_err();
    assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");

    let mut draft = office.draft(&contract(), 1);
    draft.parties[0].role = Role::Acknowledge;
    draft.fields.clear();
    let unsigned = office.state(office.create(draft));
    let artifact = |pdf: &Vec<u8>| office.desk().artifact(&unsigned, DOCUMENT, pdf, now);
    artifact(&contract()).unwrap();
    for changed in [tampered(&contract()), sealed(&tampered(&contract())), sealed(&contract())] {
        assert!(matches!(artifact(&changed), Err(SessionError::NobodySigned { .. })));
    }
}

fn revised(
    pdf: &dyn Source,
    change: impl FnOnce(&chancery_pdf::Document<'_>, &mut chancery_pdf::Increment<'_>),
) -> Vec<u8> {
    let document = chancery_pdf::Document::open(pdf).unwrap();
    let mut increment = chancery_pdf::Increment::new(&document);
    change(&document, &mut increment);
    [pdf.as_slice().unwrap(), &increment.finish().unwrap().bytes].concat()
}

fn dictionary(text: &str) -> chancery_pdf::Dictionary {
    match chancery_pdf::Object::parse(text.as_bytes()).unwrap().0 {
        chancery_pdf::Object::Dictionary(dictionary) => dictionary,
        other => panic!("{other:?}"),
    }
}

/// The first page shows something else.
fn tampered(pdf: &dyn Source) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let (place, mut page) = document.latest().page(0).unwrap();
        page.remove("Contents");
        increment.put(place, &page.into()).unwrap();
    })
}
