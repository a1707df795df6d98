//! A trace as a Perfetto protobuf, for ui.perfetto.dev and Perfetto's trace processor.
//!
//! In go the events of a trace, in one pass; out comes a `perfetto.protos.Trace` (field numbers of
//! `protos/perfetto/trace/trace_packet.proto`, `track_event/*.proto` at v50) with these tracks:
//!
//! * *Goroutines*, grouped by the function they start with: a slice for each state, each wait named after
//!   its reason;
//! * *Ps* and *Threads*: the goroutine that runs there;
//! * *GC*: the mark phase, and stops of the world;
//! * counters: heap, heap goal, GOMAXPROCS, and goroutines that are running, runnable and waiting.
//!
//! An arrow (a flow) leads from the waker of a goroutine to the moment from which it can run again. Slices
//! have the times of the analyses' spans, so that sums over slices equal those of the goroutine summary.
//!
//! ```no_run
//! # let bytes: Vec<u8> = Vec::new();
//! let mut reader = godiag::trace::Reader::parse(&bytes)?;
//! godiag::export::perfetto::write(&mut reader, std::fs::File::create("trace.pftrace")?)?;
//! # Ok::<(), godiag::Error>(())
//! ```

mod message;
mod packets;

use std::io::{self, BufWriter, Write};

use crate::error::Result;
use crate::symbol::WaitClass;
use crate::table::Map;
use crate::trace::analysis::{Analysis, Cause, Context, GoIndex, ProcActivity, ProcSpan, Span};
use crate::trace::{Event, EventKind, GoState, Metric, RangeName, Reader, ThreadId};

use packets::{Packets, Track};

/// Writes the rest of a trace to `out`.
///
/// # Errors
/// Those of [`Reader::next_event`], and `Io`.
///
/// # Cost
/// One pass; memory for a few words per goroutine.
pub fn write(reader: &mut Reader<'_>, out: impl Write) -> Result<()> {
    reader.run(Perfetto::new(out))??;
    Ok(())
}

/// The export, as an analysis of a trace.
struct Perfetto<W: Write> {
    out: Packets<BufWriter<W>>,
    /// The first error of the writer.
    outcome: io::Result<()>,
    began: bool,
    /// By goroutine: the thread on which it executes.
    threads: Vec<ThreadId>,
    /// By goroutine: the flow that leads to its next runnable span.
    flows: Vec<u64>,
    flow_count: u64,
    groups: Map<Vec<u8>, u64>,
    mark: Option<i64>,
    stop: Option<(i64, Vec<u8>)>,
    counts: [usize; 3],
}

impl<W: Write> Perfetto<W> {
    fn new(out: W) -> Self {
        Self {
            out: Packets::new(BufWriter::with_capacity(1 << 16, out)),
            outcome: Ok(()),
            began: false,
            threads: Vec::new(),
            flows: Vec::new(),
            flow_count: 0,
            groups: Map::default(),
            mark: None,
            stop: None,
            counts: [usize::MAX; 3],
        }
    }

