//! The call graph in callgrind's format, for KCachegrind and its kin.

use std::fmt::Display;
use std::io::Write;

use super::graph::node::{NodeInfo, Nodes, Text};
use super::graph::{Graph, Slot};
use super::{Kind, Report, units};
use crate::error::Result;
use crate::table::Map;
use crate::text::Printable;

impl Report<'_> {
    /// Writes the whole call graph, by address, as `go tool pprof -callgrind` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and as [`top`](Self::top).
    pub fn write_callgrind(&self, out: &mut impl Write) -> Result<()> {
        let nodes = self.nodes(Kind::Callgrind);
        let (trimmed, unit) = self.trimmed(Kind::Callgrind, &nodes)?;
        let graph = &trimmed.graph;
        let event = format!("{}({unit})", self.value_name);
        writeln!(out, "positions: instr line\nevents: {}", Printable(event.as_bytes()))?;

        let scaled = |value: i128| units::scale(value, &self.value_unit, &unit).0 as i128;
        let unique = unique_names(graph, &nodes);
        let shown = graph.shown_set();
        let (_, mut calls) = graph.adjacency();
        let (mut objects, mut files, mut names) = (Names::default(), Names::default(), Names::default());
        let mut before: Option<&NodeInfo> = None;
        for &slot in &graph.shown {
            let node = graph.node(slot);
            let info = &nodes.infos[node.info as usize];
            let same = |other: &NodeInfo| {
                (other.object, other.file, other.name) == (info.object, info.file, info.name)
            };
            if !before.is_some_and(same) {
                writeln!(out, "\nob={}", objects.short(nodes.texts.of(info.object)))?;
                writeln!(out, "fl={}", files.short(nodes.texts.of(info.file)))?;
                writeln!(out, "fn={}", names.short(nodes.texts.of(info.name)))?;
            }
            writeln!(out, "{} {} {}", address(before, info.address), info.line, scaled(node.flat.value()))?;
            let calls = &mut calls[slot as usize];
            graph.sort_edges(&nodes, calls);
            for &edge in calls.iter() {
                let edge = &graph.edges[edge as usize];
                let callee = &nodes.infos[graph.node(edge.to).info as usize];
                writeln!(out, "cfl={}", files.short(nodes.texts.of(callee.file)))?;
                // The tool forgets the name of a function whose own row is not shown.
                let nameless = self.options.compat.is_go_tool() && !shown[edge.to as usize];
                let name = if nameless { &[][..] } else { &unique[edge.to as usize] };
                writeln!(out, "cfn={}", names.short(name))?;
                // A profile does not count calls.
                writeln!(out, "calls=0 {} {}", address(before, callee.address), callee.line)?;
                writeln!(out, "* * {}", scaled(edge.weight.sum))?;
            }
            before = Some(info);
        }
        Ok(())
    }
}

/// Names that were printed before are printed as a number.
#[derive(Default)]
struct Names(Map<Vec<u8>, usize>);

impl Names {
    fn short(&mut self, name: &[u8]) -> String {
        if name.is_empty() {
            return String::new();
        }
        if let Some(id) = self.0.get(name) {
            return format!("({id})");
        }
        let id = self.0.len() + 1;
        self.0.insert(name.to_vec(), id);
        format!("({id}) {}", Printable(name))
    }
}

/// The address, or its distance from the one before where that is shorter.
fn address(before: Option<&NodeInfo>, address: u64) -> Box<dyn Display> {
    let absolute = format!("{address:#x}");
    let Some(before) = before else { return Box::new(absolute) };
    if before.address == address {
        return Box::new('*');
    }
    let relative = format!("{:+}", address.wrapping_sub(before.address) as i64);
    Box::new(if relative.len() < absolute.len() { relative } else { absolute })
}

/// For each node its name, with ` [1/3]` after it where several functions of one file have that name: in a
/// call tree every path has its own.
fn unique_names(graph: &Graph, nodes: &Nodes) -> Vec<Vec<u8>> {
    type Function = (Option<Slot>, Text, i64);
    let info = |slot: Slot| &nodes.infos[graph.node(slot).info as usize];
    let function = |slot: Slot| (graph.node(slot).parent, info(slot).object, info(slot).start_line);
    let mut functions: Map<(Text, Text), usize> = Map::default();
    let mut numbers: Map<(Text, Text, Function), usize> = Map::default();
    for &slot in &graph.shown {
        let known = functions.entry((info(slot).file, info(slot).name)).or_default();
        numbers.entry((info(slot).file, info(slot).name, function(slot))).or_insert_with(|| {
            *known += 1;
            *known
        });
    }
    (0..graph.nodes.len() as Slot)
        .map(|slot| {
            let name = nodes.texts.of(info(slot).name);
            let number = numbers.get(&(info(slot).file, info(slot).name, function(slot)));
            match (functions.get(&(info(slot).file, info(slot).name)), number) {
                (Some(&known), Some(number)) if known > 1 => {
                    [name, format!(" [{number}/{known}]").as_bytes()].concat()
                }
                _ => name.to_vec(),
            }
        })
        .collect()
}
