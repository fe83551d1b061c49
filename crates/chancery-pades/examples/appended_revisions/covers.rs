//! Who signs what was appended.

use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::Signer;
use chancery_pdf::Reference;

use crate::bases::Office;
use crate::draft::{Draft, dictionary};
use crate::random::Random;

/// What covers a revision.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Cover {
    Nobody,
    /// Somebody else signs afterwards.
    SignedAfter,
    /// Somebody else signs in the same revision.
    SignedWithin,
    /// A timestamp over all of it.
    Stamped,
}

impl Cover {
    pub(crate) fn any(random: &mut Random) -> Self {
        match random.below(8) {
            0 => Self::SignedAfter,
            1 | 2 => Self::SignedWithin,
            3 => Self::Stamped,
            _ => Self::Nobody,
        }
    }
}

const ROOM: usize = 6_000;
const NUMBERS: &str = "[0 1111111111 2222222222 3333333333]";

/// Room for a signature in a new field of the draft.
pub(crate) fn reserve(draft: &mut Draft<'_>) -> Option<Reference> {
    let value = Reference::new(draft.reserve(1), 0);
    let zeros = "0".repeat(ROOM);
    let body = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange{NUMBERS}/Contents<{zeros}>>>"
    );
    draft.put_raw(value, body.into_bytes());
    let page = *draft.pages().first()?;
    let field = draft.add(dictionary(&format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Further)/V {value}/Rect[0 0 0 0]/F 132/P {page}>>"
    )));
    draft.append(page, "Annots", field.into())?;
    draft.append_field(field)?;
    Some(value)
}

/// Signs the room that was reserved last.
pub(crate) fn sign_within(office: &Office, file: &mut [u8]) -> Option<()> {
    let find = |file: &[u8], wanted: &str| {
        file.windows(wanted.len()).rposition(|window| window == wanted.as_bytes())
    };
    let range = find(file, NUMBERS)?;
    let start = find(file, &format!("<{}>", "0".repeat(ROOM)))?;
    let end = start + ROOM + 2;
    let numbers = format!("[0 {start:010} {end:010} {:010}]", file.len() - end);
    file[range..range + numbers.len()].copy_from_slice(numbers.as_bytes());
    let covered = [&file[..start], &file[end..]].concat();
    let signer = &office.bob;
    let digest = DigestAlgorithm::Sha256.digest(&covered);
    let prepared = Preparation::new(signer.chain(), signer.algorithm(), digest).prepare().ok()?;
    let message = prepared.finish(signer.sign(prepared.to_be_signed()).ok()?).ok()?.into_bytes();
    let digits: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    file.get_mut(start + 1..start + 1 + digits.len())?.copy_from_slice(digits.as_bytes());
    Some(())
}

/// The file as it is then; `None` if nobody can.
pub(crate) fn covered(office: &Office, file: Vec<u8>, cover: Cover) -> Option<Vec<u8>> {
    match cover {
        Cover::Nobody | Cover::SignedWithin => Some(file),
        Cover::SignedAfter => office.bob().sign(&file).ok()?.to_vec().ok(),
        Cover::Stamped => office.stamped(&file).ok(),
    }
}
