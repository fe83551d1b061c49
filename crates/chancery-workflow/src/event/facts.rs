//! One row per event: its kind in the ledger, its struct.

/// Structs that are stored as JSON, each with its kind; a field that is not known is refused.
macro_rules! facts {
    ($($(#[$doc:meta])* $kind:literal $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl $name {
                /// Its kind in the ledger.
                pub const KIND: &'static str = $kind;
            }
        )*
    };
}

pub(super) use facts;
