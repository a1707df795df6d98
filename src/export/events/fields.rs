//! The fields of an event in JSON: which event has which, and its value.

use super::stacks::Stacks;
use crate::trace::{
    AllocFreeEvent, ClockSnapshot, Event, EventKind, ExperimentBatches, GoState, RangeName, Resource,
    StackId, StringId, Tables,
};

/// An event and what its fields are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) event: &'a Event,
    pub(super) tables: &'a Tables,
    pub(super) experiments: &'a [ExperimentBatches],
    pub(super) stacks: Stacks,
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Unsigned(u64),
    Signed(i64),
    Word(&'a str),
    String(StringId),
    RangeName(RangeName),
    Resource(Resource),
    Clock(ClockSnapshot),
    Stack(StackId),
    /// Bytes swept and reclaimed, where the range has them.
    Sweep(Option<(u64, u64)>),
    Arguments(AllocFreeEvent, [u64; 3]),
    /// Batches of experiments.
    Experiments(&'a [ExperimentBatches]),
}

/// Finds a field's value; none where the event has no such field.
type Find = for<'a> fn(&Source<'a>) -> Option<Value<'a>>;

/// All fields in the order in which they are written, that of their names.
pub(super) const FIELDS: [(&str, Find); 27] = [
    ("args", |source| match source.event.kind {
        EventKind::Experimental { event, args } => Some(Value::Arguments(event, args)),
        _ => None,
    }),
    ("attr", |source| match source.event.kind {
        EventKind::RangeEnd { name: RangeName::Sweep, swept, reclaimed } => {
            Some(Value::Sweep(Some((swept, reclaimed))))
        }
        EventKind::RangeEnd { .. } => Some(Value::Sweep(None)),
        _ => None,
    }),
    ("cat", |source| match source.event.kind {
        EventKind::Log(log) => Some(Value::String(log.category)),
        _ => None,
    }),
    ("clock", |source| match source.event.kind {
        EventKind::Sync { clock, .. } => clock.map(Value::Clock),
        _ => None,
    }),
    ("exp", |source| match source.event.kind {
        EventKind::Experimental { .. } => Some(Value::Word("AllocFree")),
        EventKind::Sync { .. } => Some(Value::Experiments(source.experiments)),
        _ => None,
    }),
    ("from", |source| match source.event.kind {
        EventKind::GoTransition(transition) => Some(Value::Word(transition.from.name())),
        EventKind::ProcTransition(transition) => Some(Value::Word(transition.from.name())),
        _ => None,
    }),
    ("g", |source| Some(Value::Signed(source.event.goroutine.raw()))),
    ("id", |source| match source.event.kind {
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => Some(Value::Unsigned(task.id.0)),
        _ => None,
    }),
    ("k", |source| Some(Value::Word(source.event.kind.name()))),
    ("label", |source| match source.event.kind {
        EventKind::Label(label) => Some(Value::String(label)),
        _ => None,
    }),
    ("m", |source| Some(Value::Signed(source.event.thread.raw()))),
    ("msg", |source| match source.event.kind {
        EventKind::Log(log) => Some(Value::String(log.message)),
        _ => None,
    }),
    ("n", |source| match source.event.kind {
        EventKind::Sync { n, .. } => Some(Value::Unsigned(n.into())),
        _ => None,
    }),
    ("name", |source| match source.event.kind {
        EventKind::Metric { metric, .. } => Some(Value::Word(metric.name())),
        EventKind::Experimental { event, .. } => Some(Value::Word(event.name())),
        _ => source.event.range().map(|range| Value::RangeName(range.name)),
    }),
    ("nstk", |source| count(stack(source.event)?, source)),
    ("ntstk", |source| count(transition_stack(source.event)?, source)),
    ("p", |source| Some(Value::Signed(source.event.proc.raw()))),
    ("parent", |source| match source.event.kind {
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => Some(Value::Unsigned(task.parent.0)),
        _ => None,
    }),
    ("reason", |source| match source.event.kind {
        EventKind::GoTransition(transition) => Some(Value::String(transition.reason)),
        EventKind::ProcTransition(_) => Some(Value::Word("")),
        _ => None,
    }),
    ("res", |source| match source.event.kind {
        EventKind::GoTransition(transition) => {
            Some(Value::Resource(Resource::Goroutine(transition.goroutine)))
        }
        EventKind::ProcTransition(transition) => Some(Value::Resource(Resource::Proc(transition.proc))),
        EventKind::Label(_) => Some(Value::Resource(Resource::Goroutine(source.event.goroutine))),
        _ => source.event.range().map(|range| Value::Resource(range.scope)),
    }),
    ("stk", |source| frames(stack(source.event)?, source)),
    ("t", |source| Some(Value::Signed(source.event.time))),
    ("task", |source| match source.event.kind {
        EventKind::RegionBegin(region) | EventKind::RegionEnd(region) => Some(Value::Unsigned(region.task.0)),
        EventKind::Log(log) => Some(Value::Unsigned(log.task.0)),
        _ => None,
    }),
    ("to", |source| match source.event.kind {
        EventKind::GoTransition(transition) => Some(Value::Word(transition.to.name())),
        EventKind::ProcTransition(transition) => Some(Value::Word(transition.to.name())),
        _ => None,
    }),
    ("tstk", |source| frames(transition_stack(source.event)?, source)),
    ("type", |source| match source.event.kind {
        EventKind::TaskBegin(task) | EventKind::TaskEnd(task) => Some(Value::String(task.name)),
        EventKind::RegionBegin(region) | EventKind::RegionEnd(region) => Some(Value::String(region.name)),
        _ => None,
    }),
    ("v", |source| match source.event.kind {
        EventKind::Metric { value, .. } => Some(Value::Unsigned(value)),
        _ => None,
    }),
];

/// The stack of the event's context. A CPU sample always has one, if only of no frames, as in Go.
fn stack(event: &Event) -> Option<StackId> {
    let has_stack = !event.stack.is_none() || matches!(event.kind, EventKind::StackSample);
    has_stack.then_some(event.stack)
}

/// The stack of the goroutine that changes its state. One that is created always has one, as in Go.
fn transition_stack(event: &Event) -> Option<StackId> {
    let EventKind::GoTransition(transition) = event.kind else { return None };
    let is_created = transition.from == GoState::NotExist && transition.to != GoState::Syscall;
    (!transition.stack.is_none() || is_created).then_some(transition.stack)
}

fn count<'a>(stack: StackId, source: &Source<'a>) -> Option<Value<'a>> {
    let frames = source.tables.stack_frames(stack).len() as u64;
    (source.stacks == Stacks::Counts).then_some(Value::Unsigned(frames))
}

fn frames<'a>(stack: StackId, source: &Source<'a>) -> Option<Value<'a>> {
    (source.stacks == Stacks::Frames).then_some(Value::Stack(stack))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_the_order_of_their_names() {
        assert!(FIELDS.is_sorted_by_key(|(name, _)| *name));
    }
}
