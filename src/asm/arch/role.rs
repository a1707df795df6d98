//! What a mnemonic is for, decided once for each mnemonic of an input.

use super::machine::Arch;

/// The role of a mnemonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// TEXT, PCDATA, FUNCDATA: no code.
    Pseudo,
    /// Padding that every count leaves out.
    Nop,
    /// Padding that counts as an instruction.
    Pad,
    /// `XCHGL AX, AX` is padding on x86.
    Xchg,
    Call,
    Jump,
    Return,
    /// May be a conditional branch: it is one where the last operand is an offset in the function.
    Branch,
    /// riscv64's jump and link.
    Jal,
    Jalr,
    /// ppc64's `BCL … LR`.
    BranchLink,
    Undef,
    /// `DUFFCOPY`, `DUFFZERO`.
    Duff,
    /// The x86 `REP` prefix.
    Rep,
    /// `MOVSQ`, `MOVSL`, `STOSQ`, `STOSL` after `REP`.
    Strings,
    Move,
    Compare,
    Plain,
}

impl Role {
    pub(crate) fn of_mnemonic(mnemonic: &[u8], arch: Arch) -> Self {
        match mnemonic {
            b"TEXT" | b"PCDATA" | b"FUNCDATA" => Self::Pseudo,
            b"NOP" => Self::Nop,
            b"NOOP" | b"HINT" | b"PCALIGN" | b"NOPH" | b"WORD" | b"Nop" | b"NOP.EQ" | b"AND.EQ" => Self::Pad,
            b"XCHGL" => Self::Xchg,
            b"CALL" | b"BL" | b"Call" | b"CallIndirect" => Self::Call,
            b"JMP" | b"B" | b"BR" => Self::Jump,
            b"RET" | b"Return" => Self::Return,
            b"JAL" if arch == Arch::Riscv64 => Self::Jal,
            b"JALR" => Self::Jalr,
            b"BCL" => Self::BranchLink,
            b"UNDEF" | b"Unreachable" => Self::Undef,
            b"DUFFCOPY" | b"DUFFZERO" => Self::Duff,
            b"REP" => Self::Rep,
            b"MOVSQ" | b"MOVSL" | b"STOSQ" | b"STOSL" | b"MOVSB" | b"STOSB" => Self::Strings,
            [b'M', b'O', b'V', ..] => Self::Move,
            [b'J' | b'B', ..] => Self::Branch,
            [b'C', b'M', b'P', ..] if arch != Arch::S390x => Self::Compare,
            // CBZ, TBNZ; CGIJ, CMPUBGE; compares end in a register, which tells them apart.
            [b'C' | b'T', ..] if matches!(arch, Arch::Arm64 | Arch::S390x) => Self::Branch,
            _ => Self::Plain,
        }
    }
}
