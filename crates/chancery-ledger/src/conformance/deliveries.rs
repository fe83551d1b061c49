//! The outbox.

use jiff::{SignedDuration, Timestamp};

use super::setting::{acme, appended, claim, commit, second, sending, stream};
use crate::delivery::{Delivery, Retry, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::SettleError;
use crate::number::{Sequence, Version};
use crate::store::Store;

fn claimed(store: &dyn Store, now: Timestamp) -> Vec<Delivery> {
    let mut claimed = store.claim_deliveries(claim(now, 60, 100)).expect("a claim");
    claimed.sort_by_key(|delivery| delivery.id);
    claimed
}

fn bodies(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| std::str::from_utf8(&delivery.effect.body).expect("text")).collect()
}

fn delivered(store: &dyn Store, delivery: &Delivery, now: Timestamp) {
    store.settle(delivery, Settlement::Delivered, now).expect("settled");
}

/// Of one stream and destination one at a time, in order; others do not wait for it.
pub fn deliveries_keep_their_order(store: &dyn Store) {
    let (one, two) = (stream("envelope/1"), stream("envelope/2"));
    let events = [sending("a", &["mail", "hook", "mail"]), sending("b", &["mail"])];
    appended(store.commit(&commit().append(&one, Version(0), events)));
    appended(store.commit(&commit().append(&two, Version(0), [sending("c", &["mail"])])));
    let now = second(1);
    assert_eq!(store.claim_deliveries(claim(now, 60, 0)).expect("a claim"), []);
    let first = claimed(store, now);
    assert_eq!(bodies(&first), ["a to mail", "a to hook", "c to mail"]);
    assert_eq!(first[0].id, DeliveryId { sequence: Sequence(0), n: 0 });
    assert_eq!(first[1].id, DeliveryId { sequence: Sequence(0), n: 1 });
    assert_eq!((first[0].attempt, first[0].until), (1, second(61)));
    assert_eq!((&first[0].tenant, &first[0].stream), (&acme(), &one));
    assert_eq!(claimed(store, now), [], "they are on their way");

    delivered(store, &first[1], now);
    assert_eq!(claimed(store, now), [], "the hook has nothing more");
    delivered(store, &first[0], now);
    let next = claimed(store, now);
    assert_eq!((bodies(&next), next[0].id.n), (vec!["a to mail"], 2));
    // It fails: what comes after it waits with it.
    let again = Settlement::Again { at: second(30) };
    store.settle(&next[0], again, now).expect("settled");
    assert_eq!(claimed(store, second(29)), []);
    let next = claimed(store, second(30));
    assert_eq!((bodies(&next), next[0].attempt), (vec!["a to mail"], 2));
    // A dead one lets the next pass.
    store.settle(&next[0], Settlement::Dead, second(31)).expect("settled");
    let next = claimed(store, second(31));
    assert_eq!(bodies(&next), ["b to mail"]);
    delivered(store, &next[0], second(32));
    delivered(store, &first[2], second(32));
    assert_eq!(claimed(store, second(1_000_000)), [], "each was delivered once");
    // What is sent later goes at once.
    appended(store.commit(&commit().append(&one, Version(2), [sending("d", &["mail"])])));
    assert_eq!(bodies(&claimed(store, second(33))), ["d to mail"]);
}

/// Whoever comes too late has nothing to say any more.
pub fn a_lease_that_ended_is_void(store: &dyn Store) {
    let stream = stream("envelope/1");
    appended(store.commit(&commit().append(&stream, Version(0), [sending("a", &["mail"])])));
    let first = claimed(store, second(0)).remove(0);
    assert_eq!(claimed(store, second(59)), []);
    let is_void = |delivery: &Delivery, now| {
        let settled = store.settle(delivery, Settlement::Delivered, now);
        matches!(settled, Err(SettleError::Void { ended }) if ended == delivery.until)
    };
    assert!(is_void(&first, second(60)), "its end is outside");
    let second_claim = claimed(store, second(60)).remove(0);
    assert_eq!(second_claim.attempt, 2);
    assert!(is_void(&first, second(59)), "even by a clock that is behind");
    delivered(store, &second_claim, second(61));
    assert!(is_void(&second_claim, second(61)), "it was settled");
    let mut invented = second_claim;
    invented.id.n = 7;
    assert!(is_void(&invented, second(61)));
}

