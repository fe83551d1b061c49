//! What in one object can change what the document shows.

use chancery_pdf::{Dictionary, Name, Object};

/// Within one object; what is deeper counts as a script, as nobody looks at it.
const MAX_DEPTH: usize = 48;
/// Flags of an annotation (ISO 32000-2, table 167).
const PRINT: i64 = 1 << 2;
const NO_VIEW: i64 = 1 << 5;

/// Something that a signer does not see, and that may be seen elsewhere or later.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Prepared {
    /// ISO 32000-2, 12.6.4.17 and 12.6.4.14.
    Script,
    /// Actions that show and hide fields or layers, or bring values in from another file (12.6.4.11, 12.6.4.13, 12.7.6.4).
    Action,
    /// Stream data in another file (7.3.8.2).
    ExternalStream,
    /// A page of another file in the place of a picture (8.10.4).
    ExternalPage,
    /// Another picture for another use (8.9.5.4).
    Alternate,
    /// Content that is shown where layers are off (8.11.2.2).
    Layer,
    /// An annotation that is printed and not shown (12.5.3).
    PrintedOnly,
    /// Films, sounds and bodies that are turned (12.5.6.18, 12.5.6.24 and 13).
    Media,
}

impl Prepared {
    pub(super) const ALL: [Self; 8] = [
        Self::Script,
        Self::Action,
        Self::ExternalStream,
        Self::ExternalPage,
        Self::Alternate,
        Self::Layer,
        Self::PrintedOnly,
        Self::Media,
    ];

    /// The kind of the finding, and what it says.
    pub(super) const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Script => ("javascript", "the document has scripts, which can change what it shows"),
            Self::Action => (
                "changing-action",
                "the document has actions that show or hide parts of it, or bring in values from elsewhere",
            ),
            Self::ExternalStream => {
                ("external-stream", "the data of a stream stand in another file, which nobody signed")
            }
            Self::ExternalPage => {
                ("external-page", "a page of another file is shown in the document, which nobody signed")
            }
            Self::Alternate => (
                "alternate-image",
                "a picture has alternates: another one may be shown, or come on paper, than was seen",
            ),
            Self::Layer => (
                "hidden-layers",
                "the document has content that is shown only where layers are off: it was signed, and may not have been seen",
            ),
            Self::PrintedOnly => (
                "printed-only",
                "an annotation is printed and not shown on the screen: it was signed, and may not have been seen",
            ),
            Self::Media => (
                "moving-content",
                "the document has media that show more than one picture: not all of it may have been seen",
            ),
        }
    }

    /// Calls `tell` for everything of that kind in an object.
    pub(super) fn each(object: &Object, tell: &mut impl FnMut(Self)) {
        if let Some(stream) = object.as_stream() {
            for (key, value) in stream.dictionary().iter().filter(|(_, value)| !value.is_null()) {
                match key.as_bytes() {
                    b"F" => tell(Self::ExternalStream),
                    b"Alternates" => tell(Self::Alternate),
                    b"Ref" if !matches!(value, Object::Array(_)) => tell(Self::ExternalPage),
                    _ => {}
                }
            }
        }
        Self::each_within(object, 0, tell);
    }

    fn each_within(value: &Object, depth: usize, tell: &mut impl FnMut(Self)) {
        if depth > MAX_DEPTH {
            return tell(Self::Script);
        }
        if let Object::Array(elements) = value {
            elements.iter().for_each(|element| Self::each_within(element, depth + 1, tell));
        }
        let Some(dictionary) = value.as_dictionary() else { return };
        for (key, value) in dictionary.iter() {
            match (key.as_bytes(), value) {
                (b"S", Object::Name(kind)) => Self::of_action(kind).into_iter().for_each(&mut *tell),
                (b"Subtype", Object::Name(kind)) => {
                    Self::of_annotation(kind).into_iter().for_each(&mut *tell);
                }
                (b"JS", value) if !value.is_null() => tell(Self::Script),
                (b"P", Object::Name(policy)) if *policy == "AllOff" || *policy == "AnyOff" => {
                    tell(Self::Layer);
                }
                (b"VE", value) if holds_not(value, depth) => tell(Self::Layer),
                (b"F", Object::Integer(flags)) if is_printed_only(*flags, dictionary) => {
                    tell(Self::PrintedOnly);
                }
                _ => Self::each_within(value, depth + 1, tell),
            }
        }
    }

    fn of_annotation(kind: &Name) -> Option<Self> {
        let media: [&[u8]; 4] = [b"RichMedia", b"3D", b"Screen", b"Movie"];
        media.contains(&kind.as_bytes()).then_some(Self::Media)
    }

    fn of_action(kind: &Name) -> Option<Self> {
        match kind.as_bytes() {
            b"JavaScript" => Some(Self::Script),
            b"Hide" | b"SetOCGState" | b"ImportData" => Some(Self::Action),
            _ => None,
        }
    }
}

fn is_printed_only(flags: i64, annotation: &Dictionary) -> bool {
    flags & (PRINT | NO_VIEW) == PRINT | NO_VIEW && annotation.get("Rect").is_some()
}

/// Whether an expression of visibility is true where a layer is off (ISO 32000-2, table 97). What stands in another object
/// may be.
fn holds_not(expression: &Object, depth: usize) -> bool {
    match expression {
        _ if depth > MAX_DEPTH => true,
        Object::Name(operator) => *operator == "Not",
        Object::Array(operands) => operands.iter().any(|operand| holds_not(operand, depth + 1)),
        _ => false,
    }
}
