//! How the forms of names lie within one another (RFC 5280 §4.2.1.10): the comparison that name constraints need.

use chancery_certificate::{GeneralName, printable};
use const_oid::ObjectIdentifier;

use crate::profile::CertificateProfile;

/// id-on-SmtpUTF8Mailbox (RFC 9598): an internationalised mail address.
const SMTP_UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");

/// The forms of names that constraints know.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Directory,
    Email,
    Dns,
    Uri,
    Ip,
    /// Forms for which nobody defined what "within" means.
    Other(Option<ObjectIdentifier>),
}

/// Where a name lies.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// All that the name stands for lies within.
    Within,
    /// Some of what the name stands for lies within: a wildcard.
    Partly,
    /// Nothing does.
    Outside,
    /// The name cannot be compared: it is malformed, or of a form without a definition.
    Unknown,
}

pub(crate) fn form(name: &GeneralName) -> Form {
    match name {
        GeneralName::Directory(_) => Form::Directory,
        GeneralName::Email(_) => Form::Email,
        GeneralName::Dns(_) => Form::Dns,
        GeneralName::Uri(_) => Form::Uri,
        GeneralName::Ip(_) => Form::Ip,
        // RFC 9598 §6: constraints on mail addresses bind internationalised ones too.
        GeneralName::Other { oid, .. } if *oid == SMTP_UTF8_MAILBOX => Form::Email,
        GeneralName::Other { oid, .. } => Form::Other(Some(*oid)),
        _ => Form::Other(None),
    }
}

/// Whether `base` is what a constraint may hold.
pub(crate) fn is_constraint(base: &GeneralName, profile: CertificateProfile) -> bool {
    match base {
        GeneralName::Directory(_) => true,
        // A whole mailbox, a host, or a domain with a leading period.
        GeneralName::Email(base) => match base.rsplit_once('@') {
            Some((local, host)) => !local.is_empty() && is_host(host),
            None => base.is_empty() || is_host(base.strip_prefix('.').unwrap_or(base)),
        },
        // RFC 5280 adds labels to the left of the base as it stands: no leading period, never a wildcard.
        GeneralName::Dns(base) => match base.strip_prefix('.') {
            Some(domain) => profile == CertificateProfile::Tolerant && is_host(domain),
            None => base.is_empty() || is_host(base),
        },
        GeneralName::Uri(base) => is_host(base.strip_prefix('.').unwrap_or(base)),
        GeneralName::Ip(base) => match base.len() {
            8 | 32 => is_mask(&base[base.len() / 2..]),
            _ => false,
        },
        _ => true,
    }
}

/// Where `name` lies with regard to `base`, a constraint of the same form.
pub(crate) fn place(name: &GeneralName, base: &GeneralName) -> Place {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => within(name.is_within(base)),
        (GeneralName::Email(name), GeneralName::Email(base)) => place_email(name, base),
        (GeneralName::Other { value, .. }, GeneralName::Email(base)) => place_utf8_email(value, base),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => place_dns(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => place_uri(name, base),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => place_ip(name, base),
        _ => Place::Unknown,
    }
}

/// The name for people.
pub(crate) fn words(name: &GeneralName) -> String {
    match name {
        GeneralName::Email(text) | GeneralName::Dns(text) | GeneralName::Uri(text) => printable(text),
        GeneralName::Directory(name) => name.to_string(),
        GeneralName::Ip(bytes) => bytes.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
        GeneralName::RegisteredId(oid) => format!("registered identifier {oid}"),
        GeneralName::Other { oid, .. } => format!("name of the form {oid}"),
        _ => "name of an unknown form".into(),
    }
}

fn within(yes: bool) -> Place {
    if yes { Place::Within } else { Place::Outside }
}

fn place_email(name: &str, base: &str) -> Place {
    let Some((local, host)) = name.rsplit_once('@').filter(|(local, host)| is_local(local) && is_host(host))
    else {
        return Place::Unknown;
    };
    match base.rsplit_once('@') {
        // The local part is compared as it stands (RFC 5280 §7.5).
        Some((base_local, base_host)) => within(local == base_local && host.eq_ignore_ascii_case(base_host)),
        None => place_host(host, base),
    }
}

