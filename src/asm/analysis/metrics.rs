//! The metrics of a function: one table with their names, meanings, and what an increase means for the gate.

use super::site::{Site, SiteKind};
use super::view::View;
use crate::asm::arch::{Flow, Role};
use crate::asm::runtime::AllocKind;

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident: $increase:expr,)*) => {
        /// What a function's code amounts to. The metrics depend on the code alone, not on lines or files.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub struct Metrics {
            $($(#[$doc])* pub $name: u32,)*
        }

        impl Metrics {
            /// The names of all metrics, in order.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)*];

            /// What an increase of each metric means, in the same order.
            pub(crate) const INCREASES: &'static [Increase] = &[$($increase,)*];

            /// Name and value of every metric, in order.
            pub fn fields(&self) -> impl Iterator<Item = (&'static str, u32)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }

            /// The metrics whose values `value` gives by name; 0 where it gives none.
            pub(crate) fn from_fields(value: impl Fn(&str) -> Option<u32>) -> Self {
                Self { $($name: value(stringify!($name)).unwrap_or(0),)* }
            }
        }
    };
}

/// What an increase of a metric means for a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Increase {
    /// The gate fails.
    Fails,
    /// It fails in a hot function, and warns in any other.
    FailsIfHot,
    /// It warns.
    Warns,
    /// It depends on how much a size grew.
    Size(Size),
    /// It depends on how much the frame grew, and past which size.
    Frame,
    /// It is only noted.
    Noted,
}

/// A size that may grow a little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Instructions,
    Bytes,
    Branches,
}

metrics! {
    /// Instructions, without pseudo instructions, `NOP` and the block that grows the stack.
    instructions: Increase::Size(Size::Instructions),
    /// Code size in bytes (wasm: resume points).
    bytes: Increase::Size(Size::Bytes),
    /// Jumps and conditional branches inside the function.
    branches: Increase::Size(Size::Branches),
    /// Loops: groups of blocks that reach each other.
    loops: Increase::Noted,
    /// Frame size in bytes.
    frame: Increase::Frame,
    /// Stores of a register to the frame.
    spills: Increase::Noted,
    /// Static calls outside the runtime.
    calls: Increase::Noted,
    /// Static calls outside the runtime, in a loop.
    calls_in_loop: Increase::Noted,
    /// Calls through a register.
    indirect_calls: Increase::Warns,
    /// Calls through a register, in a loop.
    indirect_calls_in_loop: Increase::FailsIfHot,
    /// Calls that allocate on the heap when reached, `go` and heap `defer` included.
    allocations: Increase::FailsIfHot,
    /// Calls that allocate, in a loop.
    allocations_in_loop: Increase::Fails,
    /// Bounds checks.
    bounds_checks: Increase::Warns,
    /// Bounds checks in a loop.
    bounds_checks_in_loop: Increase::FailsIfHot,
    /// Tests whether the write barrier is on.
    write_barriers: Increase::Warns,
    /// Tests whether the write barrier is on, in a loop.
    write_barriers_in_loop: Increase::FailsIfHot,
    /// `defer` statements in a loop: a record on the heap per iteration.
    defers_in_loop: Increase::Fails,
    /// Bytes copied in bulk by one run through the code.
    copied_bytes: Increase::Noted,
    /// Bytes cleared in bulk by one run through the code.
    cleared_bytes: Increase::Noted,
}

pub(super) fn measure(view: &View<'_, '_>, sites: &[Site<'_>]) -> Metrics {
    let mut m = Metrics {
        bytes: view.function.size,
        frame: view.function.frame.or(view.function.locals).unwrap_or(0),
        loops: view.cfg.loops,
        ..Metrics::default()
    };
    for site in sites {
        let in_loop = u32::from(site.in_loop);
        match site.kind {
            SiteKind::Call { .. } => {
                m.calls += 1;
                m.calls_in_loop += in_loop;
            }
            SiteKind::IndirectCall(_) => {
                m.indirect_calls += 1;
                m.indirect_calls_in_loop += in_loop;
            }
            SiteKind::Alloc { kind, .. } => {
                m.allocations += 1;
                m.allocations_in_loop += in_loop;
                m.defers_in_loop += if kind == AllocKind::Defer { in_loop } else { 0 };
            }
            SiteKind::BoundsCheck(_) => {
                m.bounds_checks += 1;
                m.bounds_checks_in_loop += in_loop;
            }
            SiteKind::WriteBarrier => {
                m.write_barriers += 1;
                m.write_barriers_in_loop += in_loop;
            }
            SiteKind::Copy { bytes } => m.copied_bytes = m.copied_bytes.saturating_add(bytes),
            SiteKind::Clear { bytes } => m.cleared_bytes = m.cleared_bytes.saturating_add(bytes),
            // In the body of a range-over-func loop, which is a function of its own.
            SiteKind::RuntimeCall { target: b"runtime.deferprocat" } => m.defers_in_loop += 1,
            SiteKind::RuntimeCall { .. } => {}
        }
    }
    count_code(view, &mut m);
    m
}

/// Counts instructions, branches and spills; padding belongs to the block before it.
fn count_code(view: &View<'_, '_>, m: &mut Metrics) {
    let mut steps = view.cfg.steps.iter().peekable();
    let mut grows_stack = false;
    for (index, row) in (0u32..).zip(view.rows()) {
        let role = view.role(row);
        if let Some(step) = steps.next_if(|step| step.row == index) {
            grows_stack = view.cfg.block(step.block).is_some_and(|block| block.grows_stack);
            if matches!(step.flow, Flow::Jump(_) | Flow::Branch(_)) && !grows_stack {
                m.branches += 1;
            }
        }
        if grows_stack || matches!(role, Role::Pseudo | Role::Nop) {
            continue;
        }
        m.instructions += 1;
        if role == Role::Move && is_spill(view.listing.operands(row)) {
            m.spills += 1;
        }
    }
}

/// Whether `AX, p.x+16(SP)` and its like move a register to a named slot of the frame.
#[inline]
fn is_spill(operands: &[u8]) -> bool {
    if !(operands.ends_with(b"(SP)") || operands.ends_with(b"(FP)")) {
        return false;
    }
    let Some(comma) = memchr::memchr(b',', operands) else { return false };
    let register = operands.get(..comma).unwrap_or_default();
    let slot = operands.get(comma + 2..).unwrap_or_default();
    register.iter().all(u8::is_ascii_alphanumeric) && crate::asm::listing::is_frame_slot(slot)
}
