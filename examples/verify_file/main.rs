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

use arguments::{Arguments, Binding, HELP, arguments};
use chancery_ades::{Indication, Report};
use chancery_cades::CadesVerifier;
use chancery_cms::{MessageReader, SignedMessage, attributes};
use chancery_digest::FileSource;
use chancery_examples::{Failure, PartialFile, ReportForm, content_beside, end, signatures_beside};
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
        let beside = content_beside(file);
        let content = match (&arguments.content, &beside) {
            (Some(told), _) => Content::Told(told),
            (None, Some(beside)) => Content::Beside(beside),
            (None, None) => Content::Unknown,
        };
        return verify(&input, content, &arguments, &judge).map(ExitCode::from);
    }
    if arguments.content.is_some() {
        let text = format!("{} is neither a signature nor a timestamp: leave --content out", input.name());
        return Err(Failure::usage(text));
    }
    let mut worst = None;
    for signature in signatures_beside(file) {
        eprintln!("{}: judged by {}", file.display(), signature.display());
        let code = verify(&Input::open(&signature)?, Content::Asked(file), &arguments, &judge)?;
        worst = worst.max(Some((severity(code), code)));
    }
    let (_, code) = worst.ok_or_else(|| {
        let text =
            "neither a signed file nor a timestamp, and none is beside it (NAME.p7s, NAME.tst, NAME.tsr)";
        Failure::unreadable(input.name(), io::Error::other(text))
    })?;
    Ok(ExitCode::from(code))
}

/// What was signed, where the signature does not hold it.
#[derive(Copy, Clone)]
enum Content<'a> {
    Unknown,
    /// As was told.
    Told(&'a Path),
    /// The file that a signature seems to belong to by its name.
    Beside(&'a Path),
    /// The file that is asked about, for a signature that was found beside it.
    Asked(&'a Path),
}

impl<'a> Content<'a> {
    /// Its path. What was found by its name is told, so that nobody wonders what was judged.
    fn path(self, signature: &Input) -> Option<&'a Path> {
        match self {
            Self::Unknown => None,
            Self::Told(path) | Self::Asked(path) => Some(path),
            Self::Beside(path) => {
                eprintln!("{}: judged with {}", signature.name(), path.display());
                Some(path)
            }
        }
    }
}

/// Verifies what is no plain file.
fn verify(input: &Input, content: Content<'_>, arguments: &Arguments, judge: &Judge) -> Result<u8, Failure> {
    if input.kind() != Kind::Response {
        return verify_message(input, content, arguments, judge);
    }
    match TimestampResponse::from_der(&input.whole()?) {
        Ok(TimestampResponse::Granted(token)) => verify_timestamp(input, &token, content, arguments, judge),
        Ok(TimestampResponse::Rejected(rejection)) => {
            println!("NO TIMESTAMP: {rejection}");
            Ok(NO_SIGNATURE)
        }
        Err(error) => Err(Failure::unreadable(input.name(), error)),
    }
}

fn verify_message(
    input: &Input,
    content: Content<'_>,
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
        return verify_timestamp(input, token.to_bytes(), content, arguments, judge);
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
    content: Content<'_>,
    arguments: &Arguments,
    judge: &Judge,
) -> Result<Report, Failure> {
    let verifier = CadesVerifier::new(&judge.policy);
    let verifier = match arguments.binding {
        Binding::Required => verifier,
        Binding::Optional => verifier.accept_plain_cms(),
    };
    if !message.is_detached() {
        let name = input.name();
        match content {
            Content::Unknown => {}
            Content::Told(_) => {
                return Err(Failure::usage(format!("{name} holds its content: leave --content out")));
            }
            Content::Beside(path) => {
                eprintln!("{name}: holds its own content; {} was not looked at", path.display());
            }
            // Its verdict would be taken for one on the file.
            Content::Asked(path) => {
                let text = format!("it holds its own content and says nothing of {}", path.display());
                return Err(Failure::unreadable(name, io::Error::other(text)));
            }
        }
        return Ok(verifier.verify_message_at(message, judge.at));
    }
    match content.path(input) {
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
    input: &Input,
    token: &[u8],
    content: Content<'_>,
    arguments: &Arguments,
    judge: &Judge,
) -> Result<u8, Failure> {
    let name = input.name();
    if arguments.extract.is_some() {
        return Err(Failure::usage(format!("{name} is a timestamp: it holds no content to extract")));
    }
    let Some(content) = content.path(input) else {
        let text = format!("{name} is a timestamp: --content FILE is needed, what it stamps");
        return Err(Failure::usage(text));
    };
    Ok(tell(&timestamp::report(&name, token, content, judge)?, arguments.report))
}

/// Prints the report, and says how to end.
fn tell(report: &Report, form: ReportForm) -> u8 {
    form.print(report);
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
