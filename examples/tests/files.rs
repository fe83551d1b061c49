//! The tools for files of every kind, run as people run them: exit codes, texts, and what they leave behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use chancery_cms::attributes::TIMESTAMP_INFO;
use chancery_cms::{Preparation, SignedMessage};
use chancery_digest::{AnyDigest, DigestAlgorithm, LegacyDigest};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::{KeyKind, Signer};
use chancery_testkit::{Misbehaviour, Profile, TestPki, TestService};
use chancery_timestamp::{Imprint, TimestampAuthority, TimestampInfo, TimestampResponse};
use const_oid::ObjectIdentifier as Oid;
use desk::{Desk, Run, example};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

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
    desk.verify_file("film.p7m", &["--report", "etsi"]).ends(0, "total-passed");

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
        let run = desk.verify_file(file, &["--content", "contract.pdf"]).ends(0, "TOTAL-PASSED");
        for says in ["Test Timestamp Authority", "octets of contract.pdf", "octets whose SHA-256 is "] {
            assert!(run.out.contains(says), "{says}: {}", run.out);
        }
        desk.verify_file(file, &["--content", "contract.pdf", "--report", "json"])
            .ends(0, "\"TOTAL-PASSED\"");
        let run = desk.verify_file(file, &["--content", "alice.p12"]);
        assert_eq!((run.code, run.out.contains("TOTAL-FAILED")), (1, true), "{}{}", run.out, run.error);
        let run = desk.run("verify_file", [file, "--trust", "roots.pem", "--content", "contract.pdf"]);
        assert_eq!((run.code, run.out.contains("INDETERMINATE / ")), (2, true), "{}", run.out);
        let early = ["--content", "contract.pdf", "--at", "2001-01-01T00:00:00Z"];
        assert_eq!(desk.verify_file(file, &early).code, 2);
        desk.verify_file(file, &[]).ends(64, "--content FILE is needed");
        desk.verify_file(file, &["--extract", "copy"]).ends(64, "no content to extract");
        let run = desk.verify_from(&desk.read(file), &["--content", "contract.pdf"]);
        run.ends(0, "TOTAL-PASSED");
    }
    // Whom to trust for timestamps can be told apart.
    let trust = ["contract.tst", "--content", "contract.pdf", "--trust-timestamps", "roots.pem"];
    desk.verify_file(trust[0], &trust[1..]).ends(0, "TOTAL-PASSED");
    let stranger = TestPki::at(Timestamp::now());
    desk.write("stranger.pem", stranger.anchors_pem().as_bytes());
    let trust = ["--content", "contract.pdf", "--trust-timestamps", "stranger.pem"];
    let run = desk.verify_file("contract.tst", &trust);
    assert_eq!((run.code, run.out.contains("INDETERMINATE")), (2, true), "{}", run.out);
}

/// A token is judged by the strength of its digest as well: whoever makes two files with one MD5 has a stamp for both.
#[test]
fn a_timestamp_over_a_weak_digest_proves_nothing() {
    let desk = Desk::new();
    let digest = LegacyDigest::Md5.digest(&desk.read("contract.pdf"));
    let imprint = Imprint::from(digest);
    let info = TimestampInfo::new(Oid::new_unwrap("1.2.3"), imprint, &[5], Timestamp::now());
    let authority = desk.pki.tsa();
    let content = info.to_der();
    let preparation = Preparation::enclosing(authority.chain(), authority.algorithm(), content);
    let prepared = preparation.content_type(TIMESTAMP_INFO).prepare().unwrap();
    let token = prepared.finish(authority.sign(prepared.to_be_signed()).unwrap()).unwrap();
    desk.write("contract.pdf.tst", token.to_bytes());
    let run = desk.verify_file("contract.pdf.tst", &[]);
    assert_eq!(
        (run.code, run.out.contains("CRYPTO_CONSTRAINTS_FAILURE")),
        (2, true),
        "{}{}",
        run.out,
        run.error
    );
}

impl Desk {
    fn verify_from(&self, input: &[u8], further: &[&str]) -> Run {
        let usual = ["-", "--trust", "roots.pem", "--crl", "root.crl", "--crl", "issuing.crl"];
        self.run_with("verify_file", usual.iter().chain(further), input)
    }

    /// As [`run`](Desk::run), with this on standard input.
    fn run_with<'a>(&self, tool: &str, arguments: impl Iterator<Item = &'a &'a str>, input: &[u8]) -> Run {
        let mut command = Command::new(example(tool));
        command.current_dir(self.folder.path()).env("P12", "secret").args(arguments);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        thread::scope(|scope| {
            // A tool that gives up early closes its end.
            scope.spawn(move || drop(pipe.write_all(input)));
            Run::of(child.wait_with_output().unwrap())
        })
    }

    /// One more person's key.
    fn key(&self, name: &str, kind: KeyKind) {
        let identity = self.pki.issue(Profile::signer(name, kind));
        self.write(&format!("{}.p12", name.to_lowercase()), &identity.to_pkcs12("secret"));
    }

    fn sign_file_as(&self, who: &[&str], input: &str, output: &str, further: &[&str]) -> Run {
        let files: Vec<String> = who.iter().map(|name| format!("{name}.p12")).collect();
        let keys = files.iter().flat_map(|file| ["--p12", file, "--p12-password-env", "P12"]);
        let arguments: Vec<&str> =
            [input, output].into_iter().chain(keys).chain(further.iter().copied()).collect();
        self.run("sign_file", arguments)
    }
}

