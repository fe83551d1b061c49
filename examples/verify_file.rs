//! Verifies the signatures of a file of any size, or a timestamp of one.
//!
//! `cargo run --release --example verify_file -- FILE.p7m --trust ROOTS.pem`

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_ades::{Indication, Policy, Report};
use chancery_cades::CadesVerifier;
use chancery_certificate::Certificate;
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors};
use chancery_cms::{FaultKind, MessageReader, SignedMessage, attributes};
use chancery_digest::{Digests, FileSource, Source};
use chancery_examples::{Failure, PartialFile, end, revocation_from};
use chancery_timestamp::{TimestampResponse, TimestampToken, TokenFault};
use jiff::Timestamp;
use lexopt::prelude::*;

const HELP: &str = "\
Verifies the signatures of a file, or a timestamp of one.

usage: verify_file FILE --trust ROOTS.pem [options]

FILE is recognised by what it holds: a signed file (.p7m), a detached signature (.p7s), a timestamp (.tst), or the
response of a timestamp authority (.tsr); bare, in PEM or in Base64; of any size.

  --trust ROOTS.pem        the certificates to trust
  --content FILE           what was signed or stamped, where FILE does not hold it
  --extract FILE           where to put the content, if all signatures passed
  --other CERTS.pem        further certificates on the way to those trusted, or those of signers
  --crl FILE               a certificate revocation list in DER; can be given several times
  --at TIME                the moment to judge at, such as 2026-11-21T12:00:00Z; now unless given
  --revocation require|when-known|not-checked
                           what is asked about revocation; require unless given
  --accept-plain-cms       accepts signatures that do not name their certificate, as those before CAdES
  --report tree|json       how to tell; tree unless given
  --help                   this text

exit codes: 0 passed, 1 failed, 2 indeterminate, 3 no signature, 4 something could not be read, 64 wrong usage";

/// Timestamps have some thousand bytes. Longer files are not looked at as such.
const MAX_TIMESTAMP: u64 = 1 << 20;

const PASSED: u8 = 0;
const FAILED: u8 = 1;
const INDETERMINATE: u8 = 2;
const NO_SIGNATURE: u8 = 3;

fn main() -> ExitCode {
    end(run())
}

struct Arguments {
    files: Vec<PathBuf>,
    trust: Option<PathBuf>,
    content: Option<PathBuf>,
    extract: Option<PathBuf>,
    other: Vec<PathBuf>,
    crls: Vec<PathBuf>,
    at: Option<Timestamp>,
    revocation: RevocationPolicy,
    binding: Binding,
    report: Form,
}

#[derive(Copy, Clone, Eq, PartialEq)]
enum Form {
    Tree,
    Json,
}

#[derive(Copy, Clone, Eq, PartialEq)]
enum Binding {
    Required,
    Optional,
}

/// What is known, and when it is judged.
struct Judge {
    anchors: TrustAnchors,
    evidence: Evidence,
    revocation: RevocationPolicy,
    at: Timestamp,
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [file] = arguments.files.as_slice() else { return Err(Failure::usage("one file is needed")) };
    let judge = judge(&arguments)?;
    let source = open(file)?;
    if source.len() <= MAX_TIMESTAMP {
        let bytes = read(file)?;
        match TimestampResponse::from_der(&bytes) {
            Ok(TimestampResponse::Granted(token)) => {
                return verify_timestamp(file, &token, &arguments, &judge);
            }
            Ok(TimestampResponse::Rejected(rejection)) => {
                println!("NO TIMESTAMP: {rejection}");
                return Ok(ExitCode::from(NO_SIGNATURE));
            }
            Err(_) => {}
        }
        if let Ok(message) = SignedMessage::from_file_bytes(&bytes)
            && message.content_type() == attributes::TIMESTAMP_INFO
            && !message.is_detached()
        {
            return verify_timestamp(file, message.to_bytes(), &arguments, &judge);
        }
    }
    verify_message(file, &source, &arguments, judge)
}

fn verify_message(
    file: &Path,
    source: &FileSource,
    arguments: &Arguments,
    judge: Judge,
) -> Result<ExitCode, Failure> {
    // The content is written before anything is known of it, so to a file that has no name yet.
    let mut extracted = arguments.extract.as_deref().map(PartialFile::beside).transpose()?;
    let mut reader = MessageReader::new();
    if let Some(extracted) = &mut extracted {
        reader = reader.copying_content_to(extracted);
    }
    let message = reader.read_source(source).map_err(|error| Failure::unreadable(file.display(), error))?;
    let policy = Policy::new(judge.anchors, judge.revocation).evidence(judge.evidence);
    let verifier = CadesVerifier::new(&policy);
    let verifier = match arguments.binding {
        Binding::Required => verifier,
        Binding::Optional => verifier.accept_plain_cms(),
    };
    let report = match (&arguments.content, message.is_detached()) {
        (Some(_), false) => {
            return Err(Failure::usage(format!("{} holds its content: leave --content out", file.display())));
        }
        (Some(content), true) => {
            let source = open(content)?;
            let report = verifier.verify_detached_at(message.to_bytes(), &source, judge.at);
            report.map_err(|error| Failure::unreadable(content.display(), error))?
        }
        (None, true) if !message.signers().is_empty() => {
            let text = format!("{} is a detached signature: --content FILE is needed", file.display());
            return Err(Failure::usage(text));
        }
        (None, _) => verifier.verify_message_at(&message, judge.at),
    };
    match arguments.report {
        Form::Tree => print!("{report}"),
        Form::Json => println!("{}", report.to_json()),
    }
    let code = exit_code(&report);
    if let (Some(extracted), Some(path)) = (extracted, &arguments.extract)
        && code == PASSED
    {
        if message.is_detached() {
            return Err(Failure::usage(format!("{} holds no content to extract", file.display())));
        }
        extracted.keep_as(path)?;
    }
    Ok(ExitCode::from(code))
}

