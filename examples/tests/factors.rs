//! Guesses through a store: a thousand at once get no further than one after the other, and nothing that is kept or
//! printed holds a secret.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::fmt::{Debug, Display};
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use chancery_auth::{
    AccessCode, Application, ApprovalCode, Argon2Hasher, Channel, CodeKey, CodeRules, ControlledSession,
    Device, DigestSet, Factor, FactorKind, Keeper, Linking, MessageText, NewSecret, Occasion, OneTimeCode,
    OneTimeCodes, Outcome, Pepper, Personal, ProvedFactor, Refused, Requirement, Requirements, Secret,
    SecretHasher, SessionRules, SigningPin, UserId, VerifiedIdentity,
};
use chancery_ledger::{
    Actor, Commit, CommitError, Destination, Kind, MemoryStore, NewEvent, Refusal, SqliteStore, Store,
    StreamId, Tenant, Version,
};
use chancery_testkit::FastHasher;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

const PIN: &str = "royal7stone";

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn alice() -> UserId {
    UserId::from_bytes([0xa1; 16])
}

fn bob() -> UserId {
    UserId::from_bytes([0xb0; 16])
}

fn signing() -> Occasion {
    Occasion::act(alice(), b"envelope 17", &DigestSet::new([[7; 32]]).unwrap())
}

fn identity() -> VerifiedIdentity {
    Application::that_verifies_logins().identity(alice(), bob(), "passport", now())
}

fn device_for(kind: FactorKind) -> ProvedFactor {
    Application::that_verifies_logins().second_device(Occasion::change(alice(), kind), now())
}

/// The last event of a stream is the state.
struct Shelf<'a> {
    store: &'a dyn Store,
    tenant: Tenant,
    stream: StreamId,
}

impl<'a> Shelf<'a> {
    fn new(store: &'a dyn Store, stream: &str) -> Self {
        Self { store, tenant: Tenant::new("example").unwrap(), stream: StreamId::new(stream).unwrap() }
    }

    fn load(&self) -> (Vec<u8>, Version) {
        let version = self.store.head(&self.tenant, &self.stream).unwrap().version;
        let events = self.store.events(&self.tenant, &self.stream, Version(version.0 - 1), 1).unwrap();
        // The head may be older than the events by now; compare-and-swap sorts it out.
        (events[0].payload().unwrap().to_vec(), version)
    }

