//! A dump as a profile.

use super::dump::GoroutineDump;
use super::frame::Frame;
use crate::error::Result;
use crate::pprof::profile::{Builder, Profile};
use crate::pprof::types::{Label, LabelValue, Line, LocationId, ValueType};

impl GoroutineDump<'_> {
    /// The dump as a goroutine profile: a sample for each goroutine, with its labels, its state as the label
    /// `state`, and the minutes it has waited as the label `minutes`.
    ///
    /// # Errors
    /// None that a dump can cause; see [`Builder::finish`].
    pub fn to_profile(&self) -> Result<Profile> {
        let mut builder = Builder::new();
        let (goroutine, count) = (builder.string(b"goroutine"), builder.string(b"count"));
        let ty = ValueType::new(goroutine, count);
        builder.sample_type(ty).period(ty, 1);
        let (state, minutes) = (builder.string(b"state"), builder.string(b"minutes"));
        let (mut stack, mut lines, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for goroutine in self.goroutines() {
            let header = goroutine.header();
            labels.clear();
            for (key, value) in header.labels() {
                let (key, value) = (builder.string(&key), LabelValue::Str(builder.string(&value)));
                labels.push(Label { key, value });
            }
            labels.push(Label { key: state, value: LabelValue::Str(builder.string(header.state)) });
            if header.minutes > 0 {
                let value = i64::try_from(header.minutes).unwrap_or(i64::MAX);
                labels.push(Label { key: minutes, value: LabelValue::Num { value, unit: minutes } });
            }
            stack.clear();
            for frame in goroutine.frames() {
                push(&mut builder, &frame, &mut lines, &mut stack);
            }
            // An inlined call whose caller is cut off.
            if !lines.is_empty() {
                stack.push(builder.location(None, 0, false, &lines));
                lines.clear();
            }
            builder.sample(&stack, &[1], &labels);
        }
        builder.finish()
    }
}

/// Adds a frame: an inlined call is in the same location as the frame below it.
fn push(builder: &mut Builder, frame: &Frame<'_>, lines: &mut Vec<Line>, stack: &mut Vec<LocationId>) {
    let name = match frame.func {
        b"panic" => builder.string(b"runtime.gopanic"),
        func => builder.string(func),
    };
    let file = builder.string(frame.file);
    let function = builder.function(name, name, file, 0);
    lines.push(Line { function, line: i64::try_from(frame.line).unwrap_or(i64::MAX), column: 0 });
    if !frame.is_inlined() {
        stack.push(builder.location(None, frame.pc.unwrap_or(0), false, lines));
        lines.clear();
    }
}
