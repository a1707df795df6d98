//! The text form of traces: what holds on any bytes.

use godiag::trace::wire::{RawEvents, parse_text, write_text};

/// Events that were read from text or bytes are written and read back the same.
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
        // Names depend on the header's version; newer events have no readable text.
        if let Ok(trace) = parse_text(&text) {
            assert_eq!(trace.len() as u64, bytes);
        }
    }
}
