//! Where the time goes: verdict, groups, culprits.

use std::fmt;

use super::{named, percent, rest, rows};
use crate::text::Nanos;
use crate::trace::analysis::budget::{BudgetReport, Culprit, StuckGroup, StuckKind, WorkGroup};

/// How many activities of a group are shown, and sites of each.
const ACTIVITIES: usize = 4;
const SITES: usize = 2;

impl fmt::Display for BudgetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.verdict.sentence)?;
        writeln!(f, "     work  share        p50        p99  goroutines")?;
        let work = self.groups.iter().filter(|group| group.work > 0 || group.idle > 0);
        let groups: Vec<_> = work.collect();
        for group in groups.iter().take(rows(f)) {
            self.group(group, f)?;
        }
        rest(f, groups.len())?;
        if !self.culprits.is_empty() {
            writeln!(f, "\n     time  share  is due to")?;
        }
        for culprit in self.culprits.iter().filter(|culprit| culprit.share >= 0.01).take(rows(f)) {
            let time = Nanos(culprit.time).to_string();
            writeln!(f, "{time:>9} {:>6}  {}", percent(culprit.time, self.work), Line(culprit))?;
            for victim in culprit.victims.iter().filter(|victim| victim.time * 20 > culprit.time) {
                let time = Nanos(victim.time).to_string();
                writeln!(f, "{:>18}{time:>9}  {}, at {}", "", victim.activity.phrase(), victim.site)?;
            }
        }
        for stuck in &self.stuck {
            writeln!(f, "\n{}", Stuck(stuck))?;
        }
        writeln!(f)?;
        self.process_line(f)
    }
}

impl BudgetReport {
    fn process_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let process = &self.process;
        writeln!(
            f,
            "CPU: {} of {} used, {} of it by the collector ({} collections); {} goroutines at the end.",
            percent(process.cpu_used, process.cpu_available),
            Nanos(process.cpu_available),
            percent(process.collector, process.cpu_used),
            process.collections,
            process.goroutines
        )
    }

    fn group(&self, group: &WorkGroup, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = if group.counts { String::new() } else { ", not counted".to_owned() };
        writeln!(
            f,
            "{:>9} {:>6}  {:>9} {:>10}  {} {} ({}{role}; idle {})",
            Nanos(group.work).to_string(),
            if group.counts { percent(group.work, self.work) } else { "-".to_owned() },
            "",
            "",
            group.goroutines,
            named(&group.name),
            group.role.name(),
            Nanos(group.idle)
        )?;
        if !group.counts {
            return Ok(());
        }
        if group.requests.count() > 0 {
            let [p50, p99] = [0.5, 0.99].map(|q| Nanos(group.requests.quantile(q)).to_string());
            writeln!(f, "{:>17} {p50:>10} {p99:>10}    {} requests", "", group.requests.count())?;
        }
        for part in group.activities.iter().take(ACTIVITIES) {
            let [time, p50, p99] = [part.time, part.spans.quantile(0.5), part.spans.quantile(0.99)]
                .map(|time| Nanos(time).to_string());
            let share = percent(part.time, group.work);
            writeln!(f, "{time:>9} {share:>6} {p50:>10} {p99:>10}    {}", part.activity.phrase())?;
            for site in part.sites.iter().take(SITES).filter(|site| site.time * 10 >= part.time) {
                let share = percent(site.time, group.work);
                writeln!(f, "{:>9} {share:>6} {:>21}      at {}", "", "", site.site)?;
            }
        }
        Ok(())
    }
}

/// A culprit: what it does, and where.
struct Line<'a>(&'a Culprit);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Culprit { site, activity, group, .. } = self.0;
        write!(f, "{site}: {}, goroutines of {}", activity.phrase(), named(group))
    }
}

struct Stuck<'a>(&'a StuckGroup);

impl fmt::Display for Stuck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StuckGroup { kind, group, site, activity, count, first, last, created_at } = self.0;
        let what = match kind {
            StuckKind::Leak => "pile up: created all along, and none of them ends",
            StuckKind::NeverWoken => "will not go on: all who ever woke them are gone or wait themselves",
        };
        write!(
            f,
            "{count} goroutines of {} {what}; {} since {} to {}, at {site}",
            named(group),
            activity.phrase(),
            Nanos(*first),
            Nanos(*last)
        )?;
        if created_at.is_empty() { Ok(()) } else { write!(f, "; created at {created_at}") }
    }
}
