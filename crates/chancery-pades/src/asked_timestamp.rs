//! The timestamp that a field asks for.

/// A timestamp that the maker of a signature field asks for: `/TimeStamp` of its seed values (ISO 32000-2, table 239).
///
/// Nothing is fetched by itself: the address stands in a document that anybody may have made.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AskedTimestamp {
    /// Where the authority is, if the field says from whom the timestamp is to be.
    pub url: Option<String>,
    /// Whether the field asks for the timestamp as a rule; else it is a wish.
    pub is_required: bool,
}
