//! The signed documents.

use std::error::Error;

use chancery_ades::{Policy, Report};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_digest::Source;
use chancery_drawing::{Font, Rectangle};
use chancery_http::Address;
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{Appearance, ChangesAllowed, FieldLock, LastingPdf, PdfSigner, PdfVerifier, Place};
use chancery_pdf::{Document, Object, Reference};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::{CrossReference, SamplePdf, contract_pdf};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

use crate::draft::{Draft, dictionary, parsed, stream};
use crate::random::Random;
use crate::written::{Layout, written};

pub(crate) type Done<T> = Result<T, Box<dyn Error>>;

/// A signed document.
pub(crate) struct Base {
    pub(crate) name: String,
    pub(crate) file: Vec<u8>,
}

/// Who signs, and who judges.
pub(crate) struct Office {
    pki: TestPki,
    alice: SoftwareSigner,
    pub(crate) bob: SoftwareSigner,
    policy: Policy,
}

impl Office {
    pub(crate) fn open() -> Done<Self> {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
        let pki = TestPki::at(now);
        let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
        let policy = Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::WhenKnown);
        pki.set_now(now + SignedDuration::from_mins(1));
        Ok(Self { pki, alice, bob, policy })
    }

    pub(crate) fn judge(&self, pdf: &dyn Source) -> Result<Report, chancery_pades::PadesError> {
        PdfVerifier::new(&self.policy).verify_at(pdf, self.pki.now() + SignedDuration::from_mins(10))
    }

    pub(crate) fn alice(&self) -> PdfSigner<'_, &SoftwareSigner> {
        PdfSigner::new(&self.alice, self.pki.now())
    }

    pub(crate) fn bob(&self) -> PdfSigner<'_, &SoftwareSigner> {
        PdfSigner::new(&self.bob, self.pki.now())
    }

    /// With a timestamp over the document.
    pub(crate) fn stamped(&self, pdf: &dyn Source) -> Done<Vec<u8>> {
        let authority = TimestampAuthority::new(Address::parse(&self.pki.tsa_url())?, &self.pki);
        Ok(LastingPdf::new(pdf).timestamp(&authority, &mut UnwrapErr(SysRng))?.to_vec()?)
    }

    /// With the evidence for all signatures.
    pub(crate) fn preserved(&self, pdf: &dyn Source) -> Done<Vec<u8>> {
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        let lasting = LastingPdf::new(pdf);
        let evidence = lasting.collector(&verifier, &verifier, self.pki.now())?.collect(&self.pki)?;
        Ok(lasting.preserve(&evidence)?.to_vec()?)
    }
}

/// All documents, each of which passes.
pub(crate) fn all(office: &Office) -> Done<Vec<Base>> {
    let mut bases = Vec::new();
    let mut add = |name: &str, file: Vec<u8>| -> Done<()> {
        let report = office.judge(&file)?;
        if report.indication() != Some(chancery_ades::Indication::TotalPassed) {
            return Err(format!("{name} does not pass before anything is changed: {report}").into());
        }
        bases.push(Base { name: name.to_owned(), file });
        Ok(())
    };
    let sign = |signer: PdfSigner<'_, &SoftwareSigner>, pdf: &dyn Source| -> Done<Vec<u8>> {
        Ok(signer.sign(pdf)?.to_vec()?)
    };
    let contract =
        contract_pdf("Lease", &["The landlord lets the flat to the tenant for 1000 euro a month."]);
    add("contract", sign(office.alice(), &contract)?)?;
    let kinds = [
        ("table", CrossReference::Table),
        ("stream", CrossReference::Stream),
        ("object-streams", CrossReference::ObjectStreams),
        ("hybrid", CrossReference::Hybrid),
    ];
    for (name, kind) in kinds {
        add(name, sign(office.alice(), &rich(kind)?)?)?;
    }
    let form = rich(CrossReference::Table)?;
    let levels = [ChangesAllowed::None, ChangesAllowed::FormFilling, ChangesAllowed::Annotations];
    for (number, level) in (1..).zip(levels) {
        add(&format!("certified-{number}"), sign(office.alice().certify(level), &form)?)?;
    }
    add("locked-all", sign(office.alice().lock(FieldLock::All), &form)?)?;
    add("locked-rent", sign(office.alice().lock(FieldLock::Only(vec!["Rent".into()])), &form)?)?;
    let both =
        office.alice().certify(ChangesAllowed::FormFilling).lock(FieldLock::AllExcept(vec!["Note".into()]));
    add("certified-2-locked-but-note", sign(both, &form)?)?;
    let stream_form = rich(CrossReference::ObjectStreams)?;
    let certified = office.alice().certify(ChangesAllowed::FormFilling);
    add("certified-2-object-streams", sign(certified, &stream_form)?)?;
    let font = Font::parse(chancery_font::latin())?;
    let place = Place::on_page(1).at(Rectangle { x: 72.0, y: 90.0, width: 220.0, height: 60.0 });
    add("visible", sign(office.alice().appearance(Appearance::at(place).font(&font)), &form)?)?;
    add("prepared", sign(office.alice(), &prepared()?)?)?;
    let once = sign(office.alice().certify(ChangesAllowed::Annotations), &form)?;
    add("certified-3-twice", sign(office.bob().field("Second"), &once)?)?;
    let stamped = office.stamped(&sign(office.alice(), &form)?)?;
    add("preserved", office.preserved(&stamped)?)?;
    Ok(bases)
}

