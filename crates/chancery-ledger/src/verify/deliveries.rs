//! Deliveries: what has ended ended as it is said, and what has not will be delivered.
//!
//! How a delivery ended is the word of whoever delivered it, and no event. It stands in the outbox with a hash of its own,
//! so that no edit of it goes unseen by which something is never delivered. The hash enters no other: who can make hashes
//! can say that something arrived which did not, as a deliverer can. What must be proven of a delivery is an event.

use crate::delivery_id::{DeliveryEnd, DeliveryId};
use crate::error::StoreError;
use crate::hashing::settlement_hash;
use crate::name::{Destination, StreamId};
use crate::number::Sequence;
use crate::verify::cursor::is_of;
use crate::verify::damage::Flaw;
use crate::verify::events::{Walk, row_place};
use crate::verify::row::{RowReader, key};
use crate::verify::table::{Table, Value};

/// How many lines are remembered; of any other the first open delivery is looked up.
const REMEMBERED: usize = if cfg!(test) { 1 } else { 10_000 };

/// A delivery of the stream to the destination, if the row says so much.
pub(super) type Line = (StreamId, Destination);

impl Walk<'_> {
    /// Whether a row of the outbox stands as some worker has left it. `line` is none where that cannot be read.
    pub(super) fn delivery(&mut self, row: &[Value], line: Option<Line>) -> Result<(), StoreError> {
        let mut reader = RowReader::new(Table::Outbox, row);
        let id = reader.number("sequence").zip(reader.small("n"));
        // Noted with the rest of the row.
        reader.damages.clear();
        let attempts = reader.small("attempts");
        let (next, leased) = (reader.maybe_time("next_at"), reader.maybe_time("leased_until"));
        let ends = (reader.maybe_time("delivered_at"), reader.maybe_time("dead_at"));
        let settled = reader.maybe_hash("settled");
        self.damages.append(&mut reader.damages);
        let place = |columns: &[&'static str]| row_place(Table::Outbox, row, columns);
        let (Some((sequence, n)), Some(attempts), (Some(delivered), Some(dead)), Some(settled)) =
            (id, attempts, ends, settled)
        else {
            return Ok(());
        };
        let (end, column, at) = match (delivered, dead) {
            (None, None) => {
                if settled.is_some() {
                    self.note(place(&["settled", "delivered_at", "dead_at"]), Flaw::Derived);
                }
                return match line {
                    Some(line) => self.is_on_its_way(row, line, next == Some(None)),
                    None => Ok(()),
                };
            }
            (Some(_), Some(_)) => {
                self.note(place(&["delivered_at", "dead_at"]), Flaw::Derived);
                return Ok(());
            }
            (Some(at), None) => (DeliveryEnd::Delivered, "delivered_at", at),
            (None, Some(at)) => (DeliveryEnd::Dead, "dead_at", at),
        };
        let id = DeliveryId { sequence: Sequence(sequence), n };
        if settled != Some(settlement_hash(self.tenant, id, attempts, end, at)) {
            self.note(place(&[column, "attempts", "settled"]), Flaw::Hash);
        } else if attempts == 0 {
            self.note(place(&["attempts"]), Flaw::Derived);
        }
        for (column, left) in [("next_at", next), ("leased_until", leased)] {
            if left.is_some_and(|left| left.is_some()) {
                self.note(place(&[column]), Flaw::Derived);
            }
        }
        Ok(())
    }

    /// An open delivery has a time for its next attempt, or waits for one before it.
    fn is_on_its_way(&mut self, row: &[Value], line: Line, waits: bool) -> Result<(), StoreError> {
        if waits && !self.lines.contains(&line) {
            let first = self.records.first_open(self.tenant, &line.0, &line.1)?;
            let first = first.filter(|first| is_of(first, self.tenant));
            if first.is_none_or(|first| key(Table::Outbox, &first) == key(Table::Outbox, row)) {
                self.note(row_place(Table::Outbox, row, &["next_at"]), Flaw::Stuck);
            }
        }
        if self.lines.len() >= REMEMBERED {
            self.lines.clear();
        }
        self.lines.insert(line);
        Ok(())
    }
}
