//! A profile that is being read from text: numbers and addresses first, locations at the end, when symbols and
//! memory map are known.

use super::entry::{Label, Symbol, symbol};
use super::maps::{self, Lookup, Range};
use crate::error::Result;
use crate::intern::Map;
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::{Builder, Profile};
use crate::pprof::types::{self, FunctionId, LabelValue, Line, LocationId, MappingId, ValueType};

/// Type and unit of a column.
pub(super) type Column<'a> = (&'a [u8], &'a [u8]);

/// How far a symbol's address is looked for among those of its entry: Go leaves out fewer frames than that.
const MAX_HIDDEN: usize = 256;

/// The symbol of an address that has none.
const NONE: u32 = u32::MAX;

pub(super) struct Draft<'a, 'o> {
    options: &'o ReadOptions,
    columns: Vec<Column<'a>>,
    period: (Column<'a>, i64),
    duration: i64,
    values: Vec<i64>,
    addresses: Vec<u64>,
    /// How many zeros there are at the end.
    zeros: usize,
    /// The symbol of each address.
    names: Vec<u32>,
    /// The end of each sample's addresses.
    ends: Vec<u32>,
    labels: Vec<(u32, Label<'a>)>,
    numbers: Vec<(u32, &'static [u8], i64)>,
    symbols: Vec<Symbol<'a>>,
    /// Where the next symbol's address is looked for.
    cursor: usize,
    maps: Vec<Range<'a>>,
    frames: [&'static [u8]; 2],
    /// Symbols are names of addresses wherever they occur, and the addresses themselves mean nothing (Java).
    is_symbolic: bool,
}

impl<'a, 'o> Draft<'a, 'o> {
    pub(super) fn new(options: &'o ReadOptions) -> Self {
        Self {
            options,
            columns: Vec::new(),
            period: ((b"", b""), 0),
            duration: 0,
            values: Vec::new(),
            addresses: Vec::new(),
            zeros: 0,
            names: Vec::new(),
            ends: Vec::new(),
            labels: Vec::new(),
            numbers: Vec::new(),
            symbols: Vec::new(),
            cursor: 0,
            maps: Vec::new(),
            frames: [maps::SIGNAL_FRAMES, b""],
            is_symbolic: false,
        }
    }

    pub(super) fn columns(&mut self, columns: &[Column<'a>]) -> &mut Self {
        self.columns = columns.to_vec();
        self
    }

    pub(super) fn period(&mut self, column: Column<'a>, period: i64) -> &mut Self {
        self.period = (column, period);
        self
    }

    pub(super) fn duration(&mut self, nanos: i64) {
        self.duration = nanos;
    }

    /// Frames of the allocator are no one's business.
    pub(super) fn drops_allocator(&mut self) {
        self.frames = [maps::ALLOCATOR_FRAMES, maps::KEPT_FRAMES];
    }

    /// Frames of the lock are no one's business.
    pub(super) fn drops_locks(&mut self) {
        self.frames = [maps::LOCK_FRAMES, b""];
    }

    /// How many samples there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn has_symbols(&self) -> bool {
        !self.symbols.is_empty()
    }

    /// Where the addresses of the next sample begin.
    pub(super) fn start(&self) -> usize {
        self.addresses.len()
    }

    /// Forgets the addresses from `start` on.
    pub(super) fn abandon(&mut self, start: usize) {
        self.addresses.truncate(start);
        self.zeros = 0;
    }

    /// Adds the return address of a call: the call itself is just before it.
    pub(super) fn push_call(&mut self, address: u64) {
        let is_none = address == 0 && !self.options.compat;
        self.zeros = if is_none { self.zeros + 1 } else { 0 };
        self.addresses.push(if is_none { 0 } else { address.wrapping_sub(1) });
    }

    /// Adds an address as it is.
    pub(super) fn push_leaf(&mut self, address: u64) {
        self.zeros = 0;
        self.addresses.push(address);
    }

    /// Ends a sample. Go fills short stacks with zeros in some versions; they are no frames.
    pub(super) fn sample(&mut self, values: &[i64]) {
        let start = self.ends.last().map_or(0, |&end| end as usize);
        self.addresses.truncate(self.addresses.len().saturating_sub(self.zeros).max(start));
        self.zeros = 0;
        self.values.extend_from_slice(values);
        self.names.resize(self.addresses.len(), NONE);
        self.ends.push(self.addresses.len() as u32);
        self.cursor = start;
    }

    /// Adds to the values of the last sample.
    pub(super) fn repeat_last(&mut self) {
        if let Some(value) = self.values.last_mut() {
            *value = value.saturating_add(1);
        }
    }

    /// Labels of the last sample.
    pub(super) fn labels(&mut self, labels: Vec<Label<'a>>) {
        let Some(sample) = self.ends.len().checked_sub(1) else { return };
        if !self.options.compat {
            self.labels.extend(labels.into_iter().map(|label| (sample as u32, label)));
        }
    }

    /// A numeric label of the last sample.
    pub(super) fn number(&mut self, key: &'static [u8], value: i64) {
        if let Some(sample) = self.ends.len().checked_sub(1) {
            self.numbers.push((sample as u32, key, value));
        }
    }

    /// A comment under an entry: it may name one of its addresses. They come in the order of the addresses.
    pub(super) fn comment(&mut self, line: &'a [u8]) {
        if self.options.compat {
            return;
        }
        let Some(symbol) = symbol(line) else { return };
        let ahead = self.addresses.iter().enumerate().skip(self.cursor).take(MAX_HIDDEN);
        // A call at a function's very beginning is not preceded by anything.
        let is_at = |address: u64| {
            address == symbol.pc || symbol.pc == symbol.entry && address.wrapping_add(1) == symbol.pc
        };
        let Some(at) = ahead.into_iter().find(|(_, address)| is_at(**address)).map(|(at, _)| at) else {
            return;
        };
        if let Some(name) = self.names.get_mut(at) {
            *name = self.symbols.len() as u32;
            self.symbols.push(symbol);
            self.cursor = at + 1;
        }
    }

    /// Names an address wherever it occurs; what follows is no address any more.
    pub(super) fn name(&mut self, symbol: Symbol<'a>) {
        self.is_symbolic = true;
        self.symbols.push(symbol);
    }

    /// The addresses themselves mean nothing.
    pub(super) fn symbolic(&mut self) {
        self.is_symbolic = true;
    }

    pub(super) fn read_maps(&mut self, text: &'a [u8], options: &ReadOptions) {
        self.maps = maps::parse(text, options);
    }

    /// Whether one address was added since `start`, and is 0.
    pub(super) fn is_zero(&self, start: usize) -> bool {
        self.addresses.get(start..) == Some(&[0])
    }

    /// Changes the addresses of each sample with `edit`, which says which of them stay.
    pub(super) fn retain_addresses(&mut self, mut keep: impl FnMut(&[u64], usize) -> bool) {
        let (mut kept, mut start) = (Vec::with_capacity(self.addresses.len()), 0);
        for end in &mut self.ends {
            let stack = self.addresses.get(start..*end as usize).unwrap_or_default();
            kept.extend(
                stack.iter().enumerate().filter(|&(i, _)| keep(stack, i)).map(|(_, &address)| address),
            );
            start = *end as usize;
            *end = kept.len() as u32;
        }
        self.addresses = kept;
        self.names = vec![NONE; self.addresses.len()];
    }

    /// The stacks of all samples.
    pub(super) fn stacks(&self) -> impl Iterator<Item = &[u64]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let stack = self.addresses.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            stack
        })
    }

    /// Makes the profile.
    pub(super) fn finish(mut self) -> Result<Profile> {
        let mut builder = Builder::new();
        let column = |builder: &mut Builder, (kind, unit): Column<'_>| {
            ValueType::new(builder.string(kind), builder.string(unit))
        };
        for &of in &self.columns {
            let ty = column(&mut builder, of);
            builder.sample_type(ty);
        }
        let ty = column(&mut builder, self.period.0);
        builder.period(ty, self.period.1).duration_nanos(self.duration);
        let is_mapped = self.symbols.is_empty() && !self.is_symbolic;
        if is_mapped {
            let [drop, keep] = self.frames.map(|frames| builder.string(frames));
            builder.frames(drop, keep);
        }
        self.spread_symbols();
        let maps = is_mapped.then(|| Lookup::new(std::mem::take(&mut self.maps)));
        let mut places = Places::new(&self, maps);
        let (mut stack, mut labels) = (Vec::new(), Vec::new());
        let (mut start, mut texts, mut numbers) =
            (0, self.labels.iter().peekable(), self.numbers.iter().peekable());
        let width = self.columns.len();
        for (sample, &end) in self.ends.iter().enumerate() {
            stack.clear();
            places.locate(&mut builder, start..self.own_end(start, end as usize), &mut stack);
            start = end as usize;
            labels.clear();
            while let Some((_, (key, value))) = texts.next_if(|(of, _)| *of as usize == sample) {
                let (key, value) = (builder.string(key), LabelValue::Str(builder.string(value)));
                labels.push(types::Label { key, value });
            }
            while let Some(&(_, key, value)) = numbers.next_if(|(of, ..)| *of as usize == sample) {
                let (key, unit) = (builder.string(key), builder.string(b""));
                labels.push(types::Label { key, value: LabelValue::Num { value, unit } });
            }
            let values = self.values.get(sample * width..(sample + 1) * width).unwrap_or_default();
            builder.sample(&stack, values, &labels);
        }
        builder.finish()
    }

