//! Judges a certificate by a CRL of 100 MB that stays in its file: `cargo run --release --example list_of_100_megabytes`.
//!
//! A process of its own makes the list. Prints the time, and on Linux the most memory that was resident.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs, process};

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{
    ChainFault, ChainVerifier, CrlSource, Evidence, Purpose, RevocationPolicy, TrustAnchors,
};
use chancery_digest::FileSource;
use chancery_key::{KeyKind, ToBeSigned};
use chancery_testkit::{Profile, TestPki};
use jiff::{Timestamp, ToSpan};

/// Entries of 36 bytes, about 100 MB of them.
const ENTRIES: u32 = 2_800_000;

fn main() -> Result<(), Box<dyn Error>> {
    let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
    if let Some(folder) = env::args().nth(1) {
        return write(Path::new(&folder), now);
    }
    let folder = env::temp_dir().join(format!("list-of-100-megabytes-{}", process::id()));
    fs::create_dir(&folder)?;
    let made = Command::new(env::current_exe()?).arg(&folder).status()?;
    let judged = if made.success() { judge(&folder, now) } else { Err("the list was not made".into()) };
    fs::remove_dir_all(&folder)?;
    judged
}

fn judge(folder: &Path, now: Timestamp) -> Result<(), Box<dyn Error>> {
    let certificate = |name: &str| -> Result<Certificate, Box<dyn Error>> {
        Ok(Certificate::from_der(&fs::read(folder.join(name))?)?)
    };
    let anchors = TrustAnchors::new([certificate("root")?]);
    let (issuing, alice) = ([certificate("issuing")?], certificate("alice")?);
    let above = Evidence::new().with_crl(fs::read(folder.join("above"))?);
    println!("before: {}", memory());

    let start = Instant::now();
    let list = CrlSource::open(Arc::new(FileSource::open(folder.join("list"))?))?;
    let evidence = above.with_crl_source(list.clone());
    let answer = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .intermediates(&issuing)
        .evidence(&evidence)
        .verify_at(&alice, now);
    let judged = start.elapsed();
    let start = Instant::now();
    let found = list.find(&[1, 2, 3], issuing[0].subject())?;
    let walked = start.elapsed();
    println!("{} bytes judged, with their digest, in {judged:?}", list.source().len());
    println!("looked through without it in {walked:?}; {}", memory());
    let revoked = answer.err().is_some_and(|it| matches!(it.reason(), ChainFault::Revoked { .. }));
    if revoked && found.is_none() { Ok(()) } else { Err("the list was not judged right".into()) }
}

/// Makes a list whose last entry is the signer's, and the certificates around it.
fn write(folder: &Path, now: Timestamp) -> Result<(), Box<dyn Error>> {
    let pki = TestPki::at(now);
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let key = pki.issuing().identity().key();
    let algorithm = key.default_algorithm();
    let identifier = algorithm.to_algorithm_identifier()?;
    let date = asn1::time(now - 2.hours());
    let entry = |serial: &[u8]| asn1::sequence(&[&asn1::integer(serial), &date]);
    let mut entries = Vec::new();
    for number in 0..ENTRIES {
        entries.extend(entry(&[&[0x40; 12][..], &number.to_be_bytes()].concat()));
    }
    entries.extend(entry(alice.certificate().serial()));
    let to_be_signed = asn1::sequence(&[
        &asn1::integer(&[1]),
        &identifier,
        pki.intermediate().subject().to_der(),
        &asn1::time(now - 1.hours()),
        &asn1::time(now + 24.hours()),
        &asn1::encode(tag::SEQUENCE, &entries),
    ]);
    let signature = key.sign(&ToBeSigned::new(algorithm, to_be_signed.clone()))?;
    let list = asn1::sequence(&[&to_be_signed, &identifier, &asn1::bit_string(signature.as_bytes())]);
    fs::write(folder.join("list"), list)?;
    fs::write(folder.join("above"), pki.root_authority().crl(now - 1.hours(), now + 24.hours()))?;
    fs::write(folder.join("root"), pki.root().to_der())?;
    fs::write(folder.join("issuing"), pki.intermediate().to_der())?;
    fs::write(folder.join("alice"), alice.certificate().to_der())?;
    Ok(())
}

/// The most memory that this process had resident.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory is not told here");
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
