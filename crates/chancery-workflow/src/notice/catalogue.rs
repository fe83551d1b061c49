//! The texts in eight languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::error::{CatalogueError, NoticeError};
use super::words::Phrase;
use crate::language::Language;

/// The name of the line above a message.
pub(super) const SUBJECT: &str = "subject";

/// The texts in eight languages, every message in each of them (G14).
///
/// They are those of `locales/` in this crate. An application that wants other words gives its own for the messages that
/// it likes to change; whatever it gives uses exactly the variables of the English text, so that nothing is left out of
/// one language.
pub struct Catalogue {
    bundles: BTreeMap<Language, FluentBundle<FluentResource>>,
    variables: BTreeMap<String, BTreeSet<String>>,
}

impl Catalogue {
    /// Ours.
    ///
    /// # Errors
    /// None; a test takes every text through it.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let english = parse(Language::English, source(Language::English))?;
        let variables = messages(&english);
        let mut bundles = BTreeMap::new();
        for language in Language::ALL {
            // The tags are constants that Fluent knows; a bundle without one would count as English does.
            let locale = language.tag().parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![locale]);
            // We mark what is written from right to left ourselves; see `one_line`.
            bundle.set_use_isolating(false);
            bundle.add_resource_overriding(checked(language, source(language), &variables)?);
            bundles.insert(language, bundle);
        }
        Ok(Self { bundles, variables })
    }

    /// With other words for some messages of a language, as Fluent writes them.
    ///
    /// # Errors
    /// [`CatalogueError`] if they are not Fluent, name a message that is not there, or use other variables.
    pub fn with(mut self, language: Language, texts: &str) -> Result<Self, CatalogueError> {
        let resource = checked(language, texts, &self.variables)?;
        if let Some(bundle) = self.bundles.get_mut(&language) {
            bundle.add_resource_overriding(resource);
        }
        Ok(self)
    }

    /// The names of all messages with the variables that each uses; `name.subject` for the line above it.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.variables.iter().map(|(key, variables)| (key.as_str(), variables))
    }

    /// Words that stand alone.
    ///
    /// # Errors
    /// [`NoticeError::Text`] if a text of the application's own does not work out.
    pub fn phrase(&self, phrase: Phrase, language: Language) -> Result<String, NoticeError> {
        let mut args = FluentArgs::new();
        if let Phrase::Progress { done, all } = phrase {
            args.set("done", done);
            args.set("all", all);
        }
        self.text(language, phrase.key(), None, &args)
    }

    /// A message, or one of its attributes.
    pub(super) fn text(
        &self,
        language: Language,
        key: &'static str,
        attribute: Option<&str>,
        args: &FluentArgs<'_>,
    ) -> Result<String, NoticeError> {
        let fault = |why: &str| NoticeError::Text { key, language, why: why.to_owned() };
        let bundle = self.bundles.get(&language).ok_or_else(|| fault("no such language"))?;
        let message = bundle.get_message(key).ok_or_else(|| fault("no such message"))?;
        let pattern = match attribute {
            None => message.value(),
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
        };
        let mut errors = Vec::new();
        let pattern = pattern.ok_or_else(|| fault("it is empty"))?;
        let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(fault(&error.to_string())),
        }
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({} messages in {} languages)", self.variables.len(), self.bundles.len())
    }
}

const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../locales/en.ftl"),
        Language::Japanese => include_str!("../../locales/ja.ftl"),
        Language::Spanish => include_str!("../../locales/es.ftl"),
        Language::Portuguese => include_str!("../../locales/pt.ftl"),
        Language::Chinese => include_str!("../../locales/zh.ftl"),
        Language::Thai => include_str!("../../locales/th.ftl"),
        Language::Burmese => include_str!("../../locales/my.ftl"),
        Language::Vietnamese => include_str!("../../locales/vi.ftl"),
    }
}

/// The largest file of texts; ours have 10 KB. And how many braces and brackets may be opened in it: Fluent reads what is
/// nested by recursion, without a bound of its own. Ours open fewer than 300. What is closed is not counted, as a sign
/// within a string closes nothing.
const MOST_BYTES: usize = 256 * 1024;
const MOST_OPENED: usize = 1000;

/// Where a file is too large or too deep to be read.
fn too_much(source: &str) -> Option<(usize, String)> {
    if source.len() > MOST_BYTES {
        return Some((MOST_BYTES, format!("more than {MOST_BYTES} bytes")));
    }
    let opened = source.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'{' | b'('));
    opened
        .map(|(offset, _)| (offset, format!("more than {MOST_OPENED} braces and brackets are opened")))
        .nth(MOST_OPENED)
}

fn parse(language: Language, source: &str) -> Result<FluentResource, CatalogueError> {
    if let Some((offset, why)) = too_much(source) {
        return Err(CatalogueError::Syntax { language, offset, why });
    }
    FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
        let (offset, why) =
            errors.first().map_or((0, String::new()), |error| (error.pos.start, error.kind.to_string()));
        CatalogueError::Syntax { language, offset, why }
    })
}

/// A resource in which every message is known and uses what the English one uses.
fn checked(
    language: Language,
    source: &str,
    english: &BTreeMap<String, BTreeSet<String>>,
) -> Result<FluentResource, CatalogueError> {
    let resource = parse(language, source)?;
    for (key, found) in messages(&resource) {
        let Some(expected) = english.get(&key) else { return Err(CatalogueError::Unknown { language, key }) };
        if *expected != found {
            let list = |names: &BTreeSet<String>| {
                if names.is_empty() {
                    return "no variables".to_owned();
                }
                names.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ")
            };
            let (expected, found) = (list(expected), list(&found));
            return Err(CatalogueError::Variables { language, key, expected, found });
        }
    }
    Ok(resource)
}

/// Every message and attribute with its variables.
fn messages(resource: &FluentResource) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        let name = message.id.name;
        if let Some(value) = &message.value {
            found.insert(name.to_owned(), variables(value));
        }
        for attribute in &message.attributes {
            found.insert(format!("{name}.{}", attribute.id.name), variables(&attribute.value));
        }
    }
    found
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(pattern, &mut names);
    names
}

/// How much nests is bounded before it is read.
fn collect(pattern: &Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        collect_expression(expression, names);
    }
}

fn collect_expression(expression: &Expression<&str>, names: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => collect_inline(inline, names),
        Expression::Select { selector, variants } => {
            collect_inline(selector, names);
            for variant in variants {
                collect(&variant.value, names);
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, names: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            names.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|argument| collect_inline(argument, names));
        }
        InlineExpression::Placeable { expression } => collect_expression(expression, names),
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}
