//! Where mail addresses and user principal names lie with regard to a constraint.

use chancery_certificate::asn1::Reader;

use crate::rules::hosts::{is_below, is_host, place_host};
use crate::rules::place::{Place, within};

/// Whether `base` is a whole mailbox, a host, or a domain with a leading period (RFC 5280 §4.2.1.10); nothing at all
/// stands for every address.
pub(crate) fn is_mail_constraint(base: &str) -> bool {
    match base.rsplit_once('@') {
        Some((local, host)) => is_local(local, Letters::Ascii) && is_host(host),
        None => base.is_empty() || is_host(base.strip_prefix('.').unwrap_or(base)),
    }
}

pub(crate) fn place_mail(name: &str, base: &str) -> Place {
    match name.rsplit_once('@') {
        Some((local, host)) if is_local(local, Letters::Ascii) && is_host(host) => {
            place_parts(local, host, base)
        }
        _ => Place::Unknown,
    }
}

/// `SmtpUTF8Mailbox ::= UTF8String (SIZE (1..MAX))`: its domain is written in A-labels (RFC 9598 §3), so that it can
/// be compared with the constraints of ordinary addresses, which bind it (§6). One with U-labels is not compared.
pub(crate) fn place_utf8_mail(value: &[u8], base: &str) -> Place {
    match text(value).as_deref().and_then(|text| text.rsplit_once('@')) {
        Some((local, host)) if is_local(local, Letters::All) && is_host(host) => {
            place_parts(local, host, base)
        }
        _ => Place::Unknown,
    }
}

fn place_parts(local: &str, host: &str, base: &str) -> Place {
    match base.rsplit_once('@') {
        // The local part is compared as it stands (RFC 5280 §7.5), but for quotation marks that it does not need.
        Some((base_local, base_host)) => {
            within(unquoted(local) == unquoted(base_local) && host.eq_ignore_ascii_case(base_host))
        }
        None => place_host(host, base),
    }
}

/// Whether `base` is what Windows reads as a constraint on user principal names: `user@domain`, `@domain`, `domain`
/// or `.domain`.
pub(crate) fn is_principal_constraint(base: &[u8]) -> bool {
    text(base).is_some_and(|base| {
        let host = base.rsplit_once('@').map_or(base.as_str(), |(_, host)| host);
        is_host(host.strip_prefix('.').unwrap_or(host))
    })
}

/// `UserPrincipalName ::= UTF8String`, `user@domain`, both without regard to case. No standard says whether the
/// constraint `domain` binds those below too, or `.domain` the domain itself; where readings differ, the name lies
/// there partly, which satisfies no permission and every exclusion.
pub(crate) fn place_principal(name: &[u8], base: &[u8]) -> Place {
    let (Some(name), Some(base)) = (text(name), text(base)) else { return Place::Unknown };
    let is_user =
        |user: &str| !user.is_empty() && !user.contains(|letter: char| letter == '@' || letter.is_control());
    let Some((user, host)) = name.rsplit_once('@').filter(|(user, host)| is_user(user) && is_host(host))
    else {
        return Place::Unknown;
    };
    let same = |left: &str, right: &str| left.to_lowercase() == right.to_lowercase();
    match base.rsplit_once('@') {
        Some(("", base_host)) => within(same(host, base_host)),
        Some((base_user, base_host)) => within(same(user, base_user) && same(host, base_host)),
        None => match base.strip_prefix('.') {
            Some(domain) if same(host, domain) => Place::Partly,
            Some(domain) => within(is_below(host, domain)),
            None if is_below(host, &base) => Place::Partly,
            None => within(same(host, &base)),
        },
    }
}

/// The text of the one string that an otherName holds.
pub(crate) fn text(value: &[u8]) -> Option<String> {
    let mut reader = Reader::new(value);
    let text = reader.element().ok()?.text().ok()?;
    reader.finish().ok()?;
    Some(text)
}

/// Letters that the local part of an address may have.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Letters {
    Ascii,
    /// Those beyond ASCII too (RFC 6531 §3.3).
    All,
}

impl Letters {
    fn allow_beyond_ascii(self, letter: char) -> bool {
        self == Self::All && !letter.is_ascii() && !letter.is_control()
    }
}

/// The dot-atom or quoted string of a mail address (RFC 5321 §4.1.2). A quotation that is none could be read as
/// several addresses, of which only the last would be judged.
fn is_local(text: &str, letters: Letters) -> bool {
    let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.map_or_else(|| is_dot_atom(text, letters), |inside| is_quoted(inside, letters))
}

/// ```text
/// QcontentSMTP   = qtextSMTP / quoted-pairSMTP
/// quoted-pairSMTP = %d92 %d32-126
/// qtextSMTP      = %d32-33 / %d35-91 / %d93-126
/// ```
fn is_quoted(inside: &str, letters: Letters) -> bool {
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        let allowed = match character {
            '"' => false,
            '\\' => characters.next().is_some_and(|escaped| matches!(escaped, ' '..='~')),
            ' '..='~' => true,
            other => letters.allow_beyond_ascii(other),
        };
        if !allowed {
            return false;
        }
    }
    !inside.is_empty()
}

fn is_dot_atom(text: &str, letters: Letters) -> bool {
    let special = "!#$%&'*+-/=?^_`{|}~";
    let allowed = |letter: char| {
        letter.is_ascii_alphanumeric() || special.contains(letter) || letters.allow_beyond_ascii(letter)
    };
    text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(allowed))
}

