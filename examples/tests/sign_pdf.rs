//! What `sign_pdf` can be told, run as people run it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::fs;
use std::path::Path;

use chancery_pdf::{Document, Increment, Object};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::contract_pdf;
use desk::{Desk, Run};
use jiff::Timestamp;

const KEY: [&str; 4] = ["--p12", "alice.p12", "--p12-password-env", "P12"];

/// Two pixels by two, one of them clear.
const PNG: &str = "89504e470d0a1a0a0000000d494844520000000200000002080600000072b60d24000000154944415478da6310d138f11f88191\
    8804403880300354b068f3aa6a17d0000000049454e44ae426082";

impl Desk {
    fn sign(&self, input: &str, output: &str, further: &[&str]) -> Run {
        self.run("sign_pdf", [&[input, output][..], &KEY, further].concat())
    }

    fn verify(&self, name: &str) -> Run {
        self.run("verify_pdf", [name, "--trust", "roots.pem", "--crl", "root.crl", "--crl", "issuing.crl"])
    }

    /// Signed so, it passes; what was appended.
    #[track_caller]
    fn appended(&self, further: &[&str]) -> Vec<u8> {
        self.sign("contract.pdf", "signed.pdf", further).ends(0, "signed.pdf: signed");
        self.verify("signed.pdf").ends(0, "TOTAL-PASSED");
        self.read("signed.pdf").split_off(self.read("contract.pdf").len())
    }
}

fn has(bytes: &[u8], wanted: &str) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

/// The contract with a form: a text and two empty places for signatures, one of which can be seen.
fn with_form(desk: &Desk) {
    let pdf = desk.read("contract.pdf");
    let document = Document::open(&pdf).unwrap();
    let mut increment = Increment::new(&document);
    let parsed = |text: &str| Object::parse(text.as_bytes()).unwrap().0;
    let (page, mut content) = document.latest().page(0).unwrap();
    let mut fields = Vec::new();
    for field in [
        "/FT/Tx/T(Rent)/V(1000)/DA(/Helv 0 Tf 0 g)/Rect[300 700 400 720]",
        "/FT/Sig/T(Seller)/Rect[72 100 272 160]",
        "/FT/Sig/T(Buyer)/Rect[0 0 0 0]",
    ] {
        let place = increment.allocate();
        let widget = format!("<</Type/Annot/Subtype/Widget/F 4/P {} 0 R{field}>>", page.number);
        increment.put(place, &parsed(&widget)).unwrap();
        fields.push(Object::Reference(place));
    }
    content.set("Annots", Object::Array(fields.clone()));
    increment.put(page, &content.into()).unwrap();
    let (root, mut catalog) = document.latest().catalog().unwrap();
    let Object::Dictionary(mut form) = parsed("<</DA(/Helv 0 Tf 0 g)>>") else { panic!() };
    form.set("Fields", Object::Array(fields));
    catalog.set("AcroForm", form);
    increment.put(root, &catalog.into()).unwrap();
    let appended = increment.finish().unwrap().bytes;
    desk.write("contract.pdf", &[pdf, appended].concat());
}

#[test]
fn what_is_said_stands_in_the_signature() {
    let desk = Desk::new();
    let appended = desk.appended(&[
        "--name",
        "Alice A.",
        "--contact",
        "+372 555",
        "--location",
        "Tallinn",
        "--zone",
        "+02:00",
    ]);
    for wanted in [
        "/Name(Alice A.)",
        "/ContactInfo(+372 555)",
        "/Location(Tallinn)",
        "+02'00",
        "/SubFilter/ETSI.CAdES.detached",
    ] {
        assert!(has(&appended, wanted), "{wanted} is not in\n{}", String::from_utf8_lossy(&appended));
    }
}