/// After the last attempt it is a dead letter, until somebody sends it again.
pub fn a_dead_letter_can_be_sent_again(store: &dyn Store) {
    let stream = stream("envelope/1");
    let events = [sending("a", &["mail"]), sending("b", &["mail"]), sending("c", &["mail"])];
    appended(store.commit(&commit().append(&stream, Version(0), events)));
    let retry = Retry { attempts: 3, ..Retry::default() };
    let mut now = second(0);
    for attempt in 1..=3 {
        let delivery = claimed(store, now).remove(0);
        assert_eq!((bodies(std::slice::from_ref(&delivery)), delivery.attempt), (vec!["a to mail"], attempt));
        let settlement = retry.after(&delivery, now);
        store.settle(&delivery, settlement, now).expect("settled");
        now += SignedDuration::from_secs(10);
    }
    let dead = store.dead_letters(&acme(), None, 10).expect("letters");
    assert_eq!((bodies(&dead), dead[0].attempt), (vec!["a to mail"], 3));
    let id = dead[0].id;
    assert_eq!(store.dead_letters(&acme(), Some(id), 10).expect("letters"), []);
    assert_eq!(store.dead_letters(&acme(), None, 0).expect("letters"), []);

    let overtaking = claimed(store, now);
    assert_eq!(bodies(&overtaking), ["b to mail"]);
    store.replay(&acme(), id, now).expect("sent again");
    assert_eq!(claimed(store, now), [], "while another is on its way there");
    delivered(store, &overtaking[0], now);
    let again = claimed(store, now);
    assert_eq!(
        (bodies(&again), again[0].attempt),
        (vec!["a to mail"], 1),
        "first, as it was before the others"
    );
    delivered(store, &again[0], now);
    assert_eq!(bodies(&claimed(store, now)), ["c to mail"]);
    assert_eq!(store.dead_letters(&acme(), None, 10).expect("letters"), []);
    assert!(matches!(store.replay(&acme(), id, now), Err(SettleError::NotDead { .. })));
    let unknown = DeliveryId { sequence: Sequence(99), n: 0 };
    assert!(matches!(store.replay(&acme(), unknown, now), Err(SettleError::NotDead { .. })));
}

/// What a clock of the far future has claimed, put off or written is delivered all the same.
pub fn a_wrong_clock_stops_no_delivery(store: &dyn Store) {
    let stream = stream("envelope/1");
    let years = second(300_000_000);
    let late =
        super::setting::commit_at(&acme(), years).append(&stream, Version(0), [sending("a", &["mail"])]);
    appended(store.commit(&late));
    let claimed_there = claimed(store, years).remove(0);
    let here = claimed(store, second(0));
    assert_eq!(bodies(&here), ["a to mail"], "the lease of the future binds nobody");
    assert!(store.settle(&claimed_there, Settlement::Delivered, second(1)).is_err());
    let off = Settlement::Again { at: years + SignedDuration::from_hours(1) };
    assert!(matches!(store.settle(&here[0], off, second(1)), Err(SettleError::TooFar { .. })));
    delivered(store, &here[0], second(1));

    let put_off =
        super::setting::commit_at(&acme(), years).append(&stream, Version(1), [sending("b", &["mail"])]);
    appended(store.commit(&put_off));
    let claimed_there = claimed(store, years).remove(0);
    store.settle(&claimed_there, off, years).expect("settled");
    assert_eq!(bodies(&claimed(store, second(2))), ["b to mail"], "what the future has put off is ready");
}

/// A wait that no clock would believe is refused, and the claim stays.
pub fn a_wait_beyond_a_day_is_refused(store: &dyn Store) {
    let stream = stream("envelope/1");
    appended(store.commit(&commit().append(&stream, Version(0), [sending("a", &["mail"])])));
    let first = claimed(store, second(0)).remove(0);
    let day = SignedDuration::from_hours(24);
    // A minute is between two clocks.
    let latest = second(0) + day + SignedDuration::from_mins(1);
    let again = |at| store.settle(&first, Settlement::Again { at }, second(0));
    for at in [latest + SignedDuration::from_micros(1), Timestamp::MAX] {
        match again(at) {
            Err(SettleError::TooFar { at: told, latest: possible }) => {
                assert_eq!((told, possible), (at, latest));
            }
            other => panic!("it is too far ahead: {other:?}"),
        }
    }
    again(latest).expect("settled");
    assert_eq!(claimed(store, second(86_400)), [], "it waits");
    assert_eq!(claimed(store, latest)[0].attempt, 2);
}
