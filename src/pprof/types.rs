//! The rows of a profile's tables, and the handles that name them.
//!
//! A handle is the 4-byte index of a row in its table: not the id that the file gives the row, which may be
//! any 64-bit number. A handle of one profile means nothing in another.

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The handle of row `index`. The row need not exist until the handle is used.
            pub const fn from_index(index: u32) -> Self {
                Self(index)
            }

            /// The row's index in its table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

handles! {
    /// A string of a profile's string table.
    StringId
    /// A row of a profile's function table.
    FunctionId
    /// A row of a profile's location table.
    LocationId
    /// A row of a profile's mapping table.
    MappingId
}

impl StringId {
    /// The empty string, entry 0 of every string table. Other entries may be empty too.
    pub const EMPTY: Self = Self(0);
}

/// What a column of values counts, and in which unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ValueType {
    /// What is counted, such as `cpu`: the field `type`.
    pub kind: StringId,
    /// The unit, such as `nanoseconds`.
    pub unit: StringId,
}

impl ValueType {
    /// A type of `kind` in `unit`.
    pub const fn new(kind: StringId, unit: StringId) -> Self {
        Self { kind, unit }
    }
}

/// A range of addresses of a process, and the file that was mapped there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// The id in the file, not 0.
    pub id: u64,
    /// First address.
    pub memory_start: u64,
    /// The address after the last one.
    pub memory_limit: u64,
    /// Offset in the mapped file of `memory_start`.
    pub file_offset: u64,
    /// The mapped file.
    pub filename: StringId,
    /// The build id of the mapped file.
    pub build_id: StringId,
    /// Function names of this mapping's locations are known.
    pub has_functions: bool,
    /// File names of this mapping's locations are known.
    pub has_filenames: bool,
    /// Line numbers of this mapping's locations are known.
    pub has_line_numbers: bool,
    /// Inlined calls of this mapping's locations are known.
    pub has_inline_frames: bool,
}

impl Mapping {
    /// A mapping of `id` with nothing else known.
    pub const fn new(id: u64) -> Self {
        Self {
            id,
            memory_start: 0,
            memory_limit: 0,
            file_offset: 0,
            filename: StringId::EMPTY,
            build_id: StringId::EMPTY,
            has_functions: false,
            has_filenames: false,
            has_line_numbers: false,
            has_inline_frames: false,
        }
    }
}

/// A point of a program: one address with the calls that were inlined there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The id in the file, not 0.
    pub id: u64,
    /// The mapping that holds the address.
    pub mapping: Option<MappingId>,
    /// The address; 0 where it is not known.
    pub address: u64,
    /// Several symbols have this address, so that the one shown is a choice.
    pub is_folded: bool,
}

/// A line of a function: one call of a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// The function.
    pub function: FunctionId,
    /// The line in its file, from 1; 0 where it is not known.
    pub line: i64,
    /// The column, from 1; 0 where it is not known.
    pub column: i64,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    /// The id in the file, not 0.
    pub id: u64,
    /// The name for people.
    pub name: StringId,
    /// The name as the system knows it, mangled.
    pub system_name: StringId,
    /// The source file.
    pub filename: StringId,
    /// The line at which it begins; 0 where it is not known.
    pub start_line: i64,
}

/// A key and a value that belong to a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// The key.
    pub key: StringId,
    /// The value.
    pub value: LabelValue,
}

/// The value of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelValue {
    /// A text; the empty one too, which google/pprof loses.
    Str(StringId),
    /// A number.
    Num {
        /// The number.
        value: i64,
        /// Its unit; empty where the file does not name it.
        unit: StringId,
    },
}
