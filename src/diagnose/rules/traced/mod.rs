//! What a trace alone gives away: one detector a file, all fed in one pass.
//!
//! `events, spans → detectors → findings, and facts for the join`

mod dns;
mod frames;
mod goroutines;
mod locks;
mod netpoll;
mod preempt;
mod procs;
mod runtime_gc;
mod sched;
mod stalls;
mod stw;
mod syscalls;
mod waits;
mod yields;

use crate::diagnose::finding::{Evidence, Rule, Source};
use crate::diagnose::inputs::{Creation, Traced};
use crate::diagnose::thresholds::Thresholds;
use crate::error::Result;
use crate::table::Map;
use crate::trace::analysis::{Analysis, Context, MutatorUtilization, ProcSpan, Span};
use crate::trace::{Event, EventKind, GoState, Metric, Reader, StackId, StringId};

/// The rules over a trace.
pub(crate) const RULES: &[&Rule] = &[
    &dns::RULE,
    &syscalls::RULE,
    &stw::GC,
    &stw::OTHER,
    &sched::RULE,
    &locks::RULE,
    &goroutines::STUCK,
    &goroutines::FOREVER,
    &goroutines::CHURN,
    &netpoll::RULE,
    &runtime_gc::ASSIST,
    &runtime_gc::ALWAYS,
    &runtime_gc::FORCED,
    &runtime_gc::MMU,
    &stalls::RULE,
    &preempt::RULE,
    &yields::RULE,
    &procs::IDLE_WORK,
    &procs::THREADS,
    &procs::GOMAXPROCS,
];

/// Evidence from the trace, whose name the diagnosis knows.
fn evidence(text: impl Into<String>) -> Evidence {
    Evidence::new(Source::Trace, "", text)
}

/// The detectors, as an analysis of a trace; what they saw is a [`Traced`].
///
/// ```no_run
/// use godiag::diagnose::{Detectors, Diagnosis};
/// use godiag::trace::Reader;
/// # let bytes: Vec<u8> = Vec::new();
/// let traced = Reader::new(&bytes)?.run(Detectors::default())?;
/// let report = Diagnosis::new().trace("order.trace", &traced).run();
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Detectors {
    thresholds: Thresholds,
    events: u64,
    /// The trace's clock and the wall's at one moment.
    clock: Option<(i64, i64)>,
    dns: dns::Dns,
    syscalls: syscalls::Syscalls,
    stw: stw::Stw,
    sched: sched::Sched,
    locks: locks::Locks,
    goroutines: goroutines::Goroutines,
    netpoll: netpoll::Netpoll,
    gc: runtime_gc::Gc,
    stalls: stalls::Stalls,
    preempt: preempt::Preempt,
    yields: yields::Yields,
    utilization: MutatorUtilization,
    procs: procs::Procs,
}

impl Detectors {
    /// Detectors with thresholds other than the default ones.
    pub fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, ..Self::default() }
    }
}

impl Traced {
    /// Runs the detectors over the rest of a trace.
    ///
    /// # Errors
    /// Those of [`Reader::next_event`].
    pub fn read(reader: &mut Reader<'_>, thresholds: Thresholds) -> Result<Self> {
        let traced = reader.run(Detectors::new(thresholds))?;
        Ok(traced.with_reader(reader))
    }
}

