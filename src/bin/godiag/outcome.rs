//! How a command ends: the exit codes, and why one failed.

/// How a command ended that did not fail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Fine,
    /// Something was found that a script should stop at.
    Findings,
}

/// What a command comes to; with a type of its own, a step of it.
pub(crate) type Result<T = Outcome> = std::result::Result<T, Failure>;

/// Why a command could not do its work: printed as one line, exit code 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{file}: {error}")]
    Input { file: String, error: godiag::Error },
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Report(#[from] godiag::Error),
    #[error(transparent)]
    Output(#[from] std::io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}
