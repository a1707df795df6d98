//! Goroutines with the same stack, counted in snapshot after snapshot.

use super::crowd::Group;
use crate::diagnose::inputs::Profiled;
use crate::symbol::FuncKey;
use crate::table::{Map, SortRows};

/// A group's count over several snapshots.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    pub(crate) group: Group,
    /// The count in each snapshot, in the order of time.
    pub(crate) counts: Vec<i64>,
    /// The time of each snapshot in nanoseconds since 1970; 0 where it is not known.
    pub(crate) times: Vec<i64>,
}

impl Growth {
    /// Every group of the snapshots, which are in the order of time.
    pub(crate) fn all(snapshots: &[&Profiled<'_>]) -> Vec<Self> {
        let mut rows: Map<Vec<FuncKey<'static>>, Self> = Map::default();
        let times: Vec<i64> = snapshots.iter().map(|snapshot| snapshot.profile.time_nanos()).collect();
        for (number, snapshot) in snapshots.iter().enumerate() {
            for group in Group::all(snapshot) {
                let row = rows.entry(group.stack.clone()).or_insert_with(|| Self {
                    group: group.clone(),
                    counts: vec![0; snapshots.len()],
                    times: times.clone(),
                });
                row.counts[number] = group.count;
                row.group = group;
            }
        }
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_rows_by(|a, b| b.added().cmp(&a.added()).then_with(|| a.group.stack.cmp(&b.group.stack)));
        rows
    }

    /// How many more there are at the end than at the beginning.
    pub(crate) fn added(&self) -> i64 {
        let end = |count: Option<&i64>| count.copied().unwrap_or(0);
        end(self.counts.last()).saturating_sub(end(self.counts.first()))
    }

    /// More in every snapshot than in the one before.
    pub(crate) fn rises(&self) -> bool {
        self.counts.windows(2).all(|pair| pair[0] < pair[1])
    }

    /// The slope of the straight line through the counts, per minute, and how well it fits (R²); `None`
    /// without times.
    pub(crate) fn slope(&self) -> Option<(f64, f64)> {
        let first = *self.times.first()?;
        let minutes: Vec<f64> =
            self.times.iter().map(|time| time.saturating_sub(first) as f64 / 60e9).collect();
        let counts: Vec<f64> = self.counts.iter().map(|count| *count as f64).collect();
        let n = minutes.len() as f64;
        let mean = |xs: &[f64]| xs.iter().sum::<f64>() / n;
        let (mx, my) = (mean(&minutes), mean(&counts));
        let cross = |xs: &[f64], mx: f64, ys: &[f64], my: f64| {
            xs.iter().zip(ys).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
        };
        let (sxx, sxy, syy) = (
            cross(&minutes, mx, &minutes, mx),
            cross(&minutes, mx, &counts, my),
            cross(&counts, my, &counts, my),
        );
        if sxx <= 0.0 || syy <= 0.0 {
            return None;
        }
        Some((sxy / sxx, sxy * sxy / (sxx * syy)))
    }
}
