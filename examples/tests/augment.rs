//! `augment_file`, run as people run it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::ffi::OsStr;

use chancery_cms::SignedMessage;
use chancery_testkit::{Misbehaviour, TestPki, TestService};
use desk::{Desk, Run};
use jiff::Timestamp;

impl Desk {
    /// Alice's signature of the contract.
    fn signed(&self, output: &str, further: &[&str]) {
        let usual = ["contract.pdf", output, "--p12", "alice.p12", "--p12-password-env", "P12"];
        self.run("sign_file", usual.iter().chain(further)).ends(0, "signed");
    }

    fn augment(&self, input: &str, output: &str, further: &[&str]) -> Run {
        let url = self.pki.tsa_url();
        let usual = [input, output, "--trust", "roots.pem", "--tsa", &url, "--allow-loopback"];
        self.run("augment_file", usual.iter().chain(further).map(OsStr::new))
    }
}

fn desk() -> Desk {
    Desk::with(TestPki::on_loopback(Timestamp::now()))
}

#[test]
fn a_signature_goes_through_all_levels_and_is_judged_without_a_network() {
    let desk = desk();
    for (name, form) in [("contract.p7m", &[][..]), ("contract.pdf.p7s", &["--detached"])] {
        desk.signed(name, form);
        desk.augment(name, "t.p7s", &["--level", "b-t"]).ends(0, "timestamped: CAdES-BASELINE-T");
        desk.augment("t.p7s", "lt.p7s", &["--level", "b-lt"]).ends(0, "preserved: CAdES-BASELINE-LT");
        let content = ["--content", "contract.pdf"];
        let content = if form.is_empty() { &[][..] } else { &content };
        desk.augment("lt.p7s", "lta.p7s", content).ends(0, "archived: CAdES-BASELINE-LTA");
        desk.augment("lta.p7s", "renewed.p7s", content).ends(0, "lta.p7s: CAdES-BASELINE-LTA");
        let verify = ["renewed.p7s", "--trust", "roots.pem", "--revocation", "require"];
        let run = desk.run("verify_file", verify.iter().chain(content)).ends(0, "TOTAL-PASSED");
        assert!(run.out.contains("CAdES-BASELINE-LTA"), "{}", run.out);
        let message = SignedMessage::from_file_bytes(&desk.read("renewed.p7s")).unwrap();
        assert_eq!(message.signers()[0].unsigned_attributes().len(), 3, "one timestamp, archived twice");
    }
}

#[test]
fn what_is_missing_is_told() {
    let desk = desk();
    desk.signed("contract.p7s", &["--detached"]);
    desk.augment("contract.p7s", "out.p7s", &[]).ends(64, "--content is needed");
    desk.write("other.pdf", b"another contract");
    desk.augment("contract.p7s", "out.p7s", &["--content", "other.pdf"]).ends(1, "does not hold");
    desk.augment("contract.p7s", "out.p7s", &["--signature", "2"]).ends(1, "no signer number 1");
    desk.pki.misbehave(TestService::Ocsp, Misbehaviour::Reject);
    desk.pki.misbehave(TestService::Crl, Misbehaviour::Reject);
    desk.augment("contract.p7s", "out.p7s", &["--level", "b-lt"])
        .ends(1, "the certificate of the signer is not valid");
    assert!(!desk.names().contains(&"out.p7s".to_owned()), "nothing is left behind");
}

#[test]
fn wrong_usage_is_told() {
    let desk = Desk::new();
    desk.augment("contract.p7s", "out.p7s", &["--level", "b-b"]).ends(64, "--level is");
    desk.augment("contract.p7s", "out.p7s", &["--signature", "0"]).ends(64, "counts from 1");
    desk.augment("contract.pdf", "out.p7s", &[]).ends(4, "contract.pdf");
    desk.run("augment_file", ["contract.pdf", "out.p7s", "--trust", "roots.pem"]).ends(64, "--tsa");
}
