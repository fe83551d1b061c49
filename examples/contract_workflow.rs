//! A lease is approved and signed by two people at once, one of whom was changed on the way; its audit trail and the proof.
//!
//! `cargo run --release --example contract_workflow`
//!
//! One program plays everybody, without a server; ledger and documents are in `target/contract_workflow`. How people prove
//! a PIN before they sign is shown by the example `signing_pin`.

use std::{error::Error, fs, path::Path, time::Duration};

use chancery_ades::Policy;
use chancery_auth::UserId;
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_digest::{DirectoryBlobStore, Source};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_ledger::{Context, LedgerVerifier, Runner, Sequence, SqliteRecords, SqliteStore, Store, Tenant};
use chancery_pades::{PdfSigner, PdfVerifier, SignatureMeaning};
use chancery_session::{Desk, PreparedTurn, Turn, begin_signing};
use chancery_testkit::{TestPki, pdf::contract_pdf};
use chancery_workflow::{event::Handover, *};
use getrandom::{SysRng, rand_core::UnwrapErr};
use jiff::{SignedDuration, Timestamp};

type Done<T = ()> = Result<T, Box<dyn Error>>;
const LEASE: DocumentId = DocumentId::new(0);
const FIVE_MINUTES: SignedDuration = SignedDuration::from_mins(5);

