//! A document with a form: a field of each kind, signed before somebody fills it in.

use chancery_ades::Report;
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, FieldLock, PdfSigner};
use chancery_pdf::{Dictionary, Document, Increment, Object, Reference};
use chancery_testkit::TestPki;

use super::{contract, dictionary, edit, edit_catalog, edit_page, list, now, revised, stream, verify};

/// The objects of the form, by the names of their fields.
pub(crate) struct Form {
    pub(crate) pdf: Vec<u8>,
    pub(crate) page: Reference,
    places: Vec<(&'static str, Reference)>,
}

/// Every object of the form: its name here, and its dictionary, in which `{name}` stands for another one.
const OBJECTS: [(&str, &str); 22] = [
    ("font", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"),
    ("other font", "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
    (
        "text",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(text)/Rect[100 700 300 720]/P {page}/F 4/AP<</N {text look}>>/V(100)>>",
    ),
    ("plain", "<</Type/Annot/Subtype/Widget/FT/Tx/T(plain)/Rect[100 670 300 690]/P {page}/F 4>>"),
    (
        "city",
        "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(city)/Opt[(Ulm)[(M)(Munich)]]/Rect[100 640 300 660]/P {page}/F 4>>",
    ),
    (
        "agree",
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(agree)/Rect[100 610 120 630]/P {page}/F 4/AS/Off/AP<</N<</Yes {yes}/Off {no}>>>>>>",
    ),
    ("choice", "<</FT/Btn/Ff 49152/T(choice)/V/Off/Kids[{one}{two}]>>"),
    (
        "one",
        "<</Type/Annot/Subtype/Widget/Parent {choice}/Rect[100 580 120 600]/P {page}/F 4/AS/Off/AP<</N<</One {yes}/Off {no}>>>>>>",
    ),
    (
        "two",
        "<</Type/Annot/Subtype/Widget/Parent {choice}/Rect[140 580 160 600]/P {page}/F 4/AS/Off/AP<</N<</Two {yes}/Off {no}>>>>>>",
    ),
    ("apart", "<</FT/Tx/T(apart)/Kids[{apart widget}]>>"),
    ("apart widget", "<</Type/Annot/Subtype/Widget/Parent {apart}/Rect[100 550 300 570]/P {page}/F 4>>"),
    ("group", "<</T(group)/FT/Tx/Kids[{in group}]>>"),
    ("in group", "<</Type/Annot/Subtype/Widget/T(inner)/Parent {group}/Rect[100 520 300 540]/P {page}/F 4>>"),
    ("push", "<</Type/Annot/Subtype/Widget/FT/Btn/Ff 65536/T(push)/Rect[100 490 300 510]/P {page}/F 4>>"),
    ("hidden", "<</Type/Annot/Subtype/Widget/FT/Tx/T(hidden)/Rect[100 460 300 480]/P {page}/F 2>>"),
    (
        "shared",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(shared)/Rect[100 430 300 450]/P {page}/F 4/AP<</N {shared look}>>/V(100)>>",
    ),
    (
        "sharing",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(sharing)/Rect[100 400 300 420]/P {page}/F 4/AP<</N {shared look}>>/V(100)>>",
    ),
    ("fixed", "<</Type/Annot/Subtype/Widget/FT/Tx/Ff 1/T(fixed)/Rect[100 370 300 390]/P {page}/F 4>>"),
    ("text look", "(100)"),
    ("shared look", "(100)"),
    ("yes", ""),
    ("no", ""),
];

impl Form {
    pub(crate) fn new() -> Self {
        let mut places = Vec::new();
        let mut page = None;
        let pdf = revised(&contract(), |document, increment| {
            let first = document.latest().page(0).unwrap().0;
            page = Some(first);
            places = OBJECTS.iter().map(|(name, _)| (*name, increment.allocate())).collect();
            for ((name, text), (_, place)) in OBJECTS.iter().zip(&places) {
                let object = match *name {
                    "text look" | "shared look" => {
                        let font = places[0].1;
                        let entries = format!(
                            "<</Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</Helv {font}>>>>>>"
                        );
                        stream(&entries, format!("BT /Helv 12 Tf {text} Tj ET").as_bytes())
                    }
                    "yes" | "no" => {
                        stream("<</Type/XObject/Subtype/Form/BBox[0 0 20 20]>>", b"0 0 20 20 re S")
                    }
                    _ => Object::Dictionary(dictionary(&fill_in(text, &places, first))),
                };
                increment.put(*place, &object).unwrap();
            }
            let at = |name: &str| place(&places, name);
            let widgets = [
                "text",
                "plain",
                "city",
                "agree",
                "one",
                "two",
                "apart widget",
                "in group",
                "push",
                "hidden",
                "shared",
                "sharing",
                "fixed",
            ];
            let fields = [
                "text", "plain", "city", "agree", "choice", "apart", "group", "push", "hidden", "shared",
                "sharing", "fixed",
            ];
            edit_page(document, increment, |page| page.set("Annots", list(widgets.map(at))));
            let mut form =
                dictionary(&format!("<</DA(/Helv 12 Tf 0 g)/DR<</Font<</Helv {}>>>>>>", at("font")));
            form.set("Fields", list(fields.map(at)));
            edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form));
        });
        Self { pdf, page: page.unwrap(), places }
    }

    pub(crate) fn at(&self, name: &str) -> Reference {
        place(&self.places, name)
    }

    /// A text in which `{name}` stands for an object of the form.
    pub(crate) fn dictionary(&self, text: &str) -> Dictionary {
        dictionary(&fill_in(text, &self.places, self.page))
    }

    /// The form signed by Alice, then changed.
    pub(crate) fn changed(
        &self,
        signed: &[u8],
        change: impl FnOnce(&Document<'_>, &mut Increment<'_>),
    ) -> Vec<u8> {
        revised(&signed.to_vec(), change)
    }

    /// Sets these entries of an object; null removes one.
    pub(crate) fn set(
        &self,
        document: &Document<'_>,
        increment: &mut Increment<'_>,
        name: &str,
        entries: &str,
    ) {
        let entries = self.dictionary(entries);
        edit(document, increment, self.at(name), |object| {
            for (key, value) in entries.iter() {
                if value.is_null() {
                    object.remove(key.as_str().unwrap());
                } else {
                    object.set(key.clone(), value.clone());
                }
            }
        });
    }

    /// A new appearance that shows a text in the font of the form.
    pub(crate) fn look(&self, increment: &mut Increment<'_>, content: &str) -> Reference {
        let resources = "/Resources<</Font<</Helv {font}>>>>";
        self.look_with(increment, content, resources)
    }

    /// A new appearance with these entries.
    pub(crate) fn look_with(&self, increment: &mut Increment<'_>, content: &str, entries: &str) -> Reference {
        let place = increment.allocate();
        let entries = fill_in(
            &format!("<</Type/XObject/Subtype/Form/BBox[0 0 200 20]{entries}>>"),
            &self.places,
            self.page,
        );
        increment.put(place, &stream(&entries, content.as_bytes())).unwrap();
        place
    }

    /// Fills in a text field, drawn anew.
    pub(crate) fn fill(
        &self,
        document: &Document<'_>,
        increment: &mut Increment<'_>,
        name: &str,
        (value, content): (&str, &str),
    ) {
        let look = self.look(increment, content);
        self.set(document, increment, name, &format!("<</V({value})/AP<</N {look}>>>>"));
    }
}

impl Form {
    pub(crate) fn signed(&self, pki: &TestPki) -> Vec<u8> {
        super::signed(pki, &self.pdf)
    }

