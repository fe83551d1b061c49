//! Every level, step by step, on our own signatures and on others'.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

#[path = "support/office.rs"]
mod office;
mod support;

use std::collections::BTreeSet;

use chancery_ades::{Indication, SignatureLevel};
use chancery_cades::{CadesError, Holder, LongTermEvidence, LongTermStep};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests, LegacyDigest, Source};
use chancery_http::Transport;
use chancery_key::KeyKind;
use chancery_pades::{LastingPdf, PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::{Dictionary, Document, Increment, Object, Reference};
use chancery_testkit::{Profile, RevocationReason, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, MatchingToken, TimestampInfo};
use office::{DAY, Office, levels};
use support::{
    authority, contract, dictionary, indications, kinds, list, now, policy, revised, rng, shapes, stream,
    with_catalog,
};

/// The store of a document, and its streams by the names of the lists.
fn store(pdf: &dyn Source) -> Dictionary {
    let document = Document::open(pdf).unwrap();
    let (_, catalog) = document.latest().catalog().unwrap();
    document.latest().value(&catalog, "DSS").unwrap().as_dictionary().unwrap().clone()
}

fn entries(pdf: &dyn Source, of: &Dictionary, key: &str) -> Vec<Vec<u8>> {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let array = view.value(of, key).unwrap();
    let bytes = |element: &Object| {
        let object = view.resolve(element).unwrap();
        view.decoded(object.as_stream().unwrap(), 1 << 20).unwrap().into_owned()
    };
    array.as_array().unwrap_or_default().iter().map(bytes).collect()
}

/// What the store keeps for one signature, which is an object of its own.
fn named(pdf: &dyn Source, signature: &str) -> Object {
    let store = store(pdf);
    let by_signature = store.get("VRI").and_then(Object::as_dictionary).unwrap();
    let place = by_signature.get(signature).and_then(Object::as_reference).unwrap();
    Document::open(pdf).unwrap().latest().object(place).unwrap()
}

fn contents(pdf: &dyn Source, field: &str) -> Vec<u8> {
    let signatures = support::signatures(pdf);
    let (_, _, signature) = signatures.iter().find(|(name, ..)| name == field).unwrap();
    signature.get("Contents").and_then(Object::as_string).unwrap().as_bytes().to_vec()
}

fn sha1(bytes: &[u8]) -> String {
    LegacyDigest::Sha1.digest(bytes).to_string().to_uppercase()
}

#[test]
fn each_step_makes_its_level_in_files_of_every_shape() {
    for (shape, pdf) in shapes() {
        let office = Office::open();
        let stamped = office.stamped(&pdf);
        let preserved = office.preserved(&stamped.lasting());
        let archived = office.archived(&preserved);
        let steps: [&dyn Source; 3] = [&stamped, &preserved, &archived];
        let [stamped, preserved, archived] = steps.map(|step| step.read_range(0..step.len()).unwrap());
        assert!(preserved.starts_with(&stamped) && archived.starts_with(&preserved), "{shape}");
        let report = office.judge(&preserved.into_owned());
        assert_eq!(levels(&report), [Some(SignatureLevel::LongTerm)], "{shape}");
        assert_eq!(indications(&report), [Indication::TotalPassed], "{shape} {report}");
        let archived = archived.into_owned();
        let report = office.judge(&archived);
        assert_eq!(levels(&report)[0], Some(SignatureLevel::Archive), "{shape}");
        // The newest timestamp itself is judged without evidence for it.
        assert_eq!(
            report.signatures()[0].verdict().indication(),
            Indication::TotalPassed,
            "{shape} {report}"
        );
        let document = Document::open(&archived).unwrap();
        assert_eq!(document.ambiguities(), [], "{shape}");
        let before = Document::open(&pdf).unwrap().revisions().len();
        assert_eq!(document.revisions().len(), before + 3, "{shape}");
    }
}

/// A timestamp by an authority whose certificate lasts nearly as long as that of its issuer.
fn archived_for_long<'s>(office: &Office, pdf: &LastingPdf<'s>) -> LastingPdf<'s> {
    let end = office.pki.intermediate().not_after() - DAY;
    let profile = Profile::timestamp_authority("Lasting Stamps", KeyKind::P256).valid(now() - DAY, end);
    let tsa = office.pki.issue(profile);
    office.wait();
    let prepared = pdf.prepare_archive(DigestAlgorithm::Sha256).unwrap();
    let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, *prepared.digest(), &[7], office.pki.now());
    let responder = Responder::new(tsa.signer(), oid::TIMESTAMP_POLICY);
    let token = responder.sign(&info, CertificateRequest::Include).unwrap();
    let token = MatchingToken::from_token(&token, &Digests::of([(*prepared.digest()).into()])).unwrap();
    prepared.finish(&token).unwrap()
}

