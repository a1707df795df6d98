//! What the names of the runtime's functions say.

pub(crate) mod calls;
