//! The memory statistics at the end of Go's heap profile in text.

use super::lines::Lines;

macro_rules! stats {
    ($($(#[$doc:meta])* $field:ident $name:literal,)*) => {
        /// `runtime.MemStats` as the text form of a heap profile prints it. Sizes are bytes.
        ///
        /// ```
        /// use godiag::pprof::MemStats;
        /// let text = b"# runtime.MemStats\n# Alloc = 7\n# Stack = 3 / 9\n# PauseNs = [5 6]\n# NumGC = 2\n";
        /// let stats = MemStats::parse(text).unwrap();
        /// assert_eq!((stats.alloc, stats.stack_sys, stats.num_gc, stats.pause_ns.len()), (7, 9, 2, 2));
        /// ```
        #[derive(Clone, Debug, Default, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub struct MemStats {
            $($(#[$doc])* pub $field: u64,)*
            /// Stack spans in use.
            pub stack_inuse: u64,
            /// Stack memory from the system.
            pub stack_sys: u64,
            /// `mspan` structures in use.
            pub mspan_inuse: u64,
            /// Memory from the system for `mspan` structures.
            pub mspan_sys: u64,
            /// `mcache` structures in use.
            pub mcache_inuse: u64,
            /// Memory from the system for `mcache` structures.
            pub mcache_sys: u64,
            /// The share of the program's CPU time that the collector took since the start.
            pub gc_cpu_fraction: f64,
            /// The last 256 pauses in nanoseconds, as a ring: the newest is at `(num_gc+255)%256`.
            pub pause_ns: Vec<u64>,
            /// When those pauses ended, in nanoseconds since 1970 UTC.
            pub pause_end: Vec<u64>,
        }

        impl MemStats {
            fn number(&mut self, name: &[u8]) -> Option<&mut u64> {
                $(if name == $name.as_bytes() {
                    return Some(&mut self.$field);
                })*
                None
            }
        }
    };
}

stats! {
    /// Allocated heap objects.
    alloc "Alloc",
    /// Heap objects allocated since the start.
    total_alloc "TotalAlloc",
    /// Memory from the system.
    sys "Sys",
    /// Pointer lookups by the runtime; always 0 in today's Go.
    lookups "Lookups",
    /// How many heap objects were allocated since the start.
    mallocs "Mallocs",
    /// How many heap objects were freed since the start.
    frees "Frees",
    /// Allocated heap objects; the same as `alloc`.
    heap_alloc "HeapAlloc",
    /// Heap memory from the system.
    heap_sys "HeapSys",
    /// Idle heap spans.
    heap_idle "HeapIdle",
    /// Heap spans in use.
    heap_inuse "HeapInuse",
    /// Memory given back to the system.
    heap_released "HeapReleased",
    /// How many heap objects there are.
    heap_objects "HeapObjects",
    /// The profiler's hash tables.
    buck_hash_sys "BuckHashSys",
    /// The collector's metadata.
    gc_sys "GCSys",
    /// Other memory of the runtime.
    other_sys "OtherSys",
    /// The heap size at which the next collection starts.
    next_gc "NextGC",
    /// When the last collection ended, in nanoseconds since 1970 UTC.
    last_gc "LastGC",
    /// How many collections there were.
    num_gc "NumGC",
    /// How many of them the program asked for.
    num_forced_gc "NumForcedGC",
    /// The largest resident set; 0 where the system does not report it.
    max_rss "MaxRSS",
}

impl MemStats {
    /// Reads the statistics in the text form of a heap profile. Values that are not understood stay 0. `None`
    /// if there are none.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let at = memchr::memmem::find(text, b"# runtime.MemStats")?;
        let mut stats = Self::default();
        for (_, line) in Lines::new(text.get(at..)?).skip(1) {
            let Some(pair) = line.strip_prefix(b"# ") else { break };
            if let Some(equals) = memchr::memmem::find(pair, b" = ") {
                let (name, value) = pair.split_at(equals);
                stats.set(name, value.get(3..).unwrap_or_default().trim_ascii());
            }
        }
        Some(stats)
    }

    fn set(&mut self, name: &[u8], value: &[u8]) {
        let number = |text: &[u8]| std::str::from_utf8(text.trim_ascii()).ok()?.parse::<u64>().ok();
        let ring = |text: &[u8]| -> Vec<u64> {
            let inner = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or_default();
            inner.split(|&byte| byte == b' ').filter_map(number).collect()
        };
        let pair = |text: &[u8]| {
            let mut halves = text.split(|&byte| byte == b'/').map(|half| number(half).unwrap_or(0));
            (halves.next().unwrap_or(0), halves.next().unwrap_or(0))
        };
        match name {
            b"PauseNs" => self.pause_ns = ring(value),
            b"PauseEnd" => self.pause_end = ring(value),
            b"Stack" => (self.stack_inuse, self.stack_sys) = pair(value),
            b"MSpan" => (self.mspan_inuse, self.mspan_sys) = pair(value),
            b"MCache" => (self.mcache_inuse, self.mcache_sys) = pair(value),
            b"GCCPUFraction" => {
                let fraction = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
                self.gc_cpu_fraction = fraction.filter(|fraction: &f64| fraction.is_finite()).unwrap_or(0.0);
            }
            _ => {
                if let (Some(slot), Some(value)) = (self.number(name), number(value)) {
                    *slot = value;
                }
            }
        }
    }
}
