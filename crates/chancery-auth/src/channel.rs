//! Where a code goes, and how that is shown.

use std::fmt;

use crate::error::IssueRefused;
use crate::text;

/// An address that a code is sent to. Prints masked: what is shown on a page must not tell a stranger where to look.
///
/// ```
/// # use chancery_auth::Channel;
/// assert_eq!(Channel::mail("alice@example.com")?.to_string(), "a•••@e•••.com");
/// assert_eq!(Channel::telephone("+81 3 1234 5678")?.to_string(), "•••78");
/// # Ok::<(), chancery_auth::IssueRefused>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Channel {
    address: String,
    masked: String,
}

impl Channel {
    const MOST: usize = 320;

    /// A mail address.
    ///
    /// # Errors
    /// [`IssueRefused::Text`] if it is not one line with one `@` within it.
    pub fn mail(address: &str) -> Result<Self, IssueRefused> {
        let fault = IssueRefused::Text { what: "a mail address with one @", most: Self::MOST };
        text::check(address, "a mail address with one @", Self::MOST)?;
        let (local, domain) = address.rsplit_once('@').ok_or(fault)?;
        let (Some(local), Some(first)) = (local.chars().next(), domain.chars().next()) else {
            return Err(fault);
        };
        let masked = match domain.rsplit_once('.') {
            Some((_, last)) => format!("{local}•••@{first}•••.{last}"),
            None => format!("{local}•••@{first}•••"),
        };
        Ok(Self { address: address.to_owned(), masked })
    }

    /// A telephone number. Its last two digits are shown.
    ///
    /// # Errors
    /// [`IssueRefused::Text`] unless it has 5 to 20 digits, and beside them only `+`, space, `-`, `.` and brackets.
    pub fn telephone(number: &str) -> Result<Self, IssueRefused> {
        let fault = IssueRefused::Text { what: "a telephone number of 5 to 20 digits", most: 40 };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let known = |c: char| c.is_ascii_digit() || "+ -.()".contains(c);
        if !(5..=20).contains(&digits.len()) || number.len() > 40 || !number.chars().all(known) {
            return Err(fault);
        }
        Ok(Self { address: number.to_owned(), masked: format!("•••{}", &digits[digits.len() - 2..]) })
    }

    /// The whole address, for whoever delivers.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({})", self.masked)
    }
}
