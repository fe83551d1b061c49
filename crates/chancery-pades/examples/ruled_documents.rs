//! Certified and locked documents, fields with seed values, the older form and declared extensions, and a table of what
//! pyHanko must find in each. `.ci/judges rules` shows them to the judges.
//!
//! `cargo run -p chancery-pades --example ruled_documents -- OUT`
//!
//! Some are changed after they were signed, in ways that are allowed or forbidden: a judge that says nothing of these
//! would prove nothing about the others.

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use chancery_digest::{DigestAlgorithm, Source};
use chancery_http::Address;
use chancery_key::{KeyKind, SignatureAlgorithm, Signer, SoftwareSigner};
use chancery_pades::{ChangesAllowed, FieldLock, LastingPdf, PdfSigner, SignatureForm, WithoutTimestamp};
use chancery_pdf::{Dictionary, Document, Increment, Object, PdfString, Reference};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::contract_pdf;
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("say where to write")?);
    std::fs::create_dir_all(&folder)?;
    let mut shelf = Shelf::new(folder)?;
    certified(&mut shelf)?;
    locked(&mut shelf)?;
    seeded(&mut shelf)?;
    declared(&mut shelf)?;
    shelf.close()
}

/// The documents and what must be found in them.
struct Shelf {
    folder: PathBuf,
    pki: TestPki,
    now: Timestamp,
    alice: SoftwareSigner,
    bob: SoftwareSigner,
    table: String,
}

/// What must be found in the first signature of a document.
#[derive(Clone, Copy)]
struct Wanted {
    /// Its level of DocMDP; 0 for none.
    level: i64,
    /// Whether what came after it was allowed.
    kept: bool,
}

const APPROVAL: Wanted = Wanted { level: 0, kept: true };

const fn level(level: i64) -> Wanted {
    Wanted { level, kept: true }
}

const fn broken(level: i64) -> Wanted {
    Wanted { level, kept: false }
}

impl Shelf {
    fn new(folder: PathBuf) -> Done<Self> {
        // Judges look at their own clock; the whole minute keeps the files alike.
        let now = Timestamp::from_second(Timestamp::now().as_second() / 60 * 60)?;
        let pki = TestPki::at(now);
        let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
        let table = "file\tlevel\tkept\n".to_owned();
        std::fs::write(folder.join("root.pem"), pki.anchors_pem())?;
        for (number, list) in pki.crls().iter().enumerate() {
            std::fs::write(folder.join(format!("{number}.crl")), list)?;
        }
        Ok(Self { folder, pki, now, alice, bob, table })
    }

    fn alice(&self) -> PdfSigner<'_, &SoftwareSigner> {
        PdfSigner::new(&self.alice, self.now)
    }

    fn bob(&self) -> PdfSigner<'_, &SoftwareSigner> {
        PdfSigner::new(&self.bob, self.now)
    }

    fn authority(&self) -> Done<TimestampAuthority<&TestPki>> {
        Ok(TimestampAuthority::new(Address::parse(&self.pki.tsa_url())?, &self.pki))
    }

    fn put(&mut self, name: &str, pdf: &[u8], wanted: Wanted) -> Done<()> {
        let Wanted { level, kept } = wanted;
        writeln!(self.table, "{name}.pdf\t{level}\t{kept}")?;
        Ok(std::fs::write(self.folder.join(format!("{name}.pdf")), pdf)?)
    }

    fn close(self) -> Done<()> {
        Ok(std::fs::write(self.folder.join("table.tsv"), self.table)?)
    }
}

fn sign(signer: &PdfSigner<'_, &SoftwareSigner>, pdf: &dyn Source) -> Done<Vec<u8>> {
    Ok(signer.sign(pdf)?.to_vec()?)
}

/// A lease with a field for the rent and a note, and an empty signature field for each name, with these entries.
fn form(signatures: &[(&str, &str)]) -> Done<Vec<u8>> {
    let lease = contract_pdf("Lease", &["The landlord lets the flat to the tenant."]);
    revised(&lease, |document, increment| {
        let view = document.latest();
        let (page_place, mut page) = view.page(0)?;
        let mut fields = Vec::new();
        for name in ["Rent", "Note"] {
            let text = format!(
                "<</Type/Annot/Subtype/Widget/FT/Tx/T({name})/F 4/Rect[72 200 172 220]/P {page_place}>>"
            );
            fields.push((increment.allocate(), text));
        }
        for (name, entries) in signatures {
            let text = format!(
                "<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/F 132/Rect[0 0 0 0]/P {page_place}{entries}>>"
            );
            fields.push((increment.allocate(), text));
        }
        for (place, text) in &fields {
            increment.put(*place, &Object::parse(text.as_bytes())?.0)?;
        }
        let places = || fields.iter().map(|(place, _)| Object::Reference(*place)).collect::<Vec<_>>();
        page.set("Annots", places());
        increment.put(page_place, &page.into())?;
        let (root, mut catalog) = view.catalog()?;
        let mut form = Dictionary::new();
        form.set("Fields", places());
        catalog.set("AcroForm", form);
        Ok(increment.put(root, &catalog.into())?)
    })
}

