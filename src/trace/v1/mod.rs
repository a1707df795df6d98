//! Traces of Go 1.5 to 1.21: whole files, one event stream a P.
//!
//! scan (every event by itself; batches, tables, samples) → order (which P comes next) → replay (one sequence by time) →
//! check (states and ranges) → convert (today's model)
//!
//! The file has its strings, stacks and clock frequency at the end, so nothing can be told before all of it was seen:
//! opening costs two passes, and reading a third. No event is ever stored; memory is for batches, ids, samples and
//! returns from system calls.

mod check;
mod convert;
mod ids;
mod lane;
mod legacy;
mod order;
mod record;
mod replay;
mod rules;
mod scan;
mod spec;
mod stream;
mod texts;

pub(crate) use stream::Stream;
