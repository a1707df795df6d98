//! Which kind of value an indirect call goes through, by where its code pointer was loaded from.

use super::View;
use crate::asm::arch::{Op, bare};
use crate::asm::listing::{is_frame_slot, last, memory};

/// How many instructions are looked at before the call.
const REACH: usize = 48;

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
    /// Not known.
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
        if view.op(row) != Op::Move {
            continue;
        }
        let operands = view.listing.operands(row);
        let destination = last(operands);
        if destination != register {
            continue;
        }
        let source = operands.get(..operands.len().saturating_sub(destination.len() + 2)).unwrap_or_default();
        if let Some((offset, from)) = memory(source) {
            if from == machine.context && offset == 0 {
                return Indirect::FuncValue;
            }
            if offset >= first_method && from != machine.context {
                let method = (offset - first_method) / i64::from(machine.pointer);
                return u32::try_from(method)
                    .map_or(Indirect::Unknown, |method| Indirect::Interface { method });
            }
            return Indirect::Unknown;
        }
        if source.iter().all(u8::is_ascii_alphanumeric) && !source.is_empty() {
            register = source;
        } else if is_frame_slot(source) {
            // Spilled over another call: what was stored there decides, and that is not followed.
            return Indirect::Unknown;
        } else {
            return Indirect::Unknown;
        }
    }
    Indirect::Unknown
}