/// Three pages with a form, layers, annotations, resources of every kind, and a page tree of two levels.
fn rich(kind: CrossReference) -> Done<Vec<u8>> {
    let sample = SamplePdf::new().pages(3).extra_objects(2).cross_reference(kind).to_bytes();
    drafted(&sample, enriched)
}

/// The file with a revision of its own kind.
fn drafted(pdf: &[u8], fill: impl FnOnce(&mut Draft<'_>) -> Option<()>) -> Done<Vec<u8>> {
    let source = pdf.to_vec();
    let document = Document::open(&source)?;
    let mut draft = Draft::new(&document);
    fill(&mut draft).ok_or("the document is not as expected")?;
    let streams = document.latest().trailer().get("W").is_some();
    let layout = if streams { Layout::ObjectStream } else { Layout::Table };
    let appended = written(&source, &mut draft, layout, &mut Random::new(1));
    Ok([&source[..], &appended].concat())
}

const BOX: &str = "/BBox[0 0 100 20]";

fn enriched(draft: &mut Draft<'_>) -> Option<()> {
    let root = draft.root()?;
    let pages = draft.pages();
    let [first, second, third] = pages[..] else { return None };
    let tree = draft.catalog()?.get("Pages")?.as_reference()?;
    // A tree of two levels, from which the first two pages inherit boxes and a font.
    let font =
        draft.add(dictionary("<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>"));
    let node = draft.add(dictionary(&format!(
        "<</Type/Pages/Parent {tree}/Kids[{first} {second}]/Count 2/MediaBox[0 0 595 842]/Rotate 0>>"
    )));
    draft.edit(tree, |tree| {
        tree.set("Kids", parsed(&format!("[{node} {third}]")));
        tree.set("Resources", dictionary(&format!("<</Font<</Inherited {font}>>>>")));
    })?;
    for page in [first, second] {
        draft.edit(page, |page| {
            page.set("Parent", node);
            page.remove("MediaBox");
        })?;
    }
    // Layers: one that is shown and one that is not.
    let shown = draft.add(dictionary("<</Type/OCG/Name(Rent)>>"));
    let hidden = draft.add(dictionary("<</Type/OCG/Name(Draft)>>"));
    let layers = format!(
        "<</OCGs[{shown} {hidden}]/D<</Order[{shown} {hidden}]/ON[{shown}]/OFF[{hidden}]/BaseState/ON>>>>"
    );
    draft.edit(root, |catalog| catalog.set("OCProperties", dictionary(&layers)))?;
    let helvetica =
        draft.add(dictionary("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"));
    let glyph = draft.add(stream("<<>>", "700 0 0 0 600 700 d1 0 0 600 700 re f"));
    let drawn = draft.add(dictionary(&format!(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 700 700]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</box {glyph}>>\
         /Encoding<</Type/Encoding/Differences[49/box]>>/FirstChar 49/LastChar 49/Widths[700]/Resources<<>>>>"
    )));
    let form = draft.add(stream(
        &format!("<</Type/XObject/Subtype/Form{BOX}/Resources<</Font<</F1 {helvetica}>>>>>>"),
        "BT /F1 12 Tf 0 5 Td (signed form) Tj ET",
    ));
    let image = draft.add(stream(
        "<</Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray>>",
        [0_u8, 255, 128, 64],
    ));
    let state = draft.add(dictionary("<</Type/ExtGState/ca 1>>"));
    let content = draft.add(stream(
        "<<>>",
        "BT /F1 14 Tf 72 700 Td (The rent is 1000 euro a month.) Tj ET q /G0 gs 1 0 0 1 72 650 cm /Fm0 Do Q \
         q 40 0 0 40 300 640 cm /Im0 Do Q BT /T3 20 Tf 72 600 Td (11 1) Tj ET \
         /OC /Shown BDC BT /F1 14 Tf 72 560 Td (shown layer) Tj ET EMC \
         /OC /Hidden BDC BT /F1 14 Tf 72 530 Td (hidden layer: 9000 euro) Tj ET EMC \
         BT /Inherited 14 Tf 72 500 Td (in the font that is inherited) Tj ET",
    ));
    let resources = format!(
        "<</Font<</F1 {helvetica}/T3 {drawn}/Inherited {font}>>/XObject<</Fm0 {form}/Im0 {image}>>/ExtGState<</G0 {state}>>\
         /Properties<</Shown {shown}/Hidden {hidden}>>>>"
    );
    let resources = draft.add(dictionary(&resources));
    draft.edit(first, |page| {
        page.set("Contents", content);
        page.set("Resources", resources);
    })?;
    fields(draft, (first, second), helvetica)?;
    annotations(draft, second, helvetica)
}

