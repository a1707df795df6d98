//! Where goroutines spend their time when they do not run, by stack: the four profiles of `go tool trace
//! -pprof`, and two more.
//!
//! With [`Compat::GoTool`] the four are equal to those of Go 1.27.3 (`cmd/trace/pprof.go`), defects included:
//! * nothing counts that happened to a goroutine before it first ran, so creation is never a scheduler delay;
//! * a scheduler delay that follows a wake-up has the stack of the waker, and none if that was the scheduler;
//! * waits that do not end within the trace are left out, such as leaks; so are those that began before it;
//! * the goroutines that record the trace are part of it.
//!
//! With [`Compat::Correct`] everything within the trace counts, except the tracer, at the delayed goroutine's
//! own stack; and waits belong to a profile by their [class](crate::symbol::WaitClass), so that `sync` is
//! free of the runtime's semaphores.

mod kind;
mod set;

pub use kind::TraceProfile;
pub use set::{ProfileCell, ProfileRecord, ProfileSet, StackProfile};

use super::engine::{Analysis, Context, GoKind, MAX_UNNAMED, Span, StackTable};
use super::names::Names;
use super::stats::grow;
use crate::compat::Compat;
use crate::symbol::WaitClass;
use crate::trace::{GoState, StackId, StringId};

/// At whose stack a time counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StackOf {
    /// That of the goroutine itself.
    #[default]
    Entry,
    /// That of its waker, for scheduler delays after a wake-up.
    Waker,
}

/// The key of a cell, apart from its stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Tag {
    state: GoState,
    class: WaitClass,
    /// The profile in which Go's tool counts the reason.
    word: Word,
}

/// The profile that Go's tool finds for a wait, by the words in its reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Word {
    #[default]
    None,
    Net,
    Sync,
}

impl Word {
    fn of(reason: &[u8]) -> Self {
        let has = |word: &[u8]| memchr::memmem::find(reason, word).is_some();
        match reason {
            b"network" => Self::Net,
            _ if has(b"chan") || has(b"sync") || has(b"select") => Self::Sync,
            _ => Self::None,
        }
    }
}

/// Time by stack, so far.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    count: u64,
    time: i64,
    max: i64,
    open: u64,
    open_time: i64,
    /// When time was last added.
    last: i64,
}

/// Sums up where goroutines spend their time, by stack; returns a [`ProfileSet`], which holds all profiles.
///
/// # Cost
/// One lookup per span. Memory is proportional to the distinct stacks.
#[derive(Debug, Default)]
pub struct Profiles {
    compat: Compat,
    stack_of: StackOf,
    has_system: bool,
    cells: StackTable<Tag, Cell>,
    /// By reason.
    words: Vec<Option<Word>>,
    /// What Go's tool counts only if the goroutine never runs.
    if_never_run: Vec<(Span, Tag)>,
    /// Spans of goroutines without a stack so far: a later stack may make them the runtime's.
    unnamed: Vec<Span>,
}

impl Profiles {
    /// The profiles of `compat`.
    pub fn new(compat: Compat) -> Self {
        Self { compat, ..Self::default() }
    }

    /// Sets at whose stack scheduler delays count. Go's tool always takes that of the waker.
    #[must_use]
    pub fn with_stack_of(mut self, stack_of: StackOf) -> Self {
        self.stack_of = stack_of;
        self
    }

    /// Sets whether goroutines of the runtime and the tracer count. By default they do not; in Go's tool they
    /// always do.
    #[must_use]
    pub fn with_system(mut self, has_system: bool) -> Self {
        self.has_system = has_system;
        self
    }

    fn word(&mut self, reason: StringId, cx: &Context<'_>) -> Word {
        let index = reason.index().min(cx.tables().string_count());
        if index >= self.words.len() {
            self.words.resize(index + 1, None);
        }
        *self.words[index].get_or_insert_with(|| Word::of(cx.string(reason)))
    }

    fn add(&mut self, stack: StackId, tag: Tag, time: i64, is_open: bool, cx: &Context<'_>) {
        let cell = self.cells.at(stack, tag, cx.tables().stack_count());
        cell.count += 1;
        grow(&mut cell.time, time);
        cell.max = cell.max.max(time);
        cell.last = cx.now();
        if is_open {
            cell.open += 1;
            grow(&mut cell.open_time, time);
        }
    }

    fn add_correct(&mut self, span: &Span, cx: &Context<'_>) {
        if !self.has_system && cx.goroutine(span.goroutine).kind.is_system() {
            return;
        }
        let stack = match span.state {
            GoState::Running if span.ender.goroutine == cx.goroutine(span.goroutine).id => span.ender.stack,
            GoState::Runnable if self.stack_of == StackOf::Waker => span.event_stack,
            _ => span.stack,
        };
        let tag = Tag { state: span.state, class: span.class, word: Word::None };
        self.add(stack, tag, span.duration(), span.is_open_end, cx);
    }

    fn add_as_go_tool(&mut self, span: &Span, cx: &Context<'_>) {
        if span.is_open_end || !matches!(span.state, GoState::Waiting | GoState::Runnable | GoState::Syscall)
        {
            return;
        }
        let word = if span.state == GoState::Waiting { self.word(span.reason, cx) } else { Word::None };
        if span.state == GoState::Waiting && word == Word::None {
            return;
        }
        let tag = Tag { state: span.state, class: WaitClass::Unknown, word };
        match cx.goroutine(span.goroutine).first_run {
            None => self.if_never_run.push((*span, tag)),
            Some(ran) if ran <= span.seen => {
                self.add(span.event_stack, tag, span.end.saturating_sub(span.seen), false, cx);
            }
            Some(_) => {}
        }
    }
}

impl Analysis for Profiles {
    type Output = ProfileSet;

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        if self.compat == Compat::GoTool {
            return self.add_as_go_tool(span, cx);
        }
        match cx.goroutine(span.goroutine).kind {
            GoKind::Unnamed if self.unnamed.len() < MAX_UNNAMED => self.unnamed.push(*span),
            _ => self.add_correct(span, cx),
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> ProfileSet {
        for span in std::mem::take(&mut self.unnamed) {
            self.add_correct(&span, cx);
        }
        for (span, tag) in std::mem::take(&mut self.if_never_run) {
            if cx.goroutine(span.goroutine).first_run.is_none() {
                self.add(span.event_stack, tag, span.end.saturating_sub(span.seen), false, cx);
            }
        }
        let mut names = Names::new(cx.tables());
        let mut cells = Vec::new();
        for (stack, tag, cell) in self.cells.into_entries() {
            cells.push(ProfileCell {
                stack: names.stack(stack),
                state: tag.state,
                class: tag.class,
                is_net: tag.word == Word::Net,
                is_sync: tag.word == Word::Sync,
                count: cell.count,
                time: cell.time,
                max: cell.max,
                open: cell.open,
                open_time: cell.open_time,
                last: cell.last,
            });
        }
        ProfileSet::new(self.compat, cx.start(), cx.elapsed(), cells)
    }
}