fn main() -> Done {
    let folder = Path::new("target/contract_workflow");
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder)?;
    let blobs = DirectoryBlobStore::create(folder.join("revisions"))?;
    let ledger = SqliteStore::open(folder.join("ledger.sqlite"), Duration::from_secs(5))?;
    let (pki, mut rng) = (TestPki::at(Timestamp::now()), UnwrapErr(SysRng));
    let lists = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let policy = Policy::new(anchors, RevocationPolicy::Require).evidence(lists);
    let desk = Desk::new(&blobs, &policy);
    let [sam, petra, vera, alice, bob, carol] =
        ["Sam", "Petra", "Vera", "Alice", "Bob", "Carol"].map(|name| {
            let user = UserId::random(&mut rng);
            Somebody { user, acting: Acting::User(user), key: pki.signer(name, KeyKind::P256) }
        });

    let (workflow, acme, envelope) = (Workflow::new(), Tenant::new("acme")?, EnvelopeId::random(&mut rng));
    let run = |acting: Acting, command| -> Done<Accepted> {
        let rng = &mut UnwrapErr(SysRng);
        let call =
            workflow.call(&acme, envelope, command, Context::new(acting.actor(), Timestamp::now(), rng));
        Ok(Runner::new(&workflow, &ledger).run(&call, rng)?.reply.accepted()?)
    };
    let state = || -> Done<Envelope> {
        let loaded = Runner::new(&workflow, &ledger).load(&acme, &envelope.stream())?;
        loaded.state.ok_or_else(|| "there is no envelope".into())
    };

    println!("Sam sends a lease: Petra approves, then Alice and Bob sign at the same time. Vera may look.");
    let pdf = contract_pdf("Lease", &["The landlord lets the office to the tenant for 1000 euro a month."]);
    let disclosure = desk.keep(&mut &b"You consent to electronic records."[..], 1000)?;
    let rules = Rules::new(Disclosure { version: Text::new("2026-1")?, digest: disclosure });
    let mut draft = Draft::new("Lease of the harbour office", rules)?;
    draft.document("lease.pdf", desk.keep(&mut &pdf[..], 1 << 20)?)?;
    let (first, then) = (draft.step(Step::all(Phase::Approval)), draft.step(Step::all(Phase::Signing)));
    let sign = Role::Sign { level: SignatureLevel::Simple };
    let approver = draft.party(Party::new(Role::Approve, first, petra.user));
    let tenant = draft.party(Party::new(sign.clone(), then, alice.user).invisible());
    let landlord = draft.party(Party::new(sign, then, bob.user).invisible().may_change_signer());
    let viewer = draft.party(Party::new(Role::View, first, vera.user));
    run(sam.acting, Command::CreateDraft { envelope, draft: Box::new(draft) })?;
    run(sam.acting, Command::Send { permissions: desk.permissions(&state()?)? })?;
    let open = |who: &Somebody, party| -> Done {
        run(who.acting, Command::Open { party, factors: vec![] })?;
        run(who.acting, Command::GiveConsent { party, disclosure, demonstration: None }).map(drop)
    };
    println!("  Alice is too early: {}", open(&alice, tenant).err().ok_or("she was let in")?);
    open(&petra, approver)?;
    run(petra.acting, Command::Approve { party: approver, factors: vec![] })?;
    run(vera.acting, Command::Open { party: viewer, factors: vec![] })?;

    println!("Bob has sold the office to Carol: she signs in his place.");
    open(&bob, landlord)?;
    let to = Successor { user: carol.user, person: Person::named(Text::new("Carol")?) };
    let (how, note, access, act) = (Handover::ChangeSigner, None, vec![], vec![]);
    let change = ChangeSigner { party: landlord, how, to, note, access, act };
    let changed = run(bob.acting, Command::ChangeSigner(Box::new(change)))?;
    let Some(Made::Party(owner)) = changed.made else { return Err("nobody took his place".into()) };

    println!("Alice and Carol begin to sign at the same time. Alice is quicker, so Carol signs once more.");
    let complete = |[turn]: [PreparedTurn<'_>; 1], who: &Somebody| -> Done {
        let value = who.key.sign(turn.to_be_signed())?;
        let signed = [turn.finish(value)?];
        run(who.acting, desk.complete_signing(&signed, &state()?, Timestamp::now())?).map(drop)
    };
    open(&alice, tenant)?;
    open(&carol, owner)?;
    let (turn, other) = (desk.turn(&state()?, tenant, LEASE)?, desk.turn(&state()?, owner, LEASE)?);
    let (by_alice, by_carol) = (prepare(&turn, &alice)?, prepare(&other, &carol)?);
    run(alice.acting, begin_signing(&by_alice, FIVE_MINUTES, vec![])?)?;
    run(carol.acting, begin_signing(&by_carol, FIVE_MINUTES, vec![])?)?;
    complete(by_alice, &alice)?;
    println!("  Carol is late: {}", complete(by_carol, &carol).err().ok_or("she signed an old revision")?);
    let turn = desk.turn(&state()?, owner, LEASE)?;
    let by_carol = prepare(&turn, &carol)?;
    run(carol.acting, begin_signing(&by_carol, FIVE_MINUTES, vec![])?)?;
    complete(by_carol, &carol)?;

    println!("Everybody is done.");
    let begun = run(Acting::Sealer, Command::FinalizeBegin { lease: FIVE_MINUTES })?;
    let Some(Made::Attempt { attempt, .. }) = begun.made else { return Err("no attempt was begun".into()) };
    let (signed, now) = (state()?, Timestamp::now());
    let lease = desk.open(signed.content(LEASE).ok_or("there is no lease")?)?;
    fs::write(folder.join("lease.pdf"), lease.read_range(0..lease.len())?)?;
    let artifacts = vec![desk.artifact(&signed, LEASE, &*lease, now)?]; // whoever has a seal puts it on before this
    println!(
        "  The envelope is {}.",
        run(Acting::Sealer, Command::FinalizeOk { attempt, artifacts })?.status
    );
    for signature in PdfVerifier::new(&policy).verify_at(&*lease, now)?.signatures() {
        println!("  {}: {}", signature.claimed_signer().unwrap_or("?"), signature.verdict());
    }

    let checkpoint = ledger.log(&acme)?.checkpoint();
    println!("The audit trail, {checkpoint}:");
    for event in ledger.since(&acme, Sequence(0), 1000)? {
        let proof = ledger.prove_inclusion(&acme, event.record.sequence, checkpoint.size)?;
        let holds = event.hash_holds() && proof.holds(&event.record.hash, &checkpoint);
        let (who, what) = (event.record.actor.as_str(), event.record.kind.as_str());
        println!("  {} {who:.13} {what}", if holds { "proven" } else { "BROKEN" });
    }
    let mut records = SqliteRecords::open(ledger.path())?;
    println!("{}", LedgerVerifier::new().checkpoint(checkpoint).verify(&mut records, &acme)?);
    Ok(())
}

struct Somebody {
    user: UserId,
    acting: Acting,
    key: SoftwareSigner,
}

fn prepare<'t>(turn: &'t Turn, who: &Somebody) -> Done<[PreparedTurn<'t>; 1]> {
    let meaning = SignatureMeaning::new(who.key.certificate().display_name(), "I agree to the lease");
    Ok([turn.prepare(PdfSigner::new(&who.key, Timestamp::now()), meaning)?])
}