/// Quotation marks and backslashes that change nothing do not matter (RFC 5321 §4.1.2): `"alice"` is `alice`.
fn unquoted(local: &str) -> String {
    let Some(inside) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return local.to_owned();
    };
    let mut plain = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        plain.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    if is_dot_atom(&plain, Letters::All) { plain } else { format!("\"{plain}\"") }
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1::{self, tag};

    use super::*;

    fn utf8(text: &str) -> Vec<u8> {
        asn1::encode(tag::UTF8_STRING, text.as_bytes())
    }

    #[test]
    fn mail_addresses_lie_at_hosts_in_domains_or_are_named() {
        assert_eq!(place_mail("Alice@Example.com", "example.com"), Place::Within);
        assert_eq!(place_mail("alice@mail.example.com", "example.com"), Place::Outside);
        assert_eq!(place_mail("alice@mail.example.com", ".example.com"), Place::Within);
        assert_eq!(place_mail("alice@example.com", ".example.com"), Place::Outside);
        assert_eq!(place_mail("alice@EXAMPLE.com", "alice@example.com"), Place::Within);
        assert_eq!(place_mail("Alice@example.com", "alice@example.com"), Place::Outside);
        assert_eq!(place_mail("alice@example.com", ""), Place::Within);
        // A-labels, which is how international domains stand in certificates.
        assert_eq!(place_mail("alice@XN--Bcher-KVA.example", "xn--bcher-kva.example"), Place::Within);
        for malformed in
            ["alice", "alice@evil@example.com", "@example.com", "alice@", "alice@example.com.", ""]
        {
            assert_eq!(place_mail(malformed, "example.com"), Place::Unknown, "{malformed}");
        }
        // Quotation marks hide nobody.
        assert_eq!(place_mail("\"alice\"@example.com", "alice@example.com"), Place::Within);
        assert_eq!(place_mail("\"al\\ice\"@example.com", "alice@example.com"), Place::Within);
        assert_eq!(place_mail("\"a@b\"@example.com", "b"), Place::Outside);
        assert_eq!(place_mail("\"a \\\" b\"@example.com", "example.com"), Place::Within);
        for hidden in [
            "\"x\" <ceo@evil.example>, \"y\"@example.com",
            "\"a\r\nBcc: ceo@evil.example\"@example.com",
            "\"ceo@evil.example\0\"@example.com",
            "\"a\\\"@example.com",
            "\"a\\\n\"@example.com",
            "\"médecin\"@example.com",
            "\"\"@example.com",
            "\"@example.com",
        ] {
            assert_eq!(place_mail(hidden, "example.com"), Place::Unknown, "{hidden:?}");
            assert!(!is_mail_constraint(hidden), "{hidden:?}");
        }
    }

    #[test]
    fn international_addresses_are_bound_by_the_constraints_of_ordinary_ones() {
        assert_eq!(place_utf8_mail(&utf8("médecin@example.com"), "example.com"), Place::Within);
        assert_eq!(place_utf8_mail(&utf8("médecin@mail.example.com"), ".example.com"), Place::Within);
        assert_eq!(place_utf8_mail(&utf8("médecin@example.org"), "example.com"), Place::Outside);
        assert_eq!(
            place_utf8_mail(&utf8("médecin@xn--bcher-kva.example"), "xn--bcher-kva.example"),
            Place::Within
        );
        // A whole ASCII address never names an international one (RFC 9598 §6).
        assert_eq!(place_utf8_mail(&utf8("médecin@example.com"), "medecin@example.com"), Place::Outside);
        assert_eq!(place_utf8_mail(&utf8("\"le médecin\"@example.com"), "example.com"), Place::Within);
        for hidden in [
            "\"é\" <ceo@evil.example>, \"y\"@example.com",
            "é <ceo@evil.example>,y@example.com",
            "é\u{85}@example.com",
        ] {
            assert_eq!(place_utf8_mail(&utf8(hidden), "example.com"), Place::Unknown, "{hidden:?}");
        }
        // U-labels, no string, trailing bytes.
        assert_eq!(place_utf8_mail(&utf8("médecin@bücher.example"), "example.com"), Place::Unknown);
        assert_eq!(place_utf8_mail(&[5, 0], "example.com"), Place::Unknown);
        assert_eq!(
            place_utf8_mail(&[utf8("é@example.com"), vec![5, 0]].concat(), "example.com"),
            Place::Unknown
        );
    }

    #[test]
    fn principals_lie_where_every_reading_says_so() {
        let place = |name: &str, base: &str| place_principal(&utf8(name), &utf8(base));
        assert_eq!(place("alice@Corp.example", "@corp.example"), Place::Within);
        assert_eq!(place("alice@corp.example", "corp.example"), Place::Within);
        assert_eq!(place("ALICE@corp.example", "alice@corp.example"), Place::Within);
        assert_eq!(place("bob@corp.example", "alice@corp.example"), Place::Outside);
        assert_eq!(place("alice@sub.corp.example", ".corp.example"), Place::Within);
        assert_eq!(place("alice@corp.example", ".corp.example"), Place::Partly);
        assert_eq!(place("alice@sub.corp.example", "corp.example"), Place::Partly);
        assert_eq!(place("alice@sub.corp.example", "@corp.example"), Place::Outside);
        assert_eq!(place("alice@evil.example", ".corp.example"), Place::Outside);
        assert_eq!(place("alice", ".corp.example"), Place::Unknown);
        assert_eq!(place("ceo@evil.example@corp.example", "corp.example"), Place::Unknown);
        assert_eq!(place("ceo\0@corp.example", "corp.example"), Place::Unknown);
        assert!(is_principal_constraint(&utf8(".corp.example")) && !is_principal_constraint(&utf8("")));
        assert!(!is_principal_constraint(&utf8("alice@")) && !is_principal_constraint(&[5, 0]));
    }
}
