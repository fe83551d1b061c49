//! Where hosts, URIs and addresses lie with regard to a constraint.

use crate::rules::place::{Place, within};

/// Where a host lies; `*.` in front of it stands for every host directly below.
pub(crate) fn place_dns(name: &str, base: &str) -> Place {
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

pub(crate) fn place_uri(name: &str, base: &str) -> Place {
    match uri_host(name) {
        Some(host) => place_host(host, base),
        // RFC 5280 §4.2.1.10: a URI without an authority, or whose host is no domain name, must be rejected.
        None => Place::Unknown,
    }
}

/// A host with regard to a host or, with a leading period, a domain without the host of that name itself.
pub(crate) fn place_host(host: &str, base: &str) -> Place {
    match base.strip_prefix('.') {
        Some(domain) => within(is_below(host, domain)),
        None => within(base.is_empty() || host.eq_ignore_ascii_case(base)),
    }
}

/// The host of `scheme://[user@]host[:port]/…`, unless it is an IP address, or programs would disagree about it.
fn uri_host(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    // RFC 3986 §3.1; otherwise "//" stands in the path of something else.
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let is_scheme =
        scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(in_scheme);
    let authority = rest.split(['/', '?', '#']).next()?;
    // Browsers take a backslash for a slash.
    if !is_scheme || authority.contains('\\') {
        return None;
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    // What ends in a number is read as an address by browsers, whatever comes before (WHATWG URL, "ends in a number").
    let last = host.rsplit('.').next()?.to_ascii_lowercase();
    let hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number =
        last.bytes().all(|byte| byte.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(hexadecimal);
    (is_port && is_host(host) && !is_number).then_some(host)
}

/// Address and mask of a constraint have the same length as the address.
pub(crate) fn place_ip(name: &[u8], base: &[u8]) -> Place {
    if !matches!(name.len(), 4 | 16) {
        return Place::Unknown;
    }
    // An IPv4 address within IPv6 (RFC 4291 §2.5.5.2) is the same node: it dodges no exclusion, and meets no permission.
    if let ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, four @ ..], 8) = (name, base.len()) {
        return if place_ip(four, base) == Place::Within { Place::Partly } else { Place::Outside };
    }
    if base.len() != name.len() * 2 {
        return Place::Outside;
    }
    let (network, mask) = base.split_at(name.len());
    within(name.iter().zip(network).zip(mask).all(|((name, network), mask)| name & mask == network & mask))
}

/// Whether labels were added to the left of `domain`.
pub(crate) fn is_below(host: &str, domain: &str) -> bool {
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

/// Ones, then zeros.
pub(crate) fn is_mask(mask: &[u8]) -> bool {
    let mut rest = mask.iter().skip_while(|byte| **byte == 0xff);
    let boundary = rest.next().is_none_or(|byte| byte.leading_ones() + byte.trailing_zeros() >= 8);
    boundary && rest.all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lie_below_whole_labels() {
        assert_eq!(place_dns("host.Example.com", "example.com"), Place::Within);
        assert_eq!(place_dns("example.com", "EXAMPLE.com"), Place::Within);
        assert_eq!(place_dns("notexample.com", "example.com"), Place::Outside);
        assert_eq!(place_dns("com", "example.com"), Place::Outside);
        assert_eq!(place_dns("*.example.com", "example.com"), Place::Within);
        assert_eq!(place_dns("*.example.com", "secret.example.com"), Place::Partly);
        assert_eq!(place_dns("host.example.com", ".example.com"), Place::Within);
        assert_eq!(place_dns("example.com", ".example.com"), Place::Outside);
        assert_eq!(place_dns(".", ""), Place::Within);
        for malformed in
            ["a..b", "example.com.", "f*o.example.com", "*.*.example.com", "*", "example.com\0.evil.com", ""]
        {
            assert_eq!(place_dns(malformed, "example.com"), Place::Unknown, "{malformed}");
        }
    }

    #[test]
    fn uris_are_compared_by_the_host_that_every_program_sees() {
        assert_eq!(place_uri("https://u@www.example.com:80/x?y=//evil", "www.example.com"), Place::Within);
        assert_eq!(place_uri("https://www.example.com/", ".example.com"), Place::Within);
        assert_eq!(place_uri("https://www.example.com/", "example.com"), Place::Outside);
        assert_eq!(place_uri("https://www.example.com@evil.com/", "www.example.com"), Place::Outside);
        let unclear = [
            "https://192.0.2.1/",
            "https://2130706433/",
            "https://127.1/",
            "https://www.example.0x7f/",
            "https://[::1]/",
            "mailto:alice@example.com",
            "mailto:evil.com?x=://www.example.com",
            "https://www.example.com\\@evil.com/",
            "https://www.example.com:80x/",
            "https://www%2eexample.com/",
            "https:///www.example.com/",
            "www.example.com",
            "1http://www.example.com/",
        ];
        for uri in unclear {
            assert_eq!(place_uri(uri, "www.example.com"), Place::Unknown, "{uri}");
        }
    }

    #[test]
    fn addresses_lie_in_networks() {
        let net = [192, 0, 2, 0, 255, 255, 254, 0];
        assert_eq!(place_ip(&[192, 0, 3, 1], &net), Place::Within);
        assert_eq!(place_ip(&[192, 0, 4, 1], &net), Place::Outside);
        assert_eq!(place_ip(&[0; 16], &net), Place::Outside);
        let mapped = |four: [u8; 4]| [[0; 10].as_slice(), &[0xff, 0xff], &four].concat();
        assert_eq!(place_ip(&mapped([192, 0, 3, 1]), &net), Place::Partly);
        assert_eq!(place_ip(&mapped([192, 0, 4, 1]), &net), Place::Outside);
        assert_eq!(place_ip(&[1, 2], &net), Place::Unknown);
        assert!(is_mask(&[255, 255, 254, 0]) && is_mask(&[0; 4]) && is_mask(&[255; 16]));
        assert!(!is_mask(&[255, 0, 255, 0]) && !is_mask(&[255, 253, 0, 0]) && !is_mask(&[254, 128, 0, 0]));
    }
}
