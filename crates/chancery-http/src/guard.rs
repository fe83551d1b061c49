//! Which network addresses may be contacted.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an IP address is for, by the special-purpose registries of IANA (RFC 6890 and the registries it founded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressKind {
    /// An ordinary address of the Internet.
    Public,
    /// This machine: 127.0.0.0/8, `::1`.
    Loopback,
    /// A network of one's own: RFC 1918 (10/8, 172.16/12, 192.168/16), RFC 4193 (`fc00::/7`), site-local.
    Private,
    /// The cable one sits on: 169.254/16, `fe80::/10`. Cloud machines keep their secrets' service here.
    LinkLocal,
    /// The inside of a provider's address translation: 100.64/10 (RFC 6598).
    CarrierShared,
    /// Many receivers at once: 224/4, `ff00::/8`.
    Multicast,
    /// 0.0.0.0/8 and `::`, which mean "this machine" to many systems.
    Unspecified,
    /// Everything that is set aside: documentation, benchmarks, future use, tunnels whose other end is unknown.
    Reserved,
}

impl AddressKind {
    /// The kind of an address. An IPv6 address that stands for an IPv4 address (mapped, compatible, 6to4, NAT64)
    /// is of the kind of that IPv4 address: it is where the packets go.
    ///
    /// ```
    /// use chancery_http::AddressKind;
    ///
    /// assert_eq!(AddressKind::of("169.254.169.254".parse()?), AddressKind::LinkLocal);
    /// assert_eq!(AddressKind::of("::ffff:10.0.0.1".parse()?), AddressKind::Private);
    /// assert_eq!(AddressKind::of("2606:4700::1111".parse()?), AddressKind::Public);
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Loopback => "a loopback address",
            Self::Private => "an address of a private network",
            Self::LinkLocal => "a link-local address",
            Self::CarrierShared => "an address shared behind a carrier's translation",
            Self::Multicast => "a multicast address",
            Self::Unspecified => "an unspecified address",
            Self::Reserved => "a reserved address",
        })
    }
}

/// What a client may contact beyond public addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressRule {
    /// Services on this machine.
    Loopback,
    /// Services in private networks.
    Private,
    /// Services on the same link.
    LinkLocal,
    /// Services behind the same carrier's translation.
    CarrierShared,
    /// Exactly this address, whatever its kind.
    Exactly(IpAddr),
}

impl AddressRule {
    fn permits(self, address: IpAddr, kind: AddressKind) -> bool {
        match self {
            Self::Loopback => kind == AddressKind::Loopback,
            Self::Private => kind == AddressKind::Private,
            Self::LinkLocal => kind == AddressKind::LinkLocal,
            Self::CarrierShared => kind == AddressKind::CarrierShared,
            Self::Exactly(allowed) => address == allowed,
        }
    }
}

/// Decides whether an address may be contacted: public ones, and what was allowed besides.
///
/// A certificate can name any URL. Without a guard, whoever verifies a signature could be made to ask services
/// that only they can reach (server-side request forgery). The guard looks at addresses, never at names: a name
/// may lead to one address now and to another a moment later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressGuard {
    rules: Vec<AddressRule>,
}

impl AddressGuard {
    /// Public addresses only.
    #[must_use]
    pub fn public_only() -> Self {
        Self::default()
    }

