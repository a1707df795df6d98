//! What Go 1.27.3 computes for each goroutine (`internal/trace/summary.go`), to the nanosecond.
//!
//! Its known defects, kept here:
//! * A goroutine in a system call without its proc, at the end of the trace or of a region: the time
//!   without proc counts as scheduler wait, and the whole as system call.
//! * A wait from before the trace has an empty reason.
//! * A goroutine that was in a system call without a proc when the trace began: the time after its first
//!   mention counts as if it had one.
//! * A goroutine that returns from a system call erases what is known of the one in a system call on its
//!   former proc: when that one loses the proc, it goes unnoticed.
//! * Time in ranges is wall time, even while the goroutine waits.
//! * 0 means "not set" for points in time, so anything that begins at time 0 is lost (traces before Go 1.22
//!   begin there).

use super::totals::Totals;
use crate::symbol::WaitClass;
use crate::trace::analysis::engine::{Context, GoIndex};
use crate::trace::analysis::stats::grow;
use crate::trace::{
    Event, EventKind, GoState, GoTransition, ProcId, ProcState, Range, RangeName, Resource, StringId,
};

/// A goroutine's state. Points in time are 0 when not set.
#[derive(Clone, Debug)]
pub(super) struct Go {
    pub(super) name: StringId,
    pub(super) created: i64,
    pub(super) started: i64,
    pub(super) ended: i64,
    pub(super) totals: Totals,
    is_known: bool,
    last_start: i64,
    last_runnable: i64,
    last_block: i64,
    last_reason: StringId,
    last_syscall: i64,
    last_syscall_block: i64,
    last_ranges: Vec<(RangeName, i64)>,
    syscalling: Option<ProcId>,
}

