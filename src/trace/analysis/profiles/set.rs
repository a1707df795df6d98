//! The result: time by stack, and the profiles cut from it.

use super::kind::TraceProfile;
use crate::compat::Compat;
use crate::symbol::WaitClass;
use crate::table::{Map, SortRows};
use crate::trace::GoState;
use crate::trace::analysis::names::Stack;
use crate::trace::analysis::stats::{grow, total};

/// How many frames Go's tool compares to decide whether two stacks are the same.
const GO_TOOL_DEPTH: usize = 128;

/// Where goroutines spent their time: how often and how long, by stack, state and wait class.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProfileSet {
    /// Whose figures these are.
    pub compat: Compat,
    /// When the trace begins.
    pub start: i64,
    /// How long it is, in nanoseconds.
    pub duration: i64,
    /// The cells, the most time first.
    pub cells: Vec<ProfileCell>,
}

/// The time spent in one state at one stack.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProfileCell {
    /// Where.
    pub stack: Stack,
    /// The state.
    #[cfg_attr(feature = "serde", serde(serialize_with = "state_name"))]
    pub state: GoState,
    /// The class of the wait, if the goroutine waited.
    pub class: WaitClass,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) is_net: bool,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) is_sync: bool,
    /// How often.
    pub count: u64,
    /// How long in all, in nanoseconds.
    pub time: i64,
    /// The longest time.
    pub max: i64,
    /// How many of them did not end within the trace.
    pub open: u64,
    /// How long those lasted.
    pub open_time: i64,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) last: i64,
}

#[cfg(feature = "serde")]
fn state_name<S: serde::Serializer>(state: &GoState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.name())
}

impl ProfileCell {
    fn is_in(&self, profile: TraceProfile, compat: Compat) -> bool {
        let go_tool = compat == Compat::GoTool;
        match (profile, self.state) {
            (TraceProfile::Net, GoState::Waiting) if go_tool => self.is_net,
            (TraceProfile::Sync, GoState::Waiting) if go_tool => self.is_sync,
            (TraceProfile::Net, GoState::Waiting) => self.class.is_io(),
            (TraceProfile::Sync, GoState::Waiting) => self.class.is_sync(),
            (TraceProfile::Syscall, GoState::Syscall) | (TraceProfile::Sched, GoState::Runnable) => true,
            (TraceProfile::OffCpu, state) => state != GoState::Running,
            (TraceProfile::Wall, _) => true,
            _ => false,
        }
    }
}

/// One profile: records by stack.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StackProfile {
    /// Which profile.
    pub profile: TraceProfile,
    /// The records, the most time first.
    pub records: Vec<ProfileRecord>,
}

/// How often and how long at one stack.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProfileRecord {
    /// Where.
    pub stack: Stack,
    /// For [`TraceProfile::OffCpu`] and [`TraceProfile::Wall`]: `running`, `runnable`, `syscall`, or the wait
    /// class. Empty for the others.
    pub what: &'static str,
    /// How often.
    pub count: u64,
    /// How long, in nanoseconds.
    pub time: i64,
}

impl ProfileSet {
    pub(super) fn new(compat: Compat, start: i64, duration: i64, mut cells: Vec<ProfileCell>) -> Self {
        cells.sort_rows_by_key(|cell| std::cmp::Reverse(cell.time));
        Self { compat, start, duration, cells }
    }

    /// One profile.
    pub fn profile(&self, profile: TraceProfile) -> StackProfile {
        let is_whole = matches!(profile, TraceProfile::OffCpu | TraceProfile::Wall);
        let mut records: Vec<ProfileRecord> = Vec::new();
        let mut index: Map<(Vec<u64>, &'static str), (usize, i64)> = Map::default();
        // Cells without time are left out, as in Go's tool.
        for cell in self.cells.iter().filter(|cell| cell.time > 0 && cell.is_in(profile, self.compat)) {
            let what = if is_whole { what(cell) } else { "" };
            let next = (records.len(), cell.last);
            let (position, last) = index.entry((self.stack_key(&cell.stack), what)).or_insert(next);
            let Some(record) = records.get_mut(*position) else {
                records.push(ProfileRecord {
                    stack: self.cut(&cell.stack),
                    what,
                    count: cell.count,
                    time: cell.time,
                });
                continue;
            };
            record.count += cell.count;
            grow(&mut record.time, cell.time);
            if cell.last > *last {
                (record.stack, *last) = (self.cut(&cell.stack), cell.last);
            }
        }
        records.sort_rows_by_key(|record| std::cmp::Reverse(record.time));
        StackProfile { profile, records }
    }

    /// The key by which two stacks are the same. Go's tool compares that many program counters, padded with
    /// 0.
    fn stack_key(&self, stack: &Stack) -> Vec<u64> {
        let mut pcs: Vec<u64> = self.cut(stack).iter().map(|frame| frame.pc).collect();
        if self.compat == Compat::GoTool {
            while pcs.last() == Some(&0) {
                pcs.pop();
            }
        }
        pcs
    }

    /// The part of the stack that is compared.
    fn cut(&self, stack: &Stack) -> Stack {
        match self.compat {
            Compat::GoTool if stack.len() > GO_TOOL_DEPTH => {
                stack.iter().take(GO_TOOL_DEPTH).cloned().collect()
            }
            _ => stack.clone(),
        }
    }

    /// The cells of waiting goroutines: the blocking report.
    pub fn waits(&self) -> impl Iterator<Item = &ProfileCell> {
        self.cells.iter().filter(|cell| cell.state == GoState::Waiting)
    }
}

fn what(cell: &ProfileCell) -> &'static str {
    match cell.state {
        GoState::Running => "running",
        GoState::Runnable => "runnable",
        GoState::Syscall => "syscall",
        _ => cell.class.name(),
    }
}

impl StackProfile {
    /// The sum of all counts.
    pub fn count(&self) -> u64 {
        self.records.iter().map(|record| record.count).sum()
    }

    /// The sum of all times, in nanoseconds.
    pub fn time(&self) -> i64 {
        total(self.records.iter().map(|record| record.time))
    }
}
