//! Profiles and compiler output, brought to functions and lines.

mod compiled;
mod growth;
mod profiled;
mod roles;
mod standard;
mod sums;

pub(super) use compiled::{Compiled, declared};
pub(super) use growth::{Group, Growth, wait_phrase};
pub(super) use profiled::Profiled;
pub(super) use roles::{role, value_index};
pub(super) use standard::is_user;
pub(super) use sums::{FunctionSum, Site, Sums};
