//! What does verifying a signed PDF cost, small and of 100 MB, beside the raw verifications and the raw digest?
//!
//! Bar: 100 MB at most 1.4 × their bare digest, from a file and in memory. The verdict of a signature whose certificate has one intermediate authority needs three verifications
//! (the signature, the signer's certificate, the authority's), and two more (the revocation lists of both
//! authorities) when revocation is asked for.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_ades::{Policy, Report, Verdict};
use chancery_benches::{BareKey, Case, Outcome, Person, Rounds, Setting, Table, contract, ensure, renewed};
use chancery_chain::RevocationPolicy;
use chancery_digest::{AnyDigest, DigestAlgorithm, FileSource, Source};
use chancery_key::{KeyKind, Provider};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_testkit::pdf::SamplePdf;

/// Of the bare digest of 100 MB.
const BAR: f64 = 1.4;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Verify a signed PDF, PAdES B-B (CPU time)");
    let setting = Setting::new()?;
    for kind in [KeyKind::P256, KeyKind::Rsa { bits: 2048 }] {
        let person = setting.person(kind, Provider::default())?;
        small(&table, &setting, &person)?;
    }
    large(&mut table, &setting)?;
    Ok(table.finish())
}

fn small(table: &Table, setting: &Setting, person: &Person) -> Outcome<()> {
    let rounds = Rounds::new(21, 50)?;
    let (unasked, asked) =
        (setting.policy(RevocationPolicy::NotChecked)?, setting.policy(RevocationPolicy::Require)?);
    let signed =
        |number| Ok(PdfSigner::new(&person.signer, setting.now()).sign(&contract(number))?.to_vec()?);
    let verify = |policy: &Policy, pdf: &Vec<u8>| Ok(PdfVerifier::new(policy).verify_at(pdf, setting.now())?);
    let [raw, whole, revocation] = rounds.run([
        raw(person),
        Case::new(
            "PdfVerifier, revocation not checked",
            signed,
            |pdf| verify(&unasked, pdf),
            |_, report| passed(report),
        ),
        Case::new(
            "PdfVerifier, revocation required (2 CRLs)",
            signed,
            |pdf| verify(&asked, pdf),
            |_, report| passed(report),
        ),
    ])?;
    table.heading(&format!("one page, {}: {}", person.title, rounds.describe()));
    table.row(&raw);
    table.row(&whole);
    table.row(&revocation);
    table.ratio(&whole.over(&raw).named("not checked / one bare verification (needs three)"));
    table.ratio(&revocation.over(&raw).named("required / one bare verification (needs five)"));
    Ok(())
}

/// The provider's own verification.
fn raw(person: &Person) -> Case<'_> {
    Case::new(
        format!("bare: one verification, {}", person.title),
        |number| {
            let digest = BareKey::digest(&number.to_be_bytes())?;
            Ok((digest, person.bare.sign(&digest)?))
        },
        |(digest, signature)| person.bare.verify(digest, signature),
        |(_, signature), ()| {
            let other = BareKey::digest(b"something else")?;
            ensure(person.bare.verify(&other, signature).is_err(), "it must tell them apart")
        },
    )
}

fn large(table: &mut Table, setting: &Setting) -> Outcome<()> {
    let rounds = Rounds::new(11, 1)?;
    let folder = tempfile::tempdir()?;
    let (pdf, signed) = (folder.path().join("100.pdf"), folder.path().join("signed.pdf"));
    SamplePdf::new().padding_megabytes(100).write_to(&mut File::create(&pdf)?)?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    let policy = setting.policy(RevocationPolicy::Require)?;
    let fresh = |number| sign_anew(setting, &person, &pdf, &signed, number);
    let verify = |pdf: &dyn Source| Ok(PdfVerifier::new(&policy).verify_at(pdf, setting.now())?);
    let in_memory = |number| Ok(std::fs::read(fresh(number)?)?);
    let digest = |bytes: &Vec<u8>| Ok(DigestAlgorithm::Sha256.digest(bytes));
    let [hash, whole, memory_hash, memory_whole] = rounds.run([
        Case::new(
            "bare: SHA-256 of the file through FileSource",
            fresh,
            |pdf| Ok(DigestAlgorithm::Sha256.digest_source(&FileSource::open(pdf)?)?),
            |pdf, digest| ensure(*digest == DigestAlgorithm::Sha256.digest(&std::fs::read(pdf)?), "same"),
        ),
        Case::new(
            "PdfVerifier, revocation required",
            fresh,
            |pdf| verify(&FileSource::open(pdf)?),
            |_, report| passed(report),
        ),
        Case::new("bare: SHA-256 in memory", in_memory, digest, |bytes, found| {
            ensure(*found == digest(bytes)?, "same")
        }),
        Case::new(
            "PdfVerifier in memory, revocation required",
            in_memory,
            |pdf| verify(pdf),
            |_, report| passed(report),
        ),
    ])?;
    table.heading(&format!("100 MB, {}: {}", person.title, rounds.describe()));
    [&hash, &whole, &memory_hash, &memory_whole].into_iter().for_each(|samples| table.row(samples));
    table.ratio_with_bar(&whole.over(&hash).named("from the file: verify / hash"), BAR);
    table.ratio_with_bar(&memory_whole.over(&memory_hash).named("in memory: verify / hash"), BAR);
    Ok(())
}

fn sign_anew(setting: &Setting, person: &Person, pdf: &Path, signed: &Path, number: u64) -> Outcome<PathBuf> {
    let source = FileSource::open(renewed(pdf, number)?)?;
    PdfSigner::new(&person.signer, setting.now()).sign(&source)?.save(signed)?;
    Ok(signed.to_path_buf())
}

fn passed(report: &Report) -> Outcome<()> {
    match report.signatures() {
        [one] if matches!(one.verdict(), Verdict::Passed(_)) => Ok(()),
        _ => Err(format!("the signature must pass:\n{report}").into()),
    }
}
