//! Sets seals in a ledger in a SQLite file or a PostgreSQL database, with a signer in another process, so that a judge
//! can kill it and look afterwards. Not a program to learn from.
//!
//! ```text
//! seal_writer signer FOLDER                # makes a certificate, then signs for whoever asks, and counts in FOLDER/signed
//! seal_writer setup LEDGER FOLDER TIMES    # an organisation with one seal, one token, so many prepaid times
//! seal_writer write LEDGER FOLDER NAME N   # sets the seal under NAME-N and so on, for ever; says `done KEY` once a value was given
//! seal_writer check LEDGER FOLDER          # recovers, and says what the log holds
//! ```
//!
//! LEDGER is a file, or with the feature `postgres` an address that begins with `postgres://`.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write, stdout};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use chancery_auth::{Application, ApprovalCode, FactorKind, Keeper, Occasion, UserId};
use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, SignatureAlgorithm, SignatureValue, Signer, SignerError, ToBeSigned};
use chancery_ledger::{
    AsyncStore, Blocking, LedgerVerifier, SqliteStore, Tenant, Verification, run_blocking,
};
use chancery_seal::{
    AccountAct, ApiToken, Caller, ClassSet, Command, Document, DocumentClass, Domain, FileName, Label,
    Mailbox, NewGrant, NewSeal, Office, Query, Reply, RevocationDemand, Scope, SealAct, SealError, SealId,
    SealKey, SealKind, SealPolicy, SealRequest, ServiceDesk, UsageState, UseKey, Window,
};
use chancery_testkit::{FastHasher, Profile, TestPki};
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["signer", folder] => signer(Path::new(folder)),
        [verb, ledger, folder, rest @ ..] => on(ledger, &Job { verb, folder: Path::new(folder), rest }),
        _ => Err(USAGE.into()),
    }
}

const USAGE: &str = "see the top of this example";

struct Job<'j> {
    verb: &'j str,
    folder: &'j Path,
    rest: &'j [&'j str],
}

/// Does it on the ledger at this place.
#[cfg(feature = "postgres")]
fn on(ledger: &str, job: &Job<'_>) -> Outcome<()> {
    use chancery_ledger::{AsyncPostgresStore, Postgres, PostgresRecords, tokio_postgres::NoTls};

    if !ledger.starts_with("postgres://") {
        return on_file(ledger, job);
    }
    let place = Postgres::new(ledger.parse()?, NoTls).schema("seals").patience(Duration::from_secs(60));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async { does(&AsyncPostgresStore::open(place.clone()).await?, job).await })?;
    verified_by(job, || Ok(LedgerVerifier::new().verify(&mut PostgresRecords::open(&place)?, &tenant()?)?))
}

/// Does it on the ledger at this place.
#[cfg(not(feature = "postgres"))]
fn on(ledger: &str, job: &Job<'_>) -> Outcome<()> {
    on_file(ledger, job)
}

fn on_file(file: &str, job: &Job<'_>) -> Outcome<()> {
    let store = SqliteStore::open(file, Duration::from_secs(60))?;
    run_blocking(does(&Blocking(&store), job))?;
    verified_by(job, || Ok(LedgerVerifier::new().verify(&mut store.records()?, &tenant()?)?))
}

async fn does(store: &impl AsyncStore, job: &Job<'_>) -> Outcome<()> {
    match (job.verb, job.rest) {
        ("setup", [times]) => setup(store, job.folder, times.parse()?).await,
        ("write", [name, from]) => write(store, job.folder, name, from.parse()?).await,
        ("check", []) => check(store, job.folder).await,
        _ => Err(USAGE.into()),
    }
}

fn verified_by(job: &Job<'_>, verify: impl FnOnce() -> Outcome<Verification>) -> Outcome<()> {
    if job.verb == "check" {
        println!("ledger {}", verify()?);
    }
    Ok(())
}

