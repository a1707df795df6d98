//! How much of an output was read, and what its build hides.

use std::fmt;

use super::arch::Arch;
use super::output::CompilerOutput;

/// How much of an output was read, and what its build hides: what to know before a result without findings
/// is taken for good news.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coverage {
    /// Lines of the input.
    pub lines: u32,
    /// Lines of no known form.
    pub lines_not_understood: u32,
    /// The numbers of the first of them, 16 at most.
    pub first_not_understood: Vec<u32>,
    /// Packages with a header.
    pub packages: usize,
    /// Functions of the listing.
    pub functions: usize,
    /// What the compiler decided, and logged.
    pub decisions: usize,
    /// The releases that can have made it.
    pub go: String,
    /// GOARCH, where it is known.
    pub goarch: Option<&'static str>,
    /// Flags that change the code: `-N -l -race`.
    pub flags: String,
    /// What this build or this form of output cannot show, one sentence each.
    pub blind_spots: Vec<String>,
}

impl CompilerOutput<'_> {
    /// How much of the output was read, and what its build hides.
    pub fn coverage(&self) -> Coverage {
        let counts = self.counts();
        Coverage {
            lines: counts.lines,
            lines_not_understood: counts.unclassified,
            first_not_understood: counts.first_unclassified.clone(),
            packages: self.packages().len(),
            functions: self.functions().len(),
            decisions: self.decisions().len() + self.log_records().len(),
            go: self.go_versions().to_string(),
            goarch: self.arch().map(Arch::name),
            flags: self.flags().to_string(),
            blind_spots: self.blind_spots(),
        }
    }

    fn blind_spots(&self) -> Vec<String> {
        let mut out = Vec::new();
        let flags = self.flags();
        if flags.is_for_debugging() {
            out.push(format!(
                "built with {flags}: that code is not the one that is shipped and has no findings; build without"
            ));
        } else if self.is_instrumented() {
            out.push(
                "built with -race, -msan, -asan or -cover: that code is not the one that is shipped and has no \
                 findings; build without"
                    .to_owned(),
            );
        }
        if self.arch().is_some_and(|arch| arch.name() == "wasm") {
            out.push(
                "wasm: the listing has no loops and no jumps to places, so that rules about loops are silent; \
                 build for amd64 or arm64"
                    .to_owned(),
            );
        }
        if self.functions().len() == 0 {
            out.push("no listing: only the inline budget is judged; build with -gcflags=-S".to_owned());
        } else if self.decisions().is_empty() && self.log_records().is_empty() {
            out.push(
                "no decisions: why values escape and calls are not inlined is unknown; build with \
                 -gcflags='-S -m=2'"
                    .to_owned(),
            );
        }
        out
    }
}

/// One line, and a line for each blind spot.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.lines as usize, "line"),
            (self.packages, "package"),
            (self.functions, "function"),
            (self.decisions, "decision"),
        ];
        for (index, (count, noun)) in counts.into_iter().enumerate() {
            let (before, plural) =
                (if index == 0 { "read: " } else { ", " }, if count == 1 { "" } else { "s" });
            write!(f, "{before}{count} {noun}{plural}")?;
        }
        write!(f, "; {}, {}", self.go, self.goarch.unwrap_or("unknown machine"))?;
        if !self.flags.is_empty() {
            write!(f, ", {}", self.flags)?;
        }
        if self.lines_not_understood > 0 {
            let first = self.first_not_understood.first().copied().unwrap_or_default();
            write!(f, "; {} lines not understood, the first is line {first}", self.lines_not_understood)?;
        }
        for blind_spot in &self.blind_spots {
            write!(f, "\nnote: {blind_spot}")?;
        }
        Ok(())
    }
}
