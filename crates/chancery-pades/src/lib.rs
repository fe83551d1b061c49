//! PDF signatures (ETSI EN 319 142-1): prepare, finish, timestamp, verify, and what changed since.
