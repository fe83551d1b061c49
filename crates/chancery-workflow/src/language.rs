//! The languages in which people are written to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language that every message is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// 日本語
    #[serde(rename = "ja")]
    Japanese,
    /// español
    #[serde(rename = "es")]
    Spanish,
    /// português
    #[serde(rename = "pt")]
    Portuguese,
    /// 中文, in simplified characters.
    #[serde(rename = "zh")]
    Chinese,
    /// ไทย
    #[serde(rename = "th")]
    Thai,
    /// မြန်မာ
    #[serde(rename = "my")]
    Burmese,
    /// Tiếng Việt
    #[serde(rename = "vi")]
    Vietnamese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::Japanese,
        Self::Spanish,
        Self::Portuguese,
        Self::Chinese,
        Self::Thai,
        Self::Burmese,
        Self::Vietnamese,
    ];

    /// Its tag (BCP 47), for the `Content-Language` of a mail and the `lang` of a page.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Chinese => "zh",
            Self::Thai => "th",
            Self::Burmese => "my",
            Self::Vietnamese => "vi",
        }
    }

    /// Its own name for itself, for a list to choose from.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Japanese => "日本語",
            Self::Spanish => "español",
            Self::Portuguese => "português",
            Self::Chinese => "中文",
            Self::Thai => "ไทย",
            Self::Burmese => "မြန်မာ",
            Self::Vietnamese => "Tiếng Việt",
        }
    }

    /// The language of a tag, whatever region or script it names: `pt-BR` is Portuguese. `None` if we do not write it.
    ///
    /// ```
    /// use chancery_workflow::Language;
    ///
    /// assert_eq!(Language::of_tag("pt_BR"), Some(Language::Portuguese));
    /// assert_eq!(Language::of_tag("fr"), None);
    /// ```
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The first of these tags that we write, or else `otherwise`: for what somebody says they read, best first.
    #[must_use]
    pub fn first_of<'t>(tags: impl IntoIterator<Item = &'t str>, otherwise: Self) -> Self {
        tags.into_iter().find_map(Self::of_tag).unwrap_or(otherwise)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
            assert_eq!(serde_json::to_string(&language).unwrap(), format!("\"{}\"", language.tag()));
        }
        assert_eq!(Language::of_tag("ZH-Hant-TW"), Some(Language::Chinese));
        assert_eq!(Language::of_tag(""), None);
        assert_eq!(Language::of_tag("eng"), None);
        assert_eq!(Language::first_of(["fr-FR", "my", "en"], Language::English), Language::Burmese);
        assert_eq!(Language::first_of(["fr"], Language::Thai), Language::Thai);
    }
}
