//! Reports about a profile: what `go tool pprof` prints, as values and as text.
//!
//! From a profile, in whatever form, and [`Options`], [`Report`] finds the column of values, prepares the
//! filters and counts the total; each report is a method:
//!
//! ```text
//! Profile + Options → Report → graph → trimmed, ordered → Top, Tree, dot, callgrind, …
//!                            → samples → traces, tags, raw, …
//! ```
//!
//! Text is that of `go tool pprof` 1.27 with `TZ=UTC` and `-symbolize=none`, byte for byte, except where the
//! tool is wrong or depends on chance; [`Compat::GoTool`](crate::Compat::GoTool) has those. Sums are exact.
//! Names go to text through [`Printable`](crate::Printable).
//!
//! ```
//! use godiag::pprof::{Builder, Line, ValueType, report::{Options, Report}};
//! let mut builder = Builder::new();
//! let (cpu, ns, name) = (builder.string(b"cpu"), builder.string(b"nanoseconds"), builder.string(b"main.f"));
//! builder.sample_type(ValueType::new(cpu, ns));
//! let function = builder.function(name, name, name, 7);
//! let location = builder.location(None, 0x400, false, &[Line { function, line: 9, column: 0 }]);
//! builder.sample(&[location], &[10_000_000], &[]);
//! let profile = builder.finish()?;
//! let top = Report::new(&profile, &Options::default())?.top()?;
//! assert_eq!(top.rows()[0].name, b"main.f");
//! assert_eq!(top.rows()[0].flat, 10_000_000);
//! # Ok::<(), godiag::Error>(())
//! ```

mod callgrind;
mod diff;
mod dot;
mod graph;
mod header;
mod options;
mod proto;
mod raw;
mod raw_rows;
mod shorten;
mod shown;
mod source_path;
mod stacks;
mod tags;
mod top;
mod traces;
mod tree;
mod when;

use std::fmt;

pub use diff::{Basis, Change, Diff, DiffRow, Scaling, Thresholds, Verdict};
pub(crate) use diff::{Conversion, conversion};
pub use options::{Granularity, Options, SortBy, Unit};
pub use raw_rows::{RawLine, RawLocation, RawMapping, RawSample, RawTables};
pub use tags::{TagKey, TagValue, Tags};
pub use top::{Inline, Row, Top};
pub use traces::{Trace, TraceFrame};
pub use tree::{Call, Tree, TreeNode};

use super::filter::{Filtered, LabelUnits};
use super::source::labels::{Labels, text};
use super::source::{SampleSource, Source, Want};
use super::units;
use crate::error::{Error, ErrorKind, Result};
use graph::build::Build;
use graph::by_value::Edges;
use graph::node::Nodes;
use graph::tags::Tagging;
use graph::trim::{Trim, Trimmed};
use graph::values::{self, Values, Weight};
use shown::Shown;

/// A profile, and everything that its reports have in common.
pub struct Report<'p> {
    profile: Filtered<'p>,
    options: Options,
    values: Values,
    /// The type of the values, `mean_` before it for means.
    value_name: String,
    value_unit: String,
    total: i128,
    wants_base: bool,
}

/// A kind of report, as far as trimming and granularity depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Top,
    Graph,
    Dot,
    Untrimmed,
    Callgrind,
}

impl<'p> Report<'p> {
    /// Prepares reports about `profile`, in whatever form: decoded, viewed or streamed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no column of values by that name, a divisor is 0, or the profile's
    /// own `drop_frames` is not a regular expression.
    ///
    /// # Cost
    /// A pass over the samples for the total; names are matched once per function.
    pub fn new(profile: &'p impl Source, options: &Options) -> Result<Self> {
        Self::from_source(profile.erased(), options)
    }

    fn from_source(source: &'p dyn SampleSource, options: &Options) -> Result<Self> {
        if options.divide_by == 0.0 || options.divide_by.is_nan() {
            return Err(Error::new(ErrorKind::Usage).detail("the divisor is zero"));
        }
        let values = Values::new(source, options.sample_index.as_deref(), options.mean)?;
        let ty = source.sample_types()[values.index];
        let mean = if options.mean { "mean_" } else { "" };
        let mut report = Self {
            profile: Filtered::new(source, &options.filters, options.unit.as_str(), options.compat)?,
            options: options.clone(),
            values,
            value_name: format!("{mean}{}", text(source.string(ty.kind))),
            value_unit: text(source.string(ty.unit)).into_owned(),
            total: 0,
            wants_base: source.has_base(),
        };
        report.total = report.count_total();
        Ok(report)
    }

