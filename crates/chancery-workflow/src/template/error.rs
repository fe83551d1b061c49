//! What is wrong with a template, or with what is bound to its roles.

use thiserror::Error;

use crate::draft_check::DraftFault;
use crate::error::TextError;
use crate::id::FieldId;
use crate::text::Text;

/// A template that cannot be published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Envelopes that are made of it could not be sent; everything that is wrong.
    #[error("what is made of it could not be sent: {}", list(.0))]
    Draft(Vec<DraftFault>),
    /// Two roles of one name.
    #[error("two roles are named {0}")]
    SameRole(Text),
    /// A name or title.
    #[error("a name: {0}")]
    Text(#[from] TextError),
    /// Bytes that are no template.
    #[error("no template: {0}")]
    Unreadable(String),
}

/// Why no envelope can be made of a template; everything at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstantiateError {
    /// Roles to which nobody is bound.
    pub unbound: Vec<Text>,
    /// Roles that were bound, and are none of this template.
    pub unknown: Vec<String>,
    /// Fields into which something was written that cannot stand there, each with the reason.
    pub values: Vec<(FieldId, &'static str)>,
    /// The title, if it is none.
    pub title: Option<TextError>,
}

impl std::fmt::Display for InstantiateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = Vec::new();
        if !self.unbound.is_empty() {
            parts.push(format!("nobody is bound to: {}", list(&self.unbound)));
        }
        if !self.unknown.is_empty() {
            parts.push(format!("the template has no such role: {}", self.unknown.join("; ")));
        }
        for (field, why) in &self.values {
            parts.push(format!("{field}: {why}"));
        }
        if let Some(title) = &self.title {
            parts.push(format!("the title: {title}"));
        }
        f.write_str(&parts.join(". "))
    }
}

impl std::error::Error for InstantiateError {}

fn list(things: &[impl ToString]) -> String {
    things.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
