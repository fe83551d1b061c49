//! What does it cost to set a seal on a PDF of 100 kB, beside the parts of it alone?
//!
//! From review to signed file: two durable commits into a SQLite file, P-256, one PDF. Wall time, since most of it is
//! waiting for the disk. Bar: at most 1.2 times the sum of the parts: preparing and finishing the PDF, the signature, two
//! commits of events of that size.

mod seal_desk;

use std::cell::RefCell;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chancery_benches::{Case, Look, Outcome, Rounds, Table, ensure, open_ledger};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::Signer;
use chancery_ledger::{
    Actor, Commit, Hash, IdempotencyKey, Kind, NewEvent, SqliteStore, Store, StreamId, Tenant, Version,
};
use chancery_pades::PdfSigner;
use chancery_seal::{Caller, Document, DocumentClass, FileName, SealKey, SealRequest, UseKey};
use chancery_testkit::pdf::contract_pdf;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use seal_desk::SealDesk;

const BAR: f64 = 1.2;
/// What an attempt and an outcome take in the log, about.
const ATTEMPT: usize = 1200;
const OUTCOME: usize = 250;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Set a seal on a PDF of 100 kB");
    let folder = tempfile::tempdir()?;
    let store = open_ledger(&folder.path().join("office.sqlite"))?;
    let bare = RefCell::new(Bare::new(open_ledger(&folder.path().join("bare.sqlite"))?)?);
    let desk = SealDesk::new(&store)?;
    let signer = desk.identity.signer();
    let key = SealKey::new(desk.identity.signer());
    let text: Vec<String> = (0..1200)
        .map(|n| format!("{n:04} {}", "The tenant pays the rent on the first day. ".repeat(2)))
        .collect();
    let pdf = contract_pdf("Lease", &text.iter().map(String::as_str).collect::<Vec<_>>());
    ensure((90_000..200_000).contains(&pdf.len()), &format!("the PDF has {} bytes", pdf.len()))?;
    let digest = DigestAlgorithm::Sha256.digest(&pdf);
    let now = desk.now;
    let prepare = || PdfSigner::without_key(key.chain(), key.algorithm(), now).prepare(&pdf);

    let rounds = Rounds::new(11, 20)?;
    let [whole, parts] = rounds.run([
        Case::with_time_of("review, attempt, signature, outcome, PDF", |number, look| {
            let start = Instant::now();
            let prepared = prepare()?;
            let document =
                Document { file_name: FileName::new("lease.pdf")?, digest, class: DocumentClass::Contract };
            let use_key = UseKey::new(format!("use {number}"))?;
            let wish = SealRequest::new(use_key, desk.seal, document, prepared.to_be_signed().clone());
            let mut rng = UnwrapErr(SysRng);
            let permit = desk.office.review(wish, Caller::Token(&desk.token), &desk.chain, now, &mut rng)?;
            let sealed = desk.office.seal(permit, &key, &desk.chain, now, &mut rng)?;
            let signed = prepared.finish(sealed.value())?;
            let spent = start.elapsed();
            if look == Look::Closely {
                let mut bytes = Vec::new();
                signed.write_to(&mut bytes)?;
                ensure(bytes.len() > pdf.len(), "a signed PDF")?;
            }
            Ok(spent)
        }),
        Case::with_time_of("the parts alone: PDF, signature, two commits", |_, _| {
            let start = Instant::now();
            let prepared = prepare()?;
            let value = signer.sign(prepared.to_be_signed())?;
            let signed = prepared.finish(value)?;
            let mut spent = start.elapsed();
            drop(signed);
            spent += bare.borrow_mut().commits()?;
            Ok(spent)
        }),
    ])?;
    table.heading(&format!("wall time; {}", rounds.describe()));
    table.row(&whole);
    table.row(&parts);
    table.ratio_with_bar(&whole.over(&parts).named("the whole over its parts"), BAR);
    Ok(table.finish())
}

/// Two durable commits, each with an idempotency key, and nothing else.
struct Bare {
    store: SqliteStore,
    version: u64,
}

impl Bare {
    fn new(store: SqliteStore) -> Outcome<Self> {
        Ok(Self { store, version: 0 })
    }

    fn commits(&mut self) -> Outcome<Duration> {
        let (tenant, actor, stream) = (Tenant::new("acme")?, Actor::new("alice")?, StreamId::new("uses")?);
        let mut spent = Duration::ZERO;
        for size in [ATTEMPT, OUTCOME] {
            let event = NewEvent::new(Kind::new("seal.use")?, 1, vec![b'x'; size]);
            let key = IdempotencyKey::new(&format!("key {}", self.version))?;
            let start = Instant::now();
            let commit = Commit::new(&tenant, &actor, jiff::Timestamp::now(), &mut UnwrapErr(SysRng))
                .append(&stream, Version(self.version), [event])
                .key(key, Hash::of(b"command"), *b"result");
            self.store.commit(&commit)?;
            spent += start.elapsed();
            self.version += 1;
        }
        Ok(spent)
    }
}