#[test]
fn years_after_the_end_of_the_certificates_the_evidence_in_the_document_is_enough() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf).lasting();
    let signed_at = office.pki.now();
    let archived = office.archived(&office.preserved(&stamped));
    // Before the authority of the first timestamps ends, another one that lasts longer takes over.
    office.pki.set_now(now() + DAY * 365);
    let renewed = archived_for_long(&office, &office.preserved(&archived));
    office.pki.set_now(office.pki.intermediate().not_after() - DAY * 20);
    let last = office.preserved(&renewed);
    let present = office.pki.now();
    assert!(present > now() + DAY * 365 * 9, "{present}");
    assert!(office.alice.certificate().not_after() < present, "Alice's certificate has expired");
    assert!(
        office.pki.timestamp_authority().certificate().not_after() < present,
        "and the first authority's"
    );
    let report = office.judge(&last);
    assert_eq!(indications(&report), vec![Indication::TotalPassed; 3], "{report}");
    assert_eq!(report.signatures()[0].facts().level(), Some(SignatureLevel::Archive), "{report}");
    assert_eq!(report.signatures()[0].verdict().proof().unwrap().time(), signed_at, "{report}");
    // Without the archive timestamps nothing proves that the evidence is not of later.
    let short = office.judge(&stamped);
    assert_eq!(indications(&short), [Indication::Indeterminate], "{short}");
}

#[test]
fn the_store_says_what_each_signature_rests_on() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting());
    let store_of_one = store(&preserved);
    let by_signature = store_of_one.get("VRI").and_then(Object::as_dictionary).unwrap();
    let name = sha1(&contents(&preserved, "Signature1"));
    assert_eq!(by_signature.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>().join(" "), name);
    let one = named(&preserved, &name);
    let one = one.as_dictionary().unwrap();
    for (all, one_key, least) in [("Certs", "Cert", 3), ("OCSPs", "OCSP", 3)] {
        let whole = entries(&preserved, &store_of_one, all);
        assert_eq!(whole, entries(&preserved, one, one_key), "{all}");
        assert!(whole.len() >= least, "{all}: {}", whole.len());
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len(), "{all}: each once");
    }
    let archived = office.archived(&preserved);
    let renewed = office.preserved(&archived);
    let by_signature = store(&renewed);
    let by_signature = by_signature.get("VRI").and_then(Object::as_dictionary).unwrap();
    let stamp = sha1(&contents(&renewed, "Timestamp1"));
    assert!(by_signature.get(&name).is_some() && by_signature.get(&stamp).is_some());
}

#[test]
fn what_did_not_change_is_not_written_again() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting());
    let evidence = office.collected(&preserved).unwrap();
    let again = preserved.preserve(&evidence).unwrap().preserve(&evidence).unwrap();
    let once = preserved.preserve(&evidence).unwrap();
    assert_eq!(again.to_vec().unwrap(), once.to_vec().unwrap(), "nothing is new the second time");
    let archived = office.archived(&preserved);
    let renewed = office.preserved(&archived).to_vec().unwrap();
    let document = Document::open(&renewed).unwrap();
    let last = document.revisions().len() - 1;
    let changes = document.latest().changed_since(&document.at(last - 1).unwrap()).unwrap();
    let old = changes.iter().filter(|change| change.before.is_some());
    let (_, catalog) = document.latest().catalog().unwrap();
    let store = catalog.get("DSS").and_then(Object::as_reference).unwrap();
    assert_eq!(old.map(|change| change.number).collect::<Vec<_>>(), [store.number], "only the store");
}

