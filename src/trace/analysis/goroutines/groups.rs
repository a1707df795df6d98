//! Goroutines, tasks and regions, grouped.

use super::summary::{GoroutineSummary, Summary};
use crate::compat::Compat;
use crate::table::{Map, SortRows};
use crate::trace::analysis::engine::GoKind;
use crate::trace::analysis::histogram::TimeHistogram;
use crate::trace::analysis::names::{StackFrame, Text};
use crate::trace::analysis::stats::ExecStats;

/// The goroutines that start at one function.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GoroutineGroup {
    /// The function. Empty for goroutines without a stack.
    pub name: Text,
    /// Their kind.
    pub kind: GoKind,
    /// How many.
    pub count: usize,
    /// How many were created within the trace.
    pub created: usize,
    /// How many ended within the trace.
    pub ended: usize,
    /// The longest life of one, in nanoseconds.
    pub max_total: i64,
    /// What they did, in total.
    pub stats: ExecStats,
}

/// The tasks of one name.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TaskGroup {
    /// The name.
    pub name: Text,
    /// How many, complete or not.
    pub count: usize,
    /// How long the complete ones took.
    pub durations: TimeHistogram,
}

/// The regions of one name whose goroutines begin at one place.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RegionGroup {
    /// The name. Empty for the tasks that goroutines inherit.
    pub name: Text,
    /// The root of the stack at which they begin; `None` if they began before the trace.
    pub root: Option<StackFrame>,
    /// How many, complete or not.
    pub count: usize,
    /// How long the complete ones took. With [`Compat::GoTool`] all of them, cut at the ends of the trace.
    pub durations: TimeHistogram,
    /// What their goroutines did within them, in total.
    pub stats: ExecStats,
}

impl Summary {
    /// The goroutines by the function at which they start, the most execution time first.
    pub fn groups(&self) -> Vec<GoroutineGroup> {
        let mut groups: Vec<GoroutineGroup> = Vec::new();
        let mut index: Map<&Text, usize> = Map::default();
        for go in &self.goroutines {
            let position = *index.entry(&go.name).or_insert_with(|| {
                groups.push(GoroutineGroup::new(go));
                groups.len() - 1
            });
            groups[position].add(go);
        }
        for group in &mut groups {
            group.stats.sort();
        }
        groups.sort_rows_by(|a, b| b.stats.exec.cmp(&a.stats.exec).then_with(|| a.name.cmp(&b.name)));
        groups
    }

    /// The tasks by name, in order of names.
    pub fn task_groups(&self) -> Vec<TaskGroup> {
        let mut groups: Vec<TaskGroup> = Vec::new();
        let mut index: Map<&Text, usize> = Map::default();
        for task in &self.tasks {
            let position = *index.entry(&task.name).or_insert_with(|| {
                groups.push(TaskGroup {
                    name: task.name.clone(),
                    count: 0,
                    durations: TimeHistogram::default(),
                });
                groups.len() - 1
            });
            groups[position].count += 1;
            if let Some(duration) = task.duration() {
                groups[position].durations.add(duration);
            }
        }
        groups.sort_rows_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    /// The regions by name and root frame, in their order.
    pub fn region_groups(&self) -> Vec<RegionGroup> {
        let mut groups: Vec<RegionGroup> = Vec::new();
        let mut index: Map<(&Text, Option<&StackFrame>), usize> = Map::default();
        for region in &self.regions {
            let root = region.stack.last();
            let position = *index.entry((&region.name, root)).or_insert_with(|| {
                let (name, root) = (region.name.clone(), root.cloned());
                let (durations, stats) = (TimeHistogram::default(), ExecStats::default());
                groups.push(RegionGroup { name, root, count: 0, durations, stats });
                groups.len() - 1
            });
            let group = &mut groups[position];
            group.count += 1;
            group.stats.add(&region.stats);
            let is_complete = region.start.is_some() && region.end.is_some();
            if is_complete || self.compat == Compat::GoTool {
                let end = region.end.unwrap_or(self.end);
                group.durations.add(end.saturating_sub(region.start.unwrap_or(self.start)));
            }
        }
        for group in &mut groups {
            group.stats.sort();
        }
        let pc = |group: &RegionGroup| group.root.as_ref().map_or(0, |root| root.pc);
        groups.sort_rows_by(|a, b| a.name.cmp(&b.name).then_with(|| pc(a).cmp(&pc(b))));
        groups
    }
}

impl GoroutineGroup {
    fn new(go: &GoroutineSummary) -> Self {
        Self {
            name: go.name.clone(),
            kind: go.kind,
            count: 0,
            created: 0,
            ended: 0,
            max_total: 0,
            stats: ExecStats::default(),
        }
    }

    fn add(&mut self, go: &GoroutineSummary) {
        self.count += 1;
        self.created += usize::from(go.is_created);
        self.ended += usize::from(go.ended.is_some());
        self.max_total = self.max_total.max(go.stats.total);
        self.stats.add(&go.stats);
    }
}
