//! Which Go releases can have made an output.
//!
//! Only the JSON log names its toolchain. Everything else is inferred from features that came or went with a
//! release, so the answer is a range.

use super::decisions::{DecisionKind, NoInline};
use super::output::CompilerOutput;

/// A range of Go releases, by their minor number: 21 is Go 1.21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GoVersions {
    /// The oldest release it can be; `None` where nothing tells.
    pub min: Option<u16>,
    /// The newest release it can be.
    pub max: Option<u16>,
}

impl GoVersions {
    /// Any release.
    pub const ANY: Self = Self { min: None, max: None };

    /// Releases from `minor` on.
    pub const fn from(minor: u16) -> Self {
        Self { min: Some(minor), max: None }
    }

    /// One release.
    pub const fn only(minor: u16) -> Self {
        Self { min: Some(minor), max: Some(minor) }
    }

    /// Releases from `min` to `max`, both included.
    pub const fn between(min: u16, max: u16) -> Self {
        Self { min: Some(min), max: Some(max) }
    }

    /// Whether Go 1.`minor` is in the range.
    pub fn contains(&self, minor: u16) -> bool {
        self.min.is_none_or(|min| min <= minor) && self.max.is_none_or(|max| minor <= max)
    }

    /// The minor number in `go1.27.3`, `1.27` or `devel go1.28-abc`.
    pub fn minor_of(version: &str) -> Option<u16> {
        let at = version.find("1.")?;
        let digits = version.get(at + 2..)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    }

    /// Whether two texts, each a release (`go1.27.3`) or a range as [`Display`](std::fmt::Display) writes it, can
    /// stand for one release.
    pub(super) fn may_be_one(a: &str, b: &str) -> bool {
        match (Self::of_text(a), Self::of_text(b)) {
            (None, None) => a == b,
            (Some(range), None) => Self::minor_of(b).is_some_and(|minor| range.contains(minor)),
            (None, Some(range)) => Self::minor_of(a).is_some_and(|minor| range.contains(minor)),
            (Some(a), Some(b)) => {
                let ends = |low: Self, high: Self| low.min.zip(high.max).is_none_or(|(min, max)| min <= max);
                ends(a, b) && ends(b, a)
            }
        }
    }

    /// A range from its text; `None` for one release with its patch number.
    fn of_text(text: &str) -> Option<Self> {
        if text == "any" {
            return Some(Self::ANY);
        }
        let minor = Self::minor_of(text)?;
        if text.ends_with(" or later") {
            return Some(Self::from(minor));
        }
        if text.ends_with(" or earlier") {
            return Some(Self { min: None, max: Some(minor) });
        }
        match text.split_once(" to ") {
            Some((_, max)) => Some(Self { min: Some(minor), max: Self::minor_of(max) }),
            None if text == format!("go1.{minor}") => Some(Self::only(minor)),
            None => None,
        }
    }

    fn at_least(&mut self, minor: u16) {
        self.min = Some(self.min.map_or(minor, |min| min.max(minor)));
    }

    fn at_most(&mut self, minor: u16) {
        self.max = Some(self.max.map_or(minor, |max| max.min(minor)));
    }
}

