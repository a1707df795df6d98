//! Every event of a trace of Go 1.22 or later as recorded: unordered, unchecked, batch headers and table
//! entries included.
//!
//! Source: `src/internal/trace/raw` of Go 1.27. Unlike there, events of experiments are read under every
//! header.

use super::spec::{EventSpec, code};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::trace::header::{HEADER_LEN, Version};
use crate::wire::Cursor;

/// Most numbers of an event, not counting frames.
const MAX_ARGS: usize = 5;

/// One event as recorded.
#[derive(Clone, Copy, Debug)]
pub struct RawEvent<'a> {
    /// Its event type.
    pub spec: &'static EventSpec,
    /// Offset of its first byte.
    pub offset: u64,
    args: [u64; MAX_ARGS],
    /// The frames of a stack, undecoded.
    frames: &'a [u8],
    data: &'a [u8],
}

impl<'a> RawEvent<'a> {
    /// Its numbers, by the names of [`EventSpec::args`].
    pub fn args(&self) -> &[u64] {
        self.args.get(..self.spec.args.len()).unwrap_or_default()
    }

    /// The frames of a stack, the innermost first: pc, function, file, line. Empty for other events.
    pub fn frames(&self) -> impl Iterator<Item = [u64; 4]> + 'a {
        let mut cursor = Cursor::new(self.frames);
        std::iter::from_fn(move || {
            let mut frame = [0; 4];
            for number in &mut frame {
                *number = cursor.varint().ok()?;
            }
            Some(frame)
        })
    }

    /// The bytes of a string or of an experimental batch; empty for other events.
    pub fn data(&self) -> Option<&'a [u8]> {
        has_data(self.spec).then_some(self.data)
    }

    /// How many bytes it takes when each number is written as short as possible.
    pub fn encoded_len(&self) -> u64 {
        let numbers: u64 = self.args().iter().map(|&number| varint_len(number)).sum();
        let frames: u64 = self.frames().flatten().map(varint_len).sum();
        let len = self.data.len() as u64;
        let data = if has_data(self.spec) { varint_len(len) + len } else { 0 };
        1 + numbers + frames + data
    }
}

/// Whether bytes follow an event's numbers.
pub(super) const fn has_data(spec: &EventSpec) -> bool {
    matches!(spec.code, code::STRING | code::EXPERIMENTAL_BATCH)
}

/// Bytes of a number on the wire.
const fn varint_len(number: u64) -> u64 {
    (63 - (number | 1).leading_zeros() as u64) / 7 + 1
}

/// Iterates over the events of a file.
///
/// ```
/// use godiag::trace::wire::RawEvents;
/// let mut file = b"go 1.22 trace\0\0\0".to_vec();
/// file.extend([1, 1, 7, 5, 2, 8, 64]); // EventBatch gen=1 m=7 time=5 size=2, Frequency freq=64
/// let mut events = RawEvents::new(&file)?;
/// assert_eq!(events.next_event()?.unwrap().args(), [1, 7, 5, 2]);
/// assert_eq!(events.next_event()?.unwrap().spec.name, "Frequency");
/// assert!(events.next_event()?.is_none());
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RawEvents<'a> {
    version: Version,
    cursor: Cursor<'a>,
}

impl<'a> RawEvents<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// Those of [`Version::parse`]; [`ErrorKind::Unsupported`] for traces before Go 1.22.
    pub fn new(input: &'a [u8]) -> Result<Self> {
        let version = Version::parse(input)?;
        if !version.is_v2() {
            let detail = "traces before Go 1.22 have another wire format";
            return Err(Error::new(ErrorKind::Unsupported).at(0).path("header").detail(detail));
        }
        let body = input.get(HEADER_LEN..).unwrap_or_default();
        Ok(Self { version, cursor: Cursor::at(body, HEADER_LEN as u64) })
    }

    /// The version in the header.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The next event; `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownEvent`], [`ErrorKind::Truncated`], [`ErrorKind::VarintOverflow`]. Further calls
    /// return the same error.
    ///
    /// # Cost
    /// Allocates nothing.
    pub fn next_event(&mut self) -> Result<Option<RawEvent<'a>>> {
        let mut cursor = self.cursor;
        let event = next(&mut cursor)?;
        self.cursor = cursor;
        Ok(event)
    }
}

#[inline(always)]
fn next<'a>(cursor: &mut Cursor<'a>) -> std::result::Result<Option<RawEvent<'a>>, Fault> {
    let offset = cursor.offset();
    let Ok(first) = cursor.byte() else { return Ok(None) };
    let Some(spec) = EventSpec::of(first) else { return Err(Fault::new(ErrorKind::UnknownEvent, offset)) };
    let mut event = RawEvent { spec, offset, args: [0; MAX_ARGS], frames: &[], data: &[] };
    for arg in event.args.iter_mut().take(spec.args.len()) {
        *arg = cursor.varint()?;
    }
    if first == code::STACK {
        let start = *cursor;
        let numbers = event.args[1].saturating_mul(4);
        for _ in 0..numbers {
            cursor.varint()?;
        }
        let len = cursor.offset() - start.offset();
        event.frames = start.rest().get(..len as usize).unwrap_or_default();
    } else if has_data(spec) {
        let len = cursor.varint()?;
        event.data = cursor.take(len).map_err(|fault| Fault::new(ErrorKind::Truncated, fault.at))?;
    }
    Ok(Some(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_shortest_form() {
        for (number, len) in
            [(0, 1), (127, 1), (128, 2), (16383, 2), (16384, 3), (1 << 62, 9), (u64::MAX, 10)]
        {
            assert_eq!(varint_len(number), len, "{number}");
        }
    }

    #[test]
    fn a_stack_of_any_claimed_size_ends_with_the_input() {
        let mut file = Version::Go1_26.header().to_vec();
        file.extend([3, 1]);
        file.extend([0xff; 9]);
        file.extend([1, 5, 5, 5, 5]);
        let error = RawEvents::new(&file).unwrap().next_event().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated);
    }
}