/// `SmtpUTF8Mailbox ::= UTF8String`, whose domain is compared when it is plain ASCII.
fn place_utf8_email(value: &[u8], base: &str) -> Place {
    let text = chancery_certificate::asn1::Reader::new(value).element().and_then(|element| element.text());
    let Ok(text) = text else { return Place::Unknown };
    match text.rsplit_once('@') {
        Some((local, host)) if !local.is_empty() && is_host(host) => match base.rsplit_once('@') {
            Some((base_local, base_host)) => {
                within(local == base_local && host.eq_ignore_ascii_case(base_host))
            }
            None => place_host(host, base),
        },
        _ => Place::Unknown,
    }
}

/// A host with regard to a host or, with a leading period, a domain without the host of that name itself.
fn place_host(host: &str, base: &str) -> Place {
    match base.strip_prefix('.') {
        Some(domain) => within(is_below(host, domain)),
        None => within(base.is_empty() || host.eq_ignore_ascii_case(base)),
    }
}

fn place_dns(name: &str, base: &str) -> Place {
    if base.is_empty() {
        return Place::Within;
    }
    let (name, wildcard) = match name.strip_prefix("*.") {
        Some(domain) => (domain, true),
        None => (name, false),
    };
    if !is_host(name) {
        return Place::Unknown;
    }
    let domain = base.strip_prefix('.').unwrap_or(base);
    let itself = name.eq_ignore_ascii_case(domain) && (domain == base || wildcard);
    if itself || is_below(name, domain) {
        Place::Within
    } else if wildcard && is_below(domain, name) {
        Place::Partly
    } else {
        Place::Outside
    }
}

fn place_uri(name: &str, base: &str) -> Place {
    match uri_host(name) {
        Some(host) => place_host(host, base),
        // RFC 5280 §4.2.1.10: a URI without an authority, or whose host is no domain name, must be rejected.
        None => Place::Unknown,
    }
}

/// The host of `scheme://[user@]host[:port]/…`, unless it is an IP address.
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?;
    let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
    (is_host(host) && !is_address).then_some(host)
}

fn place_ip(name: &[u8], base: &[u8]) -> Place {
    if !matches!(name.len(), 4 | 16) {
        return Place::Unknown;
    }
    if base.len() != name.len() * 2 {
        return Place::Outside;
    }
    let (network, mask) = base.split_at(name.len());
    within(name.iter().zip(network).zip(mask).all(|((name, network), mask)| name & mask == network & mask))
}

/// Whether labels were added to the left of `domain`.
fn is_below(host: &str, domain: &str) -> bool {
    let start = host.len().checked_sub(domain.len()).filter(|start| *start > 1);
    start.is_some_and(|start| {
        host.as_bytes()[start - 1] == b'.' && host.as_bytes()[start..].eq_ignore_ascii_case(domain.as_bytes())
    })
}

/// Letters, digits, hyphens and underscores (seen in practice) in labels of 1 to 63, 253 in all (RFC 1034 §3.5).
pub(crate) fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(label)
}

/// Whether a common name is meant as the name of a host, by the rules of OpenSSL: at least two labels, none of which
/// begins or ends with a hyphen.
pub(crate) fn looks_like_host(name: &str) -> bool {
    let hyphen_at_edge = |label: &str| label.starts_with('-') || label.ends_with('-');
    name.contains('.') && is_host(name) && !name.split('.').any(hyphen_at_edge)
}

/// The dot-atom or quoted string of a mail address (RFC 5321 §4.1.2), without being strict about the latter.
fn is_local(text: &str) -> bool {
    let quoted = text.len() > 2 && text.starts_with('"') && text.ends_with('"');
    let atom = |atom: &str| {
        let special = b"!#$%&'*+-/=?^_`{|}~";
        !atom.is_empty() && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || special.contains(&byte))
    };
    quoted || text.split('.').all(atom)
}

