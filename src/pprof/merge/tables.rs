//! Strings, functions, locations and mappings of all profiles, each once.

use crate::compat::Compat;
use crate::pprof::decode::ids::NONE;
use crate::pprof::source::SampleSource;
use crate::pprof::{Builder, FunctionId, Label, LabelValue, Line, LocationId, Mapping, MappingId, StringId};
use crate::table::Map;

/// The tables of a merge.
#[derive(Debug, Default)]
pub(super) struct Merged {
    builder: Builder,
    mappings: Map<MappingKey, (MappingId, u64)>,
}

/// What makes two mappings the same: the file or its build, not where it was mapped.
#[derive(Debug, PartialEq, Eq, Hash)]
struct MappingKey {
    size: u64,
    offset: u64,
    build_id_or_file: Vec<u8>,
}

impl MappingKey {
    fn new(profile: &dyn SampleSource, mapping: &Mapping) -> Self {
        /// Sizes are rounded up to this, against small differences.
        const PAGE: u64 = 0x1000;
        let size = mapping.memory_limit.wrapping_sub(mapping.memory_start).wrapping_add(PAGE - 1);
        let name = match profile.string(mapping.build_id) {
            b"" => profile.string(mapping.filename),
            build_id => build_id,
        };
        Self { size: size - size % PAGE, offset: mapping.file_offset, build_id_or_file: name.to_vec() }
    }
}

impl Merged {
    /// Translates handles of `profile`, and takes rows over as they are asked for.
    pub(super) fn translate<'m>(
        &'m mut self,
        profile: &'m dyn SampleSource,
        compat: Compat,
    ) -> Translation<'m> {
        let first = self.mappings.is_empty() && !profile.mappings().is_empty();
        let mut translation = Translation {
            strings: vec![None; profile.string_count()],
            functions: vec![None; profile.functions().len()],
            locations: vec![LocationId(NONE); profile.locations().len()],
            mappings: vec![None; profile.mappings().len()],
            lines: Vec::new(),
            needs_mapping: compat.is_go_tool() && profile.mappings().is_empty(),
            profile,
            merged: self,
        };
        // The first mapping is the main binary, whatever the samples use first.
        if first {
            translation.mapping(MappingId::from_index(0));
        }
        translation
    }

    pub(super) fn into_builder(self) -> Builder {
        self.builder
    }
}

/// Translates the handles of one profile into those of the merge.
pub(super) struct Translation<'m> {
    profile: &'m dyn SampleSource,
    merged: &'m mut Merged,
    strings: Vec<Option<StringId>>,
    functions: Vec<Option<FunctionId>>,
    /// [`NONE`] for what has not been asked for.
    locations: Vec<LocationId>,
    /// The mapping, and what is added to addresses in it.
    mappings: Vec<Option<(MappingId, u64)>>,
    lines: Vec<Line>,
    /// The tool gives a profile without mappings one, for symbols that it could find.
    needs_mapping: bool,
}

impl Translation<'_> {
    pub(super) fn text(&mut self, text: &[u8]) -> StringId {
        self.merged.builder.string(text)
    }

    fn string(&mut self, id: StringId) -> StringId {
        let builder = &mut self.merged.builder;
        *self.strings[id.index()].get_or_insert_with(|| builder.string(self.profile.string(id)))
    }

    pub(super) fn label(&mut self, label: Label) -> Label {
        let value = match label.value {
            LabelValue::Str(text) => LabelValue::Str(self.string(text)),
            LabelValue::Num { value, unit } => LabelValue::Num { value, unit: self.string(unit) },
        };
        Label { key: self.string(label.key), value }
    }

    #[inline]
    pub(super) fn location(&mut self, id: LocationId) -> LocationId {
        match self.locations[id.index()] {
            LocationId(NONE) => self.new_location(id),
            merged => merged,
        }
    }

    #[cold]
    fn new_location(&mut self, id: LocationId) -> LocationId {
        let location = self.profile.locations()[id.index()];
        let mapping = location.mapping.map(|mapping| self.mapping(mapping));
        let moved = mapping.map_or(0, |(_, moved)| moved);
        let assumed = self.needs_mapping.then(|| self.merged.builder.mapping(Mapping::new(0)));
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        for line in self.profile.lines(id) {
            lines.push(Line { function: self.function(line.function), ..*line });
        }
        let address = location.address.wrapping_add(moved);
        let merged = self.merged.builder.location(
            mapping.map(|m| m.0).or(assumed),
            address,
            location.is_folded,
            &lines,
        );
        self.lines = lines;
        self.locations[id.index()] = merged;
        merged
    }

    fn function(&mut self, id: FunctionId) -> FunctionId {
        if let Some(merged) = self.functions[id.index()] {
            return merged;
        }
        let function = self.profile.functions()[id.index()];
        let (name, system_name) = (self.string(function.name), self.string(function.system_name));
        let filename = self.string(function.filename);
        let merged = self.merged.builder.function(name, system_name, filename, function.start_line);
        self.functions[id.index()] = Some(merged);
        merged
    }

    fn mapping(&mut self, id: MappingId) -> (MappingId, u64) {
        if let Some(merged) = self.mappings[id.index()] {
            return merged;
        }
        let mapping = self.profile.mappings()[id.index()];
        let key = MappingKey::new(self.profile, &mapping);
        let (merged, start) = match self.merged.mappings.get(&key) {
            Some(&known) => known,
            None => {
                let (filename, build_id) = (self.string(mapping.filename), self.string(mapping.build_id));
                let merged = self.merged.builder.mapping(Mapping { filename, build_id, ..mapping });
                self.merged.mappings.insert(key, (merged, mapping.memory_start));
                (merged, mapping.memory_start)
            }
        };
        let moved = start.wrapping_sub(mapping.memory_start);
        self.mappings[id.index()] = Some((merged, moved));
        (merged, moved)
    }
}
