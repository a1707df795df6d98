//! How a flame graph looks.

/// How a flame graph looks, and its limits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The title, such as the profile's file name. Default "Flame graph".
    pub title: String,
    /// The most frames that are drawn, the widest ones. Default 20,000, which a browser shows without delay.
    pub max_frames: usize,
    /// The most frames of a stack that are drawn, counted from the root. Default 256.
    pub max_depth: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { title: "Flame graph".to_owned(), max_frames: 20_000, max_depth: 256 }
    }
}

impl Options {
    /// Sets the title.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets the most frames that are drawn.
    #[must_use]
    pub fn with_max_frames(mut self, frames: usize) -> Self {
        self.max_frames = frames;
        self
    }

    /// Sets the most frames of a stack that are drawn.
    #[must_use]
    pub fn with_max_depth(mut self, frames: usize) -> Self {
        self.max_depth = frames;
        self
    }
}
