//! The wait class of each reason and stack, found once.

use super::span::Ender;
use crate::intern::Map;
use crate::symbol::WaitClass;
use crate::trace::{StackId, StringId, Tables};

/// Remembers what was found for each stack.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// By stack, for the reason that was seen with it first.
    first: Vec<Option<(StringId, WaitClass)>>,
    others: Map<(StackId, StringId), WaitClass>,
    /// By stack: whether `context` cancels there.
    cancels: Vec<Option<bool>>,
    gosched: Option<(StringId, bool)>,
}

impl Classes {
    /// The class of a wait for `reason` at `stack`, ended by `ender`.
    pub(super) fn of(
        &mut self,
        reason: StringId,
        stack: StackId,
        ender: &Ender,
        is_open: bool,
        tables: &Tables,
    ) -> WaitClass {
        let class = self.at_entry(reason, stack, tables);
        if is_open || !matches!(class, WaitClass::ChanRecv | WaitClass::Select) {
            return class;
        }
        let by_scheduler = ender.goroutine.is_none();
        if self.cancels(ender.stack, tables) {
            WaitClass::ContextDone
        } else {
            class.ended_by(by_scheduler, [""; 0])
        }
    }

    fn at_entry(&mut self, reason: StringId, stack: StackId, tables: &Tables) -> WaitClass {
        let classify = || WaitClass::of(tables.string(reason), functions(stack, tables));
        match slot(&mut self.first, stack, tables) {
            Some((first, class)) if *first == reason => *class,
            Some(_) => *self.others.entry((stack, reason)).or_insert_with(classify),
            none => none.insert((reason, classify())).1,
        }
    }

    fn cancels(&mut self, waker: StackId, tables: &Tables) -> bool {
        let ends = || WaitClass::Select.ended_by(false, functions(waker, tables)) == WaitClass::ContextDone;
        *slot(&mut self.cancels, waker, tables).get_or_insert_with(ends)
    }

    /// Whether a goroutine that stopped for `reason` yielded.
    pub(super) fn is_gosched(&mut self, reason: StringId, tables: &Tables) -> bool {
        match self.gosched {
            Some((known, answer)) if known == reason => answer,
            _ => self.gosched.insert((reason, tables.string(reason) == b"runtime.Gosched")).1,
        }
    }
}

fn functions(stack: StackId, tables: &Tables) -> impl Iterator<Item = &[u8]> + Clone {
    tables.stack_frames(stack).iter().map(|&frame| tables.string(tables.frame(frame).function))
}

/// The place for a stack in a table beside the stacks, which grows as they do.
fn slot<'a, T: Clone>(table: &'a mut Vec<Option<T>>, stack: StackId, tables: &Tables) -> &'a mut Option<T> {
    let at = stack.index().min(tables.stack_count());
    if at >= table.len() {
        table.resize(at + 1, None);
    }
    &mut table[at]
}