fn revised(
    pdf: &dyn Source,
    change: impl FnOnce(&Document<'_>, &mut Increment<'_>) -> Done<()>,
) -> Done<Vec<u8>> {
    let document = Document::open(pdf)?;
    let mut increment = Increment::new(&document);
    change(&document, &mut increment)?;
    let appended = increment.finish()?.bytes;
    Ok([&*pdf.read_range(0..pdf.len())?, &appended].concat())
}

/// Fills in a text field, as a person would with a viewer.
fn filled(pdf: &dyn Source, name: &str) -> Done<Vec<u8>> {
    revised(pdf, |document, increment| {
        let (place, mut field) = field(document, name)?.ok_or("no such field")?;
        field.set("V", PdfString::text("1000"));
        Ok(increment.put(place, &field.into())?)
    })
}

fn field(document: &Document<'_>, name: &str) -> Done<Option<(Reference, Dictionary)>> {
    let view = document.latest();
    let (_, catalog) = view.catalog()?;
    let form = view.value(&catalog, "AcroForm")?;
    let fields = view.value(form.as_dictionary().ok_or("no form")?, "Fields")?;
    for place in fields.as_array().unwrap_or_default() {
        let place = place.as_reference().ok_or("a direct field")?;
        let Object::Dictionary(field) = view.object(place)? else { continue };
        if field.get("T").and_then(Object::as_string).is_some_and(|title| title.to_text() == name) {
            return Ok(Some((place, field)));
        }
    }
    Ok(None)
}

fn certified(shelf: &mut Shelf) -> Done<()> {
    let pdf = form(&[("Bob", "")])?;
    let levels = [ChangesAllowed::None, ChangesAllowed::FormFilling, ChangesAllowed::Annotations];
    for (number, allowed) in (1..).zip(levels) {
        let certified = sign(&shelf.alice().certify(allowed), &pdf)?;
        shelf.put(&format!("certified-{number}"), &certified, level(number))?;
        let stamped = LastingPdf::new(&certified).timestamp(&shelf.authority()?, &mut UnwrapErr(SysRng))?;
        shelf.put(&format!("certified-{number}-stamped"), &stamped.to_vec()?, level(number))?;
        let wanted = if number == 1 { broken(1) } else { level(number) };
        shelf.put(&format!("certified-{number}-filled"), &filled(&certified, "Rent")?, wanted)?;
        if number > 1 {
            let signed = sign(&shelf.bob().field("Bob"), &certified)?;
            shelf.put(&format!("certified-{number}-signed"), &signed, level(number))?;
            let signed = sign(&shelf.bob(), &certified)?;
            shelf.put(&format!("certified-{number}-signed-anew"), &signed, level(number))?;
            let closed = sign(&shelf.bob().allow_only(ChangesAllowed::None), &certified)?;
            shelf.put(&format!("certified-{number}-closed"), &closed, level(number))?;
        }
    }
    Ok(())
}

fn locked(shelf: &mut Shelf) -> Done<()> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let pdf = form(&[("Alice", ""), ("Bob", "")])?;
    let rows = [
        ("all", FieldLock::All, [false, false, false]),
        ("rent", FieldLock::Only(names(&["Rent"])), [false, true, true]),
        ("but-rent", FieldLock::AllExcept(names(&["Rent"])), [true, false, false]),
        ("but-bob", FieldLock::AllExcept(names(&["Bob"])), [false, false, true]),
    ];
    for (name, lock, [rent, note, bob]) in rows {
        for field in ["Alice", "Signature1"] {
            let name = format!("locked-{name}-{}", field.to_lowercase());
            let locked = sign(&shelf.alice().field(field).lock(lock.clone()), &pdf)?;
            shelf.put(&name, &locked, APPROVAL)?;
            let kept = |kept| Wanted { level: 0, kept };
            shelf.put(&format!("{name}-rent"), &filled(&locked, "Rent")?, kept(rent))?;
            shelf.put(&format!("{name}-note"), &filled(&locked, "Note")?, kept(note))?;
            let signed = sign(&shelf.bob().field("Bob"), &locked);
            if signed.is_ok() != bob {
                return Err(format!("{name}: Bob's field is locked or it is not").into());
            }
            if let Ok(signed) = signed {
                shelf.put(&format!("{name}-bob"), &signed, APPROVAL)?;
            }
        }
    }
    let first = sign(&shelf.alice().field("Alice"), &pdf)?;
    let second = sign(&shelf.bob().field("Bob").lock(FieldLock::Only(names(&["Rent"]))), &first)?;
    shelf.put("locked-second", &second, APPROVAL)?;
    for number in [1, 2, 3] {
        let entry = format!("/Lock<</Type/SigFieldLock/Action/Include/Fields[(Rent)]/P {number}>>");
        let pdf = form(&[("Alice", &entry), ("Bob", "")])?;
        let locked = sign(&shelf.alice().field("Alice"), &pdf)?;
        shelf.put(&format!("own-lock-{number}"), &locked, level(number))?;
        let wanted = if number == 1 { broken(1) } else { level(number) };
        shelf.put(&format!("own-lock-{number}-note"), &filled(&locked, "Note")?, wanted)?;
        shelf.put(&format!("own-lock-{number}-rent"), &filled(&locked, "Rent")?, broken(number))?;
    }
    let closed = sign(&shelf.alice().field("Alice").allow_only(ChangesAllowed::None), &pdf)?;
    shelf.put("closed", &closed, level(1))?;
    shelf.put("closed-note", &filled(&closed, "Note")?, broken(1))
}

