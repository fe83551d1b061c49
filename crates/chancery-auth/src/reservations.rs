//! Attempts that have begun and not ended.

use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;

use crate::bytes::{Reader, Writer};
use crate::clock;
use crate::error::{StateError, TicketRefused};

/// How long a person may take between `begin` and `settle`; the secret is at hand when an attempt begins.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(2);

/// No more at once for one factor.
const MOST: usize = 32;

/// The mark of one reserved attempt: 128 random bits, so that two nodes that reserved on the same version of a state, of
/// which one lost, do not share a reservation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark([u8; 16]);

impl Mark {
    fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut mark = [0; 16];
        rng.fill_bytes(&mut mark);
        Self(mark)
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Reservation {
    mark: Mark,
    at: Timestamp,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Reservations(Vec<Reservation>);

impl Reservations {
    /// `None`: too many at once.
    pub(crate) fn reserve<R: CryptoRng + ?Sized>(&mut self, rng: &mut R, now: Timestamp) -> Option<Mark> {
        self.0.retain(|reservation| now < clock::later(reservation.at, LIFETIME));
        if self.0.len() >= MOST {
            return None;
        }
        let mark = Mark::random(rng);
        self.0.push(Reservation { mark, at: now });
        Some(mark)
    }

    /// Ends one: it cannot be ended again.
    pub(crate) fn settle(&mut self, mark: Mark, now: Timestamp) -> Result<(), TicketRefused> {
        let place = self.0.iter().position(|one| one.mark == mark).ok_or(TicketRefused::NotReserved)?;
        if now >= clock::later(self.0[place].at, LIFETIME) {
            return Err(TicketRefused::TookTooLong);
        }
        self.0.remove(place);
        Ok(())
    }

    pub(crate) fn len(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(u8::MAX)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.byte(self.len());
        for reservation in &self.0 {
            writer.array(&reservation.mark.0);
            writer.time(reservation.at);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, StateError> {
        let count = usize::from(reader.byte()?);
        if count > MOST {
            return Err(reader.fault("more attempts under way than there can be"));
        }
        let read = |_| Ok(Reservation { mark: Mark(reader.array()?), at: reader.time()? });
        (0..count).map(read).collect::<Result<_, _>>().map(Self)
    }
}
