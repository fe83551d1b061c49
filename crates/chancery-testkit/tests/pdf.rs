//! The sample documents are what they say. Their offsets are checked here; that other programs read them is tried with
//! qpdf, where there is one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which may fail loudly"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use chancery_testkit::pdf::{CrossReference, SamplePdf, contract_pdf, truncated};

const KINDS: [CrossReference; 4] =
    [CrossReference::Table, CrossReference::Stream, CrossReference::ObjectStreams, CrossReference::Hybrid];

/// One character for each octet, so that offsets stay what they are.
fn text(pdf: &[u8]) -> String {
    pdf.iter().map(|octet| if octet.is_ascii() { char::from(*octet) } else { '?' }).collect()
}

/// The number after the last `startxref`.
fn start(text: &str) -> usize {
    text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap()
}

#[test]
fn every_kind_ends_where_it_says() {
    for kind in KINDS {
        let pdf = SamplePdf::new().pages(2).extra_objects(250).cross_reference(kind).to_bytes();
        let text = text(&pdf);
        let section = &text[start(&text)..];
        match kind {
            CrossReference::Table => assert!(section.starts_with("xref\n0 ") && !text.contains("/XRefStm")),
            CrossReference::Hybrid => {
                assert!(section.starts_with("xref\n0 "));
                let stream: usize =
                    section.split_once("/XRefStm ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
                assert!(text[stream..].split_once('\n').unwrap().1.starts_with("<< /Type /XRef"));
            }
            _ => assert!(section.split_once('\n').unwrap().1.starts_with("<< /Type /XRef")),
        }
        let hidden = matches!(kind, CrossReference::ObjectStreams | CrossReference::Hybrid);
        assert_eq!(text.contains("/Type /ObjStm"), hidden);
        assert_eq!(text.contains("/Index 249"), !hidden);
        assert_eq!(text.matches("%%EOF").count(), 1);
    }
}

#[test]
fn a_table_points_to_its_objects() {
    for pdf in [SamplePdf::new().pages(3).extra_objects(10).to_bytes(), contract_pdf("Lease", &["Text."])] {
        let text = text(&pdf);
        let mut lines = text[start(&text)..].split_inclusive('\n').skip(1);
        let count: usize = lines.next().unwrap().trim_end().split(' ').nth(1).unwrap().parse().unwrap();
        for (number, line) in lines.take(count).enumerate().skip(1) {
            let offset: usize = line[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{number} 0 obj")), "{number} at {offset}");
            assert_eq!(line.len(), 20);
        }
    }
}

#[test]
fn the_same_choices_make_the_same_octets() {
    let sample = SamplePdf::new().padding_megabytes(2).cross_reference(CrossReference::ObjectStreams);
    assert_eq!(sample.to_bytes(), sample.to_bytes());
    assert!(sample.to_bytes().len() > 2_000_000);
    assert_eq!(contract_pdf("A", &["b"]), contract_pdf("A", &["b"]));
}

#[test]
fn a_file_of_many_objects_is_made_quickly() {
    let begin = std::time::Instant::now();
    let pdf = SamplePdf::new().extra_objects(300_000).to_bytes();
    assert!(text(&pdf).contains("\n0 300006\n"));
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

#[test]
fn broken_files_are_broken() {
    let pdf = SamplePdf::new().to_bytes();
    assert!(!text(&truncated(&pdf)).contains("startxref"));
    assert!(text(&SamplePdf::new().pages(0).to_bytes()).contains("/Kids [] /Count 0"));
}

#[test]
fn qpdf_finds_nothing_wrong() {
    if Command::new("qpdf").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no qpdf on this machine");
        return;
    }
    let samples =
        KINDS.map(|kind| SamplePdf::new().pages(3).extra_objects(250).cross_reference(kind).to_bytes());
    for pdf in samples.into_iter().chain([contract_pdf("Lease", &["Text."; 40])]) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&pdf).unwrap();
        let output = Command::new("qpdf").arg("--check").arg(file.path()).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat())
        );
    }
}
