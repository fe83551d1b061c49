//! RFC 3161 timestamps: the question, the matching token, the trusted timestamp, and a client.
