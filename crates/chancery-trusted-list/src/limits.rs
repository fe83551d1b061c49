//! How large a list may be.

/// How much a trusted list may make us read. A list is fetched from afar and read before anything about it is known.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListLimits {
    /// Bytes of the XML. Default: 64 MiB. The largest lists of the European Union have a few megabytes.
    pub bytes: usize,
    /// Elements, texts, comments and attributes. Default: 2,000,000.
    pub nodes: usize,
    /// How deep elements stand within each other. Default: 64; lists of the present need about 20.
    pub depth: usize,
}

impl Default for ListLimits {
    fn default() -> Self {
        Self { bytes: 64 << 20, nodes: 2_000_000, depth: 64 }
    }
}

/// Attributes of one element. The schema knows elements with three, and declarations of about ten namespaces.
pub(crate) const ATTRIBUTES: usize = 64;

/// Namespaces in scope, summed over the elements that declare any: the work of resolving them.
pub(crate) const NAMESPACE_WORK: usize = 20_000_000;
