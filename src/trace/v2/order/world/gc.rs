//! The garbage collector's mark phase, one for the whole program.

/// The state of the mark phase.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gc {
    /// Whether it is under way; `None` before anything is known.
    pub(crate) running: Option<bool>,
    /// The last sequence number.
    pub(crate) seq: u64,
}

impl Gc {
    /// The next sequence number. Go lets it wrap; a program would have to collect 2^64 times.
    pub(crate) fn next(&self) -> Option<u64> {
        self.seq.checked_add(1)
    }

    /// Whether it is as assumed. A mark phase may begin if nothing was known of one.
    pub(super) fn is_as_assumed(&self, assumed: Option<(bool, u64)>) -> bool {
        match assumed {
            None => true,
            Some((false, _)) if self.running.is_none() => true,
            Some((running, seq)) => self.running == Some(running) && self.seq == seq,
        }
    }
}
