//! Reports that are profiles again: what the filters leave, and the top functions.

use super::graph::node::visible;
use super::graph::trim::Trimmed;
use super::graph::values;
use super::{Kind, Report, units};
use crate::error::Result;
use crate::pprof::decode::tables::{Header, Tables};
use crate::pprof::profile::{Columns, Strings};
use crate::pprof::source::Want;
use crate::pprof::types::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, StringId,
    ValueType,
};
use crate::pprof::{Builder, Profile};
use crate::table::Map;

impl Report<'_> {
    /// The profile as the filters leave it, as `go tool pprof -proto` writes it: every row of its tables,
    /// with the ids it had. Values are divided where the options say so.
    pub fn profile(&self) -> Profile {
        let mut copy = Copy { report: self, strings: Strings::default(), ids: Map::default() };
        copy.text(b"");
        let tables = copy.tables();
        let mut columns = Columns::default();
        let by = self.options.divide_by;
        self.profile.each_sample(Want::ALL, &mut |sample| {
            let divided = |&value: &i64| values::divided(value.into(), by) as i64;
            columns.values.extend(sample.values.iter().map(divided));
            columns.stacks.extend_from_slice(sample.stack);
            for label in sample.labels {
                columns.push_label(copy.label(*label));
            }
            columns.end_sample();
        });
        Profile::new(copy.strings, tables, columns)
    }

    /// The rows of [`top`](Self::top) as a profile with the sample types `cum` and `flat`: a sample of one
    /// frame each, as `go tool pprof -topproto` writes it.
    ///
    /// # Errors
    /// As [`top`](Self::top).
    pub fn top_profile(&self) -> Result<Profile> {
        let nodes = self.nodes(Kind::Top);
        let (Trimmed { graph, .. }, unit) = self.trimmed(Kind::Top, &nodes)?;
        let mut builder = Builder::new();
        let unit_id = builder.string(unit.as_bytes());
        for kind in ["cum", "flat"] {
            let kind = builder.string(kind.as_bytes());
            builder.sample_type(ValueType::new(kind, unit_id));
        }
        let source = self.profile.source();
        let header = source.header();
        builder.time_nanos(header.time_nanos).duration_nanos(header.duration_nanos);
        if let Some(ty) = header.period_type {
            let (kind, unit) =
                (builder.string(source.string(ty.kind)), builder.string(source.string(ty.unit)));
            builder.period(ValueType::new(kind, unit), header.period);
        }
        for &slot in &graph.shown {
            let node = graph.node(slot);
            let info = &nodes.infos[node.info as usize];
            let name = builder.string(nodes.texts.of(info.name));
            let file = builder.string(nodes.texts.of(info.file));
            let function = builder.function(name, StringId::EMPTY, file, info.start_line);
            let line = Line { function, line: info.line, column: info.column };
            // Nodes without names may be equal, and are rows of their own.
            let location = builder.another_location(info.address, line);
            let scaled = |value: i128| units::scale(value, &self.value_unit, &unit).0 as i64;
            builder.sample(&[location], &[scaled(node.cum.value()), scaled(node.flat.value())], &[]);
        }
        builder.finish()
    }
}

/// Copies rows with the strings they name.
struct Copy<'r> {
    report: &'r Report<'r>,
    strings: Strings,
    ids: Map<Vec<u8>, StringId>,
}

impl Copy<'_> {
    fn text(&mut self, text: &[u8]) -> StringId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = self.strings.push(text);
        self.ids.insert(text.to_vec(), id);
        id
    }

    fn string(&mut self, id: StringId) -> StringId {
        self.text(self.report.profile.string(id))
    }

    fn value_type(&mut self, ty: ValueType) -> ValueType {
        ValueType::new(self.string(ty.kind), self.string(ty.unit))
    }

    fn label(&mut self, label: Label) -> Label {
        let value = match label.value {
            LabelValue::Str(text) => LabelValue::Str(self.string(text)),
            LabelValue::Num { value, unit } => LabelValue::Num { value, unit: self.string(unit) },
        };
        Label { key: self.string(label.key), value }
    }

    fn tables(&mut self) -> Tables {
        let (profile, options) = (&self.report.profile, &self.report.options);
        let (source, header) = (profile.source(), profile.source().header());
        let mut tables = Tables {
            sample_types: source.sample_types().iter().map(|&ty| self.value_type(ty)).collect(),
            header: Header {
                drop_frames: self.string(header.drop_frames),
                keep_frames: self.string(header.keep_frames),
                time_nanos: header.time_nanos,
                duration_nanos: header.duration_nanos,
                period_type: header.period_type.map(|ty| self.value_type(ty)),
                period: header.period,
                comments: self.report.comments().into_iter().map(|comment| self.text(comment)).collect(),
                default_sample_type: self.string(header.default_sample_type),
                doc_url: self.string(header.doc_url),
            },
            ..Tables::default()
        };
        for mapping in source.mappings() {
            let (filename, build_id) = (self.string(mapping.filename), self.string(mapping.build_id));
            let has_inline_frames = mapping.has_inline_frames && !options.no_inlines;
            tables.mappings.push(Mapping { filename, build_id, has_inline_frames, ..*mapping });
        }
        // The tool gives a profile without mappings one, for symbols that it could find.
        let assumed = (tables.mappings.is_empty() && options.compat.is_go_tool()).then(|| {
            tables.mappings.push(Mapping::new(1));
            MappingId::from_index(0)
        });
        for id in 0..profile.function_count() as u32 {
            let function = profile.function(FunctionId::from_index(id));
            tables.functions.push(Function {
                name: self.string(function.name),
                system_name: self.string(function.system_name),
                filename: self.string(function.filename),
                ..*function
            });
        }
        for id in 0..profile.location_count() as u32 {
            let id = LocationId::from_index(id);
            let location = *profile.location(id);
            let assumed = assumed.filter(|_| id.index() < source.locations().len());
            tables.locations.push(Location { mapping: location.mapping.or(assumed), ..location });
            for line in visible(profile, id, options) {
                let column = if options.no_inlines && !options.show_columns { 0 } else { line.column };
                tables.lines.push(Line { column, ..*line });
            }
            tables.line_ends.push(tables.lines.len() as u32);
        }
        tables
    }
}
