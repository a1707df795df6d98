//! The CPU samples of a generation.

use super::clock::Clock;
use super::names::{IdMap, cursor};
use super::scan::BatchRef;
use super::wire::code;
use crate::error::{ErrorKind, Fault};
use crate::trace::event::{GoId, ProcId, StackId, ThreadId};

/// A sample of the CPU profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) time: i64,
    pub(crate) thread: ThreadId,
    pub(crate) goroutine: GoId,
    pub(crate) proc: ProcId,
    pub(crate) stack: StackId,
}

/// Reads the samples of `batches`, up to the first that is wrong, into `samples`, in order of time, equal
/// times as in the file. Go sorts unstably, and does not check stacks: its accessors panic later.
///
/// # Errors
/// At the record in question: [`ErrorKind::UnknownEvent`], [`ErrorKind::UnknownRef`],
/// [`ErrorKind::IdReserved`], [`ErrorKind::TimeOverflow`], and those of varints.
pub(crate) fn read(
    bytes: &[u8],
    base: u64,
    batches: &[BatchRef],
    clock: Clock,
    stacks: &IdMap,
    samples: &mut Vec<Sample>,
) -> Result<(), Fault> {
    samples.clear();
    let read = read_all(bytes, base, batches, clock, stacks, samples);
    samples.sort_by_key(|sample| sample.time);
    read
}

fn read_all(
    bytes: &[u8],
    base: u64,
    batches: &[BatchRef],
    clock: Clock,
    stacks: &IdMap,
    samples: &mut Vec<Sample>,
) -> Result<(), Fault> {
    for batch in batches {
        let mut input = cursor(bytes, base, batch);
        input.byte()?;
        while !input.is_empty() {
            let offset = input.offset();
            let fault = |kind| Fault::new(kind, offset);
            if input.byte()? != code::CPU_SAMPLE {
                return Err(fault(ErrorKind::UnknownEvent));
            }
            let time = clock.nanoseconds(input.varint()?).ok_or(fault(ErrorKind::TimeOverflow))?;
            let thread = ThreadId(input.varint()? as i64);
            let proc = proc_id(input.varint()?).ok_or(fault(ErrorKind::IdReserved))?;
            let goroutine = match input.varint()? {
                0 => GoId::NONE,
                id => GoId(id as i64),
            };
            let stack = stacks.handle(input.varint()?).ok_or(fault(ErrorKind::UnknownRef))?;
            samples.push(Sample { time, thread, goroutine, proc, stack: StackId(stack) });
        }
    }
    Ok(())
}

/// A proc by its wire number, or no proc; `None` for an impossible number.
fn proc_id(id: u64) -> Option<ProcId> {
    if id == u64::MAX { Some(ProcId::NONE) } else { i32::try_from(id).ok().map(ProcId) }
}
