//! What do CMS messages of 1 GB cost to sign and to check as they stream by, beside the bare digest and the bare
//! operation, and how much memory do 4 GB take?
//!
//! Bars: at most 1.1 × (digest of the same file and one operation of the key); at most 32 MB resident for 4 GB.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_benches::{
    Case, Outcome, Person, Rounds, Samples, Setting, Table, child_job, contents, ensure, peak_of_child,
    tell_parent,
};
use chancery_cms::{MessageReader, MessageWriter, Preparation, SignedMessage, SignerPreparation};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests, FileSource};
use chancery_key::{KeyKind, Provider, Signer};

/// Above digest and one operation of the key.
const RATIO_BAR: f64 = 1.1;
/// MB of 1,000,000 bytes.
const MEMORY_BAR: f64 = 32.0;

fn main() -> Outcome<ExitCode> {
    if let Some((_, arguments)) = child_job() {
        return stream_in_child(&arguments);
    }
    let mut table =
        Table::new("Sign and check CMS messages whose content streams by (CPU time; page cache warm)");
    let person = Setting::new()?.person(KeyKind::P256, Provider::default())?;
    let folder = tempfile::tempdir()?;
    let plain = folder.path().join("1000");
    let mut file = io::BufWriter::new(File::create(&plain)?);
    (0..1_000).try_for_each(|number| file.write_all(&contents(number, 1_000_000)))?;
    file.into_inner()?.sync_all()?;
    sign(&mut table, &person, &plain)?;
    verify(&mut table, &person, &plain)?;
    peak(&mut table, folder.path())?;
    Ok(table.finish())
}

fn sign(table: &mut Table, person: &Person, plain: &Path) -> Outcome<()> {
    let rounds = Rounds::new(10, 1)?;
    let input = |number| renewed(plain, number);
    let [bare, detached, enclosed, copied, stored] = rounds.run([
        Case::new(
            "bare: SHA-256 of the file, and signing",
            input,
            |plain| person.bare.sign(&digest(plain)?),
            |plain, value| person.bare.verify(&digest(plain)?, value),
        ),
        Case::new(
            "detached: Preparation over the digest of the file",
            input,
            |plain| sign_file_detached(person, plain),
            |plain, message| check_detached(person, plain, message),
        ),
        Case::new(
            "enclosed: MessageWriter to nowhere",
            input,
            |plain| sign_file(person, plain, io::sink()),
            |_, _| Ok(()),
        ),
        Case::new(
            "std::fs::copy to a new file",
            input,
            |plain| Ok(std::fs::copy(plain, plain.with_extension("copy"))?),
            |_, _| Ok(()),
        ),
        Case::new(
            "enclosed: MessageWriter to a new file",
            input,
            |plain| sign_file(person, plain, File::create(plain.with_extension("p7m"))?),
            |plain, _| check_file(&plain.with_extension("p7m")),
        ),
    ])?;
    table.heading(&format!("Sign 1 GB, {}: {}", person.title, rounds.describe()));
    let all = [&bare, &detached, &enclosed, &copied, &stored];
    all.into_iter().for_each(|samples| table.row(samples));
    ratios(table, &bare, &[detached, enclosed]);
    table.ratio(&stored.over(&bare.plus(&copied)).named("MessageWriter to a new file / (bare + copy)"));
    Ok(())
}

fn verify(table: &mut Table, person: &Person, plain: &Path) -> Outcome<()> {
    let rounds = Rounds::new(10, 1)?;
    let signed = |number| {
        let (plain, enclosed) = (renewed(plain, number)?, plain.with_extension("p7m"));
        sign_file(person, &plain, File::create(&enclosed)?)?;
        Ok(enclosed)
    };
    let with_signature = |number| {
        let enclosed = signed(number)?;
        let signature = person.bare.sign(&digest(&enclosed)?)?;
        Ok((enclosed, signature))
    };
    let detached = |number| {
        let plain = renewed(plain, number)?;
        let message = sign_file_detached(person, &plain)?;
        Ok((plain, message))
    };
    let [bare, detached, read, source] = rounds.run([
        Case::new(
            "bare: SHA-256 of the file, and verifying",
            with_signature,
            |(enclosed, signature)| person.bare.verify(&digest(enclosed)?, signature),
            |_, ()| Ok(()),
        ),
        Case::new(
            "detached: from_ber, digests of the file, check",
            detached,
            |(plain, message)| check_detached(person, plain, message),
            |_, ()| Ok(()),
        ),
        Case::new(
            "enclosed: MessageReader::read, check",
            signed,
            |enclosed| check_file(enclosed),
            |enclosed, ()| ensure(check_file(&damaged(enclosed)?).is_err(), "a damaged one must fail"),
        ),
        Case::new(
            "enclosed: MessageReader::read_source, check",
            signed,
            |enclosed| is_sound(&MessageReader::new().read_source(&FileSource::open(enclosed)?)?),
            |_, ()| Ok(()),
        ),
    ])?;
    table.heading(&format!("Check 1 GB, {}: {}", person.title, rounds.describe()));
    [&bare, &detached, &read, &source].into_iter().for_each(|samples| table.row(samples));
    ratios(table, &bare, &[detached, read, source]);
    Ok(())
}