    /// The end of a sample's addresses without `runtime.goexit`, which Go never names.
    fn own_end(&self, start: usize, end: usize) -> usize {
        let names = self.names.get(start..end).unwrap_or_default();
        let is_goexit =
            names.last() == Some(&NONE) && names.iter().any(|&name| name != NONE) && !self.is_symbolic;
        if is_goexit { end - 1 } else { end }
    }

    /// Gives symbols to addresses that Go left unnamed here but named elsewhere.
    fn spread_symbols(&mut self) {
        let mut known: Map<u64, u32> = Map::default();
        if self.is_symbolic {
            known.extend(self.symbols.iter().enumerate().map(|(i, symbol)| (symbol.pc, i as u32)));
        } else {
            let named = self.addresses.iter().zip(&self.names).filter(|(_, name)| **name != NONE);
            known.extend(named.map(|(&address, &name)| (address, name)));
        }
        if !known.is_empty() {
            for (address, name) in
                self.addresses.iter().zip(&mut self.names).filter(|(_, name)| **name == NONE)
            {
                *name = known.get(address).copied().unwrap_or(NONE);
            }
        }
    }
}

/// Makes locations of addresses.
struct Places<'d> {
    addresses: &'d [u64],
    names: &'d [u32],
    symbols: &'d [Symbol<'d>],
    /// The mapping of an address; `None` where there is no memory map to speak of.
    maps: Option<Lookup<'d>>,
    mappings: Vec<MappingId>,
    functions: Map<&'d [u8], FunctionId>,
    is_symbolic: bool,
}

impl<'d> Places<'d> {
    fn new(draft: &'d Draft<'_, '_>, mut maps: Option<Lookup<'d>>) -> Self {
        if let Some(maps) = &mut maps {
            maps.assign(&draft.addresses);
        }
        Self {
            addresses: &draft.addresses,
            names: &draft.names,
            symbols: &draft.symbols,
            maps,
            mappings: Vec::new(),
            functions: Map::default(),
            is_symbolic: draft.is_symbolic,
        }
    }

    /// Appends the locations of one stack. What is inlined into one function is one location, as in protobuf.
    fn locate(&mut self, builder: &mut Builder, range: std::ops::Range<usize>, stack: &mut Vec<LocationId>) {
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

    /// How many of the addresses from `range.start` on are one physical frame: all have the same function entry,
    /// and the last of them is the function that holds them all. A run of frames with one entry is recursion, so
    /// that it ends wherever that function's name occurs.
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
                let row = maps::row(builder, range);
                self.mappings.push(builder.mapping(row));
            }
        }
        self.mappings.get(maps.find(address)?).copied()
    }
}
