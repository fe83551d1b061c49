//! The forms of names, and how they lie within one another (RFC 5280 §4.2.1.10): the comparison that name constraints
//! need.

use std::net::{Ipv4Addr, Ipv6Addr};

use chancery_certificate::{GeneralName, printable};
use const_oid::ObjectIdentifier;

use crate::rules::hosts::{is_host, is_mask, place_dns, place_ip, place_uri};
use crate::rules::mailboxes::{
    is_mail_constraint, is_principal_constraint, place_mail, place_principal, place_utf8_mail, text,
};
use crate::rules::place::{Place, within};
use crate::rules::profile::CertificateProfile;

/// id-on-SmtpUTF8Mailbox (RFC 9598): an internationalised mail address.
const SMTP_UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");
/// The user principal name of Microsoft, by which people log in to Windows.
const USER_PRINCIPAL_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");

/// The forms of names that constraints know.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    Directory,
    Email,
    /// Bound by the constraints on mail addresses; has none of its own (RFC 9598 §6).
    Utf8Mailbox,
    Dns,
    Uri,
    Ip,
    UserPrincipal,
    RegisteredId,
    /// otherName of another kind, for which nobody defined what "within" means.
    Other(ObjectIdentifier),
    /// By its tag: x400Address or ediPartyName.
    Unread(u8),
}

impl Form {
    /// The forms of constraints that bind names of this form.
    pub(crate) fn bound_by(self) -> impl Iterator<Item = Self> {
        let also = (self == Self::Utf8Mailbox).then_some(Self::Email);
        std::iter::once(self).chain(also)
    }

    /// Whether somebody defined what a constraint of this form means.
    pub(crate) fn is_defined(self) -> bool {
        match self {
            Self::Directory | Self::Email | Self::Dns | Self::Uri | Self::Ip | Self::UserPrincipal => true,
            Self::Utf8Mailbox | Self::RegisteredId | Self::Other(_) | Self::Unread(_) => false,
        }
    }
}

pub(crate) fn form(name: &GeneralName) -> Form {
    match name {
        GeneralName::Directory(_) => Form::Directory,
        GeneralName::Email(_) => Form::Email,
        GeneralName::Dns(_) => Form::Dns,
        GeneralName::Uri(_) => Form::Uri,
        GeneralName::Ip(_) => Form::Ip,
        GeneralName::RegisteredId(_) => Form::RegisteredId,
        GeneralName::Other { oid, .. } if *oid == SMTP_UTF8_MAILBOX => Form::Utf8Mailbox,
        GeneralName::Other { oid, .. } if *oid == USER_PRINCIPAL_NAME => Form::UserPrincipal,
        GeneralName::Other { oid, .. } => Form::Other(*oid),
        GeneralName::Unread(raw) => Form::Unread(raw.first().copied().unwrap_or_default()),
        _ => Form::Unread(0),
    }
}

/// Whether `base` is what a constraint may hold.
pub(crate) fn is_constraint(base: &GeneralName, profile: CertificateProfile) -> bool {
    match base {
        GeneralName::Email(base) => is_mail_constraint(base),
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
        GeneralName::Other { oid, value } if *oid == USER_PRINCIPAL_NAME => is_principal_constraint(value),
        // RFC 9598 §6: what is meant is written as a constraint on mail addresses.
        GeneralName::Other { oid, .. } => *oid != SMTP_UTF8_MAILBOX,
        _ => true,
    }
}

/// Where `name` lies with regard to `base`, a constraint of a form that binds it.
pub(crate) fn place(name: &GeneralName, base: &GeneralName) -> Place {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => within(name.is_within(base)),
        (GeneralName::Email(name), GeneralName::Email(base)) => place_mail(name, base),
        (GeneralName::Other { value, .. }, GeneralName::Email(base)) => place_utf8_mail(value, base),
        (GeneralName::Other { oid, value }, GeneralName::Other { value: base, .. })
            if *oid == USER_PRINCIPAL_NAME =>
        {
            place_principal(value, base)
        }
        (GeneralName::Dns(name), GeneralName::Dns(base)) => place_dns(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => place_uri(name, base),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => place_ip(name, base),
        (GeneralName::RegisteredId(name), GeneralName::RegisteredId(base)) => place_identifier(*name, *base),
        // Whatever a form means, a subtree with the minimum 0 holds its own root.
        _ if name == base => Place::Within,
        _ => Place::Unknown,
    }
}

/// Nobody defined whether a constraint on a registered identifier is about it alone or about all that was assigned
/// below it. Where both readings agree there is no doubt.
fn place_identifier(name: ObjectIdentifier, base: ObjectIdentifier) -> Place {
    if name == base {
        Place::Within
    } else if name.arcs().zip(base.arcs()).all(|(left, right)| left == right)
        && name.arcs().count() > base.arcs().count()
    {
        Place::Unknown
    } else {
        Place::Outside
    }
}

