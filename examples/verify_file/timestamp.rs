//! Timestamps of files, judged as those of documents are: the authority, its path and revocation, the algorithms.

use std::fmt::Write;
use std::path::Path;

use chancery_ades::{Coverage, CoveringTimestamp, Finding, Report, TimestampKind, Validation};
use chancery_chain::Evidence;
use chancery_digest::{Digests, FileSource, KnownDigest, Source};
use chancery_examples::Failure;
use chancery_timestamp::{TimestampInfo, TimestampToken};

use crate::trust::Judge;

/// A timestamp of a file proves that the file existed, if its authority is trusted.
pub(crate) fn report(name: &str, token: &[u8], content: &Path, judge: &Judge) -> Result<Report, Failure> {
    let token = TimestampToken::from_ber(token).map_err(|error| Failure::unreadable(name, error))?;
    let source = FileSource::open(content).map_err(|error| Failure::unreadable(content.display(), error))?;
    let whole = 0..source.len();
    let covered = match token.imprint_algorithm() {
        Ok(algorithm) => Digests::over_ranges([algorithm], &source, std::slice::from_ref(&whole))
            .map_err(|error| Failure::unreadable(content.display(), error))?,
        Err(_) => Digests::default(), // and the token is told to be unsupported
    };
    let says = Finding::information("timestamp-says", says(token.info()));
    let about = format!("judged against all {} octets of {}", source.len(), content.display());
    let about = Finding::information("timestamp-content", about);
    let known = judge.policy.known_evidence().certificates();
    let timestamp = CoveringTimestamp {
        kind: TimestampKind::Document,
        name: "timestamp".to_owned(),
        token: token.matching(&covered, known),
        covers: Coverage::new(),
        evidence: Evidence::new(),
    };
    let validated = Validation::new(&judge.policy, judge.at).document_timestamp(timestamp).judge();
    Ok(Report::new(judge.at, validated.timestamps, vec![says, about]))
}

/// What the token says, true or not.
fn says(info: &TimestampInfo) -> String {
    let imprint = info.imprint();
    let algorithm = imprint.known_algorithm().map(KnownDigest::name);
    let algorithm = algorithm.map_or_else(|| imprint.algorithm().to_string(), str::to_owned);
    let mut text = format!(
        "it says that octets whose {algorithm} is {} existed at {}",
        hexadecimal(imprint.digest()),
        info.time()
    );
    let accuracy = info.accuracy().map(|accuracy| format!(", give or take {accuracy:?}"));
    text.push_str(accuracy.as_deref().unwrap_or_default());
    text + &format!(" (policy {}, serial number {})", info.policy(), hexadecimal(info.serial()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
