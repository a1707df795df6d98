//! Compiler output: reading, findings, comparison.

#[cfg(feature = "cli")]
mod cli;
mod findings;
mod gate;
mod hostile;
mod listing;
