//! The validation process of ETSI EN 319 102-1 V1.4.1, step by step.
//!
//! | clause | what it asks | here |
//! | --- | --- | --- |
//! | 5.2.8 | were the algorithms acceptable when the signature existed? | `strength` |
//! | 5.3, 5.5, 5.6.2.4 | is the path of a certificate good: now, when the signature existed, or by what is proven? | `paths` |
//! | 5.4, 5.6.2.3, 5.6.3 | what do the timestamps prove, the newest first? | `timestamps` |
//! | 5.5.4 step 4 e | are they in order? | `order` |
//! | 5.3, 5.5, 5.6 | what follows for one signature? | `signature` |

pub(crate) mod description;
pub(crate) mod help;
pub(crate) mod kept;
pub(crate) mod order;
pub(crate) mod paths;
pub(crate) mod refusal;
pub(crate) mod sequence;
pub(crate) mod signature;
pub(crate) mod strength;
pub(crate) mod timestamps;