#[test]
fn a_meaning_is_printed_with_name_and_time() {
    // G5
    let desk = Desk::new();
    let said = ["--meaning", "I approve this report", "--role", "Head of Quality", "--name", "Alice A."];
    let appended = desk.appended(&[&said[..], &["--rect", "72,90,250,80"]].concat());
    assert!(has(&appended, "/Reason(I approve this report)") && has(&appended, "/Name(Alice A.)"));
    assert!(has(&appended, "/AP"), "it is seen");
    // An appearance with words of its own would hide the meaning.
    let hidden = [&said[..], &["--text", "Approved"]].concat();
    desk.sign("contract.pdf", "out.pdf", &hidden).ends(1, "contract.pdf: ");
    desk.sign("contract.pdf", "out.pdf", &["--meaning", "a", "--reason", "b"]).ends(64, "--meaning");
    desk.sign("contract.pdf", "out.pdf", &["--role", "Head"]).ends(64, "--meaning");
    assert!(!desk.path("out.pdf").exists());
}

#[test]
fn an_author_certifies() {
    let desk = Desk::new();
    for (level, further) in [("1", 1), ("2", 0), ("3", 0)] {
        let appended = desk.appended(&["--certify", level]);
        assert!(has(&appended, "/DocMDP") && has(&appended, &format!("/P {level}")), "{level}");
        let run = desk.sign("signed.pdf", "twice.pdf", &[]);
        assert_eq!(run.code, further, "{level}: {}{}", run.out, run.error);
        desk.sign("signed.pdf", "twice.pdf", &["--certify", level]).ends(1, "certif");
    }
    desk.verify("twice.pdf").ends(0, "TOTAL-PASSED");
}

#[test]
fn a_lock_is_kept() {
    let desk = Desk::new();
    with_form(&desk);
    let appended = desk.appended(&["--field", "Seller", "--lock", "Rent, Buyer"]);
    assert!(has(&appended, "/FieldMDP") && has(&appended, "/Include"));
    desk.sign("signed.pdf", "twice.pdf", &["--field", "Buyer"]).ends(1, "Buyer");
    let appended = desk.appended(&["--field", "Seller", "--lock-except", "Buyer"]);
    assert!(has(&appended, "/Exclude"));
    desk.sign("signed.pdf", "twice.pdf", &["--field", "Buyer"]).ends(0, "signed");
    desk.verify("twice.pdf").ends(0, "TOTAL-PASSED");
    assert!(has(&desk.appended(&["--field", "Seller", "--lock", "all"]), "/All"));
}

#[test]
fn a_signature_is_seen_where_it_was_asked_for() {
    let desk = Desk::new();
    with_form(&desk);
    let png: Vec<u8> = PNG
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    desk.write("alice.png", &png);
    desk.write("letter.pdf", &contract_pdf("Letterhead", &["Alice & Sons"]));
    for (further, wanted) in [
        (&["--page", "1"][..], "/FontFile2"),
        (&["--rect", "300,90,200,60", "--text", "Alice\\nin Tallinn"], "/Rect [300 90 500 150]"),
        (&["--rect", "300.5,90,200,60", "--image", "alice.png", "--text", ""], "/SMask"),
        (&["--stamp-page", "letter.pdf:1"], "/Helvetica"),
        (&["--qr", "https://example.org/42"], "/FontFile2"),
        (&["--in-field", "--field", "Seller"], "/FontFile2"),
        (&["--language", "pt-BR", "--rect", "300,90,200,60"], "pt-BR"),
    ] {
        let appended = desk.appended(further);
        assert!(
            has(&appended, "/AP") && has(&appended, wanted),
            "{further:?}\n{}",
            String::from_utf8_lossy(&appended)
        );
    }
    // A character that no font has, a page that is not there, a place that is not on the page.
    desk.sign("contract.pdf", "out.pdf", &["--text", "契約"]).ends(1, "契");
    desk.sign("contract.pdf", "out.pdf", &["--page", "7"]).ends(1, "--page counts, from 1");
    desk.sign("contract.pdf", "out.pdf", &["--rect", "590,90,200,60"]).ends(1, "page");
    desk.sign("contract.pdf", "out.pdf", &["--in-field", "--field", "Buyer"]).ends(1, "Buyer");
    desk.sign("contract.pdf", "out.pdf", &["--field", "Seller", "--page", "1"]).ends(1, "--in-field");
    desk.sign("contract.pdf", "out.pdf", &["--image", "letter.pdf"]).ends(4, "letter.pdf");
    desk.sign("contract.pdf", "out.pdf", &["--stamp-page", "letter.pdf:2"]).ends(4, "letter.pdf");
    desk.sign("contract.pdf", "out.pdf", &["--font", "alice.png"]).ends(4, "alice.png");
    desk.sign("contract.pdf", "out.pdf", &["--font", "missing.ttf"]).ends(4, "missing.ttf");
    assert!(!desk.path("out.pdf").exists());
}

