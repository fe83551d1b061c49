//! What is appended to a document: from white space to revisions that show another page. The large grammar of revisions
//! is in `examples/appended_revisions`.

use chancery_pdf::{Document, Increment, Object, Stream};

use crate::bases::Base;
use crate::random::Random;
use crate::support::{dictionary, edit_catalog, edit_page};

pub(crate) fn appended(base: &Base, random: &mut Random) -> (&'static str, Vec<u8>) {
    match random.below(8) {
        0 => {
            let spaces = [&b"\n"[..], b"\r\n", b" \n\t", b"\0", b"\n\n\n\n"];
            ("white space appended", random.of(&spaces).to_vec())
        }
        1 => ("a comment appended", b"% nothing\n".to_vec()),
        2 => ("an end appended", b"%%EOF\n".to_vec()),
        3 => (
            "an end of its own appended",
            format!("startxref\n{}\n%%EOF\n", random.below(base.file.len())).into(),
        ),
        4 => {
            let from = random.below(base.file.len());
            ("a part of the file appended", base.file[from..].to_vec())
        }
        5 => {
            let document = base.open(&base.file).unwrap();
            ("an empty revision appended", Increment::new(&document).finish().unwrap().bytes)
        }
        _ => changed(base, random).unwrap_or(("junk appended", vec![random.byte(); 40])),
    }
}

/// A revision that changes something.
fn changed(base: &Base, random: &mut Random) -> Option<(&'static str, Vec<u8>)> {
    let document = base.open(&base.file)?;
    let mut increment = Increment::new(&document).with_seed([1; 32]);
    let kind = match random.below(5) {
        0 => {
            let content = document.latest().page(0).ok()?.1.get("Contents")?.as_reference()?;
            let drawn = b"BT /F1 24 Tf 72 600 Td (9000 euro a month) Tj ET".to_vec();
            increment.put(content, &Stream::new(dictionary("<<>>"), drawn).into()).ok()?;
            "another page content appended"
        }
        1 => {
            edit_page(&document, &mut increment, |page| page.set("Rotate", 90));
            "a turned page appended"
        }
        2 => {
            edit_catalog(&document, &mut increment, |catalog| {
                catalog.remove("AcroForm");
            });
            "a catalog without form appended"
        }
        3 => {
            edit_catalog(&document, &mut increment, |catalog| catalog.set("Lang", Object::Null));
            "a catalog with another language appended"
        }
        _ => {
            some_object(&document, &mut increment, random)?;
            "another object appended"
        }
    };
    Some((kind, increment.finish().ok()?.bytes))
}

/// What one object says, said by another too.
fn some_object(document: &Document<'_>, increment: &mut Increment<'_>, random: &mut Random) -> Option<()> {
    let view = document.latest();
    let references = view.references().ok()?;
    let (one, other) = (*random.of(&references), *random.of(&references));
    let object = if one == other { Object::Null } else { view.object(other).ok()? };
    increment.put(one, &object).ok()
}
