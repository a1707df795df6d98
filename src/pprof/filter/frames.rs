//! Name filters, decided once per location: which lines stay, and what a stack does when it meets the
//! location.

use super::simplify::simplify;
use super::{Filters, Pattern};
use crate::pprof::source::SampleSource;
use crate::pprof::types::{Function, Line, Location, Mapping};

/// What meeting a location does to a stack; a set of the constants below.
pub(super) type Marks = u8;

/// `drop_frames` drops the location and everything it calls.
pub(super) const DROP: Marks = 1;
/// `drop_frames` drops what the location calls.
pub(super) const DROP_BELOW: Marks = 2;
/// The location is in focus.
pub(super) const FOCUS: Marks = 4;
/// The location's samples are ignored.
pub(super) const IGNORE: Marks = 8;
/// No line of the location is shown.
pub(super) const HIDDEN: Marks = 16;
/// `show_from` begins here.
pub(super) const SHOW_FROM: Marks = 32;
/// `prune_from` drops what the location calls.
pub(super) const PRUNE_FROM: Marks = 64;

/// Locations as the filters leave them.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pub(super) lines: Vec<Line>,
    /// The first line of each location, and the one after its last.
    pub(super) spans: Vec<(u32, u32)>,
    pub(super) marks: Vec<Marks>,
    /// Some location is marked by `drop_frames`.
    pub(super) drops: bool,
    /// Filters whose pattern matches no location.
    pub(super) unmatched: Vec<&'static str>,
}

/// Which functions and mappings a pattern matches, found once.
struct Matched {
    functions: Vec<bool>,
    mappings: Vec<bool>,
    /// The tool gives the locations of a profile without mappings one without a name.
    no_mapping: bool,
}

impl Matched {
    /// By function name, source file and mapped file.
    fn by_name(pattern: &Pattern, tables: &Tables<'_>) -> Self {
        let name = |id| pattern.matches((tables.string)(id));
        Self {
            functions: tables.functions.iter().map(|f| name(f.name) || name(f.filename)).collect(),
            mappings: tables.mappings.iter().map(|m| name(m.filename)).collect(),
            no_mapping: tables.mappings.is_empty() && pattern.matches(b""),
        }
    }

    fn line(&self, line: &Line) -> bool {
        self.functions.get(line.function.index()).copied().unwrap_or(false)
    }

    fn mapping(&self, location: &Location) -> bool {
        let own = location.mapping.and_then(|id| self.mappings.get(id.index()).copied());
        own.unwrap_or(self.no_mapping)
    }
}

/// What the patterns look at: the source's tables, and the tag frames after them.
pub(super) struct Tables<'t> {
    pub(super) string: &'t dyn Fn(crate::pprof::StringId) -> &'t [u8],
    pub(super) functions: &'t [Function],
    pub(super) mappings: &'t [Mapping],
    pub(super) locations: &'t [Location],
}

impl Frames {
    /// The lines of all locations, before any filter; `extra` are the lines of tag frames, one each.
    pub(super) fn new(source: &dyn SampleSource, extra: &[Line]) -> Self {
        let count = source.locations().len() + extra.len();
        let mut frames = Self { spans: Vec::with_capacity(count), ..Self::default() };
        for index in 0..source.locations().len() as u32 {
            let from = frames.lines.len() as u32;
            frames.lines.extend_from_slice(source.lines(crate::pprof::LocationId::from_index(index)));
            frames.spans.push((from, frames.lines.len() as u32));
        }
        for line in extra {
            let from = frames.lines.len() as u32;
            frames.lines.push(*line);
            frames.spans.push((from, from + 1));
        }
        frames.marks = vec![0; count];
        frames
    }

    fn lines_of(&self, location: usize) -> &[Line] {
        let (from, to) = self.spans[location];
        &self.lines[from as usize..to as usize]
    }

    /// Marks what the profile's own `drop_frames` drops, and trims the lines of partly matching locations.
    ///
    /// Only the profile's own locations, `own` many, count: tag frames come later.
    pub(super) fn drop_frames(
        &mut self,
        tables: &Tables<'_>,
        drop: &Pattern,
        keep: Option<&Pattern>,
        own: usize,
    ) {
        let dropped: Vec<bool> = tables
            .functions
            .iter()
            .map(|function| {
                let name = (tables.string)(function.name);
                let simple = simplify(name);
                !name.is_empty() && drop.matches(simple) && !keep.is_some_and(|keep| keep.matches(simple))
            })
            .collect();
        for location in 0..own {
            let lines = self.lines_of(location);
            let count = lines.len();
            let Some(at) = lines.iter().rposition(|line| dropped[line.function.index()]) else { continue };
            self.marks[location] |= DROP_BELOW;
            self.drops = true;
            if at + 1 == count {
                self.marks[location] |= DROP;
            } else {
                self.spans[location].0 += at as u32 + 1;
            }
        }
    }

