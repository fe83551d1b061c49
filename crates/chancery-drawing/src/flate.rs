//! Streams are compressed, always in the same way.

/// Data for `FlateDecode` (ISO 32000-2, 7.4.4).
pub(crate) fn compress(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 6)
}
