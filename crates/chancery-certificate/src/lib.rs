//! X.509 certificates as they were received: raw bytes, names, extensions, claims. Decides nothing.
