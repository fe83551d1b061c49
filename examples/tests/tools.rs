//! The tools for real PDFs, run as people run them: exit codes, texts, and what they leave behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::fs;
use std::path::Path;
use std::process::Command;

use chancery_key::KeyKind;
use chancery_testkit::{Misbehaviour, Profile, TestPki, TestService};
use desk::{Desk, Run, example};
use jiff::Timestamp;

impl Desk {
    /// Signs the contract as Alice, with further arguments.
    fn sign(&self, further: &[&str]) -> Run {
        let usual = ["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--p12-password-env", "P12"];
        self.run("sign_pdf", usual.iter().chain(further))
    }

    fn verify(&self, file: &str, further: &[&str]) -> Run {
        let usual = [file, "--trust", "roots.pem", "--crl", "root.crl", "--crl", "issuing.crl"];
        self.run("verify_pdf", usual.iter().chain(further))
    }
}

#[test]
fn help_says_how_to_use_them() {
    let desk = Desk::new();
    for tool in ["sign_pdf", "verify_pdf"] {
        for flag in ["--help", "-h"] {
            let run = desk.run(tool, [flag]).ends(0, &format!("usage: {tool} "));
            for word in ["exit codes:", "64 wrong usage", "--pdf-password-env"] {
                assert!(run.out.contains(word), "{tool}: {word}");
            }
            assert_eq!(run.error, "");
        }
    }
}

#[test]
fn what_was_signed_is_verified() {
    let desk = Desk::new();
    let before = desk.read("contract.pdf");
    desk.sign(&["--reason", "Я согласен", "--location", "東京", "--field", "Approval"])
        .ends(0, "signed.pdf: signed");
    assert_eq!(desk.read("contract.pdf"), before, "the input is as it was");
    assert!(desk.read("signed.pdf").starts_with(&before));
    let run = desk.verify("signed.pdf", &[]).ends(0, "TOTAL-PASSED");
    assert!(run.out.contains("Approval by Alice"), "{}", run.out);
    let run = desk.verify("signed.pdf", &["--report", "json"]).ends(0, "\"TOTAL-PASSED\"");
    assert!(run.out.trim_start().starts_with('{') && run.out.trim_end().ends_with('}'), "{}", run.out);
    desk.verify("signed.pdf", &["--report", "tree", "--revocation", "when-known"]).ends(0, "TOTAL-PASSED");
}

