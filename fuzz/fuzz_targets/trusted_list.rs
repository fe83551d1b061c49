//! A trusted list: any bytes, and a right list with parts exchanged, so that what stands deep in it is met too.
//! A typed error, or a list that answers every question.
#![no_main]

use chancery_trusted_list::{ServiceType, StateAt, UnverifiedTrustedList};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    ask(bytes);
    ask(&exchanged(bytes));
});

fn ask(bytes: &[u8]) {
    let Ok(list) = UnverifiedTrustedList::from_xml(bytes) else { return };
    let believed = list.believe_unverified();
    let _ = believed.anchors(&ServiceType::QualifiedCertificates);
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    for listed in believed.services() {
        for certificate in &listed.service.identity().certificates {
            assert!(listed.service.identity().recognises(certificate), "a certificate is itself");
            for qualification in listed.service.states().iter().flat_map(|state| &state.extensions.qualifications) {
                let _ = qualification.criteria.matches(certificate);
            }
        }
        if let StateAt::State(state) = listed.service.state_at(at) {
            assert!(state.since <= at);
        }
    }
    for unread in list.unread() {
        assert!(unread.offset < bytes.len());
    }
}

/// The list with edits: each is a place, how much goes, how much comes, and what comes.
fn exchanged(mut edits: &[u8]) -> Vec<u8> {
    let mut list = LIST.as_bytes().to_vec();
    while let [high, low, goes, comes, rest @ ..] = edits {
        let start = usize::from(u16::from_be_bytes([*high, *low])) % list.len();
        let end = (start + usize::from(*goes)).min(list.len());
        let (new, rest) = rest.split_at(usize::from(*comes).min(rest.len()));
        list.splice(start..end, new.iter().copied());
        if list.is_empty() {
            break;
        }
        edits = rest;
    }
    list
}

const LIST: &str = include_str!("../trusted_list.xml");
