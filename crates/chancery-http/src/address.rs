//! Where a request goes: a URL that is worth trying.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use http::Uri;

use crate::AddressError;
use crate::text::escaped;

/// The longest URL that is sent. RFC 9110 §4.1 recommends that 8000 bytes be supported; certificates and OCSP
/// requests in the path (RFC 6960 appendix A.1: below 255 bytes) need far less.
const LONGEST: usize = 8000;

/// An absolute `http` or `https` URL with a host, without user name or password, without fragment.
///
/// Certificates and signed files name URLs (OCSP responders, CRLs, issuers), and whoever made them chose those
/// URLs. So an `Address` says only that the URL is well-formed; whether the host may be contacted is decided on
/// the addresses it resolves to, by [`AddressGuard`](crate::AddressGuard), when the connection is made.
///
/// ```
/// use chancery_http::{Address, AddressError};
///
/// let tsa: Address = "http://tsa.example/rfc3161?policy=1".parse()?;
/// assert_eq!(tsa.host(), "tsa.example");
/// assert!(matches!("ldap://directory.example/cn=CRL".parse::<Address>(), Err(AddressError::Scheme { .. })));
/// # Ok::<(), AddressError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(Uri);

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if it is longer than 8000 bytes, not absolute, not http or https, or has a user name
    /// or password in it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > LONGEST {
            return Err(AddressError::TooLong { length: text.len(), limit: LONGEST });
        }
        let not_a_url = |reason: String| AddressError::NotAUrl { text: escaped(text), reason };
        let uri: Uri = text.parse().map_err(|error: http::uri::InvalidUri| not_a_url(error.to_string()))?;
        let scheme = uri.scheme_str().ok_or_else(|| not_a_url("it has no scheme".into()))?;
        let host = uri.host().unwrap_or_default();
        if scheme != "http" && scheme != "https" {
            return Err(AddressError::Scheme { url: escaped(text), scheme: scheme.to_owned() });
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(AddressError::UserInfo { host: escaped(host) });
        }
        if host.is_empty() {
            return Err(not_a_url("it names no host".into()));
        }
        let after = uri.authority().and_then(|authority| authority.as_str().strip_prefix(host));
        match (names_a_host(host), after.and_then(port)) {
            (false, _) => Err(not_a_url("its host is neither a name nor an address".into())),
            (true, Some(_)) => Ok(Self(uri)),
            (true, None) => Err(not_a_url("its port is not between 1 and 65535".into())),
        }
    }

    /// The host as written: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    /// The port written, or that of the scheme: 80 or 443.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == Some(&http::uri::Scheme::HTTPS)
    }

    /// The same as the type that the `http` crate's friends understand.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// The address that a `Location` header found at this address leads to: an absolute URL, or an absolute
    /// path on the same host (`//host/path` and `/path`, RFC 3986 §4.2). Paths relative to the current one are
    /// not resolved.
    ///
    /// # Errors
    ///
    /// [`AddressError`] as for [`Address::parse`].
    pub fn join(&self, location: &str) -> Result<Self, AddressError> {
        let scheme = self.0.scheme_str().unwrap_or("http");
        let authority = self.0.authority().map_or("", |authority| authority.as_str());
        if location.starts_with("//") {
            Self::parse(&format!("{scheme}:{location}"))
        } else if location.starts_with('/') {
            Self::parse(&format!("{scheme}://{authority}{location}"))
        } else {
            Self::parse(location)
        }
    }
}

/// A name of letters, digits, hyphens, underscores and dots, or an address; IPv6 in brackets (RFC 3986 §3.2.2, without
/// percent-encoding, which no name server understands).
fn names_a_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(literal) => literal.parse::<Ipv6Addr>().is_ok(),
        None => host.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet)),
    }
}

/// What stands behind the host: nothing, or a colon and a port. `Some(None)` is the port of the scheme.
fn port(after_host: &str) -> Option<Option<u16>> {
    if after_host.is_empty() {
        return Some(None);
    }
    let digits =
        after_host.strip_prefix(':').filter(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()))?;
    digits.parse().ok().filter(|port| *port != 0).map(Some)
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Address {
    type Error = AddressError;

    fn try_from(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl TryFrom<&String> for Address {
    type Error = AddressError;

    fn try_from(text: &String) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<&Self> for Address {
    fn from(address: &Self) -> Self {
        address.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.0)
    }
}

/// So that `Request::get` takes an `Address` as well as a text: nothing can go wrong then.
impl From<std::convert::Infallible> for AddressError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_what_it_should() {
        for (text, host, port) in [
            ("http://a.example", "a.example", 80),
            ("https://a.example/x?y=z", "a.example", 443),
            ("HTTP://A.example:8080/", "A.example", 8080),
            ("http://[::1]:81/crl", "[::1]", 81),
            ("http://10.0.0.1/", "10.0.0.1", 80),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.host(), address.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn refuses_with_the_reason() {
        assert!(matches!(Address::parse("ftp://a.example/"), Err(AddressError::Scheme { .. })));
        assert!(matches!(
            Address::parse("file:///etc/passwd"),
            Err(AddressError::NotAUrl { .. } | AddressError::Scheme { .. })
        ));
        assert!(matches!(Address::parse("http://u:secret@a.example/"), Err(AddressError::UserInfo { .. })));
        assert!(!Address::parse("http://u:secret@a.example/").unwrap_err().to_string().contains("secret"));
        assert!(matches!(
            Address::parse(&format!("http://a/{}", "x".repeat(9000))),
            Err(AddressError::TooLong { .. })
        ));
        for text in [
            "",
            "/path",
            "a.example",
            "http:",
            "http://",
            "http:///x",
            "http://:80/",
            "http://a:0/",
            "http://a:65536/",
            "http://a:x/",
            "http://a b/",
            "http://ä.example/",
            "http://a/\r\nHost: b",
            // Found by fuzzing: `http` takes what stands between bracket and colon.
            "hTTP://[]E:0",
            "http://[]/",
            "http://[::1]x:80/",
            "http://[1.2.3.4]/",
            "http://a:+80/",
            "http://a%41/",
            "http://a;b/",
        ] {
            assert!(
                matches!(Address::parse(text), Err(AddressError::NotAUrl { .. })),
                "{text:?}: {:?}",
                Address::parse(text)
            );
        }
    }

    #[test]
    fn joins_a_location() {
        let base = Address::parse("https://a.example:8443/x/y").unwrap();
        assert_eq!(base.join("/z").unwrap().to_string(), "https://a.example:8443/z");
        assert_eq!(base.join("//b.example/z").unwrap().to_string(), "https://b.example/z");
        assert_eq!(base.join("http://c.example/").unwrap().to_string(), "http://c.example/");
        assert!(base.join("z").is_err());
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_its_promises(text in "\\PC{0,60}|https?://\\PC{0,40}|https?://[\\[\\]:.@0-9a-f]{0,20}") {
            if let Ok(address) = Address::parse(&text) {
                prop_assert!(!address.host().is_empty());
                prop_assert!(!address.to_string().contains(['\r', '\n', ' ']));
                prop_assert!(address.port() != 0);
                prop_assert!(!address.uri().authority().unwrap().as_str().contains('@'));
            }
        }
    }
}
