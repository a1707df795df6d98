//! Figures from profiles: CPU, delays and allocation over time, memory and goroutines at a moment, by
//! function.

use super::Run;
use super::figure::{Better, Figure};
use crate::diagnose::facts::Sums;
use crate::diagnose::finding::{Amount, Source};
use crate::diagnose::inputs::{Inputs, Profiled, value_index};
use crate::symbol::FuncKey;
use crate::table::{Map, SortRows};

/// The part of a profile below which a function has no figure.
const LEAST: f64 = 0.001;

/// A value that profiles of one kind have, and what is known of it.
struct Column {
    source: Source,
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    amount: fn(i64) -> Amount,
    /// Sums since the program's start, if the profiles have no duration.
    grows: bool,
    counted_by: Counted,
}

/// How the number of samples in a value is known.
#[derive(Clone, Copy)]
enum Counted {
    /// The profile's period: a sample weighs as much.
    ByPeriod,
    /// Another value, which counts events.
    By(&'static str),
    /// The value itself.
    ByItself,
}

const COLUMNS: [Column; 6] = [
    Column {
        source: Source::CpuProfile,
        kind: "cpu",
        name: "cpu",
        label: "CPU time",
        amount: Amount::nanos,
        grows: true,
        counted_by: Counted::ByPeriod,
    },
    Column {
        source: Source::HeapProfile,
        kind: "alloc_space",
        name: "allocated",
        label: "allocated memory",
        amount: Amount::bytes,
        grows: true,
        counted_by: Counted::ByPeriod,
    },
    Column {
        source: Source::HeapProfile,
        kind: "inuse_space",
        name: "in_use",
        label: "memory in use",
        amount: Amount::bytes,
        grows: false,
        counted_by: Counted::ByPeriod,
    },
    Column {
        source: Source::MutexProfile,
        kind: "delay",
        name: "mutex_delay",
        label: "delay by holders of locks",
        amount: Amount::nanos,
        grows: true,
        counted_by: Counted::By("contentions"),
    },
    Column {
        source: Source::BlockProfile,
        kind: "delay",
        name: "block_delay",
        label: "delay of blocked goroutines",
        amount: Amount::nanos,
        grows: true,
        counted_by: Counted::By("contentions"),
    },
    Column {
        source: Source::GoroutineProfile,
        kind: "goroutine",
        name: "goroutines",
        label: "goroutines in the last profile",
        amount: |count| Amount::count(count),
        grows: false,
        counted_by: Counted::ByItself,
    },
];

pub(super) fn add(inputs: &Inputs<'_>, run: &mut Run) {
    for column in &COLUMNS {
        let of_kind = inputs.of_kind(column.source);
        let has_value = |profiled: &&Profiled<'_>| value_index(profiled.profile, column.kind).is_some();
        if column.grows {
            // Only those that say how long they are; all of them together.
            let timed = of_kind.into_iter().filter(|profiled| profiled.profile.duration_nanos() > 0);
            let timed: Vec<_> = timed.filter(has_value).collect();
            match inputs.last(column.source).filter(has_value) {
                Some(last) if timed.is_empty() => add_shares(column, last, run),
                _ => add_column(column, &timed, run),
            }
        } else if let Some(last) = of_kind.into_iter().rfind(has_value) {
            add_column(column, &[last], run);
        }
    }
    run.functions.sort_rows_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.key().cmp(&b.key())));
}

/// Sums since a start that is not known: only the parts of the whole can be compared.
fn add_shares(column: &Column, profiled: &Profiled<'_>, run: &mut Run) {
    let Some(index) = value_index(profiled.profile, column.kind) else { return };
    let sums = Sums::of(profiled, index);
    let counts = column.counts(profiled);
    for function in &sums.functions {
        let share = sums.share(function.blamed);
        if share >= LEAST {
            let count =
                counts.as_ref().and_then(|counts| counts.function(function.key)).map(|found| found.blamed);
            let (name, label) = (format!("{}_share", column.name), format!("share of {}", column.label));
            let figure = Figure::new(name, label, column.source, Amount::share(share));
            let mut figure = figure.of_samples(column.samples(profiled, function.blamed, count));
            (figure.share, figure.function, figure.better) =
                (share, Some(function.key.clone().into_owned()), Better::Neither);
            run.functions.push(figure);
        }
    }
}

impl Column {
    /// The value that counts the events of this one.
    fn counts<'p>(&self, profiled: &'p Profiled<'_>) -> Option<Sums<'p>> {
        let Counted::By(kind) = self.counted_by else { return None };
        Some(Sums::of(profiled, value_index(profiled.profile, kind)?))
    }

    /// How many samples make up `value`, given the events there.
    fn samples(&self, profiled: &Profiled<'_>, value: i64, events: Option<i64>) -> f64 {
        match self.counted_by {
            Counted::ByPeriod => value as f64 / profiled.profile.period().max(1) as f64,
            Counted::By(_) => events.unwrap_or(0) as f64,
            Counted::ByItself => value as f64,
        }
    }
}

fn add_column(column: &Column, profiles: &[&Profiled<'_>], run: &mut Run) {
    if profiles.is_empty() {
        return;
    }
    let mut duration = 0i64;
    // The value of each function, and how many samples it is made of.
    let mut functions: Map<FuncKey<'static>, (i64, f64)> = Map::default();
    let (mut total, mut samples) = (0i64, 0f64);
    for profiled in profiles {
        duration = duration.saturating_add(profiled.profile.duration_nanos());
        let Some(index) = value_index(profiled.profile, column.kind) else { continue };
        let sums = Sums::of(profiled, index);
        let counts = column.counts(profiled);
        total = total.saturating_add(sums.total);
        samples += column.samples(profiled, sums.total, counts.as_ref().map(|counts| counts.total));
        for function in &sums.functions {
            let count =
                counts.as_ref().and_then(|counts| counts.function(function.key)).map(|found| found.blamed);
            let sum = functions.entry(function.key.clone().into_owned()).or_default();
            sum.0 = sum.0.saturating_add(function.blamed);
            sum.1 += column.samples(profiled, function.blamed, count);
        }
    }
    let figure = |value, samples: f64| {
        let figure = Figure::new(column.name, column.label, column.source, (column.amount)(value));
        let figure = if column.grows { figure.per_second(duration) } else { figure };
        figure.of_samples(samples)
    };
    let mut whole = figure(total, samples);
    if matches!(column.source, Source::MutexProfile | Source::BlockProfile) {
        whole = whole.with_better(Better::LowerPerRequest);
    }
    run.figures.push(whole.clone());
    for (name, (value, samples)) in functions {
        let share = value as f64 / total.max(1) as f64;
        if share >= LEAST {
            let mut figure = figure(value, samples).with_better(whole.better);
            figure.share = share;
            figure.function = Some(name);
            run.functions.push(figure);
        }
    }
}
