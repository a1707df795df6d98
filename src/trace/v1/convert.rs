//! Events of formats 1.5 to 1.21 in the terms of today's model.
//!
//! Source: `src/internal/trace/tracev1.go` of Go 1.27. Where Go iterates a hash map, the order here is fixed:
//! equal times by P, and goroutines announced at the start by number.

use super::check::{FAKE_P, SYSCALL_P};
use super::replay::Ordered;
use super::scan::Scan;
use super::spec::Kind;
use super::texts::Texts;
use crate::error::ErrorKind;
use crate::table::{Map, Set};
use crate::trace::{
    Event, EventKind, Frame, GoId, GoState, GoTransition, Log, Metric, ProcId, ProcState, ProcTransition,
    Range, RangeName, Region, Resource, StackId, StringId, Tables, Task, TaskId, ThreadId,
};

/// Why each kind of 1.21 stops the world, by its number; before 1.21 only the first two, one lower.
const STW: [&str; 17] = [
    "",
    "GC mark termination",
    "GC sweep termination",
    "write heap dump",
    "goroutine profile",
    "goroutine profile cleanup",
    "all goroutine stack trace",
    "read mem stats",
    "AllThreadsSyscall",
    "GOMAXPROCS",
    "start trace",
    "stop trace",
    "CountPagesInUse (test)",
    "ReadMetricsSlow (test)",
    "ReadMemStatsSlow (test)",
    "PageCachePagesLeaked (test)",
    "ResetDebugLog (test)",
];

/// The input and what the first pass found in it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) input: &'a [u8],
    pub(crate) scan: &'a Scan,
}

#[derive(Clone, Copy, Debug)]
struct Proc {
    thread: ThreadId,
    seen: bool,
}

/// What one event becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Nothing,
    One,
    /// And [`Convert::second`], at least a nanosecond later.
    Two,
    /// A system call begins; the events after it show whether it blocks. If not, [`Convert::second`] follows.
    Call,
    /// The goroutines of [`Convert::take_announced`].
    Announced,
}

/// The state of a conversion.
#[derive(Debug)]
pub(crate) struct Convert {
    texts: Texts,
    procs: Vec<Proc>,
    /// Goroutines that existed when tracing began and have done nothing since; until the first Gomaxprocs.
    announced: Option<Set<u64>>,
    /// Name, and parent as recorded.
    tasks: Map<u64, (StringId, u64)>,
    stw: StringId,
    reasons: Vec<StringId>,
    /// The event that follows, after [`Outcome::Two`].
    pub(crate) second: Event,
    empty_stack: Option<StackId>,
}

/// Texts of the reasons for blocking, by event type from GoStop on.
fn reason(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::GoStop => b"forever",
        Kind::GoSched => b"runtime.Gosched",
        Kind::GoPreempt => b"preempted",
        Kind::GoSleep => b"sleep",
        Kind::GoBlockSend => b"chan send",
        Kind::GoBlockRecv => b"chan receive",
        Kind::GoBlockSelect => b"select",
        Kind::GoBlockSync => b"sync",
        Kind::GoBlockCond => b"sync.(*Cond).Wait",
        Kind::GoBlockNet => b"network",
        Kind::GoBlockGc => b"GC mark assist wait for work",
        _ => b"",
    }
}

impl Convert {
    pub(crate) fn new(input_len: usize, scan: &Scan, tables: &mut Tables) -> Self {
        let reasons = (0..64).map(|number| match Kind::of(number) {
            Some(kind) => tables.intern_string(reason(kind)),
            None => StringId::EMPTY,
        });
        Self {
            reasons: reasons.collect(),
            second: Event::NOWHERE,
            texts: Texts::new(input_len),
            procs: vec![Proc { thread: ThreadId::NONE, seen: false }; scan.procs.len()],
            announced: Some(Set::default()),
            tasks: Map::default(),
            stw: StringId::EMPTY,
            empty_stack: None,
        }
    }

    /// The goroutines that were announced and not seen since, by number.
    pub(crate) fn take_announced(&mut self) -> Vec<u64> {
        let mut all: Vec<u64> = self.announced.take().unwrap_or_default().into_iter().collect();
        all.sort_unstable();
        all
    }

