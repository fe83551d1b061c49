//! What of a page is taken over: a table of what drawing needs (ISO 32000-2, clauses 7.4, 8 and 9). What is not named
//! here, such as actions, scripts, annotations, metadata or ways back into the page tree, stays behind.

/// What a value is, as its place in the dictionary above it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Numbers, names, strings and arrays of them.
    Scalars,
    /// Data without entries of interest.
    Data,
    Resources,
    GraphicsStates,
    ColorSpaces,
    Patterns,
    Shadings,
    ExternalObjects,
    Fonts,
    PropertyLists,
    GraphicsState,
    /// A colour space, or a part of one: profile, table, attributes, transformation.
    ColorSpace,
    Pattern,
    Shading,
    /// A form or an image.
    ExternalObject,
    Group,
    SoftMask,
    Function,
    Font,
    FontDescriptor,
    FontFile,
    Encoding,
    CharacterMap,
    Glyphs,
    CharacterCollection,
    PropertyList,
    /// Of a filter.
    Parameters,
}

/// How a dictionary of a kind is taken over.
pub(super) enum Shape {
    /// Not at all.
    Nothing,
    /// Names that the file chose, each with a value of this kind.
    Map(Kind),
    /// These entries.
    Record(&'static [(&'static str, Kind)]),
}

use Kind::Scalars as S;

impl Kind {
    pub(super) fn shape(self) -> Shape {
        match self {
            Self::Scalars => Shape::Nothing,
            Self::Data => Shape::Record(&[]),
            Self::GraphicsStates => Shape::Map(Self::GraphicsState),
            Self::ColorSpaces => Shape::Map(Self::ColorSpace),
            Self::Patterns => Shape::Map(Self::Pattern),
            Self::Shadings => Shape::Map(Self::Shading),
            Self::ExternalObjects => Shape::Map(Self::ExternalObject),
            Self::Fonts => Shape::Map(Self::Font),
            Self::PropertyLists => Shape::Map(Self::PropertyList),
            Self::PropertyList => Shape::Map(Self::Scalars),
            Self::Glyphs => Shape::Map(Self::Data),
            Self::Resources => Shape::Record(&RESOURCES),
            Self::GraphicsState => Shape::Record(&GRAPHICS_STATE),
            Self::ColorSpace => Shape::Record(&COLOR_SPACE),
            Self::Pattern => Shape::Record(&PATTERN),
            Self::Shading => Shape::Record(&SHADING),
            Self::ExternalObject => Shape::Record(&EXTERNAL_OBJECT),
            Self::Group => Shape::Record(&GROUP),
            Self::SoftMask => Shape::Record(&SOFT_MASK),
            Self::Function => Shape::Record(&FUNCTION),
            Self::Font => Shape::Record(&FONT),
            Self::FontDescriptor => Shape::Record(&FONT_DESCRIPTOR),
            Self::FontFile => Shape::Record(&FONT_FILE),
            Self::Encoding => Shape::Record(&ENCODING),
            Self::CharacterMap => Shape::Record(&CHARACTER_MAP),
            Self::CharacterCollection => Shape::Record(&CHARACTER_COLLECTION),
            Self::Parameters => Shape::Record(&PARAMETERS),
        }
    }
}

/// Table 34, without `/ProcSet`, which nobody reads any more.
const RESOURCES: [(&str, Kind); 7] = [
    ("ExtGState", Kind::GraphicsStates),
    ("ColorSpace", Kind::ColorSpaces),
    ("Pattern", Kind::Patterns),
    ("Shading", Kind::Shadings),
    ("XObject", Kind::ExternalObjects),
    ("Font", Kind::Fonts),
    ("Properties", Kind::PropertyLists),
];

