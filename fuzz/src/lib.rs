//! What the fuzz targets share.

mod forger;

pub use forger::Forger;
