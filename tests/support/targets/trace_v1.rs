//! Traces before Go 1.22: what holds on any bytes.

use godiag::trace::{Event, Options, Reader};
use std::io::Read;

/// A stream reads the same as a slice. Salvage reads what strict reading reads, never fails after a sound
/// header, and times increase; every handle is valid.
pub(crate) fn check(data: &[u8]) {
    let Ok(version) = godiag::trace::Version::parse(data) else { return };
    if version.is_v2() {
        return;
    }
    let (strict, failed) = read(Reader::parse_with(data, &Options::default()));
    let streamed = read(Reader::read(Dribble(data)));
    assert_eq!((&strict, failed), (&streamed.0, streamed.1), "a stream reads otherwise");
    let (salvaged, salvage_failed) = read(Reader::parse_with(data, &Options::salvage()));
    assert!(!salvage_failed, "salvage fails");
    if !failed {
        assert_eq!(strict, salvaged);
    }
    let _ = godiag::trace::Footprint::parse(data);
}

/// Reads three bytes at a time.
struct Dribble<'a>(&'a [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let len = into.len().min(3);
        self.0.read(&mut into[..len])
    }
}

fn read(reader: godiag::Result<Reader<'_>>) -> (Vec<Event>, bool) {
    let mut events = Vec::new();
    let Ok(mut reader) = reader else { return (events, true) };
    let mut last = i64::MIN;
    loop {
        match reader.next_event() {
            Ok(Some(event)) => {
                assert!(event.time > last || event.time == i64::MAX);
                last = event.time;
                events.push(*event);
            }
            Ok(None) => break,
            Err(_) => {
                assert!(matches!(reader.next_event(), Ok(None)), "something follows an error");
                return (events, true);
            }
        }
    }
    let tables = reader.tables();
    for event in &events {
        for frame in tables.stack(event.stack) {
            let _ = (tables.string(frame.function), tables.string(frame.file));
        }
    }
    (events, false)
}
