//! The options that all profile reports share: those of `go tool pprof` in GNU style.

use clap::ArgGroup;
use godiag::pprof::filter::{Filters, Pattern, TagFilter};
use godiag::pprof::report::{Granularity, Options, SortBy, Unit};

use crate::options::CompatFlag;
use crate::outcome::Failure;

#[derive(clap::Args)]
#[command(next_help_heading = "Report options")]
#[command(group = ArgGroup::new("granularity").args(["functions", "filefunctions", "files", "lines", "addresses"]))]
pub(crate) struct ReportArgs {
    /// Sort by own value (the default)
    #[arg(long, conflicts_with = "cum")]
    flat: bool,
    /// Sort by the value of a function with everything it calls
    #[arg(long)]
    cum: bool,
    /// Print at most this many rows; 0 for all
    #[arg(long, value_name = "N", visible_alias = "nodecount", allow_negative_numbers = true)]
    rows: Option<i64>,
    /// Hide nodes below this share of the total
    #[arg(long, value_name = "F", default_value_t = 0.005)]
    nodefraction: f64,
    /// Hide edges below this share of the total
    #[arg(long, value_name = "F", default_value_t = 0.001)]
    edgefraction: f64,
    /// Honour --rows, --nodefraction and --edgefraction
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    trim: bool,
    /// Choose the column of values: a number or the name of a sample type
    #[arg(long, value_name = "INDEX", alias = "sample_index")]
    sample_index: Option<String>,
    /// Divide values by those of the first column
    #[arg(long)]
    mean: bool,
    /// Print values in this unit; auto chooses one per value
    #[arg(long, value_name = "UNIT", default_value = "minimum")]
    unit: String,
    /// Divide all values by this
    #[arg(long, value_name = "X", default_value_t = 1.0, alias = "divide_by", allow_negative_numbers = true)]
    divide_by: f64,
    /// Print one row per function (the default)
    #[arg(long)]
    functions: bool,
    /// Print one row per function and file
    #[arg(long)]
    filefunctions: bool,
    /// Print one row per source file
    #[arg(long)]
    files: bool,
    /// Print one row per source line
    #[arg(long)]
    lines: bool,
    /// Print one row per address
    #[arg(long)]
    addresses: bool,
    /// Attribute inlined calls to the function they were inlined into
    #[arg(long)]
    noinlines: bool,
    /// Keep columns of a line apart
    #[arg(long)]
    showcolumns: bool,
    /// Draw one node per path instead of one per function (dot, callgrind)
    #[arg(long, alias = "call_tree")]
    call_tree: bool,
    /// Hide negative values, as in a difference
    #[arg(long, alias = "drop_negative")]
    drop_negative: bool,
    /// Count percentages from the filtered total
    #[arg(long, alias = "relative_percentages")]
    relative_percentages: bool,
    /// Leave the profile's own lines out of the header
    #[arg(long, alias = "compact_labels")]
    compact_labels: bool,
    /// Remove these prefixes from source paths
    #[arg(long, value_name = "PATHS", default_value = "", alias = "trim_path")]
    trim_path: String,
    /// Remove from source paths what ends in the name of one of these directories
    #[arg(long, value_name = "PATHS", default_value = "", alias = "source_path")]
    source_path: String,
    /// Add this comment to those of the profile
    #[arg(long, value_name = "TEXT", alias = "add_comment")]
    add_comment: Vec<String>,
    #[command(flatten)]
    compat: CompatFlag,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Filters (regular expressions)")]
struct FilterArgs {
    /// Keep samples with a matching frame
    #[arg(long, value_name = "REGEX")]
    focus: Option<String>,
    /// Drop samples with a matching frame
    #[arg(long, value_name = "REGEX")]
    ignore: Option<String>,
    /// Drop matching frames
    #[arg(long, value_name = "REGEX")]
    hide: Option<String>,
    /// Drop all frames except matching ones
    #[arg(long, value_name = "REGEX")]
    show: Option<String>,
    /// Drop frames above the matching one nearest to the root
    #[arg(long, value_name = "REGEX", alias = "show_from")]
    show_from: Option<String>,
    /// Drop frames below the matching one nearest to the leaf
    #[arg(long, value_name = "REGEX", alias = "prune_from")]
    prune_from: Option<String>,
    /// Keep samples with a matching label: KEY=REGEX, REGEX, or a range such as bytes=1kb:64kb
    #[arg(long, value_name = "TAG")]
    tagfocus: Option<String>,
    /// Drop samples with a matching label
    #[arg(long, value_name = "TAG")]
    tagignore: Option<String>,
    /// Drop labels except those with a matching key
    #[arg(long, value_name = "REGEX")]
    tagshow: Option<String>,
    /// Drop labels with a matching key
    #[arg(long, value_name = "REGEX")]
    taghide: Option<String>,
    /// Make the values of these label keys frames at the root
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    tagroot: Vec<String>,
    /// Make the values of these label keys frames at the leaf
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    tagleaf: Vec<String>,
    /// Keep the frames that the profile itself asks to drop
    #[arg(long, alias = "all_frames")]
    all_frames: bool,
}

impl ReportArgs {
    /// The first given option that only chooses, orders or trims rows.
    pub(crate) fn row_option(&self) -> Option<&'static str> {
        let defaults = Options::default();
        let given = [
            (self.flat, "--flat"),
            (self.cum, "--cum"),
            (self.rows.is_some(), "--rows"),
            (self.nodefraction != defaults.node_fraction, "--nodefraction"),
            (self.edgefraction != defaults.edge_fraction, "--edgefraction"),
            (!self.trim, "--trim=false"),
            (self.call_tree, "--call-tree"),
            (self.compact_labels, "--compact-labels"),
        ];
        given.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
    }