    /// And these.
    #[must_use]
    pub fn allow(mut self, rule: AddressRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Says whether the address may be contacted.
    ///
    /// # Errors
    ///
    /// The kind of the address, if it may not.
    pub fn check(&self, address: IpAddr) -> Result<(), AddressKind> {
        match AddressKind::of(address) {
            AddressKind::Public => Ok(()),
            kind if self.rules.iter().any(|rule| rule.permits(address, kind)) => Ok(()),
            kind => Err(kind),
        }
    }
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, and one address that clouds gave a meaning.
fn of_v4(address: Ipv4Addr) -> AddressKind {
    match address.octets() {
        [0, ..] => AddressKind::Unspecified,
        [127, ..] => AddressKind::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressKind::Private,
        [169, 254, ..] => AddressKind::LinkLocal,
        [100, 64..=127, ..] => AddressKind::CarrierShared,
        [224..=239, ..] => AddressKind::Multicast,
        // IETF assignments, documentation (RFC 5737), former 6to4 relays, benchmarks (RFC 2544), class E, broadcast.
        [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressKind::Reserved,
        [192, 88, 99, _] | [198, 18 | 19, ..] | [240..=255, ..] => AddressKind::Reserved,
        // The platform service of Azure machines has a public number but answers only from within.
        [168, 63, 129, 16] => AddressKind::Reserved,
        _ => AddressKind::Public,
    }
}

/// <https://www.iana.org/assignments/iana-ipv6-special-registry>; only 2000::/3 is handed out as public.
fn of_v6(address: Ipv6Addr) -> AddressKind {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressKind::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressKind::Loopback,
        // ::ffff:a.b.c.d (mapped), ::a.b.c.d (compatible), 64:ff9b::a.b.c.d (NAT64, RFC 6052).
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            of_v4(embedded(high, low))
        }
        // NAT64 with a local prefix (RFC 8215): the network's own affair.
        [0x64, 0xff9b, 1, ..] => AddressKind::Private,
        // 6to4 (RFC 3056): 2002:aabb:ccdd::.
        [0x2002, high, low, ..] => of_v4(embedded(high, low)),
        // Teredo and other IETF assignments (2001::/23), documentation (RFC 3849, RFC 9637).
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => AddressKind::Reserved,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => AddressKind::Private,
        [0xfe80..=0xfebf, ..] => AddressKind::LinkLocal,
        [0xff00..=0xffff, ..] => AddressKind::Multicast,
        // ISATAP (RFC 5214): the interface part holds an IPv4 address behind 0000:5efe or 0200:5efe.
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, high, low] => of_v4(embedded(high, low)),
        [0x2000..=0x3fff, ..] => AddressKind::Public,
        _ => AddressKind::Reserved,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(text: &str) -> AddressKind {
        AddressKind::of(text.parse().unwrap())
    }

    #[test]
    fn knows_the_special_ranges_at_their_edges() {
        use AddressKind::*;
        for (text, expected) in [
            ("0.0.0.0", Unspecified),
            ("0.255.255.255", Unspecified),
            ("1.0.0.0", Public),
            ("9.255.255.255", Public),
            ("10.0.0.0", Private),
            ("10.255.255.255", Private),
            ("11.0.0.0", Public),
            ("100.63.255.255", Public),
            ("100.64.0.0", CarrierShared),
            ("100.127.255.255", CarrierShared),
            ("100.128.0.0", Public),
            ("126.255.255.255", Public),
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("128.0.0.1", Public),
            ("169.253.255.255", Public),
            ("169.254.169.254", LinkLocal),
            ("172.15.255.255", Public),
            ("172.16.0.0", Private),
            ("172.31.255.255", Private),
            ("172.32.0.0", Public),
            ("192.0.0.192", Reserved),
            ("192.0.1.0", Public),
            ("192.168.0.1", Private),
            ("198.17.0.1", Public),
            ("198.18.0.1", Reserved),
            ("198.20.0.1", Public),
            ("223.255.255.255", Public),
            ("224.0.0.1", Multicast),
            ("240.0.0.1", Reserved),
            ("255.255.255.255", Reserved),
            ("168.63.129.16", Reserved),
            ("8.8.8.8", Public),
            ("::", Unspecified),
            ("::1", Loopback),
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:8.8.8.8", Public),
            ("::10.0.0.1", Private),
            ("::2", Unspecified),
            ("64:ff9b::10.1.2.3", Private),
            ("64:ff9b::8.8.8.8", Public),
            ("64:ff9b:1::8.8.8.8", Private),
            ("2002:7f00:1::", Loopback),
            ("2002:808:808::1", Public),
            ("2001:0:5ef5:79fb::1", Reserved),
            ("2001:1ff:ffff::1", Reserved),
            ("2001:200::1", Public),
            ("2001:db8::1", Reserved),
            ("2606:4700::1111", Public),
            ("2606:4700::5efe:192.168.0.1", Private),
            ("fc00::1", Private),
            ("fd00:ec2::254", Private),
            ("fe80::1", LinkLocal),
            ("fec0::1", Private),
            ("ff02::1", Multicast),
            ("100::1", Reserved),
            ("4000::1", Reserved),
            ("1fff::1", Reserved),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn allows_what_it_is_told_and_no_more() {
        let guard = AddressGuard::public_only()
            .allow(AddressRule::Loopback)
            .allow(AddressRule::Exactly("10.1.1.1".parse().unwrap()));
        assert_eq!(guard.check("127.0.0.1".parse().unwrap()), Ok(()));
        assert_eq!(guard.check("10.1.1.1".parse().unwrap()), Ok(()));
        assert_eq!(guard.check("10.1.1.2".parse().unwrap()), Err(AddressKind::Private));
        assert_eq!(guard.check("0.0.0.0".parse().unwrap()), Err(AddressKind::Unspecified));
        assert_eq!(AddressGuard::public_only().check("::1".parse().unwrap()), Err(AddressKind::Loopback));
    }

    proptest! {
        #[test]
        fn every_disguise_of_an_ipv4_address_is_of_its_kind(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            let [a, b, c, d] = v4.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            prop_assume!(bits > 1); // :: and ::1 are themselves
            for v6 in [
                v4.to_ipv6_mapped(),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                prop_assert_eq!(AddressKind::of(v6.into()), AddressKind::of(v4.into()), "{}", v6);
            }
        }
    }
}
