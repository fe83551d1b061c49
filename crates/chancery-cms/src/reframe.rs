//! Adding to a message without touching a byte of what is there: only lengths around it are written anew.

use std::borrow::Cow;

use chancery_certificate::asn1;
use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET};

use crate::attributes::COUNTERSIGNATURE;
use crate::ber::{Element, Reader};
use crate::content_info::signed_data;
use crate::error::CmsError;
use crate::signer::SignerInfo;

/// How deep counter-signatures of counter-signatures are searched. Real ones have one level.
const MAX_DEPTH: usize = 16;

/// What is added to a message.
#[derive(Debug, Default)]
pub(crate) struct Additions<'a> {
    /// The least version that the message then has.
    pub(crate) version: u8,
    /// Members of the sets, in DER. Those that are there already are not added.
    pub(crate) digest_algorithms: Vec<&'a [u8]>,
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) revocations: Vec<&'a [u8]>,
    pub(crate) signers: Vec<&'a [u8]>,
}

/// The bytes of the message with these additions.
pub(crate) fn with_additions(message: &[u8], additions: &Additions<'_>) -> Result<Vec<u8>, CmsError> {
    let mut parts = Parts::read(message)?;
    if parts.version.small_integer("SignedData.version")? < u64::from(additions.version) {
        parts.fields.version = Pieces::of(asn1::integer(&[additions.version]));
    }
    let fields = &mut parts.fields;
    with_members(&mut fields.digest_algorithms, SET, parts.digest_algorithms, &additions.digest_algorithms)?;
    with_members(&mut fields.certificates, tag::constructed(0), parts.certificates, &additions.certificates)?;
    with_members(&mut fields.revocations, tag::constructed(1), parts.revocations, &additions.revocations)?;
    with_members(&mut fields.signers, SET, Some(parts.signers), &additions.signers)?;
    Ok(parts.into_message())
}

/// The bytes of the message with `attribute` (DER) added to the signer with this index, which must exist.
pub(crate) fn with_unsigned_attribute(
    message: &[u8],
    signer: usize,
    attribute: &[u8],
) -> Result<Vec<u8>, CmsError> {
    let parts = Parts::read(message)?;
    let mut reader = parts.signers.reader();
    let mut target = reader.expect(SEQUENCE, "SignerInfo")?;
    for _ in 0..signer {
        target = reader.expect(SEQUENCE, "SignerInfo")?;
    }
    let new = with_attribute(&target, attribute)?;
    Ok(parts.with_signer_replaced(&target, new))
}

/// The bytes of the message with one value of an unsigned attribute of the signer with this index replaced, in its
/// place. None if the signer has no such value.
pub(crate) fn with_unsigned_value_replaced(
    message: &[u8],
    signer: usize,
    old: &[u8],
    new: &[u8],
) -> Result<Option<Vec<u8>>, CmsError> {
    let parts = Parts::read(message)?;
    let mut signers = parts.signers.reader();
    let mut target = signers.expect(SEQUENCE, "SignerInfo")?;
    for _ in 0..signer {
        target = signers.expect(SEQUENCE, "SignerInfo")?;
    }
    let Some(unsigned) = unsigned_attributes(&target)? else { return Ok(None) };
    let mut attributes = unsigned.reader();
    while !attributes.is_empty() {
        let attribute = attributes.expect(SEQUENCE, "Attribute")?;
        let mut fields = attribute.reader();
        fields.expect(OBJECT_IDENTIFIER, "Attribute.attrType")?;
        let values = fields.expect(SET, "Attribute.attrValues")?;
        let mut reader = values.reader();
        while !reader.is_empty() {
            let value = reader.any("Attribute.attrValues")?;
            if value.raw == old {
                let mut new = replaced(&values, &value, Pieces::of(new.to_vec()));
                let mut old = values;
                for frame in [attribute, unsigned, target] {
                    new = replaced(&frame, &old, new);
                    old = frame;
                }
                return Ok(Some(parts.with_signer_replaced(&old, new)));
            }
        }
    }
    Ok(None)
}

