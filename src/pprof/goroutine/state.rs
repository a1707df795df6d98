//! Where the parser of a dump is, and what it reads.

/// Where the parser is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    /// Under a goroutine's header.
    Goroutine,
    /// Under `runtime stack:`.
    System,
    /// In the message of a panic.
    Message,
    /// Under a header that cannot be read.
    Lost,
}

/// What is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// The input: it ends where a log begins to dress what Go printed.
    AsItIs,
    /// What was taken out of the log.
    Undressed,
}
