//! What the seal administrator decides.

use chancery_chain::VerifiedChain;
use jiff::Timestamp;

use super::command::SealAct;
use super::decide::{Asker, Decided, lies_ahead, unless};
use super::event::OrganisationFact as Fact;
use super::refusal::ActRefusal;
use super::reply::Reply;
use super::state::OrganisationState;
use crate::chain;
use crate::claim::{CertificateOwner, names_mailbox, names_organisation};
use crate::grant::{Grant, GrantState, NewGrant};
use crate::id::{GrantId, SealId};
use crate::kind::Setting;
use crate::policy::SealPolicy;
use crate::position::Position;
use crate::seal::{BoundCertificate, NewSeal, Seal, SealState};

/// More conditions than anybody reads.
const MOST_CONDITIONS: usize = 16;

/// What decisions about seals rest on besides the state.
#[derive(Copy, Clone)]
pub(super) struct Means<'m> {
    /// Random bytes, for the number of a new seal.
    pub(super) fresh: &'m [u8; 32],
    pub(super) policy: &'m SealPolicy,
}

impl OrganisationState {
    pub(super) fn decide_seals(&self, asker: Asker<'_>, asked: &SealAct, means: Means<'_>) -> Decided {
        self.may(asker, Position::SealAdministrator)?;
        let Asker { user: by, at, .. } = asker;
        let Means { fresh, policy } = means;
        let mut found = Vec::new();
        match asked {
            SealAct::CreateSeal(terms) => self.create(terms, fresh),
            SealAct::RetireSeal { seal } => {
                self.in_use(*seal, &mut found);
                unless(found, || Fact::SealRetired { seal: *seal })
            }
            SealAct::BindCertificate { seal, chain } => self.bind(*seal, chain, policy, at),
            SealAct::Grant(terms) => self.grant_right(terms, at),
            SealAct::Disable { grant } => {
                match self.open(*grant, &mut found).map(Grant::state) {
                    Some(GrantState::Disabled) => found.push(ActRefusal::DisabledAlready { grant: *grant }),
                    Some(GrantState::Active | GrantState::Cancelled) | None => {}
                }
                unless(found, || Fact::GrantDisabled { grant: *grant })
            }
            SealAct::Enable { grant } => {
                match self.open(*grant, &mut found).map(Grant::state) {
                    Some(GrantState::Active) => found.push(ActRefusal::ActiveAlready { grant: *grant }),
                    Some(GrantState::Disabled | GrantState::Cancelled) | None => {}
                }
                unless(found, || Fact::GrantEnabled { grant: *grant })
            }
            SealAct::Cancel { grant } => {
                self.open(*grant, &mut found);
                unless(found, || Fact::GrantCancelled { grant: *grant })
            }
            SealAct::DisableUser { user } => {
                // It could not be undone by whoever did it; resigning is the way.
                if *user == by {
                    found.push(ActRefusal::Oneself);
                }
                if self.known(*user, &mut found).is_some_and(|person| person.disabled_at.is_some()) {
                    found.push(ActRefusal::UserDisabledAlready);
                }
                unless(found, || Fact::UserDisabled { user: *user })
            }
            SealAct::EnableUser { user } => {
                if *user == by {
                    found.push(ActRefusal::Oneself);
                }
                if self.known(*user, &mut found).is_some_and(|person| person.disabled_at.is_none()) {
                    found.push(ActRefusal::UserNotDisabled);
                }
                unless(found, || Fact::UserEnabled { user: *user })
            }
            SealAct::EndToken { token } => {
                if !self.tokens.contains_key(token) {
                    found.push(ActRefusal::NoToken { token: *token });
                }
                unless(found, || Fact::TokenEnded { token: *token })
            }
            SealAct::Resign => unless(found, || Fact::SealAdministratorLeft { user: by }),
        }
    }

    fn create(&self, terms: &NewSeal, fresh: &[u8; 32]) -> Decided {
        let mut found = Vec::new();
        let mut id = [0; 16];
        id.iter_mut().zip(fresh).for_each(|(byte, random)| *byte = *random);
        let seal = SealId::from_bytes(id);
        if self.seals.contains_key(&seal) {
            found.push(ActRefusal::SealTaken { seal });
        }
        let in_use = |other: &Seal| other.state == SealState::InUse && other.terms.name == terms.name;
        if self.seals.values().any(in_use) {
            found.push(ActRefusal::NameTaken { name: terms.name.clone() });
        }
        let sort = terms.kind.sort();
        match (sort.is_personal(), terms.owner) {
            (true, Some(owner)) => {
                self.known(owner, &mut found);
            }
            (true, None) => found.push(ActRefusal::OwnerMissing),
            (false, Some(_)) => found.push(ActRefusal::OwnerUnwanted),
            (false, None) => {}
        }
        if terms.classes.is_empty() {
            found.push(ActRefusal::NoClass);
        }
        for class in terms.classes.iter() {
            match sort.setting(class) {
                Setting::Usual | Setting::IfNamed => {}
                Setting::Never => found.push(ActRefusal::ClassNever { class }),
            }
        }
        if !found.is_empty() {
            return Err(found);
        }
        Ok((Fact::SealCreated { seal, terms: terms.clone() }, Reply::Seal(seal)))
    }

