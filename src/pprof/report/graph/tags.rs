//! Labels on the nodes of a graph: how much of a node's value carries which labels.

use std::cmp::Ordering;

use super::values::Weight;
use crate::compat::Compat;
use crate::pprof::filter::LabelUnits;
use crate::pprof::source::labels::Labels;
use crate::pprof::source::{BASE_LABEL, SampleSource};
use crate::pprof::types::Label;
use crate::pprof::units;
use crate::table::{Map, SortRows};

/// How numeric labels are shown on a graph.
pub(crate) struct Tagging<'a> {
    pub(crate) units: &'a LabelUnits,
    /// The unit of the report.
    pub(crate) shown_in: &'a str,
    pub(crate) compat: Compat,
}

/// The labels of one sample as a graph shows them.
pub(crate) struct SampleTags {
    /// All texts as `key:value`, in order, with `\n` (two characters, for dot) between them. Numbers are
    /// among them, which Go's tool leaves out.
    texts: Vec<u8>,
    /// The `bytes` labels as printed, and their values: neighbours are put together.
    numbers: Vec<(String, i64)>,
}

impl SampleTags {
    pub(crate) fn new(source: &dyn SampleSource, labels: &[Label], tagging: &Tagging<'_>) -> Self {
        let labels = Labels::new(source, labels);
        let mut texts: Vec<Vec<u8>> = labels
            .texts()
            .filter(|text| text.0 != BASE_LABEL.0)
            .map(|(key, value)| [key, b":", value].concat())
            .collect();
        let is_bytes = |number: &(&[u8], i64, &[u8])| number.0 == b"bytes";
        if !tagging.compat.is_go_tool() {
            let others = labels.numbers().filter(|number| !is_bytes(number));
            texts.extend(others.map(|number| {
                [number.0, b":", tagging.units.label(number, tagging.shown_in).as_bytes()].concat()
            }));
        }
        texts.sort();
        let bytes = labels.numbers().filter(is_bytes);
        let numbers = bytes
            .map(|number| (tagging.units.label(number, tagging.shown_in), tagging.units.in_key_unit(number)))
            .collect();
        Self { texts: texts.join(SEPARATOR), numbers }
    }
}

/// Separates two texts: not a byte sequence that escaping would change.
pub(crate) const SEPARATOR: &[u8] = b"\x00\\n";

/// How much of a node's value carries one label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tag {
    pub(crate) name: Vec<u8>,
    /// The number, for numeric labels.
    pub(crate) value: i64,
    pub(crate) flat: Weight,
    pub(crate) cum: Weight,
}

/// One of the two values of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The node's own.
    Flat,
    /// The node's with all that it calls.
    Cum,
}

impl Tag {
    /// The value of one side.
    pub(crate) fn weight(&self, side: Side) -> Weight {
        match side {
            Side::Flat => self.flat,
            Side::Cum => self.cum,
        }
    }

    fn add(&mut self, weight: Weight, side: Side) {
        let side = match side {
            Side::Flat => &mut self.flat,
            Side::Cum => &mut self.cum,
        };
        side.sum += weight.sum;
        side.divisor += weight.divisor;
    }
}

/// The labels of a node: combinations of texts, and below each the numbers that came with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeTags {
    pub(crate) texts: Map<Vec<u8>, Tag>,
    pub(crate) numbers: Map<Vec<u8>, Map<String, Tag>>,
}

impl NodeTags {
    pub(crate) fn add(&mut self, sample: &SampleTags, weight: Weight, side: Side) {
        if !sample.texts.is_empty() {
            if !self.texts.contains_key(&sample.texts) {
                let tag = Tag { name: sample.texts.clone(), ..Tag::default() };
                self.texts.insert(sample.texts.clone(), tag);
            }
            if let Some(tag) = self.texts.get_mut(&sample.texts) {
                tag.add(weight, side);
            }
        }
        for (name, value) in &sample.numbers {
            let numbers = self.numbers.entry(sample.texts.clone()).or_default();
            let tag = numbers.entry(name.clone()).or_insert_with(|| Tag {
                name: name.clone().into_bytes(),
                value: *value,
                ..Tag::default()
            });
            tag.add(weight, side);
        }
    }

