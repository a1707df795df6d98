//! Which Go releases can have printed an output.
//!
//! Only the JSON log names its toolchain. Everything else is inferred from features that came or went with a
//! release, so the answer is a range.

use crate::asm::arch::Arch;
use crate::asm::decisions::{Decision, DecisionKind, NoInline};
use crate::asm::listing::Listing;
use crate::asm::log::LogHeader;
use crate::asm::release::GoVersions;

/// Runtime functions, with the first and the last release whose code calls them.
const CALLS: [(&[u8], u16, u16); 24] = [
    (b"panicBounds", 26, u16::MAX),
    (b"panicIndex", 0, 25),
    (b"panicIndexU", 0, 25),
    (b"panicSliceB", 0, 25),
    (b"panicSliceAcap", 0, 25),
    (b"panicSliceAlen", 0, 25),
    (b"mapIterStart", 24, u16::MAX),
    (b"mapiterinit", 0, 23),
    (b"growsliceBuf", 26, u16::MAX),
    (b"moveSlice", 26, u16::MAX),
    (b"moveSliceNoCap", 26, u16::MAX),
    (b"moveSliceNoCapNoScan", 26, u16::MAX),
    (b"gcWriteBarrier", 0, 20),
    (b"gcWriteBarrier1", 21, u16::MAX),
    (b"gcWriteBarrier2", 21, u16::MAX),
    (b"convI2I", 0, 21),
    (b"typeAssert", 22, u16::MAX),
    (b"interfaceSwitch", 22, u16::MAX),
    (b"fastrand", 0, 21),
    (b"rand32", 22, 23),
    (b"rand", 24, u16::MAX),
    (b"duffcopy", 0, 25),
    (b"wbMove", 21, u16::MAX),
    (b"wbZero", 21, u16::MAX),
];

/// How many instructions are searched for calls.
const SAMPLE: usize = 200_000;

/// The releases that can have printed an output.
pub(crate) fn infer(
    listing: &Listing<'_>,
    decisions: &[Decision<'_>],
    logs: &[LogHeader<'_>],
    arch: Option<Arch>,
) -> GoVersions {
    let logged = logs.first().and_then(|header| std::str::from_utf8(&header.go_version).ok());
    if let Some(minor) = logged.and_then(GoVersions::parse_minor) {
        return GoVersions::only(minor);
    }
    let mut versions = GoVersions::ANY;
    from_listing(listing, arch, &mut versions);
    for decision in decisions {
        match decision.kind {
            DecisionKind::EscapePath { function: Some(_), .. } => versions.at_least(25),
            DecisionKind::EscapePath { function: None, .. } => versions.at_most(24),
            DecisionKind::EscapesToHeap { expr: b"append" }
            | DecisionKind::DoesNotEscape { expr: b"append" } => {
                versions.at_least(25);
            }
            DecisionKind::CannotInline { reason: NoInline::Recursive, .. } => versions.at_most(23),
            DecisionKind::CannotInline { reason: NoInline::RecursiveCycle { .. }, .. } => {
                versions.at_least(24);
            }
            DecisionKind::BigFunction { .. } => versions.at_least(21),
            _ => {}
        }
    }
    // A contradiction means outputs of several toolchains in one input: then nothing is known.
    if versions.min.zip(versions.max).is_some_and(|(min, max)| min > max) {
        GoVersions::ANY
    } else {
        versions
    }
}

fn from_listing(listing: &Listing<'_>, arch: Option<Arch>, versions: &mut GoVersions) {
    let hints = &listing.hints;
    if hints.align_first {
        versions.at_least(27);
    } else if hints.align_last {
        versions.at_most(26);
    }
    if hints.named_relocs {
        versions.at_least(22);
    } else if hints.numbered_relocs {
        versions.at_most(21);
    }
    let machine_keeps_duff = !matches!(arch, Some(Arch::Amd64 | Arch::Arm64));
    for row in listing.rows.iter().take(SAMPLE) {
        let operands = listing.operands(row);
        if operands.starts_with(b"type:") || operands.starts_with(b"$type:") {
            versions.at_least(20);
            continue;
        }
        let Some(name) = operands.strip_suffix(b"(SB)").and_then(|name| name.strip_prefix(b"runtime."))
        else {
            continue;
        };
        if let Some((_, first, last)) = CALLS.iter().find(|(call, ..)| *call == name) {
            if name == b"duffcopy" && machine_keeps_duff {
                continue;
            }
            if *first > 0 {
                versions.at_least(*first);
            }
            if *last < u16::MAX {
                versions.at_most(*last);
            }
        } else if name.starts_with(b"mallocgcSmall") {
            versions.at_least(27);
        }
    }
}
