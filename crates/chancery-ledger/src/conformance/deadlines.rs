//! Deadlines.

use super::setting::{acme, appended, claim, commit, event, second, stream, version};
use crate::number::Version;
use crate::store::Store;

/// A deadline that has come is claimed by one worker at a time.
pub fn a_deadline_is_claimed_by_one(store: &dyn Store) {
    let (one, two, never) = (stream("envelope/1"), stream("envelope/2"), stream("envelope/3"));
    for (name, due) in [(&one, Some(second(10))), (&two, Some(second(20))), (&never, None)] {
        appended(store.commit(&commit().append(name, Version(0), [event("a")]).due(name, due)));
    }
    let claimed = |now, most| {
        let mut names: Vec<_> = store.claim_due(claim(second(now), 60, most)).expect("a claim");
        names.sort_by(|left, right| left.stream.cmp(&right.stream));
        names
    };
    assert_eq!(claimed(9, 9), []);
    assert_eq!(claimed(10, 0), []);
    let due = claimed(10, 9);
    assert_eq!(due.len(), 1);
    assert_eq!((&due[0].tenant, &due[0].stream, due[0].version), (&acme(), &one, Version(1)));
    assert_eq!((due[0].due, due[0].until), (second(10), second(70)));
    assert_eq!(claimed(20, 9)[0].stream, two);
    assert_eq!(claimed(69, 9), []);
    assert_eq!(claimed(70, 9)[0].stream, one, "nobody did anything, so it is claimed again");
    // A lease by a clock of the far future binds nobody.
    assert_eq!(claimed(300_000_000, 9).len(), 2);
    assert_eq!(claimed(80, 9).len(), 2);
    assert_eq!(claimed(300_000_000, 1).len(), 1);
}

/// A commit that says nothing of the deadline leaves it; one that does ends the claim.
pub fn a_deadline_stays_until_it_is_changed(store: &dyn Store) {
    let stream = stream("envelope/1");
    let append = || commit().append(&stream, version(store, &stream), [event("a")]);
    let claimed = |now| store.claim_due(claim(second(now), 60, 9)).expect("a claim").len();
    appended(store.commit(&append().due(&stream, Some(second(10)))));
    appended(store.commit(&append()));
    assert_eq!(store.head(&acme(), &stream).expect("a head").due, Some(second(10)));
    assert_eq!(claimed(10), 1);
    appended(store.commit(&append().due(&stream, Some(second(30)))));
    assert_eq!(claimed(29), 0);
    assert_eq!(claimed(30), 1, "the claim of the old deadline is no claim of the new one");
    appended(store.commit(&append().due(&stream, None)));
    assert_eq!(claimed(300_000_000), 0);
    let dues: Vec<_> = super::reading::all(store).iter().map(|event| event.record.due).collect();
    assert_eq!(dues, [Some(second(10)), Some(second(10)), Some(second(30)), None]);
}