/// A store of another maker: lists and dictionaries as objects of their own, one list shared.
fn foreign_store(pdf: &dyn Source, certificate: &[u8]) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let [store, certs, vri, one, stream_place] = [(); 5].map(|()| increment.allocate());
        increment.put(stream_place, &stream("<<>>", certificate)).unwrap();
        increment.put(certs, &list([stream_place])).unwrap();
        let entry = |key: &str, place: Reference| format!("/{key} {} 0 R", place.number);
        let name = sha1(&contents(pdf, "Signature1"));
        increment.put(one, &dictionary(&format!("<<{}>>", entry("Cert", certs))).into()).unwrap();
        increment.put(vri, &dictionary(&format!("<<{}>>", entry(&name, one))).into()).unwrap();
        let text = format!("<<{}{}>>", entry("Certs", certs), entry("VRI", vri));
        increment.put(store, &dictionary(&text).into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("DSS", Object::Reference(store));
        increment.put(root, &catalog.into()).unwrap();
    })
}

#[test]
fn a_store_of_another_maker_is_added_to() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf);
    let held = office.pki.intermediate().to_der();
    let foreign = foreign_store(&stamped.to_vec().unwrap(), held);
    let lasting = LastingPdf::new(&foreign);
    let archived = office.archived(&office.preserved(&lasting));
    let after = store(&archived);
    let certificates = entries(&archived, &after, "Certs");
    assert_eq!(certificates[0], held, "the first stays the first");
    assert_eq!(certificates.iter().filter(|one| *one == held).count(), 1, "and is not added again");
    assert!(certificates.len() > 2, "others are added, though two keys shared the list");
    let report = office.judge(&archived);
    assert_eq!(report.signatures()[0].verdict().indication(), Indication::TotalPassed, "{report}");
}

#[test]
fn a_signature_without_timestamp_gets_one_over_the_document() {
    let office = Office::open();
    let pdf = contract();
    let signed = office.signed(&pdf).to_vec().unwrap();
    let lasting = LastingPdf::new(&signed);
    let error = office.collected(&lasting).unwrap_err();
    assert!(matches!(&error, PadesError::NotTimestamped { field } if field == "Signature1"), "{error}");
    assert!(matches!(
        lasting.archive(&authority(&office.pki), &mut rng()).err().unwrap(),
        PadesError::NotTimestamped { .. }
    ));
    office.wait();
    let stamped = lasting.timestamp(&authority(&office.pki), &mut rng()).unwrap();
    let time = office.pki.now();
    let needed = stamped.needed_chains().unwrap();
    assert_eq!(needed[0].holder, Holder::Signer);
    assert_eq!(needed[0].at, Some(time));
    let error = stamped.archive(&authority(&office.pki), &mut rng()).err().unwrap();
    assert!(matches!(error, PadesError::Signature(CadesError::NotPreserved(_))), "{error}");
    let archived = office.archived(&office.preserved(&stamped));
    let report = office.judge(&archived);
    assert_eq!(report.signatures()[0].verdict().proof().unwrap().time(), time, "{report}");
}

#[test]
fn a_document_that_nobody_signed_is_timestamped_and_renewed() {
    let office = Office::open();
    for (shape, pdf) in shapes() {
        let unsigned = LastingPdf::new(&pdf);
        assert!(matches!(unsigned.needed_chains(), Err(PadesError::NothingToPreserve)), "{shape}");
        let stamped = unsigned.timestamp(&authority(&office.pki), &mut rng()).unwrap();
        let renewed = office.archived(&office.preserved(&stamped));
        let report = office.judge(&office.preserved(&renewed));
        assert_eq!(indications(&report), vec![Indication::TotalPassed; 2], "{shape} {report}");
    }
}