#[test]
fn each_verdict_has_its_exit_code() {
    let desk = Desk::new();
    desk.sign(&[]).ends(0, "signed");
    let signed = desk.read("signed.pdf");

    let mut tampered = signed.clone();
    let rent = signed.windows(4).position(|window| window == b"1000").unwrap();
    tampered[rent] = b'9';
    desk.write("tampered.pdf", &tampered);
    let run = desk.verify("tampered.pdf", &[]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.error);
    assert!(run.out.contains("TOTAL-FAILED / HASH_FAILURE"), "{}", run.out);

    let run = desk.run("verify_pdf", ["signed.pdf", "--trust", "roots.pem"]);
    assert_eq!(run.code, 2, "{}{}", run.out, run.error);
    assert!(
        run.out.contains("INDETERMINATE / CERTIFICATE_CHAIN_GENERAL_FAILURE"),
        "revocation is required unless told: {}",
        run.out
    );
    let run = desk.run("verify_pdf", ["signed.pdf", "--trust", "roots.pem", "--revocation", "not-checked"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.error);
    assert!(run.out.contains("revocation was not checked"), "{}", run.out);
    // At that moment it exists, before anybody could have made it (ETSI EN 319 102-1, 5.5.4, 4 b).
    let run = desk.verify("signed.pdf", &["--at", "2001-01-01T00:00:00Z"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.error);
    assert!(run.out.contains("TOTAL-FAILED / NOT_YET_VALID"), "{}", run.out);

    let run = desk.verify("contract.pdf", &[]);
    assert_eq!((run.code, run.out.starts_with("NO SIGNATURE at ")), (3, true), "{}{}", run.out, run.error);

    // Of the signed file the original is left, which has no signature; what follows it is told.
    desk.write("cut.pdf", &signed[..signed.len() / 2]);
    let run = desk.verify("cut.pdf", &[]);
    assert_eq!(
        (run.code, run.out.contains("bytes follow the last %%EOF")),
        (3, true),
        "{}{}",
        run.out,
        run.error
    );
    desk.write("cut.pdf", &desk.read("contract.pdf")[..400]);
    desk.write("letter.docx", b"PK\x03\x04");
    desk.verify("cut.pdf", &[]).ends(4, "cut.pdf: ");
    desk.verify("letter.docx", &[]).ends(4, "letter.docx: this is not a PDF");
    desk.verify("missing.pdf", &[]).ends(4, "missing.pdf: ");
    desk.run("verify_pdf", ["signed.pdf", "--trust", "missing.pem"]).ends(4, "missing.pem: ");
    desk.run("verify_pdf", ["signed.pdf", "--trust", "contract.pdf"]).ends(4, "contract.pdf: ");
}

#[test]
fn wrong_usage_is_told() {
    let desk = Desk::new();
    let sign: [(&[&str], &str); 11] = [
        (&[], "two files are needed"),
        (&["contract.pdf"], "two files are needed"),
        (&["a.pdf", "b.pdf", "c.pdf", "--p12", "alice.p12"], "two files are needed"),
        (&["contract.pdf", "signed.pdf"], "--p12 is needed"),
        (&["contract.pdf", "signed.pdf", "--p12"], "--p12"),
        (&["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--level", "b-x"], "not b-x"),
        (&["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--level", "b-t"], "need --tsa"),
        (
            &["c.pdf", "s.pdf", "--p12", "alice.p12", "--level", "b-lt", "--tsa", "http://tsa.test/"],
            "need --trust",
        ),
        (&["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--tsa", "ftp://tsa.test/"], "Try --help."),
        (&["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--p12-password-env", "UNSET"], "UNSET"),
        (&["--sing"], "--sing"),
    ];
    for (arguments, says) in sign {
        desk.run("sign_pdf", arguments).ends(64, says).ends(64, "Try --help.");
    }
    let verify: [(&[&str], &str); 8] = [
        (&[], "one PDF is needed"),
        (&["a.pdf", "b.pdf", "--trust", "roots.pem"], "one PDF is needed"),
        (&["contract.pdf"], "--trust is needed"),
        (&["contract.pdf", "--trust"], "--trust"),
        (&["contract.pdf", "--trust", "roots.pem", "--at", "yesterday"], "yesterday"),
        (&["contract.pdf", "--trust", "roots.pem", "--revocation", "maybe"], "not maybe"),
        (&["contract.pdf", "--trust", "roots.pem", "--report", "xml"], "not xml"),
        (&["contract.pdf", "--trust", "roots.pem", "--pdf-password-env", "UNSET"], "UNSET"),
    ];
    for (arguments, says) in verify {
        desk.run("verify_pdf", arguments).ends(64, says).ends(64, "Try --help.");
    }
}

#[test]
fn what_cannot_be_signed_leaves_nothing_behind() {
    let desk = Desk::new();
    let before = desk.names();
    let sign = |input: &str, key: &str, variable: &str| {
        desk.run("sign_pdf", [input, "signed.pdf", "--p12", key, "--p12-password-env", variable])
    };
    sign("contract.pdf", "alice.p12", "WRONG").ends(4, "alice.p12: ");
    sign("contract.pdf", "contract.pdf", "P12").ends(4, "contract.pdf: ");
    sign("contract.pdf", "missing.p12", "P12").ends(4, "missing.p12: ");
    sign("alice.p12", "alice.p12", "P12").ends(4, "alice.p12: this is not a PDF");
    sign("missing.pdf", "alice.p12", "P12").ends(4, "missing.pdf: ");
    desk.sign(&["--field", "a..b"]).ends(1, "a field cannot be called");
    let arguments = ["contract.pdf", "missing/signed.pdf", "--p12", "alice.p12", "--p12-password-env", "P12"];
    desk.run("sign_pdf", arguments).ends(4, "missing/signed.pdf: ");
    assert_eq!(desk.names(), before);

    // A file that has the name stays.
    desk.write("signed.pdf", b"what was there");
    desk.sign(&["--field", "a..b"]).ends(1, "a field cannot be called");
    assert_eq!(desk.read("signed.pdf"), b"what was there");
}

#[test]
fn an_expired_certificate_is_refused() {
    let desk = Desk::new();
    let now = Timestamp::now();
    let day = jiff::SignedDuration::from_hours(24);
    let late = desk.pki.issue(Profile::signer("Late Larry", KeyKind::P256).valid(now - day - day, now - day));
    desk.write("late.p12", &late.to_pkcs12("secret"));
    let before = desk.names();
    let arguments = ["contract.pdf", "signed.pdf", "--p12", "late.p12", "--p12-password-env", "P12"];
    desk.run("sign_pdf", arguments).ends(1, "the certificate of Late Larry expired at ");
    assert_eq!(desk.names(), before);
}

#[test]
fn an_encrypted_document_needs_its_password() {
    let desk = Desk::new();
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/chancery-pdf/tests/fixtures/aes-256-r6.pdf");
    desk.write("contract.pdf", &fs::read(fixture).unwrap());
    let run = desk.sign(&["--field", "Mine"]);
    assert!(matches!(run.code, 1 | 4) && run.error.contains("open it with its password"), "{}", run.error);
    let run = desk.sign(&["--field", "Mine", "--pdf-password-env", "WRONG"]);
    assert!(matches!(run.code, 1 | 4) && run.error.contains("the password is wrong"), "{}", run.error);
    assert!(!desk.path("signed.pdf").exists());

    let mut command = Command::new(example("sign_pdf"));
    let arguments = [
        "contract.pdf",
        "signed.pdf",
        "--p12",
        "alice.p12",
        "--p12-password-env",
        "P12",
        "--pdf-password-env",
        "USER",
    ];
    command.current_dir(desk.folder.path()).env("P12", "secret").env("USER", "user");
    Run::of(command.args(arguments).args(["--field", "Mine"]).output().unwrap())
        .ends(0, "signed.pdf: signed");
    desk.verify("signed.pdf", &[]).ends(4, "open it with its password");
}

#[test]
fn timestamps_come_when_asked_for_and_their_absence_is_an_error() {
    // I11
    let desk = Desk::with(TestPki::on_loopback(Timestamp::now()));
    let url = desk.pki.tsa_url();
    let stamp = || desk.sign(&["--tsa", &url, "--allow-loopback"]);
    let before = desk.names();
    desk.sign(&["--tsa", &url]).ends(1, "did not answer");
    for (bad, says) in [
        (Misbehaviour::Down, "did not answer"),
        (Misbehaviour::Html, "check that the address"),
        (Misbehaviour::Reject, "refused"),
        (Misbehaviour::WrongNonce, "ask again"),
    ] {
        desk.pki.misbehave(TestService::Timestamp, bad);
        stamp().ends(1, says).ends(1, &url);
    }
    assert_eq!(desk.names(), before, "no output at a lower level than the one asked for");
    desk.pki.behave();
    stamp().ends(0, "signed.pdf: signed");
    let run = desk.verify("signed.pdf", &[]).ends(0, "TOTAL-PASSED");
    assert!(run.out.contains("as the timestamp of Test Timestamp Authority proves"), "{}", run.out);
}

/// The contract signed twice, then changed by nobody knows whom.
fn changed(desk: &Desk) -> [Vec<u8>; 2] {
    desk.sign(&["--field", "First"]).ends(0, "signed");
    let once = desk.read("signed.pdf");
    desk.write("contract.pdf", &once);
    desk.sign(&["--field", "Second"]).ends(0, "signed");
    let twice = desk.read("signed.pdf");
    let document = chancery_pdf::Document::open(&twice).unwrap();
    let (place, mut page) = document.latest().page(0).unwrap();
    page.set("Rotate", 90);
    let mut increment = chancery_pdf::Increment::new(&document);
    increment.put(place, &page.into()).unwrap();
    let revision = increment.finish().unwrap().bytes;
    desk.write("changed.pdf", &[twice.clone(), revision].concat());
    [once, twice]
}

#[test]
fn what_each_signer_saw_is_extracted() {
    let desk = Desk::new();
    let [once, twice] = changed(&desk);
    let arguments = ["--extract-signed", "First", "first.pdf", "--extract-signed", "Second", "second.pdf"];
    let run = desk.verify("changed.pdf", &arguments).ends(2, "what the signer saw");
    assert!(run.error.contains("first.pdf: what the signer saw, revision 2"), "{}", run.error);
    assert_eq!((desk.read("first.pdf"), desk.read("second.pdf")), (once.clone(), twice));
    desk.verify("first.pdf", &[]).ends(0, "TOTAL-PASSED");

    // What is not what was signed is not handed out.
    let mut tampered = once;
    let rent = tampered.windows(4).position(|window| window == b"1000").unwrap();
    tampered[rent] = b'9';
    desk.write("tampered.pdf", &tampered);
    let before = desk.names();
    let run = desk.verify("tampered.pdf", &["--extract-signed", "First", "out.pdf"]);
    assert_eq!((run.code, desk.names()), (1, before.clone()), "{}", run.error);
    assert!(run.error.contains("not what was signed"), "{}", run.error);

    let run = desk.verify("changed.pdf", &["--extract-signed", "Third", "out.pdf"]);
    assert_eq!((run.code, desk.names()), (64, before.clone()), "{}", run.error);
    assert!(run.error.contains("there are: First, Second"), "{}", run.error);
    let run = desk.verify("changed.pdf", &["--extract-signed", "First", "no/such/folder/out.pdf"]);
    assert_eq!((run.code, desk.names()), (4, before), "{}", run.error);
}

#[test]
fn a_marked_copy_is_written_whatever_the_verdict() {
    let desk = Desk::new();
    changed(&desk);
    let changed = desk.read("changed.pdf");
    let run = desk.verify("changed.pdf", &["--marked", "marked.pdf", "--report", "json"]).ends(2, "");
    assert!(run.out.trim_start().starts_with('{') && run.out.trim_end().ends_with('}'), "{}", run.out);
    assert!(run.error.contains("marked.pdf: "), "{}", run.error);
    let marked = desk.read("marked.pdf");
    assert!(marked.starts_with(&changed) && marked.len() > changed.len());
    let pages = |pdf: &Vec<u8>| chancery_pdf::Document::open(pdf).unwrap().latest().page_count().unwrap();
    assert_eq!(pages(&marked), pages(&changed) + 1);
    assert_eq!(desk.read("changed.pdf"), changed, "the input is as it was");
    // What is read is not written, and a file that cannot be read leaves nothing behind.
    for wrong in [["--marked", "changed.pdf"], ["--marked", "./changed.pdf"]] {
        let run = desk.verify("changed.pdf", &wrong);
        assert_eq!(run.code, 64, "{}", run.error);
        assert_eq!(desk.read("changed.pdf"), changed);
    }
    desk.write("broken.pdf", b"%PDF-1.7\nnothing");
    let before = desk.names();
    let run = desk.verify("broken.pdf", &["--marked", "out.pdf", "--extract-signed", "First", "first.pdf"]);
    assert_eq!((run.code, desk.names()), (4, before), "{}", run.error);
}

#[test]
fn the_history_is_told() {
    let desk = Desk::new();
    changed(&desk);
    let run = desk.verify("changed.pdf", &["--history"]).ends(2, "");
    for line in [
        "revision 1, bytes 0 to ",
        "  signed in First: all bytes up to here",
        "no signature covers revision 4",
    ] {
        assert!(run.out.contains(line), "{line}: {}", run.out);
    }
    let run = desk.verify("changed.pdf", &["--history", "--report", "json"]);
    assert_eq!(run.code, 64, "{}", run.error);
}
