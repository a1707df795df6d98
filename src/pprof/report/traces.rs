//! Every sample with its stack, as text.

use std::io::Write;

use super::Report;
use super::graph::node::Nodes;
use crate::error::{Error, Result};
use crate::pprof::source::Want;
use crate::pprof::source::labels::Labels;
use crate::pprof::units::AUTO;

const SEPARATOR: &str = "-----------+-------------------------------------------------------";

/// One sample as [`Report::each_trace`] hands it out.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Trace<'a> {
    /// The value, divided where the report shows means.
    pub value: i128,
    /// Text labels: key and values, ready to print, in byte order.
    pub labels: Vec<(String, Vec<String>)>,
    /// Numeric labels: key and values with their units.
    pub num_labels: Vec<(String, Vec<String>)>,
    /// The stack, leaf first.
    pub frames: Vec<TraceFrame<'a>>,
}

/// A frame of a [`Trace`].
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TraceFrame<'a> {
    /// The name at the report's granularity: bytes that may not be UTF-8.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub name: std::borrow::Cow<'a, [u8]>,
    /// It was inlined into the next frame.
    pub inline: bool,
}

impl Report<'_> {
    /// Calls `each` with every sample that has a stack, until it returns an error.
    ///
    /// # Errors
    /// The first one that `each` returns.
    pub fn each_trace(&self, mut each: impl FnMut(&Trace<'_>) -> Result<()>) -> Result<()> {
        let nodes = self.trace_nodes();
        let label_units = self.label_units();
        let source = self.profile.source();
        let mut failure: Option<Error> = None;
        self.profile.each_sample(Want::ALL, &mut |sample| {
            if failure.is_some() || sample.stack.is_empty() {
                return;
            }
            let labels = Labels::new(source, sample.labels);
            let printed = |bytes: &[u8]| self.shown(bytes).to_string();
            let number = |key: &[u8], (value, own): (i64, &[u8])| {
                printed(label_units.label((key, value, own), AUTO).as_bytes())
            };
            let trace = Trace {
                value: self.values.weight(sample.values).value(),
                labels: (labels.texts_by_key().into_iter())
                    .map(|(key, values)| (printed(key), values.into_iter().map(printed).collect()))
                    .collect(),
                num_labels: (labels.numbers_by_key().into_iter())
                    .map(|(key, values)| (printed(key), values.iter().map(|&v| number(key, v)).collect()))
                    .collect(),
                frames: frames(&nodes, sample.stack),
            };
            if let Err(error) = each(&trace) {
                failure = Some(error);
            }
        });
        failure.map_or(Ok(()), Err)
    }

    /// The nodes of the frames. The tool trims no source paths here.
    fn trace_nodes(&self) -> Nodes {
        let mut options = self.options.clone();
        if options.compat.is_go_tool() {
            options.trim_path.clear();
            options.source_path.clear();
        }
        Nodes::new(&self.profile, options.granularity, &options, false)
    }

    /// Writes every sample with its stack and labels, as `go tool pprof -traces` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn write_traces(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "{}", self.profile_header(self.options.unit.as_str()).join("\n"))?;
        let unit = self.options.unit.as_str();
        self.each_trace(|trace| {
            writeln!(out, "{SEPARATOR}")?;
            for labels in [&trace.labels, &trace.num_labels] {
                let mut lines: Vec<String> =
                    labels.iter().map(|(key, values)| format!("{key:>10}:  {}", values.join(" "))).collect();
                lines.sort();
                for line in lines {
                    writeln!(out, "{line}")?;
                }
            }
            for (at, frame) in trace.frames.iter().enumerate() {
                let value = if at == 0 { self.format(trace.value, unit) } else { String::new() };
                let inline = if frame.inline { " (inline)" } else { "" };
                writeln!(out, "{value:>10}   {}{inline}", self.shown(&frame.name))?;
            }
            Ok(())
        })?;
        Ok(writeln!(out, "{SEPARATOR}")?)
    }
}

fn frames<'a>(nodes: &'a Nodes, stack: &[crate::pprof::LocationId]) -> Vec<TraceFrame<'a>> {
    let mut frames = Vec::with_capacity(stack.len());
    for &location in stack {
        let expanded = nodes.of(location);
        for (at, &node) in expanded.iter().enumerate() {
            frames.push(TraceFrame { name: nodes.name(node), inline: at + 1 != expanded.len() });
        }
    }
    frames
}
