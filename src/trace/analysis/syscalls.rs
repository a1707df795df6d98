//! System calls, and the procs that they lose.
//!
//! A goroutine keeps its proc when it enters a system call, until the system monitor or another thread takes
//! it: after 20 µs if there is other work, otherwise after 10 ms (`runtime.retake`). Calls into C are system
//! calls, too. Traces before Go 1.22 show the duration of blocking calls only.

use super::engine::{Analysis, Context, GoKind, Span, StackTable};
use super::histogram::Histogram;
use super::names::{Names, Stack, Text};
use super::stats::grow;
use super::worst::Worst;
use crate::table::SortRows;
use crate::trace::{Event, EventKind, GoId, GoState, GoTransition, StackId, StringId};

/// Collects system calls by stack, except those of the tracer; returns a [`SyscallReport`].
///
/// # Cost
/// Memory is proportional to the distinct stacks.
#[derive(Debug)]
pub struct Syscalls {
    by_stack: StackTable<(), Calls>,
    max_without_proc: usize,
    worst: Worst<Call>,
}

#[derive(Debug, Default)]
struct Calls {
    times: Histogram,
    with_proc: i64,
    without_proc: i64,
    lost: u64,
    open: u64,
}

#[derive(Debug)]
struct Call {
    goroutine: GoId,
    name: StringId,
    start: i64,
    stack: StackId,
    without_proc: i64,
    runnable: usize,
    is_open: bool,
}

/// System calls and calls into C.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SyscallReport {
    /// By stack, the longest sum first.
    pub stacks: Vec<SyscallStack>,
    /// How long all lasted; calls cut off by the ends of the trace count with their part inside.
    pub times: Histogram,
    /// Time in them while holding a proc, in nanoseconds.
    pub with_proc: i64,
    /// Time in them after the proc was taken away.
    pub without_proc: i64,
    /// How many lost their proc.
    pub lost: u64,
    /// The most goroutines in one without a proc at the same time: so many threads were blocked.
    pub max_without_proc: usize,
    /// The longest.
    pub worst: Vec<LongSyscall>,
}

/// The system calls at one stack.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SyscallStack {
    /// Where.
    pub stack: Stack,
    /// How long they lasted.
    pub times: Histogram,
    /// Time while holding a proc, in nanoseconds.
    pub with_proc: i64,
    /// Time after the proc was taken away.
    pub without_proc: i64,
    /// How many lost their proc.
    pub lost: u64,
    /// How many did not end within the trace.
    pub open: u64,
}

/// One system call.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LongSyscall {
    /// Whose call.
    pub goroutine: GoId,
    /// The function at which it starts.
    pub name: Text,
    /// When it began.
    pub start: i64,
    /// How long it lasted, in nanoseconds.
    pub duration: i64,
    /// The part of it without a proc.
    pub without_proc: i64,
    /// Where.
    pub stack: Stack,
    /// How many goroutines were runnable when it ended.
    pub runnable: usize,
    /// It did not end within the trace.
    pub is_open: bool,
}

impl Default for Syscalls {
    fn default() -> Self {
        Self { by_stack: StackTable::default(), max_without_proc: 0, worst: Worst::new(10) }
    }
}

impl Syscalls {
    /// Sets how many of the longest calls are kept. Default 10.
    #[must_use]
    pub fn with_worst(mut self, keep: usize) -> Self {
        self.worst = Worst::new(keep);
        self
    }
}

impl Analysis for Syscalls {
    type Output = SyscallReport;

    #[inline(always)]
    fn transition(&mut self, _: &Event, _: &GoTransition, cx: &Context<'_>) {
        self.max_without_proc = self.max_without_proc.max(cx.without_proc());
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        if matches!(event.kind, EventKind::ProcTransition(_)) {
            self.max_without_proc = self.max_without_proc.max(cx.without_proc());
        }
    }

    fn syscall(&mut self, span: &Span, cx: &Context<'_>) {
        if cx.goroutine(span.goroutine).kind == GoKind::Tracer {
            return;
        }
        let time = span.duration();
        let without_proc = span.proc_lost.map_or(0, |lost| span.end.saturating_sub(lost));
        let calls = self.by_stack.at(span.stack, (), cx.tables().stack_count());
        calls.times.add(time);
        grow(&mut calls.with_proc, time.saturating_sub(without_proc));
        grow(&mut calls.without_proc, without_proc);
        calls.lost += u64::from(span.proc_lost.is_some());
        calls.open += u64::from(span.is_open_end);
        self.worst.add(time, || Call {
            goroutine: cx.goroutine(span.goroutine).id,
            name: cx.goroutine(span.goroutine).name,
            start: span.start,
            stack: span.stack,
            without_proc,
            runnable: cx.count(GoState::Runnable),
            is_open: span.is_open_end,
        });
    }

    fn finish(self, cx: &Context<'_>) -> SyscallReport {
        let mut names = Names::new(cx.tables());
        let mut report = SyscallReport {
            stacks: Vec::new(),
            times: Histogram::default(),
            with_proc: 0,
            without_proc: 0,
            lost: 0,
            max_without_proc: self.max_without_proc,
            worst: Vec::new(),
        };
        for (stack, (), calls) in self.by_stack.into_entries() {
            report.times.merge(&calls.times);
            grow(&mut report.with_proc, calls.with_proc);
            grow(&mut report.without_proc, calls.without_proc);
            report.lost += calls.lost;
            let Calls { times, with_proc, without_proc, lost, open } = calls;
            report.stacks.push(SyscallStack {
                stack: names.stack(stack),
                times,
                with_proc,
                without_proc,
                lost,
                open,
            });
        }
        report.stacks.sort_rows_by_key(|stack| std::cmp::Reverse(stack.times.sum()));
        for (duration, call) in self.worst.into_items() {
            report.worst.push(LongSyscall {
                goroutine: call.goroutine,
                name: names.text(call.name),
                start: call.start,
                duration,
                without_proc: call.without_proc,
                stack: names.stack(call.stack),
                runnable: call.runnable,
                is_open: call.is_open,
            });
        }
        report
    }
}
