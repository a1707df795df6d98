//! The machines that Go compiles for, one table for each (`cmd/internal/obj/*/`,
//! `cmd/compile/internal/*/ssa.go`).

/// A target architecture, by GOARCH.
///
/// A listing does not show the byte order of ppc64, mips64 and mips: the more common one stands for both.
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

/// What analyses ask about a machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) name: &'static str,
    /// Bytes of a pointer.
    pub(crate) pointer: u8,
    pub(crate) big_endian: bool,
    /// The register that a return jumps to, for machines that write a return as a jump; empty otherwise.
    pub(super) link: &'static [u8],
    /// Branch targets are distances in bytes instead of offsets in the function.
    pub(crate) relative: bool,
    /// Control flow can be followed.
    pub(crate) flows: bool,
    /// Sizes of what `duffcopy` and `duffzero` do from an offset in them.
    pub(crate) duff: Duff,
}

/// How many bytes a jump into `duffcopy` or `duffzero` handles: `(end - offset) / step × unit`
/// (`runtime/mkduff.go`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duff {
    copy: (i64, i64, i64),
    zero: (i64, i64, i64),
}

impl Duff {
    const NONE: Self = Self { copy: (0, 1, 0), zero: (0, 1, 0) };

    pub(crate) fn copied(&self, offset: i64) -> u32 {
        bytes(self.copy, offset)
    }

    pub(crate) fn zeroed(&self, offset: i64, arch: Arch) -> u32 {
        if arch == Arch::Amd64 {
            // Blocks of four stores and a step: 23 bytes of code for 64; a jump may enter the last one
            // at a store.
            let rest = (368 - offset).max(0);
            let stores = if rest % 23 == 0 { 0 } else { (rest % 23 - 4) / 5 * 16 };
            return u32::try_from(rest / 23 * 64 + stores).unwrap_or(0);
        }
        bytes(self.zero, offset)
    }
}

fn bytes((end, step, unit): (i64, i64, i64), offset: i64) -> u32 {
    u32::try_from((end.saturating_sub(offset)).max(0) / step * unit).unwrap_or(0)
}

const BASE: Machine = Machine {
    name: "",
    pointer: 8,
    big_endian: false,
    link: b"",
    relative: false,
    flows: true,
    duff: Duff::NONE,
};

const AMD64: Machine =
    Machine { name: "amd64", duff: Duff { copy: (896, 14, 16), zero: (368, 23, 64) }, ..BASE };
const I386: Machine =
    Machine { name: "386", pointer: 4, duff: Duff { copy: (1280, 10, 4), zero: (128, 1, 4) }, ..BASE };
const ARM64: Machine =
    Machine { name: "arm64", duff: Duff { copy: (512, 8, 16), zero: (256, 4, 16) }, ..BASE };
const ARM: Machine = Machine {
    name: "arm",
    pointer: 4,
    link: b"R14",
    duff: Duff { copy: (1024, 8, 4), zero: (512, 4, 4) },
    ..BASE
};
const RISCV64: Machine = Machine { name: "riscv64", link: b"X1", relative: true, ..BASE };
const PPC64LE: Machine = Machine { name: "ppc64le", link: b"LR", ..BASE };
const S390X: Machine = Machine { name: "s390x", link: b"R14", big_endian: true, ..BASE };
const LOONG64: Machine =
    Machine { name: "loong64", link: b"R1", duff: Duff { copy: (2048, 16, 8), zero: (1024, 8, 8) }, ..BASE };
const MIPS64LE: Machine = Machine {
    name: "mips64le",
    link: b"R31",
    duff: Duff { copy: (2048, 16, 8), zero: (1024, 8, 8) },
    ..BASE
};
const MIPSLE: Machine = Machine { name: "mipsle", pointer: 4, link: b"R31", ..BASE };
const WASM: Machine = Machine { name: "wasm", flows: false, ..BASE };

impl Arch {
    pub(crate) const fn machine(self) -> &'static Machine {
        match self {
            Self::Amd64 => &AMD64,
            Self::I386 => &I386,
            Self::Arm64 => &ARM64,
            Self::Arm => &ARM,
            Self::Riscv64 => &RISCV64,
            Self::Ppc64le => &PPC64LE,
            Self::S390x => &S390X,
            Self::Loong64 => &LOONG64,
            Self::Mips64le => &MIPS64LE,
            Self::Mipsle => &MIPSLE,
            Self::Wasm => &WASM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duff_offsets_are_sizes() {
        // Checked on bigcopy of the samples: 1024, 512 and 80 bytes.
        assert_eq!(AMD64.duff.copied(0), 1024);
        assert_eq!(AMD64.duff.copied(826), 80);
        assert_eq!(AMD64.duff.zeroed(0, Arch::Amd64), 1024);
        assert_eq!(ARM64.duff.copied(472), 80);
        assert_eq!(ARM64.duff.copied(1 << 40), 0);
    }
}