#[test]
fn certified_documents_that_allow_no_changes_are_preserved_all_the_same() {
    let office = Office::open();
    let pdf = contract();
    let params = "<</Type/TransformParams/V/1.2/P 1>>";
    let reference = format!("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams{params}>>]");
    let by_alice = |covered: &[u8]| {
        let digest = DigestAlgorithm::Sha256.digest(covered);
        let chain = chancery_key::Signer::chain(&office.alice);
        let algorithm = chancery_key::Signer::algorithm(&office.alice);
        let prepared = chancery_cms::Preparation::new(chain, algorithm, digest).prepare().unwrap();
        let value = chancery_key::Signer::sign(&office.alice, prepared.to_be_signed()).unwrap();
        prepared.finish(value).unwrap().into_bytes()
    };
    let signed = support::signed_by_hand(&pdf, "Certified", &certified(&reference), by_alice);
    let further = support::signed_by_hand(&signed, "Further", &certified(""), by_alice);
    assert!(
        kinds(&office.judge(&further)).contains(&"certification-broken"),
        "or the test would prove nothing"
    );
    let stamped = LastingPdf::new(&signed).timestamp(&authority(&office.pki), &mut rng()).unwrap();
    let archived = office.archived(&office.preserved(&stamped));
    let report = office.judge(&archived);
    assert_eq!(report.signatures()[0].verdict().indication(), Indication::TotalPassed, "{report}");
    assert!(!kinds(&report).contains(&"certification-broken"), "{report}");
}

fn certified(reference: &str) -> String {
    format!("/Type/Sig/SubFilter/ETSI.CAdES.detached{reference}")
}

#[test]
fn only_what_no_timestamp_covers_is_asked_for() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting());
    let chains = |pdf: &LastingPdf<'_>| {
        let needed = pdf.needed_chains().unwrap();
        needed.into_iter().map(|needed| needed.holder.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(chains(&preserved).len(), 2, "the signer and the timestamp");
    let archived = office.archived(&preserved);
    assert_eq!(chains(&archived), ["Timestamp1"]);
    // Somebody else signs what is archived.
    let archived = archived.to_vec().unwrap();
    let bob = office.pki.signer("Bob", KeyKind::P256);
    let mut second = PdfSigner::new(&bob, office.pki.now()).sign(&archived).unwrap();
    second.timestamp(&authority(&office.pki), &mut rng()).unwrap();
    let second = second.lasting();
    let needed = chains(&second);
    assert_eq!(needed.len(), 3, "the archive timestamp, Bob and his timestamp: {needed:?}");
    let archived = office.archived(&office.preserved(&second));
    let report = office.judge(&office.preserved(&archived));
    assert_eq!(indications(&report), vec![Indication::TotalPassed; 4], "{report}");
}

#[test]
fn the_evidence_must_be_complete() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf);
    let error = stamped.preserve(&LongTermEvidence::default()).err().unwrap();
    let PadesError::Signature(CadesError::EvidenceIncomplete(missing)) = &error else { panic!("{error}") };
    assert_eq!(missing.len(), 2, "{error}");
    assert!(error.to_string().contains("Alice"), "{error}");
    // Chains that were verified without asking for revocation prove too little.
    let verifier =
        ChainVerifier::new(&office.anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked);
    let known = Evidence::new().with_certificate(office.pki.intermediate().clone());
    let verifier = verifier.evidence(&known);
    let chain = verifier.verify_at(office.alice.certificate(), office.pki.now()).unwrap();
    let error = stamped.preserve(&LongTermEvidence::new(vec![chain])).err().unwrap();
    assert!(matches!(error, PadesError::Signature(CadesError::EvidenceIncomplete(_))), "{error}");
    // Revoked before she signed.
    office.pki.revoke(office.alice.certificate(), now() - DAY, RevocationReason::KeyCompromise);
    let error = office.collected(&stamped.lasting()).unwrap_err();
    assert!(matches!(error, PadesError::Signature(CadesError::ChainNotValid { .. })), "{error}");
}

