//! `sign_pdf` at every level and `augment_pdf`, run as people run them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use chancery_testkit::{Misbehaviour, TestPki, TestService};
use desk::{Desk, Run};
use jiff::Timestamp;

impl Desk {
    /// Alice signs the contract.
    fn sign(&self, output: &str, further: &[&str]) -> Run {
        let usual = ["contract.pdf", output, "--p12", "alice.p12", "--p12-password-env", "P12"];
        self.run("sign_pdf", usual.iter().chain(further))
    }

    fn augment(&self, input: &str, output: &str, further: &[&str]) -> Run {
        let url = self.pki.tsa_url();
        let usual = [input, output, "--trust", "roots.pem", "--tsa", &url, "--allow-loopback"];
        self.run("augment_pdf", usual.iter().chain(further).map(OsStr::new))
    }

    /// Judged with nothing but what the document holds.
    fn verify(&self, name: &str) -> Run {
        self.run("verify_pdf", [name, "--trust", "roots.pem", "--revocation", "require"])
    }
}

fn desk() -> Desk {
    Desk::with(TestPki::on_loopback(Timestamp::now()))
}

#[test]
fn a_contract_is_signed_at_every_level() {
    let desk = desk();
    let url = desk.pki.tsa_url();
    let services = ["--tsa", &url, "--trust", "roots.pem", "--allow-loopback"];
    for level in ["b-b", "b-t", "b-lt", "b-lta"] {
        let further = [&["--level", level][..], &services].concat();
        desk.sign("signed.pdf", &further).ends(0, "signed");
        let lasts = level.starts_with("b-lt");
        let (code, says) = if lasts { (0, "TOTAL-PASSED") } else { (2, "") };
        desk.verify("signed.pdf").ends(code, says);
    }
}

#[test]
fn what_others_signed_goes_through_all_levels_and_is_renewed() {
    let desk = desk();
    desk.sign("signed.pdf", &[]).ends(0, "signed");
    desk.augment("signed.pdf", "t.pdf", &["--level", "b-t"]).ends(0, "timestamped");
    desk.augment("t.pdf", "lt.pdf", &["--level", "b-lt"]).ends(0, "preserved");
    desk.verify("lt.pdf").ends(0, "TOTAL-PASSED");
    desk.augment("lt.pdf", "lta.pdf", &[]).ends(0, "archived");
    desk.augment("lta.pdf", "renewed.pdf", &[]).ends(0, "archived");
    desk.verify("renewed.pdf").ends(0, "TOTAL-PASSED");
    assert!(desk.read("renewed.pdf").starts_with(&desk.read("lta.pdf")), "only appended to");
    desk.augment("contract.pdf", "stamped.pdf", &["--level", "b-t"]).ends(0, "timestamped");
}

#[test]
fn what_is_missing_is_told() {
    let desk = desk();
    desk.sign("signed.pdf", &[]).ends(0, "signed");
    desk.augment("signed.pdf", "out.pdf", &["--timestamp-room", "100"]).ends(1, "timestamp_room");
    desk.pki.misbehave(TestService::Ocsp, Misbehaviour::Reject);
    desk.pki.misbehave(TestService::Crl, Misbehaviour::Reject);
    desk.augment("signed.pdf", "out.pdf", &[]).ends(1, "the certificate of the signer is not valid");
    let mut broken = desk.read("signed.pdf");
    let place = broken.windows(4).position(|window| window == b"1000").unwrap();
    broken[place] = b'9';
    desk.write("broken.pdf", &broken);
    desk.augment("broken.pdf", "out.pdf", &[]).ends(1, "does not hold");
    assert!(!desk.names().contains(&"out.pdf".to_owned()), "nothing is left behind");
}

#[test]
fn an_encrypted_document_goes_through_all_levels() {
    let desk = desk();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/chancery-pdf/tests/fixtures/plain-metadata.pdf");
    desk.write("contract.pdf", &fs::read(fixture).unwrap());
    let password = ["--pdf-password-env", "PDF_USER"];
    desk.sign("signed.pdf", &password).ends(0, "signed");
    desk.augment("signed.pdf", "lta.pdf", &[]).ends(4, "open it with its password");
    desk.augment("signed.pdf", "lta.pdf", &["--pdf-password-env", "WRONG"]).ends(4, "the password is wrong");
    desk.augment("signed.pdf", "lta.pdf", &password).ends(0, "archived");
    desk.augment("lta.pdf", "renewed.pdf", &password).ends(0, "archived");
    let judge = ["renewed.pdf", "--trust", "roots.pem", "--revocation", "require"];
    desk.run("verify_pdf", judge.iter().chain(&password)).ends(0, "TOTAL-PASSED");
}

#[test]
fn a_signature_that_does_not_hold_is_passed_over_only_when_told() {
    let desk = desk();
    desk.sign("signed.pdf", &["--tsa", &desk.pki.tsa_url(), "--allow-loopback"]).ends(0, "signed");
    let mut broken = desk.read("signed.pdf");
    let place = broken.windows(4).position(|window| window == b"1000").unwrap();
    broken[place] = b'9';
    desk.write("contract.pdf", &broken);
    desk.sign("twice.pdf", &["--tsa", &desk.pki.tsa_url(), "--allow-loopback"]).ends(0, "signed");
    desk.augment("twice.pdf", "out.pdf", &[]).ends(1, "does not hold");
    let run = desk.augment("twice.pdf", "out.pdf", &["--pass-over-unsound"]).ends(0, "archived");
    assert!(run.out.contains("passed over: the signature in the field Signature1"), "{}", run.out);
    desk.verify("out.pdf").ends(1, "");
}

#[test]
fn wrong_usage_is_told() {
    let desk = Desk::new();
    desk.augment("contract.pdf", "out.pdf", &["--level", "b-b"]).ends(64, "--level is");
    desk.augment("roots.pem", "out.pdf", &[]).ends(4, "roots.pem");
    desk.run("augment_pdf", ["contract.pdf", "out.pdf", "--trust", "roots.pem"]).ends(64, "--tsa");
    desk.sign("out.pdf", &["--level", "b-lta", "--tsa", "http://tsa.example/"]).ends(64, "--trust");
    desk.sign("out.pdf", &["--level", "b-lt"]).ends(64, "--tsa");
}
