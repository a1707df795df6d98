//! Flat, cumulative and blamed values of a profile, by function and by line.

use crate::diagnose::finding::Place;
use crate::diagnose::inputs::Profiled;
use crate::symbol::FuncKey;
use crate::table::{Map, SortRows};

/// The values of one function.
#[derive(Clone, Debug)]
pub(crate) struct FunctionSum<'p> {
    pub(crate) key: &'p FuncKey<'p>,
    pub(crate) user: bool,
    pub(crate) file: &'p [u8],
    /// In the function itself.
    pub(crate) flat: i64,
    /// In the function and in all that it calls.
    pub(crate) cum: i64,
    /// In the function and in what the runtime and the standard library did for it.
    pub(crate) blamed: i64,
}

/// The values of one line, blamed on it: by it, or by the runtime and the standard library for it.
#[derive(Clone, Debug)]
pub(crate) struct Site<'p> {
    pub(crate) key: &'p FuncKey<'p>,
    pub(crate) file: &'p [u8],
    pub(crate) line: u32,
    pub(crate) blamed: i64,
    /// Of which in the line itself, and not in what it calls.
    pub(crate) flat: i64,
    /// What was called from here, as far as it is known, with the value of each.
    pub(crate) callees: Vec<(&'p FuncKey<'p>, i64)>,
}

impl Site<'_> {
    pub(crate) fn place(&self) -> Place {
        Place::new(self.file, self.line)
    }
}

/// One value of a profile, summed up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums<'p> {
    pub(crate) total: i64,
    /// By decreasing cumulative value.
    pub(crate) functions: Vec<FunctionSum<'p>>,
    /// Lines of the user's functions (of any, where a stack has none of the user's), by decreasing value.
    pub(crate) sites: Vec<Site<'p>>,
    by_key: Map<&'p [u8], usize>,
}

impl<'p> Sums<'p> {
    /// Sums value `index` of the samples whose stack `keep` accepts.
    ///
    /// # Cost
    /// Linear in the frames of all stacks.
    pub(crate) fn of(profiled: &'p Profiled<'_>, index: usize) -> Self {
        let mut sums = Sums::default();
        // Instances of one generic function are several functions of the profile and one here.
        let mut row_of = vec![u32::MAX; profiled.function_count()];
        let mut seen: Vec<usize> = Vec::new();
        let mut sites: Map<(usize, u32), usize> = Map::default();
        for (number, sample) in profiled.profile.samples().enumerate() {
            let value = sample.values().get(index).copied().unwrap_or(0);
            if value == 0 {
                continue;
            }
            sums.total = sums.total.saturating_add(value);
            let (mut callee, mut leaf, mut blamed) = (None, None, None);
            for frame in profiled.stack(sample) {
                let row = match row_of.get(frame.function) {
                    Some(&u32::MAX) => {
                        let row = sums.row(frame.key, frame.user, frame.file);
                        row_of[frame.function] = row as u32;
                        row
                    }
                    Some(&row) => row as usize,
                    None => continue,
                };
                if seen.len() <= row {
                    seen.resize(row + 1, usize::MAX);
                }
                if seen[row] != number {
                    seen[row] = number;
                    add(&mut sums.functions[row].cum, value);
                }
                if leaf.is_none() {
                    leaf = Some((row, frame.line, None));
                    add(&mut sums.functions[row].flat, value);
                }
                if frame.user && blamed.is_none() {
                    blamed = Some((row, frame.line, callee));
                }
                callee = Some(row);
            }
            let Some((row, line, callee)) = blamed.or(leaf) else { continue };
            add(&mut sums.functions[row].blamed, value);
            let slot = *sites.entry((row, line)).or_insert_with(|| {
                let function = &sums.functions[row];
                let (key, file) = (function.key, function.file);
                sums.sites.push(Site { key, file, line, blamed: 0, flat: 0, callees: Vec::new() });
                sums.sites.len() - 1
            });
            let site = &mut sums.sites[slot];
            add(&mut site.blamed, value);
            match callee.map(|row| sums.functions[row].key) {
                None => add(&mut site.flat, value),
                Some(key) => match site.callees.iter_mut().find(|(other, _)| *other == key) {
                    Some((_, sum)) => add(sum, value),
                    None => site.callees.push((key, value)),
                },
            }
        }
        sums.sort();
        sums
    }

    /// The row of a function, added if it is new.
    fn row(&mut self, key: &'p FuncKey<'p>, user: bool, file: &'p [u8]) -> usize {
        *self.by_key.entry(key.as_bytes()).or_insert_with(|| {
            self.functions.push(FunctionSum { key, user, file, flat: 0, cum: 0, blamed: 0 });
            self.functions.len() - 1
        })
    }

    fn sort(&mut self) {
        self.functions.sort_rows_by(|a, b| b.cum.cmp(&a.cum).then_with(|| a.key.cmp(b.key)));
        self.by_key = self.functions.iter().enumerate().map(|(row, f)| (f.key.as_bytes(), row)).collect();
        self.sites.sort_rows_by(|a, b| {
            b.blamed.cmp(&a.blamed).then_with(|| a.key.cmp(b.key)).then(a.line.cmp(&b.line))
        });
        for site in &mut self.sites {
            site.callees.sort_rows_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        }
    }

    /// The values of a function.
    pub(crate) fn function(&self, key: &FuncKey<'_>) -> Option<&FunctionSum<'p>> {
        self.functions.get(*self.by_key.get(key.as_bytes())?)
    }

    /// `value` as a part of all.
    pub(crate) fn share(&self, value: i64) -> f64 {
        if self.total == 0 { 0.0 } else { value as f64 / self.total as f64 }
    }

    /// The flat values of the functions whose name `is` accepts, together.
    pub(crate) fn flat_where(&self, is: impl Fn(&[u8]) -> bool) -> i64 {
        self.functions.iter().filter(|f| is(f.key.as_bytes())).map(|f| f.flat).fold(0, i64::saturating_add)
    }
}

/// Adds without overflow: the values are a file's.
fn add(sum: &mut i64, value: i64) {
    *sum = sum.saturating_add(value);
}