    /// The first given option that does nothing to stacks.
    pub(crate) fn label_option(&self) -> Option<&'static str> {
        let given = [
            (self.drop_negative, "--drop-negative"),
            (self.filters.tagshow.is_some(), "--tagshow"),
            (self.filters.taghide.is_some(), "--taghide"),
            (!self.add_comment.is_empty(), "--add-comment"),
        ];
        given.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
    }

    /// The first given option that does nothing to values which are written as they are.
    pub(crate) fn printing_option(&self) -> Option<&'static str> {
        let given = [
            (self.unit != "minimum", "--unit"),
            (self.divide_by != 1.0, "--divide-by"),
            (self.relative_percentages, "--relative-percentages"),
        ];
        given.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
    }

    /// The most rows, 0 for all; `None` for the report's own default.
    pub(crate) fn rows(&self) -> Option<usize> {
        // The tool takes -1 for the default, and anything else below 1 for no maximum.
        let rows = self.rows.filter(|rows| *rows != -1)?;
        Some(usize::try_from(rows).unwrap_or(0))
    }

    pub(crate) fn options(&self) -> Result<Options, Failure> {
        let mut options = Options::default();
        options.granularity = match self {
            Self { filefunctions: true, .. } => Granularity::FileFunctions,
            Self { files: true, .. } => Granularity::Files,
            Self { lines: true, .. } => Granularity::Lines,
            Self { addresses: true, .. } => Granularity::Addresses,
            _ => Granularity::Functions,
        };
        options.sort = if self.cum { SortBy::Cum } else { SortBy::Flat };
        options.sample_index.clone_from(&self.sample_index);
        options.mean = self.mean;
        options.unit = Unit::from(self.unit.as_str());
        options.divide_by = self.divide_by;
        options.node_count = self.rows();
        options.node_fraction = self.nodefraction;
        options.edge_fraction = self.edgefraction;
        options.trim = self.trim;
        options.no_inlines = self.noinlines;
        options.show_columns = self.showcolumns;
        options.call_tree = self.call_tree;
        options.drop_negative = self.drop_negative;
        options.relative_percentages = self.relative_percentages;
        options.compact_labels = self.compact_labels;
        options.trim_path.clone_from(&self.trim_path);
        options.source_path.clone_from(&self.source_path);
        options.comments.clone_from(&self.add_comment);
        options.compat = self.compat.get();
        options.filters = self.filters.filters()?;
        Ok(options)
    }
}

impl FilterArgs {
    fn filters(&self) -> Result<Filters, Failure> {
        let usage = |error: godiag::Error| Failure::Usage(error.hint().to_owned());
        let pattern = |text: &Option<String>| {
            let text = text.as_deref().filter(|text| !text.is_empty());
            text.map(Pattern::parse).transpose().map_err(usage)
        };
        let tag = |text: &Option<String>| {
            let text = text.as_deref().filter(|text| !text.is_empty());
            text.map(TagFilter::parse).transpose().map_err(usage)
        };
        let keys = |keys: &[String]| keys.iter().filter(|key| !key.is_empty()).cloned().collect();
        let mut filters = Filters::default();
        filters.focus = pattern(&self.focus)?;
        filters.ignore = pattern(&self.ignore)?;
        filters.hide = pattern(&self.hide)?;
        filters.show = pattern(&self.show)?;
        filters.show_from = pattern(&self.show_from)?;
        filters.prune_from = pattern(&self.prune_from)?;
        filters.tag_focus = tag(&self.tagfocus)?;
        filters.tag_ignore = tag(&self.tagignore)?;
        filters.tag_show = pattern(&self.tagshow)?;
        filters.tag_hide = pattern(&self.taghide)?;
        filters.tag_root = keys(&self.tagroot);
        filters.tag_leaf = keys(&self.tagleaf);
        filters.all_frames = self.all_frames;
        Ok(filters)
    }
}
