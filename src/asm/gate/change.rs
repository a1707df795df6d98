//! What changed between two builds, and what it means.

use super::record::DeclaredAt;

/// What a change means for a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Level {
    /// Less than before.
    Better,
    /// More, but within limits.
    Note,
    /// Worth a look.
    Warn,
    /// The gate fails.
    Fail,
}

impl Level {
    /// The level as a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A metric of a function that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// Import path of the package.
    pub package: String,
    /// The function, as it is called now.
    pub function: String,
    /// Which metric; `inlinable` for a function that could be inlined, with its cost, and now cannot (0).
    pub metric: &'static str,
    /// Before.
    pub old: u32,
    /// Now.
    pub new: u32,
    /// What it means.
    pub level: Level,
    /// Whether the function is hot.
    pub hot: bool,
    /// Where the function is declared now, where that is known.
    pub place: Option<DeclaredAt>,
}

/// What changed from a baseline to a new build.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparison {
    /// Metrics that changed, the worst first.
    pub changes: Vec<Change>,
    /// Functions that are new.
    pub added: Vec<String>,
    /// Functions that are gone.
    pub removed: Vec<String>,
    /// Functions that were found in both.
    pub matched: usize,
}

impl Comparison {
    /// The worst level; `None` where nothing changed.
    pub fn worst(&self) -> Option<Level> {
        self.changes.iter().map(|change| change.level).max()
    }

    /// How many changes have a level.
    pub fn count(&self, level: Level) -> usize {
        self.changes.iter().filter(|change| change.level == level).count()
    }
}
