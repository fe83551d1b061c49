//! What our benches share.
