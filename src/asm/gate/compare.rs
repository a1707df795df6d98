//! Pairs of functions, and what changed between them.

use std::collections::BTreeMap;

use super::baseline::{Baseline, DeclaredAt, Record};
use super::identity::family;
use super::thresholds::Thresholds;
use crate::asm::text::header::Abi;
use crate::error::{Error, ErrorKind, Result};

/// What a change means for a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Level {
    /// Less than before.
    Better,
    /// More, but within limits.
    Note,
    /// Worth a look.
    Warn,
    /// The gate is shut.
    Fail,
}

impl Level {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A number of a function that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// Import path of the package.
    pub package: String,
    /// The function, as it is called now.
    pub function: String,
    /// Which number; `inlinable` for a function that could be inlined, with its cost, and now cannot (0).
    pub metric: &'static str,
    /// Before.
    pub old: u32,
    /// Now.
    pub new: u32,
    /// What it means.
    pub level: Level,
    /// The function is hot.
    pub hot: bool,
    /// Where the function is declared now, where that is known.
    pub place: Option<DeclaredAt>,
}

/// What changed from a baseline to a new build.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparison {
    /// Numbers that changed, the worst first.
    pub changes: Vec<Change>,
    /// Functions that are new.
    pub added: Vec<String>,
    /// Functions that are gone.
    pub removed: Vec<String>,
    /// Functions that were found in both.
    pub matched: usize,
}

impl Comparison {
    /// The worst level; `None` where nothing changed.
    pub fn worst(&self) -> Option<Level> {
        self.changes.iter().map(|change| change.level).max()
    }

    /// How many changes have a level.
    pub fn count(&self, level: Level) -> usize {
        self.changes.iter().filter(|change| change.level == level).count()
    }
}

impl Baseline {
    /// Compares a new build with this one. `is_hot` says which functions are hot; nothing is, where there is no
    /// profile.
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

    /// Compares even what another toolchain, machine or other flags made.
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
        comparison.changes.sort_by(|a, b| {
            b.level.cmp(&a.level).then_with(|| (&a.package, &a.function).cmp(&(&b.package, &b.function)))
        });
        comparison
    }
}

/// Functions that differ only in their numbers.
#[derive(Default)]
struct Group<'r> {
    old: Vec<(Vec<u64>, &'r Record)>,
    new: Vec<(Vec<u64>, &'r Record)>,
}

impl<'r> Group<'r> {
    /// Pairs what has the same code first, then what is left in order.
    fn pair(mut self, out: &mut Comparison, thresholds: &Thresholds, is_hot: &impl Fn(&Record) -> bool) {
        for side in [&mut self.old, &mut self.new] {
            side.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.occurrence.cmp(&y.occurrence)));
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
    for ((metric, before), (_, now)) in old.metrics.fields().zip(new.metrics.fields()) {
        if before != now {
            let level =
                if now < before { Level::Better } else { level(metric, before, now, thresholds, hot) };
            change(metric, before, now, level);
        }
    }
    if let (Some(cost), true) = (old.inline_cost, new.cannot_inline) {
        change("inlinable", cost, 0, if hot { Level::Fail } else { Level::Warn });
    }
}

/// What an increase means.
fn level(metric: &str, old: u32, new: u32, thresholds: &Thresholds, hot: bool) -> Level {
    let in_hot = if hot { Level::Fail } else { Level::Warn };
    match metric {
        "allocations_in_loop" | "defers_in_loop" => Level::Fail,
        "allocations" | "bounds_checks_in_loop" | "write_barriers_in_loop" | "indirect_calls_in_loop" => {
            in_hot
        }
        "bounds_checks" | "write_barriers" | "indirect_calls" => Level::Warn,
        "instructions" => size(old, new, thresholds.instructions_floor, thresholds, hot),
        "bytes" => size(old, new, thresholds.bytes_floor, thresholds, hot),
        "branches" => size(old, new, thresholds.branches_floor, thresholds, hot),
        "frame" => {
            let crosses = old <= thresholds.frame_limit && new > thresholds.frame_limit;
            if new - old < thresholds.frame_floor {
                Level::Note
            } else if crosses {
                Level::Fail
            } else if is_above(old, new, thresholds.frame_warn()) {
                Level::Warn
            } else {
                Level::Note
            }
        }
        _ => Level::Note,
    }
}

fn size(old: u32, new: u32, floor: u32, thresholds: &Thresholds, hot: bool) -> Level {
    if new - old < floor {
        Level::Note
    } else if hot && is_above(old, new, thresholds.size_fail()) {
        Level::Fail
    } else if is_above(old, new, thresholds.size_warn()) {
        Level::Warn
    } else {
        Level::Note
    }
}

/// Whether the increase is above `percent` of the old value.
fn is_above(old: u32, new: u32, percent: u32) -> bool {
    u64::from(new - old) * 100 > u64::from(old) * u64::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::analysis::Metrics;

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
    fn levels() {
        let default = Thresholds::default();
        assert_eq!(level("allocations_in_loop", 0, 1, &default, false), Level::Fail);
        assert_eq!(level("allocations", 1, 2, &default, false), Level::Warn);
        assert_eq!(level("allocations", 1, 2, &default, true), Level::Fail);
        assert_eq!(level("instructions", 10, 17, &default, true), Level::Note);
        assert_eq!(level("instructions", 100, 116, &default, true), Level::Warn);
        assert_eq!(level("instructions", 100, 126, &default, true), Level::Fail);
        assert_eq!(level("instructions", 100, 900, &default, false), Level::Warn);
        assert_eq!(level("frame", 4000, 4200, &default, false), Level::Note);
        assert_eq!(level("frame", 4000, 4300, &default, false), Level::Fail);
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
