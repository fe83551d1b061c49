//! Makes a signature last: takes one that stands, whoever made it, to a higher level, or renews it.
//!
//! `cargo run --release --example augment_file -- IN.p7m OUT.p7m --trust ROOTS.pem --tsa URL`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_cades::{CadesError, CadesSignature, LongTermCollector};
use chancery_cms::SignedMessage;
use chancery_digest::{Digests, FileSource, Source};
use chancery_examples::{Failure, Level, PartialFile, Services, anchors_from, content_beside, end};
use chancery_http::AddressRule;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use lexopt::prelude::*;

const HELP: &str = "\
Takes a signature that stands to a higher level (CAdES), step by step:

  b-t    a timestamp over the signature: it existed at that time
  b-lt   the certificates, CRLs and OCSP answers by which it is judged, fetched from where the certificates say
  b-lta  a timestamp over all of that

A signature that is at b-lta already is renewed: evidence for its newest timestamp, and a timestamp over everything. Do that
before the certificate of that timestamp expires or its algorithms weaken.

usage: augment_file IN OUT --trust ROOTS --tsa URL [options]

  --trust FILE             certificates (PEM) to trust for signers and timestamps
  --trust-timestamps FILE  certificates (PEM) to trust for timestamps instead
  --tsa URL                the timestamp authority
  --level b-t|b-lt|b-lta   how far; b-lta unless given
  --signature NUMBER       which signature of the message, the first being 1
  --content FILE           what was signed, where IN does not hold it; the name without .p7s if that is there
  --allow-loopback         lets the services be on this machine
  --help                   this text

exit codes: 0 done, 1 refused, 4 something could not be read, 64 wrong usage
IN is read into memory; detached content may have any size. No byte of what is in IN is changed, and OUT appears whole or
not at all.";

fn main() -> ExitCode {
    end(run())
}

struct Arguments {
    files: Vec<PathBuf>,
    trust: Option<PathBuf>,
    trust_timestamps: Option<PathBuf>,
    authority: Option<String>,
    level: Level,
    signature: usize,
    content: Option<PathBuf>,
    allowed: Option<AddressRule>,
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [input, output] = arguments.files.as_slice() else {
        return Err(Failure::usage("two files are needed: the signature, and what it becomes"));
    };
    let trust = arguments.trust.as_ref();
    let trust = trust.ok_or_else(|| Failure::usage("--trust is needed: the certificates to trust"))?;
    let signers = anchors_from(trust)?;
    let timestamps = arguments.trust_timestamps.as_deref().map(anchors_from).transpose()?;
    let timestamps = timestamps.unwrap_or_else(|| signers.clone());
    let url = arguments.authority.as_ref().ok_or_else(|| Failure::usage("--tsa URL is needed"))?;
    let services = Services::new(url, arguments.allowed, signers, timestamps)?;
    let refused = |error| Failure::refused(input.display(), error);
    let mut rng = UnwrapErr(SysRng);

    let message = SignedMessage::from_file_bytes(&read(input)?);
    let message = message.map_err(|error| Failure::unreadable(input.display(), error))?;
    let mut signed = CadesSignature::of(message, arguments.signature - 1).map_err(refused)?;
    println!("{}: {}", input.display(), signed.level());

    if let Err(CadesError::NoSignatureTimestamp { .. }) = signed.needed_chains() {
        signed = signed.timestamp(services.authority(), &mut rng).map_err(refused)?;
        println!("timestamped: {}", signed.level());
    }
    if arguments.level >= Level::LongTerm {
        let evidence = services
            .collect(|signers, timestamps, now| LongTermCollector::new(&signed, signers, timestamps, now));
        let evidence = evidence.map_err(refused)?;
        signed = signed.preserve(&evidence).map_err(refused)?;
        println!("preserved: {}", signed.level());
    }
    if arguments.level == Level::Archive {
        let content =
            match (signed.message().is_detached(), arguments.content.or_else(|| content_beside(input))) {
                (false, _) => Digests::default(),
                (true, Some(content)) => digests(&signed, &content)?,
                (true, None) => return Err(Failure::usage("--content is needed: what was signed")),
            };
        signed = signed.archive_detached(&content, services.authority(), &mut rng).map_err(refused)?;
        println!("archived: {}", signed.level());
    }
    let mut file = PartialFile::beside(output)?;
    std::io::Write::write_all(&mut file, signed.message().to_bytes())
        .map_err(|error| Failure::unreadable(output.display(), error))?;
    file.keep_as(output)?;
    Ok(ExitCode::SUCCESS)
}

/// Of detached content only digests are needed, in one pass.
fn digests(signed: &CadesSignature, content: &Path) -> Result<Digests, Failure> {
    let unreadable = |error| Failure::unreadable(content.display(), error);
    let source = FileSource::open(content).map_err(unreadable)?;
    let whole = 0..source.len();
    Digests::over_ranges(signed.content_algorithms(), &source, std::slice::from_ref(&whole))
        .map_err(unreadable)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::unreadable(path.display(), error))
}

fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments {
        files: Vec::new(),
        trust: None,
        trust_timestamps: None,
        authority: None,
        level: Level::Archive,
        signature: 1,
        content: None,
        allowed: None,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("trust") => arguments.trust = Some(parser.value()?.into()),
            Long("trust-timestamps") => arguments.trust_timestamps = Some(parser.value()?.into()),
            Long("tsa") => arguments.authority = Some(parser.value()?.string()?),
            Long("level") => {
                arguments.level = Level::to_reach(&parser.value()?.string()?)?;
            }
            Long("signature") => {
                arguments.signature = parser.value()?.parse()?;
                if arguments.signature == 0 {
                    return Err(Failure::usage("--signature counts from 1"));
                }
            }
            Long("content") => arguments.content = Some(parser.value()?.into()),
            Long("allow-loopback") => arguments.allowed = Some(AddressRule::Loopback),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}
