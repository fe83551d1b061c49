//! Whatever fails, and wherever: another try ends right. Nothing is stuck, signed twice or lost.

use std::error::Error;
use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use chancery_ades::Indication;
use chancery_cades::CadesVerifier;
use chancery_digest::{BlobError, BlobId, BlobStore, KeptBlob, MemoryBlobStore, Removal, Source};
use chancery_key::Signer;
use chancery_ledger::{
    Claim, Commit, CommitError, Committed, Context, Delivery, DeliveryId, Due, Event, Failure, Hash, Head,
    IdempotencyKey, Log, MemoryStore, NodeId, Request, Runner, Sequence, SettleError, Settlement, Store,
    StoreError, StreamId, Tenant, Version,
};
use chancery_session::{Desk, FileSigner, PreparedTurn, SessionError, begin_signing};
use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};

use crate::office::*;

type Tried<T> = Result<T, Box<dyn Error>>;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    /// Before anything was done.
    Before,
    /// After it was done: only the answer is lost.
    After,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    /// It changes something: a commit, a new blob.
    Writes,
    /// It looks something up, or opens it.
    Looks,
    /// It reads some bytes of what is open: there are very many of these.
    Reads,
}

/// One of all the calls of ledger and blob store, counted together, fails; once.
#[derive(Debug)]
struct Fate {
    made: Mutex<Vec<What>>,
    fails: usize,
    how: How,
}

impl Fate {
    /// What becomes of the next call.
    fn next(&self, what: What) -> Option<How> {
        let mut made = self.made.lock().unwrap();
        made.push(what);
        (made.len() - 1 == self.fails).then_some(self.how)
    }

    fn struck(&self) -> bool {
        self.made.lock().unwrap().len() > self.fails
    }
}

fn lost() -> io::Error {
    io::Error::other("the connection is gone")
}

struct Blobs<'b> {
    blobs: &'b MemoryBlobStore,
    fate: Arc<Fate>,
}

impl BlobStore for Blobs<'_> {
    fn put(&self, bytes: &mut dyn Read, limit: u64) -> Result<KeptBlob, BlobError> {
        let failed = || BlobError::Medium { doing: "keep it", source: lost() };
        match self.fate.next(What::Writes) {
            None => self.blobs.put(bytes, limit),
            Some(How::Before) => Err(failed()),
            Some(How::After) => self.blobs.put(bytes, limit).and(Err(failed())),
        }
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Source>, BlobError> {
        match self.fate.next(What::Looks) {
            None => Ok(Box::new(Opened { source: self.blobs.open(blob)?, fate: Arc::clone(&self.fate) })),
            Some(_) => Err(BlobError::Medium { doing: "open it", source: lost() }),
        }
    }

    fn remove(&self, blob: &BlobId) -> Result<Removal, BlobError> {
        self.blobs.remove(blob)
    }
}

/// A blob of which reading may fail, too.
struct Opened {
    source: Box<dyn Source>,
    fate: Arc<Fate>,
}

impl Source for Opened {
    fn len(&self) -> u64 {
        self.source.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self.fate.next(What::Reads) {
            None => self.source.read_at(offset, buffer),
            Some(_) => Err(lost()),
        }
    }
}

struct Ledger<'l> {
    ledger: &'l MemoryStore,
    fate: Arc<Fate>,
}

impl Ledger<'_> {
    fn read<T>(&self, read: impl FnOnce(&MemoryStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.fate.next(What::Looks) {
            None => read(self.ledger),
            Some(_) => Err(StoreError::new(Failure::Unavailable, lost())),
        }
    }
}

impl Store for Ledger<'_> {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let failed = StoreError::new(Failure::Unavailable, lost());
        match self.fate.next(What::Writes) {
            None => self.ledger.commit(commit),
            Some(How::Before) => Err(failed.into()),
            Some(How::After) => self.ledger.commit(commit).and(Err(failed.of_unknown_outcome().into())),
        }
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.read(|ledger| ledger.head(tenant, stream))
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.read(|ledger| ledger.log(tenant))
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.read(|ledger| ledger.events(tenant, stream, after, most))
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.read(|ledger| ledger.since(tenant, from, most))
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.read(|ledger| ledger.request(tenant, key))
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.read(|ledger| ledger.nodes(tenant, ids))
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.read(|ledger| ledger.claim_deliveries(claim))
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        self.ledger.settle(delivery, settlement, now)
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read(|ledger| ledger.dead_letters(tenant, after, most))
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.ledger.replay(tenant, letter, now)
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.read(|ledger| ledger.claim_due(claim))
    }
}

