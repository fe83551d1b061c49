//! Verifies the signatures of a real PDF.
//!
//! `cargo run --release --example verify_pdf -- FILE.pdf --trust ROOTS.pem`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_ades::{Indication, Policy};
use chancery_certificate::Certificate;
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_digest::FileSource;
use chancery_examples::{Failure, ReportForm, end, password_from, revocation_from};
use chancery_key::Password;
use chancery_pades::PdfVerifier;
use jiff::Timestamp;
use lexopt::prelude::*;

const HELP: &str = "\
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
  --help                   this text

exit codes: 0 passed, 1 failed, 2 indeterminate, 3 no signature, 4 something could not be read, 64 wrong usage";

fn main() -> ExitCode {
    end(run())
}

struct Arguments {
    files: Vec<PathBuf>,
    trust: Option<PathBuf>,
    other: Vec<PathBuf>,
    crls: Vec<PathBuf>,
    at: Option<Timestamp>,
    revocation: RevocationPolicy,
    password: Option<Password>,
    report: ReportForm,
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [file] = arguments.files.as_slice() else { return Err(Failure::usage("one PDF is needed")) };
    let trust =
        arguments.trust.ok_or_else(|| Failure::usage("--trust is needed: the certificates to trust"))?;
    let anchors = TrustAnchors::from_pem(&read(&trust)?);
    let anchors = anchors.map_err(|error| Failure::unreadable(trust.display(), error))?;
    let mut evidence = Evidence::new();
    for path in &arguments.other {
        let certificates = Certificate::all_from_pem(&read(path)?);
        let certificates = certificates.map_err(|error| Failure::unreadable(path.display(), error))?;
        certificates.into_iter().for_each(|certificate| evidence.add_certificate(certificate));
    }
    for path in &arguments.crls {
        evidence.add_crl(read(path)?);
    }
    let policy = Policy::new(anchors, arguments.revocation).evidence(evidence);

    let pdf = FileSource::open(file).map_err(|error| Failure::unreadable(file.display(), error))?;
    let verifier = PdfVerifier::new(&policy);
    let verifier = match &arguments.password {
        Some(password) => verifier.password(password),
        None => verifier,
    };
    let report = verifier.verify_at(&pdf, arguments.at.unwrap_or_else(Timestamp::now));
    let report = report.map_err(|error| Failure::unreadable(file.display(), error))?;
    arguments.report.print(&report);
    Ok(ExitCode::from(match report.indication() {
        Some(Indication::TotalPassed) => 0,
        Some(Indication::TotalFailed) => 1,
        Some(Indication::Indeterminate) => 2,
        None => 3,
    }))
}

fn arguments() -> Result<Option<Arguments>, Failure> {
    let mut arguments = Arguments {
        files: Vec::new(),
        trust: None,
        other: Vec::new(),
        crls: Vec::new(),
        at: None,
        revocation: RevocationPolicy::Require,
        password: None,
        report: ReportForm::default(),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => arguments.files.push(file.into()),
            Long("trust") => arguments.trust = Some(parser.value()?.into()),
            Long("other") => arguments.other.push(parser.value()?.into()),
            Long("crl") => arguments.crls.push(parser.value()?.into()),
            Long("at") => arguments.at = Some(parser.value()?.parse()?),
            Long("revocation") => arguments.revocation = revocation_from(&parser.value()?.string()?)?,
            Long("pdf-password-env") => arguments.password = Some(password_from(&parser.value()?.string()?)?),
            Long("report") => {
                arguments.report = ReportForm::from_name(&parser.value()?.string()?)?;
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(arguments))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::unreadable(path.display(), error))
}
