//! Serial numbers as bytes.

/// An INTEGER's content without superfluous sign octets: certificates and lists of careless issuers differ there.
pub(crate) fn minimal(mut integer: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = integer {
        match (first, rest.first()) {
            (0, Some(next)) if *next < 0x80 => integer = rest,
            (0xff, Some(next)) if *next >= 0x80 => integer = rest,
            _ => break,
        }
    }
    integer
}

#[cfg(test)]
mod tests {
    use super::minimal;

    #[test]
    fn only_superfluous_octets_go() {
        assert_eq!(minimal(&[0, 0, 1]), [1]);
        assert_eq!(minimal(&[0, 0x80]), [0, 0x80]);
        assert_eq!(minimal(&[0xff, 0xff, 0x80]), [0x80]);
        assert_eq!(minimal(&[0xff, 0x7f]), [0xff, 0x7f]);
        assert_eq!(minimal(&[0]), [0]);
        assert!(minimal(&[]).is_empty());
    }
}
