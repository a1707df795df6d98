//! Everything a profile holds, as rows for programs.

use std::borrow::Cow;

use super::Report;
use super::graph::node::visible;
use crate::error::{Error, Result};
use crate::pprof::source::Want;
use crate::pprof::source::labels::{Labels, text};
use crate::pprof::types::LocationId;

/// What a profile holds beside its samples, as the filters leave it.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RawTables<'a> {
    /// The free text that the profile carries.
    pub comments: Vec<Cow<'a, str>>,
    /// The link to documentation; empty without one.
    pub doc_url: Cow<'a, str>,
    /// What is counted between two samples, and its unit.
    pub period_type: Option<[Cow<'a, str>; 2]>,
    /// How many of them.
    pub period: i64,
    /// When collection began, in nanoseconds since 1970 UTC; 0 where it is not known.
    pub time_nanos: i64,
    /// How long collection took, in nanoseconds.
    pub duration_nanos: i64,
    /// The type and the unit of each value of a sample.
    pub sample_types: Vec<[Cow<'a, str>; 2]>,
    /// The type that reports show by default; empty for the last one.
    pub default_sample_type: Cow<'a, str>,
    /// The locations, in the order of the file.
    pub locations: Vec<RawLocation<'a>>,
    /// The mappings, in the order of the file.
    pub mappings: Vec<RawMapping<'a>>,
}

/// A location of [`RawTables`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RawLocation<'a> {
    /// The id in the file.
    pub id: u64,
    /// The address; 0 where it is not known.
    pub address: u64,
    /// The id of its mapping.
    pub mapping: Option<u64>,
    /// Several symbols have this address.
    pub is_folded: bool,
    /// Its calls, innermost first.
    pub lines: Vec<RawLine<'a>>,
}

/// A call of a [`RawLocation`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RawLine<'a> {
    /// The function's name.
    pub function: Cow<'a, str>,
    /// The function's name as the system knows it.
    pub system_name: Cow<'a, str>,
    /// The source file.
    pub file: Cow<'a, str>,
    /// The line in it.
    pub line: i64,
    /// The column.
    pub column: i64,
    /// The line at which the function begins.
    pub start_line: i64,
}

/// A mapping of [`RawTables`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RawMapping<'a> {
    /// The id in the file.
    pub id: u64,
    /// First address.
    pub start: u64,
    /// The address after the last one.
    pub limit: u64,
    /// Offset in the mapped file.
    pub offset: u64,
    /// The mapped file.
    pub file: Cow<'a, str>,
    /// Its build id.
    pub build_id: Cow<'a, str>,
}

/// One sample as [`Report::each_raw_sample`] hands it out.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RawSample<'a> {
    /// One value for each sample type.
    pub values: &'a [i64],
    /// The ids of its locations, leaf first.
    pub locations: Vec<u64>,
    /// Text labels.
    pub labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Numeric labels: key, value and unit.
    pub num_labels: Vec<(Cow<'a, str>, i64, Cow<'a, str>)>,
}

impl Report<'_> {
    /// What the profile holds beside its samples.
    pub fn raw_tables(&self) -> RawTables<'_> {
        let source = self.profile.source();
        let header = source.header();
        let shown = |id| text(source.string(id));
        let ty = |ty: &crate::pprof::ValueType| [shown(ty.kind), shown(ty.unit)];
        let locations = (0..self.profile.location_count() as u32).map(LocationId::from_index);
        RawTables {
            comments: self.comments().into_iter().map(text).collect(),
            doc_url: shown(header.doc_url),
            period_type: header.period_type.as_ref().map(ty),
            period: header.period,
            time_nanos: header.time_nanos,
            duration_nanos: header.duration_nanos,
            sample_types: source.sample_types().iter().map(ty).collect(),
            default_sample_type: shown(header.default_sample_type),
            locations: locations.map(|id| self.raw_location(id)).collect(),
            mappings: (source.mappings().iter())
                .map(|mapping| RawMapping {
                    id: mapping.id,
                    start: mapping.memory_start,
                    limit: mapping.memory_limit,
                    offset: mapping.file_offset,
                    file: shown(mapping.filename),
                    build_id: shown(mapping.build_id),
                })
                .collect(),
        }
    }

    fn raw_location(&self, id: LocationId) -> RawLocation<'_> {
        let location = self.profile.location(id);
        let mapping = location.mapping.and_then(|id| self.profile.source().mappings().get(id.index()));
        let lines = visible(&self.profile, id, &self.options).iter().map(|line| {
            let function = self.profile.function(line.function);
            RawLine {
                function: text(self.profile.string(function.name)),
                system_name: text(self.profile.string(function.system_name)),
                file: text(self.profile.string(function.filename)),
                line: line.line,
                column: line.column,
                start_line: function.start_line,
            }
        });
        RawLocation {
            id: location.id,
            address: location.address,
            mapping: mapping.map(|mapping| mapping.id),
            is_folded: location.is_folded,
            lines: lines.collect(),
        }
    }

    /// Calls `each` with every sample as the filters leave it, until it returns an error.
    ///
    /// # Errors
    /// The first one that `each` returns.
    pub fn each_raw_sample(&self, mut each: impl FnMut(&RawSample<'_>) -> Result<()>) -> Result<()> {
        let source = self.profile.source();
        let mut failure: Option<Error> = None;
        self.profile.each_sample(Want::ALL, &mut |sample| {
            if failure.is_some() {
                return;
            }
            let labels = Labels::new(source, sample.labels);
            let row = RawSample {
                values: sample.values,
                locations: sample.stack.iter().map(|&id| self.profile.location(id).id).collect(),
                labels: labels.texts().map(|(key, value)| (text(key), text(value))).collect(),
                num_labels: labels
                    .numbers()
                    .map(|(key, value, unit)| (text(key), value, text(unit)))
                    .collect(),
            };
            failure = each(&row).err();
        });
        failure.map_or(Ok(()), Err)
    }
}