fn exit_code(report: &Report) -> u8 {
    match report.indication() {
        Some(Indication::TotalPassed) => PASSED,
        Some(Indication::TotalFailed) => FAILED,
        Some(Indication::Indeterminate) => INDETERMINATE,
        None => NO_SIGNATURE,
    }
}

/// A timestamp of a file proves that the file existed, if its authority is trusted.
fn verify_timestamp(
    file: &Path,
    token: &[u8],
    arguments: &Arguments,
    judge: &Judge,
) -> Result<ExitCode, Failure> {
    if arguments.report == Form::Json {
        return Err(Failure::usage("timestamps are told as text, not as json"));
    }
    let Some(content) = &arguments.content else {
        let text = format!("{} is a timestamp: --content FILE is needed, what it stamps", file.display());
        return Err(Failure::usage(text));
    };
    let token =
        TimestampToken::from_ber(token).map_err(|error| Failure::unreadable(file.display(), error))?;
    let source = open(content)?;
    let covered = match token.imprint_algorithm() {
        Ok(algorithm) => {
            let whole = 0..source.len();
            let digests = Digests::over_ranges([algorithm], &source, std::slice::from_ref(&whole));
            digests.map_err(|error| Failure::unreadable(content.display(), error))?
        }
        Err(_) => Digests::default(), // and the token is told to be unsupported
    };
    let token = match token.matching(&covered, judge.evidence.certificates()) {
        Ok(token) => token,
        Err(fault) => {
            let cannot_tell = match &fault {
                TokenFault::Unsupported { .. } => true,
                TokenFault::Signer(faults) => {
                    faults.iter().all(|fault| fault.kind() == FaultKind::CannotTell)
                }
                _ => false,
            };
            let (word, code) =
                if cannot_tell { ("INDETERMINATE", INDETERMINATE) } else { ("FAILED", FAILED) };
            println!("{word}: the timestamp proves nothing: {fault}");
            return Ok(ExitCode::from(code));
        }
    };
    let verifier = ChainVerifier::new(&judge.anchors, Purpose::Timestamping, judge.revocation);
    let (says, by) = (token.time(), token.signer().certificate().subject().clone());
    match token.trust(&verifier.evidence(&judge.evidence), judge.at) {
        Ok(proof) => {
            println!("PASSED: {} existed at {}, as {by} proves", content.display(), proof.time());
            Ok(ExitCode::from(PASSED))
        }
        Err(failure) => {
            println!("INDETERMINATE: {by} says {says}, and is not trusted: {failure}");
            Ok(ExitCode::from(INDETERMINATE))
        }
    }
}

fn judge(arguments: &Arguments) -> Result<Judge, Failure> {
    let trust = arguments.trust.as_ref();
    let trust = trust.ok_or_else(|| Failure::usage("--trust is needed: the certificates to trust"))?;
    let anchors = TrustAnchors::from_pem(&read(trust)?);
    let anchors = anchors.map_err(|error| Failure::unreadable(trust.display(), error))?;
    let mut evidence = Evidence::new();
    for path in &arguments.other {
        let certificates = Certificate::all_from_pem(&read(path)?);
        let certificates = certificates.map_err(|error| Failure::unreadable(path.display(), error))?;
        certificates.into_iter().for_each(|certificate| evidence.add_certificate(certificate));
    }
    for path in &arguments.crls {
        evidence.add_crl(read(path)?);
    }
    let at = arguments.at.unwrap_or_else(Timestamp::now);
    Ok(Judge { anchors, evidence, revocation: arguments.revocation, at })
}

fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments {
        files: Vec::new(),
        trust: None,
        content: None,
        extract: None,
        other: Vec::new(),
        crls: Vec::new(),
        at: None,
        revocation: RevocationPolicy::Require,
        binding: Binding::Required,
        report: Form::Tree,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("trust") => arguments.trust = Some(parser.value()?.into()),
            Long("content") => arguments.content = Some(parser.value()?.into()),
            Long("extract") => arguments.extract = Some(parser.value()?.into()),
            Long("other") => arguments.other.push(parser.value()?.into()),
            Long("crl") => arguments.crls.push(parser.value()?.into()),
            Long("at") => arguments.at = Some(parser.value()?.parse()?),
            Long("revocation") => arguments.revocation = revocation_from(&parser.value()?.string()?)?,
            Long("accept-plain-cms") => arguments.binding = Binding::Optional,
            Long("report") => {
                arguments.report = match parser.value()?.string()?.as_str() {
                    "tree" => Form::Tree,
                    "json" => Form::Json,
                    other => return Err(Failure::usage(format!("--report is tree or json, not {other}"))),
                };
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}

fn open(path: &Path) -> Result<FileSource, Failure> {
    let source = File::open(path).and_then(FileSource::new);
    source.map_err(|error| Failure::unreadable(path.display(), error))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::unreadable(path.display(), error))
}
