//! What the compiler prints, as text: unwrapped, cut into typed lines, and the forms that several lines share.

pub(crate) mod counts;
pub(crate) mod header;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod number;
pub(crate) mod plain;
pub(crate) mod position;
pub(crate) mod span;
