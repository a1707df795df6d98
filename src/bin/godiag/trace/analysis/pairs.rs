//! `godiag trace sched | syscalls | gc`: two analyses in one pass, printed one after the other.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{Analysis, Gc, NetPoll, ProcUtilization, SchedLatency, Stops, Syscalls};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::answer::{self, Common};
use crate::outcome::Result;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn sched(args: &Args, out: &mut impl Write) -> Result {
    print(args, ["latency", "procs"], (SchedLatency::default(), ProcUtilization::default()), out)
}

pub(super) fn syscalls(args: &Args, out: &mut impl Write) -> Result {
    print(args, ["syscalls", "poller"], (Syscalls::default(), NetPoll::default()), out)
}

pub(super) fn gc(args: &Args, out: &mut impl Write) -> Result {
    print(args, ["gc", "stops"], (Gc::default(), Stops::default()), out)
}

/// Two reports, and their names in JSON.
struct Pair<A, B> {
    names: [&'static str; 2],
    reports: (A, B),
}

impl<A: fmt::Display, B: fmt::Display> fmt::Display for Pair<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reports.0.fmt(f)?;
        writeln!(f)?;
        self.reports.1.fmt(f)
    }
}

impl<A: Serialize, B: Serialize> Serialize for Pair<A, B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.names[0], &self.reports.0)?;
        map.serialize_entry(self.names[1], &self.reports.1)?;
        map.end()
    }
}

fn print<A, B>(args: &Args, names: [&'static str; 2], analyses: (A, B), out: &mut impl Write) -> Result
where
    A: Analysis<Output: Serialize + fmt::Display>,
    B: Analysis<Output: Serialize + fmt::Display>,
{
    answer::print(&args.common, analyses, |reports| Pair { names, reports }, out)
}
