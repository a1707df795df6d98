//! Filters by label: `key=pattern,pattern`, `pattern`, or a range of numbers.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "regex")]
use super::Pattern;
use super::label_units::LabelUnits;
use super::range::Range;
use crate::pprof::source::labels::Labels;

/// A test of a sample's labels.
#[derive(Clone)]
pub struct TagFilter {
    text: String,
    test: Test,
}

#[derive(Clone)]
enum Test {
    Range {
        key: Option<Vec<u8>>,
        range: Range,
    },
    #[cfg(feature = "regex")]
    Values {
        key: Option<Vec<u8>>,
        patterns: Vec<Pattern>,
    },
    Closure(Arc<KeyAndValue>),
}

type KeyAndValue = dyn Fn(&[u8], &[u8]) -> bool + Send + Sync;

impl TagFilter {
    /// Matches samples with a text label for whose key and value `test` holds; reports print `text` for it.
    pub fn new(text: impl Into<String>, test: impl Fn(&[u8], &[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self { text: text.into(), test: Test::Closure(Arc::new(test)) }
    }

    /// Matches samples with a numeric label in a range: `1kb:64kb`, `10:`, `:5ms`, `bytes=64kb`.
    /// `None` when `text` is not a range.
    pub fn range(text: &str) -> Option<Self> {
        let (key, value) = split(text);
        let range = Range::parse(value)?;
        Some(Self { text: text.to_owned(), test: Test::Range { key, range } })
    }

    /// Reads a filter as the tool's `-tagfocus` does: a range where it is one, or else regular expressions
    /// with commas between them. Without a key all of them must be found in the sample's `key:value` texts;
    /// with one, any.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when a part is not a regular expression.
    #[cfg(feature = "regex")]
    pub fn parse(text: &str) -> crate::Result<Self> {
        if let Some(range) = Self::range(text) {
            return Ok(range);
        }
        let (key, value) = split(text);
        let patterns = value.split(',').map(Pattern::parse).collect::<crate::Result<_>>()?;
        Ok(Self { text: text.to_owned(), test: Test::Values { key, patterns } })
    }

    /// The filter as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether this is a range of numbers.
    pub fn is_range(&self) -> bool {
        matches!(self.test, Test::Range { .. })
    }

    /// Whether the labels of a sample match; `units` are those of its numbers.
    pub(super) fn matches(&self, labels: Labels<'_>, units: &LabelUnits) -> bool {
        match &self.test {
            Test::Closure(test) => labels.texts().any(|(key, value)| test(key, value)),
            Test::Range { key, range } => labels.numbers().any(|(name, value, own)| {
                key.as_deref().is_none_or(|key| key == name) && range.holds(value, &units.of(name, own))
            }),
            #[cfg(feature = "regex")]
            Test::Values { key: Some(key), patterns } => labels
                .texts()
                .any(|(name, value)| name == key && patterns.iter().any(|pattern| pattern.matches(value))),
            #[cfg(feature = "regex")]
            Test::Values { key: None, patterns } => patterns.iter().all(|pattern| {
                labels.texts().any(|(key, value)| pattern.matches(&[key, b":", value].concat()))
            }),
        }
    }
}

/// `key=value`, or a value for any key.
fn split(text: &str) -> (Option<Vec<u8>>, &str) {
    match text.split_once('=') {
        Some(("", value)) => (None, value),
        Some((key, value)) => (Some(key.as_bytes().to_vec()), value),
        None => (None, text),
    }
}

impl fmt::Debug for TagFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagFilter({:?})", self.text)
    }
}
