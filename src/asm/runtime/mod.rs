//! What the names of the runtime's functions say.
//!
//! Names of all releases from 1.19 to 1.27 are listed; which one a compiler emits differs by release and
//! machine.

mod alloc;
mod bounds;
mod calls;

pub(crate) mod size_class;

pub use alloc::AllocKind;
pub use bounds::Bounds;
pub(crate) use calls::{Runtime, class};
