//! The wait class of each reason and stack, found once.

use super::span::{Cause, Span};
use super::stack_table::StackTable;
use crate::symbol::WaitClass;
use crate::trace::{GoState, StackId, StringId, Tables};

/// Remembers what was found for each stack.
#[derive(Debug, Default)]
pub(super) struct Classes {
    by_reason: StackTable<StringId, Option<(WaitClass, bool)>>,
    /// Whether `context` cancels there.
    cancels: StackTable<(), Option<bool>>,
    gosched: Option<(StringId, bool)>,
}

impl Classes {
    /// Finds what kind of wait a span is, and whether a goroutine that stopped yielded.
    #[inline(always)]
    pub(super) fn classify(&mut self, span: &mut Span, tables: &Tables) {
        if span.cause == Cause::Preempted && self.is_gosched(span.reason, tables) {
            span.cause = Cause::Gosched;
        }
        if span.state == GoState::Waiting {
            (span.class, span.is_poll) = self.of(span, tables);
        }
    }

    /// The class of a wait, and whether it is for the network poller.
    fn of(&mut self, span: &Span, tables: &Tables) -> (WaitClass, bool) {
        let (class, is_poll) = self.at_entry(span.reason, span.stack, tables);
        if span.is_open_end || !matches!(class, WaitClass::ChanRecv | WaitClass::Select) {
            return (class, is_poll);
        }
        let by_scheduler = span.ender.goroutine.is_none();
        let cancels = self.cancels(span.ender.stack, tables);
        (if cancels { WaitClass::ContextDone } else { class.ended_by(by_scheduler, [""; 0]) }, is_poll)
    }

    fn at_entry(&mut self, reason: StringId, stack: StackId, tables: &Tables) -> (WaitClass, bool) {
        let classify = || {
            let word = tables.string(reason);
            let class = WaitClass::of(word, functions(stack, tables));
            let polls =
                word.is_empty() && functions(stack, tables).any(|name| name == b"runtime.netpollblock");
            (class, polls || word == b"network")
        };
        *self.by_reason.at(stack, reason, tables.stack_count()).get_or_insert_with(classify)
    }

    fn cancels(&mut self, waker: StackId, tables: &Tables) -> bool {
        let ends = || WaitClass::Select.ended_by(false, functions(waker, tables)) == WaitClass::ContextDone;
        *self.cancels.at(waker, (), tables.stack_count()).get_or_insert_with(ends)
    }

    /// Whether a goroutine that stopped for `reason` yielded.
    fn is_gosched(&mut self, reason: StringId, tables: &Tables) -> bool {
        match self.gosched {
            Some((known, answer)) if known == reason => answer,
            _ => self.gosched.insert((reason, tables.string(reason) == b"runtime.Gosched")).1,
        }
    }
}

fn functions(stack: StackId, tables: &Tables) -> impl Iterator<Item = &[u8]> + Clone {
    tables.stack_frames(stack).iter().map(|&frame| tables.string(tables.frame(frame).function))
}
