//! Names of streams, actors, kinds and destinations that this crate writes itself.

use chancery_ledger::{Actor, Destination, IdempotencyKey, Kind, StreamId};

macro_rules! own_names {
    ($($function:ident -> $name:ident;)*) => {$(
        // What this crate writes is short ASCII without control characters: constants, hexadecimal digits. A test
        // below takes every constant through it.
        #[allow(clippy::expect_used)]
        pub(crate) fn $function(text: &str) -> $name {
            $name::new(text).expect("a short name of letters and digits")
        }
    )*};
}

own_names! {
    stream -> StreamId;
    actor -> Actor;
    kind -> Kind;
    destination -> Destination;
    key -> IdempotencyKey;
}
