//! A profile as its filters leave it.

use std::fmt;

use super::frames::{DROP, DROP_BELOW, FOCUS, Frames, HIDDEN, IGNORE, PRUNE_FROM, SHOW_FROM, Tables};
use super::label_units::LabelUnits;
use super::tag_frames::{FIRST_STRING, TagFrames};
use super::{Filters, Pattern, TagFilter};
use crate::Result;
use crate::compat::Compat;
use crate::pprof::source::labels::Labels;
#[cfg(feature = "regex")]
use crate::pprof::source::labels::text;
use crate::pprof::source::{Sample, SampleSource, Want};
use crate::pprof::types::{Function, FunctionId, Label, Line, Location, LocationId, StringId};
use crate::table::Map;

/// A profile seen through filters. The profile itself is not changed.
pub struct Filtered<'p> {
    source: &'p dyn SampleSource,
    filters: Filters,
    frames: Frames,
    tag_frames: TagFrames,
    /// Units of numeric labels, for tag filters; empty when no filter needs them.
    units: LabelUnits,
}

impl<'p> Filtered<'p> {
    /// Prepares `filters` for a profile; numbers in tag frames are printed in `unit`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the profile's own `drop_frames` is not a regular
    /// expression.
    pub(crate) fn new(
        source: &'p dyn SampleSource,
        filters: &Filters,
        unit: &str,
        compat: Compat,
    ) -> Result<Self> {
        let tag_frames = TagFrames::new(source, filters, unit, compat);
        let mut frames = Frames::new(source, &tag_frames.lines);
        let functions = [source.functions(), &tag_frames.functions].concat();
        let locations = [source.locations(), &tag_frames.locations].concat();
        let string = |id: StringId| string(source, &tag_frames, id);
        let tables = Tables {
            string: &string,
            functions: &functions,
            mappings: source.mappings(),
            locations: &locations,
        };
        if let Some((drop, keep)) = own_patterns(source, filters)? {
            frames.drop_frames(&tables, &drop, keep.as_ref(), source.locations().len());
        }
        frames.filter(&tables, filters);
        let ranges = [&filters.tag_focus, &filters.tag_ignore];
        let units = if ranges.iter().any(|filter| filter.as_ref().is_some_and(TagFilter::is_range)) {
            LabelUnits::new(source, compat)
        } else {
            LabelUnits::default()
        };
        Ok(Self { source, filters: filters.clone(), frames, tag_frames, units })
    }

