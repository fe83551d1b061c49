//! Wycheproof: every file of signature verification vectors, by each provider.
//!
//! `CHANCERY_CORPUS=DIR cargo test --release -p chancery-key --test conformance -- --nocapture`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use chancery_digest::{KnownDigest, LegacyDigest};
use chancery_key::{ClaimedAlgorithm, KeyError, Provider, PublicKey, SignatureValue};
use chancery_testkit::conformance::{self, Case, Outcome, Run};
use common::{DIGESTS, hex, providers};
use serde_json::Value;

#[test]
fn wycheproof() {
    let Some(corpus) = conformance::corpus() else { return };
    let folder = corpus.join("wycheproof");
    let Some(names) = conformance::names(&folder) else { return };
    for provider in providers() {
        println!("by {provider:?}:");
        let mut run = Run::new(include_str!("exceptions.json"), |expected| match expected {
            "valid" => Some(&["valid"]),
            "invalid" => Some(&["invalid"]),
            "acceptable" => Some(&["valid", "invalid"]),
            _ => None,
        });
        let files = names.iter().filter(|name| name.ends_with(".json"));
        let cases: Vec<Case> = files.flat_map(|name| cases(&folder, name, provider)).collect();
        let left_out = unsupported(&cases);
        run.folder("wycheproof", cases);
        left_out.iter().for_each(|line| println!("  unsupported: {line}"));
        run.finish();
    }
}

/// What is not supported: a line for each file and reason.
fn unsupported(cases: &[Case]) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in cases {
        if let Outcome::Unsupported(what) = &case.outcome {
            let file = case.id.split('#').next().unwrap_or_default();
            *counts.entry((file, what)).or_default() += 1;
        }
    }
    counts.iter().map(|((file, what), count)| format!("{count} × {file} ({what})")).collect()
}

fn cases(folder: &Path, name: &str, provider: Provider) -> Vec<Case> {
    let unread = |why: String| Case::new(name, "", Outcome::Unread(why));
    let Some(bytes) = conformance::read(&folder.join(name)) else { return Vec::new() };
    let file: Value = match serde_json::from_slice(&bytes) {
        Ok(file) => file,
        Err(error) => return vec![unread(error.to_string())],
    };
    let mut cases = Vec::new();
    for group in list(&file["testGroups"]) {
        let question = question(group, provider);
        cases.extend(list(&group["tests"]).iter().map(|test| case(name, question.as_ref(), test)));
    }
    let (announced, found) = (&file["numberOfTests"], cases.len());
    if announced.as_u64() != u64::try_from(found).ok() {
        cases.push(unread(format!("{announced} cases announced, {found} read")));
    }
    cases
}

fn case(file: &str, question: Option<&Question>, test: &Value) -> Case {
    let expected = test["result"].as_str().filter(|word| ["valid", "invalid", "acceptable"].contains(word));
    let outcome = match (question, octets(&test["msg"]), octets(&test["sig"]), expected) {
        (Some(question), Some(message), Some(signature), Some(_)) => answer(question, &message, &signature),
        _ => Outcome::Unread("a member is missing".to_owned()),
    };
    Case::new(&format!("{file}#{}", test["tcId"]), expected.unwrap_or_default(), outcome)
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

fn answer(question: &Question, message: &[u8], signature: &[u8]) -> Outcome {
    match question {
        Question::Unsupported(name) => Outcome::Unsupported(name.clone()),
        Question::NoKey(error) => Outcome::said("invalid", error.to_string()),
        Question::Verify { key, algorithm, form } => {
            match verify(key, algorithm, *form, message, signature) {
                Ok(()) => Outcome::said("valid", ""),
                Err(error) => Outcome::said("invalid", error.to_string()),
            }
        }
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
    let info = octets(&group["publicKeyDer"]).or_else(|| octets(&group["keyDer"]))?;
    let key = match PublicKey::from_info(&info) {
        Ok(key) => key.with_provider(provider),
        Err(KeyError::Unsupported { oid }) => return Some(Question::Unsupported(oid.to_string())),
        Err(error @ KeyError::MaskDigest { .. }) => return Some(Question::Unsupported(error.to_string())),
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
            let mask = group["mgfSha"].as_str()?;
            if self::digest(mask) != Some(digest) {
                return Some(Question::Unsupported(format!("PSS with {name}, mask of {mask}")));
            }
            let salt_length = u32::try_from(group["sLen"].as_u64()?).ok()?;
            (ClaimedAlgorithm::RsaPss { digest, salt_length }, Form::AsFilesHoldIt)
        }
        other => return Some(Question::Unsupported(other.to_owned())),
    };
    Some(Question::Verify { key, algorithm, form })
}

/// A digest by the name that Wycheproof gives it.
fn digest(name: &str) -> Option<KnownDigest> {
    let mut known = DIGESTS.map(KnownDigest::Current).into_iter().chain([LegacyDigest::Sha1.into()]);
    known.find(|digest| digest.name() == name)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn octets(value: &Value) -> Option<Vec<u8>> {
    hex(value.as_str()?)
}
