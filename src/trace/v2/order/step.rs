//! What becomes of an event when its thread is to go on.

use crate::error::ErrorKind;

/// What became of an event. One byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It took effect.
    Done,
    /// It must wait for another.
    Waits,
    /// It is wrong.
    Refused(ErrorKind),
}
