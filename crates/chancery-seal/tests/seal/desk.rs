//! An organisation to test with: certificates, people with factors, an office on some store.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use chancery_auth::{
    Application, ApprovalCode, Factor, FactorKind, Keeper, Occasion, OwnSecret, ProvedFactor, Secret, UserId,
};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{
    KeyKind, SignatureAlgorithm, SignatureValue, Signer, SignerError, SoftwareSigner, ToBeSigned,
};
use chancery_ledger::{MemoryStore, Store, Tenant};
use chancery_seal::{
    AccountAct, Caller, ClassSet, Command, Condition, Document, DocumentClass, Domain, FileName, GrantId,
    Label, Mailbox, NewGrant, NewSeal, Office, Permit, Query, Reply, ReviewError, SealAct, SealError, SealId,
    SealKey, SealKind, SealPolicy, SealRequest, Sealed, ServiceDesk, UsageRecord, UseKey, Violation, Window,
};
use chancery_testkit::{FastHasher, Profile, TestExtension, TestIdentity, TestPki};
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(crate) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

pub(crate) fn mailbox(text: &str) -> Mailbox {
    Mailbox::new(text).unwrap()
}

pub(crate) fn key(text: &str) -> UseKey {
    UseKey::new(text).unwrap()
}

pub(crate) fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

pub(crate) fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

pub(crate) const ALICE: u8 = 1; // account administrator
pub(crate) const SELMA: u8 = 2; // seal administrator
pub(crate) const BOB: u8 = 3;
pub(crate) const CAROL: u8 = 4;

/// The subject of a certificate.
pub(crate) fn subject(attributes: &[(&str, &str)]) -> Vec<u8> {
    let relative = attributes.iter().map(|(kind, text)| {
        let kind = asn1::oid(&Oid::new_unwrap(kind));
        asn1::set_of(vec![asn1::sequence(&[&kind, &asn1::encode(tag::UTF8_STRING, text.as_bytes())])])
    });
    asn1::encode(tag::SEQUENCE, &relative.collect::<Vec<_>>().concat())
}

const COMMON_NAME: &str = "2.5.4.3";

/// Of an organisation: with organizationIdentifier.
pub(crate) fn legal(name: &str) -> Profile {
    let subject = subject(&[("2.5.4.10", "Acme"), ("2.5.4.97", "NTREE-12345678"), (COMMON_NAME, name)]);
    Profile::signer(name, KeyKind::P256).subject(subject)
}

/// Of a person: with given name and surname, and a mailbox.
pub(crate) fn natural(name: &str, mailbox: &str) -> Profile {
    let names = asn1::sequence(&[&asn1::encode(tag::primitive(1), mailbox.as_bytes())]);
    let names = TestExtension::plain(chancery_testkit::oid::SUBJECT_ALTERNATIVE_NAME, names);
    let subject = subject(&[("2.5.4.42", name), ("2.5.4.4", "Example"), (COMMON_NAME, name)]);
    Profile::signer(name, KeyKind::P256).subject(subject).extension(names)
}

/// One PKI for all tests: making one takes time, and nothing here changes it.
pub(crate) static PKI: LazyLock<TestPki> = LazyLock::new(|| TestPki::at(start()));
pub(crate) static SEAL: LazyLock<TestIdentity> = LazyLock::new(|| PKI.issue(legal("Acme seal")));

pub(crate) fn chain_of(identity: &TestIdentity, at: Timestamp) -> VerifiedChain {
    let anchors = TrustAnchors::new([PKI.root().clone()]);
    let evidence = PKI.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .intermediates(&identity.chain()[1..])
        .evidence(&evidence)
        .verify_at(identity.certificate(), at)
        .unwrap()
}

/// The same at any time, without revocation.
pub(crate) fn unchecked_chain(identity: &TestIdentity, at: Timestamp) -> VerifiedChain {
    let anchors = TrustAnchors::new([PKI.root().clone()]);
    ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
        .intermediates(&identity.chain()[1..])
        .verify_at(identity.certificate(), at)
        .unwrap()
}

