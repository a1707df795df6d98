//! Nodes: what the rows of a report are, at its granularity.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::pprof::filter::Filtered;
use crate::pprof::report::options::{Granularity, Options};
use crate::pprof::report::source_path;
use crate::pprof::types::{Line, LocationId};
use crate::table::Map;

/// A string, by its text: two of the same text are equal, whatever the profile's table holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Text(u32);

impl Text {
    pub(crate) const EMPTY: Self = Self(0);
}

/// Texts kept once.
#[derive(Debug)]
pub(crate) struct Texts {
    all: Vec<Vec<u8>>,
    ids: Map<Vec<u8>, Text>,
}

impl Texts {
    fn new() -> Self {
        let mut texts = Self { all: Vec::new(), ids: Map::default() };
        texts.add(b"");
        texts
    }

    fn add(&mut self, text: &[u8]) -> Text {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = Text(self.all.len() as u32);
        self.all.push(text.to_vec());
        self.ids.insert(text.to_vec(), id);
        id
    }

    pub(crate) fn of(&self, text: Text) -> &[u8] {
        &self.all[text.0 as usize]
    }
}

/// What distinguishes one node from another. Fields that the granularity leaves out are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct NodeInfo {
    pub(crate) name: Text,
    pub(crate) file: Text,
    /// The mapped file, where nothing else is known or the report is about binaries.
    pub(crate) object: Text,
    pub(crate) address: u64,
    pub(crate) line: i64,
    pub(crate) column: i64,
    pub(crate) start_line: i64,
}

/// A node's index in [`Nodes::infos`].
pub(crate) type NodeId = u32;

/// All nodes of a profile, and which of them a location expands to. Each location is expanded once.
#[derive(Debug)]
pub(crate) struct Nodes {
    pub(crate) texts: Texts,
    pub(crate) infos: Vec<NodeInfo>,
    /// Nodes of all locations, each with the innermost call first.
    expanded: Vec<NodeId>,
    /// End of each location's nodes.
    ends: Vec<u32>,
    /// Nodes that are inlined somewhere.
    pub(crate) inlined: Vec<bool>,
}

/// Which fields a granularity keeps.
struct Kept {
    function: bool,
    file: bool,
    line: bool,
    column: bool,
    address: bool,
    /// Keeps functions of one file apart by their first line, as the tool does.
    start_line: bool,
    objects: bool,
}

impl Kept {
    fn new(granularity: Granularity, options: &Options, objects: bool) -> Self {
        use Granularity::{Addresses, FileFunctions, Files, Functions, Lines};
        let at_line = matches!(granularity, Lines | Addresses);
        Self {
            function: granularity != Files,
            file: granularity != Functions,
            line: at_line,
            // The tool leaves everything as it is when nothing is to be merged.
            column: at_line && (options.show_columns || granularity == Addresses && !options.no_inlines),
            address: granularity == Addresses,
            start_line: matches!(granularity, Functions | FileFunctions | Lines | Addresses)
                || options.compat.is_go_tool(),
            objects,
        }
    }
}

impl Nodes {
    /// Expands every location at `granularity`; `objects` keeps mapped files apart, as callgrind output does.
    pub(crate) fn new(
        profile: &Filtered<'_>,
        granularity: Granularity,
        options: &Options,
        objects: bool,
    ) -> Self {
        let mut texts = Texts::new();
        let source = profile.source();
        let kept = Kept::new(granularity, options, objects);
        let names: Vec<(Text, Text)> = (0..profile.function_count() as u32)
            .map(|id| {
                let function = profile.function(crate::pprof::FunctionId::from_index(id));
                let name = if kept.function { texts.add(profile.string(function.name)) } else { Text::EMPTY };
                let file = if kept.file {
                    let trimmed = source_path::trim(
                        profile.string(function.filename),
                        &options.trim_path,
                        &options.source_path,
                    );
                    texts.add(&if trimmed.is_empty() {
                        Cow::Borrowed(trimmed)
                    } else {
                        source_path::clean(trimmed)
                    })
                } else {
                    Text::EMPTY
                };
                (name, file)
            })
            .collect();
        let objects: Vec<Text> =
            source.mappings().iter().map(|mapping| texts.add(source.string(mapping.filename))).collect();

        let mut nodes =
            Self { texts, infos: Vec::new(), expanded: Vec::new(), ends: Vec::new(), inlined: Vec::new() };
        let mut ids: Map<NodeInfo, NodeId> = Map::default();
        for index in 0..profile.location_count() as u32 {
            let id = LocationId::from_index(index);
            let location = profile.location(id);
            let address = if kept.address { location.address } else { 0 };
            let object = location.mapping.and_then(|id| objects.get(id.index()).copied()).unwrap_or_default();
            let lines = visible(profile, id, options);
            if lines.is_empty() {
                nodes.push(&mut ids, NodeInfo { address, object, ..NodeInfo::default() }, true);
            }
            for (at, line) in lines.iter().enumerate() {
                let (name, file) = names[line.function.index()];
                let mut info = NodeInfo { name, file, address, ..NodeInfo::default() };
                if kept.line {
                    info.line = line.line;
                }
                if kept.column {
                    info.column = line.column;
                }
                if kept.objects || name == Text::EMPTY {
                    let unnamed_file = !kept.start_line && file != Text::EMPTY;
                    info.object = if unnamed_file { Text::EMPTY } else { object };
                    info.start_line =
                        if kept.start_line { profile.function(line.function).start_line } else { 0 };
                }
                nodes.push(&mut ids, info, at + 1 == lines.len());
            }
            nodes.ends.push(nodes.expanded.len() as u32);
        }
        nodes
    }

