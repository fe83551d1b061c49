//! The file as its history, and what each signer saw.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use chancery_ades::SignatureKind;
use chancery_chain::RevocationPolicy;
use chancery_digest::Source;
use chancery_key::{KeyKind, Password};
use chancery_pades::{History, LastingPdf, PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::{Document, Increment, Object, PdfError, PdfString, SectionKind};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use proptest::prelude::*;
use support::{authority, contract, pki, policy, revised, rng, shapes, signed, verify};

/// Timestamped, signed by Alice, then by Bob, and changed by nobody knows whom.
fn story(pki: &TestPki, original: &dyn Source) -> (Vec<u8>, [u64; 4]) {
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let stamped = LastingPdf::new(original).timestamp(&authority(pki), &mut rng()).unwrap().to_vec().unwrap();
    let sign = |signer, name, pdf| {
        PdfSigner::new(signer, pki.now()).field(name).sign(pdf).unwrap().to_vec().unwrap()
    };
    let once = sign(&alice, "alice", &stamped);
    let twice = sign(&bob, "bob", &once);
    let changed = revised(&twice, |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("Lang", Object::String(PdfString::text("de")));
        increment.put(root, &catalog.into()).unwrap();
    });
    let lengths = [stamped.len() as u64, once.len() as u64, twice.len() as u64, changed.len() as u64];
    (changed, lengths)
}

#[test]
fn a_history_tells_what_was_done_and_who_covers_it() {
    let pki = pki();
    for (shape, original) in shapes() {
        let (pdf, [stamped, once, twice, whole]) = story(&pki, &original);
        let history = History::of(&pdf).unwrap();
        let ends: Vec<u64> = history.revisions().iter().map(|revision| revision.bytes.end).collect();
        // The end of line that was appended to a file without one belongs to what it ends.
        let original = original.len() + usize::from(!original.ends_with(b"\n"));
        assert_eq!(ends, [original as u64, stamped, once, twice, whole], "{shape}");
        let starts: Vec<u64> = history.revisions().iter().map(|revision| revision.bytes.start).collect();
        assert_eq!(starts, [0, original as u64, stamped, once, twice], "{shape}");

        let names: Vec<_> = history.signatures().iter().map(|one| (one.revision(), one.length())).collect();
        assert_eq!(names, [(Some(2), Some(stamped)), (Some(3), Some(once)), (Some(4), Some(twice))]);
        assert_eq!(history.signatures()[2].kind(), Some(SignatureKind::Signature));
        assert_eq!(history.signatures()[0].kind(), Some(SignatureKind::DocumentTimestamp));
        let covering =
            |revision| history.covering(revision).map(|one| one.field().to_owned()).collect::<Vec<_>>();
        assert_eq!(covering(1)[1..], ["alice", "bob"], "{shape}");
        assert_eq!(covering(3)[0], "alice", "{shape}");
        assert_eq!((covering(4).len(), covering(5).len()), (1, 0), "{shape}");

        let (catalog, _) = Document::open(&pdf).unwrap().latest().catalog().unwrap();
        let last = &history.revisions()[4];
        assert_eq!((last.changed.count(), last.changed.contains(catalog.number)), (1, true), "{last}");
        assert!(last.added.count() <= 1 && last.freed.is_empty(), "{shape}: {last}");
        let told = history.to_string();
        assert!(told.contains("revision 5, bytes"), "{told}");
        assert!(told.ends_with("no signature covers revision 5\n"), "{told}");
    }
}