    /// Whether nobody else was faster.
    fn save(&self, state: Vec<u8>, expected: Version) -> bool {
        // What the outbox holds is an id: who delivers derives the code.
        let event = NewEvent::new(Kind::new("factor.changed").unwrap(), 1, state).send(
            Destination::new("mail").unwrap(),
            Kind::new("factor.notice").unwrap(),
            alice().to_bytes(),
        );
        let actor = Actor::new("alice").unwrap();
        let commit =
            Commit::new(&self.tenant, &actor, now(), &mut rng()).append(&self.stream, expected, [event]);
        match self.store.commit(&commit) {
            Ok(_) => true,
            Err(CommitError::Refused(Refusal::Conflict { .. })) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Works on the state until the commit succeeds, as every user of a store does.
    fn change<T, E>(&self, mut work: impl FnMut(&[u8]) -> Result<(T, Vec<u8>), E>) -> Result<T, E> {
        loop {
            let (state, version) = self.load();
            let (result, state) = work(&state)?;
            if self.save(state, version) {
                return Ok(result);
            }
        }
    }
}

/// A whole attempt with a PIN, as one of many.
fn guess<S: Secret, H: SecretHasher>(
    shelf: &Shelf<'_>,
    keeper: &Keeper<S, H>,
    occasion: &Occasion,
    secret: &S,
) -> Result<Outcome, Refused> {
    let ticket = shelf.change(|state| {
        let mut factor = Factor::from_bytes(state).unwrap();
        let ticket = keeper.begin(&mut factor, occasion, &mut rng(), now())?;
        Ok::<_, Refused>((ticket, factor.to_bytes()))
    })?;
    let judgement = keeper.judge(ticket, secret, &mut rng()).unwrap();
    let settled = shelf.change(|state| {
        let mut factor = Factor::from_bytes(state).unwrap();
        let outcome = keeper.settle(&mut factor, &judgement, now())?;
        Ok::<_, chancery_auth::TicketRefused>((outcome, factor.to_bytes()))
    });
    Ok(settled.unwrap())
}

/// So many at once: how many were judged, and how many of those were right.
fn at_once(guesses: usize, guess: impl Fn(usize) -> Option<bool> + Sync) -> (usize, usize) {
    let start = Barrier::new(guesses);
    let answers: Vec<Option<bool>> = thread::scope(|scope| {
        let spawn = |n| {
            let (start, guess) = (&start, &guess);
            let run = move || {
                start.wait();
                guess(n)
            };
            thread::Builder::new().stack_size(256 * 1024).spawn_scoped(scope, run).unwrap()
        };
        let threads: Vec<_> = (0..guesses).map(spawn).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let judged: Vec<bool> = answers.into_iter().flatten().collect();
    (judged.len(), judged.iter().filter(|right| **right).count())
}

fn a_thousand_wrong_pins(store: &dyn Store) {
    let keeper = Keeper::<SigningPin, _>::new(FastHasher);
    let shelf = Shelf::new(store, "pin/alice");
    let proof = device_for(FactorKind::SigningPin);
    let new = SigningPin::new(PIN).unwrap();
    let factor = keeper.enrol(&identity(), &proof, new, &mut rng(), now()).unwrap();
    assert!(shelf.save(factor.to_bytes(), Version::EMPTY));
    let (judged, right) = at_once(1000, |n| {
        let secret = SigningPin::new(&format!("guess{n:04}")).unwrap();
        match guess(&shelf, &keeper, &signing(), &secret) {
            Ok(outcome) => Some(outcome.proved().is_some()),
            Err(Refused::Locked { .. }) => None,
            Err(other) => panic!("{other}"),
        }
    });
    assert_eq!((judged, right), (5, 0));
    let refused = guess(&shelf, &keeper, &signing(), &SigningPin::new(PIN).unwrap()).unwrap_err();
    assert!(matches!(refused, Refused::Locked { .. }), "the right one comes too late as well");
}

#[test]
fn of_a_thousand_guesses_at_once_five_are_judged() {
    a_thousand_wrong_pins(&MemoryStore::new());
}

#[test]
fn of_a_thousand_guesses_at_once_five_are_judged_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ledger.sqlite"), Duration::from_secs(60)).unwrap();
    a_thousand_wrong_pins(&store);
}

/// All are right, and one is taken.
#[test]
fn of_a_thousand_right_codes_at_once_one_counts() {
    let (store, rules, key) = (MemoryStore::new(), CodeRules::default(), CodeKey::random(&mut rng()));
    let shelf = Shelf::new(&store, "codes/alice");
    let mut codes = OneTimeCodes::new(alice(), now());
    codes.issue(&rules, &signing(), now(), &mut rng(), now()).unwrap();
    let text =
        MessageText::new(Channel::mail("alice@example.com").unwrap(), "Example Ltd.", "a lease").unwrap();
    let code = codes.message(&key, text, now()).unwrap().expose_code().to_owned();
    assert!(shelf.save(codes.to_bytes(), Version::EMPTY));
    let (judged, right) = at_once(1000, |_| {
        let ticket = shelf.change(|state| {
            let mut codes = OneTimeCodes::from_bytes(state).unwrap();
            let ticket = codes.begin(&rules, &signing(), &mut rng(), now())?;
            Ok::<_, Refused>((ticket, codes.to_bytes()))
        });
        let judgement = ticket.ok()?.judge(&OneTimeCode::new(&code).unwrap(), &key);
        let settled = shelf.change(|state| {
            let mut codes = OneTimeCodes::from_bytes(state).unwrap();
            let outcome = codes.settle(&rules, &judgement, now())?;
            Ok::<_, chancery_auth::TicketRefused>((outcome, codes.to_bytes()))
        });
        Some(settled.is_ok_and(|outcome| outcome.proved().is_some()))
    });
    assert_eq!(right, 1);
    assert!(judged <= 5, "{judged}");
}

/// What was printed, and whether it holds a secret.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn debug<T: Debug>(&mut self, value: T) -> T {
        self.0.push_str(&format!("{value:?} {value:#?}\n"));
        value
    }

    fn both<T: Debug + Display>(&mut self, value: T) -> T {
        self.0.push_str(&format!("{value}\n"));
        self.debug(value)
    }
}

/// A secret in the forms in which something might have kept it.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<String> = secret.iter().map(ToString::to_string).collect();
    let wide = secret.iter().flat_map(|byte| [*byte, 0]).collect();
    vec![
        secret.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        list.join(", ").into_bytes(),
        wide,
    ]
}

