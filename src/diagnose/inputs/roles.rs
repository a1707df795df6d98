//! Which kind a profile is: by its sample types and, where two kinds share them, by its stacks.

use crate::diagnose::finding::Source;
use crate::pprof::{Profile, StringId};

/// The index of the value that counts `kind`, such as `alloc_space`.
pub(crate) fn value_index(profile: &Profile, kind: &str) -> Option<usize> {
    profile.sample_types().iter().position(|ty| profile.string(ty.kind) == kind.as_bytes())
}

/// The kind of `profile`.
pub(crate) fn role(profile: &Profile) -> Source {
    let has = |kind| value_index(profile, kind).is_some();
    if has("cpu") {
        Source::CpuProfile
    } else if has("inuse_space") || has("alloc_space") {
        Source::HeapProfile
    } else if has("goroutineleak") {
        Source::GoroutineLeakProfile
    } else if has("goroutine") {
        Source::GoroutineProfile
    } else if has("contentions") && has("delay") && is_of_runtime(profile) {
        if unlocks(profile) { Source::MutexProfile } else { Source::BlockProfile }
    } else {
        Source::OtherProfile
    }
}

/// Not one that `go tool trace` made: those have the sample types of a block profile and the period type
/// `trace`.
fn is_of_runtime(profile: &Profile) -> bool {
    let kind = profile.period_type().map_or(StringId::EMPTY, |ty| ty.kind);
    profile.string(kind) != b"trace"
}

/// Mutex and block profiles have the same sample types. A mutex profile has the stacks that unlock, a block
/// profile those that wait (`runtime/mprof.go`). An empty one is taken for a block profile.
fn unlocks(profile: &Profile) -> bool {
    let (mut unlocking, mut waiting) = (0u64, 0u64);
    for sample in profile.samples() {
        let frames = sample.locations().iter().take(3).flat_map(|location| profile.lines(*location));
        for line in frames.take(3) {
            let name = profile.string(profile.function(line.function).name);
            let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
            match last {
                b"Unlock"
                | b"RUnlock"
                | b"unlock"
                | b"unlock2"
                | b"_LostContendedRuntimeLock"
                | b"rUnlockSlow" => {
                    unlocking += 1;
                    break;
                }
                b"Lock" | b"RLock" | b"chanrecv1" | b"chanrecv2" | b"chansend1" | b"selectgo" | b"Wait"
                | b"lockSlow" | b"goparkunlock" => {
                    waiting += 1;
                    break;
                }
                _ => {}
            }
        }
    }
    unlocking > waiting
}
