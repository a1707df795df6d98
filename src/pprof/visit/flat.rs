//! The flat values of functions in one pass: what `top` needs, without any model.

use super::item::{Item, item};
use super::location::Location;
#[cfg(feature = "gzip")]
use super::push::Push;
use super::sample::Sample;
use crate::error::Result;
use crate::limits::Limits;
use crate::pprof::decode::fields::{Field, Scan, next_field};
use crate::pprof::decode::ids::Ids;
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::schema::profile;
use crate::pprof::decode::{budget, tables};
use crate::table::{Map, Runs};
use crate::wire::Cursor;

/// Location ids below this have their total in a table, others in a map.
const DENSE: usize = 1 << 16;

/// Sums one value of every sample by the function on top of its stack.
///
/// For programs that look at thousands of profiles and want the flat sums only: it is faster than any report,
/// and knows no filters, units or inlining. [`Report`](crate::pprof::report::Report) has those.
///
/// Reads of each sample only the top of the stack and that value; keeps the ids of the tables' rows and the
/// strings. Fields may come in any order and chunks of any size. What is not needed is not checked: use
/// [`check`](crate::pprof::check) for that.
///
/// ```
/// use godiag::pprof::visit::Flat;
/// # let message = b"\x0a\x04\x08\x01\x10\x02\x12\x05\x0a\x01\x01\x10\x2a\x22\x06\x08\x01\x22\x02\x08\x01\x2a\x04\x08\x01\x10\x03\
/// #     \x32\x00\x32\x03cpu\x32\x02ns\x32\x06main.f";
/// let flat = Flat::parse(message, 0)?;
/// let rows = flat.rows();
/// assert_eq!((rows[0].name, rows[0].value), (&b"main.f"[..], 42));
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Flat {
    column: usize,
    dense: Vec<i128>,
    sparse: Map<u64, i128>,
    total: i128,
    /// For each location, its id, its address and the function of its innermost line, 0 without lines.
    locations: Vec<(u64, u64, u64)>,
    /// For each function, its id and the index of its name.
    functions: Vec<(u64, u32)>,
    strings: Runs<u8>,
}

/// A function and the sum of its flat values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlatRow<'a> {
    /// The function's name; empty where there is no symbol.
    pub name: &'a [u8],
    /// The address, where there is no symbol.
    pub address: Option<u64>,
    /// The sum.
    pub value: i128,
}

impl Flat {
    /// Sums value `column`.
    pub fn new(column: usize) -> Self {
        Self { column, ..Self::default() }
    }

    /// Sums value `column` of the profile in `input`, gzipped or not. A gzipped one streams through a small
    /// window.
    ///
    /// # Errors
    /// What is wrong with gzip or the wire, and `Limit`.
    pub fn parse(input: &[u8], column: usize) -> Result<Self> {
        Self::parse_with(input, column, &Limits::DEFAULT)
    }

    /// As [`parse`](Self::parse), within `limits`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(input: &[u8], column: usize, limits: &Limits) -> Result<Self> {
        let mut flat = Self::new(column);
        #[cfg(feature = "gzip")]
        if input.starts_with(&crate::wire::GZIP_MAGIC) {
            let mut chunks = crate::wire::Inflate::new(input, limits);
            let mut push = Push::new();
            while let Some(chunk) = chunks.next_chunk()? {
                push.feed_fields(chunk, &mut |field| Ok(flat.field(field)?))?;
            }
            push.finish()?;
            return Ok(flat);
        }
        budget::fits(input, limits)?;
        let mut cursor = Cursor::new(input);
        while let Some(field) = next_field(&mut cursor, profile::LAST)? {
            flat.field(field)?;
        }
        Ok(flat)
    }

    /// As [`item`](Self::item), without making one.
    #[inline(always)]
    fn field(&mut self, field: Field<'_>) -> Scan<()> {
        match field.key {
            profile::SAMPLE => self.sample(Sample::new(field.bytes())),
            profile::STRING => {
                self.string_item(field.bytes().rest());
                Ok(())
            }
            profile::LOCATION => self.location(field.bytes()),
            profile::FUNCTION => {
                let function = tables::function(field.bytes(), &Strict::UNCHECKED)?;
                self.functions.push((function.id, function.name.0));
                Ok(())
            }
            _ => item(field).map(drop),
        }
    }

    #[inline(always)]
    fn sample(&mut self, sample: Sample<'_>) -> Scan<()> {
        let (leaf, value) = sample.read(self.column)?;
        self.add(leaf.unwrap_or(0), value.unwrap_or(0));
        Ok(())
    }

    #[inline(always)]
    fn string_item(&mut self, string: &[u8]) {
        self.strings.push(string);
    }

    fn location(&mut self, message: Cursor<'_>) -> Scan<()> {
        let location = Location::read(message)?;
        let line = location.lines().read()?;
        self.locations.push((location.id, location.address, line.map_or(0, |line| line.function_id)));
        Ok(())
    }

    /// Takes a field of the profile.
    ///
    /// # Errors
    /// What is wrong with the wire of a sample or a line.
    #[inline]
    pub fn item(&mut self, item: &Item<'_>) -> Result<()> {
        match item {
            Item::Sample(sample) => self.sample(*sample)?,
            Item::String(string) => self.string_item(string),
            Item::Location(location) => self.location(location.message)?,
            Item::Function(function) => self.functions.push((function.id, function.name.0)),
            _ => {}
        }
        Ok(())
    }

    #[inline(always)]
    fn add(&mut self, leaf: u64, value: i64) {
        let value = i128::from(value);
        self.total += value;
        match usize::try_from(leaf).ok().and_then(|leaf| self.dense.get_mut(leaf)) {
            Some(sum) => *sum += value,
            None => self.add_far(leaf, value),
        }
    }

    #[inline(never)]
    fn add_far(&mut self, leaf: u64, value: i128) {
        if leaf < DENSE as u64 {
            let leaf = leaf as usize;
            self.dense.resize((leaf + 1).next_power_of_two().max(1024), 0);
            if let Some(sum) = self.dense.get_mut(leaf) {
                *sum += value;
            }
        } else {
            *self.sparse.entry(leaf).or_default() += value;
        }
    }

    /// The sum over all samples.
    pub fn total(&self) -> i128 {
        self.total
    }

    /// The functions that are on top of some stack and whose sum is not 0, the greatest first, then by name.
    pub fn rows(&self) -> Vec<FlatRow<'_>> {
        let ids = Ids::new(&self.functions, |function| function.0, |_| 0).unwrap_or(Ids::CountUp(0));
        let name = |function| ids.row(function).and_then(|row| self.functions.get(row as usize));
        let mut sums: Map<(&[u8], Option<u64>), i128> = Map::default();
        for &(id, address, function) in &self.locations {
            let dense = usize::try_from(id).ok().and_then(|id| self.dense.get(id));
            let value = dense.or_else(|| self.sparse.get(&id)).copied().unwrap_or(0);
            if value != 0 {
                let key = match name(function) {
                    Some(&(_, name)) => (self.string(name), None),
                    None => (&b""[..], Some(address)),
                };
                *sums.entry(key).or_default() += value;
            }
        }
        let row = |((name, address), value)| FlatRow { name, address, value };
        let mut rows: Vec<_> = sums.into_iter().map(row).filter(|row| row.value != 0).collect();
        rows.sort_unstable_by_key(|row| (std::cmp::Reverse(row.value), row.name, row.address));
        rows
    }

    fn string(&self, index: u32) -> &[u8] {
        self.strings.get(index as usize).unwrap_or_default()
    }
}
