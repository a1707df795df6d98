//! `godiag trace summary | budget | goroutines | sched | blocking | syscalls | gc | mmu | tasks | profile`:
//! what a trace means.

mod answer;
mod blocking;
mod budget;
mod goroutines;
mod mmu;
mod pairs;
mod profile;
mod summary;
mod tasks;

use std::io::Write;

use crate::outcome::Result;

/// Verbs that analyse a trace.
#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Print everything on a page: procs, goroutines, waits, collector
    Summary(summary::Args),
    /// Print where the time of the program's work goes, and what is to blame for it
    Budget(budget::Args),
    /// Print what each group of goroutines did with its time
    Goroutines(goroutines::Args),
    /// Print how long runnable goroutines waited for a proc
    Sched(pairs::Args),
    /// Print what goroutines waited for, where, and who ended it
    Blocking(blocking::Args),
    /// Print system calls, the procs they lost, and the network poller
    Syscalls(pairs::Args),
    /// Print cycles of the garbage collector, and stops of the world
    Gc(pairs::Args),
    /// Print the minimum mutator utilization: what the collector leaves to the program
    Mmu(mmu::Args),
    /// Print tasks, regions and logs of the program
    Tasks(tasks::Args),
    /// Print or write a profile of the time that goroutines spend
    Profile(profile::Args),
}

pub(super) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Summary(args) => summary::run(args, out),
        Verb::Budget(args) => budget::run(args, out),
        Verb::Goroutines(args) => goroutines::run(args, out),
        Verb::Sched(args) => pairs::sched(args, out),
        Verb::Blocking(args) => blocking::run(args, out),
        Verb::Syscalls(args) => pairs::syscalls(args, out),
        Verb::Gc(args) => pairs::gc(args, out),
        Verb::Mmu(args) => mmu::run(args, out),
        Verb::Tasks(args) => tasks::run(args, out),
        Verb::Profile(args) => profile::run(args, out),
    }
}
