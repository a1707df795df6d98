//! Upper bounds on what one input may cost.

/// Maxima for one input, on by default. Every limit error names the limit and its value.
///
/// A count that an input claims is never used to allocate; these bounds are for what it really holds.
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
    /// Decompressed bytes for each compressed byte, checked beyond [`inflate_free`](Self::inflate_free). Default 100.
    pub inflate_ratio: u64,
    /// Decompressed bytes that are always allowed, whatever the ratio. Default 32 MiB.
    pub inflate_free: u64,
    /// Bytes of one line of text. Default 4 MiB.
    pub line: u64,
    /// Bytes of one generation of a trace that is read from a stream. Default 1 GiB.
    pub generation: u64,
}

impl Limits {
    /// What real files need, with room to spare.
    pub const DEFAULT: Self = Self {
        inflated: 512 << 20,
        inflate_ratio: 100,
        inflate_free: 32 << 20,
        line: 4 << 20,
        generation: 1 << 30,
    };

    /// For input from strangers on a small machine: 1/8 of the default.
    pub const STRICT: Self = Self {
        inflated: 64 << 20,
        inflate_ratio: 50,
        inflate_free: 4 << 20,
        line: 512 << 10,
        generation: 128 << 20,
    };

    /// No maximum but the address space. For trusted input only.
    pub const UNLIMITED: Self = Self {
        inflated: u64::MAX,
        inflate_ratio: u64::MAX,
        inflate_free: u64::MAX,
        line: u64::MAX,
        generation: u64::MAX,
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

    /// How many bytes `compressed` bytes may inflate to.
    pub(crate) fn inflate_budget(&self, compressed: u64) -> u64 {
        compressed.saturating_mul(self.inflate_ratio).max(self.inflate_free).min(self.inflated)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
