//! Views and prost: what holds on any bytes.

use godiag::pprof::{LabelValue, View};
use godiag::proto;
use prost::Message as _;

/// A message that a view accepts, prost decodes to the same, unless a string is not UTF-8.
pub(crate) fn check(data: &[u8]) {
    let Ok(view) = View::parse(data) else { return };
    let utf8 =
        (0..view.string_count() as u32).all(|i| view.str(godiag::pprof::StringId::from_index(i)).is_ok());
    let message = match proto::Profile::decode(data) {
        Ok(message) => message,
        Err(_) if !utf8 => return,
        Err(error) => panic!("prost refuses: {error}"),
    };
    assert_eq!(view.samples().len(), message.sample.len());
    for (ours, theirs) in view.samples().zip(&message.sample) {
        assert!(ours.values().eq(theirs.value.iter().copied()));
        assert!(ours.locations().map(|id| view.location(id).id).eq(theirs.location_id.iter().copied()));
        for (label, theirs) in ours.labels().zip(&theirs.label) {
            assert_eq!(label.key.index() as i64, theirs.key);
            match label.value {
                LabelValue::Str(text) => assert_eq!(text.index() as i64, theirs.str),
                LabelValue::Num { value, unit } => {
                    assert_eq!((value, unit.index() as i64), (theirs.num, theirs.num_unit));
                }
            }
        }
        assert_eq!(ours.labels().count(), theirs.label.len());
    }
    assert_eq!(view.locations().len(), message.location.len());
    for (row, (ours, theirs)) in view.locations().iter().zip(&message.location).enumerate() {
        assert_eq!((ours.id, ours.address, ours.is_folded), (theirs.id, theirs.address, theirs.is_folded));
        let lines = view.lines(godiag::pprof::LocationId::from_index(row as u32));
        assert!(
            lines
                .iter()
                .map(|l| (view.function(l.function).id, l.line, l.column))
                .eq(theirs.line.iter().map(|l| (l.function_id, l.line, l.column)))
        );
    }
    for (ours, theirs) in view.functions().iter().zip(&message.function) {
        assert_eq!(
            (ours.id, ours.name.index() as i64, ours.start_line),
            (theirs.id, theirs.name, theirs.start_line)
        );
        assert_eq!(
            (ours.system_name.index() as i64, ours.filename.index() as i64),
            (theirs.system_name, theirs.filename)
        );
    }
    for (ours, theirs) in view.mappings().iter().zip(&message.mapping) {
        assert_eq!(
            (ours.id, ours.memory_start, ours.memory_limit),
            (theirs.id, theirs.memory_start, theirs.memory_limit)
        );
        assert_eq!((ours.file_offset, ours.filename.index() as i64), (theirs.file_offset, theirs.filename));
        assert_eq!(
            (ours.has_functions, ours.has_inline_frames),
            (theirs.has_functions, theirs.has_inline_frames)
        );
    }
    if utf8 {
        for (i, string) in message.string_table.iter().enumerate() {
            assert_eq!(view.string(godiag::pprof::StringId::from_index(i as u32)), string.as_bytes());
        }
    }
    assert_eq!(
        (view.period(), view.time_nanos(), view.duration_nanos()),
        (message.period, message.time_nanos, message.duration_nanos)
    );
    assert_eq!(view.comments().len(), message.comment.len());
}