/// The bytes of the message with `attribute` (DER) added to the one signer or counter-signer, at whatever depth,
/// that `is_target` says yes to.
///
/// # Errors
/// There is none, or there are several.
pub(crate) fn with_attribute_at(
    message: &[u8],
    is_target: impl Fn(&SignerInfo) -> bool,
    attribute: &[u8],
) -> Result<Vec<u8>, CmsError> {
    let parts = Parts::read(message)?;
    let mut paths = Vec::new();
    let mut reader = parts.signers.reader();
    while !reader.is_empty() {
        find(&[reader.expect(SEQUENCE, "SignerInfo")?], &is_target, &mut paths)?;
    }
    let path = match paths.as_slice() {
        [] => return Err(CmsError::NothingToCountersign),
        [path] => path,
        several => return Err(CmsError::SeveralToCountersign { count: several.len() }),
    };
    // From the inside out: signer, value, attribute, set of attributes, signer, ...
    let Some((target, frames)) = path.split_last() else { return Err(CmsError::NothingToCountersign) };
    if contains_attribute(target, attribute)? {
        return Err(CmsError::SignerTwice);
    }
    let mut old = *target;
    let mut new = with_attribute(target, attribute)?;
    for frame in frames.iter().rev() {
        new = replaced(frame, &old, new);
        old = *frame;
    }
    Ok(parts.with_signer_replaced(&old, new))
}

/// Adds the path to every signer below (and at) the end of `path` that is a target.
fn find<'a>(
    path: &[Element<'a>],
    is_target: &impl Fn(&SignerInfo) -> bool,
    found: &mut Vec<Vec<Element<'a>>>,
) -> Result<(), CmsError> {
    let Some(signer) = path.last() else { return Ok(()) };
    // A counter-signature that cannot be read is nobody's, and stays as it is.
    if SignerInfo::from_ber(signer.raw).is_ok_and(|signer| is_target(&signer)) {
        found.push(path.to_vec());
    }
    let Some(unsigned) = unsigned_attributes(signer)? else { return Ok(()) };
    if path.len() / 4 >= MAX_DEPTH {
        return Ok(());
    }
    let mut attributes = unsigned.reader();
    while !attributes.is_empty() {
        let attribute = attributes.expect(SEQUENCE, "Attribute")?;
        let mut fields = attribute.reader();
        let oid = fields.expect(OBJECT_IDENTIFIER, "Attribute.attrType")?;
        if oid.content != COUNTERSIGNATURE.as_bytes() {
            continue;
        }
        let values = fields.expect(SET, "Attribute.attrValues")?;
        let mut reader = values.reader();
        while !reader.is_empty() {
            let value = reader.any("Attribute.attrValues")?;
            if value.tag == SEQUENCE && SignerInfo::from_ber(value.raw).is_ok() {
                find(&[path, &[unsigned, attribute, values, value]].concat(), is_target, found)?;
            }
        }
    }
    Ok(())
}

/// The fields of a message.
struct Parts<'a> {
    info: Element<'a>,
    content_type: Element<'a>,
    explicit: Element<'a>,
    signed_data: Element<'a>,
    version: Element<'a>,
    digest_algorithms: Option<Element<'a>>,
    certificates: Option<Element<'a>>,
    revocations: Option<Element<'a>>,
    signers: Element<'a>,
    fields: Fields<'a>,
}

/// The fields of the SignedData as they will be written.
struct Fields<'a> {
    version: Pieces<'a>,
    digest_algorithms: Pieces<'a>,
    encapsulated: Pieces<'a>,
    certificates: Pieces<'a>,
    revocations: Pieces<'a>,
    signers: Pieces<'a>,
}

impl<'a> Parts<'a> {
    fn read(message: &'a [u8]) -> Result<Self, CmsError> {
        let info = Reader::new(message).expect(SEQUENCE, "ContentInfo")?;
        let signed_data = signed_data(&info)?;
        let mut fields = info.reader();
        let content_type = fields.expect(OBJECT_IDENTIFIER, "ContentInfo.contentType")?;
        let explicit = fields.expect(tag::constructed(0), "ContentInfo.content")?;
        let mut fields = signed_data.reader();
        let version = fields.expect(INTEGER, "SignedData.version")?;
        let digest_algorithms = fields.expect(SET, "SignedData.digestAlgorithms")?;
        let encapsulated = fields.expect(SEQUENCE, "SignedData.encapContentInfo")?;
        let certificates = fields.optional(tag::constructed(0), "SignedData.certificates")?;
        let revocations = fields.optional(tag::constructed(1), "SignedData.crls")?;
        let signers = fields.expect(SET, "SignedData.signerInfos")?;
        fields.finish("SignedData")?;
        let optional = |field: Option<Element<'a>>| Pieces::of(field.map_or(&[][..], |field| field.raw));
        let fields = Fields {
            version: Pieces::of(version.raw),
            digest_algorithms: Pieces::of(digest_algorithms.raw),
            encapsulated: Pieces::of(encapsulated.raw),
            certificates: optional(certificates),
            revocations: optional(revocations),
            signers: Pieces::of(signers.raw),
        };
        let digest_algorithms = Some(digest_algorithms);
        Ok(Self {
            info,
            content_type,
            explicit,
            signed_data,
            version,
            digest_algorithms,
            certificates,
            revocations,
            signers,
            fields,
        })
    }