/// Table 57, without what belongs to one printing press (`/HT`, `/HTO`, `/TR`, `/TR2`, `/BG`, `/BG2`, `/UCR`, `/UCR2`).
const GRAPHICS_STATE: [(&str, Kind); 21] = [
    ("Type", S),
    ("LW", S),
    ("LC", S),
    ("LJ", S),
    ("ML", S),
    ("D", S),
    ("RI", S),
    ("OP", S),
    ("op", S),
    ("OPM", S),
    ("Font", Kind::Font),
    ("FL", S),
    ("SM", S),
    ("SA", S),
    ("BM", S),
    ("SMask", Kind::SoftMask),
    ("CA", S),
    ("ca", S),
    ("AIS", S),
    ("TK", S),
    ("UseBlackPtComp", S),
];

/// Tables 62 to 65 and 69 to 71, and functions, which stand in the same arrays.
const COLOR_SPACE: [(&str, Kind); 26] = [
    ("WhitePoint", S),
    ("BlackPoint", S),
    ("Gamma", S),
    ("Matrix", S),
    ("Range", S),
    ("N", S),
    ("Alternate", Kind::ColorSpace),
    ("Subtype", S),
    ("Colorants", Kind::ColorSpaces),
    ("Process", Kind::ColorSpace),
    ("ColorSpace", Kind::ColorSpace),
    ("Components", S),
    ("FunctionType", S),
    ("Domain", S),
    ("Size", S),
    ("BitsPerSample", S),
    ("Order", S),
    ("Encode", S),
    ("Decode", S),
    ("C0", S),
    ("C1", S),
    ("Functions", Kind::Function),
    ("Bounds", S),
    ("Solidities", S),
    ("PrintingOrder", S),
    ("DotGain", Kind::Function),
];

/// Tables 38 to 41.
const FUNCTION: [(&str, Kind); 13] = [
    ("FunctionType", S),
    ("Domain", S),
    ("Range", S),
    ("Size", S),
    ("BitsPerSample", S),
    ("Order", S),
    ("Encode", S),
    ("Decode", S),
    ("C0", S),
    ("C1", S),
    ("N", S),
    ("Functions", Kind::Function),
    ("Bounds", S),
];

/// Tables 74 and 75.
const PATTERN: [(&str, Kind); 11] = [
    ("Type", S),
    ("PatternType", S),
    ("PaintType", S),
    ("TilingType", S),
    ("BBox", S),
    ("XStep", S),
    ("YStep", S),
    ("Resources", Kind::Resources),
    ("Matrix", S),
    ("Shading", Kind::Shading),
    ("ExtGState", Kind::GraphicsState),
];

/// Tables 76 to 83.
const SHADING: [(&str, Kind); 15] = [
    ("ShadingType", S),
    ("ColorSpace", Kind::ColorSpace),
    ("Background", S),
    ("BBox", S),
    ("AntiAlias", S),
    ("Domain", S),
    ("Matrix", S),
    ("Function", Kind::Function),
    ("Coords", S),
    ("Extend", S),
    ("BitsPerCoordinate", S),
    ("BitsPerComponent", S),
    ("BitsPerFlag", S),
    ("Decode", S),
    ("VerticesPerRow", S),
];

/// Tables 87 and 93; neither reference XObjects nor alternate images nor layers.
const EXTERNAL_OBJECT: [(&str, Kind); 19] = [
    ("Type", S),
    ("Subtype", S),
    ("FormType", S),
    ("BBox", S),
    ("Matrix", S),
    ("Resources", Kind::Resources),
    ("Group", Kind::Group),
    ("Width", S),
    ("Height", S),
    ("ColorSpace", Kind::ColorSpace),
    ("BitsPerComponent", S),
    ("Intent", S),
    ("ImageMask", S),
    ("Mask", Kind::ExternalObject),
    ("Decode", S),
    ("Interpolate", S),
    ("SMask", Kind::ExternalObject),
    ("SMaskInData", S),
    ("Matte", S),
];

/// Tables 94 and 145.
const GROUP: [(&str, Kind); 5] = [("Type", S), ("S", S), ("CS", Kind::ColorSpace), ("I", S), ("K", S)];

/// Table 142.
const SOFT_MASK: [(&str, Kind); 5] =
    [("Type", S), ("S", S), ("G", Kind::ExternalObject), ("BC", S), ("TR", Kind::Function)];

