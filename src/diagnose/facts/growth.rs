//! Goroutines of one place, counted in snapshot after snapshot.

use crate::diagnose::finding::Place;
use crate::diagnose::inputs::{Frame, Profiled, value_index};
use crate::symbol::{FuncKey, FuncName, WaitClass};
use crate::table::Map;

/// The goroutines of one stack in a goroutine profile.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The function's names from leaf to root, which make the group.
    pub(crate) stack: Vec<FuncKey<'static>>,
    /// The user's innermost function and its line; of any package where there is none of the user's.
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
            let own = frames.iter().find(|frame| frame.user).unwrap_or(leaf);
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
        groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.stack.cmp(&b.stack)));
        groups
    }

    /// Made by Go's runtime and the tools that record it.
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

/// A group's count over several snapshots.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    pub(crate) group: Group,
    /// The count in each snapshot, in the order of time.
    pub(crate) counts: Vec<i64>,
    /// The time of each snapshot in nanoseconds since 1970; 0 where it is not known.
    pub(crate) times: Vec<i64>,
}

impl Growth {
    /// Every group of the snapshots, which are in the order of time.
    pub(crate) fn all(snapshots: &[&Profiled<'_>]) -> Vec<Self> {
        let mut rows: Map<Vec<FuncKey<'static>>, Self> = Map::default();
        let times: Vec<i64> = snapshots.iter().map(|snapshot| snapshot.profile.time_nanos()).collect();
        for (at, snapshot) in snapshots.iter().enumerate() {
            for group in Group::all(snapshot) {
                let row = rows.entry(group.stack.clone()).or_insert_with(|| Self {
                    group: group.clone(),
                    counts: vec![0; snapshots.len()],
                    times: times.clone(),
                });
                row.counts[at] = group.count;
                row.group = group;
            }
        }
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_by(|a, b| b.added().cmp(&a.added()).then_with(|| a.group.stack.cmp(&b.group.stack)));
        rows
    }

    /// How many more there are at the end than at the beginning.
    pub(crate) fn added(&self) -> i64 {
        let end = |count: Option<&i64>| count.copied().unwrap_or(0);
        end(self.counts.last()).saturating_sub(end(self.counts.first()))
    }

    /// More in every snapshot than in the one before.
    pub(crate) fn rises(&self) -> bool {
        self.counts.windows(2).all(|pair| pair[0] < pair[1])
    }

    /// The slope of the straight line through the counts, a minute, and how well it fits (R²); `None` without times.
    pub(crate) fn slope(&self) -> Option<(f64, f64)> {
        let first = *self.times.first()?;
        let minutes: Vec<f64> =
            self.times.iter().map(|time| time.saturating_sub(first) as f64 / 60e9).collect();
        let counts: Vec<f64> = self.counts.iter().map(|count| *count as f64).collect();
        let n = minutes.len() as f64;
        let mean = |xs: &[f64]| xs.iter().sum::<f64>() / n;
        let (mx, my) = (mean(&minutes), mean(&counts));
        let cross = |xs: &[f64], mx: f64, ys: &[f64], my: f64| {
            xs.iter().zip(ys).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
        };
        let (sxx, sxy, syy) = (
            cross(&minutes, mx, &minutes, mx),
            cross(&minutes, mx, &counts, my),
            cross(&counts, my, &counts, my),
        );
        if sxx <= 0.0 || syy <= 0.0 {
            return None;
        }
        Some((sxy / sxx, sxy * sxy / (sxx * syy)))
    }
}

/// What waiting for this is called in a sentence about goroutines.
pub(crate) fn wait_phrase(class: WaitClass) -> &'static str {
    match class {
        WaitClass::Mutex => "waiting for a mutex",
        WaitClass::RwmutexRead => "waiting to read-lock an RWMutex",
        WaitClass::RwmutexWrite => "waiting to write-lock an RWMutex",
        WaitClass::Waitgroup => "waiting for a WaitGroup",
        WaitClass::Once => "waiting for a sync.Once",
        WaitClass::Cond => "waiting for a condition",
        WaitClass::ChanSend => "in a channel send",
        WaitClass::ChanRecv => "in a channel receive",
        WaitClass::ChanNil => "at a nil channel",
        WaitClass::Select => "in a select",
        WaitClass::SelectEmpty => "in an empty select",
        WaitClass::ContextDone => "waiting for a context to end",
        WaitClass::Timer => "waiting for a timer",
        WaitClass::Sleep => "asleep",
        WaitClass::NetAccept => "waiting for a connection",
        WaitClass::NetDial => "dialling",
        WaitClass::NetRead => "waiting to read from a connection",
        WaitClass::NetWrite => "waiting to write to a connection",
        WaitClass::TlsHandshake => "in a TLS handshake",
        WaitClass::HttpIdleConn => "waiting for the next HTTP message",
        WaitClass::HttpBody => "waiting for the body of an HTTP message",
        WaitClass::Dns => "waiting for a name server",
        WaitClass::FilePoll => "waiting for I/O on a file or pipe",
        _ => "waiting",
    }
}
