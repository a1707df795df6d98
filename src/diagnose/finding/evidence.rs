//! Proof of a finding: one input, its figures, and a sentence.

use super::amount::Amount;
use super::subject::Place;

/// The kind of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Source {
    /// Where the CPU spends its time.
    CpuProfile,
    /// What was allocated and what is in use.
    HeapProfile,
    /// What holders of locks made others wait.
    MutexProfile,
    /// What waited for locks and channels.
    BlockProfile,
    /// All goroutines and where they are.
    GoroutineProfile,
    /// Goroutines that nothing can wake.
    GoroutineLeakProfile,
    /// A log with the last words of a program.
    CrashLog,
    /// Any other profile.
    OtherProfile,
    /// An execution trace.
    Trace,
    /// What the compiler decided and which code it made.
    Compiler,
}

impl Source {
    /// The kind for people, such as `heap profile`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuProfile => "CPU profile",
            Self::HeapProfile => "heap profile",
            Self::MutexProfile => "mutex profile",
            Self::BlockProfile => "block profile",
            Self::GoroutineProfile => "goroutine profile",
            Self::GoroutineLeakProfile => "goroutine leak profile",
            Self::CrashLog => "crash log",
            Self::OtherProfile => "profile",
            Self::Trace => "trace",
            Self::Compiler => "compiler output",
        }
    }
}

/// What one input says about a finding.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// Which kind of input.
    pub source: Source,
    /// The input's name, as it was given.
    pub input: String,
    /// What it shows.
    pub text: String,
    /// The figures, by name.
    pub figures: Vec<(&'static str, Amount)>,
    /// Lines of the input that show it, such as a stack or instructions; safe to print.
    pub lines: Vec<String>,
    /// Where in the source it points.
    pub place: Option<Place>,
}

impl Evidence {
    pub(crate) fn new(source: Source, input: &str, text: impl Into<String>) -> Self {
        Self {
            source,
            input: input.to_owned(),
            text: text.into(),
            figures: Vec::new(),
            lines: Vec::new(),
            place: None,
        }
    }

    #[must_use]
    pub(crate) fn figure(mut self, name: &'static str, amount: Amount) -> Self {
        self.figures.push((name, amount));
        self
    }

    #[must_use]
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    #[must_use]
    pub(crate) fn lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines.extend(lines);
        self
    }

    #[must_use]
    pub(crate) fn located(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Evidence {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;

        /// The figures as an object.
        struct Figures<'a>(&'a [(&'static str, Amount)]);

        impl serde::Serialize for Figures<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, amount)| (name, amount)))
            }
        }

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("source", &self.source)?;
        map.serialize_entry("input", &self.input)?;
        map.serialize_entry("text", &self.text)?;
        map.serialize_entry("figures", &Figures(&self.figures))?;
        map.serialize_entry("lines", &self.lines)?;
        map.serialize_entry("place", &self.place)?;
        map.end()
    }
}
