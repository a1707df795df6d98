//! Waits: for procs, for each other, for the network, in system calls.

use std::fmt;

use super::{Nanos, Place, named, percent, rest, rows};
use crate::trace::analysis::histogram::Histogram;
use crate::trace::analysis::netpoll::PollReport;
use crate::trace::analysis::profiles::{ProfileSet, StackProfile};
use crate::trace::analysis::sched::SchedReport;
use crate::trace::analysis::syscalls::SyscallReport;
use crate::trace::analysis::wakes::{WakeReport, Waker};

const HEAD: &str = "    count        sum        p50        p99        max";

/// One row of a distribution.
struct Row<'a>(&'a Histogram);

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = [self.0.sum(), self.0.quantile(0.5), self.0.quantile(0.99), self.0.max()];
        let [sum, p50, p99, max] = times.map(|time| Nanos(time).to_string());
        write!(f, "{:>9} {sum:>10} {p50:>10} {p99:>10} {max:>10}", self.0.count())
    }
}

impl fmt::Display for SchedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}  runnable, waiting for a proc\n{}  all", Row(&self.all))?;
        for cause in &self.by_cause {
            writeln!(f, "{}    after {}", Row(&cause.waits), cause.cause.name())?;
        }
        writeln!(f, "{}  of the runtime and the tracer", Row(&self.system))?;
        if self.open.count() > 0 {
            writeln!(f, "{}  still waiting at the end", Row(&self.open))?;
        }
        writeln!(f, "\n{HEAD}  goroutines that start at")?;
        for group in self.by_group.iter().take(rows(f)) {
            writeln!(f, "{}  {}", Row(&group.waits), named(&group.name))?;
        }
        rest(f, self.by_group.len())?;
        writeln!(f, "\nThe longest:")?;
        for wait in self.worst.iter().take(rows(f)) {
            let (time, goroutine, cause) =
                (Nanos(wait.duration).to_string(), wait.goroutine, wait.cause.name());
            writeln!(
                f,
                "{time:>10}  goroutine {goroutine} {} after {cause}, {}",
                named(&wait.name),
                Place(&wait.stack)
            )?;
        }
        Ok(())
    }
}

/// The waits, by stack and class.
impl fmt::Display for ProfileSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.waits().count();
        writeln!(
            f,
            "{:>9} {:>10} {:>10} {:>10} {:>6}  waits for, at",
            "count", "sum", "mean", "max", "open"
        )?;
        for cell in self.waits().take(rows(f)) {
            let mean = cell.time / i64::try_from(cell.count).unwrap_or(i64::MAX).max(1);
            let [sum, mean, max] = [cell.time, mean, cell.max].map(|time| Nanos(time).to_string());
            let (class, place) = (cell.class.name(), Place(&cell.stack));
            writeln!(
                f,
                "{:>9} {sum:>10} {mean:>10} {max:>10} {:>6}  {class:<14} {place}",
                cell.count, cell.open
            )?;
        }
        rest(f, count)
    }
}

impl fmt::Display for StackProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} in {} records", self.profile.name(), Nanos(self.time()), self.records.len())?;
        for record in self.records.iter().take(rows(f)) {
            let (time, share) = (Nanos(record.time).to_string(), percent(record.time, self.time()));
            writeln!(
                f,
                "{:>9} {time:>10} {share:>6}  {:<10} {}",
                record.count,
                record.what,
                Place(&record.stack)
            )?;
        }
        rest(f, self.records.len())
    }
}

impl fmt::Display for WakeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9} {:>10} {:>10}  wait ended by", "count", "sum", "max")?;
        for edge in self.edges.iter().take(rows(f)) {
            let [sum, max] = [edge.time, edge.max].map(|time| Nanos(time).to_string());
            write!(
                f,
                "{:>9} {sum:>10} {max:>10}  {} at {}",
                edge.count,
                edge.class,
                Place(&edge.waiter_stack)
            )?;
            match edge.by {
                Waker::Goroutine => writeln!(f, " ← {}", Place(&edge.waker_stack))?,
                Waker::Timer => writeln!(f, " ← a timer")?,
                Waker::Poller => writeln!(f, " ← the network poller")?,
                Waker::Scheduler => writeln!(f, " ← the scheduler")?,
            }
        }
        rest(f, self.edges.len())
    }
}

impl fmt::Display for SyscallReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} system calls, {} with a proc and {} without; {} lost it, at most {} at once",
            self.times.count(),
            Nanos(self.with_proc),
            Nanos(self.without_proc),
            self.lost,
            self.max_without_proc
        )?;
        writeln!(f, "{HEAD}   lost  without P  at")?;
        for stack in self.stacks.iter().take(rows(f)) {
            let without = Nanos(stack.without_proc).to_string();
            writeln!(f, "{} {:>6} {without:>10}  {}", Row(&stack.times), stack.lost, Place(&stack.stack))?;
        }
        rest(f, self.stacks.len())
    }
}

impl fmt::Display for PollReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Poller: {} wake-ups by the scheduler, {} by threads without a proc, {} by the system monitor; {} waits \
             ended by goroutines",
            self.by_scheduler, self.by_idle_thread, self.by_sysmon, self.by_goroutine
        )?;
        writeln!(f, "{HEAD}  waits for")?;
        for class in &self.classes {
            writeln!(f, "{}  {}", Row(&class.waits), class.class)?;
        }
        Ok(())
    }
}
