//! Goroutines, tasks and regions; lifetimes.

use std::fmt;

use super::{Nanos, Place, named, percent, rest, rows};
use crate::trace::analysis::goroutines::Summary;
use crate::trace::analysis::histogram::TimeHistogram;
use crate::trace::analysis::lifetimes::LifetimeReport;
use crate::trace::analysis::proc_utilization::ProcReport;
use crate::trace::analysis::stats::total;

/// The groups of goroutines.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.groups();
        let all = total(groups.iter().map(|group| group.stats.exec));
        writeln!(f, "{} goroutines in {}", self.goroutines.len(), Nanos(self.duration()))?;
        writeln!(
            f,
            "{:>7} {:>10} {:>6} {:>10} {:>10} {:>10} {:>10}  starts at",
            "count", "running", "", "runnable", "blocked", "syscall", "without P"
        )?;
        for group in groups.iter().take(rows(f)) {
            let stats = &group.stats;
            writeln!(
                f,
                "{:>7} {:>10} {:>6} {:>10} {:>10} {:>10} {:>10}  {}",
                group.count,
                Nanos(stats.exec),
                percent(stats.exec, all),
                Nanos(stats.sched_wait),
                Nanos(stats.blocked()),
                Nanos(stats.syscall),
                Nanos(stats.syscall_block),
                named(&group.name)
            )?;
            for block in stats.block.iter().take(3) {
                let reason = named_reason(&block.reason);
                writeln!(f, "{:>39} {:>10}    {} ({reason})", "", Nanos(block.time), block.class)?;
            }
            for range in &stats.ranges {
                let on_cpu = range.on_cpu.map(|time| format!(", {} of it on a proc", Nanos(time)));
                writeln!(
                    f,
                    "{:>50}    {} {}{}",
                    "",
                    range.name,
                    Nanos(range.wall),
                    on_cpu.unwrap_or_default()
                )?;
            }
        }
        rest(f, groups.len())
    }
}

fn named_reason(reason: &[u8]) -> String {
    if reason.is_empty() {
        "since before the trace".to_owned()
    } else {
        crate::text::Printable(reason).to_string()
    }
}

impl Summary {
    /// Writes tasks and regions as text, at most `rows` groups of each.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_tasks(&self, rows: usize, out: &mut dyn fmt::Write) -> fmt::Result {
        let tasks = self.task_groups();
        writeln!(out, "{} tasks of {} names", self.tasks.len(), tasks.len())?;
        for group in tasks.iter().take(rows) {
            let name: &dyn fmt::Display =
                if group.name.is_empty() { &"(not begun in the trace)" } else { &group.name };
            writeln!(out, "{:>8}  {name}", group.count)?;
            write_histogram(&group.durations, out)?;
        }
        let regions = self.region_groups();
        writeln!(out, "{} regions of {} names and places", self.regions.len(), regions.len())?;
        for group in regions.iter().take(rows) {
            let name: &dyn fmt::Display = if group.name.is_empty() { &"(inherited)" } else { &group.name };
            write!(out, "{:>8}  {name}", group.count)?;
            if let Some(root) = &group.root {
                write!(out, "  from {} {}:{}", root.function, root.file, root.line)?;
            }
            let stats = &group.stats;
            writeln!(
                out,
                "\n{:>10}running {}, runnable {}, blocked {}, in system calls {}",
                "",
                Nanos(stats.exec),
                Nanos(stats.sched_wait),
                Nanos(stats.blocked()),
                Nanos(stats.syscall.saturating_add(stats.syscall_block))
            )?;
            write_histogram(&group.durations, out)?;
        }
        Ok(())
    }
}

fn write_histogram(histogram: &TimeHistogram, out: &mut dyn fmt::Write) -> fmt::Result {
    let most = histogram.buckets().map(|bucket| bucket.1).max().unwrap_or(0);
    for (low, count) in histogram.buckets() {
        let width = usize::try_from(count * 40 / most.max(1)).unwrap_or(0);
        writeln!(out, "{:>18} {count:>8} {}", Nanos(low).to_string(), "#".repeat(width))?;
    }
    Ok(())
}

impl fmt::Display for LifetimeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} goroutines created ({:.0} a second), {} ended; at most {} at once, {} at the end",
            self.created, self.created_per_second, self.ended, self.max_live, self.live_at_end
        )?;
        writeln!(f, "{:>8} {:>8} {:>8} {:>10}  created at", "created", "at once", "left", "p50 life")?;
        for site in self.sites.iter().take(rows(f)) {
            let life = Nanos(site.lifetimes.quantile(0.5));
            let life = if site.lifetimes.count() > 0 { life.to_string() } else { "-".to_owned() };
            let Self { .. } = self;
            let (created, live, left) = (site.created, site.max_live, site.live_at_end);
            writeln!(
                f,
                "{created:>8} {live:>8} {left:>8} {life:>10}  {} by {}",
                named(&site.name),
                Place(&site.stack)
            )?;
        }
        rest(f, self.sites.len())
    }
}

impl fmt::Display for ProcReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes: Vec<_> = self.gomaxprocs.iter().map(|change| change.1.to_string()).collect();
        writeln!(
            f,
            "GOMAXPROCS {}, {:.1}% of it ran goroutines; work waited while a proc was idle for {}",
            changes.join(" → "),
            self.utilization() * 100.0,
            Nanos(self.work_while_idle)
        )?;
        writeln!(f, "{:>5} {:>10} {:>10} {:>10} {:>10}", "proc", "running", "syscall", "scheduling", "idle")?;
        for proc in self.procs.iter().take(rows(f)) {
            let times =
                [proc.running, proc.syscall, proc.scheduling, proc.idle].map(|time| Nanos(time).to_string());
            let [running, syscall, scheduling, idle] = times;
            writeln!(f, "{:>5} {running:>10} {syscall:>10} {scheduling:>10} {idle:>10}", proc.proc.raw())?;
        }
        rest(f, self.procs.len())
    }
}
