//! How much of an event's stacks a line shows.

/// What a line says about an event's stacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stacks {
    /// How many frames they have (JSON), or nothing (text).
    #[default]
    Counts,
    /// All frames.
    Frames,
}