#[test]
fn standard_input_is_signed_and_verified() {
    let desk = Desk::new();
    let film: Vec<u8> = (0..=250).cycle().take(2_000_001).collect();
    let keys = ["--p12", "alice.p12", "--p12-password-env", "P12"];
    for (output, form) in [("film.p7m", &[][..]), ("film.bin.p7s", &["--detached"])] {
        let arguments = [&["-", output], &keys[..], form].concat();
        desk.run_with("sign_file", arguments.iter(), &film).ends(0, &format!("{output}: signed"));
    }
    let message = desk.read("film.p7m");
    desk.verify_from(&message, &["--extract", "copy.bin"]).ends(0, "TOTAL-PASSED");
    assert_eq!(desk.read("copy.bin"), film);
    desk.verify_from(base64(&message).as_bytes(), &[]).ends(0, "TOTAL-PASSED");
    desk.write("film.bin", &film);
    desk.verify_from(&desk.read("film.bin.p7s"), &["--content", "film.bin"]).ends(0, "TOTAL-PASSED");
    let mut tampered = message;
    tampered[1_000_000] ^= 1;
    let run = desk.verify_from(&tampered, &["--extract", "other.bin"]);
    assert_eq!((run.code, desk.path("other.bin").exists()), (1, false), "{}{}", run.out, run.error);
    desk.verify_from(&film, &[]).ends(4, "standard input: ");
    desk.verify_from(b"", &[]).ends(4, "standard input: ");
}

/// What is large and what is small does not matter, nor what it is called: the one that is no signature was signed.
#[test]
fn a_plain_file_is_judged_by_what_is_beside_it() {
    let desk = Desk::new();
    let film = vec![0x30; 3 << 20];
    desk.write("film.bin", &film);
    desk.verify_file("film.bin", &[]).ends(4, "none is beside it");
    desk.sign_file("film.bin", "film.bin.p7s", &["--detached"]).ends(0, "signed");
    for file in ["film.bin", "film.bin.p7s"] {
        let run = desk.verify_file(file, &[]).ends(0, "TOTAL-PASSED");
        assert!(run.error.contains("film.bin.p7s"), "{}", run.error);
    }
    desk.verify_file("film.bin", &["--content", "film.bin"]).ends(64, "leave --content out");
    // What holds its own content says nothing of what is beside it.
    let detached = desk.read("film.bin.p7s");
    desk.write("small.bin", b"something else");
    desk.sign_file("small.bin", "film.bin.p7s", &[]).ends(0, "signed");
    desk.verify_file("film.bin", &[]).ends(4, "says nothing of film.bin");
    let run = desk.verify_file("film.bin.p7s", &[]).ends(0, "TOTAL-PASSED");
    assert!(run.error.contains("film.bin was not looked at"), "{}", run.error);
    desk.write("film.bin.p7s", &detached);
    desk.sign_file_as(&["alice"], "film.bin.p7s", "both.p7s", &["--add", "--digest", "sha384"])
        .ends(0, "signed");
    desk.verify_file("both.p7s", &["--content", "film.bin"]).ends(0, "signature 2 by");
    // The worst of several decides.
    let other = DigestAlgorithm::Sha256.digest(b"something else");
    desk.write("film.bin.tst", &desk.pki.timestamp_token(&other));
    let run = desk.verify_file("film.bin", &[]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.error);
    assert!(run.out.contains("TOTAL-PASSED") && run.out.contains("TOTAL-FAILED"), "{}", run.out);
    // A signed file of any size is one, whatever its name.
    desk.sign_file("film.bin", "film.txt", &[]).ends(0, "signed");
    desk.verify_file("film.txt", &[]).ends(0, "TOTAL-PASSED");
}

