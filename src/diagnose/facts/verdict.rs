//! The answer in a sentence, from whatever there is.

use super::Facts;
use crate::diagnose::finding::{Amount, Source};
use crate::diagnose::inputs::value_index;

use super::sums::Sums;

impl Facts<'_> {
    /// What limits the program's work: by a trace, or else by sums of the block profile and the CPU profile.
    pub(crate) fn verdict(&self) -> String {
        let traces = self.inputs.traces.iter().filter_map(|(_, traced)| traced.budget.as_ref());
        let sentences: Vec<_> = traces.map(|budget| budget.verdict.sentence.as_str()).collect();
        if !sentences.is_empty() {
            return sentences.join(" ");
        }
        let parts: Vec<_> =
            [self.cores(), self.hottest(), self.most_blocked()].into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
    }

    /// How many Ps the CPU profile's samples kept busy on average.
    fn cores(&self) -> Option<String> {
        let cpu = self.cpu.as_ref()?;
        let duration = cpu.profiled.profile.duration_nanos();
        (duration > 0)
            .then(|| format!("The program uses {:.2} cores", cpu.sums.total as f64 / duration as f64))
    }

    /// The line with the most CPU time.
    fn hottest(&self) -> Option<String> {
        let cpu = self.cpu.as_ref()?;
        let site = cpu.sums.sites.first().filter(|site| self.is_hot(site.blamed))?;
        let share = Amount::share(cpu.sums.share(site.blamed));
        Some(format!("{share} of the CPU time is spent at {} ({})", site.key, site.place().short()))
    }

    /// The line with the most delay in the block profile, and what it calls; sums over goroutines are no wall
    /// time.
    fn most_blocked(&self) -> Option<String> {
        let block = self.inputs.last(Source::BlockProfile)?;
        let sums = Sums::of(block, value_index(block.profile, "delay")?);
        let site = sums.sites.iter().find(|site| site.place().line > 0)?;
        let callee = site.callees.iter().max_by_key(|(_, value)| *value);
        let callee = callee.map(|(callee, _)| format!(", in {callee}")).unwrap_or_default();
        Some(format!(
            "goroutines wait most at {} ({}){callee}: {} of {} in the block profile, which has no sleep, network or \
             system calls",
            site.key,
            site.place().short(),
            Amount::nanos(site.blamed),
            Amount::nanos(sums.total)
        ))
    }
}