    fn bind(&self, id: SealId, given: &VerifiedChain, policy: &SealPolicy, at: Timestamp) -> Decided {
        let mut found = Vec::new();
        let certificate = given.certificate();
        let fingerprint = (*certificate.sha256()).into();
        if let Some(seal) = self.in_use(id, &mut found) {
            let misfits = seal.terms.kind.sort().misfits(certificate, policy.qualified_use);
            found.extend(misfits.into_iter().map(|(claim, demand)| ActRefusal::Claim { claim, demand }));
            match seal.terms.owner {
                Some(owner) => {
                    let person = self.members.get(&owner);
                    if !person.is_some_and(|person| names_mailbox(certificate, &person.mailbox)) {
                        found.push(ActRefusal::OtherSubject { whose: CertificateOwner::Person });
                    }
                }
                None => {
                    let number = self.register_number.as_ref();
                    if !number.is_some_and(|number| names_organisation(certificate, number.as_str())) {
                        found.push(ActRefusal::OtherSubject { whose: CertificateOwner::Organisation });
                    }
                }
            }
            if seal.certificate().is_some_and(|bound| bound.fingerprint == fingerprint) {
                found.push(ActRefusal::BoundAlready);
            }
        }
        // One person's seal and another's, or the organisation's, never share a key by mistake. The seals of an
        // organisation may share its certificate.
        let personal = |seal: &Seal| seal.terms.kind.sort().is_personal();
        let mut others = self.seals.values().filter(|seal| seal.id != id && personal(seal));
        let bears = |seal: &&Seal| seal.certificates.iter().any(|bound| bound.fingerprint == fingerprint);
        if let Some(other) = others.find(bears) {
            found.push(ActRefusal::CertificateOfOther { seal: other.id });
        }
        found.extend(chain::unfit(given, policy, at).into_iter().map(ActRefusal::Chain));
        unless(found, || Fact::CertificateBound {
            seal: id,
            certificate: BoundCertificate {
                fingerprint,
                subject: chancery_certificate::printable(&certificate.subject().to_string()),
                not_after: certificate.not_after(),
            },
        })
    }

    fn grant_right(&self, terms: &NewGrant, at: Timestamp) -> Decided {
        let mut found = Vec::new();
        if let Some(person) = self.known(terms.user, &mut found) {
            self.in_validated_domain(&person.mailbox, at, &mut found);
        }
        if let Some(seal) = self.in_use(terms.seal, &mut found) {
            if seal.terms.owner.is_some_and(|owner| owner != terms.user) {
                found.push(ActRefusal::SealOfOther);
            }
            for class in terms.classes.iter().filter(|class| !seal.terms.classes.contains(*class)) {
                found.push(ActRefusal::ClassNotOfSeal { class });
            }
        }
        if terms.classes.is_empty() {
            found.push(ActRefusal::NoClass);
        }
        lies_ahead(terms.window, at, &mut found);
        if terms.conditions.len() > MOST_CONDITIONS {
            found
                .push(ActRefusal::TooManyConditions { found: terms.conditions.len(), most: MOST_CONDITIONS });
        }
        if !found.is_empty() {
            return Err(found);
        }
        let count = u64::try_from(self.grants.len()).unwrap_or(u64::MAX);
        let grant = GrantId(count.saturating_add(1));
        Ok((Fact::Granted { grant, terms: terms.clone() }, Reply::Grant(grant)))
    }

    fn in_use(&self, id: SealId, found: &mut Vec<ActRefusal>) -> Option<&Seal> {
        match self.seals.get(&id) {
            None => {
                found.push(ActRefusal::NoSeal { seal: id });
                None
            }
            Some(seal) => match seal.state {
                SealState::InUse => Some(seal),
                SealState::Retired => {
                    found.push(ActRefusal::SealRetired { seal: id });
                    None
                }
            },
        }
    }

    fn open(&self, id: GrantId, found: &mut Vec<ActRefusal>) -> Option<&Grant> {
        match self.grant(id) {
            None => {
                found.push(ActRefusal::NoGrant { grant: id });
                None
            }
            Some(grant) => match grant.state {
                GrantState::Active | GrantState::Disabled => Some(grant),
                GrantState::Cancelled => {
                    found.push(ActRefusal::GrantCancelled { grant: id });
                    None
                }
            },
        }
    }
}
