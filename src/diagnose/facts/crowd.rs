//! The goroutines of one snapshot, in groups with the same stack.

use crate::diagnose::finding::{Place, wait_phrase};
use crate::diagnose::inputs::{Frame, Profiled, value_index};
use crate::symbol::{FuncKey, FuncName, WaitClass};
use crate::table::{Map, SortRows};

/// The goroutines of one snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    /// How many there are in all.
    pub(crate) all: i64,
    /// The largest first.
    pub(crate) groups: Vec<Group>,
    /// The snapshot's name.
    pub(crate) input: String,
}

impl Crowd {
    /// The snapshot with most goroutines, the first of several.
    pub(crate) fn largest(snapshots: &[&Profiled<'_>]) -> Option<Self> {
        let mut largest: Option<Self> = None;
        for snapshot in snapshots {
            let groups = Group::all(snapshot);
            let all = groups.iter().map(|group| group.count).fold(0, i64::saturating_add);
            if largest.as_ref().is_none_or(|largest| all > largest.all) {
                largest = Some(Self { all, groups, input: snapshot.input.clone() });
            }
        }
        largest
    }
}

/// The goroutines of one stack in a goroutine profile.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The functions from leaf to root, which make the group.
    pub(crate) stack: Vec<FuncKey<'static>>,
    /// The innermost function of the program's own code and its line; of a library where there is none of its
    /// own, and of the runtime where there is nothing else.
    pub(crate) function: FuncKey<'static>,
    pub(crate) place: Place,
    /// The function that the goroutine was started with.
    pub(crate) root: FuncKey<'static>,
    pub(crate) count: i64,
}

impl Group {
    /// The groups of a goroutine profile, the largest first.
    pub(crate) fn all(profiled: &Profiled<'_>) -> Vec<Self> {
        let kinds = ["goroutine", "goroutineleak"];
        let Some(index) = kinds.iter().find_map(|kind| value_index(profiled.profile, kind)) else {
            return Vec::new();
        };
        let mut groups: Map<Vec<FuncKey<'static>>, Self> = Map::default();
        for sample in profiled.profile.samples() {
            let count = sample.values().get(index).copied().unwrap_or(0);
            let frames: Vec<Frame<'_>> = profiled.stack(sample).collect();
            let (Some(leaf), Some(root)) = (frames.first(), frames.last()) else { continue };
            let is_library = |frame: &&Frame<'_>| !FuncName::parse(frame.key.as_bytes()).is_runtime();
            let own = frames.iter().find(|frame| frame.user).or_else(|| frames.iter().find(is_library));
            let own = own.unwrap_or(leaf);
            let stack: Vec<_> = frames.iter().map(|frame| frame.key.clone().into_owned()).collect();
            let group = groups.entry(stack).or_insert_with_key(|stack| Self {
                stack: stack.clone(),
                function: own.key.clone().into_owned(),
                place: own.place(),
                root: root.key.clone().into_owned(),
                count: 0,
            });
            group.count = group.count.saturating_add(count);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_rows_by(|a, b| b.count.cmp(&a.count).then_with(|| a.stack.cmp(&b.stack)));
        groups
    }

    /// Whether Go's runtime, or a tool that records it, started the goroutines.
    pub(crate) fn is_system(&self) -> bool {
        let root = FuncName::parse(self.root.as_bytes());
        self.root.as_bytes() != b"runtime.main"
            && matches!(root.package(), b"runtime" | b"runtime/trace" | b"runtime/pprof")
            && !self.stack.iter().any(|key| FuncName::parse(key.as_bytes()).is_user())
    }

    /// What the goroutines wait for and where, as the end of a sentence.
    pub(crate) fn waits_for(&self) -> String {
        let class = WaitClass::of("", self.stack.iter().map(FuncKey::as_bytes));
        format!("{} at {}", wait_phrase(class), self.place.short())
    }

    /// The functions' names, the innermost first, without the runtime's at the top.
    pub(crate) fn stack_lines(&self) -> Vec<String> {
        let names = self.stack.iter().map(ToString::to_string);
        names.skip_while(|name| name.starts_with("runtime.")).take(6).collect()
    }

    /// Whether a call of the stack is `name`.
    pub(crate) fn calls(&self, name: &str) -> bool {
        self.stack.iter().any(|key| key.as_bytes() == name.as_bytes())
    }
}
