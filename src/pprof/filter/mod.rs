//! Which samples, frames and labels of a profile take part, without changing the profile.
//!
//! From a profile and [`Filters`] to [`Filtered`], which hands out samples one at a time as the filters leave
//! them. Names are matched once per function, not once per sample; nothing is copied but the table of lines.
//!
//! The order is that of `go tool pprof`: the profile's own `drop_frames`, tag frames, then focus, ignore,
//! hide and show in one pass, `show_from`, `tagfocus` and `tagignore`, `tagshow` and `taghide`, `prune_from`.
//! Source of the facts: google/pprof, `profile/filter.go`, `profile/prune.go`,
//! `internal/driver/driver_focus.go`.

mod filtered;
mod frames;
mod label_units;
mod pattern;
mod range;
mod simplify;
mod tag_frames;
mod tags;

pub use filtered::Filtered;
pub(crate) use label_units::LabelUnits;
pub use pattern::Pattern;
pub use tags::TagFilter;

/// What takes part, under the names of `go tool pprof`. The default is everything.
///
/// A name pattern is found in function names, source files and mapped files; a sample without frames left is
/// dropped.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Filters {
    /// Keeps samples with a matching frame.
    pub focus: Option<Pattern>,
    /// Drops samples with a matching frame; wins over `focus`.
    pub ignore: Option<Pattern>,
    /// Drops matching frames.
    pub hide: Option<Pattern>,
    /// Drops all frames but matching ones.
    pub show: Option<Pattern>,
    /// Drops the frames that call the matching frame nearest to the root, and samples without one.
    pub show_from: Option<Pattern>,
    /// Drops the frames that the matching frame nearest to the leaf calls.
    pub prune_from: Option<Pattern>,
    /// Keeps samples with a matching label.
    pub tag_focus: Option<TagFilter>,
    /// Drops samples with a matching label.
    pub tag_ignore: Option<TagFilter>,
    /// Drops all labels but those with a matching key.
    pub tag_show: Option<Pattern>,
    /// Drops labels with a matching key.
    pub tag_hide: Option<Pattern>,
    /// Label keys whose values become frames at the root; the first is the outermost.
    pub tag_root: Vec<String>,
    /// Label keys whose values become frames at the leaf; the last is the innermost.
    pub tag_leaf: Vec<String>,
    /// Keeps the frames that the profile's own `drop_frames` would drop. Those are honoured with feature
    /// `regex` only.
    pub all_frames: bool,
}

impl Filters {
    /// Whether only the filters apply that the profile itself asks for.
    pub fn is_empty(&self) -> bool {
        self.active().is_empty() && self.tag_root.is_empty() && self.tag_leaf.is_empty()
    }

    /// The filters that report headers name, as `focus=…` lines.
    pub(crate) fn active(&self) -> Vec<String> {
        let pattern = |name: &str, pattern: &Option<Pattern>| {
            pattern.as_ref().filter(|p| !p.text().is_empty()).map(|p| format!("{name}={}", p.text()))
        };
        let tag =
            |name: &str, filter: &Option<TagFilter>| filter.as_ref().map(|f| format!("{name}={}", f.text()));
        [
            pattern("focus", &self.focus),
            pattern("ignore", &self.ignore),
            pattern("hide", &self.hide),
            pattern("show", &self.show),
            pattern("show_from", &self.show_from),
            tag("tagfocus", &self.tag_focus),
            tag("tagignore", &self.tag_ignore),
            pattern("tagshow", &self.tag_show),
            pattern("taghide", &self.tag_hide),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
