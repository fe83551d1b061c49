//! Verifies a ledger in a SQLite file: is it what was written?
//!
//! `cargo run --release --example ledger_verify -- ledger.sqlite --tenant acme --checkpoint "SIZE ROOT"`

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_examples::{Failure, end};
use chancery_ledger::{Checkpoint, Hash, LedgerVerifier, SqliteRecords, Tenant, Verification};
use lexopt::prelude::*;

const HELP: &str = "\
Verifies a ledger: every hash is made again from every row, and every derived value is compared.

usage: ledger_verify FILE.sqlite [options]

  --tenant NAME            only the log of this tenant; all of them unless given
  --checkpoint 'SIZE ROOT' what this tool said of the tenant's log earlier and somebody kept where the ledger's owner
                           cannot change it; can be given several times
  --help                   this text

For each tenant it tells one of three words, and a checkpoint to be kept:
  ANCHORED         the events that the checkpoint saw are those that are there, and the rest is consistent
  CONSISTENT ONLY  all holds together, but whoever owns the file could have rebuilt it as a whole, or cut off its tail
  BROKEN           something was altered, removed or added; where, is said

exit codes: 0 anchored, 1 broken, 2 consistent only, 3 no such log, 4 something could not be read, 64 wrong usage
Where there are several tenants, the worst decides.";

const ANCHORED: u8 = 0;
const BROKEN: u8 = 1;
const CONSISTENT_ONLY: u8 = 2;
const NO_LOG: u8 = 3;

fn main() -> ExitCode {
    end(run())
}

fn run() -> Result<ExitCode, Failure> {
    let Some(arguments) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let file = arguments.file.display();
    let unreadable = |error| Failure::unreadable(&file, error);
    let mut records = SqliteRecords::open(&arguments.file).map_err(unreadable)?;
    let verified = match arguments.tenant {
        Some(tenant) => {
            let verifier =
                arguments.checkpoints.into_iter().fold(LedgerVerifier::new(), LedgerVerifier::checkpoint);
            let verification = verifier.verify(&mut records, &tenant).map_err(unreadable)?;
            vec![(Some(tenant), verification)]
        }
        None => LedgerVerifier::new().verify_all(&mut records).map_err(unreadable)?,
    };
    let mut worst = None;
    for (tenant, verification) in &verified {
        let name = tenant.as_ref().map_or("the file", Tenant::as_str);
        println!("{name}: {verification}");
        let code = match verification {
            Verification::Broken { .. } => BROKEN,
            Verification::ConsistentOnly { log, .. } if log.size == 0 => NO_LOG,
            Verification::ConsistentOnly { log, .. } => {
                println!("{name}: keep elsewhere: {log}");
                CONSISTENT_ONLY
            }
            Verification::Anchored { log, .. } => {
                println!("{name}: keep elsewhere: {log}");
                ANCHORED
            }
        };
        worst = worst.max(Some((severity(code), code)));
    }
    let (_, code) = worst.unwrap_or((0, NO_LOG));
    if code == NO_LOG {
        eprintln!("{file}: there is no such log");
    }
    Ok(ExitCode::from(code))
}

/// The greater, the worse.
const fn severity(code: u8) -> u8 {
    match code {
        ANCHORED => 0,
        CONSISTENT_ONLY => 1,
        NO_LOG => 2,
        _ => 3,
    }
}

struct Arguments {
    file: PathBuf,
    tenant: Option<Tenant>,
    checkpoints: Vec<Checkpoint>,
}

/// None: help is wanted.
fn arguments() -> Result<Option<Arguments>, Failure> {
    let (mut files, mut tenant, mut checkpoints) = (Vec::new(), None, Vec::new());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(file) => files.push(PathBuf::from(file)),
            Long("tenant") => tenant = Some(Tenant::new(&parser.value()?.string()?).map_err(Failure::usage)?),
            Long("checkpoint") => checkpoints.push(checkpoint(&parser.value()?.string()?)?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    if tenant.is_none() && !checkpoints.is_empty() {
        return Err(Failure::usage("a checkpoint is that of one tenant: --tenant says of which"));
    }
    let [file] = <[PathBuf; 1]>::try_from(files).map_err(|_| Failure::usage("one file is needed"))?;
    Ok(Some(Arguments { file, tenant, checkpoints }))
}

fn checkpoint(text: &str) -> Result<Checkpoint, Failure> {
    let parts = text.split_once(' ');
    let read = parts
        .and_then(|(size, root)| Some(Checkpoint { size: size.parse().ok()?, root: Hash::from_hex(root)? }));
    read.ok_or_else(|| {
        Failure::usage(format!("{text:?} is no checkpoint: a number, a space, 64 hexadecimal digits"))
    })
}
