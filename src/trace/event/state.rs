//! The states of goroutines and procs, and how they change.

use super::id::{GoId, ProcId, StackId, StringId};

/// The state of a goroutine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum GoState {
    /// Not known yet.
    Undetermined,
    /// Not yet created, or ended.
    NotExist,
    /// Runnable: waits for a proc.
    Runnable,
    /// Runs on a thread.
    Running,
    /// Waits for something other than a proc.
    Waiting,
    /// In a system call or in C.
    Syscall,
}

impl GoState {
    /// The state's name in Go's tools.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undetermined => "Undetermined",
            Self::NotExist => "NotExist",
            Self::Runnable => "Runnable",
            Self::Running => "Running",
            Self::Waiting => "Waiting",
            Self::Syscall => "Syscall",
        }
    }

    /// Whether a goroutine in this state is bound to a thread.
    pub const fn is_executing(self) -> bool {
        matches!(self, Self::Running | Self::Syscall)
    }
}

/// The state of a proc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum ProcState {
    /// Not known yet.
    Undetermined,
    /// Does not exist yet.
    NotExist,
    /// Held by a thread.
    Running,
    /// Held by no thread.
    Idle,
}

impl ProcState {
    /// The state's name in Go's tools.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undetermined => "Undetermined",
            Self::NotExist => "NotExist",
            Self::Running => "Running",
            Self::Idle => "Idle",
        }
    }

    /// Whether a proc in this state is bound to a thread.
    pub const fn is_executing(self) -> bool {
        matches!(self, Self::Running)
    }
}

/// A goroutine changes its state. Equal states: the trace records the state again, at the start of a
/// generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "StateTransition")]
pub struct GoTransition {
    /// The goroutine, which need not be that of the context.
    pub goroutine: GoId,
    /// The state before.
    pub from: GoState,
    /// The state from now on.
    pub to: GoState,
    /// Why, in the runtime's words, such as `chan receive`; often empty.
    pub reason: StringId,
    /// The stack of the goroutine itself. For a new goroutine, that of its start function; the event's own
    /// stack is its creator's.
    pub stack: StackId,
}

/// A proc changes its state. Equal states: the trace records the state again, at the start of a generation;
/// or a proc is taken from a thread that had long left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "StateTransition")]
pub struct ProcTransition {
    /// The proc, which need not be that of the context.
    pub proc: ProcId,
    /// The state before.
    pub from: ProcState,
    /// The state from now on.
    pub to: ProcState,
}
