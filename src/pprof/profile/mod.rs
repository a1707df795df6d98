//! The owned profile: columns and handles.

mod access;
mod builder;
pub(super) mod encode;
mod parse;
mod sample;
mod strings;

use super::decode::tables::Tables;
use super::decode::unknown::Unknown;

pub use builder::Builder;
pub(crate) use parse::from_message;
pub(crate) use sample::Columns;
pub use sample::{Labels, Sample, Samples};
pub(crate) use strings::Strings;

/// A profile that owns what it holds: a table for each kind of row, and a few columns for all samples together.
///
/// It has at most a few dozen heap blocks, however many samples. Rows are named by 4-byte handles, which are the
/// rows' indices.
///
/// ```
/// use godiag::pprof::{Builder, Line, ValueType};
/// let mut builder = Builder::new();
/// let (cpu, ns) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
/// builder.sample_type(ValueType::new(cpu, ns));
/// let name = builder.string(b"main.f");
/// let function = builder.function(name, name, name, 7);
/// let location = builder.location(None, 0x400, false, &[Line { function, line: 9, column: 0 }]);
/// builder.sample(&[location], &[10_000_000], &[]);
/// let profile = builder.finish()?;
/// let leaf = profile.sample(0).locations()[0];
/// let function = profile.function(profile.lines(leaf)[0].function);
/// assert_eq!(profile.string(function.name), b"main.f");
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) strings: Strings,
    pub(crate) tables: Tables,
    pub(crate) columns: Columns,
    /// Kept only where [`ReadOptions`](super::ReadOptions) ask for it.
    pub(crate) unknown: Option<Box<Unknown>>,
}

impl Profile {
    pub(crate) fn new(strings: Strings, tables: Tables, columns: Columns) -> Self {
        Self { strings, tables, columns, unknown: None }
    }
}
