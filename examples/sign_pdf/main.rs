//! Signs real PDFs with a key in a PKCS#12 file.
//!
//! `cargo run --release --example sign_pdf -- IN.pdf OUT.pdf --p12 FILE --p12-password-env VAR --tsa URL`

mod advice;
mod appearance;
mod arguments;
mod signing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{HELP, arguments};
use chancery_examples::{Failure, end};
use signing::Signing;

fn main() -> ExitCode {
    end(run())
}

fn run() -> Result<ExitCode, Failure> {
    let Some(mut arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let files = std::mem::take(&mut arguments.files);
    let Some(folder) = arguments.into.take() else {
        let [input, output] = files.as_slice() else {
            return Err(Failure::usage("two files are needed: the PDF to sign, and the signed PDF"));
        };
        Signing::of(arguments)?.sign(input, output)?;
        return Ok(ExitCode::SUCCESS);
    };
    let pairs = outputs(&files, &folder)?;
    let signing = Signing::of(arguments)?;
    // One that is refused does not keep the others from being signed.
    let failures = pairs.iter().filter_map(|(input, output)| signing.sign(input, output).err());
    let worst = failures.inspect(Failure::tell).map(|failure| failure.code()).max();
    Ok(worst.map_or(ExitCode::SUCCESS, ExitCode::from))
}

/// Where each file goes.
fn outputs<'a>(inputs: &'a [PathBuf], folder: &Path) -> Result<Vec<(&'a Path, PathBuf)>, Failure> {
    if inputs.is_empty() {
        return Err(Failure::usage("--into needs files to sign"));
    }
    let mut taken = BTreeSet::new();
    let mut pairs = Vec::new();
    for input in inputs {
        let name = input.file_name();
        let name = name.ok_or_else(|| Failure::usage(format!("{}: that is no file", input.display())))?;
        let output = folder.join(name);
        if !taken.insert(name) {
            return Err(Failure::usage(format!("{}: two files have this name", output.display())));
        }
        if input.canonicalize().is_ok_and(|input| output.canonicalize().is_ok_and(|output| input == output)) {
            return Err(Failure::usage(format!(
                "{}: it would be replaced; take another folder",
                input.display()
            )));
        }
        pairs.push((input.as_path(), output));
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::unreadable(folder.display(), error))?;
    Ok(pairs)
}