/// Ones, then zeros.
fn is_mask(mask: &[u8]) -> bool {
    let mut rest = mask.iter().skip_while(|byte| **byte == 0xff);
    let boundary = rest.next().is_none_or(|byte| byte.leading_ones() + byte.trailing_zeros() >= 8);
    boundary && rest.all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_constraint(base: &GeneralName) -> bool {
        super::is_constraint(base, CertificateProfile::Rfc5280)
    }

    fn dns(name: &str, base: &str) -> Place {
        place(&GeneralName::Dns(name.into()), &GeneralName::Dns(base.into()))
    }

    fn email(name: &str, base: &str) -> Place {
        place(&GeneralName::Email(name.into()), &GeneralName::Email(base.into()))
    }

    fn uri(name: &str, base: &str) -> Place {
        place(&GeneralName::Uri(name.into()), &GeneralName::Uri(base.into()))
    }

    #[test]
    fn hosts_lie_below_whole_labels() {
        assert_eq!(dns("host.Example.com", "example.com"), Place::Within);
        assert_eq!(dns("example.com", "EXAMPLE.com"), Place::Within);
        assert_eq!(dns("notexample.com", "example.com"), Place::Outside);
        assert_eq!(dns("com", "example.com"), Place::Outside);
        assert_eq!(dns("*.example.com", "example.com"), Place::Within);
        assert_eq!(dns("*.example.com", "secret.example.com"), Place::Partly);
        assert_eq!(dns("host.example.com", ".example.com"), Place::Within);
        assert_eq!(dns("example.com", ".example.com"), Place::Outside);
        assert_eq!(dns("a..b", "example.com"), Place::Unknown);
        assert_eq!(dns(".", ""), Place::Within);
    }

    #[test]
    fn mail_addresses_lie_at_hosts_in_domains_or_are_named() {
        assert_eq!(email("Alice@Example.com", "example.com"), Place::Within);
        assert_eq!(email("alice@mail.example.com", "example.com"), Place::Outside);
        assert_eq!(email("alice@mail.example.com", ".example.com"), Place::Within);
        assert_eq!(email("alice@example.com", ".example.com"), Place::Outside);
        assert_eq!(email("alice@EXAMPLE.com", "alice@example.com"), Place::Within);
        assert_eq!(email("Alice@example.com", "alice@example.com"), Place::Outside);
        assert_eq!(email("alice", "example.com"), Place::Unknown);
        assert_eq!(email("alice@evil@example.com", "example.com"), Place::Unknown);
    }

    #[test]
    fn uris_are_compared_by_host() {
        assert_eq!(uri("https://u@www.example.com:80/x?y=//evil", "www.example.com"), Place::Within);
        assert_eq!(uri("https://www.example.com/", ".example.com"), Place::Within);
        assert_eq!(uri("https://www.example.com/", "example.com"), Place::Outside);
        assert_eq!(uri("https://192.0.2.1/", "example.com"), Place::Unknown);
        assert_eq!(uri("mailto:alice@example.com", "example.com"), Place::Unknown);
    }

    #[test]
    fn addresses_lie_in_networks() {
        let place_of = |name: &[u8], base: &[u8]| {
            place(&GeneralName::Ip(name.to_vec()), &GeneralName::Ip(base.to_vec()))
        };
        let net = [192, 0, 2, 0, 255, 255, 254, 0];
        assert_eq!(place_of(&[192, 0, 3, 1], &net), Place::Within);
        assert_eq!(place_of(&[192, 0, 4, 1], &net), Place::Outside);
        assert_eq!(place_of(&[0; 16], &net), Place::Outside);
        assert_eq!(place_of(&[1, 2], &net), Place::Unknown);
        assert!(is_constraint(&GeneralName::Ip(net.to_vec())));
        assert!(!is_constraint(&GeneralName::Ip(vec![0, 0, 0, 0, 255, 0, 255, 0])));
        assert!(!is_constraint(&GeneralName::Ip(vec![0; 5])));
        assert!(is_constraint(&GeneralName::Ip(vec![0; 8])));
    }

    #[test]
    fn constraints_have_their_own_syntax() {
        let dns = |text: &str| is_constraint(&GeneralName::Dns(text.into()));
        assert!(dns("example.com") && dns("") && !dns(".example.com") && !dns("*.example.com"));
        let email = |text: &str| is_constraint(&GeneralName::Email(text.into()));
        assert!(
            email("a@b.c")
                && email("b.c")
                && email(".b.c")
                && !email("@b.c")
                && !email("a@")
                && !email("a b")
        );
    }
}
