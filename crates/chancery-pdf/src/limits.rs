//! Bounds on what a file may make us do. Each is far above what real files need.

/// Deepest nesting of arrays and dictionaries. Real files stay below 20; the bound keeps the stack small.
pub(crate) const NESTING: u32 = 128;
/// Values within one object.
pub(crate) const VALUES: u32 = 2_000_000;
/// Bytes of one object without its stream data.
pub(crate) const OBJECT_BYTES: usize = 32 << 20;
/// Cross-reference sections of one file: one a revision, two in linearized files.
pub(crate) const SECTIONS: usize = 10_000;
/// Subsections of one cross-reference section.
pub(crate) const SUBSECTIONS: usize = 1_000_000;
/// Subsections of a section in which they overlap, since those are searched one by one.
pub(crate) const OVERLAPPING_SUBSECTIONS: usize = 1_000;
/// Greatest object number. The standard sets no bound (Annex C: 8,388,607 in practice); this one leaves room
/// for new objects below 2³¹, which other libraries take for the number's type.
pub(crate) const OBJECT_NUMBER: u32 = (1 << 31) - (1 << 24);
/// Objects that one cross-reference stream may list (Annex C of older editions: 8,388,607 in a file).
pub(crate) const STREAM_ENTRIES: u64 = 10_000_000;
/// Entries of all sections of a file but the largest, which are held in memory where there are many sections. A
/// thousand revisions that each list ten thousand objects again stay below.
pub(crate) const LATER_ENTRIES: u64 = 16_000_000;
/// Decoded bytes of all cross-reference streams of a file together.
pub(crate) const ALL_CROSS_REFERENCE_BYTES: usize = 128 << 20;
/// Decoded bytes of one object stream.
pub(crate) const OBJECT_STREAM_BYTES: usize = 64 << 20;
/// Decoded bytes of object streams that are kept.
pub(crate) const CACHED_BYTES: usize = 4 << 20;
/// Object streams that are kept.
pub(crate) const CACHED_STREAMS: usize = 32;
/// Numbers that object streams list, which are kept when the streams are not.
pub(crate) const LISTED_NUMBERS: usize = 4_000_000;
/// Places of which it is remembered whether an object stream stands there.
pub(crate) const KNOWN_PLACES: usize = 1_000_000;
/// Objects in streams that are replaced, in all comparisons of revisions of a document together: an update replaces a
/// stream of some hundred objects.
pub(crate) const REPLACED_NUMBERS: usize = 32_000_000;
/// Decoded bytes of object streams, those that are decoded again and again included: so many of any document, and so many
/// for each of its bytes. A walk in the order of the file decodes each once; who asks for one object in each of very many
/// streams in turn is not asked for by an honest file.
pub(crate) const DECODED_BYTES: u64 = 512 << 20;
/// See [`DECODED_BYTES`]. Objects take a tenth of their size when they are compressed, and are looked at some times.
pub(crate) const DECODED_TIMES: u64 = 200;
/// Decoded bytes of all object streams in one walk over the objects of a document.
pub(crate) const WALKED_BYTES: usize = 1 << 30;
/// References that lead to references, object streams whose /Length is elsewhere, and the like.
pub(crate) const INDIRECTIONS: u32 = 16;
/// Depth of a page tree.
pub(crate) const PAGE_TREE_DEPTH: usize = 64;
/// Nodes of a page tree that are looked at to find one page.
pub(crate) const PAGE_TREE_NODES: usize = 200_000;
/// How far from the start the header may stand (ISO 32000-2, Annex I in older editions: 1024 bytes).
pub(crate) const HEADER_SEARCH: u64 = 1024;
/// How far from the end `startxref` is looked for. Viewers look at 1024 bytes; some files carry padding.
pub(crate) const START_SEARCH: u64 = 64 << 10;
/// How often `startxref` may stand before one `%%EOF`.
pub(crate) const STARTS: usize = 16;
/// How far after an older section its `startxref` is looked for, if it does not follow at once.
pub(crate) const CLOSING_SEARCH: u64 = 16 << 20;
/// How far `endstream` is looked for when `/Length` is wrong.
pub(crate) const END_STREAM_SEARCH: u64 = 256 << 20;
/// Filters one after another on one stream.
pub(crate) const FILTERS: usize = 8;
/// Ambiguities that are recorded; the first ones tell enough.
pub(crate) const AMBIGUITIES: usize = 1_000;
/// Objects behind one page that is imported.
pub(crate) const IMPORTED_OBJECTS: usize = 20_000;
/// Values in them.
pub(crate) const IMPORTED_VALUES: usize = 2_000_000;
/// Bytes of their streams, that of the page's content decoded.
pub(crate) const IMPORTED_BYTES: usize = 64 << 20;
/// Objects of a damaged file, whose cross-reference is made anew in memory.
pub(crate) const REPAIRED_OBJECTS: usize = 1_000_000;
/// Decoded bytes of all object streams of a damaged file, each of which must be read to know its objects.
pub(crate) const REPAIRED_BYTES: usize = 512 << 20;
/// Catalogs, or trailers, of a damaged file that are tried.
pub(crate) const CATALOGS: usize = 64;
