//! The machines that Go compiles for, as far as a listing shows them: registers with a role, widths, and how
//! calls, returns and branches are written.

mod flow;
mod machine;
mod role;

pub(crate) use flow::{Flow, Location, bare, flow};
pub use machine::Arch;
pub(crate) use role::Role;
