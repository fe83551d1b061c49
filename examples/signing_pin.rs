//! A person sets a signing PIN, proves it, forgets it, is locked out, and resets it with the password.
//!
//! `cargo run --release --example signing_pin`
//!
//! The PIN's state is the last event of a stream, so a reserved attempt is committed by compare-and-swap before it is
//! judged. Here the ledger is in memory; `SqliteStore` and `PostgresStore` take its place without another change.

use std::error::Error;

use chancery_auth::{
    Application, Argon2Hasher, DigestSet, Factor, FactorKind, Keeper, Occasion, Outcome, Pepper,
    SecurityAlert, SigningPin, UserId,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{Actor, Commit, Event, Kind, MemoryStore, NewEvent, Store, StreamId, Tenant, Version};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = UnwrapErr(SysRng);
    let now = Timestamp::now();
    let (alice, bob) = (UserId::random(&mut rng), UserId::random(&mut rng));
    let file = File::of(alice)?;
    // The pepper is kept where the service keeps its secrets, never in the ledger.
    let hasher = Argon2Hasher::new(Pepper::random(&mut rng));
    let pins = Keeper::<SigningPin, _>::new(&hasher);
    let login = Application::that_verifies_logins();

    println!("Alice sets a PIN. Bob has seen her passport, and she has just entered her password.");
    let identity = login.identity(alice, bob, "passport", now);
    let password = login.password(Occasion::change(alice, FactorKind::SigningPin), now);
    let pin = pins.enrol(&identity, &password, SigningPin::new("royal7stone")?, &mut rng, now)?;
    file.save(&pin, Version::EMPTY, None, now)?;

    println!("\nShe signs.");
    let contract = DigestSet::new([DigestAlgorithm::Sha256.digest(b"I approve this contract").as_bytes()])?;
    let signing = Occasion::act(alice, b"envelope 17", &contract);
    let guess = |text: &str, now| -> Result<Outcome, Box<dyn Error>> {
        let mut rng = UnwrapErr(SysRng);
        let (mut pin, version) = file.load()?;
        let ticket = pins.begin(&mut pin, &signing, &mut rng, now)?;
        file.save(&pin, version, ticket.alert(), now)?; // reserved: whatever comes of it, it is counted
        let judgement = pins.judge(ticket, &SigningPin::new(text)?, &mut rng)?;
        let (mut pin, version) = file.load()?;
        let outcome = pins.settle(&mut pin, &judgement, now)?;
        file.save(&pin, version, None, now)?; // before anybody hears of it
        Ok(outcome)
    };
    match guess("royal7stone", now)? {
        Outcome::Proved(proof) => println!("  proved: {} for {:?}", proof.kind(), proof.occasion()),
        Outcome::Wrong(wrong) => return Err(wrong.into()),
    }

    println!("\nA month later she has forgotten it.");
    let now = now + SignedDuration::from_hours(30 * 24);
    let refused = loop {
        match guess("loyal7stone", now) {
            Ok(Outcome::Wrong(wrong)) => println!("  {wrong}"),
            Ok(Outcome::Proved(_)) => return Err("a wrong PIN was taken".into()),
            Err(refused) => break refused,
        }
    };
    println!("  {refused}");

    println!("\nShe enters her password again, and sets a new one.");
    let (mut pin, version) = file.load()?;
    let password = login.password(Occasion::change(alice, FactorKind::SigningPin), now);
    match pins.reset(&mut pin, &password, SigningPin::new("royal7stone")?, &mut rng, now) {
        Ok(_) => return Err("a used PIN was taken".into()),
        Err(refused) => println!("  {refused}"),
    }
    let notice = pins.reset(&mut pin, &password, SigningPin::new("green4river")?, &mut rng, now)?;
    file.save(&pin, version, Some(notice), now)?;
    match guess("green4river", now)? {
        Outcome::Proved(proof) => {
            println!("  proved: {}, number {} of hers", proof.kind(), proof.generation());
        }
        Outcome::Wrong(wrong) => return Err(wrong.into()),
    }
    Ok(())
}

/// The stream that holds the states of one person's PIN, and tells its owner what she must hear.
struct File {
    store: MemoryStore,
    tenant: Tenant,
    actor: Actor,
    stream: StreamId,
}

impl File {
    fn of(user: UserId) -> Result<Self, Box<dyn Error>> {
        let (tenant, actor) = (Tenant::new("example")?, Actor::new(&user.to_string())?);
        Ok(Self { store: MemoryStore::new(), tenant, actor, stream: StreamId::new(&format!("pin/{user}"))? })
    }

    fn load(&self) -> Result<(Factor<SigningPin>, Version), Box<dyn Error>> {
        let version = self.store.head(&self.tenant, &self.stream)?.version;
        let before = Version(version.0.saturating_sub(1));
        let events = self.store.events(&self.tenant, &self.stream, before, 1)?;
        let state = events.first().and_then(Event::payload).ok_or("no PIN was set")?;
        Ok((Factor::from_bytes(state)?, version))
    }

    /// Refused if somebody else was faster: load again, begin again.
    fn save(
        &self,
        pin: &Factor<SigningPin>,
        expected: Version,
        alert: Option<SecurityAlert>,
        now: Timestamp,
    ) -> Result<(), Box<dyn Error>> {
        if let Some(alert) = alert {
            println!("  to be told to {}: {:?}", alert.user, alert.event);
        }
        let event = NewEvent::new(Kind::new("pin.changed")?, 1, pin.to_bytes());
        let commit = Commit::new(&self.tenant, &self.actor, now, &mut UnwrapErr(SysRng));
        self.store.commit(&commit.append(&self.stream, expected, [event]))?;
        Ok(())
    }
}
