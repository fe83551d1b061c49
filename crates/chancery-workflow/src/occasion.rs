//! What a party proves its factors for.

use chancery_auth::{DigestSet, Occasion, UserId};

use crate::envelope::Envelope;
use crate::id::{GrantId, PartyId, index};
use crate::party::Party;
use crate::slot::Pinned;

impl Envelope {
    /// What a party proves to look: this envelope, as this party. None of a party without a person.
    #[must_use]
    pub fn access_occasion(&self, party: PartyId) -> Option<Occasion> {
        Some(self.access_of(self.user(party)?, party))
    }

    /// What a party proves to approve, acknowledge, receive, fill, nominate, or to name another in its place: the
    /// documents as they are now, at this head.
    #[must_use]
    pub fn act_occasion(&self, party: PartyId) -> Option<Occasion> {
        self.act_of(self.user(party)?, party)
    }

    /// What a party proves to sign: exactly these digests, in its next session. A proof for one session is none for the
    /// one after it.
    #[must_use]
    pub fn signing_occasion(&self, party: PartyId, documents: &[Pinned]) -> Option<Occasion> {
        self.signing_of(self.user(party)?, party, documents)
    }

    /// What a party proves to download by a grant.
    #[must_use]
    pub fn download_occasion(&self, grant: GrantId) -> Option<Occasion> {
        let party = self.grant(grant)?.grant.party;
        Some(self.download_of(self.user(party)?, grant))
    }

    fn user(&self, party: PartyId) -> Option<UserId> {
        self.party(party).and_then(|party: &Party| party.user)
    }

    pub(crate) fn access_of(&self, user: UserId, party: PartyId) -> Occasion {
        Occasion::access(user, &self.transaction(b'a', party.number(), 0))
    }

    pub(crate) fn act_of(&self, user: UserId, party: PartyId) -> Option<Occasion> {
        let documents = DigestSet::new(self.contents.iter().map(|digest| digest.to_bytes())).ok()?;
        let transaction = self.transaction(b'c', party.number(), self.head.number());
        Some(Occasion::act(user, &transaction, &documents))
    }

    pub(crate) fn signing_of(&self, user: UserId, party: PartyId, documents: &[Pinned]) -> Option<Occasion> {
        let digests = DigestSet::new(documents.iter().map(|pinned| pinned.to_be_signed.as_bytes())).ok()?;
        let session = self.slots.get(index(party.number())).map_or(0, |slot| u64::from(slot.sessions));
        Some(Occasion::act(user, &self.transaction(b's', party.number(), session), &digests))
    }

    pub(crate) fn download_of(&self, user: UserId, grant: GrantId) -> Occasion {
        Occasion::access(user, &self.transaction(b'd', grant.number(), 0))
    }

    /// Envelope, party or grant, and how often: each of a fixed length, so that no two are alike.
    fn transaction(&self, what: u8, number: u32, count: u64) -> [u8; 29] {
        let mut bytes = [what; 29];
        for (to, from) in bytes
            .iter_mut()
            .skip(1)
            .zip(self.id.to_bytes().into_iter().chain(number.to_be_bytes()).chain(count.to_be_bytes()))
        {
            *to = from;
        }
        bytes
    }
}
