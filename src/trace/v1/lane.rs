//! The events of one P, one after the other, across its batches.

use super::record::{self, Record, WINDOW};
use super::scan::{NO_BATCH, ProcBatches, Scan};
use super::spec::Kind;
use crate::error::{ErrorKind, Fault};
use crate::trace::options::Damage;
use crate::wire::Cursor;

/// How far the events of one P have been read. Small, and holds no reference: the input comes with each call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    /// Offset of the next byte; 0 before a batch.
    next: usize,
    /// The latest end of the batch: damage, or the end of the input.
    end: usize,
    next_batch: u32,
    ticks: u64,
    /// Sequence number; format 1.5 only.
    seq: u64,
    /// The goroutine that runs on the P.
    g: u64,
}

/// An event of a P, its arguments in today's form: without the numbers that precede them on the wire, and
/// with 0 for those that older versions lack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaneEvent {
    pub(crate) kind: Kind,
    pub(crate) offset: usize,
    /// In clock ticks.
    pub(crate) time: u64,
    /// Format 1.5 only.
    pub(crate) seq: u64,
    pub(crate) g: u64,
    pub(crate) args: [u64; 4],
    pub(crate) stack: u64,
    /// A goroutine starts where another still runs.
    pub(crate) busy: bool,
    /// Its time runs back or is impossible (salvage only).
    pub(crate) odd: bool,
}

impl LaneEvent {
    pub(crate) const NONE: Self = Self {
        kind: Kind::Batch,
        offset: 0,
        time: 0,
        seq: 0,
        g: 0,
        args: [0; 4],
        stack: 0,
        busy: false,
        odd: false,
    };
}

impl Lane {
    /// The start of the events of a P.
    pub(crate) fn new(proc: &ProcBatches) -> Self {
        Self { next: 0, end: 0, next_batch: proc.first, ticks: 0, seq: 0, g: 0 }
    }

    /// Puts the next event into `out`; false at the end. Skips tables and samples, which belong to no P.
    ///
    /// # Errors
    /// [`ErrorKind::BadArity`], [`ErrorKind::VarintOverflow`] and [`ErrorKind::TimeOverflow`]; the scan has
    /// checked the rest. If damage is skipped, the next call continues after the faulty event.
    #[inline(always)]
    pub(crate) fn next(&mut self, input: &[u8], scan: &Scan, out: &mut LaneEvent) -> Result<bool, Fault> {
        if self.next != 0 {
            if let Some(window) = window(input, self.next, self.end) {
                if let Some(quick) = record::quick(window, &scan.table, &mut out.args) {
                    if let Some(kind) = Kind::of(quick.number) {
                        (out.kind, out.offset) = (kind, self.next);
                        self.next += quick.len;
                        self.event(quick.step, scan, out)?;
                        return Ok(true);
                    }
                }
            }
        }
        self.slow(input, scan, out)
    }

    #[inline(never)]
    fn slow(&mut self, input: &[u8], scan: &Scan, out: &mut LaneEvent) -> Result<bool, Fault> {
        loop {
            if self.next == 0 && !self.open(input, scan)? {
                return Ok(false);
            }
            let part = input.get(self.next..self.end).unwrap_or_default();
            let mut cursor = Cursor::at(part, self.next as u64);
            let record = match record::next(&mut cursor, &scan.table) {
                Ok(record) => record,
                Err(fault) => {
                    self.next = self.pass(input, scan);
                    return Err(fault);
                }
            };
            let Some(record) = record.filter(|record| record.kind != Kind::Batch) else {
                self.next = 0;
                continue;
            };
            self.next = cursor.offset() as usize;
            if record.kind.is_timed() {
                self.record(&record, scan, out)?;
                return Ok(true);
            }
        }
    }

    /// The offset after an event whose frame is sound but whose contents are not.
    fn pass(&self, input: &[u8], scan: &Scan) -> usize {
        let skipped = window(input, self.next, self.end).and_then(|window| record::skip(window, &scan.table));
        skipped.map_or(self.end, |(_, len)| self.next + len)
    }

    /// Goes to the next batch; false if there are no more.
    fn open(&mut self, input: &[u8], scan: &Scan) -> Result<bool, Fault> {
        let Some(batch) = scan.batches.get(self.next_batch as usize) else {
            self.next_batch = NO_BATCH;
            return Ok(false);
        };
        self.next_batch = batch.next;
        self.end = scan.end_of(batch.offset);
        let part = input.get(batch.offset..self.end).unwrap_or_default();
        let mut cursor = Cursor::at(part, batch.offset as u64);
        if let Some(record) = record::next(&mut cursor, &scan.table)? {
            if scan.table.version < 7 {
                [_, self.seq, self.ticks, ..] = record.args;
            } else {
                [_, self.ticks, ..] = record.args;
            }
        }
        self.next = cursor.offset() as usize;
        Ok(true)
    }

    fn record(&mut self, record: &Record<'_>, scan: &Scan, out: &mut LaneEvent) -> Result<(), Fault> {
        let [first, second, a, b, c, d] = record.args;
        (out.kind, out.offset) = (record.kind, record.offset);
        if scan.table.version < 7 {
            self.seq = self.seq.wrapping_add(first);
            out.args = [a, b, c, d];
            return self.event(second, scan, out);
        }
        out.args = [second, a, b, c];
        self.event(first, scan, out)
    }

    /// Completes an event whose type, offset and arguments are known.
    #[inline(always)]
    fn event(&mut self, step: u64, scan: &Scan, out: &mut LaneEvent) -> Result<(), Fault> {
        // A clock that runs back is written as a difference of nearly 2^64.
        let ticks = self.ticks.wrapping_add(step);
        let odd = ticks < self.ticks || ticks > i64::MAX as u64;
        if odd && scan.damage == Damage::Refuse {
            return Err(Fault::new(ErrorKind::TimeOverflow, out.offset as u64));
        }
        if ticks <= i64::MAX as u64 {
            self.ticks = ticks;
        }
        out.odd = odd;
        out.time = self.ticks;
        out.seq = self.seq;
        out.g = self.g;
        let stack_at = usize::from(scan.table.stack_at[out.kind as usize]);
        out.stack = out.args.get(stack_at).copied().unwrap_or(0);
        match out.kind {
            Kind::GoStart | Kind::GoStartLocal | Kind::GoStartLabel => {
                out.busy = self.g != 0;
                self.g = out.args[0];
                out.g = out.args[0];
            }
            Kind::GoSysExit | Kind::GoWaiting | Kind::GoInSyscall => out.g = out.args[0],
            Kind::GoEnd | Kind::GoStop | Kind::GoSched | Kind::GoPreempt | Kind::GoSysBlock => self.g = 0,
            kind if kind.blocks() => self.g = 0,
            _ => {}
        }
        Ok(())
    }
}

/// The bytes at `at`, if there are enough before `end`.
#[inline(always)]
fn window(input: &[u8], start: usize, end: usize) -> Option<&[u8; WINDOW]> {
    if start.checked_add(WINDOW)? > end {
        return None;
    }
    input.get(start..)?.first_chunk()
}
