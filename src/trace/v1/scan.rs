//! First pass: finds where events begin and end, and reads batches, tables and samples.

use super::record::{self, Record, WINDOW};
use super::spec::{Kind, Table, Version};
use crate::error::{ErrorKind, Fault};
use crate::table::{Ids, Set};
use crate::trace::header::HEADER_LEN;
use crate::trace::options::Damage;
use crate::wire::Cursor;

/// Ends a list of batches.
pub(crate) const NO_BATCH: u32 = u32::MAX;

/// What the first pass finds. Offsets are into the whole input.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) table: Table,
    /// What to do about damage. If it is skipped, impossible times are ignored.
    pub(crate) damage: Damage,
    /// Bytes of the input.
    len: usize,
    /// Damaged parts, and what is wrong there; empty unless damage is skipped.
    pub(crate) gaps: Vec<Gap>,
    pub(crate) procs: Vec<ProcBatches>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) strings: Ids<Extent>,
    /// By id, the frames.
    pub(crate) stacks: Ids<Extent>,
    /// Samples of the CPU profile, by time.
    pub(crate) samples: Vec<Sample>,
    /// Goroutines that run timers (until Go 1.13).
    pub(crate) timers: Set<u64>,
    /// Clock ticks per second; 0 if the file does not say.
    pub(crate) frequency: u64,
    /// Whether events of the footer were seen: stacks, which are written last.
    pub(crate) has_footer: bool,
    /// How many events of each type the file holds, and how many bytes they take.
    pub(crate) shares: [(u64, u64); 64],
}

/// A piece of the input; `len` counts bytes of a string, frames of a stack. Undefined ids have length 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: usize,
    pub(crate) len: u32,
}

/// A damaged part of the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: ErrorKind,
}

/// The batches of one P, in file order, as a list through [`Batch::next`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProcBatches {
    /// -1 for events without a P.
    pub(crate) id: i32,
    pub(crate) first: u32,
    last: u32,
}

/// A run of events of one P.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    /// Offset of its header.
    pub(crate) offset: usize,
    /// The next batch of the same P.
    pub(crate) next: u32,
}

/// A sample of the CPU profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) time: u64,
    pub(crate) g: u64,
    pub(crate) stack: u64,
    pub(crate) proc: i32,
}

impl Scan {
    /// Reads all of `input`, which begins with a header of `version`.
    ///
    /// If damage is skipped, the scan continues at the next batch, and the damage is in `gaps`.
    ///
    /// # Errors
    /// The first event that breaks a rule, at its offset.
    ///
    /// # Cost
    /// One pass; memory grows with batches, ids and samples, not with events.
    pub(crate) fn new(input: &[u8], version: Version, damage: Damage) -> Result<Self, Fault> {
        let none = Extent { offset: 0, len: 0 };
        let bound = input.len() / 8 + 64;
        let mut scan = Self {
            table: Table::of(version),
            damage,
            len: input.len(),
            gaps: Vec::new(),
            procs: Vec::new(),
            batches: Vec::new(),
            strings: Ids::new(bound, none),
            stacks: Ids::new(bound, none),
            samples: Vec::new(),
            timers: Set::default(),
            frequency: 0,
            has_footer: false,
            shares: [(0, 0); 64],
        };
        let mut numbers = Ids::new(bound, NO_BATCH);
        let mut offset = HEADER_LEN;
        // How many bytes the search for batches may read in all.
        let mut budget = input.len().saturating_mul(64);
        while let Err(fault) = scan.read(input, offset, &mut numbers) {
            if damage == Damage::Refuse {
                return Err(fault);
            }
            let start = fault.at as usize;
            let next = resume(input, start + 1, &scan.table, &numbers, &mut budget);
            let end = next.unwrap_or(input.len());
            scan.gaps.push(Gap { start, end, kind: fault.kind });
            offset = end;
        }
        scan.samples.sort_by_key(|sample| sample.time);
        Ok(scan)
    }

    /// The latest end of the batch at `offset`.
    pub(crate) fn end_of(&self, offset: usize) -> usize {
        let next = self.gaps.partition_point(|gap| gap.start <= offset);
        self.gaps.get(next).map_or(self.len, |gap| gap.start)
    }

