//! Goroutines of one moment, grouped by what they do: one model for dumps and goroutine profiles.

use std::borrow::Cow;

use crate::symbol::{FuncKey, FuncName, WaitClass};
use crate::table::{Map, SortRows};

/// What goroutines of one group have in common, besides the functions on their stacks and what they wait for.
///
/// ```
/// use godiag::pprof::goroutine::GroupBy;
/// let by = GroupBy::default().with_creator(true);
/// assert!(by.creator && !by.labels);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupBy {
    /// The state, in Go's words; only dumps have it.
    pub state: bool,
    /// The function that started them; only dumps have it.
    pub creator: bool,
    /// The profiler labels.
    pub labels: bool,
    /// The lines, not just the functions.
    pub lines: bool,
}

impl GroupBy {
    /// Sets whether goroutines of different states are different groups.
    #[must_use]
    pub fn with_state(mut self, state: bool) -> Self {
        self.state = state;
        self
    }

    /// Sets whether goroutines of different creators are different groups.
    #[must_use]
    pub fn with_creator(mut self, creator: bool) -> Self {
        self.creator = creator;
        self
    }

    /// Sets whether goroutines with different labels are different groups.
    #[must_use]
    pub fn with_labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// Sets whether stacks that differ only in lines are different groups.
    #[must_use]
    pub fn with_lines(mut self, lines: bool) -> Self {
        self.lines = lines;
        self
    }
}

/// The goroutines of one moment, in groups.
///
/// Frames of the runtime are left out of a group's stack, as Go's dumps leave them out, so that dumps and
/// profiles of one program agree; what a goroutine waits for follows from the whole stack.
///
/// ```
/// use godiag::pprof::{GoroutineDump, goroutine::{GroupBy, Snapshot}};
/// use godiag::symbol::WaitClass;
/// let text = "goroutine 7 [chan send]:\nmain.f()\n\t/a.go:1\n\ngoroutine 8 [chan send]:\nmain.f()\n\t/a.go:1\n";
/// let snapshot = Snapshot::of_dump(&GoroutineDump::parse(text)?, GroupBy::default());
/// assert_eq!((snapshot.total(), snapshot.groups().len()), (2, 1));
/// assert_eq!(snapshot.groups()[0].class, WaitClass::ChanSend);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub(super) by: GroupBy,
    pub(super) groups: Vec<Group>,
    pub(super) members: Vec<Member>,
}

/// A profiler label: key and value.
pub type Label = (Vec<u8>, Vec<u8>);

/// Goroutines that do the same thing. What differs among them is counted, the most frequent first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Group {
    /// How many there are.
    pub count: u64,
    /// What they wait for.
    pub class: WaitClass,
    /// How many are in each state, in Go's words; none in profiles.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy_counts"))]
    pub states: Vec<(Vec<u8>, u64)>,
    /// The stack, leaf first, without the runtime's frames unless there are no others; lines are those of the
    /// first.
    pub stack: Vec<GroupFrame>,
    /// How many each function started; none in profiles, and where the main goroutine is alone.
    pub creators: Vec<(FuncKey<'static>, u64)>,
    /// How many carry each label, as key and value.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy_pair_counts"))]
    pub labels: Vec<(Label, u64)>,
    /// How many of them the runtime found unreachable.
    pub leaked: u64,
    /// The longest wait, in whole minutes.
    pub max_minutes: u64,
    /// How many have waited for how many minutes, the longest first; those that have waited for less than a
    /// minute are left out.
    pub minutes: Vec<(u64, u64)>,
}

/// A frame of a [`Group`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GroupFrame {
    /// The function, in the form on which all outputs agree.
    pub func: FuncKey<'static>,
    /// The source file.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub file: Vec<u8>,
    /// The line, from 1; 0 where it is not known.
    pub line: u64,
}

/// One goroutine of a dump, or as many as one sample of a profile counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Member {
    /// Its number; `None` in profiles.
    pub id: Option<u64>,
    /// How many goroutines this counts for; 1 in dumps.
    pub count: u64,
    /// The index of its group in [`Snapshot::groups`].
    #[cfg_attr(feature = "serde", serde(skip))]
    pub group: usize,
    /// Its state in Go's words; empty in profiles.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub state: Vec<u8>,
    /// Whole minutes it has waited.
    pub minutes: u64,
    /// Found unreachable by the runtime.
    pub is_leaked: bool,
    /// Locked to its thread.
    pub is_locked: bool,
    /// The function that started it; `None` in profiles.
    pub creator: Option<FuncKey<'static>>,
    /// The goroutine that started it.
    pub parent: Option<u64>,
    /// Its profiler labels.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy_pairs"))]
    pub labels: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Snapshot {
    /// How many goroutines there are.
    pub fn total(&self) -> u64 {
        self.groups.iter().fold(0, |sum, group| sum.saturating_add(group.count))
    }

    /// The groups, the largest first; equal ones in the order of their first goroutine.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Every goroutine, in the order of the input.
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}

impl Group {
    /// Takes in `other`, which is of the same moment.
    pub(super) fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.leaked = self.leaked.saturating_add(other.leaked);
        self.max_minutes = self.max_minutes.max(other.max_minutes);
        add_counts(&mut self.states, &other.states);
        add_counts(&mut self.creators, &other.creators);
        add_counts(&mut self.labels, &other.labels);
        add_counts(&mut self.minutes, &other.minutes);
        self.minutes.sort_rows_by_key(|&(minutes, _)| std::cmp::Reverse(minutes));
    }

    /// Goes on as `other`, which is of a later moment. What its form does not say is kept.
    pub(super) fn follow(&mut self, other: &Self) {
        let before = std::mem::replace(self, other.clone());
        if self.states.is_empty() {
            (self.states, self.creators) = (before.states, before.creators);
            (self.minutes, self.max_minutes) = (before.minutes, before.max_minutes);
        }
        if self.class == WaitClass::Unknown {
            self.class = before.class;
        }
    }

    /// The innermost frame of the program's own code, as [`FuncName::is_user`] has it, or else the outermost
    /// frame.
    pub fn own_frame(&self) -> Option<&GroupFrame> {
        let is_own = |frame: &&GroupFrame| FuncName::parse(frame.func.as_bytes()).is_user();
        self.stack.iter().find(is_own).or_else(|| self.stack.last())
    }

    /// They wait for the next thing to do, as servers and pools normally do: a connection to accept, the next
    /// request on a kept connection, the runtime's own work.
    pub fn is_idle(&self) -> bool {
        matches!(self.class, WaitClass::HttpIdleConn | WaitClass::NetAccept | WaitClass::System)
    }

    /// What the group is called in one line.
    pub fn title(&self) -> Cow<'_, str> {
        self.own_frame().map_or(Cow::Borrowed("(no stack)"), |frame| Cow::Owned(frame.func.to_string()))
    }
}

/// Adds up what is counted twice; the most frequent come first.
fn add_counts<T: Clone + Ord + std::hash::Hash>(counts: &mut Vec<(T, u64)>, other: &[(T, u64)]) {
    let mut sums: Map<T, u64> = counts.drain(..).collect();
    for (value, count) in other {
        let sum = sums.entry(value.clone()).or_default();
        *sum = sum.saturating_add(*count);
    }
    counts.extend(sums);
    sort_counts(counts);
}

/// Puts the most frequent first; equal ones in their own order.
pub(super) fn sort_counts<T: Ord>(counts: &mut [(T, u64)]) {
    counts.sort_rows_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}