#[test]
fn a_signature_that_does_not_hold_is_not_preserved() {
    let office = Office::open();
    let pdf = contract();
    let mut signed = office.stamped(&pdf).to_vec().unwrap();
    let place = signed.windows(4).position(|window| window == b"1000").unwrap();
    signed[place] = b'9';
    let error = LastingPdf::new(&signed).needed_chains().unwrap_err();
    assert!(matches!(&error, PadesError::NotSound { field, .. } if field == "Signature1"), "{error}");
    assert!(LastingPdf::new(&signed).archive(&authority(&office.pki), &mut rng()).is_err());
}

#[test]
fn a_token_that_does_not_fit_says_how_much_it_needs() {
    let office = Office::open();
    let pdf = contract();
    let small = LastingPdf::new(&pdf).timestamp_room(100);
    let error = small.timestamp(&authority(&office.pki), &mut rng()).err().unwrap();
    let PadesError::NoRoom { need, have, .. } = error else { panic!("{error}") };
    assert_eq!(have, 100);
    // The length of a token is never the same to the byte: signatures of ECDSA differ.
    let larger = LastingPdf::new(&pdf).timestamp_room(need + 16);
    larger.timestamp(&authority(&office.pki), &mut rng()).unwrap();
}

#[test]
fn a_token_over_something_else_is_refused_and_so_is_one_out_of_order() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting());
    let token = |digest| -> MatchingToken { authority(&office.pki).stamp(&digest, &mut rng()).unwrap() };
    let prepared = preserved.prepare_archive(DigestAlgorithm::Sha256).unwrap();
    let other = token(DigestAlgorithm::Sha256.digest(b"something else"));
    let error = prepared.finish(&other).err().unwrap();
    assert!(matches!(error, PadesError::Signature(CadesError::TimestampOfOtherSignature)), "{error}");
    let prepared = preserved.prepare_archive(DigestAlgorithm::Sha512).unwrap();
    office.pki.set_now(now() - DAY / 2);
    let early = token(*prepared.digest());
    let error = prepared.finish(&early).err().unwrap();
    assert!(matches!(error, PadesError::Signature(CadesError::TimestampOutOfOrder { .. })), "{error}");
}

#[test]
fn any_transport_will_do() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf).lasting();
    office.wait();
    let verifier = office.verifier();
    let mut asked = 0;
    let mut step = stamped.collector(&verifier, &verifier, office.pki.now()).unwrap().step();
    let evidence = loop {
        step = match step {
            LongTermStep::Ask(pending) => {
                asked += 1;
                let answer = office.pki.send(pending.request());
                pending.answer(answer).step()
            }
            LongTermStep::Done(outcome) => break outcome.unwrap(),
        }
    };
    assert!(asked > 0);
    let preserved = stamped.preserve(&evidence).unwrap();
    let prepared = preserved.prepare_archive(DigestAlgorithm::Sha512).unwrap();
    let token = authority(&office.pki).stamp(prepared.digest(), &mut rng()).unwrap();
    let archived = prepared.finish(&token).unwrap();
    assert_eq!(levels(&office.judge(&archived))[0], Some(SignatureLevel::Archive));
}

#[test]
fn the_store_is_declared_once_and_only_before_pdf_2() {
    let office = Office::open();
    let extension = |pdf: &dyn Source| {
        let document = Document::open(pdf).unwrap();
        let (_, catalog) = document.latest().catalog().unwrap();
        document.latest().value(&catalog, "Extensions").unwrap()
    };
    let old = with_catalog(&contract(), "<</Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>>>");
    let preserved = office.preserved(&office.stamped(&old).lasting());
    let text = String::from_utf8(extension(&preserved).to_bytes()).unwrap();
    assert!(
        text.contains("ADBE") && text.matches("ESIC").count() == 1 && text.contains("/ExtensionLevel 2>>"),
        "{text}"
    );
    let new = with_catalog(&contract(), "<</Version/2.0>>");
    let preserved = office.preserved(&office.stamped(&new).lasting());
    let text = String::from_utf8(extension(&preserved).to_bytes()).unwrap();
    assert!(!text.contains("ESIC"), "part of PDF 2.0: {text}");
}