    /// Does `work` unless writing failed before.
    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.outcome.is_ok() {
            self.outcome = work(self);
        }
    }

    fn track_of(&mut self, goroutine: GoIndex, cx: &Context<'_>) -> io::Result<Track> {
        let track = Track::Goroutine(goroutine.index() as u64);
        if self.out.is_new(track) {
            let go = cx.goroutine(goroutine);
            let name = match cx.string(go.name) {
                b"" => b"(no stack seen)",
                name => name,
            };
            let next = self.groups.len() as u64;
            let number = *self.groups.entry(name.to_vec()).or_insert(next);
            self.out.track(Track::Goroutines, None, b"Goroutines")?;
            self.out.track(Track::Group(number), Some(Track::Goroutines), name)?;
            let own = [format!("G{} ", go.id).as_bytes(), name].concat();
            self.out.track(track, Some(Track::Group(number)), &own)?;
        }
        Ok(track)
    }

    fn goroutine_span(&mut self, span: &Span, cx: &Context<'_>) -> io::Result<()> {
        let name: &[u8] = match span.state {
            GoState::Running => b"Running",
            GoState::Runnable => b"Runnable",
            GoState::Syscall => b"Syscall",
            GoState::Waiting if span.class == WaitClass::Unknown => b"Waiting",
            GoState::Waiting => span.class.name().as_bytes(),
            _ => return Ok(()),
        };
        let track = self.track_of(span.goroutine, cx)?;
        let (start, end) = (span.start.saturating_sub(cx.start()), span.end.saturating_sub(cx.start()));
        let flow = match span.cause {
            Cause::Goroutine if span.state == GoState::Runnable => self.take_flow(span.goroutine),
            _ => 0,
        };
        self.out.slice(track, name, start, end, flow)?;
        if span.state == GoState::Waiting && span.ender.to == GoState::Runnable {
            self.wake(span, end, cx)?;
        }
        if span.state.is_executing() {
            self.thread_slice(span, start, end, cx)?;
        }
        Ok(())
    }

    fn take_flow(&mut self, goroutine: GoIndex) -> u64 {
        self.flows.get_mut(goroutine.index()).map_or(0, std::mem::take)
    }

    /// Writes an instant on the waker's track, from which the flow begins.
    fn wake(&mut self, span: &Span, time: i64, cx: &Context<'_>) -> io::Result<()> {
        let Some(waker) = cx.index_of(span.ender.goroutine) else { return Ok(()) };
        self.flow_count += 1;
        let at = span.goroutine.index();
        if at >= self.flows.len() {
            self.flows.resize(at + 1, 0);
        }
        self.flows[at] = self.flow_count;
        let track = self.track_of(waker, cx)?;
        self.out.instant(track, b"wake", time, self.flow_count)
    }

    fn thread_slice(&mut self, span: &Span, start: i64, end: i64, cx: &Context<'_>) -> io::Result<()> {
        let Some(thread) = self.threads.get(span.goroutine.index()).copied().and_then(ThreadId::some) else {
            return Ok(());
        };
        let track = Track::Thread(thread.raw() as u64);
        if self.out.is_new(track) {
            self.out.track(Track::Threads, None, b"Threads")?;
            self.out.track(track, Some(Track::Threads), format!("M{thread}").as_bytes())?;
        }
        let name = goroutine_name(span.goroutine, cx);
        self.out.slice(track, &name, start, end, 0)
    }

    fn range(&mut self, event: &Event, cx: &Context<'_>) -> io::Result<()> {
        let now = event.time.saturating_sub(cx.start());
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => match range.name {
                RangeName::GcMark => {
                    let begins = matches!(event.kind, EventKind::RangeBegin(_));
                    self.mark.get_or_insert(if begins { now } else { 0 });
                }
                RangeName::StopTheWorld(_) => {
                    let name = cx.tables().range_name(range.name).into_owned();
                    self.stop.get_or_insert((now, name));
                }
                _ => {}
            },
            EventKind::RangeEnd { name: RangeName::GcMark, .. } => self.end_mark(now)?,
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => self.end_stop(now)?,
            _ => {}
        }
        Ok(())
    }

    fn end_mark(&mut self, now: i64) -> io::Result<()> {
        let Some(start) = self.mark.take() else { return Ok(()) };
        self.out.track(Track::Gc, None, b"GC")?;
        self.out.track(Track::Mark, Some(Track::Gc), b"GC mark phase")?;
        self.out.slice(Track::Mark, b"GC concurrent mark phase", start, now, 0)
    }

    fn end_stop(&mut self, now: i64) -> io::Result<()> {
        let Some((start, name)) = self.stop.take() else { return Ok(()) };
        self.out.track(Track::Gc, None, b"GC")?;
        self.out.track(Track::Stop, Some(Track::Gc), b"Stop the world")?;
        self.out.slice(Track::Stop, &name, start, now, 0)
    }

    fn metric(&mut self, metric: Metric, value: u64, now: i64) -> io::Result<()> {
        let (track, name): (_, &[u8]) = match metric {
            Metric::HeapObjects => (Track::Heap, b"Heap (bytes)"),
            Metric::HeapGoal => (Track::HeapGoal, b"Heap goal (bytes)"),
            _ => (Track::Gomaxprocs, b"GOMAXPROCS"),
        };
        self.out.counter_track(track, name)?;
        self.out.counter(track, now, value)
    }

    /// Writes the counters of goroutines that changed.
    fn count(&mut self, now: i64, cx: &Context<'_>) -> io::Result<()> {
        const ROWS: [(GoState, Track, &[u8]); 3] = [
            (GoState::Running, Track::Running, b"Goroutines running"),
            (GoState::Runnable, Track::Runnable, b"Goroutines runnable"),
            (GoState::Waiting, Track::Waiting, b"Goroutines waiting"),
        ];
        for (at, (state, track, name)) in ROWS.into_iter().enumerate() {
            let count = cx.count(state);
            if std::mem::replace(&mut self.counts[at], count) != count {
                self.out.counter_track(track, name)?;
                self.out.counter(track, now, count as u64)?;
            }
        }
        Ok(())
    }
}

