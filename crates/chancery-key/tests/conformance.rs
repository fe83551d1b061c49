//! Wycheproof: every file of signature verification vectors, by each provider.
//!
//! `CHANCERY_CORPUS=DIR cargo test --release -p chancery-key --test conformance -- --nocapture`
//!
//! DIR holds the folder `wycheproof`. With `CHANCERY_REQUIRE_CORPUS=1` a missing folder or a row that cannot be
//! read fails the run; without `CHANCERY_CORPUS` there is nothing to do, and the test says so.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_key::{ClaimedAlgorithm, KeyError, Provider, PublicKey, SignatureValue};
use serde_json::Value;

/// At most so many of a hundred cases may be exceptions.
const EXCEPTION_PERCENT: usize = 3;

#[test]
fn wycheproof() {
    let required = env::var("CHANCERY_REQUIRE_CORPUS").is_ok_and(|value| value == "1");
    let Some(corpus) = env::var_os("CHANCERY_CORPUS").map(PathBuf::from) else {
        assert!(!required, "CHANCERY_REQUIRE_CORPUS is set, but CHANCERY_CORPUS names no folder");
        println!("wycheproof: not run, CHANCERY_CORPUS names no folder");
        return;
    };
    let folder = corpus.join("wycheproof");
    if !folder.is_dir() {
        assert!(!required, "{} is missing", folder.display());
        println!("wycheproof: not run, {} is missing", folder.display());
        return;
    }
    for provider in providers() {
        let mut run = Run::new(provider);
        for file in files(&folder) {
            run.file(&file);
        }
        run.finish(required);
    }
}

fn providers() -> Vec<Provider> {
    vec![
        Provider::RustCrypto,
        #[cfg(feature = "aws-lc")]
        Provider::AwsLc,
    ]
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    files
}

struct Run {
    provider: Provider,
    cases: usize,
    as_expected: usize,
    unsupported: BTreeMap<String, usize>,
    unread: Vec<String>,
    differences: Vec<Difference>,
    seen: BTreeSet<String>,
}

#[derive(Debug)]
struct Difference {
    case: String,
    expected: String,
    actual: String,
}

/// How a case is verified: nothing here depends on the verdict in the file.
enum Question {
    Verify {
        key: PublicKey,
        algorithm: ClaimedAlgorithm,
        form: Form,
    },
    Unsupported(String),
    /// A key that cannot be read verifies nothing.
    NoKey(KeyError),
}

#[derive(Copy, Clone)]
enum Form {
    AsFilesHoldIt,
    P1363,
}

