//! Walks public corpora of timestamp tokens and responses.
//!
//! `CHANCERY_CORPUS=DIR cargo test --release -p chancery-timestamp --test conformance -- --nocapture`
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::path::Path;
use std::time::Duration;

use chancery_cms::{FaultKind, SignedMessage, SignerFault, SignerInfo};
use chancery_digest::{Digest, Digests, KnownDigest};
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run};
use chancery_timestamp::{TimestampRequest, TimestampResponse, TimestampToken, TokenFault};

#[test]
fn tokens_of_others_get_the_verdicts_of_the_manifest() {
    let Some(corpus) = conformance::corpus() else { return };
    let Some(cases) = real_signed(&corpus.join("real_signed")) else { return };
    let mut run = Run::new(include_str!("exceptions.json"), |expected| match expected {
        "intact" => Some(&["intact"]),
        "broken" | "imprint_mismatch" => Some(&["broken", "unparseable"]),
        "no_cert" => Some(&["no_cert"]),
        _ => None,
    });
    run.folder("real_signed/tsp", cases);
    run.finish();
}

#[test]
fn malformed_tokens_are_read_or_refused_in_bounded_time() {
    let Some(corpus) = conformance::corpus() else { return };
    let mut run = Run::new("[]", |_| Some(&["refused", "a request", "an intact token"]));
    for folder in ["tsp", "cms", "asn1"].map(|category| format!("fuzz_seeds/{category}")) {
        let path = corpus.join(&folder);
        let Some(names) = conformance::names(&path) else { return };
        let case = |name: &String| {
            let bytes = conformance::read(&path.join(name))?;
            let outcome = conformance::within(Duration::from_secs(2), || read_and_match(&bytes));
            Some(Case::new(name, "ends", outcome))
        };
        run.folder(&folder, names.iter().filter_map(case));
    }
    run.finish();
}

fn read_and_match(bytes: &[u8]) -> Outcome {
    if TimestampRequest::from_der(bytes).is_ok() {
        return Outcome::said("a request", "");
    }
    match judge(bytes, None) {
        Outcome::Said { word: "intact", reason } => Outcome::said("an intact token", reason),
        Outcome::Said { reason, .. } => Outcome::said("refused", reason),
        other => other,
    }
}

fn real_signed(folder: &Path) -> Option<Vec<Case>> {
    let rows = conformance::table(&folder.join("tsp/manifest.tsv"))?;
    let case = |row: &Row| {
        let bytes = conformance::read(&folder.join(&row["file"]))?;
        let id = row["file"].trim_start_matches("tsp/").to_owned();
        let outcome = judge(&bytes, stamped_message(folder, &id).as_ref());
        Some(Case::new(&id, &row["integrity"], outcome))
    };
    Some(rows.iter().filter_map(case).collect())
}

/// The message whose signature a token stamps, where the corpus has it.
fn stamped_message(folder: &Path, token: &str) -> Option<SignedMessage> {
    let (stem, _) = token.split_once("_sigts.")?;
    let read = |extension| std::fs::read(folder.join(format!("cms/{stem}.{extension}")));
    SignedMessage::from_file_bytes(&read("p7m").or_else(|_| read("p7s")).ok()?).ok()
}

fn judge(bytes: &[u8], stamped: Option<&SignedMessage>) -> Outcome {
    let said = |word, reason: String| Outcome::Said { word, reason };
    let token = match TimestampResponse::from_der(bytes) {
        Ok(TimestampResponse::Granted(token)) => TimestampToken::from_ber(&token),
        Ok(TimestampResponse::Rejected(rejection)) => return said("rejected", rejection.to_string()),
        Err(_) => TimestampToken::from_ber(bytes),
    };
    let token = match token {
        Ok(token) => token,
        Err(fault) => return said("unparseable", fault.to_string()),
    };
    let algorithm = match token.imprint_algorithm() {
        Ok(algorithm) => algorithm,
        Err(fault) => return Outcome::Unsupported(fault.to_string()),
    };
    let covered = match stamped.map(SignedMessage::signers) {
        // What is covered is the signature value (RFC 3161, appendix A).
        Some([signer]) => Digests::over_bytes([algorithm], SignerInfo::signature(signer)),
        // Without the covered bytes only the rest can be judged.
        _ => match Digest::<KnownDigest>::from_parts(algorithm, token.info().imprint().digest()) {
            Ok(imprint) => Digests::of([imprint]),
            Err(error) => return said("broken", error.to_string()),
        },
    };
    match token.matching(&covered, &[]) {
        Ok(_) => said("intact", String::new()),
        Err(fault) => fault_word(&fault),
    }
}

fn fault_word(fault: &TokenFault) -> Outcome {
    let reason = fault.to_string();
    let said = |word| Outcome::Said { word, reason: reason.clone() };
    let TokenFault::Signer(faults) = fault else {
        return match fault.kind() {
            // Which certificate is meant, and what for, is identity, which the manifest leaves free.
            FaultKind::Certificate => said("intact"),
            FaultKind::CannotTell => Outcome::Unsupported(reason),
            FaultKind::Mathematics | FaultKind::Form => said("broken"),
        };
    };
    let unsupported = faults.iter().find_map(|fault| match fault {
        SignerFault::Unsupported { oid } => Some(oid.to_string()),
        SignerFault::UnsupportedForm { reason } => Some(reason.clone()),
        _ => None,
    });
    match faults.iter().map(SignerFault::kind).find(|kind| *kind != FaultKind::Certificate) {
        None => said("intact"),
        Some(FaultKind::CannotTell) => unsupported.map_or_else(|| said("no_cert"), Outcome::Unsupported),
        Some(_) => said("broken"),
    }
}
