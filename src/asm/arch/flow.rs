//! Where control goes after an instruction.

use super::machine::{Arch, Machine};
use super::role::Role;
use crate::asm::listing::{Operands, integer, last, symbol};
use crate::asm::text::number::decimal;

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next one.
    Next,
    /// Into a function and back; the target is in the operands.
    Call,
    /// Into a function whose address is in a register, and back.
    CallIndirect,
    /// To an offset in the function.
    Jump(u32),
    /// To an offset in the function, or to the next one.
    Branch(u32),
    /// To another function, for good.
    Tail,
    /// To an address in a register: a jump table.
    Table,
    /// Back to the caller.
    Return,
    /// Nowhere.
    Stop,
}

/// The location of an instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location {
    /// Its offset in the function.
    pub(crate) pc: u32,
    /// The function's address, in objdump's text.
    pub(crate) origin: Option<u64>,
}

/// Reads what an instruction does to control.
#[inline]
pub(crate) fn flow(role: Role, operands: &[u8], location: Location, arch: Arch) -> Flow {
    match role {
        Role::Call => match symbol(operands) {
            Some(_) => Flow::Call,
            None => Flow::CallIndirect,
        },
        Role::Jump => jump(operands, location, arch),
        Role::Branch => match branch_target(last(operands), location, arch.machine()) {
            Some(target) => Flow::Branch(target),
            None => Flow::Next,
        },
        Role::Return => Flow::Return,
        Role::Undef => Flow::Stop,
        Role::Jal => jump_and_link(operands, location, arch),
        Role::Jalr => match first(operands) {
            b"X0" if bare(last(operands)) == b"X1" => Flow::Return,
            b"X0" => Flow::Table,
            _ => Flow::CallIndirect,
        },
        Role::BranchLink => Flow::CallIndirect,
        // arm returns by loading the program counter.
        Role::Move if arch == Arch::Arm && operands.ends_with(b", R15") => Flow::Return,
        _ => Flow::Next,
    }
}

fn jump(operands: &[u8], location: Location, arch: Arch) -> Flow {
    let machine = arch.machine();
    if let Some(target) = branch_target(last(operands), location, machine) {
        return Flow::Jump(target);
    }
    if symbol(operands).is_some() {
        return Flow::Tail;
    }
    if arch == Arch::Arm && operands.ends_with(b"(PC)") {
        // arm jumps over a literal pool, whose words are left out of the graph.
        return Flow::Next;
    }
    if !machine.link.is_empty() && bare(operands) == machine.link { Flow::Return } else { Flow::Table }
}

fn jump_and_link(operands: &[u8], location: Location, arch: Arch) -> Flow {
    let target = last(operands);
    if first(operands) != b"X0" {
        return Flow::Call;
    }
    match branch_target(target, location, arch.machine()) {
        Some(target) => Flow::Jump(target),
        None => Flow::Tail,
    }
}

/// A branch target: an offset in the function; a distance `$n` on riscv64.
///
/// objdump writes addresses instead (`0x482e96`), and on machines with fixed instructions a distance in words
/// (`22(PC)`).
fn branch_target(operand: &[u8], location: Location, machine: &Machine) -> Option<u32> {
    let Location { pc, origin } = location;
    if let Some(origin) = origin {
        let target = match operand.strip_suffix(b"(PC)") {
            Some(words) => i64::from(pc).checked_add(integer(words)?.checked_mul(4)?)?,
            None if operand.starts_with(b"0x") => {
                integer(operand)?.checked_sub(i64::try_from(origin).ok()?)?
            }
            None => return None,
        };
        return u32::try_from(target).ok();
    }
    if machine.relative {
        let distance = integer(operand.strip_prefix(b"$")?)?;
        return u32::try_from(i64::from(pc).checked_add(distance)?).ok();
    }
    decimal(operand)
}

fn first(operands: &[u8]) -> &[u8] {
    Operands::new(operands).next().unwrap_or_default()
}

/// A register without parentheses.
pub(crate) fn bare(operand: &[u8]) -> &[u8] {
    operand.strip_prefix(b"(").and_then(|inner| inner.strip_suffix(b")")).unwrap_or(operand)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arch: Arch, mnemonic: &str, operands: &str) -> Flow {
        flow(
            Role::of_mnemonic(mnemonic.as_bytes(), arch),
            operands.as_bytes(),
            Location { pc: 100, origin: None },
            arch,
        )
    }

    #[test]
    fn every_machine_calls_returns_and_branches() {
        use Arch::*;
        for (arch, mnemonic, operands, want) in [
            (Amd64, "CALL", "runtime.newobject(SB)", Flow::Call),
            (Amd64, "CALL", "CX", Flow::CallIndirect),
            (Amd64, "JHI", "15", Flow::Branch(15)),
            (Amd64, "JMP", "44", Flow::Jump(44)),
            (Amd64, "JMP", "p.f(SB)", Flow::Tail),
            (Amd64, "JMP", "(AX)(CX*8)", Flow::Table),
            (Arm64, "CALL", "(R1)", Flow::CallIndirect),
            (Arm64, "RET", "(R30)", Flow::Return),
            (Arm64, "TBNZ", "$3, R1, 96", Flow::Branch(96)),
            (Arm64, "CMP", "R1, R2", Flow::Next),
            (Arm64, "BIC", "R1, R2, R3", Flow::Next),
            (Arm, "JMP", "(R14)", Flow::Return),
            (Arm, "MOVW.P", "4(R13), R15", Flow::Return),
            (Arm, "BHI", "40", Flow::Branch(40)),
            (Riscv64, "JAL", "X1, p.f(SB)", Flow::Call),
            (Riscv64, "JAL", "X0, $-20", Flow::Jump(80)),
            (Riscv64, "JALR", "X0, X1", Flow::Return),
            (Riscv64, "JALR", "X1, X9", Flow::CallIndirect),
            (Riscv64, "BLTU", "X6, SP, $28", Flow::Branch(128)),
            (Ppc64le, "BCL", "$20, CR0LT, $1, LR", Flow::CallIndirect),
            (Ppc64le, "JMP", "LR", Flow::Return),
            (Ppc64le, "BC", "$16, CR0LT, 112", Flow::Branch(112)),
            (S390x, "CGRJ", "$12, R5, R0, 84", Flow::Branch(84)),
            (S390x, "CMPUBGE", "R10, R15, 108", Flow::Branch(108)),
            (S390x, "CMP", "R1, $5", Flow::Next),
            (S390x, "JMP", "R14", Flow::Return),
            (Loong64, "JMP", "(R1)", Flow::Return),
            (Loong64, "BNE", "R4, R5, 112", Flow::Branch(112)),
            (Mips64le, "JMP", "(R31)", Flow::Return),
            (Mips64le, "CALL", "(R1)", Flow::CallIndirect),
        ] {
            assert_eq!(of(arch, mnemonic, operands), want, "{arch} {mnemonic} {operands}");
        }
    }
}