fn seeded(shelf: &mut Shelf) -> Done<()> {
    let hexadecimal =
        |bytes: &[u8]| String::from_utf8(Object::from(PdfString::hexadecimal(bytes)).to_bytes());
    let alice = hexadecimal(shelf.alice.chain().first().ok_or("no certificate")?.to_der())?;
    let issuer = hexadecimal(shelf.pki.intermediate().to_der())?;
    let rows = [
        ("everything", "/Filter/Adobe.PPKLite/SubFilter[/ETSI.CAdES.detached]/V 3/DigestMethod[(SHA256)(SHA384)]/Reasons[(I approve)]/LockDocument/auto/AddRevInfo false/Ff 239".to_owned(), 0),
        ("older-form", "/SubFilter[/adbe.pkcs7.detached]/Reasons[(I approve)(Seen)]/Ff 10".to_owned(), 0),
        ("certification", "/MDP<</P 2>>".to_owned(), 2),
        ("approval", "/MDP<</P 0>>".to_owned(), 0),
        ("lock", "/LockDocument/true/Ff 128".to_owned(), 1),
        ("open", "/LockDocument/false/Ff 128".to_owned(), 0),
        ("subject", format!("/Cert<</Type/SVCert/Subject[{alice}]/Ff 1>>"), 0),
        ("issuer", format!("/Cert<</Type/SVCert/Issuer[{issuer}]/Ff 2>>"), 0),
        ("name", "/Cert<</Type/SVCert/SubjectDN[<</CN(Alice)>>]/Ff 8>>".to_owned(), 0),
        ("usage", "/Cert<</Type/SVCert/KeyUsage[(X1XXX00XX)]/Ff 32>>".to_owned(), 0),
    ];
    for (name, seeds, wanted) in rows {
        let pdf = form(&[("Alice", &format!("/SV<</Type/SV{seeds}>>"))])?;
        let signed = sign(&shelf.alice().field("Alice").reason("I approve"), &pdf)?;
        shelf.put(&format!("seeded-{name}"), &signed, level(wanted))?;
    }
    let stamped = "/SV<</Type/SV/TimeStamp<</URL(http://tsa.example/)/Ff 1>>>>";
    let pdf = form(&[("Alice", stamped)])?;
    let (signer, authority) = (shelf.alice().field("Alice"), shelf.authority()?);
    let (signed, stamping) =
        signer.sign_with_timestamp(&pdf, &authority, WithoutTimestamp::Require, &mut UnwrapErr(SysRng))?;
    if signed.asked_timestamp().is_none() || stamping.missing().is_some() {
        return Err("the timestamp is not told, or missing".into());
    }
    shelf.put("seeded-timestamp", &signed.to_vec()?, APPROVAL)
}

fn declared(shelf: &mut Shelf) -> Done<()> {
    let old = form(&[])?;
    let new = revised(&old, |document, increment| {
        let (root, mut catalog) = document.latest().catalog()?;
        catalog.set("Version", chancery_pdf::Name::from("2.0"));
        Ok(increment.put(root, &catalog.into())?)
    })?;
    let rita = || shelf.pki.signer("Rita", KeyKind::Rsa { bits: 2048 });
    let rsa = |digest| rita().with_algorithm(SignatureAlgorithm::RsaPkcs1v15(digest));
    let signers = [
        ("sha3", rsa(DigestAlgorithm::Sha3_256)?),
        ("rsa", rsa(DigestAlgorithm::Sha256)?),
        ("ed25519", shelf.pki.signer("Eddy", KeyKind::Ed25519)),
        ("p384", shelf.pki.signer("Peter", KeyKind::P384)),
    ];
    for (name, signer) in signers {
        for (version, pdf) in [("17", &old), ("20", &new)] {
            let by = PdfSigner::new(&signer, shelf.now).application("Chancery", env!("CARGO_PKG_VERSION"));
            let first = sign(&by, pdf)?;
            shelf.put(&format!("declared-{name}-{version}"), &first, APPROVAL)?;
            let second = sign(&shelf.bob().form(SignatureForm::AdobePkcs7), &first)?;
            shelf.put(&format!("declared-{name}-{version}-twice"), &second, APPROVAL)?;
        }
    }
    Ok(())
}
