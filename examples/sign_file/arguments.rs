//! The command line.

use std::path::PathBuf;

use chancery_digest::DigestAlgorithm;
use chancery_examples::{Failure, password_from};
use chancery_key::Password;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Signs a file of any size (CAdES B-B, or B-T with a timestamp), or adds to what others signed.

usage: sign_file IN OUT --p12 FILE [options]

IN is the file to sign; `-` is standard input. With --add or --countersign it is a signed file (.p7m) or a detached
signature (.p7s), bare, in PEM or in Base64; no byte of what is in it is changed.

  --p12 FILE               key and certificates, as `openssl pkcs12 -export` writes them; can be given several times: all
                           of them sign
  --p12-password-env VAR   the environment variable that holds the password of the --p12 before it (none: no password)
  --digest NAME            sha256, sha384, sha512, sha3-256, sha3-384 or sha3-512; what suits the key unless given
  --detached               OUT holds the signatures alone (.p7s), not the file as well (.p7m)
  --add                    adds signatures beside those in IN
  --countersign NUMBER     signs the signature with this number in IN, the first being 1
  --content FILE           what was signed, where IN does not hold it; for NAME.p7s it is NAME, if that is there
  --level b-b|b-t          the level; b-t if --tsa is given, else b-b
  --tsa URL                the timestamp authority
  --allow-loopback         lets the timestamp authority be on this machine
  --help                   this text

exit codes: 0 signed, 1 refused, 4 something could not be read, 64 wrong usage
OUT appears whole or not at all; IN is never changed, unless OUT has its name. A file is signed in DER; standard input, whose
length is not known before its end, in BER.";

#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) keys: Vec<Key>,
    pub(crate) digest: Option<DigestAlgorithm>,
    pub(crate) form: Form,
    pub(crate) task: Task,
    pub(crate) content: Option<PathBuf>,
    pub(crate) level: Option<Level>,
    pub(crate) authority: Option<String>,
    pub(crate) loopback: bool,
}

/// Where a key is.
pub(crate) struct Key {
    pub(crate) file: PathBuf,
    pub(crate) password: Option<Password>,
}

/// What is to be done.
#[derive(Copy, Clone, Default, Eq, PartialEq)]
pub(crate) enum Task {
    #[default]
    Sign,
    Add,
    /// The signature with this number, counted from 1.
    Countersign(usize),
}

#[derive(Copy, Clone, Default, Eq, PartialEq)]
pub(crate) enum Form {
    #[default]
    Attached,
    Detached,
}

#[derive(Copy, Clone, Eq, PartialEq)]
pub(crate) enum Level {
    Basic,
    Timestamped,
}

/// None: help is wanted.
pub(crate) fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments::default();
    // Given before any key, it is the password of the first.
    let mut early = None;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("p12") => {
                let (file, password) = (parser.value()?.into(), early.take());
                arguments.keys.push(Key { file, password });
            }
            Long("p12-password-env") => {
                let password = Some(password_from(&parser.value()?.string()?)?);
                match arguments.keys.last_mut() {
                    Some(key) => key.password = password,
                    None => early = password,
                }
            }
            Long("digest") => arguments.digest = Some(digest(&parser.value()?.string()?)?),
            Long("detached") => arguments.form = Form::Detached,
            Long("add") => arguments.task = Task::Add,
            Long("countersign") => {
                let number = parser.value()?.parse()?;
                if number == 0 {
                    return Err(Failure::usage("--countersign counts from 1"));
                }
                arguments.task = Task::Countersign(number);
            }
            Long("content") => arguments.content = Some(parser.value()?.into()),
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

/// `sha256` is `SHA-256`, `sha3-256` is `SHA3-256`.
fn digest(name: &str) -> Result<DigestAlgorithm, Failure> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "");
    let found = DigestAlgorithm::ALL.iter().find(|algorithm| plain(algorithm.name()) == plain(name));
    found.copied().ok_or_else(|| {
        let names: Vec<_> = DigestAlgorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
        Failure::usage(format!("--digest is one of {}, not {name}", names.join(", ")))
    })
}
