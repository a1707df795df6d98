//! The flags that a package was compiled with, as far as they change its code.
//!
//! The compiler writes them to a symbol for debuggers, and `-S` prints all symbols (`dwarfgen.RecordFlags`):
//!
//! ```text
//! go:cuinfo.producer.main SDWARFCUINFO dupok size=0 align=0x0
//!         0x0000 2d 4e 20 2d 6c 20 72 65 67 61 62 69              -N -l regabi
//! ```

use std::fmt;

/// The flags that a package was compiled with, as far as they change its code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CompileFlags {
    /// `-N`: nothing is optimised.
    pub no_optimisation: bool,
    /// `-l`: nothing is inlined.
    pub no_inlining: bool,
    /// `-race`.
    pub race: bool,
    /// `-msan`.
    pub msan: bool,
    /// `-asan`.
    pub asan: bool,
    /// `-B`: no bounds checks.
    pub no_bounds_checks: bool,
}

impl CompileFlags {
    /// Reads the words of a producer symbol.
    pub(crate) fn parse(words: &[u8]) -> Self {
        let has = |flag: &[u8]| words.split(|byte| *byte == b' ').any(|word| word == flag);
        Self {
            no_optimisation: has(b"-N"),
            no_inlining: has(b"-l"),
            race: has(b"-race"),
            msan: has(b"-msan"),
            asan: has(b"-asan"),
            no_bounds_checks: has(b"-B"),
        }
    }

    /// Those that either has.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            no_optimisation: self.no_optimisation | other.no_optimisation,
            no_inlining: self.no_inlining | other.no_inlining,
            race: self.race | other.race,
            msan: self.msan | other.msan,
            asan: self.asan | other.asan,
            no_bounds_checks: self.no_bounds_checks | other.no_bounds_checks,
        }
    }

    /// Whether the code is not the one that is shipped: findings and metrics of it say nothing.
    pub fn is_for_debugging(self) -> bool {
        self.no_optimisation | self.no_inlining | self.race | self.msan | self.asan
    }
}

/// As they are given to the compiler: `-N -l`.
impl fmt::Display for CompileFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = [
            (self.no_optimisation, "-N"),
            (self.no_inlining, "-l"),
            (self.race, "-race"),
            (self.msan, "-msan"),
            (self.asan, "-asan"),
            (self.no_bounds_checks, "-B"),
        ];
        let mut separator = "";
        for (_, flag) in flags.into_iter().filter(|(is_set, _)| *is_set) {
            write!(f, "{separator}{flag}")?;
            separator = " ";
        }
        Ok(())
    }
}

/// Whether a symbol holds the flags of its package.
pub(crate) fn is_producer(symbol: &[u8]) -> bool {
    symbol.starts_with(b"go:cuinfo.producer.") || symbol.starts_with(b"go.cuinfo.producer.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_words() {
        let flags = CompileFlags::parse(b"-N -l -race regabi");
        assert_eq!(flags.to_string(), "-N -l -race");
        assert!(flags.is_for_debugging());
        assert_eq!(CompileFlags::parse(b"regabi"), CompileFlags::default());
        assert!(!CompileFlags::parse(b"-B -lang -Nope").is_for_debugging());
    }
}
