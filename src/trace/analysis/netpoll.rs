//! The network poller: who finds descriptors ready, and how long goroutines waited for them.
//!
//! A trace does not show when a descriptor became ready, only when somebody looked. The scheduler looks when
//! a proc has nothing else to do, and the system monitor when nobody has looked for 10 ms; wake-ups by the
//! system monitor mean that the procs were too busy to poll.

use super::engine::{Analysis, Context, Span};
use super::histogram::Histogram;
use crate::symbol::WaitClass;
use crate::table::{Map, Set, SortRows};
use crate::trace::{Event, GoState, GoTransition, ThreadId};

/// Collects waits for descriptors and their ends; returns a [`PollReport`].
///
/// # Cost
/// Memory is proportional to the threads.
#[derive(Debug, Default)]
pub struct NetPoll {
    classes: Vec<ClassWaits>,
    by_goroutine: u64,
    by_scheduler: u64,
    /// By thread, for threads that held no proc.
    by_thread: Map<ThreadId, u64>,
    /// Threads that run goroutines, as the system monitor's never does.
    runners: Set<ThreadId>,
    last_runner: Option<ThreadId>,
}

/// Waits for descriptors.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PollReport {
    /// By purpose, the longest sum first.
    pub classes: Vec<ClassWaits>,
    /// Ended by a goroutine: the descriptor was closed or got a deadline.
    pub by_goroutine: u64,
    /// Found ready by the scheduler on a proc.
    pub by_scheduler: u64,
    /// Found ready by a thread without a proc.
    pub by_idle_thread: u64,
    /// Found ready by the system monitor, because nobody had looked for 10 ms.
    pub by_sysmon: u64,
}

/// Waits for one thing.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ClassWaits {
    /// What they are for.
    pub class: WaitClass,
    /// How long; waits cut off by the ends of the trace count with their part inside.
    pub waits: Histogram,
    /// How many did not end within the trace.
    pub open: u64,
}

impl PollReport {
    /// All wake-ups by the poller.
    pub fn wakeups(&self) -> u64 {
        self.by_scheduler + self.by_idle_thread + self.by_sysmon
    }
}

impl Analysis for NetPoll {
    type Output = PollReport;

    fn transition(&mut self, event: &Event, transition: &GoTransition, _: &Context<'_>) {
        if transition.to == GoState::Running && self.last_runner != Some(event.thread) {
            self.last_runner = Some(event.thread);
            self.runners.insert(event.thread);
        }
    }

    fn waiting(&mut self, span: &Span, _: &Context<'_>) {
        if !span.is_poll {
            return;
        }
        let index = self.classes.iter().position(|waits| waits.class == span.class).unwrap_or_else(|| {
            self.classes.push(ClassWaits { class: span.class, waits: Histogram::default(), open: 0 });
            self.classes.len() - 1
        });
        self.classes[index].waits.add(span.duration());
        if span.is_open_end {
            self.classes[index].open += 1;
        } else if !span.ender.goroutine.is_none() {
            self.by_goroutine += 1;
        } else if !span.ender.proc.is_none() {
            self.by_scheduler += 1;
        } else {
            *self.by_thread.entry(span.ender.thread).or_default() += 1;
        }
    }

    fn finish(mut self, _: &Context<'_>) -> PollReport {
        self.classes.sort_rows_by_key(|waits| std::cmp::Reverse(waits.waits.sum()));
        let (mut by_idle_thread, mut by_sysmon) = (0, 0);
        for (thread, wakeups) in self.by_thread {
            *if self.runners.contains(&thread) { &mut by_idle_thread } else { &mut by_sysmon } += wakeups;
        }
        let Self { classes, by_goroutine, by_scheduler, .. } = self;
        PollReport { classes, by_goroutine, by_scheduler, by_idle_thread, by_sysmon }
    }
}
