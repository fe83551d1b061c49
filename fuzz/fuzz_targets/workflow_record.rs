//! Any lines as the record of an envelope, each a kind and a payload: what is read is written again as what it says, no
//! order of events stops the replay, and whoever looks at the state that comes of it gets an answer. The same bytes as a
//! table, as a template, as texts of notices and as a secret of a webhook.
#![no_main]

use chancery_ledger::{Decider, Kind, StoredEvent};
use chancery_workflow::csv::{Csv, CsvLimits, harmless};
use chancery_workflow::notice::Catalogue;
use chancery_workflow::webhook::WebhookSecret;
use chancery_workflow::{AccessRefused, Language, Workflow, event::Event, template::Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let workflow = Workflow::new();
    let mut state = workflow.initial();
    for line in input.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b' ');
        let (Some(kind), Some(payload)) = (parts.next(), parts.next()) else { continue };
        let Some(kind) = std::str::from_utf8(kind).ok().and_then(|kind| Kind::new(kind).ok()) else { continue };
        let _ = AccessRefused::from_bytes(payload);
        let Ok(event) = Event::from_bytes(&kind, 1, payload) else { continue };
        let again = Event::from_bytes(&event.kind().unwrap(), event.schema(), &event.to_bytes());
        assert_eq!(again.unwrap(), event);
        state = workflow.evolve(state, &event);
        let _ = workflow.next_due(&state);
        let _ = workflow.effects(&state, &event);
        if let Some(envelope) = &state {
            let _ = (envelope.may_erase(&event), envelope.seal_key(), envelope.status().name());
        }
    }
    if let Ok(table) = Csv::read(input, CsvLimits::default()) {
        for cell in table.columns() {
            assert!(!harmless(cell).starts_with(['=', '+', '-', '@']));
        }
    }
    if let Ok(template) = Template::from_bytes(input) {
        assert_eq!(Template::from_bytes(template.to_bytes()).unwrap().reference(), template.reference());
    }
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = WebhookSecret::parse(text);
        if input.len() < 2000 {
            let _ = Catalogue::built_in().unwrap().with(Language::English, text); // slow, as it reads all eight languages
        }
    }
});
