//! Figures from traces: requests, what goroutines do, CPU, collector, heap.

use super::Run;
use super::figure::{Better, Figure};
use crate::diagnose::finding::{Amount, Source};
use crate::diagnose::inputs::Inputs;
use crate::symbol::{FuncKey, FuncName};
use crate::table::Map;
use crate::trace::analysis::{Activity, BudgetReport, GroupRole, Histogram};

/// How the names of figures begin that say what goroutines do.
pub(crate) const TIME: &str = "time:";

/// Requests below which there is no rate of them.
const REQUESTS: u64 = 20;

pub(super) fn add(inputs: &Inputs<'_>, run: &mut Run) {
    let budgets: Vec<_> = inputs.traces.iter().filter_map(|(_, traced)| traced.budget.as_ref()).collect();
    let elapsed = total(&budgets, |budget| budget.elapsed);
    if elapsed <= 0 {
        return;
    }
    let mut requests = Histogram::default();
    for group in budgets.iter().flat_map(|budget| &budget.groups) {
        if group.counts && group.role == GroupRole::Requests {
            requests.merge(&group.requests);
        }
    }
    let figure = |name: &str, label: &str, amount| Figure::new(name, label, Source::Trace, amount);
    if requests.count() >= REQUESTS {
        let served = figure("requests", "requests", Amount::count(requests.count())).per_second(elapsed);
        let served = served.of_samples(requests.count() as f64).with_better(Better::Neither);
        run.figures.push(served.clone());
        run.requests = Some(served);
        for (name, label, q) in [
            ("request_p50", "half of the requests within", 0.5),
            ("request_p99", "99 % of the requests within", 0.99),
        ] {
            let mut figure = figure(name, label, Amount::nanos(requests.quantile(q)));
            (figure.low, figure.high) = quantile_bounds(&requests, q);
            run.figures.push(figure);
        }
    }
    for activity in Activity::ALL {
        let parts = || counted(&budgets).filter(|part| part.activity == activity);
        let time = parts().map(|part| part.time).fold(0, i64::saturating_add);
        if time > 0 {
            let label = format!("time {}", activity.phrase());
            let name = format!("{TIME}{}", activity.name());
            let spans = parts().map(|part| part.spans.count()).sum();
            let figure = figure(&name, &label, Amount::nanos(time)).per_second(elapsed);
            let mut figure = figure.of_spans(spans).with_better(Better::LowerPerRequest);
            figure.share = time as f64 / total(&budgets, |budget| budget.work).max(1) as f64;
            run.figures.push(figure);
        }
    }
    process(&budgets, elapsed, run);
    functions(&budgets, elapsed, run);
}

/// What the process used.
fn process(budgets: &[&BudgetReport], elapsed: i64, run: &mut Run) {
    let figure = |name: &str, label: &str, amount| Figure::new(name, label, Source::Trace, amount);
    let cpu = total(budgets, |budget| budget.process.cpu_used);
    let pieces = counted(budgets).filter(|part| part.activity == Activity::Running);
    let pieces = pieces.map(|part| part.spans.count()).sum();
    run.figures.push(
        figure("cpu", "CPU time of goroutines", Amount::nanos(cpu)).per_second(elapsed).of_spans(pieces),
    );
    let collector = total(budgets, |budget| budget.process.collector);
    let collections: u64 = budgets.iter().map(|budget| budget.process.collections).sum();
    let mut collected = figure("collector", "CPU time of the collector", Amount::nanos(collector));
    collected.share = collector as f64 / cpu.max(1) as f64;
    run.figures.push(collected.per_second(elapsed).of_samples(collections as f64));
    let size = |size: u64| Amount::bytes(size.try_into().unwrap_or(i64::MAX));
    if let Some(heap) = budgets.iter().filter_map(|budget| budget.process.heap_max).max() {
        run.figures.push(figure("heap_max", "largest heap", size(heap)));
    }
    if let Some(last) = budgets.last() {
        let goroutines = last.process.goroutines;
        let figure = figure("goroutines", "goroutines at the end", Amount::count(goroutines));
        run.figures.push(figure.of_samples(goroutines as f64));
    }
}

/// What the goroutines that count do in single functions, as far as the budgets name them.
fn functions(budgets: &[&BudgetReport], elapsed: i64, run: &mut Run) {
    let work = total(budgets, |budget| budget.work).max(1) as f64;
    let mut sums: Map<(Activity, FuncKey<'static>), (i64, u64)> = Map::default();
    for part in counted(budgets) {
        for site in &part.sites {
            let (function, ..) = site.site.subject();
            let function = FuncName::parse(&**function).key().into_owned();
            let sum = sums.entry((part.activity, function)).or_default();
            sum.0 = sum.0.saturating_add(site.time);
            sum.1 += site.count;
        }
    }
    for ((activity, function), (time, count)) in sums {
        let (name, label) = (format!("{TIME}{}", activity.name()), format!("time {}", activity.phrase()));
        let figure = Figure::new(name, label, Source::Trace, Amount::nanos(time)).per_second(elapsed);
        let mut figure = figure.of_spans(count).with_better(Better::LowerPerRequest);
        (figure.share, figure.function) = (time as f64 / work, Some(function));
        run.functions.push(figure);
    }
}

fn counted<'b>(
    budgets: &'b [&'b BudgetReport],
) -> impl Iterator<Item = &'b crate::trace::analysis::ActivityTime> {
    let groups = budgets.iter().flat_map(|budget| &budget.groups).filter(|group| group.counts);
    groups.flat_map(|group| &group.activities)
}

fn total(budgets: &[&BudgetReport], of: impl Fn(&BudgetReport) -> i64) -> i64 {
    budgets.iter().map(|budget| of(budget)).fold(0, i64::saturating_add)
}

/// The bounds of a quantile by chance: its rank has a standard deviation, whatever the distribution is.
fn quantile_bounds(durations: &Histogram, q: f64) -> (f64, f64) {
    let step = 3.0 * (q * (1.0 - q) / durations.count().max(1) as f64).sqrt();
    (durations.quantile(q - step) as f64, durations.quantile(q + step) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_of_few_is_uncertain() {
        let spread = |count: i64| {
            let mut durations = Histogram::default();
            (0..count).for_each(|number| durations.add(1_000_000 + number * 10_000_000 / count));
            let (low, high) = quantile_bounds(&durations, 0.5);
            (high - low) / 6.0
        };
        // Of a uniform distribution, the standard deviation of the median is its width / (2 √n).
        assert!((spread(10_000) - 50_000.0).abs() < 120_000.0, "{}", spread(10_000));
        assert!((spread(25) - 1_000_000.0).abs() < 400_000.0, "{}", spread(25));
    }
}
