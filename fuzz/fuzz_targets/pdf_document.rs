//! Any bytes: opened (encrypted ones with the empty password), every object read, claims looked up, the first page taken
//! over, an increment written; and the same of what a repair makes of them. Errors are fine, panics and hangs are not.
#![no_main]

use chancery_pdf::{Document, ImportedPage, Increment, Object};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Object::parse(bytes);
    for document in [Document::open_with_password(&bytes, ""), Document::repaired_with_password(&bytes, "")] {
        document.map(|document| read(&document)).unwrap_or_default();
    }
});

fn read(document: &Document<'_>) {
    let view = document.latest();
    let _ = (view.page(0), view.page_count(), view.claims(), document.permissions());
    for reference in view.references().unwrap_or_default() {
        let _ = view.object_span(reference);
        if let Ok(Object::Stream(stream)) = view.object(reference) {
            let _ = view.decoded(&stream, 1 << 20);
        }
    }
    if let Some(first) = document.at(0) {
        let _ = view.changed_since(&first);
    }
    let mut increment = Increment::new(document).with_seed([7; 32]);
    if let Ok(page) = ImportedPage::read(&view, 0) {
        let _ = page.put(&mut increment);
    }
    let new = increment.allocate();
    if increment.put(new, &Object::Null).is_ok() {
        let _ = increment.finish();
    }
}
