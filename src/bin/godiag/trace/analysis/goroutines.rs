//! `godiag trace goroutines`: what each group of goroutines did with its time.

use std::fmt;
use std::io::Write;

use godiag::trace::GoId;
use godiag::trace::analysis::{GoroutineGroup, Goroutines, SpanIndex, Spans, Summary};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    groups: Vec<GoroutineGroup>,
    #[serde(flatten)]
    summary: Summary,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary.fmt(f)
    }
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
    /// Print the critical path of this goroutine instead: whose time explains its waits
    #[arg(long, value_name = "GOROUTINE")]
    path: Option<u64>,
    /// Begin the path this many nanoseconds after the trace does
    #[arg(long, value_name = "NS", requires = "path")]
    from: Option<i64>,
    /// End the path this many nanoseconds after the trace begins
    #[arg(long, value_name = "NS", requires = "path")]
    to: Option<i64>,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    let goroutines = Goroutines::new(args.common.compat());
    if let Some(id) = args.path {
        let id = GoId::new(id.try_into().unwrap_or(i64::MAX));
        let path = |(index, summary): (SpanIndex, Summary)| {
            let time = |offset: Option<i64>| offset.map(|offset| summary.start.saturating_add(offset));
            let (created, ended) =
                summary.goroutine(id).map_or((summary.start, None), |go| (go.created, go.ended));
            let end = time(args.to).unwrap_or(ended.unwrap_or(summary.end)).min(summary.end);
            index.critical_path(id, time(args.from).unwrap_or(created), end)
        };
        return super::answer::print(&args.common, (Spans::default(), goroutines), path, out);
    }
    super::answer::print(
        &args.common,
        goroutines,
        |summary| Report { groups: summary.groups(), summary },
        out,
    )
}
