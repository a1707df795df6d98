//! A range of Go releases.

/// A range of Go releases, by their minor number: 21 is Go 1.21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GoVersions {
    /// The oldest release it can be; `None` where that is not known.
    pub min: Option<u16>,
    /// The newest release it can be; `None` where that is not known.
    pub max: Option<u16>,
}

impl GoVersions {
    /// Any release.
    pub const ANY: Self = Self { min: None, max: None };

    /// Releases from `minor` on.
    pub const fn since(minor: u16) -> Self {
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
    pub fn parse_minor(version: &str) -> Option<u16> {
        let at = version.find("1.")?;
        let digits = version.get(at + 2..)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    }

    /// Whether two texts, each a release (`go1.27.3`) or a range as [`Display`](std::fmt::Display) writes it,
    /// can mean one release.
    pub(crate) fn may_be_one(a: &str, b: &str) -> bool {
        match (Self::parse(a), Self::parse(b)) {
            (None, None) => a == b,
            (Some(range), None) => Self::parse_minor(b).is_some_and(|minor| range.contains(minor)),
            (None, Some(range)) => Self::parse_minor(a).is_some_and(|minor| range.contains(minor)),
            (Some(a), Some(b)) => {
                let ends = |low: Self, high: Self| low.min.zip(high.max).is_none_or(|(min, max)| min <= max);
                ends(a, b) && ends(b, a)
            }
        }
    }

    /// A range from its text; `None` for one release with its patch number.
    fn parse(text: &str) -> Option<Self> {
        if text == "any" {
            return Some(Self::ANY);
        }
        let minor = Self::parse_minor(text)?;
        if text.ends_with(" or later") {
            return Some(Self::since(minor));
        }
        if text.ends_with(" or earlier") {
            return Some(Self { min: None, max: Some(minor) });
        }
        match text.split_once(" to ") {
            Some((_, max)) => Some(Self { min: Some(minor), max: Self::parse_minor(max) }),
            None if text == format!("go1.{minor}") => Some(Self::only(minor)),
            None => None,
        }
    }

    /// Narrows the range to `minor` and later.
    pub(crate) fn at_least(&mut self, minor: u16) {
        self.min = Some(self.min.map_or(minor, |min| min.max(minor)));
    }

    /// Narrows the range to `minor` and earlier.
    pub(crate) fn at_most(&mut self, minor: u16) {
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
        assert_eq!(GoVersions::parse_minor("go1.27.3"), Some(27));
        assert_eq!(GoVersions::parse_minor("devel go1.28-abcdef"), Some(28));
        assert_eq!(GoVersions::parse_minor("gccgo"), None);
        assert_eq!(GoVersions::between(21, 25).to_string(), "go1.21 to go1.25");
        assert!(GoVersions::since(24).contains(27) && !GoVersions::since(24).contains(23));
    }
}