impl<W: Write> Analysis for Perfetto<W> {
    type Output = io::Result<()>;

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        self.attempt(|this| this.goroutine_span(span, cx));
    }

    fn proc_span(&mut self, span: &ProcSpan, cx: &Context<'_>) {
        let name = match span.activity {
            ProcActivity::Idle => return,
            ProcActivity::Scheduling => b"(no goroutine)".to_vec(),
            ProcActivity::Running(goroutine) => goroutine_name(goroutine, cx),
            ProcActivity::Syscall(goroutine) => [&goroutine_name(goroutine, cx)[..], b" (syscall)"].concat(),
        };
        self.attempt(|this| {
            let track = Track::Proc(span.proc.raw() as u64);
            if this.out.is_new(track) {
                this.out.track(Track::Procs, None, b"Ps")?;
                this.out.track(track, Some(Track::Procs), format!("P{}", span.proc).as_bytes())?;
            }
            let (start, end) = (span.start.saturating_sub(cx.start()), span.end.saturating_sub(cx.start()));
            this.out.slice(track, &name, start, end, 0)
        });
    }

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        let now = event.time.saturating_sub(cx.start());
        if !self.began {
            self.began = true;
            self.attempt(|this| this.out.begin());
        }
        match event.kind {
            EventKind::GoTransition(transition) => {
                if let Some(subject) = cx.subject().filter(|_| transition.to.is_executing()) {
                    if subject.index() >= self.threads.len() {
                        self.threads.resize(subject.index() + 1, ThreadId::NONE);
                    }
                    self.threads[subject.index()] = event.thread;
                }
                self.attempt(|this| this.count(now, cx));
            }
            EventKind::RangeBegin(_) | EventKind::RangeActive(_) | EventKind::RangeEnd { .. } => {
                self.attempt(|this| this.range(event, cx));
            }
            EventKind::Metric { metric, value } => self.attempt(|this| this.metric(metric, value, now)),
            _ => {}
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> io::Result<()> {
        let now = cx.elapsed();
        self.attempt(|this| this.end_mark(now));
        self.attempt(|this| this.end_stop(now));
        self.outcome?;
        self.out.finish()
    }
}

/// The name of a goroutine on the tracks of Ps and threads.
fn goroutine_name(goroutine: GoIndex, cx: &Context<'_>) -> Vec<u8> {
    let go = cx.goroutine(goroutine);
    [format!("G{} ", go.id).as_bytes(), cx.string(go.name)].concat()
}
