//! Walks public corpora of CMS messages.
//!
//! `CHANCERY_CORPUS=DIR cargo test --release -p chancery-cms --test conformance -- --nocapture`
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::path::Path;
use std::time::Duration;

use chancery_cms::{Attributes, CmsError, FaultKind, SignedMessage, SignerCheck, SignerFault};
use chancery_digest::Digests;
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run};
use chancery_testkit::mime;

#[test]
fn messages_of_others_get_the_verdicts_of_the_manifests() {
    let Some(corpus) = conformance::corpus() else { return };
    let mut run = Run::new(include_str!("exceptions.json"), accepted);
    let folders = [
        ("real_signed/cms", real_signed(&corpus.join("real_signed"))),
        ("vectors/rfc4134", rfc4134(&corpus.join("vectors"))),
        ("pkits/smime_cms", pkits(&corpus.join("pkits/smime_cms"))),
    ];
    for (name, cases) in folders {
        if let Some(cases) = cases {
            run.folder(name, cases);
        }
    }
    run.finish();
}

/// The words that a manifest's word asks for, any of them.
fn accepted(expected: &str) -> Option<&'static [&'static str]> {
    Some(match expected {
        "intact" | "valid" => &["intact"],
        "broken" => &["broken", "unparseable"],
        "unparseable" => &["unparseable", "broken", "not_signed_data"],
        "content_missing" => &["content_missing", "no_cert"],
        "no_cert" => &["no_cert"],
        "parse" | "out_of_scope" => &["not_signed_data"],
        _ => return None,
    })
}

#[test]
fn malformed_messages_are_read_or_refused_in_bounded_time() {
    let Some(corpus) = conformance::corpus() else { return };
    let mut run = Run::new("[]", |_| Some(&["refused", "read", "sound"]));
    for folder in ["cms", "asn1", "x509", "tsp"].map(|category| format!("fuzz_seeds/{category}")) {
        let path = corpus.join(&folder);
        let Some(names) = conformance::names(&path) else { return };
        let case = |name: &String| {
            let bytes = conformance::read(&path.join(name))?;
            let outcome = conformance::within(Duration::from_secs(2), || read_and_check(&bytes));
            Some(Case::new(name, "ends", outcome))
        };
        run.folder(&folder, names.iter().filter_map(case));
    }
    run.finish();
}

/// What is not compared with anybody's verdict: how many counter-signatures hold, and that what signers state is read.
/// A statement that cannot be read is printed with its reason.
#[test]
fn countersignatures_and_statements_of_others_are_read() {
    let Some(corpus) = conformance::corpus() else { return };
    let folder = corpus.join("real_signed/cms");
    let Some(names) = conformance::names(&folder) else { return };
    let (mut read, mut unread, mut countersignatures) = (0, 0, 0);
    for name in names {
        let Some(bytes) = conformance::read(&folder.join(&name)) else { continue };
        let Ok(message) = SignedMessage::from_file_bytes(&bytes) else { continue };
        for signer in message.signers() {
            let unsigned = signer.unsigned_attributes();
            for (oid, statement) in
                signer.signed_attributes().into_iter().chain([unsigned]).flat_map(Attributes::statements)
            {
                match statement {
                    Ok(_) => read += 1,
                    Err(error) => {
                        unread += 1;
                        println!("  {name}: {oid}: {error}");
                    }
                }
            }
            for countersignature in signer.check_countersignatures(&message, &[]) {
                countersignatures += 1;
                let faults = countersignature.check().faults();
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                println!("  {name}: counter-signature {:?}: {faults:?}", countersignature.place());
            }
        }
    }
    println!("real_signed/cms: {read} statements read, {unread} not; {countersignatures} counter-signatures");
    assert!(unread * 100 <= read, "more than one in a hundred cannot be read");
}

fn read_and_check(bytes: &[u8]) -> Outcome {
    let _ = SignedMessage::from_ber_prefix(bytes);
    let message = match SignedMessage::from_file_bytes(bytes) {
        Ok(message) => message,
        Err(error) => return Outcome::said("refused", error.to_string()),
    };
    let content = message.content_digests();
    for signer in message.signers() {
        signer.unsigned_attributes().statements().for_each(drop);
        signer.signed_attributes().into_iter().flat_map(Attributes::statements).for_each(drop);
        drop(signer.check_countersignatures(&message, &[]));
    }
    let checked = message.check(&content, &[]);
    let sound = checked.signers().iter().any(|check| check.sound().is_some());
    Outcome::said(if sound { "sound" } else { "read" }, "")
}