/// A process that takes an envelope as far as it goes. It knows the ledger, the store of revisions, and what it stored of
/// turns; when it fails it is gone, and another begins.
struct Process<'p> {
    office: &'p Office,
    desk: Desk<'p>,
    ledger: Ledger<'p>,
    envelope: EnvelopeId,
    /// Of each document, what was stored before its signing began.
    stored: &'p mut Vec<Vec<u8>>,
}

impl Process<'_> {
    fn load(&self) -> Tried<Envelope> {
        let runner = Runner::new(&self.office.workflow, &self.ledger);
        let loaded = runner.load(&self.office.tenant, &self.envelope.stream())?;
        loaded.state.ok_or_else(|| "there is no envelope".into())
    }

    fn run(&self, acting: Acting, command: Command) -> Tried<Accepted> {
        let context = Context::new(acting.actor(), self.office.now.get(), &mut rng());
        let call = self.office.workflow.call(&self.office.tenant, self.envelope, command, context);
        let answer = Runner::new(&self.office.workflow, &self.ledger).run(&call, &mut rng())?;
        Ok(answer.reply.accepted()?)
    }

    /// One thing after the other, each decided by what the ledger says.
    fn goes_on(&mut self) -> Tried<()> {
        loop {
            let state = self.load()?;
            match state.status() {
                Status::Draft => {
                    let permissions = self.desk.permissions(&state)?;
                    self.run(Acting::User(self.office.sender), Command::Send { permissions })?;
                }
                Status::InProgress => self.signs(&state)?,
                Status::Finalizing(_) => self.finishes(&state)?,
                Status::Completed { .. } => return Ok(()),
                other => return Err(format!("it ended as {other:?}").into()),
            }
        }
    }

    fn signs(&mut self, state: &Envelope) -> Tried<()> {
        let (alice, party) = (Acting::User(self.office.user(0)), ALICE);
        let slot = state.slot(party).ok_or("no party")?;
        if slot.opened_at().is_none() {
            self.run(alice, Command::Open { party, factors: Vec::new() })?;
            return Ok(());
        }
        if slot.consent() == Consent::None {
            let disclosure = ContentDigest::from_bytes([9; 32]);
            self.run(alice, Command::GiveConsent { party, disclosure, demonstration: None })?;
            return Ok(());
        }
        let turns = self.desk.turns(state, party)?;
        if slot.session().is_none() {
            let signer = FileSigner::new(self.office.key(0), self.office.now.get());
            let prepared = [
                turns[0].prepare(self.office.signer(0), meaning(0))?,
                turns[1].prepare_file(&signer, meaning(0))?,
            ];
            *self.stored = prepared.iter().map(PreparedTurn::to_bytes).collect();
            self.run(alice, begin_signing(&prepared, SignedDuration::from_mins(5), Vec::new())?)?;
            return Ok(());
        }
        let resumed = turns.iter().zip(self.stored.iter()).map(|(turn, stored)| {
            let prepared = turn.resume(stored)?;
            let value = self.office.key(0).sign(prepared.to_be_signed()).unwrap();
            prepared.finish(value)
        });
        let signed = resumed.collect::<Result<Vec<_>, SessionError>>()?;
        self.run(alice, self.desk.complete_signing(&signed, state, self.office.now.get())?)?;
        Ok(())
    }

    fn finishes(&self, state: &Envelope) -> Tried<()> {
        let begun =
            self.run(Acting::Sealer, Command::FinalizeBegin { lease: SignedDuration::from_mins(1) })?;
        let Some(Made::Attempt { attempt, .. }) = begun.made else { return Err("no attempt".into()) };
        let mut artifacts = Vec::new();
        for document in [DOCUMENT, LIST] {
            let last = self.desk.open(state.content(document).ok_or("no document")?)?;
            artifacts.push(self.desk.artifact(state, document, &*last, self.office.now.get())?);
            artifacts.extend(self.desk.file(state, document)?);
        }
        self.run(Acting::Sealer, Command::FinalizeOk { attempt, artifacts })?;
        Ok(())
    }
}

