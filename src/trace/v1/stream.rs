//! The reader of a whole file: passes put together, times, first and last event.

use super::check::Check;
use super::convert::{Convert, Outcome, Source};
use super::legacy;
use super::merge::merge;
use super::plan::Plan;
use super::replay::Replay;
use super::scan::Scan;
use super::spec::Kind;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::trace::event::LAST_TIME;
use crate::trace::options::Damage;
use crate::trace::{Event, EventKind, GoId, GoState, GoTransition, Loss, StackId, StringId, Tables};

/// Reads one file. Holds no reference to it: the input comes with each call, and must be the same.
#[derive(Debug)]
pub(crate) struct Stream {
    scan: Scan,
    plan: Plan,
    replay: Replay,
    check: Check,
    convert: Convert,
    /// Nanoseconds per tick.
    scale: f64,
    /// Ticks at the first event.
    start: Option<u64>,
    /// Positions of events of futile wake-ups, and how many of these were skipped.
    futile: Vec<u64>,
    futile_passed: usize,
    /// How many events came before the next.
    position: u64,
    /// Time of the last event handed out.
    last: i64,
    syncs: u32,
    /// The event handed out last.
    event: Event,
    /// Whether more events follow it: first `next`, then those of `announced`.
    follows: bool,
    next: [Option<Event>; 2],
    /// Goroutines still to be announced, the next one last, and when.
    announced: Vec<u64>,
    announced_at: i64,
    done: bool,
}

impl Stream {
    /// Reads tables and finds the order of the events.
    ///
    /// # Errors
    /// Those of the scan and the order; [`ErrorKind::NoFrequency`], or [`ErrorKind::Truncated`] if the whole
    /// footer is missing. None if damage is skipped: then `loss` says what was wrong.
    pub(crate) fn open(
        input: &[u8],
        version: u8,
        damage: Damage,
        tables: &mut Tables,
        loss: &mut Loss,
    ) -> Result<Self> {
        let scan = Scan::new(input, version, damage).map_err(|fault| explain(fault, input))?;
        for gap in &scan.gaps {
            loss.add(gap.start as u64..gap.end as u64, gap.kind, gap.start as u64);
        }
        if scan.frequency == 0 {
            let kind = if scan.has_footer { ErrorKind::NoFrequency } else { ErrorKind::Truncated };
            if damage == Damage::Refuse {
                let detail =
                    "the clock frequency and the stacks, which come at the end of the file, are missing";
                return Err(Error::new(kind).at(input.len() as u64).detail(detail));
            }
            loss.first.get_or_insert((kind, input.len() as u64));
        }
        let plan = merge(input, &scan).map_err(|fault| explain(fault, input))?;
        if let Some(fault) = plan.doubt {
            loss.first.get_or_insert((fault.kind, fault.at));
        }
        let futile = match version {
            ..=10 => legacy::futile(input, &scan, &plan).map_err(|fault| explain(fault, input))?,
            _ => Vec::new(),
        };
        // Without a frequency, times count ticks.
        let frequency = if scan.frequency == 0 { 1e9 } else { scan.frequency as f64 };
        Ok(Self {
            replay: Replay::new(&scan, &plan),
            check: Check::new(input.len(), &scan),
            convert: Convert::new(input.len(), &scan, tables),
            scan,
            plan,
            scale: 1e9 / frequency,
            start: None,
            futile,
            futile_passed: 0,
            position: 0,
            last: -1,
            syncs: 0,
            event: Event::NOWHERE,
            follows: false,
            next: [None, None],
            announced: Vec::new(),
            announced_at: 0,
            done: false,
        })
    }

    /// The next event; `None` at the end.
    ///
    /// # Errors
    /// The first event that contradicts what came before; nothing follows it. None if damage is skipped.
    #[inline(always)]
    pub(crate) fn next_event(
        &mut self,
        input: &[u8],
        tables: &mut Tables,
        loss: &mut Loss,
    ) -> Result<Option<&Event>> {
        if self.follows && self.follow() {
            return Ok(Some(&self.event));
        }
        while !self.done {
            match self.replay.advance(input, &self.scan, &self.plan) {
                Ok(true) => {}
                Ok(false) => return Ok(Some(self.finish())),
                Err(fault) => return self.fail(fault, input),
            }
            self.position += 1;
            if self.futile.get(self.futile_passed) == Some(&(self.position - 1)) {
                self.futile_passed += 1;
                continue;
            }
            let first = self.start.is_none();
            let outcome = match self.convert(input, tables, loss) {
                Ok(outcome) => outcome,
                Err(fault) => return self.fail(fault, input),
            };
            if first || !matches!(outcome, Outcome::One | Outcome::Nothing) {
                if self.queue(outcome, first) {
                    return Ok(Some(&self.event));
                }
            } else if outcome == Outcome::One {
                self.emit();
                return Ok(Some(&self.event));
            }
        }
        Ok(None)
    }

