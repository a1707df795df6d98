//! The collector, and stops of the world.

use std::fmt;

use super::{Nanos, Place, named, rest, rows};
use crate::table::SortRows;
use crate::trace::analysis::gc::{GcReport, StwReport};

impl fmt::Display for GcReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} cycles; marking for {} ({:.1}% of the time), workers {:.1}% of the procs meanwhile",
            self.cycles.len() as u64 + self.left_out,
            Nanos(self.mark),
            self.mark_share() * 100.0,
            self.worker_share() * 100.0
        )?;
        writeln!(
            f,
            "Assists: {} on procs ({:.1}% of all), {} waiting for work. Heap at most {} kB.",
            Nanos(self.assist),
            self.assist_share() * 100.0,
            Nanos(self.assist_wait),
            self.max_heap >> 10
        )?;
        if self.cycles.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "{:>14} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "at ns", "sweep term", "mark", "mark term", "assists", "heap kB", "end kB", "goal kB"
        )?;
        for cycle in self.cycles.iter().take(rows(f)) {
            let times = [cycle.sweep_term, cycle.mark, cycle.mark_term, cycle.assist];
            let [sweep, mark, term, assist] = times.map(|time| Nanos(time).to_string());
            let [start, end, goal] = [cycle.heap_start, cycle.heap_end, cycle.goal].map(|bytes| bytes >> 10);
            writeln!(
                f,
                "{:>14} {sweep:>10} {mark:>10} {term:>10} {assist:>10} {start:>10} {end:>10} {goal:>10}",
                cycle.start
            )?;
        }
        rest(f, self.cycles.len())
    }
}

impl fmt::Display for StwReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [("the collector's", &self.gc), ("others", &self.other)];
        for (what, times) in kinds.into_iter().filter(|(_, times)| times.count() > 0) {
            writeln!(
                f,
                "Stops of the world, {what}: {}, p50 {}, p99 {}, at most {}",
                times.count(),
                Nanos(times.quantile(0.5)),
                Nanos(times.quantile(0.99)),
                Nanos(times.max())
            )?;
        }
        let mut stops: Vec<_> = self.stops.iter().filter(|stop| !stop.is_tracer).collect();
        stops.sort_rows_by_key(|stop| std::cmp::Reverse(stop.duration));
        writeln!(
            f,
            "{:>10} {:>10} {:>10} {:>10}  kind, last to stop",
            "all", "stopping", "stopped", "restarting"
        )?;
        for stop in stops.iter().take(rows(f)) {
            let times = [stop.duration, stop.stopping, stop.stopped, stop.restarting];
            let [all, stopping, stopped, restarting] = times.map(|time| Nanos(time).to_string());
            write!(f, "{all:>10} {stopping:>10} {stopped:>10} {restarting:>10}  {}", stop.kind)?;
            if let Some(id) = stop.last_goroutine {
                write!(f, ", goroutine {id} {} at {}", named(&stop.last_name), Place(&stop.last_stack))?;
            }
            writeln!(f)?;
        }
        rest(f, stops.len())
    }
}