fn ratios(table: &mut Table, bare: &Samples, all: &[Samples]) {
    for samples in all {
        table.ratio_with_bar(&samples.over(bare).named(format!("{} / bare", samples.name())), RATIO_BAR);
    }
}

/// The file with another beginning.
fn renewed(file: &Path, number: u64) -> Outcome<PathBuf> {
    let mut open = File::options().write(true).open(file)?;
    open.write_all(&number.to_be_bytes())?;
    Ok(file.to_path_buf())
}

/// The file with one bit of its content changed.
fn damaged(file: &Path) -> Outcome<PathBuf> {
    let mut open = File::options().write(true).open(file)?;
    open.seek(SeekFrom::Start(500_000_000))?;
    open.write_all(b"damaged?")?;
    Ok(file.to_path_buf())
}

fn digest(file: &Path) -> Outcome<[u8; 32]> {
    Ok(DigestAlgorithm::Sha256.digest_source(&FileSource::open(file)?)?.as_bytes().try_into()?)
}

fn sign_file_detached(person: &Person, plain: &Path) -> Outcome<Vec<u8>> {
    let signer = &person.signer;
    let digest = signer.algorithm().digest().digest_source(&FileSource::open(plain)?)?;
    let prepared = Preparation::new(signer.chain(), signer.algorithm(), digest).prepare()?;
    let value = signer.sign(prepared.to_be_signed())?;
    Ok(prepared.finish(value)?.into_bytes())
}

fn sign_file<W: Write>(person: &Person, plain: &Path, out: W) -> Outcome<W> {
    let signer = &person.signer;
    let mut content = MessageWriter::new().announce(signer.algorithm()).begin(out)?;
    io::copy(&mut File::open(plain)?, &mut content)?;
    let enclosed = content.end()?;
    let digest = enclosed.digest(signer.algorithm().digest())?;
    let prepared = SignerPreparation::new(signer.chain(), signer.algorithm(), digest).prepare()?;
    let value = signer.sign(prepared.to_be_signed())?;
    Ok(enclosed.finish(&[prepared.finish(value)?])?)
}

fn check_detached(person: &Person, plain: &Path, message: &[u8]) -> Outcome<()> {
    let message = SignedMessage::from_ber(message)?;
    let source = FileSource::open(plain)?;
    let whole = 0..std::fs::metadata(plain)?.len();
    let digests = Digests::over_ranges(message.digest_algorithms(), &source, std::slice::from_ref(&whole))?;
    let check = message.check(&digests, &[]);
    let certificates = check.signers().iter().filter_map(chancery_cms::SignerCheck::sound);
    let by_this_person =
        certificates.map(chancery_cms::CheckedSigner::certificate).eq(person.signer.chain().first());
    ensure(check.is_sound() && by_this_person, "it must be sound, and by this person")
}

fn check_file(enclosed: &Path) -> Outcome<()> {
    is_sound(&MessageReader::new().read(File::open(enclosed)?)?)
}

fn is_sound(message: &SignedMessage) -> Outcome<()> {
    ensure(message.check(&message.content_digests(), &[]).is_sound(), "it must be sound")
}

fn peak(table: &mut Table, folder: &Path) -> Outcome<()> {
    let plain = folder.join("4000");
    // Mostly a hole, to be had in no time; what is signed has all its bytes.
    File::create(&plain)?.set_len(4_000_000_000)?;
    let path = renewed(&plain, 1)?;
    let path = path.to_str().ok_or("a path that is text")?;
    table.heading("4 GB: once");
    for (job, name) in [
        ("bare", "peak memory, 4 GB: SHA-256 of the file"),
        ("sign", "peak memory, 4 GB: sign, from file to file"),
        ("verify", "peak memory, 4 GB: check, the content written to a file"),
    ] {
        table.peak_with_bar(name, peak_of_child(job, &[job, path])?, MEMORY_BAR);
    }
    let content = plain.with_extension("content");
    ensure(digest(&plain)? == digest(&content)?, "what came out is what went in")
}

fn stream_in_child(arguments: &[String]) -> Outcome<ExitCode> {
    let [job, plain] = arguments else { return Err("two arguments".into()) };
    let person = Setting::new()?.person(KeyKind::P256, Provider::default())?;
    let plain = Path::new(plain);
    let enclosed = plain.with_extension("p7m");
    tell_parent(|| match job.as_str() {
        "bare" => digest(plain).map(drop),
        "sign" => sign_file(&person, plain, File::create(&enclosed)?).map(drop),
        _ => {
            let mut content = File::create(plain.with_extension("content"))?;
            let reader = MessageReader::new().copying_content_to(&mut content);
            is_sound(&reader.read(File::open(&enclosed)?)?)
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
