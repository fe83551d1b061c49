//! The tools for real files, run as people run them: exit codes, texts, and what they leave behind.
//!
//! `cargo test` builds the examples before the tests and puts them beside the tests' folder; cargo has no variable
//! with their place, as it has for binaries.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::KeyKind;
use chancery_testkit::pdf::contract_pdf;
use chancery_testkit::{Misbehaviour, Profile, TestPki, TestService};
use chancery_timestamp::{TimestampAuthority, TimestampResponse};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use tempfile::TempDir;

/// `target/debug/deps/tools-…` is this test; `target/debug/examples/NAME` is the example.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{}: run `cargo test -p chancery-examples`, which builds it", path.display());
    path
}

/// What a tool says, and how it ends.
struct Run {
    code: i32,
    out: String,
    error: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), error: text(output.stderr) }
    }

    #[track_caller]
    fn ends(self, code: i32, says: &str) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.error);
        let told = if code == 0 { &self.out } else { &self.error };
        assert!(told.contains(says), "{says:?} is not in\n{}\n{}", self.out, self.error);
        assert!(!self.error.contains("panicked"), "{}", self.error);
        self
    }
}

/// A folder with a contract, Alice's key, and the root of her PKI.
struct Desk {
    folder: TempDir,
    pki: TestPki,
}

impl Desk {
    fn new() -> Self {
        Self::with(TestPki::at(Timestamp::now()))
    }

