//! CMS SignedData (RFC 5652): assembled in two steps around the key, read as it was signed, each signer checked. No policy.
