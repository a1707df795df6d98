//! `godiag trace tasks`: tasks, regions and logs of the program.

use std::fmt;
use std::io::Write;

use godiag::trace::TaskId;
use godiag::trace::analysis::{
    CriticalPath, Goroutines, RegionGroup, SpanIndex, Spans, Summary, TaskGroup, UserRegion, UserTask,
};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    task_groups: Vec<TaskGroup>,
    region_groups: Vec<RegionGroup>,
    tasks: Vec<UserTask>,
    regions: Vec<UserRegion>,
    left_out: u64,
    #[serde(skip)]
    text: Summary,
}

impl Report {
    fn new(mut summary: Summary) -> Self {
        let (task_groups, region_groups) = (summary.task_groups(), summary.region_groups());
        summary.goroutines.clear();
        let (tasks, regions) = (summary.tasks.clone(), summary.regions.clone());
        Self { task_groups, region_groups, tasks, regions, left_out: summary.left_out, text: summary }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.write_tasks(f.precision().unwrap_or(20), f)
    }
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
    /// Print the critical path of the task with this number instead
    #[arg(long, value_name = "TASK")]
    path: Option<u64>,
    /// Print the critical path of the longest region of this name instead
    #[arg(long, value_name = "NAME", conflicts_with = "path")]
    region: Option<String>,
}

impl Args {
    /// The path asked for; `None` if its task or region does not begin and end within the trace.
    fn critical_path(&self, index: &SpanIndex, summary: &Summary) -> Option<CriticalPath> {
        if let Some(id) = self.path {
            return index.critical_path_of(summary.task(TaskId(id))?);
        }
        let name = self.region.as_deref()?;
        let regions = summary.regions.iter().filter(|region| region.name == *name && !region.is_inherited);
        let longest =
            regions.filter(|region| region.start.is_some()).max_by_key(|r| Some(r.end? - r.start?))?;
        index.critical_path_of_region(longest)
    }
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    let goroutines = Goroutines::new(args.common.compat());
    if args.path.is_none() && args.region.is_none() {
        return super::answer::print(&args.common, goroutines, Report::new, out);
    }
    let path =
        |(index, summary): (SpanIndex, Summary)| args.critical_path(&index, &summary).unwrap_or_default();
    super::answer::print(&args.common, (Spans::default(), goroutines), path, out)
}
