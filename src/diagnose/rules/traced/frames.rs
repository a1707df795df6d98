//! From stacks to functions and places.

use crate::diagnose::finding::{Place, Subject};
use crate::symbol::{FuncKey, FuncName, name_matches};
use crate::trace::analysis::Context;
use crate::trace::{Frame, FrameId, StackId};

/// The innermost frame of the program's own code, or of all if none is its own. `None` without a stack.
pub(super) fn own_frame(cx: &Context<'_>, stack: StackId) -> Option<Frame> {
    let tables = cx.tables();
    let is_own = |frame: &Frame| FuncName::parse(tables.string(frame.function)).is_user();
    tables.stack(stack).find(is_own).or_else(|| tables.stack(stack).next())
}

/// The id of [`own_frame`].
pub(super) fn own_frame_id(cx: &Context<'_>, stack: StackId) -> Option<FrameId> {
    let tables = cx.tables();
    let frames = tables.stack_frames(stack);
    let is_own = |id: &&FrameId| FuncName::parse(tables.string(tables.frame(**id).function)).is_user();
    frames.iter().find(is_own).or(frames.first()).copied()
}

/// The function of a frame.
pub(super) fn key(cx: &Context<'_>, frame: &Frame) -> FuncKey<'static> {
    FuncName::parse(cx.string(frame.function)).key().into_owned()
}

/// Where a frame is.
pub(super) fn place(cx: &Context<'_>, frame: &Frame) -> Place {
    Place::new(cx.string(frame.file), frame.line)
}

/// What a stack is about: the innermost function of the program's own code.
pub(super) fn subject(cx: &Context<'_>, stack: StackId) -> Subject {
    own_frame(cx, stack)
        .map_or_else(Subject::program, |frame| Subject::function(key(cx, &frame), Some(place(cx, &frame))))
}

/// A stack in one line: the innermost function, and the program's own with its place where that is another.
pub(super) fn one_line(cx: &Context<'_>, stack: StackId) -> String {
    let Some(leaf) = cx.tables().stack(stack).next() else { return "no stack".to_owned() };
    let own = own_frame(cx, stack).unwrap_or(leaf);
    let place = place(cx, &own);
    if own.function == leaf.function {
        return format!("{} at {place}", key(cx, &leaf));
    }
    format!("{} in {} at {place}", key(cx, &leaf), key(cx, &own))
}

/// Whether a function of the stack is called `name`, or begins with it where that ends in `*`.
pub(super) fn calls(cx: &Context<'_>, stack: StackId, name: &str) -> bool {
    cx.functions(stack).any(|function| name_matches(name, function))
}

/// Whether a stack is that of recording a profile or a trace.
pub(super) fn records(cx: &Context<'_>, stack: StackId) -> bool {
    const RECORDERS: [&str; 4] =
        ["runtime/pprof.*", "runtime/trace.*", "net/http/pprof.*", "runtime.traceStart*"];
    RECORDERS.iter().any(|name| calls(cx, stack, name))
}
