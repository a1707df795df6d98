//! How to read an output.

use super::arch::Arch;
use super::release::GoVersions;
use crate::limits::Limits;

/// What the text does not say about itself, and what reading it may cost.
///
/// ```
/// use godiag::asm::{Arch, CompilerOutput, Options};
/// let options = Options::default().with_arch(Arch::Riscv64);
/// let output = CompilerOutput::parse_with(b"# p\n", &options)?;
/// assert_eq!(output.arch(), Some(Arch::Riscv64));
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The machine; inferred where it is not set.
    pub arch: Option<Arch>,
    /// The toolchain's release; inferred as a range where it is not set.
    pub go_versions: Option<GoVersions>,
    /// What the input may cost.
    pub limits: Limits,
}

impl Options {
    /// Sets the machine.
    #[must_use]
    pub const fn with_arch(mut self, arch: Arch) -> Self {
        self.arch = Some(arch);
        self
    }

    /// Sets the toolchain's release.
    #[must_use]
    pub const fn with_go_versions(mut self, versions: GoVersions) -> Self {
        self.go_versions = Some(versions);
        self
    }

    /// Sets what the input may cost.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
