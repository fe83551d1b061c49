//! Signs a file of any size with keys in PKCS#12 files, or adds to what others signed.
//!
//! `cargo run --release --example sign_file -- IN OUT.p7m --p12 FILE --p12-password-env VAR --tsa URL`

mod arguments;
mod extending;
mod signing;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use arguments::{Form, HELP, Task, arguments};
use chancery_cms::{Assembly, CmsError, ContentWriter, MessageWriter, attributes};
use chancery_digest::{AnyDigest, Digest, Hasher};
use chancery_examples::{Failure, PartialFile, end};
use chancery_key::Signer;
use extending::Standing;
use signing::Signing;

/// How much is read at a time.
const BLOCK: usize = 64 << 10;

fn main() -> ExitCode {
    end(run())
}

fn run() -> Result<ExitCode, Failure> {
    let Some(mut arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let [input, output] = arguments.files.as_slice() else {
        return Err(Failure::usage("two files are needed: the one to sign, and the signed one"));
    };
    let (input, output) = (input.clone(), output.clone());
    if arguments.keys.is_empty() {
        return Err(Failure::usage("--p12 is needed: the file with the key"));
    }
    let standard = input.as_os_str() == "-";
    match arguments.task {
        Task::Sign if arguments.content.is_some() => {
            return Err(Failure::usage("--content goes with --add and --countersign: IN is what is signed"));
        }
        Task::Sign => {}
        _ if standard => return Err(Failure::usage("what is added to must be a file: it is read twice")),
        _ if arguments.form == Form::Detached => {
            return Err(Failure::usage("what is added to keeps its form: leave --detached out"));
        }
        Task::Countersign(_) if arguments.authority.is_some() => {
            return Err(Failure::usage("counter-signatures get no timestamps: leave --tsa out"));
        }
        _ => {}
    }
    let name = if standard { "standard input".to_owned() } else { input.display().to_string() };
    let signing = Signing::of(&mut arguments, name)?;
    let content = arguments.content;
    let signed = match arguments.task {
        Task::Sign => sign(&input, &output, arguments.form, &signing)?,
        Task::Add => {
            let added = Standing::read(&input, content.as_deref(), &signing)?.add(&signing)?;
            added.write(&signing, PartialFile::beside(&output)?)?
        }
        Task::Countersign(number) => {
            let standing = Standing::read(&input, content.as_deref(), &signing)?;
            let added = standing.countersign(number, &signing)?;
            added.write(&signing, PartialFile::beside(&output)?)?
        }
    };
    signed.keep_as(&output)?;
    println!(
        "{}: {}",
        output.display(),
        if matches!(arguments.task, Task::Countersign(_)) { "counter-signed" } else { "signed" }
    );
    Ok(ExitCode::SUCCESS)
}

fn sign(input: &Path, output: &Path, form: Form, signing: &Signing) -> Result<PartialFile, Failure> {
    if input.as_os_str() == "-" {
        return sign_from(io::stdin().lock(), None, output, form, signing);
    }
    let unreadable = |error| Failure::unreadable(input.display(), error);
    let file = File::open(input).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    // Of a pipe or a device nobody knows the length.
    let length = metadata.is_file().then_some(metadata.len());
    sign_from(file, length, output, form, signing)
}

fn sign_from(
    mut content: impl Read,
    length: Option<u64>,
    output: &Path,
    form: Form,
    signing: &Signing,
) -> Result<PartialFile, Failure> {
    let mut out = PartialFile::beside(output)?;
    if form == Form::Detached {
        let digests = digests(content, signing)?;
        let find = |algorithm| {
            let found = digests.iter().find(|digest: &&Digest| digest.algorithm() == algorithm);
            found.cloned().ok_or(CmsError::NotAnnounced { algorithm: algorithm.name() })
        };
        let assembly = Assembly::detached().enclosures(signing.chains());
        let assembly = signing.sign(attributes::DATA, find)?.into_iter().fold(assembly, Assembly::signer);
        let message = assembly.assemble().map_err(|error| signing.not_signed(error))?;
        out.write_all(message.to_bytes()).map_err(|error| Failure::unreadable("the signature", error))?;
        return Ok(out);
    }
    let mut writer = attached(length, out, signing).map_err(|error| signing.not_signed(error))?;
    io::copy(&mut content, &mut writer).map_err(|error| signing.not_signed(CmsError::Input(error)))?;
    let enclosed = writer.end().map_err(|error| signing.not_signed(error))?;
    let finished = signing.sign(attributes::DATA, |algorithm| enclosed.digest(algorithm))?;
    enclosed.finish(&finished).map_err(|error| signing.not_signed(error))
}

/// The content goes through the writer once, and is digested on its way.
fn attached(
    length: Option<u64>,
    out: PartialFile,
    signing: &Signing,
) -> Result<ContentWriter<PartialFile>, CmsError> {
    let writer = MessageWriter::new().enclosures(signing.chains());
    let writer = signing.signers.iter().fold(writer, |writer, signer| writer.announce(signer.algorithm()));
    match length {
        Some(length) => writer.begin_with_length(out, length),
        None => writer.begin(out),
    }
}

/// Everything that somebody signs, from one reading.
fn digests(mut content: impl Read, signing: &Signing) -> Result<Vec<Digest>, Failure> {
    let mut algorithms: Vec<_> = signing.algorithms().collect();
    algorithms.sort_unstable();
    algorithms.dedup();
    let mut hashers: Vec<Hasher> = algorithms.iter().map(|algorithm| algorithm.hasher()).collect();
    let mut block = vec![0; BLOCK];
    loop {
        let count = match content.read(&mut block) {
            Ok(0) => return Ok(hashers.into_iter().map(Hasher::finalize).collect()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(signing.not_signed(CmsError::Input(error))),
        };
        let piece = block.get(..count).unwrap_or_default();
        hashers.iter_mut().for_each(|hasher| hasher.update(piece));
    }
}
