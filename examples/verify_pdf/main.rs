//! Verifies the signatures of a real PDF.
//!
//! `cargo run --release --example verify_pdf -- FILE.pdf --trust ROOTS.pem`

mod arguments;
mod outputs;

use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, HELP, Tell, arguments};
use chancery_ades::{Indication, Policy};
use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_digest::FileSource;
use chancery_examples::{Failure, anchors_from, end, now};
use chancery_pades::PdfVerifier;

fn main() -> ExitCode {
    end(run())
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let policy = policy(&arguments)?;
    let file = &arguments.file;
    let pdf = FileSource::open(file).map_err(|error| Failure::unreadable(file.display(), error))?;
    let verifier = PdfVerifier::new(&policy);
    let password = arguments.password.as_ref();
    let verifier = password.map_or(verifier, |password| verifier.password(password));
    let report = verifier.verify_at(&pdf, arguments.at.unwrap_or_else(now));
    let report = report.map_err(|error| Failure::unreadable(file.display(), error))?;
    arguments.report.print(&report);

    if arguments.history == Tell::Yes || !arguments.extract.is_empty() {
        let history = outputs::history(&pdf, password);
        let history = history.map_err(|error| Failure::unreadable(file.display(), error))?;
        if arguments.history == Tell::Yes {
            print!("\n{history}");
        }
        for wanted in &arguments.extract {
            outputs::extract(&history, &report, wanted)?;
        }
    }
    if let Some(marked) = &arguments.marked {
        outputs::mark(&pdf, &report, (password, marked))?;
    }
    Ok(ExitCode::from(match report.indication() {
        Some(Indication::TotalPassed) => 0,
        Some(Indication::TotalFailed) => 1,
        Some(Indication::Indeterminate) => 2,
        None => 3,
    }))
}

/// What the signatures are judged by.
fn policy(arguments: &Arguments) -> Result<Policy, Failure> {
    let mut evidence = Evidence::new();
    for path in &arguments.other {
        let certificates = Certificate::all_from_pem(&read(path)?);
        let certificates = certificates.map_err(|error| Failure::unreadable(path.display(), error))?;
        certificates.into_iter().for_each(|certificate| evidence.add_certificate(certificate));
    }
    for path in &arguments.crls {
        evidence.add_crl(read(path)?);
    }
    Ok(Policy::new(anchors_from(&arguments.trust)?, arguments.revocation).evidence(evidence))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::unreadable(path.display(), error))
}
