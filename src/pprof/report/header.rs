//! The lines above a report: what was profiled, when, and what is shown.

use super::Report;
use super::graph::Graph;
use super::graph::trim::Trimmed;
use super::source_path;
use super::when::Time;
use crate::pprof::units::{self, AUTO};
use crate::text::Printable;

/// Longest active filter that a header shows, in bytes.
const MAX_FILTER: usize = 80;

impl Report<'_> {
    /// The lines about the profile itself; values are printed in `unit`.
    pub(super) fn profile_header(&self, unit: &str) -> Vec<String> {
        let source = self.profile.source();
        let header = source.header();
        let shown = |id| Printable(source.string(id)).to_string();
        let mut lines = Vec::new();
        if let Some(main) = source.mappings().first() {
            let (file, build_id) = (source.string(main.filename), source.string(main.build_id));
            if !file.is_empty() {
                lines.push(format!("File: {}", Printable(source_path::base(file))));
            }
            if !build_id.is_empty() {
                lines.push(format!("Build ID: {}", Printable(build_id)));
            }
        }
        let comments = self.comments().into_iter().filter(|comment| !comment.starts_with(b"#"));
        lines.extend(comments.map(|comment| Printable(comment).to_string()));
        if !self.value_name.is_empty() {
            lines.push(format!("Type: {}", Printable(self.value_name.as_bytes())));
        }
        if !source.string(header.doc_url).is_empty() {
            lines.push(format!("Doc: {}", shown(header.doc_url)));
        }
        if header.time_nanos != 0 {
            lines.push(format!("Time: {}", Time(header.time_nanos).header()));
        }
        if header.duration_nanos != 0 {
            let duration = units::label(header.duration_nanos.into(), "nanoseconds", AUTO);
            let (nanos, of) = units::scale(self.total, &self.value_unit, "nanoseconds");
            let share = if of == "ns" && nanos != 0.0 {
                format!("({})", units::percent(nanos as i128, header.duration_nanos.into()))
            } else {
                String::new()
            };
            let total = self.format(self.total, unit);
            lines.push(format!("Duration: {duration}, Total samples = {total} {share}"));
        }
        lines
    }

    /// The lines above a trimmed graph.
    pub(super) fn header(&self, trimmed: &Trimmed, unit: &str, visual: bool) -> Vec<String> {
        let mut lines =
            if visual || !self.options.compact_labels { self.profile_header(unit) } else { Vec::new() };
        let filters = self.options.filters.active();
        if !filters.is_empty() {
            lines.push("Active filters:".to_owned());
            lines.extend(filters.iter().map(|filter| match filter.as_bytes().get(..MAX_FILTER) {
                Some(cut) if filter.len() > MAX_FILTER => format!("   {}…", Printable(cut)),
                _ => format!("   {}", Printable(filter.as_bytes())),
            }));
        }
        let shown = shown_total(&trimmed.graph);
        lines.push(format!(
            "Showing nodes accounting for {}, {} of {} total",
            self.format(shown, unit),
            units::percent(shown, self.total).trim(),
            self.format(self.total, unit),
        ));
        if self.total != 0 {
            let limit = |fraction: f64| {
                let cut = ((self.total as f64 * fraction) as i128).abs();
                self.format(cut, unit)
            };
            let dropped = |count: usize, what: &str, by: &str, fraction: f64| {
                let plural = if count > 1 { "s" } else { "" };
                format!("Dropped {count} {what}{plural} ({by} <= {})", limit(fraction))
            };
            if trimmed.dropped_nodes > 0 {
                lines.push(dropped(trimmed.dropped_nodes, "node", "cum", self.node_fraction()));
            }
            if visual && trimmed.dropped_edges > 0 {
                lines.push(dropped(trimmed.dropped_edges, "edge", "freq", self.edge_fraction()));
            }
            let count = trimmed.graph.shown.len();
            if count > 0 && count < trimmed.candidates {
                lines.push(format!("Showing top {count} nodes out of {}", trimmed.candidates));
            }
        }
        if visual {
            lines.push("\nSee https://git.io/JfYMW for how to read the graph".to_owned());
        }
        lines
    }
}

fn shown_total(graph: &Graph) -> i128 {
    graph.shown.iter().map(|&slot| graph.node(slot).flat.value()).sum()
}
