//! Writes reports of every kind into a directory, each as NAME.txt, NAME.json and NAME.xml, for the judges of reports.
//!
//! `cargo run --package chancery-ades --example report_matrix -- DIRECTORY`

#[path = "../tests/samples/mod.rs"]
mod samples;
#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let directory = std::env::args_os().nth(1).map(PathBuf::from);
    let directory = directory.unwrap_or_else(|| PathBuf::from("target/judges/reports"));
    fs::create_dir_all(&directory)?;
    for (name, report) in samples::reports() {
        fs::write(directory.join(format!("{name}.txt")), report.to_string())?;
        fs::write(directory.join(format!("{name}.json")), report.to_json())?;
        fs::write(directory.join(format!("{name}.xml")), report.to_etsi_xml())?;
    }
    Ok(())
}