/// The appearance of a text field.
pub(crate) fn text_appearance(text: &str) -> Object {
    stream(
        &format!(
            "<</Type/XObject/Subtype/Form{BOX}/Resources<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ),
        format!("/Tx BMC q BT /Helv 11 Tf 0 g 2 5 Td ({text}) Tj ET Q EMC"),
    )
}

fn fields(draft: &mut Draft<'_>, (first, second): (Reference, Reference), font: Reference) -> Option<()> {
    let mut fields = Vec::new();
    let mut widgets = Vec::new();
    let texts = [("Rent", "1000", 0), ("Note", "", 0), ("Fixed", "never", 1), ("Remark", "as seen", 0)];
    for ((name, value, flags), y) in texts.into_iter().zip((200..).step_by(30)) {
        let appearance = draft.add(text_appearance(value));
        let widget = draft.add(dictionary(&format!(
            "<</Type/Annot/Subtype/Widget/FT/Tx/T({name})/V({value})/DA(/Helv 11 Tf 0 g)/F 4/Ff {flags}\
             /Rect[72 {y} 172 {}]/AP<</N {appearance}>>/P {first}>>",
            y + 20
        )));
        fields.push(widget);
        widgets.push(widget);
    }
    let (on, off) = (
        draft.add(stream("<</Type/XObject/Subtype/Form/BBox[0 0 20 20]>>", "0 0 20 20 re f")),
        draft.add(stream("<</Type/XObject/Subtype/Form/BBox[0 0 20 20]>>", "0 0 20 20 re s")),
    );
    let agree = draft.add(dictionary(&format!(
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(Agree)/V/Off/AS/Off/F 4/Rect[220 200 240 220]/AP<</N<</Yes {on}/Off {off}>>>>/P {first}>>"
    )));
    let shown = draft.add(text_appearance("red"));
    let colour = draft.add(dictionary(&format!(
        "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(Colour)/Opt[(red)(green)]/V(red)/DA(/Helv 11 Tf 0 g)/F 4/Rect[220 230 320 250]\
         /AP<</N {shown}>>/P {first}>>"
    )));
    fields.extend([agree, colour]);
    widgets.extend([agree, colour]);
    let parent = Reference::new(draft.reserve(1), 0);
    let mut kids = Vec::new();
    for (name, y) in [("Street", 260), ("City", 290)] {
        let appearance = draft.add(text_appearance("somewhere"));
        let kid = draft.add(dictionary(&format!(
            "<</Type/Annot/Subtype/Widget/Parent {parent}/T({name})/V(somewhere)/F 4/Rect[220 {y} 320 {}]/AP<</N {appearance}>>/P {first}>>",
            y + 20
        )));
        kids.push(Object::from(kid));
        widgets.push(kid);
    }
    let mut address = dictionary("<</FT/Tx/T(Address)/DA(/Helv 11 Tf 0 g)>>");
    address.set("Kids", Object::Array(kids));
    draft.put(parent, address);
    fields.push(parent);
    for (name, rect) in [("Witness", "[0 0 0 0]"), ("Guarantor", "[350 90 500 140]")] {
        let widget = draft.add(dictionary(&format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/F 4/Rect{rect}/P {second}>>"
        )));
        fields.push(widget);
        draft.append(second, "Annots", widget.into())?;
    }
    for widget in widgets {
        draft.append(first, "Annots", widget.into())?;
    }
    let mut form = dictionary(&format!("<</DA(/Helv 11 Tf 0 g)/DR<</Font<</Helv {font}>>>>>>"));
    form.set("Fields", Object::Array(fields.into_iter().map(Object::from).collect()));
    let form = draft.add(form);
    draft.edit_catalog(|catalog| catalog.set("AcroForm", form))
}

