//! An organisation's e-seals, from the letter of authority to the usage log.
//!
//! `cargo run --release --example eseal_office`
//!
//! Needs nothing: certificates and the timestamp authority are made here. What is sealed, the usage log and its proof are
//! written to `target/eseal`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use chancery_ades::{Indication, Policy};
use chancery_auth::{
    Application, ApprovalCode, Argon2Hasher, Factor, FactorKind, Keeper, Occasion, Pepper, ProvedFactor,
    UserId,
};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_digest::{AnyDigest, DigestAlgorithm, Source};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::KeyKind;
use chancery_ledger::{ExportVerdict, SqliteStore, Tenant, read_export};
use chancery_pades::{PdfSigner, PdfVerifier, PreparedPdf};
use chancery_seal::{
    AccountAct, Amount, ApiToken, Caller, ClassSet, Command, Condition, Currency, Document, DocumentClass,
    Domain, FileName, Label, Mailbox, NewGrant, NewSeal, Office, Permit, Query, Reply, ReviewError, Scope,
    SealAct, SealId, SealKey, SealKind, SealPolicy, SealRequest, ServiceDesk, UseKey, Window, to_csv,
};
use chancery_testkit::pdf::contract_pdf;
use chancery_testkit::{Profile, TestIdentity, TestPki};
use chancery_timestamp::TimestampAuthority;
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let out = PathBuf::from("target/eseal");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out)?;
    let mut rng = UnwrapErr(SysRng);
    let pki = TestPki::on_loopback(Timestamp::now());
    let authority = TimestampAuthority::new(
        Address::parse(&pki.tsa_url())?,
        BlockingClient::new().allow(AddressRule::Loopback),
    );
    fs::write(out.join("roots.pem"), pki.anchors_pem())?;
    let store = SqliteStore::open(out.join("ledger.sqlite"), Duration::from_secs(10))?;
    let office = Office::new(&store, &Tenant::new("acme")?, "acme", SealPolicy::default())?;
    let hasher = Argon2Hasher::new(Pepper::random(&mut rng));
    let [alice, selma, bob, carol, dave] = [(); 5].map(|()| UserId::random(&mut rng));
    let mut house = House { office: &office, pki: &pki, codes: Keeper::new(&hasher), set: Vec::new() };

    heading("Two administrators: Alice for the account, Selma for the seals, by letter");
    let desk = ServiceDesk::that_checks_letters();
    house.done(&desk.founds(
        Label::new("Acme")?,
        Label::new("NTREE-12345678")?,
        alice,
        Mailbox::new("alice@acme.example")?,
    ))?;
    let year = Window::new(
        Timestamp::now() - SignedDuration::from_mins(1),
        Some(Timestamp::now() + SignedDuration::from_hours(8760)),
    )?;
    house.account(alice, AccountAct::ValidateOrganisation { window: year })?;
    house
        .account(alice, AccountAct::ValidateDomain { domain: Domain::new("acme.example")?, window: year })?;
    for (user, name) in [(selma, "selma"), (bob, "bob"), (carol, "carol"), (dave, "dave")] {
        let mailbox = Mailbox::new(&format!("{name}@acme.example"))?;
        house.account(alice, AccountAct::Admit { user, mailbox })?;
        house.account(alice, AccountAct::ValidateEmployee { user, window: year })?;
    }
    let letter =
        DigestAlgorithm::Sha256.digest(b"We authorise Selma to administer our seals. Acme, the board.");
    house.done(&desk.appoints(selma, Mailbox::new("seals@acme.example")?, letter))?;
    office.buy(&desk, 10, &Label::new("receipt 1")?, Timestamp::now(), &mut rng)?;
    println!("  the letter is {letter}");

    heading("Two seals, each with a certificate of the organisation");
    let contract_identity = pki.issue(certificate("Acme contracts"));
    let invoice_identity = pki.issue(certificate("Acme invoices"));
    let contracts = house.seal(selma, "Contract seal", SealKind::Contract, &contract_identity)?;
    let invoices = house.seal(selma, "Invoice seal", SealKind::Invoice, &invoice_identity)?;
    let contract_key = SealKey::new(contract_identity.signer());
    let invoice_key = SealKey::new(invoice_identity.signer());

    heading(
        "Three employees: Bob seals contracts below 10,000 euro if Carol agrees, Dave's program seals invoices",
    );
    let euro = Currency::new("EUR")?;
    let below = Condition::AmountBelow(Amount { currency: euro, units: 1_000_000 });
    let grant = |seal, user, class, conditions| NewGrant {
        seal,
        user,
        classes: ClassSet::from(class),
        window: year,
        conditions,
    };
    let bobs = grant(contracts, bob, DocumentClass::Contract, vec![below, Condition::FourEyes]);
    drop(house.seals(selma, SealAct::Grant(bobs))?);
    drop(house.seals(selma, SealAct::Grant(grant(contracts, carol, DocumentClass::Contract, vec![])))?);
    drop(house.seals(selma, SealAct::Grant(grant(invoices, dave, DocumentClass::Invoice, vec![])))?);
    for user in [bob, carol, dave] {
        house.sets_code(user)?;
    }
    let token = ApiToken::random(&mut rng);
    let scopes = vec![Scope { seal: invoices, classes: ClassSet::from(DocumentClass::Invoice) }];
    let command =
        office.organisation(|state| state.member(dave).map(|dave| dave.issues(&token, scopes, None)))??;
    drop(house.ask(&command)?);

    heading("Bob wants to seal a contract, with nothing but good will");
    let contract = contract_pdf("Lease", &["Acme rents the hall.", "The price is 9,500 euro."]);
    let file = File { name: "contract.pdf", class: DocumentClass::Contract, bytes: &contract };
    fs::write(out.join(file.name), file.bytes)?;
    let prepared = prepare(&contract_key, &contract)?;
    let plain = request("lease 1", contracts, &file, &prepared)?;
    let too_much = plain.clone().amount(Amount { currency: euro, units: 2_000_000 });
    let chain = house.chain(&contract_identity)?;
    match house.review(too_much, Caller::Person { user: bob, proofs: &[] }, &chain) {
        Err(ReviewError::Refused(refused)) => {
            refused.to_string().lines().for_each(|line| println!("  - {line}"));
        }
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("agreed without factors, approval and amount".into()),
    }

    heading("Carol approves these very bytes; Bob proves his code and his password");
    let wish = plain.amount(Amount { currency: euro, units: 950_000 });
    let proofs = house.proofs(carol, &wish)?;
    let caller = Caller::Person { user: carol, proofs: &proofs };
    office.approve(wish.clone(), bob, caller, &chain, Timestamp::now(), &mut rng)?;
    let proofs = house.proofs(bob, &wish)?;
    let permit = house.review(wish, Caller::Person { user: bob, proofs: &proofs }, &chain)?;
    println!("  a permit for {} over the content {}", permit.seal_name(), permit.content_digest());
    let sealed = office.seal(permit, &contract_key, &chain, Timestamp::now(), &mut rng)?;
    let mut signed = prepared.finish(sealed.value())?;
    signed.timestamp(&authority, &mut rng)?;
    signed.save(out.join("contract-sealed.pdf"))?;
    let finished = DigestAlgorithm::Sha256.digest(&fs::read(out.join("contract-sealed.pdf"))?);
    office.finished(&sealed, finished, Timestamp::now(), &mut rng)?;

    heading("Dave's program seals an invoice with its token, and asks twice");
    let invoice = contract_pdf("Invoice 7", &["One hall, 9,500 euro."]);
    let file = File { name: "invoice.pdf", class: DocumentClass::Invoice, bytes: &invoice };
    fs::write(out.join(file.name), file.bytes)?;
    let prepared = prepare(&invoice_key, &invoice)?;
    let chain = house.chain(&invoice_identity)?;
    let mut last = None;
    for _ in 0..2 {
        let wish = request("invoice 7", invoices, &file, &prepared)?;
        let permit = house.review(wish, Caller::Token(&token), &chain)?;
        let sealed = office.seal(permit, &invoice_key, &chain, Timestamp::now(), &mut rng)?;
        println!(
            "  {:?}; times left: {}",
            sealed.repetition(),
            office.account(chancery_seal::UsageState::balance)?
        );
        last = Some(sealed);
    }
    let sealed = last.ok_or("nothing was sealed")?;
    let mut signed = prepared.finish(sealed.value())?;
    signed.timestamp(&authority, &mut rng)?;
    signed.save(out.join("invoice-sealed.pdf"))?;
    let finished = DigestAlgorithm::Sha256.digest(&fs::read(out.join("invoice-sealed.pdf"))?);
    office.finished(&sealed, finished, Timestamp::now(), &mut rng)?;

    heading("Dave leaves");
    house.account(alice, AccountAct::Remove { user: dave })?;
    let prepared = prepare(&invoice_key, &invoice)?;
    let wish = request("invoice 8", invoices, &file, &prepared)?;
    match house.review(wish, Caller::Token(&token), &chain) {
        Err(ReviewError::Refused(refused)) => println!("  - {refused}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("the token of somebody who has left still counts".into()),
    }

    heading("What was sealed is verified; revocation must be known");
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let policy = Policy::new(anchors, RevocationPolicy::Require).evidence(evidence);
    for name in ["contract-sealed.pdf", "invoice-sealed.pdf"] {
        let bytes = fs::read(out.join(name))?;
        let report =
            PdfVerifier::new(&policy).verify_at(&bytes, Timestamp::now() + SignedDuration::from_secs(1))?;
        let verdicts: Vec<_> =
            report.signatures().iter().map(|signature| signature.verdict().indication()).collect();
        if verdicts != [Indication::TotalPassed] {
            return Err(format!("{name}: {verdicts:?}").into());
        }
        println!("  {name}: {:?}", verdicts[0]);
    }

    heading("Selma reads the usage log, and exports it with proofs");
    let by = office.organisation(|state| state.seal_administrator(selma))??;
    let records = office.log(&by, &Query::default())?;
    for record in &records {
        let (details, word) = (&record.details, record.outcome.word());
        println!(
            "  {} {} by {}: {word}",
            record.at,
            details.words.as_ref().map_or("(erased)", |words| words.file_name.as_str()),
            details.user.map_or("a dead token".to_owned(), |user| user.to_string())
        );
    }
    fs::write(out.join("usage.csv"), to_csv(&records))?;
    let mut log = Vec::new();
    let checkpoint = office.export_log(&by, &mut log)?;
    fs::write(out.join("usage.jsonl"), &log)?;
    let verdict = |bytes: &[u8]| read_export(bytes, Some(&checkpoint), |_| {});
    match verdict(&log)? {
        ExportVerdict::Holds(exported) => {
            println!("  {} events hold; keep elsewhere: {checkpoint}", exported.events);
        }
        ExportVerdict::Broken { line, fault } => return Err(format!("line {line}: {fault}").into()),
    }
    let mut edited = log;
    let place = edited.iter().rposition(|byte| *byte == b'7').ok_or("no 7 in the log")?;
    edited[place] = b'8';
    match verdict(&edited)? {
        ExportVerdict::Broken { line, fault } => println!("  one byte edited: line {line}: {fault}"),
        ExportVerdict::Holds(_) => return Err("an edited byte was not noticed".into()),
    }
    Ok(())
}

