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
