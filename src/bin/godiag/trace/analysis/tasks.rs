//! `godiag trace tasks`: tasks, regions and logs of the program.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{Goroutines, RegionGroup, Summary, TaskGroup, UserRegion, UserTask};
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
    common: super::Common,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::Result {
    super::answer(&args.common, Goroutines::new(args.common.compat()), Report::new, out)
}
