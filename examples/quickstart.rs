//! A contract is written, signed by two people, timestamped, verified, tampered with, and refused.
//!
//! `cargo run --release --example quickstart`
//!
//! Needs nothing: the certificates and the timestamp authority are made here and listen on this machine only.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use chancery_ades::{Indication, Policy, Report};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::{KeyKind, Signer};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_pdf::{Dictionary, Document, Increment, Object, Stream};
use chancery_testkit::TestPki;
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from("target/quickstart");
    fs::create_dir_all(&out)?;
    let now = Timestamp::now();

    heading("A contract");
    let contract = contract();
    write(&out, "contract.pdf", &contract)?;

    heading("A certification authority, a timestamp authority, two signers");
    let pki = TestPki::on_loopback(now);
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::Rsa { bits: 2048 });
    let authority = TimestampAuthority::new(
        Address::parse(&pki.tsa_url())?,
        BlockingClient::new().allow(AddressRule::Loopback),
    );
    println!("  timestamps come from {}", pki.tsa_url());
    write(&out, "roots.pem", pki.anchors_pem().as_bytes())?;

    heading("Alice signs, then Bob, each with a timestamp");
    let mut rng = UnwrapErr(SysRng);
    let mut once = PdfSigner::new(&alice, now).reason("I let the flat").sign(&contract)?;
    once.timestamp(&authority, &mut rng)?;
    once.save(out.join("signed-by-alice.pdf"))?;
    let mut twice = PdfSigner::new(&bob, now).reason("I rent the flat").sign(&once)?;
    twice.timestamp(&authority, &mut rng)?;
    twice.save(out.join("signed-by-both.pdf"))?;
    println!(
        "  {}\n  {}",
        out.join("signed-by-alice.pdf").display(),
        out.join("signed-by-both.pdf").display()
    );
    println!("  signed with {} and {}", alice.algorithm(), bob.algorithm());

    heading("Both signatures are verified; revocation must be known");
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let policy = Policy::new(anchors, RevocationPolicy::Require).evidence(evidence);
    let verifier = PdfVerifier::new(&policy);
    let signed = fs::read(out.join("signed-by-both.pdf"))?;
    // The timestamps were made a moment after `now`.
    let later = Timestamp::now();
    expect(&verifier.verify_at(&signed, later)?, &[Indication::TotalPassed, Indication::TotalPassed])?;

    heading("One byte of the contract is changed");
    let mut tampered = signed.clone();
    let rent = position(&tampered, b"1000 euro").ok_or("the rent is not in the contract")?;
    tampered[rent] = b'9';
    write(&out, "tampered.pdf", &tampered)?;
    expect(&verifier.verify_at(&tampered, later)?, &[Indication::TotalFailed, Indication::TotalFailed])?;

    heading("Instead, another page content is appended after the signatures, unsigned");
    let extended = append_other_content(&signed)?;
    write(&out, "changed-later.pdf", &extended)?;
    expect(&verifier.verify_at(&extended, later)?, &[Indication::Indeterminate, Indication::Indeterminate])?;

    println!("\nTwo signatures passed, the tampered contract was refused, the later change was noticed.");
    Ok(())
}

/// A page with the text that matters.
fn contract() -> Vec<u8> {
    let [catalog, pages, page, content, font] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut written = pdf.page(page);
    written.parent(pages).media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).contents(content);
    written.resources().fonts().pair(Name(b"F1"), font);
    written.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    let lines = ["Lease", "The landlord lets the flat to the tenant.", "The tenant pays 1000 euro a month."];
    pdf.stream(content, &text(&lines));
    pdf.finish()
}

fn text(lines: &[&str]) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text().set_font(Name(b"F1"), 14.0).set_leading(24.0).next_line(72.0, 750.0);
    for line in lines {
        content.show(Str(line.as_bytes())).next_line_using_leading();
    }
    content.end_text();
    content.finish().into_vec()
}

/// What a cheat would do: the signed bytes stay, and a later revision shows something else.
fn append_other_content(signed: &Vec<u8>) -> Result<Vec<u8>, Box<dyn Error>> {
    let document = Document::open(signed)?;
    let (_, page) = document.latest().page(0)?;
    let content = page.get("Contents").and_then(Object::as_reference).ok_or("the page has no content")?;
    let other = Stream::new(Dictionary::new(), text(&["Lease", "The tenant pays 9000 euro a month."]));
    let mut increment = Increment::new(&document);
    increment.put(content, &other.into())?;
    Ok([signed.as_slice(), &increment.finish()?.bytes].concat())
}

/// Prints a report, and stops the example if a verdict is not the one that it is about.
fn expect(report: &Report, expected: &[Indication]) -> Result<(), Box<dyn Error>> {
    for line in report.to_string().lines() {
        println!("  {line}");
    }
    let verdicts: Vec<Indication> =
        report.signatures().iter().map(|signature| signature.verdict().indication()).collect();
    if verdicts == expected {
        Ok(())
    } else {
        Err(format!("{expected:?} was expected, not {verdicts:?}").into())
    }
}

fn heading(text: &str) {
    println!("\n{text}");
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    fs::write(out.join(name), bytes)?;
    println!("  {}", out.join(name).display());
    Ok(())
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
