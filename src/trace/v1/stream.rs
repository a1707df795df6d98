//! The reader of a whole file: passes put together, times, first and last event.

use super::check::Check;
use super::convert::{Convert, Converted, Source};
use super::legacy;
use super::order::{self, Order};
use super::replay::{Ordered, Replay};
use super::scan::Scan;
use super::spec::Kind;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::trace::{
    Event, EventKind, GoId, GoState, GoTransition, Loss, ProcId, StackId, StringId, Tables, ThreadId,
};

/// Reads one file. Holds no reference to it: the input comes with each call, and must be the same.
#[derive(Debug)]
pub(crate) struct Stream {
    scan: Scan,
    order: Order,
    replay: Replay,
    check: Check,
    convert: Convert,
    salvage: bool,
    /// Nanoseconds a tick.
    scale: f64,
    /// Ticks at the first event.
    start: Option<u64>,
    /// Places of events of futile wake-ups, which are passed over, and how many of them were.
    futile: Vec<u64>,
    futile_passed: usize,
    /// How many events came before the next.
    place: u64,
    /// Time of the last event handed out.
    last: i64,
    syncs: u32,
    /// The event handed out last.
    event: Event,
    /// Events that follow it.
    extra: [Option<Event>; 2],
    /// Goroutines still to be announced, the next one last, and when.
    announced: Vec<u64>,
    announced_at: i64,
    done: bool,
}

impl Stream {
    /// Reads tables and finds the order of the events.
    ///
    /// # Errors
    /// Those of the scan and the order; [`ErrorKind::NoFrequency`], or [`ErrorKind::Truncated`] if all that stands at
    /// the end of a file is missing. When salvaging none: what was wrong is in `loss`.
    pub(crate) fn open(
        input: &[u8],
        version: u8,
        salvage: bool,
        tables: &mut Tables,
        loss: &mut Loss,
    ) -> Result<Self> {
        let (scan, damage) = Scan::new(input, version, salvage).map_err(|fault| explain(fault, input))?;
        if let Some(fault) = damage {
            loss.add(fault.at..input.len() as u64, fault.kind, fault.at);
        }
        if scan.frequency == 0 {
            let kind = if scan.has_footer { ErrorKind::NoFrequency } else { ErrorKind::Truncated };
            if !salvage {
                let detail = "clock frequency and stacks stand at the end of the file and are missing";
                return Err(Error::new(kind).at(input.len() as u64).detail(detail));
            }
            loss.first.get_or_insert((kind, scan.end as u64));
        }
        let order = order::order(input, &scan, salvage).map_err(|fault| explain(fault, input))?;
        if let Some(fault) = order.first_forced {
            loss.first.get_or_insert((fault.kind, fault.at));
        }
        let futile = match version {
            ..=10 => legacy::futile(input, &scan, &order).map_err(|fault| explain(fault, input))?,
            _ => Vec::new(),
        };
        // Without a frequency, times count ticks.
        let frequency = if scan.frequency == 0 { 1e9 } else { scan.frequency as f64 };
        Ok(Self {
            replay: Replay::new(&scan),
            check: Check::new(input.len(), &scan),
            convert: Convert::new(input.len(), &scan, tables),
            scan,
            order,
            salvage,
            scale: 1e9 / frequency,
            start: None,
            futile,
            futile_passed: 0,
            place: 0,
            last: -1,
            syncs: 0,
            event: sync(0, 0),
            extra: [None, None],
            announced: Vec::new(),
            announced_at: 0,
            done: false,
        })
    }

