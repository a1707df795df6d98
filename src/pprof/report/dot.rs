//! The call graph in Graphviz' language.
//!
//! Unlike the tool's, every text from the profile is escaped: labels, file names and the title too, so that
//! none can end the string it is in. Source of the layout: google/pprof, `internal/graph/dotgraph.go`.

use std::io::Write;

use super::graph::node::{Nodes, components};
use super::graph::tags::{self, Side, Tag};
use super::graph::trim::MAX_NODELETS;
use super::graph::{Edge, Graph, Slot};
use super::shorten::shorten;
use super::{Kind, Report, source_path};
use crate::error::Result;
use crate::pprof::units::percent;
use crate::table::Map;
use crate::text::Printable;

impl Report<'_> {
    /// Writes the part of the call graph that explains most, as `go tool pprof -dot` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and as [`top`](Self::top).
    pub fn write_dot(&self, out: &mut impl Write) -> Result<()> {
        let nodes = self.nodes(Kind::Dot);
        let (trimmed, unit) = self.trimmed(Kind::Dot, &nodes)?;
        let source = self.profile.source();
        let title = match source.mappings().first().map(|main| source.string(main.filename)) {
            None | Some(b"") => String::new(),
            Some(file) => escape(source_path::base(file)),
        };
        let name = if title.is_empty() { "unnamed" } else { &title };
        writeln!(out, "digraph \"{name}\" {{\nnode [style=filled fillcolor=\"#f8f8f8\"]")?;
        let header: Vec<String> =
            self.header(&trimmed, &unit, true).iter().map(|line| escape_line(line)).collect();
        write!(out, "subgraph cluster_L {{ \"{}\" [shape=box fontsize=16", header[0])?;
        write!(out, " label=\"{}\\l\"", header.join("\\l"))?;
        if !title.is_empty() {
            write!(out, " tooltip=\"{title}\"")?;
        }
        writeln!(out, "] }}")?;

        let graph = &trimmed.graph;
        let label_units = self.label_units();
        let label_unit = label_units.of_key(b"bytes");
        let dot = Dot { report: self, graph, nodes: &nodes, unit: &unit, label_unit };
        let largest = graph.shown.iter().map(|&slot| graph.node(slot).flat.value().abs()).max().unwrap_or(0);
        let mut numbers: Map<Slot, usize> = Map::default();
        let mut with_nodelets: Map<Slot, bool> = Map::default();
        let (_, calls) = graph.adjacency();
        let mut edges = Vec::new();
        for (index, &slot) in graph.shown.iter().enumerate() {
            numbers.insert(slot, index + 1);
            dot.node(slot, index + 1, largest, out)?;
            let nodelets = dot.nodelets(slot, index + 1, !calls[slot as usize].is_empty());
            out.write_all(nodelets.as_bytes())?;
            with_nodelets.insert(slot, !nodelets.is_empty());
            edges.extend_from_slice(&calls[slot as usize]);
        }
        graph.sort_edges(&nodes, &mut edges);
        for edge in edges {
            let edge = &graph.edges[edge as usize];
            let number = |slot: Slot| numbers.get(&slot).copied();
            let to = match number(edge.to) {
                Some(to) => to,
                // The tool invents node 0 for what it does not show.
                None if self.options.compat.is_go_tool() => 0,
                None => continue,
            };
            let wide = with_nodelets.get(&edge.from).copied().unwrap_or(false);
            dot.edge(edge, number(edge.from).unwrap_or(0), to, wide, out)?;
        }
        Ok(writeln!(out, "}}")?)
    }
}

struct Dot<'a> {
    report: &'a Report<'a>,
    graph: &'a Graph,
    nodes: &'a Nodes,
    unit: &'a str,
    /// The unit of `bytes` labels.
    label_unit: &'a str,
}