    fn push(&mut self, ids: &mut Map<NodeInfo, NodeId>, info: NodeInfo, outermost: bool) {
        let next = self.infos.len() as NodeId;
        let id = *ids.entry(info).or_insert(next);
        if id == next {
            self.infos.push(info);
            self.inlined.push(false);
        }
        if !outermost {
            self.inlined[id as usize] = true;
        }
        self.expanded.push(id);
    }

    /// The nodes of a location, innermost call first; never empty.
    #[inline]
    pub(crate) fn of(&self, location: LocationId) -> &[NodeId] {
        let index = location.index();
        let from = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.expanded[from as usize..self.ends[index] as usize]
    }

    /// The name that a report prints, not yet safe for a terminal.
    pub(crate) fn name(&self, id: NodeId) -> Cow<'_, [u8]> {
        self.printable(&self.infos[id as usize])
    }

    pub(crate) fn printable(&self, info: &NodeInfo) -> Cow<'_, [u8]> {
        let only_name =
            info.address == 0 && info.line == 0 && info.file == Text::EMPTY && info.name != Text::EMPTY;
        if only_name {
            return Cow::Borrowed(self.texts.of(info.name));
        }
        let (name, file) = (self.texts.of(info.name), self.texts.of(info.file));
        Cow::Owned(components(info, name, file, source_path::base(self.texts.of(info.object))).join(&b' '))
    }

    /// A total order of different nodes whose printed names are equal.
    pub(crate) fn tie(&self, a: NodeId, b: NodeId) -> Ordering {
        let key = |id: NodeId| {
            let info = &self.infos[id as usize];
            let (name, file, object) = (info.name, info.file, info.object);
            let places = (info.address, info.start_line, info.line, info.column);
            (self.texts.of(name), self.texts.of(file), self.texts.of(object), places)
        };
        key(a).cmp(&key(b))
    }
}

/// The parts of a node's printed name, made of these texts in place of its own.
pub(crate) fn components(info: &NodeInfo, name: &[u8], file: &[u8], object: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    if info.address != 0 {
        parts.push(format!("{:016x}", info.address).into_bytes());
    }
    if !name.is_empty() {
        parts.push(name.to_vec());
    }
    if info.line != 0 {
        let mut slot = [file, format!(":{}", info.line).as_bytes()].concat();
        if info.column != 0 {
            slot.extend_from_slice(format!(":{}", info.column).as_bytes());
        }
        parts.push(slot);
    } else if !file.is_empty() {
        parts.push(file.to_vec());
    } else if name.is_empty() && info.object != Text::EMPTY {
        parts.push([b"[", object, b"]"].concat());
    } else if name.is_empty() {
        parts.push(b"<unknown>".to_vec());
    }
    parts
}

/// The lines that a report sees: only the outermost one where inlining is left out.
pub(crate) fn visible<'a>(profile: &'a Filtered<'_>, location: LocationId, options: &Options) -> &'a [Line] {
    let lines = profile.lines(location);
    if options.no_inlines { &lines[lines.len().saturating_sub(1)..] } else { lines }
}
