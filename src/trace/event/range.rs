//! Ranges of time that the runtime marks, and what each is about.

use super::id::{GoId, ProcId, StringId, ThreadId};
use std::fmt;

/// What an event or a range is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Resource {
    /// The whole program.
    None,
    /// A goroutine.
    Goroutine(GoId),
    /// A proc.
    Proc(ProcId),
    /// A thread.
    Thread(ThreadId),
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Goroutine(id) => write!(f, "Goroutine({id})"),
            Self::Proc(id) => write!(f, "Proc({id})"),
            Self::Thread(id) => write!(f, "Thread({id})"),
        }
    }
}

/// A range of time that the runtime marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// What happens.
    pub name: RangeName,
    /// Who does it.
    pub scope: Resource,
}

/// What happens during a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RangeName {
    /// All goroutines are stopped, for the reason that the text gives.
    StopTheWorld(StringId),
    /// The concurrent mark phase of the garbage collector.
    GcMark,
    /// A proc sweeps memory.
    Sweep,
    /// A goroutine helps to mark because it allocates.
    MarkAssist,
}
