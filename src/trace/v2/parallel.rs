//! Several generations at once, with the same outcome as reading one after the other.
//!
//! A generation is ordered by what it records about its own beginning. Once the generation before it is
//! final, these assumptions are compared with the state that it left; if they differ, or if anything is
//! wrong, the generation is read again, in its turn.

use super::generation::{Generation, Part};
use super::order::{Order, TaskSearch, last_time, tasks_begun};
use super::scan::{End, scan};
use super::stream::{Start, Stream};
use crate::table::Map;
use crate::trace::header::{HEADER_LEN, Version};
use crate::trace::options::{Damage, Options};
use crate::trace::source::Source;
use crate::trace::tables::Tables;
use crate::wire::Cursor;
use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Calls `read` with streams of the parts of a trace and their tables, several at the same time, and returns
/// the results in the order of the trace. `read` returns the stream, as far as it has read it.
pub(crate) fn read_parts<T: Send>(
    input: &[u8],
    version: Version,
    options: Options,
    threads: NonZeroUsize,
    read: impl for<'r> Fn(Stream<'r>, Cow<'r, Tables>) -> (T, Option<Stream<'r>>) + Sync,
) -> Vec<T> {
    let (parts, tables) = prepare(input, version);
    let threads = threads.get().min(parts.len()).max(1);
    let job =
        Job { input, version, options, parts: &parts, tables: &tables, read: &read, tasks: AtomicU8::new(0) };
    let turns = Turns { turn: Mutex::new(Turn::new()), passed: Condvar::new(), ahead: 2 * threads };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // Where no thread can be started, this one does all the work.
            let _ = std::thread::Builder::new().spawn_scoped(scope, || job.work(&turns));
        }
        job.work(&turns);
    });
    let Turn { order, mut results, .. } = turns.turn.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(order) = order {
        let next = parts.last().map_or(HEADER_LEN as u64, |part| part.end);
        let after = parts.last().map_or(0, |part| part.generation.layout.number);
        let start = Start { next, start: next, after, syncs: parts.len() as u32 };
        let rest = Stream::resume(Source::Slice(input), version, options, order, start);
        results.push(read(rest, Cow::Owned(tables)).0);
    }
    results
}

/// A generation whose tables have been read.
#[derive(Debug)]
struct Ready {
    generation: Generation,
    start: u64,
    end: u64,
}

/// The generations up to the first incomplete one or the first with wrong tables, and the names of all.
fn prepare(input: &[u8], version: Version) -> (Vec<Ready>, Tables) {
    let (mut parts, mut tables) = (Vec::<Ready>::new(), Tables::default());
    let mut cursor = Cursor::at(input.get(HEADER_LEN..).unwrap_or_default(), HEADER_LEN as u64);
    loop {
        let start = cursor.offset();
        let mut generation = Generation::default();
        if let Some(before) = parts.last_mut() {
            generation.names.reuse(&mut before.generation.names);
        }
        let after = parts.last().map_or(0, |part| part.generation.layout.number);
        let end = scan(&mut cursor, 0, version, after, &mut generation.layout);
        let ends_with_input = version < Version::Go1_26 && generation.layout.number != 0;
        let is_whole = match end {
            End::Complete => true,
            End::OutOfBytes(None) => ends_with_input,
            End::OutOfBytes(Some(_)) | End::Damaged(_) => false,
        };
        let end = cursor.offset();
        let part = Part { bytes: input, base: 0, end };
        if !is_whole || generation.read_tables(part, version, Damage::Refuse, &mut tables).is_err() {
            return (parts, tables);
        }
        parts.push(Ready { generation, start, end });
    }
}

/// What the threads share.
struct Job<'j, F> {
    input: &'j [u8],
    version: Version,
    options: Options,
    parts: &'j [Ready],
    tables: &'j Tables,
    read: &'j F,
    /// How hard to look for tasks that began in the generation before: not at all, in its last batches,
    /// everywhere.
    tasks: AtomicU8,
}

/// Whose turn it is. A part is *final* when its result is.
struct Turn<T> {
    /// The part that a thread may begin next.
    next: usize,
    /// The state after the final parts; `None` while a thread uses it, and after a part that failed.
    order: Option<Order>,
    results: Vec<T>,
    /// Parts that were read ahead, by number, with the state after each.
    ahead: Vec<(usize, T, Option<Order>)>,
    ended: bool,
}

impl<T> Turn<T> {
    fn new() -> Self {
        Self { next: 0, order: Some(Order::default()), results: Vec::new(), ahead: Vec::new(), ended: false }
    }
}