#[test]
fn every_object_of_the_original_is_counted_and_freed_ones_are_named() {
    let original = SamplePdf::new().extra_objects(500).cross_reference(CrossReference::Table).to_bytes();
    let document = Document::open(&original).unwrap();
    let all = document.latest().references().unwrap();
    let history = History::of(&original).unwrap();
    assert_eq!(history.revisions().len(), 1);
    let first = &history.revisions()[0];
    assert_eq!(first.added.count(), all.len());
    assert!(all.iter().all(|one| first.added.contains(one.number)));
    assert_eq!(first.cross_reference, SectionKind::Table);
    assert!(history.to_string().ends_with("no signature covers revision 1\n"), "{history}");

    // A revision by hand that frees object 7.
    let at = original.len();
    let start = document.revisions()[0].start_xref;
    let (root, size) = (document.latest().catalog().unwrap().0, document.latest().next_number());
    let freeing = format!(
        "xref\n7 1\n0000000000 00001 f \ntrailer\n<</Size {size}/Root {} 0 R/Prev {start}>>\nstartxref\n{at}\n%%EOF\n",
        root.number
    );
    let freed = [&original[..], freeing.as_bytes()].concat();
    let history = History::of(&freed).unwrap();
    let second = &history.revisions()[1];
    assert_eq!((second.freed.count(), second.freed.contains(7)), (1, true), "{second}");
    assert!(second.added.is_empty() && second.changed.is_empty());
    assert!(second.to_string().ends_with("frees object 7"), "{second}");
}

#[test]
fn a_signed_revision_is_what_the_signer_saw() {
    let pki = pki();
    for (shape, original) in shapes() {
        let (pdf, lengths) = story(&pki, &original);
        let history = History::of(&pdf).unwrap();
        for (signature, (length, signatures)) in history.signatures().iter().zip(lengths.iter().zip(1..)) {
            let seen = history.signed_revision(signature.field()).unwrap();
            assert_eq!(seen.revision(), signatures + 1);
            let bytes = seen.to_vec().unwrap();
            assert!(bytes.len() as u64 == *length && pdf.starts_with(&bytes), "{shape}");
            assert_eq!(Source::len(&seen), *length);
            // Judged by itself, everything in it holds, and nothing came later.
            let report = verify(&pki, &seen);
            let sound = report.signatures().iter().filter(|one| one.verdict().proof().is_some());
            assert_eq!(sound.count(), signatures, "{report}");
        }
    }
}

#[test]
fn junk_before_the_header_stays() {
    let pki = pki();
    let original = [b"HTTP/1.1 200 OK\r\n\r\n", contract().as_slice()].concat();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signed = PdfSigner::new(&alice, pki.now())
        .ambiguous_file(chancery_pades::AmbiguousFile::Sign)
        .sign(&original)
        .unwrap();
    let signed = signed.to_vec().unwrap();
    let pdf = revised(&signed, |_, increment| {
        let place = increment.allocate();
        increment.put(place, &Object::Integer(1)).unwrap();
    });
    let history = History::of(&pdf).unwrap();
    let seen = history.signed_revision(history.signatures()[0].field()).unwrap();
    assert_eq!(seen.to_vec().unwrap(), signed);
    assert!(Document::open(&seen).is_ok());
}

#[test]
fn encrypted_files_need_their_password_and_stay_encrypted() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for name in ["rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
        let original = std::fs::read(folder.join(name)).unwrap();
        let before = Document::open_with_password(&original, "user").unwrap().revisions().len();
        let password = || Password::from("user");
        let signer = PdfSigner::new(&alice, pki.now()).field("mine").password(password(), [7; 32]);
        let signed = signer.sign(&original).unwrap().to_vec().unwrap();
        assert!(matches!(History::of(&signed), Err(PadesError::Pdf(PdfError::Encrypted))));
        let document = Document::open_with_password(&signed, "user").unwrap();
        let mut increment = Increment::new(&document).with_seed([9; 32]);
        let place = increment.allocate();
        increment.put(place, &Object::String(PdfString::text("later"))).unwrap();
        let later = [signed.clone(), increment.finish().unwrap().bytes].concat();
        let history = History::with_password(&later, &password()).unwrap();
        assert_eq!(history.revisions().len(), before + 2);
        let seen = history.signed_revision("mine").unwrap();
        let policy = policy(&pki, RevocationPolicy::NotChecked);
        let report = PdfVerifier::new(&policy).password(&password()).verify_at(&seen, pki.now()).unwrap();
        // The fixture has a field with a signature of no use.
        let made = report.signatures().iter().find(|one| one.name() == "mine").unwrap();
        assert!(made.verdict().proof().is_some(), "{report}");
        assert!(matches!(Document::open(&seen), Err(PdfError::Encrypted)));
        assert_eq!(seen.to_vec().unwrap(), signed);
    }
}

