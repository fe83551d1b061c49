//! What people are told: one text for each thing that can happen, in eight languages.
//!
//! ```
//! use chancery_workflow::notice::{Addressee, Catalogue, Letter, News};
//! use chancery_workflow::{Act, Language, PartyId};
//!
//! let catalogue = Catalogue::built_in()?;
//! let letter = Letter {
//!     title: "Lease of the harbour office",
//!     sender: "Alice",
//!     recipient: "山田 太郎",
//!     to: Addressee::Party(PartyId::new(2)),
//!     language: Language::Japanese,
//!     offset: jiff::tz::Offset::UTC,
//!     link: None,
//! };
//! let message = catalogue.write(&News::YourTurn { act: Act::Sign, before: None }, &letter)?;
//! assert_eq!(message.subject(), "署名のお願い：Lease of the harbour office");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The outbox holds an intent: ids, and nothing that opens anything. Whoever delivers it asks for the names, writes the
//! text, and puts the addressee's own link into it: a [`PartyLink`] is bound to one party, and a letter to anybody else
//! refuses it.
//!
//! Titles, names and reasons are words of strangers. In a text they are one line, without characters that hide or turn
//! text, and without `://` and `www.`; see [`one_line`]. [`header_text`] is for headers of a mail.

mod catalogue;
mod error;
mod kinds;
mod letter;
mod link;
mod safe;
mod told;
mod words;

pub use catalogue::Catalogue;
pub use error::{CatalogueError, NoticeError};
pub use kinds::{AfterDecline, News, Urgency};
pub use letter::{Addressee, Letter, Message};
pub use link::PartyLink;
pub use safe::{header_text, one_line};
pub use told::Told;
pub use words::Phrase;
