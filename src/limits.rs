//! Upper bounds on what one input may cost.

/// Maxima for one input, on by default. Every limit error names the limit and its value.
///
/// Nothing is ever allocated by a count that an input claims; these bounds are for what it really holds.
///
/// ```
/// use godiag::Limits;
/// let limits = Limits::DEFAULT.with_inflated(4 << 30);
/// assert!(limits.inflated > Limits::DEFAULT.inflated);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Decompressed bytes. Default 512 MiB.
    pub inflated: u64,
    /// Decompressed bytes per compressed byte, checked beyond [`inflate_free`](Self::inflate_free). Default
    /// 100.
    pub inflate_ratio: u64,
    /// Decompressed bytes that are always allowed, whatever the ratio. Default 32 MiB.
    pub inflate_free: u64,
    /// Bytes of one line of text. Default 4 MiB.
    pub line: u64,
    /// Bytes of one generation of a trace that is read from a stream. Default 1 GiB.
    pub generation: u64,
    /// Samples of a profile. Default 16 Mi.
    pub samples: u64,
    /// Locations on one stack of a profile. Default 1 Mi.
    pub stack_depth: u64,
    /// Labels of one sample. Default 1 Mi.
    pub labels: u64,
    /// Lines of one location. Default 1 Mi.
    pub lines: u64,
    /// Frames on all stacks of a profile, inlined calls included. Default 4 Gi.
    pub frames: u64,
    /// Rows of one table of a profile: functions, locations, mappings or sample types. Default 8 Mi.
    pub table_rows: u64,
    /// Strings of a profile. Default 16 Mi.
    pub strings: u64,
    /// Bytes of one string of a profile. Default 16 MiB.
    pub string_len: u64,
    /// Bytes that a profile may take in memory, computed before anything is allocated. Default 4 GiB.
    pub memory: u64,
}

impl Limits {
    /// What real files need, with room to spare.
    pub const DEFAULT: Self = Self {
        inflated: 512 << 20,
        inflate_ratio: 100,
        inflate_free: 32 << 20,
        line: 4 << 20,
        generation: 1 << 30,
        samples: 16 << 20,
        stack_depth: 1 << 20,
        labels: 1 << 20,
        lines: 1 << 20,
        frames: 4 << 30,
        table_rows: 8 << 20,
        strings: 16 << 20,
        string_len: 16 << 20,
        memory: 4 << 30,
    };

    /// For input from strangers on a small machine: 1/8 of the default.
    pub const STRICT: Self = Self {
        inflated: 64 << 20,
        inflate_ratio: 50,
        inflate_free: 4 << 20,
        line: 512 << 10,
        generation: 128 << 20,
        samples: 2 << 20,
        stack_depth: 64 << 10,
        labels: 16 << 10,
        lines: 16 << 10,
        frames: 512 << 20,
        table_rows: 1 << 20,
        strings: 2 << 20,
        string_len: 1 << 20,
        memory: 256 << 20,
    };

    /// No maximum but the address space. For trusted input only.
    pub const UNLIMITED: Self = Self {
        inflated: u64::MAX,
        inflate_ratio: u64::MAX,
        inflate_free: u64::MAX,
        line: u64::MAX,
        generation: u64::MAX,
        samples: u64::MAX,
        stack_depth: u64::MAX,
        labels: u64::MAX,
        lines: u64::MAX,
        frames: u64::MAX,
        table_rows: u64::MAX,
        strings: u64::MAX,
        string_len: u64::MAX,
        memory: u64::MAX,
    };

    /// Sets the maximum of decompressed bytes.
    #[must_use]
    pub const fn with_inflated(mut self, bytes: u64) -> Self {
        self.inflated = bytes;
        self
    }

    /// Sets the maximum ratio of decompressed to compressed bytes.
    #[must_use]
    pub const fn with_inflate_ratio(mut self, ratio: u64) -> Self {
        self.inflate_ratio = ratio;
        self
    }

    /// Sets how many decompressed bytes are allowed whatever the ratio.
    #[must_use]
    pub const fn with_inflate_free(mut self, bytes: u64) -> Self {
        self.inflate_free = bytes;
        self
    }

    /// Sets the maximum of bytes of one generation of a trace that is read from a stream.
    #[must_use]
    pub const fn with_generation(mut self, bytes: u64) -> Self {
        self.generation = bytes;
        self
    }

    /// Sets the maximum of bytes in one line of text.
    #[must_use]
    pub const fn with_line(mut self, bytes: u64) -> Self {
        self.line = bytes;
        self
    }

    /// Sets the maximum of samples.
    #[must_use]
    pub const fn with_samples(mut self, samples: u64) -> Self {
        self.samples = samples;
        self
    }

    /// Sets the maximum of locations on one stack.
    #[must_use]
    pub const fn with_stack_depth(mut self, locations: u64) -> Self {
        self.stack_depth = locations;
        self
    }

    /// Sets the maximum of labels of one sample.
    #[must_use]
    pub const fn with_labels(mut self, labels: u64) -> Self {
        self.labels = labels;
        self
    }

    /// Sets the maximum of lines of one location.
    #[must_use]
    pub const fn with_lines(mut self, lines: u64) -> Self {
        self.lines = lines;
        self
    }

    /// Sets the maximum of frames on all stacks of a profile, inlined calls included.
    #[must_use]
    pub const fn with_frames(mut self, frames: u64) -> Self {
        self.frames = frames;
        self
    }

    /// Sets the maximum of rows of one table of a profile.
    #[must_use]
    pub const fn with_table_rows(mut self, rows: u64) -> Self {
        self.table_rows = rows;
        self
    }

    /// Sets the maximum of strings.
    #[must_use]
    pub const fn with_strings(mut self, strings: u64) -> Self {
        self.strings = strings;
        self
    }

    /// Sets the maximum of bytes of one string.
    #[must_use]
    pub const fn with_string_len(mut self, bytes: u64) -> Self {
        self.string_len = bytes;
        self
    }

    /// Sets the maximum of bytes that a profile in memory may take.
    #[must_use]
    pub const fn with_memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// How many bytes `compressed` bytes may inflate to.
    #[cfg(feature = "gzip")]
    pub(crate) fn inflate_budget(&self, compressed: u64) -> u64 {
        compressed.saturating_mul(self.inflate_ratio).max(self.inflate_free).min(self.inflated)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
