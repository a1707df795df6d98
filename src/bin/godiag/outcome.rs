//! How a command ends: the exit codes, and why one failed.

/// How a command ended, unless it failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Fine,
    /// A script should stop: there are findings.
    Findings,
}

/// The result of a command or, with a type of its own, of one step.
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