/// Tables 109, 110, 115 and 119.
const FONT: [(&str, Kind); 21] = [
    ("Type", S),
    ("Subtype", S),
    ("BaseFont", S),
    ("Name", S),
    ("FirstChar", S),
    ("LastChar", S),
    ("Widths", S),
    ("FontDescriptor", Kind::FontDescriptor),
    ("Encoding", Kind::Encoding),
    ("ToUnicode", Kind::CharacterMap),
    ("FontBBox", S),
    ("FontMatrix", S),
    ("CharProcs", Kind::Glyphs),
    ("Resources", Kind::Resources),
    ("DescendantFonts", Kind::Font),
    ("CIDSystemInfo", Kind::CharacterCollection),
    ("DW", S),
    ("W", S),
    ("CIDToGIDMap", Kind::Data),
    // Vertical writing.
    ("DW2", S),
    ("W2", S),
];

/// Tables 120 and 122, without `/Style` and `/FD`, which only help to find another font.
const FONT_DESCRIPTOR: [(&str, Kind); 24] = [
    ("Type", S),
    ("FontName", S),
    ("FontFamily", S),
    ("FontStretch", S),
    ("FontWeight", S),
    ("Flags", S),
    ("FontBBox", S),
    ("ItalicAngle", S),
    ("Ascent", S),
    ("Descent", S),
    ("Leading", S),
    ("CapHeight", S),
    ("XHeight", S),
    ("StemV", S),
    ("StemH", S),
    ("AvgWidth", S),
    ("MaxWidth", S),
    ("MissingWidth", S),
    ("FontFile", Kind::FontFile),
    ("FontFile2", Kind::FontFile),
    ("FontFile3", Kind::FontFile),
    ("CharSet", S),
    ("Lang", S),
    ("CIDSet", Kind::Data),
];

/// Tables 125 and 126.
const FONT_FILE: [(&str, Kind); 5] =
    [("Type", S), ("Subtype", S), ("Length1", S), ("Length2", S), ("Length3", S)];

/// Table 112, and what a character map has that stands in its place.
const ENCODING: [(&str, Kind); 7] = [
    ("Type", S),
    ("BaseEncoding", S),
    ("Differences", S),
    ("CMapName", S),
    ("CIDSystemInfo", Kind::CharacterCollection),
    ("WMode", S),
    ("UseCMap", Kind::CharacterMap),
];

/// Table 118.
const CHARACTER_MAP: [(&str, Kind); 5] = [
    ("Type", S),
    ("CMapName", S),
    ("CIDSystemInfo", Kind::CharacterCollection),
    ("WMode", S),
    ("UseCMap", Kind::CharacterMap),
];

/// Table 114.
const CHARACTER_COLLECTION: [(&str, Kind); 3] = [("Registry", S), ("Ordering", S), ("Supplement", S)];

/// Tables 8, 11, 12 and 13.
const PARAMETERS: [(&str, Kind); 14] = [
    ("Predictor", S),
    ("Colors", S),
    ("BitsPerComponent", S),
    ("Columns", S),
    ("EarlyChange", S),
    ("K", S),
    ("EndOfLine", S),
    ("EncodedByteAlign", S),
    ("Rows", S),
    ("EndOfBlock", S),
    ("BlackIs1", S),
    ("DamagedRowsBeforeError", S),
    ("JBIG2Globals", Kind::Data),
    ("ColorTransform", S),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_or_leads_back_is_named() {
        let tables: [&[(&str, Kind)]; 9] = [
            &RESOURCES,
            &GRAPHICS_STATE,
            &COLOR_SPACE,
            &PATTERN,
            &SHADING,
            &EXTERNAL_OBJECT,
            &FONT,
            &FONT_DESCRIPTOR,
            &PARAMETERS,
        ];
        let left_behind =
            ["A", "AA", "JS", "Annots", "Parent", "Metadata", "OC", "OPI", "Ref", "PieceInfo", "F", "AF"];
        for (key, _) in tables.iter().flat_map(|table| table.iter()) {
            assert!(!left_behind.contains(key), "{key}");
        }
    }
}