impl Default for Go {
    fn default() -> Self {
        Self {
            name: StringId::EMPTY,
            created: 0,
            started: 0,
            ended: 0,
            totals: Totals::default(),
            is_known: false,
            last_start: 0,
            last_runnable: 0,
            last_block: 0,
            last_reason: StringId::EMPTY,
            last_syscall: 0,
            last_syscall_block: 0,
            last_ranges: Vec::new(),
            syscalling: None,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct GoTool {
    gos: Vec<Go>,
    /// By proc: the goroutine that is believed to be in a system call there. Procs are few.
    syscalling: Vec<(ProcId, GoIndex)>,
    proc_ranges: Vec<(ProcId, RangeName, GoIndex)>,
    forever: Option<StringId>,
    sync_time: i64,
}

impl GoTool {
    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        if self.sync_time == 0 {
            self.sync_time = event.time;
        }
        match event.kind {
            EventKind::Sync { .. } => self.sync_time = event.time,
            EventKind::GoTransition(transition) if transition.from != transition.to => {
                self.go(event, &transition, cx);
            }
            EventKind::ProcTransition(transition)
                if transition.from != transition.to && transition.to == ProcState::Idle =>
            {
                self.proc_idle(transition.proc, event.time);
            }
            EventKind::RangeBegin(range) => self.range_begins(event, range, event.time, cx),
            EventKind::RangeActive(range) => self.range_is_active(event, range, cx),
            EventKind::RangeEnd { name, .. } => self.range_ends(event, name, cx),
            _ => {}
        }
    }

    fn go(&mut self, event: &Event, transition: &GoTransition, cx: &Context<'_>) {
        let (Some(goroutine), now) = (cx.subject(), event.time) else { return };
        if goroutine.index() >= self.gos.len() {
            self.gos.resize_with(goroutine.index() + 1, Go::default);
        }
        let is_forever = transition.to == GoState::Waiting && self.is_forever(transition.reason, cx);
        let sync_time = self.sync_time;
        let Some(go) = self.gos.get_mut(goroutine.index()) else { return };
        match transition.from {
            GoState::Undetermined => {
                let since = now.saturating_sub(sync_time);
                *go = Go { is_known: true, created: sync_time, ..Go::default() };
                let totals = &mut go.totals;
                match transition.to {
                    GoState::Running => grow(&mut totals.exec, since),
                    GoState::Waiting => totals.add_block(transition.reason, WaitClass::Unknown, since),
                    GoState::Runnable => grow(&mut totals.sched_wait, since),
                    GoState::Syscall if event.proc.is_none() => grow(&mut totals.syscall_block, since),
                    GoState::Syscall => grow(&mut totals.syscall, since),
                    _ => {}
                }
            }
            GoState::NotExist => *go = Go { is_known: true, created: now, ..Go::default() },
            GoState::Running => {
                grow(&mut go.totals.exec, now.saturating_sub(go.last_start));
                go.last_start = 0;
            }
            GoState::Waiting if go.last_block != 0 => {
                go.totals.add_block(go.last_reason, WaitClass::Unknown, now.saturating_sub(go.last_block));
                go.last_block = 0;
            }
            GoState::Runnable if go.last_runnable != 0 => {
                grow(&mut go.totals.sched_wait, now.saturating_sub(go.last_runnable));
                go.last_runnable = 0;
            }
            GoState::Syscall if go.last_syscall != 0 => {
                if go.last_syscall_block != 0 {
                    grow(&mut go.totals.syscall_block, now.saturating_sub(go.last_syscall_block));
                    grow(&mut go.totals.syscall, go.last_syscall_block.saturating_sub(go.last_syscall));
                } else {
                    grow(&mut go.totals.syscall, now.saturating_sub(go.last_syscall));
                }
                (go.last_syscall, go.last_syscall_block) = (0, 0);
                if let Some(proc) = go.syscalling.take() {
                    self.syscalling.retain(|entry| entry.0 != proc);
                }
            }
            _ => {}
        }
        if go.name == StringId::EMPTY {
            if let Some(root) = cx.tables().stack_frames(transition.stack).last() {
                go.name = cx.tables().frame(*root).function;
            }
        }
        match transition.to {
            GoState::Running => {
                go.last_start = now;
                if go.started == 0 {
                    go.started = now;
                }
            }
            GoState::Runnable => go.last_runnable = now,
            GoState::Waiting if !is_forever => (go.last_block, go.last_reason) = (now, transition.reason),
            GoState::Waiting | GoState::NotExist => {
                go.ended = now;
                go.finalize(now);
            }
            GoState::Syscall => {
                go.last_syscall = now;
                go.syscalling = Some(event.proc);
                self.syscalling.retain(|entry| entry.0 != event.proc);
                self.syscalling.push((event.proc, goroutine));
            }
            GoState::Undetermined => {}
        }
    }

    fn is_forever(&mut self, reason: StringId, cx: &Context<'_>) -> bool {
        if self.forever.is_none() && cx.string(reason) == b"forever" {
            self.forever = Some(reason);
        }
        self.forever == Some(reason)
    }

    /// Whether a transition begins a wait without end, which ends a goroutine here.
    pub(super) fn waits_forever(&self, transition: &GoTransition) -> bool {
        transition.to == GoState::Waiting && self.forever == Some(transition.reason)
    }

    fn proc_idle(&mut self, proc: ProcId, now: i64) {
        let Some(index) = self.syscalling.iter().position(|entry| entry.0 == proc) else { return };
        let (_, goroutine) = self.syscalling.swap_remove(index);
        if let Some(go) = self.gos.get_mut(goroutine.index()) {
            go.last_syscall_block = now;
        }
    }

    fn range_begins(&mut self, event: &Event, range: Range, time: i64, cx: &Context<'_>) {
        if let Some(go) = self.range_goroutine(event, range, cx) {
            go.last_ranges.retain(|last| last.0 != range.name);
            go.last_ranges.push((range.name, time));
        }
    }

    fn range_is_active(&mut self, event: &Event, range: Range, cx: &Context<'_>) {
        let sync_time = self.sync_time;
        if let Some(go) = self.range_goroutine(event, range, cx) {
            let last = go.last_ranges.iter().find(|last| last.0 == range.name && last.1 != 0);
            if let Some(&(name, begin)) = last {
                go.totals.add_range(name, sync_time.saturating_sub(begin), 0);
            }
        }
        self.range_begins(event, range, sync_time, cx);
    }

    /// The goroutine that a range which begins or is active counts for.
    fn range_goroutine(&mut self, event: &Event, range: Range, cx: &Context<'_>) -> Option<&mut Go> {
        let goroutine = match range.scope {
            Resource::Goroutine(id) => cx.index_of(id)?,
            Resource::Proc(proc) => {
                let goroutine = cx.index_of(event.goroutine)?;
                self.proc_ranges.retain(|entry| (entry.0, entry.1) != (proc, range.name));
                self.proc_ranges.push((proc, range.name, goroutine));
                goroutine
            }
            _ => return None,
        };
        self.gos.get_mut(goroutine.index()).filter(|go| go.is_known)
    }

    fn range_ends(&mut self, event: &Event, name: RangeName, cx: &Context<'_>) {
        let goroutine = match event.range().map(|range| range.scope) {
            Some(Resource::Goroutine(id)) => cx.index_of(id),
            Some(Resource::Proc(proc)) => {
                let entry = self.proc_ranges.iter().position(|entry| (entry.0, entry.1) == (proc, name));
                let begun = entry.map(|entry| self.proc_ranges.swap_remove(entry).2);
                begun.filter(|&begun| cx.index_of(event.goroutine) == Some(begun))
            }
            _ => None,
        };
        let Some(go) = goroutine.and_then(|goroutine| self.gos.get_mut(goroutine.index())) else { return };
        if let Some(index) = go.last_ranges.iter().position(|last| last.0 == name) {
            let (name, begin) = go.last_ranges.swap_remove(index);
            if begin != 0 {
                go.totals.add_range(name, event.time.saturating_sub(begin), 0);
            }
        }
    }

    /// The figures of a goroutine until now.
    pub(super) fn snapshot(&self, goroutine: GoIndex, now: i64, out: &mut Totals) {
        match self.gos.get(goroutine.index()) {
            Some(go) => go.snapshot(now, out),
            None => out.set(&Totals::default()),
        }
    }

    /// The goroutines, ended by the end of the trace.
    pub(super) fn finish(mut self, cx: &Context<'_>) -> Vec<Go> {
        self.gos.resize_with(cx.goroutines().len(), Go::default);
        for go in &mut self.gos {
            go.finalize(cx.now());
        }
        self.gos
    }
}

impl Go {
    /// Whether a change of its state has been seen.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    fn snapshot(&self, now: i64, out: &mut Totals) {
        out.set(&self.totals);
        if self.totals.total == 0 {
            out.total = now.saturating_sub(self.created);
        }
        if self.last_start != 0 {
            grow(&mut out.exec, now.saturating_sub(self.last_start));
        }
        if self.last_runnable != 0 {
            grow(&mut out.sched_wait, now.saturating_sub(self.last_runnable));
        }
        if self.last_block != 0 {
            out.add_block(self.last_reason, WaitClass::Unknown, now.saturating_sub(self.last_block));
        }
        if self.last_syscall != 0 {
            grow(&mut out.syscall, now.saturating_sub(self.last_syscall));
        }
        if self.last_syscall_block != 0 {
            grow(&mut out.sched_wait, now.saturating_sub(self.last_syscall_block));
        }
        for &(name, begin) in &self.last_ranges {
            out.add_range(name, now.saturating_sub(begin), 0);
        }
    }

    fn finalize(&mut self, now: i64) {
        let mut totals = Totals::default();
        self.snapshot(now, &mut totals);
        self.totals = totals;
        (self.last_start, self.last_runnable, self.last_block) = (0, 0, 0);
        (self.last_syscall, self.last_syscall_block) = (0, 0);
        self.last_ranges.clear();
    }
}