    #[inline(always)]
    fn convert(
        &mut self,
        input: &[u8],
        tables: &mut Tables,
        loss: &mut Loss,
    ) -> std::result::Result<Outcome, Fault> {
        if let Err(kind) = self.check.step(&mut self.replay.now, &self.scan) {
            self.doubt(kind, loss)?;
        }
        let next = &self.replay.now;
        let start = *self.start.get_or_insert(next.event.time);
        // In doubles, and in this order of operations, as Go computes it.
        let ticks = next.event.time.wrapping_sub(start) as i64;
        self.event.time = ((ticks as f64 * self.scale) as i64).min(LAST_TIME);
        let source = Source { input, scan: &self.scan };
        match self.convert.event(next, &mut self.event, source, tables) {
            Ok(Outcome::Call) => {
                let blocks = self.replay.blocks(input, &self.scan).unwrap_or(false);
                Ok(if blocks { Outcome::One } else { Outcome::Two })
            }
            Ok(outcome) => Ok(outcome),
            Err(kind) => {
                self.doubt(kind, loss)?;
                Ok(Outcome::Nothing)
            }
        }
    }

    /// Fails; or, if damage is skipped, remembers that something was wrong.
    #[cold]
    fn doubt(&self, kind: ErrorKind, loss: &mut Loss) -> std::result::Result<(), Fault> {
        let offset = self.replay.now.event.offset as u64;
        if self.scan.damage == Damage::Refuse {
            return Err(Fault::new(kind, offset));
        }
        loss.first.get_or_insert((kind, offset));
        Ok(())
    }

    /// Lines up the events that one event became, after a Sync if it is the `first`; false if there are none.
    #[inline(never)]
    fn queue(&mut self, outcome: Outcome, first: bool) -> bool {
        self.next = match outcome {
            Outcome::Nothing | Outcome::Announced => [None, None],
            Outcome::One => [Some(self.event), None],
            Outcome::Two | Outcome::Call => [Some(self.event), Some(self.convert.second)],
        };
        if outcome == Outcome::Announced {
            self.announced = self.convert.take_announced();
            self.announced.reverse();
            self.announced_at = self.event.time;
        }
        self.follows = true;
        if first {
            // The first event is at 0, and a Sync comes before it.
            self.syncs = 1;
            self.event = sync(1, -1);
            return true;
        }
        self.follow()
    }

    /// Goes to the next event in line; false if there is none.
    #[inline(never)]
    fn follow(&mut self) -> bool {
        if let [Some(next), later] = self.next {
            self.next = [later, None];
            self.event = next;
        } else if let Some(g) = self.announced.pop() {
            self.event = runnable(g, self.announced_at);
        } else {
            self.follows = false;
            return false;
        }
        self.emit();
        true
    }

    /// Keeps times increasing.
    #[inline(always)]
    fn emit(&mut self) {
        if self.event.time <= self.last {
            self.event.time = self.last.saturating_add(1);
        }
        self.last = self.event.time;
    }

    #[cold]
    fn finish(&mut self) -> &Event {
        self.done = true;
        self.syncs += 1;
        self.event = sync(self.syncs, self.last.saturating_add(1));
        &self.event
    }

    #[cold]
    fn fail(&mut self, fault: Fault, input: &[u8]) -> Result<Option<&Event>> {
        self.done = true;
        Err(explain(fault, input))
    }
}

/// An error that names its event.
#[cold]
pub(super) fn explain(fault: Fault, input: &[u8]) -> Error {
    let first = input.get(fault.at as usize).copied().unwrap_or_default();
    let name = Kind::of(first & 0x3f).map_or("no event", |kind| kind.spec().name);
    Error::from(fault).path(name)
}

fn sync(n: u32, time: i64) -> Event {
    Event { time, kind: EventKind::Sync { n, clock: None }, ..Event::NOWHERE }
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
    Event { time, kind: EventKind::GoTransition(transition), ..Event::NOWHERE }
}
