//! Traces of Go 1.22 and later: what holds on any bytes.

use godiag::trace::{Event, EventKind, Loss, Options, Reader, read_parts};
use godiag::{Error, Limits};
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Slice, stream, salvage and parallel reading agree; the texts and stacks of every event can be printed; an
/// error is final and short.
pub(crate) fn check(data: &[u8]) {
    let (strict, error) = read(data);
    if let Some(error) = &error {
        assert!(error.to_string().len() <= 512, "{error}");
        assert!(error.offset().is_none_or(|at| at <= data.len() as u64), "{error}");
    }

    let chunk = 1 + data.len() % 7;
    let (streamed, stream_error) = drain(Reader::read(Chunks { data, chunk })).0;
    assert_eq!(strict, streamed);
    assert_eq!(error.as_ref().map(describe), stream_error.as_ref().map(describe));

    let ((salvaged, salvage_error), loss) = drain(Reader::parse_with(data, &Options::salvage()));
    match (&error, salvage_error) {
        (None, None) => {
            assert_eq!(strict, salvaged);
            assert!(loss.is_none(), "{loss:?}");
        }
        (Some(error), Some(same)) => {
            assert_eq!(describe(error), describe(&same), "salvage fails at the header only");
        }
        (Some(error), None) => {
            // A sync of its own precedes an error of the generation.
            let bare = |event: &Event| matches!(event.kind, EventKind::Sync { clock: None, .. });
            let kept = strict.len() - usize::from(strict.last().is_some_and(bare));
            let first = strict[..kept].iter().zip(&salvaged).find(|(a, b)| a != b);
            assert!(
                salvaged.starts_with(&strict[..kept]),
                "{error}: {} of {kept}, {first:?}",
                salvaged.len()
            );
            assert!(!loss.is_none(), "{error}");
            assert!(
                loss.ranges.iter().all(|range| range.start <= range.end && range.end <= data.len() as u64)
            );
        }
        (None, Some(error)) => panic!("salvage fails where strict reading does not: {error}"),
    }
    parallel(data, Options::default());
    parallel(data, Options::salvage());
}

/// Generations read at the same time are the same as one after the other: events with their texts, the error,
/// and the loss. Returns the number of parts, and how often one was read.
pub(crate) fn parallel(data: &[u8], options: Options) -> (usize, usize) {
    let Ok(mut whole) = Reader::parse_with(data, &options) else { return (0, 0) };
    let (events, error) = shown(&mut whole);
    let calls = AtomicUsize::new(0);
    let threads = NonZeroUsize::new(2 + data.len() % 3).unwrap();
    let parts = read_parts(data, &options, threads, |reader| {
        calls.fetch_add(1, Ordering::Relaxed);
        let (events, error) = shown(reader);
        (events, error, reader.loss().clone())
    });
    let parts = parts.unwrap();
    let last = parts.last().unwrap();
    assert_eq!(last.1, error);
    assert_eq!(&last.2, whole.loss());
    let joined = parts.iter().flat_map(|(events, ..)| events);
    let differs = joined.clone().zip(&events).position(|(a, b)| a != b);
    if let Some(at) = differs {
        panic!("{:?}\n{:?}", events[at], joined.clone().nth(at));
    }
    assert_eq!(joined.count(), events.len());
    (parts.len(), calls.into_inner())
}

/// The rest of the events, each with the functions of its stack, and the error at the end.
fn shown(reader: &mut Reader<'_>) -> (Vec<(Event, u64)>, Option<String>) {
    let mut events = Vec::new();
    loop {
        match reader.next_event() {
            Ok(Some(event)) => {
                let event = *event;
                let tables = reader.tables();
                let mut digest = 0u64;
                let mut add = |text: &[u8]| {
                    text.iter().for_each(|&byte| digest = digest.wrapping_mul(31).wrapping_add(byte.into()));
                };
                tables.stack(event.stack).for_each(|frame| add(tables.string(frame.function)));
                if let EventKind::GoTransition(transition) = event.kind {
                    add(tables.string(transition.reason));
                }
                if matches!(event.kind, EventKind::Sync { .. }) {
                    digest = reader.experiments().iter().map(|batches| batches.bytes).sum();
                }
                events.push((event, digest));
            }
            Ok(None) => return (events, None),
            Err(error) => return (events, Some(error.to_string())),
        }
    }
}

/// Every event, and the error after them.
pub(crate) fn read(data: &[u8]) -> (Vec<Event>, Option<Error>) {
    drain(Reader::parse_with(data, &Options::default().with_limits(Limits::STRICT))).0
}

fn describe(error: &Error) -> (godiag::ErrorKind, Option<u64>) {
    (error.kind(), error.offset())
}

/// Reads to the end, and follows everything that an event names.
pub(crate) fn drain(reader: godiag::Result<Reader<'_>>) -> ((Vec<Event>, Option<Error>), Loss) {
    let mut events = Vec::new();
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => return ((events, Some(error)), Loss::default()),
    };
    let error = loop {
        let event = match reader.next_event() {
            Ok(Some(event)) => *event,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        assert!(events.last().is_none_or(|last: &Event| last.time < event.time), "times increase");
        let tables = reader.tables();
        for frame in tables.stack(event.stack) {
            let _ = (tables.string(frame.function), tables.string(frame.file));
        }
        if let Some(range) = event.range() {
            let _ = tables.range_name(range.name);
        }
        events.push(event);
    };
    assert!(matches!(reader.next_event(), Ok(None)), "the end is final");
    ((events, error), reader.loss().clone())
}

/// Reads a few bytes at a time.
struct Chunks<'a> {
    data: &'a [u8],
    chunk: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let len = self.chunk.min(into.len()).min(self.data.len());
        let (now, later) = self.data.split_at(len);
        into[..len].copy_from_slice(now);
        self.data = later;
        Ok(len)
    }
}