impl Dot<'_> {
    fn format(&self, value: i128) -> String {
        escape_line(&self.report.format(value, self.unit))
    }

    fn share(&self, value: i128) -> String {
        percent(value, self.report.total).trim().to_owned()
    }

    fn color(&self, value: i128, background: bool) -> String {
        color(value as f64 / self.report.total.abs() as f64, background)
    }

    fn node(&self, slot: Slot, number: usize, largest: i128, out: &mut impl Write) -> Result<()> {
        let node = self.graph.node(slot);
        let (flat, cum) = (node.flat.value(), node.cum.value());
        let mut label = self.boxed_name(slot);
        let flat_text = self.format(flat);
        if flat == 0 {
            label.push('0');
        } else {
            label += &format!("{flat_text} ({})", self.share(flat));
        }
        let mut cum_text = flat_text;
        if cum != flat {
            cum_text = self.format(cum);
            let gap = if flat == 0 { " " } else { "\\n" };
            label += &format!("{gap}of {cum_text} ({})", self.share(cum));
        }
        let growth =
            if largest != 0 && flat != 0 { (flat.abs() as f64 / largest as f64).sqrt() * 16.0 } else { 0.0 };
        let size = 8 + growth.ceil() as i64;
        let name = escape(&self.nodes.name(node.info));
        let (line, fill) = (self.color(cum, false), self.color(cum, true));
        writeln!(
            out,
            "N{number} [label=\"{label}\" id=\"node{number}\" fontsize={size} shape=box \
             tooltip=\"{name} ({cum_text})\" color=\"{line}\" fillcolor=\"{fill}\"]"
        )?;
        Ok(())
    }

    /// The name over several lines, each ended by dot's `\n`.
    fn boxed_name(&self, slot: Slot) -> String {
        let info = &self.nodes.infos[self.graph.node(slot).info as usize];
        let name = escape(&shorten(self.nodes.texts.of(info.name)));
        let name = name.replace("::", "\\n").replace("[...]", "[…]").replace('.', "\\n");
        let file = match self.nodes.texts.of(info.file) {
            b"" => String::new(),
            file => escape(source_path::base(file)),
        };
        let object = escape(source_path::base(self.nodes.texts.of(info.object)));
        let mut parts = components(info, name.as_bytes(), file.as_bytes(), object.as_bytes());
        parts.push(Vec::new());
        String::from_utf8_lossy(&parts.join(&b"\\n"[..])).into_owned()
    }

    /// The boxes for labels beside a node; empty for a node without labels.
    fn nodelets(&self, slot: Slot, number: usize, has_calls: bool) -> String {
        let node_tags = &self.graph.node(slot).tags;
        let mut texts: Vec<Tag> = node_tags.texts.values().cloned().collect();
        // A leaf shows what was called from it and left out, other nodes only what is their own.
        let side = if has_calls { Side::Flat } else { Side::Cum };
        tags::sort(&mut texts, side);
        texts.truncate(MAX_NODELETS);
        let mut boxes = String::new();
        for (index, tag) in texts.iter().enumerate() {
            let value = tag.weight(side).value();
            if value == 0 {
                continue;
            }
            let name: Vec<String> = split(&tag.name).map(escape).collect();
            let id = format!("N{number}_{index}");
            boxes += &self.nodelet(&format!("N{number}"), &id, &name.join("\\n"), value, "");
            if let Some(numbers) = node_tags.numbers.get(&tag.name) {
                boxes += &self.numbers(numbers, side, &id);
            }
        }
        if let Some(numbers) = node_tags.numbers.get(&b""[..]) {
            boxes += &self.numbers(numbers, side, &format!("N{number}"));
        }
        boxes
    }

    fn numbers(&self, numbers: &Map<String, Tag>, side: Side, of: &str) -> String {
        let tags = numbers.values().cloned().collect();
        let tags = tags::collapse(tags, MAX_NODELETS, side, self.label_unit);
        let mut boxes = String::new();
        for (index, tag) in tags.iter().enumerate() {
            let own = side == Side::Flat || tag.flat.value() == tag.cum.value();
            let (value, style) =
                if own { (tag.flat.value(), "") } else { (tag.cum.value(), " style=\"dotted\"") };
            if value != 0 {
                boxes += &self.nodelet(of, &format!("N{of}_{index}"), &escape(&tag.name), value, style);
            }
        }
        boxes
    }

    fn nodelet(&self, of: &str, id: &str, name: &str, value: i128, style: &str) -> String {
        let weight = self.format(value);
        format!(
            "{id} [label = \"{name}\" id=\"{id}\" fontsize=8 shape=box3d tooltip=\"{weight}\"]\n\
             {of} -> {id} [label=\" {weight}\" weight=100 tooltip=\"{weight}\" labeltooltip=\"{weight}\"{style}]\n"
        )
    }

    fn edge(&self, edge: &Edge, from: usize, to: usize, wide: bool, out: &mut impl Write) -> Result<()> {
        let value = edge.weight.value();
        let weight = self.format(value);
        let inline = if edge.inline { "\\n (inline)" } else { "" };
        let mut attributes = format!("label=\" {weight}{inline}\"");
        let total = self.report.total;
        if total != 0 {
            let part = |of: i128| 1 + (value * of / total).abs().min(of);
            if part(100) > 1 {
                attributes += &format!(" weight={}", part(100));
            }
            if part(5) > 1 {
                attributes += &format!(" penwidth={}", part(5));
            }
            attributes += &format!(" color=\"{}\"", self.color(value, false));
        }
        let arrow = if edge.residual { "..." } else { "->" };
        let name = |slot: Slot| escape(&self.nodes.name(self.graph.node(slot).info));
        let tooltip = format!("\"{} {arrow} {} ({weight})\"", name(edge.from), name(edge.to));
        attributes += &format!(" tooltip={tooltip} labeltooltip={tooltip}");
        if edge.residual {
            attributes += " style=\"dotted\"";
        }
        if wide {
            attributes += " minlen=2";
        }
        Ok(writeln!(out, "N{from} -> N{to} [{attributes}]")?)
    }
}

