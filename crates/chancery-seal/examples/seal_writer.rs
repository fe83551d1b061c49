//! Sets seals in a ledger in a SQLite file, with a signer in another process, so that a judge can kill it and look
//! afterwards. Not a program to learn from.
//!
//! ```text
//! seal_writer signer FOLDER              # makes a certificate, then signs for whoever asks, and counts in FOLDER/signed
//! seal_writer setup FILE FOLDER TIMES    # an organisation with one seal, one token, so many prepaid times
//! seal_writer write FILE FOLDER NAME N   # sets the seal under NAME-N and so on, for ever; says `done KEY` once a value was given
//! seal_writer check FILE FOLDER          # recovers, and says what the log holds
//! ```

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
use chancery_ledger::{LedgerVerifier, SqliteStore, Tenant};
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
        ["setup", file, folder, times] => setup(file, Path::new(folder), times.parse()?),
        ["write", file, folder, name, from] => write(file, Path::new(folder), name, from.parse()?),
        ["check", file, folder] => check(file, Path::new(folder)),
        _ => Err("see the top of this example".into()),
    }
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

fn store(file: &str) -> Outcome<SqliteStore> {
    Ok(SqliteStore::open(file, Duration::from_secs(60))?)
}

fn office(store: &SqliteStore) -> Outcome<Office<'_, SqliteStore>> {
    let policy = SealPolicy::default().with_revocation(RevocationDemand::NotAsked);
    Ok(Office::new(store, &Tenant::new("acme")?, "acme", policy)?)
}

fn setup(file: &str, folder: &Path, times: u64) -> Outcome<()> {
    let (store, mut rng, now) = (store(file)?, UnwrapErr(SysRng), Timestamp::now());
    let office = office(&store)?;
    let ask = |command: &Command| match office.ask(command, Timestamp::now(), &mut UnwrapErr(SysRng))? {
        Reply::Refused(reasons) => Err(format!("{reasons:?}").into()),
        reply => Ok::<_, Box<dyn Error>>(reply),
    };
    let user = UserId::random(&mut rng);
    let desk = ServiceDesk::that_checks_letters();
    let mailbox = || Mailbox::new("alice@acme.example");
    let window = Window::starting(now - SignedDuration::from_hours(1));
    drop(ask(&desk.founds(Label::new("Acme")?, Label::new("NTREE-12345678")?, user, mailbox()?))?);
    for act in [
        AccountAct::ValidateOrganisation { window },
        AccountAct::ValidateDomain { domain: Domain::new("acme.example")?, window },
        AccountAct::ValidateEmployee { user, window },
    ] {
        drop(ask(&office.organisation(|state| state.account_administrator(user).map(|by| by.asks(act)))??)?);
    }
    drop(ask(&desk.appoints(user, mailbox()?, DigestAlgorithm::Sha256.digest(b"letter")))?);
    let seals = |act| -> Outcome<Reply> {
        ask(&office.organisation(|state| state.seal_administrator(user).map(|by| by.asks(act)))??)
    };
    let classes = ClassSet::from(DocumentClass::Contract);
    let terms = NewSeal { name: Label::new("Seal")?, kind: SealKind::Contract, classes, owner: None };
    let Reply::Seal(seal) = seals(SealAct::CreateSeal(terms))? else { return Err("no number".into()) };
    let key = elsewhere(folder)?;
    drop(seals(SealAct::BindCertificate { seal, chain: verified(folder, &key.chain)? })?);
    drop(seals(SealAct::Grant(NewGrant { seal, user, classes, window, conditions: vec![] }))?);
    let login = Application::that_verifies_logins();
    let identity = login.identity(user, UserId::random(&mut rng), "passport", now);
    let device = login.second_device(Occasion::change(user, FactorKind::ApprovalCode), now);
    let codes = Keeper::<ApprovalCode, _>::new(FastHasher);
    let code = codes.enrol(&identity, &device, ApprovalCode::new("7294")?, &mut rng, now)?;
    let command = office.organisation(|state| state.member(user).map(|member| member.has_set(&code)))??;
    drop(ask(&command.ok_or("the code is another person's")?)?);
    let token = ApiToken::random(&mut rng);
    let scopes = vec![Scope { seal, classes }];
    drop(ask(&office
        .organisation(|state| state.member(user).map(|member| member.issues(&token, scopes, None)))??)?);
    office.buy(&desk, times, &Label::new("receipt")?, now, &mut rng)?;
    fs::write(folder.join("token"), token.expose())?;
    fs::write(folder.join("seal"), seal.to_string())?;
    fs::write(folder.join("user"), user.to_string())?;
    Ok(())
}

fn write(file: &str, folder: &Path, name: &str, from: u64) -> Outcome<()> {
    let (store, mut rng) = (store(file)?, UnwrapErr(SysRng));
    let office = office(&store)?;
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
            let permit = office.review(request, Caller::Token(&token), &verified, now, &mut rng)?;
            match office.seal(permit, &seal_key, &verified, now, &mut rng) {
                Ok(sealed) => {
                    prepared.finish(sealed.value())?;
                    writeln!(out, "done {use_key}")?;
                    break;
                }
                // This process was killed while at it, in an earlier life.
                Err(SealError::UnderWay { .. }) => {
                    office.recover(SignedDuration::ZERO, now, &mut rng)?;
                }
                Err(SealError::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// `attempt KEY IMPRINT TRIES OUTCOME` for each, then `balance N`, then what the verifier of the ledger says.
fn check(file: &str, folder: &Path) -> Outcome<()> {
    let store = store(file)?;
    let office = office(&store)?;
    office.recover(SignedDuration::ZERO, Timestamp::now(), &mut UnwrapErr(SysRng))?;
    let user: UserId = fs::read_to_string(folder.join("user"))?.parse()?;
    let by = office.organisation(|state| state.seal_administrator(user))??;
    for record in office.log(&by, &Query::default())? {
        let (key, imprint) = (&record.details.key, record.details.imprint.digest());
        println!("attempt {key} {imprint} {} {}", record.tries, record.outcome.word().replace(' ', "-"));
    }
    println!("balance {}", office.account(UsageState::balance)?);
    println!("ledger {}", LedgerVerifier::new().verify(&mut store.records()?, &Tenant::new("acme")?)?);
    Ok(())
}
