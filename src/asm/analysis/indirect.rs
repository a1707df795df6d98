//! What an indirect call goes through, by where its code pointer was loaded from.

use super::view::View;
use crate::asm::arch::{Role, bare};
use crate::asm::listing::{last, memory, symbol};

/// How many instructions before the call are searched.
const REACH: usize = 48;
/// How many instructions of a generic function are searched for its dictionary.
const FAR: usize = 512;

/// What an indirect call goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Indirect {
    /// A method of an interface: the code pointer comes from the method table.
    Interface {
        /// The method's number in the interface, in the order of names.
        method: u32,
    },
    /// A func value: the code pointer is the first word of what the context register points to.
    FuncValue,
    /// A function from a dictionary of generic code, even where the compiler knows which one.
    Dictionary,
    /// Unknown.
    Unknown,
}

/// Follows the called register back to the load of it.
pub(super) fn classify(view: &View<'_, '_>, call: u32) -> Indirect {
    let machine = view.arch.machine();
    let steps = view.cfg.steps.get(..call as usize).unwrap_or_default();
    let Some(step) = view.cfg.steps.get(call as usize) else { return Indirect::Unknown };
    // A method table is two pointers, a hash and padding before its functions (`internal/abi/iface.go`).
    let first_method = i64::from(machine.pointer) * 2 + 8;
    let first_method = if machine.pointer == 4 { 12 } else { first_method };
    let mut register: &[u8] = bare(last(view.operands(step)));
    for step in steps.iter().rev().take(REACH) {
        let Some(row) = view.row(step) else { break };
        let name = view.listing.mnemonics.name(row.mnemonic);
        if view.role(row) != Role::Move && !matches!(name, b"LEAQ" | b"LEAL") {
            continue;
        }
        let operands = view.listing.operands(row);
        let destination = last(operands);
        if destination != register {
            continue;
        }
        let source = operands.get(..operands.len().saturating_sub(destination.len() + 2)).unwrap_or_default();
        if let Some((offset, from)) = memory(source) {
            return loaded(view, step.row, offset, from, first_method);
        }
        if symbol(source).is_some() {
            return Indirect::Dictionary;
        }
        if source.is_empty() || !source.iter().all(u8::is_ascii_alphanumeric) {
            // Spilled over another call: only the stored value would decide, and stores are not followed.
            return Indirect::Unknown;
        }
        register = source;
    }
    Indirect::Unknown
}

/// What a code pointer belongs to that was loaded at `offset` from where `from` points to: func values and
/// dictionary entries start with it, method tables have it after their head.
fn loaded(view: &View<'_, '_>, load: u32, offset: i64, from: &[u8], first_method: i64) -> Indirect {
    if offset >= first_method {
        let method = (offset - first_method) / i64::from(view.arch.machine().pointer);
        return u32::try_from(method).map_or(Indirect::Unknown, |method| Indirect::Interface { method });
    }
    match offset {
        _ if is_dictionary(view, load, from) => Indirect::Dictionary,
        0 => Indirect::FuncValue,
        _ => Indirect::Unknown,
    }
}

/// Whether a register holds the dictionary of a generic function: the last load of it is from the parameter's
/// slot, or it is the parameter itself, which the prologue saves there.
fn is_dictionary(view: &View<'_, '_>, load: u32, register: &[u8]) -> bool {
    if memchr::memchr(b'[', view.function.symbol).is_none() {
        return false;
    }
    let rows = view.rows().get(..load as usize).unwrap_or_default();
    for row in rows.iter().rev().take(FAR) {
        let operands = view.listing.operands(row);
        if matches!(view.role(row), Role::Move) && last(operands) == register {
            return memchr::memmem::find(operands, b"..dict").is_some();
        }
    }
    rows.iter().take(FAR).any(|row| {
        let operands = view.listing.operands(row);
        let saved = operands.strip_prefix(register).and_then(|rest| rest.strip_prefix(b", "));
        saved.is_some_and(|slot| memchr::memmem::find(slot, b"..dict").is_some())
    })
}