/// The name for people.
pub(crate) fn words(name: &GeneralName) -> String {
    match name {
        GeneralName::Email(text) | GeneralName::Dns(text) | GeneralName::Uri(text) => printable(text),
        GeneralName::Directory(name) => name.to_string(),
        GeneralName::Ip(bytes) => address(bytes),
        GeneralName::RegisteredId(oid) => format!("registered identifier {oid}"),
        GeneralName::Other { oid, value } => match text(value) {
            Some(text) => format!("{} (of the form {oid})", printable(&text)),
            None => format!("name of the form {oid}"),
        },
        GeneralName::Unread(raw) => match raw.first() {
            Some(0xa3) => "X.400 address".into(),
            Some(0xa5) => "EDI party name".into(),
            _ => "name of an unknown form".into(),
        },
        _ => "name of an unknown form".into(),
    }
}

/// An address, or with a mask a network.
fn address(bytes: &[u8]) -> String {
    let one = |bytes: &[u8]| -> Option<String> {
        if let Ok(four) = <[u8; 4]>::try_from(bytes) {
            return Some(Ipv4Addr::from(four).to_string());
        }
        <[u8; 16]>::try_from(bytes).ok().map(|sixteen| Ipv6Addr::from(sixteen).to_string())
    };
    let network = || {
        let (address, mask) = bytes.split_at(bytes.len() / 2);
        Some(format!("{}/{}", one(address)?, one(mask)?))
    };
    one(bytes)
        .filter(|_| !matches!(bytes.len(), 8 | 32))
        .or_else(network)
        .unwrap_or_else(|| "malformed IP address".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_constraint(base: &GeneralName) -> bool {
        super::is_constraint(base, CertificateProfile::Rfc5280)
    }

    #[test]
    fn constraints_have_their_own_syntax() {
        let dns = |text: &str| is_constraint(&GeneralName::Dns(text.into()));
        assert!(dns("example.com") && dns("") && !dns(".example.com") && !dns("*.example.com"));
        let email = |text: &str| is_constraint(&GeneralName::Email(text.into()));
        assert!(email("a@b.c") && email("b.c") && email(".b.c") && email(""));
        assert!(!email("@b.c") && !email("a@") && !email("a b"));
        let uri = |text: &str| is_constraint(&GeneralName::Uri(text.into()));
        assert!(uri("example.com") && uri(".example.com") && !uri("https://example.com") && !uri(""));
        assert!(is_constraint(&GeneralName::Ip(vec![192, 0, 2, 0, 255, 255, 254, 0])));
        assert!(!is_constraint(&GeneralName::Ip(vec![0, 0, 0, 0, 255, 0, 255, 0])));
        assert!(!is_constraint(&GeneralName::Ip(vec![0; 5])) && !is_constraint(&GeneralName::Ip(vec![0; 4])));
        assert!(is_constraint(&GeneralName::Ip(vec![0; 8])) && is_constraint(&GeneralName::Ip(vec![0; 32])));
    }

    #[test]
    fn identifiers_are_doubtful_only_below_a_constraint() {
        let judged = |name: &str, base: &str| {
            let id = |text: &str| GeneralName::RegisteredId(ObjectIdentifier::new_unwrap(text));
            place(&id(name), &id(base))
        };
        assert_eq!(judged("1.2.3.4", "1.2.3.4"), Place::Within);
        assert_eq!(judged("1.2.3.5", "1.2.3.4"), Place::Outside);
        assert_eq!(judged("1.2.3", "1.2.3.4"), Place::Outside);
        assert_eq!(judged("1.2.3.4.5", "1.2.3.4"), Place::Unknown);
    }

    #[test]
    fn forms_are_told_apart() {
        let unread = |tag| form(&GeneralName::Unread(vec![tag, 0]));
        assert_ne!(unread(0xa3), unread(0xa5));
        let other = |oid| form(&GeneralName::Other { oid, value: Vec::new() });
        assert_eq!(other(SMTP_UTF8_MAILBOX), Form::Utf8Mailbox);
        assert_eq!(Form::Utf8Mailbox.bound_by().collect::<Vec<_>>(), [Form::Utf8Mailbox, Form::Email]);
        assert_eq!(Form::Email.bound_by().collect::<Vec<_>>(), [Form::Email]);
        assert_ne!(
            other(ObjectIdentifier::new_unwrap("1.2.3")),
            other(ObjectIdentifier::new_unwrap("1.2.4"))
        );
    }

    #[test]
    fn addresses_are_written_as_people_write_them() {
        assert_eq!(words(&GeneralName::Ip(vec![192, 0, 2, 1])), "192.0.2.1");
        assert_eq!(words(&GeneralName::Ip(vec![192, 0, 2, 0, 255, 255, 255, 0])), "192.0.2.0/255.255.255.0");
        assert_eq!(words(&GeneralName::Ip([vec![0; 15], vec![1]].concat())), "::1");
        assert_eq!(words(&GeneralName::Ip(vec![1])), "malformed IP address");
    }
}
