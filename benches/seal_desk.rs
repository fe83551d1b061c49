//! An organisation with a seal, for the benches of seals.

use chancery_auth::{Application, ApprovalCode, FactorKind, Keeper, Occasion, UserId};
use chancery_benches::Outcome;
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors, VerifiedChain};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::KeyKind;
use chancery_ledger::{Store, Tenant};
use chancery_seal::{
    AccountAct, ApiToken, ClassSet, Command, DocumentClass, Domain, Label, Mailbox, NewGrant, NewSeal,
    Office, Reply, Scope, SealAct, SealId, SealKind, SealPolicy, ServiceDesk, Window,
};
use chancery_testkit::{FastHasher, Profile, TestIdentity, TestPki};
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

pub(crate) struct SealDesk<'s, S: ?Sized> {
    pub(crate) office: Office<'s, S>,
    pub(crate) identity: TestIdentity,
    pub(crate) chain: VerifiedChain,
    pub(crate) user: UserId,
    pub(crate) token: ApiToken,
    pub(crate) seal: SealId,
    pub(crate) now: Timestamp,
    pub(crate) window: Window,
}

impl<'s, S: Store + ?Sized> SealDesk<'s, S> {
    /// One administrator who is everything, one seal, a token, a million times.
    pub(crate) fn new(store: &'s S) -> Outcome<Self> {
        let (now, mut rng) = (Timestamp::now(), UnwrapErr(SysRng));
        let pki = TestPki::at(now);
        let attribute = |kind: &str, text: &str| {
            let kind = asn1::oid(&Oid::new_unwrap(kind));
            asn1::set_of(vec![asn1::sequence(&[&kind, &asn1::encode(tag::UTF8_STRING, text.as_bytes())])])
        };
        let subject =
            asn1::sequence(&[&attribute("2.5.4.97", "NTREE-12345678"), &attribute("2.5.4.3", "Seal")]);
        let identity = pki.issue(Profile::signer("Seal", KeyKind::P256).subject(subject));
        let anchors = TrustAnchors::new([pki.root().clone()]);
        let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
        let issuers = identity.chain().get(1..).unwrap_or_default();
        let chain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .intermediates(issuers)
            .evidence(&evidence)
            .verify_at(identity.certificate(), now)?;
        // A bench may take longer than a chain usually counts.
        let policy = SealPolicy::default().with_chain_age(SignedDuration::from_hours(2));
        let office = Office::new(store, &Tenant::new("acme")?, "acme", policy)?;
        let (user, seal) = (UserId::random(&mut rng), SealId::from_bytes([0; 16]));
        let window = Window::starting(now - SignedDuration::from_hours(1));
        let token = ApiToken::random(&mut rng);
        let mut desk = Self { office, identity, chain, user, token, seal, now, window };
        desk.found()?;
        Ok(desk)
    }

    fn found(&mut self) -> Outcome<()> {
        let (mut rng, user, window, now) = (UnwrapErr(SysRng), self.user, self.window, self.now);
        let desk = ServiceDesk::that_checks_letters();
        let mailbox = Mailbox::new("alice@acme.example")?;
        self.ask(&desk.founds(Label::new("Acme")?, Label::new("NTREE-12345678")?, user, mailbox.clone()))?;
        for act in [
            AccountAct::ValidateOrganisation { window },
            AccountAct::ValidateDomain { domain: Domain::new("acme.example")?, window },
        ] {
            self.account(act)?;
        }
        self.ask(&desk.validates(user, window))?;
        self.ask(&desk.appoints(user, mailbox, DigestAlgorithm::Sha256.digest(b"letter")))?;
        self.seal = self.new_seal(0)?;
        self.grant(self.seal, user)?;
        let login = Application::that_verifies_logins();
        let identity = login.identity(user, UserId::random(&mut rng), "passport", now);
        let device = login.second_device(Occasion::change(user, FactorKind::ApprovalCode), now);
        let codes = Keeper::<ApprovalCode, _>::new(FastHasher);
        let code = codes.enrol(&identity, &device, ApprovalCode::new("7294")?, &mut rng, now)?;
        let command =
            self.office.organisation(|state| state.member(user).map(|member| member.has_set(&code)))??;
        self.ask(&command.ok_or("the code is another person's")?)?;
        let scopes = vec![Scope { seal: self.seal, classes: ClassSet::from(DocumentClass::Contract) }];
        let command = self
            .office
            .organisation(|state| state.member(user).map(|by| by.issues(&self.token, scopes, None)))??;
        self.ask(&command)?;
        self.office.buy(&desk, 1_000_000, &Label::new("receipt")?, now, &mut rng)?;
        Ok(())
    }

    pub(crate) fn ask(&self, command: &Command) -> Outcome<Option<SealId>> {
        match self.office.ask(command, self.now, &mut UnwrapErr(SysRng))? {
            Reply::Refused(reasons) => Err(format!("{reasons:?}").into()),
            Reply::Seal(seal) => Ok(Some(seal)),
            Reply::Done | Reply::Grant(_) | Reply::Token(_) => Ok(None),
        }
    }

    pub(crate) fn account(&self, act: AccountAct) -> Outcome<()> {
        let by = self.user;
        let command =
            self.office.organisation(|state| state.account_administrator(by).map(|by| by.asks(act)))??;
        self.ask(&command).map(drop)
    }

    fn seals(&self, act: SealAct) -> Outcome<Option<SealId>> {
        let by = self.user;
        let command =
            self.office.organisation(|state| state.seal_administrator(by).map(|by| by.asks(act)))??;
        self.ask(&command)
    }

    pub(crate) fn new_seal(&self, number: u64) -> Outcome<SealId> {
        let classes = ClassSet::from(DocumentClass::Contract);
        let name = Label::new(format!("Seal {number}"))?;
        let terms = NewSeal { name, kind: SealKind::Contract, classes, owner: None };
        let seal = self.seals(SealAct::CreateSeal(terms))?.ok_or("a seal has a number")?;
        self.seals(SealAct::BindCertificate { seal, chain: self.chain.clone() })?;
        Ok(seal)
    }

    pub(crate) fn grant(&self, seal: SealId, user: UserId) -> Outcome<()> {
        let classes = ClassSet::from(DocumentClass::Contract);
        let terms = NewGrant { seal, user, classes, window: self.window, conditions: vec![] };
        self.seals(SealAct::Grant(terms)).map(drop)
    }
}
