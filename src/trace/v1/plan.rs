//! In which order the events of the Ps happened: not a list of events, but of runs: which P, and how many
//! events.

use crate::error::{ErrorKind, Fault};
use crate::trace::options::Damage;

/// `count` events of one P, in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Position in [`Scan::procs`].
    pub(crate) proc: u32,
    pub(crate) count: u32,
}

/// A return from a system call that happened before its event was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Exit {
    /// When it happened, in ticks.
    pub(crate) time: u64,
    /// How many events precede it in the order of writing.
    pub(crate) index: u64,
    pub(crate) g: u64,
    pub(crate) offset: usize,
}

/// The order of all events but samples, and the returns that must move ahead.
#[derive(Debug)]
pub(crate) struct Plan {
    damage: Damage,
    pub(crate) runs: Vec<Run>,
    /// By time.
    pub(crate) exits: Vec<Exit>,
    /// The first rule that was overridden to continue; `None` unless damage is skipped.
    pub(crate) doubt: Option<Fault>,
}

impl Plan {
    pub(crate) fn new(damage: Damage) -> Self {
        Self { damage, runs: Vec::new(), exits: Vec::new(), doubt: None }
    }

    /// Fails; or, if damage is skipped, remembers that a rule was overridden.
    #[cold]
    pub(crate) fn doubt(&mut self, kind: ErrorKind, offset: usize) -> Result<(), Fault> {
        let fault = Fault::new(kind, offset as u64);
        if self.damage == Damage::Refuse {
            return Err(fault);
        }
        self.doubt.get_or_insert(fault);
        Ok(())
    }

    /// Appends one event of `proc`.
    #[inline(always)]
    pub(crate) fn push(&mut self, proc: u32) {
        match self.runs.last_mut() {
            Some(run) if run.proc == proc && run.count < u32::MAX => run.count += 1,
            _ => self.runs.push(Run { proc, count: 1 }),
        }
    }
}
