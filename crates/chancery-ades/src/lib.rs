//! The validation process of ETSI EN 319 102-1 common to all signature formats: verdicts, findings and reports.
