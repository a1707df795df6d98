//! Everything a profile holds, as text.

use std::io::Write;

use super::Report;
use super::graph::node::visible;
use super::when::Time;
use crate::error::{Error, Result};
use crate::pprof::source::Want;
use crate::pprof::source::labels::Labels;
use crate::pprof::types::{LocationId, MappingId};
use crate::text::GoDuration;

const LABELS: &str = "                ";

impl Report<'_> {
    /// Writes the profile as the filters leave it: header, samples, locations, mappings, as `go tool pprof
    /// -raw` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn write_raw(&self, out: &mut impl Write) -> Result<()> {
        self.write_raw_header(out)?;
        self.write_raw_samples(out)?;
        writeln!(out, "Locations")?;
        for index in 0..self.profile.location_count() as u32 {
            self.write_raw_location(LocationId::from_index(index), out)?;
        }
        writeln!(out, "Mappings")?;
        for index in 0..self.profile.source().mappings().len() as u32 {
            self.write_raw_mapping(MappingId::from_index(index), out)?;
        }
        if self.profile.source().mappings().is_empty() {
            writeln!(out, "1: 0x0/0x0/0x0   ")?;
        }
        Ok(())
    }

    fn write_raw_header(&self, out: &mut impl Write) -> Result<()> {
        let source = self.profile.source();
        let string = |id| self.shown(source.string(id));
        let header = source.header();
        for comment in self.comments() {
            writeln!(out, "Comment: {}", self.shown(comment))?;
        }
        if !source.string(header.doc_url).is_empty() {
            writeln!(out, "Doc: {}", string(header.doc_url))?;
        }
        match header.period_type {
            Some(ty) => writeln!(out, "PeriodType: {} {}", string(ty.kind), string(ty.unit))?,
            None => writeln!(out, "PeriodType:  ")?,
        }
        writeln!(out, "Period: {}", header.period)?;
        if header.time_nanos != 0 {
            writeln!(out, "Time: {}", Time(header.time_nanos))?;
        }
        if header.duration_nanos != 0 {
            // The tool asks for four digits and gets four characters.
            let text: String = GoDuration(header.duration_nanos).to_string().chars().take(4).collect();
            writeln!(out, "Duration: {text}")?;
        }
        let default = source.string(header.default_sample_type);
        let types: Vec<String> = (source.sample_types().iter())
            .map(|ty| {
                let mark = if source.string(ty.kind) == default { "[dflt]" } else { "" };
                format!("{}/{}{mark}", string(ty.kind), string(ty.unit))
            })
            .collect();
        writeln!(out, "Samples:\n{}", types.join(" ").trim())?;
        Ok(())
    }

    fn write_raw_samples(&self, out: &mut impl Write) -> Result<()> {
        let source = self.profile.source();
        let mut failure: Option<Error> = None;
        self.profile.each_sample(Want::ALL, &mut |sample| {
            let mut write = || -> Result<()> {
                for value in sample.values {
                    write!(out, " {value:>10}")?;
                }
                write!(out, ": ")?;
                for &location in sample.stack {
                    write!(out, "{} ", self.profile.location(location).id)?;
                }
                writeln!(out)?;
                let labels = Labels::new(source, sample.labels);
                let mut texts: Vec<Vec<u8>> = (labels.texts_by_key().iter())
                    .map(|(key, values)| [key, &b":["[..], &values.join(&b' '), b"]"].concat())
                    .collect();
                texts.sort();
                let mut numbers: Vec<Vec<u8>> =
                    labels.numbers_by_key().iter().map(|(key, values)| number_list(key, values)).collect();
                numbers.sort();
                for list in [texts, numbers].iter().filter(|list| !list.is_empty()) {
                    writeln!(out, "{LABELS}{}", self.shown(&list.join(&b' ')))?;
                }
                Ok(())
            };
            if failure.is_none() {
                failure = write().err();
            }
        });
        failure.map_or(Ok(()), Err)
    }

    fn write_raw_location(&self, id: LocationId, out: &mut impl Write) -> Result<()> {
        let location = self.profile.location(id);
        write!(out, "{:>6}: {:#x} ", location.id, location.address)?;
        let mappings = self.profile.source().mappings();
        // The tool gives the locations of a profile without mappings one, for symbols that it could find; not
        // those that it makes of labels.
        let is_of_label = id.index() >= self.profile.source().locations().len();
        let assumed = (mappings.is_empty() && !is_of_label).then_some(1);
        let own = location.mapping.and_then(|id| mappings.get(id.index())).map(|mapping| mapping.id);
        if let Some(id) = own.or(assumed) {
            write!(out, "M={id} ")?;
        }
        if location.is_folded {
            write!(out, "[F] ")?;
        }
        let lines = visible(&self.profile, id, &self.options);
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                write!(out, "\n             ")?;
            }
            let function = self.profile.function(line.function);
            let string = |id| self.profile.string(id);
            let column = if self.options.no_inlines && !self.options.show_columns { 0 } else { line.column };
            let (name, file) = (self.shown(string(function.name)), self.shown(string(function.filename)));
            write!(out, "{name} {file}:{}:{column} s={}", line.line, function.start_line)?;
            if string(function.name) != string(function.system_name) {
                write!(out, "({})", self.shown(string(function.system_name)))?;
            }
        }
        Ok(writeln!(out)?)
    }

    fn write_raw_mapping(&self, id: MappingId, out: &mut impl Write) -> Result<()> {
        let source = self.profile.source();
        let Some(mapping) = source.mappings().get(id.index()) else { return Ok(()) };
        let flags = [
            (mapping.has_functions, "[FN]"),
            (mapping.has_filenames, "[FL]"),
            (mapping.has_line_numbers, "[LN]"),
            (mapping.has_inline_frames && !self.options.no_inlines, "[IN]"),
        ];
        let flags: String = flags.iter().filter(|(has, _)| *has).map(|(_, flag)| *flag).collect();
        let (id, start, limit, offset) =
            (mapping.id, mapping.memory_start, mapping.memory_limit, mapping.file_offset);
        let (file, build_id) =
            (self.shown(source.string(mapping.filename)), self.shown(source.string(mapping.build_id)));
        Ok(writeln!(out, "{id}: {start:#x}/{limit:#x}/{offset:#x} {file} {build_id} {flags}")?)
    }
}

/// The numbers of one key, with their units where any of them has one.
fn number_list(key: &[u8], values: &[(i64, &[u8])]) -> Vec<u8> {
    let with_units = values.iter().any(|(_, unit)| !unit.is_empty());
    let values: Vec<Vec<u8>> = (values.iter())
        .map(|(value, unit)| {
            let value = value.to_string().into_bytes();
            if with_units { [&value[..], b" ", unit].concat() } else { value }
        })
        .collect();
    [key, b":[", &values.join(&b' '), b"]"].concat()
}
