//! Domains and mailboxes, compared exactly.

use std::fmt;

use chancery_certificate::misleads;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_script::{Script, UnicodeScript};

use crate::text_error::{MailboxFault, TextFault};

/// A domain as A-labels in lower case, after the non-transitional processing of UTS 46. Two are the same domain only if
/// they are equal; a sub-domain is another one.
///
/// ```
/// use chancery_seal::Domain;
///
/// assert_eq!(Domain::new("Bücher.Example")?.as_str(), "xn--bcher-kva.example");
/// assert_ne!(Domain::new("mail.acme.example")?, Domain::new("acme.example")?);
/// assert!(Domain::new("аcme.example").is_err()); // the first letter is Cyrillic
/// # Ok::<(), chancery_seal::MailboxFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Takes a domain, in Unicode or as A-labels.
    ///
    /// # Errors
    /// [`MailboxFault`] if it is none by UTS 46 (with the rules of STD 3 and the lengths of DNS), has one label only,
    /// or a label could be taken for another: of mixed scripts (UTS 39, 5.2, highly restrictive) or digits (5.3), or of
    /// letters that all look like Latin ones.
    pub fn new(text: &str) -> Result<Self, MailboxFault> {
        let no_domain = || MailboxFault::Domain { text: chancery_certificate::printable(text) };
        if text.len() > 1024 || text.chars().any(misleads) {
            return Err(no_domain());
        }
        let processing = Uts46::new();
        let ascii = processing
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
            .map_err(|_| no_domain())?
            .into_owned();
        if !ascii.contains('.') {
            return Err(MailboxFault::OneLabel { domain: ascii });
        }
        if ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(no_domain()); // an address of IPv4
        }
        let (unicode, judged) = processing.to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
        judged.map_err(|_| no_domain())?;
        unicode.split('.').try_for_each(one_script)?;
        unicode.split('.').try_for_each(one_sort_of_digits)?;
        Ok(Self(ascii))
    }

    /// The A-labels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether people could take one for the other: the skeletons of UTS 39, 4 are the same.
    #[must_use]
    pub fn looks_like(&self, other: &Self) -> bool {
        self.skeleton() == other.skeleton()
    }

    fn skeleton(&self) -> String {
        let (unicode, _) = Uts46::new().to_unicode(self.0.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
        // Domains are often shown in capitals, but compared in small letters; so are they here.
        unicode_security::skeleton(&unicode).collect::<String>().to_lowercase()
    }
}

/// UTS 39, 5.1 and 5.2: one script, or one of the three combinations with which Japanese, Chinese and Korean are
/// written, without Latin.
fn one_script(label: &str) -> Result<(), MailboxFault> {
    let mut seen: Option<Script> = None;
    for character in label.chars() {
        let script = match character.script() {
            Script::Common | Script::Inherited => continue,
            script => script,
        };
        seen = match seen {
            None => Some(script),
            Some(before) if before == script => Some(before),
            Some(before) => match east_asian(before).zip(east_asian(script)) {
                Some((one, other)) if one == other || one == Script::Han || other == Script::Han => {
                    Some(if one == Script::Han { script } else { before })
                }
                _ => {
                    let (one, other) = (before.full_name(), script.full_name());
                    return Err(MailboxFault::MixedScripts { label: label.to_owned(), one, other });
                }
            },
        };
    }
    match seen {
        Some(script @ (Script::Cyrillic | Script::Greek | Script::Armenian | Script::Cherokee))
            if label.chars().all(|c| !c.is_alphabetic() || LOOKS_LATIN.contains(c)) =>
        {
            let script = script.full_name();
            Err(MailboxFault::WholeScriptConfusable { label: label.to_owned(), script })
        }
        _ => Ok(()),
    }
}

