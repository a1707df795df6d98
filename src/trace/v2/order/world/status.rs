//! The status of a goroutine or P as the runtime records it.

use crate::trace::event::{GoState, ProcState};

/// The status of a goroutine (`tracev2.GoStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum GoStatus {
    Runnable = 1,
    Running = 2,
    Syscall = 3,
    Waiting = 4,
}

impl GoStatus {
    /// The status of a recorded number. All 64 bits count: Go cuts them to 8, and takes 0 for "undetermined".
    pub(crate) const fn recorded(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::Runnable),
            2 => Some(Self::Running),
            3 => Some(Self::Syscall),
            4 => Some(Self::Waiting),
            _ => None,
        }
    }

    /// The state that events show.
    pub(crate) const fn state(self) -> GoState {
        match self {
            Self::Runnable => GoState::Runnable,
            Self::Running => GoState::Running,
            Self::Syscall => GoState::Syscall,
            Self::Waiting => GoState::Waiting,
        }
    }
}

/// The status of a P (`tracev2.ProcStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ProcStatus {
    Running = 1,
    Idle = 2,
    Syscall = 3,
    /// In a system call since before the generation: the reporter does not know which thread holds it.
    Abandoned = 4,
}

impl ProcStatus {
    /// The status of a recorded number. All 64 bits count.
    pub(crate) const fn recorded(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::Running),
            2 => Some(Self::Idle),
            3 => Some(Self::Syscall),
            4 => Some(Self::Abandoned),
            _ => None,
        }
    }

    /// The state that events show.
    pub(crate) const fn state(self) -> ProcState {
        match self {
            Self::Running | Self::Syscall => ProcState::Running,
            Self::Idle | Self::Abandoned => ProcState::Idle,
        }
    }

    /// Whether a thread holds the P and is known to.
    pub(crate) const fn is_held(self) -> bool {
        matches!(self, Self::Running | Self::Syscall)
    }
}