    fn with_signer_replaced(mut self, old: &Element<'a>, new: Pieces<'a>) -> Vec<u8> {
        self.fields.signers = replaced(&self.signers, old, new);
        self.into_message()
    }

    /// The fields within the frames in which they came.
    fn into_message(self) -> Vec<u8> {
        let Fields { version, digest_algorithms, encapsulated, certificates, revocations, signers } =
            self.fields;
        let fields = [version, digest_algorithms, encapsulated, certificates, revocations, signers];
        let signed_data = Pieces::joined(fields).framed(&self.signed_data);
        let explicit = signed_data.framed(&self.explicit);
        Pieces::joined([Pieces::of(self.content_type.raw), explicit]).framed(&self.info).into_bytes()
    }
}

/// Adds members to a set: in order if the others are in order, else at the end.
fn with_members<'a>(
    field: &mut Pieces<'a>,
    tag: u8,
    set: Option<Element<'a>>,
    added: &[&'a [u8]],
) -> Result<(), CmsError> {
    let mut members = Vec::new();
    let mut reader = set.map(|set| set.reader());
    while let Some(reader) = reader.as_mut().filter(|reader| !reader.is_empty()) {
        members.push(reader.any("SignedData")?.raw);
    }
    let before = members.len();
    for &member in added {
        if !members.contains(&member) {
            insert(&mut members, member);
        }
    }
    if members.len() != before {
        let content = Pieces(members.into_iter().map(Cow::Borrowed).collect());
        *field = match set {
            Some(set) => content.framed(&set),
            None => content.under(tag),
        };
    }
    Ok(())
}

fn insert<'a>(members: &mut Vec<&'a [u8]>, member: &'a [u8]) {
    let position =
        if members.is_sorted() { members.partition_point(|&other| other <= member) } else { members.len() };
    members.insert(position, member);
}

fn unsigned_attributes<'a>(signer: &Element<'a>) -> Result<Option<Element<'a>>, CmsError> {
    let mut fields = signer.reader();
    let mut last = None;
    while !fields.is_empty() {
        last = Some(fields.any("SignerInfo")?);
    }
    Ok(last.filter(|last| last.tag == tag::constructed(1)))
}

fn contains_attribute(signer: &Element<'_>, attribute: &[u8]) -> Result<bool, CmsError> {
    let Some(unsigned) = unsigned_attributes(signer)? else { return Ok(false) };
    let mut reader = unsigned.reader();
    while !reader.is_empty() {
        if reader.any("SignerInfo.unsignedAttrs")?.raw == attribute {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A signer with one more unsigned attribute.
fn with_attribute<'a>(signer: &Element<'a>, attribute: &[u8]) -> Result<Pieces<'a>, CmsError> {
    let Some(unsigned) = unsigned_attributes(signer)? else {
        let added = Pieces::of(asn1::encode(tag::constructed(1), attribute));
        return Ok(Pieces::joined([Pieces::of(signer.content), added]).framed(signer));
    };
    let mut attributes = Vec::new();
    let mut reader = unsigned.reader();
    while !reader.is_empty() {
        attributes.push(reader.any("SignerInfo.unsignedAttrs")?.raw);
    }
    insert(&mut attributes, attribute);
    let set = Pieces::of(attributes.concat()).framed(&unsigned);
    Ok(replaced(signer, &unsigned, set))
}

/// `outer` with `old`, an element inside it, replaced.
fn replaced<'a>(outer: &Element<'a>, old: &Element<'a>, new: Pieces<'a>) -> Pieces<'a> {
    let start = old.offset.saturating_sub(outer.content_offset());
    let before = outer.content.get(..start).unwrap_or_default();
    let after = outer.content.get(start + old.raw.len()..).unwrap_or_default();
    Pieces::joined([Pieces::of(before), new, Pieces::of(after)]).framed(outer)
}

/// Bytes in pieces, so that large content is copied once, however deep it lies.
#[derive(Debug, Default)]
struct Pieces<'a>(Vec<Cow<'a, [u8]>>);

impl<'a> Pieces<'a> {
    fn of(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self(vec![bytes.into()])
    }

    fn joined(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().flat_map(|part| part.0).collect())
    }

    /// As the content of one element with this tag.
    fn under(self, tag: u8) -> Self {
        let length = self.0.iter().map(|piece| piece.len()).sum();
        Self::joined([Self::of(asn1::header(tag, length)), self])
    }

    /// As the content of an element like this one: an indefinite length stays one.
    fn framed(self, element: &Element<'_>) -> Self {
        if element.indefinite {
            return Self::joined([Self::of(vec![element.tag, 0x80]), self, Self::of(vec![0, 0])]);
        }
        self.under(element.tag)
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0.concat()
    }
}
