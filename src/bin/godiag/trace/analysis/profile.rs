//! `godiag trace profile`: the time that goroutines spend, as a pprof profile.

use std::io::Write;

use godiag::export::trace_profile;
use godiag::trace::analysis::{Profiles, StackOf, TraceProfile};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The kind of profile
    kind: Kind,
    #[command(flatten)]
    common: super::answer::Common,
    /// Write the pprof profile to this file instead of printing its records; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// Charge the delay after a wake-up to the stack of the waker
    #[arg(long)]
    waker: bool,
    /// Count the runtime's and the tracer's own goroutines, too
    #[arg(long)]
    system: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Waiting for the network and other polled files
    Net,
    /// Waiting for other goroutines
    Sync,
    /// In system calls
    Syscall,
    /// Runnable, waiting for a proc
    Sched,
    /// Everything but running
    Offcpu,
    /// Everything
    Wall,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    let kind = match args.kind {
        Kind::Net => TraceProfile::Net,
        Kind::Sync => TraceProfile::Sync,
        Kind::Syscall => TraceProfile::Syscall,
        Kind::Sched => TraceProfile::Sched,
        Kind::Offcpu => TraceProfile::OffCpu,
        Kind::Wall => TraceProfile::Wall,
    };
    let stack_of = if args.waker { StackOf::Waker } else { StackOf::Entry };
    let analysis = Profiles::new(args.common.compat()).with_stack_of(stack_of).with_system(args.system);
    let Some(output) = &args.output else {
        return super::answer::print(&args.common, analysis, |set| set.profile(kind), out);
    };
    let (set, outcome) = super::answer::compute(&args.common, analysis)?;
    let profile = trace_profile(&set.profile(kind))?;
    match output.as_str() {
        "-" => profile.write_gz(out)?,
        file => crate::file::write(file, &[args.common.file()], |out| Ok(profile.write_gz(out)?))?,
    }
    Ok(outcome)
}
