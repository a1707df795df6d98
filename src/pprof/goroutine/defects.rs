//! What of a dump was not understood.

/// What of a dump was not understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Defects {
    /// Lines that Go does not write, such as a program's own log. They are never an error.
    pub unknown_lines: u64,
    /// The first such line, from 1; 0 where all were understood.
    pub first_unknown_line: u64,
    /// Lines with a number that is malformed or out of range; lenient only.
    pub bad_numbers: u64,
    /// Frames without their second line, such as when another thread's log came between.
    pub incomplete_frames: u64,
    /// Lines longer than [`Limits::line`](crate::Limits::line); lenient only.
    pub long_lines: u64,
    /// The text ends inside a goroutine, as a debug=2 profile does at 64 MiB; lenient only.
    pub is_truncated: bool,
    /// The first line at which something is missing, from 1; 0 where nothing is.
    pub first_damaged_line: u64,
}

impl Defects {
    /// Something was lost: all but unknown lines.
    pub fn is_damaged(&self) -> bool {
        self.bad_numbers + self.incomplete_frames + self.long_lines > 0 || self.is_truncated
    }
}
