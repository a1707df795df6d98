//! Which machine a listing is for, by its mnemonics, registers and relocations.

use crate::asm::arch::Arch;
use crate::asm::listing::Listing;

/// How many instructions are looked at: the first functions decide.
const SAMPLE: usize = 20_000;

/// The machine that a listing is for; `None` where no instruction is typical of one.
pub(crate) fn infer(listing: &Listing<'_>) -> Option<Arch> {
    let mut votes = [0u32; Arch::ALL.len()];
    for row in listing.rows.iter().take(SAMPLE) {
        let (mnemonic, operands) = (listing.mnemonics.name(row.mnemonic), listing.operands(row));
        let vote = vote(mnemonic, operands);
        if let Some(votes) = vote.and_then(|arch| votes.get_mut(arch as usize)) {
            *votes += 1;
        }
    }
    let (best, votes) = Arch::ALL.into_iter().zip(votes).max_by_key(|(_, votes)| *votes)?;
    if votes == 0 { None } else { Some(best) }
}

/// The machine that one instruction is typical of; most are typical of none.
fn vote(mnemonic: &[u8], operands: &[u8]) -> Option<Arch> {
    Some(match mnemonic {
        b"MOVQ" | b"LEAQ" | b"ADDQ" | b"SUBQ" | b"CMPQ" | b"TESTQ" | b"PUSHQ" | b"POPQ" => Arch::Amd64,
        b"LEAL" | b"ADDL" | b"SUBL" | b"PUSHL" | b"POPL"
            if operands.contains(&b'X') || operands.contains(&b'S') =>
        {
            // amd64 has these too, among many more of its own.
            Arch::I386
        }
        b"MOVL" if operands.contains(&b'X') || operands.contains(&b'S') => Arch::I386,
        b"RET" if operands == b"(R30)" => Arch::Arm64,
        b"CBZ" | b"CBNZ" | b"CBZW" | b"CBNZW" | b"STP" | b"LDP" | b"MOVD.W" | b"MOVD.P" => Arch::Arm64,
        b"CMP" if operands.ends_with(b", RSP") => Arch::Arm64,
        b"MOVW.W" | b"MOVW.P" => Arch::Arm,
        b"CMP" if operands.ends_with(b", R13") => Arch::Arm,
        b"JAL" if operands.starts_with(b"X") => Arch::Riscv64,
        b"JALR" if operands.starts_with(b"X") => Arch::Riscv64,
        b"MOV" if operands.contains(&b'X') => Arch::Riscv64,
        b"JMP" if operands == b"LR" => Arch::Ppc64le,
        b"CMPU" if operands.ends_with(b", R1") => Arch::Ppc64le,
        b"MOVDU" => Arch::Ppc64le,
        b"BCL" => Arch::Ppc64le,
        b"MOVD" if operands.ends_with(b", LR") || operands.starts_with(b"LR, ") => Arch::Ppc64le,
        b"CMPUBGE" | b"CGRJ" | b"CGIJ" | b"CLGRJ" | b"CIJ" | b"CLIJ" | b"CLGIJ" => Arch::S390x,
        b"JMP" if operands == b"R14" => Arch::S390x,
        b"JMP" if operands == b"(R14)" => Arch::Arm,
        b"JMP" if operands == b"(R1)" => Arch::Loong64,
        b"JMP" if operands == b"(R31)" => Arch::Mips64le,
        b"ADDV" | b"SUBV" | b"MOVV" if operands.contains(&b'R') => return loong_or_mips(operands),
        b"I64Const" | b"I64Load" | b"I64Store" | b"I32Const" | b"BrIf" | b"Block" | b"Get" | b"Set" => {
            Arch::Wasm
        }
        _ => return None,
    })
}

/// Both write `MOVV`; the stack pointer is R3 on loong64 and R29 on mips64.
fn loong_or_mips(operands: &[u8]) -> Option<Arch> {
    let has = |register: &[u8]| memchr::memmem::find(operands, register).is_some();
    if has(b"(R3)") || operands.ends_with(b", R3") {
        Some(Arch::Loong64)
    } else if has(b"(R29)") || operands.ends_with(b", R29") {
        Some(Arch::Mips64le)
    } else {
        None
    }
}