    /// Converts `next` into `out`, whose time is set already.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownRef`] for a text that the file does not define, [`ErrorKind::UnknownEvent`] for
    /// FutileWakeup, which no version that Go 1.27 reads has written.
    #[inline(always)]
    pub(crate) fn event(
        &mut self,
        next: &Ordered,
        out: &mut Event,
        source: Source<'_>,
        tables: &mut Tables,
    ) -> Result<Outcome, ErrorKind> {
        let from = &next.event;
        out.thread = match self.procs.get(next.proc as usize) {
            Some(proc) if next.id < FAKE_P => proc.thread,
            _ => ThreadId::NONE,
        };
        let g = if from.g == 0 { GoId::NONE } else { GoId::new(from.g as i64) };
        out.goroutine = g;
        out.proc = ProcId::new(next.id);
        let stack = self.texts.stack(from.stack, source.input, source.scan, tables);
        out.stack = stack;
        let go = |goroutine: GoId, from, to, reason, stack| {
            EventKind::GoTransition(GoTransition { goroutine, from, to, reason, stack })
        };
        out.kind = match from.kind {
            Kind::GoStart | Kind::GoStartLocal => {
                let before = match &mut self.announced {
                    Some(announced) => {
                        announced.remove(&from.g);
                        GoState::Undetermined
                    }
                    None => GoState::Runnable,
                };
                go(GoId::new(from.g as i64), before, GoState::Running, StringId::EMPTY, StackId::NONE)
            }
            Kind::GoSched | Kind::GoPreempt => {
                go(g, GoState::Running, GoState::Runnable, self.reason(from.kind), stack)
            }
            Kind::GoUnblock | Kind::GoUnblockLocal => {
                let whom = GoId::new(from.args[0] as i64);
                go(whom, GoState::Waiting, GoState::Runnable, StringId::EMPTY, StackId::NONE)
            }
            Kind::GoSysCall => {
                out.kind = go(g, GoState::Running, GoState::Syscall, StringId::EMPTY, stack);
                let back = go(g, GoState::Syscall, GoState::Running, StringId::EMPTY, StackId::NONE);
                self.second =
                    Event { time: out.time.saturating_add(1), stack: StackId::NONE, kind: back, ..*out };
                return Ok(Outcome::Call);
            }
            Kind::GoSysExit | Kind::GoSysExitLocal => {
                out.proc = ProcId::new(SYSCALL_P);
                go(g, GoState::Syscall, GoState::Runnable, StringId::EMPTY, StackId::NONE)
            }
            Kind::GoSysBlock => return Ok(Outcome::Nothing),
            Kind::GoCreate => {
                let new = from.args[0];
                if let Some(announced) = &mut self.announced {
                    announced.insert(new);
                    return Ok(Outcome::Nothing);
                }
                let start = self.creation(from.args[1], source, tables);
                go(GoId::new(new as i64), GoState::NotExist, GoState::Runnable, StringId::EMPTY, start)
            }
            kind if kind.blocks() || kind == Kind::GoStop => {
                go(g, GoState::Running, GoState::Waiting, self.reason(kind), stack)
            }
            _ => return self.rare(next, out, source, tables),
        };
        Ok(Outcome::One)
    }

