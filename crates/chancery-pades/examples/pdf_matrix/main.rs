//! Signs PDFs in every way that this crate knows, for other programs to judge:
//! `cargo run -p chancery-pades --example pdf_matrix -- DIRECTORY [LIST]`.
//!
//! LIST names a PDF in each line, for encrypted ones with a tab and the password. DIRECTORY then holds NAME.VARIANT.pdf
//! for every one that was signed; the root (`root.pem`); documents of our own that claim to be PDF/A or PDF/UA
//! (`own-*.pdf`), which are signed as those of LIST; and `outcomes.tsv`: file, variant, password, output (empty: it was
//! refused), what was said, milliseconds. `ten-years` is the same for three of our own, archived ten years ago. Keys and
//! certificates are new each time, and worth nothing.

mod archival;
mod office;
mod ten_years;

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use office::{Document, Office, Variant};
use ten_years::{Archive, Years};

type Outcome<T> = Result<T, Box<dyn Error>>;

const HEADINGS: &str = "file\tvariant\tpassword\toutput\tsaid\tmilliseconds\n";

fn main() -> Outcome<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let directory = arguments.next().ok_or("usage: pdf_matrix DIRECTORY [LIST]")?;
    fs::create_dir_all(&directory)?;
    let mut inputs = archival::documents()
        .into_iter()
        .map(|(name, pdf)| {
            let path = directory.join(format!("own-{name}.pdf"));
            fs::write(&path, pdf).map(|()| (path, None))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(list) = arguments.next() {
        for line in fs::read_to_string(list)?.lines() {
            let (path, password) =
                line.split_once('\t').map_or((line, None), |(path, password)| (path, Some(password)));
            inputs.push((path.into(), password.map(str::to_owned)));
        }
    }
    let office = Office::open()?;
    fs::write(directory.join("root.pem"), office.root())?;
    let mut outcomes = String::from(HEADINGS);
    for (number, (path, password)) in inputs.iter().enumerate() {
        let document = Document { pdf: fs::read(path)?, password: password.clone(), number };
        for variant in Variant::ALL {
            let begin = Instant::now();
            let (output, said) = match signed(&office, &document, variant) {
                Ok(pdf) if pdf.starts_with(&document.pdf) => {
                    let output = output_of(&directory, path, variant.name())?;
                    fs::write(&output, &pdf)?;
                    (output.display().to_string(), office.verdict(&pdf, &document, variant))
                }
                Ok(_) => (String::new(), "DEFECT the original is not the beginning".to_owned()),
                Err(said) => (String::new(), said),
            };
            let (said, password) =
                (said.replace(['\t', '\n', '\r'], " "), password.as_deref().unwrap_or_default());
            let (name, spent) = (variant.name(), begin.elapsed().as_millis());
            writeln!(outcomes, "{}\t{name}\t{password}\t{output}\t{said}\t{spent}", path.display())?;
        }
    }
    fs::write(directory.join("outcomes.tsv"), outcomes)?;
    inputs.truncate(3);
    ten_years_on(&directory, &inputs)
}

/// Documents that were archived ten years ago.
fn ten_years_on(directory: &Path, inputs: &[(PathBuf, Option<String>)]) -> Outcome<()> {
    let archive = Archive::open()?;
    let folder = directory.join("ten-years");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("root.pem"), archive.root())?;
    let mut outcomes = String::from(HEADINGS);
    for (path, _) in inputs {
        let pdf = fs::read(path)?;
        for years in Years::ALL {
            let begin = Instant::now();
            let (name, output) = (years.name(), output_of(&folder, path, years.name())?);
            let kept = archive.keep(&pdf, years)?;
            fs::write(&output, &kept)?;
            let (path, output, said) = (path.display(), output.display(), archive.verdict(&kept));
            let said = if kept.starts_with(&pdf) { said } else { "DEFECT not the beginning".to_owned() };
            writeln!(outcomes, "{path}\t{name}\t\t{output}\t{said}\t{}", begin.elapsed().as_millis())?;
        }
    }
    Ok(fs::write(folder.join("outcomes.tsv"), outcomes)?)
}

/// A panic is an outcome: that of a defect.
fn signed(office: &Office, document: &Document, variant: Variant) -> Result<Vec<u8>, String> {
    let attempt = || office.sign(document, variant);
    match catch_unwind(AssertUnwindSafe(attempt)) {
        Ok(Ok(pdf)) => Ok(pdf),
        Ok(Err(error)) => Err(told(error.as_ref())),
        Err(_) => Err("DEFECT it panicked".to_owned()),
    }
}

fn output_of(directory: &Path, input: &Path, variant: &str) -> Outcome<PathBuf> {
    let stem = input.file_stem().and_then(|stem| stem.to_str()).ok_or("a file without a name")?;
    Ok(directory.join(format!("{stem}.{variant}.pdf")))
}

/// An error and its causes, each once.
fn told(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        let further = error.to_string();
        if !text.contains(&further) {
            text = format!("{text}: {further}");
        }
        cause = error.source();
    }
    text
}