struct Turns<T> {
    turn: Mutex<Turn<T>>,
    passed: Condvar,
    /// How many parts may be under way at once.
    ahead: usize,
}

impl<T> Turns<T> {
    fn lock(&self) -> MutexGuard<'_, Turn<T>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The part to begin, with the state before it if that is known; `None` if no part is left.
    fn begin(&self, parts: usize) -> Option<(usize, Option<Order>)> {
        let mut turn = self.lock();
        loop {
            if turn.ended || turn.next >= parts {
                return None;
            }
            if turn.next < turn.results.len() + self.ahead {
                let part = turn.next;
                turn.next += 1;
                let order = if part == turn.results.len() { turn.order.take() } else { None };
                return Some((part, order));
            }
            turn = self.passed.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A part is final; `order` is the state after it, `None` if it failed.
    fn pass(&self, result: T, order: Option<Order>) {
        let mut turn = self.lock();
        turn.results.push(result);
        turn.ended = order.is_none();
        turn.order = order;
        self.passed.notify_all();
    }

    /// The next part, if it was read ahead, with the state before it.
    fn settle(&self) -> Option<(usize, T, Option<Order>, Order)> {
        let mut turn = self.lock();
        let part = turn.results.len();
        let index = turn.ahead.iter().position(|&(ahead, ..)| ahead == part)?;
        let before = turn.order.take()?;
        let (part, result, after) = turn.ahead.swap_remove(index);
        Some((part, result, after, before))
    }
}

/// Lets the other threads end after one has panicked.
struct Guard<'t, T>(&'t Turns<T>);

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().ended = true;
            self.0.passed.notify_all();
        }
    }
}

impl<'j, T: Send, F: for<'r> Fn(Stream<'r>, Cow<'r, Tables>) -> (T, Option<Stream<'r>>)> Job<'j, F> {
    fn work(&self, turns: &Turns<T>) {
        let _guard = Guard(turns);
        while let Some((part, order)) = turns.begin(self.parts.len()) {
            match order {
                Some(order) => {
                    let (result, after) = self.read(part, order);
                    turns.pass(result, after);
                }
                None => {
                    let Some((result, after)) = self.read_ahead(part) else { return };
                    turns.lock().ahead.push((part, result, after));
                }
            }
            while let Some((part, result, after, mut before)) = turns.settle() {
                match after.and_then(|after| after.confirm(&mut before)) {
                    Some(after) => turns.pass(result, Some(after)),
                    None => {
                        let (result, after) = self.read(part, before);
                        turns.pass(result, after);
                    }
                }
            }
        }
    }

    /// Reads a part by its own records, the time at which the part before it ended, and the tasks that began
    /// there if they turn out to matter.
    fn read_ahead(&self, part: usize) -> Option<(T, Option<Order>)> {
        let before = &self.parts.get(part.checked_sub(1)?)?.generation;
        let here = &self.parts.get(part)?.generation;
        let last = last_time(before, self.input);
        loop {
            let effort = self.tasks.load(Ordering::Relaxed);
            let tasks = match effort {
                0 => Map::default(),
                1 => tasks_begun(before, TaskSearch::LastBatches, self.input),
                _ => tasks_begun(before, TaskSearch::AllBatches, self.input),
            };
            let order = Order::assume(here.clone(), last, tasks, self.input);
            let (result, generations) = self.read_on(part, order);
            if effort < 2 && generations.as_ref().is_some_and(Stream::misses_task) {
                self.tasks.fetch_max(effort + 1, Ordering::Relaxed);
                continue;
            }
            return Some((result, generations.and_then(Stream::into_order)));
        }
    }

    /// Reads a part in a state; returns the state after it, unless the part failed.
    fn read(&self, part: usize, order: Order) -> (T, Option<Order>) {
        let (result, generations) = self.read_on(part, order);
        (result, generations.and_then(Stream::into_order))
    }

    fn read_on(&self, part: usize, mut order: Order) -> (T, Option<Stream<'j>>) {
        let mut from = Start { next: 0, start: 0, after: 0, syncs: part as u32 + 1 };
        if let Some(ready) = self.parts.get(part) {
            (from.start, from.next) = (ready.start, ready.end);
            from.after = ready.generation.layout.number;
            if !order.is_assumed() {
                order.generation.clone_from(&ready.generation);
            }
        }
        let source = Source::Slice(self.input);
        let stream = Stream::resume(source, self.version, self.options, order, from);
        (self.read)(stream, Cow::Borrowed(self.tables))
    }
}
