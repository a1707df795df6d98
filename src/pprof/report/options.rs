//! What a report shows, and how: the options of `go tool pprof` under their own names.

use crate::compat::Compat;
use crate::pprof::filter::Filters;
use crate::pprof::units::{AUTO, MINIMUM};

/// What one row of a report, one node of its graph, is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Granularity {
    /// A function name, wherever it is defined.
    #[default]
    Functions,
    /// A function name in one source file.
    FileFunctions,
    /// A source file.
    ///
    /// Every file is one row. Go 1.27's tool splits a file by the first lines of its functions and prints
    /// rows of equal value in random order; [`Compat::GoTool`] splits too, in a stable order.
    Files,
    /// A line of a source file.
    Lines,
    /// An address.
    Addresses,
}

/// By which value rows are ordered, largest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// The value of the function itself.
    #[default]
    Flat,
    /// The value of the function and everything it calls.
    Cum,
}

/// The unit that values are printed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// One unit for all values, chosen by the smallest one shown.
    #[default]
    Minimum,
    /// For each value the largest unit of which it holds at least one.
    Auto,
    /// This unit, such as `ms` or `MB`.
    Named(String),
}

impl Unit {
    /// The unit as the tool's `-unit` option spells it.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Minimum => MINIMUM,
            Self::Auto => AUTO,
            Self::Named(name) => name,
        }
    }
}

impl From<&str> for Unit {
    fn from(name: &str) -> Self {
        match name {
            MINIMUM => Self::Minimum,
            AUTO => Self::Auto,
            name => Self::Named(name.to_owned()),
        }
    }
}

/// How a report is made. The default is that of `go tool pprof`.
///
/// ```
/// use godiag::pprof::report::{Granularity, Options, SortBy};
/// let options = Options::default().with_granularity(Granularity::Lines).with_sort(SortBy::Cum).with_node_count(10);
/// assert_eq!(options.node_count, Some(10));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// What a row is.
    pub granularity: Granularity,
    /// The order of the rows.
    pub sort: SortBy,
    /// The column of values: its number, or its type's name with or without `inuse_`. `None` is the profile's
    /// own default, or else the last column.
    pub sample_index: Option<String>,
    /// Divides values by those of the first column: the mean size of an allocation, the mean delay.
    pub mean: bool,
    /// The unit that values are printed in.
    pub unit: Unit,
    /// Divides every value before it is printed. Not 0.
    pub divide_by: f64,
    /// The most nodes to show; `None` is the report's own default: no maximum for top, 80 for graphs. 0 means
    /// no maximum.
    pub node_count: Option<usize>,
    /// Hides nodes whose cumulative value is below this share of the total.
    pub node_fraction: f64,
    /// Hides edges below this share of the total.
    pub edge_fraction: f64,
    /// Honours the three options above; without it everything is shown.
    pub trim: bool,
    /// Attributes inlined calls to the function they were inlined into.
    pub no_inlines: bool,
    /// Keeps columns of one line apart (lines granularity).
    pub show_columns: bool,
    /// Makes one node per path instead of one per function (dot and callgrind).
    pub call_tree: bool,
    /// Hides nodes whose value is negative, as in a difference of two profiles.
    pub drop_negative: bool,
    /// Counts percentages from what the filters leave, not from the whole profile.
    pub relative_percentages: bool,
    /// Leaves the profile's own lines out of the report's header.
    pub compact_labels: bool,
    /// Prefixes to remove from source paths, separated by `:`.
    pub trim_path: String,
    /// Directories whose last element, found in a source path, ends the prefix to remove, separated by `:`.
    pub source_path: String,
    /// Which samples, frames and labels take part.
    pub filters: Filters,
    /// Comments to add to those of the profile.
    pub comments: Vec<String>,
    /// Most frames that inlining may add to one report, beyond one per location. Default 64 Mi: an input of a
    /// megabyte can ask for a million times that.
    pub expanded_frames: u64,
    /// With [`Compat::GoTool`] files are split by functions, names keep line breaks and tabs, callgrind calls
    /// lose the names of functions that add up to nothing, one unit is taken for all labels of a key, dot shows
    /// no numeric labels but `bytes`, and frames of labels do not name their key. Sums are exact all the same.
    pub compat: Compat,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            granularity: Granularity::Functions,
            sort: SortBy::Flat,
            sample_index: None,
            mean: false,
            unit: Unit::Minimum,
            divide_by: 1.0,
            node_count: None,
            node_fraction: 0.005,
            edge_fraction: 0.001,
            trim: true,
            no_inlines: false,
            show_columns: false,
            call_tree: false,
            drop_negative: false,
            relative_percentages: false,
            compact_labels: false,
            trim_path: String::new(),
            source_path: String::new(),
            filters: Filters::default(),
            comments: Vec::new(),
            expanded_frames: 64 << 20,
            compat: Compat::Correct,
        }
    }
}

impl Options {
    /// Sets what a row is.
    #[must_use]
    pub fn with_granularity(mut self, granularity: Granularity) -> Self {
        self.granularity = granularity;
        self
    }

    /// Sets the order of the rows.
    #[must_use]
    pub fn with_sort(mut self, sort: SortBy) -> Self {
        self.sort = sort;
        self
    }

    /// Sets the column of values: its number, or its type's name.
    #[must_use]
    pub fn with_sample_index(mut self, index: impl Into<String>) -> Self {
        self.sample_index = Some(index.into());
        self
    }

    /// Sets the unit that values are printed in.
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<Unit>) -> Self {
        self.unit = unit.into();
        self
    }

    /// Sets the most nodes to show; 0 means no maximum.
    #[must_use]
    pub fn with_node_count(mut self, count: usize) -> Self {
        self.node_count = Some(count);
        self
    }

    /// Sets whether low values are hidden.
    #[must_use]
    pub fn with_trim(mut self, trim: bool) -> Self {
        self.trim = trim;
        self
    }

    /// Sets which samples, frames and labels take part.
    #[must_use]
    pub fn with_filters(mut self, filters: Filters) -> Self {
        self.filters = filters;
        self
    }

    /// Sets whether the quirks of `go tool pprof` are reproduced.
    #[must_use]
    pub fn with_compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }
}
