//! Offices on one store: refused acts are recorded, concurrent ones meet.

use chancery_ledger::{Claim, Lease, Store, StreamId, Version};
use chancery_seal::{AccountAct, ActRefusal, Reply, SealAct, Violation, effect_kind};

use crate::desk::*;

#[test]
fn a_refused_act_is_recorded_before_it_is_answered() {
    let store = memory();
    let (desk, _) = Desk::ready(&store);
    let command = desk.account_command(ALICE, AccountAct::Dismiss { user: user(ALICE) });
    assert_eq!(desk.ask(&command), Reply::Refused(vec![ActRefusal::LastAdministrator { user: user(ALICE) }]));
    let stream = StreamId::new("seal/acme/refused").unwrap();
    let events = store.events(&tenant(), &stream, Version::EMPTY, 10).unwrap();
    let text = String::from_utf8(events[0].payload().unwrap().to_vec()).unwrap();
    assert!(text.contains("last-administrator") && text.contains(&user(ALICE).to_string()), "{text}");
}

#[test]
fn a_removal_is_in_the_outbox_until_it_is_confirmed() {
    // M10
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
    desk.account(AccountAct::Remove { user: user(BOB) });
    let found = refused_use(desk.seal(permit));
    assert!(found.contains(&Violation::NoMember { user: user(BOB) }), "{found:?}");
    let claim = Claim { now: desk.now, lease: Lease::new(hours(1)).unwrap(), most: 10 };
    let letters = store.claim_deliveries(claim).unwrap();
    let kinds: Vec<_> = letters.iter().map(|letter| letter.effect.kind.to_string()).collect();
    for kind in [effect_kind::REVOKE_CERTIFICATES, effect_kind::END_SESSIONS, effect_kind::REASSIGN_PARTIES] {
        assert!(kinds.contains(&kind.to_owned()), "{kinds:?}");
    }
    assert!(String::from_utf8_lossy(&letters[0].effect.body).contains(&user(BOB).to_string()));
}

#[test]
fn concurrent_acts_meet_and_none_is_lost() {
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![]);
    let disable = desk.seal_command(SELMA, SealAct::Disable { grant });
    let cancel = desk.seal_command(SELMA, SealAct::Cancel { grant });
    let offices: Vec<_> = (0..4).map(|_| desk.reopened(&store)).collect();
    std::thread::scope(|scope| {
        for (n, office) in offices.iter().enumerate() {
            let command = if n % 2 == 0 { &disable } else { &cancel };
            scope.spawn(move || office.ask(command, start(), &mut rng()).unwrap());
        }
    });
    let state = desk.office.organisation(|state| state.grant(grant).unwrap().state()).unwrap();
    assert_eq!(state, chancery_seal::GrantState::Cancelled);
}

#[test]
fn without_a_seal_administrator_every_seal_rests() {
    // M6
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    desk.account(AccountAct::Remove { user: user(SELMA) });
    assert_eq!(refused(desk.review(BOB, request("1", seal, "a"))), [Violation::NoSealAdministrator]);
    assert!(desk.office.organisation(|state| state.seals_for(user(BOB), start())).unwrap().is_empty());
}