fn signer(folder: &Path) -> Outcome<()> {
    let pki = TestPki::at(Timestamp::now());
    let attribute = |kind: &str, text: &str| {
        let kind = asn1::oid(&Oid::new_unwrap(kind));
        asn1::set_of(vec![asn1::sequence(&[&kind, &asn1::encode(tag::UTF8_STRING, text.as_bytes())])])
    };
    let subject = asn1::sequence(&[&attribute("2.5.4.97", "NTREE-12345678"), &attribute("2.5.4.3", "Seal")]);
    let identity = pki.issue(Profile::signer("Seal", KeyKind::P256).subject(subject));
    fs::write(folder.join("chain.pem"), identity.chain_pem())?;
    fs::write(folder.join("roots.pem"), pki.anchors_pem())?;
    let signer = identity.signer();
    let mut signed = OpenOptions::new().create(true).append(true).open(folder.join("signed"))?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    fs::write(folder.join("port.new"), listener.local_addr()?.port().to_string())?;
    fs::rename(folder.join("port.new"), folder.join("port"))?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut length = [0; 4];
        let mut bytes = Vec::new();
        // Whoever was killed while asking has not asked.
        if stream.read_exact(&mut length).is_err() {
            continue;
        }
        let length = u32::from_be_bytes(length);
        let read = Read::by_ref(&mut stream).take(length.into()).read_to_end(&mut bytes)?;
        if u32::try_from(read)? != length {
            continue;
        }
        let value = signer.sign(&ToBeSigned::new(ALGORITHM, bytes.clone()))?;
        writeln!(signed, "{}", DigestAlgorithm::Sha256.digest(&bytes))?;
        let _ = stream.write_all(value.as_bytes());
    }
    Ok(())
}

/// The key in the other process.
struct Elsewhere {
    chain: Vec<Certificate>,
    port: u16,
}

impl Elsewhere {
    fn ask(&self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(bytes)?;
        let mut value = Vec::new();
        stream.read_to_end(&mut value)?;
        if value.is_empty() { Err(std::io::Error::other("no answer")) } else { Ok(value) }
    }
}

impl Signer for Elsewhere {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        ALGORITHM
    }

    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        let value = self.ask(to_be_signed.bytes()).map_err(|error| SignerError::Other(Box::new(error)))?;
        Ok(SignatureValue::from_bytes(value))
    }
}

fn elsewhere(folder: &Path) -> Outcome<Elsewhere> {
    let chain = Certificate::all_from_pem(&fs::read(folder.join("chain.pem"))?)?;
    Ok(Elsewhere { chain, port: fs::read_to_string(folder.join("port"))?.parse()? })
}

fn verified(folder: &Path, chain: &[Certificate]) -> Outcome<VerifiedChain> {
    let anchors = TrustAnchors::from_pem(&fs::read(folder.join("roots.pem"))?)?;
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked);
    let certificate = chain.first().ok_or("no certificate")?;
    Ok(verifier.intermediates(chain.get(1..).unwrap_or_default()).verify_at(certificate, Timestamp::now())?)
}

fn tenant() -> Outcome<Tenant> {
    Ok(Tenant::new("acme")?)
}

fn office<S: AsyncStore>(store: &S) -> Outcome<Office<'_, S>> {
    let policy = SealPolicy::default().with_revocation(RevocationDemand::NotAsked);
    Ok(Office::new(store, &tenant()?, "acme", policy)?)
}

async fn ask<S: AsyncStore>(office: &Office<'_, S>, command: &Command) -> Outcome<Reply> {
    match office.ask_async(command, Timestamp::now(), &mut UnwrapErr(SysRng)).await? {
        Reply::Refused(reasons) => Err(format!("{reasons:?}").into()),
        reply => Ok(reply),
    }
}

async fn seals<S: AsyncStore>(office: &Office<'_, S>, by: UserId, act: SealAct) -> Outcome<Reply> {
    let command = office.organisation_async(|state| state.seal_administrator(by).map(|by| by.asks(act)));
    ask(office, &command.await??).await
}

