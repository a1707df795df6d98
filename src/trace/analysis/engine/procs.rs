//! What each proc does.

use super::span::{GoIndex, ProcActivity, ProcSpan};
use crate::trace::ProcId;

/// Procs beyond this number are not followed. Go's own maximum has always been lower.
const MAX_PROCS: usize = 1 << 16;

/// What each proc does, and since when.
#[derive(Debug, Default)]
pub(super) struct Procs {
    procs: Vec<Option<(ProcActivity, i64)>>,
    seen: usize,
    idle: usize,
    /// The span that the last change ended.
    pub(super) ended: Option<ProcSpan>,
}

impl Procs {
    /// A proc changes its activity at `now`; a new proc has had it since `begin`.
    pub(super) fn set(
        &mut self,
        id: ProcId,
        new: ProcActivity,
        begin: i64,
        now: i64,
    ) -> Option<ProcActivity> {
        let index = usize::try_from(id.raw()).ok().filter(|&index| index < MAX_PROCS)?;
        if index >= self.procs.len() {
            self.procs.resize(index + 1, None);
        }
        let proc = self.procs.get_mut(index)?;
        self.idle += usize::from(new == ProcActivity::Idle);
        let Some((activity, since)) = proc else {
            self.seen += 1;
            *proc = Some((new, begin));
            return None;
        };
        let old = *activity;
        self.idle -= usize::from(old == ProcActivity::Idle);
        self.ended = Some(ProcSpan { proc: id, activity: old, start: *since, end: now, is_open_end: false });
        (*activity, *since) = (new, now);
        Some(old)
    }

    /// A goroutine takes a proc, or keeps it.
    pub(super) fn change(&mut self, id: ProcId, new: ProcActivity, now: i64) {
        self.set(id, new, now, now);
    }

    /// A goroutine leaves its proc to the scheduler.
    pub(super) fn release(&mut self, id: ProcId, goroutine: GoIndex, now: i64) {
        match self.activity(id) {
            Some(ProcActivity::Running(index) | ProcActivity::Syscall(index)) if index == goroutine => {
                self.set(id, ProcActivity::Scheduling, now, now);
            }
            _ => {}
        }
    }

    pub(super) fn activity(&self, id: ProcId) -> Option<ProcActivity> {
        let proc = self.procs.get(usize::try_from(id.raw()).ok()?)?;
        proc.map(|(activity, _)| activity)
    }

    pub(super) fn open_span(&self, index: usize, now: i64) -> Option<ProcSpan> {
        let (activity, start) = (*self.procs.get(index)?)?;
        let proc = ProcId::new(i32::try_from(index).ok()?);
        Some(ProcSpan { proc, activity, start, end: now, is_open_end: true })
    }

    pub(super) fn len(&self) -> usize {
        self.procs.len()
    }

    /// How many procs have been seen.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// How many are held by no thread.
    pub(super) fn idle(&self) -> usize {
        self.idle
    }
}
