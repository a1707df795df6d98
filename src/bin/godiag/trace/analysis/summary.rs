//! `godiag trace summary`: everything on a page.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{
    Gc, GcReport, GoroutineGroup, Goroutines, LifetimeReport, Lifetimes, MutatorUtilization, Nanos, NetPoll,
    PollReport, ProcReport, ProcUtilization, Profiles, SchedLatency, SchedReport, Stops, StwReport, Summary,
    SyscallReport, Syscalls, TraceProfile,
};
use serde::Serialize;

/// Windows of the mutator utilization, in nanoseconds.
const WINDOWS: [i64; 3] = [1_000_000, 10_000_000, 100_000_000];

#[derive(Serialize)]
struct Report {
    /// Nanoseconds.
    duration: i64,
    goroutines: usize,
    groups: Vec<GoroutineGroup>,
    procs: ProcReport,
    sched: SchedReport,
    syscalls: SyscallReport,
    poller: PollReport,
    gc: GcReport,
    stops: StwReport,
    lifetimes: LifetimeReport,
    /// Window and minimum mutator utilization.
    mmu: Vec<(i64, f64)>,
    /// Profile and its sum in nanoseconds.
    profiles: Vec<(TraceProfile, i64)>,
    #[serde(skip)]
    summary: Summary,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = f.precision().unwrap_or(20).min(8);
        let tables: [&dyn fmt::Display; 5] =
            [&self.summary, &self.procs, &self.syscalls, &self.poller, &self.lifetimes];
        for table in tables {
            writeln!(f, "{table:.rows$}")?;
        }
        let all = &self.sched.all;
        let [p50, p99, max] = [all.quantile(0.5), all.quantile(0.99), all.max()].map(Nanos);
        writeln!(f, "Runnable before running: {} times, p50 {p50}, p99 {p99}, at most {max}", all.count())?;
        for (profile, time) in &self.profiles {
            writeln!(f, "{:>8} {}", profile.name(), Nanos(*time))?;
        }
        writeln!(f, "\n{:.1$}", self.gc, rows.min(3))?;
        writeln!(f, "{:.1$}", self.stops, rows.min(3))?;
        for (window, mmu) in &self.mmu {
            writeln!(f, "Minimum mutator utilization in {}: {mmu:.4}", Nanos(*window))?;
        }
        Ok(())
    }
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    let compat = args.common.compat();
    super::answer::print(
        &args.common,
        (
            (Goroutines::new(compat), Profiles::new(compat), MutatorUtilization::new(compat)),
            (SchedLatency::default(), Syscalls::default(), NetPoll::default(), ProcUtilization::default()),
            (Gc::default(), Stops::default(), Lifetimes::default()),
        ),
        |((summary, set, mutator), (sched, syscalls, poller, procs), (gc, stops, lifetimes))| {
            let curve = mutator.curve();
            Report {
                duration: summary.duration(),
                goroutines: summary.goroutines.len(),
                groups: summary.groups(),
                procs,
                sched,
                syscalls,
                poller,
                gc,
                stops,
                lifetimes,
                mmu: WINDOWS.map(|window| (window, curve.mmu(window))).to_vec(),
                profiles: TraceProfile::ALL.map(|profile| (profile, set.profile(profile).time())).to_vec(),
                summary,
            }
        },
        out,
    )
}
