//! What the place of a signature in the file must prove before anything else is asked (ISO 32000-2, 12.8.1; the
//! attacks of pdf-insecurity.org say why).

use chancery_ades::{Aspect, Finding, Place, RequiredBinding, Restriction, SubIndication};
use chancery_cms::{ATTRIBUTES_BEGINNING, SignedMessage, begins_as_signed_attributes};
use chancery_pdf::{Dictionary, Document, Object, Reference};

use crate::PadesError;
use crate::form::Field;
use crate::form_history::FormHistory;
use crate::legacy::Bare;

/// A `/Contents` of more than this many bytes is no signature; messages with long CRLs reach some megabytes.
const MAX_CONTENTS: u64 = 64 << 20;

/// How far before its end a file says where its last section begins; readers look in the last 1024 bytes (ISO
/// 32000-1, annex H, 18).
const START_SEARCH: u64 = 1024;

/// A signature whose place in the file is sound: what it covers, and the message.
pub(crate) struct Placed {
    pub(crate) held: Held,
    pub(crate) covered: Covered,
    pub(crate) kind: Kind,
    pub(crate) dictionary: Dictionary,
}

/// What `/Contents` holds.
pub(crate) enum Held {
    Message(Box<SignedMessage>),
    /// A signature value alone, as PDF had it before.
    Bare(Bare),
}

/// What a signature dictionary holds, by its `/SubFilter`.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Somebody's signature, and whether it must name its certificate.
    Signature(RequiredBinding),
    /// Somebody's signature over the SHA-1 digest of the document.
    OverDigest,
    /// Somebody's signature without a message.
    Bare,
    /// A timestamp over the document.
    DocumentTimestamp,
}

/// The bytes that a signature covers: all but the gap, up to the end of a revision.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Covered {
    /// Where the gap begins, with `<`.
    pub(crate) gap_start: u64,
    /// Where it ends, after `>`.
    pub(crate) gap_end: u64,
    /// Where the covered bytes end.
    pub(crate) end: u64,
    /// The revision that ends there, counted from 0.
    pub(crate) revision: usize,
}

/// Why a signature is judged no further.
pub(crate) struct Misplaced {
    pub(crate) restriction: Restriction,
}

impl Misplaced {
    fn fails(kind: &'static str, text: impl Into<String>) -> Self {
        let finding = Finding::error(kind, text).rule("ISO 32000-2, 12.8.1");
        Self { restriction: Restriction::fails(SubIndication::FormatFailure, Aspect::Integrity, finding) }
    }

    fn unsupported(kind: &'static str, text: impl Into<String>) -> Self {
        let finding = Finding::error(kind, text);
        Self { restriction: Restriction::leaves_open(SubIndication::Generic, Aspect::Integrity, finding) }
    }

    pub(crate) fn same_revision() -> Self {
        Self::fails("byte-range-twice", "another signature covers the same revision, which only one can")
    }

    pub(crate) fn no_signer() -> Self {
        Self::fails("signer-count", "the signature has no signer")
    }

    fn at(mut self, place: Place) -> Self {
        self.restriction.finding = self.restriction.finding.at(place);
        self
    }
}

/// Judges the place of the signature in a field.
///
/// # Errors
/// If the file cannot be read. Everything else is an answer.
pub(crate) fn judge(document: &Document<'_>, field: &Field) -> Result<Result<Placed, Misplaced>, PadesError> {
    let Some(reference) = field.value.as_ref().and_then(Object::as_reference) else {
        return Ok(Err(Misplaced::fails("signature-not-indirect", "the signature is no object of its own")));
    };
    let dictionary = match document.latest().object(reference) {
        Ok(Object::Dictionary(dictionary)) => dictionary,
        Ok(_) => {
            return Ok(Err(Misplaced::fails(
                "signature-missing",
                "the field's value is no signature dictionary",
            )));
        }
        Err(chancery_pdf::PdfError::Read(error)) => return Err(chancery_pdf::PdfError::Read(error).into()),
        Err(error) => return Ok(Err(Misplaced::fails("signature-unreadable", error.to_string()))),
    };
    judge_dictionary(document, Some(reference), dictionary)
}