impl std::fmt::Display for GoVersions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.min, self.max) {
            (None, None) => f.write_str("any"),
            (Some(min), None) => write!(f, "go1.{min} or later"),
            (None, Some(max)) => write!(f, "go1.{max} or earlier"),
            (Some(min), Some(max)) if min == max => write!(f, "go1.{min}"),
            (Some(min), Some(max)) => write!(f, "go1.{min} to go1.{max}"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for GoVersions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a runtime function says: the first and the last release that calls it.
const CALLS: [(&[u8], u16, u16); 24] = [
    (b"panicBounds", 26, u16::MAX),
    (b"panicIndex", 0, 25),
    (b"panicIndexU", 0, 25),
    (b"panicSliceB", 0, 25),
    (b"panicSliceAcap", 0, 25),
    (b"panicSliceAlen", 0, 25),
    (b"mapIterStart", 24, u16::MAX),
    (b"mapiterinit", 0, 23),
    (b"growsliceBuf", 26, u16::MAX),
    (b"moveSlice", 26, u16::MAX),
    (b"moveSliceNoCap", 26, u16::MAX),
    (b"moveSliceNoCapNoScan", 26, u16::MAX),
    (b"gcWriteBarrier", 0, 20),
    (b"gcWriteBarrier1", 21, u16::MAX),
    (b"gcWriteBarrier2", 21, u16::MAX),
    (b"convI2I", 0, 21),
    (b"typeAssert", 22, u16::MAX),
    (b"interfaceSwitch", 22, u16::MAX),
    (b"fastrand", 0, 21),
    (b"rand32", 22, 23),
    (b"rand", 24, u16::MAX),
    (b"duffcopy", 0, 25),
    (b"wbMove", 21, u16::MAX),
    (b"wbZero", 21, u16::MAX),
];

/// How many instructions are looked at for calls.
const SAMPLE: usize = 200_000;

/// The releases that can have made an output.
pub(super) fn infer(output: &CompilerOutput<'_>) -> GoVersions {
    let logged = output.log_headers().first().and_then(|header| std::str::from_utf8(&header.go_version).ok());
    if let Some(minor) = logged.and_then(GoVersions::minor_of) {
        return GoVersions::only(minor);
    }
    let mut versions = GoVersions::ANY;
    from_listing(output, &mut versions);
    for decision in output.decisions() {
        match decision.kind {
            DecisionKind::EscapePath { function: Some(_), .. } => versions.at_least(25),
            DecisionKind::EscapePath { function: None, .. } => versions.at_most(24),
            DecisionKind::EscapesToHeap { expr: b"append" }
            | DecisionKind::DoesNotEscape { expr: b"append" } => {
                versions.at_least(25);
            }
            DecisionKind::CannotInline { reason: NoInline::Recursive, .. } => versions.at_most(23),
            DecisionKind::CannotInline { reason: NoInline::RecursiveCycle { .. }, .. } => {
                versions.at_least(24);
            }
            DecisionKind::BigFunction { .. } => versions.at_least(21),
            _ => {}
        }
    }
    // Contradictions come from outputs of several toolchains in one input: then nothing is known.
    if versions.min.zip(versions.max).is_some_and(|(min, max)| min > max) {
        GoVersions::ANY
    } else {
        versions
    }
}

fn from_listing(output: &CompilerOutput<'_>, versions: &mut GoVersions) {
    let listing = output.listing();
    let hints = &listing.hints;
    if hints.align_first {
        versions.at_least(27);
    } else if hints.align_last {
        versions.at_most(26);
    }
    if hints.named_relocs {
        versions.at_least(22);
    } else if hints.numbered_relocs {
        versions.at_most(21);
    }
    let machine_keeps_duff = !matches!(output.arch(), Some(super::Arch::Amd64 | super::Arch::Arm64));
    for row in listing.rows.iter().take(SAMPLE) {
        let operands = listing.operands(row);
        if operands.starts_with(b"type:") || operands.starts_with(b"$type:") {
            versions.at_least(20);
            continue;
        }
        let Some(name) = operands.strip_suffix(b"(SB)").and_then(|name| name.strip_prefix(b"runtime."))
        else {
            continue;
        };
        if let Some((_, first, last)) = CALLS.iter().find(|(call, ..)| *call == name) {
            if name == b"duffcopy" && machine_keeps_duff {
                continue;
            }
            if *first > 0 {
                versions.at_least(*first);
            }
            if *last < u16::MAX {
                versions.at_most(*last);
            }
        } else if name.starts_with(b"mallocgcSmall") {
            versions.at_least(27);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_and_ranges_that_may_be_one() {
        for (a, b, want) in [
            ("go1.27.3", "go1.27.3", true),
            ("go1.27.3", "go1.27.2", false),
            ("go1.27.3", "go1.27 or later", true),
            ("go1.26.6", "go1.27 or later", false),
            ("go1.24 to go1.25", "go1.22 to go1.24", true),
            ("go1.24 to go1.25", "go1.26", false),
            ("go1.20 or earlier", "any", true),
            ("devel go1.28-abc", "devel go1.28-def", false),
        ] {
            assert_eq!(GoVersions::may_be_one(a, b), want, "{a}, {b}");
            assert_eq!(GoVersions::may_be_one(b, a), want, "{b}, {a}");
        }
    }

    #[test]
    fn minors() {
        assert_eq!(GoVersions::minor_of("go1.27.3"), Some(27));
        assert_eq!(GoVersions::minor_of("devel go1.28-abcdef"), Some(28));
        assert_eq!(GoVersions::minor_of("gccgo"), None);
        assert_eq!(GoVersions::between(21, 25).to_string(), "go1.21 to go1.25");
        assert!(GoVersions::from(24).contains(27) && !GoVersions::from(24).contains(23));
    }
}
