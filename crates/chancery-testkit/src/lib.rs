//! A PKI in ten lines, with TSA, OCSP and CRL services in process and on loopback, for tests that need signatures.