/// Judges the place of a signature dictionary that is an object of its own, or stands in one.
///
/// # Errors
/// If the file cannot be read. Everything else is an answer.
pub(crate) fn judge_dictionary(
    document: &Document<'_>,
    reference: Option<Reference>,
    dictionary: Dictionary,
) -> Result<Result<Placed, Misplaced>, PadesError> {
    Ok(match (Judge { document, reference, dictionary: &dictionary }).judge() {
        Ok((held, covered, kind)) => Ok(Placed { held, covered, kind, dictionary }),
        Err(Stop::Misplaced(misplaced)) => Err(match reference {
            Some(reference) => misplaced.at(Place::Object(reference.number)),
            None => misplaced,
        }),
        Err(Stop::Unreadable(error)) => return Err(error),
    })
}

/// Judges which of these signatures stood in the revision that they sign as they stand now: the dictionary and the field
/// in force are those of that revision, whose form is given.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn belong_to_revision(
    document: &Document<'_>,
    (revision, form): (usize, &FormHistory),
    fields_now: &[&Field],
) -> Result<Vec<Result<(), Misplaced>>, PadesError> {
    let latest = document.latest();
    let redefined = "the signature was replaced after it was made";
    let redefined = || Misplaced::fails("signature-redefined", redefined);
    let Some(signed) = document.at(revision) else {
        return Ok(fields_now.iter().map(|_| Err(redefined())).collect());
    };
    let mut judged = Vec::new();
    for field in fields_now {
        let Some(reference) = field.value.as_ref().and_then(Object::as_reference) else {
            judged.push(Err(redefined()));
            continue;
        };
        let at = Place::Object(reference.number);
        judged.push(if signed.entry(reference.number)? != latest.entry(reference.number)? {
            Err(redefined().at(at))
        } else if form.holds(&field.name, reference) {
            Ok(())
        } else {
            let text = "the revision that is signed does not hold this signature in this field";
            Err(Misplaced::fails("field-redefined", text).at(at))
        });
    }
    Ok(judged)
}

/// Judging ends early with an answer, or because the file cannot be read.
enum Stop {
    Misplaced(Misplaced),
    Unreadable(PadesError),
}

impl From<Misplaced> for Stop {
    fn from(misplaced: Misplaced) -> Self {
        Self::Misplaced(misplaced)
    }
}

impl<E: Into<PadesError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Unreadable(error.into())
    }
}

struct Judge<'j> {
    document: &'j Document<'j>,
    /// The object; `None` where the dictionary stands in another one.
    reference: Option<Reference>,
    dictionary: &'j Dictionary,
}

