//! What made an output, where no line says so: the machine, and the Go releases it can be.

pub(crate) mod arch;
pub(crate) mod release;
