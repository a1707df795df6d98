//! The lines under a goroutine's header.

use super::frame::Frame;
use crate::symbol::FuncName;

/// One entry under a goroutine's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry<'a> {
    /// A frame: of the goroutine itself, or of the ancestor that precedes it.
    Frame(Frame<'a>),
    /// `...12 frames elided...`, or without a number up to Go 1.20.
    Elided(Option<u64>),
    /// The `go` statement that started it.
    CreatedBy(CreatedBy<'a>),
    /// `[originating from goroutine 5]:`; its frames follow.
    Ancestor(u64),
    /// `goroutine running on other thread; stack unavailable`.
    Unavailable,
    /// The race detector's `Goroutine 8 (running) created at:`, with the state; the creator follows, and then
    /// the frames that called it.
    CreatedAt(&'a [u8]),
}

impl<'a> Entry<'a> {
    /// `None` when the goroutine's own stack ends here; the frame if this is one.
    pub(super) fn own(self) -> Option<Option<Frame<'a>>> {
        match self {
            Self::Frame(frame) => Some(Some(frame)),
            Self::Elided(_) | Self::Unavailable => Some(None),
            Self::CreatedBy(_) | Self::CreatedAt(_) | Self::Ancestor(_) => None,
        }
    }
}

/// The `go` statement that started a goroutine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedBy<'a> {
    /// The function with the `go` statement.
    pub func: &'a [u8],
    /// The goroutine that ran it (Go 1.21).
    pub goroutine: Option<u64>,
    /// The source file; empty where it is not known.
    pub file: &'a [u8],
    /// The line, from 1; 0 where it is not known.
    pub line: u64,
    /// How far the call is from the function's entry, in bytes.
    pub offset: Option<u64>,
}

impl<'a> CreatedBy<'a> {
    /// The function's name, split into its parts.
    pub fn name(&self) -> FuncName<'a> {
        FuncName::parse(self.func)
    }
}