    #[inline(never)]
    fn rare(
        &mut self,
        next: &Ordered,
        out: &mut Event,
        source: Source<'_>,
        tables: &mut Tables,
    ) -> Result<Outcome, ErrorKind> {
        let from = &next.event;
        let [first, second, third, _] = from.args;
        let g = out.goroutine;
        let go = |from, to| {
            let (reason, stack) = (StringId::EMPTY, StackId::NONE);
            EventKind::GoTransition(GoTransition { goroutine: g, from, to, reason, stack })
        };
        let metric = |metric| EventKind::Metric { metric, value: first };
        let on_g = |name| Range { name, scope: Resource::Goroutine(g) };
        out.kind = match from.kind {
            Kind::Gomaxprocs => {
                if self.announced.is_some() {
                    return Ok(Outcome::Announced);
                }
                metric(Metric::Gomaxprocs)
            }
            Kind::ProcStart => {
                out.thread = ThreadId::new(first as i64);
                self.proc(next, ProcState::Idle, ProcState::Running)
            }
            Kind::ProcStop => self.proc(next, ProcState::Running, ProcState::Idle),
            Kind::GcStart => EventKind::RangeBegin(Range { name: RangeName::GcMark, scope: Resource::None }),
            Kind::GcDone => EventKind::RangeEnd { name: RangeName::GcMark, swept: 0, reclaimed: 0 },
            Kind::StwStart => {
                let number = if source.scan.table.version < 21 { first.min(2) + 1 } else { first };
                let known = number < 3 || source.scan.table.version >= 21;
                let text = STW.get(number as usize).filter(|_| known).copied().unwrap_or_default();
                self.stw = tables.intern_string(text.as_bytes());
                EventKind::RangeBegin(on_g(RangeName::StopTheWorld(self.stw)))
            }
            Kind::StwDone => {
                EventKind::RangeEnd { name: RangeName::StopTheWorld(self.stw), swept: 0, reclaimed: 0 }
            }
            Kind::GcSweepStart => {
                let scope = Resource::Proc(ProcId::new(next.id));
                EventKind::RangeBegin(Range { name: RangeName::Sweep, scope })
            }
            Kind::GcSweepDone => {
                EventKind::RangeEnd { name: RangeName::Sweep, swept: first, reclaimed: second }
            }
            Kind::GcMarkAssistStart => EventKind::RangeBegin(on_g(RangeName::MarkAssist)),
            Kind::GcMarkAssistDone => {
                EventKind::RangeEnd { name: RangeName::MarkAssist, swept: 0, reclaimed: 0 }
            }
            Kind::GoStartLabel => {
                let label = self.string(third, source, tables)?;
                out.kind = go(GoState::Runnable, GoState::Running);
                self.second = Event { kind: EventKind::Label(label), ..*out };
                return Ok(Outcome::Two);
            }
            Kind::GoEnd => go(GoState::Running, GoState::NotExist),
            Kind::GoWaiting | Kind::GoInSyscall => {
                if let Some(announced) = &mut self.announced {
                    announced.remove(&first);
                }
                let waits = from.kind == Kind::GoWaiting;
                go(GoState::Undetermined, if waits { GoState::Waiting } else { GoState::Syscall })
            }
            Kind::HeapAlloc => metric(Metric::HeapObjects),
            Kind::HeapGoal => metric(Metric::HeapGoal),
            Kind::UserTaskCreate => {
                let name = self.string(third, source, tables)?;
                self.tasks.insert(first, (name, second));
                let parent = if second == 0 { TaskId::NONE } else { TaskId(second) };
                EventKind::TaskBegin(Task { id: TaskId(first), parent, name })
            }
            Kind::UserTaskEnd => {
                // A parent of 0 stays 0 here, unlike at the beginning, as in Go.
                let (name, parent) = self.tasks.remove(&first).unwrap_or((StringId::EMPTY, u64::MAX));
                EventKind::TaskEnd(Task { id: TaskId(first), parent: TaskId(parent), name })
            }
            Kind::UserRegion => {
                let region = Region { task: TaskId(first), name: self.string(third, source, tables)? };
                if second == 0 { EventKind::RegionBegin(region) } else { EventKind::RegionEnd(region) }
            }
            Kind::UserLog => {
                let category = self.string(second, source, tables)?;
                let message = message(from.offset, source, tables);
                EventKind::Log(Log { task: TaskId(first), category, message })
            }
            Kind::CpuSample => {
                out.thread = ThreadId::NONE;
                if out.stack.is_none() {
                    out.stack = self.empty_stack(tables);
                }
                EventKind::StackSample
            }
            _ => return Err(ErrorKind::UnknownEvent),
        };
        Ok(Outcome::One)
    }

    #[inline(always)]
    fn reason(&self, kind: Kind) -> StringId {
        self.reasons.get(kind as usize).copied().unwrap_or(StringId::EMPTY)
    }

    fn string(&mut self, id: u64, source: Source<'_>, tables: &mut Tables) -> Result<StringId, ErrorKind> {
        self.texts.string(id, source.input, source.scan, tables).ok_or(ErrorKind::UnknownRef)
    }

    /// The stack of a new goroutine; if it has none, a stack without frames.
    fn creation(&mut self, id: u64, source: Source<'_>, tables: &mut Tables) -> StackId {
        if source.scan.table.version < 7 {
            // Not a stack yet, but where the goroutine starts.
            let (function, file) = (StringId::EMPTY, StringId::EMPTY);
            let frame = tables.intern_frame(Frame { pc: id.wrapping_add(1), function, file, line: 0 });
            return tables.intern_stack(&[frame]);
        }
        let stack = self.texts.stack(id, source.input, source.scan, tables);
        if stack.is_none() { self.empty_stack(tables) } else { stack }
    }

    fn empty_stack(&mut self, tables: &mut Tables) -> StackId {
        *self.empty_stack.get_or_insert_with(|| tables.intern_stack(&[]))
    }

    fn proc(&mut self, next: &Ordered, before: ProcState, after: ProcState) -> EventKind {
        let mut from = ProcState::Undetermined;
        if let Some(proc) = self.procs.get_mut(next.proc as usize) {
            if std::mem::replace(&mut proc.seen, true) {
                from = before;
            }
            // Only the events after it have this thread, or none.
            let starts = after == ProcState::Running;
            proc.thread = if starts { ThreadId::new(next.event.args[0] as i64) } else { ThreadId::NONE };
        }
        EventKind::ProcTransition(ProcTransition { proc: ProcId::new(next.id), from, to: after })
    }
}

/// The text of the log at `offset`.
fn message(offset: usize, source: Source<'_>, tables: &mut Tables) -> StringId {
    let part = source.input.get(offset..).unwrap_or_default();
    let mut cursor = crate::wire::Cursor::at(part, offset as u64);
    match super::record::next(&mut cursor, &source.scan.table) {
        Ok(Some(record)) => tables.intern_string(record.text),
        _ => StringId::EMPTY,
    }
}
