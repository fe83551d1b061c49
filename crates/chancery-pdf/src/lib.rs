//! Just enough PDF to sign and to judge: a lazy reader of every revision and an incremental writer.