fn holds(haystack: &[u8], secret: &[u8]) -> bool {
    forms(secret).iter().any(|form| haystack.windows(form.len()).any(|window| window == form))
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn no_secret_is_printed_or_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ledger.sqlite"), Duration::from_secs(5)).unwrap();
    let mut printed = Printed::default();
    let (pepper_bytes, key_bytes) = ([0x5a_u8; 32], [0xa5_u8; 32]);
    let hasher = printed.debug(Argon2Hasher::new(Pepper::from_bytes(pepper_bytes)));
    let key = CodeKey::from_bytes(key_bytes);
    let token = b"cookie-of-alices-browser";
    let (access_code, approval_code) = ("blue horse 17", "8305");
    let (wrong_pin, second_pin, weak_pin) = ("loyal7stone", "green4river", "password1");
    let login = printed.debug(Application::that_verifies_logins());

    // A PIN: set, tried, refused, reset.
    let pins = Keeper::<SigningPin, _>::new(&hasher);
    let pin_shelf = Shelf::new(&store, "pin/alice");
    let proof = printed.debug(device_for(FactorKind::SigningPin));
    let who = printed.debug(identity());
    let new = NewSecret::new(SigningPin::new(PIN).unwrap()).of(Personal::unknown().word("Alice"));
    let pin = printed.debug(pins.enrol(&who, &proof, new, &mut rng(), now()).unwrap());
    assert!(pin_shelf.save(pin.to_bytes(), Version::EMPTY));
    let mut proved = Vec::new();
    for text in [wrong_pin, PIN, PIN, wrong_pin, wrong_pin, wrong_pin, wrong_pin, wrong_pin, wrong_pin] {
        match guess(&pin_shelf, &pins, &signing(), &SigningPin::new(text).unwrap()) {
            Ok(outcome) => proved.extend(printed.debug(outcome).proved()),
            Err(refused) => {
                let alert = pin.alert(&printed.both(refused), now());
                printed.debug(alert.unwrap());
            }
        }
    }
    assert_eq!(proved.len(), 2);
    let reset = |secret: &str| {
        pin_shelf.change(|state| {
            let mut pin = Factor::<SigningPin>::from_bytes(state).unwrap();
            let alert = pins.reset(&mut pin, &proof, SigningPin::new(secret).unwrap(), &mut rng(), now())?;
            Ok::<_, chancery_auth::ChangeRefused>((alert, pin.to_bytes()))
        })
    };
    for text in [weak_pin, PIN] {
        printed.both(reset(text).unwrap_err());
    }
    printed.debug(reset(second_pin).unwrap());

    // An access code, an approval code, a one-time code.
    let access = printed.debug(Occasion::access(alice(), b"envelope 17"));
    let keeper = Keeper::<AccessCode, _>::new(&hasher);
    let code = AccessCode::new(access_code).unwrap();
    let kept = printed.debug(keeper.keep(bob(), &access, code, &mut rng(), now()).unwrap());
    let shelf = Shelf::new(&store, "access/alice");
    assert!(shelf.save(kept.to_bytes(), Version::EMPTY));
    let outcome = guess(&shelf, &keeper, &access, &AccessCode::new(access_code).unwrap()).unwrap();
    let seen = [printed.debug(outcome).proved().unwrap()];
    let keeper = Keeper::<ApprovalCode, _>::new(&hasher);
    let (proof, code) = (device_for(FactorKind::ApprovalCode), ApprovalCode::new(approval_code).unwrap());
    let kept = printed.debug(keeper.enrol(&who, &proof, code, &mut rng(), now()).unwrap());
    let shelf = Shelf::new(&store, "approval/alice");
    assert!(shelf.save(kept.to_bytes(), Version::EMPTY));
    let outcome = guess(&shelf, &keeper, &signing(), &ApprovalCode::new(approval_code).unwrap()).unwrap();
    assert!(printed.debug(outcome).proved().is_some());
    let mut codes = OneTimeCodes::new(alice(), now());
    let linking = printed.debug(Linking::begin(alice(), b"account 4"));
    codes.issue(&CodeRules::default(), &linking.occasion(), now(), &mut rng(), now()).unwrap();
    let text =
        MessageText::new(Channel::mail("alice@example.com").unwrap(), "Example Ltd.", "a link").unwrap();
    let message = codes.message(&key, printed.debug(text), now()).unwrap();
    printed.both(message.channel().clone());
    let one_time_code = message.expose_code().to_owned();
    let shelf = Shelf::new(&store, "codes/alice");
    assert!(shelf.save(printed.debug(&codes).to_bytes(), Version::EMPTY));
    let ticket = codes.begin(&CodeRules::default(), &linking.occasion(), &mut rng(), now()).unwrap();
    let judgement = ticket.judge(&OneTimeCode::new(&one_time_code).unwrap(), &key);
    let outcome = codes.settle(&CodeRules::default(), &judgement, now()).unwrap();
    assert!(shelf.save(codes.to_bytes(), Version(1)));
    let linked = linking.confirm(printed.debug(outcome).proved().unwrap(), now()).unwrap();
    printed.debug(linked);

    // A session, requirements, and secrets that have not their form.
    let both =
        printed.both(Requirement::at_least(2, [FactorKind::Password, FactorKind::SigningPin]).unwrap());
    let requirements = printed.debug(Requirements::digital(FactorKind::AccessCode, both.clone()).unwrap());
    printed.debug(requirements.judge(&access, &seen, now()).unwrap());
    printed.both(requirements.judge(&signing(), &seen, now()).unwrap_err());
    let rules = printed.debug(SessionRules::new(both, FactorKind::SigningPin).unwrap());
    let mut proofs = [login.password(signing(), now()), proved.remove(0)];
    let device = Device::known_by(token).unwrap();
    let (session, authorized) =
        ControlledSession::open(&rules, &device, &signing(), &mut proofs, now()).unwrap();
    printed.debug(authorized);
    assert!(Shelf::new(&store, "session/alice").save(printed.debug(&session).to_bytes(), Version::EMPTY));
    for malformed in [&format!("{PIN}!"), &PIN.repeat(9)] {
        printed.both(SigningPin::new(malformed).err().unwrap());
        printed.both(ApprovalCode::new(malformed).err().unwrap());
        printed.both(OneTimeCode::new(malformed).err().unwrap());
    }
    printed.both(AccessCode::new(&format!("{access_code}\n")).err().unwrap());
    printed.both(Device::known_by(&token[..10]).err().unwrap());

    // What must be found, so that the search is one.
    let control = b"control of this search";
    assert!(Shelf::new(&store, "control").save(control.to_vec(), Version::EMPTY));
    let kept = files(folder.path());
    let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.iter().any(|name| name.ends_with("-wal")), "{names:?}: the log of SQLite is searched too");
    assert!(kept.iter().any(|(_, bytes)| holds(bytes, control)));
    assert!(holds(printed.0.as_bytes(), "signing PIN".as_bytes()) && printed.0.len() > 4_000);

    let secrets: [&[u8]; 11] = [
        PIN.as_bytes(),
        wrong_pin.as_bytes(),
        second_pin.as_bytes(),
        weak_pin.as_bytes(),
        access_code.as_bytes(),
        approval_code.as_bytes(),
        one_time_code.as_bytes(),
        &pepper_bytes,
        &key_bytes,
        token,
        &token[..10],
    ];
    for secret in secrets {
        let shown = String::from_utf8_lossy(secret);
        assert!(!holds(printed.0.as_bytes(), secret), "{shown} was printed");
        for (name, bytes) in &kept {
            assert!(!holds(bytes, secret), "{shown} is in {name}");
        }
    }
}

/// Nothing is logged: there is not even a way.
#[test]
fn the_crate_prints_nothing_and_knows_no_logger() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/chancery-auth");
    let mut looked_at = 0;
    for entry in std::fs::read_dir(source.join("src")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let printing = [
                "println!",
                "print!(",
                "dbg!",
                "log::",
                "tracing",
                "Instant",
                "SystemTime",
                "Timestamp::now",
            ];
            assert!(!printing.iter().any(|word| line.contains(word)), "{line}");
        }
        looked_at += 1;
    }
    assert!(looked_at > 20);
}
