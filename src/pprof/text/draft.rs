//! A profile being read from text: numbers and addresses first, locations at the end, once symbols and memory
//! map are known.

use super::drop_frames::{ALLOCATOR_FRAMES, KEPT_FRAMES, LOCK_FRAMES, SIGNAL_FRAMES};
use super::entry::{Label, Symbol, addresses, hex, symbol};
use super::locate::{Locator, NONE};
use super::lookup::Lookup;
use super::maps::{self, Range};
use crate::error::Result;
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::{Builder, Profile};
use crate::pprof::rule::Rule;
use crate::pprof::types::{self, LabelValue, ValueType};
use crate::table::Map;

/// Type and unit of a column.
pub(super) type Column<'a> = (&'a [u8], &'a [u8]);

/// How far a symbol's address is looked for among those of its entry: Go leaves out fewer frames than that.
const MAX_HIDDEN: usize = 256;

/// An address of which Go says that it has no symbol; no symbol has this index.
const NAMELESS: u32 = NONE - 1;

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
            frames: [SIGNAL_FRAMES, b""],
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

    /// Drops the frames of the allocator, which interest nobody.
    pub(super) fn drops_allocator(&mut self) {
        self.frames = [ALLOCATOR_FRAMES, KEPT_FRAMES];
    }

    /// Drops the frames of the lock, which interest nobody.
    pub(super) fn drops_locks(&mut self) {
        self.frames = [LOCK_FRAMES, b""];
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
        let is_none = address == 0 && !self.options.compat.is_go_tool();
        self.zeros = if is_none { self.zeros + 1 } else { 0 };
        self.addresses.push(if is_none { 0 } else { address.wrapping_sub(1) });
    }

    /// Adds the return addresses of a stack, ` 0x45f9 0x4601`; none of them if one is malformed.
    pub(super) fn push_calls(&mut self, stack: &[u8]) -> std::result::Result<(), Rule> {
        let start = self.start();
        addresses(stack, |address| self.push_call(address)).inspect_err(|_| self.abandon(start))
    }

    /// Adds an address unchanged.
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
        if !self.options.compat.is_go_tool() {
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
        if self.options.compat.is_go_tool() {
            return;
        }
        let Some(symbol) = symbol(line) else { return self.nameless_comment(line) };
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

    /// A comment with only an address: Go knows no function there, and hides no frame after it.
    fn nameless_comment(&mut self, line: &[u8]) {
        let Some(digits) = line.strip_prefix(b"#\t0x") else { return };
        let Ok(pc) = hex(digits) else { return };
        let ahead = self.addresses.iter().enumerate().skip(self.cursor).take(MAX_HIDDEN);
        let found = ahead.into_iter().find(|&(_, &address)| address == pc || address.wrapping_add(1) == pc);
        if let Some((at, name)) = found.and_then(|(at, _)| Some((at, self.names.get_mut(at)?))) {
            *name = NAMELESS;
            self.cursor = at + 1;
        }
    }

    /// Names an address wherever it occurs; addresses themselves then mean nothing.
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

    /// Keeps the addresses of each sample for which `keep` holds.
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
        let hidden = self.hidden();
        self.spread_symbols();
        let maps = is_mapped.then(|| Lookup::new(std::mem::take(&mut self.maps), &self.addresses));
        let mut locator = Locator::new(&self.addresses, &self.names, &self.symbols, maps, self.is_symbolic);
        let (mut stack, mut labels) = (Vec::new(), Vec::new());
        let (mut start, mut texts, mut numbers) =
            (0, self.labels.iter().peekable(), self.numbers.iter().peekable());
        let width = self.columns.len();
        for (sample, &end) in self.ends.iter().enumerate() {
            stack.clear();
            let first = start + hidden.get(sample).map_or(0, |&hidden| hidden as usize);
            locator.locate(&mut builder, first..self.own_end(start, end as usize), &mut stack);
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

    /// How many addresses each sample has before the first that Go names. Those are the runtime's innermost
    /// frames, which Go leaves out of the comments as it leaves them out of a heap's protobuf form; without
    /// names they would all be one unknown leaf (`printStackRecord` of Go's `runtime/pprof/pprof.go`).
    fn hidden(&self) -> Vec<u32> {
        if self.symbols.is_empty() || self.is_symbolic {
            return Vec::new();
        }
        let mut start = 0;
        let before_first = |&end: &u32| {
            let names = self.names.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            names.iter().position(|&name| name != NONE).unwrap_or(0) as u32
        };
        self.ends.iter().map(before_first).collect()
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