/// The samples hold a signature that does not hold, which would be refused: its field is emptied.
fn without_old_signature(pdf: &dyn Source) -> Vec<u8> {
    let document = Document::open_with_password(pdf, "user").unwrap();
    let view = document.latest();
    let mut increment = Increment::new(&document).with_seed([9; 32]);
    let (_, catalog) = view.catalog().unwrap();
    let form = view.value(&catalog, "AcroForm").unwrap();
    let fields = view.value(form.as_dictionary().unwrap(), "Fields").unwrap();
    for field in fields.as_array().unwrap() {
        let mut dictionary = view.resolve(field).unwrap().as_dictionary().unwrap().clone();
        dictionary.remove("V");
        increment.put(field.as_reference().unwrap(), &dictionary.into()).unwrap();
    }
    [pdf.as_slice().unwrap(), &increment.finish().unwrap().bytes].concat()
}

#[test]
fn encrypted_documents_stay_encrypted() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    for name in ["rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf"] {
        let office = Office::open();
        let pdf = without_old_signature(&std::fs::read(folder.join(name)).unwrap());
        let password = chancery_key::Password::from("user");
        let signer = PdfSigner::new(&office.alice, now()).password(password.clone(), [7; 32]);
        let mut signed = signer.field("Second").sign(&pdf).unwrap_or_else(|error| panic!("{name}: {error}"));
        office.wait();
        signed.timestamp(&authority(&office.pki), &mut rng()).unwrap();
        // Ours goes on with the password that it was signed with; to others it has to be told.
        let preserved = office.preserved(&signed.lasting()).to_vec().unwrap();
        let root = office.pki.root().to_der();
        assert!(!support::contains(&preserved, root), "{name}: the store is encrypted");
        assert!(LastingPdf::new(&preserved).needed_chains().is_err(), "{name}: needs its password");
        let again = LastingPdf::new(&preserved).password(password.clone(), [8; 32]);
        let archived = office.archived(&again);
        let policy = policy(&office.pki, RevocationPolicy::Require);
        let verifier = PdfVerifier::new(&policy).password(&password);
        let report = verifier.verify_at(&archived, office.pki.now()).unwrap();
        let ours = report.signatures().iter().find(|signature| signature.name() == "Second").unwrap();
        assert_eq!(ours.verdict().indication(), Indication::TotalPassed, "{name} {report}");
        assert_eq!(ours.facts().level(), Some(SignatureLevel::Archive), "{name}");
        // A renewal leaves what is kept for the signature as it is, to the byte: its texts are not encrypted anew.
        let renewed = office.preserved(&archived).to_vec().unwrap();
        let document = Document::open_with_password(&renewed, "user").unwrap();
        let (view, last) = (document.latest(), document.revisions().len() - 1);
        let changes = view.changed_since(&document.at(last - 1).unwrap()).unwrap();
        let (_, catalog) = view.catalog().unwrap();
        let store = view.value(&catalog, "DSS").unwrap();
        let by_signature = view.value(store.as_dictionary().unwrap(), "VRI").unwrap();
        let places = by_signature.as_dictionary().unwrap().iter().map(|(_, one)| one.as_reference().unwrap());
        let changed = |place: &Reference| {
            changes.iter().find(|change| change.number == place.number).map(|change| change.before)
        };
        let changed: Vec<_> = places.map(|place| changed(&place)).collect();
        assert!(changed.len() > 1 && changed.contains(&None), "{name}: the first stays: {changed:?}");
        assert!(changed.iter().flatten().all(Option::is_none), "{name}: none is written again: {changed:?}");
    }
}