/// The organisation and everything that its people need.
struct House<'h> {
    office: &'h Office<'h, SqliteStore>,
    pki: &'h TestPki,
    codes: Keeper<ApprovalCode, &'h Argon2Hasher>,
    /// The approval codes that were set: in a real service each is a stream of its own (see `signing_pin`).
    set: Vec<Factor<ApprovalCode>>,
}

impl House<'_> {
    fn ask(&self, command: &Command) -> Outcome<Reply> {
        match self.office.ask(command, Timestamp::now(), &mut UnwrapErr(SysRng))? {
            Reply::Refused(reasons) => {
                let told: Vec<_> =
                    reasons.iter().map(|reason| format!("{reason}: {}", reason.cure())).collect();
                Err(told.join("\n").into())
            }
            reply => Ok(reply),
        }
    }

    fn done(&self, command: &Command) -> Outcome<()> {
        self.ask(command).map(drop)
    }

    fn account(&self, by: UserId, act: AccountAct) -> Outcome<()> {
        let command =
            self.office.organisation(|state| state.account_administrator(by).map(|by| by.asks(act)))??;
        self.done(&command)
    }

    fn seals(&self, by: UserId, act: SealAct) -> Outcome<Reply> {
        let command =
            self.office.organisation(|state| state.seal_administrator(by).map(|by| by.asks(act)))??;
        self.ask(&command)
    }

    fn seal(&self, by: UserId, name: &str, kind: SealKind, identity: &TestIdentity) -> Outcome<SealId> {
        let classes = kind.sort().usual_classes();
        let terms = NewSeal { name: Label::new(name)?, kind, classes, owner: None };
        let Reply::Seal(seal) = self.seals(by, SealAct::CreateSeal(terms))? else {
            return Err("no number".into());
        };
        drop(self.seals(by, SealAct::BindCertificate { seal, chain: self.chain(identity)? })?);
        println!("  {name}: {seal}, {}", identity.certificate().subject());
        Ok(seal)
    }

    /// The chain of a seal's certificate, verified now.
    fn chain(&self, identity: &TestIdentity) -> Outcome<VerifiedChain> {
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        let evidence = self.pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
        let issuers = identity.chain().get(1..).unwrap_or_default();
        let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        Ok(verifier
            .intermediates(issuers)
            .evidence(&evidence)
            .verify_at(identity.certificate(), Timestamp::now())?)
    }

    /// Somebody else has seen the passport, and the second device has confirmed.
    fn sets_code(&mut self, user: UserId) -> Outcome<()> {
        let (mut rng, now) = (UnwrapErr(SysRng), Timestamp::now());
        let login = Application::that_verifies_logins();
        let identity = login.identity(user, UserId::random(&mut rng), "passport", now);
        let device = login.second_device(Occasion::change(user, FactorKind::ApprovalCode), now);
        let code = self.codes.enrol(&identity, &device, ApprovalCode::new("7294")?, &mut rng, now)?;
        let command =
            self.office.organisation(|state| state.member(user).map(|member| member.has_set(&code)))??;
        self.done(&command.ok_or("the code is another person's")?)?;
        self.set.push(code);
        Ok(())
    }

    /// The approval code and the password, entered just now for these very bytes.
    fn proofs(&mut self, user: UserId, request: &SealRequest) -> Outcome<Vec<ProvedFactor>> {
        let (mut rng, now, occasion) = (UnwrapErr(SysRng), Timestamp::now(), request.occasion(user)?);
        let code = self.set.iter_mut().find(|code| code.owner() == user).ok_or("no code was set")?;
        let ticket = self.codes.begin(code, &occasion, &mut rng, now)?;
        let judgement = self.codes.judge(ticket, &ApprovalCode::new("7294")?, &mut rng)?;
        let proof = self.codes.settle(code, &judgement, Timestamp::now())?.proved().ok_or("wrong")?;
        Ok(vec![proof, Application::that_verifies_logins().password(occasion, Timestamp::now())])
    }

    fn review(
        &self,
        request: SealRequest,
        caller: Caller<'_>,
        chain: &VerifiedChain,
    ) -> Result<Permit, ReviewError> {
        self.office.review(request, caller, chain, Timestamp::now(), &mut UnwrapErr(SysRng))
    }
}