#[test]
fn several_sign_at_once_and_one_after_another() {
    let desk = Desk::new();
    desk.key("Bob", KeyKind::P384);
    desk.key("Carol", KeyKind::Rsa { bits: 2048 });
    desk.write("film.bin", &[7; 300_000]);
    for (form, end, content) in
        [(&[][..], "p7m", &[][..]), (&["--detached"], "p7s", &["--content", "film.bin"])]
    {
        let (two, three, file) = (format!("two.{end}"), format!("three.{end}"), format!("four.{end}"));
        desk.sign_file_as(&["alice", "bob"], "film.bin", &two, form).ends(0, "signed");
        desk.verify_file(&two, content).ends(0, "signature 2 by");
        let add = [&["--add"], content].concat();
        desk.sign_file_as(&["carol"], &two, &three, &add).ends(0, "signed");
        let run = desk.verify_file(&three, content).ends(0, "TOTAL-PASSED");
        for name in ["Alice", "Bob", "Carol"] {
            assert!(run.out.contains(name), "{}", run.out);
        }
        let (before, after) = (desk.read(&two), desk.read(&three));
        let (before, after) =
            (SignedMessage::from_ber(&before).unwrap(), SignedMessage::from_ber(&after).unwrap());
        assert!(
            before
                .signers()
                .iter()
                .all(|old| after.signers().iter().any(|new| new.to_bytes() == old.to_bytes()))
        );
        assert_eq!(before.content(), after.content());

        let confirm = [&["--countersign", "2"], content].concat();
        desk.sign_file_as(&["carol"], &two, &file, &confirm).ends(0, "counter-signed");
        desk.verify_file(&file, content).ends(0, "TOTAL-PASSED");
        let message = desk.read(&file);
        let message = SignedMessage::from_ber(&message).unwrap();
        let checks = message.signers()[1].check_countersignatures(&message, &[]);
        assert!(matches!(checks.as_slice(), [one] if one.check().sound().is_some()), "{checks:?}");
        // In its own place, wrapped in text before.
        desk.write(&file, base64(&desk.read(&file)).as_bytes());
        desk.sign_file_as(&["carol"], &file, &file, &add).ends(0, "signed");
        desk.verify_file(&file, content).ends(0, "signature 3 by");
    }
}

#[test]
fn the_digest_is_chosen_and_files_are_der() {
    let desk = Desk::new();
    desk.key("Ed", KeyKind::Ed25519);
    desk.write("film.bin", &[7; 300_000]);
    for (name, digest) in [("sha384", DigestAlgorithm::Sha384), ("SHA3-256", DigestAlgorithm::Sha3_256)] {
        desk.sign_file("film.bin", "film.p7m", &["--digest", name]).ends(0, "signed");
        let message = desk.read("film.p7m");
        assert_eq!(&message[..3], [0x30, 0x83, 4], "DER");
        let message = SignedMessage::from_ber(&message).unwrap();
        assert_eq!(message.digest_algorithms(), [digest.into()]);
        desk.verify_file("film.p7m", &[]).ends(0, "TOTAL-PASSED");
    }
    desk.sign_file("film.bin", "film.p7m", &["--digest", "sha1"]).ends(64, "not sha1");
    desk.sign_file_as(&["ed"], "film.bin", "film.p7m", &["--digest", "sha256"]).ends(64, "SHA-512 only");
    desk.sign_file_as(&["ed"], "film.bin", "film.p7m", &["--digest", "sha512"]).ends(0, "signed");
}

/// Whoever adds to a signature confirms it: nothing is added to what does not hold, or was not shown.
#[test]
fn nothing_is_added_to_what_does_not_hold() {
    let desk = Desk::new();
    desk.key("Bob", KeyKind::P384);
    desk.write("film.bin", &[7; 300_000]);
    desk.sign_file("film.bin", "film.p7m", &[]).ends(0, "signed");
    desk.sign_file("film.bin", "alone.p7s", &["--detached"]).ends(0, "signed");
    let mut tampered = desk.read("film.p7m");
    tampered[100_000] ^= 1;
    desk.write("tampered.p7m", &tampered);
    desk.write("other.bin", b"something else");
    let before = desk.names();
    let add = |input: &str, further: &[&str]| desk.sign_file_as(&["bob"], input, "out.p7m", further);
    add("tampered.p7m", &["--add"]).ends(1, "not what was signed");
    add("tampered.p7m", &["--countersign", "1"]).ends(1, "signature 1 does not hold");
    add("alone.p7s", &["--add", "--content", "other.bin"]).ends(1, "not what was signed");
    add("alone.p7s", &["--countersign", "1", "--content", "other.bin"]).ends(1, "does not hold");
    add("alone.p7s", &["--add"]).ends(64, "--content FILE is needed");
    add("film.p7m", &["--add", "--content", "film.bin"]).ends(64, "leave --content out");
    add("film.p7m", &["--countersign", "2"]).ends(64, "none with number 2");
    add("film.p7m", &["--countersign", "0"]).ends(64, "counts from 1");
    add("film.p7m", &["--add", "--detached"]).ends(64, "leave --detached out");
    add("film.p7m", &["--content", "film.bin"]).ends(64, "IN is what is signed");
    add("-", &["--add"]).ends(64, "must be a file");
    add("film.p7m", &["--countersign", "1", "--tsa", "http://tsa.test/"]).ends(64, "leave --tsa out");
    add("film.bin", &["--add"]).ends(4, "film.bin: ");
    assert_eq!(desk.names(), before);
    // Content that was not shown is no obstacle to a counter-signature, which is not about it.
    add("alone.p7s", &["--countersign", "1"]).ends(0, "counter-signed");
}
