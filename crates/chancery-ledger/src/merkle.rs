//! The Merkle tree over a tenant's log: RFC 6962, 2.1 (RFC 9162 keeps the same hashes and proofs).
//!
//! Subtrees that are complete never change again, so they are stored when they become so: n events make n − 1 of
//! them in the end. An append knows what it needs from the [`Frontier`], a proof reads at most two nodes for each
//! level of the tree.

mod frontier;
mod node;
mod proof;
mod prove;

pub use frontier::Frontier;
pub use node::{Node, NodeId};
pub use proof::{ConsistencyProof, InclusionProof};
pub(crate) use prove::{Recipe, consistency, inclusion, root};
