//! Verifies the signatures of a file of any size, or a timestamp of one.
//!
//! `cargo run --release --example verify_file -- FILE.p7m --trust ROOTS.pem`

mod arguments;
mod input;
mod timestamp;
mod trust;

use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Binding, Form, HELP, arguments};
use chancery_ades::{Indication, Report};
use chancery_cades::CadesVerifier;
use chancery_cms::{MessageReader, SignedMessage, attributes};
use chancery_digest::FileSource;
use chancery_examples::{Failure, PartialFile, content_beside, end, signatures_beside};
use chancery_timestamp::TimestampResponse;
use input::{Input, Keeping, Kind};
use trust::Judge;

const PASSED: u8 = 0;
const FAILED: u8 = 1;
const INDETERMINATE: u8 = 2;
const NO_SIGNATURE: u8 = 3;

fn main() -> ExitCode {
    end(run())
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [file] = arguments.files.as_slice() else { return Err(Failure::usage("one file is needed")) };
    let judge = Judge::from(&arguments)?;
    let input = Input::open(file)?;
    if input.kind() != Kind::Other {
        let content = arguments.content.clone().or_else(|| content_beside(file));
        return verify(&input, content.as_deref(), &arguments, &judge).map(ExitCode::from);
    }
    let mut worst = None;
    for signature in signatures_beside(file) {
        eprintln!("{}: judged by {}", file.display(), signature.display());
        let code = verify(&Input::open(&signature)?, Some(file), &arguments, &judge)?;
        worst = worst.max(Some((severity(code), code)));
    }
    let (_, code) = worst.ok_or_else(|| {
        let text =
            "neither a signed file nor a timestamp, and none is beside it (NAME.p7s, NAME.tst, NAME.tsr)";
        Failure::unreadable(input.name(), io::Error::other(text))
    })?;
    Ok(ExitCode::from(code))
}

/// Verifies what is no plain file.
fn verify(
    input: &Input,
    content: Option<&Path>,
    arguments: &Arguments,
    judge: &Judge,
) -> Result<u8, Failure> {
    if input.kind() != Kind::Response {
        return verify_message(input, content, arguments, judge);
    }
    match TimestampResponse::from_der(&input.whole()?) {
        Ok(TimestampResponse::Granted(token)) => {
            verify_timestamp(&input.name(), &token, content, arguments, judge)
        }
        Ok(TimestampResponse::Rejected(rejection)) => {
            println!("NO TIMESTAMP: {rejection}");
            Ok(NO_SIGNATURE)
        }
        Err(error) => Err(Failure::unreadable(input.name(), error)),
    }
}

fn verify_message(
    input: &Input,
    content: Option<&Path>,
    arguments: &Arguments,
    judge: &Judge,
) -> Result<u8, Failure> {
    // The content is written before anything is known of it, so to a file that has no name yet.
    let mut extracted = arguments.extract.as_deref().map(PartialFile::beside).transpose()?;
    let mut reader = MessageReader::new();
    if let Some(extracted) = &mut extracted {
        reader = reader.copying_content_to(extracted);
    }
    let unreadable = |error| Failure::unreadable(input.name(), error);
    let mut kept = None;
    let message = match input {
        Input::File { source, .. } => reader.read_source(source),
        Input::Standard { beginning } => {
            let standard = Keeping::new(beginning.chain(io::stdin().lock()));
            reader.read(kept.insert(standard))
        }
    };
    let message = message.map_err(unreadable)?;
    if message.content_type() == attributes::TIMESTAMP_INFO && !message.is_detached() {
        let whole = match kept {
            Some(kept) => kept.whole().map_err(|error| Failure::unreadable(input.name(), error))?,
            None => input.whole()?,
        };
        let token = SignedMessage::from_file_bytes(&whole).map_err(unreadable)?;
        return verify_timestamp(&input.name(), token.to_bytes(), content, arguments, judge);
    }
    let code = tell(&report(input, &message, content, arguments, judge)?, arguments.report);
    if let (Some(extracted), Some(path)) = (extracted, &arguments.extract)
        && code == PASSED
    {
        if message.is_detached() {
            return Err(Failure::usage(format!("{} holds no content to extract", input.name())));
        }
        extracted.keep_as(path)?;
    }
    Ok(code)
}

fn report(
    input: &Input,
    message: &SignedMessage,
    content: Option<&Path>,
    arguments: &Arguments,
    judge: &Judge,
) -> Result<Report, Failure> {
    let verifier = CadesVerifier::new(&judge.policy);
    let verifier = match arguments.binding {
        Binding::Required => verifier,
        Binding::Optional => verifier.accept_plain_cms(),
    };
    if !message.is_detached() {
        if arguments.content.is_some() {
            return Err(Failure::usage(format!("{} holds its content: leave --content out", input.name())));
        }
        return Ok(verifier.verify_message_at(message, judge.at));
    }
    match content {
        Some(content) => {
            let source =
                FileSource::open(content).map_err(|error| Failure::unreadable(content.display(), error))?;
            let report = verifier.verify_detached_at(message.to_bytes(), &source, judge.at);
            report.map_err(|error| Failure::unreadable(content.display(), error))
        }
        None if message.signers().is_empty() => Ok(verifier.verify_message_at(message, judge.at)),
        None => {
            let text = format!("{} is a detached signature: --content FILE is needed", input.name());
            Err(Failure::usage(text))
        }
    }
}

fn verify_timestamp(
    name: &str,
    token: &[u8],
    content: Option<&Path>,
    arguments: &Arguments,
    judge: &Judge,
) -> Result<u8, Failure> {
    if arguments.extract.is_some() {
        return Err(Failure::usage(format!("{name} is a timestamp: it holds no content to extract")));
    }
    let Some(content) = content else {
        let text = format!("{name} is a timestamp: --content FILE is needed, what it stamps");
        return Err(Failure::usage(text));
    };
    Ok(tell(&timestamp::report(name, token, content, judge)?, arguments.report))
}

/// Prints the report, and says how to end.
fn tell(report: &Report, form: Form) -> u8 {
    match form {
        Form::Tree => print!("{report}"),
        Form::Json => println!("{}", report.to_json()),
        Form::Etsi => print!("{}", report.to_etsi_xml()),
    }
    match report.indication() {
        Some(Indication::TotalPassed) => PASSED,
        Some(Indication::TotalFailed) => FAILED,
        Some(Indication::Indeterminate) => INDETERMINATE,
        None => NO_SIGNATURE,
    }
}

/// The worst of several decides.
const fn severity(code: u8) -> u8 {
    match code {
        PASSED => 0,
        NO_SIGNATURE => 1,
        INDETERMINATE => 2,
        _ => 3,
    }
}