    pub(crate) fn source(&self) -> &'p dyn SampleSource {
        self.source
    }

    /// The bytes of a string, those of tag frames included.
    pub(crate) fn string(&self, id: StringId) -> &[u8] {
        string(self.source, &self.tag_frames, id)
    }

    pub(crate) fn function(&self, id: FunctionId) -> &Function {
        let own = self.source.functions();
        own.get(id.index()).unwrap_or_else(|| &self.tag_frames.functions[id.index() - own.len()])
    }

    pub(crate) fn function_count(&self) -> usize {
        self.source.functions().len() + self.tag_frames.functions.len()
    }

    pub(crate) fn location(&self, id: LocationId) -> &Location {
        let own = self.source.locations();
        own.get(id.index()).unwrap_or_else(|| &self.tag_frames.locations[id.index() - own.len()])
    }

    pub(crate) fn location_count(&self) -> usize {
        self.frames.spans.len()
    }

    /// The lines that the filters leave of a location.
    pub(crate) fn lines(&self, id: LocationId) -> &[Line] {
        let (from, to) = self.frames.spans[id.index()];
        &self.frames.lines[from as usize..to as usize]
    }

    /// Calls `each` with every sample as the filters leave it.
    pub(crate) fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut pass = Pass { index: 0, stack: Vec::new(), labels: Vec::new(), hidden_keys: Map::default() };
        let want = Want {
            stacks: want.stacks || self.looks_at_stacks(),
            labels: want.labels || self.looks_at_labels(),
            ..want
        };
        self.source.each_sample(want, &mut |sample| {
            if let Some(sample) = self.filtered(sample, &mut pass) {
                each(sample);
            }
            pass.index += 1;
        });
    }

    /// Whether some sample may be left out because of its stack.
    fn looks_at_stacks(&self) -> bool {
        let Filters { focus, ignore, hide, show, show_from, .. } = &self.filters;
        [focus, ignore, hide, show, show_from].into_iter().any(Option::is_some)
    }

    fn looks_at_labels(&self) -> bool {
        let Filters { tag_focus, tag_ignore, tag_show, tag_hide, .. } = &self.filters;
        tag_focus.is_some() || tag_ignore.is_some() || tag_show.is_some() || tag_hide.is_some()
    }

    /// Filters that are set and match nothing, by the names of their options.
    ///
    /// # Cost
    /// A pass over the samples when a tag filter is set.
    pub fn unmatched(&self) -> Vec<&'static str> {
        let mut unmatched = [&self.tag_frames.unmatched[..], &self.frames.unmatched].concat();
        let filters = &self.filters;
        let set = [
            ("tagfocus", filters.tag_focus.is_some()),
            ("tagignore", filters.tag_ignore.is_some()),
            ("tagshow", filters.tag_show.is_some()),
            ("taghide", filters.tag_hide.is_some()),
        ];
        if set.iter().any(|(_, set)| *set) {
            let mut seen = [false; 4];
            let found = |filter: &Option<TagFilter>, labels: Labels<'_>| {
                filter.as_ref().is_some_and(|filter| filter.matches(labels, &self.units))
            };
            let named = |pattern: &Option<Pattern>, labels: Labels<'_>| {
                pattern.as_ref().is_some_and(|pattern| {
                    labels.texts().any(|l| pattern.matches(l.0))
                        || labels.numbers().any(|l| pattern.matches(l.0))
                })
            };
            self.source.each_sample(Want::LABELS, &mut |sample| {
                let labels = Labels::new(self.source, sample.labels);
                seen[0] |= found(&filters.tag_focus, labels);
                seen[1] |= found(&filters.tag_ignore, labels);
                seen[2] |= named(&filters.tag_show, labels);
                seen[3] |= named(&filters.tag_hide, labels);
            });
            unmatched.extend(
                set.iter().zip(seen).filter(|((_, set), seen)| *set && !seen).map(|((name, _), _)| *name),
            );
        }
        unmatched
    }

    fn filtered<'a>(&'a self, sample: Sample<'a>, pass: &'a mut Pass) -> Option<Sample<'a>> {
        let marks = &self.frames.marks;
        let marked = |location: &LocationId, mark| marks[location.index()] & mark != 0;
        let filters = &self.filters;
        let mut stack = self.without_dropped(sample.stack);

        let by_name = filters.focus.is_some()
            || filters.ignore.is_some()
            || filters.hide.is_some()
            || filters.show.is_some();
        if !self.tag_frames.is_empty() || by_name {
            pass.stack.clear();
            let (leaves, roots) = self.tag_frames.of(pass.index);
            pass.stack.extend(leaves.iter().chain(stack).chain(roots).copied());
            if by_name {
                let mut focused = false;
                for location in &pass.stack {
                    if marked(location, IGNORE) {
                        return None;
                    }
                    focused |= marked(location, FOCUS);
                }
                if !focused {
                    return None;
                }
                let before = pass.stack.len();
                pass.stack.retain(|location| !marked(location, HIDDEN));
                if pass.stack.is_empty() && before > 0 {
                    return None;
                }
            }
            stack = &pass.stack;
        }
        if filters.show_from.is_some() {
            let root = stack.iter().rposition(|location| marked(location, SHOW_FROM))?;
            stack = &stack[..=root];
        }
        let labels = Labels::new(self.source, sample.labels);
        if filters.tag_focus.as_ref().is_some_and(|filter| !filter.matches(labels, &self.units))
            || filters.tag_ignore.as_ref().is_some_and(|filter| filter.matches(labels, &self.units))
        {
            return None;
        }
        let mut labels = sample.labels;
        if filters.tag_show.is_some() || filters.tag_hide.is_some() {
            pass.labels.clear();
            for label in sample.labels {
                let hidden = *pass.hidden_keys.entry(label.key).or_insert_with(|| {
                    let key = self.source.string(label.key);
                    filters.tag_show.as_ref().is_some_and(|show| !show.matches(key))
                        || filters.tag_hide.as_ref().is_some_and(|hide| hide.matches(key))
                });
                if !hidden {
                    pass.labels.push(*label);
                }
            }
            labels = &pass.labels;
        }
        if filters.prune_from.is_some() {
            if let Some(leaf) = stack.iter().position(|location| marked(location, PRUNE_FROM)) {
                stack = &stack[leaf..];
            }
        }
        Some(Sample { values: sample.values, stack, labels })
    }

    /// The stack without what `drop_frames` drops: only frames after the first one from the root that stays
    /// are dropped.
    fn without_dropped<'a>(&self, stack: &'a [LocationId]) -> &'a [LocationId] {
        if self.frames.drops {
            let mut kept_one = false;
            for (at, location) in stack.iter().enumerate().rev() {
                let marks = self.frames.marks[location.index()];
                if marks & (DROP | DROP_BELOW) == 0 {
                    kept_one = true;
                } else if kept_one {
                    return &stack[if marks & DROP != 0 { at + 1 } else { at }..];
                }
            }
        }
        stack
    }
}

/// What one pass over the samples reuses from sample to sample.
struct Pass {
    index: usize,
    stack: Vec<LocationId>,
    labels: Vec<Label>,
    hidden_keys: Map<StringId, bool>,
}

fn string<'a>(source: &'a dyn SampleSource, tag_frames: &'a TagFrames, id: StringId) -> &'a [u8] {
    match (id.index() as u32).checked_sub(FIRST_STRING) {
        Some(at) => tag_frames.strings.get(at as usize).map_or(&[], Vec::as_slice),
        None => source.string(id),
    }
}

/// The profile's own patterns of frames to drop and of exceptions.
#[cfg(feature = "regex")]
fn own_patterns(source: &dyn SampleSource, filters: &Filters) -> Result<Option<(Pattern, Option<Pattern>)>> {
    let header = source.header();
    let pattern = |id| match source.string(id) {
        b"" => Ok(None),
        bytes => Pattern::whole(&text(bytes)).map(Some),
    };
    if filters.all_frames {
        return Ok(None);
    }
    // A pattern too large to compile drops nothing: that is no reason to refuse the profile.
    let patterns = pattern(header.drop_frames).and_then(|drop| Ok((drop, pattern(header.keep_frames)?)));
    match patterns {
        Ok((drop, keep)) => Ok(drop.map(|drop| (drop, keep))),
        Err(error) if error.is_limit() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(feature = "regex"))]
fn own_patterns(_: &dyn SampleSource, _: &Filters) -> Result<Option<(Pattern, Option<Pattern>)>> {
    Ok(None)
}

impl fmt::Debug for Filtered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filtered").field("filters", &self.filters).finish_non_exhaustive()
    }
}