impl Run {
    fn new(provider: Provider) -> Self {
        Self {
            provider,
            cases: 0,
            as_expected: 0,
            unsupported: BTreeMap::new(),
            unread: Vec::new(),
            differences: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("the file can be read");
        let Ok(file) = serde_json::from_str::<Value>(&text) else {
            self.unread.push(name);
            return;
        };
        let before = self.cases;
        for group in list(&file["testGroups"]) {
            let question = question(group, self.provider);
            for test in list(&group["tests"]) {
                self.case(&name, &question, test);
            }
        }
        let announced = file["numberOfTests"].as_u64().and_then(|count| usize::try_from(count).ok());
        if announced != Some(self.cases - before) {
            self.unread.push(format!("{name}: {announced:?} cases announced, {} read", self.cases - before));
        }
    }

    fn case(&mut self, file: &str, question: &Option<Question>, test: &Value) {
        let case = format!("wycheproof/{file}#{}", test["tcId"]);
        self.cases += 1;
        self.seen.insert(case.clone());
        let row = (question.as_ref(), hex(&test["msg"]), hex(&test["sig"]), test["result"].as_str());
        let (Some(question), Some(message), Some(signature), Some(expected)) = row else {
            self.unread.push(case);
            return;
        };
        let actual = match question {
            Question::Unsupported(name) => {
                *self.unsupported.entry(name.clone()).or_default() += 1;
                return;
            }
            Question::NoKey(error) => Err(error.to_string()),
            Question::Verify { key, algorithm, form } => {
                verify(key, algorithm, *form, &message, &signature).map_err(|error| error.to_string())
            }
        };
        match (expected, actual) {
            ("acceptable", _) | ("valid", Ok(())) | ("invalid", Err(_)) => self.as_expected += 1,
            (_, actual) => self.differences.push(Difference {
                case,
                expected: expected.to_owned(),
                actual: actual.map_or_else(|error| format!("invalid: {error}"), |()| "valid".to_owned()),
            }),
        }
    }

    /// Compares with the exceptions that are checked in.
    fn finish(self, required: bool) {
        let exceptions: Value =
            serde_json::from_str(include_str!("exceptions.json")).expect("exceptions.json is JSON");
        let excepted: BTreeSet<&str> =
            list(&exceptions).iter().filter_map(|row| row["case"].as_str()).collect();
        let unsupported: usize = self.unsupported.values().sum();
        println!(
            "wycheproof ({:?}): {} of {} as expected, {} exceptions, {unsupported} unsupported ({})",
            self.provider,
            self.as_expected,
            self.cases - unsupported,
            self.differences.len(),
            self.unsupported
                .iter()
                .map(|(name, count)| format!("{name}: {count}"))
                .collect::<Vec<_>>()
                .join(", "),
        );

        assert!(!required || self.unread.is_empty(), "rows that cannot be read: {:?}", self.unread);
        let false_accepts: Vec<_> =
            self.differences.iter().filter(|difference| difference.expected == "invalid").collect();
        assert!(false_accepts.is_empty(), "accepted what is invalid: {false_accepts:#?}");
        let unexpected: Vec<_> = self
            .differences
            .iter()
            .filter(|difference| !excepted.contains(&*difference.case))
            .map(|difference| (&difference.case, &difference.expected, &difference.actual))
            .collect();
        assert!(unexpected.is_empty(), "differs and is no exception: {unexpected:#?}");
        let differing: BTreeSet<&str> = self.differences.iter().map(|difference| &*difference.case).collect();
        let outlived: Vec<_> = excepted
            .iter()
            .filter(|case| self.seen.contains(**case) && !differing.contains(**case))
            .collect();
        assert!(outlived.is_empty(), "exceptions that no longer differ: {outlived:?}");
        assert!(100 * self.differences.len() <= EXCEPTION_PERCENT * self.cases, "too many exceptions");
        assert!(self.as_expected > 0, "no case was verified");
    }
}

fn verify(
    key: &PublicKey,
    algorithm: &ClaimedAlgorithm,
    form: Form,
    message: &[u8],
    signature: &[u8],
) -> Result<(), chancery_key::VerifyError> {
    match form {
        Form::AsFilesHoldIt => key.verify(algorithm, message, signature),
        Form::P1363 => SignatureValue::from_p1363(key.kind(), signature)
            .and_then(|value| key.verify(algorithm, message, value.as_bytes())),
    }
}

/// `None` if the group cannot be read.
fn question(group: &Value, provider: Provider) -> Option<Question> {
    let info = hex(&group["publicKeyDer"]).or_else(|| hex(&group["keyDer"]))?;
    let key = match PublicKey::from_info(&info) {
        Ok(key) => key.with_provider(provider),
        Err(KeyError::Unsupported { oid }) => return Some(Question::Unsupported(oid.to_string())),
        Err(error) => return Some(Question::NoKey(error)),
    };
    let kind = group["type"].as_str()?;
    if kind == "EddsaVerify" {
        let (algorithm, form) = (ClaimedAlgorithm::Ed25519, Form::AsFilesHoldIt);
        return Some(Question::Verify { key, algorithm, form });
    }
    let name = group["sha"].as_str()?;
    let Some(digest) = digest(name) else { return Some(Question::Unsupported(name.to_owned())) };
    let (algorithm, form) = match kind {
        "EcdsaVerify" => (ClaimedAlgorithm::Ecdsa(digest), Form::AsFilesHoldIt),
        "EcdsaP1363Verify" => (ClaimedAlgorithm::Ecdsa(digest), Form::P1363),
        "RsassaPkcs1Verify" => (ClaimedAlgorithm::RsaPkcs1v15(digest), Form::AsFilesHoldIt),
        "RsassaPssVerify" | "RsassaPssWithParametersVerify" => {
            let mask_digest = self::digest(group["mgfSha"].as_str()?)?;
            let salt_length = u32::try_from(group["sLen"].as_u64()?).ok()?;
            (ClaimedAlgorithm::RsaPss { digest, mask_digest, salt_length }, Form::AsFilesHoldIt)
        }
        other => return Some(Question::Unsupported(other.to_owned())),
    };
    Some(Question::Verify { key, algorithm, form })
}

/// A digest by the name that Wycheproof gives it.
fn digest(name: &str) -> Option<KnownDigest> {
    let current = [
        DigestAlgorithm::Sha224,
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha384,
        DigestAlgorithm::Sha512,
        DigestAlgorithm::Sha512_224,
        DigestAlgorithm::Sha512_256,
        DigestAlgorithm::Sha3_224,
        DigestAlgorithm::Sha3_256,
        DigestAlgorithm::Sha3_384,
        DigestAlgorithm::Sha3_512,
    ];
    let mut known = current.map(KnownDigest::Current).into_iter().chain([LegacyDigest::Sha1.into()]);
    known.find(|digest| digest.name() == name)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn hex(value: &Value) -> Option<Vec<u8>> {
    let digits = value.as_str()?;
    let octets = (0..digits.len()).step_by(2);
    octets.map(|start| u8::from_str_radix(digits.get(start..start + 2)?, 16).ok()).collect()
}
