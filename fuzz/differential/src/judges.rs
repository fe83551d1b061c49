//! Who judges.

pub mod certval;
pub mod foreign;
pub mod ours;
