//! The wake graph: who ends whose wait.

use std::io::{self, Write};

use super::engine::{Analysis, Context, Span, StackTable};
use super::names::{Names, Stack, Text};
use super::stats::grow;
use crate::symbol::WaitClass;
use crate::table::SortRows;
use crate::text::{Nanos, Printable};
use crate::trace::{StackId, StringId};

/// Collects who ends whose waits; returns a [`WakeReport`].
///
/// Sleeps and suspensions are left out: timers run on arbitrary goroutines, which have nothing to do with
/// them.
///
/// # Cost
/// Memory is proportional to the distinct pairs of stacks.
#[derive(Debug, Default)]
pub struct WakeGraph {
    edges: StackTable<Key, Wakes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    waker_name: StringId,
    waker_stack: StackId,
    waiter_name: StringId,
    class: WaitClass,
    by: Waker,
}

#[derive(Debug, Default)]
struct Wakes {
    count: u64,
    time: i64,
    max: i64,
}

/// Who ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Waker {
    /// Another goroutine.
    Goroutine,
    /// A timer, through its channel or a context.
    Timer,
    /// The network poller.
    Poller,
    /// Something else in the scheduler, mostly the collector.
    Scheduler,
}

/// Who ended whose wait.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WakeReport {
    /// The edges, the longest sum of waits first.
    pub edges: Vec<WakeEdge>,
}

/// Waits at one stack that were ended at another.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WakeEdge {
    /// Who ended them.
    pub by: Waker,
    /// The start function of the waking goroutine; empty for other wakers.
    pub waker: Text,
    /// Where the waker was.
    pub waker_stack: Stack,
    /// The function at which the waiting goroutine starts.
    pub waiter: Text,
    /// Where it waited.
    pub waiter_stack: Stack,
    /// The class of the wait.
    pub class: WaitClass,
    /// How many waits.
    pub count: u64,
    /// How long in total, in nanoseconds.
    pub time: i64,
    /// The longest.
    pub max: i64,
}

impl WakeReport {
    /// Writes the heaviest `edges` as a graph in DOT: from the waker to the waiter, by the functions at which
    /// the goroutines start.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_dot(&self, edges: usize, out: &mut impl Write) -> io::Result<()> {
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        writeln!(
            out,
            "digraph wakes {{\n\tnode [shape=box fontname=sans]; edge [fontname=sans fontsize=10]"
        )?;
        for edge in self.edges.iter().take(edges) {
            let waker = match edge.by {
                Waker::Goroutine if edge.waker.is_empty() => "(no stack seen)".to_owned(),
                Waker::Goroutine => Printable(&edge.waker).to_string(),
                Waker::Timer => "(timer)".to_owned(),
                Waker::Poller => "(network poller)".to_owned(),
                Waker::Scheduler => "(scheduler)".to_owned(),
            };
            let (class, count, time) = (edge.class.name(), edge.count, Nanos(edge.time));
            writeln!(
                out,
                "\t{} -> {} [label={}]",
                quoted(&waker),
                quoted(&Printable(&edge.waiter).to_string()),
                quoted(&format!("{class}: {count} waits, {time}")),
            )?;
        }
        writeln!(out, "}}")
    }
}

impl Analysis for WakeGraph {
    type Output = WakeReport;

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        let is_left_out = matches!(span.class, WaitClass::Sleep | WaitClass::Suspend | WaitClass::System);
        if span.is_open_end || is_left_out {
            return;
        }
        let by = match span.class {
            _ if !span.ender.goroutine.is_none() => Waker::Goroutine,
            _ if span.is_poll => Waker::Poller,
            WaitClass::Timer | WaitClass::ContextDone | WaitClass::Select => Waker::Timer,
            _ => Waker::Scheduler,
        };
        let waker = cx.index_of(span.ender.goroutine).map(|goroutine| cx.goroutine(goroutine));
        let key = Key {
            waker_name: waker.map_or(StringId::EMPTY, |go| go.name),
            waker_stack: span.ender.stack,
            waiter_name: cx.goroutine(span.goroutine).name,
            class: span.class,
            by,
        };
        let wakes = self.edges.at(span.stack, key, cx.tables().stack_count());
        wakes.count += 1;
        grow(&mut wakes.time, span.duration());
        wakes.max = wakes.max.max(span.duration());
    }

    fn finish(self, cx: &Context<'_>) -> WakeReport {
        let mut names = Names::new(cx.tables());
        let edge = |(stack, key, wakes): (StackId, Key, Wakes)| WakeEdge {
            by: key.by,
            waker: names.text(key.waker_name),
            waker_stack: names.stack(key.waker_stack),
            waiter: names.text(key.waiter_name),
            waiter_stack: names.stack(stack),
            class: key.class,
            count: wakes.count,
            time: wakes.time,
            max: wakes.max,
        };
        let mut edges: Vec<_> = self.edges.into_entries().map(edge).collect();
        edges.sort_rows_by_key(|edge| std::cmp::Reverse(edge.time));
        WakeReport { edges }
    }
}
