//! What made an output, as far as it decides whether two outputs can be compared.

use crate::asm::output::CompilerOutput;
use crate::asm::release::GoVersions;

/// What made an output. Empty fields are not known, and compare with anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Build {
    /// The toolchain: `go1.27.3`, or the range that was inferred.
    pub go_version: String,
    /// GOOS.
    pub goos: String,
    /// GOARCH.
    pub goarch: String,
    /// GOAMD64, GOARM64 and their like.
    pub variant: String,
    /// Build tags.
    pub tags: String,
    /// Flags of the compiler.
    pub gcflags: String,
    /// What `-pgo` was given: a hash or name of the profile.
    pub pgo: String,
}

impl Build {
    /// What an output says about its build.
    pub fn new(out: &CompilerOutput<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let header = out.log_headers().first();
        Self {
            go_version: header
                .map_or_else(|| out.go_versions().to_string(), |header| text(&header.go_version)),
            goos: header.map_or_else(String::new, |header| text(&header.goos)),
            goarch: out.arch().map_or_else(String::new, |arch| arch.name().to_owned()),
            ..Self::default()
        }
    }

    pub(super) fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("go_version", &self.go_version),
            ("goos", &self.goos),
            ("goarch", &self.goarch),
            ("variant", &self.variant),
            ("tags", &self.tags),
            ("gcflags", &self.gcflags),
            ("pgo", &self.pgo),
        ]
    }

    /// The fields in which two builds differ, which makes their metrics incomparable.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let pairs = self.fields().into_iter().zip(other.fields());
        pairs
            .filter(|((_, a), (_, b))| !a.is_empty() && !b.is_empty() && a != b)
            .filter(|((name, a), (_, b))| *name != "go_version" || !GoVersions::may_be_one(a, b))
            .map(|((name, a), (_, b))| format!("{name}: {a}, now {b}"))
            .collect()
    }
}