    fn with(pki: TestPki) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        let desk = Self { folder, pki };
        desk.write("contract.pdf", &contract_pdf("Lease", &["The tenant pays 1000 euro a month."]));
        desk.write("alice.p12", &alice.to_pkcs12("secret"));
        desk.write("roots.pem", desk.pki.anchors_pem().as_bytes());
        for (name, list) in ["root.crl", "issuing.crl"].iter().zip(desk.pki.crls()) {
            desk.write(name, &list);
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn run<S: AsRef<OsStr>>(&self, tool: &str, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = Command::new(example(tool));
        command
            .current_dir(self.folder.path())
            .env("P12", "secret")
            .env("WRONG", "guess")
            .env_remove("UNSET");
        Run::of(command.args(arguments).output().unwrap())
    }

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
    assert!(run.out.contains("INDETERMINATE / TRY_LATER"), "revocation is required unless told: {}", run.out);
    let run = desk.run("verify_pdf", ["signed.pdf", "--trust", "roots.pem", "--revocation", "not-checked"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.error);
    assert!(run.out.contains("revocation was not checked"), "{}", run.out);
    let run = desk.verify("signed.pdf", &["--at", "2001-01-01T00:00:00Z"]);
    assert_eq!(run.code, 2, "{}{}", run.out, run.error);

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
    let sign: [(&[&str], &str); 10] = [
        (&[], "two files are needed"),
        (&["contract.pdf"], "two files are needed"),
        (&["a.pdf", "b.pdf", "c.pdf", "--p12", "alice.p12"], "two files are needed"),
        (&["contract.pdf", "signed.pdf"], "--p12 is needed"),
        (&["contract.pdf", "signed.pdf", "--p12"], "--p12"),
        (&["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--level", "b-lt"], "not b-lt"),
        (&["contract.pdf", "signed.pdf", "--p12", "alice.p12", "--level", "b-t"], "needs --tsa"),
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
    desk.sign(&["--field", "a.b"]).ends(1, "a field cannot be called");
    let arguments = ["contract.pdf", "missing/signed.pdf", "--p12", "alice.p12", "--p12-password-env", "P12"];
    desk.run("sign_pdf", arguments).ends(4, "missing/signed.pdf: ");
    assert_eq!(desk.names(), before);

    // A file that has the name stays.
    desk.write("signed.pdf", b"what was there");
    desk.sign(&["--field", "a.b"]).ends(1, "a field cannot be called");
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

/// The two tools for files of every kind.
impl Desk {
    /// Signs a file as Alice, with further arguments.
    fn sign_file(&self, input: &str, output: &str, further: &[&str]) -> Run {
        let usual = [input, output, "--p12", "alice.p12", "--p12-password-env", "P12"];
        self.run("sign_file", usual.iter().chain(further))
    }

    fn verify_file(&self, file: &str, further: &[&str]) -> Run {
        let usual = [file, "--trust", "roots.pem", "--crl", "root.crl", "--crl", "issuing.crl"];
        self.run("verify_file", usual.iter().chain(further))
    }
}

#[test]
fn files_are_signed_with_and_without_their_content() {
    let desk = Desk::new();
    // More than one block, and no whole number of them.
    let film: Vec<u8> = (0..=250).cycle().take(300_001).collect();
    desk.write("film.bin", &film);
    desk.sign_file("film.bin", "film.p7m", &[]).ends(0, "film.p7m: signed");
    desk.sign_file("film.bin", "film.p7s", &["--detached"]).ends(0, "film.p7s: signed");
    assert_eq!(desk.read("film.bin"), film, "the input is as it was");
    let run = desk.verify_file("film.p7m", &["--extract", "copy.bin"]).ends(0, "TOTAL-PASSED");
    assert!(run.out.contains("signature 1 by Alice"), "{}", run.out);
    assert_eq!(desk.read("copy.bin"), film);
    desk.verify_file("film.p7s", &["--content", "film.bin"]).ends(0, "TOTAL-PASSED");
    desk.verify_file("film.p7m", &["--report", "json"]).ends(0, "\"TOTAL-PASSED\"");

    // Every wrapping is recognised.
    let base64 = base64(&desk.read("film.p7m"));
    desk.write("film.b64", base64.as_bytes());
    desk.write("film.pem", format!("-----BEGIN CMS-----\n{base64}-----END CMS-----\n").as_bytes());
    for file in ["film.b64", "film.pem"] {
        desk.verify_file(file, &[]).ends(0, "TOTAL-PASSED");
    }
}

/// RFC 4648, 4, in lines.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for line in bytes.chunks(48) {
        for three in line.chunks(3) {
            let value = three.iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
            let value = value << (8 * (3 - three.len()));
            for place in 0..4 {
                let digit = usize::try_from(value >> (18 - 6 * place) & 63).unwrap();
                text.push(if place <= three.len() { char::from(DIGITS[digit]) } else { '=' });
            }
        }
        text.push('\n');
    }
    text
}

#[test]
fn each_verdict_of_a_file_has_its_exit_code() {
    let desk = Desk::new();
    desk.write("film.bin", &[7; 200_000]);
    desk.sign_file("film.bin", "film.p7m", &[]).ends(0, "signed");
    desk.sign_file("film.bin", "film.p7s", &["--detached"]).ends(0, "signed");
    let mut tampered = desk.read("film.p7m");
    tampered[100_000] ^= 1;
    desk.write("tampered.p7m", &tampered);
    desk.write("other.bin", b"something else");
    let before = desk.names();
    for (file, further) in
        [("tampered.p7m", ["--extract", "copy.bin"]), ("film.p7s", ["--content", "other.bin"])]
    {
        let run = desk.verify_file(file, &further);
        assert_eq!(run.code, 1, "{}{}", run.out, run.error);
        assert!(run.out.contains("TOTAL-FAILED / HASH_FAILURE"), "{}", run.out);
    }
    let run = desk.run("verify_file", ["film.p7m", "--trust", "roots.pem", "--extract", "copy.bin"]);
    assert_eq!(run.code, 2, "{}{}", run.out, run.error);
    assert_eq!(desk.names(), before, "content that did not pass is not left behind");

    desk.write("cut.p7m", &tampered[..150_000]);
    for file in ["cut.p7m", "film.bin", "contract.pdf", "missing.p7m"] {
        desk.verify_file(file, &["--extract", "copy.bin"]).ends(4, &format!("{file}: "));
    }
    desk.verify_file("film.p7s", &["--content", "missing.bin"]).ends(4, "missing.bin: ");
    assert_eq!(desk.names().len(), before.len() + 1);
}

#[test]
fn wrong_usage_of_the_tools_for_files_is_told() {
    let desk = Desk::new();
    desk.sign_file("contract.pdf", "contract.p7m", &[]).ends(0, "signed");
    desk.sign_file("contract.pdf", "contract.p7s", &["--detached"]).ends(0, "signed");
    for tool in ["sign_file", "verify_file"] {
        desk.run(tool, ["--help"]).ends(0, &format!("usage: {tool} ")).ends(0, "64 wrong usage");
        desk.run(tool, ["--hlep"]).ends(64, "--hlep");
    }
    desk.run("sign_file", ["contract.pdf"]).ends(64, "two files are needed");
    desk.run("sign_file", ["contract.pdf", "a.p7m"]).ends(64, "--p12 is needed");
    desk.sign_file("contract.pdf", "a.p7m", &["--level", "b-t"]).ends(64, "needs --tsa");
    desk.run("verify_file", ["contract.p7m"]).ends(64, "--trust is needed");
    desk.verify_file("contract.p7s", &[]).ends(64, "--content FILE is needed");
    desk.verify_file("contract.p7m", &["--content", "contract.pdf"]).ends(64, "leave --content out");
    desk.verify_file("contract.p7m", &["--revocation", "maybe"]).ends(64, "not maybe");
}

#[test]
fn a_file_that_cannot_be_signed_leaves_nothing_behind() {
    let desk = Desk::with(TestPki::on_loopback(Timestamp::now()));
    let before = desk.names();
    desk.sign_file("missing.bin", "a.p7m", &[]).ends(4, "missing.bin: ");
    desk.sign_file("contract.pdf", "missing/a.p7m", &[]).ends(4, "missing/a.p7m: ");
    let url = desk.pki.tsa_url();
    desk.pki.misbehave(TestService::Timestamp, Misbehaviour::Reject);
    for form in [&[][..], &["--detached"]] {
        let arguments = [&["--tsa", &url, "--allow-loopback"], form].concat();
        desk.sign_file("contract.pdf", "a.p7m", &arguments).ends(1, "refused");
    }
    assert_eq!(desk.names(), before);
    desk.pki.behave();
    desk.sign_file("contract.pdf", "a.p7m", &["--tsa", &url, "--allow-loopback"]).ends(0, "signed");
    let run = desk.verify_file("a.p7m", &[]).ends(0, "TOTAL-PASSED");
    assert!(run.out.contains("as the timestamp of Test Timestamp Authority proves"), "{}", run.out);
}

#[test]
fn timestamps_are_recognised_by_what_they_hold() {
    let pki = TestPki::on_loopback(Timestamp::now());
    let client = BlockingClient::new().allow(AddressRule::Loopback);
    let authority = TimestampAuthority::new(Address::parse(&pki.tsa_url()).unwrap(), client);
    let desk = Desk::with(pki);
    let digest = DigestAlgorithm::Sha256.digest(&desk.read("contract.pdf"));
    let token = authority.stamp(&digest, &mut UnwrapErr(SysRng)).unwrap();
    desk.write("contract.tst", token.to_der());
    desk.write("contract.tsr", &TimestampResponse::granted_der(token.to_der()));
    desk.write("contract.tst.b64", base64(token.to_der()).as_bytes());
    for file in ["contract.tst", "contract.tsr", "contract.tst.b64"] {
        let run =
            desk.verify_file(file, &["--content", "contract.pdf"]).ends(0, "PASSED: contract.pdf existed at");
        assert!(run.out.contains("Test Timestamp Authority"), "{}", run.out);
        let run = desk.verify_file(file, &["--content", "alice.p12"]);
        assert_eq!(run.code, 1, "{}{}", run.out, run.error);
        let arguments = [file, "--trust", "roots.pem", "--content", "contract.pdf"];
        let run = desk.run("verify_file", arguments);
        assert_eq!((run.code, run.out.starts_with("INDETERMINATE")), (2, true), "{}{}", run.out, run.error);
        desk.verify_file(file, &[]).ends(64, "--content FILE is needed");
    }
}
