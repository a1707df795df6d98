//! Views: what holds on any bytes.

use godiag::pprof::{Label, LocationId, Profile, View};
use godiag::{Format, detect};

/// A view and a profile of the same bytes hold the same, or refuse them for the same reason.
pub(crate) fn check(data: &[u8]) {
    // Profiles are also read from gzip and text forms.
    if !matches!(detect(data), Format::Pprof | Format::Unknown | Format::Empty) {
        let _ = View::parse(data);
        return;
    }
    let (view, profile) = match (View::parse(data), Profile::parse(data)) {
        (Ok(view), Ok(profile)) => (view, profile),
        (Err(view), Err(profile)) => {
            assert_eq!((view.kind(), view.offset()), (profile.kind(), profile.offset()));
            assert_eq!(view.to_string(), profile.to_string());
            return;
        }
        (view, profile) => panic!("view {:?}, profile {:?}", view.err(), profile.err()),
    };
    assert_eq!(view.samples().len(), profile.samples().len());
    assert_eq!(view.default_value(), profile.default_value());
    for (ours, theirs) in view.samples().zip(profile.samples()) {
        assert_eq!(ours.index(), theirs.index());
        assert!(ours.values().eq(theirs.values().iter().copied()));
        assert_eq!(Some(ours.default_value()), theirs.values().get(view.default_value()).copied());
        let stack: Vec<LocationId> = ours.locations().collect();
        assert_eq!(stack, theirs.locations());
        assert_eq!(ours.leaf(), stack.first().copied());
        assert!(ours.labels().eq(theirs.labels()));
        let frames = theirs.locations().iter().flat_map(|&id| match profile.lines(id) {
            [] => vec![(id, None)],
            lines => lines.iter().map(|&line| (id, Some(line))).collect(),
        });
        // A few frames are enough: locations repeat.
        assert!(ours.frames().map(|frame| (frame.location, frame.line)).take(1000).eq(frames.take(1000)));
        for Label { key, .. } in ours.labels() {
            assert_eq!(view.string(key), profile.string(key));
        }
    }
    assert_eq!(view.sample_types(), profile.sample_types());
    assert_eq!(view.functions(), profile.functions());
    assert_eq!(view.locations(), profile.locations());
    assert_eq!(view.mappings(), profile.mappings());
    assert_eq!(view.comments(), profile.comments());
    assert_eq!((view.period(), view.period_type()), (profile.period(), profile.period_type()));
    assert_eq!(view.string_count(), profile.string_count());
    for function in view.functions() {
        assert_eq!(view.string(function.name), profile.string(function.name));
        assert_eq!(view.string(function.filename), profile.string(function.filename));
    }
}
