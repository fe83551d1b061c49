//! What would meet a requirement.

use std::fmt;

use crate::kind::KindSet;

/// What is missing: any one of these sets, proved in addition, would do. The smallest come first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Missing(Vec<KindSet>);

impl Missing {
    pub(crate) fn new(mut choices: Vec<KindSet>) -> Self {
        choices.sort_by_key(|choice| (choice.len(), *choice));
        Self(choices)
    }

    /// The choices, none of which holds more than it must.
    #[must_use]
    pub fn choices(&self) -> &[KindSet] {
        &self.0
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("still to be proved: ")?;
        for (n, choice) in self.0.iter().enumerate() {
            write!(f, "{}{choice}", if n == 0 { "" } else { ", or " })?;
        }
        Ok(())
    }
}
