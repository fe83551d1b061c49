//! Signs a file of any size with a key in a PKCS#12 file.
//!
//! `cargo run --release --example sign_file -- IN OUT.p7m --p12 FILE --p12-password-env VAR --tsa URL`

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_cms::{
    Assembly, Attribute, CmsError, Enclosures, FinishedSigner, MessageWriter, SignerPreparation, attributes,
};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use chancery_examples::{Failure, PartialFile, end, password_from, signer_from};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::{Password, Signer, SoftwareSigner};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use lexopt::prelude::*;

const HELP: &str = "\
Signs a file of any size (CAdES B-B, or B-T with a timestamp).

usage: sign_file IN OUT --p12 FILE [options]

  --p12 FILE               key and certificates, as `openssl pkcs12 -export` writes them
  --p12-password-env VAR   the environment variable that holds its password (none: no password)
  --detached               OUT holds the signature alone (.p7s), not the file as well (.p7m)
  --level b-b|b-t          the level; b-t if --tsa is given, else b-b
  --tsa URL                the timestamp authority
  --allow-loopback         lets the timestamp authority be on this machine
  --help                   this text

exit codes: 0 signed, 1 refused, 4 something could not be read, 64 wrong usage
OUT appears whole or not at all; IN is never changed.";

fn main() -> ExitCode {
    end(run())
}

#[derive(Default)]
struct Arguments {
    files: Vec<PathBuf>,
    key_file: Option<PathBuf>,
    key_password: Option<Password>,
    form: Form,
    level: Option<Level>,
    authority: Option<String>,
    loopback: bool,
}

#[derive(Copy, Clone, Default)]
enum Form {
    #[default]
    Attached,
    Detached,
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
        return Err(Failure::usage("two files are needed: the one to sign, and the signed one"));
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
    let signing = Signing { signer, authority, now: Timestamp::now() };
    signing.refuse_expired(input)?;

    let file = File::open(input).map_err(|error| Failure::unreadable(input.display(), error))?;
    let signed = PartialFile::beside(output)?;
    let signed = match arguments.form {
        Form::Attached => signing.attached(input, file, signed)?,
        Form::Detached => signing.detached(input, file, signed)?,
    };
    signed.keep_as(output)?;
    println!("{}: signed", output.display());
    Ok(ExitCode::SUCCESS)
}

struct Signing {
    signer: SoftwareSigner,
    authority: Option<TimestampAuthority<BlockingClient>>,
    now: Timestamp,
}

impl Signing {
    fn refuse_expired(&self, input: &Path) -> Result<(), Failure> {
        let Some(certificate) = self.signer.chain().first() else { return Ok(()) };
        let (name, moment) = (certificate.subject(), self.now);
        let refuse = |text| Err(Failure::refused(input.display(), io::Error::other(text)));
        if moment > certificate.not_after() {
            return refuse(format!("the certificate of {name} expired at {}", certificate.not_after()));
        }
        if moment < certificate.not_before() {
            return refuse(format!(
                "the certificate of {name} is not valid before {}",
                certificate.not_before()
            ));
        }
        Ok(())
    }

    /// The content goes through the writer once, and is digested on its way.
    fn attached(&self, input: &Path, mut file: File, out: PartialFile) -> Result<PartialFile, Failure> {
        let writer = MessageWriter::new().announce(self.signer.algorithm()).enclosures(self.chain());
        let mut content = writer.begin(out).map_err(|error| not_signed(input, error))?;
        io::copy(&mut file, &mut content).map_err(|error| Failure::unreadable(input.display(), error))?;
        let enclosed = content.end().map_err(|error| not_signed(input, error))?;
        let digest = enclosed.digest(self.signer.algorithm().digest());
        let finished = self.sign(input, digest.map_err(|error| not_signed(input, error))?)?;
        enclosed.finish(&[finished]).map_err(|error| not_signed(input, error))
    }

    fn detached(&self, input: &Path, file: File, mut out: PartialFile) -> Result<PartialFile, Failure> {
        let digest = self.signer.algorithm().digest().digest_reader(file);
        let digest = digest.map_err(|error| Failure::unreadable(input.display(), error))?;
        let assembly = Assembly::detached().signer(self.sign(input, digest)?).enclosures(self.chain());
        let message = assembly.assemble().map_err(|error| not_signed(input, error))?;
        out.write_all(message.to_bytes()).map_err(|error| Failure::unreadable("the signature", error))?;
        Ok(out)
    }

    fn sign(&self, input: &Path, digest: Digest) -> Result<FinishedSigner, Failure> {
        let preparation = SignerPreparation::new(self.signer.chain(), self.signer.algorithm(), digest);
        let prepared = preparation.signing_time(self.now).prepare();
        let prepared = prepared.map_err(|error| not_signed(input, error))?;
        let value = self.signer.sign(prepared.to_be_signed());
        let value = value.map_err(|error| Failure::refused(input.display(), error))?;
        let finished = prepared.finish(value).map_err(|error| not_signed(input, error))?;
        let Some(authority) = &self.authority else { return Ok(finished) };
        let covered = DigestAlgorithm::Sha256.digest(finished.signature());
        let token = authority.stamp(&covered, &mut UnwrapErr(SysRng));
        let token = token.map_err(|error| Failure::refused(authority.address().uri(), error))?;
        let attribute = Attribute::new(attributes::SIGNATURE_TIMESTAMP, token.to_der());
        finished.with_unsigned_attribute(attribute).map_err(|error| not_signed(input, error))
    }

    fn chain(&self) -> Enclosures {
        Enclosures::new().certificates(self.signer.chain().iter().cloned())
    }
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
            Long("detached") => arguments.form = Form::Detached,
            Long("level") => {
                arguments.level = Some(match parser.value()?.string()?.as_str() {
                    "b-b" => Level::Basic,
                    "b-t" => Level::Timestamped,
                    other => return Err(Failure::usage(format!("--level is b-b or b-t, not {other}"))),
                });
            }
            Long("tsa") => arguments.authority = Some(parser.value()?.string()?),
            Long("allow-loopback") => arguments.loopback = true,
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

/// What could not be read or written is told apart from what was refused.
fn not_signed(input: &Path, error: CmsError) -> Failure {
    match error {
        CmsError::Input(_) | CmsError::Output(_) => Failure::unreadable(input.display(), error),
        _ => Failure::refused(input.display(), error),
    }
}
