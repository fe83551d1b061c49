//! Where a name lies with regard to a name constraint.

/// Where a name lies.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// All that the name stands for lies within.
    Within,
    /// Some of what the name stands for lies within (a wildcard), or by some readings of the constraint.
    Partly,
    /// Nothing does.
    Outside,
    /// The name cannot be compared: it is malformed, or of a form without a definition.
    Unknown,
}

/// Within, or not at all.
pub(crate) fn within(yes: bool) -> Place {
    if yes { Place::Within } else { Place::Outside }
}
