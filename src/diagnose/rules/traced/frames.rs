//! From stacks to functions and places.

use crate::diagnose::finding::{Place, Subject};
use crate::symbol::{FuncKey, FuncName};
use crate::trace::analysis::Context;
use crate::trace::{Frame, StackId};

/// The innermost frame of the user's; the innermost of all where there is none. `None` without a stack.
pub(super) fn own_frame(cx: &Context<'_>, stack: StackId) -> Option<Frame> {
    let tables = cx.tables();
    let is_own = |frame: &Frame| FuncName::parse(tables.string(frame.function)).is_user();
    tables.stack(stack).find(is_own).or_else(|| tables.stack(stack).next())
}

/// The function of a frame.
pub(super) fn key(cx: &Context<'_>, frame: &Frame) -> FuncKey<'static> {
    FuncName::parse(cx.string(frame.function)).key().into_owned()
}

/// Where a frame is.
pub(super) fn place(cx: &Context<'_>, frame: &Frame) -> Place {
    Place::new(cx.string(frame.file), frame.line)
}

/// The subject that a stack makes: the user's innermost function.
pub(super) fn subject(cx: &Context<'_>, stack: StackId) -> Subject {
    own_frame(cx, stack)
        .map_or_else(Subject::program, |frame| Subject::function(key(cx, &frame), Some(place(cx, &frame))))
}

/// A stack in one line: the innermost function, and the user's with its place where that is another.
pub(super) fn one_line(cx: &Context<'_>, stack: StackId) -> String {
    let Some(leaf) = cx.tables().stack(stack).next() else { return "no stack".to_owned() };
    let own = own_frame(cx, stack).unwrap_or(leaf);
    let at = place(cx, &own);
    if own.function == leaf.function {
        return format!("{} at {at}", key(cx, &leaf));
    }
    format!("{} in {} at {at}", key(cx, &leaf), key(cx, &own))
}

/// Whether a function of the stack is called `name`, or begins with it where that ends in `*`.
pub(super) fn calls(cx: &Context<'_>, stack: StackId, name: &str) -> bool {
    let mut functions = cx.functions(stack);
    match name.strip_suffix('*') {
        Some(prefix) => functions.any(|function| function.starts_with(prefix.as_bytes())),
        None => functions.any(|function| function == name.as_bytes()),
    }
}
