//! Profiles from scratch.

use super::{Columns, Profile, Strings};
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::decode::tables::{Header, Tables};
use crate::pprof::types::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, StringId,
    ValueType,
};
use crate::table::Map;

/// Builds a [`Profile`] row by row.
///
/// Strings, functions, locations and mappings are kept once each: asking again for an equal one gives the
/// same handle. Samples are kept as they come. Ids are given out from 1 upwards. What is put together wrongly
/// is reported by [`finish`](Self::finish).
///
/// See [`Profile`] for an example.
#[derive(Clone, Debug)]
pub struct Builder {
    strings: Strings,
    string_ids: Map<Box<[u8]>, StringId>,
    tables: Tables,
    function_ids: Map<(StringId, StringId, StringId, i64), FunctionId>,
    location_ids: Map<LocationKey, LocationId>,
    mapping_ids: Map<Mapping, MappingId>,
    columns: Columns,
    problem: Option<String>,
}

type LocationKey = (Option<MappingId>, u64, bool, Box<[Line]>);

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// An empty profile, but for the empty string.
    pub fn new() -> Self {
        let mut builder = Self {
            strings: Strings::default(),
            string_ids: Map::default(),
            tables: Tables::default(),
            function_ids: Map::default(),
            location_ids: Map::default(),
            mapping_ids: Map::default(),
            columns: Columns::default(),
            problem: None,
        };
        builder.string(b"");
        builder
    }

    /// The handle of `string`.
    pub fn string(&mut self, string: &[u8]) -> StringId {
        if let Some(&id) = self.string_ids.get(string) {
            return id;
        }
        let id = self.strings.push(string);
        self.string_ids.insert(string.into(), id);
        id
    }

    /// Adds a column of values.
    pub fn sample_type(&mut self, ty: ValueType) -> &mut Self {
        if self.columns.len() > 0 {
            self.fail(|| "a sample type after the first sample".to_owned());
        }
        self.tables.sample_types.push(ty);
        self
    }

    /// The handle of a mapping equal to `mapping`, whose id does not matter.
    pub fn mapping(&mut self, mapping: Mapping) -> MappingId {
        let key = Mapping { id: 0, ..mapping };
        let next = MappingId(self.tables.mappings.len() as u32);
        let id = *self.mapping_ids.entry(key).or_insert(next);
        if id == next {
            self.tables.mappings.push(Mapping { id: u64::from(id.0) + 1, ..mapping });
        }
        id
    }

    /// The handle of a function.
    pub fn function(
        &mut self,
        name: StringId,
        system_name: StringId,
        filename: StringId,
        start_line: i64,
    ) -> FunctionId {
        let next = FunctionId(self.tables.functions.len() as u32);
        let id = *self.function_ids.entry((name, system_name, filename, start_line)).or_insert(next);
        if id == next {
            let id = u64::from(id.0) + 1;
            self.tables.functions.push(Function { id, name, system_name, filename, start_line });
        }
        id
    }

    /// A new location with one line, even if there is an equal one.
    pub(crate) fn another_location(&mut self, address: u64, line: Line) -> LocationId {
        let index = self.tables.locations.len() as u32;
        let (id, mapping, is_folded) = (u64::from(index) + 1, None, false);
        self.tables.locations.push(Location { id, mapping, address, is_folded });
        self.tables.lines.push(line);
        self.tables.line_ends.push(self.tables.lines.len() as u32);
        LocationId(index)
    }

    /// The handle of a location with `lines`, the innermost inlined call first.
    pub fn location(
        &mut self,
        mapping: Option<MappingId>,
        address: u64,
        is_folded: bool,
        lines: &[Line],
    ) -> LocationId {
        let next = LocationId(self.tables.locations.len() as u32);
        let id = *self.location_ids.entry((mapping, address, is_folded, lines.into())).or_insert(next);
        if id == next {
            self.tables.locations.push(Location { id: u64::from(id.0) + 1, mapping, address, is_folded });
            self.tables.lines.extend_from_slice(lines);
            self.tables.line_ends.push(self.tables.lines.len() as u32);
        }
        id
    }

    /// Adds a sample: its stack, leaf first, one value for each sample type, and its labels.
    pub fn sample(&mut self, stack: &[LocationId], values: &[i64], labels: &[Label]) -> &mut Self {
        let types = self.tables.sample_types.len();
        if values.len() != types {
            self.fail(|| format!("a sample of {} values for {types} sample types", values.len()));
            return self;
        }
        self.columns.push(values, stack, labels.iter().copied());
        self
    }

    /// Takes samples in place of those so far.
    pub(crate) fn take_samples(&mut self, columns: Columns) {
        self.columns = columns;
    }

    /// How many samples there are so far.
    pub fn sample_count(&self) -> usize {
        self.columns.len()
    }

    /// Sets what is counted between two samples, and how many of it.
    pub fn period(&mut self, ty: ValueType, period: i64) -> &mut Self {
        self.tables.header.period_type = Some(ty);
        self.tables.header.period = period;
        self
    }

    /// Sets when collection began, in nanoseconds since 1970 UTC.
    pub fn time_nanos(&mut self, nanos: i64) -> &mut Self {
        self.tables.header.time_nanos = nanos;
        self
    }

    /// Sets how long collection took, in nanoseconds.
    pub fn duration_nanos(&mut self, nanos: i64) -> &mut Self {
        self.tables.header.duration_nanos = nanos;
        self
    }

    /// Adds a comment.
    pub fn comment(&mut self, comment: StringId) -> &mut Self {
        self.tables.header.comments.push(comment);
        self
    }

    /// Sets the regular expressions of functions to drop, and of those to keep nevertheless.
    pub fn frames(&mut self, drop: StringId, keep: StringId) -> &mut Self {
        self.tables.header.drop_frames = drop;
        self.tables.header.keep_frames = keep;
        self
    }

    /// Sets the name of the preferred sample type.
    pub fn default_sample_type(&mut self, kind: StringId) -> &mut Self {
        self.tables.header.default_sample_type = kind;
        self
    }

    /// Sets the link to documentation.
    pub fn doc_url(&mut self, url: StringId) -> &mut Self {
        self.tables.header.doc_url = url;
        self
    }

    /// The profile.
    ///
    /// # Errors
    /// `Usage`: a sample with the wrong number of values, samples without a sample type, a sample type after
    /// the first sample, or a handle that is not of this builder.
    pub fn finish(mut self) -> Result<Profile> {
        if self.columns.len() > 0 && self.tables.sample_types.is_empty() {
            self.fail(|| "samples without a sample type".to_owned());
        }
        let whole = Whole { strings: self.strings.len(), tables: &self.tables };
        if let Some(what) = whole.stray(&self.columns) {
            self.fail(|| format!("the handle of a {what} is of another profile"));
        }
        match self.problem {
            Some(problem) => Err(Error::new(ErrorKind::Usage).detail(problem)),
            None => Ok(Profile::new(self.strings, self.tables, self.columns)),
        }
    }

    fn fail(&mut self, problem: impl FnOnce() -> String) {
        self.problem.get_or_insert_with(problem);
    }
}

