//! The events of one P, one after the other, across its batches.

use super::record;
use super::scan::{NO_BATCH, ProcBatches, Scan};
use super::spec::{Kind, MAX_ARGS};
use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

/// Where reading stands in the events of one P. Small, and holds no reference: the input comes with each call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    /// Offset of the next byte.
    at: usize,
    next_batch: u32,
    ticks: u64,
    /// Sequence number; format 1.5 only.
    seq: u64,
    /// The goroutine that runs on the P.
    g: u64,
}

/// An event of a P, its arguments in today's form: what precedes them on the wire is taken off, and what older
/// versions lack is 0.
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
}

impl Lane {
    /// The start of the events of a P.
    pub(crate) fn new(proc: &ProcBatches) -> Self {
        Self { at: 0, next_batch: proc.first, ticks: 0, seq: 0, g: 0 }
    }

    /// The next event; none at the end. What belongs to no P (tables, samples) is passed over.
    ///
    /// # Errors
    /// [`ErrorKind::TimeOverflow`], unless the scan was lenient; it has checked the rest.
    #[inline(always)]
    pub(crate) fn next(&mut self, input: &[u8], scan: &Scan) -> Result<Option<LaneEvent>, Fault> {
        loop {
            if self.at == 0 && !self.open(input, scan)? {
                return Ok(None);
            }
            let part = input.get(self.at..scan.end).unwrap_or_default();
            let mut cursor = Cursor::at(part, self.at as u64);
            let Some(record) = record::next(&mut cursor, &scan.table)? else {
                self.at = 0;
                continue;
            };
            match record.kind {
                Kind::Batch => {
                    self.at = 0;
                    continue;
                }
                Kind::Frequency | Kind::Stack | Kind::String | Kind::TimerGoroutine | Kind::CpuSample => {
                    self.at = cursor.offset() as usize;
                    continue;
                }
                _ => {}
            }
            self.at = cursor.offset() as usize;
            return self.event(record.kind, record.offset, &record.args, scan).map(Some);
        }
    }

    /// Goes to the next batch; false if there is none.
    fn open(&mut self, input: &[u8], scan: &Scan) -> Result<bool, Fault> {
        let Some(batch) = scan.batches.get(self.next_batch as usize) else {
            self.next_batch = NO_BATCH;
            return Ok(false);
        };
        self.next_batch = batch.next;
        let part = input.get(batch.offset..scan.end).unwrap_or_default();
        let mut cursor = Cursor::at(part, batch.offset as u64);
        if let Some(record) = record::next(&mut cursor, &scan.table)? {
            if scan.table.version < 7 {
                [_, self.seq, self.ticks, ..] = record.args;
            } else {
                [_, self.ticks, ..] = record.args;
            }
        }
        self.at = cursor.offset() as usize;
        Ok(true)
    }

    #[inline(always)]
    fn event(
        &mut self,
        kind: Kind,
        offset: usize,
        wire: &[u64; MAX_ARGS],
        scan: &Scan,
    ) -> Result<LaneEvent, Fault> {
        let old = scan.table.version < 7;
        let [first, rest @ ..] = wire;
        let (step, args) = if old {
            self.seq = self.seq.wrapping_add(*first);
            let [step, args @ ..] = rest;
            (*step, [args[0], args[1], args[2], args[3], 0])
        } else {
            (*first, *rest)
        };
        // A clock that runs back is written as a difference of nearly 2^64; the order of events will tell.
        let ticks = self.ticks.wrapping_add(step);
        if ticks > i64::MAX as u64 {
            if !scan.lenient {
                return Err(Fault::new(ErrorKind::TimeOverflow, offset as u64));
            }
        } else {
            self.ticks = ticks;
        }
        let ticks = self.ticks;
        let mut event = LaneEvent {
            kind,
            offset,
            time: ticks,
            seq: self.seq,
            g: self.g,
            args: [args[0], args[1], args[2], args[3]],
            stack: 0,
        };
        let stack_at = usize::from(scan.table.stack_at[kind as usize]);
        if let Some(stack) = args.get(stack_at) {
            event.stack = *stack;
        }
        match kind {
            Kind::GoStart | Kind::GoStartLocal | Kind::GoStartLabel => {
                self.g = args[0];
                event.g = args[0];
            }
            Kind::GoSysExit | Kind::GoWaiting | Kind::GoInSyscall => event.g = args[0],
            Kind::GoEnd
            | Kind::GoStop
            | Kind::GoSched
            | Kind::GoPreempt
            | Kind::GoSleep
            | Kind::GoBlock
            | Kind::GoBlockSend
            | Kind::GoBlockRecv
            | Kind::GoBlockSelect
            | Kind::GoBlockSync
            | Kind::GoBlockCond
            | Kind::GoBlockNet
            | Kind::GoBlockGc
            | Kind::GoSysBlock => self.g = 0,
            _ => {}
        }
        Ok(event)
    }
}
