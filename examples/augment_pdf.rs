//! Makes the signatures of a PDF last: takes them, whoever made them, to a higher level, or renews them.
//!
//! `cargo run --release --example augment_pdf -- IN.pdf OUT.pdf --trust ROOTS.pem --tsa URL`

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_digest::FileSource;
use chancery_examples::{Failure, Level, Services, anchors_from, end, password_from, pdf_failure};
use chancery_http::AddressRule;
use chancery_key::Password;
use chancery_pades::{LastingPdf, PadesError, UnsoundSignatures};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use lexopt::prelude::*;

const HELP: &str = "\
Takes the signatures of a PDF to a higher level (PAdES), step by step:

  b-t    a timestamp over the document, where a signature has none: it existed at that time
  b-lt   the certificates, CRLs and OCSP answers by which they are judged, fetched from where the certificates say
  b-lta  a timestamp over all of that

A document that is at b-lta already is renewed: evidence for its newest timestamp, and a timestamp over everything. Do that
before the certificate of that timestamp expires or its algorithms weaken. A document that nobody signed is timestamped.

usage: augment_pdf IN.pdf OUT.pdf --trust ROOTS --tsa URL [options]

  --trust FILE             certificates (PEM) to trust for signers and timestamps
  --trust-timestamps FILE  certificates (PEM) to trust for timestamps instead
  --tsa URL                the timestamp authority
  --level b-t|b-lt|b-lta   how far; b-lta unless given
  --pdf-password-env VAR   the environment variable that holds the password of the PDF
  --timestamp-room BYTES   how much room timestamps over the document get; 16384 unless given
  --pass-over-unsound      makes the other signatures last where one does not hold, and tells which
  --allow-loopback         lets the services be on this machine
  --help                   this text

exit codes: 0 done, 1 refused, 4 something could not be read, 64 wrong usage
IN.pdf is never changed: what is added is appended to it. OUT.pdf appears whole or not at all.";

fn main() -> ExitCode {
    end(run())
}

#[derive(Default)]
struct Arguments {
    files: Vec<PathBuf>,
    trust: Option<PathBuf>,
    trust_timestamps: Option<PathBuf>,
    authority: Option<String>,
    level: Option<Level>,
    password: Option<Password>,
    room: Option<usize>,
    unsound: UnsoundSignatures,
    allowed: Option<AddressRule>,
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [input, output] = arguments.files.as_slice() else {
        return Err(Failure::usage("two files are needed: the PDF, and what it becomes"));
    };
    let trust = arguments.trust.as_ref();
    let trust = trust.ok_or_else(|| Failure::usage("--trust is needed: the certificates to trust"))?;
    let signers = anchors_from(trust)?;
    let timestamps = arguments.trust_timestamps.as_deref().map(anchors_from).transpose()?;
    let timestamps = timestamps.unwrap_or_else(|| signers.clone());
    let url = arguments.authority.as_ref().ok_or_else(|| Failure::usage("--tsa URL is needed"))?;
    let services = Services::new(url, arguments.allowed, signers, timestamps)?;
    let target = arguments.level.unwrap_or(Level::Archive);
    let refused = |error| pdf_failure(input.display(), error);

    let file = FileSource::open(input).map_err(|error| Failure::unreadable(input.display(), error))?;
    let mut pdf = LastingPdf::new(&file);
    if let Some(password) = arguments.password {
        let mut seed = [0; 32];
        UnwrapErr(SysRng).fill_bytes(&mut seed);
        pdf = pdf.password(password, seed);
    }
    if let Some(room) = arguments.room {
        pdf = pdf.timestamp_room(room);
    }
    pdf = pdf.unsound_signatures(arguments.unsound);
    if arguments.unsound == UnsoundSignatures::PassOver {
        for passed_over in pdf.unsound().map_err(refused)? {
            println!("passed over: {passed_over}");
        }
    }
    match pdf.needed_chains() {
        Ok(_) => {}
        Err(PadesError::NothingToPreserve | PadesError::NotTimestamped { .. }) => {
            pdf = pdf.timestamp(services.authority(), &mut UnwrapErr(SysRng)).map_err(refused)?;
            println!("timestamped");
        }
        Err(error) => return Err(refused(error)),
    }
    let pdf = services.extend(pdf, target).map_err(refused)?;
    pdf.save(output).map_err(|error| Failure::unreadable(output.display(), error))?;
    Ok(ExitCode::SUCCESS)
}

fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("trust") => arguments.trust = Some(parser.value()?.into()),
            Long("trust-timestamps") => arguments.trust_timestamps = Some(parser.value()?.into()),
            Long("tsa") => arguments.authority = Some(parser.value()?.string()?),
            Long("level") => {
                arguments.level = Some(Level::to_reach(&parser.value()?.string()?)?);
            }
            Long("pdf-password-env") => {
                arguments.password = Some(password_from(&parser.value()?.string()?)?);
            }
            Long("timestamp-room") => arguments.room = Some(parser.value()?.parse()?),
            Long("pass-over-unsound") => arguments.unsound = UnsoundSignatures::PassOver,
            Long("allow-loopback") => arguments.allowed = Some(AddressRule::Loopback),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}
