//! What factors promise, judged from outside: one file for each idea.

mod attempts;
mod changes;
mod codes;
mod people;
mod requirements;
mod sessions;
mod states;
mod tickets;
mod users;
mod verifiers;