    pub(crate) fn certified(&self, pki: &TestPki, allowed: ChangesAllowed) -> Vec<u8> {
        let alice = pki.signer("Alice", KeyKind::P256);
        PdfSigner::new(&alice, now()).certify(allowed).sign(&self.pdf).unwrap().to_vec().unwrap()
    }

    pub(crate) fn locked(&self, pki: &TestPki, lock: FieldLock) -> Vec<u8> {
        let alice = pki.signer("Alice", KeyKind::P256);
        PdfSigner::new(&alice, now()).lock(lock).sign(&self.pdf).unwrap().to_vec().unwrap()
    }

    /// The verdicts on the form, certified so that it may be filled in, and changed.
    pub(crate) fn judged(
        &self,
        pki: &TestPki,
        allowed: ChangesAllowed,
        change: impl FnOnce(&Document<'_>, &mut Increment<'_>),
    ) -> Report {
        let signed = self.certified(pki, allowed);
        verify(pki, &self.changed(&signed, change))
    }
}

fn place(places: &[(&str, Reference)], name: &str) -> Reference {
    places.iter().find(|(other, _)| *other == name).unwrap_or_else(|| panic!("no {name}")).1
}

fn fill_in(text: &str, places: &[(&'static str, Reference)], page: Reference) -> String {
    let text = text.replace("{page}", &page.to_string());
    places.iter().fold(text, |text, (name, place)| text.replace(&format!("{{{name}}}"), &format!("{place} ")))
}
