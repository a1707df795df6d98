//! The text form of traces, and the raw events in it.

use godiag::trace::wire::{RawEvents, parse_text, write_text};

use crate::fixtures;

#[test]
fn texts_describe_the_traces_they_were_written_from() {
    let files = fixtures::files("trace1/text", ".txt");
    assert!(!files.is_empty());
    for (name, text) in files {
        let trace = parse_text(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut written = Vec::new();
        write_text(&trace, &mut written).unwrap();
        let again = parse_text(&written).unwrap();
        assert_eq!(trace, again, "{name}");
        let mut events = RawEvents::new(&trace).unwrap();
        let mut bytes = 16;
        while let Some(event) = events.next_event().unwrap() {
            bytes += event.encoded_len();
        }
        assert_eq!(bytes, trace.len() as u64, "{name}");
    }
}
