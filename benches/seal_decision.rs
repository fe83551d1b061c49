//! How many uses of a seal can be judged in a second, and does that depend on the grants of others?
//!
//! The pure decision: the chain is verified, the wish and its proofs are read, nothing is recorded. CPU time.

mod seal_desk;

use std::hint::black_box;
use std::process::ExitCode;

use chancery_auth::UserId;
use chancery_benches::{Case, Look, Outcome, Rounds, Table, cpu_time, ensure};
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::Signer;
use chancery_ledger::MemoryStore;
use chancery_seal::{
    AccountAct, Caller, Document, DocumentClass, FileName, Mailbox, OrganisationState, SealRequest,
    UsageState, UseKey,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use seal_desk::SealDesk;

/// Decisions a second.
const BAR: f64 = 1_000_000.0;
/// Judged in one go, since one is shorter than the clock can see.
const BATCH: u64 = 1000;
const DECISIONS: f64 = 1000.0;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Judge the use of a seal");
    let store = MemoryStore::new();
    let desk = SealDesk::new(&store)?;
    // 1,000 grants of this person: 50 seals, 20 grants each.
    for number in 1..50 {
        let seal = desk.new_seal(number)?;
        for _ in 0..20 {
            desk.grant(seal, desk.user)?;
        }
    }
    for _ in 0..19 {
        desk.grant(desk.seal, desk.user)?;
    }
    let few = (desk.office.organisation(OrganisationState::clone)?, desk.office.account(UsageState::clone)?);
    // And 20,000 of others.
    for number in 0..20 {
        let user = UserId::random(&mut UnwrapErr(SysRng));
        let mailbox = Mailbox::new(&format!("other{number}@acme.example"))?;
        desk.account(AccountAct::Admit { user, mailbox })?;
        for _ in 0..1000 {
            desk.grant(desk.seal, user)?;
        }
    }
    let many = (desk.office.organisation(OrganisationState::clone)?, desk.office.account(UsageState::clone)?);

    let digest = DigestAlgorithm::Sha256.digest(b"a contract");
    let signer = desk.identity.signer();
    let prepared = Preparation::new(desk.identity.chain(), signer.algorithm(), digest).prepare()?;
    let document =
        Document { file_name: FileName::new("contract.pdf")?, digest, class: DocumentClass::Contract };
    let wish = SealRequest::new(UseKey::new("use")?, desk.seal, document, prepared.to_be_signed().clone());
    let case = chancery_seal::Case::new(wish, Caller::Token(&desk.token));
    let policy = *desk.office.policy();
    let judge = |(organisation, usage): &(OrganisationState, UsageState)| {
        case.judge(organisation, usage, black_box(&desk.chain), &policy, desk.now)
    };
    let timed = |name: &str, state| {
        Case::with_time_of(name, move |_, look| {
            let start = cpu_time();
            for _ in 1..BATCH {
                let _ = black_box(judge(black_box(state)));
            }
            let last = judge(black_box(state));
            let spent = cpu_time().saturating_sub(start);
            ensure(look == Look::Away || last.is_ok(), "it is agreed to")?;
            Ok(spent)
        })
    };
    let rounds = Rounds::new(21, 10)?;
    let [alone, among] =
        rounds.run([timed("1,000 grants of this person", &few), timed("and 20,000 of others", &many)])?;
    table.heading(&format!("CPU time; {}, {BATCH} decisions each", rounds.describe()));
    table.rate_with_least(&alone.rate(DECISIONS), BAR);
    table.rate_with_least(&among.rate(DECISIONS), BAR);
    table.ratio_with_bar(&among.over(&alone).named("with the grants of others over without"), 1.2);
    Ok(table.finish())
}