impl Judge<'_> {
    fn judge(&self) -> Result<(Held, Covered, Kind), Stop> {
        if let Some(key) = self.dictionary.duplicates().first() {
            let text = format!(
                "/{} stands twice in the signature dictionary",
                String::from_utf8_lossy(key.as_bytes())
            );
            return Err(Misplaced::fails("duplicate-key", text).into());
        }
        let kind = self.kind()?;
        let covered = self.covered()?;
        self.gap_is_the_contents(covered)?;
        let held = match kind {
            Kind::Bare => self.bare(covered)?,
            _ => Held::Message(Box::new(self.message(kind)?)),
        };
        self.signs_no_attributes(&held, kind, covered)?;
        Ok((held, covered, kind))
    }

    fn kind(&self) -> Result<Kind, Misplaced> {
        let name =
            |key| self.dictionary.get(key).and_then(Object::as_name).map(|name| name.as_bytes().to_vec());
        match name("SubFilter").as_deref() {
            // The form that Brazil's infrastructure asks for is CAdES with its own policies.
            Some(b"ETSI.CAdES.detached" | b"PBAD.PAdES") => Ok(Kind::Signature(RequiredBinding::Signed)),
            Some(b"adbe.pkcs7.detached") => Ok(Kind::Signature(RequiredBinding::Optional)),
            Some(b"adbe.pkcs7.sha1") => Ok(Kind::OverDigest),
            Some(b"adbe.x509.rsa_sha1") => Ok(Kind::Bare),
            Some(b"ETSI.RFC3161") => Ok(Kind::DocumentTimestamp),
            other => {
                let other = String::from_utf8_lossy(other.unwrap_or(b"none")).into_owned();
                let text = format!("a signature of a kind that is not supported (/SubFilter {other})");
                Err(Misplaced::unsupported("unsupported-subfilter", text))
            }
        }
    }

    /// `/ByteRange` is `[0 a b c]`, `a < b`, and `b + c` is the end of a revision.
    fn covered(&self) -> Result<Covered, Stop> {
        // Direct, as all that says what is signed: what a reference leads to may be another one later.
        let numbers = self
            .dictionary
            .get("ByteRange")
            .and_then(Object::as_array)
            .unwrap_or_default()
            .iter()
            .map(|number| number.as_integer().and_then(|number| u64::try_from(number).ok()));
        let Some(&[0, gap_start, gap_end, length]) = numbers.collect::<Option<Vec<u64>>>().as_deref() else {
            let text = "/ByteRange is not [0 a b c]: the signature does not say what it covers";
            return Err(Misplaced::fails("byte-range", text).into());
        };
        let end = gap_end.checked_add(length).filter(|end| *end <= self.document.source().len());
        let Some(end) = end.filter(|_| gap_start < gap_end) else {
            let text =
                "/ByteRange does not lie within the file: it was cut, or the signature is from another file";
            return Err(Misplaced::fails("byte-range", text).into());
        };
        let revisions = self.document.revisions();
        let ends_there =
            |revision: &chancery_pdf::Revision| (revision.marker_end..=revision.end).contains(&end);
        let whole_file = end == self.document.source().len();
        let last = revisions.len().saturating_sub(1);
        let revision = revisions.iter().position(ends_there).or(whole_file.then_some(last));
        let Some(revision) = revision else {
            let text = "/ByteRange does not end where a revision of the document ends";
            return Err(Misplaced::fails("byte-range-end", text).at(Place::Bytes(0, end)).into());
        };
        self.begins_where_the_signed_bytes_say(end, revision)?;
        // The dictionary was written by the revision that it signs. This also keeps the work linear: what different
        // signatures hash after their gaps does not overlap.
        let begins = revision
            .checked_sub(1)
            .and_then(|before| revisions.get(before))
            .map_or(0, |before| before.marker_end);
        if gap_start < begins {
            let text = "the signature stands in an older revision than the one that it claims to cover";
            return Err(Misplaced::fails("signature-of-older-revision", text).into());
        }
        Ok(Covered { gap_start, gap_end, end, revision })
    }

    /// The last `startxref` of the covered bytes leads to the section of the revision: whoever opens just these bytes
    /// sees the document that the signer saw, whatever later sections say of the past.
    fn begins_where_the_signed_bytes_say(&self, end: u64, revision: usize) -> Result<(), Stop> {
        let source = self.document.source();
        let tail = source.read_range(end.saturating_sub(START_SEARCH)..end)?;
        let keyword = b"startxref";
        let at = tail.windows(keyword.len()).rposition(|window| window == keyword);
        let digits = at.and_then(|at| tail.get(at + keyword.len()..)).unwrap_or_default().trim_ascii_start();
        let digits: &[u8] = digits.split(|byte| !byte.is_ascii_digit()).next().unwrap_or_default();
        let stated = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
        let stated = stated.and_then(|stated| stated.checked_add(self.document.offsets_counted_from()));
        let actual = self.document.revisions().get(revision).map(|revision| revision.start_xref);
        let leads = match (stated, actual) {
            (Some(stated), Some(actual)) if stated <= actual && actual - stated <= START_SEARCH => {
                source.read_range(stated..actual)?.iter().all(u8::is_ascii_whitespace)
            }
            _ => false,
        };
        if leads {
            return Ok(());
        }
        let text = "opened by themselves, the signed bytes are another document than this revision";
        Err(Misplaced::fails("revision-redefined", text).at(Place::Bytes(0, end)).into())
    }

    /// A signature without signed attributes may have been made over those of a message (RFC 5652, 5.3), in which a whole
    /// document can stand; readers find a header that has bytes in front of it.
    fn signs_no_attributes(&self, held: &Held, kind: Kind, covered: Covered) -> Result<(), Stop> {
        let has_attributes = match held {
            Held::Message(message) => {
                message.signers().iter().all(|signer| signer.signed_attributes().is_some())
            }
            Held::Bare(_) => false,
        };
        // What such a message encloses is a digest, which is no set of attributes.
        if has_attributes || kind == Kind::OverDigest {
            return Ok(());
        }
        let Covered { gap_start, gap_end, end, .. } = covered;
        let source = self.document.source();
        let wanted = ATTRIBUTES_BEGINNING as u64;
        let mut beginning = source.read_range(0..gap_start.min(wanted))?.into_owned();
        let rest = wanted.saturating_sub(gap_start).min(end - gap_end);
        beginning.extend_from_slice(&source.read_range(gap_end..gap_end + rest)?);
        if begins_as_signed_attributes(&beginning, end - (gap_end - gap_start)) {
            let text = "what is signed is a set of signed attributes: the signature may have been taken from a message";
            return Err(Misplaced::fails("content-is-attributes", text).into());
        }
        Ok(())
    }

    /// The gap is exactly one hex string, the `/Contents` in force.
    fn gap_is_the_contents(&self, covered: Covered) -> Result<(), Stop> {
        let Covered { gap_start, gap_end, .. } = covered;
        let span = match self.reference {
            Some(reference) => self.document.latest().value_span(reference, "Contents")?,
            // Where the value stands is not told; that the gap says the same is looked at below.
            None => Some(gap_start..gap_end),
        };
        if span != Some(gap_start..gap_end) {
            let text = "the bytes that the signature leaves out are not exactly its /Contents: something else could hide there";
            return Err(Misplaced::fails("gap-is-not-contents", text)
                .at(Place::Bytes(gap_start, gap_end))
                .into());
        }
        if gap_end - gap_start > MAX_CONTENTS {
            return Err(
                Misplaced::fails("contents-too-long", "/Contents is longer than any signature").into()
            );
        }
        let gap = self.document.source().read_range(gap_start..gap_end)?;
        match &*gap {
            [b'<', digits @ .., b'>']
                if digits.iter().all(u8::is_ascii_hexdigit) && self.is_contents(&gap) =>
            {
                Ok(())
            }
            _ => {
                let text = "/Contents is not one hexadecimal string";
                Err(Misplaced::fails("contents-not-hexadecimal", text)
                    .at(Place::Bytes(gap_start, gap_end))
                    .into())
            }
        }
    }

    /// Whether the gap says what `/Contents` says, where the place of that is not known.
    fn is_contents(&self, gap: &[u8]) -> bool {
        let said = || Object::parse(gap).ok().map(|(value, _)| value);
        self.reference.is_some() || said().as_ref() == self.dictionary.get("Contents")
    }

    /// The bytes of `/Contents`, with the zeros after the signature.
    fn contents(&self) -> Result<&[u8], Misplaced> {
        let contents = self.dictionary.get("Contents").and_then(Object::as_string);
        let contents = contents.map(chancery_pdf::PdfString::as_bytes).unwrap_or_default();
        if contents.iter().all(|byte| *byte == 0) {
            return Err(Misplaced::fails(
                "contents-empty",
                "/Contents is empty: the signature was taken out",
            ));
        }
        Ok(contents)
    }

    /// What `/Cert` leads to is what it led to when it was signed.
    fn bare(&self, covered: Covered) -> Result<Held, Stop> {
        let signed = self.document.at(covered.revision).unwrap_or_else(|| self.document.latest());
        let read = Bare::read(&signed, self.dictionary, self.contents()?)?;
        Ok(Held::Bare(read.map_err(|(kind, text)| Misplaced::fails(kind, text))?))
    }

    /// The CMS message, with nothing but zeros after it.
    fn message(&self, kind: Kind) -> Result<SignedMessage, Misplaced> {
        let contents = self.contents()?;
        let read = SignedMessage::from_ber_prefix(contents);
        let (message, consumed) = read.map_err(|error| {
            Misplaced::fails("message-unreadable", format!("/Contents is no signature: {error}"))
        })?;
        if contents.get(consumed..).is_some_and(|rest| rest.iter().any(|byte| *byte != 0)) {
            let text = "something other than zeros follows the signature in /Contents";
            return Err(Misplaced::fails("contents-padding", text));
        }
        // A timestamp token encloses the time that it signs.
        if message.content().is_some() && matches!(kind, Kind::Signature(_)) {
            let text = "the signature encloses content of its own, so it does not sign this document";
            return Err(Misplaced::fails("content-enclosed", text));
        }
        if message.signers().len() != 1 {
            let text =
                format!("a PDF signature has exactly one signer; this one has {}", message.signers().len());
            return Err(Misplaced::fails("signer-count", text));
        }
        Ok(message)
    }
}