/// All that handles can name.
struct Whole<'a> {
    strings: usize,
    tables: &'a Tables,
}

impl Whole<'_> {
    /// The kind of a handle that names nothing.
    fn stray(&self, columns: &Columns) -> Option<&'static str> {
        let Tables { sample_types, mappings, locations, lines, functions, header, .. } = self.tables;
        let types = sample_types.iter().chain(&header.period_type).flat_map(|ty| [ty.kind, ty.unit]);
        let mapped = mappings.iter().flat_map(|mapping| [mapping.filename, mapping.build_id]);
        let named = functions.iter().flat_map(|f| [f.name, f.system_name, f.filename]);
        let labels = (0..columns.labels.len()).flat_map(|i| columns.label_at(i).strings());
        let Header { drop_frames, keep_frames, default_sample_type, doc_url, .. } = *header;
        let single = [drop_frames, keep_frames, default_sample_type, doc_url];
        let comments = header.comments.iter().copied();
        let mut strings = types.chain(mapped).chain(named).chain(labels).chain(single).chain(comments);
        if strings.any(|string| string.index() >= self.strings) {
            Some("string")
        } else if lines.iter().any(|line| line.function.index() >= functions.len()) {
            Some("function")
        } else if columns.stacks.iter().any(|location| location.index() >= locations.len()) {
            Some("location")
        } else if locations.iter().filter_map(|l| l.mapping).any(|mapping| mapping.index() >= mappings.len())
        {
            Some("mapping")
        } else {
            None
        }
    }
}

impl Label {
    /// The strings that a label names; the empty one where it names fewer.
    fn strings(self) -> [StringId; 2] {
        match self.value {
            LabelValue::Str(string) => [self.key, string],
            LabelValue::Num { unit, .. } => [self.key, unit],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_kept_once() {
        let mut builder = Builder::new();
        let name = builder.string(b"f");
        assert_eq!(builder.string(b"f"), name);
        assert_eq!(builder.string(b""), StringId::EMPTY);
        let function = builder.function(name, name, name, 1);
        assert_eq!(builder.function(name, name, name, 1), function);
        assert_ne!(builder.function(name, name, name, 2), function);
        let line = Line { function, line: 3, column: 0 };
        let location = builder.location(None, 1, false, &[line, line]);
        assert_eq!(builder.location(None, 1, false, &[line, line]), location);
        assert_ne!(builder.location(None, 1, false, &[line]), location);
        let mapping = builder.mapping(Mapping::new(5));
        assert_eq!(builder.mapping(Mapping::new(6)), mapping);
        let profile = builder.finish().unwrap();
        assert_eq!(
            (profile.functions().len(), profile.locations().len(), profile.mappings().len()),
            (2, 2, 1)
        );
        assert_eq!(profile.lines(location), [line, line]);
    }

    #[test]
    fn misuse_is_an_error() {
        let ty = ValueType::new(StringId::EMPTY, StringId::EMPTY);
        let location = LocationId::from_index(9);
        let usage = |build: &dyn Fn(&mut Builder)| {
            let mut builder = Builder::new();
            build(&mut builder);
            builder.finish().map(drop).map_err(|error| error.kind())
        };
        assert_eq!(usage(&|b| _ = b.sample_type(ty).sample(&[], &[1], &[])), Ok(()));
        for misuse in [
            &(|b: &mut Builder| _ = b.sample(&[], &[], &[])) as &dyn Fn(&mut Builder),
            &|b| _ = b.sample(&[], &[1], &[]),
            &|b| _ = b.sample_type(ty).sample(&[], &[1], &[]).sample_type(ty),
            &|b| _ = b.sample_type(ty).sample(&[location], &[1], &[]),
            &|b| _ = b.comment(StringId::from_index(1)),
            &|b| _ = b.location(Some(MappingId::from_index(0)), 0, false, &[]),
            &|b| {
                let line = Line { function: FunctionId::from_index(0), line: 0, column: 0 };
                b.location(None, 0, false, &[line]);
            },
        ] {
            assert_eq!(usage(misuse), Err(ErrorKind::Usage));
        }
    }
}