async fn setup(store: &impl AsyncStore, folder: &Path, times: u64) -> Outcome<()> {
    let (office, mut rng, now) = (office(store)?, UnwrapErr(SysRng), Timestamp::now());
    let user = UserId::random(&mut rng);
    let desk = ServiceDesk::that_checks_letters();
    let mailbox = || Mailbox::new("alice@acme.example");
    let window = Window::starting(now - SignedDuration::from_hours(1));
    let founded = desk.founds(Label::new("Acme")?, Label::new("NTREE-12345678")?, user, mailbox()?);
    drop(ask(&office, &founded).await?);
    for act in [
        AccountAct::ValidateOrganisation { window },
        AccountAct::ValidateDomain { domain: Domain::new("acme.example")?, window },
    ] {
        let command =
            office.organisation_async(|state| state.account_administrator(user).map(|by| by.asks(act)));
        drop(ask(&office, &command.await??).await?);
    }
    drop(ask(&office, &desk.validates(user, window)).await?);
    let letter = DigestAlgorithm::Sha256.digest(b"letter");
    drop(ask(&office, &desk.appoints(user, mailbox()?, letter)).await?);
    let classes = ClassSet::from(DocumentClass::Contract);
    let terms = NewSeal { name: Label::new("Seal")?, kind: SealKind::Contract, classes, owner: None };
    let Reply::Seal(seal) = seals(&office, user, SealAct::CreateSeal(terms)).await? else {
        return Err("no number".into());
    };
    let key = elsewhere(folder)?;
    let chain = verified(folder, &key.chain)?;
    drop(seals(&office, user, SealAct::BindCertificate { seal, chain }).await?);
    let terms = NewGrant { seal, user, classes, window, conditions: vec![] };
    drop(seals(&office, user, SealAct::Grant(terms)).await?);
    let login = Application::that_verifies_logins();
    let identity = login.identity(user, UserId::random(&mut rng), "passport", now);
    let device = login.second_device(Occasion::change(user, FactorKind::ApprovalCode), now);
    let codes = Keeper::<ApprovalCode, _>::new(FastHasher);
    let code = codes.enrol(&identity, &device, ApprovalCode::new("7294")?, &mut rng, now)?;
    let command = office.organisation_async(|state| state.member(user).map(|member| member.has_set(&code)));
    let command = command.await??.ok_or("the code is another person's")?;
    drop(ask(&office, &command).await?);
    let token = ApiToken::random(&mut rng);
    let scopes = vec![Scope { seal, classes }];
    let command = office
        .organisation_async(|state| state.member(user).map(|member| member.issues(&token, scopes, None)));
    drop(ask(&office, &command.await??).await?);
    office.buy_async(&desk, times, &Label::new("receipt")?, now, &mut rng).await?;
    fs::write(folder.join("token"), token.expose())?;
    fs::write(folder.join("seal"), seal.to_string())?;
    fs::write(folder.join("user"), user.to_string())?;
    Ok(())
}

async fn write(store: &impl AsyncStore, folder: &Path, name: &str, from: u64) -> Outcome<()> {
    let (office, mut rng) = (office(store)?, UnwrapErr(SysRng));
    let key = elsewhere(folder)?;
    let (chain, seal_key) = (key.chain.clone(), SealKey::new(key));
    let token = ApiToken::read(&fs::read_to_string(folder.join("token"))?).ok_or("no token")?;
    let seal: SealId = fs::read_to_string(folder.join("seal"))?.parse()?;
    let mut out = stdout();
    for number in from.. {
        let use_key = format!("{name}-{number}");
        let digest = DigestAlgorithm::Sha256.digest(use_key.as_bytes());
        let prepared = Preparation::new(&chain, ALGORITHM, digest).prepare()?;
        loop {
            let document = Document {
                file_name: FileName::new(use_key.as_str())?,
                digest,
                class: DocumentClass::Contract,
            };
            let key = UseKey::new(use_key.as_str())?;
            let request = SealRequest::new(key, seal, document, prepared.to_be_signed().clone());
            let now = Timestamp::now();
            let verified = verified(folder, &chain)?;
            let caller = Caller::Token(&token);
            let permit = office.review_async(request, caller, &verified, now, &mut rng).await?;
            match office.seal_async(permit, &seal_key, &verified, now, &mut rng).await {
                Ok(sealed) => {
                    prepared.finish(sealed.value())?;
                    writeln!(out, "done {use_key}")?;
                    break;
                }
                // This process was killed while at it, in an earlier life.
                Err(SealError::UnderWay { .. }) => {
                    office.recover_async(SignedDuration::ZERO, now, &mut rng).await?;
                }
                Err(SealError::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// `attempt KEY IMPRINT TRIES OUTCOME` for each, then `balance N`. What the verifier of the ledger says comes after it.
async fn check(store: &impl AsyncStore, folder: &Path) -> Outcome<()> {
    let office = office(store)?;
    office.recover_async(SignedDuration::ZERO, Timestamp::now(), &mut UnwrapErr(SysRng)).await?;
    let user: UserId = fs::read_to_string(folder.join("user"))?.parse()?;
    let by = office.organisation_async(|state| state.seal_administrator(user)).await??;
    for record in office.log_async(&by, &Query::default()).await? {
        let (key, imprint) = (&record.details.key, record.details.imprint.digest());
        println!("attempt {key} {imprint} {} {}", record.tries, record.outcome.word().replace(' ', "-"));
    }
    println!("balance {}", office.account_async(UsageState::balance).await?);
    Ok(())
}