#[test]
fn what_covers_no_revision_is_an_error_that_says_why() {
    let pki = pki();
    let pdf = signed(&pki, &contract());
    let history = History::of(&pdf).unwrap();
    let name = history.signatures()[0].field().to_owned();
    assert!(matches!(history.signed_revision("nobody"), Err(PadesError::NotSigned { .. })));

    // The range ends elsewhere.
    let at = pdf.windows(10).rposition(|window| window == b"/ByteRange").unwrap();
    let close = pdf[at..].iter().position(|byte| *byte == b']').unwrap() + at;
    let digit = pdf[..close].iter().rposition(u8::is_ascii_digit).unwrap();
    let mut cut = pdf.clone();
    cut[digit] = if cut[digit] == b'5' { b'4' } else { b'5' };
    let history = History::of(&cut).unwrap();
    let found = &history.signatures()[0];
    assert_eq!((found.kind(), found.revision(), found.length()), (None, None, None));
    assert!(found.problem().is_some_and(|problem| problem.kind.starts_with("byte-range")), "{found:?}");
    let error = history.signed_revision(&name).unwrap_err();
    assert!(matches!(error, PadesError::CoversNoRevision { .. }), "{error}");
    assert!(history.to_string().contains("no signature covers revisions 1 to 2"), "{history}");
}

#[test]
fn saving_puts_a_whole_file_or_none() {
    let pki = pki();
    let pdf = signed(&pki, &contract());
    let history = History::of(&pdf).unwrap();
    let seen = history.signed_revision(history.signatures()[0].field()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seen.pdf");
    seen.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), pdf);
    assert!(seen.save(folder.path().join("no/such/folder.pdf")).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Counts the bytes that are read.
struct Counting(Vec<u8>, AtomicU64);

impl Source for Counting {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read_at(offset, buffer)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[test]
fn a_thousand_revisions_are_read_once() {
    let original = SamplePdf::new().extra_objects(2_000).cross_reference(CrossReference::Table).to_bytes();
    let document = Document::open(&original).unwrap();
    let (root, _) = document.latest().catalog().unwrap();
    let (size, start) = (document.latest().next_number(), document.revisions()[0].start_xref);
    let read = |count: usize| {
        let (mut pdf, mut before) = (original.clone(), start);
        for _ in 0..count {
            let object = pdf.len();
            pdf.extend(b"9 0 obj\n(text)\nendobj\n");
            let section = pdf.len();
            let text = format!(
                "xref\n9 1\n{object:010} 00000 n \ntrailer\n<</Size {size}/Root {} 0 R/Prev {before}>>\nstartxref\n{section}\n%%EOF\n",
                root.number
            );
            pdf.extend(text.into_bytes());
            before = section as u64;
        }
        let pdf = Counting(pdf, AtomicU64::new(0));
        let history = History::of(&pdf).unwrap();
        assert_eq!(history.revisions().len(), count + 1);
        assert!(
            history.revisions().iter().skip(1).all(|one| one.changed.contains(9) && one.added.is_empty())
        );
        drop(history);
        pdf.1.into_inner()
    };
    let (some, twice) = (read(500), read(1_000));
    assert!(twice < 3 * some, "{some} bytes read, then {twice}");
}

proptest! {
    /// Whatever a file holds, its history is told or refused, and its revisions lie one after another.
    #[test]
    fn revisions_follow_each_other(at in 0_usize..2000, byte in any::<u8>()) {
        thread_local!(static PDF: Vec<u8> = signed(&pki(), &contract()));
        let mut pdf = PDF.with(Clone::clone);
        let at = at * pdf.len() / 2000;
        pdf[at] = byte;
        if let Ok(history) = History::of(&pdf) {
            let mut end = 0;
            for revision in history.revisions() {
                prop_assert!(revision.bytes.start == end && revision.bytes.end >= end, "{history}");
                end = revision.bytes.end;
            }
            prop_assert_eq!(end, pdf.len() as u64);
        }
    }
}
