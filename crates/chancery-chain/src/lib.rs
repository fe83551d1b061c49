//! Paths from a certificate to a trust anchor at a moment of the past or present (RFC 5280), with a reason for every answer.
