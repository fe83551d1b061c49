//! That a person can read the format which will be used.

use std::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::ContentDigest;

/// That a person showed that they can read the electronic form: 7001(c)(1)(C)(ii). It comes of a right
/// [answer](ExpectedCode::answer), or names a document that was [opened](Self::opened), which an envelope holds it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Demonstration(Demonstrated);

/// How a person showed it, as the record has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields, rename_all = "snake_case")]
pub enum Demonstrated {
    /// They opened a document of the same format, and consented after it was shown to them: a document of the envelope, as
    /// it was sent or is now.
    OpenedSameFormat {
        /// The SHA-256 of that document.
        document: ContentDigest,
    },
    /// They typed a code that stood only inside a document of the same format. [`FormatCode`] is one.
    EnteredCode {
        /// The SHA-256 of that document.
        document: ContentDigest,
    },
}

impl Demonstration {
    /// They opened this document, and consented after it was shown to them. An envelope takes it of its own documents
    /// only, after the party has opened them.
    #[must_use]
    pub const fn opened(document: ContentDigest) -> Self {
        Self(Demonstrated::OpenedSameFormat { document })
    }

    /// As the record has it.
    #[must_use]
    pub const fn recorded(&self) -> Demonstrated {
        self.0
    }
}

impl Demonstrated {
    /// The SHA-256 of the document that was read.
    #[must_use]
    pub const fn document(&self) -> ContentDigest {
        match self {
            Self::OpenedSameFormat { document } | Self::EnteredCode { document } => *document,
        }
    }
}

/// A code to be drawn into a document of the format that will be used, and typed by whoever reads it. It shows that
/// somebody can read, not who: it is no factor of authentication.
///
/// ```
/// use chancery_workflow::ContentDigest;
/// use chancery_workflow::consent::{Demonstrated, FormatCode};
///
/// # let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
/// let code = FormatCode::random(&mut rng);
/// let pdf = format!("… {code} …"); // drawn where no machine gives it away: not in a title, a file name or a mail
/// let document = ContentDigest::from_bytes([7; 32]); // of that PDF
/// let expected = code.in_document(document);
/// assert_eq!(expected.answer("wrong"), None);
/// let shown = expected.answer(&code.to_string()).unwrap();
/// assert_eq!(shown.recorded(), Demonstrated::EnteredCode { document });
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FormatCode(String);

/// The letters and digits without those that look alike.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ+";
const LENGTH: usize = 6;

impl FormatCode {
    /// A new one, of six letters and digits.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut code = String::with_capacity(LENGTH);
        let mut drawn = [0_u8; 1];
        while code.len() < LENGTH {
            rng.fill_bytes(&mut drawn);
            // The 32nd sign only makes the count a power of two; it is drawn again.
            match LETTERS[usize::from(drawn[0] % 32)] {
                b'+' => {}
                letter => code.push(char::from(letter)),
            }
        }
        Self(code)
    }

    /// What is expected of whoever reads this document, by its SHA-256.
    #[must_use]
    pub fn in_document(&self, document: ContentDigest) -> ExpectedCode {
        ExpectedCode { document, answer: hash(document, &self.0) }
    }
}

impl fmt::Display for FormatCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FormatCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormatCode(…)")
    }
}

/// The answer that is expected to a [`FormatCode`], to be kept meanwhile: it tells the code to nobody who glances at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCode {
    document: ContentDigest,
    /// The hash of document and code.
    answer: ContentDigest,
}

impl ExpectedCode {
    /// What somebody typed, in either case and with spaces anywhere. `None` if it is not the code. It counts no attempts:
    /// who may ask without end may guess, so draw another code after a few. That the document has the format which will be
    /// used is the application's word.
    #[must_use]
    pub fn answer(&self, typed: &str) -> Option<Demonstration> {
        let plain: String = typed
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(LENGTH + 1)
            .collect::<String>()
            .to_ascii_uppercase();
        let right = plain.len() == LENGTH && hash(self.document, &plain) == self.answer;
        right.then_some(Demonstration(Demonstrated::EnteredCode { document: self.document }))
    }
}

fn hash(document: ContentDigest, code: &str) -> ContentDigest {
    let hash = Sha256::new_with_prefix(b"chancery format code v1").chain_update(document.to_bytes());
    ContentDigest::from_bytes(hash.chain_update(code).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed() {
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        for _ in 0..100 {
            let code = FormatCode::random(&mut rng);
            let expected = code.in_document(ContentDigest::from_bytes([1; 32]));
            let shown = code.to_string();
            assert!(shown.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{shown}");
            let (head, tail) = shown.split_at(3);
            for good in [shown.clone(), shown.to_lowercase(), format!(" {head} {tail}\n")] {
                let entered = Demonstrated::EnteredCode { document: ContentDigest::from_bytes([1; 32]) };
                assert_eq!(expected.answer(&good), Some(Demonstration(entered)), "{good}");
            }
            for bad in
                ["", head, &format!("{shown}A"), &format!("{shown} A"), "      ", &"A".repeat(1_000_000)]
            {
                assert_eq!(expected.answer(bad), None);
            }
            assert_ne!(
                code.in_document(ContentDigest::from_bytes([2; 32])).answer,
                expected.answer,
                "bound to the document"
            );
            assert!(!format!("{code:?} {expected:?}").contains(&shown));
        }
    }

    #[test]
    fn what_is_recorded() {
        let entered = Demonstrated::EnteredCode { document: ContentDigest::from_bytes([0xab; 32]) };
        let json = serde_json::to_string(&entered).unwrap();
        assert_eq!(json, format!("{{\"kind\":\"entered_code\",\"document\":\"{}\"}}", "ab".repeat(32)));
        assert_eq!(serde_json::from_str::<Demonstrated>(&json).unwrap(), entered);
        for bad in [
            json.replace("ab", "AB"),
            json.replace("entered_code", "promised"),
            json.replace("abab", "ab"),
            json.replace("{\"kind\"", "{\"x\":1,\"kind\""),
        ] {
            assert!(serde_json::from_str::<Demonstrated>(&bad).is_err(), "{bad}");
        }
    }
}
