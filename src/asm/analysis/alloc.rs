//! The type and size of an allocation.

use super::site::SiteKind;
use super::view::View;
use crate::asm::arch::Flow;
use crate::asm::listing::{Operands, symbol};
use crate::asm::runtime::{AllocKind, size_class};

/// How many instructions before the call are searched for the type.
const REACH: usize = 24;

/// Describes the allocation at step `call`.
pub(super) fn site<'a>(
    view: &View<'_, 'a>,
    call: u32,
    kind: AllocKind,
    target: &'a [u8],
) -> SiteKind<&'a [u8]> {
    let type_symbol = match kind {
        AllocKind::Goroutine | AllocKind::Defer | AllocKind::Concat | AllocKind::Convert => None,
        _ => loaded_type(view, call),
    };
    let size = size_class::by_name(target).or_else(|| match kind {
        AllocKind::Object | AllocKind::Box => {
            let boxed = boxed_size(target).map(u64::from);
            boxed
                .or_else(|| type_size(view, type_symbol?))
                .filter(|size| *size > 0)
                .and_then(size_class::round_up)
        }
        _ => None,
    });
    SiteKind::Alloc { kind, symbol: target, type_symbol, size }
}

/// The type descriptor that is loaded for a call: on the same source line, with no other call between.
pub(super) fn loaded_type<'a>(view: &View<'_, 'a>, call: u32) -> Option<&'a [u8]> {
    let line = view
        .cfg
        .steps
        .get(call as usize)
        .and_then(|step| view.row(step))
        .map(|row| (row.file, row.source_line))?;
    let steps = view.cfg.steps.get(..call as usize)?;
    for step in steps.iter().rev().take(REACH) {
        if matches!(step.flow, Flow::Call | Flow::CallIndirect) {
            return None;
        }
        let row = view.row(step)?;
        let operands = view.listing.operands(row);
        if operands.starts_with(b"$type") || operands.starts_with(b"type") {
            let name = Operands::new(operands).next().and_then(symbol)?;
            if (name.starts_with(b"type:") || name.starts_with(b"type.")) && !is_helper(name) {
                return if (row.file, row.source_line) == line { Some(name) } else { None };
            }
        }
    }
    None
}

/// Whether a name such as `type:.eq.…` or `type..hash.…` is a function, not a type.
fn is_helper(name: &[u8]) -> bool {
    matches!(name.get(5), Some(b'.')) && !name.starts_with(b"type:...")
}

fn boxed_size(symbol: &[u8]) -> Option<u32> {
    Some(match symbol {
        b"runtime.convT16" => 2,
        b"runtime.convT32" => 4,
        b"runtime.convT64" => 8,
        b"runtime.convTstring" => 16,
        b"runtime.convTslice" => 24,
        _ => return None,
    })
}

/// The size of a type: from its descriptor where the listing has it, else from its name.
fn type_size(view: &View<'_, '_>, name: &[u8]) -> Option<u64> {
    let machine = view.arch.machine();
    if let Some(bytes) = view.listing.types.get(name) {
        return Some(match (machine.pointer, machine.big_endian) {
            (4, _) => u64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            (_, true) => u64::from_be_bytes(*bytes),
            (_, false) => u64::from_le_bytes(*bytes),
        });
    }
    let pointer = u64::from(machine.pointer);
    Some(match name.get(5..)? {
        [b'*', ..] | b"unsafe.Pointer" | b"int" | b"uint" | b"uintptr" => pointer,
        b"bool" | b"int8" | b"uint8" => 1,
        b"int16" | b"uint16" => 2,
        b"int32" | b"uint32" | b"float32" => 4,
        b"int64" | b"uint64" | b"float64" | b"complex64" => 8,
        b"complex128" => 16,
        b"string" | b"error" | b"interface {}" => pointer * 2,
        [b'[', b']', ..] => pointer * 3,
        name if name.starts_with(b"map[") || name.starts_with(b"chan ") || name.starts_with(b"func(") => {
            pointer
        }
        _ => return None,
    })
}