/// The texts of a combination of labels.
fn split(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let separator = tags::SEPARATOR;
    let mut rest = Some(name);
    std::iter::from_fn(move || {
        let whole = rest?;
        let found = memchr::memmem::find(whole, separator);
        rest = found.map(|at| &whole[at + separator.len()..]);
        Some(found.map_or(whole, |at| &whole[..at]))
    })
}

/// A text from the profile inside a quoted string of dot.
fn escape(text: &[u8]) -> String {
    escape_line(&Printable(text).to_string())
}

/// A printable text inside a quoted string of dot; its line breaks become dot's left-justified ones.
fn escape_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\l")
}

/// A colour between green (-1), grey (0) and red (1).
fn color(score: f64, background: bool) -> String {
    /// How far colours are shifted away from grey.
    const SHIFT: f64 = 0.7;
    let (mut saturation, value) = if background { (0.1, 0.93) } else { (1.0, 0.7) };
    let mut score = (-1.0_f64).max(1.0_f64.min(score));
    if score.abs() < 0.2 {
        saturation *= score.abs() / 0.2;
    }
    if score > 0.0 {
        score = score.powf(1.0 - SHIFT);
    }
    if score < 0.0 {
        score = -(-score).powf(1.0 - SHIFT);
    }
    let (red, green) = if score < 0.0 {
        (value * (1.0 + saturation * score), value)
    } else {
        (value, value * (1.0 - saturation * score))
    };
    let byte = |part: f64| (part * 255.0) as u8;
    format!("#{:02x}{:02x}{:02x}", byte(red), byte(green), byte(value * (1.0 - saturation)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_tool() {
        assert_eq!((color(1.0, false), color(1.0, true)), ("#b20000".to_owned(), "#edd5d5".to_owned()));
        assert_eq!(color(6.0 / 13.0, false), "#b22400");
        assert_eq!(color(1.0 / 13.0, true), "#ede8e4");
    }

    #[test]
    fn no_text_ends_its_own_string() {
        assert_eq!(escape(b"a\" URL=\"x\\"), "a\\\" URL=\\\"x\\\\");
        assert_eq!(escape(b"\n"), "\\\\x0a");
        assert_eq!(split(b"a:b\0\\nc:d").collect::<Vec<_>>(), [&b"a:b"[..], b"c:d"]);
    }
}
