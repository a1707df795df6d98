//! The owned profile: columns and handles.
//!
//! ```text
//! message → tables, strings, columns of samples → Profile → message
//! Builder                                       ↗
//! ```

mod builder;
mod columns;
mod encode;
mod parse;
mod sample;
mod strings;

use super::decode::tables::Tables;
use super::decode::unknown::Unknown;
use super::source::{self, SampleSource, Source, Want};
use super::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};

pub use builder::Builder;
pub(crate) use columns::Columns;
pub use columns::Labels;
pub(crate) use parse::from_message;
pub use sample::{Sample, Samples};
pub(crate) use strings::Strings;

/// A profile that owns what it holds: a table for each kind of row, and a few columns for all samples
/// together.
///
/// It has at most a few dozen heap blocks, however many samples. Rows are named by 4-byte handles, which are
/// the rows' indices.
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

    /// An owned copy of any profile.
    pub(crate) fn copy_of(source: &dyn SampleSource) -> Self {
        let mut strings = Strings::default();
        for index in 0..source.string_count() {
            strings.push(source.string(StringId(index as u32)));
        }
        let mut columns = Columns::default();
        source.each_sample(Want::ALL, &mut |sample| {
            columns.push(sample.values, sample.stack, sample.labels.iter().copied());
        });
        Self::new(strings, source.tables().clone(), columns)
    }

    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    #[inline]
    pub fn string(&self, id: StringId) -> &[u8] {
        let Some(string) = self.strings.get(id) else { panic!("string {} of {}", id.0, self.strings.len()) };
        string
    }

    /// A string, where it is UTF-8.
    ///
    /// # Errors
    /// Where it is not.
    ///
    /// # Panics
    /// As [`string`](Self::string).
    pub fn str(&self, id: StringId) -> std::result::Result<&str, std::str::Utf8Error> {
        std::str::from_utf8(self.string(id))
    }

    /// A string, with U+FFFD for bytes that are not UTF-8. Copies only then.
    ///
    /// # Panics
    /// As [`string`](Self::string).
    pub fn string_lossy(&self, id: StringId) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.string(id))
    }

    /// The index of the value that reports show by default, by Go's rule: the one that
    /// [`default_sample_type`](Self::default_sample_type) names, or else the last one.
    pub fn default_value(&self) -> usize {
        self.tables.default_value(|a, b| self.string(a) == self.string(b))
    }
}

super::source::accessors::accessors!(Profile);

impl SampleSource for Profile {
    fn erased(&self) -> &dyn SampleSource {
        self
    }

    #[inline]
    fn tables(&self) -> &Tables {
        &self.tables
    }

    fn string_count(&self) -> usize {
        self.strings.len()
    }

    fn string(&self, id: StringId) -> &[u8] {
        Self::string(self, id)
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(source::Sample<'_>)) {
        let mut labels = Vec::new();
        for sample in self.samples() {
            labels.clear();
            if want.labels {
                labels.extend(sample.labels());
            }
            each(source::Sample { values: sample.values(), stack: sample.locations(), labels: &labels });
        }
    }
}

impl Source for Profile {}
