//! Which places may be asked, as far as their URL alone says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chancery_certificate::printable;
use chancery_http::{Address, AddressGuard};

use crate::collector::fetch_fault::FetchFault;

/// Refuses a URL that names a forbidden address itself. Where a name leads is for the transport to judge, when it
/// connects.
pub(crate) fn check(address: &Address, guard: &AddressGuard) -> Result<(), FetchFault> {
    let host = address.host();
    match literal(host) {
        Some(number) => {
            guard.check(number).map_err(|kind| FetchFault::AddressRefused { host: printable(host), kind })
        }
        // `127.1`, `0x7f000001` and `2130706433` are loopback to many systems.
        None if ends_in_a_number(host) => Err(FetchFault::NumericHost { host: printable(host) }),
        None => Ok(()),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        // RFC 6761 §6.3: these names never lead anywhere else.
        None if is_localhost(host) => Some(Ipv4Addr::LOCALHOST.into()),
        None => host.parse().ok(),
    }
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

/// As in the URL standard (<https://url.spec.whatwg.org/#ends-in-a-number-checker>): no host name ends so, because no
/// top-level domain is a number.
fn ends_in_a_number(host: &str) -> bool {
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    !last.is_empty()
        && (digits(last)
            || hexadecimal.is_some_and(|rest| rest.bytes().all(|octet| octet.is_ascii_hexdigit())))
}

#[cfg(test)]
mod tests {
    use chancery_http::AddressRule;

    use super::*;

    fn judged(url: &str, guard: &AddressGuard) -> Result<(), FetchFault> {
        check(&Address::parse(url).unwrap(), guard)
    }

    #[test]
    fn private_numbers_are_refused_in_every_form() {
        let public = AddressGuard::public_only();
        for url in [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://x.LocalHost./",
            "http://10.0.0.1:8080/x",
            "http://[::1]/",
            "http://169.254.169.254/latest",
        ] {
            assert!(matches!(judged(url, &public), Err(FetchFault::AddressRefused { .. })), "{url}");
        }
        for url in [
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://1.2.3.4./",
        ] {
            assert!(matches!(judged(url, &public), Err(FetchFault::NumericHost { .. })), "{url}");
        }
        for url in [
            "http://crl.example/",
            "http://1.2.3.4/",
            "http://crl1.3com.example/",
            "http://[2606:4700::1111]/",
        ] {
            assert!(judged(url, &public).is_ok(), "{url}");
        }
        assert!(judged("http://127.0.0.1:1/", &public.allow(AddressRule::Loopback)).is_ok());
    }
}
