//! The text form of traces: what [`check`] must find on any bytes.

use godiag::trace::wire::{RawEvents, parse_text, write_text};

/// What is read from text or bytes is written and read again to the same.
pub(crate) fn check(data: &[u8]) {
    if let Ok(trace) = parse_text(data) {
        let mut text = Vec::new();
        write_text(&trace, &mut text).expect("a trace made from text has a text");
        assert_eq!(parse_text(&text).expect("written text reads"), trace);
    }
    let mut text = Vec::new();
    if write_text(data, &mut text).is_ok() {
        let mut events = RawEvents::new(data).expect("it was written");
        let mut bytes = 16;
        while let Some(event) = events.next_event().expect("it was written") {
            bytes += event.encoded_len();
        }
        // Names are told by the header's version; events newer than it have no text that reads.
        if let Ok(trace) = parse_text(&text) {
            assert_eq!(trace.len() as u64, bytes);
        }
    }
}
