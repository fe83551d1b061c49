//! What can be wrong with name constraints.

use chancery_certificate::asn1::Asn1Error;

/// Name constraints that cannot be read or used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameConstraintsError {
    /// The bytes are not the DER of name constraints.
    #[error("name constraints cannot be read: {0}")]
    Structure(#[from] Asn1Error),
    /// Neither a permitted nor an excluded subtree.
    #[error("name constraints that constrain nothing")]
    Empty,
    /// A list of subtrees without one.
    #[error("a list of name constraints that is empty")]
    EmptyList,
    /// A minimum other than 0, or a maximum: RFC 5280 §4.2.1.10 allows neither.
    #[error("name constraints with distances are not supported")]
    Distance,
    /// Nothing can lie within this.
    #[error(
        "\"{base}\" is no base of a name constraint; a host is written as example.com, a network with its mask"
    )]
    Base {
        /// The base, for people.
        base: String,
    },
    /// Nobody defined what lies within a name of this form.
    #[error(
        "names of this form cannot be constrained: only hosts, mail addresses, URIs, IP addresses and distinguished names can"
    )]
    Form,
}
