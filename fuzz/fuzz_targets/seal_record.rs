//! Any lines as the record of an organisation and the log of its seals, each a kind and a payload: what is read is written
//! again as what it says, and no order of events stops the replay. The same bytes as a mailbox, a domain and names.
#![no_main]

use chancery_ledger::{Decider, Kind, StoredEvent};
use chancery_seal::{
    Currency, Domain, FileName, Label, Mailbox, Organisation, OrganisationEvent, SealId, SealPolicy, UsageEvent,
};
use libfuzzer_sys::fuzz_target;

fn same<E: StoredEvent + PartialEq + std::fmt::Debug>(kind: &Kind, payload: &[u8]) -> Option<E> {
    let event = E::from_bytes(kind, 1, payload).ok()?;
    assert_eq!(E::from_bytes(&event.kind().unwrap(), event.schema(), &event.to_bytes()).unwrap(), event);
    Some(event)
}

fuzz_target!(|input: &[u8]| {
    let organisation = Organisation::new(SealPolicy::default(), None);
    let mut state = organisation.initial();
    for line in input.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b' ');
        let (Some(kind), Some(payload)) = (parts.next(), parts.next()) else { continue };
        let Some(kind) = std::str::from_utf8(kind).ok().and_then(|kind| Kind::new(kind).ok()) else { continue };
        if let Some(event) = same::<OrganisationEvent>(&kind, payload) {
            state = organisation.evolve(state, &event);
            let _ = organisation.next_due(&state);
        }
        let _ = same::<UsageEvent>(&kind, payload);
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(mailbox) = Mailbox::new(text) {
        assert_eq!(Mailbox::new(&mailbox.to_string()).unwrap(), mailbox);
    }
    if let Ok(domain) = Domain::new(text) {
        assert_eq!(Domain::new(&domain.to_string()).unwrap(), domain);
    }
    let _ = (FileName::new(text), Label::new(text), Currency::new(text), text.parse::<SealId>());
});