    /// The sum of absolute values, of the base profile's samples only where there are any; or the mean.
    fn count_total(&self) -> i128 {
        if !self.options.mean && !self.wants_base && !self.options.relative_percentages {
            if let Some(total) = self.profile.source().known_total(self.values.index) {
                return total;
            }
        }
        let (mut all, mut base) = (Weight::default(), Weight::default());
        let mut count = |sample: super::source::Sample<'_>| {
            let weight = self.values.weight(sample.values);
            all.sum += weight.sum.abs();
            all.divisor += weight.divisor;
            if self.wants_base && Labels::new(self.profile.source(), sample.labels).is_base() {
                base.sum += weight.sum.abs();
                base.divisor += weight.divisor;
            }
        };
        let want = if self.wants_base { Want::LABELS } else { Want::VALUES };
        if self.options.relative_percentages {
            self.profile.each_sample(want, &mut count);
        } else {
            self.profile.source().each_sample(want, &mut count);
        }
        if base.sum > 0 { base.value() } else { all.value() }
    }

    /// The sum of absolute values that percentages refer to.
    pub fn total(&self) -> i128 {
        self.total
    }

    /// The type of the values shown, such as `inuse_space`; `mean_` before it for means.
    pub fn value_type(&self) -> &str {
        &self.value_name
    }

    /// The unit of the values shown, as the profile names it.
    pub fn value_unit(&self) -> &str {
        &self.value_unit
    }

    /// Filters that are set and match nothing, by the names of their options.
    pub fn unmatched_filters(&self) -> Vec<&'static str> {
        self.profile.unmatched()
    }

    /// A value of the profile as text in `unit`.
    fn format(&self, value: i128, unit: &str) -> String {
        values::format(value, self.options.divide_by, &self.value_unit, unit)
    }

    /// A name of the profile in a text report.
    fn shown<'a>(&self, name: &'a [u8]) -> Shown<'a> {
        Shown { name, compat: self.options.compat }
    }

    fn node_fraction(&self) -> f64 {
        if self.options.trim { self.options.node_fraction } else { 0.0 }
    }

    fn edge_fraction(&self) -> f64 {
        if self.options.trim { self.options.edge_fraction } else { 0.0 }
    }

    /// The nodes of the profile at the granularity that `kind` shows.
    fn nodes(&self, kind: Kind) -> Nodes {
        let callgrind = kind == Kind::Callgrind;
        let granularity = if callgrind { Granularity::Addresses } else { self.options.granularity };
        Nodes::new(&self.profile, granularity, &self.options, callgrind)
    }

    /// The trimmed graph of `nodes`, and the unit to print its values in.
    fn trimmed(&self, kind: Kind, nodes: &Nodes) -> Result<(Trimmed, String)> {
        let untrimmed = matches!(kind, Kind::Untrimmed | Kind::Callgrind);
        let visual = kind == Kind::Dot;
        let label_units = if visual { self.label_units() } else { LabelUnits::default() };
        let build = Build {
            profile: &self.profile,
            nodes,
            values: &self.values,
            with_tags: visual,
            tags: Tagging {
                units: &label_units,
                shown_in: self.options.unit.as_str(),
                compat: self.options.compat,
            },
            expanded_frames: self.options.expanded_frames,
            drop_negative: self.options.drop_negative,
        };
        let default_count = if kind == Kind::Top { 0 } else { 80 };
        let trim = Trim {
            sort: self.options.sort,
            visual,
            by_value: match kind {
                Kind::Top => Some(Edges::IntoInlined),
                Kind::Graph | Kind::Untrimmed => Some(Edges::All),
                Kind::Dot | Kind::Callgrind => None,
            },
            call_tree: self.options.call_tree && matches!(kind, Kind::Dot | Kind::Callgrind),
            node_count: if untrimmed || !self.options.trim {
                0
            } else {
                self.options.node_count.unwrap_or(default_count)
            },
            node_fraction: if untrimmed { 0.0 } else { self.node_fraction() },
            edge_fraction: if untrimmed { 0.0 } else { self.edge_fraction() },
        };
        let trimmed = trim.apply(&build)?;
        let unit = self.output_unit(kind, &trimmed);
        Ok((trimmed, unit))
    }

    /// The unit that the smallest value shown asks for, unless the options name one.
    fn output_unit(&self, kind: Kind, trimmed: &Trimmed) -> String {
        let graph = &trimmed.graph;
        if self.options.unit != Unit::Minimum || graph.shown.is_empty() {
            return self.options.unit.as_str().to_owned();
        }
        let values = graph.shown.iter().map(|&slot| {
            let node = graph.node(slot);
            if node.flat.value() == 0 { node.cum.value().abs() } else { node.flat.value().abs() }
        });
        let smallest = values.filter(|value| *value > 0).min().unwrap_or(self.total);
        let (smallest, largest) = (
            values::divided(smallest, self.options.divide_by),
            values::divided(self.total, self.options.divide_by),
        );
        let unit = |value| units::scale(value, &self.value_unit, units::MINIMUM).1;
        let (low, high) = (unit(smallest), unit(largest));
        let chosen = if low != high && smallest.saturating_mul(100) < largest && kind != Kind::Callgrind {
            unit(smallest.saturating_mul(100))
        } else {
            low
        };
        if chosen.is_empty() { self.value_unit.clone() } else { chosen.into_owned() }
    }

    /// The units of numeric labels.
    fn label_units(&self) -> LabelUnits {
        LabelUnits::new(self.profile.source(), self.options.compat)
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, total) = (&self.value_name, self.total);
        f.debug_struct("Report").field("value", name).field("total", &total).finish_non_exhaustive()
    }
}