    /// The next event; none at the end.
    ///
    /// # Errors
    /// The first event that contradicts what came before; nothing follows it. When salvaging none.
    pub(crate) fn next_event(
        &mut self,
        input: &[u8],
        tables: &mut Tables,
        loss: &mut Loss,
    ) -> Result<Option<&Event>> {
        if let [Some(extra), later] = self.extra {
            self.extra = [later, None];
            return Ok(Some(self.emit(extra)));
        }
        if let Some(g) = self.announced.pop() {
            let event = runnable(g, self.announced_at);
            return Ok(Some(self.emit(event)));
        }
        while !self.done {
            let next = self.replay.next(input, &self.scan, &self.order);
            let next = match next {
                Ok(next) => next,
                Err(fault) => return self.fail(fault, input),
            };
            let Some(mut next) = next else {
                self.done = true;
                self.syncs += 1;
                self.event = sync(self.syncs, self.last.saturating_add(1));
                return Ok(Some(&self.event));
            };
            self.place += 1;
            if self.futile.get(self.futile_passed) == Some(&(self.place - 1)) {
                self.futile_passed += 1;
                continue;
            }
            if self.start.is_none() {
                // The first event is at 0, and a Sync comes before it.
                self.start = Some(next.event.time);
                self.syncs = 1;
                self.event = sync(1, -1);
                let converted = self.convert(&mut next, input, tables, loss);
                match converted {
                    Ok(converted) => self.queue(converted),
                    Err(fault) => return self.fail(fault, input),
                }
                return Ok(Some(&self.event));
            }
            match self.convert(&mut next, input, tables, loss) {
                Ok(Converted::One(event)) => return Ok(Some(self.emit(event))),
                Ok(Converted::Two(first, second)) => {
                    self.extra = [Some(second), None];
                    return Ok(Some(self.emit(first)));
                }
                Ok(Converted::Nothing) => {}
                Ok(announced @ Converted::Announced(_)) => {
                    self.queue(announced);
                    if let Some(g) = self.announced.pop() {
                        let event = runnable(g, self.announced_at);
                        return Ok(Some(self.emit(event)));
                    }
                }
                Err(fault) => return self.fail(fault, input),
            }
        }
        Ok(None)
    }

    #[inline(always)]
    fn convert(
        &mut self,
        next: &mut Ordered,
        input: &[u8],
        tables: &mut Tables,
        loss: &mut Loss,
    ) -> std::result::Result<Converted, Fault> {
        if let Err(kind) = self.check.step(next, &self.scan) {
            self.doubt(kind, next, loss)?;
        }
        // In doubles, and in this order of operations, as Go computes it.
        let ticks = next.event.time.wrapping_sub(self.start.unwrap_or(0)) as i64;
        let time = (ticks as f64 * self.scale) as i64;
        let source = Source { input, scan: &self.scan };
        let replay = &mut self.replay;
        let blocks = |call: &Ordered| replay.blocks(call, input, source.scan).unwrap_or(false);
        match self.convert.event(next, time, source, tables, blocks) {
            Ok(converted) => Ok(converted),
            Err(kind) => {
                self.doubt(kind, next, loss)?;
                Ok(Converted::Nothing)
            }
        }
    }

    /// Fails, or when salvaging, remembers that something was wrong.
    #[cold]
    fn doubt(&self, kind: ErrorKind, next: &Ordered, loss: &mut Loss) -> std::result::Result<(), Fault> {
        let offset = next.event.offset as u64;
        if !self.salvage {
            return Err(Fault::new(kind, offset));
        }
        loss.first.get_or_insert((kind, offset));
        Ok(())
    }

    fn queue(&mut self, converted: Converted) {
        match converted {
            Converted::Nothing => {}
            Converted::One(event) => self.extra = [Some(event), None],
            Converted::Two(first, second) => self.extra = [Some(first), Some(second)],
            Converted::Announced(at) => {
                self.announced = self.convert.take_announced();
                self.announced.reverse();
                self.announced_at = at;
            }
        }
    }

    #[inline(always)]
    fn emit(&mut self, mut event: Event) -> &Event {
        if event.time <= self.last {
            event.time = self.last.saturating_add(1);
        }
        self.last = event.time;
        self.event = event;
        &self.event
    }

    #[cold]
    fn fail(&mut self, fault: Fault, input: &[u8]) -> Result<Option<&Event>> {
        self.done = true;
        Err(explain(fault, input))
    }
}

/// An error that names the event at which it is.
#[cold]
fn explain(fault: Fault, input: &[u8]) -> Error {
    let first = input.get(fault.at as usize).copied().unwrap_or_default();
    let name = Kind::of(first & 0x3f).map_or("no event", |kind| kind.spec().name);
    Error::from(fault).path(name)
}

fn sync(n: u32, time: i64) -> Event {
    Event {
        time,
        thread: ThreadId::NONE,
        goroutine: GoId::NONE,
        proc: ProcId::NONE,
        stack: StackId::NONE,
        kind: EventKind::Sync { n, clock: None },
    }
}

/// A goroutine that was runnable when tracing began.
fn runnable(g: u64, time: i64) -> Event {
    let transition = GoTransition {
        goroutine: GoId::new(g as i64),
        from: GoState::Undetermined,
        to: GoState::Runnable,
        reason: StringId::EMPTY,
        stack: StackId::NONE,
    };
    Event { kind: EventKind::GoTransition(transition), ..sync(0, time) }
}