    /// Marks and trims for focus, ignore, hide, show, `show_from` and `prune_from`, in the tool's order.
    pub(super) fn filter(&mut self, tables: &Tables<'_>, filters: &Filters) {
        self.focus_hide_show(tables, filters);
        if let Some(pattern) = &filters.show_from {
            let matched = Matched::by_name(pattern, tables);
            let mut any = false;
            for (index, location) in tables.locations.iter().enumerate() {
                let last = self.lines_of(index).iter().rposition(|line| matched.line(line));
                if matched.mapping(location) {
                    self.marks[index] |= SHOW_FROM;
                } else if let Some(last) = last {
                    self.marks[index] |= SHOW_FROM;
                    self.spans[index].1 = self.spans[index].0 + last as u32 + 1;
                }
                any |= self.marks[index] & SHOW_FROM != 0;
            }
            self.note(any, "show_from");
        }
        if let Some(pattern) = &filters.prune_from {
            let matched: Vec<bool> = tables
                .functions
                .iter()
                .map(|function| {
                    let name = (tables.string)(function.name);
                    !name.is_empty() && pattern.matches(simplify(name))
                })
                .collect();
            for index in 0..self.spans.len() {
                if let Some(at) = self.lines_of(index).iter().position(|line| matched[line.function.index()])
                {
                    self.marks[index] |= PRUNE_FROM;
                    self.spans[index].0 += at as u32;
                }
            }
        }
    }

    fn focus_hide_show(&mut self, tables: &Tables<'_>, filters: &Filters) {
        let matched = |pattern: &Option<Pattern>| pattern.as_ref().map(|p| Matched::by_name(p, tables));
        let (focus, ignore) = (matched(&filters.focus), matched(&filters.ignore));
        let (hide, show) = (matched(&filters.hide), matched(&filters.show));
        if focus.is_none() && ignore.is_none() && hide.is_none() && show.is_none() {
            return;
        }
        let (mut focused, mut ignored, mut hidden, mut shown) = (false, false, false, false);
        for (index, location) in tables.locations.iter().enumerate() {
            let lines = self.lines_of(index);
            let has = |matched: &Matched| lines.iter().any(|l| matched.line(l)) || matched.mapping(location);
            if ignore.as_ref().is_some_and(has) {
                ignored = true;
                self.marks[index] |= IGNORE;
            } else if focus.as_ref().is_none_or(has) {
                focused = true;
                self.marks[index] |= FOCUS;
            }
            let lines = self.lines_of(index);
            if let Some(hide) = hide
                .as_ref()
                .filter(|hide| lines.iter().any(|line| hide.line(line)) || hide.mapping(location))
            {
                hidden = true;
                self.keep_lines(index, |line| !hide.line(line) && !hide.mapping(location));
                if self.lines_of(index).is_empty() {
                    self.marks[index] |= HIDDEN;
                }
            }
            if let Some(show) = &show {
                self.keep_lines(index, |line| show.line(line) || show.mapping(location));
                if self.lines_of(index).is_empty() {
                    self.marks[index] |= HIDDEN;
                } else {
                    shown = true;
                }
            }
        }
        self.note(focus.is_none() || focused, "focus");
        self.note(ignore.is_none() || ignored, "ignore");
        self.note(hide.is_none() || hidden, "hide");
        self.note(show.is_none() || shown, "show");
    }

    /// Keeps some lines of a location, in place.
    fn keep_lines(&mut self, location: usize, keep: impl Fn(&Line) -> bool) {
        let (from, to) = self.spans[location];
        let mut end = from;
        for at in from..to {
            let line = self.lines[at as usize];
            if keep(&line) {
                self.lines[end as usize] = line;
                end += 1;
            }
        }
        self.spans[location].1 = end;
    }

    fn note(&mut self, matched: bool, filter: &'static str) {
        if !matched {
            self.unmatched.push(filter);
        }
    }
}
