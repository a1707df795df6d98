//! Pairs the functions of two builds, and lists what changed between them.

use std::collections::BTreeMap;

use super::baseline::Baseline;
use super::change::{Change, Comparison, Level};
use super::identity::family;
use super::level::level_of;
use super::record::Record;
use super::thresholds::Thresholds;
use crate::asm::analysis::Metrics;
use crate::asm::text::header::Abi;
use crate::error::{Error, ErrorKind, Result};
use crate::table::SortRows;

impl Baseline {
    /// Compares a new build with this one. `is_hot` says which functions are hot; without a profile, none is.
    ///
    /// # Errors
    /// `Incomparable` where toolchain, machine or flags differ; see [`compare_anyway`](Self::compare_anyway).
    pub fn compare(
        &self,
        new: &Self,
        thresholds: &Thresholds,
        is_hot: impl Fn(&Record) -> bool,
    ) -> Result<Comparison> {
        let differences = self.build.differences(&new.build);
        if !differences.is_empty() {
            let what = format!("{}; write a new baseline", differences.join("; "));
            return Err(Error::new(ErrorKind::Incomparable).detail(what));
        }
        Ok(self.compare_anyway(new, thresholds, is_hot))
    }

    /// Compares even builds of different toolchains, machines or flags.
    pub fn compare_anyway(
        &self,
        new: &Self,
        thresholds: &Thresholds,
        is_hot: impl Fn(&Record) -> bool,
    ) -> Comparison {
        let mut groups: BTreeMap<(&str, String, Abi), Group<'_>> = BTreeMap::new();
        for (records, is_new) in [(&self.functions, false), (&new.functions, true)] {
            for record in records {
                let (family, numbers) = family(&record.name);
                let group = groups.entry((&record.package, family, record.abi)).or_default();
                let side = if is_new { &mut group.new } else { &mut group.old };
                side.push((numbers, record));
            }
        }
        let mut comparison = Comparison::default();
        for group in groups.into_values() {
            group.pair(&mut comparison, thresholds, &is_hot);
        }
        comparison.changes.sort_rows_by(|a, b| {
            b.level.cmp(&a.level).then_with(|| (&a.package, &a.function).cmp(&(&b.package, &b.function)))
        });
        comparison
    }
}

/// Functions whose names differ only in their numbers.
#[derive(Default)]
struct Group<'r> {
    old: Vec<(Vec<u64>, &'r Record)>,
    new: Vec<(Vec<u64>, &'r Record)>,
}

impl<'r> Group<'r> {
    /// Pairs functions of equal code first, then the others in order.
    fn pair(mut self, out: &mut Comparison, thresholds: &Thresholds, is_hot: &impl Fn(&Record) -> bool) {
        for side in [&mut self.old, &mut self.new] {
            side.sort_rows_by(|(a, x), (b, y)| a.cmp(b).then(x.occurrence.cmp(&y.occurrence)));
        }
        let by_code = |side: &[(Vec<u64>, &'r Record)]| {
            let mut map: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
            for (at, (_, record)) in side.iter().enumerate().rev() {
                map.entry(record.fingerprint).or_default().push(at);
            }
            map
        };
        let mut old_by_code = by_code(&self.old);
        let mut taken = vec![false; self.old.len()];
        let mut left = Vec::new();
        for (_, new) in &self.new {
            match old_by_code.get_mut(&new.fingerprint).and_then(Vec::pop) {
                Some(at) => {
                    if let (Some(taken), Some((_, old))) = (taken.get_mut(at), self.old.get(at)) {
                        *taken = true;
                        compare(old, new, out, thresholds, is_hot(new));
                    }
                }
                None => left.push(*new),
            }
        }
        let mut old =
            self.old.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|((_, record), _)| *record);
        for new in left {
            match old.next() {
                Some(old) => compare(old, new, out, thresholds, is_hot(new)),
                None => out.added.push(new.name.clone()),
            }
        }
        out.removed.extend(old.map(|record| record.name.clone()));
    }
}

fn compare(old: &Record, new: &Record, out: &mut Comparison, thresholds: &Thresholds, hot: bool) {
    out.matched += 1;
    let mut change = |metric, old: u32, now: u32, level| {
        out.changes.push(Change {
            package: new.package.clone(),
            function: new.name.clone(),
            metric,
            old,
            new: now,
            level,
            hot,
            place: new.place.clone(),
        });
    };
    let pairs = old.metrics.fields().zip(new.metrics.fields());
    for (((metric, before), (_, now)), increase) in pairs.zip(Metrics::INCREASES) {
        if before != now {
            let level = match now < before {
                true => Level::Better,
                false => level_of(*increase, before, now, thresholds, hot),
            };
            change(metric, before, now, level);
        }
    }
    if let (Some(cost), true) = (old.inline_cost, new.cannot_inline) {
        change("inlinable", cost, 0, if hot { Level::Fail } else { Level::Warn });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, fingerprint: u64, instructions: u32) -> Record {
        Record {
            package: "p".to_owned(),
            name: name.to_owned(),
            abi: Abi::Internal,
            occurrence: 0,
            fingerprint,
            inline_cost: None,
            cannot_inline: false,
            metrics: Metrics { instructions, ..Metrics::default() },
            place: None,
        }
    }

    fn baseline(functions: Vec<Record>) -> Baseline {
        Baseline { functions, ..Baseline::default() }
    }

    #[test]
    fn a_closure_in_front_of_others_renumbers_them_and_changes_nothing() {
        let old = baseline(vec![record("p.F.func1", 1, 10), record("p.F.func2", 2, 100)]);
        let new = baseline(vec![
            record("p.F.func1", 9, 50),
            record("p.F.func2", 1, 10),
            record("p.F.func3", 2, 100),
        ]);
        let comparison = old.compare(&new, &Thresholds::default(), |_| false).unwrap();
        assert!(comparison.changes.is_empty() && comparison.matched == 2, "{comparison:?}");
        assert_eq!(comparison.added, ["p.F.func1"]);
    }

    #[test]
    fn other_toolchains_are_refused() {
        let mut old = baseline(vec![record("p.F", 1, 10)]);
        let mut new = old.clone();
        (old.build.go_version, new.build.go_version) = ("go1.26.6".to_owned(), "go1.27.3".to_owned());
        let error = old.compare(&new, &Thresholds::default(), |_| false).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incomparable);
        assert_eq!(old.compare_anyway(&new, &Thresholds::default(), |_| false).matched, 1);
    }
}
