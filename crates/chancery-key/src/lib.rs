//! Sign these bytes: one joint for software keys, PKCS#12, HSMs and remote signers, and the check of what they answer.
