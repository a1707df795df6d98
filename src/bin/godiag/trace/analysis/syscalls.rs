//! `godiag trace syscalls`: system calls, the procs they lost, and the network poller.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{NetPoll, PollReport, SyscallReport, Syscalls};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    syscalls: SyscallReport,
    poller: PollReport,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.syscalls.fmt(f)?;
        writeln!(f)?;
        self.poller.fmt(f)
    }
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    super::answer::print(
        &args.common,
        (Syscalls::default(), NetPoll::default()),
        |(syscalls, poller)| Report { syscalls, poller },
        out,
    )
}
