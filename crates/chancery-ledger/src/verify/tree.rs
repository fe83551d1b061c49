//! The Merkle tree over the events, compared with the nodes that are stored and with what others say of it.

use crate::error::StoreError;
use crate::hash::Hash;
use crate::hashing::leaf_hash;
use crate::merkle::{Node, NodeId, root};
use crate::verify::cursor::Cursor;
use crate::verify::damage::{Flaw, Place};
use crate::verify::events::Walk;
use crate::verify::row::{RowReader, key};
use crate::verify::table::{Table, Value};
use crate::verify::verifier::Claim;

impl Walk<'_> {
    /// Adds a leaf to the tree and compares what becomes complete by it.
    pub(super) fn grow(&mut self, event: &Hash) -> Result<(), StoreError> {
        let mut completed = Vec::new();
        self.frontier.push(event, |node| completed.push(node));
        for node in completed {
            self.compare_node(node)?;
        }
        self.compare_claims();
        Ok(())
    }

    fn compare_node(&mut self, node: Node) -> Result<(), StoreError> {
        let level = usize::from(node.id.level);
        while self.nodes.len() < level {
            let level = i64::try_from(self.nodes.len()).unwrap_or(i64::MAX).saturating_add(1);
            let first = vec![Value::Integer(level), Value::Integer(-1)];
            self.nodes.push(Cursor::after(Table::Nodes, first));
        }
        let Some(cursor) = self.nodes.get_mut(level - 1) else { return Ok(()) };
        let wanted = vec![Value::number(u64::from(node.id.level)), Value::number(node.id.index)];
        let found = match cursor.peek(self.records, self.tenant)? {
            Some(row) if key(Table::Nodes, row) == wanted => cursor.next(self.records, self.tenant)?,
            _ => None,
        };
        let at = |columns| Place::Row { table: Table::Nodes, key: wanted, columns };
        match found {
            None => self.note(at(vec![]), Flaw::Missing),
            Some(row) => {
                let mut reader = RowReader::new(Table::Nodes, &row);
                let hash = reader.hash("hash");
                self.damages.append(&mut reader.damages);
                if hash.is_some_and(|hash| hash != node.hash) {
                    self.note(at(vec!["hash"]), Flaw::Derived);
                }
            }
        }
        Ok(())
    }

    /// Compares the log with what others say it was at its present size.
    pub(super) fn compare_claims(&mut self) {
        let size = self.frontier.size();
        if self.claims.iter().all(|claim| claim.checkpoint.size != size) {
            return;
        }
        let found = self.frontier.root();
        for claim in std::mem::take(&mut self.claims) {
            if claim.checkpoint.size != size {
                self.claims.push(claim);
            } else if claim.checkpoint.root == found {
                self.saw(claim);
            } else {
                self.note(Place::Log, Flaw::Rebuilt { kept: claim.checkpoint, found });
            }
        }
    }

    /// Compares an anchor in the log with what the log was then. Its nodes were compared on the way.
    pub(super) fn compare_earlier(&mut self, claim: Claim, at: Place) -> Result<(), StoreError> {
        if self.tree_ends {
            return Ok(());
        }
        let recipe = root(claim.checkpoint.size.min(self.frontier.size()));
        let mut hashes = Vec::new();
        for id in recipe.nodes() {
            hashes.push(self.stored(id)?);
        }
        // What is missing was noted where it is missing.
        let Some(found) = recipe.make(&hashes).and_then(|made| made.first().copied()) else { return Ok(()) };
        if claim.checkpoint.size <= self.frontier.size() && claim.checkpoint.root == found {
            self.saw(claim);
        } else {
            self.note(at, Flaw::Anchor { anchored: claim.checkpoint, found });
        }
        Ok(())
    }

    fn stored(&mut self, id: NodeId) -> Result<Option<Hash>, StoreError> {
        let index = Value::number(id.index);
        let (table, key) = match id.level {
            0 => (Table::Events, vec![index]),
            level => (Table::Nodes, vec![Value::number(u64::from(level)), index]),
        };
        let rows = self.find(table, &key)?;
        let hash = rows.first().and_then(|row| RowReader::new(table, row).hash("hash"));
        Ok(if id.level == 0 { hash.map(|hash| leaf_hash(&hash)) } else { hash })
    }

    fn saw(&mut self, claim: Claim) {
        let size = claim.checkpoint.size;
        let longest = self.seen.as_ref().is_none_or(|(longest, _)| size > *longest);
        // Of nothing everybody knows what it was.
        if let Some(witness) = claim.witness.filter(|_| longest && size > 0) {
            self.seen = Some((size, witness));
        }
    }
}