fn annotations(draft: &mut Draft<'_>, page: Reference, font: Reference) -> Option<()> {
    let square =
        draft.add(stream("<</Type/XObject/Subtype/Form/BBox[0 0 100 50]>>", "1 0 0 RG 1 1 98 48 re S"));
    let free = draft.add(stream(
        &format!("<</Type/XObject/Subtype/Form/BBox[0 0 200 30]/Resources<</Font<</F1 {font}>>>>>>"),
        "BT /F1 12 Tf 2 5 Td (a remark of 2026) Tj ET",
    ));
    let list = [
        format!(
            "<</Type/Annot/Subtype/Square/Rect[72 600 172 650]/C[1 0 0]/F 4/AP<</N {square}>>/P {page}>>"
        ),
        format!(
            "<</Type/Annot/Subtype/FreeText/Rect[72 500 272 530]/DA(/F1 12 Tf)/Contents(a remark of 2026)/F 4/AP<</N {free}>>/P {page}>>"
        ),
        format!(
            "<</Type/Annot/Subtype/Text/Rect[300 600 320 620]/Contents(look here)/Name/Note/F 4/P {page}>>"
        ),
        format!(
            "<</Type/Annot/Subtype/Link/Rect[72 700 172 720]/Border[0 0 1]/A<</S/URI/URI(https://lease.example)>>/P {page}>>"
        ),
    ];
    for text in list {
        let annotation = draft.add(dictionary(&text));
        draft.append(page, "Annots", annotation.into())?;
    }
    Some(())
}

/// Numbers to which the prepared document leads, and where nothing is.
pub(crate) const MISSING: u32 = 900;

/// What an attacker laid out who wrote the document: objects that nothing uses, and references to what is not there.
fn prepared() -> Done<Vec<u8>> {
    let rich = rich(CrossReference::Table)?;
    drafted(&rich, |draft| {
        let first = *draft.pages().first()?;
        let tree = draft.catalog()?.get("Pages")?.as_reference()?;
        draft.reserve(MISSING.checked_sub(draft.size())?);
        let content = draft.add(stream("<<>>", "BT /F1 30 Tf 72 400 Td (9000 euro) Tj ET"));
        draft.add(dictionary(&format!(
            "<</Type/Page/Parent {tree}/MediaBox[0 0 595 842]/Resources<<>>/Contents {content}>>"
        )));
        // The first numbers after these were not there when it was signed.
        let page = draft.dictionary(first)?;
        let contents = page.get("Contents")?.clone();
        let missing = |number: u32| Object::Reference(Reference::new(MISSING + number, 0));
        draft.edit(first, |page| page.set("Contents", Object::Array(vec![contents, missing(50)])))?;
        draft.append(first, "Annots", missing(51))?;
        draft.append_field(Reference::new(MISSING + 51, 0))?;
        draft.edit_catalog(|catalog| {
            catalog.set("Names", dictionary(&format!("<</JavaScript {}>>", Reference::new(MISSING + 52, 0))));
        })
    })
}
