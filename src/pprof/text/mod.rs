//! Profiles in text and in the forms that came before protobuf.
//!
//! | form | written by |
//! |---|---|
//! | `NAME profile: total N` | Go, debug=1: goroutine, goroutineleak, threadcreate, custom profiles |
//! | `heap profile: …` | Go, debug=1: heap, allocs; gperftools: heap, growth, fragmentation |
//! | `--- contention:`, `--- mutex:` | Go, debug=1: block, mutex |
//! | `--- contentionz`, `--- threadz` | gperftools |
//! | binary CPU words | gperftools, Go before 1.9, Java |
//! | `--- heapz 1 ---`, `--- contentionz 1 ---` | Java |
//! | `heap_v2/RATE` | jemalloc |
//!
//! ```text
//! text → clean lines → Draft (values, addresses, symbols, labels, memory map) → Profile
//! ```
//!
//! Go's debug=1 text names the functions after `#`, and the labels: both are recovered. Addresses become
//! those of the calls, as in the protobuf form of the same profile.
//! [`Compat::GoTool`](crate::Compat::GoTool) reads as google/pprof does instead: without symbols and labels,
//! and with mutex values scaled twice.
//!
//! Source: google/pprof, `profile/legacy_profile.go` and `legacy_java_profile.go`; Go,
//! `runtime/pprof/pprof.go`.

mod contention;
mod count;
mod cpu;
mod draft;
mod drop_frames;
mod entry;
mod heap;
mod java;
mod jemalloc;
pub(super) mod lines;
mod locate;
mod lookup;
mod map_names;
mod maps;
mod memstats;
mod reader;
mod scale;
mod thread;

use super::options::ReadOptions;
use super::profile::Profile;
use super::rule::{Defects, Rule};
use crate::error::{ErrorKind, Result};
use crate::format::Format;
use draft::Draft;
use lines::clean;
pub use memstats::MemStats;
use reader::Reader;

/// Whether profiles of `format` are read here.
pub(super) fn reads(format: Format) -> bool {
    matches!(
        format,
        Format::CountText
            | Format::HeapText
            | Format::JemallocHeap
            | Format::ContentionText
            | Format::ThreadText
            | Format::JavaText
            | Format::LegacyCpu
    )
}

/// A profile that was read, what was wrong, and the first lines at which each rule was broken.
pub(super) type Judged = (Profile, Defects, Vec<(u64, Rule)>);

/// Reads a profile of `format`, which [`reads`] names.
pub(super) fn read(format: Format, input: &[u8], options: &ReadOptions) -> Result<Judged> {
    if format == Format::LegacyCpu {
        return cpu::read(input, options).map(|(profile, defects)| (profile, defects, Vec::new()));
    }
    let text = clean(input.into());
    let mut reader = Reader::new(&text, options);
    let mut draft = Draft::new(options);
    match format {
        Format::CountText => count::read(&mut reader, &mut draft)?,
        Format::HeapText => heap::read(&mut reader, &mut draft)?,
        Format::JemallocHeap => jemalloc::read(&mut reader, &mut draft)?,
        Format::ContentionText => contention::read(&mut reader, &mut draft)?,
        Format::ThreadText => thread::read(&mut reader, &mut draft)?,
        Format::JavaText => java::read(&mut reader, &mut draft)?,
        _ => return Err(reader.error(ErrorKind::BadMagic, 0)),
    }
    if draft.has_symbols() || format == Format::CountText {
        reader.check_end(draft.len() as u64)?;
    }
    Ok((draft.finish()?, reader.defects, reader.places))
}
