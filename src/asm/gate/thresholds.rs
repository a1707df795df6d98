//! How much growth is too much.

use crate::error::{Error, ErrorKind, Result};

/// Limits for sizes, relative and absolute: a size must exceed both. Counts of allocations, bounds checks,
/// barriers, indirect calls and defers need no limits, because they are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Thresholds {
    size_warn: u32,
    size_fail: u32,
    frame_warn: u32,
    /// Instructions that a function must gain at least.
    pub instructions_floor: u32,
    /// Bytes of code that a function must gain at least.
    pub bytes_floor: u32,
    /// Branches that a function must gain at least.
    pub branches_floor: u32,
    /// Bytes that a frame must gain at least.
    pub frame_floor: u32,
    /// A frame that grows past this many bytes fails.
    pub frame_limit: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            size_warn: 15,
            size_fail: 25,
            frame_warn: 20,
            instructions_floor: 8,
            bytes_floor: 32,
            branches_floor: 4,
            frame_floor: 256,
            frame_limit: 4 << 10,
        }
    }
}

impl Thresholds {
    /// Sets by how many percent instructions, bytes and branches may grow before a warning, and before a hot
    /// function fails.
    ///
    /// # Errors
    /// `Usage` where `warn` is above `fail`: such a warning could never be seen.
    pub fn with_size_percent(mut self, warn: u32, fail: u32) -> Result<Self> {
        if warn > fail {
            let what = format!("a warning at {warn} % can never be seen before the failure at {fail} %");
            return Err(Error::new(ErrorKind::Usage).detail(what));
        }
        (self.size_warn, self.size_fail) = (warn, fail);
        Ok(self)
    }

    /// Percent that sizes may grow before a warning.
    pub const fn size_warn(&self) -> u32 {
        self.size_warn
    }

    /// Percent that sizes of hot functions may grow before a failure.
    pub const fn size_fail(&self) -> u32 {
        self.size_fail
    }

    /// Percent that a frame may grow before a warning.
    pub const fn frame_warn(&self) -> u32 {
        self.frame_warn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_comes_before_the_failure() {
        let error = Thresholds::default().with_size_percent(20, 15).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(Thresholds::default().with_size_percent(10, 10).unwrap().size_fail(), 10);
    }
}
