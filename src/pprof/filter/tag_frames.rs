//! Frames made of label values, at the root or the leaf of a stack: `tagroot` and `tagleaf`.

use super::Filters;
use crate::compat::Compat;
use crate::pprof::source::labels::{Labels, text};
use crate::pprof::source::{SampleSource, Want};
use crate::pprof::types::{Function, FunctionId, Label, Line, Location, LocationId, StringId};
use crate::pprof::units::label;
use crate::table::Map;

/// The frames that labels become: rows after those of the profile's tables.
#[derive(Debug, Default)]
pub(super) struct TagFrames {
    /// Names of the new functions: string ids after those of the profile.
    pub(super) strings: Vec<Vec<u8>>,
    pub(super) functions: Vec<Function>,
    pub(super) locations: Vec<Location>,
    pub(super) lines: Vec<Line>,
    /// For each sample the new frames: leaf frames, then root frames.
    per_sample: Vec<LocationId>,
    leaves: usize,
    roots: usize,
    pub(super) unmatched: Vec<&'static str>,
    compat: Compat,
}

/// The first string id that no profile uses: a string table would need 4 GiB of empty strings to reach it.
pub(super) const FIRST_STRING: u32 = 0xf000_0000;

impl TagFrames {
    /// Collects the label values of all samples; numbers are printed in `unit`.
    pub(super) fn new(source: &dyn SampleSource, filters: &Filters, unit: &str, compat: Compat) -> Self {
        let (leaves, roots) = (filters.tag_leaf.len(), filters.tag_root.len());
        let mut frames = Self { leaves, roots, compat, ..Self::default() };
        if frames.leaves + frames.roots == 0 {
            return frames;
        }
        let mut known: Map<(usize, Vec<u8>), LocationId> = Map::default();
        let keys: Vec<&str> =
            filters.tag_leaf.iter().rev().chain(filters.tag_root.iter().rev()).map(String::as_str).collect();
        let mut matched = vec![false; keys.len()];
        source.each_sample(Want::LABELS, &mut |sample| {
            for (at, key) in keys.iter().enumerate() {
                let name = values(source, sample.labels, key.as_bytes(), unit);
                matched[at] |= name.is_some();
                let name = frames.name(key, name);
                // One key given twice is one frame.
                let first = keys.iter().position(|other| other == key).unwrap_or(at);
                let location =
                    *known.entry((first, name)).or_insert_with_key(|(_, name)| frames.add(source, name, key));
                frames.per_sample.push(location);
            }
        });
        let (leaves, roots) = matched.split_at(frames.leaves);
        if !roots.is_empty() && !roots.contains(&true) {
            frames.unmatched.push("tagroot");
        }
        if !leaves.is_empty() && !leaves.contains(&true) {
            frames.unmatched.push("tagleaf");
        }
        frames
    }

    /// What the frame of a label is called. Go's tool leaves out the key, and the name of a frame for samples
    /// without the label.
    fn name(&self, key: &str, value: Option<Vec<u8>>) -> Vec<u8> {
        if self.compat.is_go_tool() {
            return value.unwrap_or_default();
        }
        [key.as_bytes(), b":", value.as_deref().unwrap_or(b"(none)")].concat()
    }

    fn add(&mut self, source: &dyn SampleSource, name: &[u8], key: &str) -> LocationId {
        let string = |strings: &mut Vec<Vec<u8>>, text: &[u8]| {
            strings.push(text.to_vec());
            StringId::from_index(FIRST_STRING + strings.len() as u32 - 1)
        };
        let function = FunctionId::from_index((source.functions().len() + self.functions.len()) as u32);
        let highest = |ids: &mut dyn Iterator<Item = u64>| ids.max().unwrap_or(0);
        let next_function = match self.functions.last() {
            Some(last) => last.id.wrapping_add(1),
            None => highest(&mut source.functions().iter().map(|f| f.id)).wrapping_add(1),
        };
        let next_location = match self.locations.last() {
            Some(last) => last.id.wrapping_add(1),
            None => highest(&mut source.locations().iter().map(|l| l.id)).wrapping_add(1),
        };
        self.functions.push(Function {
            id: next_function,
            name: string(&mut self.strings, name),
            system_name: StringId::EMPTY,
            filename: string(&mut self.strings, key.as_bytes()),
            start_line: 0,
        });
        self.lines.push(Line { function, line: 0, column: 0 });
        self.locations.push(Location { id: next_location, mapping: None, address: 0, is_folded: false });
        LocationId::from_index((source.locations().len() + self.locations.len() - 1) as u32)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.leaves + self.roots == 0
    }

    /// The leaf frames and the root frames of sample `index`.
    pub(super) fn of(&self, index: usize) -> (&[LocationId], &[LocationId]) {
        let each = self.leaves + self.roots;
        let frames = self.per_sample.get(index * each..(index + 1) * each).unwrap_or_default();
        frames.split_at(self.leaves.min(frames.len()))
    }
}

/// The values of `key`, texts first, with commas between them; `None` when the sample has no such label.
fn values(source: &dyn SampleSource, labels: &[Label], key: &[u8], unit: &str) -> Option<Vec<u8>> {
    let labels = Labels::new(source, labels);
    let mut values: Vec<Vec<u8>> =
        labels.texts().filter(|label| label.0 == key).map(|label| label.1.to_vec()).collect();
    let numbers: Vec<_> = labels.numbers().filter(|label| label.0 == key).collect();
    let with_units = numbers.iter().any(|number| !number.2.is_empty());
    values.extend(numbers.iter().map(|&(_, value, own)| {
        let printed =
            if with_units { label(value.into(), &text(own), unit) } else { label(value.into(), "", "") };
        printed.into_bytes()
    }));
    (!values.is_empty()).then(|| values.join(&b","[..]))
}