/// UTS 39, 5.3: the digits of a label are of one system. The ten digits of a system stand side by side.
fn one_sort_of_digits(label: &str) -> Result<(), MailboxFault> {
    let digits = || label.chars().filter(|character| character.is_numeric()).map(u32::from);
    match digits().min().zip(digits().max()) {
        Some((least, most)) if most.abs_diff(least) > 9 => {
            Err(MailboxFault::MixedDigits { label: label.to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}

/// The system of writing that a script belongs to, if it is one that mixes scripts.
fn east_asian(script: Script) -> Option<Script> {
    match script {
        Script::Han => Some(Script::Han),
        Script::Hiragana | Script::Katakana => Some(Script::Hiragana),
        Script::Hangul => Some(Script::Hangul),
        Script::Bopomofo => Some(Script::Bopomofo),
        _ => None,
    }
}

/// Small letters of other scripts that look like Latin ones (UTS 39, confusables.txt 17, those that a domain can hold).
const LOOKS_LATIN: &str = "асԁеһіјӏорԛѕԝхуүѵһԍьъзгкмнтвпгԃαινορυωκτχаոսհցօզքվгᎥꭰꮋꮃꮪꮯꭺꭼ";

impl TryFrom<String> for Domain {
    type Error = MailboxFault;

    fn try_from(text: String) -> Result<Self, MailboxFault> {
        Self::new(&text)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address of e-mail: a plain local part and a domain. No display name, no comment, no quoting, so no line break and
/// nothing that hides another address.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mailbox {
    local: String,
    domain: Domain,
}

impl Mailbox {
    /// Takes an address. The local part keeps its case (RFC 5321, 2.4).
    ///
    /// # Errors
    /// [`MailboxFault`] says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, MailboxFault> {
        if text.len() > 1024 {
            return Err(TextFault::TooLong { what: "a mailbox", found: text.len(), most: 1024 }.into());
        }
        let (local, domain) = text.split_once('@').ok_or(MailboxFault::Form)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(MailboxFault::Form);
        }
        // RFC 5321, 4.1.2: Dot-string; 4.5.3.1.1: 64 octets. ASCII only: letters of other scripts (RFC 6531) look like
        // these.
        let atom = |atom: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
            !atom.is_empty() && atom.chars().all(plain)
        };
        if local.len() > 64 || !local.split('.').all(atom) {
            return Err(MailboxFault::LocalPart);
        }
        Ok(Self { local: local.to_owned(), domain: Domain::new(domain)? })
    }

    /// The same for all spellings that reach one person: most servers ignore the case of the local part.
    pub(crate) fn folded(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }

    /// The domain.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }
}

impl TryFrom<String> for Mailbox {
    type Error = MailboxFault;

    fn try_from(text: String) -> Result<Self, MailboxFault> {
        Self::new(&text)
    }
}

impl From<Mailbox> for String {
    fn from(mailbox: Mailbox) -> Self {
        mailbox.to_string()
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_compared_as_a_labels() {
        let of = |text: &str| Domain::new(text).unwrap();
        assert_eq!(of("ACME.example"), of("acme.EXAMPLE"));
        assert_eq!(of("faß.de").as_str(), "xn--fa-hia.de", "non-transitional");
        assert_eq!(of("bücher.example"), of("xn--bcher-kva.example"));
        assert_eq!(of("bu\u{308}cher.example"), of("bücher.example"), "NFC");
        assert_eq!(of("例え.jp"), of("xn--r8jz45g.jp"));
        assert_ne!(of("acme.example"), of("mail.acme.example"));
    }

    #[test]
    fn homographs_are_refused() {
        for bad in [
            "аcme.example",
            "xn--cme-7cd.example",
            "аррӏе.com",
            "xn--80ak6aa92e.com",
            "micrоsoft.com",
            "αcme.example",
        ] {
            let refused = Domain::new(bad).unwrap_err();
            assert!(
                matches!(
                    refused,
                    MailboxFault::MixedScripts { .. } | MailboxFault::WholeScriptConfusable { .. }
                ),
                "{bad}: {refused}"
            );
        }
        for bad in ["1\u{967}.example", "\u{ae7}1.example"] {
            let refused = Domain::new(bad).unwrap_err();
            assert!(matches!(refused, MailboxFault::MixedDigits { .. }), "{bad}: {refused}");
        }
        assert!(Domain::new("acme1990.example").is_ok());
        assert!(Domain::new("\u{967}\u{96f}.example").is_ok(), "digits of one system");
        assert!(Domain::new("почта.example").is_ok(), "a word that is Cyrillic and looks it");
        assert!(Domain::new("東京タワー.example").is_ok());
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for bad in [
            "",
            "acme",
            "acme..example",
            ".acme.example",
            "acme.example.",
            "-acme.example",
            "ac me.example",
            "acme_x.example",
            "acme.example\0",
            "acme\u{202e}.example",
            "acme\u{200b}.example",
            "127.0.0.1",
            "[127.0.0.1]",
            "xn--a.example",
            &format!("{}.example", "a".repeat(64)),
            "acme.example\r\nBcc: x",
        ] {
            assert!(Domain::new(bad).is_err(), "{bad:?} is {:?}", Domain::new(bad));
        }
    }

    #[test]
    fn mailboxes_hide_nothing() {
        assert_eq!(Mailbox::new("Alice@ACME.example").unwrap().to_string(), "Alice@acme.example");
        for bad in [
            "alice",
            "\u{430}lice@acme.example",
            "@acme.example",
            "alice@",
            "a@b@acme.example",
            "\"a b\"@acme.example",
            "al\0ice@acme.example",
            "alice\r\nBcc: x@acme.example",
            "ali\u{202e}ce@acme.example",
            "a..b@acme.example",
            "Alice <a@acme.example>",
            &format!("{}@acme.example", "a".repeat(65)),
        ] {
            assert!(Mailbox::new(bad).is_err(), "{bad:?}");
        }
    }
}
