//! CAdES signatures (ETSI EN 319 122-1): CMS signatures with the attributes and timestamps that make them last.
