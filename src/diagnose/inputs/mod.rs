//! The inputs of a diagnosis, brought to functions and lines, and whether they belong together.

mod belong;
mod by_kind;
mod compiled;
mod crashed;
mod profiled;
mod reading;
mod roles;
mod source_lines;
mod traced;

pub use belong::Mismatch;
pub(crate) use belong::mismatches;
pub(crate) use by_kind::Inputs;
pub use by_kind::LeftAside;
pub(crate) use compiled::{Compiled, declared};
pub(crate) use crashed::Crashed;
pub(crate) use profiled::{Frame, Profiled};
pub(crate) use reading::{Decoded, NamedFile, Reading};
pub(crate) use roles::{role, value_index};
pub(crate) use source_lines::SourceLines;
pub(crate) use traced::Creation;
pub use traced::{Moment, Traced};
