//! Digests of bytes, readers, files and byte ranges in one pass, and sources that need not be in memory.