/// What a test key does when it is asked.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Mood {
    Signs,
    Refuses,
    Loses,
    Lies,
}

/// A key that counts what it signs.
#[derive(Clone)]
pub(crate) struct CountingKey {
    signer: Arc<SoftwareSigner>,
    pub(crate) signed: Arc<AtomicU64>,
    pub(crate) mood: Arc<Mutex<Mood>>,
}

impl CountingKey {
    pub(crate) fn new(identity: &TestIdentity) -> Self {
        let signer = Arc::new(identity.signer());
        Self { signer, signed: Arc::default(), mood: Arc::new(Mutex::new(Mood::Signs)) }
    }

    pub(crate) fn count(&self) -> u64 {
        self.signed.load(Ordering::SeqCst)
    }

    pub(crate) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

impl Signer for CountingKey {
    fn chain(&self) -> &[chancery_certificate::Certificate] {
        self.signer.chain()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        self.signed.fetch_add(1, Ordering::SeqCst);
        match *self.mood.lock().unwrap() {
            Mood::Signs => self.signer.sign(to_be_signed),
            Mood::Refuses => Err(SignerError::Refused { reason: "no".to_owned() }),
            Mood::Loses => {
                let _ = self.signer.sign(to_be_signed);
                Err(SignerError::Other("the line is dead".into()))
            }
            Mood::Lies => {
                let other = ToBeSigned::new(to_be_signed.algorithm(), b"something else".to_vec());
                Ok(SignatureValue::from_bytes(self.signer.sign(&other)?.as_bytes().to_vec()))
            }
        }
    }
}

/// The approval code of a person.
pub(crate) fn code_of(user: UserId) -> Factor<ApprovalCode> {
    let login = Application::that_verifies_logins();
    let identity = login.identity(user, UserId::from_bytes([99; 16]), "passport", start());
    let device = login.second_device(Occasion::change(user, FactorKind::ApprovalCode), start());
    let codes = Keeper::<ApprovalCode, _>::new(FastHasher);
    codes.enrol(&identity, &device, ApprovalCode::new("7294").unwrap(), &mut rng(), start()).unwrap()
}

/// The right code, proved.
pub(crate) fn prove(
    factor: &mut Factor<ApprovalCode>,
    code: &str,
    occasion: &Occasion,
    at: Timestamp,
) -> ProvedFactor {
    let codes = Keeper::<ApprovalCode, _>::new(FastHasher);
    let ticket = codes.begin(factor, occasion, &mut rng(), at).unwrap();
    let judgement = codes.judge(ticket, &ApprovalCode::new(code).unwrap(), &mut rng()).unwrap();
    codes.settle(factor, &judgement, at).unwrap().proved().unwrap()
}

/// The code is set anew.
pub(crate) fn reset<S: OwnSecret + Secret>(
    keeper: &Keeper<S, FastHasher>,
    factor: &mut Factor<S>,
    new: S,
    at: Timestamp,
) {
    let login = Application::that_verifies_logins();
    let device = login.second_device(Occasion::change(factor.owner(), S::KIND), at);
    keeper.reset(factor, &device, new, &mut rng(), at).unwrap();
}

/// An office with people. The store outlives it.
pub(crate) struct Desk<'s, S: ?Sized> {
    pub(crate) office: Office<'s, S>,
    pub(crate) key: CountingKey,
    pub(crate) seal_key: SealKey,
    pub(crate) codes: BTreeMap<UserId, Factor<ApprovalCode>>,
    pub(crate) now: Timestamp,
    pub(crate) chain: VerifiedChain,
}

pub(crate) fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

impl<'s, S: Store + ?Sized> Desk<'s, S> {
    /// An office where nothing has happened yet.
    pub(crate) fn empty(store: &'s S) -> Self {
        Self::with_policy(store, SealPolicy::default())
    }