impl Analysis for Detectors {
    type Output = Traced;

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        self.utilization.span(span, cx);
        self.stalls.tick(cx.now(), &self.thresholds);
        let thresholds = &self.thresholds;
        if span.state == GoState::Running {
            self.yields.stop();
            self.gc.ran(span, cx);
        }
        if cx.goroutine(span.goroutine).kind.is_system() {
            return;
        }
        match span.state {
            GoState::Waiting => {
                self.dns.span(span, cx, thresholds);
                self.locks.span(span, cx, thresholds);
                self.netpoll.waited(span, cx);
                self.goroutines.waited(span, cx);
            }
            GoState::Runnable => {
                self.sched.span(span, cx, thresholds);
                self.netpoll.runnable(span);
                self.yields.runnable(span, cx);
            }
            GoState::Running => self.preempt.span(span, cx, &self.stalls, thresholds),
            GoState::Syscall if self.dns.span(span, cx, thresholds) => {}
            GoState::Syscall => self.syscalls.span(span, cx, thresholds),
            _ => {}
        }
    }

    fn proc_span(&mut self, span: &ProcSpan, cx: &Context<'_>) {
        self.utilization.proc_span(span, cx);
    }

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        self.utilization.event(event, cx);
        self.events += 1;
        self.stalls.tick(event.time, &self.thresholds);
        match event.kind {
            EventKind::GoTransition(transition) => {
                if transition.to == GoState::Running {
                    self.netpoll.runs_on(event.thread);
                }
                self.stw.go(&transition);
                self.goroutines.transition(&transition, cx);
            }
            EventKind::ProcTransition(transition) => self.stw.proc(&transition, event.time),
            EventKind::RangeBegin(_) | EventKind::RangeActive(_) | EventKind::RangeEnd { .. } => {
                self.stw.range(event, cx, &self.thresholds);
                self.gc.range(event, cx);
                self.preempt.event(event);
            }
            EventKind::Metric { metric: Metric::Gomaxprocs, .. } => self.stw.gomaxprocs(),
            EventKind::Sync { clock: Some(clock), .. } => {
                self.clock.get_or_insert((clock.trace, clock.wall()));
            }
            _ => {}
        }
        self.stalls.event(event, cx);
        self.procs.event(event, cx);
    }

    fn finish(mut self, cx: &Context<'_>) -> Traced {
        let (mut findings, mut moments) = (Vec::new(), Vec::new());
        let thresholds = &self.thresholds;
        findings.extend(self.dns.finish(cx, &mut moments));
        findings.extend(self.syscalls.finish(cx, &mut moments));
        findings.extend(self.stw.finish(cx, &mut moments));
        findings.extend(self.sched.finish(cx, thresholds, &mut moments));
        findings.extend(self.netpoll.finish(cx, thresholds));
        findings.extend(self.goroutines.finish(cx, thresholds));
        findings.extend(self.gc.finish(cx, thresholds));
        findings.extend(self.stalls.finish(cx, &mut moments));
        findings.extend(self.preempt.finish(cx, &mut moments));
        findings.extend(self.yields.finish(cx, thresholds));
        findings.extend(self.procs.finish(cx, thresholds));
        let lock_waits = self.locks.by_function(cx);
        let curve = self.utilization.finish(cx).curve();
        findings.extend(runtime_gc::utilization(&curve, cx, thresholds));
        let mmu = curve.plot(&[]).iter().filter_map(|p| Some((p.window, *p.utilization.first()?))).collect();
        findings.extend(self.locks.finish(cx, thresholds, &mut moments));
        Traced {
            findings,
            moments,
            mmu,
            events: self.events,
            elapsed: cx.elapsed(),
            goroutines: cx.goroutines().len(),
            gomaxprocs: cx.gomaxprocs(),
            wall: self.clock.map(|(trace, wall)| {
                (
                    wall.saturating_sub(trace.saturating_sub(cx.start())),
                    wall.saturating_add(cx.now().saturating_sub(trace)),
                )
            }),
            lock_waits,
            creations: creations(cx),
            addresses: addresses(cx),
            go_minor: None,
            loss: None,
        }
    }
}

/// Who starts goroutines of which function, and where; the most frequent site of each.
fn creations(cx: &Context<'_>) -> Vec<Creation> {
    let mut sites: Map<(StringId, StackId), u64> = Map::default();
    for goroutine in cx.goroutines().iter().filter(|goroutine| goroutine.is_created) {
        *sites.entry((goroutine.name, goroutine.create_stack)).or_default() += 1;
    }
    let mut out: Vec<Creation> = Vec::new();
    let mut sites: Vec<_> = sites.into_iter().collect();
    sites.sort_by_key(|((name, stack), count)| (*name, std::cmp::Reverse(*count), *stack));
    for ((name, stack), count) in sites {
        let Some(frame) = frames::own_frame(cx, stack) else { continue };
        let root = crate::symbol::FuncName::parse(cx.string(name)).key().into_owned();
        match out.last_mut().filter(|last| last.root == root) {
            Some(last) => last.count += count,
            None => out.push(Creation {
                root,
                creator: frames::key(cx, &frame),
                place: frames::place(cx, &frame),
                count,
            }),
        }
    }
    out
}

/// For each function on a goroutine's way to its creation, an address in it: programs that were built twice differ.
fn addresses(cx: &Context<'_>) -> Map<Vec<u8>, u64> {
    let mut out = Map::default();
    for goroutine in cx.goroutines() {
        for frame in cx.tables().stack(goroutine.create_stack) {
            let key = frames::key(cx, &frame);
            out.entry(key.as_bytes().to_vec()).or_insert(frame.pc);
        }
    }
    out
}
