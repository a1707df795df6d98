//! What a filter compares names with: a regular expression, or any function of the name.

use std::fmt;
use std::sync::Arc;

/// A test of names: a regular expression (feature `regex`), or a closure.
///
/// ```
/// use godiag::pprof::filter::Pattern;
/// let runtime = Pattern::new("runtime", |name| name.starts_with(b"runtime."));
/// assert!(runtime.matches(b"runtime.mallocgc"));
/// ```
#[derive(Clone)]
pub struct Pattern {
    text: String,
    test: Arc<Test>,
}

type Test = dyn Fn(&[u8]) -> bool + Send + Sync;

impl Pattern {
    /// Matches names for which `test` holds; reports print `text` for it.
    pub fn new(text: impl Into<String>, test: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self { text: text.into(), test: Arc::new(test) }
    }

    /// Matches names in which the regular expression `text` is found anywhere.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when `text` is not a regular expression;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) when it is too large.
    #[cfg(feature = "regex")]
    pub fn parse(text: &str) -> crate::Result<Self> {
        Self::compile(text, text)
    }

    /// Matches names that the regular expression `text` describes as a whole: `drop_frames` of a profile.
    #[cfg(feature = "regex")]
    pub(crate) fn whole(text: &str) -> crate::Result<Self> {
        Self::compile(text, &format!("^({text})$"))
    }

    /// The size limits bound time and memory: a pattern may come from a profile.
    #[cfg(feature = "regex")]
    fn compile(text: &str, pattern: &str) -> crate::Result<Self> {
        let regex = regex::bytes::RegexBuilder::new(pattern)
            .size_limit(1 << 20)
            .dfa_size_limit(1 << 20)
            .nest_limit(100)
            .build()
            .map_err(|error| {
                let kind = match error {
                    regex::Error::CompiledTooBig(_) => crate::ErrorKind::Limit,
                    _ => crate::ErrorKind::Usage,
                };
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                crate::Error::new(kind).detail(format!("regular expression {text:?}: {why}"))
            })?;
        Ok(Self::new(text, move |name| regex.is_match(name)))
    }

    /// Whether `name` matches.
    pub fn matches(&self, name: &[u8]) -> bool {
        (self.test)(name)
    }

    /// The expression, or the text given for the closure.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}