    pub(crate) fn with_policy(store: &'s S, policy: SealPolicy) -> Self {
        let key = CountingKey::new(&SEAL);
        Self {
            office: Office::new(store, &tenant(), "acme", policy).unwrap(),
            seal_key: SealKey::new(key.clone()),
            key,
            codes: BTreeMap::new(),
            now: start(),
            chain: chain_of(&SEAL, start()),
        }
    }

    /// The same office on the same store, begun anew: what another process would see.
    pub(crate) fn reopened(&self, store: &'s S) -> Office<'s, S> {
        Office::new(store, &tenant(), "acme", *self.office.policy()).unwrap()
    }

    /// An organisation in which all is well: Alice, Selma, Bob and Carol, one seal for contracts and invoices, no grants.
    pub(crate) fn ready(store: &'s S) -> (Self, SealId) {
        let mut desk = Self::empty(store);
        desk.found();
        let seal = desk.new_seal(
            "Contract seal",
            SealKind::Contract,
            [DocumentClass::Contract, DocumentClass::Invoice],
        );
        desk.bind(seal);
        (desk, seal)
    }

    pub(crate) fn found(&mut self) {
        self.found_with(100);
    }

    /// With so many prepaid times.
    pub(crate) fn found_with(&mut self, times: u64) {
        let desk = ServiceDesk::that_checks_letters();
        self.done(&desk.founds(
            label("Acme"),
            label("NTREE-12345678"),
            user(ALICE),
            mailbox("alice@acme.example"),
        ));
        let year = Window::new(start() - hours(1), Some(start() + hours(365 * 24))).unwrap();
        self.account(AccountAct::ValidateOrganisation { window: year });
        self.account(AccountAct::ValidateDomain {
            domain: Domain::new("acme.example").unwrap(),
            window: year,
        });
        for number in [SELMA, BOB, CAROL] {
            let mailbox = mailbox(&format!("user{number}@acme.example"));
            self.account(AccountAct::Admit { user: user(number), mailbox });
        }
        for number in [ALICE, SELMA, BOB, CAROL] {
            if number == ALICE {
                self.done(&desk.validates(user(ALICE), year));
            } else {
                self.account(AccountAct::ValidateEmployee { user: user(number), window: year });
            }
            self.sets_code(user(number));
        }
        let letter = DigestAlgorithm::Sha256.digest(b"letter of authority 1");
        self.done(&desk.appoints(user(SELMA), mailbox("seals@acme.example"), letter));
        self.office.buy(&desk, times, &label("receipt 1"), self.now, &mut rng()).unwrap();
    }

    pub(crate) fn sets_code(&mut self, user: UserId) {
        let code = code_of(user);
        let command =
            self.office.organisation(|state| state.member(user).unwrap().has_set(&code).unwrap()).unwrap();
        self.done(&command);
        self.codes.insert(user, code);
    }

    pub(crate) fn ask(&self, command: &Command) -> Reply {
        self.office.ask(command, self.now, &mut rng()).unwrap()
    }

    #[track_caller]
    pub(crate) fn done(&self, command: &Command) {
        assert_eq!(self.ask(command), Reply::Done);
    }

    pub(crate) fn account_command(&self, by: u8, act: AccountAct) -> Command {
        self.office.organisation(|state| state.account_administrator(user(by)).unwrap().asks(act)).unwrap()
    }

    pub(crate) fn seal_command(&self, by: u8, act: SealAct) -> Command {
        self.office.organisation(|state| state.seal_administrator(user(by)).unwrap().asks(act)).unwrap()
    }

    #[track_caller]
    pub(crate) fn account(&self, act: AccountAct) {
        self.done(&self.account_command(ALICE, act));
    }

    #[track_caller]
    pub(crate) fn seals(&self, act: SealAct) -> Reply {
        let reply = self.ask(&self.seal_command(SELMA, act));
        assert!(!matches!(reply, Reply::Refused(_)), "{reply:?}");
        reply
    }

    pub(crate) fn new_seal(
        &self,
        name: &str,
        kind: SealKind,
        classes: impl IntoIterator<Item = DocumentClass>,
    ) -> SealId {
        let terms = NewSeal { name: label(name), kind, classes: classes.into_iter().collect(), owner: None };
        let Reply::Seal(seal) = self.seals(SealAct::CreateSeal(terms)) else { panic!("a seal has a number") };
        seal
    }

    pub(crate) fn bind(&self, seal: SealId) {
        let _ = self.seals(SealAct::BindCertificate { seal, chain: self.chain.clone() });
    }

    pub(crate) fn grant(&self, seal: SealId, to: u8, conditions: Vec<Condition>) -> GrantId {
        let terms = NewGrant {
            seal,
            user: user(to),
            classes: ClassSet::from(DocumentClass::Contract),
            window: Window::starting(start()),
            conditions,
        };
        let Reply::Grant(grant) = self.seals(SealAct::Grant(terms)) else { panic!("a grant has a number") };
        grant
    }

    pub(crate) fn proofs(&mut self, user: UserId, request: &SealRequest) -> Vec<ProvedFactor> {
        let occasion = request.occasion(user).unwrap();
        let now = self.now;
        let factor = self.codes.get_mut(&user).unwrap();
        let password = Application::that_verifies_logins().password(occasion, now);
        vec![prove(factor, "7294", &occasion, now), password]
    }

    pub(crate) fn review(&mut self, by: u8, request: SealRequest) -> Result<Permit, ReviewError> {
        let proofs = self.proofs(user(by), &request);
        let caller = Caller::Person { user: user(by), proofs: &proofs };
        self.office.review(request, caller, &self.chain, self.now, &mut rng())
    }

    pub(crate) fn seal(&self, permit: Permit) -> Result<Sealed, SealError> {
        self.office.seal(permit, &self.seal_key, &self.chain, self.now, &mut rng())
    }

    pub(crate) fn use_seal(&mut self, by: u8, request: SealRequest) -> Sealed {
        let permit = self.review(by, request).unwrap();
        self.seal(permit).unwrap()
    }

    pub(crate) fn log(&self) -> Vec<UsageRecord> {
        let by = self.office.organisation(|state| state.seal_administrator(user(SELMA)).unwrap()).unwrap();
        self.office.log(&by, &Query::default()).unwrap()
    }

    pub(crate) fn balance(&self) -> u64 {
        self.office.account(chancery_seal::UsageState::balance).unwrap()
    }

    pub(crate) fn goes_on(&mut self, by: SignedDuration) {
        self.now += by;
        self.chain = unchecked_chain(&SEAL, self.now);
    }
}

/// A request to seal a contract of this text.
pub(crate) fn request(use_key: &str, seal: SealId, text: &str) -> SealRequest {
    request_of(use_key, seal, text, DocumentClass::Contract)
}

pub(crate) fn request_of(use_key: &str, seal: SealId, text: &str, class: DocumentClass) -> SealRequest {
    let digest = DigestAlgorithm::Sha256.digest(text.as_bytes());
    let document = Document { file_name: FileName::new("contract.pdf").unwrap(), digest, class };
    SealRequest::new(key(use_key), seal, document, to_be_signed(text))
}

pub(crate) fn to_be_signed(text: &str) -> ToBeSigned {
    let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let digest = DigestAlgorithm::Sha256.digest(text.as_bytes());
    Preparation::new(SEAL.chain(), algorithm, digest).prepare().unwrap().to_be_signed().clone()
}

#[track_caller]
pub(crate) fn refused(result: Result<Permit, ReviewError>) -> Vec<Violation> {
    match result {
        Err(ReviewError::Refused(refused)) => refused.violations().to_vec(),
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused_use(result: Result<Sealed, SealError>) -> Vec<Violation> {
    match result {
        Err(SealError::Refused(refused)) => refused.violations().to_vec(),
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) fn memory() -> MemoryStore {
    MemoryStore::new()
}