struct File<'f> {
    name: &'f str,
    class: DocumentClass,
    bytes: &'f Vec<u8>,
}

fn prepare<'p>(key: &SealKey, pdf: &'p dyn Source) -> Outcome<PreparedPdf<'p>> {
    Ok(PdfSigner::without_key(key.chain(), key.algorithm(), Timestamp::now()).prepare(pdf)?)
}

fn request(key: &str, seal: SealId, file: &File<'_>, prepared: &PreparedPdf<'_>) -> Outcome<SealRequest> {
    let digest = DigestAlgorithm::Sha256.digest(file.bytes);
    let document = Document { file_name: FileName::new(file.name)?, digest, class: file.class };
    Ok(SealRequest::new(UseKey::new(key)?, seal, document, prepared.to_be_signed().clone()))
}

/// Of a legal person: with organizationIdentifier (ETSI EN 319 412-3).
fn certificate(name: &str) -> Profile {
    let attribute = |kind: &str, text: &str| {
        let kind = asn1::oid(&Oid::new_unwrap(kind));
        asn1::set_of(vec![asn1::sequence(&[&kind, &asn1::encode(tag::UTF8_STRING, text.as_bytes())])])
    };
    let subject = asn1::sequence(&[
        &attribute("2.5.4.10", "Acme"),
        &attribute("2.5.4.97", "NTREE-12345678"),
        &attribute("2.5.4.3", name),
    ]);
    Profile::signer(name, KeyKind::P256).subject(subject)
}

fn heading(text: &str) {
    println!("\n{text}");
}
