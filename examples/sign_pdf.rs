//! Signs a real PDF with a key in a PKCS#12 file.
//!
//! `cargo run --release --example sign_pdf -- IN.pdf OUT.pdf --p12 FILE --p12-password-env VAR --tsa URL`

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_chain::TrustAnchors;
use chancery_digest::FileSource;
use chancery_examples::{
    Failure, Level, Services, anchors_from, end, password_from, pdf_failure, signer_from,
};
use chancery_http::AddressRule;
use chancery_key::Password;
use chancery_pades::PdfSigner;
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use jiff::Timestamp;
use lexopt::prelude::*;

const HELP: &str = "\
Signs a PDF (PAdES): B-B; B-T with a timestamp; B-LT with what proves that nobody's certificate was revoked, fetched from
where the certificates say; B-LTA with a timestamp over all of that.

usage: sign_pdf IN.pdf OUT.pdf --p12 FILE [options]

  --p12 FILE               key and certificates, as `openssl pkcs12 -export` writes them
  --p12-password-env VAR   the environment variable that holds its password (none: no password)
  --pdf-password-env VAR   the environment variable that holds the password of the PDF
  --level b-b|b-t|b-lt|b-lta
                           the level; b-t if --tsa is given, else b-b
  --trust FILE             certificates (PEM) to trust for signers and timestamps, for b-lt and b-lta
  --tsa URL                the timestamp authority
  --allow-loopback         lets the services be on this machine
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
    trust: Option<PathBuf>,
    authority: Option<String>,
    allowed: Option<AddressRule>,
    reason: Option<String>,
    location: Option<String>,
    field: Option<String>,
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
    let level = arguments.level.unwrap_or(match arguments.authority {
        Some(_) => Level::Time,
        None => Level::Basic,
    });
    let services = match (level, &arguments.authority, &arguments.trust) {
        (Level::Basic, ..) => None,
        (_, None, _) => return Err(Failure::usage("levels from b-t on need --tsa URL")),
        (Level::LongTerm | Level::Archive, _, None) => {
            return Err(Failure::usage("levels from b-lt on need --trust: the certificates to trust"));
        }
        (_, Some(url), trust) => {
            let anchors = trust.as_deref().map_or_else(|| Ok(TrustAnchors::default()), anchors_from)?;
            Some(Services::new(url, arguments.allowed, anchors.clone(), anchors)?)
        }
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
    let refused = |error| pdf_failure(input.display(), error);
    let mut signed = signing.sign(&pdf).map_err(refused)?;
    let signed = match services {
        Some(services) => {
            let authority = services.authority();
            let stamped = signed.timestamp(authority, &mut UnwrapErr(SysRng));
            stamped.map_err(|error| pdf_failure(authority.address().uri(), error))?;
            services.extend(signed.into(), level).map_err(refused)?
        }
        None => signed.into(),
    };
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
                arguments.level = Some(Level::from_name(&parser.value()?.string()?)?);
            }
            Long("trust") => arguments.trust = Some(parser.value()?.into()),
            Long("tsa") => arguments.authority = Some(parser.value()?.string()?),
            Long("allow-loopback") => arguments.allowed = Some(AddressRule::Loopback),
            Long("reason") => arguments.reason = Some(parser.value()?.string()?),
            Long("location") => arguments.location = Some(parser.value()?.string()?),
            Long("field") => arguments.field = Some(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}
