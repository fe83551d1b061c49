//! What holds of everything that was recorded, whatever was done.

use std::collections::{BTreeSet, HashMap};

use chancery_auth::UserId;
use chancery_seal::{ClassSet, OrganisationFact as Fact, Query, UsageFact, UsageOutcome};

use super::world::{FINGERPRINTS, PEOPLE, World};
use crate::desk::*;

impl World<'_> {
    pub(super) fn holds(&mut self) {
        let now = self.now;
        // G18, M6, M8: who held which position before each event.
        let (mut administrators, mut seal_administrator) = (BTreeSet::new(), None);
        let (mut ever, mut letters, mut seals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut cancelled = BTreeSet::new();
        let mut owners = HashMap::new();
        for (event, read) in self.recorded.iter().zip(&self.rules.events) {
            let actor = event.record.actor.as_str();
            let by_account = administrators.iter().any(|user: &UserId| user.to_string() == actor);
            let by_seals = seal_administrator.is_some_and(|user: UserId| user.to_string() == actor);
            match &read.fact {
                Fact::Founded { administrator, .. } => {
                    administrators.insert(*administrator);
                    ever.insert(*administrator);
                }
                Fact::Admitted { user, .. } => {
                    assert!(by_account);
                    assert!(ever.insert(*user), "G19: an identity given twice");
                }
                Fact::Removed { user, .. } => {
                    assert!(by_account);
                    administrators.remove(user);
                    if seal_administrator == Some(*user) {
                        seal_administrator = None;
                    }
                }
                Fact::AccountAdministratorAppointed { user } => {
                    assert!(by_account);
                    administrators.insert(*user);
                }
                Fact::AccountAdministratorDismissed { user } => {
                    assert!(by_account);
                    administrators.remove(user);
                }
                Fact::AccountTransferred { from, to } => {
                    assert!(by_account);
                    administrators.remove(from);
                    administrators.insert(*to);
                }
                Fact::EmployeeValidated { user, .. } => {
                    let by_desk = actor == "service-desk" && administrators.contains(user);
                    assert!(by_desk || by_account && user.to_string() != actor, "M9: validated by oneself");
                }
                Fact::MailboxChanged { .. }
                | Fact::OrganisationValidated { .. }
                | Fact::OrganisationValidationEnded
                | Fact::DomainValidated { .. }
                | Fact::DomainValidationEnded { .. }
                | Fact::EmployeeValidationEnded { .. } => assert!(by_account, "M8"),
                Fact::SealAdministratorAppointed { user, letter, .. } => {
                    assert_eq!(actor, "service-desk");
                    assert!(letters.insert(letter.to_string()), "M6: a letter appoints once");
                    seal_administrator = Some(*user);
                }
                Fact::SealAdministratorLeft { .. } => {
                    assert!(by_seals, "M8");
                    seal_administrator = None;
                }
                Fact::SealCreated { seal, terms } => {
                    owners.insert(*seal, terms.owner);
                    assert!(by_seals, "M8");
                    assert!(seals.insert(*seal), "M4");
                }
                Fact::GrantCancelled { grant } => {
                    assert!(by_seals, "M8");
                    cancelled.insert(*grant);
                }
                Fact::GrantEnabled { grant } => {
                    assert!(by_seals && !cancelled.contains(grant), "M13");
                }
                Fact::CertificateBound { seal, certificate } => {
                    // M11: the organisation's for its seals, Bob's for his; nobody else's for anything.
                    assert!(by_seals, "M8");
                    let of = certificate.fingerprint.to_string();
                    let place = FINGERPRINTS.iter().position(|known| *known == of);
                    let known = match owners.get(seal) {
                        Some(Some(owner)) => place == Some(3) && *owner == user(BOB),
                        _ => place == Some(0) || place == Some(1),
                    };
                    assert!(known, "M11: a certificate of somebody else");
                }
                Fact::SealRetired { .. }
                | Fact::Granted { .. }
                | Fact::GrantDisabled { .. }
                | Fact::UserDisabled { .. }
                | Fact::UserEnabled { .. } => assert!(by_seals, "M8"),
                Fact::CodeSet { user, .. } | Fact::TokenIssued { user, .. } => {
                    assert_eq!(user.to_string(), actor);
                }
                Fact::TokenRotated { .. } | Fact::TokenEnded { .. } | Fact::ClockSet { .. } => {}
            }
            assert!(!administrators.is_empty(), "G18: no administrator is left");
        }
        // M2: "my seals" is what the rules allow.
        for n in 0..PEOPLE {
            let who = Self::person(n);
            let shown = self.office().organisation(|state| state.seals_for(who, now)).unwrap();
            for seal in self.seals.clone() {
                let of_seal = shown.iter().filter(|right| right.seal == seal);
                let classes = of_seal.fold(ClassSet::default(), |all, right| all.or(right.classes));
                assert_eq!(classes, self.rules.allowed_classes(who, seal, now), "M2: {who} and {seal}");
            }
        }
        self.log_holds(seal_administrator);
    }

    fn log_holds(&mut self, seal_administrator: Option<UserId>) {
        // M5: what was bought and given back, less what was spent and is reserved.
        let (mut balance, mut open) = (0_i64, BTreeSet::new());
        for event in &self.usage {
            match &event.fact {
                UsageFact::Bought { times, .. } => balance += i64::try_from(*times).unwrap(),
                UsageFact::Refunded { .. } | UsageFact::Failed { .. } => balance += 1,
                UsageFact::Attempted { details, .. } => {
                    if open.insert(details.key.clone()) {
                        balance -= 1;
                    }
                }
                UsageFact::Sealed { .. }
                | UsageFact::Unknown { .. }
                | UsageFact::Approved { .. }
                | UsageFact::Refused { .. }
                | UsageFact::Finished { .. }
                | UsageFact::Erased { .. }
                | UsageFact::ClockSet { .. } => {}
            }
            assert!(balance >= 0, "M5");
        }
        assert_eq!(self.rules.balance, u64::try_from(balance).unwrap(), "M5");
        let kept = self.office().account(chancery_seal::UsageState::balance).unwrap();
        assert_eq!(kept, self.rules.balance, "M5");
        let Some(user) = seal_administrator else { return };
        let by = self.office().organisation(|state| state.seal_administrator(user).unwrap()).unwrap();
        let log = self.office().log(&by, &Query::default()).unwrap();
        // M19: a line for each refusal, and one for each key that was attempted.
        let refusals = log.iter().filter(|record| record.right.is_none()).count();
        assert_eq!(refusals, self.refusals, "M19");
        let tries: u64 = log.iter().map(|record| u64::from(record.tries)).sum();
        let signed: u64 = self.keys.iter().map(CountingKey::count).sum();
        assert_eq!(tries, signed, "every use of the key has an attempt, every attempt a use");
        let sealed =
            log.iter().filter(|record| matches!(record.outcome, UsageOutcome::Sealed { .. })).count();
        assert_eq!(sealed, self.rules.used.values().filter(|used| used.value.is_some()).count());
        // M20: inside the time of a grant, or a refusal.
        for record in &log {
            match &record.right {
                Some(right) => assert!(right.window.holds_at(record.at), "M20"),
                None => assert!(matches!(record.outcome, UsageOutcome::Refused { .. }), "M20"),
            }
        }
        // M21, and what the administrator sees holds what everybody sees.
        for n in 0..PEOPLE {
            let who = Self::person(n);
            let Ok(member) = self.office().organisation(|state| state.member(who)).unwrap() else { continue };
            let own = self.office().own_log(&member, &Query::default()).unwrap();
            let of: Vec<_> = log.iter().filter(|record| record.details.user == Some(who)).cloned().collect();
            assert_eq!(own, of, "M21");
        }
    }
}
