//! Content of any size, read and written in one pass and constant memory.

mod definite;
mod enclose;
mod input;
mod recogniser;
mod scan;
mod suspended;
mod unwrapping;

mod read;
mod write;

pub use enclose::Enclosing;
pub use read::MessageReader;
pub use write::{ContentWriter, EnclosedContent, MessageWriter};
