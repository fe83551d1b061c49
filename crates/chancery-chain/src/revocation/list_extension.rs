//! Extensions of CRLs and of their entries.

use std::collections::HashSet;

use chancery_certificate::asn1::{Asn1Error, Reader, tag};
use const_oid::ObjectIdentifier;

use crate::revocation::crl_error::RevocationListError;

/// An extension of a CRL or of one of its entries.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListExtension<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) critical: Critical,
    /// Content of the OCTET STRING.
    pub(crate) value: &'a [u8],
}

/// Whether an extension that is not known forbids the use of what carries it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Critical {
    Yes,
    No,
}

/// All extensions of a list, each once.
pub(crate) fn read_extensions(mut reader: Reader<'_>) -> Result<Vec<ListExtension<'_>>, RevocationListError> {
    let mut extensions: Vec<ListExtension<'_>> = Vec::new();
    // Nobody signed this yet: a hundred thousand extensions must not cost more for each than three do.
    let mut known = HashSet::new();
    while !reader.is_empty() {
        let extension = read_extension(&mut reader)?;
        if !known.insert(extension.oid) {
            return Err(RevocationListError::DuplicateExtension(extension.oid));
        }
        extensions.push(extension);
    }
    Ok(extensions)
}

/// The next extension.
pub(crate) fn read_extension<'a>(reader: &mut Reader<'a>) -> Result<ListExtension<'a>, Asn1Error> {
    let mut fields = reader.expect(tag::SEQUENCE)?.reader();
    let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
    let critical = match fields.optional(tag::BOOLEAN)? {
        Some(flag) if flag.boolean()? => Critical::Yes,
        _ => Critical::No,
    };
    let value = fields.expect(tag::OCTET_STRING)?.content;
    fields.finish()?;
    Ok(ListExtension { oid, critical, value })
}
