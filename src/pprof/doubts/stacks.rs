//! Stacks that are missing, cut or lost.

use super::doubt::{Doubt, DoubtKind, share};
use crate::pprof::source::{Sample, SampleSource};
use crate::pprof::types::{FunctionId, LocationId};
use crate::table::Map;

/// How deep Go's profilers look: heap, block and mutex profiles before Go 1.23, CPU profiles, and the others
/// since. Sources: `runtime/mprof.go`, `runtime/cpuprof.go`, `runtime/runtime1.go` (`profstackdepth`).
const DEPTHS: [usize; 3] = [32, 64, 128];

/// Wrappers are left out of a stack after it has been cut.
const WRAPPERS: usize = 3;

/// What stands for samples that were lost. Sources: `runtime/proc.go`, `runtime/pprof/pprof.go`.
const LOST: [&[u8]; 4] = [
    b"runtime._LostExternalCode",
    b"runtime._LostSIGPROFDuringAtomic64",
    b"runtime._LostContendedRuntimeLock",
    b"runtime/pprof.lostProfileEvent",
];

/// What was lost is worth a word from one in so many on.
const LEAST: i128 = 1000;

/// How many samples, and how much of the profile's main value they have.
#[derive(Clone, Copy, Default)]
struct Part {
    samples: u64,
    value: i128,
}

impl Part {
    fn add(&mut self, value: i128) {
        self.samples += 1;
        self.value += value;
    }

    /// `3 samples (1.25%)`.
    fn of(self, whole: i128) -> String {
        let plural = if self.samples == 1 { "" } else { "s" };
        format!("{} sample{plural} ({})", self.samples, share(self.value, whole))
    }
}

/// The stacks that begin with one function.
#[derive(Default)]
struct Root {
    /// The fewest frames that any of them has.
    fewest: usize,
    all: Part,
}

pub(super) struct Stacks<'s> {
    source: &'s dyn SampleSource,
    main: usize,
    lost_function: Vec<Option<&'static [u8]>>,
    all: Part,
    without: Part,
    lost: [Part; LOST.len()],
    roots: Map<FunctionId, Root>,
    deepest: usize,
}

impl<'s> Stacks<'s> {
    /// For the values in column `main`.
    pub(super) fn new(source: &'s dyn SampleSource, main: usize) -> Self {
        let lost = |name: &[u8]| LOST.into_iter().find(|lost| *lost == name);
        let functions = source.functions().iter();
        Self {
            source,
            main,
            lost_function: functions.map(|function| lost(source.string(function.name))).collect(),
            all: Part::default(),
            without: Part::default(),
            lost: [Part::default(); LOST.len()],
            roots: Map::default(),
            deepest: 0,
        }
    }

    pub(super) fn add(&mut self, sample: &Sample<'_>) {
        let value = sample.values.get(self.main).copied().map_or(0, |value| i128::from(value).abs());
        self.all.add(value);
        let Some((leaf, root)) = sample.stack.first().zip(sample.stack.last()) else {
            // A heap profile may have samples of nothing.
            if value != 0 {
                self.without.add(value);
            }
            return;
        };
        if let Some(function) = self.function(*leaf) {
            let name = self.lost_function.get(function.index()).copied().flatten();
            let slot = LOST.iter().position(|lost| Some(*lost) == name);
            if let Some(part) = slot.and_then(|slot| self.lost.get_mut(slot)) {
                part.add(value);
            }
        }
        // Locations without lines are a frame, too.
        let depth = sample.stack.iter().map(|&location| self.source.lines(location).len().max(1)).sum();
        self.deepest = self.deepest.max(depth);
        if let Some(function) = self.function(*root) {
            let root =
                self.roots.entry(function).or_insert_with(|| Root { fewest: depth, ..Root::default() });
            root.fewest = root.fewest.min(depth);
            root.all.add(value);
        }
    }

    /// The function that holds a location's address.
    fn function(&self, location: LocationId) -> Option<FunctionId> {
        self.source.lines(location).last().map(|line| line.function)
    }

    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        let mut doubt = |kind, text: String| doubts.push(Doubt::new(kind, text));
        if self.without.samples > 0 {
            doubt(DoubtKind::NoStack, format!("{} without a stack", self.without.of(self.all.value)));
        }
        let matters = |part: &Part| part.value.saturating_mul(LEAST) >= self.all.value;
        let lost = self.lost.iter().zip(LOST).filter(|(part, _)| part.samples > 0 && matters(part));
        for (part, name) in lost {
            let part = part.of(self.all.value);
            let name = String::from_utf8_lossy(name);
            doubt(DoubtKind::LostSamples, format!("{part} lost by the profiler ({name})"));
        }
        if let Some((part, depth)) = self.truncated() {
            let part = part.of(self.all.value);
            doubt(
                DoubtKind::TruncatedStacks,
                format!("{part} cut after {depth} frames: their callers are not known"),
            );
        }
        doubts
    }

    /// Stacks as deep as any, at a depth at which Go cuts, that begin with functions which begin no shorter
    /// one.
    fn truncated(&self) -> Option<(Part, usize)> {
        let limit = DEPTHS.into_iter().find(|limit| (limit - WRAPPERS..=*limit).contains(&self.deepest))?;
        let mut cut = Part::default();
        let roots = self.roots.iter().filter(|(_, root)| root.fewest >= limit - WRAPPERS);
        for (function, root) in roots {
            let function = self.source.functions().get(function.index());
            let name = function.map_or(&b""[..], |function| self.source.string(function.name));
            // Stacks that begin in the runtime are whole; what has no name was padded by Go's thread profile.
            if !name.is_empty() && !name.starts_with(b"runtime.") {
                cut.samples += root.all.samples;
                cut.value += root.all.value;
            }
        }
        (cut.samples > 0).then_some((cut, limit))
    }
}