fn real_signed(folder: &Path) -> Option<Vec<Case>> {
    let rows = conformance::table(&folder.join("cms/manifest.tsv"))?;
    let case = |row: &Row| {
        let bytes = conformance::read(&folder.join(&row["file"]))?;
        let content = match row["content"].as_str() {
            "" => None,
            file => Some(conformance::read(&folder.join(file))?),
        };
        let id = row["file"].trim_start_matches("cms/").to_owned();
        let outcome = judge(&id, &bytes, content.as_deref());
        Some(Case::new(&id, &row["integrity"], outcome))
    };
    Some(rows.iter().filter_map(case).collect())
}

fn rfc4134(folder: &Path) -> Option<Vec<Case>> {
    let rows = conformance::table(&folder.join("expected.tsv"))?;
    let case = |row: &Row| {
        let bytes = conformance::read(&folder.join(&row["file"]))?;
        let id = row["file"].trim_start_matches("rfc4134/").to_owned();
        let outcome = judge(&id, &bytes, None);
        Some(Case::new(&id, &row["expected"], outcome))
    };
    Some(rows.iter().filter_map(case).collect())
}

/// Every message of PKITS is intact; what its tests judge are the certificates.
fn pkits(folder: &Path) -> Option<Vec<Case>> {
    let names = conformance::names(folder)?;
    let case = |name: &str| {
        let bytes = conformance::read(&folder.join(format!("{name}.p7s")))?;
        let content = conformance::read(&folder.join(format!("{name}.content")))?;
        let outcome = judge(name, &bytes, Some(&content));
        Some(Case::new(name, "intact", outcome))
    };
    Some(names.iter().filter_map(|name| case(name.strip_suffix(".p7s")?)).collect())
}

fn judge(id: &str, bytes: &[u8], content: Option<&[u8]>) -> Outcome {
    if !id.ends_with(".eml") {
        return judge_message(bytes, content);
    }
    match mime::unwrap(bytes) {
        Some((message, content)) => judge_message(&message, content.as_deref()),
        None => Outcome::Unsupported("a mail that is not S/MIME".to_owned()),
    }
}

fn judge_message(bytes: &[u8], content: Option<&[u8]>) -> Outcome {
    let said = |word, reason: String| Outcome::Said { word, reason };
    let message = match SignedMessage::from_file_bytes(bytes) {
        Ok(message) => message,
        Err(error @ CmsError::NotSignedData { .. }) => return said("not_signed_data", error.to_string()),
        Err(error) => return said("unparseable", error.to_string()),
    };
    let digests = match content {
        Some(content) => Digests::over_bytes(message.digest_algorithms(), content),
        None => message.content_digests(),
    };
    let mut faults: Vec<SignerFault> = Vec::new();
    for signer in message.signers() {
        if let SignerCheck::Faulty(found) = signer.check(&message, &digests, &[]) {
            faults.extend(found);
        }
    }
    // The worst of all signers. Which certificate is meant is identity, which manifests of integrity leave free.
    faults.sort_by_key(SignerFault::kind);
    faults.retain(|fault| fault.kind() != FaultKind::Certificate);
    let reasons: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let reason = reasons.join("; ");
    match faults.first().map(SignerFault::kind) {
        None => said("intact", reason),
        Some(FaultKind::CannotTell) => cannot_tell(&faults, reason),
        Some(_) => said("broken", reason),
    }
}

fn cannot_tell(faults: &[SignerFault], reason: String) -> Outcome {
    let unsupported = faults.iter().find_map(|fault| match fault {
        SignerFault::Unsupported { oid } => Some(oid.to_string()),
        SignerFault::UnsupportedForm { reason } => Some(reason.clone()),
        _ => None,
    });
    let certificate_missing =
        faults.iter().any(|fault| matches!(fault, SignerFault::CertificateMissing { .. }));
    match (unsupported, certificate_missing) {
        (Some(what), _) => Outcome::Unsupported(what),
        (None, true) => Outcome::Said { word: "no_cert", reason },
        (None, false) => Outcome::Said { word: "content_missing", reason },
    }
}
