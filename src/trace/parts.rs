//! Readers of parts of a trace: one generation, or all of them at the same time.

use super::header::Version;
use super::options::Options;
use super::reader::Reader;
use super::v2::{self, Index};
use crate::error::Result;
use std::borrow::Cow;
use std::num::NonZeroUsize;

impl<'a> Index<'a> {
    /// A reader of one generation as if the trace began with it; `None` if there is no such generation.
    ///
    /// Each generation records the state of every goroutine and P, so this reader gives what a reader of the
    /// whole trace gives, except for what only the generations before know: states before the first event are
    /// [`Undetermined`](crate::trace::GoState::Undetermined), tasks that began earlier end without name and
    /// parent, and times are as recorded where the whole trace would move them after an event of the
    /// generation before.
    pub fn reader(&self, generation: usize, options: &Options) -> Option<Reader<'a>> {
        let stream = self.stream(generation, *options)?;
        Some(Reader::of_stream(stream, Cow::default(), self.version(), *options))
    }
}

/// Calls `read` with readers of the parts of a trace, several at the same time, and returns the results in
/// the order of the trace. Put together, the parts give what one [`Reader`] of the whole gives, event for
/// event, including the error with which it ends; [`Reader::loss`] of the last part is that of the whole.
///
/// `read` may be called more than once for a part, and all results but the last are dropped: it should do
/// nothing but read. A part is a generation; the last one is the end, or everything after damage. A trace
/// from before Go 1.22 is one part.
///
/// # Errors
/// Those of [`Reader::parse_with`].
///
/// # Cost
/// That of reading, and about one percent more for what each part assumes of the past. One thread reads all
/// tables before the events. Generations of a trace whose tasks outlast them are read one after the other:
/// only the past knows the tasks' names.
///
/// ```
/// use godiag::trace::{self, Options, Version};
/// let trace = Version::Go1_26.header();
/// let count = |reader: &mut trace::Reader<'_>| {
///     let mut events = 0;
///     while reader.next_event()?.is_some() {
///         events += 1;
///     }
///     Ok::<u64, godiag::Error>(events)
/// };
/// let parts = trace::read_parts(&trace, &Options::strict(), 2.try_into().unwrap(), count)?;
/// assert_eq!(parts.into_iter().sum::<Result<u64, _>>()?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_parts<T: Send>(
    input: &[u8],
    options: &Options,
    threads: NonZeroUsize,
    read: impl Fn(&mut Reader<'_>) -> T + Sync,
) -> Result<Vec<T>> {
    let version = Version::parse(input)?;
    if !version.is_v2() || threads.get() == 1 {
        return Ok(vec![read(&mut Reader::parse_with(input, options)?)]);
    }
    Ok(v2::read_parts(input, version, *options, threads, |stream, tables| {
        let mut reader = Reader::of_stream(stream, tables, version, *options);
        let result = read(&mut reader);
        (result, reader.into_stream())
    }))
}