#[test]
fn what_an_author_withholds_is_signed_by_those_who_may() {
    let desk = Desk::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/chancery-pdf/tests/fixtures");
    desk.write("contract.pdf", &fs::read(fixtures.join("read-only-256.pdf")).unwrap());
    let password = ["--pdf-password-env", "PDF_USER"];
    desk.sign("contract.pdf", "out.pdf", &[]).ends(4, "--pdf-password-env");
    desk.sign("contract.pdf", "out.pdf", &password).ends(1, "does not permit");
    desk.sign("contract.pdf", "out.pdf", &password).ends(1, "--despite-permissions");
    assert!(!desk.path("out.pdf").exists());
    let may = [&password[..], &["--despite-permissions"]].concat();
    desk.sign("contract.pdf", "out.pdf", &may).ends(0, "signed");
}

#[test]
fn readers_of_old_get_the_older_form() {
    let desk = Desk::new();
    assert!(has(&desk.appended(&["--form", "adbe"]), "/SubFilter/adbe.pkcs7.detached"));
}

#[test]
fn many_files_go_into_a_folder() {
    let desk = Desk::with(TestPki::on_loopback(Timestamp::now()));
    let url = desk.pki.tsa_url();
    desk.write("other.pdf", &contract_pdf("Other", &["Another contract."]));
    desk.write("broken.pdf", b"no PDF");
    let all =
        ["contract.pdf", "broken.pdf", "other.pdf", "--into", "signed", "--tsa", &url, "--allow-loopback"];
    let run = desk.run("sign_pdf", [&all[..], &KEY].concat()).ends(4, "broken.pdf: this is not a PDF");
    assert_eq!(run.out.lines().count(), 2, "the others are signed: {}", run.out);
    for name in ["signed/contract.pdf", "signed/other.pdf"] {
        desk.verify(name).ends(0, "as the timestamp of Test Timestamp Authority proves");
    }
    assert!(!desk.path("signed/broken.pdf").exists());
    // Nothing is replaced that was to be signed.
    desk.run("sign_pdf", [&["contract.pdf", "--into", "."][..], &KEY].concat()).ends(64, "another folder");
    desk.run("sign_pdf", [&["other.pdf", "signed/other.pdf", "--into", "all"][..], &KEY].concat())
        .ends(64, "two files have this name");
    desk.run("sign_pdf", [&["--into", "all"][..], &KEY].concat()).ends(64, "needs files");
}

#[test]
fn wrong_usage_is_told() {
    let desk = Desk::new();
    for (further, says) in [
        (&["--certify", "4"][..], "--certify is 1, 2 or 3"),
        (&["--form", "xades"], "--form is"),
        (&["--page", "0"], "--page counts pages from 1"),
        (&["--rect", "1,2,3"], "--rect is X,Y,WIDTH,HEIGHT"),
        (&["--rect", "1,2,3,-4"], "--rect is"),
        (&["--rect", "1,2,NaN,4"], "--rect is"),
        (&["--lock", "a,,b"], "names of fields"),
        (&["--zone", "CET"], "--zone is an offset"),
        (&["--zone", "+25:99"], "--zone is an offset"),
        (&["--zone", "+1:0"], "--zone is an offset"),
        (&["--zone", "+01:75"], "--zone is an offset"),
        (&["--stamp-page", "a.pdf:0"], "--stamp-page counts pages from 1"),
        (&["--in-field"], "--in-field needs --field"),
        (&["--in-field", "--field", "A", "--page", "1"], "--in-field has the place"),
        (&["--image", "a.png", "--qr", "b"], "one of them"),
        (&["--stamp"], "--stamp"),
        (&["--lock", "a", "--lock-except", "b"], "one of them"),
        (&["--timestamp-room", "12K"], "--timestamp-room is a number"),
    ] {
        desk.sign("contract.pdf", "out.pdf", further).ends(64, says);
    }
}
