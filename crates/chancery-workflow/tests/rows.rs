//! Requirements that hold for all inputs. Rows G8, G12, G13, G16, G17, G22, G23.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_auth::{FactorKind, KindSet, UserId};
use chancery_ledger::{Context, MemoryStore, Runner, Sequence, Store, Tenant};
use chancery_workflow::*;
use getrandom::{SysRng, rand_core::UnwrapErr};
use jiff::SignedDuration;
use proptest::prelude::*;
use support::*;

/// An expression over kinds of factors that serve to act.
fn rules() -> impl Strategy<Value = FactorRule> {
    let names =
        [FactorName::Password, FactorName::SigningPin, FactorName::OneTimeCode, FactorName::SecondDevice];
    let one = (0..names.len()).prop_map(move |n| FactorRule::Kind(names[n]));
    one.prop_recursive(3, 12, 3, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 1..4).prop_map(FactorRule::AllOf),
            prop::collection::vec(part, 1..4).prop_map(FactorRule::AnyOf),
        ]
    })
}

/// Whether these kinds meet a rule, written once more.
fn met(rule: &FactorRule, kinds: KindSet) -> bool {
    match rule {
        FactorRule::Kind(name) => kinds.contains(name.kind()),
        FactorRule::AllOf(parts) => parts.iter().all(|part| met(part, kinds)),
        FactorRule::AnyOf(parts) => parts.iter().any(|part| met(part, kinds)),
        FactorRule::AtLeast(n, names) => {
            names.iter().filter(|name| kinds.contains(name.kind())).count() >= *n as usize
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// G23: an envelope with a digital signature is sent exactly if nothing but a PIN opens the act.
    #[test]
    fn no_digital_signature_is_asked_for_without_a_pin(rule in rules(), qualified in any::<bool>()) {
        let without: KindSet = FactorKind::ALL.into_iter().filter(|kind| *kind != FactorKind::SigningPin).collect();
        let demands = !met(&rule, without);
        let Ok(factors) = PartyFactors::new(None, Some(rule)) else { return Ok(()) };
        let level = if qualified { SignatureLevel::Qualified } else { SignatureLevel::Advanced };
        let mut draft = draft();
        let step = draft.step(Step::all(Phase::Signing));
        let person = Person::named(text("Ann")).email(Email::new("ann@example.com").unwrap());
        draft.party(party(Role::Sign { level }, step, 1).proving(factors).named(person));
        let mut office = Office::new();
        office.create(draft);
        let permissions = office.permissions();
        let reply = office.by_sender(Command::Send { permissions });
        match demands {
            true => prop_assert_eq!(reply.refusal(), None),
            false => prop_assert_eq!(reply.refusal(), Some(&Refusal::Draft(vec![DraftFault::PinNotDemanded(p(0))]))),
        }
    }

    /// G12 and G13: whoever comes, whenever, with whichever grant.
    #[test]
    fn a_grant_is_for_one_party_one_file_and_its_time(
        sides in prop::collection::vec(any::<bool>(), 3),
        party in 0..3_u32,
        file in 0..3_u64,
        lasts in prop::option::of(1..40_i64),
        who in 1..5_u8,
        hours in 0..1200_i64,
    ) {
        let mut draft = signers(3, Quorum::All);
        for (party, counter) in draft.parties.iter_mut().zip(&sides) {
            party.side = if *counter { Side::Counterparty } else { Side::InHouse };
        }
        let mut office = Office::sending(draft);
        for n in 1..=3 {
            office.sign(n, p(u32::from(n) - 1));
        }
        office.finish();
        let completed = office.now;
        let days = |n: i64| SignedDuration::from_hours(24 * n);
        let artifact = digest(554 + file);
        let grant = Command::GrantDownload { party: p(party), artifact, lasts: lasts.map(days), uses: Uses::Any };
        let granted = office.by_sender(grant).accepted().is_ok();
        prop_assert_eq!(granted, sides[party as usize] && file == 1, "counterparties only, and what came of it");
        office.later(SignedDuration::from_hours(hours));
        let redeemed = office.by(who, Command::RedeemDownload { grant: GrantId::new(0), factors: Vec::new() });
        let in_time = office.now < completed + days(lasts.unwrap_or(14));
        prop_assert_eq!(redeemed.accepted().is_ok(), granted && u32::from(who) == party + 1 && in_time);
    }

    /// G22: by default nobody changes the signer; where it is permitted, everything starts anew and once.
    #[test]
    fn the_signer_changes_where_it_is_permitted(permitted in prop::collection::vec(any::<bool>(), 3), who in 0..3_u32) {
        let mut draft = signers(3, Quorum::All);
        for (party, permitted) in draft.parties.iter_mut().zip(&permitted) {
            prop_assert_eq!(party.change_signer, Permission::Forbidden, "the default");
            if *permitted {
                party.change_signer = Permission::Permitted;
            }
        }
        let mut office = Office::sending(draft);
        let n = u8::try_from(who).unwrap() + 1;
        office.open(n, p(who));
        let change = |party, to| Command::ChangeSigner(Box::new(ChangeSigner {
            party,
            how: event::Handover::ChangeSigner,
            to: successor(to, "new@example.com"),
            note: None,
            access: Vec::new(),
            act: Vec::new(),
        }));
        let changed = office.by(n, change(p(who), 50)).accepted().is_ok();
        prop_assert_eq!(changed, permitted[who as usize]);
        if changed {
            prop_assert_eq!(office.standing(p(who)), Standing::Replaced { by: p(3) });
            let slot = office.envelope().slot(p(3)).unwrap();
            prop_assert_eq!((slot.consent(), slot.opened_at(), slot.sessions()), (Consent::None, None, 0));
            let old = office.by(n, Command::Open { party: p(who), factors: Vec::new() });
            prop_assert!(old.refusal().is_some());
            prop_assert_eq!(refusal(office.by(50, change(p(3), 51))), Refusal::SecondHop(p(3)));
        }
    }

    /// G8: what is counted from the log is what the states say.
    #[test]
    fn the_summary_is_a_function_of_the_events(moves in prop::collection::vec((0..4_u8, 0..9_u8), 1..40)) {
        let (workflow, store, acme) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme").unwrap());
        let mut rng = UnwrapErr(SysRng);
        let ids: Vec<_> = (0..4).map(|n| EnvelopeId::from_bytes([n; 16])).collect();
        let mut tracking = Tracking::subscribe(Sequence(0));
        let day = SignedDuration::from_hours(24);
        for (at, (envelope, what)) in moves.into_iter().enumerate() {
            let envelope = ids[usize::from(envelope)];
            let now = start() + day * i32::try_from(at).unwrap();
            let sender = Acting::User(user(SENDER));
            let (acting, command) = match what {
                0 => (sender, Command::CreateDraft { envelope, draft: Box::new(signers(1, Quorum::All)) }),
                1 | 2 => (sender, Command::Send { permissions: vec![Permits::any(digest(1))] }),
                3 => (Acting::User(user(1)), Command::Decline { party: p(0), reason: text("no") }),
                4 => (sender, Command::Void { reason: text("no") }),
                5 => (sender, Command::Pause { reason: text("wait"), clock: Clock::Running }),
                6 => (sender, Command::Resume),
                7 => (sender, Command::DiscardDraft),
                _ => (Acting::Timer, Command::Tick),
            };
            let late = if what == 8 { day * 100 } else { SignedDuration::ZERO };
            let context = Context::new(acting.actor(), now + late, &mut UnwrapErr(SysRng));
            let call = workflow.call(&acme, envelope, command, context);
            let _ = Runner::new(&workflow, &store).run(&call, &mut rng).unwrap().reply;
        }
        // In pages of any size.
        while !tracking.page(&store.since(&acme, tracking.from(), 3).unwrap()).unwrap().is_empty() {}
        let mut counted = 0;
        for id in ids {
            let state = Runner::new(&workflow, &store).load(&acme, &id.stream()).unwrap().state;
            let progress = state.map(|envelope| envelope.status().name().progress());
            prop_assert_eq!(tracking.progress(id), progress);
            counted += u64::from(progress.is_some());
        }
        let all = [
            Progress::Draft, Progress::Pending, Progress::Complete, Progress::Declined, Progress::Expired,
            Progress::Voided, Progress::Failed,
        ];
        prop_assert_eq!(all.into_iter().map(|progress| tracking.summary().of(progress)).sum::<u64>(), counted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// G16 and G17: any number of approvers, then any number of signers.
    #[test]
    fn any_number_of_approvers_and_signers(approvers in 1..300_u32, signers in 1..300_u32) {
        let person = |n: u32| {
            let mut id = [1; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            UserId::from_bytes(id)
        };
        let mut draft = draft();
        let (approval, signing) = (draft.step(Step::all(Phase::Approval)), draft.step(Step::all(Phase::Signing)));
        for n in 0..approvers {
            draft.party(Party::new(Role::Approve, approval, person(n)));
        }
        for n in approvers..approvers + signers {
            draft.party(Party::new(SIMPLE, signing, person(n)).invisible());
        }
        let mut office = Office::sending(draft);
        for n in 0..approvers + signers {
            let acting = Acting::User(person(n));
            office.run(acting, Command::Open { party: p(n), factors: Vec::new() }).accepted().unwrap();
            let disclosure = disclosure().digest;
            office.run(acting, Command::GiveConsent { party: p(n), disclosure, demonstration: None }).accepted().unwrap();
            if n < approvers {
                office.run(acting, Command::Approve { party: p(n), factors: Vec::new() }).accepted().unwrap();
            } else {
                let begin = Command::BeginSigning(Box::new(office.begin(p(n))));
                office.run(acting, begin).accepted().unwrap();
                let completing = completing(p(n), office.proofs(p(n)));
                office.run(acting, completing).accepted().unwrap();
            }
        }
        prop_assert_eq!(office.status(), StatusName::Finalizing);
        prop_assert_eq!(office.envelope().head(), Revision::new(u64::from(signers)));
    }
}
