//! Consent to electronic records: what a person is told before, how they show that they can read it, and how long it
//! holds (15 USC 7001(c), ESIGN).
//!
//! The law asks for a statement of certain parts, and for consent "in a manner that reasonably demonstrates that the
//! consumer can access information in the electronic form". A [`Disclosure`] has each part as a field, so none can be
//! forgotten; a [`FormatCode`] is drawn into a document of the format that will be used, and who types it has read
//! it; a [`Consent`] knows what it covers, and since when not any more.
//!
//! The texts are the operator's: what is true of paper copies and fees, only the operator knows. Whether they are
//! clear and conspicuous, as the law asks, a machine cannot tell.

mod demonstration;
mod disclosure;
mod error;
mod given;
mod terms;

pub use demonstration::{Demonstrated, Demonstration, ExpectedCode, FormatCode};
pub use disclosure::{Disclosure, DisclosureHash, PartValue};
pub use error::{ConsentNeeded, DisclosureFault, DisclosurePart, RevisionFault};
pub use given::{Consent, Covered};
pub use terms::{ConsentScope, ElectronicRequirements, Fee, PaperCopies, Terms, Withdrawal};
