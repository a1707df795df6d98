//! Traces of Go 1.5 to 1.21: whole files, one event stream per P.
//!
//! scan (every event by itself; batches, tables, samples) → merge or legacy (plan: which P comes next) →
//! replay (one sequence by time) → check (states and ranges) → convert (today's model) → stream
//!
//! The file has its strings, stacks and clock frequency at the end, so no event can be handed out before all
//! of it has been read: opening takes two passes, and reading a third. No event is ever stored; memory holds
//! batches, ids, samples and returns from system calls.

mod check;
mod convert;
mod head;
mod lane;
mod legacy;
mod merge;
mod plan;
mod record;
mod replay;
mod rules;
mod scan;
mod spec;
mod stream;
mod texts;

use crate::trace::options::Damage;
pub(crate) use stream::Stream;

/// Name, bytes and count of every event type in a file.
///
/// # Errors
/// Those of the first malformed event.
pub(crate) fn footprint(input: &[u8], version: u8) -> crate::error::Result<Vec<(&'static str, u64, u64)>> {
    let scan =
        scan::Scan::new(input, version, Damage::Refuse).map_err(|fault| stream::explain(fault, input))?;
    let rows = (0..64).filter_map(spec::Kind::of).map(|kind| {
        let (count, bytes) = scan.shares[kind as usize];
        (kind.spec().name, bytes, count)
    });
    Ok(rows.collect())
}
