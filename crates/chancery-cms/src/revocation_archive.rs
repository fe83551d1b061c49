//! Revocation information as Adobe keeps it among the signed attributes (ISO 32000-2, 12.8.3.3.2).

use chancery_certificate::asn1::tag::{self, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};

use crate::ber::Element;
use crate::error::CmsError;
use crate::message::OtherRevocation;

/// adbe-revocationInfoArchival, signed (ISO 32000-2, 12.8.3.3.2).
pub const REVOCATION_INFO_ARCHIVAL: const_oid::ObjectIdentifier =
    const_oid::ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.8");

/// What the signer knew about revocation when it signed. None of it is judged here.
///
/// ```text
/// RevocationInfoArchival ::= SEQUENCE {
///     crl           [0] EXPLICIT SEQUENCE OF CRLs OPTIONAL,
///     ocsp          [1] EXPLICIT SEQUENCE OF OCSPResponse OPTIONAL,
///     otherRevInfo  [2] EXPLICIT SEQUENCE OF OtherRevInfo OPTIONAL }
///
/// OtherRevInfo ::= SEQUENCE { type OBJECT IDENTIFIER, value OCTET STRING }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RevocationArchive {
    /// CRLs, as received.
    pub crls: Vec<Vec<u8>>,
    /// OCSP answers, as received (RFC 6960, 4.2.1).
    pub ocsp_responses: Vec<Vec<u8>>,
    /// In other forms. The value is what the OCTET STRING holds.
    pub others: Vec<OtherRevocation>,
}

impl RevocationArchive {
    pub(crate) fn read(element: &Element<'_>) -> Result<Self, CmsError> {
        const WHAT: &str = "RevocationInfoArchival";
        let mut outer = crate::ber::Reader::new(element.raw);
        let mut fields = outer.expect(SEQUENCE, WHAT)?.reader();
        let mut list = |number| {
            let Some(list) = fields.optional(tag::constructed(number), WHAT)? else { return Ok(Vec::new()) };
            let mut explicit = list.reader();
            let mut members = explicit.expect(SEQUENCE, WHAT)?.reader();
            explicit.finish(WHAT)?;
            let mut all = Vec::new();
            while !members.is_empty() {
                all.push(members.expect(SEQUENCE, WHAT)?);
            }
            Ok::<_, CmsError>(all)
        };
        let (crls, ocsp_responses, others) = (list(0)?, list(1)?, list(2)?);
        fields.finish(WHAT)?;
        let raw = |members: Vec<Element<'_>>| members.iter().map(|member| member.raw.to_vec()).collect();
        let other = |member: &Element<'_>| {
            let mut fields = member.reader();
            let format = fields.expect(OBJECT_IDENTIFIER, "OtherRevInfo")?.oid("OtherRevInfo")?;
            let value = fields.any("OtherRevInfo")?.octets(OCTET_STRING, "OtherRevInfo")?.into_owned();
            fields.finish("OtherRevInfo")?;
            Ok(OtherRevocation { format, value: value.into() })
        };
        let others = others.iter().map(other).collect::<Result<_, CmsError>>()?;
        Ok(Self { crls: raw(crls), ocsp_responses: raw(ocsp_responses), others })
    }
}
