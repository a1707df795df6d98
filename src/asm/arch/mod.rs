//! The machines that Go compiles for, as far as a listing shows them.
//!
//! One [`Machine`] table a family (`cmd/internal/obj/*/`, `cmd/compile/internal/*/ssa.go`): registers with a role,
//! widths, and how calls, returns and branches are written. [`flow`] reads an instruction's effect on control.

mod flow;
mod machine;

pub(crate) use flow::{At, Flow, Op, bare, flow};
pub(crate) use machine::Machine;

/// A target architecture, by GOARCH.
///
/// A listing does not tell the byte order of ppc64, mips64 and mips: the more common one stands for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Arch {
    /// x86-64.
    Amd64,
    /// x86, 32 bits.
    I386,
    /// ARM, 64 bits.
    Arm64,
    /// ARM, 32 bits.
    Arm,
    /// RISC-V, 64 bits.
    Riscv64,
    /// POWER, 64 bits, either byte order.
    Ppc64le,
    /// IBM Z.
    S390x,
    /// LoongArch, 64 bits.
    Loong64,
    /// MIPS, 64 bits, either byte order.
    Mips64le,
    /// MIPS, 32 bits, either byte order.
    Mipsle,
    /// WebAssembly: sites are counted, but there is no control flow to follow.
    Wasm,
}

impl Arch {
    /// Every architecture.
    pub const ALL: [Self; 11] = [
        Self::Amd64,
        Self::I386,
        Self::Arm64,
        Self::Arm,
        Self::Riscv64,
        Self::Ppc64le,
        Self::S390x,
        Self::Loong64,
        Self::Mips64le,
        Self::Mipsle,
        Self::Wasm,
    ];

    /// The name in GOARCH.
    pub const fn name(self) -> &'static str {
        self.machine().name
    }

    /// The architecture of a GOARCH; both byte orders of ppc64, mips64 and mips are known.
    ///
    /// ```
    /// use godiag::asm::Arch;
    /// assert_eq!(Arch::from_name("mips64"), Some(Arch::Mips64le));
    /// assert_eq!(Arch::from_name("vax"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "ppc64" => Some(Self::Ppc64le),
            "mips64" => Some(Self::Mips64le),
            "mips" => Some(Self::Mipsle),
            _ => Self::ALL.into_iter().find(|arch| arch.name() == name),
        }
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Arch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
