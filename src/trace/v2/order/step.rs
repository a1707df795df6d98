//! Whether the next event of a thread took effect, and why not.

use crate::error::{ErrorKind, Fault};

/// Whether the event took effect. One byte, so that the hot path returns it in a register.
pub(crate) type Step = Result<(), Stop>;

/// Why an event did not take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It must wait for the state in `Progress::blocked`.
    Waits,
    /// It is wrong.
    Refused(ErrorKind),
}

/// The event contradicts what came before it.
pub(crate) const CONTRADICTION: Stop = Stop::Refused(ErrorKind::BadTransition);

/// The event begins a range that is open, or ends one that is not.
pub(crate) const UNBALANCED: Stop = Stop::Refused(ErrorKind::BadRange);

/// The event names a string or stack that its generation does not define.
pub(crate) const UNKNOWN: Stop = Stop::Refused(ErrorKind::UnknownRef);

/// A fault in the arguments of an event is reported where they begin, so its own offset is dropped.
impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_one_byte() {
        assert_eq!(size_of::<Step>(), 1);
    }
}
