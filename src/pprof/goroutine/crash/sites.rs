//! Where on a stack things happened.

use crate::pprof::goroutine::dump::Goroutine;
use crate::pprof::goroutine::frame::Frame;

/// The frames of a goroutine, leaf first.
pub(super) struct Stack<'d> {
    frames: Vec<Frame<'d>>,
}

impl<'d> Stack<'d> {
    pub(super) fn of(goroutine: &Goroutine<'d>) -> Self {
        Self { frames: goroutine.frames().collect() }
    }

    /// Where each panic was raised, the oldest first: a panic runs the deferred calls above itself, so that
    /// each older one is below a frame `panic`.
    pub(super) fn panic_sites(&self) -> Vec<Frame<'d>> {
        let parts = self.frames.split(|frame| matches!(frame.func, b"panic" | b"runtime.gopanic"));
        let mut sites: Vec<Frame<'d>> =
            parts.filter_map(|part| part.iter().find(is_outside).copied()).collect();
        sites.reverse();
        sites
    }

    /// The innermost frame of the program's own code, or else the innermost that is not the runtime's.
    pub(super) fn own_frame(&self) -> Option<Frame<'d>> {
        let is_own = |frame: &&Frame<'d>| frame.name().is_user();
        let found = self.frames.iter().find(is_own).or_else(|| self.frames.iter().find(is_outside));
        found.or_else(|| self.frames.first()).copied()
    }
}

fn is_outside(frame: &&Frame<'_>) -> bool {
    !frame.name().is_runtime()
}

/// Whether `goroutine` runs a test, and does not just wait for one of its subtests.
pub(super) fn is_in_test(goroutine: &Goroutine<'_>) -> bool {
    let mut frames = goroutine.frames().filter(|frame| is_outside(&frame));
    let waits = frames.any(|frame| frame.func == b"testing.(*T).Run");
    !waits && goroutine.frames().any(|frame| frame.func == b"testing.tRunner")
}
