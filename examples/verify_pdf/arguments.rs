//! The command line.

use std::path::{Path, PathBuf};

use chancery_chain::RevocationPolicy;
use chancery_examples::{Failure, ReportForm, password_from, revocation_from};
use chancery_key::Password;
use jiff::Timestamp;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Verifies the signatures of a PDF.

usage: verify_pdf FILE.pdf --trust ROOTS.pem [options]

  --trust ROOTS.pem        the certificates to trust
  --other CERTS.pem        further certificates on the way to them
  --crl FILE               a certificate revocation list in DER; can be given several times
  --at TIME                the moment to judge at, such as 2026-11-21T12:00:00Z; now unless given
  --revocation require|when-known|not-checked
                           what is asked about revocation; require unless given
  --pdf-password-env VAR   the environment variable that holds the password of the PDF
  --report tree|json|etsi  how to tell: for people, for programs, or as ETSI TS 119 102-2; tree unless given
  --history                tells also what each revision of the file did to it; with a tree only
  --marked OUT.pdf         writes a copy in which everything that was found on a page is marked, whatever the verdict
  --extract-signed FIELD OUT.pdf
                           writes what the signer in this field saw, as a PDF of its own, if it is unchanged since;
                           can be given several times
  --help                   this text

exit codes: 0 passed, 1 failed, 2 indeterminate, 3 no signature, 4 something could not be read, 64 wrong usage
What could not be written is told, and ends with 4.";

pub(crate) struct Arguments {
    pub(crate) file: PathBuf,
    pub(crate) trust: PathBuf,
    pub(crate) other: Vec<PathBuf>,
    pub(crate) crls: Vec<PathBuf>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) revocation: RevocationPolicy,
    pub(crate) password: Option<Password>,
    pub(crate) report: ReportForm,
    pub(crate) history: Tell,
    pub(crate) marked: Option<PathBuf>,
    pub(crate) extract: Vec<Extract>,
}

/// Whether something is told.
#[derive(Copy, Clone, Eq, PartialEq)]
pub(crate) enum Tell {
    Yes,
    No,
}

/// What a signer saw, to be written.
pub(crate) struct Extract {
    pub(crate) field: String,
    pub(crate) to: PathBuf,
}

/// None: help is wanted.
pub(crate) fn arguments() -> Result<Option<Arguments>, Failure> {
    let (mut files, mut trust) = (Vec::new(), None);
    let (mut other, mut crls) = (Vec::new(), Vec::new());
    let (mut at, mut revocation, mut password) = (None, RevocationPolicy::Require, None);
    let (mut report, mut history) = (ReportForm::default(), Tell::No);
    let (mut marked, mut extract) = (None, Vec::new());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => files.push(PathBuf::from(file)),
            Long("trust") => trust = Some(parser.value()?.into()),
            Long("other") => other.push(parser.value()?.into()),
            Long("crl") => crls.push(parser.value()?.into()),
            Long("at") => at = Some(parser.value()?.parse()?),
            Long("revocation") => revocation = revocation_from(&parser.value()?.string()?)?,
            Long("pdf-password-env") => password = Some(password_from(&parser.value()?.string()?)?),
            Long("report") => report = ReportForm::from_name(&parser.value()?.string()?)?,
            Long("history") => history = Tell::Yes,
            Long("marked") => marked = Some(parser.value()?.into()),
            Long("extract-signed") => {
                let field = parser.value()?.string()?;
                extract.push(Extract { field, to: parser.value()?.into() });
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    let [file] = <[PathBuf; 1]>::try_from(files).map_err(|_| Failure::usage("one PDF is needed"))?;
    let trust = trust.ok_or_else(|| Failure::usage("--trust is needed: the certificates to trust"))?;
    if history == Tell::Yes && report != ReportForm::Tree {
        return Err(Failure::usage("--history goes with --report tree"));
    }
    refuse_overwriting(&file, marked.iter().chain(extract.iter().map(|one| &one.to)))?;
    Ok(Some(Arguments {
        file,
        trust,
        other,
        crls,
        at,
        revocation,
        password,
        report,
        history,
        marked,
        extract,
    }))
}

/// What is read is not written, and nothing is written twice.
fn refuse_overwriting<'p>(file: &Path, outputs: impl Iterator<Item = &'p PathBuf>) -> Result<(), Failure> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut taken = vec![real(file)];
    for output in outputs {
        let output = real(output);
        if taken.contains(&output) {
            return Err(Failure::usage(format!(
                "{}: it would be replaced; take another name",
                output.display()
            )));
        }
        taken.push(output);
    }
    Ok(())
}