    /// Drops labels of which the node has less than `cutoff`.
    pub(crate) fn trim(&mut self, cutoff: u128) {
        let heavy = |tag: &Tag| tag.flat.sum.unsigned_abs() >= cutoff || tag.cum.sum.unsigned_abs() >= cutoff;
        self.texts.retain(|_, tag| heavy(tag));
        for numbers in self.numbers.values_mut() {
            numbers.retain(|_, tag| heavy(tag));
        }
    }

    /// How many labels the node itself has, not what it calls.
    pub(crate) fn flat_count(&self) -> usize {
        let numbers = self.numbers.values().flat_map(Map::values);
        self.texts.values().chain(numbers).filter(|tag| tag.flat.sum != 0).count()
    }
}

/// Orders labels by weight, largest first, then by name.
pub(crate) fn sort(tags: &mut [Tag], side: Side) {
    tags.sort_rows_by(|a, b| {
        let cum = match side {
            Side::Flat => Ordering::Equal,
            Side::Cum => by_size(a.cum, b.cum),
        };
        cum.then_with(|| by_size(a.flat, b.flat)).then_with(|| a.name.cmp(&b.name))
    });
}

fn by_size(a: Weight, b: Weight) -> Ordering {
    b.sum.unsigned_abs().cmp(&a.sum.unsigned_abs())
}

/// Puts numeric labels into at most `count` groups of neighbours, each named by its range; `unit` is that of
/// the numbers. The heaviest labels are the groups' seeds.
pub(crate) fn collapse(mut tags: Vec<Tag>, count: usize, side: Side, unit: &str) -> Vec<Tag> {
    sort(&mut tags, side);
    if tags.len() <= count {
        return tags;
    }
    let rest = tags.split_off(count);
    let mut groups: Vec<Vec<Tag>> = tags.into_iter().map(|tag| vec![tag]).collect();
    for tag in rest {
        let distance = |group: &Vec<Tag>| (scaled(group[0].value, unit) - tag.value as f64).abs();
        let nearest = groups
            .iter_mut()
            .reduce(|best, group| if distance(group) < distance(best) { group } else { best });
        if let Some(group) = nearest {
            group.push(tag);
        }
    }
    let mut collapsed: Vec<Tag> = groups.iter().map(|group| merged(group, unit)).collect();
    sort(&mut collapsed, side);
    collapsed
}

/// A number in its own unit: what remains are the roundings of that unit's family.
fn scaled(value: i64, unit: &str) -> f64 {
    units::scale(value.into(), unit, unit).0
}

fn merged(group: &[Tag], unit: &str) -> Tag {
    let label = |value: i64| units::label(value.into(), unit, units::AUTO);
    let (mut low, mut high) = (group[0].value, group[0].value);
    let (mut flat, mut cum) = (group[0].flat, group[0].cum);
    if let [one] = group {
        let whole = |weight: Weight| Weight { sum: weight.value(), divisor: 0 };
        return Tag { name: label(low).into_bytes(), value: low, flat: whole(one.flat), cum: whole(one.cum) };
    }
    for tag in &group[1..] {
        low = low.min(scaled(tag.value, unit) as i64);
        high = high.max(scaled(tag.value, unit) as i64);
        for (sum, more) in [(&mut flat, tag.flat), (&mut cum, tag.cum)] {
            sum.sum += more.sum;
            sum.divisor += more.divisor;
        }
    }
    let whole = |weight: Weight| Weight { sum: weight.value(), divisor: 0 };
    let name = format!("{}..{}", label(low), label(high)).into_bytes();
    Tag { name, value: 0, flat: whole(flat), cum: whole(cum) }
}