    fn read(&mut self, input: &[u8], offset: usize, numbers: &mut Ids<u32>) -> Result<(), Fault> {
        let table = self.table;
        let mut cursor = Cursor::at(input.get(offset..).unwrap_or_default(), offset as u64);
        loop {
            // Plain events are only counted here; the lanes decode them.
            if !self.batches.is_empty() {
                while let Some(window) = cursor.rest().first_chunk::<WINDOW>() {
                    let Some((number, len)) = record::skip(window, &table) else { break };
                    if cursor.take(len as u64).is_err() {
                        break;
                    }
                    if let Some((count, bytes)) = self.shares.get_mut(usize::from(number)) {
                        *count += 1;
                        *bytes += len as u64;
                    }
                }
            }
            let Some(record) = record::next(&mut cursor, &table)? else { return Ok(()) };
            if let Some((count, bytes)) = self.shares.get_mut(record.kind as usize) {
                *count += 1;
                *bytes += cursor.offset() - record.offset as u64;
            }
            match record.kind {
                Kind::Batch => self.batch(&record, numbers)?,
                Kind::Frequency | Kind::Stack | Kind::String | Kind::TimerGoroutine | Kind::CpuSample => {
                    self.footer(&record)?;
                }
                _ if self.batches.is_empty() => {
                    return Err(Fault::new(ErrorKind::Misplaced, record.offset as u64));
                }
                _ => {}
            }
        }
    }

    fn batch(&mut self, record: &Record<'_>, numbers: &mut Ids<u32>) -> Result<(), Fault> {
        let fault = |kind| Err(Fault::new(kind, record.offset as u64));
        let id = match record.args[0] {
            u64::MAX => -1,
            id => match i32::try_from(id) {
                Ok(id) => id,
                Err(_) => return fault(ErrorKind::Limit),
            },
        };
        if i64::try_from(record.args[if self.table.version < 7 { 2 } else { 1 }]).is_err() {
            return fault(ErrorKind::TimeOverflow);
        }
        let Ok(number) = u32::try_from(self.batches.len()) else { return fault(ErrorKind::Limit) };
        let key = i64::from(id).wrapping_add(1) as u64;
        match self.procs.get_mut(numbers.get(key) as usize) {
            Some(proc) => {
                if let Some(last) = self.batches.get_mut(proc.last as usize) {
                    last.next = number;
                }
                proc.last = number;
            }
            None => {
                numbers.set(key, self.procs.len() as u32);
                self.procs.push(ProcBatches { id, first: number, last: number });
            }
        }
        self.batches.push(Batch { offset: record.offset, next: NO_BATCH });
        Ok(())
    }

    /// Tables and samples, which are no part of their P's stream.
    fn footer(&mut self, record: &Record<'_>) -> Result<(), Fault> {
        let fault = |kind| Err(Fault::new(kind, record.offset as u64));
        if self.batches.is_empty() && record.kind != Kind::String {
            return fault(ErrorKind::Misplaced);
        }
        let [first, ..] = record.args;
        match record.kind {
            Kind::Frequency => {
                if first == 0 || i64::try_from(first).is_err() {
                    return fault(ErrorKind::BadFrequency);
                }
                self.frequency = first;
            }
            // Before the first batch, Go never reads them.
            Kind::String if self.batches.is_empty() => {}
            Kind::String => {
                if self.strings.get(first).len != 0 {
                    return fault(ErrorKind::IdDuplicate);
                }
                let len = record.text.len() as u32;
                self.strings.set(first, Extent { offset: record.text_offset, len });
            }
            Kind::Stack => {
                self.has_footer = true;
                if first != 0 && record.args[1] != 0 {
                    let len = record.args[1] as u32;
                    self.stacks.set(first, Extent { offset: record.text_offset, len });
                }
            }
            Kind::TimerGoroutine => {
                self.timers.insert(first);
            }
            _ => {
                let [_, time, proc, g, stack, _] = record.args;
                if i64::try_from(time).is_err() {
                    return fault(ErrorKind::TimeOverflow);
                }
                // Go cuts the number to 32 bits, whatever it is.
                self.samples.push(Sample { time, g, stack, proc: proc as i32 });
            }
        }
        Ok(())
    }
}

/// How many events must follow a batch header that is found after damage.
const PLAUSIBLE: usize = 32;

/// The offset of the first plausible batch header at or after `from`: of a known P, and followed by events.
fn resume(input: &[u8], from: usize, table: &Table, numbers: &Ids<u32>, budget: &mut usize) -> Option<usize> {
    let first = Kind::Batch as u8 | 1 << 6;
    let mut offset = from;
    loop {
        offset += memchr::memchr(first, input.get(offset..)?)?;
        let mut cursor = Cursor::at(input.get(offset..)?, offset as u64);
        let mut events = 0;
        let sound = loop {
            match record::next(&mut cursor, table) {
                Ok(None) => break events > 0,
                Ok(Some(record)) => {
                    let strange = match record.kind {
                        Kind::Batch => numbers.get(record.args[0].wrapping_add(1)) == NO_BATCH,
                        _ => false,
                    };
                    if strange {
                        break false;
                    }
                }
                Err(_) => break false,
            }
            events += 1;
            if events > PLAUSIBLE {
                break true;
            }
        };
        if sound {
            return Some(offset);
        }
        *budget = budget.checked_sub(cursor.offset() as usize - offset)?;
        offset += 1;
    }
}
