//! Signs a real PDF with a key in a PKCS#12 file.
//!
//! `cargo run --release --example sign_pdf -- IN.pdf OUT.pdf --p12 FILE --p12-password-env VAR --tsa URL`

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_cades::CadesError;
use chancery_digest::FileSource;
use chancery_examples::{Failure, end, password_from, signer_from};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::Password;
use chancery_pades::{PadesError, PdfSigner};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use jiff::Timestamp;
use lexopt::prelude::*;

const HELP: &str = "\
Signs a PDF (PAdES B-B, or B-T with a timestamp).

usage: sign_pdf IN.pdf OUT.pdf --p12 FILE [options]

  --p12 FILE               key and certificates, as `openssl pkcs12 -export` writes them
  --p12-password-env VAR   the environment variable that holds its password (none: no password)
  --pdf-password-env VAR   the environment variable that holds the password of the PDF
  --level b-b|b-t          the level; b-t if --tsa is given, else b-b
  --tsa URL                the timestamp authority
  --allow-loopback         lets the timestamp authority be on this machine
  --reason TEXT            why you sign
  --location TEXT          where you sign
  --field NAME             the field to sign: an empty one that exists, or a new one
  --help                   this text

exit codes: 0 signed, 1 refused, 4 something could not be read, 64 wrong usage
OUT.pdf appears whole or not at all; IN.pdf is never changed.";

fn main() -> ExitCode {
    end(run())
}

#[derive(Default)]
struct Arguments {
    files: Vec<PathBuf>,
    key_file: Option<PathBuf>,
    key_password: Option<Password>,
    pdf_password: Option<Password>,
    level: Option<Level>,
    authority: Option<String>,
    loopback: bool,
    reason: Option<String>,
    location: Option<String>,
    field: Option<String>,
}

#[derive(Copy, Clone, Eq, PartialEq)]
enum Level {
    Basic,
    Timestamped,
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [input, output] = arguments.files.as_slice() else {
        return Err(Failure::usage("two files are needed: the PDF to sign, and the signed PDF"));
    };
    let key_file =
        arguments.key_file.ok_or_else(|| Failure::usage("--p12 is needed: the file with the key"))?;
    let timestamped =
        arguments.level.map_or(arguments.authority.is_some(), |level| level == Level::Timestamped);
    let authority = match (timestamped, &arguments.authority) {
        (false, _) => None,
        (true, Some(url)) => Some(authority(url, arguments.loopback)?),
        (true, None) => return Err(Failure::usage("level b-t needs --tsa URL")),
    };

    let signer = signer_from(&key_file, arguments.key_password)?;
    let pdf = FileSource::open(input).map_err(|error| Failure::unreadable(input.display(), error))?;

    let mut signing = PdfSigner::new(&signer, Timestamp::now());
    if let Some(reason) = arguments.reason {
        signing = signing.reason(reason);
    }
    if let Some(location) = arguments.location {
        signing = signing.location(location);
    }
    if let Some(field) = arguments.field {
        signing = signing.field(field);
    }
    if let Some(password) = arguments.pdf_password {
        let mut seed = [0; 32];
        UnwrapErr(SysRng).fill_bytes(&mut seed);
        signing = signing.password(password, seed);
    }
    let mut signed = signing.sign(&pdf).map_err(|error| not_signed(input.display(), error))?;
    if let Some(authority) = authority {
        let stamped = signed.timestamp(&authority, &mut UnwrapErr(SysRng));
        stamped.map_err(|error| not_signed(authority.address().uri(), error))?;
    }
    signed.save(output).map_err(|error| Failure::unreadable(output.display(), error))?;
    println!("{}: signed", output.display());
    Ok(ExitCode::SUCCESS)
}

fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("p12") => arguments.key_file = Some(parser.value()?.into()),
            Long("p12-password-env") => {
                arguments.key_password = Some(password_from(&parser.value()?.string()?)?);
            }
            Long("pdf-password-env") => {
                arguments.pdf_password = Some(password_from(&parser.value()?.string()?)?);
            }
            Long("level") => {
                arguments.level = Some(match parser.value()?.string()?.as_str() {
                    "b-b" => Level::Basic,
                    "b-t" => Level::Timestamped,
                    other => return Err(Failure::usage(format!("--level is b-b or b-t, not {other}"))),
                });
            }
            Long("tsa") => arguments.authority = Some(parser.value()?.string()?),
            Long("allow-loopback") => arguments.loopback = true,
            Long("reason") => arguments.reason = Some(parser.value()?.string()?),
            Long("location") => arguments.location = Some(parser.value()?.string()?),
            Long("field") => arguments.field = Some(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}

fn authority(url: &str, loopback: bool) -> Result<TimestampAuthority<BlockingClient>, Failure> {
    let address = Address::parse(url).map_err(Failure::usage)?;
    let client = BlockingClient::new();
    let client = if loopback { client.allow(AddressRule::Loopback) } else { client };
    Ok(TimestampAuthority::new(address, client))
}

/// What could not be read is told apart from what was refused.
fn not_signed(what: impl std::fmt::Display, error: PadesError) -> Failure {
    match error {
        PadesError::Pdf(_) | PadesError::Io(_) | PadesError::Signature(CadesError::Content(_)) => {
            Failure::unreadable(what, error)
        }
        _ => Failure::refused(what, error),
    }
}
