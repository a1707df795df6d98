//! What the compiler prints, as text: unwrapped, cut into typed lines, and the forms that several kinds of
//! lines share.
//!
//! `bytes → plain → lines (prefix off, classified) → header, position, number, json`

mod classify;
mod prefix;
mod shell;

pub(crate) mod counts;
pub(crate) mod header;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod lines;
pub(crate) mod number;
pub(crate) mod plain;
pub(crate) mod position;
pub(crate) mod span;
