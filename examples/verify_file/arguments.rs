//! The command line.

use std::path::PathBuf;

use chancery_chain::RevocationPolicy;
use chancery_examples::{Failure, ReportForm, revocation_from};
use jiff::Timestamp;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Verifies the signatures of a file, or a timestamp of one.

usage: verify_file FILE --trust ROOTS.pem [options]

FILE is recognised by what it holds: a signed file (.p7m), a detached signature (.p7s), a timestamp (.tst), or the
response of a timestamp authority (.tsr); bare, in PEM or in Base64; of any size. `-` is standard input. A file of another
kind is verified by the signatures and timestamps beside it: FILE.p7s, FILE.tst, FILE.tsr.

  --trust ROOTS.pem        the certificates to trust
  --trust-timestamps ROOTS.pem
                           the certificates to trust for timestamps, if they are others
  --content FILE           what was signed or stamped, where FILE does not hold it; for NAME.p7s, NAME.tst and NAME.tsr
                           it is NAME, if that is there
  --extract FILE           where to put the content, if all signatures passed
  --other CERTS.pem        further certificates on the way to those trusted, or those of signers
  --crl FILE               a certificate revocation list in DER; can be given several times
  --ocsp FILE              an OCSP response in DER; can be given several times
  --at TIME                the moment to judge at, such as 2026-11-21T12:00:00Z; now unless given
  --revocation require|when-known|not-checked
                           what is asked about revocation; require unless given
  --accept-plain-cms       accepts signatures that do not name their certificate, as those before CAdES
  --report tree|json|etsi  how to tell: a tree, JSON, or XML by ETSI TS 119 102-2; tree unless given
  --help                   this text

exit codes: 0 passed, 1 failed, 2 indeterminate, 3 no signature, 4 something could not be read, 64 wrong usage
Where there are several signatures, the worst decides.";

pub(crate) struct Arguments {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) trust: Option<PathBuf>,
    pub(crate) trust_timestamps: Option<PathBuf>,
    pub(crate) content: Option<PathBuf>,
    pub(crate) extract: Option<PathBuf>,
    pub(crate) other: Vec<PathBuf>,
    pub(crate) crls: Vec<PathBuf>,
    pub(crate) ocsp: Vec<PathBuf>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) revocation: RevocationPolicy,
    pub(crate) binding: Binding,
    pub(crate) report: ReportForm,
}

#[derive(Copy, Clone, Eq, PartialEq)]
pub(crate) enum Binding {
    Required,
    Optional,
}

/// None: help is wanted.
pub(crate) fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments {
        files: Vec::new(),
        trust: None,
        trust_timestamps: None,
        content: None,
        extract: None,
        other: Vec::new(),
        crls: Vec::new(),
        ocsp: Vec::new(),
        at: None,
        revocation: RevocationPolicy::Require,
        binding: Binding::Required,
        report: ReportForm::default(),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("trust") => arguments.trust = Some(parser.value()?.into()),
            Long("trust-timestamps") => arguments.trust_timestamps = Some(parser.value()?.into()),
            Long("content") => arguments.content = Some(parser.value()?.into()),
            Long("extract") => arguments.extract = Some(parser.value()?.into()),
            Long("other") => arguments.other.push(parser.value()?.into()),
            Long("crl") => arguments.crls.push(parser.value()?.into()),
            Long("ocsp") => arguments.ocsp.push(parser.value()?.into()),
            Long("at") => arguments.at = Some(parser.value()?.parse()?),
            Long("revocation") => arguments.revocation = revocation_from(&parser.value()?.string()?)?,
            Long("accept-plain-cms") => arguments.binding = Binding::Optional,
            Long("report") => {
                arguments.report = ReportForm::from_name(&parser.value()?.string()?)?;
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}