const LIST: DocumentId = DocumentId::new(1);
const PRICES: &[u8] = b"article;price\n";

/// From the draft to the end, with one call that fails; what calls there were.
fn one_run(office: &Office, fails: usize, how: How) -> Vec<What> {
    let (blobs, fate) = (MemoryBlobStore::new(), Arc::new(Fate { made: Mutex::default(), fails, how }));
    let mut draft = office.draft(&contract(), 1);
    blobs.put(&mut &contract()[..], 1 << 20).unwrap();
    let list = blobs.put(&mut &PRICES[..], 1 << 20).unwrap();
    let list = draft.document("prices.csv", ContentDigest::from_bytes(*list.id().as_bytes())).unwrap();
    draft.signature_field(list, ALICE, "Alice").unwrap();
    let envelope = office.create(draft);

    let faulty = Blobs { blobs: &blobs, fate: Arc::clone(&fate) };
    let (mut stored, mut failures) = (Vec::new(), 0);
    loop {
        let ledger = Ledger { ledger: &office.ledger, fate: Arc::clone(&fate) };
        let desk = Desk::new(&faulty, &office.policy);
        let mut process = Process { office, desk, ledger, envelope, stored: &mut stored };
        match process.goes_on() {
            Ok(()) => break,
            Err(error) => {
                failures += 1;
                assert!(fate.struck() && failures == 1, "call {fails}, {how:?}: {error}");
                office.later(61); // a lease of somebody who is gone has ended
            }
        }
    }
    let kinds = office.kinds(envelope);
    let times = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    for once in ["envelope.sent", "envelope.signature-applied", "envelope.party-done", "envelope.completed"] {
        assert_eq!(times(once), 1, "call {fails}, {how:?}: {once} in {kinds:?}");
    }
    let state = office.state(envelope);
    let Status::Completed { artifacts } = state.status() else { panic!("{:?}", state.status()) };
    assert_eq!(artifacts.len(), 3);
    let read = |digest: ContentDigest| {
        let source = blobs.open(&BlobId::from_bytes(digest.to_bytes())).unwrap();
        source.read_range(0..source.len()).unwrap().into_owned()
    };
    for artifact in artifacts.iter() {
        read(artifact.digest); // what a commit names is there
    }
    let now = office.now.get();
    let pdf =
        chancery_pades::PdfVerifier::new(&office.policy).verify_at(&read(artifacts[0].digest), now).unwrap();
    let message = read(artifacts[1].digest);
    let list = CadesVerifier::new(&office.policy).verify_detached_at(&message, PRICES, now).unwrap();
    for report in [pdf, list] {
        assert_eq!((report.signatures().len(), report.indication()), (1, Some(Indication::TotalPassed)));
    }
    fate.made.lock().unwrap().clone()
}

/// Every call of the ledger and of the store of revisions, and every fortieth of the many that read on in what is open.
#[test]
fn whichever_call_fails_another_try_ends_right() {
    const READS: usize = 40;
    let office = Office::new();
    let calls = one_run(&office, usize::MAX, How::Before);
    let of = |what| calls.iter().filter(|call| **call == what).count();
    assert!(of(What::Writes) >= 10 && of(What::Looks) > 20 && of(What::Reads) > READS, "{calls:?}");
    let mut reads = 0;
    for (fails, what) in calls.into_iter().enumerate() {
        reads += usize::from(what == What::Reads);
        let ways: &[How] = match what {
            What::Writes => &[How::Before, How::After],
            What::Looks => &[How::Before],
            What::Reads if reads % READS == 1 => &[How::Before],
            What::Reads => &[],
        };
        for how in ways {
            office.now.set(noon());
            one_run(&office, fails, *how);
        }
    }
}
