//! Crowds of fields and signatures that a file pretends to have: the work grows with the file, not with its square.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use chancery_ades::Indication;
use chancery_digest::Source;
use chancery_key::KeyKind;
use chancery_pdf::Object;
use support::*;

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

/// How much is read to judge a file, of which nothing or no more than the first signature passes.
fn read(file: Vec<u8>) -> u64 {
    let file = Counting(file, AtomicU64::new(0));
    let report = verify(&pki(), &file);
    assert!(indications(&report).iter().all(|verdict| *verdict != Indication::TotalPassed), "{report}");
    file.1.into_inner()
}

#[track_caller]
fn assert_linear(file: impl Fn(usize) -> Vec<u8>) {
    let (some, twice) = (read(file(150)), read(file(300)));
    assert!(twice < 3 * some, "{some} bytes read, then {twice}");
}

/// Fields in one new group, after a signature.
#[test]
fn a_group_of_new_fields_is_read_once() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    assert_linear(|count| {
        revised(&signed, |document, increment| {
            let group = increment.allocate();
            let kids: Vec<_> = (0..count).map(|_| increment.allocate()).collect();
            for (n, kid) in kids.iter().enumerate() {
                let field = format!("<</FT/Sig/T(f{n})/Parent {group}>>");
                increment.put(*kid, &dictionary(&field).into()).unwrap();
            }
            let mut entries = dictionary("<</T(g)>>");
            entries.set("Kids", list(kids));
            increment.put(group, &entries.into()).unwrap();
            edit_catalog(document, increment, |catalog| {
                let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
                let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
                fields.push(group.into());
                form.set("Fields", fields);
                catalog.set("AcroForm", form);
            });
        })
    });
}

/// Signatures that all claim to cover the same revision, each with a message of its own.
#[test]
fn the_form_of_a_revision_is_read_once_for_all_who_claim_it() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let message: String = message_by(&alice)(b"nothing").iter().map(|byte| format!("{byte:02x}")).collect();
    let numbers = "[0 1111111111 2222222222 3333333333]";
    assert_linear(|count| {
        let mut file = revised(&contract(), |document, increment| {
            let fields: Vec<_> = (0..count)
                .map(|n| {
                    let (value, field) = (increment.allocate(), increment.allocate());
                    let body =
                        format!("<</SubFilter/ETSI.CAdES.detached/ByteRange{numbers}/Contents<{message}>>>");
                    increment.put_raw(value, body.into_bytes());
                    let entries = format!("<</FT/Sig/T(f{n})/V {value}>>");
                    increment.put(field, &dictionary(&entries).into()).unwrap();
                    field
                })
                .collect();
            edit_catalog(document, increment, |catalog| {
                let mut form = dictionary("<<>>");
                form.set("Fields", list(fields));
                catalog.set("AcroForm", form);
            });
        });
        let text = file.clone();
        let gap = message.len() + 2;
        let mut at = 0;
        while let Some(found) = text[at..].windows(numbers.len()).position(|part| part == numbers.as_bytes())
        {
            let range = at + found;
            let start = range + numbers.len() + "/Contents".len();
            let end = start + gap;
            let right = format!("[0 {start:010} {end:010} {:010}]", text.len() - end);
            file[range..range + right.len()].copy_from_slice(right.as_bytes());
            at = end;
        }
        file
    });
}

/// How much is read for each of so many, and for each of twice as many: what reads everything for each of them reads twice
/// as much.
#[track_caller]
fn assert_each_costs_the_same(file: impl Fn(usize) -> Vec<u8>) {
    let each = |count: usize| {
        let file = Counting(file(count), AtomicU64::new(0));
        // What follows from the length of the file alone is not counted: it is hashed, and looked through once.
        let length = file.len();
        let report = verify(&pki(), &file);
        assert!(!report.signatures().is_empty(), "{report}");
        file.1.into_inner().saturating_sub(2 * length) / count as u64
    };
    let (some, twice) = (each(100), each(200));
    assert!(twice * 2 < some * 3, "{some} bytes read for each, then {twice}");
}

/// A form of many fields in one group, signed, and then filled field by field, each in a revision of its own.
#[test]
fn a_field_that_is_filled_does_not_cost_a_look_at_all_others() {
    let pki = pki();
    assert_each_costs_the_same(|count| {
        let mut fields = Vec::new();
        let form = revised(&contract(), |document, increment| {
            let group = increment.allocate();
            fields = (0..count).map(|_| increment.allocate()).collect();
            for (n, field) in fields.iter().enumerate() {
                let entries = format!("<</FT/Tx/T(f{n})/Parent {group}>>");
                increment.put(*field, &dictionary(&entries).into()).unwrap();
            }
            let mut entries = dictionary("<</T(g)>>");
            entries.set("Kids", list(fields.clone()));
            increment.put(group, &entries.into()).unwrap();
            edit_catalog(document, increment, |catalog| {
                catalog.set("AcroForm", dictionary(&format!("<</Fields[{group}]>>")));
            });
        });
        let mut file = signed(&pki, &form);
        for field in fields {
            file = revised(&file, |document, increment| {
                edit(document, increment, field, |field| {
                    field.set("V", chancery_pdf::PdfString::text("filled"));
                });
            });
        }
        file
    });
}

/// Long-term data in many revisions, each with one more.
#[test]
fn long_term_data_are_not_read_again_for_each_that_is_added() {
    let pki = pki();
    let first = signed(&pki, &contract());
    assert_each_costs_the_same(|count| {
        let mut file = revised(&first, |document, increment| {
            let (store, answers) = (increment.allocate(), increment.allocate());
            increment.put(answers, &Object::Array(Vec::new())).unwrap();
            increment.put(store, &dictionary(&format!("<</OCSPs {answers}>>")).into()).unwrap();
            edit_catalog(document, increment, |catalog| catalog.set("DSS", store));
        });
        for number in 0..count {
            file = revised(&file, |document, increment| {
                let view = document.latest();
                let (_, catalog) = view.catalog().unwrap();
                let store = view.value(&catalog, "DSS").unwrap();
                let answers =
                    store.as_dictionary().unwrap().get("OCSPs").and_then(Object::as_reference).unwrap();
                let mut list = view.object(answers).unwrap().as_array().unwrap().to_vec();
                let stream = increment.allocate();
                let data = chancery_pdf::Stream::new(dictionary("<<>>"), number.to_string().into_bytes());
                increment.put(stream, &data.into()).unwrap();
                list.push(stream.into());
                increment.put(answers, &Object::Array(list)).unwrap();
            });
        }
        file
    });
}

/// Many signatures, one after the other: all pass, and what is told of those that follow does not grow with their square.
#[test]
fn signatures_that_follow_each_other_are_judged_in_linear_work_and_told_in_few_words() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let file = |count: usize| {
        let mut file = contract();
        for _ in 0..count {
            file = chancery_pades::PdfSigner::new(&alice, now()).sign(&file).unwrap().to_vec().unwrap();
        }
        file
    };
    let each = |count: usize| {
        let file = Counting(file(count), AtomicU64::new(0));
        let length = file.len();
        assert_passed(&verify(&pki, &file), count);
        file.1.into_inner().saturating_sub(2 * length) / count as u64
    };
    let (some, twice) = (each(30), each(60));
    assert!(twice * 2 < some * 3, "{some} bytes read for each, then {twice}");
}
