//! What made an output, where no line says so: the machine, and the Go releases that can have printed it.

mod arch;
mod release;

pub(crate) use arch::infer as arch;
pub(crate) use release::infer as release;
