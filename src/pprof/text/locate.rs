//! From addresses, symbols and the memory map to locations.

use super::entry::Symbol;
use super::lookup::{self, Lookup};
use crate::pprof::profile::Builder;
use crate::pprof::types::{FunctionId, Line, LocationId, MappingId};
use crate::table::Map;

/// No symbol.
pub(super) const NONE: u32 = u32::MAX;

/// Makes locations of addresses.
pub(super) struct Locator<'d> {
    addresses: &'d [u64],
    /// The index of the symbol of each address, [`NONE`] without one.
    names: &'d [u32],
    symbols: &'d [Symbol<'d>],
    /// The mapping of an address; `None` where there is no usable memory map.
    maps: Option<Lookup<'d>>,
    mappings: Vec<MappingId>,
    functions: Map<&'d [u8], FunctionId>,
    /// Addresses mean nothing but the name of a symbol (Java).
    is_symbolic: bool,
}

impl<'d> Locator<'d> {
    pub(super) fn new(
        addresses: &'d [u64],
        names: &'d [u32],
        symbols: &'d [Symbol<'d>],
        maps: Option<Lookup<'d>>,
        is_symbolic: bool,
    ) -> Self {
        let (mappings, functions) = (Vec::new(), Map::default());
        Self { addresses, names, symbols, maps, mappings, functions, is_symbolic }
    }

    /// Appends the locations of one stack. What is inlined into one function is one location, as in protobuf.
    pub(super) fn locate(
        &mut self,
        builder: &mut Builder,
        range: std::ops::Range<usize>,
        stack: &mut Vec<LocationId>,
    ) {
        let mut at = range.start;
        let mut lines = Vec::new();
        while at < range.end {
            let first = at;
            lines.clear();
            let run = at + self.run(at..range.end);
            while at < run {
                lines.extend(self.line(builder, at));
                at += 1;
            }
            if first == at {
                at += 1;
            }
            let address = self.addresses.get(first).copied().unwrap_or(0);
            let mapping = self.mapping(builder, address);
            let address = if self.is_symbolic { 0 } else { address };
            stack.push(builder.location(mapping, address, false, &lines));
        }
    }

    /// How many of the addresses from `range.start` on are one physical frame: all have the same function
    /// entry, and the last of them is the function that holds them all. A run of frames with one entry is
    /// recursion, so that it ends wherever that function's name occurs.
    fn run(&self, range: std::ops::Range<usize>) -> usize {
        let symbol = |at: usize| self.names.get(at).and_then(|&name| self.symbols.get(name as usize));
        let Some(first) = symbol(range.start) else { return 0 };
        if self.is_symbolic {
            return 1;
        }
        let same = range
            .clone()
            .take_while(|&at| symbol(at).is_some_and(|other| other.entry == first.entry))
            .count();
        let holder = symbol(range.start + same - 1).map_or(first.name, |last| last.name);
        let end =
            range.clone().take(same).position(|at| symbol(at).is_some_and(|other| other.name == holder));
        end.map_or(1, |end| end + 1)
    }

    fn line(&mut self, builder: &mut Builder, at: usize) -> Option<Line> {
        let name = *self.names.get(at)?;
        let symbol = *self.symbols.get(name as usize)?;
        // Go keeps functions apart by name only, and so do the profiles it writes.
        let function = *self.functions.entry(symbol.name).or_insert_with(|| {
            let (name, file) = (builder.string(symbol.name), builder.string(symbol.file));
            builder.function(name, name, file, 0)
        });
        Some(Line { function, line: symbol.line, column: 0 })
    }

    fn mapping(&mut self, builder: &mut Builder, address: u64) -> Option<MappingId> {
        let maps = self.maps.as_mut()?;
        if self.mappings.is_empty() {
            for range in maps.mappings() {
                let row = lookup::row(builder, range);
                self.mappings.push(builder.mapping(row));
            }
        }
        self.mappings.get(maps.find(address)?).copied()
    }
}
